"""A p-median under way: start, relaxation with a search guided by it, fixing by reduced costs, branch and bound."""

from __future__ import annotations

import heapq
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from shanyrak.core.errors import InvalidInput
from shanyrak.core.progress import Clock, Progress
from shanyrak.core.units import BoolArray, IntArray, LongArray
from shanyrak.plan.distances import nearest
from shanyrak.plan.median_bound import MedianBound, scale_for
from shanyrak.plan.median_proof import dual_of
from shanyrak.plan.median_relax import Frame, Place, Relaxation, excluded
from shanyrak.plan.median_shake import shake
from shanyrak.plan.median_swap import fill_up, swap_search
from shanyrak.plan.median_task import PointTask
from shanyrak.plan.neighbours import Neighbours, neighbours
from shanyrak.plan.proof import Case
from shanyrak.plan.result import StoppedBy

FIRST_FAR = 3_000_000
"""Distances the first search looks at: candidates are drawn where there are more, and the relaxation adds others."""

_SHAKING = 0.5
"""Share of all work that goes into shaking the best choice, as long as that helps."""


class Stop(Exception):  # not an error: the way out of nested loops
    """The search ends, with its reason."""

    def __init__(self, reason: StoppedBy) -> None:
        self.reason = reason


@dataclass(order=True)
class _Open:
    """A case that waits, the most promising first."""

    rank: tuple[int, int]
    case: Case = field(compare=False)
    place: Place = field(compare=False)
    forced: BoolArray = field(compare=False)
    banned: BoolArray = field(compare=False)


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
        self.shaken, self.idle = 0, 0
        task = self.task
        n = task.candidates
        self.forced, self.banned = task.forced, task.closed & ~task.forced
        self.best, self.bound = -1, 0
        self.chosen = np.zeros(0, np.int64)
        self.root = Case(by=dual_of(np.zeros(len(task.clients), np.int64), np.zeros(task.sides.groups + 1, np.int64)))
        each = min(n, max(60, 4 * n // max(task.picks, 1) + 30))
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
            self.begin()
            self.stop_if_done()
            relaxation = self.relax()
            self.branch(relaxation)
        except Stop as stop:
            return stop.reason
        except KeyboardInterrupt:
            if self.best < 0:
                raise
            return "interrupted"
        return "proven"

    # search

    def begin(self) -> None:
        """A first choice: greedy and swaps, over all candidates or as many as fit."""
        m = len(self.task.clients)
        pool = np.flatnonzero(~self.banned)
        room = max(FIRST_FAR // max(m, 1), 8 * self.task.picks)
        if len(pool) > room:
            some = self.random.choice(pool, room, replace=False)
            pool = np.union1d(some, self.task.fixed)
        self.search(pool, self.task.fixed.astype(np.int64))
        if self.best < 0:
            raise InvalidInput("no site may be opened", where="budget", mend="Raise the budget or open fixed sites")

    def search(self, pool: npt.NDArray[np.integer], start: npt.NDArray[np.integer]) -> None:
        """Fill ``start`` up within ``pool`` and swap until nothing helps; all are columns of the input."""
        task = self.task
        pool = np.union1d(pool, start).astype(np.int64)
        far = self.columns(pool)
        beyond = int(far.max(initial=0)) + 1
        number = np.searchsorted(pool, start).astype(np.int32)
        may = (~self.banned[pool] & ~self.forced_by_user[pool]).astype(np.int32)
        sides = task.sides.of_all(pool.astype(np.int32))
        chosen, work = fill_up(far, task.weight, number, task.picks, may, sides, beyond)
        self.work += work
        if len(chosen) == 0:
            return
        order = self.random.permutation(len(pool)).astype(np.int32)
        cost, chosen, work = swap_search(far, task.weight, chosen, may, sides, order, beyond)
        self.work += work
        self.take(cost, np.sort(pool[chosen]))

    @property
    def forced_by_user(self) -> BoolArray:
        """(n,) the fixed sites."""
        return self.task.forced

    def columns(self, pool: npt.NDArray[np.integer]) -> IntArray:
        """(len(pool), clients) distances, kept from the last time where the pool is the same."""
        kept = getattr(self, "_kept", None)
        if kept is None or not np.array_equal(kept[0], pool):
            far = self.task.distances.columns(pool)
            if len(self.task.clients) < far.shape[1]:
                far = np.ascontiguousarray(far[:, self.task.clients])
            self._kept = kept = (pool, far)
            self.work += far.size
        out: IntArray = kept[1]
        return out

    def guided(self, relaxation: Relaxation, draws: int) -> None:
        """Searches that begin where the relaxation leans: the highest, and draws by it."""
        lean = relaxation.place.lean
        pool = np.flatnonzero((lean > 1e-6) & ~self.banned)
        pool = np.union1d(pool, self.chosen)
        for draw in range(draws):
            noise = self.random.random(len(pool)) if draw else 0.0
            rank = lean[pool] + noise * (0.5 if draw else 0.0)
            start = pool[np.argsort(-rank, kind="stable")][: self.task.picks]
            self.search(pool, self._allowed(start))
            self.stop_if_done()

    def shake(self, pool: npt.NDArray[np.integer], rounds: int) -> None:
        """Search on from the best choice, within ``pool``."""
        task = self.task
        pool = np.union1d(pool, self.chosen).astype(np.int64)
        far = self.columns(pool)
        beyond = int(far.max(initial=0)) + 1
        number = np.searchsorted(pool, self.chosen).astype(np.int32)
        movable = (~self.banned[pool] & ~task.forced[pool]).astype(np.int32)
        sides = task.sides.of_all(pool.astype(np.int32))
        before = self.best
        cost, chosen, work = shake(
            far, task.weight, number, self.best, movable, sides, beyond, self.random, rounds,
            lambda: self.seconds_left() <= 0,
        )  # fmt: skip
        self.work += work
        self.shaken += work
        self.take(cost, np.sort(pool[chosen]))
        self.idle = 0 if self.best < before else self.idle + rounds

    def shake_share(self, pool: npt.NDArray[np.integer]) -> None:
        """Shake until it took its share of all work: less and less where it finds nothing."""
        while self.shaken < self.work * _SHAKING / (1 + self.idle / 200):
            self.shake(pool, 20)
            self.stop_if_done()

    def _allowed(self, start: npt.NDArray[np.integer]) -> LongArray:
        """The fixed sites, then those of ``start`` that may join them, the first first."""
        fixed = set(self.task.fixed.tolist())
        rest = [s for s in start.tolist() if s not in fixed and not self.banned[s]]
        rest = rest[: self.task.p]
        sides = self.task.sides
        if sides.any:
            kept: list[int] = []
            for site in rest:
                if sides.allows(np.array([*kept, site])):
                    kept.append(site)
            rest = kept
        return np.array([*self.task.fixed.tolist(), *rest], np.int64)

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
                self.guided(relaxation, 3)
                searched = number
                self.narrow(relaxation)
                self.stop_if_done()
            gained = self.bound - last
            last = self.bound
            slow = slow + 1 if gained < 0.004 * (self.best - self.bound) else 0
            if slow >= 8 and number >= 10:
                break
        if searched != number:
            self.guided(relaxation, 8)
        self.pool = np.flatnonzero((relaxation.place.lean > 1e-6) & ~self.banned)
        self.shake_share(self.pool)
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

    def branch(self, root: Relaxation) -> None:
        """Best-first branch and bound; each case is relaxed from where its parent ended."""
        self.stop_if_done()
        assert root.best is not None
        waiting: list[_Open] = []
        count = 0
        place = root.place
        price, multiplier = root.best.price, root.multiplier
        self.split(waiting, self.root, place, self.forced, self.banned, price, multiplier, count)
        while waiting:
            self.raise_bound(min(waiting[0].rank[0], self.best))
            self.stop_if_done()
            self.shake_share(self.pool)
            here = heapq.heappop(waiting)
            if here.rank[0] >= self.best:
                break
            count += 1
            try:
                self.open_case(waiting, here, count)
            except Stop:
                heapq.heappush(waiting, here)
                raise
        self.raise_bound(self.best)

    def open_case(self, waiting: list[_Open], here: _Open, count: int) -> None:
        """Relax a case; close it, or split it in two."""
        picks = self.task.picks
        forced, banned = here.forced, here.banned
        if int(forced.sum()) >= picks or not (~forced & ~banned).any():
            self.close(here)
            return
        lean = here.place.lean
        active = (lean > 0) & ~banned
        frame = self.frame
        cut = Frame(frame.near.of(~banned), frame.weight, picks, frame.sides, frame.scale)
        relaxation = Relaxation(cut, here.place.copy(), forced, banned, active)
        relaxation.begin()
        last, slow = -1, 0
        for _ in range(60):
            relaxation.round()
            assert relaxation.best is not None
            if relaxation.best.value >= self.best:
                break
            gained = relaxation.best.scaled - last if last >= 0 else relaxation.best.scale * self.best
            last = relaxation.best.scaled
            missing = self.best * relaxation.best.scale - relaxation.best.scaled
            slow = slow + 1 if gained < 0.02 * missing else 0
            if slow >= 3 or self.seconds_left() <= 0:
                break
        self.work += relaxation.work
        bound = relaxation.best
        assert bound is not None
        here.case.by = dual_of(bound.price, relaxation.multiplier)
        if bound.value >= self.best:
            return
        if count % 8 == 0 or count <= 4:
            self.node_search(relaxation)
        if bound.value >= self.best:
            return
        out, inside = excluded(bound, picks, forced, banned, self.best)
        if out.any() or inside.any():
            by = dual_of(bound.price, relaxation.multiplier)
            here.case.narrow(np.flatnonzero(out), np.flatnonzero(inside), by)
            forced, banned = forced | inside, banned | out
        self.split(waiting, here.case, relaxation.place, forced, banned, bound.price, relaxation.multiplier, count)

    def node_search(self, relaxation: Relaxation) -> None:
        """One search from where a case leans."""
        lean = relaxation.place.lean
        pool = np.flatnonzero(lean > 1e-6)
        start = pool[np.argsort(-lean[pool], kind="stable")][: self.task.picks]
        self.search(np.flatnonzero(~self.banned), self._allowed(start))

    def split(
        self, waiting: list[_Open], case: Case, place: Place, forced: BoolArray, banned: BoolArray, price: LongArray,
        multiplier: LongArray, count: int,
    ) -> None:  # fmt: skip
        """Two cases by the site that is most undecided."""
        free = np.flatnonzero(~forced & ~banned)
        if int(forced.sum()) >= self.task.picks or len(free) == 0:
            here = _Open((self.bound, -count), case, place, forced, banned)
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
                self.close(_Open((self.bound, 0), half, there, f, b))
                half.by = dual_of(price, multiplier)
                continue
            bound, seen = self.frame.certify(price, multiplier, f, b)
            self.work += seen
            half.by = dual_of(price, multiplier)
            if bound.value < self.best:
                heapq.heappush(waiting, _Open((bound.value, -2 * count - is_in), half, there, f, b))

    def close(self, here: _Open) -> None:
        """A case in which nothing is left to choose."""
        task = self.task
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
        _, far = nearest(task.distances, sites if len(sites) else self.chosen)
        away = far[task.clients].astype(np.int64)
        if len(sites):
            self.take(int((away * task.weight).sum()), sites)
        price = np.minimum(away, self.frame.near.reach) * self.frame.scale
        bound, _ = self.frame.certify(price, none, here.forced, here.banned)
        here.case.by = dual_of(price, none)
        assert bound.value >= self.best, "nothing was left to choose"
