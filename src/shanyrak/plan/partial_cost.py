"""Partial covering at least cost, with conflicts and kinds of site at one place.

    least  sum_j f_j y_j   with  sum_i w_i z_i >= D,   z_i <= sum_(j covers i) y_j,   0 <= z_i <= 1,   y whole

The compact program and its bound are those of ``plan.variants.program``; here is what is special: any set can be
thinned out until each of its sites is needed, so every relaxation leads to a set that reaches the demand.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, Unpack

import numpy as np

from shanyrak.core.errors import InvalidInput
from shanyrak.core.units import FloatArray, IntArray, LongArray
from shanyrak.plan.result import Siting
from shanyrak.plan.variants.cells import Cells, read_cells
from shanyrak.plan.variants.choice import Choice, Options, read_choice
from shanyrak.plan.variants.problem import Problem
from shanyrak.plan.variants.program import Draft, Program
from shanyrak.plan.variants.solve import Run, solve

HARDLY = 0.02
"""What a site that the relaxation does not lean on counts for when sites are added."""


@dataclass(eq=False)
class Cheapest(Problem):
    """Reach ``need`` at least cost."""

    name: str
    cells: Cells
    choice: Choice
    need: int
    sign: int = -1

    def __post_init__(self) -> None:
        self.lean: FloatArray | None = None

    def value(self, sites: IntArray) -> int | None:
        if int(self.cells.demand[self.cells.served(sites)].sum()) < self.need:
            return None
        return -self.choice.spent(sites)

    def program(self) -> Program:
        assert self.choice.costs is not None
        draft, cells = Draft(self.choice, -self.choice.costs), self.cells
        draft.offset = int(self.choice.costs[self.choice.fixed].sum())
        nothing = np.zeros(cells.count, np.int64)
        price = float(self.choice.costs.sum()) / max(int(cells.demand.sum()), 1)
        z = cells.covered_columns(draft, nothing, (cells.demand * price).astype(np.float64))
        own = np.arange(cells.count)
        draft.rows(0 * own, z + own, -cells.demand, np.array([-self.need]), price)
        return draft.done()

    def told(self, value: int) -> int:
        return -value

    def allocation(self, sites: IntArray) -> Any:
        reached = int(self.cells.demand[self.cells.served(sites)].sum())
        unit = self.cells.in_callers_unit
        return {"reached": unit(reached), "needed": unit(self.need)}

    def facts(self) -> dict[str, Any]:
        return {**self.cells.facts(), "need": self.need}

    def suggest(self, sites: IntArray, x: FloatArray) -> None:
        self.lean = x[: self.choice.candidates].copy()

    def search(self, sites: IntArray, among: IntArray, rounds: int) -> tuple[IntArray, int]:
        """Thinned out; sites and what they cost decide the order in which they are added anew."""
        opened = np.zeros(self.choice.candidates)
        opened[sites] = 1.0
        tried = [self.thinned(opened), self.thinned(np.zeros(self.choice.candidates))]
        known = [(self.value(one), one) for one in tried if one is not None]
        best = max((pair for pair in known if pair[0] is not None), key=lambda pair: pair[0] or 0, default=None)
        return (sites if best is None else best[1]), 2

    def thinned(self, lean: FloatArray) -> IntArray | None:
        """Sites added by what they bring for their cost, those leaned on first, then left out where not needed.

        None where the demand is not reached so.
        """
        choice, columns, demand = self.choice, self.cells.columns, self.cells.demand
        assert choice.costs is not None
        opened = np.zeros(choice.candidates, bool)
        opened[choice.fixed] = True
        times = self.cells.times(choice.fixed).astype(np.int64)
        reached = int(demand[times > 0].sum())
        able = choice.free & (lean >= 0)
        while reached < self.need:
            left = np.where(times > 0, 0, demand)
            running = np.concatenate([[0], np.cumsum(left[columns.cell])])
            brings = np.minimum(running[columns.ptr[1:]] - running[columns.ptr[:-1]], self.need - reached)
            score = np.where(able & ~opened, brings * (lean + HARDLY) / np.maximum(choice.costs, 1e-6), 0.0)
            j = int(np.argmax(score))
            if score[j] <= 0:
                return None
            able[j] = False
            if not choice.goes_with(j, opened):
                continue
            opened[j] = True
            times[columns.cell[columns.ptr[j] : columns.ptr[j + 1]]] += 1
            reached += (
                int(brings[j])
                if brings[j] < self.need - reached
                else int(running[columns.ptr[j + 1]] - running[columns.ptr[j]])
            )
        opened[choice.fixed] = False
        for j in sorted(np.flatnonzero(opened).tolist(), key=lambda j: -int(choice.costs[j])):  # type: ignore[index]
            cells = columns.cell[columns.ptr[j] : columns.ptr[j + 1]]
            alone = int(demand[cells[times[cells] == 1]].sum())
            if reached - alone >= self.need:
                opened[j] = False
                reached -= alone
                times[cells] -= 1
        opened[choice.fixed] = True
        return np.flatnonzero(opened).astype(np.int32)


class _Run(Run):
    """Beside every suggested set, the one that the relaxation behind it leads to is looked at."""

    def offer(self, sites: IntArray) -> int:
        problem = self.problem
        assert isinstance(problem, Cheapest)
        if problem.lean is not None:
            thin, problem.lean = problem.thinned(problem.lean), None
            if thin is not None and problem.choice.allows(thin):
                super().offer(thin)
        return super().offer(sites) if problem.choice.allows(sites) else self.best


def _costs(costs: Any, candidates: int) -> LongArray:
    if costs is None:
        return np.ones(candidates, np.int64)
    given = np.asarray(costs)
    if given.shape != (candidates,) or given.dtype.kind not in "iu" or (given < 0).any():
        raise InvalidInput(
            f"costs are {candidates} whole numbers, 0 or more", where="costs", mend="Count in a smaller unit"
        )
    return given.astype(np.int64)


def cheapest(cover: Any, demand: Any, need: int, prices: Any, **options: Unpack[Options]) -> Siting:
    """Choose sites that reach ``need`` (whole units of demand) at least cost; see ``plan.partial``."""
    cells = read_cells(cover, demand)
    free = np.ones(cells.candidates, bool)
    free[[*options.get("fixed", ()), *options.get("forbidden", ())]] = False
    choice = read_choice(cells.candidates, int(free.sum()), options)
    price = _costs(prices, cells.candidates)
    choice = replace(choice, costs=price, budget=int(price.sum()))
    return solve(Cheapest("partial_covering", cells, choice, need), options, _Run)
