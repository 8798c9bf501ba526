"""When something was so: a date, a time, an interval, one of several, or ``unknown``.

A subset of EDTF (ISO 8601-2, levels 0 and 1, ``[...]`` from level 2), given as one regular expression in
``spec/facts.md``, so that every language draws the line at the same place. Two things an expression cannot
say come on top: the day must exist in its month, and nothing ends before it begins.
"""

from __future__ import annotations

import re
from calendar import monthrange
from datetime import UTC, datetime, timedelta
from typing import Final

MAX_CHARACTERS: Final = 80

MOMENT: Final = (
    r"(?!0000)[0-9]{4}"
    r"(?:-(?:0[1-9]|1[0-2])"
    r"(?:-(?:0[1-9]|[12][0-9]|3[01])"
    r"(?:T(?:[01][0-9]|2[0-3]):[0-5][0-9](?::[0-5][0-9])?(?:Z|[+-](?:0[0-9]|1[0-4]):[0-5][0-9]))?"
    r")?)?"
    r"[?~%]?"
)
"""A year, month, day or minute or second with its distance from UTC; ``?`` uncertain, ``~`` about, ``%`` both."""
HAPPENED: Final = (
    rf"unknown|{MOMENT}"
    rf"|{MOMENT}/(?:{MOMENT}|\.\.)?|(?:\.\.)?/{MOMENT}"
    rf"|\[{MOMENT}(?:,{MOMENT})+\]|\[{MOMENT}\.\.(?:{MOMENT})?\]|\[\.\.{MOMENT}\]"
)

Bounds = tuple[int | None, int | None]

_HAPPENED = re.compile(HAPPENED)
_MOMENT = re.compile(
    r"([0-9]{4})(?:-([0-9]{2})(?:-([0-9]{2})"
    r"(?:T([0-9]{2}):([0-9]{2})(?::([0-9]{2}))?(?:Z|([+-])([0-9]{2}):([0-9]{2})))?)?)?[?~%]?"
)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_DAY_MS: Final = 86_400_000


def fault(text: str) -> str:
    """What is wrong with a ``happened``, as a clause; empty where it is in order."""
    if len(text) > MAX_CHARACTERS or not _HAPPENED.fullmatch(text):
        return (
            f"{text[:MAX_CHARACTERS]!r} is no date or time "
            "(2023-01, 2023-01-14, 2023-01-14T17:40+02:00, 2023-01-14/2023-03, 2023~, or unknown)"
        )
    for moment in _MOMENT.finditer(text):
        year, month, day = moment[1], moment[2], moment[3]
        if day and int(day) > monthrange(int(year), int(month))[1]:
            return f"{year}-{month} has no day {day}"
    begin, end = _ends(text)
    if begin is not None and end is not None and begin > end:
        return f"{text} ends before it begins"
    return ""


def bounds_ms(text: str) -> Bounds:
    """The first and the last millisecond (since 1970 UTC) it can mean; None where that side is open or unknown.

    A date without a time is reckoned in UTC. For ``[A,B]`` the earliest and the latest of all. A text that
    ``fault`` would refuse gives (None, None).
    """
    if fault(text):
        return None, None
    if "," in text:
        each = [_moment_bounds(moment) for moment in _MOMENT.finditer(text)]
        return min(first for first, _ in each), max(last for _, last in each)
    return _ends(text)


def _ends(text: str) -> Bounds:
    """First millisecond of the left moment, last one of the right; (None, None) for lists, which have no order."""
    if text == "unknown" or "," in text:
        return None, None
    moments = [_moment_bounds(moment) for moment in _MOMENT.finditer(text)]
    if len(moments) == 2:
        return moments[0][0], moments[1][1]
    (only,) = moments
    if text.startswith(("/", "../", "[..")):
        return None, only[1]
    if text.endswith(("/", "..", "..]")):
        return only[0], None
    return only


def _moment_bounds(moment: re.Match[str]) -> tuple[int, int]:
    """First and last millisecond of one moment."""
    year, month, day, hour, minute, second, sign, off_hours, off_minutes = moment.groups()
    if day is None:
        first_month, last_month = (int(month), int(month)) if month else (1, 12)
        days = monthrange(int(year), last_month)[1]
        return _midnight_ms(int(year), first_month, 1), _midnight_ms(int(year), last_month, days) + _DAY_MS - 1
    midnight = _midnight_ms(int(year), int(month), int(day))
    if hour is None:
        return midnight, midnight + _DAY_MS - 1
    offset_min = (int(off_hours) * 60 + int(off_minutes)) * (-1 if sign == "-" else 1) if sign else 0
    first = midnight + ((int(hour) * 60 + int(minute) - offset_min) * 60 + int(second or 0)) * 1000
    return first, first + (999 if second else 59_999)


def _midnight_ms(year: int, month: int, day: int) -> int:
    return (datetime(year, month, day, tzinfo=UTC) - _EPOCH) // timedelta(milliseconds=1)
