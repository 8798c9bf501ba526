"""Search on from a good choice: close some sites that lie together, fill up greedily, swap until nothing helps.

Ruin and recreate (Schrimpf et al. 2000) for the p-median: what is torn open lies in one place, around a demand
point drawn at random, so that swaps elsewhere stay as they are. A choice as cheap as the last one is kept, so
that the search can cross a plain.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from shanyrak.core.units import IntArray, LongArray
from shanyrak.plan.median_swap import fill_up, swap_search
from shanyrak.plan.sides import Sides

_WIDE = 20


def shake(
    far: IntArray, weight: LongArray, chosen: IntArray, cost: int, movable: IntArray, sides: Sides, beyond: int,
    random: np.random.Generator, rounds: int, is_over: Callable[[], bool],
) -> tuple[int, IntArray, int]:  # fmt: skip
    """Shake so many times.

    Parameters
    ----------
    far : (n, m) whole distances of every candidate to every demand point
    chosen, cost : where to begin
    movable : (n,) 1 where a candidate may come in or go out

    Returns
    -------
    the least cost met, its choice, and the pairs looked at
    """
    n, m = far.shape
    best, best_cost = chosen.astype(np.int32), cost
    work = 0
    for turn in range(rounds):
        moving = np.flatnonzero(movable[best])
        if len(moving) == 0 or is_over():
            break
        size = min(len(moving), 2 + int(random.integers(0, max(2, min(8, len(moving) // 2)))))
        centre = int(random.integers(0, m))
        near = moving[np.argsort(far[best[moving], centre], kind="stable")]
        gone = near[:size]
        kept = np.delete(best, gone)
        # only what lies around is looked at again; every now and then everything
        edge = far[best[near[min(len(near) - 1, 3 * size + 4)]], centre] if turn % _WIDE else beyond
        around = np.where(far[:, centre] <= edge, movable, 0).astype(np.int32)
        may = around.copy()
        lost = best[gone]
        may[lost[int(random.integers(0, size))]] = 0  # one of them stays closed for now, or all would come back
        filled, used = fill_up(far, weight, kept, len(best), may, sides, beyond)
        work += used
        if len(filled) == 0:
            continue
        order = random.permutation(n).astype(np.int32)
        found, there, used = swap_search(far, weight, filled, around, sides, order, beyond)
        work += used
        if found <= best_cost:
            best, best_cost = there, found
    return best_cost, best, work
