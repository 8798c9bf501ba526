"""Programs too large to be handed to HiGHS as they are: duals by first-order steps, sites by swaps, in turns.

Steps (``walk.py``) are taken on *active* sites only, since hardly any other is ever leaned on. Their duals bound the
whole program too: all sites are priced, the bound is computed again from whole numbers, and sites that the duals
would rather have than the last active one become active (column generation).
"""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

import numpy as np
import scipy.sparse as sp

from shanyrak.core.units import BoolArray, FloatArray, IntArray
from shanyrak.plan.variants.cases import NOTHING, Sparse, most_leaned_on
from shanyrak.plan.variants.cores import Cores, Merged
from shanyrak.plan.variants.program import Program, certify, restricted
from shanyrak.plan.variants.ready import practising
from shanyrak.plan.variants.walk import Walk

if TYPE_CHECKING:
    from shanyrak.plan.variants.solve import Run

STEPS = 50
ENOUGH = 1e-4
"""A core is walked on until a round lowers its bound by less than this share."""
GROWTH = 60
"""Sites that become active at once, at most."""


STROLLS = 4
"""Times that the search goes on past peaks in a round, once the relaxation is as good as it gets."""
LEANED, NEARLY = 1e-4, 0.97
"""How much a site is leaned on, or what part of the last one's price it has, to take part in cases at once."""
PATIENCE = 3
"""Rounds without anything better after which cases are made."""


def work_on_large(run: Run) -> None:
    """Relax and search in turns, then by cases where a relaxation of one is small enough."""
    large = Large(run)
    if practising.get():
        large.practise()
    else:
        large.go()


class Large:
    """One run over a large program."""

    def __init__(self, run: Run) -> None:
        self.run, self.program, self.problem = run, run.program, run.problem
        choice = run.problem.choice
        self.random = np.random.default_rng(run.seed)
        self.every = np.flatnonzero(choice.free).astype(np.int32)
        self.active = np.zeros(choice.candidates, bool)
        self.active[choice.fixed] = True
        assert run.root.u is not None
        self.u = run.root.u.full() / run.scale
        self.x = np.zeros(self.program.columns)
        self.lean = np.zeros(choice.candidates)
        self.finished = False
        self.by_column = sp.csc_array(self.program.rows)
        self.across = sp.csr_array(self.program.rows.T, dtype=np.float64)
        self.owned = np.flatnonzero(self.program.owner >= 0)
        self.wander = run.problem.wander(self.random)

    def go(self) -> None:
        run, best, waited = self.run, NOTHING, 0
        self.start()
        typical = self.typical()
        cases, parts = self.by_cases(), self.problem.parted
        while True:
            if not self.finished:
                with run.fits("relax"):
                    self.relax(typical)
                run.stop_if_done()
            self.search(most_leaned_on(self.problem, np.where(self.active, self.lean, -1.0)), self.among(), 8)
            if run.best > NOTHING:
                self.search(self.shaken(), self.among(), 8)
                if self.finished and self.random.random() < 0.1:
                    self.search(run.chosen, self.every, 2)
            for _ in range(STROLLS if self.finished else 1):
                self.stroll()
            run.stop_if_done()
            waited = waited + 1 if self.finished and run.best == best else 0
            best = run.best
            if self.finished and parts:
                parts = False
                self.refute_by_parts()
            if cases and waited > PATIENCE:
                cases = False
                if run.branch(self.cores, self.from_relaxation):
                    return

    def practise(self) -> None:
        """Every step once, whether it is of use or not: kernels are ready then."""
        from shanyrak.plan.variants.parted_run import practise
        from shanyrak.plan.variants.solve import Stop

        self.active[self.every] = True
        steps = [self.start, lambda: self.relax(self.typical()), self.stroll]
        if self.problem.parted:
            steps.append(lambda: practise(self))
        for step in steps:
            with suppress(Stop):
                step()

    def by_cases(self) -> bool:
        """Whether relaxations of cases are small on active sites, cells that are alike there merged."""
        return not len(self.owned) or self.problem.splits

    def refute_by_parts(self) -> None:
        """What groups need by themselves, where they have cells of their own."""
        from shanyrak.plan.variants.parted_run import refute

        refute(self)

    def cores(self, program: Program) -> Cores:
        """What solves relaxations of cases; columns that count sites come after the others."""
        typical = self.typical()
        more = np.full(len(program.rhs) - len(typical), self.site_worth())
        return Cores(program, self.leading(), self.problem.choice.most, np.append(typical, more), self.problem.complete)

    def leading(self) -> BoolArray:
        """(candidates,) active sites that the relaxation leans on, or that are nearly as dear as those."""
        price = self.prices(self.u)
        free = np.sort(price[self.problem.choice.free])[::-1]
        k = self.problem.choice.k
        last = float(free[k - 1]) if 0 < k <= len(free) else 0.0
        leading: BoolArray = self.active & ((self.lean > LEANED) | (price >= NEARLY * last))
        leading[self.run.chosen] = True
        return leading

    def among(self) -> IntArray:
        """Active sites that may be opened or not."""
        return np.flatnonzero(self.active & self.problem.choice.free).astype(np.int32)

    def from_relaxation(self, sites: IntArray) -> None:
        """A few swaps from what a case's relaxation leans on, and now and then from the best, shaken."""
        self.stroll()
        self.search(sites, self.among(), 3)
        if self.run.best > NOTHING:
            self.search(self.shaken(), self.among(), 3)

    def start(self) -> None:
        """The dearest sites while nothing is known, made better by a few swaps; what is near the best is active."""
        run = self.run
        sites = most_leaned_on(self.problem, self.prices(self.u))
        run.offer(sites)
        self.search(sites, self.random.permutation(self.every)[: max(200, 6 * len(sites))], 3 * len(sites) + 5)
        self.search(run.chosen if run.best > NOTHING else sites, self.every, 3)
        chosen = run.chosen if run.best > NOTHING else sites
        self.active[chosen] = True
        self.active[self.random.permutation(self.every)[: max(100, 5 * len(chosen))]] = True
        self.x[: self.program.sites][chosen] = 1.0
        run.stop_if_done()

    def typical(self) -> FloatArray:
        """How large duals may be; those of rows over sites are told in what a site is worth."""
        given = self.run.program.typical[: len(self.u)]
        return np.where(given < 0, -given * self.site_worth(), given)

    def site_worth(self) -> float:
        """What one site brings, roughly, in what the program counts."""
        worth = abs(self.run.best if self.run.best > NOTHING else self.run.bound) * self.program.parts - (
            self.program.offset if self.problem.sign < 0 else 0
        )
        return max(abs(worth), 1) / max(self.problem.choice.most, 1)

    def relax(self, typical: FloatArray) -> None:
        """One core: walk, bound, price, and let more sites become active."""
        run = self.run
        core = restricted(self.program, self.by_column, self.active)
        merged = Merged(core) if self.by_cases() else None
        if merged is None:
            walk = Walk(core.program, self.problem.choice.most, typical[core.rows])
            walk.begin(self.x[core.columns], self.u[core.rows])
        else:
            walk = Walk(merged.program, self.problem.choice.most, merged.together(typical[core.rows]))
            walk.begin(self.x[core.columns[merged.kinds]], merged.together(self.u[core.rows]))
        last = walk.best
        for _ in range(12):
            walk.go(STEPS)
            if run.seconds_left() <= 0 or last - walk.best < ENOUGH * abs(walk.best):
                break
            last = walk.best
        run.work += walk.work + self.program.nonzeros
        self.u[:] = 0.0
        self.u[core.rows] = walk.duals() if merged is None else merged.spread(walk.duals())
        self.u = self.problem.complete(self.u)
        self.x[:] = 0.0
        self.x[core.columns] = walk.x if merged is None else walk.x[merged.number]
        self.lean = self.x[: self.program.sites]
        price = self.prices(self.u)
        self.certify(price)
        self.grow(price)

    def certify(self, price: FloatArray) -> None:
        """The bound that the duals prove, in whole numbers."""
        run, program = self.run, self.program
        u = np.rint(self.u * run.scale)
        must = program.low[: program.sites] > 0
        free = np.sort(price[(program.high[: program.sites] > 0) & ~must])[::-1]
        picks = self.problem.choice.most - int(must.sum())
        u[0] = np.rint(max(free[picks - 1] if 0 < picks <= len(free) else 0.0, 0.0) * run.scale)
        whole = u.astype(np.int64)
        bound = certify(program, whole, run.scale)
        if bound is not None and bound < run.bound:
            run.root.u = Sparse.of(whole)
            run.lower(bound)

    def prices(self, u: FloatArray) -> FloatArray:
        """(candidates,) what each site and its columns can make of their reduced costs."""
        program, owned = self.program, self.owned
        r = program.cost - self.across @ u
        gain = np.maximum(r[owned], 0.0) * program.high[owned]
        n = program.sites
        return np.asarray(r[:n] + np.bincount(program.owner[owned], weights=gain, minlength=n))

    def grow(self, price: FloatArray) -> None:
        """The dearest sleeping sites, and some of the others that are dear, become active."""
        free = self.problem.choice.free
        inside = np.sort(price[self.active & free])[::-1]
        picks = self.problem.choice.k
        last = inside[picks - 1] if 0 < picks <= len(inside) else 0.0
        wanted = np.flatnonzero(free & ~self.active & (price > last + 1e-7 * abs(last)))
        self.finished = len(wanted) == 0
        dearest = wanted[np.argsort(-price[wanted], kind="stable")]
        half = dearest[: GROWTH // 3]
        rest = self.random.permutation(dearest[GROWTH // 3 :])[: GROWTH - len(half)]
        self.active[half] = True
        self.active[rest] = True
        if self.active.sum() > 40 * GROWTH:  # those that nothing leans on fall asleep again
            self._sleep(price, last)

    def _sleep(self, price: FloatArray, last: float) -> None:
        dull: BoolArray = self.active & (self.lean <= 0) & (price < 0.8 * last)
        dull[self.run.chosen] = False
        self.active[dull] = False

    def leaned_on(self) -> IntArray:
        """What the relaxation leans on, by the toss of coins."""
        lean = np.where(self.active, 1e-3 + self.lean, -1.0)
        return most_leaned_on(self.problem, lean * self.random.random(len(lean)))

    def shaken(self) -> IntArray:
        """The best sites with a few given up for others that the relaxation leans on."""
        run = self.run
        lean = np.where(self.active, 1e-3 + self.lean, -1.0) * self.random.random(len(self.lean))
        lean[run.chosen] += 10.0
        away = min(len(run.chosen), int(self.random.integers(1, 6)))
        lean[self.random.choice(run.chosen, size=away, replace=False)] -= 10.0
        return most_leaned_on(self.problem, lean)

    def stroll(self) -> None:
        """Swaps past the first peak, on from where the last ones led."""
        run, wander = self.run, self.wander
        if wander is None or wander.best >= wander.parts.enough:
            return
        if wander.over:
            known = run.best > NOTHING and wander.starts % 2 == 0
            wander.start(run.chosen if known else self.shaken() if run.best > NOTHING else self.leaned_on())
        with run.fits("stroll"):
            sites = wander.go(self.every if self.random.random() < 0.5 else self.among())
        run.work += wander.work
        if run.problem.value(sites) is not None and run.best == NOTHING:
            run.offer(sites)
            self.search(sites, self.every, 3)
        run.offer(sites)
        run.stop_if_done()

    def search(self, sites: IntArray, among: IntArray, rounds: int) -> None:
        """Swaps, as long as they help and there is time."""
        run = self.run
        for _ in range(rounds):
            with run.fits(f"search {len(among) // 500}"):
                better, asked = self.problem.search(sites, among, 1)
            run.work += asked * 10
            if self.problem.choice.allows(better):
                run.offer(better)
            run.stop_if_done()
            if np.array_equal(better, sites):
                break
            sites = better
