"""The ranking: which door a person in the cold tries first. Walks are half-minutes, chances per thousand."""

from __future__ import annotations

import dataclasses
import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shanyrak.core.errors import InvalidInput
from shanyrak.core.spec import spec_folder
from shanyrak.find.ranking import Leg, Next, Place, has, line_hmin, rank
from shanyrak.find.trust import default_table, table_of

TABLE = default_table()
NOW = 27_800_000


def place(index: int, walk: int, chance: int = 950, *legs: tuple[int, int], **more: Any) -> Place:
    given = {"id": f"{index:04x}", "shown": "open", "walk_hmin": walk, "band": "free"} | more
    return Place(index=index, chance_permille=chance, legs=tuple(Leg(to, far) for to, far in legs), **given)


def order(*places: Place) -> list[int]:
    return [row.index for row in rank(places, NOW, TABLE).places]


def test_a_likely_door_a_little_farther_beats_a_doubtful_one_from_which_there_is_no_way_on() -> None:
    # unknown, 1 min: 2 + 0.5 * 120 (an hour in the cold) = 62;  open, 12 min: 24 + 0.05 * 120 = 30
    assert order(place(0, 2, 500), place(1, 24, 950)) == [1, 0]


def test_the_doubtful_door_comes_first_where_it_costs_little_to_go_on() -> None:
    # 2 + 0.5 * (22 + 0.05 * 120) = 16 against 24 + 0.05 * (22 + 0.5 * 120) = 28.1
    assert order(place(0, 2, 500, (1, 22)), place(1, 24, 950, (0, 22))) == [0, 1]


def test_if_it_is_shut_the_next_two_are_named_with_the_walk_from_there() -> None:
    town = [place(0, 2, 950, (1, 9), (2, 4), (3, 6)), place(1, 9), place(2, 9), place(3, 9, 100, shown="closed")]
    first = rank(town, NOW, TABLE).places[0]
    #  4 half-minutes are 2 minutes, 9 are 4.5: rounded up 5; the shut one is nobody's next
    assert first.if_shut == (Next(2, 2, None), Next(1, 5, None))


def test_minutes_are_never_shown_for_a_straight_line() -> None:
    new = place(0, 0, walk_hmin=None, line_m=640)
    row = rank([new], NOW, TABLE).places[0]
    assert (row.minutes, row.line_m) == (None, 640)


def test_a_straight_line_is_sorted_by_a_longer_walk() -> None:
    # 1,000 m * 1.4 at 4,500 m/h = 37.5 m a half-minute: 37.3, rounded up
    assert line_hmin(1000, TABLE, "adult") == 38
    # 1,000 m * 1.4 at 3,492 m/h = 29.1 m a half-minute: 48.1
    assert line_hmin(1000, TABLE, "slow") == 49
    assert line_hmin(0, TABLE, "adult") == 0


def test_unknown_counts_as_no_but_is_counted_apart() -> None:
    town = [
        place(0, 1, services={"toilet": "none"}), place(1, 2, services={}), place(2, 3, services={"toilet": "inside"}),
        place(3, 4, services={"heat": True}),
    ]  # fmt: skip
    answer = rank(town, NOW, TABLE, needs=["toilet"])
    assert [row.index for row in answer.places] == [2]
    assert (answer.not_shown_unknown, answer.not_shown_no) == (2, 1)


def test_nobody_is_sent_on_to_a_place_that_lacks_what_is_needed() -> None:
    town = [place(0, 2, 500, (1, 2), services={"heat": True}), place(1, 2, 950)]
    assert rank(town, NOW, TABLE, needs=["heat"]).places[0].if_shut == ()


def test_words_that_mean_no() -> None:
    assert has({"air_alert": "closes"}, "air_alert", TABLE) is False
    assert has({"air_alert": "goes_to"}, "air_alert", TABLE) is True
    assert has({"languages": ["uk"]}, "languages:de", TABLE) is False
    assert has({}, "languages:de", TABLE) is None
    assert has({"seats": 0}, "seats", TABLE) is False


@pytest.mark.parametrize(
    "places",
    [[place(0, 0, walk_hmin=None)], [place(0, 2), place(0, 3)]],
    ids=["neither walk nor line", "two of one index"],
)
def test_what_cannot_be_ranked_is_refused(places: list[Place]) -> None:
    with pytest.raises(InvalidInput):
        rank(places, NOW, TABLE)


def test_an_unknown_walker_is_refused() -> None:
    with pytest.raises(InvalidInput, match="adult"):
        rank([], NOW, TABLE, profile="hovercraft")


def test_a_table_that_would_not_stay_exact_is_refused() -> None:
    data = json.loads((spec_folder() / "trust.json").read_text(encoding="utf-8"))
    data["ranking"]["places_most"] = 4
    with pytest.raises(InvalidInput, match="places_most"):
        table_of(data)
    with pytest.raises(InvalidInput):
        table_of({})


# ---- properties: towns on a line, so that walks between are as walks are (triangle inequality) --------------------

DOORS = st.tuples(st.integers(0, 60), st.integers(101, 1000))


def street(doors: list[tuple[int, int]], here: int = 0) -> list[Place]:
    """Doors at (position, chance) along one street; a person stands at ``here``."""
    return [
        place(i, abs(at - here), chance, *((j, abs(at - to)) for j, (to, _) in enumerate(doors) if j != i))
        for i, (at, chance) in enumerate(doors)
    ]


@given(st.lists(DOORS, max_size=6), st.randoms(use_true_random=False))
def test_the_order_of_the_list_does_not_matter(doors: list[tuple[int, int]], random: Any) -> None:
    town = street(doors)
    mixed = random.sample(town, len(town))
    assert rank(mixed, NOW, TABLE) == rank(town, NOW, TABLE)


@settings(max_examples=300)
@given(st.lists(DOORS, min_size=1, max_size=3), st.data())
def test_a_better_chance_never_moves_a_place_back(doors: list[tuple[int, int]], data: st.DataObject) -> None:
    # with up to three places nothing is cut off; with more, a place that falls back on it may gain more than itself
    at = data.draw(st.integers(0, len(doors) - 1))
    before = order(*street(doors)).index(at)
    doors[at] = (doors[at][0], data.draw(st.integers(doors[at][1], 1000)))
    assert order(*street(doors)).index(at) <= before


@given(st.lists(DOORS, min_size=2, max_size=6), st.data())
def test_a_nearer_place_is_never_moved_back(doors: list[tuple[int, int]], data: st.DataObject) -> None:
    # only the walk from here changes: no other place's expectation knows of it
    town = street(doors)
    at = data.draw(st.integers(0, len(town) - 1))
    nearer = dataclasses.replace(town[at], walk_hmin=data.draw(st.integers(0, town[at].walk_hmin or 0)))
    assert order(*town[:at], nearer, *town[at + 1 :]).index(at) <= order(*town).index(at)


@given(st.lists(DOORS, max_size=6), st.integers(0, 60), st.integers(0, 100))
def test_a_shut_place_changes_nothing_for_the_others_and_stands_behind(
    doors: list[tuple[int, int]], at: int, chance: int
) -> None:
    # chances at or under not_led_to: nobody is sent on to it, so no other way is touched
    before = rank(street(doors), NOW, TABLE).places
    after = rank(street([*doors, (at, chance)]), NOW, TABLE).places
    assert after[:-1] == before
    assert after[-1].behind == "shut"


@given(st.lists(DOORS, min_size=1, max_size=5), st.integers(0, 400))
def test_a_certain_door_here_is_first(doors: list[tuple[int, int]], far: int) -> None:
    town = [dataclasses.replace(p, walk_hmin=(p.walk_hmin or 0) + far + 1) for p in street(doors)]
    assert order(*town, place(99, 0, 1000))[0] == 99


@given(st.lists(DOORS, min_size=1, max_size=5))
def test_moving_all_moments_together_changes_nothing(doors: list[tuple[int, int]]) -> None:
    #  the clock decides nothing by itself: what opens and shuts with it moves along
    def at(now: int) -> list[int]:
        town = [dataclasses.replace(p, closes_at_min=now + 20 + p.index) for p in street(doors)]
        return [row.index for row in rank(town, now, TABLE).places]

    assert at(NOW) == at(0) == at(NOW * 2)
