"""A p-median under way: the best choice, the bound, and the root, whose relaxation guides searches and fixes sites."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from shanyrak.core.progress import Clock, Progress
from shanyrak.plan.median_bound import MedianBound, scale_for
from shanyrak.plan.median_branch import MedianBranch
from shanyrak.plan.median_proof import dual_of
from shanyrak.plan.median_relax import Frame, Place, Relaxation, excluded
from shanyrak.plan.median_search import MedianSearch
from shanyrak.plan.median_task import PointTask, Stop
from shanyrak.plan.neighbours import Neighbours, neighbours
from shanyrak.plan.proof import Case
from shanyrak.plan.result import StoppedBy

_LONG_LISTS = 30_000_000
"""Pairs in all lists up to which they are long."""


@dataclass(eq=False)
class MedianRun:
    """One solution under way: the best choice, the bound, and when to stop."""

    task: PointTask
    gap: float
    time_limit_s: float
    work_limit: int | None
    seed: int
    clock: Clock
    progress: Progress

    def __post_init__(self) -> None:
        self.started = self.clock()
        self.work = 0
        self.history: list[tuple[float, int | float, int | float]] = []
        self.random = np.random.default_rng(self.seed)
        task = self.task
        n = task.candidates
        self.forced, self.banned = task.forced, task.closed & ~task.forced
        self.best, self.bound = -1, 0
        self.chosen = np.zeros(0, np.int64)
        self.root = Case(by=dual_of(np.zeros(len(task.clients), np.int64), np.zeros(task.sides.groups + 1, np.int64)))
        each = _list_length(n, len(task.clients), task.picks)
        if task.sides.budget >= 0:
            each = n
        weight = task.weight
        if len(weight):
            near = neighbours(task.distances, task.clients, each)
            if n > each:  # nobody's nearest allowed site may lie beyond the list: then lists are too short
                near = near.of(~self.banned)
        else:
            near = Neighbours(
                np.zeros(1, np.int64), np.zeros(0, np.int32), np.zeros(0, np.int32), np.zeros(0, np.int64)
            )
        self.longest = int(near.far.max(initial=0))
        if n > each:
            self.longest = max(self.longest, 1)
        self.frame = Frame(near, weight, task.picks, task.sides, scale_for(weight, 2 * self.longest + 1))
        self.work += near.pairs
        self.searches = MedianSearch(self)

    # when to stop, and what is known

    def seconds_left(self) -> float:
        """Until the time limit."""
        return self.time_limit_s - (self.clock() - self.started)

    def take(self, cost: int, sites: npt.NDArray[np.integer]) -> None:
        """A choice, kept if it is the best."""
        if self.best < 0 or cost < self.best:
            self.best, self.chosen = cost, np.asarray(sites, np.int64)
            self.note()

    def raise_bound(self, bound: int) -> None:
        """A proven bound, kept if it is the highest."""
        if bound > self.bound:
            self.bound = min(bound, self.best) if self.best >= 0 else bound
            self.note()

    def note(self) -> None:
        """Tell how far it is."""
        if self.best < 0:
            return
        unit = self.task.demand_unit * self.task.distances.unit
        cost, least = (self.best, self.bound) if unit == 1 else (self.best / unit, self.bound / unit)
        self.history.append((self.clock() - self.started, cost, least))
        self.progress("choosing sites", self.best, self.bound)

    def stop_if_done(self) -> None:
        """Raise Stop where nothing more is asked for or allowed."""
        if self.bound >= self.best:
            raise Stop("proven")
        if self.best - self.bound <= self.gap * self.best:
            raise Stop("gap")
        if self.work_limit is not None and self.work >= self.work_limit:
            raise Stop("work")
        if self.seconds_left() <= 0:
            raise Stop("time")

    def solve(self) -> StoppedBy:
        """Find sites and a bound; the reason why it ended."""
        if len(self.task.clients) == 0:
            self.best = self.bound = 0
            self.chosen = self.task.fixed.astype(np.int64)
            return "proven"
        try:
            self.searches.begin()
            self.stop_if_done()
            relaxation = self.relax()
            MedianBranch(self).solve(relaxation)
        except Stop as stop:
            return stop.reason
        except KeyboardInterrupt:
            if self.best < 0:
                raise
            return "interrupted"
        return "proven"

    # bound

    def first_place(self) -> Place:
        """Prices between the nearest and the second nearest open site of the best choice."""
        task = self.task
        far = np.sort(task.distances.columns(self.chosen)[:, task.clients], axis=0)[:2].astype(np.float64)
        first, second = far[0], far[min(1, len(far) - 1)]
        price = np.minimum(0.5 * (first + second) + 0.5, self.frame.reach)
        lean = np.zeros(task.candidates)
        lean[self.chosen] = 1.0
        mean = self.best / max(float(task.weight.sum()), 1.0)
        return Place(price, lean, np.zeros(task.sides.groups + 1), 1.0 / max(mean, 1e-9))

    def relax(self) -> Relaxation:
        """The root: rounds of the relaxation, searches guided by it, sites that go or stay for good."""
        place = self.first_place()
        active = np.zeros(self.task.candidates, bool)
        active[self.chosen] = True
        relaxation = Relaxation(self.frame, place, self.forced, self.banned, active)
        self.learn(relaxation, relaxation.begin())
        slow, last, searched = 0, self.bound, -1
        for number in range(1000):
            before = relaxation.work
            relaxation.round()
            self.work += relaxation.work - before
            assert relaxation.best is not None
            self.learn(relaxation, relaxation.best)
            self.stop_if_done()
            if number in (4, 9) or number % 10 == 9:
                self.searches.guided(relaxation, 3)
                searched = number
                self.narrow(relaxation)
                self.stop_if_done()
            if self.searches.along_lists:
                self.searches.shake_share()
            gained = self.bound - last
            last = self.bound
            slow = slow + 1 if gained < 0.004 * (self.best - self.bound) else 0
            if slow >= 8 and number >= 10:
                break
        if searched != number:
            self.searches.guided(relaxation, 8)
        if self.searches.along_lists:
            self.searches.chains.divide(relaxation)
        self.searches.pool = np.flatnonzero((relaxation.place.lean > 1e-6) & ~self.banned)
        self.searches.shake_share()
        self.narrow(relaxation)
        return relaxation

    def learn(self, relaxation: Relaxation, bound: MedianBound) -> None:
        """Keep the root's bound and what proves it."""
        if bound.value > self.bound or self.bound == 0:
            self.root.by = dual_of(bound.price, relaxation.multiplier)
            self.raise_bound(bound.value)

    def narrow(self, relaxation: Relaxation) -> None:
        """Sites that the root's bound excludes, or wants in every better choice, are decided for good."""
        bound = relaxation.best
        assert bound is not None
        out, inside = excluded(bound, self.task.picks, self.forced, self.banned, self.best)
        # reduced costs of banned sites are not computed any more once lists are cut
        if not (out.any() or inside.any()):
            return
        self.root.narrow(np.flatnonzero(out), np.flatnonzero(inside), dual_of(bound.price, relaxation.multiplier))
        self.forced, self.banned = self.forced | inside, self.banned | out
        near = self.frame.near.of(~self.banned)
        self.work += self.frame.near.pairs // 2
        self.frame = Frame(near, self.frame.weight, self.frame.picks, self.frame.sides, self.frame.scale)
        relaxation.frame = self.frame
        relaxation.ban(out, inside)


def _list_length(candidates: int, clients: int, picks: int) -> int:
    """Candidates in the list of each demand point: some twelve open ones among them, fewer where there is no room."""
    each = 12 * candidates // max(picks, 1) + 24
    if clients * min(each, candidates) > _LONG_LISTS:
        each = 4 * candidates // max(picks, 1) + 24
    return min(candidates, each)
