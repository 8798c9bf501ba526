"""Visits in all: weekly, a week late, in tens, none under ten."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from shanyrak.publish.grid import WEEK_MS, day_of, week_line_ms
from shanyrak.publish.known import known_by
from shanyrak.publish.record import Record, happened_ms

LEAST = 10
STEP = 10


@dataclass(frozen=True)
class Totals:
    """What was counted until ``until``, by all that was known at the last week line."""

    visits: Mapping[bytes, int]
    """By point; rounded, and not there where it is under ten."""
    until: str
    """The last day that is counted (EDTF)."""
    line_ms: int = 0
    """Counted is what was known then."""

    def of(self, points: list[bytes]) -> int | None:
        """The sum of what is public of these points, so that it tells no more than its parts; None where nothing is."""
        return sum(self.visits.get(point, 0) for point in points) or None


def totals(record: Record, points: set[bytes], now_ms: int) -> Totals:
    """Visits of these points up to a week before the last Monday; what came in late counts from the next one on."""
    line_ms = week_line_ms(now_ms)
    end_ms = line_ms - WEEK_MS
    said = [row for row in record.secret("visit.counted") if row.about in points]
    counted: dict[bytes, int] = {}
    for row in known_by(record.ledger, said, line_ms):
        latest = happened_ms(row)[1]
        if (row.eff_ms if latest is None else latest) < end_ms:
            counted[row.about] = counted.get(row.about, 0) + (row.fact.body_value() or {}).get("visits", 0)
    return Totals(
        {point: rounded(visits) for point, visits in counted.items() if visits >= LEAST}, day_of(end_ms - 1), line_ms
    )


def rounded(visits: int) -> int:
    """To the nearest ten, five upwards."""
    return (visits + STEP // 2) // STEP * STEP
