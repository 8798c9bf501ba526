"""Search again and again: from choices drawn after the relaxation, and from the best one, shaken.

Where a start lies matters more than how long one searches from it. One of four starts draws k columns with
chances after the relaxed choice (Gumbel's trick: the k highest of log-chance + noise); the others replace a part
of the best choice by such a draw (iterated local search, Lourenco, Martin and Stuetzle 2003). That part is drawn
from everywhere, or is one neighbourhood, which is then chosen anew: chosen columns that share demand, and the
draw from those around.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import numpy.typing as npt

from shanyrak.core.compiled import kernel
from shanyrak.core.units import BoolArray, FloatArray, IntArray, LongArray
from shanyrak.plan.model import Model
from shanyrak.plan.swap import improve, lists_of

ANYONE = 0.02
"""Chance of a column that the relaxation does not lean on, beside 1 of one it leans on wholly."""
FRESH = 4
"""Every so manyth start is drawn without the best choice."""
PART = (0.05, 0.25)
"""What part of the best choice is replaced, from and to."""
NEARBY = 0.5
"""How often that part is a neighbourhood."""
AGAIN, AGAIN_NEARBY, FAR_OFF = 0.1, 0.3, 0.01
"""What the chances of columns are multiplied with: of those just taken out, in both cases, and of those far away."""
STEPS = 10
"""Columns by way of which a neighbourhood that is too small is enlarged."""
PATIENCE = 300
THREADS = 2
"""Searches at once; a constant, since the answer may not depend on the machine."""


@kernel()
def weight_shared(row_ptr: LongArray, row_col: IntArray, weight: LongArray, rows: IntArray, columns: int) -> LongArray:
    """Weight of some rows that each column covers."""
    out = np.zeros(columns, np.int64)
    for i in rows:
        for q in range(row_ptr[i], row_ptr[i + 1]):
            out[row_col[q]] += weight[i]
    return out


class Restarts:
    """Starts one after the other; the same for the same seed."""

    def __init__(self, model: Model, k: int, lean: FloatArray, best: IntArray, covered: int, seed: int) -> None:
        self.model, self.k = model, k
        self.best, self.covered = best.astype(np.int32), covered
        self.work = 0
        self._chance = np.maximum(lean, 0.0) + ANYONE
        self._random = np.random.default_rng([seed, 7919])
        self._lists = lists_of(model)
        self._number = 0
        self._pool = ThreadPoolExecutor(THREADS)

    def _draw(self, chance: FloatArray, count: int) -> npt.NDArray[np.int64]:
        with np.errstate(divide="ignore"):
            key = np.log(chance) + self._random.gumbel(size=len(chance))
        return np.argsort(-key, kind="stable")[:count]

    def _start(self) -> IntArray:
        n = self.model.columns
        if self._number == 0:
            chosen = np.argsort(-self._chance, kind="stable")[: self.k]
        elif self._number % FRESH == 0 or len(self.best) < self.k:
            chosen = self._draw(self._chance, self.k)
        else:
            part = min(max(2, int(self.k * self._random.uniform(*PART))), self.k)
            chance = self._chance.copy()
            if self._random.random() < NEARBY:
                near, gone = self._neighbourhood(part)
                chance = np.where(near, chance, FAR_OFF * chance)
                chance[gone] *= AGAIN_NEARBY
            else:
                gone = self._random.permutation(self.best)[:part]
                chance[self.best] *= AGAIN
            stay = np.setdiff1d(self.best, gone)
            chance[stay] = 0.0
            chosen = np.concatenate([stay, self._draw(chance, part)])
        self._number += 1
        return np.sort(chosen[: min(self.k, n)]).astype(np.int32)

    def _neighbourhood(self, part: int) -> tuple[BoolArray, IntArray]:
        """Columns around one of the best choice, and the ``part`` of the best choice that shares most with them."""
        centre = int(self._random.choice(self.best))
        lists, model = self._lists, self.model
        shared = weight_shared(lists.row_ptr, lists.row_col, model.weight, model.rows_of(centre), model.columns)
        near = shared > 0
        score = shared[self.best].astype(np.float64)
        if np.count_nonzero(score) < part:  # few touch it: go one step further, by way of some of the columns around
            by_way = self._random.permutation(np.flatnonzero(near))[:STEPS]
            rows = np.concatenate([model.rows_of(int(column)) for column in by_way])
            around = weight_shared(lists.row_ptr, lists.row_col, model.weight, rows, model.columns)
            near |= around > 0
            score = score * len(model.weight) + around[self.best]
        order = np.argsort(-(score + self._random.random(len(score))), kind="stable")
        return near, self.best[order[:part]]

    def go(self, is_over: Callable[[], bool]) -> bool:
        """Search from further starts, one for each thread; whether that found a better choice than any before."""
        starts = [(self._start(), int(self._random.integers(1 << 31))) for _ in range(THREADS)]

        def search(start: tuple[IntArray, int]) -> tuple[int, IntArray, int]:
            chosen, seed = start
            return improve(
                self.model, chosen, steps=20_000, patience=PATIENCE, seed=seed, is_over=is_over, lists=self._lists
            )

        found = False
        for covered, chosen, work in self._pool.map(search, starts):
            self.work += work
            if covered > self.covered:
                self.covered, self.best, found = covered, chosen, True
        return found

    def offer(self, chosen: IntArray, covered: int) -> None:
        """A choice that was found elsewhere; of no use where some of its columns are not known here."""
        if covered > self.covered and len(chosen) == self.k:
            self.best, self.covered = chosen.astype(np.int32), covered

    def close(self) -> None:
        """Let the threads go."""
        self._pool.shutdown(wait=False, cancel_futures=True)
