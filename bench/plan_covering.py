"""Maximal covering: seconds to a gap of 0.1 % and to a proof, beside HiGHS on the same merged rows.

heidelberg: 5,000 candidates drawn from the junctions, every junction a cell with people drawn at random (their
seed is printed), 15 minutes; and a plane with cells and candidates thrown at random. The clock runs from the
cover matrix in memory to the answer with its certificate, kernels compiled before. HiGHS gets the compact model
with identical rows merged by us, and a time limit; its gap at the end is reported.
"""

from __future__ import annotations

import time
from typing import Any

import highspy
import numpy as np
import scipy.sparse as sp

from bench.measure import Row, data_folder
from shanyrak.check.certificate import check_certificate
from shanyrak.plan import curve, explain, maximal_covering, stability
from shanyrak.plan.linear import LinearModel
from shanyrak.plan.model import Model, build_model
from shanyrak.plan.task import read_task

PERSONS = 160_000
HIGHS_SECONDS = 60.0
HIGHS_PAIRS = 300_000
"""HiGHS is not asked beyond so many pairs: it would not finish its first relaxation in the time limit."""


def run(smoke: bool = False) -> list[Row]:
    """Rows for each instance."""
    seed = int(time.time()) % 100_000
    limit = 5.0 if smoke else HIGHS_SECONDS
    rows = _instance(f"plane 2,000 x 400, seed {seed}", *_plane(2000, 400, seed), 8, highs_s=limit)
    if not smoke:
        rows += _instance(f"heidelberg, seed {seed}", *_heidelberg(seed), 10, highs_s=limit)
    return rows


def _plane(cells: int, candidates: int, seed: int) -> tuple[sp.csr_array, Any]:
    random = np.random.default_rng(seed)
    homes, sites = random.random((cells, 2)), random.random((candidates, 2))
    near = ((homes[:, None] - sites[None]) ** 2).sum(axis=2) <= 0.18**2
    return sp.csr_array(near), random.integers(1000, 30_000, cells)


def _heidelberg(seed: int) -> tuple[sp.csr_array, Any]:
    from shanyrak.area.osm import read_osm
    from shanyrak.walk.coverage import coverage

    graph = read_osm(data_folder() / "heidelberg" / "heidelberg.osm.pbf").graph
    random = np.random.default_rng(seed)
    candidates = np.sort(random.choice(graph.junctions, 5000, replace=False)).astype(np.int32)
    people = random.lognormal(0, 1, graph.junctions)
    return coverage(graph, candidates, 11250), np.rint(people * (1000 * PERSONS / people.sum())).astype(np.int64)


def _instance(name: str, cover: sp.csr_array, people: Any, k: int, *, highs_s: float) -> list[Row]:
    maximal_covering(cover[:50], people[:50], min(k, 3))  # kernels are compiled, solvers loaded
    rows: list[Row] = []

    def row(what: str, seconds: float, **more: Any) -> None:
        rows.append({"what": f"{name}: {what}", "value": seconds, "unit": "s", **more})

    begun = time.perf_counter()
    task = read_task(cover, people, k)
    everyone = np.ones(task.candidates, bool)
    model = build_model(task.row_ptr, task.row_col, task.demand, task.candidates, task.covered_by_fixed, everyone)
    pairs = f"{len(task.row_col):,} pairs, {model.rows:,} rows and {model.nonzeros:,} pairs after merging"
    row("reading and merging", time.perf_counter() - begun, note=pairs)
    near = maximal_covering(cover, people, k)
    row(f"{k} sites to a gap of 0.1 %", near.seconds, target="<= 6", note=f"gap {near.gap:.2e}")
    proof = maximal_covering(cover, people, k, gap=0, time_limit_s=60)
    row("to a proof, at most 60 s", proof.seconds, note=f"{proof.stopped_by}, gap {proof.gap:.2e}")
    csc = cover.tocsc()
    cells_of = [np.sort(csc.indices[a:b]) for a, b in zip(csc.indptr[:-1], csc.indptr[1:], strict=True)]
    begun = time.perf_counter()
    differences = check_certificate(proof.certificate, cells_of, np.asarray(people))
    row("checking the certificate", time.perf_counter() - begun, note="holds" if not differences else str(differences))
    begun = time.perf_counter()
    points = curve(cover, people, 3 * k, start=near)
    widest = max((bound - reached) / bound for _, reached, bound in points if bound)
    row(f"curve to {3 * k} sites", time.perf_counter() - begun, target="<= 3", note=f"widest gap {widest:.2e}")
    begun = time.perf_counter()
    explain(cover, people, near)
    row("reasons", time.perf_counter() - begun)
    begun = time.perf_counter()
    told = stability(cover, people, near, groups=np.arange(len(people)) // 50)
    share = told["people_20_percent"]["worst_share_of_best"]
    row("20 draws of people", time.perf_counter() - begun, note=f"at worst {share:.4f} of the best")
    if model.nonzeros <= HIGHS_PAIRS:
        seconds, gap = _highs(model, k, highs_s)
        row("HiGHS, merged rows, to 0.1 %", seconds, peer="HiGHS", ratio=seconds / near.seconds, note=f"gap {gap:.2e}")
    return rows


def _highs(model: Model, k: int, limit_s: float) -> tuple[float, float]:
    """Seconds and gap of HiGHS on the compact model: y whole, z between 0 and 1, two threads."""
    begun = time.perf_counter()
    highspy.Highs.resetGlobalScheduler(True)  # it was begun with another number of threads
    highs = LinearModel(model, k)._highs

    integer = np.full(model.columns, highspy.HighsVarType.kInteger)
    highs.changeColsIntegrality(model.columns, np.arange(model.columns, dtype=np.int32), integer)
    settings = {"mip_rel_gap": 1e-3, "time_limit": limit_s, "threads": 2, "presolve": "on", "solver": "choose"}
    for option, value in settings.items():
        highs.setOptionValue(option, value)
    highs.run()
    assert highs.getModelStatus() in (highspy.HighsModelStatus.kOptimal, highspy.HighsModelStatus.kTimeLimit)
    return time.perf_counter() - begun, float(highs.getInfo().mip_gap)
