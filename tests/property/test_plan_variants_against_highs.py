"""Every variant against HiGHS on a compact model written here from the definition; every certificate holds.

Towns are small enough for HiGHS to prove its optimum. Each test runs over many of them.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from shanyrak.check.variants import Input, check_variant
from shanyrak.core.errors import InvalidInput
from shanyrak.plan import (
    backup_covering,
    capacitated_covering,
    covering_with_floors,
    expected_covering,
    fair_covering,
    gradual_covering,
    moved_covering,
    opening_order,
    reliable_p_median,
    scenario_covering,
)
from shanyrak.plan.variants import solve as engine
from tests.siting_towns import Mip, agrees, by, town

MANY = pytest.mark.parametrize("seed", range(20))


@MANY
@pytest.mark.parametrize("once", [0.0, 0.25])
def test_backup(seed: int, once: float) -> None:
    at = town(seed)
    mip = Mip(at.sites, at.k)
    for i in at.cells:
        mip.covered(at, i, once * at.people[i])
        twice = mip.binary((1 - once) * at.people[i])  # all or nothing: two sites or none
        mip.add(2 * twice - sum(mip.y[j] for j in at.sites_of(i)) <= 0)
    siting = backup_covering(at.near, at.people, at.k, once=once, gap=0)
    agrees(siting, mip.best(), Input(at.pairs, at.people, len(at.sites)))


@MANY
def test_expected(seed: int) -> None:
    at = town(seed)
    one = int(at.random.integers(0, 1000)) / 1000  # all fail alike: what the c-th site adds is known (Daskin 1983)
    mip = Mip(at.sites, at.k)
    for i in at.cells:
        levels = [mip.part(at.people[i] * one**c * (1 - one)) for c in range(at.k)]
        mip.add(sum(levels) - sum(mip.y[j] for j in at.sites_of(i)) <= 0)
    siting = expected_covering(at.near, at.people, at.k, failure=one, gap=0)
    failure = np.full(len(at.sites), round(one * 1e6))
    agrees(siting, mip.best(), Input(at.pairs, at.people, len(at.sites), failure=failure), finest=0.002)


@MANY
def test_reliable(seed: int) -> None:
    at, q = town(seed), 0.15
    far = int(at.walk.max())
    mip = Mip(at.sites, at.k)
    for i in at.cells:  # first and second site of each cell, or nobody at ``far``
        first = [mip.part((1 - q) * at.people[i] * (far - at.walk[i, j])) for j in at.sites]
        second = [mip.part(q * at.people[i] * (far - at.walk[i, j])) for j in at.sites]
        mip.add(sum(first) <= 1)
        mip.add(sum(second) <= 1)
        for j in at.sites:
            mip.add(first[j] + second[j] - mip.y[j] <= 0)
    best = mip.best()
    assert best is not None
    siting = reliable_p_median(at.walk, at.people, at.k, failure=q, gap=0)
    saved = far - at.walk
    pairs = np.argwhere(saved > 0)
    given = Input(pairs, at.people, len(at.sites), worth=saved[saved > 0])
    agrees(siting, far * int(at.people.sum()) - best, given)


@MANY
@pytest.mark.parametrize("split", [True, False])
def test_capacities(seed: int, split: bool) -> None:
    at = town(seed)
    room = at.random.integers(0, 90, len(at.sites))
    mip = Mip(at.sites, at.k)
    x = {(i, j): (mip.part if split else mip.binary)(at.people[i]) for i in at.cells for j in at.sites_of(i)}
    for i in at.cells:
        mip.add(sum(x[i, j] for j in at.sites_of(i)) <= 1)
    for j in at.sites:
        mip.add(sum(float(at.people[i]) * x[i, j] for i in at.cells if at.near[i, j]) - float(room[j]) * mip.y[j] <= 0)
    siting = capacitated_covering(at.near, at.people, at.k, capacity=room, split=split, gap=0)
    fits = np.minimum(room, at.people.sum())
    agrees(siting, mip.best(), Input(at.pairs, at.people, len(at.sites), capacity=fits))


@MANY
def test_capacities_where_programs_are_large(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Cases are then relaxed by steps, cells that are alike merged: what they prove holds."""
    monkeypatch.setattr(engine, "SMALL", 0)
    at = town(seed + 4000)
    room = at.random.integers(0, 90, len(at.sites))
    mip = Mip(at.sites, at.k)
    x = {(i, j): mip.part(at.people[i]) for i in at.cells for j in at.sites_of(i)}
    for i in at.cells:
        mip.add(sum(x[i, j] for j in at.sites_of(i)) <= 1)
    for j in at.sites:
        mip.add(sum(float(at.people[i]) * x[i, j] for i in at.cells if at.near[i, j]) - float(room[j]) * mip.y[j] <= 0)
    best = mip.best()
    assert best is not None
    siting = capacitated_covering(at.near, at.people, at.k, capacity=room, gap=0, work_limit=3_000_000)
    assert siting.objective <= best + 1e-6 <= siting.bound + 2e-6
    fits = np.minimum(room, at.people.sum())
    assert check_variant(siting.certificate, Input(at.pairs, at.people, len(at.sites), capacity=fits)) == []


@MANY
def test_fair(seed: int) -> None:
    at = town(seed)
    district = at.random.integers(0, 3, len(at.cells))
    mip = Mip(at.sites, at.k)
    z = [mip.covered(at, i, 0) for i in at.cells]
    least = mip.part(1.0)
    for d in range(3):
        people = int(at.people[district == d].sum())
        if people:
            mip.add(people * least - sum(float(at.people[i]) * z[i] for i in at.cells if district[i] == d) <= 0)
    siting = fair_covering(at.near, at.people, at.k, district=district, gap=0)
    agrees(siting, mip.best(), Input(at.pairs, at.people, len(at.sites), groups=by(district, at.people)), finest=2e-6)


@MANY
def test_fair_by_what_districts_need(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """As where programs are large: the bound comes from prices for each district, and holds."""
    monkeypatch.setattr(engine, "SMALL", 0)
    at = town(seed + 3000)
    district = at.random.integers(0, 3, len(at.cells))
    mip = Mip(at.sites, at.k)
    z = [mip.covered(at, i, 0) for i in at.cells]
    least = mip.part(1.0)
    for d in range(3):
        people = int(at.people[district == d].sum())
        if people:
            mip.add(people * least - sum(float(at.people[i]) * z[i] for i in at.cells if district[i] == d) <= 0)
    best = mip.best()
    assert best is not None
    siting = fair_covering(at.near, at.people, at.k, district=district, gap=0, work_limit=3_000_000)
    assert siting.objective <= best + 2e-6 <= siting.bound + 4e-6
    given = Input(at.pairs, at.people, len(at.sites), groups=by(district, at.people))
    assert check_variant(siting.certificate, given) == []


@MANY
def test_floors(seed: int) -> None:
    at = town(seed)
    district = at.random.integers(0, 3, len(at.cells))
    mip = Mip(at.sites, at.k)
    z = [mip.covered(at, i, at.people[i]) for i in at.cells]
    for d in range(3):
        people = int(at.people[district == d].sum())
        here = [float(at.people[i]) * z[i] for i in at.cells if district[i] == d]
        if people:
            mip.add(sum(here) >= 0.25 * people)
    best = mip.best()
    if best is None:
        with pytest.raises(InvalidInput, match="no choice of sites"):
            covering_with_floors(at.near, at.people, at.k, district=district, floor=0.25, gap=0)
        return
    siting = covering_with_floors(at.near, at.people, at.k, district=district, floor=0.25, gap=0)
    agrees(siting, best, Input(at.pairs, at.people, len(at.sites), groups=by(district, at.people)))


@MANY
@pytest.mark.parametrize("aim", ["mean", "worst", "likely"])
def test_scenarios(seed: int, aim: Any) -> None:
    at = town(seed)
    people = at.random.integers(1, 40, (3, len(at.cells)))
    likely = np.array([0.5, 0.3, 0.2])
    mip = Mip(at.sites, at.k)
    z = [mip.covered(at, i, float(likely @ people[:, i]) if aim == "mean" else 0) for i in at.cells]
    worst = mip.part(1.0 if aim == "worst" else 0.0)
    for s in range(3):
        reached = sum(float(people[s, i]) * z[i] for i in at.cells)
        if aim == "worst":
            mip.add(int(people[s].sum()) * worst - reached <= 0)
        if aim == "likely":
            mip.add(0.5 * int(people[s].sum()) * mip.binary(likely[s]) - reached <= 0)
    more = {"share": 0.5} if aim == "likely" else {}
    siting = scenario_covering(at.near, people, at.k, aim=aim, likelihood=likely, gap=0, **more)
    group, cell = (axis.ravel() for axis in np.indices(people.shape))
    table = np.stack([group, cell, people.ravel()], axis=1)
    mean = people.T @ np.array([500_000, 300_000, 200_000])
    given = Input(at.pairs, mean if aim == "mean" else 0 * mean, len(at.sites), groups=table)
    agrees(siting, mip.best(), given, finest=2e-6)


@MANY
def test_gradual(seed: int) -> None:
    at = town(seed)
    degree = np.clip(1000 * (50 - at.walk) // 40, 0, 1000)  # full to 10, none from 50
    mip = Mip(at.sites, at.k)
    for i in at.cells:
        x = [mip.part(at.people[i] * degree[i, j] / 1000) for j in at.sites]
        mip.add(sum(x) <= 1)
        for j in at.sites:
            mip.add(x[j] - mip.y[j] <= 0)
    siting = gradual_covering(at.walk, at.people, at.k, full=10, none=50, gap=0)
    given = Input(np.argwhere(degree > 0), at.people, len(at.sites), worth=degree[degree > 0])
    agrees(siting, mip.best(), given)


@MANY
def test_order(seed: int) -> None:
    at = town(seed)
    n, steps = len(at.sites), at.k
    mip = Mip((), 0)
    at_step = [[mip.binary() for _ in at.sites] for _ in range(steps)]
    for row in at_step:
        mip.add(sum(row) <= 1)
    for t in range(steps):  # covered at step t: by what was opened up to then
        for i in at.cells:
            z = mip.part(at.people[i])
            mip.add(z - sum(at_step[s][j] for s in range(t + 1) for j in at.sites_of(i)) <= 0)
    siting = opening_order(at.near, at.people, at.k, gap=0)
    opened = [(i, t * n + j, steps - t) for i in at.cells for t in range(steps) for j in at.sites_of(i)]
    table = np.array(opened, np.int64).reshape(-1, 3)
    agrees(siting, mip.best(), Input(table[:, :2], at.people, n * steps, worth=table[:, 2]))
    assert siting.objective == siting.allocation.sum()


@MANY
def test_move(seed: int) -> None:
    at = town(seed)
    opening = at.random.integers(0, 4, len(at.sites))
    mip = Mip(at.sites, 3)
    for i in at.cells:
        mip.covered(at, i, at.people[i])
    stay = mip.y[0] + mip.y[1]
    mip.add(sum(int(opening[j]) * mip.y[j] for j in at.sites if j > 1) - 2 * stay <= 4 - 4)  # closing one costs 2
    siting = moved_covering(at.near, at.people, [0, 1], spend=4, new=1, closing=2, opening=opening, gap=0)
    agrees(siting, mip.best(), Input(at.pairs, at.people, len(at.sites)))
    assert siting.allocation["spent"] <= 4


@MANY
def test_who_may_be_chosen(seed: int) -> None:
    """Fixed, forbidden, conflicting, two kinds at one place, and a budget, all at once."""
    at = town(seed + 1000)
    n = len(at.sites)
    costs = at.random.integers(0, 9, n)
    budget, k = int(at.random.integers(5, 20)), 2
    mip = Mip(at.sites, k + 1)
    for i in at.cells:
        mip.covered(at, i, at.people[i])
    y = mip.y
    mip.add(y[0] == 1)  # fixed; it is paid for
    mip.add(y[1] == 0)
    mip.add(y[2] + y[3] <= 1)
    mip.add(y[n - 1] + y[n - 2] <= 1)
    mip.add(sum(int(costs[j]) * y[j] for j in at.sites if j) <= budget)
    siting = backup_covering(
        at.near, at.people, k, once=1.0, gap=0, fixed=[0], forbidden=[1], conflicts=[(3, 2)],
        places=np.where(np.arange(n) >= n - 2, 7, -1), costs=costs, budget=budget,
    )  # fmt: skip
    agrees(siting, mip.best(), Input(at.pairs, at.people, n))
    assert not {0, 1} & set(siting.sites.tolist())
