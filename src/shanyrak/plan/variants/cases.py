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
from typing import Any

import numpy as np

from shanyrak.core.units import FloatArray, IntArray, LongArray
from shanyrak.plan.variants.linear import Linear
from shanyrak.plan.variants.problem import Problem
from shanyrak.plan.variants.program import Program, certify

NOTHING = -(1 << 62)
"""Less than any value: a case without any allowed choice."""
_WHOLE = 1e-6


@dataclass(eq=False)
class Case:
    """One case of the proof: bounded by duals, decided, or split."""

    u: LongArray | None = None
    decided: bool = False
    column: int = -1
    at: int = 0
    above: Case | None = None
    below: Case | None = None


def written(root: Case) -> tuple[list[dict[str, Any]], list[LongArray]]:
    """The proof as a list, each case before its halves (first the upper one); the duals used."""
    steps: list[dict[str, Any]] = []
    duals: list[LongArray] = []
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


class Cases:
    """Branch and bound: the relaxation of each case by HiGHS, its bound from rounded duals.

    ``offer(sites)`` is called with every set of sites that a relaxation suggests and returns the best value.
    """

    def __init__(
        self, problem: Problem, program: Program, scale: int, root: Case, bound: int, offer: Callable[[IntArray], int]
    ) -> None:
        self.problem, self.program, self.scale, self.offer = problem, program, scale, offer
        self.work = 0
        self._linear = Linear(program)
        self._nothing = replace(program, cost=np.zeros_like(program.cost), offset=0, parts=1)
        self._count = 0
        self._left = NOTHING
        self._heap: list[_Open] = []
        self._push(bound, program.low, program.high, root)

    @property
    def bound(self) -> int:
        """No choice has a higher value than this, or than the best that was offered."""
        return max(self._left, self._heap[0].bound if self._heap else NOTHING)

    def _push(self, bound: int, low: LongArray, high: LongArray, case: Case) -> None:
        self._count += 1
        heapq.heappush(self._heap, _Open((-bound, -self._count), bound, low, high, case))

    def step(self, best: int, seconds_left: Callable[[], float]) -> bool:
        """Work on the most promising case; False where there was none, or time was not enough for it."""
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
        vertex = self._linear.relaxed(here.low, here.high, seconds_left())
        self.work += self._linear.work
        if vertex is None:
            heapq.heappush(self._heap, here)
            return False
        if not vertex.feasible:
            if self._excluded(here, vertex.u, best):
                return True
            self._split(here, np.full(self.program.columns, 0.5))
            return True
        sites = self.rounded(vertex.x, here.high)
        self.problem.suggest(sites, vertex.x)
        best = max(best, self.offer(sites))
        self._bounded(here, np.rint(vertex.u * self.scale).astype(np.int64))
        if here.bound > best:
            self._split(here, vertex.x)
        return True

    def _bounded(self, here: _Open, u: LongArray) -> None:
        new = certify(self.program, u, self.scale, here.low, here.high)
        if new is not None and (new < here.bound or here.case.u is None):
            here.bound, here.case.u = new, u

    def _excluded(self, here: _Open, ray: FloatArray, best: int) -> bool:
        """Whether a ray proves that this case is empty; then its duals are the old ones and much of the ray."""
        largest = float(np.abs(ray).max(initial=0.0))
        if largest == 0.0:
            return False
        goal = best - 1 if best > NOTHING else -abs(here.bound) - (1 << 22)
        old = here.case.u if here.case.u is not None else np.zeros(len(ray), np.int64)
        for sign in (-1.0, 1.0):
            whole = np.rint(np.maximum(sign * ray / largest, 0.0) * (1 << 12)).astype(np.int64)
            loss = certify(self._nothing, whole, 1, here.low, here.high)
            if loss is not None and loss < 0:
                enough = (here.bound - goal + 1) * self.scale * self.program.parts // -loss + 1
                much = certify(self.program, old + enough * whole, self.scale, here.low, here.high)
                if much is not None and much < here.bound:
                    here.case.u, here.bound = old + enough * whole, much
                    return True
        return False

    def _split(self, here: _Open, x: FloatArray) -> None:
        n, whole = self.program.sites, self.program.whole
        undecided = np.where(whole & (here.low < here.high), np.abs(x - np.floor(x + 0.5)), -1.0)
        pick = int(np.argmax(undecided[:n]))
        if undecided[pick] <= _WHOLE:  # sites are whole: other columns, or any site not decided yet
            other = n + int(np.argmax(undecided[n:])) if len(undecided) > n else pick
            if undecided[other] > _WHOLE or undecided[pick] < 0:
                pick = other
        if undecided[pick] < 0:
            self._left = max(self._left, here.bound)  # rounding keeps its duals above its value: the bound says so
            return
        at = int(np.floor(x[pick])) if undecided[pick] > _WHOLE else int(here.low[pick])
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
        self._push(here.bound, low, here.high, case.above)
        self._push(here.bound, here.low, high, case.below)

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
