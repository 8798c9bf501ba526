"""What is left and when it runs out: from counts, what came since, and what went.

How much goes in a day is taken from the counts of the last week: what was there first, and came since, and is not
there any more. Where nobody counted twice, what was said to be used since the count. Too short a time says nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal, NamedTuple

DAY_MIN = 24 * 60
WINDOW_MIN = 7 * DAY_MIN
LEAST_MIN = 6 * 60
"""Over less than this, use in a day is not reckoned."""


class Movement(NamedTuple):
    """One thing said of a stock, in its own unit."""

    at_min: int
    what: Literal["counted", "received", "used"]
    amount: int


@dataclass(frozen=True, slots=True)
class Left:
    """What is there; None is not known."""

    left: int | None = None
    counted_at_min: int | None = None
    a_day: int | None = None
    out_at_min: int | None = None


def reckon(said: Iterable[Movement], now_at_min: int) -> Left:
    """What is left now by what was said, and when it will be used up.

    Parameters
    ----------
    said : in the order they were written down; when each was so decides
    """
    known = sorted((one for one in said if one.at_min <= now_at_min), key=lambda one: one.at_min)
    counts = [at for at, one in enumerate(known) if one.what == "counted"]
    if not counts:
        return Left()
    last = counts[-1]
    since = known[last + 1 :]
    there = known[last].amount + _came(since) - _went(since)
    counted_at = known[last].at_min
    a_day = _a_day(known, counts, now_at_min)
    if a_day is None or a_day <= 0:
        return Left(there, counted_at, a_day)
    # What the counts show goes on being used while nobody says so; what was said to be used is in the rest already.
    from_min = max([counted_at, *(one.at_min for one in since if one.what == "used")])
    return Left(there, counted_at, a_day, from_min + max(there, 0) * DAY_MIN // a_day)


def _a_day(known: list[Movement], counts: list[int], now_at_min: int) -> int | None:
    """Used in a day; None where too little is known."""
    last = counts[-1]
    first = next(at for at in counts if known[last].at_min - known[at].at_min <= WINDOW_MIN)
    span = known[last].at_min - known[first].at_min
    if span >= LEAST_MIN:
        # What was said to be used between two counts is gone at the second one: it must not be counted twice.
        used = known[first].amount + _came(known[first + 1 : last]) - known[last].amount
        return max(used, 0) * DAY_MIN // span
    since = known[last + 1 :]
    span = now_at_min - known[last].at_min
    return _went(since) * DAY_MIN // span if span >= LEAST_MIN and _went(since) else None


def _came(said: Iterable[Movement]) -> int:
    return sum(one.amount for one in said if one.what == "received")


def _went(said: Iterable[Movement]) -> int:
    return sum(one.amount for one in said if one.what == "used")


def soonest(stocks: Mapping[str, Left]) -> tuple[str, Left] | None:
    """What runs out first; None where nothing is known to run out."""
    known = [(name, left) for name, left in stocks.items() if left.out_at_min is not None]
    return min(known, key=lambda one: (one[1].out_at_min or 0, one[0]), default=None)
