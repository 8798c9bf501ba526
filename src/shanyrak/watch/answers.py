"""What became of an order at a place. Ordered is not open: only the place itself says that it is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from shanyrak.watch.silence import Limits

Answer = Literal["opened", "confirmed", "refused", "silent", "closed"]
OPEN, STAND_DOWN = "open", "stand_down"
_FOLLOWED = {OPEN: ("open",), STAND_DOWN: ("closed", "ready")}
"""States in which a place has done what was ordered."""


@dataclass(frozen=True, slots=True)
class Reply:
    """What a place answered to one order."""

    confirms: bool
    at_min: int
    because: str = ""
    opens_within_min: int | None = None
    when: tuple[int, int] = (0, 0)
    """effective time, by which replies are in their order"""
    id: str = ""
    """the entry that says so"""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of an order at one place."""

    answer: Answer
    at_min: int | None = None
    because: str = ""
    opens_within_min: int | None = None

    @property
    def is_answered(self) -> bool:
        """Whether the place said anything to it."""
        return self.answer != "silent"


def outcome(
    order: str, ordered: tuple[int, int], state: str, said: tuple[int, int] | None, replies: Sequence[Reply]
) -> Outcome:
    """What became of an order.

    Parameters
    ----------
    order : ``open`` or ``stand_down``
    ordered, said : effective time (ms, counter) of the order, and of the last word on the state (None: none)
    state : that last word
    replies : to this order, the oldest first
    """
    at_min = said[0] // 60_000 if said is not None else None
    if said is not None and said > ordered and state in _FOLLOWED[order]:
        return Outcome("opened" if order == OPEN else "closed", at_min)
    if replies:
        last = replies[-1]
        answer: Answer = "confirmed" if last.confirms else "refused"
        return Outcome(answer, last.at_min, last.because, last.opens_within_min)
    if state in _FOLLOWED[order]:  # it was so before, and nobody there said otherwise since
        return Outcome("opened" if order == OPEN else "closed", at_min)
    return Outcome("silent")


def due_at_min(ordered_at_min: int, open_by_at_min: int | None, opens_within_min: int | None, limits: Limits) -> int:
    """By when a place should have done what was ordered: as the order says, else as the place itself said it can."""
    if open_by_at_min is not None:
        return open_by_at_min
    return ordered_at_min + (limits.answer_min if opens_within_min is None else opens_within_min)
