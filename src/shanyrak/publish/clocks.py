"""How far the town's clocks are ahead of UTC, and from when on: so that no phone needs to know time zones.

A phone's own list of zones is as old as the phone. Kazakhstan went over to one zone on 1 March 2024 (Qyzylorda's,
UTC+5), and many phones still show Almaty an hour late; making a formatter for a zone also takes a slow phone long.
"""

from __future__ import annotations

from datetime import UTC, datetime
from functools import lru_cache
from zoneinfo import ZoneInfo

YEARS = 1
"""Whole years before and after the present one."""
_DAY_MIN = 1440


@lru_cache(maxsize=64)
def offsets(zone: str, year: int) -> tuple[tuple[int, int], ...]:
    """From which minute since 1970 on clocks are how many minutes ahead of UTC, ascending.

    Parameters
    ----------
    zone : name of a time zone, as in the IANA database
    year : the present one in UTC; the answer holds for this year, the one before and the one after

    Returns
    -------
    The first pair is of the beginning of these years, each further one of a change.
    """
    local = ZoneInfo(zone)

    def ahead(at_min: int) -> int:
        offset = datetime.fromtimestamp(at_min * 60, local).utcoffset()
        assert offset is not None  # a ZoneInfo knows
        return round(offset.total_seconds() / 60)

    begin, end = (int(datetime(year + more, 1, 1, tzinfo=UTC).timestamp()) // 60 for more in (-YEARS, YEARS + 1))
    found = [(begin, ahead(begin))]
    for day in range(begin, end, _DAY_MIN):
        low, high = day, min(day + _DAY_MIN, end)
        if ahead(low) == ahead(high):  # nobody changes twice in a day
            continue
        while high - low > 1:
            middle = (low + high) // 2
            low, high = (middle, high) if ahead(middle) == ahead(low) else (low, middle)
        if high < end:
            found.append((high, ahead(high)))
    return tuple(found)
