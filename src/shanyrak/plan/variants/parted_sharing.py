"""How few sites known sets of groups could share, and what to count so that fewer cannot.

    least sum_j y_j   with  one set for each group in parts x_s that add up to 1,   y_j >= the x_s of each group over j

is what prices for these sets can come to at most. Where y counts some sites in parts, a case with fewer of them and
one with more leave that out; which sites those are is seen by solving both (strong branching, Applegate et al. 1995).
"""

from __future__ import annotations

from typing import Any

import numpy as np

from shanyrak.core.units import BoolArray, FloatArray, LongArray
from shanyrak.plan.highs import quiet_highs
from shanyrak.plan.variants.parted import Counted, Parted

LOOKED_AT = 14
"""Sets of sites whose both sides are solved, at most."""
WHOLE = 0.02
"""So near to a whole number a count is whole."""
ENOUGH = 0.3
"""What sites beyond those that may be chosen say of a case: it is over."""


class Sharing:
    """The program above, for what ``parted`` knows in the case it is in."""

    def __init__(self, parted: Parted) -> None:
        import highspy

        self.parted = parted
        self.many = parted.touch.shape[1]
        sets = [(d, one) for d in range(len(parted.parts)) for one in parted.near(d)]
        self.sites = np.unique(np.concatenate([one for _, one in sets]))
        self._highs: Any = quiet_highs(presolve="off", parallel="off")
        self._infinite, self._optimal = highspy.kHighsInf, highspy.HighsModelStatus.kOptimal
        self._load(sets)
        for count in parted.counts:
            self._count(count)
        self.value = self._run()
        x = np.array(self._highs.getSolution().col_value)
        self.y = np.zeros(self.many)
        self.y[self.sites] = x[self._first : self._first + len(self.sites)]

    def _load(self, sets: list[tuple[int, LongArray]]) -> None:
        highs, count = self._highs, len(self.sites)
        self._first = len(sets)
        highs.addVars(self._first + count, np.zeros(self._first + count), np.full(self._first + count, np.inf))
        highs.changeColsCost(count, np.arange(self._first, self._first + count, dtype=np.int32), np.ones(count))
        over: dict[tuple[int, int], list[int]] = {}
        group: dict[int, list[int]] = {}
        for s, (d, one) in enumerate(sets):
            group.setdefault(d, []).append(s)
            for j in np.searchsorted(self.sites, one).tolist():
                over.setdefault((d, j), []).append(s)
        for some in group.values():
            highs.addRow(1.0, self._infinite, len(some), np.array(some, np.int32), np.ones(len(some)))
        for (_, j), some in over.items():
            entries = np.array([self._first + j, *some], np.int32)
            highs.addRow(0.0, self._infinite, len(entries), entries, np.append(1.0, -np.ones(len(some))))

    def _count(self, count: Counted) -> None:
        """Add a row; at least so many may be sites in no set too."""
        highs = self._highs
        into = np.flatnonzero(count.sites[self.sites]) + self._first
        low, high = (count.many, self._infinite) if count.least else (-self._infinite, count.many)
        entries = into.astype(np.int32)
        if count.least:
            highs.addCol(1.0, 0.0, self._infinite, 0, np.zeros(0, np.int32), np.zeros(0))
            entries = np.append(entries, highs.getNumCol() - 1).astype(np.int32)
        highs.addRow(float(low), float(high), len(entries), entries, np.ones(len(entries)))

    def _run(self) -> float:
        self._highs.run()
        if self._highs.getModelStatus() != self._optimal:
            return np.inf
        return float(self._highs.getInfo().objective_function_value)

    def split(self) -> tuple[BoolArray, int, bool] | None:
        """Sites, a number, and whether more of them than that are harder to leave out; None: all counts are whole."""
        if not np.isfinite(self.value):
            return None
        found: dict[bytes, tuple[float, BoolArray]] = {}
        for sites in self._kinds():
            total = float(self.y[sites].sum())
            part = min(total - np.floor(total), np.ceil(total) - total)
            if part > WHOLE:
                found.setdefault(np.packbits(sites).tobytes(), (part, sites))
        likely = sorted(found.values(), key=lambda one: -one[0])[:LOOKED_AT]
        most = self.parted.problem.choice.k + ENOUGH
        best, pick = -1.0, None
        for _, sites in likely:
            at = int(np.floor(self.y[sites].sum()))
            more, fewer = (min(self._with(Counted(sites, *say)), most) for say in ((True, at + 1), (False, at)))
            room = max(most - self.value, 0.0)
            score = max(min(more - self.value, room), 1e-4) * max(min(fewer - self.value, room), 1e-4)
            if score > best:
                best, pick = score, (sites, at, more < fewer)
        return pick

    def _with(self, count: Counted) -> float:
        """What the program comes to with one count more."""
        rows, columns = self._highs.getNumRow(), self._highs.getNumCol()
        self._count(count)
        value = self._run()
        self._highs.deleteRows(1, np.array([rows], np.int32))
        if self._highs.getNumCol() > columns:
            self._highs.deleteCols(1, np.array([columns], np.int32))
        self.parted.work += 100 * rows
        return value

    def _kinds(self) -> list[BoolArray]:
        """Sites that are worth counting: those that the same groups, two groups or one have, and quarters of these."""
        touch, y = self.parted.touch, self.y
        leaned = np.flatnonzero(y > 1e-6)
        kinds: list[BoolArray] = []
        for d in range(len(touch)):
            kinds.append(touch[d])
            for e in range(d):
                both = touch[d] & touch[e]
                if both[leaned].any():
                    kinds += [both, touch[d] | touch[e]]
        for one in np.unique(touch[:, leaned], axis=1).T:
            same = (touch == one[:, None]).all(axis=0)
            kinds.append(same)
        quarters = [self._nearer(kind) for kind in kinds if (y[kind] > WHOLE).sum() > 1]
        return kinds + [quarter for quarter in quarters if quarter is not None]

    def _nearer(self, kind: BoolArray) -> BoolArray | None:
        """Those of a kind that reach more of whom its most used site reaches than of the one least like it."""
        used = np.flatnonzero(kind & (self.y > WHOLE))
        first = int(used[np.argmax(self.y[used])])
        alike = self._alike(first)
        other = int(used[np.argmin(alike[used])])
        if alike[other] >= alike[first]:
            return None
        near: BoolArray = kind & (alike > self._alike(other))
        return near

    def _alike(self, site: int) -> FloatArray:
        """(candidates,) how many cells each has in common with a site."""
        columns = self.parted.problem.cells.columns
        mark = np.zeros(self.parted.problem.cells.count + 1)
        mark[columns.cell[columns.ptr[site] : columns.ptr[site + 1]]] = 1.0
        sums = np.concatenate([[0.0], np.cumsum(mark[columns.cell])])
        return np.asarray(sums[columns.ptr[1:]] - sums[columns.ptr[:-1]])
