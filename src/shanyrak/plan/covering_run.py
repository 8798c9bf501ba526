"""One maximal covering under way: root relaxation, narrowing, cases and search; the best, the bound, when to stop."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np

from shanyrak.core.progress import Clock, Progress
from shanyrak.core.units import BoolArray, IntArray
from shanyrak.plan.bound import Bound, certify, scale_for
from shanyrak.plan.branch import Search, excluded, replaceable
from shanyrak.plan.greedy import greedy
from shanyrak.plan.model import Model, build_model, restrict
from shanyrak.plan.proof import Case, Dual
from shanyrak.plan.relax import Relaxation
from shanyrak.plan.result import StoppedBy
from shanyrak.plan.seekers import Seekers
from shanyrak.plan.swap import improve, polish
from shanyrak.plan.task import Task

POLISH_ROUNDS = 50
FEW_COLUMNS = 2000
"""So many columns are all active from the beginning."""
MOST_KEPT_BYTES = 400_000_000
"""Memory for the shares of a proof; with more, no further case is opened."""
WRITTEN_A_SECOND = 60_000_000
"""Bytes of shares that are packed into a certificate in a second, at least."""
TRIAL_CASES = 3
"""After so many cases it is judged how far the proof may be."""
SEARCH_SHARE = 3
"""Work of the search for each piece of work on the bound, where a proof is far."""
SLOW_SHARE = 0.01
"""A round of the root that lowers the bound by less than this part of the gap is slow."""
SLOW_ROUNDS = 4
"""After so many slow rounds one after the other the search begins."""
NEAR_SHARE = 0.01
"""So near to the best choice the root knows which columns matter, and the search begins."""
LONG_ROOT_WORK = 500_000_000
"""Either only once the root has had so much: seconds in which smaller models have left it."""
HOPEFUL_CASES = 150
"""Where more than so many cases seem to be left, most work goes into the search for a better choice."""
SEARCH_TURN = 100_000_000
"""Work of the search between two looks at the clock where no proof goes on beside it."""


class _Stop(Exception):  # not an error: the way out of nested loops
    def __init__(self, reason: StoppedBy) -> None:
        self.reason = reason


@dataclass(eq=False)
class Run:
    """One solution under way: the best choice, the bound, and when to stop."""

    task: Task
    gap: float
    time_limit_s: float
    work_limit: int | None
    seed: int
    clock: Clock
    progress: Progress
    floor: int = 0
    """choices that cover no more than this, the fixed sites' part left out, are of no interest"""

    def __post_init__(self) -> None:
        self.started = self.clock()
        self.work = 0
        self.kept_bytes = 0
        self.history: list[tuple[float, int | float, int | float]] = []
        task = self.task
        self.model = build_model(
            task.row_ptr, task.row_col, task.demand, task.candidates, task.covered_by_fixed, task.allowed
        )
        self.total = int(self.model.weight.sum())
        self.scale = scale_for(int(task.demand.sum()))
        self.best, self.chosen = self.floor, np.zeros(0, np.int32)  # columns of the input
        self.bound = max(self.total, self.floor)
        self.first = Dual(self.model.row, np.zeros(self.model.rows, np.int64))
        """shares of the root, the best so far"""
        self.root = Case(by=self.first)
        self._seekers: Seekers | None = None
        self._begun_at = 0
        """the distance of bound and best when the search from further starts began"""
        self.stop_at: int | None = None
        """a choice that covers as much is enough"""

    def seconds_left(self) -> float:
        """Until the limit, less what it takes to write the proof."""
        writing = min(self.kept_bytes / WRITTEN_A_SECOND, 0.25 * self.time_limit_s)
        return self.time_limit_s - writing - (self.clock() - self.started)

    def take(self, covered: int, columns: IntArray) -> None:
        """A choice of columns of the input, kept if it is the best."""
        if covered > self.best:
            self.best, self.chosen = covered, columns
            self.note()

    def lower(self, bound: int) -> None:
        """A proven bound, kept if it is the lowest."""
        if bound < self.bound:
            self.bound = max(bound, self.best)
            self.note()

    def note(self) -> None:
        task = self.task
        reached, most = task.base + self.best, task.base + self.bound
        now = (self.clock() - self.started, task.in_callers_unit(reached), task.in_callers_unit(most))
        self.history.append(now)
        self.progress("choosing sites", reached, most)

    def stop_if_done(self) -> None:
        """Raise _Stop where nothing more is asked for or allowed."""
        if self.bound <= self.best or (self.stop_at is not None and self.best >= self.stop_at):
            raise _Stop("proven")
        most = self.task.base + self.bound
        if self.bound - self.best <= self.gap * most:
            raise _Stop("gap")
        if self.work_limit is not None and self.work >= self.work_limit:
            raise _Stop("work")
        if self.seconds_left() <= 0:
            raise _Stop("time")

    def solve(self) -> StoppedBy:
        """Find sites and a bound; the reason why it ended."""
        try:
            relaxation = self.relax()
            self.branch(relaxation)
        except _Stop as stop:
            if stop.reason in ("gap", "work"):
                self.polish()
            return stop.reason
        except KeyboardInterrupt:
            return "interrupted"
        return "proven"

    def relax(self) -> Relaxation:
        """The root: greedy, then rounds of relaxation with a search guided by what it leans on."""
        model, k = self.model, self.task.k
        everyone = np.ones(model.columns, bool)
        start, added = greedy(model, model.weight, max(5 * k, 60), everyone)
        self.work += 2 * model.nonzeros
        self.take(sum(added[:k]), model.column[start[:k]])
        if k == 0:
            self.root.by = Dual(model.row, np.full(model.rows, self.scale, np.int64))
            self.lower(0)
        self.stop_if_done()
        first = start if model.columns > FEW_COLUMNS else np.arange(model.columns, dtype=np.int32)
        relaxation = Relaxation(model, k, first, first_share(model, start[:k], added[:k]), self.scale)
        relaxation.start(start[:k])
        try:
            self._rounds(relaxation)
        finally:
            self._close_seekers()
        return relaxation

    def _rounds(self, relaxation: Relaxation) -> None:
        searched, stuck, slow, last, wanted = 0, 0, 0, self.bound, 0
        for number in range(400):
            before, tolerance = relaxation.work, max(1e-5, 0.01 * (self.bound - self.best) / max(self.total, 1))
            round_ = partial(relaxation.round, goal=self.best, tolerance=tolerance)
            self.beside_search(round_, self.model, relaxation.best, wanted)
            self.work += relaxation.work - before
            assert relaxation.best is not None
            if relaxation.best.value < self.bound:
                self.root.by = self.first = Dual(self.model.row, relaxation.best.share)
                self.lower(relaxation.best.value)
            self.stop_if_done()
            if len(relaxation.active) > 1.15 * searched or number % 10 == 9 or relaxation.finished:
                searched = len(relaxation.active)
                self.search(relaxation.small, relaxation.lean[relaxation.active], number)
                self.stop_if_done()
            stuck = 0 if self.bound < last - 1e-5 * self.total else stuck + 1
            slow = slow + 1 if last - self.bound < SLOW_SHARE * (self.bound - self.best) else 0
            last = min(last, self.bound)
            if relaxation.finished or stuck >= 12:
                break
            near = self.bound - self.best < NEAR_SHARE * self.bound
            if (near or slow >= SLOW_ROUNDS) and relaxation.work > LONG_ROOT_WORK:
                wanted = SEARCH_SHARE * (relaxation.work - before)
                if self._seekers is not None and self.bound - self.best < 0.5 * self._begun_at:
                    self._close_seekers()  # the root knows better by now which columns matter

    def polish(self) -> None:
        """Leave no single swap that would bring more: a planner would find it and lose faith."""
        chosen = np.flatnonzero(np.isin(self.model.column, self.chosen)).astype(np.int32)
        chosen = polish(self.model, chosen, POLISH_ROUNDS)
        self.take(self.model.covered(chosen), self.model.column[chosen])

    def search(self, small: Model, lean: Any, number: int) -> None:
        """Swap from what the relaxation leans on, and from the best choice so far."""
        k = min(self.task.k, small.columns)
        by_lean = np.argsort(-lean, kind="stable")[:k].astype(np.int32)
        known = np.flatnonzero(np.isin(small.column, self.chosen)).astype(np.int32)
        starts = [by_lean] if len(known) < k else [by_lean, known]
        for start in starts:
            covered, chosen, work = improve(small, start, seed=self.seed * 1000 + number)
            self.work += work
            self.take(covered, small.column[chosen])

    def branch(self, relaxation: Relaxation) -> None:
        """Narrow the model by what the root's shares exclude, then split into cases."""
        model, k = self.model, self.task.k
        none = np.zeros(model.columns, bool)
        forced, bound, case = none, relaxation.best, self.root
        active = model.column[relaxation.active]
        assert bound is not None
        for attempt in range(3):  # by the root's shares, by better ones, and after leaving twins away
            columns = model.columns
            out, inside = excluded(bound, k, forced, none[: model.columns], self.best)
            if out.any() or inside.any():
                case.narrow(model.column[out], model.column[inside], Dual(model.row, bound.share))
            model, forced, bound = self._shrink(model, ~out, forced | inside, bound)
            if attempt == 1:
                pairs = replaceable(model, forced)
                if pairs:
                    case.narrowed.append({"instead": [[int(model.column[c]), int(model.column[o])] for c, o in pairs]})
                    keep = np.ones(model.columns, bool)
                    keep[[c for c, _ in pairs]] = False
                    model, forced, bound = self._shrink(model, keep, forced, bound)
            none = np.zeros(model.columns, bool)
            if attempt == 0 or model.columns < columns:
                number = np.flatnonzero(np.isin(model.column, active))
                chosen = np.flatnonzero(np.isin(model.column, self.chosen))
                search = Search(model, k, np.union1d(number, chosen), self.best, chosen.astype(np.int32))
            elif attempt == 2 or not inside.any():
                break
            if attempt == 2 or k - int(forced.sum()) >= int((~forced).sum()) or k <= int(forced.sum()):
                break
            better = search.relax(bound, forced, none, self.seconds_left, decided=0.02)
            self._note_search(search, model)
            if better is None:
                self.stop_if_done()
                raise _Stop("time")
            bound, active = better, model.column[search.active]
            case.by = Dual(model.row, bound.share)
            self.lower(max(bound.value, self.best))
            self.search(restrict(model, search.active)[0], bound.lean[search.active], 1000 + attempt)
            self.stop_if_done()
        search.begin(bound, forced, case)
        self.prove_and_search(model, search, bound)

    def prove_and_search(self, model: Model, search: Search, bound: Bound) -> None:
        """Case after case; where the proof is far away, the search for a better choice gets most of the work."""
        first_gap, cases, wanted, idle = self.bound - self.best, 0, 0, False
        try:
            while True:
                before, known = self.work, self.best
                more = self.kept_bytes <= MOST_KEPT_BYTES or idle  # else the proof ends here, and the search goes on
                step = partial(search.step, self.seconds_left) if more else bool
                worked = self.beside_search(step, model, bound, wanted)
                own, idle = search.work, self.work == before
                self._note_search(search, model)
                self.lower(search.bound)
                self.stop_if_done()
                if more and not worked:
                    raise _Stop("time")
                if self.best > known:
                    search.offer(np.flatnonzero(np.isin(model.column, self.chosen)).astype(np.int32))
                cases += 1
                self.kept_bytes = search.kept_bytes
                left = self.bound - self.best
                near = left * cases < HOPEFUL_CASES * (first_gap - left)  # at this pace
                if self.kept_bytes > MOST_KEPT_BYTES:
                    wanted = SEARCH_TURN
                elif cases >= TRIAL_CASES:
                    wanted = own if near else SEARCH_SHARE * own
        finally:
            self._close_seekers()

    def beside_search(self, act: Callable[[], Any], model: Model, bound: Bound | None, wanted: int) -> Any:
        """Act, and beside it search from further starts for so much work, on the columns that matter to a bound.

        The starts and their columns are those of the first call until they are closed. Both are done when this
        returns, so that the answer does not hang on which of them was faster.
        """
        if wanted <= 0 or bound is None:
            return act()
        if self._seekers is None:
            self._seekers = Seekers(model, bound, self.task.k, self.chosen, self.best, self.seed)
            self._begun_at = self.bound - self.best
        self._seekers.offer(self.chosen, self.best)
        searching = self._seekers.start(wanted, self.is_over)
        done = act()
        self.work += searching.result()
        self.take(self._seekers.covered, self._seekers.chosen)
        return done

    def _close_seekers(self) -> None:
        if self._seekers is not None:
            self._seekers.close()
            self._seekers = None

    def is_over(self) -> bool:
        """Whether the time is over."""
        return self.seconds_left() <= 0

    def _note_search(self, search: Search, model: Model) -> None:
        self.work += search.work
        search.work = 0
        if search.best > self.best:
            self.take(search.best, model.column[search.chosen])

    def _shrink(self, model: Model, keep: BoolArray, forced: BoolArray, bound: Bound) -> tuple[Model, BoolArray, Bound]:
        """The model without some columns, and the same shares' bound on it."""
        if keep.all():
            return model, forced, bound
        smaller, group = restrict(model, np.flatnonzero(keep))
        known = group >= 0
        worth = (bound.share * model.weight.astype(np.float64))[known]
        total = np.bincount(group[known], weights=worth, minlength=smaller.rows)
        share = np.clip(np.rint(total / np.maximum(smaller.weight, 1)), 0, bound.scale).astype(np.int64)
        inside = forced[keep]
        none = np.zeros(smaller.columns, bool)
        return smaller, inside, certify(smaller, self.task.k, inside, none, share, bound.scale, bound.lean[keep])


def first_share(model: Model, chosen: IntArray, added: list[int]) -> Any:
    """Shares that make every chosen column as dear as the one that adds least; 1 where nobody is covered."""
    share = np.ones(model.rows)
    done = np.zeros(model.rows, bool)
    for column, adds in zip(chosen.tolist(), added, strict=True):
        rows = model.rows_of(column)
        rows = rows[~done[rows]]
        share[rows] = added[-1] / adds
        done[rows] = True
    return share
