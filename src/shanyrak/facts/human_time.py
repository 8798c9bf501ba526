"""Times as people write them: "14:30", "yesterday", "20 min ago", "22.11.2026 14:30" become EDTF.

A time of day alone is the last such time where something happened, and the next one where something is
planned. What is EDTF already stays as it is.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, tzinfo

from shanyrak.core.errors import InvalidInput

EXAMPLES = "14:30, yesterday 14:30, 20 min ago, 2026-11-22, 2026-11-22T14:30+02:00, 2026-11, 2026-11-20/2026-11-22"
_AHEAD = timedelta(minutes=10)
_DAYS = {
    "today": 0, "yesterday": -1, "tomorrow": 1, "сьогодні": 0, "вчора": -1, "учора": -1, "завтра": 1,
    "heute": 0, "gestern": -1, "morgen": 1, "бүгін": 0, "кеше": -1, "ертең": 1, "сегодня": 0, "вчера": -1,
}  # fmt: skip
_NOW = ("now", "зараз", "jetzt", "қазір", "сейчас")
_CLOCK = re.compile(r"([01]?\d|2[0-3])[:.]([0-5]\d)")
_DAY = re.compile(r"(\d{4})-(\d\d)-(\d\d)|(\d{1,2})\.(\d{1,2})\.(\d{4})")
_AGO = re.compile(r"(?:in (\d{1,4})|(\d{1,4})) ?(min|h|d)(?: ago)?")


def read_time(text: str, now_ms: int, zone: tzinfo = UTC, *, past: bool = True) -> str:
    """A time as EDTF.

    Parameters
    ----------
    now_ms : now, in milliseconds since 1970 UTC
    zone : where the person is
    past : a time of day alone is the last such time (what happened), else the next (what is planned)
    """
    value = " ".join(text.split())
    if "/" in value and not value.startswith(("[", "{")):
        ends = value.split("/")
        if len(ends) == 2:
            return "/".join(end if end in ("", "..") else read_time(end, now_ms, zone, past=past) for end in ends)
    now = datetime.fromtimestamp(now_ms / 1000, UTC).astimezone(zone)
    found = _read(value.casefold(), now, past)
    return value if found is None else found


def read_moment_ms(text: str, now_ms: int, zone: tzinfo = UTC) -> int:
    """A point in time ahead, in milliseconds since 1970 UTC: a day (until its end), a time, or "in 30 d"."""
    found = read_time(text, now_ms, zone, past=False)
    try:
        if re.fullmatch(r"\d{4}-\d\d-\d\d", found):
            return int((datetime.fromisoformat(found).replace(tzinfo=zone) + timedelta(days=1)).timestamp() * 1000)
        moment = datetime.fromisoformat(found.replace("Z", "+00:00"))
        if moment.tzinfo is None:
            raise ValueError
    except ValueError:
        raise InvalidInput(
            f"{text!r} is no point in time", mend="Write 2027-04-01, 2027-04-01 18:00 or in 30 d"
        ) from None
    return int(moment.timestamp() * 1000)


def _read(value: str, now: datetime, past: bool) -> str | None:
    """EDTF of what is not EDTF yet; None where it is not for us to read."""
    if value in _NOW:
        return _stamp(now)
    ago = _AGO.fullmatch(value)
    if ago is not None and (ago[1] is not None or value.endswith(" ago")):
        amount = timedelta(**{{"min": "minutes", "h": "hours", "d": "days"}[ago[3]]: int(ago[1] or ago[2])})
        return _stamp(now + amount if ago[1] is not None else now - amount)
    clock = _CLOCK.fullmatch(value)
    if clock is not None:
        return _stamp(_nearest(now, int(clock[1]), int(clock[2]), past))
    word, _, rest = value.partition(" ")
    day = _day(word.removesuffix(","), now)
    if day is None:
        return None
    if not rest:
        return f"{day:%Y-%m-%d}"
    clock = _CLOCK.fullmatch(rest)
    if clock is None:
        return None
    # The zone is asked for that day: summer time may have begun or ended in between.
    return _stamp(datetime(day.year, day.month, day.day, int(clock[1]), int(clock[2]), tzinfo=now.tzinfo))


def _day(word: str, now: datetime) -> datetime | None:
    if word in _DAYS:
        return now + timedelta(days=_DAYS[word])
    found = _DAY.fullmatch(word)
    if found is None:
        return None
    year, month, day = (int(part) for part in (found.group(1, 2, 3) if found[1] else found.group(6, 5, 4)))
    try:
        return datetime(year, month, day, tzinfo=now.tzinfo)
    except ValueError:
        raise InvalidInput(f"there is no day {word}") from None


def _nearest(now: datetime, hour: int, minute: int, past: bool) -> datetime:
    today = now.replace(hour=hour, minute=minute, second=0, microsecond=0)
    if past and today > now + _AHEAD:
        return today - timedelta(days=1)
    return today if past or today >= now - _AHEAD else today + timedelta(days=1)


def _stamp(moment: datetime) -> str:
    text = moment.isoformat(timespec="minutes")
    return text.replace("+00:00", "Z")
