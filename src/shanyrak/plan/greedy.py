"""Greedy choice: again and again the column that adds most (Church and ReVelle 1974, 'greedy adding').

What a column adds only falls while others are chosen, so yesterday's figure is a ceiling for today's:
a heap of ceilings asks again only where the ceiling is the highest (Minoux 1978, 'lazy greedy').
"""

from __future__ import annotations

import heapq

import numpy as np

from shanyrak.core.units import BoolArray, IntArray, LongArray
from shanyrak.plan.bound import column_sums
from shanyrak.plan.model import Model


def greedy(
    model: Model, amount: LongArray, picks: int, among: BoolArray, *, price: LongArray | None = None
) -> tuple[IntArray, list[int]]:
    """Pick up to ``picks`` columns, each adding the most of ``amount`` that is not covered yet.

    Parameters
    ----------
    amount : (m,) what covering a row is worth, not negative
    among : (n,) the columns that may be picked
    price : (n,) sums of ``amount`` over the rows of each column, where they are known already

    Returns
    -------
    columns in the order of picking (the lower index where two add the same), and what each added (above 0)
    """
    left = amount.copy()
    if price is None:
        price = column_sums(model, amount)
    eligible = np.flatnonzero(among & (price > 0))
    heap = list(zip((-price[eligible]).tolist(), eligible.tolist(), strict=True))
    heapq.heapify(heap)
    picked: list[int] = []
    added: list[int] = []
    while heap and len(picked) < picks:
        ceiling, column = heap[0]
        rows = model.rows_of(column)
        now = int(left[rows].sum())
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
