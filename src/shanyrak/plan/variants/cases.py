"""A proof by cases over a compact program: which part of the choices which duals bound.

Steps, each of one case:

    {"leaf": d}             duals d bound this case
    {"decided": true}       every site is open or shut here: the value is what the definition says
    {"split": p, "at": a}   this case becomes two: with x_p > a (treated next), and with x_p <= a

Where a column with an owner is in, its owner is in; where a site is shut, all that it owns is out.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any, Protocol

import numpy as np

from shanyrak.core.units import FloatArray, IntArray, LongArray
from shanyrak.plan.variants.linear import Linear, Vertex
from shanyrak.plan.variants.problem import Problem
from shanyrak.plan.variants.program import Program, certify

NOTHING = -(1 << 62)
"""Less than any value: a case without any allowed choice."""
_DIGITS = 20
"""Binary digits of a dual that are kept."""
PROBED = 8
"""Columns that are tried in one case before it is split, at most."""


@dataclass(frozen=True, eq=False)
class Sparse:
    """Numbers of which most are 0: cases are many, and rows may be a million."""

    place: IntArray
    value: Any
    size: int

    @classmethod
    def of(cls, values: Any) -> Sparse:
        """What is not 0 of an array."""
        place = np.flatnonzero(values).astype(np.int32)
        return cls(place, values[place], len(values))

    def full(self) -> Any:
        """The array again."""
        out = np.zeros(self.size, self.value.dtype)
        out[self.place] = self.value
        return out


@dataclass(eq=False)
class Case:
    """One case of the proof: bounded by duals, decided, or split."""

    u: Sparse | None = None
    decided: bool = False
    column: int = -1
    at: int = 0
    above: Case | None = None
    below: Case | None = None


class Relaxer(Protocol):
    """What solves the relaxation of a case: ``Linear``, or ``Cores`` where the program is large."""

    nearly: float
    """How far from a whole number a column may be and pass for one."""

    @property
    def work(self) -> int:
        """Work of the last relaxation: pairs visited, roughly."""
        ...

    def relaxed(
        self, low: LongArray, high: LongArray, seconds_left: Callable[[], float], start: Vertex | None, goal: float
    ) -> Vertex | None:
        """See ``Linear.relaxed``."""
        ...

    def probed(self, low: LongArray, high: LongArray, start: Vertex, goal: float) -> float | None:
        """About what the relaxation with these bounds is worth, after a short look; None: not to be had shortly."""
        ...


def coarse(u: FloatArray) -> LongArray:
    """Duals in whole parts, each with its first digits only: they prove nearly as much and take less room."""
    mantissa, exponent = np.frexp(np.minimum(u, 2.0**60))  # no sum with a larger one would be exact
    return np.asarray(np.rint(np.ldexp(np.rint(np.ldexp(mantissa, _DIGITS)), exponent - _DIGITS))).astype(np.int64)


def written(root: Case) -> tuple[list[dict[str, Any]], list[Sparse]]:
    """The proof as a list, each case before its halves (first the upper one); the duals used."""
    steps: list[dict[str, Any]] = []
    duals: list[Sparse] = []
    number: dict[int, int] = {}
    todo = [root]
    while todo:
        case = todo.pop()
        if case.above is not None and case.below is not None:
            steps.append({"split": case.column, "at": case.at})
            todo += [case.below, case.above]
        elif case.decided:
            steps.append({"decided": True})
        else:
            assert case.u is not None, "a case ends with duals that bound it"
            if id(case.u) not in number:
                number[id(case.u)] = len(duals)
                duals.append(case.u)
            steps.append({"leaf": number[id(case.u)]})
    return steps, duals


@dataclass(order=True)
class _Open:
    order: tuple[int, int]
    bound: int = field(compare=False)
    low: LongArray = field(compare=False)
    high: LongArray = field(compare=False)
    case: Case = field(compare=False)
    step: tuple[int, int, float] | None = field(compare=False, default=None)
    """column and side (0: below, 1: above) by which it came from its parent, and how far the column has to move"""
    start: tuple[Sparse, Sparse] | None = field(compare=False, default=None)
    """x and u of its parent's relaxation"""


class Cases:
    """Branch and bound: the relaxation of each case by HiGHS, its bound from rounded duals.

    ``offer(sites)`` is called with every set of sites that a relaxation suggests and returns the best value.
    """

    def __init__(
        self, problem: Problem, program: Program, scale: int, root: Case, bound: int, offer: Callable[[IntArray], int],
        relaxer: Relaxer | None = None,
    ) -> None:  # fmt: skip
        self.problem, self.program, self.scale, self.offer = problem, program, scale, offer
        self.work = 0
        self.suggested: IntArray | None = None
        """the sites that the last relaxation leans on"""
        self._linear = Linear(program) if relaxer is None else relaxer
        self._pseudo = np.zeros((2, 2, program.columns))
        """fall of the bound for a column moved by one, summed up, and how often it was seen: by side"""
        self._nothing = replace(program, cost=np.zeros_like(program.cost), offset=0, parts=1)
        self._count = 0
        self._left = NOTHING
        self._heap: list[_Open] = []
        small = np.int8 if int(program.high.max(initial=0)) < 100 else np.int64  # each open case has its own
        self._push(bound, program.low.astype(small), program.high.astype(small), root)

    @property
    def bound(self) -> int:
        """No choice has a higher value than this, or than the best that was offered."""
        return max(self._left, self._heap[0].bound if self._heap else NOTHING)

    def _push(
        self, bound: int, low: LongArray, high: LongArray, case: Case, step: tuple[int, int, float] | None = None,
        start: tuple[Sparse, Sparse] | None = None,
    ) -> None:  # fmt: skip
        self._count += 1
        heapq.heappush(self._heap, _Open((-bound, -self._count), bound, low, high, case, step, start))

    def _goal(self, goal: int) -> int:
        """A value in the parts that the program counts in."""
        return goal * self.program.parts - self.program.offset

    def step(self, best: int, goal: int, seconds_left: Callable[[], float]) -> bool:
        """Work on the most promising case; False where there was none, or time was not enough for it.

        A bound of ``goal``, at least ``best``, is as good as any lower one.
        """
        self.suggested = None
        if not self._heap:
            return False
        here = heapq.heappop(self._heap)
        if here.bound <= best:
            self._heap.clear()
            return False
        n = self.program.sites
        if self.problem.decides and (here.low[:n] == here.high[:n]).all():
            sites = np.flatnonzero(here.low[:n]).astype(np.int32)
            here.case.decided = True
            if self.problem.choice.allows(sites):
                self.offer(sites)
            return True
        start = None if here.start is None else Vertex(here.start[0].full(), here.start[1].full(), True)
        vertex = self._linear.relaxed(here.low, here.high, seconds_left, start, float(self._goal(goal)))
        self.work += self._linear.work
        if vertex is None:
            heapq.heappush(self._heap, here)
            return False
        if not vertex.feasible:
            if self._excluded(here, vertex.u, best):
                return True
            self._split(here, Vertex(np.full(self.program.columns, 0.5), vertex.u, False), goal)
            return True
        sites = self.rounded(vertex.x, here.high)
        self.suggested = sites
        self.problem.suggest(sites, vertex.x)
        best = max(best, self.offer(sites))
        before = here.bound
        self._bounded(here, coarse(vertex.u * self.scale))
        self._learn(here, before)
        if here.bound > best:
            self._split(here, vertex, goal)
        return True

    def _bounded(self, here: _Open, u: LongArray) -> None:
        new = certify(self.program, u, self.scale, here.low, here.high)
        if new is not None and (new < here.bound or here.case.u is None):
            here.bound, here.case.u = new, Sparse.of(u)

    def _learn(self, here: _Open, before: int) -> None:
        """What a step cost, for choosing the next ones."""
        if here.step is not None:
            column, side, way = here.step
            self._pseudo[0, side, column] += (before - here.bound) / max(way, 1e-3)
            self._pseudo[1, side, column] += 1.0

    def _excluded(self, here: _Open, ray: FloatArray, best: int) -> bool:
        """Whether a ray proves that this case is empty; then its duals are the old ones and much of the ray."""
        largest = float(np.abs(ray).max(initial=0.0))
        if largest == 0.0:
            return False
        goal = best - 1 if best > NOTHING else -abs(here.bound) - (1 << 22)
        old = here.case.u.full() if here.case.u is not None else np.zeros(len(ray), np.int64)
        for sign in (-1.0, 1.0):
            whole = np.rint(np.maximum(sign * ray / largest, 0.0) * (1 << 12)).astype(np.int64)
            loss = certify(self._nothing, whole, 1, here.low, here.high)
            if loss is not None and loss < 0:
                enough = (here.bound - goal + 1) * self.scale * self.program.parts // -loss + 1
                much = certify(self.program, old + enough * whole, self.scale, here.low, here.high)
                if much is not None and much < here.bound:
                    here.case.u, here.bound = Sparse.of(old + enough * whole), much
                    return True
        return False

    def _split(self, here: _Open, vertex: Vertex, goal: int) -> None:
        x = vertex.x
        pick = self._column(here, vertex, goal)
        if pick < 0:
            self._left = max(self._left, here.bound)  # rounding keeps its duals above its value: the bound says so
            return
        n, part = self.program.sites, float(x[pick] - np.floor(x[pick]))
        at = int(np.floor(x[pick])) if self._linear.nearly < part < 1.0 - self._linear.nearly else int(here.low[pick])
        at = min(max(at, int(here.low[pick])), int(here.high[pick]) - 1)
        case, u = here.case, here.case.u
        case.column, case.at = pick, at
        case.above, case.below = Case(u), Case(u)
        low, high = here.low.copy(), here.high.copy()
        low[pick], high[pick] = at + 1, at
        if self.program.owner[pick] >= 0:  # nothing without its owner
            low[self.program.owner[pick]] = 1
        elif pick < n:
            high[self.program.owner == pick] = 0
        start = (Sparse.of(vertex.x), Sparse.of(vertex.u))
        self._push(here.bound, low, here.high, case.above, (pick, 1, 1.0 - part), start)
        self._push(here.bound, here.low, high, case.below, (pick, 0, part), start)

    def _column(self, here: _Open, vertex: Vertex, goal: int) -> int:
        """The column to split: counts of sites that are not whole, then sites, then others; -1: all are decided."""
        x, n, last = vertex.x, self.program.sites, self.program.columns - self.program.counts
        undecided = self.program.whole & (here.low < here.high)
        away = np.where(undecided, np.abs(x - np.floor(x + 0.5)), -1.0)
        for first, end in ((last, self.program.columns), (0, n), (n, last)):
            broken = first + np.flatnonzero(away[first:end] > self._linear.nearly)
            if len(broken):
                self._probe(here, vertex, goal, broken)
                return int(broken[np.argmax(self._scores(broken, x))])
        open_sites = np.flatnonzero(undecided[:n])
        if len(open_sites):
            return int(open_sites[0])
        return int(np.argmax(undecided)) if undecided.any() else -1

    def _probe(self, here: _Open, vertex: Vertex, goal: int, columns: LongArray) -> None:
        """Have a short look at both sides of the likeliest columns that were never split (strong branching)."""
        new = columns[(self._pseudo[1][:, columns] == 0).any(axis=0)]
        part = vertex.x - np.floor(vertex.x)
        likely = new[np.argsort(-np.minimum(part[new], 1.0 - part[new]), kind="stable")][:PROBED]
        for column in likely.tolist():
            for side in (0, 1):
                low, high = here.low.copy(), here.high.copy()
                if side:
                    low[column] = int(np.floor(vertex.x[column])) + 1
                else:
                    high[column] = int(np.floor(vertex.x[column]))
                found = self._linear.probed(low, high, vertex, float(self._goal(goal)))
                if found is None:
                    return
                self.work += self._linear.work
                way = 1.0 - part[column] if side else part[column]
                fall = here.bound - max((found + self.program.offset) / self.program.parts, goal)
                self._pseudo[0, side, column] += max(fall, 0.0) / max(way, 1e-3)
                self._pseudo[1, side, column] += 1.0

    def _scores(self, columns: LongArray, x: FloatArray) -> FloatArray:
        """How much splitting each is likely to bring, by what it brought before (Benichou et al. 1971)."""
        part = x[columns] - np.floor(x[columns])
        total, times = self._pseudo[0][:, columns], self._pseudo[1][:, columns]
        seen = self._pseudo[1].sum()
        usual = self._pseudo[0].sum() / seen if seen else 1.0
        each = np.where(times > 0, total / np.maximum(times, 1.0), usual)
        least = 1e-3 * max(usual, 1e-9)
        return np.asarray(np.maximum(each[0] * part, least) * np.maximum(each[1] * (1.0 - part), least))

    def rounded(self, x: FloatArray, high: LongArray) -> IntArray:
        """The sites a relaxation leans on most, as many as may be chosen."""
        return most_leaned_on(self.problem, np.where(high[: self.program.sites] > 0, x[: self.program.sites], -1.0))


def most_leaned_on(problem: Problem, lean: FloatArray) -> IntArray:
    """The sites with the most ``lean`` (candidates,) that may be chosen together; below 0: not these."""
    choice = problem.choice
    lean = lean.copy()
    lean[choice.forbidden] = -1.0
    costs = choice.costs if choice.costs is not None else np.zeros(choice.candidates, np.int64)
    taken = np.zeros(choice.candidates, bool)
    taken[choice.fixed] = True
    taken[costs < 0] = True  # existing points stay unless what comes instead is leaned on more
    left = choice.budget - choice.spent(np.flatnonzero(taken).astype(np.int32)) if choice.budget is not None else 0
    picks = choice.most - int(taken.sum())
    staying = [j for j in np.argsort(lean, kind="stable").tolist() if costs[j] < 0]
    for j in np.argsort(-lean, kind="stable").tolist():
        if lean[j] < 0:
            break
        if taken[j] or not choice.goes_with(j, taken):
            continue
        if picks > 0 and costs[j] <= left:
            taken[j], picks, left = True, picks - 1, left - int(costs[j])
        elif staying and lean[staying[0]] < lean[j] and costs[j] - costs[staying[0]] <= left:
            gone = staying.pop(0)
            taken[gone], taken[j], left = False, True, left - int(costs[j] - costs[gone])
        elif picks == 0 and not staying:
            break
    return np.flatnonzero(taken).astype(np.int32)
