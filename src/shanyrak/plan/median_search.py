"""Good choices for a p-median: first ones, those the relaxation leans to, and shakes of the best.

Where nothing but their number limits the sites, and lists of neighbours are shorter than the table, searches go
along the lists (``plan.median_local``); else over the whole table (``plan.median_swap``, ``plan.median_shake``).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from shanyrak.core.errors import InvalidInput
from shanyrak.core.units import IntArray, LongArray
from shanyrak.plan.median_local import LocalSearch, shortened
from shanyrak.plan.median_relax import Relaxation
from shanyrak.plan.median_shake import shake
from shanyrak.plan.median_swap import fill_up, swap_search

if TYPE_CHECKING:
    from shanyrak.plan.median_run import MedianRun

_FIRST_FAR = 3_000_000
"""Distances the first search looks at: candidates are drawn where there are more, and the relaxation adds others."""
_WHOLE_TABLE = 16_000_000
"""Distances up to which the table of all of them is kept for searches along lists."""
_SHAKING_FIRST, _SHAKING = 0.3, 0.75
"""Share of all work that goes into shaking the best choice, as long as that helps: while the root is relaxed, after."""
_LONG = 400
"""Candidates in a list on average from which on a shake is dear, and most of the work goes into the bound."""
_CHAIN = 2000
"""Shakes along the lists before the search goes back to the best choice."""
_PATIENCE = 6e9
"""Pairs looked at without finding anything after which shakes get half as much of the work."""
_CHAIN_WORK = 20_000_000
"""Pairs looked at before the clock is looked at again."""
_OPEN_LISTED, _MORE_LISTED = 5, 10
"""Searches look at lists with so many open sites on average, and so many sites more."""
_ELITE = 6
"""Chains whose choices are joined."""


@dataclass(eq=False)
class _Chain:
    """Shakes one after the other: where they stand, and the best of them."""

    kind: str
    sites: LongArray
    record: int
    best: LongArray


class MedianSearch:
    """The searches of one p-median under way."""

    def __init__(self, run: MedianRun) -> None:
        self.run = run
        self.idle, self.shaken = 0.0, 0
        near = run.frame.near
        self._long = near.pairs > _LONG * len(run.task.clients)
        self.along_lists = not run.task.sides.any and near.pairs < len(run.task.clients) * run.task.candidates
        self.pool: LongArray | None = None
        """where the relaxation leans"""
        self._columns: tuple[npt.NDArray[np.integer], IntArray] | None = None
        self._local: dict[str, tuple[LongArray, LocalSearch]] = {}
        self._chain: _Chain | None = None
        self._chained, self._chains = 0, 0
        self._elite: list[tuple[int, LongArray]] = []
        self._lean: npt.NDArray[np.float64] | None = None

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
            local, known = self._lists("search", np.asarray(pool, np.int64))
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

    def _lists(self, purpose: str, pool: LongArray) -> tuple[LocalSearch, LongArray]:
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
        self._lean = lean.copy()
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
        most = _SHAKING_FIRST if self.pool is None or self._long else _SHAKING
        while self.shaken < run.work * most / (1 + self.idle):
            before, work = run.best, run.work
            if self.along_lists:
                self._shake_along_lists()
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

    def _shake_along_lists(self) -> None:
        """Go on with the chain of shakes, or begin the next one.

        Chains take turns: from the best choice among all candidates; from where the relaxation leans, with a record
        of its own; and from the best choice among the sites of the last chains' choices only (as in tour merging,
        Cook and Seymour 2003), where a shake costs little.
        """
        run, task = self.run, self.run.task
        if self._chain is None or self._chained >= _CHAIN or run.banned[self._chain.sites].any():
            self._next_chain()
        chain = self._chain
        assert chain is not None
        if chain.kind == "joined":
            pool = np.unique(np.concatenate([run.chosen, chain.sites, *(sites for _, sites in self._elite)]))
            pool = pool[~run.banned[pool] | task.forced[pool]]
        else:
            everybody = np.flatnonzero(~run.banned)
            room = _WHOLE_TABLE // max(len(task.clients), 1)
            wide = chain.kind == "wide" or self.pool is None
            pool = everybody if wide and len(everybody) <= room else (run.chosen if self.pool is None else self.pool)
            pool = np.union1d(np.union1d(pool, chain.sites), run.chosen)
        local, known = self._lists(chain.kind, pool.astype(np.int64))
        before = local.work
        fresh = chain.kind == "fresh" and self._chained == 0
        order = np.searchsorted(known, run.random.permutation(pool)) if fresh else np.zeros(0, np.int64)
        cost, chosen, stands, rounds = local.shaken(
            np.searchsorted(known, chain.sites), run.best if chain.kind != "fresh" else chain.record, _CHAIN_WORK,
            _CHAIN - self._chained, int(run.random.integers(1 << 31)), order,
        )  # fmt: skip
        run.work += local.work - before
        chain.sites, self._chained = np.sort(known[stands]), self._chained + max(rounds, 1)
        if cost < chain.record:
            chain.record, chain.best = cost, np.sort(known[chosen])
        self.idle += (local.work - before) / _PATIENCE
        run.take(cost, np.sort(known[chosen]))

    def _next_chain(self) -> None:
        """Remember what the last chain found, and begin the next one."""
        run = self.run
        if self._chain is not None:
            self._elite = [*self._elite, (self._chain.record, self._chain.best)][-_ELITE:]
        self._elite = [(cost, sites) for cost, sites in self._elite if not run.banned[sites].any()]
        kinds = ["wide", "fresh", "joined"] if self._lean is not None else ["wide"]
        kind = kinds[self._chains % len(kinds)]
        sites = run.chosen
        if kind == "fresh":
            assert self._lean is not None
            pool = np.union1d(np.flatnonzero((self._lean > 1e-6) & ~run.banned), run.chosen)
            rank = self._lean[pool] + 0.5 * run.random.random(len(pool))
            start = self.allowed(pool[np.argsort(-rank, kind="stable")][: run.task.picks])
            sites = np.sort(start) if len(start) == len(run.chosen) else run.chosen
        self._chain, self._chained, self._chains = _Chain(kind, sites, 1 << 62, sites), 0, self._chains + 1
