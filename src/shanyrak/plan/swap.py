"""Search for a better choice: swap one chosen column for one that is not, with a short memory.

The best of all swaps is made in each step. What a swap of the chosen r for the free j brings is

    gain[j] - loss[r] + both[r, j]

with gain: demand nobody covers yet that j would; loss: demand that only r covers; both: the part of that
loss which j would take over (Resende and Werneck 2007 keep the same three tables for the p-median). ``both`` is 0
where r and j share no row: of those pairs only the highest gain and the lowest loss need to be looked at.
The tables are kept up to date, so a step costs what it changes. The best swap is made even if it makes
things worse, and is not undone for some steps (tabu search, Glover 1989).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from shanyrak.core.compiled import kernel
from shanyrak.core.units import BoolArray, IntArray, LongArray
from shanyrak.plan.bound import column_sums
from shanyrak.plan.model import Model, row_lists

STRIDE = 50
"""Swaps between two looks at the clock."""
NEVER = -(1 << 61)
FEW_NEAR = 0.2
"""Where columns share rows with no more than this share of the others, only such pairs are looked at."""
FEW_VISITS = 64
"""Rows longer than this on average (weighted by length) are dense: to look for such pairs would take long."""


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
        i = np.uintp(col_row[np.uintp(t)])  # without a sign, or each look asks first whether it counts from the end
        others = count[i] if sign > 0 else count[i] - 1
        count[i] += sign
        if others > 1:
            continue
        begin, end = np.uintp(row_ptr[i]), np.uintp(row_ptr[i + np.uintp(1)])
        w = sign * weight[i]
        owner = own
        if others == 1:  # whoever else covers the row is no longer alone, or is alone again
            w = -w
            for q in range(begin, end):
                if slot[np.uintp(row_col[q])] >= 0 and row_col[q] != column:
                    owner = slot[np.uintp(row_col[q])]
                    break
        loss[owner] += w
        row = both[owner]
        for q in range(begin, end):
            row[np.uintp(row_col[q])] += w
        if others == 0:
            for q in range(begin, end):
                gain[np.uintp(row_col[q])] -= w
        work += int(np.int64(end - begin))
    return work


@kernel(error_model="numpy")
def _best_of_all(
    both: LongArray, loss: LongArray, open_gain: LongArray, wanted: BoolArray, least: int
) -> tuple[int, int, int]:
    """The swap (slot, column) above ``least`` that brings most, all pairs looked at.

    Plain passes of additions for each slot, which the machine does several at a time.
    """
    n = open_gain.shape[0]
    best, out_slot, inside = least, -1, -1
    for s in range(loss.shape[0]):
        if not wanted[s]:
            continue
        highest = NEVER
        for j in range(n):
            highest = max(highest, open_gain[j] + both[s, j])
        highest -= loss[s]
        if highest > best:
            best, out_slot = highest, s
            for j in range(n):
                if open_gain[j] + both[s, j] - loss[s] == highest:
                    inside = j
                    break
    return out_slot, inside, best


@kernel(error_model="numpy")
def _best_of_near(
    near_ptr: LongArray, near_col: IntArray, chosen: IntArray,
    both: LongArray, loss: LongArray, open_gain: LongArray, wanted: BoolArray, least: int,
) -> tuple[int, int, int]:  # fmt: skip
    """The same, and exact too: of pairs that share no row, the highest gain and the lowest loss are the best."""
    best, out_slot, inside = least, -1, -1
    easiest = -1
    for s in range(loss.shape[0]):
        if not wanted[s]:
            continue
        if easiest < 0 or loss[s] < loss[easiest]:
            easiest = s
        row, highest = both[s], NEVER
        for t in range(near_ptr[chosen[s]], near_ptr[chosen[s] + 1]):
            j = np.uintp(near_col[np.uintp(t)])
            highest = max(highest, open_gain[j] + row[j])
        if highest - loss[s] > best:
            best, out_slot = highest - loss[s], s
            for t in range(near_ptr[chosen[s]], near_ptr[chosen[s] + 1]):
                j = near_col[t]
                if open_gain[j] + row[j] == highest:
                    inside = j
                    break
    if easiest >= 0:
        column = int(np.argmax(open_gain))
        value = open_gain[column] + both[easiest, column] - loss[easiest]
        if value > best:
            best, out_slot, inside = value, easiest, column
    return out_slot, inside, best


@kernel(error_model="numpy")
def _best_swap(
    near_ptr: LongArray,
    near_col: IntArray,
    gain: LongArray,
    loss: LongArray,
    both: LongArray,
    chosen: IntArray,
    slot: IntArray,
    free_until: LongArray,
    step: int,
    enough: int,
    open_gain: LongArray,
    wanted: BoolArray,
) -> tuple[int, int, int, int]:
    """The swap (slot, column) that brings most; one that is held back only where it brings more than ``enough``.

    ``open_gain`` and ``wanted`` are room; empty ``near_ptr`` means that all pairs are looked at. Last comes the
    work: pairs visited.
    """
    most = 0
    for j in range(gain.shape[0]):
        open_gain[j] = NEVER if slot[j] >= 0 or free_until[j] > step else gain[j]
        if slot[j] < 0:
            most = max(most, gain[j])
    pairs = 0
    for s in range(chosen.shape[0]):
        wanted[s] = free_until[chosen[s]] <= step
        if near_ptr.shape[0] > 0:
            pairs += 4 * (near_ptr[chosen[s] + 1] - near_ptr[chosen[s]])  # one looked up takes as long as four in line
        else:
            pairs += gain.shape[0]
    if near_ptr.shape[0] > 0:
        own, inside, best = _best_of_near(near_ptr, near_col, chosen, both, loss, open_gain, wanted, NEVER // 2)
    else:
        own, inside, best = _best_of_all(both, loss, open_gain, wanted, NEVER // 2)
    # no swap brings more than its column's gain, so what is held back is looked at only where that could be enough
    if best > enough or most <= enough:
        return own, inside, best, pairs
    for j in range(gain.shape[0]):
        open_gain[j] = NEVER if slot[j] >= 0 else gain[j]
    wanted[:] = True
    if near_ptr.shape[0] > 0:
        own_2, inside_2, best_2 = _best_of_near(near_ptr, near_col, chosen, both, loss, open_gain, wanted, enough)
    else:
        own_2, inside_2, best_2 = _best_of_all(both, loss, open_gain, wanted, enough)
    if own_2 >= 0:
        return own_2, inside_2, best_2, 2 * pairs
    return own, inside, best, 2 * pairs


@kernel(error_model="numpy")
def _tabu(
    first: int,
    tosses: IntArray,
    tenure: int,
    patience: int,
    near_ptr: LongArray,
    near_col: IntArray,
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
    open_gain, wanted = np.empty(gain.shape[0], np.int64), np.empty(chosen.shape[0], np.bool_)
    for at in range(tosses.shape[0]):
        step = first + at
        enough = figures[1] - figures[0]
        own, inside, change, pairs = _best_swap(
            near_ptr, near_col, gain, loss, both, chosen, slot, free_until, step, enough, open_gain, wanted
        )
        work += pairs
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


@kernel()
def _near(
    row_ptr: LongArray, row_col: IntArray, col_ptr: LongArray, col_row: IntArray, most: int
) -> tuple[LongArray, IntArray]:
    """For each column those that share a row with it, ascending; nothing where that would be more than ``most``."""
    n = col_ptr.shape[0] - 1
    ptr, out = np.zeros(n + 1, np.int64), np.empty(most, np.int32)
    seen = np.full(n, -1, np.int32)
    at = 0
    for column in range(n):
        begin = at
        for t in range(col_ptr[column], col_ptr[column + 1]):
            i = col_row[t]
            for q in range(row_ptr[i], row_ptr[i + 1]):
                j = row_col[q]
                if seen[j] != column and j != column:
                    if at == most:
                        return ptr[:0], out[:0]
                    seen[j] = column
                    out[at] = j
                    at += 1
        out[begin:at] = np.sort(out[begin:at])
        ptr[column + 1] = at
    return ptr, out[:at].copy()


@dataclass(frozen=True, eq=False)
class Lists:
    """What the search looks up: the columns of each row, and for each column those that share a row with it."""

    row_ptr: LongArray
    row_col: IntArray
    near_ptr: LongArray
    """(n + 1,); empty where most columns share rows with most others"""
    near_col: IntArray


def lists_of(model: Model) -> Lists:
    """The lists of a model, once for many searches."""
    row_ptr, row_col = row_lists(model)
    visits = int((np.diff(row_ptr) ** 2).sum())
    most = min(int(FEW_NEAR * model.columns**2), visits)
    if visits > FEW_VISITS * model.nonzeros or not most:
        return Lists(row_ptr, row_col, np.zeros(0, np.int64), np.zeros(0, np.int32))
    return Lists(row_ptr, row_col, *_near(row_ptr, row_col, model.col_ptr, model.col_row, most))


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
    lists: Lists | None = None,
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
    if lists is None:
        lists = lists_of(model)
    tenure = max(1, min(10, p // 3 + 1, (n - p) // 2))
    random = np.random.default_rng(seed)
    chosen = chosen.astype(np.int32)
    slot, count = np.full(n, -1, np.int32), np.zeros(model.rows, np.int32)
    gain, loss = column_sums(model, model.weight), np.zeros(p, np.int64)
    both, free_until = np.zeros((p, n), np.int64), np.zeros(n, np.int64)
    tables = (lists.row_ptr, lists.row_col, model.col_ptr, model.col_row, model.weight, slot, count, gain, loss, both)
    near_ptr, near_col = lists.near_ptr, lists.near_col
    work = 0
    for own, column in enumerate(chosen.tolist()):
        work += _turn(1, column, own, *tables)
        slot[column] = own
    total = int(model.weight[count > 0].sum())
    figures, best = np.array([total, total, 0], np.int64), chosen.copy()
    for first in range(1, steps + 1, STRIDE):
        tosses = random.integers(0, tenure + 1, (min(STRIDE, steps + 1 - first), 2)).astype(np.int32)
        work += _tabu(first, tosses, tenure, patience, near_ptr, near_col, *tables, chosen, free_until, best, figures)
        if figures[2] > patience or is_over():
            break
    return int(figures[1]), best, work
