"""What a caller gave, checked once at the door: cover, demand, k, fixed and forbidden sites."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import scipy.sparse as sp

from shanyrak.core.errors import InvalidInput
from shanyrak.core.units import MILLI, BoolArray, IntArray, LongArray, persons_to_milli

MOST_DEMAND = 1 << 60
"""All demand together, in whole units, so that sums stay exact."""


@dataclass(frozen=True, eq=False)
class Task:
    """A siting task with everything in whole numbers."""

    row_ptr: LongArray
    """(cells + 1,) where the candidates of a cell begin"""
    row_col: IntArray
    """candidates that cover a cell, ascending, each once"""
    candidates: int
    demand: LongArray
    """(cells,) in whole units"""
    unit: int
    """whole units per unit the caller counts in: 1 where whole numbers came, 1000 where floats did"""
    k: int
    fixed: IntArray
    """sites that are open already, ascending"""
    forbidden: IntArray
    """candidates that must not be chosen, ascending"""
    covered_by_fixed: BoolArray
    """(cells,)"""

    @property
    def base(self) -> int:
        """Demand that the fixed sites cover."""
        return int(self.demand[self.covered_by_fixed].sum())

    @property
    def allowed(self) -> BoolArray:
        """(candidates,) which may be chosen."""
        allowed = np.ones(self.candidates, bool)
        allowed[self.fixed] = False
        allowed[self.forbidden] = False
        return allowed

    def in_callers_unit(self, whole: int) -> int | float:
        """Whole units as the caller counts."""
        return whole if self.unit == 1 else whole / self.unit


def read_task(cover: Any, demand: Any, k: Any, fixed: Iterable[int] = (), forbidden: Iterable[int] = ()) -> Task:
    """Check and take what a caller gave (parameters as ``maximal_covering``); InvalidInput says what is wrong."""
    row_ptr, row_col, cells, candidates = read_cover(cover)
    whole, unit = read_demand(demand, cells)
    fixed_index = _indices(fixed, candidates, "fixed")
    forbidden_index = _indices(forbidden, candidates, "forbidden")
    free = candidates - len(np.union1d(fixed_index, forbidden_index))
    count = _whole_number(k, "k")
    if count > free:
        raise InvalidInput(
            f"{count} sites are to be opened, and only {free} candidates may be chosen",
            where="k",
            mend="Ask for fewer sites or give more candidates",
        )
    open_now = np.zeros(candidates, bool)
    open_now[fixed_index] = True
    return Task(
        row_ptr,
        row_col,
        candidates,
        whole,
        unit,
        count,
        fixed_index,
        forbidden_index,
        touched(row_ptr, row_col, open_now),
    )


def touched(row_ptr: LongArray, row_col: IntArray, columns: BoolArray) -> BoolArray:
    """(cells,) whether any of the columns is in a cell's list."""
    if not columns.any():
        return np.zeros(len(row_ptr) - 1, bool)
    return times_touched(row_ptr, row_col, columns) > 0


def times_touched(row_ptr: LongArray, row_col: IntArray, columns: BoolArray) -> LongArray:
    """(cells,) how many of the columns are in a cell's list."""
    before = np.zeros(len(row_col) + 1, np.int64)
    np.cumsum(columns[row_col], out=before[1:])
    return before[row_ptr[1:]] - before[row_ptr[:-1]]


def read_cover(cover: Any) -> tuple[LongArray, IntArray, int, int]:
    """Row pointers and columns of a boolean sparse (or dense) matrix, each pair once, explicit zeros left out."""
    if not sp.issparse(cover):
        dense = np.asarray(cover)
        if dense.ndim != 2 or dense.dtype.kind not in "biuf":
            raise InvalidInput(
                f"a cover matrix has two dimensions (demand x candidate), not {dense.ndim}",
                where="cover",
                mend="Give a scipy.sparse CSR array of booleans",
            )
        cover = sp.csr_array(dense)
    if cover.ndim != 2:
        raise InvalidInput("a cover matrix has two dimensions (demand x candidate)", where="cover")
    csr = cover.tocsr()
    data = csr.data
    if data.dtype != np.bool_:
        odd = np.flatnonzero(~((data == 0) | (data == 1)))
        if len(odd):
            raise InvalidInput(
                f"a cover matrix says yes or no, and {len(odd)} entries are neither; the first is {data[odd[0]]!r}",
                where="cover",
                mend="Compare first, for instance `distance_dm <= limit_dm`",
            )
    cells, candidates = (int(size) for size in csr.shape)
    if not data.all() or not csr.has_canonical_format:
        csr = sp.csr_array(csr.astype(np.int32), copy=True)
        csr.sum_duplicates()
        csr.eliminate_zeros()
    return csr.indptr.astype(np.int64), np.ascontiguousarray(csr.indices, dtype=np.int32), cells, candidates


def read_demand(demand: Any, cells: int) -> tuple[LongArray, int]:
    """Demand in whole units, and how many units make one of what the caller counts in."""
    values = np.asarray(demand)
    if values.shape != (cells,):
        raise InvalidInput(
            f"demand has shape {values.shape}, and cover has {cells} rows",
            where="demand",
            mend="Give one number for each row of cover",
        )
    if values.dtype.kind == "f":
        whole, unit = persons_to_milli(values), MILLI
        too_much = bool(values.sum() * MILLI > MOST_DEMAND)
    elif values.dtype.kind in "iub" or cells == 0:
        wrong = np.flatnonzero(values < 0)
        if len(wrong):
            raise InvalidInput(
                f"{len(wrong)} of {cells} numbers of people are negative; the first is {values[wrong[0]]}",
                where=f"demand[{wrong[0]}]",
                mend="Write 0 where nobody lives",
            )
        whole, unit = values.astype(np.int64), 1
        too_much = bool(values.sum(dtype=np.float64) > MOST_DEMAND)
    else:
        raise InvalidInput(f"demand is of type {values.dtype}", where="demand", mend="Give whole numbers or floats")
    if too_much:
        raise InvalidInput("all demand together cannot be counted exactly", where="demand", mend="Use a larger unit")
    return whole, unit


def _whole_number(value: Any, where: str) -> int:
    if isinstance(value, bool | np.bool_) or not isinstance(value, int | np.integer):
        raise InvalidInput(f"{value!r} is not a whole number", where=where, mend="Give a whole number, 0 or more")
    if value < 0:
        raise InvalidInput(f"{value} is below 0", where=where, mend="Give a whole number, 0 or more")
    return int(value)


def _indices(values: Iterable[int], size: int, where: str) -> IntArray:
    given: npt.NDArray[Any] = np.asarray(list(values))
    if len(given) == 0:
        return np.zeros(0, np.int32)
    if given.ndim != 1 or given.dtype.kind not in "iu":
        raise InvalidInput("candidates are named by their column, a whole number", where=where)
    wrong = given[(given < 0) | (given >= size)]
    if len(wrong):
        raise InvalidInput(
            f"there is no candidate {wrong[0]}", where=where, mend=f"Columns are numbered from 0 to {size - 1}"
        )
    unique, count = np.unique(given, return_counts=True)
    if count.max() > 1:
        raise InvalidInput(f"candidate {unique[count > 1][0]} is named twice", where=where, mend="Name each one once")
    return unique.astype(np.int32)
