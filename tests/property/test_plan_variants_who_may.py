"""Who may be chosen, in every variant: fixed, forbidden and conflicting sites, kinds at one place, a budget.

Each model is written once more for HiGHS with all of these at once, and must come to its proven optimum.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from shanyrak import plan
from shanyrak.check.variants import Input
from shanyrak.core.errors import InvalidInput
from shanyrak.plan import Siting
from shanyrak.plan.variants import solve as engine
from tests.siting_towns import Mip, Town, agrees, by, town

Model = tuple[Callable[..., Siting], Input, Callable[[float], float]]


def backup(at: Town, mip: Mip) -> Model:
    for i in at.cells:
        mip.covered(at, i, 0.25 * at.people[i])
        twice = mip.binary(0.75 * at.people[i])
        mip.add(2 * twice - sum(mip.y[j] for j in at.sites_of(i)) <= 0)
    return (
        lambda **o: plan.backup_covering(at.near, at.people, 2, once=0.25, **o),
        Input(at.pairs, at.people, len(at.sites)),
        float,
    )


def reliable(at: Town, mip: Mip) -> Model:
    q, far = 0.2, int(at.walk.max())
    for i in at.cells:
        first = [mip.part((1 - q) * at.people[i] * (far - at.walk[i, j])) for j in at.sites]
        second = [mip.part(q * at.people[i] * (far - at.walk[i, j])) for j in at.sites]
        mip.add(sum(first) <= 1)
        mip.add(sum(second) <= 1)
        for j in at.sites:
            mip.add(first[j] + second[j] - mip.y[j] <= 0)
    saved = far - at.walk
    return (
        lambda **o: plan.reliable_p_median(at.walk, at.people, 2, failure=q, **o),
        Input(np.argwhere(saved > 0), at.people, len(at.sites), worth=saved[saved > 0]),
        lambda best: far * int(at.people.sum()) - best,
    )


def capacitated(at: Town, mip: Mip) -> Model:
    room = at.random.integers(0, 90, len(at.sites))
    x = {(i, j): mip.part(at.people[i]) for i in at.cells for j in at.sites_of(i)}
    for i in at.cells:
        mip.add(sum(x[i, j] for j in at.sites_of(i)) <= 1)
    for j in at.sites:
        mip.add(sum(float(at.people[i]) * x[i, j] for i in at.cells if at.near[i, j]) - float(room[j]) * mip.y[j] <= 0)
    return (
        lambda **o: plan.capacitated_covering(at.near, at.people, 2, capacity=room, **o),
        Input(at.pairs, at.people, len(at.sites), capacity=np.minimum(room, at.people.sum())),
        float,
    )


def fair(at: Town, mip: Mip) -> Model:
    district = at.random.integers(0, 2, len(at.cells))
    z = [mip.covered(at, i, 0) for i in at.cells]
    least = mip.part(1.0)
    for d in range(2):
        people = int(at.people[district == d].sum())
        if people:
            mip.add(people * least - sum(float(at.people[i]) * z[i] for i in at.cells if district[i] == d) <= 0)
    return (
        lambda **o: plan.fair_covering(at.near, at.people, 2, district=district, **o),
        Input(at.pairs, at.people, len(at.sites), groups=by(district, at.people)),
        float,
    )


def floors(at: Town, mip: Mip) -> Model:
    district = at.random.integers(0, 2, len(at.cells))
    z = [mip.covered(at, i, at.people[i]) for i in at.cells]
    for d in range(2):
        here = [float(at.people[i]) * z[i] for i in at.cells if district[i] == d]
        if sum(int(at.people[i]) for i in at.cells if district[i] == d):
            mip.add(sum(here) >= 0.2 * int(at.people[district == d].sum()))
    return (
        lambda **o: plan.covering_with_floors(at.near, at.people, 2, district=district, floor=0.2, **o),
        Input(at.pairs, at.people, len(at.sites), groups=by(district, at.people)),
        float,
    )


def worst(at: Town, mip: Mip) -> Model:
    people = at.random.integers(1, 40, (3, len(at.cells)))
    z = [mip.covered(at, i, 0) for i in at.cells]
    share = mip.part(1.0)
    for s in range(3):
        mip.add(int(people[s].sum()) * share - sum(float(people[s, i]) * z[i] for i in at.cells) <= 0)
    group, cell = (axis.ravel() for axis in np.indices(people.shape))
    table = np.stack([group, cell, people.ravel()], axis=1)
    return (
        lambda **o: plan.scenario_covering(at.near, people, 2, aim="worst", **o),
        Input(at.pairs, 0 * at.people, len(at.sites), groups=table),
        float,
    )


def gradual(at: Town, mip: Mip) -> Model:
    degree = np.clip(1000 * (50 - at.walk) // 40, 0, 1000)
    for i in at.cells:
        x = [mip.part(at.people[i] * degree[i, j] / 1000) for j in at.sites]
        mip.add(sum(x) <= 1)
        for j in at.sites:
            mip.add(x[j] - mip.y[j] <= 0)
    return (
        lambda **o: plan.gradual_covering(at.walk, at.people, 2, full=10, none=50, **o),
        Input(np.argwhere(degree > 0), at.people, len(at.sites), worth=degree[degree > 0]),
        float,
    )


MODELS = {one.__name__: one for one in (backup, reliable, capacitated, fair, floors, worst, gradual)}
LARGE = ("backup", "fair", "floors", "worst")


def restricted(at: Town, mip: Mip) -> dict[str, Any]:
    """All of it at once: the options, and the same as rows for HiGHS."""
    n = len(at.sites)
    costs = at.random.integers(0, 9, n)
    budget = int(at.random.integers(5, 20))
    y = mip.y
    mip.add(y[0] == 1)  # fixed: neither counted in k nor paid for
    mip.add(y[1] == 0)
    mip.add(y[2] + y[3] <= 1)
    mip.add(y[n - 1] + y[n - 2] <= 1)
    mip.add(sum(int(costs[j]) * y[j] for j in at.sites if j) <= budget)
    return {
        "fixed": [0], "forbidden": [1], "conflicts": [(3, 2)], "places": np.where(np.arange(n) >= n - 2, 7, -1),
        "costs": costs, "budget": budget,
    }  # fmt: skip


def both_agree(name: str, at: Town) -> None:
    mip = Mip(at.sites, 3)
    call, given, read = MODELS[name](at, mip)
    options = restricted(at, mip)
    best = mip.best()
    if best is None:
        with pytest.raises(InvalidInput, match="no choice of sites"):
            call(gap=0, **options)
        return
    siting = call(gap=0, **options)
    agrees(siting, read(best), given, finest=2e-6 if name in ("fair", "worst") else 1e-6)
    assert siting.certificate["fixed"] == [0]
    assert not {0, 1} & set(siting.sites.tolist())


@pytest.mark.parametrize("seed", range(20))
@pytest.mark.parametrize("name", MODELS)
def test_all_restrictions_at_once(name: str, seed: int) -> None:
    both_agree(name, town(2000 + seed))


@pytest.mark.parametrize("seed", range(8))
@pytest.mark.parametrize("name", LARGE)
def test_the_way_of_large_programs_comes_to_the_same(name: str, seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Steps on active sites with alike cells merged, cases by counts: the optimum of HiGHS, and a proof of it."""
    monkeypatch.setattr(engine, "SMALL", 0)
    both_agree(name, town(3000 + seed))


@pytest.mark.parametrize("large", [False, True])
@pytest.mark.parametrize("name", MODELS)
def test_the_same_work_and_seed_give_the_same_answer(name: str, large: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    if large:
        monkeypatch.setattr(engine, "SMALL", 0)
    answers = []
    for _ in range(2):
        at = town(7)
        call, _, _ = MODELS[name](at, Mip(at.sites, 3))
        answers.append(call(gap=0, work_limit=20_000, seed=5, time_limit_s=1e9))
    first, second = answers
    assert first.sites.tolist() == second.sites.tolist()
    assert (first.objective, first.bound, first.work) == (second.objective, second.bound, second.work)
    assert first.certificate == second.certificate
