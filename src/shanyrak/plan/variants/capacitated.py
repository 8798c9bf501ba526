"""Capacitated covering: a site takes only so many, and nobody is counted twice.

Current and Storbeck 1988 (Environment and Planning B 15(2), 153-163, doi:10.1068/b150153), Pirkul and Schilling 1991
(Management Science 37(2), 233-248, doi:10.1287/mnsc.37.2.233):

    most  sum_ij w_i x_ij,   sum_j x_ij <= 1,   sum_i w_i x_ij <= C_j y_j,   0 <= x_ij <= y_j

x is whole where all people of a cell go to one site (*single*), else any share (*split*: whole people then too,
since a flow with whole capacities is whole).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Unpack

import numpy as np

from shanyrak.core.errors import InvalidInput
from shanyrak.core.units import MILLI, FloatArray, IntArray, LongArray
from shanyrak.plan.certificate import packed
from shanyrak.plan.result import Siting
from shanyrak.plan.variants.cells import Cells, read_cells
from shanyrak.plan.variants.choice import Choice, Options, read_choice
from shanyrak.plan.variants.flow import largest_flow, shared_out
from shanyrak.plan.variants.problem import Problem, array_hash
from shanyrak.plan.variants.program import Draft, Program
from shanyrak.plan.variants.solve import solve
from shanyrak.plan.variants.swaps import room_prices, roomy


@dataclass(eq=False)
class Capacitated(Problem):
    """See ``capacitated_covering``."""

    cells: Cells
    choice: Choice
    capacity: LongArray
    split: bool
    name = "capacitated_covering"
    known: dict[bytes, tuple[int, IntArray]] = field(default_factory=dict)
    """the best allocation of whole cells that was found, by set of sites"""

    @property
    def kind(self) -> str:
        return f"{self.name}, {'split' if self.split else 'single'}"

    @property
    def decides(self) -> bool:
        return False  # that no other allocation is better takes duals too

    @property
    def splits(self) -> bool:
        return self.split

    def shown(self, sites: IntArray) -> dict[str, Any]:
        return {"served": [packed(part, "<i8") for part in self._served(sites)]}

    def value(self, sites: IntArray) -> int | None:
        if self.split:
            return self._flow(sites)[0]
        return self._whole(sites)[0]

    def _near(self, sites: IntArray) -> tuple[LongArray, IntArray]:
        """For each pair of a cell and one of the sites: the cell, and the place of the site among them."""
        columns = self.cells.columns
        size = columns.ptr[sites + 1] - columns.ptr[sites]
        slot = np.repeat(np.arange(len(sites)), size)
        within = np.arange(len(slot)) - np.repeat(np.cumsum(size) - size, size)
        cell = columns.cell[columns.ptr[sites][slot] + within]
        order = np.argsort(cell, kind="stable")  # cells ascending, and the sites of each ascending
        return cell[order].astype(np.int64), slot[order].astype(np.int32)

    def _flow(self, sites: IntArray) -> tuple[int, LongArray, LongArray, IntArray, LongArray]:
        """Value, pattern of each cell (-1: nobody near), pointers, sites and flow of patterns."""
        cell, slot = self._near(sites)
        count = self.cells.count
        words = np.zeros((count, (len(sites) + 62) // 63 or 1), np.int64)
        np.bitwise_or.at(words, (cell, slot // 63), np.int64(1) << (slot % 63).astype(np.int64))
        counts = words.any(axis=1) & (self.cells.demand > 0)
        some = np.flatnonzero(counts)
        if words.shape[1] == 1:
            flat, which = np.unique(words[some, 0], return_inverse=True)
            keys = flat[:, None]
        else:
            keys, which = np.unique(words[some], axis=0, return_inverse=True)
        which = which.ravel()
        supply = np.zeros(len(keys), np.int64)
        np.add.at(supply, which, self.cells.demand[some])
        bits = (keys[:, :, None] >> np.arange(63)) & 1
        pattern, site = np.nonzero(bits.reshape(len(keys), 63 * words.shape[1]))
        ptr = np.concatenate([[0], np.cumsum(np.bincount(pattern, minlength=len(keys)))]).astype(np.int64)
        value, flow = largest_flow(ptr, site.astype(np.int32), supply, self.capacity[sites])
        of = np.full(count, -1, np.int64)
        of[some] = which
        return value, of, ptr, site.astype(np.int32), flow

    def _whole(self, sites: IntArray) -> tuple[int, IntArray]:
        """Whole cells to sites: large cells first, each where the least room is left; then what was known before."""
        cell, slot = self._near(sites)
        demand, goes = self.cells.demand, np.full(self.cells.count, -1, np.int32)
        room = self.capacity[sites].copy()
        start = np.searchsorted(cell, np.arange(self.cells.count + 1))
        choices = np.diff(start)
        for i in np.lexsort((choices, -demand)).tolist():
            near = slot[start[i] : start[i + 1]]
            fits = near[room[near] >= demand[i]]
            if demand[i] > 0 and len(fits):
                best = fits[np.argmin(room[fits])]
                goes[i] = sites[best]
                room[best] -= demand[i]
        value = int(demand[goes >= 0].sum())
        before = self.known.get(sites.tobytes())
        return before if before is not None and before[0] > value else (value, goes)

    def suggest(self, sites: IntArray, x: FloatArray) -> None:
        """Keep the allocation that a relaxation gives for a set of sites, where it is one."""
        if self.split:
            return
        pair = np.flatnonzero(x[self.cells.candidates :] > 0.5)
        cell, site = self.cells.pair_cell[pair], self.cells.row_col[pair]
        opened = np.isin(site, sites)
        cell, site = cell[opened], site[opened]
        goes = np.full(self.cells.count, -1, np.int32)
        room = self.capacity.copy()
        for i, j in zip(cell.tolist(), site.tolist(), strict=True):
            if goes[i] < 0 and room[j] >= self.cells.demand[i]:
                goes[i] = j
                room[j] -= self.cells.demand[i]
        value = int(self.cells.demand[goes >= 0].sum())
        if value > self.known.get(sites.tobytes(), (-1, goes))[0]:
            self.known[sites.tobytes()] = (value, goes)

    @property
    def surely(self) -> bool:  # type: ignore[override]
        return False

    def swap_scores(self, sites: IntArray, closing: IntArray, opening: IntArray) -> FloatArray | None:
        cell, site, people = self._served(sites)
        left = self.cells.demand.astype(np.float64)
        np.subtract.at(left, cell, people)
        slot_of = np.full(self.cells.candidates, -1, np.int32)
        slot_of[sites] = np.arange(len(sites))
        order = np.argsort(slot_of[site], kind="stable")
        slot = slot_of[site][order]
        took = np.bincount(slot, weights=people[order], minlength=len(sites)).astype(np.float64)
        ptr = np.concatenate([[0], np.cumsum(np.bincount(slot, minlength=len(sites)))]).astype(np.int64)
        columns = self.cells.columns
        scores: FloatArray = roomy(
            columns.ptr, columns.cell, left, self.capacity.astype(np.float64), slot_of, took, ptr,
            cell[order].astype(np.int32), people[order].astype(np.float64), closing, opening,
        )  # fmt: skip
        return scores

    def told(self, value: int) -> int | float:
        return self.cells.in_callers_unit(value)

    def allocation(self, sites: IntArray) -> Any:
        """Single: (cells,) the site of each, -1 for none. Split: (cell, site, people in whole units), three arrays."""
        return self._served(sites) if self.split else self._whole(sites)[1]

    def _served(self, sites: IntArray) -> tuple[LongArray, LongArray, LongArray]:
        """Cell, site and people of each part that is served."""
        if not self.split:
            goes = self._whole(sites)[1]
            cell = np.flatnonzero(goes >= 0)
            return cell, goes[cell].astype(np.int64), self.cells.demand[cell]
        _, of, ptr, site, flow = self._flow(sites)
        some = np.flatnonzero(of >= 0)
        cell, slot, people = shared_out(some, of[some], self.cells.demand[some], ptr, site, flow)
        return cell, sites[slot].astype(np.int64), people

    def facts(self) -> dict[str, Any]:
        return {**self.cells.facts(), "split": self.split, "capacity_sha256": array_hash(self.capacity)}

    def complete(self, u: FloatArray) -> FloatArray:
        """Duals with the best price of room at every site for what they say of the cells."""
        rows = len(u) - self.cells.candidates - self.cells.count
        columns, demand = self.cells.columns, self.cells.demand.astype(np.float64)
        worth = np.maximum(1.0 - u[rows : rows + self.cells.count] / np.maximum(demand, 1.0), 0.0)
        u = u.copy()
        u[rows + self.cells.count :] = room_prices(columns.ptr, columns.cell, worth, demand, self.capacity)
        return u

    def program(self) -> Program:
        draft, cells = Draft(self.choice), self.cells
        cell, site = cells.pair_cell, cells.row_col.astype(np.int64)
        people = cells.demand[cell]
        fits = (people <= self.capacity[site]) | self.split
        x = draft.columns(
            people, len(cell), high=fits.astype(np.int64), whole=not self.split, owner=cells.row_col, cell=cell
        )
        own = x + np.arange(len(cell))
        draft.rows(cell, own, 1, np.ones(cells.count, np.int64), cells.demand)
        every = np.arange(cells.candidates)
        draft.rows(
            np.concatenate([site, every]),
            np.concatenate([own, every]),
            np.concatenate([people, -self.capacity]),
            np.zeros(cells.candidates, np.int64),
            1.0,
        )
        return draft.done()


def capacitated_covering(
    cover: Any, demand: Any, k: int, *, capacity: Any, split: bool = True, **options: Unpack[Options]
) -> Siting:
    """Choose k sites, each with room for so many, so that most demand finds room in reach.

    Parameters
    ----------
    cover, demand, k : as in ``maximal_covering``
    capacity : (candidates,) or one number, in the unit of demand
        How much demand a site takes. Where demand is given as floats, in thousandths rounded down.
    split : bool
        Whether the people of one cell may go to several sites.
    **options : see ``Options``

    Returns
    -------
    Siting
        ``allocation``: with ``split`` three arrays (cell, site, people in whole units), else (cells,) the site that
        each cell goes to, -1 where none has room.
    """
    cells = read_cells(cover, demand)
    given = np.broadcast_to(np.asarray(capacity), (cells.candidates,))
    if given.dtype.kind not in "iuf" or not (given >= 0).all() or not np.isfinite(given.astype(np.float64)).all():
        raise InvalidInput("a capacity is a number, 0 or more", where="capacity", mend="Write 0 where nobody fits")
    whole = np.minimum(np.floor(given * (MILLI if cells.unit == MILLI else 1)), 1 << 53).astype(np.int64)
    whole = np.minimum(whole, int(cells.demand.sum()))
    return solve(Capacitated(cells, read_choice(cells.candidates, k, options), whole, bool(split)), options)
