"""The p-median: which p sites make the mean walk shortest, and how far from the best that can be."""

from __future__ import annotations

import time
from collections.abc import Iterable
from typing import Any

import numpy as np

from shanyrak.core.errors import InvalidInput
from shanyrak.core.progress import Clock, Progress, silent
from shanyrak.plan.distances import nearest
from shanyrak.plan.median_proof import median_certificate
from shanyrak.plan.median_run import MedianRun
from shanyrak.plan.median_task import read_points
from shanyrak.plan.ready_points import median_ready
from shanyrak.plan.result import Siting, gap_between


def p_median(
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
    """Choose p sites so that the sum of demand times distance to the nearest open site is smallest, with a bound.

    Parameters
    ----------
    distances : (cells, candidates) numbers, 0 or more, or ``PlaneDistances``, ``SphereDistances``
        How far every cell is from every candidate, in any unit. The two classes make them from coordinates, a
        block at a time. Whole numbers are taken as they are; others are rounded to nine digits.
    demand : (cells,) whole numbers or floats, not negative; None: 1 each
        As in ``maximal_covering``: floats are persons in whole thousandths. Cells without demand count nowhere.
    p : int or None
        How many *new* sites to open, at most; None where only the budget limits them.
    fixed, forbidden : columns
        Sites that are open already (they do not count in ``p``), and candidates that must not be chosen.
    conflicts : sets of columns
        Of each set one at most may be open (``plan.sides.too_close`` makes them from a minimum spacing).
    places : (candidates,) whole numbers
        Of candidates with the same number (kinds of site at one place) one at most opens; below 0: a place alone.
    costs, budget : (candidates,) numbers, number
        What the new sites may cost together.
    gap : float
        Stop as soon as (objective - bound) / objective is at most this. 0: go on until proven.
    time_limit_s, work_limit : float, int
        Stop at this time (kernels are made ready before it begins), or after looking at so many (cell,
        candidate) pairs: the same answer on every machine.
    seed : int
        Of the search's coin tosses. Same input, seed and work: same answer.
    clock, progress
        Seconds that only grow; called with ("choosing sites", cost, at least) whenever one changes.

    Returns
    -------
    Siting
        ``allocation`` is (cells,) the open site nearest to each cell. Ctrl-C ends the search and gives the best
        so far (``stopped_by`` "interrupted").

    Raises
    ------
    InvalidInput
        What was given does not fit together; the message says what, where, and how to mend it.

    References
    ----------
    Hakimi (1964), Optimum locations of switching centers and the absolute centers and medians of a graph,
    Operations Research 12(3), 450-459, doi:10.1287/opre.12.3.450.
    """
    check_stops(gap, time_limit_s)
    median_ready()
    started = clock()
    task = read_points(
        distances, demand, p, fixed=fixed, forbidden=forbidden, conflicts=conflicts, places=places, costs=costs,
        budget=budget,
    )  # fmt: skip
    run = MedianRun(task, float(gap), float(time_limit_s), work_limit, seed, clock, progress)
    run.started = started
    reason = run.solve()
    objective, bound = run.best, min(run.bound, run.best)
    proven = objective == bound
    fixed_now = set(task.fixed.tolist())
    sites = np.array(sorted(set(run.chosen.tolist()) - fixed_now), np.int64)
    allocation, _ = nearest(task.distances, np.union1d(sites, task.fixed).astype(np.int64))
    unit = task.demand_unit * task.distances.unit
    return Siting(
        sites=sites,
        objective=objective if unit == 1 else objective / unit,
        bound=bound if unit == 1 else bound / unit,
        gap=gap_between(objective, bound),
        proven=proven,
        stopped_by="proven" if proven else reason,
        seconds=clock() - started,
        certificate=median_certificate(run, sites, objective, bound),
        history=run.history,
        work=run.work,
        allocation=allocation,
    )


def check_stops(gap: float, time_limit_s: float) -> None:
    """InvalidInput where a gap or a time is none."""
    if not gap >= 0:
        raise InvalidInput(f"a gap of {gap} cannot be reached", where="gap", mend="Give a share of one, 0 or more")
    if not time_limit_s >= 0:
        raise InvalidInput(f"{time_limit_s} s is no time", where="time_limit_s", mend="Give seconds, 0 or more")
