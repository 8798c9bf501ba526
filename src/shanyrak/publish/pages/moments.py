"""Moments as a page prints them: clock times of the area's own zone. Never "five minutes ago": a page may be old."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from babel import Locale
from babel.dates import format_date, format_skeleton

from shanyrak.core.texts import Texts

_OF_EUROPE = {"en": "en_GB"}
"""Days before months, and 24 hours."""
_DAY = re.compile(r"(\d{4})-(\d\d)-(\d\d)")
_MONTH = re.compile(r"(\d{4})-(\d\d)")
HALF_A_DAY = 12 * 60


class Clock:
    """Tells moments in one language and zone, seen from one day.

    Parameters
    ----------
    now_at_min : the moment that the page is of, minutes since 1970
    """

    def __init__(self, t: Texts, zone: str, now_at_min: int) -> None:
        self._t = t
        self._zone = ZoneInfo(zone)
        self._locale = Locale.parse(_OF_EUROPE.get(t.language, t.language))
        self.now_at_min = now_at_min
        self.today = self._local(now_at_min).date()
        self._weeks: dict[tuple[tuple[int, int], ...], list[tuple[str, str]]] = {}

    def _local(self, at_min: int) -> datetime:
        return datetime.fromtimestamp(at_min * 60, UTC).astimezone(self._zone)

    def time(self, at_min: int) -> str:
        """17:40 today, 21 Nov, 17:40 on another day."""
        at = self._local(at_min)
        if at.date() == self.today:
            return f"{at:%H:%M}"
        return self._t("time.day", date=self.short_day(at.date()), time=f"{at:%H:%M}")

    def when(self, at_min: int) -> str:
        """The beginning of a sentence: At 17:40, or On 21 Nov at 17:40."""
        at = self._local(at_min)
        if at.date() == self.today:
            return self._t("when.today", time=f"{at:%H:%M}")
        return self._t("when.day", date=self.short_day(at.date()), time=f"{at:%H:%M}")

    def now(self) -> str:
        """The page's own moment with its day in full."""
        return self._t("time.day", date=self.long_day(), time=f"{self._local(self.now_at_min):%H:%M}")

    def long_day(self) -> str:
        """The page's day: 22 November 2026."""
        return format_date(self.today, "long", locale=self._locale)

    def short_day(self, day: date) -> str:
        """21 Nov, with its year where that is another."""
        skeleton = "MMMd" if day.year == self.today.year else "yMMMd"
        return str(format_skeleton(skeleton, datetime(day.year, day.month, day.day), locale=self._locale))

    def span(self, minutes: int) -> str:
        """90 min, 2 h."""
        if minutes % 60 == 0 and minutes:
            return self._t("span.h", n=minutes // 60)
        return self._t("span.min", n=minutes)

    def edtf(self, happened: str) -> str:
        """A date as the record has it: a day, a month or a year in words, anything else as it stands."""
        if day := _DAY.match(happened):
            return format_date(date(*map(int, day.groups())), "long", locale=self._locale)
        if month := _MONTH.fullmatch(happened):
            first = date(int(month[1]), int(month[2]), 1)
            return str(format_skeleton("yMMMM", datetime(first.year, first.month, 1), locale=self._locale))
        return happened

    def week(self, open_at_min: Sequence[tuple[int, int]]) -> list[tuple[str, str]]:
        """(days, hours) of the seven days from today, days in a row that are alike in one line.

        Hours past midnight stand with the evening they begin in: 20:00-08:00.
        """
        key = tuple(open_at_min)
        if key not in self._weeks:
            self._weeks[key] = self._week(open_at_min)
        return self._weeks[key]

    def _week(self, open_at_min: Sequence[tuple[int, int]]) -> list[tuple[str, str]]:
        lines: list[tuple[str, str, str]] = []
        for ahead in range(7):
            day = self.today + timedelta(days=ahead)
            name = str(format_date(day, "EEE", locale=self._locale))
            hours = self.hours_of(day, open_at_min)
            if lines and lines[-1][2] == hours:
                lines[-1] = (lines[-1][0], name, hours)
            else:
                lines.append((name, name, hours))
        if len(lines) == 1:
            return [(self._t("hours.every_day"), lines[0][2])]
        return [(first if first == last else f"{first} – {last}", hours) for first, last, hours in lines]

    def hours_of(self, day: date, open_at_min: Sequence[tuple[int, int]]) -> str:
        """Hours of one day."""
        begins, ends = self._midnight(day), self._midnight(day + timedelta(days=1))
        said = []
        for start, end in open_at_min:
            if start <= begins and end >= ends:
                return self._t("hours.all_day")
            carried = start < begins and end - begins < HALF_A_DAY  # stood with the evening before
            if end <= begins or start >= ends or carried:
                continue
            shown = end if end - ends < HALF_A_DAY else ends
            said.append(f"{self._local(max(start, begins)):%H:%M}–{self._local(shown):%H:%M}")
        return ", ".join(said) or self._t("hours.shut")

    def _midnight(self, day: date) -> int:
        return int(datetime(day.year, day.month, day.day, tzinfo=self._zone).timestamp()) // 60
