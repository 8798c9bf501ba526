"""Lower and lower shares refuted by what groups need by themselves (``parted``), with the search going on between.

A share halfway between the best choice and the bound is tried. Where prices come about at which groups cost too much,
a proof is written and the bound falls; where prices get no better, a share halfway back is tried.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from shanyrak.core.units import FloatArray, IntArray
from shanyrak.plan.variants.groups import Groups
from shanyrak.plan.variants.parted import SPARE, Parted

if TYPE_CHECKING:
    from shanyrak.plan.variants.large import Large

ROUNDS = 40
"""Rounds for one share, at most."""
LOOKED_BACK, HOPE = 5, 4.0
"""A share is given up where so many times what the last rounds brought would not be enough."""
MELTED = 3
"""Choices that are put together from the sets of groups after each round."""
CLOSE = 2e-4
"""Shares nearer than this part of the best are not told apart."""


def refute(large: Large) -> None:
    """Lower the bound of a run as far as prices of groups can."""
    problem, run = large.problem, large.run
    assert isinstance(problem, Groups)
    if run.seconds_left() < run.clock() - run.started:  # it takes up to as long as all before to be set up
        return
    with run.fits("parts"):
        parted = Parted(problem, large.active, _values(large, problem))
    refuted, kept = run.bound + 1, 0
    share = (run.best + refuted) // 2
    while share > max(run.best, kept) and refuted - share >= max(1, CLOSE * run.best):
        if _dearer(large, parted, share):
            with run.fits("proof of parts"):
                proof = parted.proof(run.seconds_left)
            run.work += parted.work
            if proof is not None:
                refuted, run.parted = share, proof
                run.lower(share - 1)
                run.stop_if_done()
            else:
                kept = share
        else:
            kept = share
        share = (max(run.best, kept) + refuted) // 2


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


def _dearer(large: Large, parted: Parted, share: int) -> bool:
    """Whether prices were found at which a share costs more than may be paid."""
    run = large.run
    parted.aim(share)
    way: list[float] = []
    for _ in range(ROUNDS):
        with run.fits("round of parts"):
            able = parted.round(run.seconds_left)
        run.work += parted.work
        run.stop_if_done()
        if not able:
            return False  # some group cannot reach it at all: that is for the relaxation to say
        for _ in range(MELTED):
            _thinned(large, parted.together(large.random))
        large.stroll()
        run.stop_if_done()
        if parted.total > parted.pay + SPARE:
            return True
        way.append(parted.total)
        missing = parted.pay + SPARE - way[-1]
        if len(way) > LOOKED_BACK and missing > HOPE * (way[-1] - way[-1 - LOOKED_BACK]):
            return False
    return False


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
