"""Backup and expected covering: what is left where a point turns out to be shut.

Backup covering (Hogan and ReVelle 1986, Management Science 32(11), 1434-1444, doi:10.1287/mnsc.32.11.1434):
demand counts where at least two open sites cover it, a share ``once`` of it already where one does. With m_i for
"the largest y_j of cell i" the program is

    most  sum_i w_i (once z_i + (1 - once) b_i),   z_i <= sum_j y_j,   2 b_i <= sum_j y_j,
                                                   b_i <= sum_j y_j - m_i,   y_j <= m_i <= 1

The second line makes it tight where one site alone is open for sure; where pairs are many it is left away.

Expected covering (Daskin 1983, Transportation Science 17(1), 48-70, doi:10.1287/trsc.17.1.48) counts a cell with
the probability that not all open sites in its reach fail; here each fails with its own, independently.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, Unpack

import numpy as np
import numpy.typing as npt

from shanyrak.core.errors import InvalidInput
from shanyrak.core.units import FloatArray, IntArray, LongArray
from shanyrak.plan.result import Siting
from shanyrak.plan.variants.cells import Cells, read_cells, read_share
from shanyrak.plan.variants.choice import Choice, Options, read_choice
from shanyrak.plan.variants.problem import Problem, array_hash
from shanyrak.plan.variants.program import Draft, Program
from shanyrak.plan.variants.solve import solve
from shanyrak.plan.variants.wander import Parts, Wander

MILLE = 1000
MILLION = 1_000_000
TIGHT_PAIRS = 4_000_000


@dataclass(eq=False)
class Backup(Problem):
    """See ``backup_covering``; values count in whole units, or thousandths where ``once`` is a share."""

    cells: Cells
    choice: Choice
    once: int
    """thousandths of a cell's demand that count with one site in reach"""
    name = "backup_covering"

    @property
    def tight(self) -> bool:
        """Whether the program has the rows that go by pairs."""
        return len(self.cells.row_col) <= TIGHT_PAIRS

    @property
    def full(self) -> int:
        """What a unit of demand counts with two sites in reach."""
        return MILLE if self.once else 1

    def value(self, sites: IntArray) -> int | None:
        times = self.cells.times(sites)
        one, two = int(self.cells.demand[times == 1].sum()), int(self.cells.demand[times >= 2].sum())
        return self.once * one + self.full * two

    def swap_scores(self, sites: IntArray, closing: IntArray, opening: IntArray) -> FloatArray | None:
        worth = self.cells.demand * np.array([[0.0], [self.once], [self.full]])
        return self.cells.count_scores(sites, closing, opening, worth)

    def wander(self, random: np.random.Generator) -> Wander | None:
        if not self.choice.plain:
            return None
        cells = self.cells
        steps = np.array([self.once, self.full - self.once], np.float64)
        each = np.arange(cells.count + 1, dtype=np.int64)
        parts = Parts(each, np.zeros(cells.count, np.int32), cells.demand.astype(np.float64), steps,
                      np.ones(1, bool), False)  # fmt: skip
        return Wander(cells, parts, self.choice.fixed, random)

    def told(self, value: int) -> int | float:
        return self.cells.in_callers_unit(value) if self.full == 1 else value / (MILLE * self.cells.unit)

    def allocation(self, sites: IntArray) -> Any:
        """(cells,) how many open sites cover each."""
        return self.cells.times(sites)

    def facts(self) -> dict[str, Any]:
        return {**self.cells.facts(), "once": self.once, "tight": self.tight}

    def program(self) -> Program:
        draft, cells = Draft(self.choice), self.cells
        count, pairs = cells.count, len(cells.row_col)
        own, pair = np.arange(count), np.arange(pairs)
        if self.once:
            cells.covered_columns(draft, self.once * cells.demand)
        worth = (self.full - self.once) * cells.demand
        b = draft.columns(worth, count, cell=own)
        draft.rows(
            np.concatenate([cells.pair_cell, own]),
            np.concatenate([cells.row_col.astype(np.int64), b + own]),
            np.concatenate([np.full(pairs, -1), np.full(count, 2)]),
            np.zeros(count, np.int64),
            worth / 2,
        )
        if not self.tight:
            return draft.done()
        m = draft.columns(0, count, cell=own)
        draft.rows(
            np.concatenate([cells.pair_cell, own, own]),
            np.concatenate([cells.row_col.astype(np.int64), b + own, m + own]),
            np.concatenate([np.full(pairs, -1), np.ones(2 * count, np.int64)]),
            np.zeros(count, np.int64),
            worth,
        )
        draft.rows(
            np.concatenate([pair, pair]),
            np.concatenate([cells.row_col.astype(np.int64), m + cells.pair_cell]),
            np.concatenate([np.ones(pairs, np.int64), np.full(pairs, -1)]),
            np.zeros(pairs, np.int64),
            worth[cells.pair_cell],
        )
        return draft.done()


def backup_covering(cover: Any, demand: Any, k: int, *, once: float = 0.0, **options: Unpack[Options]) -> Siting:
    """Choose k sites so that most demand has a second open site in reach.

    Parameters
    ----------
    cover, demand, k : as in ``maximal_covering``
    once : share from 0 to 1, in whole thousandths
        How much a cell counts with only one open site in reach. 0: nothing; 1: maximal covering.
    **options : see ``Options``

    Returns
    -------
    Siting
        ``allocation``: (cells,) how many open sites cover each.
    """
    cells = read_cells(cover, demand)
    return solve(Backup(cells, read_choice(cells.candidates, k, options), read_share(once, "once", MILLE)), options)


_POINTS = [0.0, 0.1, 0.25, 0.5, 0.75, 1.0, 1.3, 1.7, 2.1, 2.6, 3.1, 3.7, 4.4, 5.2, 6.2, 7.5, 9.0, 12.0, 16.0]
_SURE = 21_000_000
"""-ln of less than 10^-9, in millionths: a site that never fails."""
_BILLION = 1_000_000_000


@dataclass(eq=False)
class Expected(Problem):
    """See ``expected_covering``; values count in thousandths of a whole unit."""

    cells: Cells
    choice: Choice
    failure: LongArray
    """(candidates,) in millionths"""
    name = "expected_covering"

    def missing(self, sites: IntArray) -> LongArray:
        """(cells,) the probability that all sites in reach fail, in 10^-9, rounded up at each of them."""
        opened = np.zeros(self.cells.candidates, bool)
        opened[sites] = True
        missing = np.full(self.cells.count, _BILLION, np.int64)
        pair = np.flatnonzero(opened[self.cells.row_col])
        cell, failure = self.cells.pair_cell[pair], self.failure[self.cells.row_col[pair]]
        rank = np.arange(len(pair)) - np.searchsorted(cell, cell)  # which of its cell's open sites
        for step in range(int(rank.max(initial=-1)) + 1):
            at = rank == step
            missing[cell[at]] = -(-missing[cell[at]] * failure[at] // MILLION)
        return missing

    def value(self, sites: IntArray) -> int | None:
        sure = _BILLION - self.missing(sites)
        high, low = sure // MILLION, sure % MILLION
        demand = self.cells.demand
        return int(demand @ high) + int(demand @ low) // MILLION

    def told(self, value: int) -> int | float:
        return value / (MILLE * self.cells.unit)

    def allocation(self, sites: IntArray) -> Any:
        """(cells,) the probability that at least one open site in reach does not fail."""
        return (_BILLION - self.missing(sites)) / _BILLION

    def facts(self) -> dict[str, Any]:
        return {**self.cells.facts(), "failure_sha256": array_hash(self.failure)}

    def program(self) -> Program:
        draft, cells = Draft(self.choice), self.cells
        count, pairs = cells.count, len(cells.row_col)
        own, site = np.arange(count), cells.row_col.astype(np.int64)
        reach = np.array([_SURE if p == 0 else math.ceil(-math.log(p / MILLION) * MILLION) + 1 for p in self.failure])
        e = draft.columns(cells.demand, count, high=MILLION, cell=own)
        s = draft.columns(0, count, high=_SURE, cell=own)

        def sums(column: int, amount: npt.NDArray[np.int64], typical: npt.NDArray[np.int64]) -> None:
            draft.rows(
                np.concatenate([cells.pair_cell, own]),
                np.concatenate([site, column + own]),
                np.concatenate([-amount[site], np.ones(count, np.int64)]),
                np.zeros(count, np.int64),
                typical,
            )

        sums(e, MILLION - self.failure, cells.demand)  # no more than the sum of what each would do alone
        sums(s, reach, cells.demand)
        for point in _POINTS:  # 1 - exp(-s) is below each of its tangents; all rounded up
            slope = math.ceil(math.exp(-point) * MILLION)
            level = math.ceil((1.0 - math.exp(-point) * (1.0 + point)) * MILLION * MILLION) + 1
            draft.rows(
                np.concatenate([own, own]),
                np.concatenate([e + own, s + own]),
                np.concatenate([np.full(count, MILLION), np.full(count, -slope)]),
                np.full(count, level),
                cells.demand / MILLION,
            )
        assert pairs == len(site)
        return draft.done(parts=MILLE)


def expected_covering(cover: Any, demand: Any, k: int, *, failure: Any, **options: Unpack[Options]) -> Siting:
    """Choose k sites so that most demand may expect an open site in reach that does not fail.

    Parameters
    ----------
    cover, demand, k : as in ``maximal_covering``
    failure : (candidates,) or one number, from 0 to 1, in whole millionths
        Probability that a site is shut when it is needed, each independently of the others.
    **options : see ``Options``

    Returns
    -------
    Siting
        ``objective`` is the expected demand served, in thousandths of a whole unit, rounded down;
        ``allocation``: (cells,) the probability of being served.
    """
    cells = read_cells(cover, demand)
    values = np.broadcast_to(np.asarray(failure, np.float64), (cells.candidates,))
    if not ((values >= 0) & (values <= 1)).all():
        raise InvalidInput("a probability is a number from 0 to 1", where="failure")
    whole = np.rint(values * MILLION).astype(np.int64)
    if int(cells.demand.sum()) >= 1 << 36:
        raise InvalidInput("all demand together cannot be counted exactly", where="demand", mend="Use a larger unit")
    return solve(Expected(cells, read_choice(cells.candidates, k, options), whole), options)
