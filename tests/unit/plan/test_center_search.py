"""Searches and bounds of a p-center along lists: what they find is real, what they refute is refuted by counting."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from shanyrak.check.points import check_points
from shanyrak.plan import PlaneDistances, center_run, p_center
from shanyrak.plan.center_bound import CoverBound
from shanyrak.plan.center_search import RadiusSearch, within


def line(*places: int) -> np.ndarray:
    """Distances between places on a line."""
    at = np.array(places)
    return np.abs(at[:, None] - at[None, :]).astype(np.int32)


def lists_of(far: np.ndarray, radius: int, shut: tuple[int, ...] = ()) -> RadiusSearch:
    usable = np.ones(far.shape[1], bool)
    usable[list(shut)] = False
    return RadiusSearch(far, usable, usable, radius)


def test_lists_name_sites_within_a_radius_nearest_first() -> None:
    #   0  1     4        9
    lists = lists_of(line(0, 1, 4, 9), 4, shut=(2,))
    named = [lists.site[a:b].tolist() for a, b in itertools.pairwise(lists.ptr)]
    assert named == [[0, 1], [1, 0], [1, 0], [3]]  # the third place is shut, and has the second 3 away
    end = within(lists.ptr, lists.away, 0)
    assert (end - lists.ptr[:-1]).tolist() == [1, 1, 0, 1]  # itself


def test_a_search_walks_down_to_the_shortest_radius() -> None:
    #   0 2 4      10 12 14      20 22 24: three middles reach everybody within 2
    far = line(0, 2, 4, 10, 12, 14, 20, 22, 24)
    sites, radius = lists_of(far, 24).shorter(np.array([0, 3, 8]), 24, 0, 100_000, 1)
    assert sorted(sites.tolist()) == [1, 4, 7] and radius == 2


@pytest.mark.parametrize("seed", range(8))
def test_what_is_found_reaches_everybody_and_the_same_seed_finds_the_same(seed: int) -> None:
    points = np.floor(np.random.default_rng(seed).random((80, 2)) * 1000)
    far = PlaneDistances.of(points, points, floor=True).rows(0, 80)
    start = np.arange(6)
    first = int(far[:, start].min(axis=1).max())
    found = [lists_of(far, first).shorter(start, first - 1, 0, 200_000, seed) for _ in range(2)]
    sites, radius = found[0]
    assert radius < first and len(set(sites.tolist())) == 6
    assert int(far[:, sites].min(axis=1).max()) == radius
    assert found[1][1] == radius and found[1][0].tolist() == sites.tolist()


@pytest.mark.parametrize("seed", range(12))
def test_u_refutes_a_radius_only_where_no_sites_reach_everybody(seed: int) -> None:
    random = np.random.default_rng(seed)
    far = random.integers(0, 20, (14, 9)).astype(np.int32)
    p = int(random.integers(1, 4))
    lists = lists_of(far, 20)
    steps = CoverBound(lists.ptr, lists.site, 9, p)
    everyone = np.ones(14, bool)
    least = min(int(far[:, list(sites)].min(axis=1).max()) for sites in itertools.combinations(range(9), p))
    refuted = 0
    for radius in range(20):
        u = steps.refuted(within(lists.ptr, lists.away, radius), everyone)
        if u is None:
            continue
        refuted += 1
        assert radius < least
        reached = np.sort(u @ (far <= radius))[::-1][:p]  # whole numbers: the p best sites together get less
        assert int(u.sum()) > int(reached.sum())
    assert refuted > 0
    assert steps.refuted(within(lists.ptr, lists.away, least), everyone) is None


def test_points_that_fixed_sites_reach_ask_for_nothing() -> None:
    far = line(0, 1, 100, 101)
    lists = lists_of(far, 101)
    steps = CoverBound(lists.ptr, lists.site, 4, 1)
    end = within(lists.ptr, lists.away, 1)
    assert steps.refuted(end, np.ones(4, bool)) is not None  # one site cannot be at both ends
    assert steps.refuted(end, np.array([False, False, True, True])) is None


@pytest.mark.slow
def test_many_points_are_proven_by_steps_and_the_checker_agrees(monkeypatch: pytest.MonkeyPatch) -> None:
    # beyond four million pairs nothing is asked of all rows at once; few rows would do here, and are not tried
    monkeypatch.setattr(center_run, "_LONG_LISTS", np.inf)
    random = np.random.default_rng(3)
    centres = random.random((12, 2)) * 10_000
    points = np.floor(centres[random.integers(0, 12, 2100)] + random.normal(0, 120, (2100, 2)))
    distances = PlaneDistances.of(points, points, floor=True)
    fixed = [int(np.argmin(np.hypot(*(points - points[0]).T)))]
    for p, given in ((12, []), (11, fixed)):
        siting = p_center(distances, None, p, fixed=given, gap=0.05, time_limit_s=600)
        table = distances.rows(0, 2100)
        assert siting.gap <= 0.05 and siting.bound > 0
        open_now = [*siting.sites.tolist(), *given]
        assert int(table[:, open_now].min(axis=1).max()) == siting.objective
        assert not check_points(siting.certificate, table, np.ones(2100, np.int64))
