"""The fewest or cheapest sites for a share of demand; and budgets and conflicts where most demand is wanted."""

from __future__ import annotations

import copy
import itertools
import json
from typing import Any

import numpy as np
import pytest
import scipy.sparse as sp
from hypothesis import given, settings
from hypothesis import strategies as st

from shanyrak.check.partial import check_fewest
from shanyrak.check.variants import Input, check_variant
from shanyrak.core.errors import InvalidInput
from shanyrak.plan import maximal_covering, partial_covering

# A covers 1 2   B covers 2 3   C covers 3 4      persons at 1..4: 2 3 3 2
A, B, C = 0, 1, 2
ROW = sp.csr_array(np.array([[1, 0, 0], [1, 1, 0], [0, 1, 1], [0, 0, 1]], bool))
PEOPLE = [2, 3, 3, 2]


@pytest.mark.parametrize(("share", "fewest"), [(0.0, 0), (0.1, 1), (0.6, 1), (0.600001, 2), (1.0, 2)])
def test_the_fewest_sites_for_a_share(share: float, fewest: int) -> None:
    siting = partial_covering(ROW, PEOPLE, share)
    assert (siting.objective, siting.bound, siting.proven) == (fewest, fewest, True)
    assert siting.allocation["reached"] >= siting.allocation["needed"]


def test_all_demand_is_set_covering() -> None:
    assert sorted(partial_covering(ROW, PEOPLE).sites.tolist()) == [A, C]


def test_a_fixed_site_is_not_counted_and_a_forbidden_one_not_used() -> None:
    assert partial_covering(ROW, PEOPLE, 1.0, fixed=[A]).sites.tolist() == [C]
    assert partial_covering(ROW, PEOPLE, 0.8, fixed=[B], forbidden=[A]).sites.tolist() == [C]


def test_the_cheapest_are_not_the_fewest() -> None:
    # B alone reaches 6 of 10; A and C each 5. 60 %: B costs 9, A and C together 4
    siting = partial_covering(ROW, PEOPLE, 0.6, costs=[2, 9, 2])
    assert (siting.sites.tolist(), siting.objective, siting.proven) == ([A, C], 4, True)


def test_conflicts_and_places_keep_sites_apart() -> None:
    assert partial_covering(ROW, PEOPLE, 0.8, conflicts=[(A, C)]).sites.tolist() in ([A, B], [B, C])
    # two kinds at one square: the small one reaches 1, the large one 1 2 at a higher price
    kinds = sp.csr_array(np.array([[1, 1, 0], [0, 1, 0], [0, 0, 1]], bool))
    siting = partial_covering(kinds, [1, 1, 1], 1.0, costs=[1, 3, 1], places=[7, 7, -1])
    assert (siting.sites.tolist(), siting.objective) == ([1, 2], 4)


def test_a_budget_decides_who_is_reached() -> None:
    # 5 can pay for A and C (10 people) or for B and nothing else (6)
    siting = maximal_covering(ROW, PEOPLE, costs=[2, 4, 3], budget=5, gap=0)
    assert (siting.sites.tolist(), siting.objective, siting.proven) == ([A, C], 10, True)
    siting = maximal_covering(ROW, PEOPLE, costs=[2, 4, 3], budget=4, gap=0)
    assert (siting.sites.tolist(), siting.objective) == ([B], 6)


def test_sites_too_near_each_other_are_not_both_chosen() -> None:
    siting = maximal_covering(ROW, PEOPLE, 2, conflicts=[(A, C)], gap=0)
    assert siting.objective == 8


@pytest.mark.parametrize(
    ("changes", "where"),
    [
        ({"share": 1.1}, "share"),
        ({"share": -0.1}, "share"),
        ({"share": float("nan")}, "share"),
        ({"share": "all"}, "share"),
        ({"forbidden": [A]}, "share"),  # who lives at 1 is out of reach then
        ({"costs": [1, 2]}, "costs"),
        ({"costs": [1, -2, 3]}, "costs"),
        ({"costs": [1.5, 2, 3]}, "costs"),
        ({"gap": -1}, "gap"),
        ({"time_limit_s": -1}, "time_limit_s"),
    ],
)
def test_what_does_not_fit_is_refused_and_named(changes: dict[str, Any], where: str) -> None:
    with pytest.raises(InvalidInput) as refusal:
        partial_covering(ROW, PEOPLE, **changes)
    assert refusal.value.where == where


def test_neither_number_nor_budget_is_refused() -> None:
    with pytest.raises(InvalidInput) as refusal:
        maximal_covering(ROW, PEOPLE)
    assert refusal.value.where == "k"


@st.composite
def tasks(draw: st.DrawFn) -> dict[str, Any]:
    random = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    n, m = draw(st.integers(1, 8)), draw(st.integers(1, 13))
    cover = random.random((m, n)) < draw(st.sampled_from([0.1, 0.3, 0.5]))
    demand = random.integers(0, draw(st.sampled_from([2, 1000])), m)
    fixed = random.permutation(n)[: draw(st.integers(0, 1))].tolist()
    share = draw(st.one_of(st.just(1_000_000), st.integers(0, 1_000_000)))
    pairs = [tuple(random.choice(n, 2, replace=False).tolist()) for _ in range(draw(st.integers(0, 2)) if n > 1 else 0)]
    return {"cover": cover, "demand": demand, "fixed": fixed, "share": share, "conflicts": pairs,
            "costs": random.integers(0, 10, n), "budget": int(random.integers(0, 25))}  # fmt: skip


def reached(task: dict[str, Any], sites: Any) -> int:
    return int(task["demand"][task["cover"][:, [*task["fixed"], *sites]].any(axis=1)].sum())


def choices(task: dict[str, Any]) -> Any:
    """Twin: every set of sites that are not fixed."""
    free = [j for j in range(task["cover"].shape[1]) if j not in task["fixed"]]
    return itertools.chain.from_iterable(itertools.combinations(free, k) for k in range(len(free) + 1))


def apart(task: dict[str, Any], sites: Any) -> bool:
    together = {*sites, *task["fixed"]}
    return not any(a in together and b in together for a, b in task["conflicts"])


def needed(task: dict[str, Any]) -> int:
    return -(-task["share"] * int(task["demand"].sum()) // 1_000_000)


@given(tasks())
@settings(max_examples=200, deadline=None)
def test_the_fewest_equal_trying_every_set_and_the_proof_holds(task: dict[str, Any]) -> None:
    enough = [len(c) for c in choices(task) if reached(task, c) >= needed(task)]
    call = {"fixed": task["fixed"], "share": task["share"] / 1_000_000}
    if not enough:
        with pytest.raises(InvalidInput):
            partial_covering(task["cover"], task["demand"], **call)
        return
    siting = partial_covering(task["cover"], task["demand"], **call)
    assert siting.proven
    assert siting.objective == siting.bound == len(siting.sites) == min(enough)
    assert reached(task, siting.sites) == siting.allocation["reached"] >= needed(task)
    cells_of = [np.flatnonzero(column).astype(np.int32) for column in task["cover"].T]
    certificate = json.loads(json.dumps(siting.certificate))
    assert check_fewest(certificate, cells_of, task["demand"], task["share"], task["fixed"]) == []


@given(tasks(), st.integers(0, 400))
@settings(max_examples=60, deadline=None)
def test_wherever_it_is_stopped_bound_and_sites_hold(task: dict[str, Any], work: int) -> None:
    task["fixed"] = []
    enough = [len(c) for c in choices(task) if reached(task, c) >= needed(task)]
    if enough:
        siting = partial_covering(task["cover"], task["demand"], task["share"] / 1_000_000, work_limit=work)
        assert siting.bound <= min(enough) <= siting.objective
        assert reached(task, siting.sites) >= needed(task)
        cells_of = [np.flatnonzero(column).astype(np.int32) for column in task["cover"].T]
        assert check_fewest(siting.certificate, cells_of, task["demand"], task["share"], []) == []


@given(tasks())
@settings(max_examples=80, deadline=None)
def test_the_cheapest_equal_trying_every_set(task: dict[str, Any]) -> None:
    costs = [
        int(task["costs"][list(c)].sum()) for c in choices(task) if reached(task, c) >= needed(task) and apart(task, c)
    ]
    call = {key: task[key] for key in ("fixed", "costs", "conflicts")}
    if not costs:
        with pytest.raises(InvalidInput):
            partial_covering(task["cover"], task["demand"], task["share"] / 1_000_000, **call)
        return
    siting = partial_covering(task["cover"], task["demand"], task["share"] / 1_000_000, **call)
    assert siting.proven
    assert siting.objective == min(costs) == int(task["costs"][siting.sites].sum())
    certificate = json.loads(json.dumps(siting.certificate))
    assert certificate["need"] == needed(task)
    assert check_variant(certificate, Input(np.argwhere(task["cover"]), task["demand"], len(task["costs"]))) == []
    assert check_variant(
        {**certificate, "bound": certificate["bound"] - 1},
        Input(np.argwhere(task["cover"]), task["demand"], len(task["costs"])),
    )
    assert reached(task, siting.sites) >= needed(task)
    assert apart(task, siting.sites.tolist())


@given(tasks())
@settings(max_examples=60, deadline=None)
def test_the_best_within_a_budget_equals_trying_every_set(task: dict[str, Any]) -> None:
    task["fixed"] = []
    most = max(
        reached(task, c)
        for c in choices(task)
        if int(task["costs"][list(c)].sum()) <= task["budget"] and apart(task, c)
    )
    call = {key: task[key] for key in ("costs", "budget", "conflicts")}
    siting = maximal_covering(task["cover"], task["demand"], gap=0, **call)
    assert siting.proven
    assert siting.objective == most == reached(task, siting.sites)


def lied(change: dict[str, Any]) -> set[str]:
    """What the checker finds where fields of a true certificate are changed."""
    certificate = copy.deepcopy(partial_covering(ROW, PEOPLE, 1.0).certificate)
    certificate.update(change)
    cells_of = [np.flatnonzero(column).astype(np.int32) for column in ROW.toarray().T]
    return {d.what for d in check_fewest(certificate, cells_of, np.array(PEOPLE), 1_000_000, [])}


def test_a_lie_in_a_certificate_is_found() -> None:
    assert lied({}) == set()
    assert "whether it is enough" in lied({"sites": [A, B], "reached": 8})
    assert "demand reached" in lied({"reached": 9})
    assert "number of sites" in lied({"objective": 1})
    assert "number of sites in the proof" in lied({"bound": 3, "proven": False})
    assert "proof that fewer are not enough" in lied({"below": None})
    assert "demand needed" in lied({"need": 9})
