"""The relaxation of a case of a large program: on a few hundred sites, with rows merged, proved over all of it.

Hardly any site is ever leaned on, so steps (``walk.py``) are taken on some *active* sites only. Cells that the same
active sites cover are one there: their columns move together, and of their rows one is kept. The dual of that row is
handed out among the cells by what each is worth, all other sites are priced by it, and those that a better choice
would lean on become active, until they do not matter (column generation). Duals come back for the whole program.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import scipy.sparse as sp

from shanyrak.core.units import BoolArray, FloatArray, IntArray, LongArray
from shanyrak.plan.variants.linear import Vertex
from shanyrak.plan.variants.program import Core, Program, restricted
from shanyrak.plan.variants.walk import Walk

ROUNDS = 8
"""Times that sites become active in one case, at most; the bound holds without the others too."""
LEGS, STEPS = 20, 100
"""Looks at the bound in one walk, at most, and steps between them."""
SLOW = 0.03
"""A walk ends where so many steps close less than this share of what is left to its goal."""
ENOUGH = 0.1
"""More sites are not needed where they would lower the bound by less than this share of what is left to its goal."""
GROWTH = 40
"""Sites that become active at once, at most."""
MOST_PROBED = 300_000
"""Nonzeros of a core up to which a short look is short."""
MOST_ACTIVE = 600
"""Active sites beyond which those that nothing leans on fall asleep."""


class Merged:
    """A core in which cells that are alike are one.

    A row belongs to a cell where all its columns but sites do. Cells are alike where their rows are; then their
    columns move together, and one of each kind of row is kept.
    """

    def __init__(self, core: Core) -> None:
        self.core, program = core, core.program
        table = program.rows
        self._back = sp.csr_array(table.T, dtype=np.float64)
        row_cell, row_key = _rows(program)
        cell, block = program.cell, program.block
        assert cell is not None and block is not None
        of_cell = np.flatnonzero(row_cell >= 0)
        cells = int(cell.max(initial=-1)) + 1
        sums = np.zeros((cells, 2), np.int64)
        for k in range(2):
            np.add.at(sums[:, k], row_cell[of_cell], _stirred(row_key[of_cell, k]))
        _, alike = np.unique(sums, axis=0, return_inverse=True)  # cells that are alike
        alike = alike.ravel()
        self.cell_of_column, self.row, self.cell_of_row = cell, of_cell, row_cell[of_cell]
        key = np.column_stack([alike[self.cell_of_row], row_key[of_cell]])
        _, first, self.which = np.unique(key, axis=0, return_index=True, return_inverse=True)
        self.which = self.which.ravel()
        self.first = of_cell[first]
        self._merge_rows(len(program.rhs))
        kind = np.arange(program.columns)
        own = np.flatnonzero(cell >= 0)
        _, lead, place = np.unique(
            np.column_stack([alike[cell[own]], block[own], program.high[own], program.owner[own]]), axis=0,
            return_index=True, return_inverse=True,
        )  # fmt: skip
        kind[own] = own[lead][place.ravel()]
        self.kinds, self.number = np.unique(kind, return_inverse=True)
        self.own, self.alike = own, alike
        self.program = self._small()

    def _merge_rows(self, rows: int) -> None:
        keep = np.ones(rows, bool)
        keep[self.row] = False
        keep[self.first] = True
        self.keep = np.flatnonzero(keep)

    def _small(self) -> Program:
        program, kinds = self.core.program, self.kinds
        onto = sp.csr_array(
            (np.ones(program.columns, np.int64), (np.arange(program.columns), self.number)),
            shape=(program.columns, len(kinds)),
        )
        cost = np.zeros(len(kinds), np.int64)
        np.add.at(cost, self.number, program.cost)
        return Program(
            program.sites, cost, program.low[kinds], program.high[kinds], program.whole[kinds], program.owner[kinds],
            sp.csr_array(program.rows[self.keep] @ onto), program.rhs[self.keep], self.together(program.typical),
            program.parts, program.offset,
        )  # fmt: skip

    def together(self, u: FloatArray) -> FloatArray:
        """(rows of the core,) to (merged rows,): duals of rows that are alike are added up."""
        out = u.copy()
        out[self.first] = np.bincount(self.which, weights=u[self.row], minlength=len(self.first))
        return out[self.keep]

    def spread(self, u: FloatArray) -> FloatArray:
        """(merged rows,) to (rows of the core,): duals are handed out among cells that are alike, by their worth."""
        program = self.core.program
        out = np.zeros(len(program.rhs))
        out[self.keep] = u
        shared = out[self.first]
        out[self.row] = 0.0
        worth = np.maximum(program.cost - self._back @ out, 0.0)[self.own]
        of = np.bincount(self.cell_of_column[self.own], weights=worth, minlength=len(self.alike))
        total = np.bincount(self.alike, weights=of)[self.alike]
        count = np.bincount(self.alike)[self.alike]
        part = np.where(total > 0, of / np.maximum(total, 1e-300), 1.0 / count)
        out[self.row] = shared[self.which] * part[self.cell_of_row]
        return out


def _rows(program: Program) -> tuple[IntArray, LongArray]:
    """(rows,) the one cell whose columns a row has beside sites, or -1; (rows, 2) alike where what rows say is."""
    table, rows = program.rows, len(program.rhs)
    assert program.cell is not None and program.block is not None
    row = np.repeat(np.arange(rows), np.diff(table.indptr))
    site = table.indices < program.sites
    entry = np.where(site, -1, program.cell[table.indices])
    other = np.flatnonzero(~site)
    lowest, highest = np.full(rows, 1 << 30), np.full(rows, -2)
    np.minimum.at(lowest, row[other], entry[other])
    np.maximum.at(highest, row[other], entry[other])
    cell = np.where(lowest == highest, highest, -1).astype(np.int32)
    random = np.random.default_rng(0)
    key = np.zeros((rows, 2), np.int64)
    for k in range(2):  # a chance hit would only make duals worse: what they prove is computed without it
        by_site = random.integers(1, 1 << 62, program.sites, dtype=np.int64)
        by_block = random.integers(1, 1 << 62, int(program.block.max(initial=0)) + 2, dtype=np.int64)
        of_site = by_site[np.where(site, table.indices, 0)]
        owner = program.owner[table.indices]  # columns of different sites are different
        own = np.where(owner >= 0, by_site[owner] * np.int64(0x2545F4914F6CDD1D), 0)
        code = np.where(site, of_site, by_block[program.block[table.indices]] ^ own)
        np.add.at(key[:, k], row, table.data * code)
        key[:, k] += program.rhs * by_block[-1]
    return cell, key


def _stirred(key: LongArray) -> LongArray:
    """Keys that can be added up without one row making up for another."""
    key = key ^ (key >> 31)
    return key * key * np.int64(0x2545F4914F6CDD1D) + key


class Cores:
    """Relaxations of cases by steps on active sites; ``relaxed`` as in ``Linear``."""

    nearly = 0.01

    def __init__(
        self, program: Program, active: BoolArray, most: int, typical: FloatArray,
        complete: Callable[[FloatArray], FloatArray] = lambda u: u,
    ) -> None:  # fmt: skip
        """``complete`` makes duals better that follow from the others, as in ``Problem``."""
        self.program, self.most, self.typical, self._complete = program, most, typical, complete
        self._owned = np.flatnonzero(program.owner >= 0)
        self.active = active.copy()
        self.work = 0
        self._by_column = sp.csc_array(program.rows)
        self._across = sp.csr_array(program.rows.T, dtype=np.float64)
        self._merged: Merged | None = None
        self._lean = np.zeros(program.sites)
        self._omega = 1.0

    def _load(self) -> Merged:
        if self._merged is None:
            self._merged = Merged(restricted(self.program, self._by_column, self.active))
        return self._merged

    def _own(self, r: FloatArray, low: LongArray, high: LongArray) -> FloatArray:
        """Reduced costs with those of columns that belong to a site added to the site's, and set to 0."""
        if not len(self._owned):
            return r
        mine = r[self._owned]
        part = np.where(low[self._owned] > 0, mine, np.maximum(mine, 0.0)) * high[self._owned]
        n = self.program.sites
        r[:n] += np.bincount(self.program.owner[self._owned], weights=part, minlength=n)
        r[self._owned] = 0.0
        return r

    def relaxed(
        self, low: LongArray, high: LongArray, seconds_left: Callable[[], float], start: Vertex | None, goal: float
    ) -> Vertex | None:
        """What the relaxation with these bounds leans on, and duals for every row that prove ``goal`` or near all."""
        self.work = 0
        n = self.program.sites
        x = start.x if start is not None else np.zeros(self.program.columns)
        u = start.u if start is not None else np.zeros(len(self.program.rhs))
        must = np.flatnonzero(low[:n] > 0)
        if not self.active[must].all():
            self._wake(must)
        best, found = np.inf, u
        for _ in range(ROUNDS):
            walk = self._walk(x, u, low, high, goal, seconds_left)
            merged = self._load()
            u = np.zeros(len(self.program.rhs))
            u[merged.core.rows] = merged.spread(walk.duals())
            x = np.zeros(self.program.columns)
            x[merged.core.columns] = walk.x[merged.number]
            u = self._complete(u)
            r = self._own(np.asarray(self.program.cost - self._across @ u, np.float64), low, high)
            u[0] = self._price_of_one(r[:n] + u[0], low, high)
            r[:n] -= u[0]
            bound = float(u @ self.program.rhs + np.maximum(r * low, r * high).sum())
            if bound < best:
                best, found = bound, u
            near = bound - walk.best <= ENOUGH * max(walk.best - goal, 1e-5 * abs(walk.best))
            if best <= goal or near or seconds_left() <= 0:
                break
            wanted = np.flatnonzero((r[:n] > 0) & (low[:n] < high[:n]) & ~self.active)
            if not len(wanted):
                break
            self._wake(np.concatenate([must, wanted[np.argsort(-r[wanted], kind="stable")][:GROWTH]]))
        self._lean = np.maximum(0.98 * self._lean, x[:n])
        return Vertex(x, found, True)

    def probed(self, low: LongArray, high: LongArray, start: Vertex, goal: float) -> float | None:
        """What a short walk proves of the core as it is."""
        self.work = 0
        merged = self._load()
        if merged.program.nonzeros > MOST_PROBED:
            return None
        return self._walk(start.x, start.u, low, high, goal, lambda: 1.0, legs=2).best

    def _walk(
        self, x: FloatArray, u: FloatArray, low: LongArray, high: LongArray, goal: float,
        seconds_left: Callable[[], float], legs: int = LEGS,
    ) -> Walk:  # fmt: skip
        """Steps on the merged core until they prove the goal, or bring no more."""
        merged = self._load()
        into = merged.core.columns[merged.kinds]
        here = replace(merged.program, low=low[into], high=high[into])
        walk = Walk(here, self.most, merged.together(self.typical[merged.core.rows]))
        walk.begin(np.clip(x[into], here.low, here.high), merged.together(u[merged.core.rows]))
        walk.omega = self._omega
        way = [walk.best]
        for leg in range(legs):
            walk.go(STEPS)
            way.append(walk.best)
            slow = leg >= 3 and way[-4] - walk.best < SLOW * (walk.best - goal)
            if walk.best <= goal or slow or seconds_left() <= 0:
                break
        self.work += walk.work + self.program.nonzeros
        self._omega = walk.omega
        return walk

    def _price_of_one(self, price: FloatArray, low: LongArray, high: LongArray) -> float:
        """The dual of the number of sites that is best for the other duals."""
        n = self.program.sites
        free = price[(low[:n] == 0) & (high[:n] > 0)]
        picks = self.most - int((low[:n] > 0).sum())
        if 0 < picks <= len(free):
            return max(float(np.partition(free, len(free) - picks)[len(free) - picks]), 0.0)
        return 0.0 if picks > 0 else max(float(free.max(initial=0.0)), 0.0)

    def _wake(self, sites: Any) -> None:
        if int(self.active.sum()) + len(sites) > MOST_ACTIVE:
            self.active &= self._lean > 1e-3
        self.active[sites] = True
        self._merged = None
