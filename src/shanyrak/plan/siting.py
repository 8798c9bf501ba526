"""Maximal covering: which k sites bring most people within reach, and how far from the best that can be."""

from __future__ import annotations

import time
from collections.abc import Iterable
from typing import Any

import numpy as np

from shanyrak.core.errors import InvalidInput
from shanyrak.core.progress import Clock, Progress, silent
from shanyrak.core.units import IntArray, LongArray
from shanyrak.plan.bound import column_sums
from shanyrak.plan.certificate import demand_hash, pattern_hash, write_certificate
from shanyrak.plan.covering_run import Run
from shanyrak.plan.greedy import greedy
from shanyrak.plan.model import Model
from shanyrak.plan.proof import Case
from shanyrak.plan.ready import ready
from shanyrak.plan.result import Siting, gap_between
from shanyrak.plan.task import Task, read_task


def in_order(task: Task, model: Model, chosen: IntArray) -> LongArray:
    """The chosen sites, each adding the most that is left, filled up to k where fewer are of use."""
    among = np.isin(model.column, chosen)
    order, _ = greedy(model, model.weight, task.k, among)
    sites = model.column[order].tolist()
    covers = column_sums(model, model.weight)
    rest = np.argsort(-covers, kind="stable")
    known = set(sites)
    for candidate in model.column[np.concatenate([rest[among[rest]], rest[~among[rest]]])].tolist():
        if len(sites) == task.k:
            break
        if candidate not in known:
            sites.append(candidate)
    return np.array(sites, np.int64)


def maximal_covering(
    cover: Any,
    demand: Any,
    k: int | None = None,
    *,
    fixed: Iterable[int] = (),
    forbidden: Iterable[int] = (),
    conflicts: Iterable[tuple[int, int]] = (),
    places: Any = None,
    costs: Any = None,
    budget: int | None = None,
    gap: float = 1e-3,
    time_limit_s: float = 60.0,
    work_limit: int | None = None,
    seed: int = 0,
    clock: Clock = time.perf_counter,
    progress: Progress = silent,
) -> Siting:
    """Choose k sites so that most demand is covered, with a proven bound.

    Parameters
    ----------
    cover : (cells, candidates) scipy.sparse CSR of booleans (any sparse or dense matrix of 0 and 1 is taken)
        ``cover[i, j]``: candidate ``j`` covers cell ``i`` (walk <= service distance, the boundary included).
    demand : (cells,) whole numbers or floats, not negative
        Whole numbers are taken as they are, and the answer counts in the same unit. Floats are persons: they
        are rounded to whole thousandths (so that the total stays) and answered in persons.
    k : int
        How many *new* sites to open; may be left out where a budget limits them.
    fixed, forbidden : columns
        Sites that are open already (they do not count in ``k``), and candidates that must not be chosen.
    conflicts, places, costs, budget
        Pairs of which one at most may open, kinds of site at one place, and what the new sites may cost together:
        see ``plan.variants.choice.Options``. With any of these the model has side constraints and is solved, at
        most k sites, by the engine of ``plan.variants`` (as ``covering_with_floors`` without a floor).
    gap : float
        Stop as soon as (bound - objective) / bound is at most this. 0: go on until proven.
    time_limit_s, work_limit : float, int
        Stop at this time (kernels are made ready before it begins), or after visiting so many (cell, candidate)
        pairs: the same answer on every machine.
    seed : int
        Of the search's coin tosses. Same input, seed and work: same answer.
    clock, progress
        Seconds that only grow; called with ("choosing sites", reached, at most) whenever one changes.

    Returns
    -------
    Siting
        Ctrl-C ends the search and gives the best so far (``stopped_by`` "interrupted").

    Raises
    ------
    InvalidInput
        What was given does not fit together; the message says what, where, and how to mend it.

    References
    ----------
    Church and ReVelle (1974), The maximal covering location problem, Papers in Regional Science 32, 101-118,
    doi:10.1111/j.1435-5597.1974.tb00902.x.
    """
    if not gap >= 0:
        raise InvalidInput(f"a gap of {gap} cannot be reached", where="gap", mend="Give a share of one, 0 or more")
    if not time_limit_s >= 0:
        raise InvalidInput(f"{time_limit_s} s is no time", where="time_limit_s", mend="Give seconds, 0 or more")
    ready()
    started = clock()
    conflicts = list(conflicts)
    if conflicts or places is not None or costs is not None or budget is not None:
        from shanyrak.plan.sided import covering_with_sides

        return covering_with_sides(
            cover, demand, k, fixed=fixed, forbidden=forbidden, conflicts=conflicts, places=places, costs=costs,
            budget=budget, gap=gap, time_limit_s=time_limit_s, work_limit=work_limit, seed=seed, clock=clock,
            progress=progress,
        )  # fmt: skip
    task = read_task(cover, demand, k, fixed, forbidden)
    run = Run(task, float(gap), float(time_limit_s), work_limit, seed, clock, progress)
    run.started = started
    reason = run.solve()
    sites = in_order(task, run.model, run.chosen)
    objective, bound = task.base + run.best, task.base + run.bound
    proven = objective == bound
    return Siting(
        sites=sites,
        objective=task.in_callers_unit(objective),
        bound=task.in_callers_unit(bound),
        gap=gap_between(objective, bound),
        proven=proven,
        stopped_by="proven" if proven else reason,
        seconds=clock() - started,
        certificate=certificate_of(task, run.root, run.scale, sites, objective, bound),
        history=run.history,
        work=run.work,
    )


def certificate_of(task: Task, root: Case, scale: int, sites: LongArray, objective: int, bound: int) -> dict[str, Any]:
    """The certificate that no ``task.k`` sites reach more than ``bound``; ``sites`` reach ``objective``."""
    return write_certificate(
        root,
        {
            "cells": len(task.demand),
            "candidates": task.candidates,
            "k": task.k,
            "fixed": task.fixed.tolist(),
            "forbidden": task.forbidden.tolist(),
            "input": {
                "pattern_sha256": pattern_hash(task.row_ptr, task.row_col, task.candidates),
                "demand_sha256": demand_hash(task.demand),
            },
            "unit": task.unit,
            "scale": scale,
            "base": task.base,
            "sites": sites.tolist(),
            "objective": objective,
            "bound": bound,
            "proven": objective == bound,
        },
    )
