"""The hybrid logical clock: ``at`` = (milliseconds since 1970 UTC, counter).

It never goes back within what one store wrote. It is never moved by anybody else's facts: a phone that is
400 days ahead must not carry the others along. And a clock that *was* wrong and was mended does not stay
wrong: a last time far ahead of now is dropped.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from shanyrak.facts.canonical import MAX_INTEGER
from shanyrak.facts.fact import MAX_COUNTER

DROPPED_AHEAD_MS: Final = 600_000
"""A last time further ahead of now than this (10 minutes) came from a wrong clock."""


class HybridClock:
    """Gives each new fact its ``at``.

    Parameters
    ----------
    now_ms : callable
        Milliseconds since 1970 UTC, as the device has it now. May jump, may stand still.
    last : (int, int)
        The last ``at`` this store wrote; (0, 0) if none.
    """

    def __init__(self, now_ms: Callable[[], int], last: tuple[int, int] = (0, 0)) -> None:
        self._now_ms = now_ms
        self._last = last

    @property
    def last(self) -> tuple[int, int]:
        """The last ``at`` that was given out."""
        return self._last

    def tick(self) -> tuple[int, int]:
        """The next (ms, counter): later than the last one, unless that was more than 10 minutes ahead."""
        now = min(max(self._now_ms(), 0), MAX_INTEGER)
        ms, counter = self._last
        if now > ms or ms > now + DROPPED_AHEAD_MS:
            self._last = (now, 0)
        elif counter < MAX_COUNTER:
            self._last = (ms, counter + 1)
        else:
            # 65,536 facts in one millisecond: the next one is borrowed.
            self._last = (ms + 1, 0)
        return self._last
