"""That a group needs sites for so much: a proof by cases, in whole numbers.

In a case some sites are open and some shut. Any worth u_i >= 0 of the cells and any rate R say of each set S of sites
that reaches the need T, in whole parts of a price,

    scale p(S)  >=  R T - sum_i max(0, R w_i - u_i) where n_i > 0  +  sum over S of r_j
                    +  sum_i u_i (n_i - 1 where n_i > 1),
    r_j = scale p_j - sum of u_i over the cells of j,    n_i: how many of S cover cell i

(see ``part_search``). Sets are gone into until this is as much as is to be shown; a set that reaches the need must
cost as much itself. Where that takes too many sets, the case is split into two.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from shanyrak.core.units import BoolArray, FloatArray, LongArray
from shanyrak.plan.variants.cases import Case, Sparse
from shanyrak.plan.variants.part import Part, Prices
from shanyrak.plan.variants.part_search import DEEPEST, cheap_sets, sums

SCALE = 1 << 16
MOST_CASES = 2000
"""Cases of one proof, at most."""
MOST_NODES, MOST_DEEP = 2_000_000, 20_000
"""Sets looked at in one case before it is split, and sets gone into."""


class PartProof:
    """Cases until each costs ``goal`` at least; ``price`` (sites of the part,) in whole parts of ``unit``."""

    def __init__(self, part: Part, price: LongArray, unit: int) -> None:
        self.part, self.whole, self.unit = part, price, unit
        self.deep = 0

    def go(self, goal: int, seconds_left: Callable[[], float]) -> Case | None:
        """The proof; None where the goal is too high, or cases or seconds were not enough."""
        part, price = self.part, self.whole / self.unit
        root = Case()
        n = len(part.site)
        todo = [(root, np.zeros(n, bool), part.able(self.whole))]
        cases = 0
        while todo:
            case, low, high = todo.pop()
            cases += 1
            if cases > MOST_CASES or seconds_left() <= 0:
                return None
            found = part.relaxed(price, low, high)
            u = self.impossible(goal, high) if found is None else self.duals(found)
            ended, cheaper = self.sought(u, goal, low, high)
            if cheaper:
                return None
            if ended:
                case.u = Sparse.of(u)
                continue
            pick = -1 if found is None else self._column(found, low, high)
            if pick < 0:
                return None
            case.column, case.at = int(part.site[pick]), 0
            case.above, case.below = Case(), Case()
            shut, opened = high.copy(), low.copy()
            shut[pick], opened[pick] = False, True
            todo += [(case.below, low, shut), (case.above, opened, high)]
        return root

    def sought(self, u: LongArray, goal: int, low: BoolArray, high: BoolArray) -> tuple[bool, bool]:
        """Whether all sets of a case could be gone through, and whether one of them costs less than the goal."""
        part = self.part
        rate, worth = int(u[-1]), u[:-1]
        row = part.model.row
        some = row >= 0
        value = np.zeros(part.rows)
        np.add.at(value, row[some], worth[some].astype(np.float64))  # whole numbers below 2^53: exact
        free = np.zeros(part.rows)
        np.add.at(free, row[some], np.maximum(rate * part.people[some] - worth[some], 0).astype(np.float64))
        price = SCALE * self.whole.astype(np.float64)
        reduced = price - sums(part.ptr, part.row, value)
        start = float(rate * part.need) - float(free.sum())
        start += float(np.minimum(reduced[high & ~low], 0.0).sum())
        hopeful = start + float(reduced[low].sum()) + reduced < SCALE * goal
        order = part.largest_first(high & ~low & hopeful)
        sets, size, cost = np.zeros((1, DEEPEST), np.int32), np.zeros(1, np.int64), np.zeros(1)
        nodes, ended, written, _ = cheap_sets(
            part.ptr, part.row, part.weight, value, free, float(part.need), reduced, order, np.flatnonzero(low), price,
            start, float(SCALE * goal - 1), 0.0, MOST_NODES, MOST_DEEP, sets, size, cost,
        )  # fmt: skip
        part.work += nodes * 20
        if written:
            part.keep(sets[0, : size[0]])
        return ended, written > 0

    def duals(self, found: Prices) -> LongArray:
        """(cells of the part + 1,) the worth of each cell, then the rate."""
        part = self.part
        rate = round(found.rate * self.unit * SCALE)
        share: FloatArray = found.value / np.maximum(found.rate * part.weight, 1e-300)
        return self._spread(rate, np.clip(share, 0.0, 1.0))

    def impossible(self, goal: int, high: BoolArray) -> LongArray:
        """Duals that any goal follows from: what can be reached is not enough."""
        part = self.part
        able = np.zeros(part.rows, bool)
        able[part.row[np.repeat(high, np.diff(part.ptr))]] = True
        missing = part.need - int(part.model.weight[able].sum())
        return self._spread(SCALE * (goal // max(missing, 1) + 1), (~able).astype(np.float64))

    def _spread(self, rate: int, share: FloatArray) -> LongArray:
        part, row = self.part, self.part.model.row
        each = np.where(row >= 0, share[np.maximum(row, 0)], 0.0)
        full = rate * part.people
        return np.append(np.where(each >= 1.0, full, np.floor(full * each).astype(np.int64)), rate)

    def _column(self, found: Prices, low: BoolArray, high: BoolArray) -> int:
        """The site to split by: one that is half open and brings much, else one that brings much; -1: there is none."""
        open_yet = ~low & high
        half = np.where(open_yet, found.lean * (1.0 - found.lean) + 1e-6, 0.0)
        pick = int(np.argmax(half * np.sqrt(self.part.brings)))
        return pick if open_yet[pick] else -1
