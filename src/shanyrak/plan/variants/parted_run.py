"""Lower and lower shares refuted by what groups need by themselves (``parted``), with the search going on between.

A share a quarter of the way from the bound to the best choice is tried. Where it is refuted the bound falls; where it
takes too many cases, a share halfway back is tried, and when little is left between, more cases are allowed.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np

from shanyrak.core.units import FloatArray, IntArray
from shanyrak.plan.variants.groups import Groups
from shanyrak.plan.variants.parted import Parted
from shanyrak.plan.variants.parted_cases import Refuting

if TYPE_CHECKING:
    from shanyrak.plan.variants.large import Large

MELTED = 3
"""Choices that are put together from the sets of groups between rounds."""
SELDOM = 3
"""Rounds between two looks for a better choice."""
CLOSE = 2e-3
"""Shares nearer than this part of the best are not told apart until more cases are allowed."""
CASES = (1, 16, 64, 200)
"""Cases of a share, at most, from when on there is little left between shares that took more."""


def refute(large: Large) -> None:
    """Lower the bound of a run as far as prices of groups can."""
    problem, run = large.problem, large.run
    assert isinstance(problem, Groups)
    if run.seconds_left() < run.clock() - run.started:  # it takes up to as long as all before to be set up
        return
    with run.fits("parts"):
        parted = Parted(problem, large.active, _values(large, problem))
    refuted, close = run.bound + 1, CLOSE

    def timed(what: Callable[[], Any], name: str) -> Any:
        with run.fits(name):
            out = what()
        run.work += parted.work
        parted.work = 0
        return out

    rounds = 0

    def between() -> None:
        nonlocal rounds
        rounds += 1
        if rounds % SELDOM == 0:
            for _ in range(MELTED):
                _thinned(large, parted.together(large.random))
            large.stroll()
        run.stop_if_done()

    for patience in CASES:
        kept = run.best
        while refuted - max(run.best, kept) > max(1, close * run.best):
            share = refuted - max(1, (refuted - max(run.best, kept)) // (4 if kept == run.best else 2))
            proof = Refuting(parted, share, patience, between).go(timed, run.seconds_left)
            if proof is not None:
                refuted, run.parted = share, proof
                run.lower(share - 1)
                run.stop_if_done()
            else:
                kept = share
        close /= 3


def practise(large: Large) -> None:
    """Ask every group once, and prove what it costs."""
    problem = large.problem
    assert isinstance(problem, Groups)
    parted = Parted(problem, large.active, _values(large, problem))
    parted.aim(large.run.best)
    parted.round(large.run.seconds_left)
    parted.proof(large.run.seconds_left)


def _values(large: Large, problem: Groups) -> FloatArray:
    """(groups, candidates) what the relaxation says a site is worth to each group, in what the last one chosen is."""
    groups = int((problem.all > 0).sum())
    end = len(large.u) - groups
    u = large.u[end - problem.cells.count : end]
    price = np.sort(large.prices(large.u)[problem.choice.free])[::-1]
    k = problem.choice.k
    last = float(price[k - 1]) if 0 < k <= len(price) else 0.0
    value = np.zeros((len(problem.all), problem.choice.candidates))
    pair, cell, site = problem.cells.row_col, problem.cells.pair_cell, problem.cells.row_col
    group = np.full(problem.cells.count, -1)
    entries = problem.weight.tocoo()
    group[entries.col] = entries.row
    some = group[cell] >= 0
    np.add.at(value, (group[cell[some]], site[some]), u[cell[some]])
    assert len(pair) == len(cell)
    return np.minimum(value, last) / last if last > 0 else (value > 0).astype(np.float64)


def _thinned(large: Large, sites: IntArray) -> None:
    """Leave out of too many sites those that matter least, and go on with swaps."""
    problem, run = large.problem, large.run
    assert isinstance(problem, Groups)
    some = problem.all > 0
    kept = set(problem.choice.fixed.tolist())
    while len(sites) > problem.choice.most:
        without = [np.delete(sites, at) for at, j in enumerate(sites.tolist()) if j not in kept]
        shares = [np.sort(problem.reached(one)[some] / problem.all[some]).tolist() for one in without]
        sites = without[max(range(len(without)), key=lambda at: shares[at])]
    run.work += len(problem.cells.row_col)
    if problem.choice.allows(sites):
        run.offer(sites)
        large.search(sites, large.among(), 2)
