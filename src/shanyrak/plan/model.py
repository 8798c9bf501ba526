"""The covering model as the engine works on it: identical demand merged, columns as lists of rows.

A row is a group of demand cells that exactly the same candidates cover; a column is a candidate.
Only the columns are kept (for each candidate the rows it covers, ascending), since every step of
the engine, the bound as well as the search, walks along columns.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from shanyrak.core.compiled import kernel
from shanyrak.core.units import BoolArray, IntArray, LongArray

UNREACHABLE = -1
"""In ``Model.row``: no column of the model covers this demand."""
SETTLED = -2
"""In ``Model.row``: nobody lives there, or a fixed site covers it already."""


@dataclass(frozen=True, eq=False)
class Model:
    """m rows with their weights, n columns, and where both come from."""

    weight: LongArray
    """(m,) demand of each row, above 0"""
    col_ptr: LongArray
    """(n + 1,) where the rows of a column begin in ``col_row``"""
    col_row: IntArray
    """rows that a column covers, ascending in each column"""
    column: IntArray
    """(n,) index of each column in the input, ascending"""
    row: IntArray
    """(demand cells of the input,) row of the model, or UNREACHABLE, or SETTLED"""

    @property
    def rows(self) -> int:
        """Number of rows."""
        return len(self.weight)

    @property
    def columns(self) -> int:
        """Number of columns."""
        return len(self.column)

    @property
    def nonzeros(self) -> int:
        """Number of (row, column) pairs."""
        return len(self.col_row)

    def rows_of(self, column: int) -> IntArray:
        """Rows that a column of the model covers."""
        return self.col_row[self.col_ptr[column] : self.col_ptr[column + 1]]

    def times_covered(self, columns: npt.NDArray[np.integer]) -> IntArray:
        """(m,) how many of the given columns cover each row."""
        count = np.zeros(self.rows, np.int32)
        for column in columns:
            count[self.rows_of(int(column))] += 1
        return count

    def covered(self, columns: npt.NDArray[np.integer]) -> int:
        """Demand covered by the given columns (in whole units, exact)."""
        return int(self.weight[self.times_covered(columns) > 0].sum())


@kernel()
def _transpose(ptr: LongArray, index: IntArray, size: int) -> tuple[LongArray, IntArray]:
    """Lists of rows from lists of columns, and the other way round; both ascending."""
    out_ptr = np.zeros(size + 1, np.int64)
    for t in range(index.shape[0]):
        out_ptr[index[t] + 1] += 1
    for i in range(size):
        out_ptr[i + 1] += out_ptr[i]
    at = out_ptr[:size].copy()
    out = np.empty(index.shape[0], np.int32)
    for i in range(ptr.shape[0] - 1):
        for t in range(ptr[i], ptr[i + 1]):
            out[at[index[t]]] = i
            at[index[t]] += 1
    return out_ptr, out


@kernel()
def _group(ptr: LongArray, index: IntArray, key: npt.NDArray[np.uint64]) -> tuple[IntArray, IntArray]:
    """Number of the group of equal lists that each list belongs to, -1 for an empty list.

    Lists are found by a hash (the sum of their members' keys) and compared member by member, so a
    hash that two lists share by accident costs time, never correctness. Groups are numbered in
    order of their first list.
    """
    m = ptr.shape[0] - 1
    size = 1
    while size < 2 * m + 2:
        size *= 2
    mask = np.uint64(size - 1)
    table = np.full(size, -1, np.int32)
    group = np.full(m, -1, np.int32)
    first = np.empty(m, np.int32)
    hashes = np.empty(m, np.uint64)
    groups = 0
    for i in range(m):
        start = ptr[i]
        length = ptr[i + 1] - start
        if length == 0:
            continue
        h = np.uint64(0)
        for t in range(start, ptr[i + 1]):
            h += key[index[t]]
        slot = np.int64((h ^ (h >> np.uint64(29))) & mask)
        while True:
            g = table[slot]
            if g < 0:
                table[slot] = groups
                first[groups] = i
                hashes[groups] = h
                group[i] = groups
                groups += 1
                break
            other = ptr[first[g]]
            if hashes[g] == h and ptr[first[g] + 1] - other == length:
                same = True
                for t in range(length):
                    if index[other + t] != index[start + t]:
                        same = False
                        break
                if same:
                    group[i] = g
                    break
            slot = (slot + 1) & np.int64(size - 1)
    return group, first[:groups].copy()


def _keys(n: int) -> npt.NDArray[np.uint64]:
    """n well-mixed 64-bit numbers, always the same (splitmix64)."""
    z = (np.arange(1, n + 1, dtype=np.uint64)) * np.uint64(0x9E3779B97F4A7C15)
    z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return z ^ (z >> np.uint64(31))


def take_lists(ptr: LongArray, index: IntArray, which: npt.NDArray[np.integer]) -> tuple[LongArray, IntArray]:
    """The lists at ``which``, one after the other."""
    length = ptr[which + 1] - ptr[which]
    out_ptr = np.zeros(len(which) + 1, np.int64)
    np.cumsum(length, out=out_ptr[1:])
    at = np.arange(out_ptr[-1], dtype=np.int64) + np.repeat(ptr[which] - out_ptr[:-1], length)
    return out_ptr, index[at]


def build_model(
    row_ptr: LongArray, row_col: IntArray, demand: LongArray, columns: int, settled: BoolArray, allowed: BoolArray
) -> Model:
    """Merge the demand cells of an input.

    Parameters
    ----------
    row_ptr (r + 1,), row_col : lists of columns per demand cell, ascending
    demand : (r,) whole numbers, not negative
    columns : number of columns of the input
    settled : (r,) cells that a fixed site covers
    allowed : (columns,) candidates that may be chosen
    """
    row = np.full(len(demand), SETTLED, np.int32)
    wanted = np.flatnonzero(~settled & (demand > 0))
    if len(wanted) < len(demand):
        row_ptr, row_col = take_lists(row_ptr, row_col, wanted)
    column = np.flatnonzero(allowed).astype(np.int32)
    if len(column) < columns:
        number = np.full(columns, -1, np.int32)
        number[column] = np.arange(len(column), dtype=np.int32)
        renamed = number[row_col]
        keep = renamed >= 0
        kept_before = np.zeros(len(keep) + 1, np.int64)
        np.cumsum(keep, out=kept_before[1:])
        row_ptr, row_col = kept_before[row_ptr], renamed[keep]
    model, group = _merged(row_ptr, row_col, demand[wanted], column)
    row[wanted] = group
    return Model(model.weight, model.col_ptr, model.col_row, model.column, row)


def restrict(model: Model, keep: npt.NDArray[np.integer]) -> tuple[Model, IntArray]:
    """The model with the columns at ``keep`` (ascending) only, its rows merged anew.

    Returns
    -------
    the smaller model, and for each row of ``model`` its row there (UNREACHABLE where none of ``keep`` covers it)
    """
    col_ptr, col_row = take_lists(model.col_ptr, model.col_row, keep)
    row_ptr, row_col = _transpose(col_ptr, col_row, model.rows)
    smaller, group = _merged(row_ptr, row_col, model.weight, model.column[keep])
    row = model.row.copy()
    known = row >= 0
    row[known] = group[row[known]]
    return Model(smaller.weight, smaller.col_ptr, smaller.col_row, smaller.column, row), group


@kernel()
def _narrow_rows(
    row_ptr: LongArray, row_col: IntArray, number: IntArray
) -> tuple[npt.NDArray[np.int8], LongArray, IntArray]:
    """What is left of each row: 1 where a column that is in (number -2) covers it, else its renumbered free columns."""
    m = row_ptr.shape[0] - 1
    done = np.zeros(m, np.int8)
    ptr = np.zeros(m + 1, np.int64)
    out = np.empty(row_col.shape[0], np.int32)
    at = 0
    for i in range(m):
        begin = at
        for t in range(row_ptr[i], row_ptr[i + 1]):
            j = number[row_col[t]]
            if j == -2:
                done[i] = 1
                at = begin
                break
            if j >= 0:
                out[at] = j
                at += 1
        ptr[i + 1] = at
    return done, ptr, out[:at]


def narrowed(
    model: Model, rows: tuple[LongArray, IntArray], forced: BoolArray, banned: BoolArray
) -> tuple[Model, IntArray]:
    """What is left to choose in a case: free columns, and merged, the rows that no column covers that is in.

    ``rows`` are the ``row_lists`` of the model. Returns the smaller model, and for each row of ``model`` its row
    there: UNREACHABLE where all its columns are out, SETTLED where one is in.
    """
    free = np.flatnonzero(~forced & ~banned).astype(np.int32)
    number = np.full(model.columns, -1, np.int32)
    number[forced] = -2
    number[free] = np.arange(len(free), dtype=np.int32)
    done, ptr, col = _narrow_rows(*rows, number)
    smaller, group = _merged(ptr, col, model.weight, free)
    group[done > 0] = SETTLED
    return smaller, group


def _merged(row_ptr: LongArray, row_col: IntArray, weight: LongArray, column: IntArray) -> tuple[Model, IntArray]:
    n = len(column)
    group, first = _group(row_ptr, row_col, _keys(n))
    merged = np.zeros(len(first), np.int64)
    known = group >= 0
    np.add.at(merged, group[known], weight[known])  # bincount would add in floats
    row_ptr, row_col = take_lists(row_ptr, row_col, first)
    col_ptr, col_row = _transpose(row_ptr, row_col, n)
    return Model(merged, col_ptr, col_row, column, group), group


def row_lists(model: Model) -> tuple[LongArray, IntArray]:
    """For each row the columns that cover it, ascending."""
    ptr, index = _transpose(model.col_ptr, model.col_row, model.rows)
    return ptr, index
