"""Sites against people reached: for every number of sites the best choice known and a proven bound.

One set of shares (see ``plan.bound``) bounds every number of sites at once: only how many of the highest prices
are added differs. So a few numbers are relaxed, spread over the range, and each bound is taken at its best.
"""

from __future__ import annotations

import time
from collections.abc import Iterable
from typing import Any

import numpy as np

from shanyrak.core.progress import Clock
from shanyrak.core.units import IntArray
from shanyrak.plan.bound import Bound, scale_for
from shanyrak.plan.covering_run import first_share
from shanyrak.plan.greedy import greedy
from shanyrak.plan.model import Model, build_model, restrict
from shanyrak.plan.relax import Relaxation
from shanyrak.plan.result import Siting
from shanyrak.plan.swap import improve
from shanyrak.plan.task import Task, read_task

RELAXED = 14
"""How many numbers of sites are relaxed at most."""
ROUNDS = 12
GOOD_ENOUGH = 5e-4
"""Share of all demand by which a bound of the curve may lie above the relaxation."""
WORK = 400_000_000
"""Pairs visited at most: some three seconds."""


def curve(
    cover: Any,
    demand: Any,
    k_max: int,
    *,
    fixed: Iterable[int] = (),
    forbidden: Iterable[int] = (),
    start: Siting | None = None,
    seed: int = 0,
    time_limit_s: float = 10.0,
    clock: Clock = time.perf_counter,
) -> list[tuple[int, int | float, int | float]]:
    """(k, objective, bound) for k = 0 .. k_max, in the unit the demand came in, both never falling.

    ``start`` is an answer with some k: its values stand at that k, its sites are built on. The other choices
    are at least as good as greedy ones with swaps. Parameters else as in ``maximal_covering``.
    """
    task = read_task(cover, demand, k_max, fixed, forbidden)
    begun = clock()
    model = build_model(task.row_ptr, task.row_col, task.demand, task.candidates, task.covered_by_fixed, task.allowed)
    kept = np.zeros(0, np.int32)
    if start is not None:
        kept = np.searchsorted(model.column, np.asarray(start.sites)[: model.columns]).astype(np.int32)
    bounds, active = _bounds(model, k_max, len(kept), lambda: time_limit_s - (clock() - begun))
    values = _values(model, k_max, kept, active, seed, lambda: time_limit_s - (clock() - begun))
    if start is not None and len(kept) <= k_max:
        k = len(kept)
        objective = round(start.objective * task.unit) - task.base
        values[k] = objective
        values[:k] = np.minimum(values[:k], objective)
        values[k:] = np.maximum(values[k:], objective)
        bounds[k] = round(start.bound * task.unit) - task.base
        bounds[:k] = np.minimum(bounds[:k], bounds[k])
        bounds[k + 1 :] = np.maximum(bounds[k + 1 :], bounds[k])  # a looser bound is a bound; the curve must not fall
    return [_point(task, k, int(values[k]), int(bounds[k])) for k in range(k_max + 1)]


def _point(task: Task, k: int, value: int, bound: int) -> tuple[int, int | float, int | float]:
    return k, task.in_callers_unit(task.base + value), task.in_callers_unit(task.base + max(bound, value))


def _order(k_max: int, k: int) -> list[int]:
    """Numbers of sites to relax, the most wanted first: the plan's own, the ends, then halves between."""
    wanted = [k, k_max, 1, 2, 3, k // 2, (k + k_max) // 2]
    wanted += [round(k_max * i / 8) for i in range(1, 8)]
    return [n for n in dict.fromkeys(wanted) if 0 < n <= k_max][:RELAXED]


def _bounds(model: Model, k_max: int, k: int, seconds_left: Any) -> tuple[Any, IntArray]:
    """Bounds for 0 .. k_max, and the columns that mattered."""
    total = int(model.weight.sum())
    bounds = np.full(k_max + 1, total, np.int64)
    bounds[0] = 0
    scale = scale_for(total)
    picks, added = greedy(model, model.weight, max(2 * k_max, 60), np.ones(model.columns, bool))
    active = picks
    if not len(picks):
        return np.zeros(k_max + 1, np.int64), active
    work = 0
    for number in _order(k_max, k):
        if number >= len(picks):
            continue  # greedy reaches everybody with so many
        relaxation = Relaxation(model, number, active, first_share(model, picks[:number], added[:number]), scale)
        relaxation.start(picks[:number])
        for _ in range(ROUNDS):
            relaxation.round(tolerance=GOOD_ENOUGH)
            assert relaxation.best is not None
            gap = relaxation.best.scaled / scale - relaxation.value
            if relaxation.finished or gap <= GOOD_ENOUGH * total:
                break
        work += relaxation.work
        _take(bounds, relaxation.best)
        active = relaxation.active
        if work > WORK or seconds_left() <= 0:
            break
    return np.minimum.accumulate(bounds[::-1])[::-1].copy(), active


def _take(bounds: Any, bound: Bound | None) -> None:
    """Lower the bounds of all numbers of sites by what one set of shares proves."""
    assert bound is not None
    ranked = np.sort(bound.price)[::-1].tolist()
    scaled = bound.rest
    for number in range(len(bounds)):
        bounds[number] = min(int(bounds[number]), scaled // bound.scale)
        if number < len(ranked):
            scaled += ranked[number]


def _values(model: Model, k_max: int, kept: IntArray, active: IntArray, seed: int, seconds_left: Any) -> Any:
    """The best choices known for 0 .. k_max: prefixes and extensions of ``kept``, greedy, and swaps from there."""
    everyone = np.ones(model.columns, bool)
    picks, _ = greedy(model, model.weight, k_max, everyone)
    columns = np.union1d(active, np.union1d(picks, kept)).astype(np.int32)
    small, group = restrict(model, columns)
    lost = int(model.weight[group < 0].sum())
    assert lost + int(small.weight.sum()) == int(model.weight.sum())
    picks, kept = (np.searchsorted(columns, x).astype(np.int32) for x in (picks, kept))
    values = np.zeros(k_max + 1, np.int64)
    chosen = np.zeros(0, np.int32)
    for number in range(1, k_max + 1):
        starts = [_extended(small, chosen, number), picks[:number]]
        if len(kept):
            starts.append(_extended(small, kept[:number], number))
        reached = [small.covered(start) for start in starts]
        best = int(np.argmax(reached))
        values[number], chosen = reached[best], starts[best]
        if seconds_left() > 0:
            found, choice, _ = improve(small, chosen, steps=150, patience=20, seed=seed + number)
            if found > values[number]:
                values[number], chosen = found, choice
    return np.maximum.accumulate(values)


def _extended(model: Model, chosen: IntArray, number: int) -> IntArray:
    """A choice made up to ``number`` columns greedily."""
    if len(chosen) >= number:
        return chosen[:number]
    left = np.where(model.times_covered(chosen) > 0, 0, model.weight)
    free = np.ones(model.columns, bool)
    free[chosen] = False
    more, _ = greedy(model, left, number - len(chosen), free)
    return np.concatenate([chosen, more]).astype(np.int32)
