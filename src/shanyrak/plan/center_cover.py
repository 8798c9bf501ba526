"""Can p sites reach these demand points within a radius? The question a p-center asks again and again.

    least  sum_j y_j    with  sum_(j reaches i) y_j >= 1  for each point i,  y whole,  side constraints

Sites that reach nothing beyond what another reaches are left away (where no side constraint could make them
useful), the linear relaxation is solved by HiGHS, and where it needs p sites or less without being whole, sites
that its dual values exclude go away for good (reduced-cost fixing), and the choices are split by a site. Where many
sites went away, others need not stay either, and what is left is asked anew as a smaller question. A "no" is proven
by numbers u_i >= 0 (the dual values, in whole parts): with S_j = sum of u_i over the points that j reaches,

    sum_i u_i  >  sum of S_j over the sites that are in  +  the largest p - (how many are in) of S_j over free ones

shows that no such sites reach everybody. Multipliers of side constraints come off S_j and go onto the right side.
HiGHS only proposes; this comparison of whole numbers decides.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from shanyrak.core.compiled import kernel
from shanyrak.core.units import BoolArray, FloatArray, IntArray, LongArray
from shanyrak.plan.highs import quiet_highs
from shanyrak.plan.median_proof import dual_of
from shanyrak.plan.model import build_model
from shanyrak.plan.proof import Case, Dual
from shanyrak.plan.sides import Sides
from shanyrak.plan.swap import improve

PARTS = 1 << 24
"""Dual values are whole parts of one site."""
_DEAR = 1000.0
_MANY = 0.15
"""Share of the free sites that must have gone away before what is left is asked anew."""
_ROUNDED = 4
"""Nodes until a relaxed choice is rounded again."""
_RELIABLE, _TRIED, _IN_VAIN = 1, 16, 4
"""A site is tried before a split until it was seen so often; so many at most, and so many without a better one."""


class OutOfTime(Exception):  # not an error: no answer yet
    """The time was not enough for an answer."""


@kernel()
def _instead(words: npt.NDArray[np.uint64], order: IntArray, allowed: BoolArray, firm: BoolArray) -> IntArray:
    """For each list of bits another, earlier in ``order``, that contains it and stays; -1: it stays itself."""
    n, size = words.shape
    other = np.full(n, -1, np.int32)
    kept = np.empty(n, np.int32)
    count = 0
    for position in range(n):
        j = order[position]
        if not allowed[j]:
            continue
        first = 0  # words before are empty
        while first < size and words[j, first] == 0:
            first += 1
        if not firm[j]:
            for t in range(count):
                k = kept[t]
                inside = True
                for w in range(first, size):
                    if words[j, w] & ~words[k, w]:
                        inside = False
                        break
                if inside:
                    other[j] = k
                    break
        if other[j] < 0:
            kept[count] = j
            count += 1
    return other


def _words(table: BoolArray) -> npt.NDArray[np.uint64]:
    """Rows of booleans as 64-bit words."""
    packed = np.packbits(table, axis=1)
    padded = np.zeros((packed.shape[0], -(-packed.shape[1] // 8) * 8), np.uint8)
    padded[:, : packed.shape[1]] = packed
    return padded.view(np.uint64)


def stand_ins(reach: BoolArray, allowed: BoolArray, firm: BoolArray) -> IntArray:
    """(n,) for each allowed site another that reaches all that it reaches, or -1 where it is needed itself.

    ``reach`` is (rows, n); sites in ``firm`` always stay.
    """
    order = np.argsort(-(reach.sum(axis=0) + len(reach) * firm), kind="stable").astype(np.int32)
    other: IntArray = _instead(_words(np.ascontiguousarray(reach.T)), order, allowed, firm)
    return other


def hard_rows(reach: BoolArray) -> BoolArray:
    """(rows,) points to keep: any sites that reach these reach the others too."""
    order = np.argsort(reach.sum(axis=1), kind="stable").astype(np.int32)
    everyone = np.ones(len(reach), bool)
    # a row is implied by one whose sites are among its own: seen from the complements, one contains the other
    other: IntArray = _instead(_words(~reach), order, everyone, ~everyone)
    return np.asarray(other < 0)


def covering_swaps(reach: BoolArray, lean: FloatArray, picks: int, seed: int) -> tuple[LongArray, int]:
    """Sites that reach most rows, by tabu search from the relaxed choice; and the work."""
    rows, count = reach.shape
    if count <= picks:
        return np.arange(count), 0
    row, column = np.nonzero(reach)
    ptr = np.concatenate([[0], np.cumsum(np.bincount(row, minlength=rows))]).astype(np.int64)
    nobody, all_sites = np.zeros(rows, bool), np.ones(count, bool)
    model = build_model(ptr, column.astype(np.int32), np.ones(rows, np.int64), count, nobody, all_sites)
    chosen = np.sort(np.argsort(-lean, kind="stable")[:picks]).astype(np.int32)
    total = 0
    for attempt in range(2):
        covered, chosen, work = improve(model, chosen, steps=1500, patience=250, seed=seed + attempt)
        total += work
        if covered == rows:
            break
    return chosen.astype(np.int64), total


@dataclass(eq=False)
class Answer:
    """Sites that reach all rows, or a proof that none do."""

    sites: LongArray | None
    case: Case | None
    lean: FloatArray
    """(n,) the root's relaxed choice"""
    nodes: int
    work: int


class CoverQuestion:
    """One question: rows, a radius, and which sites may be used."""

    def __init__(
        self, reach: BoolArray, picks: int, forced: BoolArray, banned: BoolArray, sides: Sides, rows: IntArray, m: int
    ) -> None:
        self.picks, self.sides = picks, sides
        self.forced, self.banned = forced, banned
        self.m = m
        n = reach.shape[1]
        self.pairs: list[list[int]] = []
        stays = ~banned
        self.work = reach.size
        while True:  # fewer sites make rows alike, fewer rows make sites alike
            gone = np.zeros(0, np.int64)
            if not sides.any:
                other = stand_ins(reach, stays, forced)
                gone = np.flatnonzero(other >= 0)
                self.pairs += np.column_stack([gone, other[gone]]).tolist()
                stays[gone] = False
            hard = hard_rows(reach[:, stays])
            dropped = len(rows) - int(hard.sum())
            reach, rows = reach[hard], rows[hard]
            if len(gone) == 0 or dropped == 0:
                break
        self.reach, self.rows = reach, rows
        self.site = np.flatnonzero(stays)
        self.small = np.ascontiguousarray(reach[:, self.site])
        self.n = n
        self._highs: Any = None
        self._exact: FloatArray | None = None
        self.grown, self.seen = np.zeros((2, len(self.site))), np.zeros((2, len(self.site)))
        """per column, without it and with it: how much the relaxation grew, and how often it was seen"""
        self.tried = 0

    def relaxed(
        self, forced: BoolArray, banned: BoolArray, seconds_left: float
    ) -> tuple[FloatArray, LongArray, LongArray]:
        """Relaxed choice (columns that stay), whole u (rows) and multipliers; OutOfTime where it takes longer."""
        if self._highs is None:
            self._load()
        highs, count = self._highs, len(self.site)
        low = forced[self.site].astype(np.float64)
        high = np.where(banned[self.site], 0.0, np.where(forced[self.site], 1.0, np.inf))
        highs.changeColsBounds(count, np.arange(count, dtype=np.int32), low, high)
        highs.setOptionValue("time_limit", highs.getRunTime() + max(seconds_left, 0.01))
        highs.run()
        if highs.getModelStatus() != self._optimal:
            raise OutOfTime
        self.work += int(highs.getInfo().simplex_iteration_count + 1) * (len(self.rows) + count)
        solution = highs.getSolution()
        dual = np.array(solution.row_dual)
        u = np.maximum(np.floor(dual[: len(self.rows)] * PARTS), 0).astype(np.int64)
        multiplier = np.zeros(self.sides.groups + 1, np.int64)
        groups = self.sides.groups
        multiplier[:groups] = np.maximum(np.ceil(-dual[len(self.rows) : len(self.rows) + groups] * PARTS), 0)
        if self.sides.budget >= 0:
            multiplier[-1] = max(int(np.ceil(-dual[-1] * PARTS)), 0)
        return np.array(solution.col_value)[:count], u, multiplier

    def _reached(self, u: LongArray) -> LongArray:
        """(n,) sum of u over the rows that a site reaches; 0 for sites that are left away."""
        assert int(u.sum()) < 1 << 53, "sums would not be exact"
        if self._exact is None:
            self._exact = self.small.astype(np.float64)
        out = np.zeros(self.n, np.int64)
        out[self.site] = u.astype(np.float64) @ self._exact
        return out

    def refutes(
        self, u: LongArray, multiplier: LongArray, forced: BoolArray, banned: BoolArray, *, kept_only: bool = False
    ) -> bool:
        """Whether whole numbers prove that no choice of a case reaches all rows.

        ``kept_only`` where all sites that are left away are in ``banned``.
        """
        extra, constant = self.sides.extra(multiplier)
        price = (self._reached(u) if kept_only else u @ self.reach) - extra
        free = ~forced & ~banned
        dear = np.maximum(np.sort(price[free])[::-1][: max(self.picks - int(forced.sum()), 0)], 0)
        return bool(int(u.sum()) > sum(price[forced].tolist()) + sum(dear.tolist()) + constant)

    def excluded(self, u: LongArray, multiplier: LongArray, forced: BoolArray, banned: BoolArray) -> BoolArray:
        """(n,) free sites with which, by whole numbers, no choice of a case reaches all rows."""
        out = np.zeros(self.n, bool)
        left = self.picks - int(forced.sum())
        free = np.flatnonzero(~forced & ~banned)
        if left <= 0 or len(free) == 0:
            return out
        extra, constant = self.sides.extra(multiplier)
        price = self._reached(u) - extra
        dear = np.maximum(np.sort(price[free])[::-1][: left - 1], 0)  # at least as dear as the others beside it
        out[free] = int(u.sum()) > price[free] + (sum(price[forced].tolist()) + sum(dear.tolist()) + constant)
        return out

    def answer(self, seconds_left: Callable[[], float], most_nodes: int = 1 << 30, case: Case | None = None) -> Answer:
        """Depth first, sites in before sites out; OutOfTime where the time or the nodes are not enough.

        ``case`` is where the proof is written, a new one unless given.
        """
        case = Case() if case is None else case
        banned = self.banned.copy()
        if self.pairs:
            banned[[pair[0] for pair in self.pairs]] = True
        waiting = [(case, self.forced, banned)]
        lean = np.zeros(self.n)
        nodes = 0
        root_proof = True
        while waiting:
            if seconds_left() <= 0 or nodes >= most_nodes:
                raise OutOfTime
            here, forced, out = waiting.pop()
            nodes += 1
            y, u, multiplier = self.relaxed(forced, out, seconds_left())
            if nodes == 1:
                lean[self.site] = y
                if self.refutes(u, multiplier, self.forced, self.banned):
                    here.by = dual_of(self.spread(u), multiplier)
                    return Answer(None, case, lean, nodes, self.work)
                root_proof = False
                if self.pairs:
                    here.narrowed.append({"instead": self.pairs})
            if self.refutes(u, multiplier, forced, out, kept_only=True):
                here.by = dual_of(self.spread(u), multiplier)
                continue
            whole = float(np.minimum(y, np.abs(1.0 - y)).max(initial=0.0)) < 1e-6
            found = self.rounded(y, forced) if whole or nodes % _ROUNDED == 1 else None
            if found is not None:
                return Answer(found, None, lean, nodes, self.work)
            before = int((~forced & ~out).sum())
            gone = self.excluded(u, multiplier, forced, out)
            if gone.any():
                here.narrow(np.flatnonzero(gone), np.zeros(0, np.int64), dual_of(self.spread(u), multiplier))
                out = out | gone
            free = ~forced[self.site] & ~out[self.site]
            if not free.any() or int(forced.sum()) >= self.picks:
                self.close(here, forced, out)
                continue
            if gone.sum() > _MANY * before:
                smaller = CoverQuestion(self.reach, self.picks, forced, out, self.sides, self.rows, self.m)
                answer = smaller.answer(seconds_left, most_nodes - nodes, here)
                self.work += answer.work
                nodes += answer.nodes
                if answer.sites is not None:
                    return Answer(answer.sites, None, lean, nodes, self.work)
                continue
            at, closed = self.branching(y, free, forced, out, seconds_left)
            pick = int(self.site[at])
            halves = here.split(pick)
            for half, is_in in zip(halves[::-1], (False, True), strict=True):
                if is_in in closed:
                    half.by = closed[is_in]
                    continue
                f, b = forced.copy(), out.copy()
                (f if is_in else b)[pick] = True
                waiting.append((half, f, b))
        assert not root_proof
        return Answer(None, case, lean, nodes, self.work)

    def branching(
        self, y: FloatArray, free: BoolArray, forced: BoolArray, out: BoolArray, seconds_left: Callable[[], float]
    ) -> tuple[int, dict[bool, Dual]]:
        """The site (column) to split by, and proofs for the halves that are closed already (True: with the site).

        That where the relaxation grows most on both sides: as seen at earlier splits, or tried where it was not
        (reliability branching, Achterberg, Koch and Martin 2005).
        """
        undecided = np.where(free, np.minimum(y, np.abs(1.0 - y)), -1.0)
        if float(undecided.max()) < 1e-7:  # whole, and still no choice: split by what is in
            return int(np.argmax(np.where(free, y, -1.0))), {}
        total = float(y.sum())
        unit = np.array([self.grown[side].sum() / max(self.seen[side].sum(), 1) for side in (0, 1)])
        unit = np.where(self.seen.sum(axis=1) > 0, unit, 1.0)[:, None]
        each = np.where(self.seen > 0, self.grown / np.maximum(self.seen, 1), unit)
        score = np.where(undecided > 1e-6, np.maximum(each[1] * (1 - y), 1e-4) * np.maximum(each[0] * y, 1e-4), -1.0)
        order = np.argsort(-score, kind="stable")
        best, most, since = int(order[0]), -1.0, 0
        for at in order[:_TRIED].tolist():
            if score[at] <= 0 or since >= _IN_VAIN:
                break
            if self.seen[:, at].min() < _RELIABLE:
                closed: dict[bool, Dual] = {}
                gain = [0.0, 0.0]
                for side in (1, 0):
                    f, b = forced.copy(), out.copy()
                    (f if side else b)[self.site[at]] = True
                    there, u, multiplier = self.relaxed(f, b, seconds_left())
                    self.tried += 1
                    gain[side] = max(float(there.sum()) - total, 0.0)
                    if self.refutes(u, multiplier, f, b, kept_only=True):
                        closed[bool(side)] = dual_of(self.spread(u), multiplier)
                    self.grown[side, at] += gain[side] / max(1 - y[at] if side else y[at], 1e-6)
                    self.seen[side, at] += 1
                if closed:
                    return at, closed
                value = max(gain[0], 1e-4) * max(gain[1], 1e-4)
            else:
                value = float(score[at])
            since += 1
            if value > most:
                best, most, since = at, value, 0
        return best, {}

    def spread(self, u: LongArray) -> LongArray:
        """u of all demand points: 0 where a point is not among the rows."""
        out = np.zeros(self.m, np.int64)
        out[self.rows] = u
        return out

    def rounded(self, y: FloatArray, forced: BoolArray) -> LongArray | None:
        """Sites that reach all rows, greedily by the relaxed choice; None where more than p are needed."""
        chosen = np.flatnonzero(forced).tolist()
        missing = ~self.reach[:, chosen].any(axis=1)
        while missing.any():
            if len(chosen) >= self.picks:
                return None
            gain = self.small[missing].sum(axis=0)
            best = int(self.site[np.argmax(gain * (0.01 + y))])
            if not self.reach[missing, best].any() or best in chosen:
                return None
            chosen.append(best)
            missing &= ~self.reach[:, best]
        sites = np.array(chosen, np.int64)
        return sites if self.sides.allows(sites[~self.forced[sites]]) else None

    def searched(self, y: FloatArray, forced: BoolArray, seed: int) -> LongArray | None:
        """Sites that reach all rows, by swaps from the relaxed choice (tabu search for covering most rows)."""
        found = self.rounded(y, forced)
        if found is not None or self.sides.any or forced.any() or len(self.site) <= self.picks:
            return found
        sites, work = covering_swaps(self.small, y, self.picks, seed)
        self.work += work
        return np.asarray(self.site[sites], np.int64) if self.small[:, sites].any(axis=1).all() else None

    def close(self, here: Case, forced: BoolArray, out: BoolArray) -> None:
        """Nothing is left to choose: a point that nobody reaches, or limits that are broken, prove it."""
        u = np.zeros(len(self.rows), np.int64)
        multiplier = np.zeros(self.sides.groups + 1, np.int64)
        open_now = forced if int(forced.sum()) >= self.picks else ~out
        missing = np.flatnonzero(~self.reach[:, open_now].any(axis=1))
        inside = np.flatnonzero(forced & ~self.forced)
        if len(missing):
            u[missing[0]] = 1
        elif self.sides.budget >= 0 and int(self.sides.cost[inside].sum()) > self.sides.budget:
            multiplier[-1] = 1
        else:
            chosen = np.zeros(self.n, bool)
            chosen[inside] = True
            broken = np.flatnonzero(self.sides.times(chosen) > 1)
            assert len(broken), "a case without a choice has an answer"
            multiplier[broken[0]] = 1
        assert self.refutes(u, multiplier, forced, out), "a closed case proves nothing"
        here.by = dual_of(self.spread(u), multiplier)

    def _load(self) -> None:
        import highspy

        rows, count, sides = len(self.rows), len(self.site), self.sides.of_all(self.site.astype(np.int32))
        lists: list[Any] = [
            np.append(np.flatnonzero(self.small[i]), count) for i in range(rows)
        ]  # the last column reaches everybody, and is dear
        values = [np.ones(len(members)) for members in lists]
        for a, b in zip(sides.group_ptr[:-1], sides.group_ptr[1:], strict=True):
            lists.append(sides.group_site[a:b])
            values.append(np.ones(b - a))
        if sides.budget >= 0:
            lists.append(np.arange(count))
            values.append(sides.cost.astype(np.float64))
        lp = highspy.HighsLp()
        lp.num_col_, lp.num_row_ = count + 1, len(lists)
        lp.col_cost_ = np.append(np.ones(count), _DEAR * (self.picks + 1))
        lp.col_lower_, lp.col_upper_ = np.zeros(count + 1), np.full(count + 1, highspy.kHighsInf)
        free = highspy.kHighsInf
        limits = [1.0] * sides.groups + ([float(sides.budget)] if sides.budget >= 0 else [])
        lp.row_lower_ = np.array([1.0] * rows + [-free] * len(limits))
        lp.row_upper_ = np.array([free] * rows + limits)
        lp.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
        lp.a_matrix_.start_ = np.concatenate([[0], np.cumsum([len(members) for members in lists])]).astype(np.int32)
        lp.a_matrix_.index_ = np.concatenate(lists).astype(np.int32)
        lp.a_matrix_.value_ = np.concatenate(values)
        self._optimal = highspy.HighsModelStatus.kOptimal
        self._highs = quiet_highs(parallel="off", presolve="off", solver="simplex")
        self._highs.passModel(lp)
