"""Clock times of the area's zone: over midnight, over the change of clocks, in five languages."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shanyrak.core.texts import texts
from shanyrak.publish.pages.moments import Clock
from tests.unit.publish.pages.drawn import LANGUAGES, NOW, at


def clock(language: str = "en", now: int = NOW) -> Clock:
    return Clock(texts(language, "words", "pages"), "Europe/Kyiv", now)


def test_today_stands_alone_and_another_day_is_named() -> None:
    one = clock()
    assert one.time(at(17, 40)) == "17:40"
    assert one.time(at(0, 0)) == "00:00"
    assert one.time(at(23, 59, day=21)) == "21 Nov, 23:59"
    assert one.when(at(17, 40)) == "At 17:40"
    assert one.when(at(9, day=21)) == "On 21 Nov at 09:00"


def test_another_year_is_named_too() -> None:
    assert clock().time(at(9) - 365 * 1440) == "22 Nov 2025, 09:00"


def test_a_time_in_summer_is_one_hour_further() -> None:
    # 22 July 2026, 15:45 UTC is 18:45 in Kyiv: 123 days before 22 November.
    assert clock(now=NOW - 123 * 1440).time(NOW - 123 * 1440) == "18:45"


@pytest.mark.parametrize("language", LANGUAGES)
def test_twenty_four_hours_in_every_language(language: str) -> None:
    assert "17:40" in clock(language).when(at(17, 40))
    assert "22" in clock(language).long_day()


def test_hours_past_midnight_stand_with_their_evening() -> None:
    night = [(at(20, day=21), at(8, day=22)), (at(20, day=22), at(8, day=23))]
    # Twelve hours belong to the evening whole; the morning's rest of the night before is not said again.
    assert clock().hours_of(date(2026, 11, 22), night) == "20:00–08:00"


def test_two_openings_a_day_and_none() -> None:
    split = [(at(9), at(12)), (at(14), at(18))]
    assert clock().hours_of(date(2026, 11, 22), split) == "09:00–12:00, 14:00–18:00"
    assert clock().hours_of(date(2026, 11, 23), split) == "shut"


def test_always_open_is_all_day_and_night_and_every_day() -> None:
    assert clock().week([(at(0), at(0, day=36))]) == [("every day", "all day and night")]


def test_days_alike_stand_in_one_line() -> None:
    # The 22nd is a Sunday: shut; Monday to Friday alike; Saturday shorter.
    hours = [(at(9, day=22 + d), at(19, day=22 + d)) for d in range(1, 6)] + [(at(10, day=28), at(14, day=28))]
    assert clock().week(hours) == [("Sun", "shut"), ("Mon – Fri", "09:00–19:00"), ("Sat", "10:00–14:00")]


@pytest.mark.parametrize(
    ("edtf", "shown"),
    [("2026-11-12", "12 November 2026"), ("2026-11", "November 2026"), ("2026", "2026"), ("2026-11~", "2026-11~")],
)  # fmt: skip
def test_dates_of_the_record_in_words(edtf: str, shown: str) -> None:
    assert clock().edtf(edtf) == shown


def test_a_span_is_hours_where_it_is_whole_hours() -> None:
    assert [clock().span(n) for n in (30, 90, 120)] == ["30 min", "90 min", "2 h"]


@given(st.lists(st.tuples(st.integers(0, 14 * 1440), st.integers(1, 1440)), max_size=6))
def test_a_week_has_hours_for_each_of_its_days_whatever_was_declared(parts: list[tuple[int, int]]) -> None:
    begin = at(0)
    intervals = sorted((begin + start, begin + start + length) for start, length in parts)
    assert all(hours for _, hours in clock().week(intervals))
