"""Swaps past the first peak: each is the best there is, and what is kept up to date stays what the definition says."""

from __future__ import annotations

from itertools import combinations
from typing import Any

import numpy as np
import pytest

from shanyrak.plan.variants import wander as room
from shanyrak.plan.variants.backup import Backup
from shanyrak.plan.variants.cells import read_cells
from shanyrak.plan.variants.choice import read_choice
from shanyrak.plan.variants.fair import _by_district
from shanyrak.plan.variants.groups import Groups
from shanyrak.plan.variants.problem import Problem
from shanyrak.plan.variants.wander import Wander

K = 4


def town(seed: int, model: str) -> Problem:
    """60 cells of three districts and 14 candidates, each of which covers a quarter of them."""
    random = np.random.default_rng(seed)
    cells = read_cells(random.random((60, 14)) < 0.25, random.integers(1, 50, 60))
    choice = read_choice(14, K - 1, {"fixed": [2], "forbidden": [5]})
    nothing = np.zeros(3, np.int64)
    if model == "fair":
        weight = _by_district(cells, np.arange(60) % 3)
        return Groups("fair_covering", cells, choice, "least", weight, nothing, nothing)
    if model == "total":
        return Groups(
            "scenario_covering", cells, choice, "total", _by_district(cells, np.arange(60) * 0), nothing, nothing
        )
    return Backup(cells, choice, 250 if model == "backup, once" else 0)


def swaps(sites: Any) -> list[Any]:
    """All sets that one swap leads to; site 2 stays and site 5 is forbidden."""
    new = [j for j in range(14) if j not in {*sites.tolist(), 5}]
    return [np.sort(np.append(sites[sites != gone], j)).astype(np.int32) for gone in sites if gone != 2 for j in new]


def wanderer(problem: Problem, sites: Any) -> Wander:
    found = problem.wander(np.random.default_rng(1))
    assert found is not None
    found.start(sites)
    return found


OPENING = np.flatnonzero(np.arange(14) != 5).astype(np.int32)
START = np.array([0, 1, 2, 3], np.int32)


@pytest.mark.parametrize("model", ["total", "backup", "backup, once"])
@pytest.mark.parametrize("seed", range(8))
def test_the_first_swap_is_the_best_of_all(model: str, seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(room, "MOVES", 1)
    problem = town(seed, model)
    assert problem.value(wanderer(problem, START).go(OPENING)) == max(problem.value(other) for other in swaps(START))


@pytest.mark.parametrize("seed", range(8))
def test_where_the_worst_district_counts_the_swap_lessens_what_all_lack_to_the_goal(
    seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(room, "MOVES", 1)
    problem = town(seed, "fair")
    assert isinstance(problem, Groups)

    def lacks(sites: Any) -> float:
        shares = problem.reached(sites) / problem.all
        goal = 1.02 * (problem.reached(START) / problem.all).min()  # of the first start
        return float((np.maximum(goal - shares, 0) ** 2).sum() - 1e-6 * shares.sum())

    assert lacks(wanderer(problem, START).go(OPENING)) == pytest.approx(min(map(lacks, swaps(START))), abs=1e-9)


@pytest.mark.parametrize("model", ["total", "backup", "backup, once", "fair"])
def test_after_many_swaps_its_figure_is_what_the_definition_says_of_the_set(model: str) -> None:
    problem = town(3, model)
    here = wanderer(problem, START)
    best = np.sort(here.go(OPENING))
    assert len(best) == K and 2 in best and 5 not in best
    told = problem.value(best)
    assert told is not None
    if model == "fair":
        assert told == int(1_000_000 * here.best + 1e-6)
    else:
        assert told == round(here.best)
    assert told >= max(problem.value(START) or 0, 1)


@pytest.mark.parametrize("seed", range(6))
def test_floors_are_kept_where_any_choice_keeps_them(seed: int) -> None:
    """The floor is what the best of all choices gives its worst district: hardly any other choice keeps it."""
    fair = town(seed, "fair")
    assert isinstance(fair, Groups)
    every = [
        np.array(sorted({2, *rest}), np.int32) for rest in combinations([j for j in range(14) if j not in (2, 5)], 3)
    ]
    share = max(fair.value(sites) or 0 for sites in every)
    need = -(-share * fair.all // 1_000_000)
    problem = Groups("covering_with_floors", fair.cells, fair.choice, "floors", fair.weight, need, 0 * need)
    here = wanderer(problem, START)
    found = [problem.value(here.go(OPENING)) for _ in range(4)]
    assert any(value is not None for value in found)


def test_the_same_coin_tosses_lead_the_same_way() -> None:
    ways = [wanderer(town(4, "fair"), START) for _ in range(2)]
    for _ in range(3):
        one, other = (way.go(OPENING) for way in ways)
        assert one.tolist() == other.tolist()
    assert ways[0].sites.tolist() == ways[1].sites.tolist()


def test_a_budget_takes_another_way() -> None:
    cells = read_cells([[1, 0], [0, 1]], [3, 4])
    choice = read_choice(2, 1, {"costs": [1, 2], "budget": 1})
    assert Backup(cells, choice, 0).wander(np.random.default_rng(0)) is None
