"""A line between two devices: requests and answers that are cut, doubled, held back, or never arrive."""

from __future__ import annotations

from collections.abc import Callable
from random import Random

from shanyrak.core.errors import Unavailable
from tests.simulation.disk import Disk, Killed

Answer = Callable[[bytes], bytes]
FAULTS = ("cut request", "cut answer", "lost answer", "duplicate", "held back", "kill before answer")


class Line:
    """Carries requests to ``answer`` and answers back; about every ``1 / rate``-th one suffers a fault.

    Parameters
    ----------
    faults : those of ``FAULTS`` that may happen
    happened : told the name of each fault that did
    hold_back : takes a request that shall arrive later, after others
    restart : starts the other side again after it was killed
    """

    def __init__(
        self,
        answer: Answer,
        disk: Disk,
        draw: Random,
        *,
        rate: float,
        faults: tuple[str, ...],
        happened: Callable[[str], None],
        hold_back: Callable[[bytes], None],
        restart: Callable[[], None],
    ) -> None:
        self._answer = answer
        self._disk = disk
        self._draw = draw
        self._rate = rate if faults else 0.0
        self._faults = faults
        self._happened = happened
        self._hold_back = hold_back
        self._restart = restart

    def ask(self, request: bytes) -> bytes:
        """The whole answer, part of it, or Unavailable."""
        fault = self._draw.choice(self._faults) if self._draw.random() < self._rate else ""
        if fault:
            self._happened(fault)
        match fault:
            case "cut request":
                self._arrive(request[: self._draw.randrange(len(request))])
                raise Unavailable("the line was cut on the way there")
            case "cut answer":
                answer = self._arrive(request)
                return answer[: self._draw.randrange(len(answer))]
            case "lost answer":
                self._arrive(request)
                raise Unavailable("the line was cut on the way back")
            case "duplicate":
                self._arrive(request)
                return self._arrive(request)
            case "held back":
                self._hold_back(request)
                raise Unavailable("no answer came in time")
            case "kill before answer":
                self._disk.kill_when_written = True
                self._arrive(request)
                self._disk.kill_when_written = False
                raise Unavailable("the other side went away")
        return self._arrive(request)

    def _arrive(self, request: bytes) -> bytes:
        try:
            return self._answer(request)
        except Killed:
            self._restart()
            raise Unavailable("the other side went away") from None
