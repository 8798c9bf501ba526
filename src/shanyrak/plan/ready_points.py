"""Kernels of p-center and p-median ready before their clocks start: compiled, or read from the cache.

A limit of ten seconds shall not be spent on making machine code, on a machine where nobody solved anything yet.
"""

from __future__ import annotations

import time
from functools import cache
from typing import Any

import numpy as np

from shanyrak.core.progress import silent
from shanyrak.plan.center_bound import CoverBound
from shanyrak.plan.center_cover import hard_rows
from shanyrak.plan.center_run import CenterRun
from shanyrak.plan.center_search import RadiusSearch, within
from shanyrak.plan.distances import MatrixDistances, PlaneDistances, nearest
from shanyrak.plan.median_parts import Mixer
from shanyrak.plan.median_run import MedianRun
from shanyrak.plan.median_task import PointTask, read_points
from shanyrak.plan.median_towns import Towns
from shanyrak.plan.ready import ready

_PLACES, _SITES, _FEW = 150, 15, 4
_LATTICE = 30
"""The town lies on crossings 30 x 30: with many distances alike, neither is proved at once."""
_WORK = 20_000_000


@cache
def center_ready() -> None:
    """Run every kernel of p-center once in this process."""
    ready()
    for task in (_task(_plane()), _task(_table())):
        run = CenterRun(task, 0.0, np.inf, _WORK, 0, time.perf_counter, silent)
        run.solve()
    # a town that one can hold in the hand seldom needs the bound over everybody
    far = np.ascontiguousarray(_table().table, np.int32)
    near = far <= np.quantile(far, 0.1)
    hard_rows(near)
    usable = np.ones(_PLACES, bool)
    lists = RadiusSearch(far, usable, usable, int(far.max()))
    lists.shorter(np.arange(_SITES), int(far.max()), 0, 1_000, 0)
    steps = CoverBound(lists.ptr, lists.site, _PLACES, _SITES)
    for radius in np.quantile(far, (0.02, 0.05, 0.1, 0.2)).astype(np.int64).tolist():
        steps.refuted(within(lists.ptr, lists.away, radius), usable)


@cache
def median_ready() -> None:
    """Run every kernel of p-median once in this process."""
    ready()
    for task in (_task(_plane()), _task(_table()), _task(_table(), _FEW)):
        run = MedianRun(task, 0.0, np.inf, _WORK, 0, time.perf_counter, silent)
        run.solve()
        nearest(task.distances, np.unique(run.chosen).astype(np.int64))
        if run.searches.along_lists:
            _parts_ready(run)


def _parts_ready(run: MedianRun) -> None:
    """What chains do in parts of town, and what is done with their choices; a small town may not come so far."""
    everybody = np.arange(_PLACES)
    local, _ = run.searches.lists("wide", everybody)
    part = local.part(run.chosen, 0, 2)
    local.shaken(run.chosen, local.paid(run.chosen, part), 1, 1, 0, everybody, part=part)
    weight = run.task.weight
    mixer = Mixer(run.searches.columns, weight, len(run.chosen))
    mixer.divide(Towns(run.frame.near, np.zeros_like(weight), 1, _PLACES))
    mixer.add(run.chosen)
    mixer.add(everybody[: len(run.chosen)])


def _places() -> Any:
    """Places of a drawn town, whole coordinates."""
    return np.random.default_rng(5).integers(0, _LATTICE, (_PLACES, 2)).astype(np.float64)


def _plane() -> PlaneDistances:
    return PlaneDistances.of(_places(), _places(), floor=True)


def _table() -> MatrixDistances:
    places = _places()
    return MatrixDistances.of(np.floor(np.hypot(*(places[:, None] - places[None]).T)))


def _task(distances: Any, sites: int = _SITES) -> PointTask:
    return read_points(distances, None, sites)
