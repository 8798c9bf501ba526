"""A compact program in whole numbers, and what its duals prove.

    most  offset + c.x    with  A x <= b,   low <= x <= high,   x_p <= high_p x_owner(p)

Columns 0 .. sites-1 say which candidates are open; row 0 says how many at most. The last columns may say how many
of some sets of sites are open: they change nothing, and cases are made by them. For *any* u >= 0, one number
for each row, every x that is allowed has

    c.x  <=  u.b + (c - A'u).x  <=  u.b + sum of what each column can make of its reduced cost r = c - A'u

where a column with an owner counts only where its owner is open: its part max(0, r_p high_p) is added to the
owner's reduced cost. So any u is a proof (weak duality, here with the variable upper bounds kept in the
subproblem), and it does not matter how it was found. It is written in whole parts of ``scale``.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import scipy.sparse as sp

from shanyrak.core.units import BoolArray, FloatArray, IntArray, LongArray
from shanyrak.plan.variants.choice import Choice

MOST = 2.0**61
"""Sums in whole numbers stay below this."""


@dataclass(frozen=True, eq=False)
class Program:
    """See the module; all arrays are whole numbers but ``typical``."""

    sites: int
    cost: LongArray
    low: LongArray
    high: LongArray
    whole: BoolArray
    """columns that must be whole; the open ones first of all"""
    owner: IntArray
    """site a column belongs to, or -1"""
    rows: Any
    """A, scipy.sparse CSR of int64"""
    rhs: LongArray
    typical: FloatArray
    """how large a row's dual may well be (below 0: minus that, in what a site is worth): proves nothing"""
    parts: int
    """the objective counts in so many parts of one whole unit; a value is rounded down to whole units"""
    offset: int
    cell: IntArray | None = None
    """(columns,) the cell a column belongs to, or -1"""
    block: IntArray | None = None
    """(columns,) which columns were written together: those of one block mean the same for different cells"""
    counts: int = 0
    """the last so many columns say how many sites of a set are open (see ``with_counts``)"""

    @property
    def columns(self) -> int:
        return len(self.cost)

    @property
    def nonzeros(self) -> int:
        return int(self.rows.nnz) + 2 * int((self.owner >= 0).sum())

    def scale(self) -> int:
        """Whole parts of one in which duals are written: fine, with sums still exact."""
        total = float(np.abs(self.cost).astype(np.float64) @ self.high.astype(np.float64))
        scale = 1 << 30
        while scale > 1 and total * scale > 2.0**54:
            scale //= 2
        return scale


def whole_table(entries: Any, shape: tuple[int, int]) -> Any:
    """A sparse matrix of whole numbers from (value, (row, column)); equal places are added up."""
    return sp.csr_array(entries, shape=shape, dtype=np.int64)


class Draft:
    """A program that is being written, block after block."""

    def __init__(self, choice: Choice, site_value: LongArray | None = None) -> None:
        n = choice.candidates
        low, high = np.zeros(n, np.int64), np.ones(n, np.int64)
        low[choice.fixed], high[choice.forbidden] = 1, 0
        cost = np.zeros(n, np.int64) if site_value is None else site_value
        self.sites = n
        nothing = np.full(n, -1, np.int32)
        self._columns: list[tuple[LongArray, LongArray, LongArray, BoolArray, IntArray, IntArray, IntArray]] = [
            (cost, low, high, np.ones(n, bool), nothing, nothing, np.zeros(n, np.int32))
        ]
        self._count, self._row_count = n, 0
        self._entries: list[tuple[LongArray, LongArray, LongArray]] = []
        self._rhs: list[LongArray] = []
        self._typical: list[FloatArray] = []
        self.offset = 0
        every = np.arange(n)
        self.rows(np.zeros(n, np.int64), every, np.ones(n, np.int64), np.array([choice.most]), 1.0)
        if choice.budget is not None:
            assert choice.costs is not None
            left = choice.budget + int(choice.costs[choice.fixed].sum())
            self.rows(
                np.zeros(n, np.int64),
                every,
                choice.costs,
                np.array([left]),
                -1.0 / max(float(np.abs(choice.costs).mean()), 1e-9),
            )
        pairs = choice.conflicts
        if len(pairs):
            row = np.repeat(np.arange(len(pairs)), 2)
            self.rows(row, pairs.ravel(), np.ones(2 * len(pairs), np.int64), np.ones(len(pairs), np.int64), -1.0)
        somewhere = np.flatnonzero(choice.places >= 0)
        if len(somewhere):
            known, place = np.unique(choice.places[somewhere], return_inverse=True)
            self.rows(place, somewhere, 1, np.ones(len(known), np.int64), -1.0)

    def columns(
        self,
        cost: npt.ArrayLike,
        count: int,
        *,
        high: npt.ArrayLike = 1,
        low: npt.ArrayLike = 0,
        whole: bool = False,
        owner: npt.ArrayLike = -1,
        cell: npt.ArrayLike = -1,
    ) -> int:
        """Add columns; the number of the first."""

        def each(value: npt.ArrayLike, dtype: type) -> npt.NDArray[np.int64]:
            return np.ascontiguousarray(np.broadcast_to(np.asarray(value, dtype), (count,)))

        self._columns.append(
            (
                each(cost, np.int64),
                each(low, np.int64),
                each(high, np.int64),
                np.full(count, whole),
                each(owner, np.int32).astype(np.int32),
                each(cell, np.int32).astype(np.int32),
                np.full(count, len(self._columns), np.int32),
            )
        )
        self._count += count
        return self._count - count

    def rows(
        self,
        row: npt.NDArray[np.integer],
        column: npt.NDArray[np.integer],
        value: npt.ArrayLike,
        rhs: npt.NDArray[np.integer],
        typical: npt.ArrayLike,
    ) -> int:
        """Add rows (numbered from 0 within the block); the number of the first."""
        value = np.broadcast_to(np.asarray(value, np.int64), row.shape)
        self._entries.append((row.astype(np.int64) + self._row_count, column.astype(np.int64), value))
        self._rhs.append(np.asarray(rhs, np.int64))
        self._typical.append(np.broadcast_to(np.asarray(typical, np.float64), rhs.shape).copy())
        self._row_count += len(rhs)
        return self._row_count - len(rhs)

    def done(self, parts: int = 1) -> Program:
        row, column, value = (np.concatenate(part) for part in zip(*self._entries, strict=True))
        cost, low, high, whole, owner, cell, block = (np.concatenate(part) for part in zip(*self._columns, strict=True))
        table = whole_table((value, (row, column)), (self._row_count, self._count))
        return Program(
            self.sites, cost, low, high, whole, owner, table,
            np.concatenate(self._rhs), np.concatenate(self._typical), parts, self.offset, cell, block,
        )  # fmt: skip


def with_counts(program: Program, sets: list[list[int]], most: int) -> Program:
    """The program with a whole column for each set of sites that says how many of them are open, to make cases by."""
    if not sets:
        return program
    size = np.array([len(members) for members in sets], np.int64)
    count, rows = len(sets), len(program.rhs)
    which, site = np.repeat(np.arange(count), size), np.concatenate([np.asarray(s, np.int64) for s in sets])
    own, one = np.arange(count), np.ones(count, np.int64)
    table = program.rows
    every = np.repeat(np.arange(rows), np.diff(table.indptr))
    column = program.columns + own
    entries = (
        np.concatenate([table.data, np.ones(len(site), np.int64), -one, -np.ones(len(site), np.int64), one]),
        (
            np.concatenate([every, rows + which, rows + own, rows + count + which, rows + count + own]),
            np.concatenate([table.indices, site, column, site, column]),
        ),
    )
    nothing = np.zeros(count, np.int64)
    return Program(
        program.sites, np.concatenate([program.cost, nothing]), np.concatenate([program.low, nothing]),
        np.concatenate([program.high, np.minimum(size, most)]), np.concatenate([program.whole, one > 0]),
        np.concatenate([program.owner, np.full(count, -1, np.int32)]),
        whole_table(entries, (rows + 2 * count, program.columns + count)),
        np.concatenate([program.rhs, nothing, nothing]), np.concatenate([program.typical, np.zeros(2 * count)]),
        program.parts, program.offset, *_of_columns(program, more=count), program.counts + count,
    )  # fmt: skip


def _of_columns(program: Program, columns: Any = slice(None), more: int = 0) -> tuple[IntArray | None, IntArray | None]:
    """``cell`` and ``block`` of some columns, and of more that belong to no cell."""
    if program.cell is None or program.block is None:
        return None, None
    nothing = np.full(more, -1, np.int32)
    return np.append(program.cell[columns], nothing), np.append(program.block[columns], nothing)


def reduced(program: Program, u: LongArray, scale: int) -> LongArray:
    """(columns,) c scale - A'u."""
    return np.asarray(program.cost * scale - program.rows.T @ u)


def certify(
    program: Program, u: LongArray, scale: int, low: LongArray | None = None, high: LongArray | None = None
) -> int | None:
    """What the duals prove, in whole units, with other bounds of the columns where given.

    None where sums would not be exact.
    """
    low = program.low if low is None else low
    high = program.high if high is None else high
    absolute = np.abs(u).astype(np.float64)
    size = absolute @ np.abs(program.rhs).astype(np.float64)
    r = reduced(program, u, scale)
    most = abs(program.rows).T @ absolute + np.abs(program.cost).astype(np.float64) * scale
    if size + float(most @ np.maximum(np.abs(high), np.abs(low)).astype(np.float64)) >= MOST:
        return None
    bound = int(u @ program.rhs)
    owned = program.owner >= 0
    # a column that is in whatever happens counts so; the others where their owner is open and they help
    part = np.where(low > 0, r * high, np.maximum(r, 0) * high)
    price = r[: program.sites].copy()
    np.add.at(price, program.owner[owned], part[owned])
    bound += int(np.maximum(price * low[: program.sites], price * high[: program.sites]).sum())
    alone = ~owned
    alone[: program.sites] = False
    bound += int(np.maximum(r[alone] * low[alone], r[alone] * high[alone]).sum())
    return (program.offset + bound // scale) // program.parts


@dataclass(frozen=True, eq=False)
class Core:
    """A program with some of its sites only, and where its columns and rows are in the whole one."""

    program: Program
    columns: IntArray
    rows: IntArray


def restricted(program: Program, by_column: Any, active: BoolArray) -> Core:
    """The program with only the active sites and what they own, without rows that nothing is left to break.

    ``by_column`` is ``program.rows`` as CSC, made once.
    """
    keep = np.ones(program.columns, bool)
    keep[: program.sites] = active
    owned = program.owner >= 0
    keep[owned] = active[program.owner[owned]]
    columns = np.flatnonzero(keep).astype(np.int32)
    table = sp.csr_array(by_column[:, columns])
    some = np.zeros(len(program.rhs), bool)
    entry_row = np.repeat(np.arange(len(program.rhs)), np.diff(table.indptr))
    some[entry_row[table.data > 0]] = True
    rows = np.flatnonzero(some | (program.rhs < 0) | (np.arange(len(some)) == 0)).astype(np.int32)
    number = np.cumsum(active, dtype=np.int32) - 1
    owner = np.where(program.owner[columns] >= 0, number[np.maximum(program.owner[columns], 0)], -1).astype(np.int32)
    small = Program(
        int(active.sum()), program.cost[columns], program.low[columns], program.high[columns], program.whole[columns],
        owner, table[rows], program.rhs[rows], program.typical[rows], program.parts, program.offset,
        *_of_columns(program, columns),
    )  # fmt: skip
    return Core(small, columns, rows)
