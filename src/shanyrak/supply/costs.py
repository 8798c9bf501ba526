"""Until when running costs are paid, from promises that each cover some days."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from shanyrak.facts.happened import bounds_ms

_EPOCH = date(1970, 1, 1)
_DAY_MS = 86_400_000
FOREVER = date.max


@dataclass(frozen=True, slots=True)
class Span:
    """Days that a promise pays, both included."""

    first: date
    last: date


def span_of(costs_from: str, costs_until: str) -> Span | None:
    """The days between two EDTF dates; open at its beginning where nobody said one. None where no end was said."""
    last = _day(bounds_ms(costs_until)[1]) if costs_until else None
    first = _day(bounds_ms(costs_from)[0]) if costs_from else None
    if last is None:
        return None
    return Span(first or date.min, last)


def paid_until(spans: Iterable[Span], today: date) -> date | None:
    """The last day before the first one that nobody pays, looking on from today; days in the past are not asked for.

    Where today itself is not paid: the last day that was, None where there is none (what begins later is no cover).
    """
    held: date | None = None
    for span in sorted(spans, key=lambda one: (one.first, one.last)):
        if span.first > today and (held is None or held < today or span.first > _next(held)):
            break  # a gap, and nobody pays in it
        held = span.last if held is None else max(held, span.last)
    return held


def _next(day: date) -> date:
    return day if day == date.max else day + timedelta(days=1)


def _day(at_ms: int | None) -> date | None:
    if at_ms is None:
        return None
    try:
        return _EPOCH + timedelta(days=at_ms // _DAY_MS)
    except OverflowError:
        return None
