"""Choices of sites are mixed part by part: what each is good at comes together, and sites go where they save most."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shanyrak.core.units import IntArray, LongArray
from shanyrak.plan.distances import MatrixDistances
from shanyrak.plan.median_local import LocalSearch
from shanyrak.plan.median_parts import Choice, Mixer, mixed
from shanyrak.plan.median_towns import NEVER, Towns
from shanyrak.plan.neighbours import Neighbours, neighbours

WEST, EAST = (0, 10, 20, 30), (1000, 1010, 1020)
"""Houses along a road, metres; every house is a candidate. Numbered from 0 to 6, one person in each."""


def road(*places: int) -> IntArray:
    at = np.array(places)
    return np.abs(at[:, None] - at[None]).astype(np.int32)


ROAD = road(*WEST, *EAST)
ONE_EACH = np.ones(7, np.int64)


def choice(*sites: int) -> Choice:
    return Choice.of(lambda s: ROAD[s], ONE_EACH, np.array(sites))


def lists(table: IntArray) -> Neighbours:
    return neighbours(MatrixDistances.of(table.T), np.arange(table.shape[1]), len(table))


def test_each_town_is_taken_from_the_choice_that_is_better_there() -> None:
    # west: sites at 10 and 30 cost 10 + 10, at 0 and 10 they cost 10 + 20; east: at 1010 10 + 10, at 1000 10 + 20
    good_in_the_west, good_in_the_east = choice(1, 3, 4), choice(0, 1, 5)
    assert (good_in_the_west.cost, good_in_the_east.cost) == (20 + 30, 30 + 20)
    found, parts = mixed(good_in_the_west, good_in_the_east, ONE_EACH, {3: 50})
    assert [(cost, sorted(sites.tolist())) for cost, sites in found] == [(40, [1, 3, 5])]
    assert parts == 1, "only the east is better in the other choice"


def test_a_site_more_here_goes_with_a_site_fewer_there() -> None:
    # one choice: 3 in the west (10), 1 in the east (30). The other: 2 in the west (20), 2 in the east (10).
    one, other = choice(0, 1, 2, 4), choice(1, 3, 4, 5)
    found, _ = mixed(one, other, ONE_EACH, {4: one.cost, 5: NEVER, 3: NEVER})
    assert {len(sites): cost for cost, sites in found} == {4: 30, 5: 20, 3: 50}


def test_nothing_is_found_that_costs_as_much_as_what_is_known() -> None:
    found, _ = mixed(choice(1, 3, 4), choice(0, 1, 5), ONE_EACH, {3: 40})
    assert found == []


def test_a_choice_mixed_with_itself_has_no_parts_that_differ() -> None:
    assert mixed(choice(1, 5), choice(1, 5), ONE_EACH, {2: NEVER - 1})[1] == 0


@settings(max_examples=150, deadline=None)
@given(st.integers(0, 1 << 30), st.integers(2, 9), st.integers(2, 9))
def test_a_mixture_never_costs_more_than_its_parts_and_has_so_many_sites(seed: int, p: int, q: int) -> None:
    random = np.random.default_rng(seed)
    m, n = 30, 20
    places, houses = random.integers(0, 100, (n, 2)), random.integers(0, 100, (m, 2))
    table = np.hypot(*(places[:, None] - houses[None]).transpose(2, 0, 1)).astype(np.int32)
    weight = random.integers(0, 5, m)
    one, other = (
        Choice.of(lambda s: table[s], weight, random.choice(n, count, replace=False)) for count in (p, q)
    )  # fmt: skip
    known = dict.fromkeys(range(1, n), NEVER)
    found, _ = mixed(one, other, weight, known)
    costs = {len(sites): cost for cost, sites in found}
    assert costs[p] <= one.cost
    assert costs.get(q, NEVER) <= other.cost
    both = set(one.sites.tolist()) & set(other.sites.tolist())
    for cost, sites in found:
        assert len(set(sites.tolist())) == len(sites)
        assert both <= set(sites.tolist()) <= set(one.sites.tolist()) | set(other.sites.tolist())
        assert int((weight * table[sites].min(axis=0)).sum()) <= cost


def test_the_mixer_keeps_the_cheapest_with_about_p_sites() -> None:
    mixer = Mixer(lambda s: ROAD[s], ONE_EACH, 3)
    mixer.add(np.array([1, 3, 4]))
    mixer.add(np.array([0, 1, 5]))
    assert mixer.cheapest[3].cost == 40
    mixer.add(np.array([0, 1, 3, 4, 5, 6]))  # three more than asked for: too many to be kept, but taken apart
    assert 6 not in mixer.cheapest
    out = np.zeros(7, bool)
    out[5] = True
    mixer.leave(out)
    assert all(5 not in kept.sites for kept in mixer.cheapest.values())


def towns() -> Towns:
    """Nobody pays more than 25 m: the road falls into west and east."""
    return Towns(lists(ROAD), np.full(7, 25, np.int64), 1, 7)


def test_houses_that_no_walk_connects_lie_in_different_towns() -> None:
    apart = towns()
    assert len(apart.towns) == 2
    for town in (apart.of_demand, apart.of_site):
        assert len(set(town[:4].tolist())) == len(set(town[4:].tolist())) == 1
        assert town[0] != town[6]
    assert len(Towns(lists(ROAD), np.full(7, 2000, np.int64), 1, 7).towns) == 1


def test_sites_are_dealt_among_towns_from_all_choices_that_ever_came() -> None:
    apart = towns()
    assert apart.learn(choice(0, 1, 2, 6), ONE_EACH)  # west: 3 sites, 10. East: 1 site, 10 + 20
    assert apart.learn(choice(0, 1, 5), ONE_EACH)  # west: 2 sites, 30. East: 1 site, 20
    assert not apart.learn(choice(0, 1, 5), ONE_EACH)
    assert [sites.tolist() for sites in apart.dealt(4, 0)] == [[0, 1, 2, 5]]
    assert [len(sites) for sites in apart.dealt(3, 1)] == [3, 4]


def test_a_town_that_others_serve_does_not_count() -> None:
    apart = towns()
    apart.learn(choice(0, 3), ONE_EACH)  # the east walks to the west
    assert apart.dealt(2, 1) == []


def test_what_has_a_site_that_is_out_is_forgotten() -> None:
    apart = towns()
    apart.learn(choice(1, 3, 5), ONE_EACH)
    out = np.zeros(7, bool)
    out[3] = True
    apart.leave(out)
    assert apart.dealt(3, 1) == []


@pytest.fixture
def local() -> LocalSearch:
    return LocalSearch(lists(ROAD), ROAD, ONE_EACH, np.ones(7, bool))


def test_a_part_ends_where_town_does(local: LocalSearch) -> None:
    part = local.part(np.array([4, 0, 6, 3]), 1, 2)  # from 0 m on two sites: the next is at 30 m, not in the east
    assert part.demand.tolist() == [0, 1, 2, 3]
    assert np.flatnonzero(part.sites).tolist() == [0, 1, 2, 3]
    assert local.paid(np.array([4, 0, 6, 3]), part) == 10 + 10


def test_a_search_in_a_part_leaves_the_rest_as_it_is(local: LocalSearch) -> None:
    start: LongArray = np.array([2, 3, 4])  # west: 20 + 10; the east would be better off at 1010
    part = local.part(start, 0, 2)
    cost, sites, _, _ = local.shaken(start, 1 << 62, 1 << 40, 50, 3, np.arange(7), part=part)
    assert 4 in sites and len(sites) == 3
    assert cost == 20 + 30
