"""A bound on the worst group's share, from what each group needs by itself.

Give each site a price for each group, together no more than 1. A choice of k sites in which every group reaches the
share t pays, over all groups, at most k; and in each group at least what the cheapest whole sites cost that reach t
there. Where these together cost more than k, no choice reaches t (Lagrangian decomposition: Guignard and Kim 1987,
doi:10.1007/BF02592954). Unlike a relaxation of the whole, each group is counted in whole sites, and its proof by
cases does not multiply with those of the others.

Prices are found by cutting planes: each cheap set of a group bounds what the group costs under other prices, and the
best prices within a box around the best ones yet come next (a trust region on the bundle of sets).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np
import scipy.sparse as sp

from shanyrak.core.units import BoolArray, FloatArray, IntArray, LongArray
from shanyrak.plan.certificate import packed
from shanyrak.plan.variants.cases import Case, written
from shanyrak.plan.variants.part import Part, Prices
from shanyrak.plan.variants.part_proof import SCALE, PartProof

if TYPE_CHECKING:
    from shanyrak.plan.variants.groups import Groups

UNIT = 1 << 20
"""Whole parts of one in which prices are written."""
WINDOW = 0.03
"""Sets that cost so much more than the cheapest are kept too."""
KEPT = 40
"""Sets of a group kept from one round, at most."""
BOX, NARROWEST = 0.05, 0.004
SPARE = 0.002
"""What groups together cost beyond what may be paid before a proof is begun: prices are rounded there."""


class Parted:
    """Prices that get better round by round; shares are whole millionths."""

    def __init__(self, problem: Groups, active: BoolArray, value: FloatArray) -> None:
        """``value`` (groups, candidates) is what a relaxation says each site is worth to each group."""
        from shanyrak.plan.variants.groups import SHARE

        self.problem, self.million = problem, SHARE
        weight = sp.csr_array(problem.weight)
        self.group = np.flatnonzero(problem.all > 0)
        self.parts: list[Part] = []
        self.touch = np.zeros((len(self.group), problem.choice.candidates), bool)
        for d, g in enumerate(self.group.tolist()):
            entries = slice(weight.indptr[g], weight.indptr[g + 1])
            order = np.argsort(weight.indices[entries])
            own = weight.indices[entries][order].astype(np.int64)
            part = Part(problem.cells, problem.choice, own, weight.data[entries][order].astype(np.int64))
            part.wake(np.flatnonzero(active[part.site]))
            self.touch[d, part.site] = True
            self.parts.append(part)
        self.shared = self.touch.sum(axis=0) > 1
        self.price = self._filled(value[self.group] * self.touch)
        self.trial, self.total, self.box = self.price, -np.inf, BOX
        self.share, self.least = 0, np.zeros(len(self.parts))
        self.relaxed = np.zeros(len(self.parts))
        self.work = 0

    def _filled(self, value: FloatArray) -> FloatArray:
        """Prices that sum up to 1 for each site: its values and equal parts of what is left, or parts of its values."""
        total = value.sum(axis=0)
        left = np.maximum(1.0 - total, 0.0) / np.maximum(self.touch.sum(axis=0), 1)
        return np.where(self.touch, value / np.maximum(total, 1.0) + left, 0.0)

    def need(self, d: int, share: int) -> int:
        """People that make up a share of a group, rounded up."""
        return -(-share * int(self.problem.all[self.group[d]]) // self.million)

    def aim(self, share: int) -> None:
        """From now on this share is to be refuted."""
        self.share, self.total = share, -np.inf
        self.trial, self.box = self.price, max(self.box, 0.5 * BOX)
        for d, part in enumerate(self.parts):
            part.ask(self.need(d, share))

    @property
    def pay(self) -> int:
        """What a choice pays at most."""
        return self.problem.choice.k

    def round(self, seconds_left: Callable[[], float]) -> bool:
        """Ask every group at the trial prices, and find the next ones.

        False where a group cannot reach the share, or time is over.
        """
        least, relaxed = np.zeros(len(self.parts)), np.zeros(len(self.parts))
        found: list[Prices | None] = []
        self.work = 0
        for d, part in enumerate(self.parts):
            before = part.work
            if part.settled:
                found.append(None)
                continue
            answer = part.cheapest(self.trial[d, part.site], WINDOW, KEPT) if seconds_left() > 0 else None
            if answer is None:
                return False
            least[d], prices = answer
            relaxed[d] = prices.cost
            found.append(prices)
            self.work += part.work - before
        if least.sum() > self.total:
            better = self.total > -np.inf
            self.price, self.total, self.least, self.relaxed = self.trial, float(least.sum()), least, relaxed
            self.box = min(1.0, 1.3 * self.box) if better else self.box
        else:
            self.box = max(NARROWEST, 0.6 * self.box)
        self._next(found)
        return True

    def together(self, random: np.random.Generator) -> IntArray:
        """Few sites that give every group the share, or nearly as few: a known set for each, sites shared."""
        known = [(d, [part.site[one] for one in self._near(d)]) for d, part in enumerate(self.parts)]
        known = [(d, sets) for d, sets in known if sets]
        mine = {d: sets[min(int(random.exponential(3.0)), len(sets) - 1)] for d, sets in known}
        times = np.zeros(self.touch.shape[1], np.int64)
        for one in mine.values():
            times[one] += 1
        for _ in range(4):
            changed = False
            for at in random.permutation(len(known)).tolist():
                d, sets = known[at]
                times[mine[d]] -= 1
                new = [int((times[one] == 0).sum()) for one in sets]  # sets are ordered by what they cost
                best = sets[int(np.argmin(new))]
                changed = changed or not np.array_equal(best, mine[d])
                mine[d] = best
                times[best] += 1
            if not changed:
                break
        return np.union1d(np.flatnonzero(times > 0), self.problem.choice.fixed).astype(np.int32)

    def _next(self, found: list[Prices | None]) -> None:
        """Trial prices: the best in the box for the sets that are known; sites in none of them get what they bring."""
        sets = [(d, part.site[one]) for d, part in enumerate(self.parts) for one in self._near(d)]
        named = np.zeros(self.touch.shape, bool)
        for d, one in sets:
            named[d, one] = True
        sites = np.flatnonzero(self.shared & named.any(axis=0))
        value = np.zeros(self.touch.shape)
        for d, prices in enumerate(found):
            if prices is not None:
                part = self.parts[d]
                value[d, part.site] = np.maximum(self.trial[d, part.site] - prices.reduced, 0.0)
        trial = self._filled(value)
        trial[:, sites] = self.price[:, sites]
        if len(sites):
            self._master(trial, sites, sets)
        self.trial = trial

    def _near(self, d: int) -> list[IntArray]:
        """Known sets of a group that may matter to prices in the box."""
        part = self.parts[d]
        if part.settled:
            return []
        price = self.price[d, part.site]
        enough = part.enough()
        cost = np.array([float(price[one].sum()) for one in enough])
        order = np.argsort(cost, kind="stable")[:400]
        return [enough[s] for s in order.tolist() if cost[s] <= self.least[d] + 0.3]

    def _master(self, trial: FloatArray, sites: LongArray, sets: list[tuple[int, IntArray]]) -> None:
        """Most sum of least costs with  least_d <= cost of each set of d,  prices of a site together at most 1."""
        import highspy

        parts = len(self.parts)
        place = np.full(self.touch.shape, -1)
        d_of, j_of = np.nonzero(self.touch[:, sites])
        place[d_of, sites[j_of]] = parts + np.arange(len(d_of))
        center = self.price[d_of, sites[j_of]]
        row, col, val, most = [j_of], [parts + np.arange(len(d_of))], [np.ones(len(d_of))], [np.ones(len(sites))]
        for r, (d, one) in enumerate(sets):
            into = place[d, one]
            free = into[into >= 0]
            row.append(np.full(len(free) + 1, len(sites) + r))
            col.append(np.append(free, d))
            val.append(np.append(-np.ones(len(free)), 1.0))
            most.append(np.array([float(trial[d, one[into < 0]].sum())]))
        count = parts + len(d_of)
        table = sp.csr_array(
            (np.concatenate(val), (np.concatenate(row), np.concatenate(col))), shape=(len(sites) + len(sets), count)
        )
        lp = highspy.HighsLp()
        lp.num_col_, lp.num_row_ = count, table.shape[0]
        lp.col_cost_ = np.append(-np.ones(parts), np.zeros(len(d_of)))
        lp.col_lower_ = np.append(np.zeros(parts), np.maximum(center - self.box, 0.0))
        known = np.zeros(parts, bool)
        known[[d for d, _ in sets]] = True
        lp.col_upper_ = np.append(np.where(known, 1e3, 0.0), np.minimum(center + self.box, 1.0))
        lp.row_lower_, lp.row_upper_ = np.full(table.shape[0], -highspy.kHighsInf), np.concatenate(most)
        lp.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
        lp.a_matrix_.start_, lp.a_matrix_.index_ = table.indptr.astype(np.int32), table.indices.astype(np.int32)
        lp.a_matrix_.value_ = table.data
        highs: Any = highspy.Highs()  # type: ignore[no-untyped-call]
        highs.setOptionValue("output_flag", False)
        highs.setOptionValue("parallel", "off")
        highs.passModel(lp)
        highs.run()
        self.work += 10 * int(table.nnz)
        if highs.getModelStatus() != highspy.HighsModelStatus.kOptimal:
            self.box = max(NARROWEST, 0.5 * self.box)
            return
        x = np.array(highs.getSolution().col_value)
        trial[d_of, sites[j_of]] = np.maximum(x[parts:], 0.0)
        left = np.maximum(1.0 - trial[:, sites].sum(axis=0), 0.0) / self.touch[:, sites].sum(axis=0)
        trial[:, sites] += self.touch[:, sites] * left

    def proof(self, seconds_left: Callable[[], float]) -> dict[str, Any] | None:
        """The part of a certificate that says that no choice reaches the share; None where it did not come about."""
        return PartedProof(self).go(seconds_left)


class PartedProof:
    """The best prices of a ``Parted`` in whole numbers, and for each group that it costs so much."""

    def __init__(self, parted: Parted) -> None:
        self.parted = parted
        self.price = np.floor(parted.price * UNIT).astype(np.int64)

    def go(self, seconds_left: Callable[[], float]) -> dict[str, Any] | None:
        """See ``Parted.proof``."""
        parted, groups, total = self.parted, [], 0
        goals = np.floor(parted.least * UNIT).astype(np.int64) - 64  # rounding takes one from each site of a set
        for d, part in enumerate(parted.parts):
            if parted.least[d] <= 0:
                continue
            price = self.price[d]
            awake = part.awake.copy()
            proof = PartProof(part, price[part.site], UNIT)
            root: Case | None = proof.go(int(goals[d]), seconds_left)
            part.sleep(awake)
            if root is None:
                return None
            total += int(goals[d])
            steps, duals = written(root)
            groups.append(
                {
                    "group": int(parted.group[d]),
                    "price": packed(price, "<i4"),
                    "costs": int(goals[d]),
                    "instead": part.instead(price[part.site]).tolist(),
                    "duals": [packed(u.full(), "<i8") for u in duals],
                    "proof": steps,
                }
            )
        if total <= parted.pay * UNIT:
            return None
        return {"share": parted.share, "unit": UNIT, "scale": SCALE, "groups": groups}
