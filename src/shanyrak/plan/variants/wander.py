"""Swaps that go on past the first peak: tabu search over sets of a given size (Glover 1989, doi:10.1287/ijoc.1.3.190).

What a candidate would add is kept up to date from swap to swap. A swap changes it only near the sites that close or
open, so the best of all swaps takes far less than a look at every pair for each site that could close.

Demand counts by groups. Where the worst group counts, the search works on squares of what groups lack to a *goal*
just above the best so far: the least share alone says nothing of swaps that help the second worst.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from shanyrak.core.compiled import kernel
from shanyrak.core.units import FloatArray, IntArray, LongArray
from shanyrak.plan.variants.cells import Cells

MOVES = 60
"""Swaps between two looks at the clock."""
PATIENCE = 600
"""Swaps without a better set after which another start is taken."""
GOALS = (1.03, 1.02, 1.05)
"""Goals beside the best so far, one for each start in turn."""
_TENURE = 8
_SMALL = 1e-6
"""Worth of what is above the goal, beside the squares of what is missing."""
LARGEST = 20_000_000
"""Numbers that say what each candidate adds to each group, at most."""


@kernel(error_model="numpy")
def _moves(
    row_ptr: LongArray, row_col: IntArray, col_ptr: LongArray, col_cell: IntArray, part_ptr: LongArray,
    part_group: IntArray, part: FloatArray, steps: FloatArray, groups: int, counts: Any, factor: float, best: float,
    sites: LongArray, kept: Any, opening: IntArray, banned: LongArray, tenure: LongArray, first: int, top: LongArray,
) -> tuple[float, int, int]:  # fmt: skip
    """As many swaps as ``tenure`` has rows, from ``sites`` on, in place; ``top`` becomes the best set.

    ``steps`` (levels,): what of a cell's parts counts with its first, second ... site. ``factor`` 0: all that is
    reached counts alike; else the least of the groups that count, with goals ``factor`` times the best.
    Returns the best, the swap (from ``first``) at which it was found or -1, and the pairs visited.
    """
    cells, n, levels = row_ptr.shape[0] - 1, col_ptr.shape[0] - 1, steps.shape[0]
    times = np.zeros(cells, np.int64)
    adds = np.zeros((n, groups))
    more = np.zeros((n, groups))
    reached, here = np.zeros(groups), np.empty(groups)
    inside = np.zeros(n, np.bool_)
    work, found = 0, -1
    for s in sites:
        inside[s] = True
        for t in range(col_ptr[s], col_ptr[s + 1]):
            times[col_cell[t]] += 1
    for i in range(cells):
        for q in range(part_ptr[i], part_ptr[i + 1]):
            g = part_group[q]
            for c in range(min(times[i], levels)):
                reached[g] += steps[c] * part[q]
            if times[i] < levels:
                for t in range(row_ptr[i], row_ptr[i + 1]):
                    adds[row_col[t], g] += steps[times[i]] * part[q]
    work += row_ptr[cells]
    if factor != 0.0:
        least = np.inf
        for g in range(groups):
            if counts[g]:
                least = min(least, reached[g])
        best = max(best, least)
    for move in range(tenure.shape[0]):
        now = first + move
        goal = factor * best
        slot, new, score = -1, -1, -np.inf
        for a in range(sites.shape[0]):
            s = sites[a]
            if kept[s] or banned[s] > now:
                continue
            here[:] = reached
            for t in range(col_ptr[s], col_ptr[s + 1]):
                i = col_cell[t]
                c = times[i] - 1
                if c >= levels:
                    continue
                after = steps[c + 1] if c + 1 < levels else 0.0
                change = steps[c] - after
                work += row_ptr[i + 1] - row_ptr[i]
                for q in range(part_ptr[i], part_ptr[i + 1]):
                    g = part_group[q]
                    here[g] -= steps[c] * part[q]
                    if change != 0.0:
                        for r in range(row_ptr[i], row_ptr[i + 1]):
                            more[row_col[r], g] += change * part[q]
            for j in opening:
                if inside[j] or banned[j] > now:
                    continue
                value = 0.0
                for g in range(groups):
                    if not counts[g]:
                        continue
                    r = here[g] + adds[j, g] + more[j, g]
                    if factor == 0.0:
                        value += r
                    else:
                        value += _SMALL * r
                        if r < goal:
                            value -= (goal - r) * (goal - r)
                if value > score:
                    slot, new, score = a, j, value
            for t in range(col_ptr[s], col_ptr[s + 1]):
                i = col_cell[t]
                if times[i] - 1 < levels:
                    for q in range(part_ptr[i], part_ptr[i + 1]):
                        for r in range(row_ptr[i], row_ptr[i + 1]):
                            more[row_col[r], part_group[q]] = 0.0
            work += opening.shape[0]
        if slot < 0:
            continue
        gone = sites[slot]
        for way in range(2):
            s, up = (gone, -1) if way == 0 else (new, 1)
            for t in range(col_ptr[s], col_ptr[s + 1]):
                i = col_cell[t]
                c = min(times[i], times[i] + up)
                was = steps[times[i]] if times[i] < levels else 0.0
                times[i] += up
                will = steps[times[i]] if times[i] < levels else 0.0
                for q in range(part_ptr[i], part_ptr[i + 1]):
                    g = part_group[q]
                    if c < levels:
                        reached[g] += up * steps[c] * part[q]
                    if will != was:
                        for r in range(row_ptr[i], row_ptr[i + 1]):
                            adds[row_col[r], g] += (will - was) * part[q]
        sites[slot] = new
        inside[gone], inside[new] = False, True
        banned[gone], banned[new] = now + 1 + tenure[move, 0], now + 1 + tenure[move, 1]
        total, least = 0.0, np.inf
        for g in range(groups):
            if counts[g]:
                total += reached[g]
                least = min(least, reached[g])
        value = total if factor == 0.0 else least
        if value > best * (1.0 + 1e-12):
            best, found = value, now
            top[:] = sites
    return best, found, work


@dataclass(frozen=True, eq=False)
class Parts:
    """What a model's cells bring: parts by cell, to groups; ``steps`` as in ``_moves``; ``counts`` (groups,) bool."""

    ptr: LongArray
    group: IntArray
    part: FloatArray
    steps: FloatArray
    counts: Any
    worst: bool
    """whether the least of the groups counts, and not their sum"""
    enough: float = np.inf
    """a figure beyond which there is nothing to look for"""


class Wander:
    """One search that goes on from call to call."""

    def __init__(self, cells: Cells, parts: Parts, fixed: IntArray, random: np.random.Generator) -> None:
        self.cells, self.parts, self.random = cells, parts, random
        self.kept = np.zeros(cells.candidates, bool)
        self.kept[fixed] = True
        self.sites: LongArray = np.zeros(0, np.int64)
        self.starts = 0
        self.work = 0
        self.best = 0.0
        self._begin(self.sites)

    @classmethod
    def fits(cls, cells: Cells, parts: Parts) -> bool:
        """Whether what it keeps is of a size to be kept."""
        return cells.candidates * len(parts.counts) <= LARGEST

    def _begin(self, sites: Any) -> None:
        self.sites = np.array(sites, np.int64)
        self.banned = np.zeros(self.cells.candidates, np.int64)
        self.now = self.last = 0

    @property
    def over(self) -> bool:
        """Whether another start is wanted."""
        return not len(self.sites) or self.now - self.last > PATIENCE

    def start(self, sites: IntArray) -> None:
        """Go on from other sites."""
        self._begin(sites)
        self.starts += 1

    def go(self, opening: IntArray) -> IntArray:
        """Some swaps on; the best set of them, or where they led to."""
        cells, parts = self.cells, self.parts
        factor = GOALS[self.starts % len(GOALS)] if parts.worst else 0.0
        tenure = self.random.integers(0, _TENURE, (MOVES, 2))
        tenure[:, 0] += _TENURE
        tenure[:, 1] = 2 + tenure[:, 1] // 3
        top = self.sites.copy()
        columns = cells.columns
        self.best, found, self.work = _moves(
            cells.row_ptr, cells.row_col, columns.ptr, columns.cell, parts.ptr, parts.group, parts.part, parts.steps,
            len(parts.counts), parts.counts, factor, self.best, self.sites, self.kept, opening, self.banned, tenure,
            self.now, top,
        )  # fmt: skip
        self.last = found if found >= 0 else self.last
        self.now += MOVES
        return np.sort(top if found >= 0 else self.sites).astype(np.int32)
