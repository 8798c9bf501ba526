"""p-median and p-center beside counting all choices, and beside HiGHS on the compact model; certificates hold."""

from __future__ import annotations

import copy
import itertools
from typing import Any

import highspy
import numpy as np
import pytest
from hypothesis import given, settings

from shanyrak.check.points import check_points
from shanyrak.core.errors import InvalidInput
from shanyrak.plan.center import p_center
from shanyrak.plan.distances import MatrixDistances, PlaneDistances
from shanyrak.plan.median import p_median
from shanyrak.plan.sides import too_close
from tests.point_cases import SOLVERS, Ints, best_of, cost_of, drawn, equals_the_best_of_all_choices, holds

# a street of six houses, one unit apart; 5 people at each end, 1 at each house between
#   0 --- 1 --- 2 --- 3 --- 4 --- 5
STREET = np.abs(np.arange(6)[:, None] - np.arange(6)[None, :])
PEOPLE = np.array([5, 1, 1, 1, 1, 5])


@pytest.mark.parametrize(
    ("p", "sites", "cost"),
    [
        # both ends: houses 1, 2, 3, 4 walk 1 + 2 + 2 + 1
        (2, [0, 5], 6),
        # and house 2 or 3 as well: 1 + 1 + 1 left
        (3, None, 3),
        (6, [0, 1, 2, 3, 4, 5], 0),
    ],
)
def test_the_median_of_a_street(p: int, sites: list[int] | None, cost: int) -> None:
    siting = p_median(STREET, PEOPLE, p, gap=0)
    assert (siting.objective, siting.bound, siting.proven) == (cost, cost, True)
    assert sites is None or siting.sites.tolist() == sites
    assert holds(siting, STREET, PEOPLE)


def test_the_centre_of_a_street() -> None:
    # two sites: houses 1 and 4 leave nobody farther than 1
    siting = p_center(STREET, PEOPLE, 2, gap=0)
    assert (siting.sites.tolist(), siting.objective, siting.bound) == ([1, 4], 1, 1)
    assert siting.allocation.tolist() == [1, 1, 1, 4, 4, 4]
    assert holds(siting, STREET, PEOPLE)


def test_who_lives_nowhere_counts_nowhere() -> None:
    assert p_center(STREET, np.array([0, 1, 1, 1, 0, 0]), 1, gap=0).objective == 1
    empty = p_median(STREET, np.zeros(6, int), 1, gap=0)
    assert (empty.objective, empty.proven, holds(empty, STREET, np.zeros(6, int))) == (0, True, True)


@pytest.mark.parametrize("model", SOLVERS)
def test_fixed_sites_serve_and_forbidden_ones_do_not(model: str) -> None:
    siting = SOLVERS[model](STREET, PEOPLE, 1, fixed=[0], forbidden=[5], gap=0)
    assert siting.sites.tolist() == [4]
    assert siting.objective == cost_of(model, STREET, PEOPLE, [0, 4])
    assert holds(siting, STREET, PEOPLE)


@pytest.mark.parametrize("model", SOLVERS)
def test_sites_keep_their_distance(model: str) -> None:
    # 3 sites at least 3 apart do not fit between 0 and 5: two are opened
    pairs = too_close(STREET, 3)
    siting = SOLVERS[model](STREET, PEOPLE, 3, conflicts=pairs, gap=0)
    assert np.diff(siting.sites).min() >= 3
    expected = best_of(
        model, STREET, PEOPLE, 3, [], lambda sites: all(b - a >= 3 for a, b in itertools.pairwise(sites))
    )
    assert siting.objective == siting.bound == expected
    assert holds(siting, STREET, PEOPLE)


def test_one_kind_at_a_place_and_costs_under_a_budget() -> None:
    # at each house a yurt (columns 0..5, cost 2) or a heated room that is 1 nearer (columns 6..11, cost 3)
    table = np.hstack([STREET + 1, STREET])
    cost = np.repeat([2, 3], 6)
    places = np.tile(np.arange(6), 2)

    def may(sites: tuple[int, ...]) -> bool:
        return int(cost[list(sites)].sum()) <= 5 and len({s % 6 for s in sites}) == len(sites)

    siting = p_median(table, PEOPLE, None, places=places, costs=cost, budget=5, gap=0)
    assert siting.objective == siting.bound == best_of("p_median", table, PEOPLE, 2, [], may)
    assert may(tuple(siting.sites.tolist()))
    assert holds(siting, table, PEOPLE)


@pytest.mark.parametrize("model", SOLVERS)
@given(case=drawn())
@settings(max_examples=120)
def test_small_instances_equal_the_best_of_all_choices(model: str, case: dict[str, Any]) -> None:
    equals_the_best_of_all_choices(model, case)


def highs_median(table: Ints, demand: Ints, p: int) -> int:
    """The compact model of the p-median, solved to a proof by HiGHS."""
    m, n = table.shape
    model = highspy.Highs()
    model.setOptionValue("output_flag", False)
    y = [model.addBinary() for _ in range(n)]
    x = [[model.addVariable(0, 1, int(demand[i] * table[i, j])) for j in range(n)] for i in range(m)]
    model.addConstr(sum(y) <= p)
    for i in range(m):
        model.addConstr(sum(x[i]) == 1)
        for j in range(n):
            model.addConstr(x[i][j] <= y[j])
    model.minimize()
    return round(model.getInfo().objective_function_value)


@pytest.mark.parametrize("seed", range(12))
def test_medians_equal_those_of_highs(seed: int) -> None:
    random = np.random.default_rng(seed)
    m, n = int(random.integers(15, 30)), int(random.integers(10, 25))
    table = random.integers(0, 60, (m, n))  # no geometry: the relaxation leaves gaps, and cases are split
    demand, p = random.integers(1, 20, m), int(random.integers(2, 6))
    siting = p_median(table, demand, p, gap=0)
    assert siting.objective == siting.bound == highs_median(table, demand, p)
    assert holds(siting, table, demand)


@pytest.mark.parametrize("seed", range(12))
def test_centres_of_larger_instances_hold(seed: int) -> None:
    random = np.random.default_rng(seed)
    table = random.integers(0, 100, (60, 25))
    siting = p_center(table, None, 6, gap=0)
    ones = np.ones(60, np.int64)
    assert siting.proven and holds(siting, table, ones)
    # no other method: the certificate is what proves it, and every swap confirms it
    for out, inside in itertools.product(siting.sites.tolist(), range(25)):
        sites = [j for j in siting.sites.tolist() if j != out] + [inside]
        assert cost_of("p_center", table, ones, sites) >= siting.objective


@pytest.mark.parametrize("seed", [2, 7])  # squares whose proof is long
def test_sites_that_no_good_choice_contains_go_away_and_the_rest_is_asked_anew(seed: int) -> None:
    x, y = np.random.default_rng(seed).random((300, 2)).T * 1000
    table = np.floor(np.hypot(x[:, None] - x, y[:, None] - y)).astype(np.int64)
    siting = p_center(table, None, 20, gap=0)
    kinds = [next(iter(step)) for step in siting.certificate["proof"]]
    assert siting.proven and "out" in kinds
    # sites stand for others after some went away: that hangs only on the points which later steps count
    assert "instead" in kinds[kinds.index("out") :]
    ones = np.ones(300, np.int64)
    assert holds(siting, table, ones)
    forged = copy.deepcopy(siting.certificate)
    away = next(step for step in forged["proof"] if "out" in step)
    gone = set(away["out"])
    away["out"] = [*away["out"], *(j for j in range(300) if j not in gone)]  # everything at once
    assert check_points(forged, table.astype(np.int32), ones)


@pytest.mark.parametrize("model", SOLVERS)
def test_the_same_seed_and_work_give_the_same_answer(model: str) -> None:
    random = np.random.default_rng(4)
    points = random.random((150, 2)) * 1000
    places = PlaneDistances.of(points, points)
    first, second = (SOLVERS[model](places, None, 9, gap=0, work_limit=200_000, seed=7) for _ in range(2))
    assert first.sites.tolist() == second.sites.tolist()
    assert (first.objective, first.bound, first.work) == (second.objective, second.bound, second.work)
    assert holds(first, places.rows(0, 150), np.ones(150, np.int64))


@pytest.mark.parametrize("model", SOLVERS)
def test_the_clock_stops_it_with_a_bound_that_holds(model: str) -> None:
    points = np.random.default_rng(5).random((200, 2)) * 1000
    places = PlaneDistances.of(points, points)
    siting = SOLVERS[model](places, None, 15, gap=0, time_limit_s=0)
    assert siting.stopped_by == "time"
    assert 0 <= siting.bound < siting.objective
    assert holds(siting, places.rows(0, 200), np.ones(200, np.int64))


@pytest.mark.parametrize("model", SOLVERS)
def test_ctrl_c_gives_the_best_so_far(model: str) -> None:
    points = np.random.default_rng(6).random((200, 2)) * 1000
    places = PlaneDistances.of(points, points)

    def press(label: str, done: int, total: int | None = None) -> None:
        raise KeyboardInterrupt

    siting = SOLVERS[model](places, None, 15, gap=0, progress=press)
    assert siting.stopped_by == "interrupted"
    assert len(siting.sites) == 15
    assert siting.bound <= siting.objective
    assert holds(siting, places.rows(0, 200), np.ones(200, np.int64))


@pytest.mark.parametrize("model", SOLVERS)
def test_lies_in_a_certificate_are_found(model: str) -> None:
    table = np.random.default_rng(7).integers(0, 100, (30, 12))
    demand = np.ones(30, np.int64)
    siting = SOLVERS[model](table, demand, 3, gap=0)
    true = siting.certificate
    assert holds(siting, table, demand)
    worse = [j for j in range(12) if j not in siting.sites][:3]
    lies: list[dict[str, Any]] = [
        {"bound": true["bound"] + 1, "objective": true["objective"] + 1},
        {"sites": worse},
        {"sites": [*siting.sites.tolist(), worse[0]]},
        {"proof": true["proof"][:-1]},
        {"p": 4},
        {"p": 4, "sites": [*siting.sites.tolist(), worse[0]]},
        {"duals": [true["duals"][0]] * len(true["duals"])} if len(true["duals"]) > 1 else {"proven": False},
        {"input": {**true["input"], "demand_sha256": "0" * 64}},
        {"forbidden": worse[:1]},
    ]
    for lie in lies[:-1]:
        told = check_points({**copy.deepcopy(true), **lie}, table.astype(np.int32), demand)
        assert told, lie
    other = table.copy()
    other[0, 0] += 1
    assert check_points(true, other.astype(np.int32), demand)


@pytest.mark.parametrize("model", SOLVERS)
@pytest.mark.parametrize(
    ("given_", "said"),
    [
        ({"p": 0}, "nobody has a distance"),
        ({"p": 7}, "only 6 candidates"),
        ({"p": None}, "nothing says how many"),
        ({"p": 1.5}, "not a whole number"),
        ({"p": 1, "fixed": [6]}, "there is no candidate 6"),
        ({"p": 1, "fixed": [1], "forbidden": [1]}, "fixed and forbidden"),
        ({"p": 1, "conflicts": [[0, 9]]}, "there is no candidate 9"),
        ({"p": 1, "conflicts": [[3]]}, "two candidates"),
        ({"p": 1, "budget": 3}, "needs costs"),
        ({"p": 1, "budget": 3, "costs": [1, 2]}, "costs have shape"),
        ({"p": 1, "budget": 3, "costs": [1, 2, 3, 4, 5, -6]}, "cost of -6"),
        ({"p": 1, "budget": -1, "costs": [1] * 6}, "budget of -1"),
        ({"p": 1, "budget": 1, "costs": [2] * 6}, "no site may be opened"),
        ({"p": 1, "places": [1, 2]}, "places have shape"),
        ({"p": 1, "gap": -1}, "gap of -1"),
        ({"p": 1, "time_limit_s": float("nan")}, "no time"),
    ],
)
def test_what_does_not_fit_is_refused(model: str, given_: dict[str, Any], said: str) -> None:
    with pytest.raises(InvalidInput, match=said):
        SOLVERS[model](STREET, PEOPLE, **given_)


@pytest.mark.parametrize(
    ("table", "said"),
    [
        ([[0, -1]], "negative"),
        ([[0.0, float("nan")]], "missing"),
        ([[0.0, float("inf")]], "infinite"),
        ([0, 1], "two dimensions"),
        ([["a", "b"]], "two dimensions"),
        ([[1e10]], "too long"),
    ],
)
def test_tables_that_are_no_distances_are_refused(table: Any, said: str) -> None:
    with pytest.raises(InvalidInput, match=said):
        p_median(table, None, 1)


def test_distances_that_are_not_whole_keep_nine_digits() -> None:
    table = np.array([[0.1, 0.3], [0.25, 0.0]])
    siting = p_median(table, np.array([1.0, 2.0]), 1, gap=0)
    assert siting.objective == pytest.approx(0.3, rel=1e-8)  # the second: 0.3 + 2 x 0
    assert MatrixDistances.of(table).unit == 10**9


@pytest.mark.parametrize("seed", range(6))
def test_a_median_that_is_stopped_among_its_cases_proves_what_it_says(seed: int) -> None:
    # Sites nearer than 1,300 m exclude each other. A case stopped early in its steps knew less than its parent.
    random = np.random.default_rng(seed)
    homes, sites = random.random((200, 2)) * 4000, random.random((60, 2)) * 4000
    away = np.hypot(homes[:, None, 0] - sites[None, :, 0], homes[:, None, 1] - sites[None, :, 1])
    table = np.minimum(np.rint(10 * away).astype(np.int64), 12_000)
    people = random.integers(1, 50_000, 200)
    near = np.hypot(sites[:, None, 0] - sites[None, :, 0], sites[:, None, 1] - sites[None, :, 1]) < 1300
    pairs = np.argwhere(np.triu(near, 1)).tolist()
    for limit in (6_000_000, 20_000_000):
        answer = p_median(table, people, 7, conflicts=pairs, gap=0, work_limit=limit)
        assert holds(answer, table, people)
