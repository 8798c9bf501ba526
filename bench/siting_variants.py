"""The siting variants at the size of a city, beside HiGHS on the compact model with the same time.

heidelberg: 5,000 candidates and 20,000 cells drawn from the junctions, people drawn at random (the seed is printed),
k = 20, 10 minutes on foot. Both stop at a gap of 0.1 % or at the time limit. The clock of ours runs from the cover
matrix in memory, kernels compiled before; HiGHS gets the program as we write it, two threads, presolve and all.
``ratio`` is HiGHS's gap over ours; where HiGHS found no choice of sites, the row says so.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import highspy
import numpy as np
import scipy.sparse as sp

from bench.measure import Row
from shanyrak import plan
from shanyrak.plan import Siting
from shanyrak.plan.variants import solve as engine

SECONDS = 60.0
K = 20
_Call = Callable[..., Siting]


def run(smoke: bool = False) -> list[Row]:
    """A row for each model, ours and the peer's."""
    seed = int(time.time()) % 100_000
    _warm()
    name = f"plane 600 x 80, seed {seed}" if smoke else f"heidelberg 20,000 x 5,000, seed {seed}"
    walk, people = _plane(600, 80, seed) if smoke else _heidelberg(seed)
    limit, k = (3.0, 5) if smoke else (SECONDS, K)
    rows: list[Row] = []
    for what, call in _models(walk, people, k, seed).items():
        rows += _beside(f"{name}: {what}", call, limit)
    return rows


def _models(walk: sp.csr_array, people: Any, k: int, seed: int) -> dict[str, _Call]:
    """Each model ready to be called with options; limits are those of a 10 minutes' walk."""
    near = sp.csr_array(walk.copy())
    near.data = (near.data <= 7500).astype(np.int8)  # within the limit, the boundary included
    near.eliminate_zeros()
    random = np.random.default_rng(seed)
    cells = len(people)
    district = np.arange(cells) * 10 // cells  # rows follow a curve through the town: stretches of it are quarters
    out = random.random((5, 10)) < 0.5
    blackouts = np.where(out[:, district], people, people // 10)
    room = int(people.sum() // (2 * k))
    return {
        "capacitated, split": lambda **o: plan.capacitated_covering(near, people, k, capacity=room, **o),
        "capacitated, single": lambda **o: plan.capacitated_covering(near, people, k, capacity=room, split=False, **o),
        "backup": lambda **o: plan.backup_covering(near, people, k, **o),
        "reliable p-median": lambda **o: plan.reliable_p_median(
            walk, people // 1000, k, failure=0.1, beyond=11251, **o
        ),
        "fair": lambda **o: plan.fair_covering(near, people, k, district=district, **o),
        "scenarios, mean": lambda **o: plan.scenario_covering(near, blackouts, k, **o),
        "scenarios, worst": lambda **o: plan.scenario_covering(near, blackouts, k, aim="worst", **o),
        "gradual": lambda **o: plan.gradual_covering(walk, people, k, full=3750, none=11250, **o),
    }


def _beside(name: str, call: _Call, limit: float) -> list[Row]:
    """Ours, then HiGHS on the very program."""
    ours = call(time_limit_s=limit)
    row: Row = {"what": f"{name}: ours", "value": 100 * ours.gap, "unit": "% gap", "target": "<= 1"}
    row["note"] = f"{ours.seconds:.1f} s, {ours.stopped_by}, objective {ours.objective:.6g}, bound {ours.bound:.6g}"
    peer, bound, seconds = _highs(call, limit)
    row["note"] += f"; {_beside_peer(ours, peer, bound)}"
    if peer is None:
        told: Row = {"what": f"{name}: HiGHS", "value": float("nan"), "unit": "% gap", "peer": "HiGHS"}
        told["note"] = f"{seconds:.1f} s, no choice of sites found"
        return [row, told]
    gap = abs(bound - peer) / max(abs(bound), abs(peer), 1e-12)
    ratio = gap / ours.gap if ours.gap else float("inf")
    note = f"{seconds:.1f} s, objective {peer:.6g}, bound {bound:.6g}"
    return [
        row,
        {"what": f"{name}: HiGHS", "value": 100 * gap, "unit": "% gap", "peer": "HiGHS", "ratio": ratio, "note": note},
    ]


def _beside_peer(ours: Siting, peer: float | None, bound: float) -> str:
    """Whether ours is worse than HiGHS's, by the objective and by the gap."""
    if peer is None:
        return "never worse than HiGHS: holds, it found nothing"
    sign = 1 if ours.bound >= ours.objective else -1  # what is made large has its bound above
    worse = sign * (peer - ours.objective) > 1e-9 * abs(peer)
    gap = abs(bound - peer) / max(abs(bound), abs(peer), 1e-12)
    wider = ours.gap > gap + 1e-9
    return f"never worse than HiGHS: objective {'WORSE' if worse else 'holds'}, gap {'WIDER' if wider else 'holds'}"


class _Program(Exception):  # carries a problem out of the engine, which would otherwise solve it
    def __init__(self, problem: Any) -> None:
        self.problem = problem


def _highs(call: _Call, limit: float) -> tuple[float | None, float, float]:
    """Objective (by our reckoning of its sites), bound and seconds of HiGHS on the compact program of a call."""
    from shanyrak.plan.variants.linear import Linear

    problem = _problem_of(call)
    begun = time.perf_counter()
    highspy.Highs.resetGlobalScheduler(True)  # it was begun with another number of threads
    program = problem.program()
    x, bound = Linear(program).whole(limit - (time.perf_counter() - begun), threads=2, gap=1e-3)
    seconds = time.perf_counter() - begun
    if x is None:
        return None, bound, seconds
    sites = np.flatnonzero(x[: program.sites] > 0.5).astype(np.int32)
    problem.suggest(sites, x)
    value = problem.value(sites)
    assert value is not None
    return float(problem.told(value)), float(problem.told(round(bound))), seconds


def _problem_of(call: _Call) -> Any:
    def stop(run: Any) -> Any:
        raise _Program(run.problem)

    solve, engine.Run.solve = engine.Run.solve, stop  # type: ignore[assignment,method-assign]
    try:
        call()
    except _Program as found:
        return found.problem
    finally:
        engine.Run.solve = solve  # type: ignore[method-assign]
    raise AssertionError("the call did not come to the engine")


def _warm() -> None:
    """Compile every kernel on a town too small to matter."""
    small, engine.SMALL = engine.SMALL, 0
    try:
        for call in _models(*_plane(40, 12, 0), 3, 0).values():
            call(time_limit_s=0.5)
    finally:
        engine.SMALL = small


def _plane(cells: int, candidates: int, seed: int) -> tuple[sp.csr_array, Any]:
    """Walks of at most 15 minutes in a plane of 3 x 3 km [dm], and people in thousandths."""
    random = np.random.default_rng(seed)
    homes, sites = random.random((cells, 2)) * 30_000, random.random((candidates, 2)) * 30_000
    walk = np.rint(np.sqrt(((homes[:, None] - sites[None]) ** 2).sum(axis=2))).astype(np.int64)
    cell, site = np.nonzero(walk <= 11250)
    table = sp.csr_array((walk[cell, site], (cell, site)), shape=walk.shape)
    return table, random.integers(1000, 30_000, cells)


def _heidelberg(seed: int) -> tuple[sp.csr_array, Any]:
    from bench.instances import heidelberg_graph
    from shanyrak.walk.coverage import walks

    graph, random = heidelberg_graph(), np.random.default_rng(seed)
    candidates = np.sort(random.choice(graph.junctions, 5000, replace=False)).astype(np.int32)
    cells = np.sort(random.choice(graph.junctions, 20_000, replace=False)).astype(np.int32)
    found = walks(graph, candidates, 11250, cells=cells)
    order = np.argsort(found.begin, kind="stable")
    site = np.repeat(order, found.size[order])
    table = sp.csr_array((found.impedance_dm.astype(np.int64), (found.cell, site)), shape=(20_000, 5000))
    persons = random.lognormal(0, 1, 20_000)
    return table, np.rint(persons * (160_000_000 / persons.sum())).astype(np.int64)
