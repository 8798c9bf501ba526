"""What every swap would bring, all at once: a row for each site that could close, a column for each to open.

For each closing site the state of the cells without it is made, and each candidate asks its own cells what it would
add there: a pass over all pairs for each site, and exact.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from shanyrak.core.compiled import kernel
from shanyrak.core.units import FloatArray, IntArray, LongArray


@dataclass(frozen=True, eq=False)
class Columns:
    """Pairs by candidate: pointers, cells ascending, and the place of each pair in the lists by cell."""

    ptr: LongArray
    cell: IntArray
    pair: LongArray


def by_column(row_ptr: LongArray, row_col: IntArray, candidates: int) -> Columns:
    """The pairs of lists by cell, by candidate."""
    order = np.argsort(row_col, kind="stable")
    ptr = np.concatenate([[0], np.cumsum(np.bincount(row_col, minlength=candidates))]).astype(np.int64)
    cell = np.repeat(np.arange(len(row_ptr) - 1, dtype=np.int32), np.diff(row_ptr))[order]
    return Columns(ptr, cell, order.astype(np.int64))


@kernel(error_model="numpy")
def counted(
    ptr: LongArray, cell: IntArray, times: IntArray, worth: FloatArray, closing: IntArray, opening: IntArray
) -> FloatArray:
    """(closing, candidates) change where a cell covered c times is worth ``worth[min(c, last), cell]``; -1: none."""
    n, last = ptr.shape[0] - 1, worth.shape[0] - 1
    out = np.full((closing.shape[0], n), -np.inf)
    step = np.empty(times.shape[0])
    for s in range(closing.shape[0]):
        gone = closing[s]
        loss = 0.0
        if gone >= 0:
            for t in range(ptr[gone], ptr[gone + 1]):
                i = cell[t]
                times[i] -= 1
                loss += worth[min(times[i] + 1, last), i] - worth[min(times[i], last), i]
        for i in range(times.shape[0]):
            step[i] = worth[min(times[i] + 1, last), i] - worth[min(times[i], last), i]
        for j in opening:
            gain = 0.0
            for t in range(ptr[j], ptr[j + 1]):
                gain += step[cell[t]]
            out[s, j] = gain - loss
        if gone >= 0:
            for t in range(ptr[gone], ptr[gone + 1]):
                times[cell[t]] += 1
    return out


@kernel(error_model="numpy")
def grouped(
    ptr: LongArray, cell: IntArray, times: IntArray, part_ptr: LongArray, part_group: IntArray, part: FloatArray,
    reached: FloatArray, aim: int, worth: FloatArray, need: FloatArray, closing: IntArray, opening: IntArray,
) -> FloatArray:  # fmt: skip
    """(closing, candidates) score where demand counts by groups; ``part`` lists what a cell adds to each group.

    aim 0: the least ``reached``, and a hundredth of the mean; 1: sum of ``reached`` times ``worth`` less what is
    missing to ``need``, many times over; 2: worth of groups that have what they need, and a part of the others.
    """
    n, groups = ptr.shape[0] - 1, reached.shape[0]
    out = np.full((closing.shape[0], n), -np.inf)
    here = np.empty(groups)
    now = np.empty(groups)
    for s in range(closing.shape[0]):
        gone = closing[s]
        here[:] = reached
        if gone >= 0:
            for t in range(ptr[gone], ptr[gone + 1]):
                i = cell[t]
                times[i] -= 1
                if times[i] == 0:
                    for q in range(part_ptr[i], part_ptr[i + 1]):
                        here[part_group[q]] -= part[q]
        for j in opening:
            now[:] = here
            for t in range(ptr[j], ptr[j + 1]):
                i = cell[t]
                if times[i] == 0:
                    for q in range(part_ptr[i], part_ptr[i + 1]):
                        now[part_group[q]] += part[q]
            score = 0.0
            if aim == 0:
                low = 1e300
                for g in range(groups):
                    low = min(low, now[g])
                    score += 0.01 * now[g] / groups
                score += low
            elif aim == 1:
                for g in range(groups):
                    score += worth[g] * now[g] - 100.0 * max(0.0, need[g] - now[g])
            else:
                for g in range(groups):
                    score += worth[g] * (1.0 if now[g] >= need[g] else 0.5 * now[g] / need[g])
            out[s, j] = score
        if gone >= 0:
            for t in range(ptr[gone], ptr[gone + 1]):
                times[cell[t]] += 1
    return out


@kernel(error_model="numpy")
def saved(
    ptr: LongArray, cell: IntArray, worth: LongArray, best: LongArray, who: IntArray, weight: FloatArray,
    first: float, second: float, closing: IntArray, opening: IntArray,
) -> FloatArray:  # fmt: skip
    """(closing, candidates) change where a cell takes ``first`` times its best and ``second`` times its next best.

    ``best``, ``who`` (3, cells): the three best of the open sites, 0 and -1 where there are none.
    """
    n, cells = ptr.shape[0] - 1, weight.shape[0]
    out = np.full((closing.shape[0], n), -np.inf)
    one, two = np.empty(cells, np.int64), np.empty(cells, np.int64)
    for s in range(closing.shape[0]):
        gone = closing[s]
        loss = 0.0
        for i in range(cells):
            a, b = best[0, i], best[1, i]
            if gone >= 0 and who[0, i] == gone:
                a, b = best[1, i], best[2, i]
            elif gone >= 0 and who[1, i] == gone:
                b = best[2, i]
            loss += weight[i] * (first * (best[0, i] - a) + second * (best[1, i] - b))
            one[i], two[i] = a, b
        for j in opening:
            gain = 0.0
            for t in range(ptr[j], ptr[j + 1]):
                i = cell[t]
                v = worth[t]
                if v > two[i]:
                    if v > one[i]:
                        gain += weight[i] * (first * (v - one[i]) + second * (one[i] - two[i]))
                    else:
                        gain += weight[i] * second * (v - two[i])
            out[s, j] = gain - loss
    return out


@kernel(error_model="numpy")
def roomy(
    ptr: LongArray, cell: IntArray, left: FloatArray, room: FloatArray, slot_of: IntArray, took: FloatArray,
    took_ptr: LongArray, took_cell: IntArray, took_people: FloatArray, closing: IntArray, opening: IntArray,
) -> FloatArray:  # fmt: skip
    """(closing, candidates) what a swap of sites with room for so many brings if nobody else moves: a guess.

    ``left`` (cells,) people not served; ``took`` (slots,) people a site serves, listed by ``took_ptr`` and on.
    """
    n = ptr.shape[0] - 1
    out = np.full((closing.shape[0], n), -np.inf)
    for s in range(closing.shape[0]):
        gone = closing[s]
        loss = 0.0
        if gone >= 0:
            slot = slot_of[gone]
            loss = took[slot]
            for t in range(took_ptr[slot], took_ptr[slot + 1]):
                left[took_cell[t]] += took_people[t]
        for j in opening:
            near = 0.0
            for t in range(ptr[j], ptr[j + 1]):
                near += left[cell[t]]
            out[s, j] = min(near, room[j]) - loss
        if gone >= 0:
            for t in range(took_ptr[slot], took_ptr[slot + 1]):
                left[took_cell[t]] -= took_people[t]
    return out


@kernel(error_model="numpy")
def room_prices(ptr: LongArray, cell: IntArray, worth: FloatArray, people: FloatArray, room: LongArray) -> FloatArray:
    """(candidates,) what one more place is worth at a site that takes its dearest people first: 0 where all fit."""
    n = ptr.shape[0] - 1
    out = np.zeros(n)
    for j in range(n):
        here = cell[ptr[j] : ptr[j + 1]]
        value = worth[here]
        order = np.argsort(-value)
        taken = 0.0
        for t in order:
            taken += people[here[t]]
            if taken > room[j]:
                out[j] = value[t]
                break
    return out
