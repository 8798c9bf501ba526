"""The bound of a model, or of one branch of it: primal-dual steps between prices (see ``plan.bound``)."""

from __future__ import annotations

import numpy as np

from shanyrak.core.units import FloatArray, IntArray, LongArray
from shanyrak.plan.bound import Bound, certify
from shanyrak.plan.greedy import greedy
from shanyrak.plan.model import Model, restrict
from shanyrak.plan.saddle import EVERY, Walk

STRIDE_PAIRS = 20_000_000
"""Pairs visited in a round, roughly: the clock is looked at between rounds."""


class Relaxation:
    """Bound and relaxed choice of a model, round by round.

    Each round walks on the active columns with their rows merged, prices all columns by the shares found,
    keeps the bound they prove, and makes the columns active that a better bound would have to reckon with.
    The shares that are priced lie half way between the best so far and the new ones, since those of a small
    model swing wildly (Wentges 1997).
    """

    def __init__(self, model: Model, k: int, active: IntArray, share: FloatArray, scale: int) -> None:
        self.model, self.k, self.scale = model, k, scale
        self.nobody = np.zeros(model.columns, bool)
        self.active = np.unique(active).astype(np.int32)
        self.lean = np.zeros(model.columns)
        self.best: Bound | None = None
        self.value = 0.0
        """What the relaxed choice covers, at least: the bound cannot fall below this."""
        self.finished = False
        self.work = 0
        self._share = share
        self._walk: Walk | None = None
        self._build()

    def _build(self) -> None:
        self.small, self.group = restrict(self.model, self.active)
        known = self.group >= 0
        worth = np.bincount(
            self.group[known], weights=(self._share * self.model.weight)[known], minlength=self.small.rows
        )
        lean = self.lean[self.active]
        free = np.zeros(len(self.active), np.int8)
        omega = self._walk.omega if self._walk is not None else 1.0
        self._walk = Walk(self.small, self.k, free, lean, worth / np.maximum(self.small.weight, 1), omega)

    def _everywhere(self, small_share: FloatArray) -> FloatArray:
        share = np.ones(self.model.rows)
        known = self.group >= 0
        share[known] = small_share[self.group[known]]
        return share

    def start(self, chosen: IntArray) -> None:
        """Lean on a choice of columns before the first round."""
        self.lean[:] = 0.0
        self.lean[chosen] = 1.0
        assert self._walk is not None
        self._walk.begin(self.lean[self.active], self._walk.v, self._walk.omega)

    def round(self, *, steps: int = 100, goal: int = 0, tolerance: float = 1e-5) -> None:
        """One round; ``finished`` afterwards where more rounds would not lower the bound by ``tolerance``."""
        assert self._walk is not None
        walk, total = self._walk, float(self.small.weight.sum())
        few = max(EVERY, STRIDE_PAIRS // (self.small.nonzeros + self.small.rows + 1) // EVERY * EVERY)
        self.work += walk.go(min(steps, few), goal / max(total, 1.0), tolerance / 4)
        self.lean[:] = 0.0
        self.lean[self.active] = walk.best_y
        self._share = self._everywhere(walk.best_v)
        self.value = max(self.value, walk.best_value * total)
        share = self._everywhere(walk.best_v)
        if self.best is not None and len(self.active) < self.model.columns:
            share = 0.5 * (share + self.best.share / self.scale)
        columns = self.price(np.rint(share * self.scale).astype(np.int64))
        assert self.best is not None
        near = self.best.scaled / self.scale - self.value <= tolerance * max(float(self.model.weight.sum()), 1.0)
        if len(columns):
            self.grow(columns)
        else:
            self.finished = near or self.finished

    def price(self, share: LongArray) -> IntArray:
        """Take the bound that ``share`` proves if it is the best; the columns that ought to become active."""
        bound = certify(self.model, self.k, self.nobody, self.nobody, share, self.scale, self.lean.copy())
        self.work += self.model.nonzeros
        if self.best is None or bound.scaled < self.best.scaled:
            self.best = bound
        price = bound.price
        if self.k >= len(price):
            return np.zeros(0, np.int32)
        asleep = np.ones(len(price), bool)
        asleep[self.active] = False
        last = np.partition(price, len(price) - self.k)[len(price) - self.k]
        wanted = asleep & (price >= last - last // 1000) & (price > 0)
        if not wanted.any():
            return np.zeros(0, np.int32)
        different, _ = greedy(self.model, self.model.weight * share, max(3 * self.k, 30), wanted, price=price)
        highest = np.flatnonzero(wanted)
        highest = highest[np.argsort(-price[highest], kind="stable")][: max(30, len(self.active) // 4)]
        return np.union1d(different, highest).astype(np.int32)

    def grow(self, columns: IntArray) -> None:
        """Make columns active."""
        self.active = np.union1d(self.active, columns).astype(np.int32)
        self._build()
