"""One engine for all variants: a choice that is good, and duals that say how good any choice could be."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import numpy as np

from shanyrak.core.errors import InvalidInput
from shanyrak.core.progress import Clock, Progress, silent
from shanyrak.core.units import IntArray
from shanyrak.plan.certificate import packed
from shanyrak.plan.result import Siting, StoppedBy, gap_between
from shanyrak.plan.variants.cases import NOTHING, Case, Cases, Relaxer, Sparse, most_leaned_on, written
from shanyrak.plan.variants.choice import Options
from shanyrak.plan.variants.problem import Problem
from shanyrak.plan.variants.program import Program, certify, with_counts
from shanyrak.plan.variants.ready import practising, variant_ready

FORMAT = "shanyrak-compact-certificate/1"
SMALL = 4_000
"""Nonzeros up to which everything is done by cases, with HiGHS for their relaxations."""
RESERVED = 0.01
"""Share of the time of each case that its part of the certificate takes to be written, at most."""
COARSER = 64
"""So many times coarser are duals written where sites are counted."""


class Stop(Exception):
    """Not an error: the way out of nested loops."""

    def __init__(self, reason: StoppedBy) -> None:
        self.reason = reason


@dataclass(eq=False)
class Run:
    """One solution under way: the best choice, the bound, and when to stop."""

    problem: Problem
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
        self.best, self.chosen = NOTHING, self.problem.choice.fixed
        self.root = Case()
        self.reserve_s = 0.0
        self._took: dict[str, float] = {}
        self.sets: list[list[int]] = []
        self.parted: dict[str, Any] | None = None
        """that a share is out of reach, by what groups need (``parted``)"""

    def prepare(self) -> None:
        """Write the program and take the bound that no dual at all gives, or one that is likely for each row."""
        self.facts = {**self.problem.choice.facts(), **self.problem.facts()}
        self.program = self.problem.program()
        self.scale = self.program.scale()
        nothing = np.zeros(len(self.program.rhs), np.int64)
        self.root.u = Sparse.of(nothing)
        first = certify(self.program, nothing, self.scale)
        if first is None:
            raise InvalidInput(
                "sums cannot be exact with so large numbers", where=self.problem.name, mend="Use larger units"
            )
        self.bound = first
        likely = np.rint(np.maximum(self.program.typical, 0.0) * self.scale).astype(np.int64)
        second = certify(self.program, likely, self.scale)
        if second is not None and second < first:
            self.root.u, self.bound = Sparse.of(likely), second

    def seconds_left(self) -> float:
        """Until the time limit, less what is kept for writing the certificate."""
        return self.time_limit_s - self.reserve_s - (self.clock() - self.started)

    @contextmanager
    def fits(self, what: str) -> Iterator[None]:
        """Use as ``with``: raise Stop where so much time as ``what`` took before is not left."""
        begun = self.clock()
        if self.seconds_left() < 1.1 * self._took.get(what, 0.0):
            raise Stop("time")
        yield
        self._took[what] = max(self.clock() - begun, 0.7 * self._took.get(what, 0.0))

    def offer(self, sites: IntArray) -> int:
        """A set of sites, kept if it is the best so far; the best value."""
        value = self.problem.value(sites)
        if value is not None and value > self.best:
            self.best, self.chosen = value, sites
            self.note()
        return self.best

    def lower(self, bound: int) -> None:
        """A proven bound, kept if it is the lowest."""
        if bound < self.bound:
            self.bound = max(bound, self.best)
            self.note()

    def note(self) -> None:
        if self.best == NOTHING:
            return
        told = self.problem.told
        self.history.append((self.clock() - self.started, told(self.best), told(self.bound)))
        self.progress("choosing sites", self.best, self.bound)

    def stop_if_done(self) -> None:
        """Raise Stop where nothing more is asked for or allowed."""
        if self.bound <= self.best:
            raise Stop("proven")
        if self.best > NOTHING and gap_between(self.problem.told(self.best), self.problem.told(self.bound)) <= self.gap:
            raise Stop("gap")
        if self.work_limit is not None and self.work >= self.work_limit:
            raise Stop("work")
        if self.seconds_left() <= 0:
            raise Stop("time")

    def solve(self) -> StoppedBy:
        """Find sites and a bound; the reason why it ended."""
        try:
            self.prepare()
            if self.program.nonzeros <= SMALL and not practising.get():
                self.start()
                self.branch()
            else:
                from shanyrak.plan.variants.large import work_on_large

                work_on_large(self)
        except Stop as stop:
            return stop.reason
        except KeyboardInterrupt:
            return "interrupted"
        return "proven"

    def start(self) -> None:
        """Whatever may be chosen, made better by swaps."""
        lean = np.zeros(self.problem.choice.candidates)
        sites = most_leaned_on(self.problem, lean)
        self.offer(sites)
        self.improve(sites)
        self.stop_if_done()

    def improve(self, sites: IntArray) -> None:
        """Swaps from a set, with every candidate."""
        better, asked = self.problem.search(sites, np.flatnonzero(self.problem.choice.free).astype(np.int32), 20)
        self.work += asked * 10
        if self.problem.choice.allows(better):
            self.offer(better)

    def goal(self) -> int:
        """The highest bound with which the run may end."""
        if self.best == NOTHING:
            return NOTHING
        return int(self.best / (1.0 - min(self.gap, 0.5)) if self.best > 0 else self.best * (1.0 - self.gap))

    def branch(
        self, relaxer: Callable[[Program], Relaxer] | None = None, improve: Callable[[IntArray], None] | None = None
    ) -> bool:
        """Cases until nothing is left of them; False where time was not enough for one.

        ``relaxer`` makes what solves relaxations of a program, HiGHS unless given; ``improve`` makes a set better.
        """
        self.count_sites()
        cores = relaxer(self.program) if relaxer is not None else None
        improve = improve or self.improve
        cases = Cases(self.problem, self.program, self.scale, self.root, self.bound, self.offer, cores)
        searched = self.best
        while True:
            begun = self.clock()
            worked = cases.step(self.best, self.goal(), self.seconds_left)
            self.reserve_s += RESERVED * (self.clock() - begun)
            self.work += cases.work
            cases.work = 0
            self.lower(max(cases.bound, self.best))
            self.stop_if_done()
            if cores is not None and cases.suggested is not None:
                improve(cases.suggested)
            elif self.best > searched:
                improve(self.chosen)
            searched = self.best
            self.stop_if_done()
            if not worked:
                return cases.bound <= self.best

    def count_sites(self) -> None:
        """Add columns that count sites, once there is a best value that says which."""
        sets = self.problem.counts(max(self.best, 0))
        program = with_counts(self.program, sets, self.problem.choice.most)
        assert self.root.u is not None
        u, scale = self.root.u.full(), self.scale
        if sets:  # duals of counts come on top of those of sites: sums stay exact with coarser parts
            finer = min(scale, COARSER)
            scale, u = scale // finer, u // finer
        u = np.append(u, np.zeros(len(program.rhs) - len(u), np.int64))
        root = Case(Sparse.of(u))
        self.program, self.sets, self.scale, self.root = program, sets, scale, root  # at once: it may be interrupted
        again = certify(self.program, u, self.scale)
        if again is not None:
            self.bound = max(self.best, again if self.parted is None else min(again, self.parted["share"] - 1))


def solve(problem: Problem, options: Options, kind: type[Run] = Run) -> Siting:
    """Choose sites for a problem; see ``Options``. ``kind`` is for models with a way of their own to good sets.

    Raises
    ------
    InvalidInput
        A parameter is wrong, or no choice does what is asked for.
    """
    gap, limit = options.get("gap", 1e-3), options.get("time_limit_s", 60.0)
    if not gap >= 0:
        raise InvalidInput(f"a gap of {gap} cannot be reached", where="gap", mend="Give a share of one, 0 or more")
    if not limit >= 0:
        raise InvalidInput(f"{limit} s is no time", where="time_limit_s", mend="Give seconds, 0 or more")
    variant_ready(problem.kind)
    run = kind(
        problem, float(gap), float(limit), options.get("work_limit"), options.get("seed", 0),
        options.get("clock", time.perf_counter), options.get("progress", silent),
    )  # fmt: skip
    reason = run.solve()
    if run.best == NOTHING:
        if reason == "proven":
            raise InvalidInput("no choice of sites does what is asked for", where=problem.name, mend="Ask for less")
        raise InvalidInput(
            f"no choice of sites that does what is asked for was found ({reason})",
            where=problem.name,
            mend="Ask for less, or give it more time",
        )
    proven = run.bound == run.best
    sites = np.setdiff1d(run.chosen, problem.choice.fixed).astype(np.int64)
    return Siting(
        sites=sites,
        objective=problem.told(run.best),
        bound=problem.told(run.bound),
        gap=gap_between(problem.told(run.best), problem.told(run.bound)),
        proven=proven,
        stopped_by="proven" if proven else reason,
        seconds=run.clock() - run.started,
        certificate=_certificate(run, proven),
        history=run.history,
        work=run.work,
        allocation=problem.allocation(run.chosen),
    )


def _certificate(run: Run, proven: bool) -> dict[str, Any]:
    steps, duals = written(run.root)
    return {
        "format": FORMAT,
        "model": run.problem.name,
        **run.facts,
        "counts": run.sets,
        "scale": run.scale,
        "sites": run.chosen.tolist(),
        **run.problem.shown(run.chosen),
        "value": run.best,
        "bound": run.bound,
        "proven": proven,
        "duals": [packed(u.full(), "<i8") for u in duals],
        "proof": steps,
        **({} if run.parted is None else {"parted": run.parted}),
    }
