"""One group by itself: the cheapest sites that reach what it needs, where sites have prices.

    least  sum_j p_j y_j   with  sum_i w_i z_i >= T,   z_i <= sum of y_j over the sites of row i,   z_i <= 1

Rows are the cells of the group, those that the same sites cover merged. The relaxation is solved on a few *awake*
sites, with rows merged once more; its duals price all others, and those that are too cheap wake up.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import scipy.sparse as sp

from shanyrak.core.units import BoolArray, FloatArray, IntArray, LongArray
from shanyrak.plan.highs import quiet_highs
from shanyrak.plan.model import build_model, restrict, take_lists
from shanyrak.plan.variants.cells import Cells
from shanyrak.plan.variants.choice import Choice
from shanyrak.plan.variants.part_search import DEEPEST, cheap_sets, contained, sums

COMPARED = 6000
"""Sites of a part up to which all pairs are compared."""
WRITTEN = 4000
"""Sets that one search writes, at most."""
NOBODY = np.zeros(0, np.int64)
MOST_NODES = 4_000_000
"""Looks at a set that one search takes, at most."""
WAKING = 20
"""Sites that wake up at once, at most."""


@dataclass(frozen=True, eq=False)
class Prices:
    """A solved relaxation: it costs no less than ``cost``."""

    cost: float
    rate: float
    """l: what one unit reached is worth"""
    value: FloatArray
    """(rows,) l w_i v_i"""
    reduced: FloatArray
    """(sites of the part,)"""
    lean: FloatArray
    """(sites of the part,) y"""


class Part:
    """See the module. Sites are numbered within the part; ``site`` are their numbers in the input."""

    def __init__(self, cells: Cells, choice: Choice, own: LongArray, people: LongArray) -> None:
        """``own`` are the cells of the group, ``people`` (cells of the group,) what they count."""
        ptr, col = take_lists(cells.row_ptr, cells.row_col, own)
        by_fixed = np.zeros(len(own), bool)
        fixed = np.zeros(cells.candidates, bool)
        fixed[choice.fixed] = True
        by_fixed[np.repeat(np.arange(len(own)), np.diff(ptr))[fixed[col]]] = True
        self.own, self.people = own, people
        self.base = int(people[by_fixed].sum())
        able = choice.free
        model = build_model(ptr, col, people, cells.candidates, by_fixed, able)
        some = np.flatnonzero(np.diff(model.col_ptr) > 0)
        self.model, _ = restrict(model, some)
        self.site = self.model.column
        self.rows, self.ptr, self.row = self.model.rows, self.model.col_ptr, self.model.col_row
        self.weight = self.model.weight.astype(np.float64)
        self.brings = sums(self.ptr, self.row, self.weight)
        self.inside, self.around = np.zeros((2, 0), np.int32)
        """pairs of sites of which the second covers all that the first covers; not looked for where sites are many"""
        if len(self.site) <= COMPARED:
            self.inside, self.around = contained(self.ptr, self.row, self.rows)
        self.awake = np.zeros(len(self.site), bool)
        self.sets: dict[bytes, tuple[IntArray, int]] = {}
        """sets that reached some need once, and whom they reach"""
        self.work = 0
        self.narrow = 1.0
        """the part of a window in which all sets can be looked for"""
        self._table: _Table | None = None
        self.need = 0
        """people to be reached, those of fixed sites left out"""

    @property
    def reachable(self) -> int:
        """Who can be reached at all, those of fixed sites left out."""
        return int(self.model.weight.sum())

    def ask(self, need: int) -> None:
        """From now on ``need`` people of the group have to be reached, those of fixed sites included."""
        self.need = max(need - self.base, 0)
        self._table = None

    @property
    def settled(self) -> bool:
        """Whether fixed sites alone are enough."""
        return self.need <= 0

    def wake(self, sites: Any) -> None:
        """Let sites (numbers of the part) take part in the relaxation."""
        if not self.awake[sites].all():
            self.awake[sites] = True
            self._table = None

    def sleep(self, awake: BoolArray) -> None:
        """Only these sites take part from now on."""
        self.awake, self._table = awake, None

    def reaches(self, sites: IntArray) -> int:
        """Whom sites (numbers of the part) reach."""
        near = np.zeros(self.rows, bool)
        for j in sites.tolist():
            near[self.row[self.ptr[j] : self.ptr[j + 1]]] = True
        return int(self.model.weight[near].sum())

    def relaxed(self, price: FloatArray, low: BoolArray | None = None, high: BoolArray | None = None) -> Prices | None:
        """The relaxation with these prices, sites in ``low`` open and those not in ``high`` shut; None: impossible."""
        for _ in range(50):
            if self._table is None:
                self._table = _Table(self)
            found = self._table.solve(price, low, high)
            if found is None:
                asleep = ~self.awake if high is None else ~self.awake & high
                if not asleep.any():
                    return None
                self.wake(np.flatnonzero(asleep)[np.argsort(-self.brings[asleep], kind="stable")][: 2 * WAKING])
                continue
            rate, share, lean = found
            value = rate * self.weight * share
            self.work += len(self.row) + self._table.work
            reduced = price - sums(self.ptr, self.row, value)
            wanted = ~self.awake & (reduced < -1e-9)
            if high is not None:
                wanted &= high
            if not wanted.any():
                break
            self.wake(np.flatnonzero(wanted)[np.argsort(reduced[wanted], kind="stable")][:WAKING])
        cost = rate * self.need - float((rate * self.weight - value).sum())
        part = np.minimum(reduced, 0.0)
        if high is not None:
            part = np.where(high, part, 0.0)
        if low is not None:
            part = np.where(low, reduced, part)
        return Prices(cost + float(part.sum()), rate, value, reduced, lean)

    def _cheaper(self, price: Any) -> BoolArray:
        """(pairs,) for which of ``inside`` and ``around`` the other site is better: it covers all, for no more."""
        a, b = self.inside, self.around
        alike = (price[b] == price[a]) & ((self.brings[b] > self.brings[a]) | (b < a))
        return np.asarray((price[b] < price[a]) | alike)

    def able(self, price: Any) -> BoolArray:
        """(sites of the part,) those that no other site is better than."""
        able = np.ones(len(self.site), bool)
        able[self.inside[self._cheaper(price)]] = False
        return able

    def instead(self, price: Any) -> LongArray:
        """(n, 2) each site that is not able, and an able one that is better; both in numbers of the input."""
        better = self._cheaper(price) & self.able(price)[self.around]
        out, first = np.unique(self.inside[better], return_index=True)
        return np.stack([self.site[out], self.site[self.around[better][first]]], axis=1).astype(np.int64)

    def largest_first(self, sites: BoolArray) -> LongArray:
        """Those sites, the ones that reach most first."""
        some = np.flatnonzero(sites)
        return np.asarray(some[np.argsort(-self.brings[some], kind="stable")])

    def known(self, price: FloatArray) -> float:
        """What the cheapest set costs that is known to reach the need."""
        return min((float(price[sites].sum()) for sites in self.enough()), default=np.inf)

    def cheapest(self, price: FloatArray, window: float, most: int) -> tuple[float, Prices] | None:
        """What the need costs, and the relaxation; None where it cannot be reached.

        At most so many sets within ``window`` of the cheapest are kept, or nearer where that takes too long. Where
        even that does, what it costs is only what the cheapest set met costs.
        """
        able = self.able(price)
        prices = self.relaxed(price, None, able)
        if prices is None:
            return None
        free = prices.rate * self.weight - prices.value
        sets, size, cost = np.zeros((WRITTEN, DEEPEST), np.int32), np.zeros(WRITTEN, np.int64), np.zeros(WRITTEN)
        ahead, known, written = 0.05, self.known(price), 0
        window *= self.narrow
        for _ in range(60):
            enough = min(known, max(prices.cost, 0.0) + ahead) if np.isfinite(known) else prices.cost + ahead
            order = self.largest_first(able & (prices.cost + prices.reduced <= enough + window + 1e-9))
            nodes, ended, written, best = cheap_sets(
                self.ptr, self.row, self.weight, prices.value, free, float(self.need), prices.reduced, order, NOBODY,
                price, prices.cost, enough, window, MOST_NODES, MOST_NODES, sets, size, cost,
            )  # fmt: skip
            self.work += nodes * 20
            for s in np.argsort(cost[:written], kind="stable")[:most].tolist():
                if cost[s] <= best + window:
                    self.keep(sets[s, : size[s]])
            if not ended and window > 0.0:
                window = 0.0 if self.narrow < 0.1 else 0.3 * window
                self.narrow *= 0.3
                known = self.known(price)
            elif written or enough >= known or not ended:
                break
            else:
                ahead *= 2.0
        if ended:
            self.narrow = min(1.0, 1.5 * self.narrow)
        return (float(cost[:written].min()) if written else min(known, best)), prices

    def enough(self) -> list[IntArray]:
        """Known sets that reach the need."""
        return [sites for sites, reach in self.sets.values() if reach >= self.need]

    def keep(self, sites: IntArray) -> None:
        """Remember a set, with whom it reaches."""
        sites = np.sort(sites)
        self.sets.setdefault(sites.tobytes(), (sites, self.reaches(sites)))


class _Table:
    """The relaxation on awake sites, as HiGHS reads it."""

    def __init__(self, part: Part) -> None:
        import highspy

        self.part = part
        self.sites = np.flatnonzero(part.awake)
        small, self.group = restrict(part.model, self.sites)
        q, r = len(self.sites), small.rows
        self.q, self.r = q, r
        column = np.repeat(np.arange(q), np.diff(small.col_ptr))
        cover = sp.csr_array((np.full(len(column), -1.0), (small.col_row, column)), shape=(r, q))
        need = max(part.need, 1.0)
        table: Any = sp.vstack(
            [
                sp.hstack([cover, sp.eye_array(r)]),
                sp.hstack([sp.csr_array((1, q)), sp.csr_array(small.weight[None, :] / need)]),
            ],
            format="csr",
        )
        self.work = 4 * int(table.nnz)
        lp = highspy.HighsLp()
        lp.num_col_, lp.num_row_ = q + r, r + 1
        lp.col_cost_, lp.col_lower_, lp.col_upper_ = np.zeros(q + r), np.zeros(q + r), np.ones(q + r)
        lp.row_lower_ = np.append(np.full(r, -highspy.kHighsInf), part.need / need)
        lp.row_upper_ = np.append(np.zeros(r), highspy.kHighsInf)
        lp.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
        lp.a_matrix_.start_, lp.a_matrix_.index_ = table.indptr.astype(np.int32), table.indices.astype(np.int32)
        lp.a_matrix_.value_ = table.data
        self._highs: Any = quiet_highs(parallel="off", presolve="off", solver="simplex")
        self._highs.passModel(lp)
        self._optimal = highspy.HighsModelStatus.kOptimal
        self._every = np.arange(q, dtype=np.int32)
        self._weight, self._unit = small.weight.astype(np.float64), need

    def solve(
        self, price: FloatArray, low: BoolArray | None, high: BoolArray | None
    ) -> tuple[float, FloatArray, FloatArray] | None:
        """Rate, share v of each row of the part, and y of each of its sites; None where nothing is allowed."""
        part, highs = self.part, self._highs
        highs.changeColsCost(self.q, self._every, price[self.sites])
        below = np.zeros(self.q) if low is None else low[self.sites].astype(np.float64)
        above = np.ones(self.q) if high is None else high[self.sites].astype(np.float64)
        highs.changeColsBounds(self.q, self._every, below, above)
        highs.run()
        if highs.getModelStatus() != self._optimal:
            return None
        solution = highs.getSolution()
        dual = np.array(solution.row_dual)
        rate = max(float(dual[self.r]), 0.0) / self._unit
        u = np.maximum(-dual[: self.r], 0.0)
        share = np.minimum(u / np.maximum(rate * self._weight, 1e-300), 1.0)
        lean = np.zeros(len(part.site))
        lean[self.sites] = np.array(solution.col_value)[: self.q]
        return rate, np.where(self.group >= 0, share[self.group], 1.0), lean
