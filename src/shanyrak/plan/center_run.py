"""A p-center under way: the radius is closed in from both sides, over few demand points at a time.

A subset of demand points that are hard to reach together decides nearly everything (Chen and Handler 1987;
Contardo, Iori and Kramer 2019): a radius within which no p sites reach the subset is too short for all, and sites
that reach the subset are tried on all; whoever they leave out joins the subset. First the linear relaxation says
which radii are too short, then whole choices decide the rest by halving.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from shanyrak.core.errors import InvalidInput
from shanyrak.core.progress import Clock, Progress
from shanyrak.core.units import IntArray, LongArray
from shanyrak.plan.center_bound import CoverBound
from shanyrak.plan.center_cover import CoverQuestion, OutOfTime, covering_swaps
from shanyrak.plan.center_few import close_in, take_moved
from shanyrak.plan.center_search import RadiusSearch, within
from shanyrak.plan.distances import nearest
from shanyrak.plan.median_proof import dual_of
from shanyrak.plan.median_task import PointTask, Stop
from shanyrak.plan.proof import Case
from shanyrak.plan.result import StoppedBy

_ALL_ROWS = 4_000_000
"""Up to so many pairs all demand points are rows from the beginning."""
_MOST_PAIRS = 150_000_000
"""Up to so many pairs all distances are held at once."""
_PATIENCE_FIRST, _PATIENCE_LATER = 20_000_000, 100_000_000
"""Pairs a search looks at in vain: before the relaxation, and where that leaves something open."""
_LONG_LISTS = 120
"""Places a site serves on average from which on lists are long."""
_NEAR = 32
"""First step down from the best radius: this part of it."""
_FEW = 6
"""Radii left where the longest of them is asked for."""
_MOST_LISTED = 40_000_000
"""Up to so many pairs within the first radius are listed."""
_FIRST_NODES = 120
"""Cases a radius may take at first."""
_PATIENCE = 12
"""Times the rows grow before a relaxation that does not refute a radius is believed."""


@dataclass(eq=False)
class CenterRun:
    """One solution under way."""

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
        task = self.task
        self.forced, self.banned = task.forced, task.closed & ~task.forced
        self.best, self.chosen = -1, np.zeros(0, np.int64)
        self.bound = 0
        self.radius = -1
        """no choice reaches everybody within it"""
        none = np.zeros(len(task.clients), np.int64)
        none[:1] = 1  # within -1 nobody is reached at all
        self.root = Case(by=dual_of(none, np.zeros(task.sides.groups + 1, np.int64)))
        self.rows: list[int] = []
        self.large = False
        """all demand points are rows of a relaxation by steps along lists"""
        self.few = False
        """only few demand points are ever rows"""
        self._all: IntArray | None = None
        self._lists: RadiusSearch | None = None
        self._steps: CoverBound | None = None
        self._away = np.zeros(0, np.int32)
        self._far = np.zeros((0, task.candidates), np.int32)

    def seconds_left(self) -> float:
        """Until the time limit."""
        return self.time_limit_s - (self.clock() - self.started)

    def note(self) -> None:
        """Tell how far it is."""
        if self.best < 0:
            return
        unit = self.task.distances.unit
        far, least = (self.best, self.bound) if unit == 1 else (self.best / unit, self.bound / unit)
        self.history.append((self.clock() - self.started, far, least))
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
            self.best, self.bound = 0, 0
            self.chosen = self.task.fixed.astype(np.int64)
            return "proven"
        try:
            self.begin()
            if self.few:
                close_in(self)
            self.search_radii(_PATIENCE_FIRST)
            self.halve()
            self.decide()
        except Stop as stop:
            return stop.reason
        except OutOfTime:
            return "work" if self.seconds_left() > 0 else "time"
        except KeyboardInterrupt:
            if self.best < 0:
                raise
            return "interrupted"
        return "proven"

    # what is known

    def far_of(self, sites: npt.NDArray[np.integer]) -> IntArray:
        """(clients,) distance to the nearest of some sites."""
        _, far = nearest(self.task.distances, sites)
        self.work += len(sites) * len(far)
        return far[self.task.clients]

    def take(self, sites: npt.NDArray[np.integer]) -> IntArray:
        """Try sites on everybody; how far each is."""
        far = self.far_of(sites)
        longest = int(far.max())
        if self.best < 0 or longest < self.best:
            self.best, self.chosen = longest, np.asarray(sites, np.int64)
            self.bound = min(self.bound, self.best)
            self.note()
        return far

    def too_short(self, radius: int, case: Case) -> None:
        """``radius`` was refuted over the rows: so is every radius up to the next distance among them."""
        allowed = self._far[:, ~self.banned]
        beyond = allowed[allowed > radius]
        following = int(beyond.min()) if beyond.size else self.best
        if following - 1 > self.radius:
            self.radius, self.root = following - 1, case
            self.bound = min(following, self.best)
            self.note()

    def join(self, client: int) -> None:
        """A demand point joins the rows."""
        self.rows.append(client)
        row = int(self.task.clients[client])
        self._far = np.concatenate([self._far, self.task.distances.rows(row, row + 1)])
        self.work += self.task.candidates

    # search

    def begin(self) -> None:
        """Sites far from each other (Gonzalez 1985), each the nearest to the farthest point so far."""
        task = self.task
        chosen = task.fixed.astype(np.int64).tolist()
        if chosen:
            far = self.far_of(np.array(chosen))
        else:
            far = np.full(len(task.clients), 1 << 30, np.int32)
        self.join(0 if not chosen else int(far.argmax()))
        blocked = self.banned | self.forced
        while len(chosen) < task.picks:
            row = self._far[-1]
            order = np.argsort(row, kind="stable")
            order = order[~blocked[order]]
            new = next((s for s in order.tolist() if task.sides.allows(np.array([*self._new(chosen), s]))), None)
            if new is None:
                break
            chosen.append(new)
            blocked[new] = True
            far = np.minimum(far, self.far_of(np.array([new])))
            self.join(int(far.argmax()))
            if far.max() == 0:
                break
        if not chosen:
            raise InvalidInput("no site may be opened", where="budget", mend="Raise the budget")
        self.rows, keep = _first_of_each(self.rows)
        self._far = self._far[keep]
        self.take(np.array(chosen))
        pairs = len(task.clients) * task.candidates
        if pairs <= _ALL_ROWS:
            self.rows = list(range(len(task.clients)))
            self._far = self.all_far()
        if pairs > _ALL_ROWS:
            each = task.candidates / max(task.picks, 1)  # that a site serves
            self.few = each > _LONG_LISTS or self.lists() is None
            self.large = not self.few
        none = np.zeros(len(task.clients), np.int64)
        none[self.rows[0]] = 1  # nobody is nearer to the first row than the nearest site
        self.too_short(-1, Case(by=dual_of(none, np.zeros(task.sides.groups + 1, np.int64))))
        self.stop_if_done()

    def _new(self, chosen: list[int]) -> list[int]:
        fixed = set(self.task.fixed.tolist())
        return [s for s in chosen if s not in fixed]

    def halve(self) -> None:
        """Halve what is left between the longest refuted radius and the best, by the relaxation.

        Where a search was made the best is near the end already: then steps down from it double first.
        """
        low, high = self.bound, self.best
        lists = self.lists()
        down = self.best // _NEAR if lists is not None and not lists.dense else 0
        while True:
            self.stop_if_done()
            low, high = max(low, self.bound), min(high, self.best)
            if low >= high:
                break
            radius = max((low + high) // 2, self.best - down if down else 0)
            if self.try_radius(radius, relaxed=True):
                high, down = min(radius, self.best), 2 * down
            else:
                low, down = max(self.bound, low + 1), 0

    def decide(self) -> None:
        """Prove what is left by halving; where few radii are left the longest is asked for: its "no" ends all.

        Radii that take too many cases are left for later, and then asked for anew with more cases.
        """
        nodes, patience = _FIRST_NODES, _PATIENCE_LATER
        while True:
            self.search_radii(patience)
            undecided = self.best
            while True:
                self.stop_if_done()
                undecided = min(undecided, self.best)
                left = undecided - self.bound
                if left <= 0:
                    break
                radius = undecided - 1 if left <= _FEW else self.bound + left // 2
                if self.try_radius(radius, relaxed=False, most_nodes=nodes) is None:
                    undecided = radius
            nodes, patience = 2 * nodes, patience + patience // 2

    def try_radius(self, radius: int, *, relaxed: bool, most_nodes: int = 0) -> bool | None:
        """Whether p sites reach everybody within a radius; relaxed: False where the relaxation refutes it.

        None where more than ``most_nodes`` cases would be needed.
        """
        tries = 0
        if relaxed and self.large:
            return self.try_steps(radius)
        while True:
            question = self.question(radius)
            y, u, multiplier = question.relaxed(self.forced, question.banned, self.seconds_left())
            if question.refutes(u, multiplier, self.forced, self.banned):
                self.work += question.work
                self.too_short(radius, Case(by=dual_of(question.spread(u), multiplier)))
                return False
            sites = self.rounded(question, y)
            if sites is None and not relaxed:
                try:
                    answer = question.answer(self.seconds_left, most_nodes)
                except OutOfTime:
                    self.work += question.work
                    self.stop_if_done()
                    return None
                if answer.sites is None:
                    self.work += question.work
                    assert answer.case is not None
                    self.too_short(radius, answer.case)
                    return False
                sites = answer.sites
            self.work += question.work
            if sites is not None:
                if self.few:
                    if take_moved(self, sites, radius):
                        return True
                    self.stop_if_done()
                    continue
                far = self.take(sites)
                if far.max() <= radius:
                    return True
                self.stop_if_done()
                self.join_left_out(far, radius)
                continue
            self.stop_if_done()
            tries += 1
            lean = np.zeros(self.task.candidates)
            lean[question.site] = y
            if tries > _PATIENCE or not self.join_least(self.reached(lean, radius), 0.999):
                return True

    def lists(self) -> RadiusSearch | None:
        """Lists up to the best radius, made once; None where they would be long, or where sites depend on others."""
        task = self.task
        pairs = len(task.clients) * task.candidates
        if self._lists is None and not self.few and not task.sides.any and pairs <= _MOST_PAIRS:
            far = self.all_far()
            if np.count_nonzero(far <= self.best) <= _MOST_LISTED:
                self._lists = RadiusSearch(far, ~self.banned, ~self.banned & ~self.forced, self.best)
                self.work += self._lists.work
        return self._lists

    def search_radii(self, patience: int) -> None:
        """Search for shorter radii until so many pairs were looked at in vain: the best comes down quickly."""
        lists = self.lists()
        if lists is None or self.bound >= self.best:
            return
        if lists.dense:
            self.swap_radii()
            return
        before = lists.work
        sites, longest = lists.shorter(self.chosen, self.best - 1, self.bound, patience, self.seed + self.work)
        self.work += lists.work - before
        if longest >= 0:
            self.take(sites)
        self.stop_if_done()

    def swap_radii(self) -> None:
        """Halve what is left by swaps that reach most points: where lists are long, each of them goes far."""
        low, allowed = self.bound, np.flatnonzero(~self.banned)
        if len(self.task.fixed):
            return
        while low + 1 < self.best:
            self.stop_if_done()
            radius = (low + self.best) // 2
            lean = np.isin(allowed, self.chosen).astype(np.float64)
            sites, work = covering_swaps(self.all_far()[:, allowed] <= radius, lean, self.task.picks, self.seed)
            self.work += work
            self.take(allowed[sites])
            if self.best > radius:
                low = radius

    def try_steps(self, radius: int) -> bool:
        """Whether the relaxation leaves a radius open, by steps over everybody."""
        task, lists = self.task, self.lists()
        assert lists is not None
        if self._steps is None:
            keep = ~self.forced[lists.site]
            ptr = np.concatenate([[0], np.cumsum(keep)])[lists.ptr]
            self._steps = CoverBound(ptr, lists.site[keep], task.candidates, task.p)
            self._away = lists.away[keep]
        end = within(self._steps.ptr, self._away, radius)
        fixed = task.distances.columns(task.fixed.astype(np.int64))[:, task.clients]
        before = self._steps.work
        u = self._steps.refuted(end, np.asarray((fixed > radius).all(axis=0)))
        self.work += self._steps.work - before
        if u is None:
            return True
        self._far, self.rows = self.all_far(), list(range(len(task.clients)))
        self.too_short(radius, Case(by=dual_of(u, np.zeros(task.sides.groups + 1, np.int64))))
        return False

    def all_far(self) -> IntArray:
        """(clients, n) all distances."""
        if self._all is None:
            self._all = self.task.distances.rows(0, self.task.distances.shape[0])[self.task.clients]
            self.work += self._all.size
        return self._all

    def rounded(self, question: CoverQuestion, lean: npt.NDArray[np.float64]) -> LongArray | None:
        """Sites from a relaxed choice: rounded only, where searches along lists find better ones."""
        if self._lists is not None and not self._lists.dense:
            return question.rounded(lean, self.forced)
        return question.searched(lean, self.forced, self.seed)

    def question(self, radius: int) -> CoverQuestion:
        """Can p sites reach the rows within a radius?"""
        task = self.task
        rows = np.array(self.rows, np.int32)
        return CoverQuestion(
            self._far <= radius, task.picks, self.forced, self.banned, task.sides, rows, len(task.clients)
        )

    def reached(self, lean: npt.NDArray[np.float64], radius: int) -> npt.NDArray[np.float64]:
        """(clients,) by how much of a site each is reached in a relaxed choice."""
        sites = np.flatnonzero(lean > 1e-9)
        table = self.task.distances.columns(sites)[:, self.task.clients] <= radius
        self.work += table.size
        return np.asarray(lean[sites] @ table)

    def join_least(self, reached: npt.NDArray[np.float64], enough: float) -> bool:
        """Points that are reached least join the rows; False where all are reached enough."""
        least = np.argsort(reached, kind="stable")[:8]
        least = least[reached[least] < enough]
        known = set(self.rows)
        new = [int(i) for i in least if int(i) not in known]
        for client in new:
            self.join(client)
        return bool(new)

    def join_left_out(self, far: IntArray, radius: int) -> None:
        """The farthest points join, each beyond the radius of those that joined before it."""
        far = far.copy()
        known = set(self.rows)
        for _ in range(max(5, self.task.picks // 8)):
            client = int(far.argmax())
            if far[client] <= radius:
                break
            assert client not in known, "a row was left out"
            self.join(client)
            row = int(self.task.clients[client])
            near = self._far[-1]
            site = int(np.where(self.banned, 1 << 30, near).argmin())
            others = self.task.distances.columns(np.array([site]))[0][self.task.clients]
            far = np.where(others <= radius, np.minimum(far, radius), far)
            far[client] = 0
            known.add(client)
            del row


def _first_of_each(rows: list[int]) -> tuple[list[int], LongArray]:
    seen: dict[int, int] = {}
    for at, row in enumerate(rows):
        seen.setdefault(row, at)
    return list(seen), np.array(list(seen.values()), np.int64)
