"""Models in which an open site is worth something to each cell, and a cell takes the best one, or the best two.

    most  sum over levels l, cells i, sites j of  g_l w_i s_ij x_lij,
          sum_j x_lij <= c_l,   0 <= x_lij <= y_j

with level 1 taking the best site (c = 1) and level 2 the best two (c = 2). Gradual covering is one level with
degrees of cover; the reliable p-median is both levels with the metres that a site saves.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from shanyrak.core.units import FloatArray, IntArray, LongArray
from shanyrak.plan.variants.choice import Choice
from shanyrak.plan.variants.program import Draft, Program
from shanyrak.plan.variants.swaps import Columns, by_column, saved


@dataclass(frozen=True, eq=False)
class Pairs:
    """What each site is worth to each cell: row pointers, sites ascending, whole numbers above 0."""

    row_ptr: LongArray
    site: IntArray
    worth: LongArray
    candidates: int

    @property
    def cells(self) -> int:
        return len(self.row_ptr) - 1

    @cached_property
    def cell(self) -> LongArray:
        return np.repeat(np.arange(self.cells), np.diff(self.row_ptr))

    @cached_property
    def columns(self) -> tuple[Columns, LongArray]:
        """The pairs by candidate, and their worth."""
        columns = by_column(self.row_ptr, self.site, self.candidates)
        return columns, self.worth[columns.pair]

    def best(self, sites: IntArray, levels: int) -> tuple[LongArray, IntArray]:
        """(levels, cells) worth of the best of the sites, the second best ... (0: none), and which they are (-1)."""
        opened = np.zeros(self.candidates, bool)
        opened[sites] = True
        pair = np.flatnonzero(opened[self.site])
        cell = self.cell[pair]
        order = np.lexsort((self.site[pair], -self.worth[pair], cell))
        pair, cell = pair[order], cell[order]
        first = np.searchsorted(cell, np.arange(self.cells))
        worth, site = np.zeros((levels, self.cells), np.int64), np.full((levels, self.cells), -1, np.int32)
        for level in range(levels):
            at = first + level
            there = at < len(cell)
            there[there] = cell[at[there]] == np.flatnonzero(there)
            worth[level, there] = self.worth[pair[at[there]]]
            site[level, there] = self.site[pair[at[there]]]
        return worth, site

    def scores(
        self, sites: IntArray, closing: IntArray, opening: IntArray, weight: LongArray, first: float, second: float
    ) -> FloatArray:
        """See ``swaps.saved``."""
        columns, worth = self.columns
        best, who = self.best(sites, 3)
        scores: FloatArray = saved(
            columns.ptr, columns.cell, worth, best, who, weight.astype(np.float64), first, second, closing, opening
        )
        return scores


def savings_program(
    choice: Choice, pairs: Pairs, weight: LongArray, levels: list[tuple[int, int]], *, offset: int = 0
) -> Program:
    """The program; ``levels`` are (g, c) as at the top of this module."""
    draft = Draft(choice)
    draft.offset = offset
    cell = pairs.cell
    for factor, most in levels:
        if factor == 0:
            continue
        worth = factor * weight[cell] * pairs.worth
        x = draft.columns(worth, len(cell), owner=pairs.site)
        typical = np.zeros(pairs.cells)
        np.maximum.at(typical, cell, worth.astype(np.float64))
        draft.rows(cell, x + np.arange(len(cell)), 1, np.full(pairs.cells, most), typical)
    return draft.done()
