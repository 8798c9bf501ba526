"""Why a site was chosen: what it adds, what it backs up, and what would stand in its stead."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from shanyrak.core.units import LongArray
from shanyrak.plan.model import Model, build_model
from shanyrak.plan.result import Siting
from shanyrak.plan.swap import replacements
from shanyrak.plan.task import Task, read_task

Amounts = npt.NDArray[np.int64] | npt.NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Reasons:
    """Of each chosen site, in opening order; amounts in the unit the demand came in."""

    adds: Amounts
    """(k,) demand it adds to the fixed sites and to those before it; together: objective - existing"""
    covers: Amounts
    """(k,) demand within its reach"""
    alone: Amounts
    """(k,) of these, demand that no other open site reaches"""
    backup: Amounts
    """(k,) of these, demand that another open site reaches too"""
    next_best: LongArray
    """(k,) the candidate that would replace it best, all others kept; -1 where there is none"""
    next_best_adds: Amounts
    """(k,) what that one would add in its stead, to compare with ``alone``; 0 where there is none"""
    existing: int | float
    """demand that the fixed sites cover together"""
    existing_covers: Amounts
    """(fixed,) demand within reach of each fixed site, in the order they were given"""


def explain(
    cover: Any, demand: Any, siting: Siting, *, fixed: Iterable[int] = (), forbidden: Iterable[int] = ()
) -> Reasons:
    """Reasons for each site of an answer.

    Parameters are those ``maximal_covering`` was called with; InvalidInput where they do not fit the answer.
    """
    fixed = [int(site) for site in fixed]
    task = read_task(cover, demand, len(siting.sites), fixed, forbidden)
    model = whole_model(task)
    sites = [int(site) for site in siting.sites]
    reached = model.times_covered(task.fixed) > 0
    eligible = task.allowed
    eligible[sites] = False
    stead = replacements(model, np.array(sites, np.int64), reached)
    adds, covers, alone = (np.zeros(len(sites), np.int64) for _ in range(3))
    next_best, next_best_adds = np.full(len(sites), -1, np.int64), np.zeros(len(sites), np.int64)
    for at, site in enumerate(sites):
        rows = model.rows_of(site)
        adds[at] = model.weight[rows[~reached[rows]]].sum()
        reached[rows] = True
        covers[at], alone[at] = model.weight[rows].sum(), stead[at, site]
        if eligible.any():
            next_best[at] = np.argmax(np.where(eligible, stead[at], -1))
            next_best_adds[at] = stead[at, next_best[at]]
    existing_covers = np.array([model.weight[model.rows_of(site)].sum() for site in fixed], np.int64)
    return Reasons(
        adds=_amounts(task, adds),
        covers=_amounts(task, covers),
        alone=_amounts(task, alone),
        backup=_amounts(task, covers - alone),
        next_best=next_best,
        next_best_adds=_amounts(task, next_best_adds),
        existing=task.in_callers_unit(task.base),
        existing_covers=_amounts(task, existing_covers),
    )


def _amounts(task: Task, whole: LongArray) -> Amounts:
    return whole if task.unit == 1 else whole / task.unit


def whole_model(task: Task) -> Model:
    """All candidates and all inhabited cells of a task, whatever is open already; columns keep their numbers."""
    nobody = np.zeros(len(task.demand), bool)
    everyone = np.ones(task.candidates, bool)
    return build_model(task.row_ptr, task.row_col, task.demand, task.candidates, nobody, everyone)
