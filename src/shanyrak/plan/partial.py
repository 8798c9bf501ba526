"""Partial covering: the fewest or the cheapest sites that bring a share of all demand within reach.

With a share of 1 this is set covering (Toregas et al. 1971). Where only the number of sites counts, p sites are
the fewest if p sites reach the share and no p - 1 do: the second half is a statement on maximal covering, and is
proved as such (``plan.siting``), its certificate included. Costs, conflicts and kinds of site at one place make it
a model with side constraints (``plan.partial_cost``).
"""

from __future__ import annotations

import time
from collections.abc import Iterable
from dataclasses import replace
from typing import Any

import numpy as np

from shanyrak.core.errors import InvalidInput
from shanyrak.core.progress import Clock, Progress, silent
from shanyrak.core.units import IntArray
from shanyrak.plan.bound import certify
from shanyrak.plan.certificate import FORMAT
from shanyrak.plan.covering_run import Run
from shanyrak.plan.greedy import greedy
from shanyrak.plan.model import build_model
from shanyrak.plan.proof import Case
from shanyrak.plan.ready import ready
from shanyrak.plan.result import Siting, StoppedBy, gap_between
from shanyrak.plan.siting import certificate_of, in_order
from shanyrak.plan.task import Task, read_task

PARTS = 1_000_000
"""A share is told in whole millionths."""


def demand_for(share: Any, task: Task) -> int:
    """Demand, in whole units, that makes up a share of all: rounded up; InvalidInput where no sites reach it."""
    if isinstance(share, bool) or not isinstance(share, int | float | np.number) or not 0 <= float(share) <= 1:
        raise InvalidInput(f"{share!r} is no share", where="share", mend="Give a number from 0 to 1")
    total = int(task.demand.sum())
    need = -(-round(float(share) * PARTS) * total // PARTS)
    some = np.diff(task.row_ptr) > 0
    open_or_free = task.allowed
    open_or_free[task.fixed] = True
    if not open_or_free.all():
        from shanyrak.plan.task import touched

        some = touched(task.row_ptr, task.row_col, open_or_free)
    most = int(task.demand[some].sum())
    if most < need:
        raise InvalidInput(
            f"all candidates together cover {most / max(total, 1):.4%} of demand, and {float(share):.4%} is asked for",
            where="share",
            mend="Ask for less, allow longer walks, or give more candidates",
        )
    return need


def partial_covering(
    cover: Any,
    demand: Any,
    share: float = 1.0,
    *,
    fixed: Iterable[int] = (),
    forbidden: Iterable[int] = (),
    conflicts: Iterable[tuple[int, int]] = (),
    places: Any = None,
    costs: Any = None,
    gap: float = 0.0,
    time_limit_s: float = 60.0,
    work_limit: int | None = None,
    seed: int = 0,
    clock: Clock = time.perf_counter,
    progress: Progress = silent,
) -> Siting:
    """Choose as few sites as can be (or as cheap) so that a share of all demand is covered, with a proven bound.

    Parameters
    ----------
    cover, demand, fixed, forbidden : as in ``maximal_covering``
    share : from 0 to 1, in whole millionths
        Of all demand, that which nobody can reach included. 1: every cell with demand (set covering).
    conflicts, places : as in ``maximal_covering``
    costs : (candidates,) whole numbers, 0 or more
        The sites chosen cost the least together. Left out: they are the fewest.
    gap : float
        Stop as soon as (objective - bound) / objective is at most this.
    time_limit_s, work_limit, seed, clock, progress
        As in ``maximal_covering``.

    Returns
    -------
    Siting
        ``objective``: number (or cost) of the new sites; ``bound``: no choice that covers the share has fewer;
        ``allocation``: {"reached": demand covered, "needed": demand that makes up the share}.

    Raises
    ------
    InvalidInput
        All candidates together do not reach the share, or something given does not fit.

    References
    ----------
    Toregas, Swain, ReVelle and Bergman (1971), Operations Research 19, 1363-1373, doi:10.1287/opre.19.6.1363;
    Daskin and Owen (1999), Geographical Analysis 31, 217-235, doi:10.1111/j.1538-4632.1999.tb00980.x.
    """
    if not gap >= 0:
        raise InvalidInput(f"a gap of {gap} cannot be reached", where="gap", mend="Give a share of one, 0 or more")
    if not time_limit_s >= 0:
        raise InvalidInput(f"{time_limit_s} s is no time", where="time_limit_s", mend="Give seconds, 0 or more")
    ready()
    started = clock()
    task = read_task(cover, demand, 0, fixed, forbidden)
    need = demand_for(share, task)
    conflicts = list(conflicts)
    if conflicts or places is not None or costs is not None:
        from shanyrak.plan.partial_cost import cheapest

        return cheapest(
            cover, demand, need, costs, fixed=fixed, forbidden=forbidden, conflicts=conflicts, places=places, gap=gap,
            time_limit_s=time_limit_s, work_limit=work_limit, seed=seed, clock=clock, progress=progress,
        )  # fmt: skip
    few = _Fewest(task, need, gap, time_limit_s, work_limit, seed, clock, progress, started)
    return few.siting(few.solve())


class _Fewest:
    """Fewer and fewer sites, until it is proved that one less is not enough."""

    def __init__(
        self, task: Task, need: int, gap: float, time_limit_s: float, work_limit: int | None, seed: int,
        clock: Clock, progress: Progress, started: float,
    ) -> None:  # fmt: skip
        self.task, self.need, self.gap = task, need, gap
        self.time_limit_s, self.work_limit, self.seed = time_limit_s, work_limit, seed
        self.clock, self.progress, self.started = clock, progress, started
        self.work = 0
        self.history: list[tuple[float, int | float, int | float]] = []
        self.model = build_model(
            task.row_ptr, task.row_col, task.demand, task.candidates, task.covered_by_fixed, task.allowed
        )
        everyone = np.ones(self.model.columns, bool)
        picked, added = greedy(self.model, self.model.weight, self.model.columns, everyone)
        reached = task.base + np.concatenate([[0], np.cumsum(np.array(added, np.int64))])
        self.best = int(np.searchsorted(reached, need))
        self.chosen: IntArray = self.model.column[picked[: self.best]]
        self.bound = 0
        self.below: dict[str, Any] | None = None
        """the certificate that bound - 1 sites are not enough"""
        self.note()

    def note(self) -> None:
        self.history.append((self.clock() - self.started, self.best, self.bound))
        self.progress("fewest sites", self.best, self.bound)

    def solve(self) -> StoppedBy:
        """Until one less is not enough, or something ends it."""
        while self.bound < self.best:
            if self.best - self.bound <= self.gap * self.best:
                return "gap"
            left = None if self.work_limit is None else self.work_limit - self.work
            if left is not None and left <= 0:
                return "work"
            task = replace(self.task, k=self.best - 1)
            time_left = self.time_limit_s - (self.clock() - self.started)
            run = Run(
                task, 0.0, max(time_left, 0.0), left, self.seed, self.clock, lambda *_: None, self.need - 1 - task.base
            )
            run.stop_at = self.need - task.base
            reason = run.solve()
            self.work += run.work
            if run.best >= self.need - task.base:
                self.best, self.chosen = self.best - 1, run.chosen
                self._drop_what_is_not_needed()
                self.note()
                continue
            self._bounded(run)
            self.note()
            if self.bound < self.best:
                return "time" if reason in ("proven", "gap") else reason
        return "proven"

    def _drop_what_is_not_needed(self) -> None:
        columns = np.flatnonzero(np.isin(self.model.column, self.chosen))
        order, added = greedy(self.model, self.model.weight, len(columns), np.isin(self.model.column, self.chosen))
        reached = self.task.base + np.concatenate([[0], np.cumsum(np.array(added, np.int64))])
        self.best = min(self.best, int(np.searchsorted(reached, self.need)))
        self.chosen = self.model.column[order[: self.best]]

    def _bounded(self, run: Run) -> None:
        """What a run that found nothing proves: its own number of sites, or, by its first shares, fewer."""
        k, root, bound = self.best - 1, run.root, run.bound
        if run.task.base + bound >= self.need:
            shares = run.first
            none = np.zeros(run.model.columns, bool)
            while k >= 0:
                proven = certify(run.model, k, none, none, shares.share, run.scale, np.zeros(run.model.columns))
                if run.task.base + proven.value < self.need:
                    break
                k -= 1
            else:
                return
            root, bound = Case(by=shares), proven.value
        task = replace(self.task, k=k)
        sites = in_order(task, run.model, self.chosen[:k])
        model = run.model
        reached = task.base + model.covered(np.flatnonzero(np.isin(model.column, sites)))
        self.bound = k + 1
        self.below = certificate_of(task, root, run.scale, sites, reached, max(reached, task.base + bound))

    def siting(self, reason: StoppedBy) -> Siting:
        """The answer."""
        task = replace(self.task, k=self.best)
        sites = in_order(task, self.model, self.chosen)
        reached = task.base + self.model.covered(np.flatnonzero(np.isin(self.model.column, sites)))
        proven = self.best == self.bound
        certificate = {
            "format": FORMAT,
            "model": "partial_covering",
            "need": self.need,
            "sites": sites.tolist(),
            "reached": reached,
            "objective": self.best,
            "bound": self.bound,
            "proven": proven,
            "below": self.below,
        }
        return Siting(
            sites=sites,
            objective=self.best,
            bound=self.bound,
            gap=gap_between(self.best, self.bound),
            proven=proven,
            stopped_by="proven" if proven else reason,
            seconds=self.clock() - self.started,
            certificate=certificate,
            history=self.history,
            work=self.work,
            allocation={"reached": task.in_callers_unit(reached), "needed": task.in_callers_unit(self.need)},
        )
