"""Searches along lists of neighbours: costs are exact however short the lists, and no swap is left that helps."""

from __future__ import annotations

import numpy as np
import pytest

from shanyrak.check.points import check_points
from shanyrak.plan.distances import PlaneDistances
from shanyrak.plan.median import p_median
from shanyrak.plan.median_lists import shortened
from shanyrak.plan.median_local import LocalSearch
from shanyrak.plan.neighbours import neighbours

NOTHING = np.zeros(0, np.int64)


def _instance(seed: int, each: int, fixed: tuple[int, ...] = ()) -> tuple[LocalSearch, np.ndarray, np.ndarray]:
    random = np.random.default_rng(seed)
    # three heaps, so that somebody's list ends before the next open site
    places = np.floor(random.normal(0, 30, (60, 2)) + 400 * random.integers(0, 3, (60, 1)))
    distances = PlaneDistances.of(places, places, floor=True)
    table = distances.columns(np.arange(60))
    weight = random.integers(1, 9, 60)
    movable = np.ones(60, bool)
    movable[list(fixed)] = False
    return LocalSearch(neighbours(distances, np.arange(60), each), table, weight, movable), table, weight


def _cost(table: np.ndarray, weight: np.ndarray, sites: np.ndarray) -> int:
    return int((table[sites].min(axis=0) * weight).sum())


@pytest.mark.parametrize("each", [3, 12, 60])
@pytest.mark.parametrize("seed", range(4))
def test_costs_are_exact_and_shakes_never_lose_the_best(seed: int, each: int) -> None:
    search, table, weight = _instance(seed, each)
    start = np.arange(8)
    swapped, sites = search.swapped(start, np.arange(60))
    assert swapped == _cost(table, weight, sites) <= _cost(table, weight, start)
    shaken, best, stands, rounds = search.shaken(sites, swapped, 1 << 40, 300, 7, NOTHING)
    assert rounds == 300
    assert shaken == _cost(table, weight, best) <= swapped
    assert len(set(best.tolist())) == len(set(stands.tolist())) == 8


@pytest.mark.parametrize("seed", range(4))
def test_with_whole_lists_no_swap_is_left_that_helps(seed: int) -> None:
    search, table, weight = _instance(seed, 60)
    cost, sites = search.swapped(np.arange(8), np.random.default_rng(seed).permutation(60))
    others = np.setdiff1d(np.arange(60), sites)
    for slot in range(8):
        for site in others:
            assert _cost(table, weight, np.append(np.delete(sites, slot), site)) >= cost


def test_fixed_sites_stay() -> None:
    search, _, _ = _instance(1, 12, fixed=(4, 9))
    cost, sites = search.swapped(search.filled(np.array([4, 9]), 6), np.arange(60))
    _, best, _, _ = search.shaken(sites, cost, 1 << 40, 200, 3, NOTHING)
    assert {4, 9} <= set(sites.tolist()) and {4, 9} <= set(best.tolist()) and len(sites) == 6


def test_the_same_seed_gives_the_same_choice() -> None:
    def once(seed: int) -> list[int]:
        search, _, _ = _instance(2, 12)
        cost, sites = search.swapped(np.arange(10), np.arange(60))
        return np.concatenate(search.shaken(sites, cost, 1 << 40, 5, seed, NOTHING)[1:3]).tolist()

    assert once(11) == once(11)
    assert any(once(11) != once(seed) for seed in range(20))


def test_shortened_lists_are_complete_below_their_reach() -> None:
    # three houses at 0, 1 and 3: everybody has three candidates, and two of them stay
    places = np.array([[0, 0], [1, 0], [3, 0]], float)
    near = neighbours(PlaneDistances.of(places, places, floor=True), np.arange(3), 3)
    short = shortened(near, 2)
    assert short.site.tolist() == [0, 1, 1, 0, 2, 1] and short.far.tolist() == [0, 1, 0, 1, 0, 2]
    assert short.reach.tolist() == [3, 2, 3]  # what the first that is not listed is away
    assert shortened(near, 3) is near


def test_a_list_that_was_short_already_keeps_its_reach() -> None:
    places = np.array([[0, 0], [1, 0], [3, 0], [7, 0]], float)
    near = neighbours(PlaneDistances.of(places, places, floor=True), np.arange(4), 3)
    assert shortened(near, 3) is near
    kept = near.of(np.array([True, False, True, True]))  # lists of two or three now
    lengths = np.diff(kept.ptr)
    short = shortened(kept, 2)
    assert short.reach[lengths <= 2].tolist() == near.reach[lengths <= 2].tolist()
    assert np.diff(short.ptr).max() == 2


def test_filling_up_opens_each_heap_first() -> None:
    """Two heaps of three houses far apart: one site in each, not two in one."""
    places = np.array([[0, 0], [1, 0], [2, 0], [1000, 0], [1001, 0], [1002, 0]], float)
    distances = PlaneDistances.of(places, places, floor=True)
    search = LocalSearch(
        neighbours(distances, np.arange(6), 3), distances.columns(np.arange(6)), np.ones(6, np.int64), np.ones(6, bool)
    )
    assert sorted(search.filled(np.zeros(0, np.int64), 2).tolist()) == [1, 4]


def test_many_sites_are_proven_along_lists() -> None:
    places = np.floor(np.random.default_rng(5).random((150, 2)) * 1000)
    distances = PlaneDistances.of(places, places, floor=True)
    answer = p_median(distances, None, 40, gap=0, time_limit_s=1e9, fixed=[3], forbidden=[7])
    assert answer.proven and 7 not in answer.sites and len(answer.sites) == 40
    assert check_points(answer.certificate, distances.rows(0, 150), np.ones(150, np.int64)) == []
    again = [p_median(distances, None, 40, gap=0, time_limit_s=1e9, work_limit=10**6, seed=2) for _ in range(2)]
    assert again[0].sites.tolist() == again[1].sites.tolist() and again[0].bound == again[1].bound
