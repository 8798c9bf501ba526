"""Searches from further starts, side by side: on the few likeliest columns, and on all that may matter.

A small set of columns is searched through quickly, and holds the best choice only sometimes; a large one holds
it nearly always, and takes several times as long. Neither is better on all instances, so both get their part
of the work, and what one finds the other goes on from, where it knows the columns.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor

import numpy as np

from shanyrak.core.units import IntArray
from shanyrak.plan.bound import Bound
from shanyrak.plan.model import Model, restrict
from shanyrak.plan.restarts import Restarts

FEW = 300
"""At least so many columns take part, or four times those that are to be chosen."""
BEYOND = 1.3
"""The wide search takes all columns that the relaxation leans on, and so many times as many with the next best."""
WORTH_IT = 1.2
"""It is worth its while where it has so many times the columns of the narrow one."""
WIDE_SHARE = 2
"""Work of the wide search for each piece of work of the narrow one."""


class Seekers:
    """One or two searches that take turns; the same for the same seed.

    Parameters
    ----------
    chosen, covered : columns of the input that are the best choice so far, and what they cover
    """

    def __init__(self, model: Model, bound: Bound, k: int, chosen: IntArray, covered: int, seed: int) -> None:
        self.chosen, self.covered = chosen, covered
        worth = bound.price / max(int(bound.price.max()), 1) + 2.0 * (bound.lean > 1e-6)
        worth[np.isin(model.column, chosen)] = 4.0
        order = np.argsort(-worth, kind="stable")
        few = max(4 * k, FEW)
        many = int(BEYOND * np.count_nonzero(bound.lean > 1e-6))
        self._searches = [_begin(model, bound, np.sort(order[:few]), k, chosen, covered, seed)]
        if min(many, model.columns) > WORTH_IT * few:
            self._searches.append(_begin(model, bound, np.sort(order[:many]), k, chosen, covered, seed + 1))
        self._done = [0] * len(self._searches)
        self._closed = False
        self._pool = ThreadPoolExecutor(1)

    def start(self, wanted: int, is_over: Callable[[], bool]) -> Future[int]:
        """Search for so much work beside whoever asks, who leaves this alone until the work done is known."""
        return self._pool.submit(self.search, wanted, is_over)

    def search(self, wanted: int, is_over: Callable[[], bool]) -> int:
        """Take turns until so much work is done, or there is nothing to swap. Returns the work done."""

        def ends() -> bool:
            return self._closed or is_over()

        done = 0
        while done < wanted and not ends():
            work = self.go(ends)
            done += work
            if not work:
                break
        return done

    def go(self, is_over: Callable[[], bool]) -> int:
        """One more turn; ``chosen`` and ``covered`` are the best of all then. Returns the work done."""
        turn = 1 if len(self._searches) == 2 and self._done[1] < WIDE_SHARE * self._done[0] else 0
        search = self._searches[turn]
        if search.go(is_over) and search.covered > self.covered:
            self.chosen, self.covered = search.model.column[search.best], search.covered
            self._tell()
        work, search.work = search.work, 0
        self._done[turn] += work
        return work

    def offer(self, chosen: IntArray, covered: int) -> None:
        """A choice that was found elsewhere."""
        if covered > self.covered:
            self.chosen, self.covered = chosen, covered
            self._tell()

    def _tell(self) -> None:
        for search in self._searches:
            search.offer(np.flatnonzero(np.isin(search.model.column, self.chosen)).astype(np.int32), self.covered)

    def close(self) -> None:
        """End the search, which takes it some swaps, and let its threads go."""
        self._closed = True
        self._pool.shutdown()
        for search in self._searches:
            search.close()


def _begin(
    model: Model, bound: Bound, columns: IntArray, k: int, chosen: IntArray, covered: int, seed: int
) -> Restarts:
    small = restrict(model, columns)[0]
    best = np.flatnonzero(np.isin(small.column, chosen)).astype(np.int32)
    return Restarts(small, k, bound.lean[columns], best, covered, seed)
