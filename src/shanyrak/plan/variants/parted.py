"""A bound on the worst group's share, from what each group needs by itself.

Give each site a price for each group, together no more than 1. A choice of k sites in which every group reaches the
share t pays, over all groups, at most k; and in each group at least what the cheapest whole sites cost that reach t
there. Where these together cost more than k, no choice reaches t (Lagrangian decomposition: Guignard and Kim 1987,
doi:10.1007/BF02592954). Unlike a relaxation of the whole, each group is counted in whole sites, and its proof by
cases does not multiply with those of the others.

Prices are found by cutting planes: each cheap set of a group bounds what the group costs under other prices, and the
best prices within a box around the best ones yet come next (a trust region on the bundle of sets).

In a case of a proof (``parted_cases``) at least, or at most, so many of some sites are open. That has a toll of its
own, q >= 0: the prices of a site may add up to 1 more q where at most m of its kind are open, and a choice pays m q
more; to 1 less q where at least m are, and it pays m q less.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
import scipy.sparse as sp

from shanyrak.core.units import BoolArray, FloatArray, IntArray, LongArray
from shanyrak.plan.certificate import packed
from shanyrak.plan.highs import quiet_highs
from shanyrak.plan.variants.cases import Case, written
from shanyrak.plan.variants.part import Part
from shanyrak.plan.variants.part_proof import PartProof

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
NEAR, MOST_NEAR = 0.3, 300
"""Sets of a group that cost so much more than the cheapest matter to the next prices, and how many, at most."""


@dataclass(frozen=True, eq=False)
class Counted:
    """That at least (or at most) so many of some sites are open."""

    sites: BoolArray
    """(candidates,)"""
    least: bool
    many: int

    @property
    def sign(self) -> float:
        """Whether its toll makes sites dearer (1) or cheaper (-1)."""
        return -1.0 if self.least else 1.0


@dataclass(frozen=True, eq=False)
class Asked:
    """Prices, and what groups cost at them."""

    price: FloatArray
    """(groups, candidates)"""
    toll: FloatArray
    """of each count"""
    least: FloatArray
    """(groups,) what each costs, and what its relaxation does"""
    relaxed: FloatArray
    excess: float
    """what all groups together cost beyond what a choice pays"""


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
        self.counts: tuple[Counted, ...] = ()
        many = len(self.parts)
        price = self._filled(value[self.group] * self.touch)
        self.best = Asked(price, np.zeros(0), np.zeros(many), np.zeros(many), -np.inf)
        self.root = self.best
        """the best where nothing is counted"""
        self.asked = price
        self.price, self.toll, self.box = price, np.zeros(0), BOX
        """what groups are asked at next"""
        self.share = 0
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
        self.share = share
        self.enter((), replace(self.root, excess=-np.inf))
        for d, part in enumerate(self.parts):
            part.ask(self.need(d, share))

    def enter(self, counts: tuple[Counted, ...], asked: Asked) -> None:
        """Go on in another case, from prices of the case it is part of; counts that are new have no toll yet."""
        more = np.zeros(len(counts) - len(asked.toll))
        self.counts, self.best = counts, replace(asked, toll=np.append(asked.toll, more))
        self.price, self.toll = self.best.price, self.best.toll
        if self.best.excess > -np.inf:
            self.box = max(self.box, 4.0 * NARROWEST)
            self._next()
        else:
            self.box = BOX

    def relearn(self) -> bool:
        """Whether sets are known by now that cost less than groups were thought to; then the next prices heed them."""
        parts = enumerate(self.parts)
        known = np.array([0.0 if part.settled else part.known(self.best.price[d, part.site]) for d, part in parts])
        if (known >= self.best.least - 1e-9).all():
            return False
        least = np.minimum(self.best.least, known)
        excess = float(least.sum()) - self.paid(self.best.toll)
        self.best = replace(self.best, least=least, excess=excess)
        self._next()
        return True

    def limit(self, toll: FloatArray) -> FloatArray:
        """(candidates,) what the prices of each site may add up to."""
        out = np.ones(self.touch.shape[1])
        for count, q in zip(self.counts, toll.tolist(), strict=True):
            out += count.sign * q * count.sites
        return out

    def paid(self, toll: FloatArray) -> float:
        """What a choice pays at most."""
        more = (count.sign * q * count.many for count, q in zip(self.counts, toll.tolist(), strict=True))
        return float(self.problem.choice.k + sum(more))

    def round(self, seconds_left: Callable[[], float]) -> bool:
        """Ask every group at the next prices, and find those after them.

        False where a group cannot reach the share, or time is over.
        """
        least, relaxed = np.zeros(len(self.parts)), np.zeros(len(self.parts))
        self.asked = self.price
        self.work = 0
        for d, part in enumerate(self.parts):
            if part.settled:
                continue
            before = part.work
            answer = part.cheapest(self.price[d, part.site], WINDOW, KEPT) if seconds_left() > 0 else None
            if answer is None:
                return False
            least[d], relaxed[d] = answer[0], answer[1].cost
            self.work += part.work - before
        excess = float(least.sum()) - self.paid(self.toll)
        if excess > self.best.excess:
            self.box = min(1.0, 1.3 * self.box) if self.best.excess > -np.inf else self.box
            self.best = Asked(self.price, self.toll, least, relaxed, excess)
            self.root = self.root if self.counts else self.best
        else:
            self.box = max(NARROWEST, 0.6 * self.box)
        self._next()
        return True

    def together(self, random: np.random.Generator) -> IntArray:
        """Few sites that give every group the share, or nearly as few: a known set for each, sites shared."""
        known = [(d, self.near(d)) for d in range(len(self.parts))]
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

    def near(self, d: int) -> list[LongArray]:
        """Known sets of a group that may matter to prices in the box, numbered as in the input, the cheapest first."""
        part = self.parts[d]
        if part.settled:
            return []
        enough = part.enough()
        asked, best = (
            np.array([float(price[one].sum()) for one in enough])
            for price in (self.asked[d, part.site], self.best.price[d, part.site])
        )
        # what was cheap at the prices that were asked last keeps those from being asked again
        some = np.union1d(np.argsort(best, kind="stable")[:MOST_NEAR], np.argsort(asked, kind="stable")[:KEPT])
        order = some[np.argsort(best[some], kind="stable")]
        return [part.site[enough[s]] for s in order.tolist() if best[s] <= self.best.least[d] + NEAR]

    def _next(self) -> None:
        """The best prices in the box for the sets that are known; sites in none of them keep theirs."""
        sets = [(d, one) for d in range(len(self.parts)) for one in self.near(d)]
        named = np.zeros(self.touch.shape[1], bool)
        for _, one in sets:
            named[one] = True
        counted = np.zeros(len(named), bool)
        for count in self.counts:
            counted |= count.sites
        sites = np.flatnonzero(named & (self.shared | counted) & self.touch.any(axis=0))
        self.price, self.toll = self.best.price, self.best.toll
        if len(sites):
            self._master(sites, sets)

    def _master(self, sites: LongArray, sets: list[tuple[int, LongArray]]) -> None:
        """Most sum of least costs less what is paid, with  least_d <= cost of each set of d,  prices within limits."""
        parts, tolls = len(self.parts), len(self.counts)
        place = np.full(self.touch.shape, -1)
        d_of, j_of = np.nonzero(self.touch[:, sites])
        first = parts + tolls
        place[d_of, sites[j_of]] = first + np.arange(len(d_of))
        center, toll = self.best.price[d_of, sites[j_of]], self.best.toll
        row, col, val, most = [j_of], [first + np.arange(len(d_of))], [np.ones(len(d_of))], [np.ones(len(sites))]
        for c, count in enumerate(self.counts):
            into = np.flatnonzero(count.sites[sites])
            row.append(into)
            col.append(np.full(len(into), parts + c))
            val.append(np.full(len(into), -count.sign))
        for r, (d, one) in enumerate(sets):
            into = place[d, one]
            free = into[into >= 0]
            row.append(np.full(len(free) + 1, len(sites) + r))
            col.append(np.append(free, d))
            val.append(np.append(-np.ones(len(free)), 1.0))
            most.append(np.array([float(self.best.price[d, one[into < 0]].sum())]))
        table = sp.csr_array(
            (np.concatenate(val), (np.concatenate(row), np.concatenate(col))),
            shape=(len(sites) + len(sets), first + len(d_of)),
        )
        known = np.zeros(parts, bool)
        known[[d for d, _ in sets]] = True
        sign = np.array([count.sign * count.many for count in self.counts])
        x = solved(
            table,
            np.concatenate([-np.ones(parts), sign, np.zeros(len(d_of))]),
            np.concatenate([np.zeros(parts), np.maximum(toll - self.box, 0.0), np.maximum(center - self.box, 0.0)]),
            np.concatenate([np.where(known, 1e3, 0.0), toll + self.box, center + self.box]),
            np.concatenate(most),
        )
        self.work += 10 * int(table.nnz)
        if x is None:
            self.box = max(NARROWEST, 0.5 * self.box)
            return
        new = np.maximum(x[parts:first], 0.0)
        limit = self.limit(new)
        if limit.min() < 0.0:  # some sites would be paid for being open: tolls are too high together
            new *= 0.999 / float((1.0 - limit).max())
            limit = self.limit(new)
        price = self.best.price * (limit / np.maximum(self.limit(toll), 1e-9))
        price[d_of, sites[j_of]] = np.maximum(x[first:], 0.0)
        total = price.sum(axis=0)
        price *= np.minimum(limit / np.maximum(total, 1e-12), 1.0)
        left = np.maximum(limit - price.sum(axis=0), 0.0) / np.maximum(self.touch.sum(axis=0), 1)
        self.price, self.toll = price + self.touch * left, new

    def proof(self, seconds_left: Callable[[], float]) -> dict[str, Any] | None:
        """What tells a certificate, that no choice of this case reaches the share; None where nothing came of it."""
        return PartedProof(self).go(seconds_left)


def solved(table: Any, cost: FloatArray, low: FloatArray, high: FloatArray, most: FloatArray) -> FloatArray | None:
    """The x with least cost, low <= x <= high and table x <= most, by HiGHS; None where there is none."""
    import highspy

    lp = highspy.HighsLp()
    lp.num_col_, lp.num_row_ = table.shape[1], table.shape[0]
    lp.col_cost_, lp.col_lower_, lp.col_upper_ = cost, low, high
    lp.row_lower_, lp.row_upper_ = np.full(table.shape[0], -highspy.kHighsInf), most
    lp.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
    lp.a_matrix_.start_, lp.a_matrix_.index_ = table.indptr.astype(np.int32), table.indices.astype(np.int32)
    lp.a_matrix_.value_ = table.data
    highs: Any = quiet_highs(parallel="off")
    highs.passModel(lp)
    highs.run()
    if highs.getModelStatus() != highspy.HighsModelStatus.kOptimal:
        return None
    return np.array(highs.getSolution().col_value)


class PartedProof:
    """The best prices of a ``Parted`` in whole numbers, and for each group that it costs so much."""

    def __init__(self, parted: Parted) -> None:
        self.parted = parted
        toll = parted.best.toll * UNIT
        self.toll = np.array(
            [int(np.floor(q) if count.least else np.ceil(q)) for count, q in zip(parted.counts, toll, strict=True)],
            np.int64,
        )
        self.price = np.floor(parted.best.price * UNIT).astype(np.int64)
        most = np.full(self.price.shape[1], UNIT, np.int64)
        for count, q in zip(parted.counts, self.toll.tolist(), strict=True):
            most += int(count.sign) * q * count.sites
        over = self.price.sum(axis=0) - most
        for j in np.flatnonzero(over > 0).tolist():  # what rounding left above the limit
            for d in np.argsort(-self.price[:, j]).tolist():
                less = min(int(over[j]), int(self.price[d, j]))
                self.price[d, j] -= less
                over[j] -= less
        self.able = bool((over <= 0).all())

    def go(self, seconds_left: Callable[[], float]) -> dict[str, Any] | None:
        """See ``Parted.proof``."""
        parted, groups, total = self.parted, [], 0
        # rounding takes one from each site of a set, and what is above a limit
        goals = np.floor(parted.best.least * UNIT).astype(np.int64) - 64
        if not self.able:
            return None
        paid = parted.problem.choice.k * UNIT
        paid += sum(int(c.sign) * c.many * q for c, q in zip(parted.counts, self.toll.tolist(), strict=True))
        # what is more than enough is left to the group that is hardest to prove
        hardest = int(np.argmax(parted.best.least - parted.best.relaxed))
        positive = parted.best.least > 0
        goals[hardest] -= min(max(int(goals[positive].sum()) - paid - 1, 0), int(goals[hardest]) - 1)
        for d, part in enumerate(parted.parts):
            if parted.best.least[d] <= 0:
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
        if total <= paid:
            return None
        return {"tolls": self.toll.tolist(), "groups": groups}
