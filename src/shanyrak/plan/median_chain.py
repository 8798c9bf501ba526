"""Chains of shakes along lists of neighbours, and what comes of mixing their choices.

Chains take turns, each begins elsewhere:

- *wide*: from the best choice, among all candidates;
- *fresh*: from where the relaxation leans, with a record of its own;
- *joined*: from the best choice, among the sites of the last chains' choices only (as in tour merging, Cook and
  Seymour 2003), where a shake costs little;
- *part*: in one part of town only, with a site more there, one fewer or as many, and with a record of its own. A
  search of the whole town cannot bear that every part gets dearer for a while; a search of one part can.

Every chain's choice is mixed with the others (``plan.median_parts``), so that what was found in parts adds up, and
a site more here goes with a site fewer there.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from shanyrak.core.units import FloatArray, IntArray, LongArray
from shanyrak.plan.median_lists import Part
from shanyrak.plan.median_local import LocalSearch
from shanyrak.plan.median_parts import Mixer
from shanyrak.plan.median_relax import Relaxation
from shanyrak.plan.median_towns import Towns

if TYPE_CHECKING:
    from shanyrak.plan.median_search import MedianSearch

_TURNS = ("wide", "part", "fresh", "part", "joined", "part")
_TURNS_OF_TOWNS = ("wide", "fresh", *["part"] * 8, "fresh", *["part"] * 8, "joined")
_LENGTH, _LENGTH_A_SITE = 500, 30
"""Shakes of a chain; and for each site of the part that it stays in."""
_SMALL, _LARGE = 8, 100
"""Sites of a part."""
_ANEW = 0.5
"""Of so many chains in one part all sites there are drawn anew, where town falls apart."""
_SLACK, _SLACK_OF_A_SITE = 5e-4, 0.2
"""A choice that one goes on from may be dearer than the best by this share; in a part, of what a site's demand pays."""
_WORK_AT_ONCE = 20_000_000
"""Pairs looked at before the clock is looked at again."""
_ELITE = 6
"""Chains whose choices are joined."""


@dataclass(eq=False)
class _Chain:
    """Shakes one after the other: where they stand, and the best of them."""

    kind: str
    sites: LongArray
    """where it stands"""
    record: int
    best: LongArray
    length: int
    done: int = 0
    slack: float = 0.0
    part: Part | None = None


class Chains:
    """The chains of one p-median, one after the other."""

    def __init__(self, search: MedianSearch, room: int) -> None:
        """``room``: candidates of which the table of all distances may be kept."""
        self.search, self.run, self.room = search, search.run, room
        self.lean: FloatArray | None = None
        """how far the relaxation opens each candidate, as of late"""
        self._chain: _Chain | None = None
        self._begun = 0
        self._elite: list[LongArray] = []
        self._mixer = Mixer(search.columns, self.run.task.weight, self.run.task.picks)

    def divide(self, relaxation: Relaxation) -> None:
        """See where town falls apart, by the prices of the root."""
        bound = relaxation.best
        assert bound is not None
        towns = Towns(self.run.frame.near, bound.price, bound.scale, self.run.task.candidates)
        self._mixer.divide(towns)
        self.run.work += towns.work

    def go_on(self) -> int:
        """Shake for a while, in a new chain where the last one ended; pairs looked at."""
        run = self.run
        if self._chain is None or self._chain.done >= self._chain.length or run.banned[self._chain.sites].any():
            self._next()
        chain = self._chain
        assert chain is not None
        local, known = self.search.lists("wide" if chain.kind == "part" else chain.kind, self._pool_of(chain))
        before = local.work
        order: npt.NDArray[np.integer] = np.zeros(0, np.int64)
        if chain.done == 0 and chain.kind == "fresh":
            order = np.searchsorted(known, run.random.permutation(self._pool_of(chain)))
        elif chain.done == 0 and chain.kind == "part":
            order = self._enter(chain, local, known)
        cost, chosen, stands, rounds = local.shaken(
            np.searchsorted(known, chain.sites),
            run.best if chain.kind in ("wide", "joined") else chain.record,
            _WORK_AT_ONCE, chain.length - chain.done, int(run.random.integers(1 << 31)), order,
            slack=chain.slack if chain.part is not None else _SLACK * run.best, part=chain.part,
        )  # fmt: skip
        run.work += local.work - before
        chain.sites, chain.done = np.sort(known[stands]), chain.done + max(rounds, 1)
        if cost < chain.record:
            chain.record, chain.best = cost, np.sort(known[chosen])
        if len(chosen) == run.task.picks:
            run.take(cost, np.sort(known[chosen]))
        return local.work - before

    def _pool_of(self, chain: _Chain) -> LongArray:
        """Candidates among which a chain searches."""
        run = self.run
        if chain.kind == "joined":
            pool = np.unique(np.concatenate([run.chosen, chain.sites, *self._elite]))
            return np.asarray(pool[~run.banned[pool] | run.task.forced[pool]], np.int64)
        everybody = np.flatnonzero(~run.banned)
        if (chain.kind in ("wide", "part") or self.search.pool is None) and len(everybody) <= self.room:
            pool = everybody
        else:
            pool = run.chosen if self.search.pool is None else self.search.pool
        return np.union1d(np.union1d(pool, chain.sites), run.chosen).astype(np.int64)

    def _next(self) -> None:
        """Mix what the last chain found with the rest, and begin the next one."""
        run, mixer = self.run, self._mixer
        mixer.leave(run.banned)
        last = self._chain
        if last is not None and not run.banned[last.best].any():
            before = mixer.work
            mixer.add(last.best)
            run.work += mixer.work - before
            cheapest = mixer.cheapest.get(run.task.picks)
            if cheapest is not None:
                run.take(cheapest.cost, cheapest.sites.astype(np.int64))
            if len(last.best) == run.task.picks:
                self._elite = [*self._elite, last.best][-_ELITE:]
        self._elite = [sites for sites in self._elite if not run.banned[sites].any()]
        turns = _TURNS if mixer.towns is None else _TURNS_OF_TOWNS
        kind = "wide" if self.lean is None else turns[self._begun % len(turns)]
        sites = run.chosen
        if kind == "fresh":
            sites = self._leaning(int(run.random.integers(-1, 2)) if mixer.parts > 1 else 0)
        elif kind == "part":
            base = mixer.cheapest.get(run.task.picks + (0, 0, -1, 1)[int(run.random.integers(4))])
            sites = sites if base is None else base.sites.astype(np.int64)
        self._chain, self._begun = _Chain(kind, sites, 1 << 62, sites, _LENGTH), self._begun + 1

    def _leaning(self, more: int) -> LongArray:
        """p sites, or some ``more``, drawn by how far the relaxation opens them."""
        run, task = self.run, self.run.task
        assert self.lean is not None
        pool = np.union1d(np.flatnonzero((self.lean > 1e-6) & ~run.banned), run.chosen)
        rank = self.lean[pool] + 0.5 * run.random.random(len(pool))
        rank[task.forced[pool]] = np.inf
        sites = np.union1d(pool[np.argsort(-rank, kind="stable")][: max(task.picks + more, 1)], task.fixed)
        sites = sites[~run.banned[sites] | task.forced[sites]].astype(np.int64)
        return sites if len(sites) else run.chosen

    def _enter(self, chain: _Chain, local: LocalSearch, known: npt.NDArray[np.integer]) -> npt.NDArray[np.integer]:
        """Choose the part of town that a chain stays in, and its sites there; candidates to be tried at first."""
        run, towns = self.run, self._mixer.towns
        first = int(run.random.integers(len(chain.sites)))
        part = None
        if towns is not None and run.random.random() < 0.5:
            part = self._town(chain, int(towns.of_site[chain.sites[first]]), local, known)
        start = np.searchsorted(known, chain.sites)
        if part is None:
            size = min(len(start), int(_SMALL * (_LARGE / _SMALL) ** run.random.random()))
            part = local.part(start, first, size)
        inside = np.zeros(len(local.table), bool)
        inside[start] = True
        may = part.sites * local.movable > 0
        closed, opened = np.flatnonzero(may & ~inside), np.flatnonzero(may[start])
        more = int(run.random.integers(-1, 2))
        order: npt.NDArray[np.integer] = np.zeros(0, np.int64)
        if towns is not None and run.random.random() < _ANEW:  # the next best choice may lie far away
            inner = np.flatnonzero(may)
            drawn = run.random.choice(inner, min(max(len(opened) + more, 1), len(inner)), replace=False)
            start, order = np.concatenate([np.delete(start, opened), drawn]), run.random.permutation(inner)
        elif more > 0 and len(closed):
            start = np.append(start, run.random.choice(closed))
        elif more < 0 and len(opened) > 1:
            start = np.delete(start, run.random.choice(opened))
        count = max(len(opened), 1)
        chain.sites, chain.part = np.sort(known[start]), part
        chain.slack, chain.length = _SLACK_OF_A_SITE * local.paid(start, part) / count, _LENGTH_A_SITE * count
        return order

    def _town(self, chain: _Chain, town: int, local: LocalSearch, known: npt.NDArray[np.integer]) -> Part | None:
        """A whole town, with a good choice of about as many sites there; None where it is small."""
        run, towns = self.run, self._mixer.towns
        assert towns is not None
        home = towns.of_site[chain.sites] == town
        many = int(home.sum())
        if many < _SMALL:
            return None
        about = [k for k in sorted(towns.known[town]) if abs(k - many) <= 2]
        if about:
            sites: IntArray = towns.known[town][about[int(run.random.integers(len(about)))]][1]
            if np.isin(sites, known).all():
                chain.sites = np.sort(np.concatenate([chain.sites[~home], sites.astype(np.int64)]))
        return local.part_of(towns.of_site[known] == town, towns.of_demand == town)
