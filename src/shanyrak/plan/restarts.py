"""Search again and again: from choices drawn after the relaxation, and from the best one, shaken.

Where a start lies matters more than how long one searches from it: half of the starts draw k columns with
chances after the relaxed choice (Gumbel's trick: the k highest of log-chance + noise), the others replace a part
of the best choice by such a draw (iterated local search, Lourenco, Martin and Stuetzle 2003).
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import numpy.typing as npt

from shanyrak.core.units import FloatArray, IntArray
from shanyrak.plan.model import Model
from shanyrak.plan.swap import improve, lists_of

ANYONE = 0.02
"""Chance of a column that the relaxation does not lean on, beside 1 of one it leans on wholly."""
PATIENCE = 300
THREADS = 2
"""Searches at once; a constant, since the answer may not depend on the machine."""


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
        elif self._number % 2 == 0 or len(self.best) < self.k:
            chosen = self._draw(self._chance, self.k)
        else:
            part = max(1, int(self.k * self._random.uniform(0.1, 0.4)))
            stay = self._random.permutation(self.best)[part:]
            chance = self._chance.copy()
            chance[self.best] *= 0.1
            chance[stay] = 0.0
            chosen = np.concatenate([stay, self._draw(chance, part)])
        self._number += 1
        return np.sort(chosen[: min(self.k, n)]).astype(np.int32)

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

    def close(self) -> None:
        """Let the threads go."""
        self._pool.shutdown(wait=False, cancel_futures=True)
