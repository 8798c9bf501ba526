"""Branch and bound of the p-median: what the root leaves open is divided by sites that are in or out."""

from __future__ import annotations

import heapq
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from shanyrak.core.units import BoolArray, LongArray
from shanyrak.plan.distances import nearest
from shanyrak.plan.median_proof import dual_of, split_dual
from shanyrak.plan.median_relax import Frame, Place, Relaxation, excluded
from shanyrak.plan.median_task import Stop
from shanyrak.plan.proof import Case

if TYPE_CHECKING:
    from shanyrak.plan.median_run import MedianRun


@dataclass(order=True)
class _Open:
    """A case that waits, the most promising first."""

    rank: tuple[int, int]
    case: Case = field(compare=False)
    place: Place = field(compare=False)
    forced: BoolArray = field(compare=False)
    banned: BoolArray = field(compare=False)


class MedianBranch:
    """The cases of one p-median under way."""

    def __init__(self, run: MedianRun) -> None:
        self.run = run
        self.task = run.task
        self.waiting: list[_Open] = []

    def solve(self, root: Relaxation) -> None:
        """Best-first branch and bound; each case is relaxed from where its parent ended."""
        run = self.run
        run.stop_if_done()
        assert root.best is not None
        waiting = self.waiting
        count = 0
        place = root.place
        price, multiplier = root.best.price, root.multiplier
        self.split(waiting, run.root, place, run.forced, run.banned, price, multiplier, count)
        while waiting:
            run.raise_bound(min(waiting[0].rank[0], run.best))
            run.stop_if_done()
            run.searches.shake_share()
            here = heapq.heappop(waiting)
            if here.rank[0] >= run.best:
                break
            count += 1
            try:
                self.open_case(waiting, here, count)
            except Stop:
                heapq.heappush(waiting, here)
                raise
        run.raise_bound(run.best)

    def open_case(self, waiting: list[_Open], here: _Open, count: int) -> None:
        """Relax a case; close it, or split it in two."""
        run, picks = self.run, self.task.picks
        forced, banned = here.forced, here.banned
        if int(forced.sum()) >= picks or not (~forced & ~banned).any():
            self.close(here)
            return
        lean = here.place.lean
        active = (lean > 0) & ~banned
        frame = run.frame
        cut = Frame(frame.near.of(~banned), frame.weight, picks, frame.sides, frame.scale)
        relaxation = Relaxation(cut, here.place.copy(), forced, banned, active)
        relaxation.begin()
        if here.case.by is not None:  # what bounded it so far holds: the steps may end below it
            relaxation.know(*split_dual(here.case.by, len(here.place.price)))
        last, slow = -1, 0
        for _ in range(60):
            relaxation.round()
            assert relaxation.best is not None
            if relaxation.best.value >= run.best:
                break
            gained = relaxation.best.scaled - last if last >= 0 else relaxation.best.scale * run.best
            last = relaxation.best.scaled
            missing = run.best * relaxation.best.scale - relaxation.best.scaled
            slow = slow + 1 if gained < 0.02 * missing else 0
            if slow >= 3 or run.seconds_left() <= 0:
                break
        run.work += relaxation.work
        bound = relaxation.best
        assert bound is not None
        here.case.by = dual_of(bound.price, relaxation.multiplier)
        if bound.value >= run.best:
            return
        if count % 8 == 0 or count <= 4:
            self.node_search(relaxation)
        if bound.value >= run.best:
            return
        out, inside = excluded(bound, picks, forced, banned, run.best)
        if out.any() or inside.any():
            by = dual_of(bound.price, relaxation.multiplier)
            here.case.narrow(np.flatnonzero(out), np.flatnonzero(inside), by)
            forced, banned = forced | inside, banned | out
        self.split(waiting, here.case, relaxation.place, forced, banned, bound.price, relaxation.multiplier, count)

    def node_search(self, relaxation: Relaxation) -> None:
        """One search from where a case leans."""
        run = self.run
        lean = relaxation.place.lean
        pool = np.flatnonzero(lean > 1e-6)
        start = pool[np.argsort(-lean[pool], kind="stable")][: self.task.picks]
        run.searches.search(np.flatnonzero(~run.banned), run.searches.allowed(start))

    def split(
        self, waiting: list[_Open], case: Case, place: Place, forced: BoolArray, banned: BoolArray, price: LongArray,
        multiplier: LongArray, count: int,
    ) -> None:  # fmt: skip
        """Two cases by the site that is most undecided."""
        run = self.run
        free = np.flatnonzero(~forced & ~banned)
        if int(forced.sum()) >= self.task.picks or len(free) == 0:
            here = _Open((run.bound, -count), case, place, forced, banned)
            self.close(here)
            return
        undecided = np.minimum(place.lean[free], 1.0 - place.lean[free])
        pick = int(free[np.argmax(undecided + 1e-6 * place.lean[free])])
        for half, is_in in zip(case.split(pick), (True, False), strict=True):
            f, b = forced.copy(), banned.copy()
            there = place.copy()
            (f if is_in else b)[pick] = True
            there.lean[pick] = 1.0 if is_in else 0.0
            if (
                is_in
                and self.task.sides.any
                and self.task.sides.broken(np.flatnonzero(f & ~self.task.forced)) is not None
            ):
                self.close(_Open((run.bound, 0), half, there, f, b))
                half.by = dual_of(price, multiplier)
                continue
            bound, seen = run.frame.certify(price, multiplier, f, b)
            run.work += seen
            half.by = dual_of(price, multiplier)
            if bound.value < run.best:
                heapq.heappush(waiting, _Open((bound.value, -2 * count - is_in), half, there, f, b))

    def close(self, here: _Open) -> None:
        """A case in which nothing is left to choose."""
        run, task = self.run, self.task
        chosen = np.flatnonzero(here.forced & ~task.forced)
        broken = task.sides.broken(chosen)
        if broken is not None:
            here.case.narrowed.append({"broken": broken})
            return
        full = int(here.forced.sum()) >= task.picks or (~here.forced & ~here.banned).sum() == 0
        assert full, "something is left to choose"
        sites = np.flatnonzero(here.forced)
        none = np.zeros(task.sides.groups + 1, np.int64)
        # with no site at all nobody is served: the prices of the best choice say as much
        _, far = nearest(task.distances, sites if len(sites) else run.chosen)
        away = far[task.clients].astype(np.int64)
        if len(sites):
            run.take(int((away * task.weight).sum()), sites)
        price = np.minimum(away, run.frame.near.reach) * run.frame.scale
        bound, _ = run.frame.certify(price, none, here.forced, here.banned)
        here.case.by = dual_of(price, none)
        assert bound.value >= run.best, "nothing was left to choose"
