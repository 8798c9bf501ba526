"""The bound of a model, or of one branch of it: primal-dual steps between prices (see ``plan.bound``)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from shanyrak.core.units import FloatArray, IntArray, LongArray
from shanyrak.plan.bound import Bound, both_ways, certify, primal_dual_steps
from shanyrak.plan.greedy import greedy
from shanyrak.plan.model import Model, restrict

EVERY = 25
"""Steps between two looks at the bound."""


@dataclass(eq=False)
class Walk:
    """Where the primal-dual method stands on a small model, and the best it has seen."""

    model: Model
    k: int
    state: npt.NDArray[np.int8]
    """(n,) 1: in, -1: out, 0: free"""
    y: FloatArray
    v: FloatArray
    omega: float

    def __post_init__(self) -> None:
        model = self.model
        self.total = float(model.weight.sum())
        self.weight = model.weight / max(self.total, 1.0)
        self.count = np.bincount(model.col_row, minlength=model.rows).astype(np.float64)
        gathered, nothing = np.zeros(model.columns), np.zeros(model.rows)
        both_ways(model, self.weight, np.zeros(model.columns), gathered, nothing)
        self.mass = np.maximum(gathered, 1e-12)
        self.best_bound, self.best_value = np.inf, -np.inf
        self.best_v, self.best_y = self.v.copy(), self.y.copy()
        self.steps = 0
        self._restart(np.inf)

    def _restart(self, gap: float) -> None:
        self.y_start, self.v_start = self.y.copy(), self.v.copy()
        self.y_sum, self.v_sum = np.zeros(len(self.y)), np.zeros(len(self.v))
        self.since, self.gap_at_restart = 0, gap

    def look(self, y: FloatArray, v: FloatArray) -> float:
        """The gap between bound and value at (y, v); keeps the best of either."""
        price, cover = np.empty(len(y)), np.empty(len(v))
        paid = self.weight * v
        both_ways(self.model, paid, y, price, cover)
        inside = self.state > 0
        free = np.sort(price[self.state == 0])[::-1][: self.k - int(inside.sum())]
        bound = 1.0 - paid.sum() + price[inside].sum() + free.sum()
        value = (self.weight * np.minimum(cover, 1.0)).sum()
        if bound < self.best_bound:
            self.best_bound, self.best_v = float(bound), v.copy()
        if value > self.best_value:
            self.best_value, self.best_y = float(value), y.copy()
        return float(bound - value)

    def go(self, steps: int, goal: float, tolerance: float) -> int:
        """Walk until the bound is below ``goal``, or within ``tolerance`` of the best possible; the work done."""
        done = 0
        while done < steps:
            primal_dual_steps(
                self.model, self.weight, self.mass, self.count, self.state, self.k, self.omega, EVERY,
                self.y, self.v, self.y_sum, self.v_sum,
            )  # fmt: skip
            done += EVERY
            self.since += EVERY
            y_mean, v_mean = self.y_sum / self.since, self.v_sum / self.since
            mean, here = self.look(y_mean, v_mean), self.look(self.y, self.v)
            if self.best_bound < goal or self.best_bound - self.best_value <= tolerance:
                break
            gap = min(mean, here)
            if not np.isfinite(self.gap_at_restart):
                self.gap_at_restart = gap
            if gap < 0.3 * self.gap_at_restart or self.since >= max(10 * EVERY, 0.4 * self.steps):
                if mean < here:
                    self.y, self.v = y_mean, v_mean
                moved_y = float((self.mass * (self.y - self.y_start) ** 2).sum())
                moved_v = float((self.weight * self.count * (self.v - self.v_start) ** 2).sum())
                if moved_y > 1e-18 and moved_v > 1e-18:
                    self.omega = float(np.sqrt(self.omega * np.sqrt(moved_y / moved_v)))
                self._restart(gap)
        self.steps += done
        return done * (2 * self.model.nonzeros + 8 * self.model.rows)


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
        self._walk.y[:] = self.lean[self.active]

    def round(self, *, steps: int = 100, goal: int = 0, tolerance: float = 1e-5) -> None:
        """One round; ``finished`` afterwards where more rounds would not lower the bound by ``tolerance``."""
        assert self._walk is not None
        walk, total = self._walk, float(self.small.weight.sum())
        self.work += walk.go(steps, goal / max(total, 1.0), tolerance / 4)
        self.lean[:] = 0.0
        self.lean[self.active] = walk.y
        self._share = self._everywhere(walk.v)
        self.value = max(self.value, walk.best_value * total)
        share = self._everywhere(walk.best_v)
        if self.best is not None:
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
