"""What the town's clocks say, told to phones as minutes ahead of UTC."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shanyrak.publish.clocks import offsets


def minute(*moment: int) -> int:
    return int(datetime(*moment, tzinfo=UTC).timestamp()) // 60


def test_kyiv_changes_twice_a_year_in_the_same_minute_as_all_of_europe() -> None:
    assert offsets("Europe/Kyiv", 2026) == (
        (minute(2025, 1, 1), 120),
        (minute(2025, 3, 30, 1), 180),
        (minute(2025, 10, 26, 1), 120),
        (minute(2026, 3, 29, 1), 180),
        (minute(2026, 10, 25, 1), 120),
        (minute(2027, 3, 28, 1), 180),
        (minute(2027, 10, 31, 1), 120),
    )


def test_almaty_went_over_to_five_hours_in_the_night_to_march_2024_and_stays() -> None:
    # at local midnight of 1 March, six hours ahead until then: 18:00 UTC of the day before
    assert offsets("Asia/Almaty", 2024) == ((minute(2023, 1, 1), 360), (minute(2024, 2, 29, 18), 300))
    assert offsets("Asia/Almaty", 2026) == ((minute(2025, 1, 1), 300),)


@pytest.mark.parametrize("zone", ["Europe/Kyiv", "Asia/Qyzylorda", "Asia/Kathmandu", "Australia/Lord_Howe", "UTC"])
@given(data=st.data())
def test_any_minute_of_three_years_is_as_the_zone_says(zone: str, data: st.DataObject) -> None:
    at_min = data.draw(st.integers(minute(2025, 1, 1), minute(2028, 1, 1) - 1))
    ahead = [ahead for since, ahead in offsets(zone, 2026) if since <= at_min][-1]
    offset = datetime.fromtimestamp(at_min * 60, ZoneInfo(zone)).utcoffset()
    assert offset is not None and offset.total_seconds() == ahead * 60
