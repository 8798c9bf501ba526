"""Opening hours as 14 days of minutes, so that no phone needs their grammar."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from shanyrak.publish.hours import DAYS, evaluated, window_min

KYIV = "Europe/Kyiv"


def at(text: str, zone: str = KYIV) -> int:
    """A local time in milliseconds."""
    return round(datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone)).timestamp() * 1000)


def local(minute: int, zone: str = KYIV) -> str:
    """A minute as local time."""
    return datetime.fromtimestamp(minute * 60, ZoneInfo(zone)).strftime("%m-%d %H:%M")


def test_every_day_of_two_weeks() -> None:
    hours = evaluated("Mo-Su 09:00-19:00", at("2026-11-22T16:30"), KYIV)
    assert hours.text == "Mo-Su 09:00-19:00"
    assert hours.open_at_min is not None
    assert len(hours.open_at_min) == DAYS
    assert [local(minute) for minute in hours.open_at_min[0]] == [
        "11-22 09:00",
        "11-22 19:00",
    ]  # today's, from midnight
    assert [local(minute) for minute in hours.open_at_min[-1]] == ["12-05 09:00", "12-05 19:00"]


def test_what_touches_is_one() -> None:
    now = at("2026-11-22T16:30")
    assert evaluated("24/7", now, KYIV).open_at_min == (window_min(now, KYIV),)
    through = evaluated("Mo-Su 00:00-12:00, Mo-Su 12:00-24:00", now, KYIV).open_at_min
    assert through == (window_min(now, KYIV),)


def test_a_night_goes_on_from_the_day_before() -> None:
    hours = evaluated("Mo-Su 20:00-06:00", at("2026-11-22T16:30"), KYIV)
    assert hours.open_at_min is not None
    assert [local(minute) for minute in hours.open_at_min[0]] == ["11-22 00:00", "11-22 06:00"]
    assert [local(minute) for minute in hours.open_at_min[1]] == ["11-22 20:00", "11-23 06:00"]


@pytest.mark.parametrize(
    ("day", "minutes"),
    [
        ("2026-10-24", 14 * 1440 + 60),  # clocks go back on 25 October at 4: 25 hours
        ("2027-03-27", 14 * 1440 - 60),  # and forward on 28 March at 3: 23 hours
        ("2026-11-22", 14 * 1440),
    ],
)
def test_days_on_which_clocks_change(day: str, minutes: int) -> None:
    begin, end = window_min(at(f"{day}T12:00"), KYIV)
    assert end - begin == minutes
    hours = evaluated("Mo-Su 08:00-20:00", at(f"{day}T12:00"), KYIV)
    assert hours.open_at_min is not None
    assert {local(a)[6:] for a, _ in hours.open_at_min} == {"08:00"}
    assert {local(b)[6:] for _, b in hours.open_at_min} == {"20:00"}
    nights = evaluated("Mo-Su 22:00-06:00", at(f"{day}T12:00"), KYIV).open_at_min
    assert nights is not None
    # The second night goes from the first day into the one on which clocks change.
    assert nights[1][1] - nights[1][0] == 8 * 60 + (minutes - 14 * 1440)


def test_holidays_are_those_of_the_country() -> None:
    now = at("2026-12-20T12:00")
    ordinary = evaluated("Mo-Su,PH 09:00-19:00", now, KYIV, "UA").open_at_min
    closed = evaluated("Mo-Su 09:00-19:00; PH off", now, KYIV, "UA").open_at_min
    assert ordinary is not None
    assert closed is not None
    missing = {local(a)[:5] for a, _ in ordinary} - {local(a)[:5] for a, _ in closed}
    assert missing == {"12-25", "01-01"}


@pytest.mark.parametrize("text", ["every day", "Mo-Su 9 till 7", "00", "Mo-Su 25:99-30:00", "цілодобово"])
def test_what_cannot_be_read_is_not_known_and_the_text_stays(text: str) -> None:
    assert (evaluated(text, at("2026-11-22T12:00"), KYIV).open_at_min, text) == (None, text)


def test_never_open_is_known() -> None:
    assert evaluated("off", at("2026-11-22T12:00"), KYIV).open_at_min == ()


@pytest.mark.parametrize(
    ("first", "last", "days"),
    [
        ("2026-11-01", "2027-03-31", ("11-22", "12-05")),
        ("2026-11-25", "", ("11-25", "12-05")),
        ("", "2026-11-24", ("11-22", "11-24")),
        ("2026-12", "", ("12-01", "12-05")),
    ],
)
def test_hours_of_a_season(first: str, last: str, days: tuple[str, str]) -> None:
    found = evaluated("Mo-Su 09:00-19:00", at("2026-11-22T12:00"), KYIV, "", first, last).open_at_min
    assert found is not None
    assert (local(found[0][0])[:5], local(found[-1][0])[:5]) == days


@pytest.mark.parametrize(("first", "last"), [("2026-12-06", ""), ("", "2026-11-21"), ("2025-11", "2026-03")])
def test_out_of_season_is_not_known(first: str, last: str) -> None:
    found = evaluated("Mo-Su 09:00-19:00", at("2026-11-22T12:00"), KYIV, "", first, last)
    assert (found.open_at_min, found.text) == (None, "Mo-Su 09:00-19:00")


def test_a_local_day_is_not_a_day_in_utc() -> None:
    # 23:30 UTC on the 21st is 01:30 on the 22nd in Kyiv.
    begin, _ = window_min(at("2026-11-21T23:30", "UTC"), KYIV)
    assert local(begin) == "11-22 00:00"
