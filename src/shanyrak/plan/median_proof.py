"""The certificate of a p-median or p-center: all a plain program needs, beside the distances.

    format       "shanyrak-certificate/1"
    model        "p_median" or "p_center"
    demand_points, candidates, p, fixed, forbidden
    sides        {"groups": lists of sites of which one at most opens, "cost": list or null, "budget": number or null}
    input        sha256 of the demand in whole units (int64) and of the whole distances (int32, row by row)
    demand_unit, distance_unit    whole units per unit the caller counts in
    scale        prices are whole parts of a distance, ``scale`` make one (p-center: 1)
    radius       p-center: the proof shows that no choice reaches everybody within ``radius``
    sites        the new sites
    objective, bound, proven      in whole units
    duals        lists: one number per demand point with demand, in order, then one for each group, then the budget
    proof        steps, see ``plan.proof``: {"out", "in", "by"} | {"split"} | {"leaf"}

``docs/reference/certificate.md`` says what bound follows from a dual, ``shanyrak.check.points`` checks it.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any

import numpy as np

from shanyrak.core.units import LongArray
from shanyrak.plan.certificate import FORMAT, demand_hash, packed
from shanyrak.plan.distances import Distances, block_rows
from shanyrak.plan.proof import Case, Dual, written

if TYPE_CHECKING:
    from shanyrak.plan.median_run import MedianRun
    from shanyrak.plan.median_task import PointTask

NO_MAP = np.zeros(0, np.int32)


def dual_of(values: LongArray, multiplier: LongArray) -> Dual:
    """Numbers per demand point and multipliers, as a proof keeps them."""
    return Dual(NO_MAP, np.concatenate([values, multiplier]))


def split_dual(dual: Dual, points: int) -> tuple[LongArray, LongArray]:
    """The numbers per demand point and the multipliers that ``dual_of`` was given."""
    return dual.share[:points], dual.share[points:]


def distances_hash(distances: Distances) -> str:
    """Sha256 of all whole distances: rows and columns (int64), then int32 row by row, little-endian."""
    m, n = distances.shape
    digest = hashlib.sha256(np.array([m, n], "<i8").tobytes())
    step = block_rows(n)
    for begin in range(0, m, step):
        digest.update(np.ascontiguousarray(distances.rows(begin, min(begin + step, m)), dtype="<i4").data)
    return digest.hexdigest()


def points_certificate(task: PointTask, root: Case, facts: dict[str, Any]) -> dict[str, Any]:
    """The JSON-able certificate; ``facts`` are model, scale, sites, objective, bound, proven (and radius)."""
    steps, duals = written(root)
    sides = task.sides
    groups = [sides.group_site[a:b].tolist() for a, b in zip(sides.group_ptr[:-1], sides.group_ptr[1:], strict=True)]
    has_budget = sides.budget >= 0
    return {
        "format": FORMAT,
        **facts,
        "demand_points": task.distances.shape[0],
        "candidates": task.candidates,
        "p": task.p,
        "fixed": task.fixed.tolist(),
        "forbidden": np.flatnonzero(task.closed).tolist(),
        "sides": {
            "groups": groups,
            "cost": sides.cost.tolist() if has_budget else None,
            "budget": sides.budget if has_budget else None,
        },
        "input": {"demand_sha256": demand_hash(task.demand), "distances_sha256": distances_hash(task.distances)},
        "demand_unit": task.demand_unit,
        "distance_unit": task.distances.unit,
        "duals": [packed(dual.share, "<i8") for dual in duals],
        "proof": steps,
    }


def median_certificate(run: MedianRun, sites: LongArray, objective: int, bound: int) -> dict[str, Any]:
    """The certificate of a p-median."""
    facts = {
        "model": "p_median",
        "scale": run.frame.scale,
        "sites": sites.tolist(),
        "objective": objective,
        "bound": bound,
        "proven": objective == bound,
    }
    return points_certificate(run.task, run.root, facts)
