"""Reliable p-median: the shortest expected walk when any point may be shut and people go on to the next nearest.

Snyder and Daskin 2005 (Transportation Science 39(3), 400-416, doi:10.1287/trsc.1040.0107), with two levels: a cell
walks d1 to its nearest open site, with probability q finds it shut and then counts the walk d2 to the second
nearest. Its cost w ((1 - q) d1 + q d2) is written as w ((1 - 2q) d1 + q (d1 + d2)), which is why q is at most 1/2:
both parts then fall as sites are added, and the program of ``savings`` holds.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Unpack

import numpy as np

from shanyrak.core.errors import InvalidInput
from shanyrak.core.units import FloatArray, IntArray, LongArray
from shanyrak.plan.result import Siting
from shanyrak.plan.task import read_demand
from shanyrak.plan.variants.cells import read_share
from shanyrak.plan.variants.choice import Choice, Options, read_choice
from shanyrak.plan.variants.gradual import pair_facts, read_pairs
from shanyrak.plan.variants.problem import Problem
from shanyrak.plan.variants.program import Program
from shanyrak.plan.variants.savings import Pairs, savings_program
from shanyrak.plan.variants.solve import solve

MILLE = 1000


@dataclass(eq=False)
class Reliable(Problem):
    """See ``reliable_p_median``; values are negative thousandths of demand times distance."""

    pairs: Pairs
    """what each pair saves against ``beyond``"""
    demand: LongArray
    unit: int
    choice: Choice
    failure: int
    """thousandths"""
    beyond: int
    name = "reliable_p_median"
    sign = -1

    @property
    def total(self) -> int:
        """The cost where nobody reaches anything."""
        return MILLE * self.beyond * int(self.demand.sum())

    def value(self, sites: IntArray) -> int | None:
        first, second = self.pairs.best(sites, 2)[0]
        q = self.failure
        return int(self.demand @ ((MILLE - q) * first + q * second)) - self.total

    def swap_scores(self, sites: IntArray, closing: IntArray, opening: IntArray) -> FloatArray | None:
        q = float(self.failure)
        return self.pairs.scores(sites, closing, opening, self.demand, MILLE - q, q)

    def told(self, value: int) -> int | float:
        return -value / (MILLE * self.unit)

    def allocation(self, sites: IntArray) -> Any:
        """(cells, 2) the nearest and the second nearest open site, -1 where there is none."""
        return self.pairs.best(sites, 2)[1].T

    def facts(self) -> dict[str, Any]:
        return {**pair_facts(self.pairs, self.demand, self.unit), "failure": self.failure, "beyond": self.beyond}

    def program(self) -> Program:
        q = self.failure
        return savings_program(self.choice, self.pairs, self.demand, [(MILLE - 2 * q, 1), (q, 2)], offset=-self.total)


def reliable_p_median(
    distance: Any, demand: Any, k: int, *, failure: float, beyond: int | None = None, **options: Unpack[Options]
) -> Siting:
    """Choose k sites so that the expected walk is shortest when each may be shut.

    Parameters
    ----------
    distance : (cells, candidates) whole numbers, sparse or dense, not negative
        Walk from cell to candidate. In a sparse matrix a pair that is not stored is ``beyond``.
    demand, k : as in ``maximal_covering``
    failure : from 0 to 0.5, in whole thousandths
        Probability that the nearest open site is found shut.
    beyond : whole number
        What counts as a cell's walk where no site, or no second one, is nearer. The largest distance unless given.
    **options : see ``Options``

    Returns
    -------
    Siting
        ``objective`` is the expected walk, summed over demand; ``allocation``: (cells, 2) the nearest and the
        second nearest open site, -1 where there is none.
    """
    csr, cells, candidates = read_pairs(distance, "distance")
    if csr.data.dtype.kind not in "iu" or (csr.data < 0).any():
        raise InvalidInput("distances are whole numbers, 0 or more", where="distance", mend="Round in a finer unit")
    far = int(csr.data.max(initial=0)) if beyond is None else int(beyond)
    saved = far - csr.data.astype(np.int64)
    keep = saved > 0
    cell = np.repeat(np.arange(cells), np.diff(csr.indptr))[keep]
    ptr = np.concatenate([[0], np.cumsum(np.bincount(cell, minlength=cells))]).astype(np.int64)
    pairs = Pairs(ptr, csr.indices[keep].astype(np.int32), saved[keep], candidates)
    whole, unit = read_demand(demand, cells)
    if int(whole.sum()) * max(far, 1) * MILLE >= 1 << 57:
        raise InvalidInput("all walks together cannot be counted exactly", where="distance", mend="Use larger units")
    share = read_share(failure, "failure", MILLE, 0.5)
    return solve(Reliable(pairs, whole, unit, read_choice(candidates, k, options), share, far), options)
