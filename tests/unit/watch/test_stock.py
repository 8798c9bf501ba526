"""What is left and when it runs out."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from shanyrak.watch.stock import DAY_MIN, Left, Movement, reckon, soonest

H = 60


def counted(at_min: int, amount: int) -> Movement:
    return Movement(at_min, "counted", amount)


def received(at_min: int, amount: int) -> Movement:
    return Movement(at_min, "received", amount)


def used(at_min: int, amount: int) -> Movement:
    return Movement(at_min, "used", amount)


def test_nobody_counted() -> None:
    assert reckon([received(0, 50), used(10, 5)], 100) == Left()


def test_counted_once_says_what_is_there_and_not_how_long() -> None:
    assert reckon([counted(0, 100)], 10 * H) == Left(100, 0, None, None)


def test_two_counts_say_how_fast() -> None:
    # 100 -> 40 in 12 h: 120 a day; 40 left last 8 h from the second count.
    assert reckon([counted(0, 100), counted(12 * H, 40)], 13 * H) == Left(40, 12 * H, 120, 20 * H)


def test_what_came_between_two_counts_was_used_too() -> None:
    # 100 + 60 -> 40 in 12 h: 120 gone, 240 a day; 40 last 4 h.
    assert reckon([counted(0, 100), received(H, 60), counted(12 * H, 40)], 13 * H) == Left(40, 12 * H, 240, 16 * H)


def test_what_was_said_to_be_used_between_two_counts_is_not_counted_twice() -> None:
    assert reckon([counted(0, 100), used(H, 60), counted(12 * H, 40)], 13 * H).a_day == 120


def test_after_the_last_count() -> None:
    # 120 a day; 40 + 80 came, 20 went by 14 h: 100 left from then on, 20 h more.
    said = [counted(0, 100), counted(12 * H, 40), received(13 * H, 80), used(14 * H, 20)]
    assert reckon(said, 15 * H) == Left(100, 12 * H, 120, 34 * H)


def test_one_count_and_what_was_used_since() -> None:
    # 24 went in 12 h: 48 a day.
    assert reckon([counted(0, 100), used(6 * H, 24)], 12 * H).a_day == 48


def test_too_short_a_time_says_nothing() -> None:
    assert reckon([counted(0, 100), counted(5 * H, 40)], 6 * H).a_day is None


def test_more_at_the_second_count_than_could_be_is_not_use() -> None:
    assert reckon([counted(0, 40), counted(12 * H, 90)], 13 * H) == Left(90, 12 * H, 0, None)


def test_a_count_from_paper_stands_where_it_was_made_not_where_it_was_written_down() -> None:
    assert reckon([counted(12 * H, 40), counted(0, 100)], 13 * H) == Left(40, 12 * H, 120, 20 * H)


def test_a_count_of_long_ago_says_nothing_of_this_week() -> None:
    # The count of 10 days ago is left out; between the other two 24 went in a day.
    said = [counted(0, 9_000), counted(9 * DAY_MIN, 100), counted(10 * DAY_MIN, 76)]
    assert reckon(said, 10 * DAY_MIN).a_day == 24


def test_what_was_not_said_yet_does_not_count() -> None:
    assert reckon([counted(0, 100), counted(12 * H, 40)], 11 * H) == Left(100, 0, None, None)


@given(first=st.integers(0, 10**6), a_day=st.integers(1, 10**5), hours=st.integers(6, 160), late=st.integers(0, 48))
def test_even_use_is_found_again(first: int, a_day: int, hours: int, late: int) -> None:
    """Use of so much a day, counted twice: the reckoning finds it again up to what whole units lose."""
    gone = a_day * hours // 24
    left = reckon([counted(0, first + gone), counted(hours * H, first)], (hours + late) * H)
    assert left.left == first
    assert left.a_day is not None
    assert abs(left.a_day - a_day) <= 24 / hours + 1
    if left.a_day:
        # It runs out once all is used, neither a minute too late nor more than one too early.
        assert left.out_at_min is not None
        minutes = left.out_at_min - hours * H
        assert minutes * left.a_day <= first * DAY_MIN < (minutes + 1) * left.a_day


def test_what_runs_out_first() -> None:
    stocks = {"wood_g": Left(5, 0, 1, 900), "fuel_ml": Left(5, 0, 1, 700), "water_ml": Left(5, 0, None, None)}
    assert soonest(stocks) == ("fuel_ml", stocks["fuel_ml"])
    assert soonest({"water_ml": Left(5)}) is None
