"""The lines of time on which what is secret in its detail becomes public: quarters of an hour, weeks, months.

What is shown between two lines was known at the earlier one, so that the moment of a change says nothing.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Final

MINUTE_MS: Final = 60_000
QUARTER_MIN: Final = 15
QUARTER_MS: Final = QUARTER_MIN * MINUTE_MS
WEEK_MS: Final = 7 * 86_400_000
_MONDAY_MS: Final = 4 * 86_400_000
"""1970-01-05, the first Monday."""


def quarter_line_ms(now_ms: int) -> int:
    """The last quarter of an hour at or before now."""
    return now_ms // QUARTER_MS * QUARTER_MS


def week_line_ms(now_ms: int) -> int:
    """The last Monday 00:00 UTC at or before now."""
    return (now_ms - _MONDAY_MS) // WEEK_MS * WEEK_MS + _MONDAY_MS


def month_line_ms(now_ms: int) -> int:
    """The first of this month, 00:00 UTC."""
    return _ms(_moment(now_ms).replace(day=1, hour=0, minute=0, second=0, microsecond=0))


def month_of(at_ms: int) -> str:
    """The month of a moment in UTC, as EDTF: 2026-11."""
    return _moment(at_ms).strftime("%Y-%m")


def day_of(at_ms: int) -> str:
    """The day of a moment in UTC, as EDTF."""
    return _moment(at_ms).strftime("%Y-%m-%d")


def _moment(at_ms: int) -> datetime:
    return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=at_ms)


def _ms(at: datetime) -> int:
    return (at - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(milliseconds=1)
