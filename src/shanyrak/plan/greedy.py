"""Greedy choice: again and again the column that adds most (Church and ReVelle 1974, 'greedy adding').

What a column adds only falls while others are chosen, so yesterday's figure is a ceiling for today's:
a heap of ceilings asks again only where the ceiling is the highest (Minoux 1978, 'lazy greedy').
"""

from __future__ import annotations

import heapq

import numpy as np
import numpy.typing as npt

from shanyrak.core.units import IntArray
from shanyrak.plan.model import Model


def greedy(
    model: Model, amount: npt.NDArray[np.int64] | npt.NDArray[np.float64], picks: int, among: npt.NDArray[np.bool_]
) -> tuple[IntArray, list[float]]:
    """Pick up to ``picks`` columns, each adding the most of ``amount`` that is not covered yet.

    Parameters
    ----------
    amount : (m,) what covering a row is worth, not negative
    among : (n,) the columns that may be picked

    Returns
    -------
    columns in the order of picking (the lower index where two add the same), and what each added (above 0)
    """
    left = amount.copy()
    start = np.add.reduceat(np.append(left[model.col_row], 0), np.minimum(model.col_ptr[:-1], model.nonzeros))
    start[model.col_ptr[1:] == model.col_ptr[:-1]] = 0
    heap = [(-start[j].item(), int(j)) for j in np.flatnonzero(among & (start > 0))]
    heapq.heapify(heap)
    picked: list[int] = []
    added: list[float] = []
    while heap and len(picked) < picks:
        ceiling, column = heap[0]
        rows = model.rows_of(column)
        now = left[rows].sum().item()
        if now != -ceiling:
            if now > 0:
                heapq.heapreplace(heap, (-now, column))
            else:
                heapq.heappop(heap)
            continue
        heapq.heappop(heap)
        left[rows] = 0
        picked.append(column)
        added.append(now)
    return np.array(picked, np.int32), added
