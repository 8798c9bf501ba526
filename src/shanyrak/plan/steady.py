"""How well the chosen sites still do where people or walks are not quite what was reckoned with."""

from __future__ import annotations

import time
from collections.abc import Iterable
from typing import Any

import numpy as np
import numpy.typing as npt

from shanyrak.core.errors import InvalidInput
from shanyrak.core.progress import Clock
from shanyrak.core.units import MILLI, IntArray, LongArray
from shanyrak.plan.bound import scale_for
from shanyrak.plan.covering_run import first_share
from shanyrak.plan.greedy import greedy
from shanyrak.plan.model import Model, build_model
from shanyrak.plan.relax import Relaxation
from shanyrak.plan.result import Siting
from shanyrak.plan.siting import maximal_covering
from shanyrak.plan.swap import improve
from shanyrak.plan.task import Task, read_task, touched

WORTH_MOVING = 1e-3
"""A better choice counts as one where it reaches this share of people more."""
ROUNDS = 8
GOOD_ENOUGH = 2e-3


def stability(
    cover: Any,
    demand: Any,
    siting: Siting,
    *,
    fixed: Iterable[int] = (),
    forbidden: Iterable[int] = (),
    groups: npt.ArrayLike | None = None,
    slower: Any = None,
    draws: int = 20,
    spread: float = 0.2,
    seed: int = 0,
    time_limit_s: float = 10.0,
    clock: Clock = time.perf_counter,
) -> dict[str, Any]:
    """What becomes of an answer when its assumptions are off.

    Parameters
    ----------
    groups : (cells,) whole numbers
        Cells whose numbers of people err together; without it each cell for itself.
    slower : (cells, candidates)
        The cover matrix for slower walks, where that is asked for.
    draws, spread, seed
        So many times the people of each group are multiplied by a number drawn evenly from 1 - spread to 1 + spread.
    time_limit_s
        No further draw is begun after this.

    Returns
    -------
    as it stands in a plan, JSON-able:
    {"people_20_percent": {"draws", "spread", "sites": k,
         "worst_share_of_best": in no draw do the sites reach less than this share of any best choice,
         "sites_that_stay": ranks (from 1) that no choice left out that was better by more than 0.1 %},
     "walks_10_percent_slower": {"same_sites_persons", "bound_persons"}}, the latter only with ``slower``.
    Whole numbers of demand count as thousandths of persons here.
    """
    fixed, forbidden = list(fixed), list(forbidden)
    task = read_task(cover, demand, len(siting.sites), fixed, forbidden)
    group = np.arange(len(task.demand)) if groups is None else np.unique(np.asarray(groups), return_inverse=True)[1]
    if group.shape != task.demand.shape:
        raise InvalidInput(f"groups has shape {group.shape}, demand {task.demand.shape}", where="groups")
    people = _people(task, siting, group, draws, spread, seed, time_limit_s, clock)
    result: dict[str, Any] = {"people_20_percent": people}
    if slower is not None:
        again = maximal_covering(
            slower, demand, len(siting.sites), fixed=fixed, forbidden=forbidden, gap=2e-3, time_limit_s=time_limit_s,
            seed=seed, clock=clock,
        )  # fmt: skip
        other = read_task(slower, demand, 0)
        columns = np.zeros(other.candidates, bool)
        columns[[*fixed, *siting.sites.tolist()]] = True
        same = int(other.demand[touched(other.row_ptr, other.row_col, columns)].sum())
        bound = round(again.bound * other.unit)
        result["walks_10_percent_slower"] = {"same_sites_persons": same / MILLI, "bound_persons": bound / MILLI}
    return result


def _people(
    task: Task, siting: Siting, group: npt.NDArray[np.integer], draws: int, spread: float, seed: int,
    time_limit_s: float, clock: Clock,
) -> dict[str, Any]:  # fmt: skip
    begun = clock()
    model = build_model(task.row_ptr, task.row_col, task.demand, task.candidates, task.covered_by_fixed, task.allowed)
    sites = np.searchsorted(model.column, np.asarray(siting.sites)).astype(np.int32)
    random = np.random.default_rng(seed)
    worst, stays, done = 1.0, np.ones(len(sites), bool), 0
    warm = _relaxed(model, len(sites), sites)
    for _ in range(draws):
        factor = random.uniform(1 - spread, 1 + spread, int(group.max()) + 1 if len(group) else 0)
        drawn = np.rint(task.demand * factor[group]).astype(np.int64)
        share, best = _draw(with_demand(model, drawn), int(drawn[task.covered_by_fixed].sum()), sites, warm)
        worst = min(worst, share)
        if best is not None:
            stays &= np.isin(sites, best)
        done += 1
        if clock() - begun > time_limit_s:
            break
    return {
        "draws": done,
        "spread": spread,
        "sites": len(sites),
        "worst_share_of_best": worst,
        "sites_that_stay": (np.flatnonzero(stays) + 1).tolist(),
    }


def _relaxed(model: Model, k: int, sites: IntArray, warm: Relaxation | None = None) -> Relaxation | None:
    """The relaxation of a model, good enough to compare with; None where there is nothing to choose."""
    if k == 0 or not model.rows:
        return None
    if warm is None:
        picks, added = greedy(model, model.weight, max(3 * k, 40), np.ones(model.columns, bool))
        share = first_share(model, picks[:k], added[:k])
    else:
        assert warm.best is not None
        picks, share = warm.active, warm.best.share / warm.best.scale
    scale = scale_for(int(model.weight.sum()))
    relaxation = Relaxation(model, k, np.union1d(picks, sites), share, scale)
    relaxation.start(sites)
    for _ in range(ROUNDS):
        relaxation.round(tolerance=GOOD_ENOUGH)
        assert relaxation.best is not None
        above = relaxation.best.scaled / scale - relaxation.value
        if relaxation.finished or above <= GOOD_ENOUGH * float(model.weight.sum()):
            break
    return relaxation


def _draw(
    model: Model, existing: int, sites: IntArray, warm: Relaxation | None
) -> tuple[float, npt.NDArray[np.int32] | None]:
    """Share of a bound that the sites reach with these people, and a better choice if one was found."""
    total, reached = int(model.weight.sum()), model.covered(sites)
    relaxation = _relaxed(model, len(sites), sites, warm) if reached < total else None
    if relaxation is None:
        return 1.0, None
    assert relaxation.best is not None
    start = np.searchsorted(relaxation.active, sites).astype(np.int32)
    found, choice, _ = improve(relaxation.small, start, steps=60, patience=10)
    better = relaxation.active[choice] if found - reached > WORTH_MOVING * (existing + total) else None
    most = existing + max(relaxation.best.value, reached)
    return (existing + reached) / most if most else 1.0, better


def with_demand(model: Model, demand: LongArray) -> Model:
    """The same rows and columns with other people in the cells."""
    weight = np.zeros(model.rows, np.int64)
    known = model.row >= 0
    np.add.at(weight, model.row[known], demand[known])
    return Model(weight, model.col_ptr, model.col_row, model.column, model.row)
