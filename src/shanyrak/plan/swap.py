"""Search for a better choice: swap one chosen column for one that is not, with a short memory.

All swaps are looked at in each step. What a swap of the chosen r for the free j brings is

    gain[j] - loss[r] + both[r, j]

with gain: demand nobody covers yet that j would; loss: demand that only r covers; both: the part of that
loss which j would take over (Resende and Werneck 2007 keep the same three tables for the p-median).
The tables are kept up to date, so a step costs what it changes. The best swap is made even if it makes
things worse, and is not undone for some steps (tabu search, Glover 1989).
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import numpy.typing as npt

from shanyrak.core.compiled import kernel
from shanyrak.core.units import BoolArray, IntArray, LongArray
from shanyrak.plan.bound import column_sums
from shanyrak.plan.model import Model, row_lists

STRIDE = 50
"""Swaps between two looks at the clock."""


@kernel(error_model="numpy")
def _turn(
    sign: int,
    column: int,
    own: int,
    row_ptr: LongArray,
    row_col: IntArray,
    col_ptr: LongArray,
    col_row: IntArray,
    weight: LongArray,
    slot: IntArray,
    count: IntArray,
    gain: LongArray,
    loss: LongArray,
    both: LongArray,
) -> int:
    """Open (sign 1) or close (sign -1) a column in slot ``own`` and keep the tables right; the work done."""
    work = 0
    for t in range(col_ptr[column], col_ptr[column + 1]):
        i = col_row[t]
        others = count[i] if sign > 0 else count[i] - 1
        count[i] += sign
        if others > 1:
            continue
        w = sign * weight[i]
        owner = own
        if others == 1:  # whoever else covers the row is no longer alone, or is alone again
            w = -w
            for q in range(row_ptr[i], row_ptr[i + 1]):
                if slot[row_col[q]] >= 0 and row_col[q] != column:
                    owner = slot[row_col[q]]
        loss[owner] += w
        for q in range(row_ptr[i], row_ptr[i + 1]):
            both[owner, row_col[q]] += w
            if others == 0:
                gain[row_col[q]] -= w
        work += row_ptr[i + 1] - row_ptr[i]
    return work


@kernel(error_model="numpy")
def _best_swap(
    gain: LongArray,
    loss: LongArray,
    both: LongArray,
    chosen: IntArray,
    slot: IntArray,
    free_until: LongArray,
    step: int,
    enough: int,
    open_gain: LongArray,
) -> tuple[int, int, int]:
    """The swap (slot, column) that brings most; one that is held back only where it brings more than ``enough``.

    Two plain passes of additions for each slot, which the machine does several at a time; ``open_gain`` is room.
    """
    n = gain.shape[0]
    never = -(1 << 61)
    best, out_slot, inside = never, -1, -1
    for allowed in (True, False):
        for j in range(n):
            held = free_until[j] > step
            open_gain[j] = never if slot[j] >= 0 or (held and allowed) else gain[j]
        for s in range(chosen.shape[0]):
            held = free_until[chosen[s]] > step
            if allowed and held:
                continue
            highest = never
            for j in range(n):
                highest = max(highest, open_gain[j] + both[s, j])
            highest -= loss[s]
            if highest > best and (allowed or highest > enough):
                best, out_slot = highest, s
                for j in range(n):
                    if open_gain[j] + both[s, j] - loss[s] == highest:
                        inside = j
                        break
        if best > enough:  # what is held back is looked at only where nothing else brings a new best
            break
    return out_slot, inside, best


@kernel(error_model="numpy")
def _tabu(
    first: int,
    tosses: IntArray,
    tenure: int,
    patience: int,
    row_ptr: LongArray,
    row_col: IntArray,
    col_ptr: LongArray,
    col_row: IntArray,
    weight: LongArray,
    slot: IntArray,
    count: IntArray,
    gain: LongArray,
    loss: LongArray,
    both: LongArray,
    chosen: IntArray,
    free_until: LongArray,
    best: IntArray,
    figures: LongArray,
) -> int:
    """Make swaps, one for each pair of tosses; the work done. figures: total, best total, steps without a new best."""
    work = 0
    open_gain = np.empty(gain.shape[0], np.int64)
    for at in range(tosses.shape[0]):
        step = first + at
        enough = figures[1] - figures[0]
        own, inside, change = _best_swap(gain, loss, both, chosen, slot, free_until, step, enough, open_gain)
        work += chosen.shape[0] * gain.shape[0]
        if own >= 0:
            outside = chosen[own]
            work += _turn(-1, outside, own, row_ptr, row_col, col_ptr, col_row, weight, slot, count, gain, loss, both)
            slot[outside] = -1
            work += _turn(1, inside, own, row_ptr, row_col, col_ptr, col_row, weight, slot, count, gain, loss, both)
            slot[inside] = own
            chosen[own] = inside
            figures[0] += change
            free_until[outside] = step + tenure + tosses[at, 0]
            free_until[inside] = step + (tenure + tosses[at, 1]) // 2
        if figures[0] > figures[1]:
            figures[1], figures[2] = figures[0], 0
            best[:] = chosen
        else:
            figures[2] += 1
        if figures[2] > patience:
            break
    return work


@kernel(error_model="numpy")
def _worth(col_ptr: LongArray, col_row: IntArray, weight: LongArray, owner: IntArray, slots: int) -> LongArray:
    """Weight of the rows of each column by their owner."""
    n = col_ptr.shape[0] - 1
    out = np.zeros((slots, n), np.int64)
    for j in range(n):
        for t in range(col_ptr[j], col_ptr[j + 1]):
            i = col_row[t]
            if owner[i] >= 0:
                out[owner[i], j] += weight[i]
    return out


def replacements(model: Model, chosen: npt.NDArray[np.integer], existing: BoolArray | None = None) -> LongArray:
    """What each column would add in the stead of each chosen one, all others kept.

    Parameters
    ----------
    chosen : (p,) columns of the model
    existing : (m,) rows that are covered whatever is chosen

    Returns
    -------
    (p, n) demand that column j adds where the chosen column in slot s is closed; for j = that column itself
    the demand that only it covers. One pass over all pairs.
    """
    p = len(chosen)
    times = model.times_covered(chosen)
    owner = np.where(times == 0, p, -1).astype(np.int32)
    for slot, column in enumerate(chosen.tolist()):
        rows = model.rows_of(column)
        owner[rows[times[rows] == 1]] = slot
    if existing is not None:
        owner[existing] = -1
    worth: LongArray = _worth(model.col_ptr, model.col_row, model.weight, owner, p + 1)
    return np.asarray(worth[:p] + worth[p])


def polish(model: Model, chosen: IntArray, rounds: int) -> IntArray:
    """Make the best swap of all until none is left that brings more (at most ``rounds``)."""
    chosen = chosen.copy()
    for _ in range(rounds if len(chosen) else 0):
        adds = replacements(model, chosen)
        slots = np.arange(len(chosen))
        change = adds - adds[slots, chosen][:, None]
        change[:, chosen] = 0
        best = int(np.argmax(change))
        if change.flat[best] <= 0:
            break
        slot, column = divmod(best, model.columns)
        chosen[slot] = column
    return chosen


def improve(
    model: Model,
    chosen: IntArray,
    *,
    steps: int = 2000,
    patience: int = 60,
    seed: int = 0,
    is_over: Callable[[], bool] = lambda: False,
    rows: tuple[LongArray, IntArray] | None = None,
) -> tuple[int, IntArray, int]:
    """Swap from a choice of columns; the same answer for the same seed.

    Parameters
    ----------
    chosen : (p,) columns of the model, each once
    steps, patience : at most so many swaps, and so many in a row without a new best

    Returns
    -------
    demand covered by the best choice met (exact), that choice, and the work done (pairs visited)
    """
    n, p = model.columns, len(chosen)
    if p in (0, n):
        return model.covered(chosen), chosen.copy(), 0
    row_ptr, row_col = row_lists(model) if rows is None else rows
    tenure = max(1, min(10, p // 3 + 1, (n - p) // 2))
    random = np.random.default_rng(seed)
    chosen = chosen.astype(np.int32)
    slot, count = np.full(n, -1, np.int32), np.zeros(model.rows, np.int32)
    gain, loss = column_sums(model, model.weight), np.zeros(p, np.int64)
    both, free_until = np.zeros((p, n), np.int64), np.zeros(n, np.int64)
    tables = (row_ptr, row_col, model.col_ptr, model.col_row, model.weight, slot, count, gain, loss, both)
    work = 0
    for own, column in enumerate(chosen.tolist()):
        work += _turn(1, column, own, *tables)
        slot[column] = own
    total = int(model.weight[count > 0].sum())
    figures, best = np.array([total, total, 0], np.int64), chosen.copy()
    for first in range(1, steps + 1, STRIDE):
        tosses = random.integers(0, tenure + 1, (min(STRIDE, steps + 1 - first), 2)).astype(np.int32)
        work += _tabu(first, tosses, tenure, patience, *tables, chosen, free_until, best, figures)
        if figures[2] > patience or is_over():
            break
    return int(figures[1]), best, work
