"""Branch and bound: split into cases until each is bounded by what the best choice covers, or time is up.

The case with the highest bound comes first, so that the bound over all falls with every step. A case first
tries the shares of the case it came from; only where they do not suffice, the relaxation is solved again.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable
from dataclasses import dataclass, field, replace

import numpy as np
import numpy.typing as npt

from shanyrak.core.units import BoolArray, FloatArray, IntArray, LongArray
from shanyrak.plan.bound import Bound, certify
from shanyrak.plan.greedy import greedy
from shanyrak.plan.linear import LinearModel
from shanyrak.plan.model import SETTLED, Model, narrowed, restrict, row_lists
from shanyrak.plan.proof import Case, Dual
from shanyrak.plan.saddle import EVERY, Walk

LINEAR_ROWS = 200
"""With more rows than this, the relaxation is walked (``plan.saddle``), with fewer HiGHS solves it to a vertex."""
WALK_STEPS = 1000
STRIDE_PAIRS = 20_000_000
"""Pairs visited between two looks at the clock, roughly."""
DECIDED = 0.25
"""A case is split where its bound cannot fall below what is reached, and is as near to its least as this share."""
ROUNDS = 40
"""Most times the relaxation of one case is solved again with further columns."""
DOMINANCE_LIMIT = 4_000_000
"""Cells of the table (rows x columns) up to which columns are compared pair by pair."""


@dataclass(order=True)
class _Open:
    """An open case, the highest bound first, then the one that has waited longest."""

    order: tuple[int, int]
    bound: Bound = field(compare=False)
    forced: BoolArray = field(compare=False)
    banned: BoolArray = field(compare=False)
    case: Case = field(compare=False)


def excluded(bound: Bound, k: int, forced: BoolArray, banned: BoolArray, target: int) -> tuple[BoolArray, BoolArray]:
    """Columns that a choice better than ``target`` cannot contain, and those it cannot lack."""
    out, inside = np.zeros_like(forced), np.zeros_like(forced)
    free = np.flatnonzero(~forced & ~banned)
    picks = k - int(forced.sum())
    if picks <= 0 or picks >= len(free):
        return out, inside
    price = bound.price[free]
    ranked = np.sort(price)[::-1]
    last, next_one = int(ranked[picks - 1]), int(ranked[picks])
    room = min(bound.scaled - ((target + 1) * bound.scale - 1), 1 << 62)  # a bound that loses this is at most target
    out[free] = (price < last) & (last - price >= room)
    inside[free] = (price > next_one) & (price - next_one >= room)
    return out, inside


def replaceable(model: Model, forced: BoolArray) -> list[tuple[int, int]]:
    """Pairs (column, other): other covers all that column covers, so nobody needs column.

    Pairs hold one after the other: no column stands as ``other`` after it stood as ``column``.
    """
    n, m = model.columns, model.rows
    if n * m > DOMINANCE_LIMIT or n > 3000:
        return []
    table = np.zeros((m, n), np.float32)
    table[model.col_row, np.repeat(np.arange(n), np.diff(model.col_ptr))] = 1.0
    shared = table.T @ table  # exact: counts below 2^24
    size = np.diff(model.col_ptr)
    gone = np.zeros(n, bool)
    pairs: list[tuple[int, int]] = []
    for column in np.argsort(size, kind="stable"):
        if forced[column]:
            continue
        by = np.flatnonzero((shared[column] == size[column]) & ~gone)
        by = by[by != column]
        if len(by):
            pairs.append((int(column), int(by[np.argmax(size[by])])))
            gone[column] = True
    return pairs


class Search:
    """Branch and bound over one model.

    The relaxation is solved on the *active* columns with their rows merged; all columns are priced, and
    those that would raise the relaxed choice become active.
    """

    def __init__(self, model: Model, k: int, active: IntArray, best: int, chosen: IntArray) -> None:
        self.model, self.k = model, k
        self.best, self.chosen = best, chosen
        self.work = 0
        self.kept_bytes = 0
        """memory of all shares that the proof keeps"""
        self._waiting = 0
        self._heap: list[_Open] = []
        self._omega = 1.0
        self._grow(active)

    def _grow(self, columns: npt.NDArray[np.integer]) -> None:
        old = getattr(self, "active", np.zeros(0, np.int32))
        self.active = np.union1d(old, columns).astype(np.int32)
        self._small, self._group = restrict(self.model, self.active)
        self._rows = row_lists(self._small)
        self._linear = LinearModel(self._small, self.k) if self._small.rows <= LINEAR_ROWS else None

    def begin(self, root: Bound, forced: BoolArray, case: Case) -> None:
        """Open the first case."""
        self._push(root, forced, np.zeros_like(forced), case)

    def relax(
        self,
        bound: Bound,
        forced: BoolArray,
        banned: BoolArray,
        seconds_left: Callable[[], float],
        decided: float = DECIDED,
    ) -> Bound | None:
        """A better bound of a case if there is one; None where time was not enough to tell."""
        missing = np.flatnonzero(forced)
        if not np.isin(missing, self.active).all():
            self._grow(missing)
        improved = False
        for _ in range(ROUNDS):
            solved = self._solve(bound, forced[self.active], banned[self.active], seconds_left, decided)
            if solved is None:
                return bound if improved else None
            share, lean = np.ones(self.model.rows), np.zeros(self.model.columns)
            known = self._group >= 0
            share[known] = solved[0][self._group[known]]
            lean[self.active] = solved[1]
            whole = np.rint(share * bound.scale).astype(np.int64)
            new = certify(self.model, self.k, forced, banned, whole, bound.scale, lean)
            self.work += self.model.nonzeros
            self.offer(_rounded(self.model, np.where(forced, 2.0, lean), self.k))
            if new.scaled <= bound.scaled or not improved:
                bound = new if new.scaled < bound.scaled else replace(bound, lean=lean)
                improved = True
            wanted = self._wanted(new, forced, banned)
            if bound.value <= self.best or not len(wanted):
                break
            self._grow(wanted)
        return bound

    def _solve(
        self, bound: Bound, forced: BoolArray, banned: BoolArray, seconds_left: Callable[[], float], decided: float
    ) -> tuple[FloatArray, FloatArray] | None:
        """Shares and the relaxed choice on the active columns; None where time was not enough."""
        if self._linear is not None:
            solved = self._linear.solve(forced, banned, seconds_left())
            self.work += self._linear.work
            return solved
        if seconds_left() <= 0:
            return None
        node, group = narrowed(self._small, self._rows, forced, banned)
        picks = self.k - int(forced.sum())
        share, lean = np.ones(self._small.rows), forced.astype(np.float64)
        share[group == SETTLED] = 0.0
        if not node.rows or picks <= 0 or picks >= node.columns:
            share[group >= 0] = 0.0
            return share, lean
        known = self._group >= 0
        worth = (bound.share / bound.scale * self.model.weight)[known]
        old = np.bincount(self._group[known], weights=worth, minlength=self._small.rows)
        left = group >= 0
        start: FloatArray = np.bincount(group[left], weights=old[left], minlength=node.rows) / node.weight
        settled = int(self._small.weight[group == SETTLED].sum())
        walk = Walk(node, picks, np.zeros(node.columns, np.int8), bound.lean[self.active][node.column], start, 1.0)
        walk.begin(walk.y, walk.v, self._omega)
        goal = (self.best + 0.999 - settled) / walk.total
        stride = max(EVERY, STRIDE_PAIRS // (node.nonzeros + node.rows) // EVERY * EVERY)
        for _ in range(0, WALK_STEPS, stride):
            self.work += walk.go(min(stride, WALK_STEPS), goal, 1e-8, decided)
            if walk.is_over or seconds_left() <= 0:
                break
        self._omega = walk.omega
        share[left], lean[node.column] = walk.best_v[group[left]], walk.best_y
        return share, lean

    def _wanted(self, bound: Bound, forced: BoolArray, banned: BoolArray) -> IntArray:
        """Sleeping columns that the relaxation would use, the dearest and some that differ from each other."""
        asleep = ~forced & ~banned
        picks = self.k - int(forced.sum())
        price = bound.price[asleep]
        if picks <= 0 or picks >= len(price):
            return np.flatnonzero(asleep & ~np.isin(np.arange(len(asleep)), self.active)).astype(np.int32)
        last = int(np.partition(price, len(price) - picks)[len(price) - picks])
        asleep[self.active] = False
        wanted = asleep & (bound.price > last)
        if not wanted.any():
            return np.zeros(0, np.int32)
        different, _ = greedy(
            self.model, self.model.weight * bound.share, max(3 * self.k, 30), wanted, price=bound.price
        )
        highest = np.flatnonzero(wanted)
        highest = highest[np.argsort(-bound.price[highest], kind="stable")][: max(30, len(self.active) // 4)]
        return np.union1d(different, highest).astype(np.int32)

    @property
    def bound(self) -> int:
        """No choice of the model covers more."""
        return max(self.best, self._heap[0].bound.value if self._heap else self.best)

    def dual(self, bound: Bound) -> Dual:
        """The shares of a bound, ready for the proof."""
        self.kept_bytes += bound.share.nbytes
        return Dual(self.model.row, bound.share)

    def _push(self, bound: Bound, forced: BoolArray, banned: BoolArray, case: Case) -> None:
        self._waiting += 1
        case.by = self.dual(bound)
        if bound.value > self.best:
            heapq.heappush(self._heap, _Open((-bound.value, self._waiting), bound, forced, banned, case))

    def offer(self, chosen: IntArray) -> bool:
        """Take a choice of columns if it is the best so far."""
        covered = self.model.covered(chosen)
        if covered > self.best:
            self.best, self.chosen = covered, chosen
            return True
        return False

    def step(self, seconds_left: Callable[[], float]) -> bool:
        """Work on the most promising case; False where there was none, or time was not enough for it."""
        while self._heap and self._heap[0].bound.value <= self.best:
            heapq.heappop(self._heap)
        if not self._heap:
            return False
        here = heapq.heappop(self._heap)
        forced, banned = here.forced, here.banned
        picks = self.k - int(forced.sum())
        free = np.flatnonzero(~forced & ~banned)
        if picks <= 0 or picks >= len(free):
            self._close(here, np.flatnonzero(~banned) if picks > 0 else np.flatnonzero(forced))
            return True
        bound = self.relax(here.bound, forced, banned, seconds_left)
        if bound is None:
            heapq.heappush(self._heap, here)
            return False
        here.case.by = self.dual(bound)
        if bound.value <= self.best:
            return True
        out, inside = excluded(bound, self.k, forced, banned, self.best)
        if out.any() or inside.any():
            here.case.narrow(self.model.column[out], self.model.column[inside], self.dual(bound))
            forced, banned = forced | inside, banned | out
        self._split(bound, forced, banned, here.case)
        return True

    def _split(self, bound: Bound, forced: BoolArray, banned: BoolArray, case: Case) -> None:
        lean = bound.lean
        free = np.flatnonzero(~forced & ~banned)
        picks = self.k - int(forced.sum())
        if picks <= 0 or picks >= len(free):
            self._push(bound, forced, banned, case)
            return
        undecided = np.minimum(lean[free], 1.0 - lean[free])
        worth = bound.price[free] / max(float(bound.price[free].max()), 1.0)
        pick = free[np.argmax(undecided + 1e-3 * worth + 1e-6 * (lean[free] > 0.5))]
        for half, is_in in zip(case.split(int(self.model.column[pick])), (True, False), strict=True):
            f, b = forced.copy(), banned.copy()
            (f if is_in else b)[pick] = True
            inherited = certify(self.model, self.k, f, b, bound.share, bound.scale, lean)
            self.work += self.model.nonzeros
            self._push(inherited, f, b, half)

    def _close(self, here: _Open, chosen: IntArray | LongArray) -> None:
        """A case in which nothing is left to choose: shares 0 where its columns cover a row, else 1, are exact."""
        count = self.model.times_covered(chosen)
        share = np.where(count > 0, 0, here.bound.scale).astype(np.int64)
        exact = certify(self.model, self.k, here.forced, here.banned, share, here.bound.scale, here.bound.lean)
        self.offer(chosen[: self.k].astype(np.int32))
        here.case.by = self.dual(exact)
        assert exact.value <= self.best, "nothing was left to choose"


def _rounded(model: Model, lean: FloatArray, k: int) -> IntArray:
    """The k columns the relaxation leans on most."""
    return np.sort(np.argsort(-lean, kind="stable")[: min(k, model.columns)]).astype(np.int32)
