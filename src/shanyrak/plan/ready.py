"""Kernels ready before the clock starts: compiled, or read from the cache, on a model one can hold in the hand."""

from __future__ import annotations

from functools import cache

import numpy as np

from shanyrak.plan.bound import certify
from shanyrak.plan.model import build_model, narrowed, restrict, row_lists
from shanyrak.plan.restarts import weight_shared
from shanyrak.plan.saddle import Walk
from shanyrak.plan.swap import improve, polish


@cache
def ready() -> None:
    """Run every kernel of maximal covering once in this process."""
    #  four cells in a row, candidate j covers cells j and j + 1
    ptr, col = np.array([0, 1, 3, 5, 6], np.int64), np.array([0, 0, 1, 1, 2, 2], np.int32)
    nobody, everyone = np.zeros(3, bool), np.ones(3, bool)
    model = build_model(ptr, col, np.array([2, 3, 3, 2], np.int64), 3, np.zeros(4, bool), everyone)
    walk = Walk(model, 1, np.zeros(3, np.int8), np.full(3, 1 / 3), np.full(model.rows, 0.5), 1.0)
    walk.go(50, 0.0, 1e-9)
    share = np.rint(walk.best_v * 1024).astype(np.int64)
    certify(model, 1, nobody, nobody, share, 1024, walk.best_y)
    rows = row_lists(model)
    narrowed(model, rows, np.array([True, False, False]), nobody)
    restrict(model, np.array([0, 1]))
    weight_shared(*rows, model.weight, model.rows_of(0), 3)
    improve(model, np.array([0], np.int32), steps=3)
    polish(model, np.array([0], np.int32), 3)
