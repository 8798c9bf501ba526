"""The hybrid logical clock, on a drawn line of time (ms).

now      100    100    99     98     105
at     100,0  100,1  100,2  100,3  105,0
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from shanyrak.facts.canonical import MAX_INTEGER
from shanyrak.facts.clock import DROPPED_AHEAD_MS, HybridClock
from shanyrak.facts.fact import MAX_COUNTER

DAY_MS = 86_400_000


def hands(times: Iterable[int]) -> Callable[[], int]:
    """A clock that shows these times, one after the other."""
    following = iter(times)
    return lambda: next(following)


def test_time_goes_on_even_while_the_clock_stands_still_or_goes_back() -> None:
    clock = HybridClock(hands([100, 100, 99, 98, 105]))
    assert [clock.tick() for _ in range(5)] == [(100, 0), (100, 1), (100, 2), (100, 3), (105, 0)]


def test_it_goes_on_from_what_the_store_wrote_last() -> None:
    assert HybridClock(lambda: 100, last=(100, 7)).tick() == (100, 8)
    assert HybridClock(lambda: 90, last=(100, 7)).tick() == (100, 8)
    assert HybridClock(lambda: 101, last=(100, 7)).tick() == (101, 0)


def test_ten_minutes_ahead_are_borne_and_one_millisecond_more_is_dropped() -> None:
    now = 400 * DAY_MS
    ahead = now + DROPPED_AHEAD_MS  # 10 minutes: the boundary belongs to what is borne
    assert HybridClock(lambda: now, last=(ahead, 0)).tick() == (ahead, 1)
    assert HybridClock(lambda: now, last=(ahead + 1, 0)).tick() == (now, 0)


def test_a_clock_that_was_400_days_ahead_is_right_again_once_it_is_mended() -> None:
    now = 1_000 * DAY_MS
    clock = HybridClock(hands([now + 400 * DAY_MS, now, now + 1]))
    assert [clock.tick() for _ in range(3)] == [(now + 400 * DAY_MS, 0), (now, 0), (now + 1, 0)]


def test_a_full_counter_borrows_the_next_millisecond() -> None:
    clock = HybridClock(lambda: 100, last=(100, MAX_COUNTER))
    assert [clock.tick(), clock.tick()] == [(101, 0), (101, 1)]


def test_a_clock_before_1970_or_beyond_all_numbers_still_gives_a_time_that_can_be_written() -> None:
    assert HybridClock(lambda: -5).tick() == (0, 1)  # (0, 0) was the last one there could have been
    assert HybridClock(lambda: 2**60).tick() == (MAX_INTEGER, 0)


def test_it_says_what_it_gave_last() -> None:
    clock = HybridClock(lambda: 100)
    assert clock.last == (0, 0)
    assert clock.tick() == clock.last == (100, 0)
