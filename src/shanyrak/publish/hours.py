"""Opening hours as OpenStreetMap writes them, evaluated here for 14 days, so that no phone needs their grammar."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from opening_hours import OpeningHours, State, validate

from shanyrak.facts.happened import bounds_ms
from shanyrak.publish.grid import MINUTE_MS
from shanyrak.publish.model import Hours

DAYS = 14

Intervals = tuple[tuple[int, int], ...]


def evaluated(text: str, now_ms: int, zone: str, country: str = "", first: str = "", last: str = "") -> Hours:
    """Hours of 14 days from the beginning of the local day of ``now_ms``.

    Parameters
    ----------
    country : whose public holidays ``PH`` means; "" for none
    first, last : EDTF, the first and last day the hours hold; "" where nobody said
    """
    from_min, to_min = window_min(now_ms, zone)
    found = _open(text, from_min, to_min, zone, country)
    begin = _local_min(bounds_ms(first)[0], zone) if first else None
    end = _local_min(bounds_ms(last)[1], zone) if last else None
    if found is None or (begin is not None and begin >= to_min) or (end is not None and end <= from_min):
        return Hours(text, None)
    low, high = max(from_min, begin or from_min), min(to_min, end if end is not None else to_min)
    return Hours(text, tuple((max(a, low), min(b, high)) for a, b in found if max(a, low) < min(b, high)))


def window_min(now_ms: int, zone: str) -> tuple[int, int]:
    """The minutes [from, to) that hours are given for: whole local days, of 23 or 25 hours where clocks change."""
    midnight = datetime.fromtimestamp(now_ms / 1000, ZoneInfo(zone)).replace(hour=0, minute=0, second=0, microsecond=0)
    return _minute(midnight), _minute(midnight + timedelta(days=DAYS))


@lru_cache(maxsize=4096)
def _open(text: str, from_min: int, to_min: int, zone: str, country: str) -> Intervals | None:
    """Minutes in which a text says open, merged; None where it cannot be read."""
    local = ZoneInfo(zone)
    if not validate(text):
        return None
    hours = OpeningHours(text, timezone=local, country=country or None)
    start, end = (datetime.fromtimestamp(at * 60, local) for at in (from_min, to_min))
    merged: list[tuple[int, int]] = []
    for begin, finish, state, _ in hours.intervals(start, end):
        if state != State.OPEN:
            continue
        a, b = max(_minute(begin), from_min), min(_minute(finish), to_min)
        if merged and a <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(b, merged[-1][1]))
        elif a < b:
            merged.append((a, b))
    return tuple(merged)


def _local_min(at_ms: int | None, zone: str) -> int | None:
    """A day's bound, which EDTF reckons in UTC, at the same hour in the zone; rounded up to the whole minute."""
    if at_ms is None:
        return None
    bare = datetime.fromtimestamp(-(-at_ms // MINUTE_MS) * 60, UTC).replace(tzinfo=ZoneInfo(zone))
    return _minute(bare)


def _minute(at: datetime) -> int:
    return int(at.timestamp() // 60)
