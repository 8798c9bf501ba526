"""Good choices for a p-median: first ones, those the relaxation leans to, and shakes of the best.

Where nothing but their number limits the sites, and lists of neighbours are shorter than the table, searches go
along the lists (``plan.median_local``); else over the whole table (``plan.median_swap``, ``plan.median_shake``).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from shanyrak.core.errors import InvalidInput
from shanyrak.core.units import IntArray, LongArray
from shanyrak.plan.median_chain import Chains
from shanyrak.plan.median_lists import shortened
from shanyrak.plan.median_local import LocalSearch
from shanyrak.plan.median_relax import Relaxation
from shanyrak.plan.median_shake import shake
from shanyrak.plan.median_swap import fill_up, swap_search

if TYPE_CHECKING:
    from shanyrak.plan.median_run import MedianRun

_FIRST_FAR = 3_000_000
"""Distances the first search looks at: candidates are drawn where there are more, and the relaxation adds others."""
_WHOLE_TABLE = 16_000_000
"""Distances up to which the table of all of them is kept for searches along lists."""
_SHAKING_FIRST, _SHAKING, _SHAKING_MORE = 0.3, 0.6, 0.3
"""Share of all work that goes into shaking the best choice, as long as that helps: while the root is relaxed; after,
where the bound excludes nearly all candidates; and how much more where it excludes none."""
_LONG = 400
"""Candidates in a list on average from which on a shake is dear, and most of the work goes into the bound."""
_PATIENCE = 6e9
"""Pairs looked at without finding anything after which shakes get half as much of the work."""
_OPEN_LISTED, _MORE_LISTED = 5, 10
"""Searches look at lists with so many open sites on average, and so many sites more."""


class MedianSearch:
    """The searches of one p-median under way."""

    def __init__(self, run: MedianRun) -> None:
        self.run = run
        self.idle, self.shaken = 0.0, 0
        near = run.frame.near
        self._long = near.pairs > _LONG * len(run.task.clients)
        self.along_lists = not run.task.sides.any and near.pairs < len(run.task.clients) * run.task.candidates
        self.pool: LongArray | None = None
        """where the relaxation leans in the end"""
        self._columns: tuple[npt.NDArray[np.integer], IntArray] | None = None
        self._local: dict[str, tuple[LongArray, LocalSearch]] = {}
        self.chains = Chains(self, _WHOLE_TABLE // max(len(run.task.clients), 1))

    def columns(self, sites: LongArray) -> IntArray:
        """(sites, clients) whole distances."""
        task = self.run.task
        if self._columns is not None and len(self._columns[0]) == task.candidates:
            return self._columns[1][sites]
        far = task.distances.columns(sites)
        return np.ascontiguousarray(far[:, task.clients]) if len(task.clients) < far.shape[1] else far

    def begin(self) -> None:
        """A first choice: greedy and swaps, over all candidates or as many as fit."""
        run, task = self.run, self.run.task
        m = len(task.clients)
        pool = np.flatnonzero(~run.banned)
        room = max((_WHOLE_TABLE if self.along_lists else _FIRST_FAR) // max(m, 1), 8 * task.picks)
        if len(pool) > room:
            some = run.random.choice(pool, room, replace=False)
            pool = np.union1d(some, task.fixed)
        self.search(pool, task.fixed.astype(np.int64))
        if run.best < 0:
            raise InvalidInput("no site may be opened", where="budget", mend="Raise the budget or open fixed sites")

    def search(self, pool: npt.NDArray[np.integer], start: npt.NDArray[np.integer]) -> None:
        """Fill ``start`` up within ``pool`` and swap until nothing helps; all are columns of the input."""
        run, task = self.run, self.run.task
        pool = np.union1d(pool, start).astype(np.int64)
        order = run.random.permutation(len(pool)).astype(np.int32)
        if self.along_lists:
            local, known = self.lists("search", np.asarray(pool, np.int64))
            before = local.work
            filled = local.filled(np.searchsorted(known, start), task.picks)
            cost, chosen = local.swapped(filled, np.searchsorted(known, pool[order]))
            run.work += local.work - before
            run.take(cost, np.sort(known[chosen]))
            return
        number = np.searchsorted(pool, start).astype(np.int32)
        far = self._far(pool)
        beyond = int(far.max(initial=0)) + 1
        may = (~run.banned[pool] & ~task.forced[pool]).astype(np.int32)
        sides = task.sides.of_all(pool.astype(np.int32))
        chosen, work = fill_up(far, task.weight, number, task.picks, may, sides, beyond)
        run.work += work
        if len(chosen) == 0:
            return
        cost, chosen, work = swap_search(far, task.weight, chosen, may, sides, order, beyond)
        run.work += work
        run.take(cost, np.sort(pool[chosen]))

    def _far(self, pool: npt.NDArray[np.integer]) -> IntArray:
        """(len(pool), clients) distances, kept from the last time where the pool is the same."""
        if self._columns is None or not np.array_equal(self._columns[0], pool):
            task = self.run.task
            far = task.distances.columns(pool)
            if len(task.clients) < far.shape[1]:
                far = np.ascontiguousarray(far[:, task.clients])
            self._columns = (pool, far)
            self.run.work += far.size
        return self._columns[1]

    def lists(self, purpose: str, pool: LongArray) -> tuple[LocalSearch, LongArray]:
        """The search along lists within a pool, kept from the last time, and the candidates it numbers.

        All candidates where the table of all distances is small enough to be kept, else the pool.
        """
        run, task = self.run, self.run.task
        kept = self._local.get(purpose)
        whole = len(task.clients) * task.candidates <= _WHOLE_TABLE
        known = np.arange(task.candidates) if whole else pool
        if kept is None or not np.array_equal(kept[0], pool):
            inside = np.zeros(task.candidates, bool)
            inside[pool] = True
            near = run.frame.near.of(inside, renumber=not whole)
            near = shortened(near, _OPEN_LISTED * len(pool) // max(task.picks, 1) + _MORE_LISTED)
            movable = (inside & ~run.banned & ~task.forced)[known]
            local = LocalSearch(near, self._far(known), task.weight, movable)
            run.work += run.frame.near.pairs // 4 + local.work
            self._local[purpose] = kept = (pool, local)
        return kept[1], known

    def guided(self, relaxation: Relaxation, draws: int) -> None:
        """Searches that begin where the relaxation leans: the highest, and draws by it."""
        run = self.run
        lean = relaxation.place.lean
        self.chains.lean = lean.copy()
        pool = np.union1d(np.flatnonzero((lean > 1e-6) & ~run.banned), run.chosen)
        for draw in range(draws):
            noise = run.random.random(len(pool)) if draw else 0.0
            rank = lean[pool] + noise * (0.5 if draw else 0.0)
            start = pool[np.argsort(-rank, kind="stable")][: run.task.picks]
            self.search(pool, self.allowed(start))
            run.stop_if_done()

    def allowed(self, start: npt.NDArray[np.integer]) -> LongArray:
        """The fixed sites, then those of ``start`` that may join them, the first first."""
        task = self.run.task
        fixed = set(task.fixed.tolist())
        rest = [s for s in start.tolist() if s not in fixed and not self.run.banned[s]]
        rest = rest[: task.p]
        if task.sides.any:
            kept: list[int] = []
            for site in rest:
                if task.sides.allows(np.array([*kept, site])):
                    kept.append(site)
            rest = kept
        return np.array([*task.fixed.tolist(), *rest], np.int64)

    def shake_share(self) -> None:
        """Shake until it took its share of all work: less and less where it finds nothing."""
        run = self.run
        most = _SHAKING_FIRST
        if self.pool is not None and not self._long:  # the fewer sites are left, the more goes into the cases
            most = _SHAKING + _SHAKING_MORE * float((~run.banned).mean())
        while self.shaken < run.work * most / (1 + self.idle):
            before, work = run.best, run.work
            if self.along_lists:
                self.idle += self.chains.go_on() / _PATIENCE
            else:
                self._shake(20)
            self.shaken += run.work - work
            if run.best < before:
                self.idle = 0.0
            run.stop_if_done()

    def _shake(self, rounds: int) -> None:
        """Search on from the best choice, over the whole table of where the relaxation leans."""
        run, task = self.run, self.run.task
        around = np.flatnonzero(~run.banned) if self.pool is None else self.pool
        pool = np.union1d(around, run.chosen).astype(np.int64)
        far = self._far(pool)
        beyond = int(far.max(initial=0)) + 1
        number = np.searchsorted(pool, run.chosen).astype(np.int32)
        movable = (~run.banned[pool] & ~task.forced[pool]).astype(np.int32)
        sides = task.sides.of_all(pool.astype(np.int32))
        cost, chosen, work = shake(
            far, task.weight, number, run.best, movable, sides, beyond, run.random, rounds,
            lambda: run.seconds_left() <= 0,
        )  # fmt: skip
        run.work += work
        self.idle += rounds / 200
        run.take(cost, np.sort(pool[chosen]))
