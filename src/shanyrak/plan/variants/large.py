"""Programs too large for a simplex: duals by the volume algorithm, sites by swaps, in turns.

For any duals u >= 0 of the rows (row 0, how many sites, is kept in the subproblem) the best answer to them is found
by looking: each site adds up what it and its columns can make of their reduced costs, and the dearest ones open.
The volume algorithm (Barahona and Anbil 2000, Mathematical Programming 87(3), 385-399, doi:10.1007/s101070050002)
steps along an average of what these answers violate, from the best duals so far; the same average of the answers
leans towards good sites, from which swaps begin. Steps are in units of each row's ``typical`` dual. All this is done
in floating point; the best duals are then rounded and the bound is computed again from whole numbers.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import scipy.sparse as sp

from shanyrak.core.units import FloatArray, IntArray
from shanyrak.plan.variants.cases import NOTHING, most_leaned_on
from shanyrak.plan.variants.program import Program, certify

if TYPE_CHECKING:
    from shanyrak.plan.variants.solve import Run

STEPS = 40
"""Steps of the relaxation between two searches."""


@dataclass(eq=False)
class _Answer:
    """What duals lead to: the bound (float, without offset), what is violated, which sites open."""

    bound: float
    violated: FloatArray
    opened: FloatArray
    price: FloatArray


class Volume:
    """The relaxation of a program, step by step; ``best_u`` and ``lean`` are what it is good for."""

    def __init__(self, program: Program, most: int) -> None:
        self.program, self.most = program, most
        self._table = sp.csr_array(program.rows, dtype=np.float64)
        self._across = sp.csr_array(self._table.T)
        self._owned = np.flatnonzero(program.owner >= 0)
        self._owner = program.owner[self._owned]
        alone = program.owner < 0
        alone[: program.sites] = False
        self._alone = np.flatnonzero(alone)
        self._cost, self._high = program.cost.astype(np.float64), program.high.astype(np.float64)
        self._must = program.low[: program.sites] > 0
        self._free = (program.high[: program.sites] > 0) & ~self._must
        self._typical = program.typical.copy()
        self._typical[0] = 0.0
        self.u = np.zeros(len(program.rhs))
        self.best = self.answer(self.u)
        self.best_u = self.u
        self._violated, self.lean = self.best.violated, self.best.opened
        self._pace, self._weight, self._bad, self._good = 1.0, 0.1, 0, 0
        self.work = 0

    def answer(self, u: FloatArray) -> _Answer:
        """The best answer to duals (their first entry counts as 0)."""
        n = self.program.sites
        r = self._cost - self._across @ u
        x = np.zeros(len(r))
        gain = np.maximum(r[self._owned], 0.0) * self._high[self._owned]
        price = r[:n] + np.bincount(self._owner, weights=gain, minlength=n)
        opened = self._must.astype(np.float64)
        free = np.flatnonzero(self._free & (price > 0))
        picks = self.most - int(self._must.sum())
        if len(free) > picks:
            free = free[np.argpartition(-price[free], picks - 1)[:picks]] if picks > 0 else free[:0]
        opened[free] = 1.0
        x[:n] = opened
        x[self._alone] = np.where(r[self._alone] > 0, self._high[self._alone], 0.0)
        x[self._owned] = np.where((r[self._owned] > 0) & (opened[self._owner] > 0), self._high[self._owned], 0.0)
        bound = float(u @ self.program.rhs + price @ opened + r[self._alone] @ x[self._alone])
        violated = np.asarray(self._table @ x - self.program.rhs)
        violated[0] = 0.0
        return _Answer(bound, violated, opened, price)

    def step(self, goal: float) -> None:
        """One step from the best duals; ``goal``: a value that is known to be reached (no offset)."""
        direction = self._typical * self._violated
        # a row that is not violated and whose dual is 0 stays as it is
        still = (self.best_u <= 0) & (direction < 0)
        direction[still] = 0.0
        norm = float(direction @ direction)
        if norm <= 0:
            self._violated = self.best.violated
            return
        length = self._pace * max(self.best.bound - goal, 1e-7 * abs(self.best.bound)) / norm
        u = np.maximum(self.best_u + length * self._typical * direction, 0.0)
        new = self.answer(u)
        self.work += self.program.nonzeros * 2
        follows = float(new.violated * self._typical @ direction)
        self._violated = (1 - self._weight) * self._violated + self._weight * new.violated
        self.lean = (1 - self._weight) * self.lean + self._weight * new.opened
        if new.bound < self.best.bound:
            better = self.best.bound - new.bound
            self.best, self.best_u, self._bad = new, u, 0
            if follows > 0:
                self._pace = min(self._pace * 1.1, 2.0)
            if better < 1e-5 * abs(new.bound):
                self._good += 1
        else:
            self._bad += 1
            if self._bad >= 20:
                self._pace, self._bad = max(self._pace * 0.66, 1e-4), 0
                self._weight = max(self._weight * 0.8, 0.01)

    def whole(self, scale: int) -> Any:
        """The best duals in whole parts; the first one is the price of the last site that opens."""
        u = np.rint(self.best_u * scale)
        free = np.sort(self.best.price[self._free])[::-1]
        picks = self.most - int(self._must.sum())
        u[0] = np.rint(max(free[picks - 1] if 0 < picks <= len(free) else 0.0, 0.0) * scale)
        return u.astype(np.int64)


def work_on_large(run: Run) -> None:
    """Relax and search in turns until the run has enough."""
    problem, program = run.problem, run.program
    choice = problem.choice
    every = np.flatnonzero(choice.free).astype(np.int32)
    volume = Volume(program, choice.most)
    run.offer(most_leaned_on(problem, volume.best.price))
    _search(run, run.chosen if run.best > NOTHING else most_leaned_on(problem, volume.best.price), every, 4)
    random = np.random.default_rng(run.seed)
    rounds, stuck, last = 0, 0, run.bound
    while True:
        rounds += 1
        goal = float((run.best if run.best > NOTHING else 0) * program.parts - program.offset)
        for _ in range(STEPS):
            volume.step(goal)
            if run.seconds_left() <= 0:
                break
        run.work += volume.work
        volume.work = 0
        u = volume.whole(run.scale)
        bound = certify(program, u, run.scale)
        if bound is not None and bound < run.bound:
            run.root.u = u
            run.lower(bound)
        run.stop_if_done()
        _search(run, most_leaned_on(problem, volume.lean), every, 6)
        stuck = stuck + 1 if run.bound > last - 1e-4 * abs(last) else 0
        last = run.bound
        if run.best > NOTHING:
            _search(run, _shaken(run, volume.lean, random), every, 4 if stuck < 5 else 12)


def _shaken(run: Run, lean: FloatArray, random: np.random.Generator) -> IntArray:
    """The best sites with a few of them given up, and others that the relaxation leans on."""
    lean = lean + 1e-3 * lean.max(initial=0.0) * random.random(len(lean))
    lean[run.chosen] += 10.0
    away = random.choice(run.chosen, size=min(len(run.chosen), int(random.integers(1, 5))), replace=False)
    lean[away] = 0.0
    noise = random.random(len(lean)) < 0.3
    lean[noise & (lean < 10.0)] *= 0.1
    return most_leaned_on(run.problem, lean)


def _search(run: Run, sites: IntArray, among: IntArray, rounds: int) -> None:
    for _ in range(rounds):
        better, asked = run.problem.search(sites, among, 1)
        run.work += asked * 10
        if run.problem.choice.allows(better):
            run.offer(better)
        run.stop_if_done()
        if np.array_equal(better, sites):
            break
        sites = better
