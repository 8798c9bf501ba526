"""The p-center: which p sites make the farthest walk shortest, and how far from the best that can be."""

from __future__ import annotations

import time
from collections.abc import Iterable
from typing import Any

import numpy as np

from shanyrak.core.progress import Clock, Progress, silent
from shanyrak.plan.center_run import CenterRun
from shanyrak.plan.distances import nearest
from shanyrak.plan.median import check_stops
from shanyrak.plan.median_proof import points_certificate
from shanyrak.plan.median_task import read_points
from shanyrak.plan.ready_points import center_ready
from shanyrak.plan.result import Siting, gap_between


def p_center(
    distances: Any,
    demand: Any,
    p: int | None,
    *,
    fixed: Iterable[int] = (),
    forbidden: Iterable[int] = (),
    conflicts: Iterable[Any] = (),
    places: Any = None,
    costs: Any = None,
    budget: float | None = None,
    gap: float = 1e-3,
    time_limit_s: float = 60.0,
    work_limit: int | None = None,
    seed: int = 0,
    clock: Clock = time.perf_counter,
    progress: Progress = silent,
) -> Siting:
    """Choose p sites so that the longest distance from a cell to its nearest open site is shortest, with a bound.

    Parameters are those of ``p_median``; demand only says where somebody lives (above 0). Nothing is drawn at
    random, so that ``seed`` changes nothing.

    Returns
    -------
    Siting
        ``objective`` is the longest distance, ``allocation`` (cells,) the open site nearest to each cell.

    Raises
    ------
    InvalidInput
        What was given does not fit together; the message says what, where, and how to mend it.

    References
    ----------
    Minieka (1970), The m-center problem, SIAM Review 12(1), 138-139, doi:10.1137/1012016.
    Contardo, Iori and Kramer (2019), A scalable exact algorithm for the vertex p-center problem, Computers and
    Operations Research 103, 211-220, doi:10.1016/j.cor.2018.11.006.
    """
    check_stops(gap, time_limit_s)
    center_ready()
    started = clock()
    task = read_points(
        distances, demand, p, fixed=fixed, forbidden=forbidden, conflicts=conflicts, places=places, costs=costs,
        budget=budget,
    )  # fmt: skip
    run = CenterRun(task, float(gap), float(time_limit_s), work_limit, seed, clock, progress)
    run.started = started
    reason = run.solve()
    objective, bound = run.best, min(run.bound, run.best)
    proven = objective == bound
    sites = np.array(sorted(set(run.chosen.tolist()) - set(task.fixed.tolist())), np.int64)
    allocation, _ = nearest(task.distances, np.union1d(sites, task.fixed).astype(np.int64))
    unit = task.distances.unit
    facts = {
        "model": "p_center",
        "scale": 1,
        "radius": bound - 1 if len(task.clients) else -1,
        "sites": sites.tolist(),
        "objective": objective,
        "bound": bound,
        "proven": proven,
    }
    return Siting(
        sites=sites,
        objective=objective if unit == 1 else objective / unit,
        bound=bound if unit == 1 else bound / unit,
        gap=gap_between(objective, bound),
        proven=proven,
        stopped_by="proven" if proven else reason,
        seconds=clock() - started,
        certificate=points_certificate(task, run.root, facts),
        history=run.history,
        work=run.work,
        allocation=allocation,
    )
