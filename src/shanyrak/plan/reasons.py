"""Why a site was chosen: what it adds, what it backs up, and what would stand in its stead."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np

from shanyrak.plan.bound import column_sums
from shanyrak.plan.model import Model, build_model
from shanyrak.plan.siting import Siting
from shanyrak.plan.task import Task, read_task


@dataclass(frozen=True)
class Reason:
    """One chosen site; all figures in the unit the demand came in."""

    site: int
    """column of the candidate"""
    rank: int
    """1 for the first to open"""
    adds: int | float
    """demand it adds to the fixed sites and those of lower rank; all of these sum to objective - existing"""
    covers: int | float
    """demand within its reach"""
    alone: int | float
    """of these, demand that no other open site reaches"""
    backup: int | float
    """of these, demand that another open site reaches too"""
    next_best: int | None
    """the candidate that would replace it best, all others kept; None where there is none"""
    next_best_loses: int | float
    """demand lost by that replacement (negative: gained, which a proven answer never shows)"""


def explain(
    cover: Any, demand: Any, siting: Siting, *, fixed: Iterable[int] = (), forbidden: Iterable[int] = ()
) -> list[Reason]:
    """Reasons for each site of an answer, in opening order.

    Parameters are those ``maximal_covering`` was called with; InvalidInput where they do not fit the answer.
    """
    task = read_task(cover, demand, len(siting.sites), fixed, forbidden)
    model = whole_model(task)
    sites = [int(site) for site in siting.sites]
    fixed_columns = task.fixed.tolist()
    times = model.times_covered(np.array([*fixed_columns, *sites], np.int64))
    covered = model.times_covered(task.fixed) > 0
    eligible = task.allowed
    eligible[sites] = False
    reasons = []
    for rank, site in enumerate(sites, 1):
        rows = model.rows_of(site)
        weight, here = model.weight[rows], times[rows]
        adds = int(weight[~covered[rows]].sum())
        covered[rows] = True
        alone = int(weight[here == 1].sum())
        without = times > 0
        without[rows[here == 1]] = False
        gain = np.where(eligible, column_sums(model, np.where(without, 0, model.weight)), -1)
        other = int(np.argmax(gain)) if eligible.any() else None
        unit = task.in_callers_unit
        reasons.append(
            Reason(
                site=site,
                rank=rank,
                adds=unit(adds),
                covers=unit(int(weight.sum())),
                alone=unit(alone),
                backup=unit(int(weight.sum()) - alone),
                next_best=other,
                next_best_loses=unit(alone - int(gain[other])) if other is not None else unit(alone),
            )
        )
    return reasons


def whole_model(task: Task) -> Model:
    """All candidates and all inhabited cells of a task, whatever is open already; columns keep their numbers."""
    nobody = np.zeros(len(task.demand), bool)
    return build_model(task.row_ptr, task.row_col, task.demand, task.candidates, nobody, np.ones(task.candidates, bool))
