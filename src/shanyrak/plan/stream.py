"""From coordinates to a covering model without a matrix: customers stream by, identical covering sets are one row.

Customers that exactly the same sites cover are one row of the model, and there are far fewer such sets than
customers: at most as many as the circles around the sites cut the plane into (Cordeau, Furini and Ljubic 2019
solve what this leaves). Each customer falls into a cell of a grid (``plan.stream_grid``), is tested against the
few sites in doubt there, and its demand is added to a counter; then it is forgotten. Memory depends on the sites,
never on the number of customers, and customers may come in blocks that are made or read one after the other.

The test is dx * dx + dy * dy < radius * radius (or <=), in whole numbers where all coordinates are whole,
else in double precision; no other arithmetic decides. Sets are compared member by member.
"""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import scipy.sparse as sp

from shanyrak.core.compiled import kernel
from shanyrak.core.errors import InvalidInput
from shanyrak.core.units import IntArray, LongArray
from shanyrak.plan.model import _group, _keys, take_lists
from shanyrak.plan.stream_grid import Grid, grid_over
from shanyrak.plan.task import MOST_DEMAND, read_demand

BLOCK = 1 << 20
"""Customers a thread takes at once."""
FARTHEST = 1 << 30
"""Whole coordinates lie between minus this and this, so that squares of distances are exact."""


@dataclass(frozen=True, eq=False)
class Covering:
    """Customers merged by who covers them."""

    cover: sp.csr_array
    """(rows, sites) booleans, one row for each covering set that occurs; for ``maximal_covering`` and the others"""
    demand: npt.NDArray[Any]
    """(rows,) demand of the customers of each row, in the unit demand came in"""
    customers: int
    """how many streamed by"""
    uncovered: int | float
    """demand of those whom no site covers; ``demand.sum() + uncovered`` is all demand"""


@kernel(error_model="numpy")
def _pour(
    points: Any, demand: LongArray, sites: Any, limit: Any, strict: bool,
    x0: float, y0: float, per_unit: float, gx: int, gy: int, doubt_ptr: LongArray, doubt_site: IntArray,
    counter: LongArray, amount: LongArray, begin: int,
    table: LongArray, entry_cell: LongArray, entry_word: LongArray, entry_amount: LongArray,
    words: npt.NDArray[np.uint64], used: LongArray,
) -> int:  # fmt: skip
    """Add customers from ``begin`` on to the counters; where it stopped (all of them, or a table is full).

    Cells with many sites in doubt have no counters; their customers are looked up by cell and outcome of the
    tests (bits, word by word) in a hash table. used: entries, words, demand outside the grid, customer at fault.
    """
    mask_size = np.int64(table.shape[0] - 1)
    for c in range(begin, points.shape[0]):
        x, y = points[c, 0], points[c, 1]
        at_x, at_y = (x - x0) * per_unit, (y - y0) * per_unit
        if not (at_x >= 0.0 and at_y >= 0.0 and at_x < gx and at_y < gy):
            if not (np.isfinite(at_x) and np.isfinite(at_y)):
                used[3] = c
                return int(points.shape[0])
            used[2] += demand[c]
            continue
        cell = np.int64(at_x) * gy + np.int64(at_y)
        start, end = doubt_ptr[cell], doubt_ptr[cell + 1]
        if counter[cell + 1] > counter[cell]:
            outcome = 0
            for t in range(start, end):
                dx, dy = sites[doubt_site[t], 0] - x, sites[doubt_site[t], 1] - y
                square = dx * dx + dy * dy
                if square < limit or (square == limit and not strict):
                    outcome |= 1 << (t - start)
            amount[counter[cell] + outcome] += demand[c]
            continue
        size = (end - start + 63) // 64
        if used[0] * 2 >= table.shape[0] or used[1] + size > words.shape[0]:
            return c
        h = np.uint64(cell) * np.uint64(0x9E3779B97F4A7C15)
        for w in range(size):
            word = np.uint64(0)
            for t in range(start + 64 * w, min(end, start + 64 * w + 64)):
                dx, dy = sites[doubt_site[t], 0] - x, sites[doubt_site[t], 1] - y
                square = dx * dx + dy * dy
                if square < limit or (square == limit and not strict):
                    word |= np.uint64(1) << np.uint64(t - start - 64 * w)
            words[used[1] + w] = word
            h = (h ^ word) * np.uint64(0xBF58476D1CE4E5B9)
            h ^= h >> np.uint64(29)
        slot = np.int64(h >> np.uint64(2)) & mask_size
        while True:
            e = table[slot]
            if e < 0:
                e = used[0]
                table[slot] = e
                entry_cell[e], entry_word[e], entry_amount[e] = cell, used[1], demand[c]
                used[0] += 1
                used[1] += size
                break
            same = entry_cell[e] == cell
            if same:
                for w in range(size):
                    if words[entry_word[e] + w] != words[used[1] + w]:
                        same = False
                        break
            if same:
                entry_amount[e] += demand[c]
                break
            slot = (slot + 1) & mask_size
    return int(points.shape[0])


@kernel()
def _rehash(
    table: LongArray, entries: int, entry_cell: LongArray, entry_word: LongArray, doubt_ptr: LongArray,
    words: npt.NDArray[np.uint64],
) -> None:  # fmt: skip
    mask_size = np.int64(table.shape[0] - 1)
    for e in range(entries):
        cell = entry_cell[e]
        h = np.uint64(cell) * np.uint64(0x9E3779B97F4A7C15)
        for w in range((doubt_ptr[cell + 1] - doubt_ptr[cell] + 63) // 64):
            h = (h ^ words[entry_word[e] + w]) * np.uint64(0xBF58476D1CE4E5B9)
            h ^= h >> np.uint64(29)
        slot = np.int64(h >> np.uint64(2)) & mask_size
        while table[slot] >= 0:
            slot = (slot + 1) & mask_size
        table[slot] = e


@kernel()
def _lists(
    cell: LongArray, word_at: LongArray, words: npt.NDArray[np.uint64],
    sure_ptr: LongArray, sure_site: IntArray, doubt_ptr: LongArray, doubt_site: IntArray,
) -> tuple[LongArray, IntArray]:  # fmt: skip
    """The covering set of each (cell, outcome), ascending: the sure sites and those that passed."""
    ptr = np.zeros(cell.shape[0] + 1, np.int64)
    for e in range(cell.shape[0]):
        start, size = doubt_ptr[cell[e]], sure_ptr[cell[e] + 1] - sure_ptr[cell[e]]
        for t in range(start, doubt_ptr[cell[e] + 1]):
            word = words[word_at[e] + ((t - start) >> 6)]
            size += np.int64((word >> np.uint64((t - start) & 63)) & np.uint64(1))
        ptr[e + 1] = ptr[e] + size
    out = np.empty(ptr[-1], np.int32)
    for e in range(cell.shape[0]):
        at, s, stop = ptr[e], sure_ptr[cell[e]], sure_ptr[cell[e] + 1]
        start = doubt_ptr[cell[e]]
        for t in range(start, doubt_ptr[cell[e] + 1]):
            word = words[word_at[e] + ((t - start) >> 6)]
            if (word >> np.uint64((t - start) & 63)) & np.uint64(1):
                while s < stop and sure_site[s] < doubt_site[t]:
                    out[at] = sure_site[s]
                    at += 1
                    s += 1
                out[at] = doubt_site[t]
                at += 1
        while s < stop:
            out[at] = sure_site[s]
            at += 1
            s += 1
    return ptr, out


class _Counters:
    """What one thread has counted."""

    def __init__(self, grid: Grid) -> None:
        self.grid = grid
        self.amount = np.zeros(int(grid.counter[-1]), np.int64)
        self.table = np.full(1 << 12, -1, np.int64)
        self.entry_cell, self.entry_word, self.entry_amount = (np.zeros(1 << 11, np.int64) for _ in range(3))
        self.words = np.zeros(1 << 12, np.uint64)
        self.used = np.array([0, 0, 0, -1], np.int64)

    def add(
        self, points: npt.NDArray[Any], demand: LongArray, sites: npt.NDArray[Any], limit: Any, strict: bool
    ) -> None:
        """Count customers; ``used[3]`` is the first whose coordinates are no numbers, or -1."""
        grid, at = self.grid, 0
        while at < len(points):
            at = _pour(
                points, demand, sites, limit, strict, grid.x0, grid.y0, grid.per_unit, grid.gx, grid.gy,
                grid.doubt_ptr, grid.doubt_site, grid.counter, self.amount, at,
                self.table, self.entry_cell, self.entry_word, self.entry_amount, self.words, self.used,
            )  # fmt: skip
            if at < len(points):
                self._grow()

    def _grow(self) -> None:
        if 2 * self.used[0] >= len(self.table):
            self.table = np.full(2 * len(self.table), -1, np.int64)
            more = np.zeros(len(self.entry_cell), np.int64)
            self.entry_cell, self.entry_word, self.entry_amount = (
                np.concatenate([old, more]) for old in (self.entry_cell, self.entry_word, self.entry_amount)
            )
            _rehash(
                self.table, int(self.used[0]), self.entry_cell, self.entry_word, self.grid.doubt_ptr, self.words
            )  # fmt: skip
        widest = int(np.diff(self.grid.doubt_ptr).max()) // 64 + 1
        if self.used[1] + widest > len(self.words):
            self.words = np.concatenate([self.words, np.zeros(len(self.words) + widest, np.uint64)])

    def counted(self) -> tuple[LongArray, IntArray, LongArray]:
        """Lists of sites and their demand, one for each (cell, outcome) that came up."""
        grid, entries = self.grid, int(self.used[0])
        hit = np.flatnonzero(self.amount)
        cell = np.searchsorted(grid.counter, hit, side="right") - 1
        outcome = (hit - grid.counter[cell]).astype(np.uint64)
        lists = (grid.sure_ptr, grid.sure_site, grid.doubt_ptr, grid.doubt_site)
        ptr, site = _lists(cell, np.arange(len(hit)), outcome, *lists)
        if not entries:
            return ptr, site, self.amount[hit]
        more_ptr, more = _lists(self.entry_cell[:entries], self.entry_word[:entries], self.words, *lists)
        amount = np.concatenate([self.amount[hit], self.entry_amount[:entries]])
        return np.concatenate([ptr, ptr[-1] + more_ptr[1:]]), np.concatenate([site, more]), amount


Block = tuple[Any, Any]


def _blocks(customers: Any, demand: Any) -> Iterator[Block]:
    """Blocks of (coordinates, demand or None), none longer than BLOCK."""
    whole = isinstance(customers, np.ndarray | list | tuple)
    for block in [(customers, demand)] if whole else customers:
        points, people = block if isinstance(block, tuple) else (block, None)
        points = np.asarray(points)
        if points.ndim != 2 or points.shape[1] != 2 or points.dtype.kind not in "iuf":
            raise InvalidInput(
                f"coordinates have shape {points.shape}, and (customers, 2) is wanted",
                where="customers",
                mend="Give one row (x, y) for each customer",
            )
        people = None if people is None else np.asarray(people)
        if people is not None and people.shape != (len(points),):
            raise InvalidInput(
                f"demand has shape {people.shape}, and there are {len(points)} customers",
                where="demand",
                mend="Give one number for each customer",
            )
        for at in range(0, len(points), BLOCK):
            yield points[at : at + BLOCK], None if people is None else people[at : at + BLOCK]


def _read_sites(sites: Any, radius: Any) -> tuple[npt.NDArray[Any], int | float]:
    places = np.asarray(sites)
    if places.ndim != 2 or places.shape[1] != 2 or not len(places) or places.dtype.kind not in "iuf":
        raise InvalidInput(
            f"coordinates of sites have shape {places.shape}, and (sites, 2) is wanted",
            where="sites",
            mend="Give one row (x, y) for each site, one at least",
        )
    if not np.isfinite(places).all():
        raise InvalidInput("a coordinate is not a number", where="sites", mend="Leave sites without a place out")
    if isinstance(radius, bool) or not isinstance(radius, int | float | np.integer | np.floating):
        raise InvalidInput(f"{radius!r} is not a number", where="radius", mend="Give a number above 0")
    if not (np.isfinite(radius) and radius > 0):
        raise InvalidInput(f"a radius of {radius} covers nothing", where="radius", mend="Give a number above 0")
    whole = places.dtype.kind in "iu" and isinstance(radius, int | np.integer)
    if whole and (abs(places.astype(np.float64)).max() > FARTHEST or radius > FARTHEST):
        raise InvalidInput(
            f"whole coordinates beyond {FARTHEST:,} cannot be squared exactly",
            where="sites",
            mend="Count from a nearer origin or in a larger unit",
        )
    return np.ascontiguousarray(places, np.int64 if whole else np.float64), int(radius) if whole else float(radius)


def covering_from_points(
    customers: Any, sites: Any, radius: float, *, demand: Any = None, strict: bool = False, threads: int = 2
) -> Covering:
    """The covering model of customers and sites in the plane, customers with the same covering set merged.

    Parameters
    ----------
    customers : (m, 2) coordinates, or an iterable of blocks
        Each block is coordinates (b, 2), or a tuple of these and their demand (b,); blocks are read once, one
        after the other, so that customers need never be in memory together.
    sites : (n, 2) coordinates
    radius : in the unit of the coordinates, above 0
        A customer at exactly this distance is covered, unless ``strict``. Where all coordinates and the radius
        are whole numbers, the test is exact; else it is ``dx * dx + dy * dy <= radius * radius`` in doubles.
    demand : (m,) whole numbers or floats, not negative; 1 each where left out
        As in ``maximal_covering``: floats are persons, counted in whole thousandths.
    threads : int
        How many count at once. The answer does not depend on it.

    Returns
    -------
    Covering
        Its ``cover`` and ``demand`` go into ``maximal_covering``.

    Raises
    ------
    InvalidInput
        Shapes that do not fit, coordinates that are no numbers, negative demand, a radius not above 0.

    References
    ----------
    Cordeau, Furini and Ljubic (2019), Benders decomposition for very large scale partial set covering and maximal
    covering location problems, EJOR 275, 882-896, doi:10.1016/j.ejor.2018.12.021.
    """
    places, reach = _read_sites(sites, radius)
    whole = places.dtype == np.int64
    limit = np.int64(reach * reach) if whole else np.float64(reach) * np.float64(reach)
    count = len(customers) if hasattr(customers, "__len__") and isinstance(customers, np.ndarray) else 1 << 40
    grid = grid_over(places, float(reach), count)
    workers = [_Counters(grid) for _ in range(max(1, int(threads)))]
    seen, total, units = 0, 0, set()
    ones = np.ones(min(BLOCK, count), np.int64)

    def prepared(points: Any, people: Any, seen: int) -> tuple[npt.NDArray[Any], LongArray, int]:
        if whole and points.dtype.kind not in "iu":
            raise InvalidInput(
                "the sites' coordinates and the radius are whole numbers, the customers' coordinates are not",
                where="customers",
                mend="Give all as whole numbers, or all as floats",
            )
        if whole and len(points) and max(abs(int(points.max())), abs(int(points.min()))) > FARTHEST:
            raise InvalidInput(f"whole coordinates beyond {FARTHEST:,}", where="customers", mend="Use a larger unit")
        points = np.ascontiguousarray(points, places.dtype)
        if people is None:
            return points, ones[: len(points)] if len(points) <= len(ones) else np.ones(len(points), np.int64), 1
        amount, unit = read_demand(people, len(points))
        return points, amount, unit

    def pour(worker: _Counters, points: Any, people: Any, first: int) -> tuple[int, int]:
        ready, amount, unit = prepared(points, people, first)
        worker.add(ready, amount, places, limit, strict)
        if worker.used[3] >= 0:
            raise InvalidInput(
                "a coordinate is not a number",
                where=f"customers[{first + int(worker.used[3])}]",
                mend="Leave customers without a place out",
            )
        return int(amount.sum()), unit

    with ThreadPoolExecutor(len(workers)) as pool:
        idle = list(workers)
        running: dict[Future[tuple[int, int]], _Counters] = {}

        def finish() -> None:
            nonlocal total
            for done in wait(running, return_when="FIRST_COMPLETED").done:
                idle.append(running.pop(done))
                amount, unit = done.result()
                total += amount
                units.add(unit)

        for points, people in _blocks(customers, demand):
            if not idle:
                finish()
            worker = idle.pop()
            running[pool.submit(pour, worker, points, people, seen)] = worker
            seen += len(points)
        while running:
            finish()
    if total > MOST_DEMAND:
        raise InvalidInput("all demand together cannot be counted exactly", where="demand", mend="Use a larger unit")
    if len(units) > 1:
        raise InvalidInput(
            "some blocks count in whole numbers and others in floats", where="demand", mend="Give all in one type"
        )
    unit = units.pop() if units else 1
    row_ptr, row_col, amount = _merged(workers, len(places))
    cover = sp.csr_array((np.ones(len(row_col), bool), row_col, row_ptr), shape=(len(amount), len(places)))
    cover.has_canonical_format = True
    left = total - int(amount.sum())
    return Covering(cover, amount if unit == 1 else amount / unit, seen, left if unit == 1 else left / unit)


def _merged(workers: list[_Counters], sites: int) -> tuple[LongArray, IntArray, LongArray]:
    """Rows of the model and their demand, in an order that depends on the sets alone."""
    for other in workers[1:]:
        workers[0].amount += other.amount
        other.amount = other.amount[:0]
    parts = [workers[0].counted()]
    for other in workers[1:]:
        e = int(other.used[0])
        if e:
            grid = other.grid
            ptr, site = _lists(
                other.entry_cell[:e], other.entry_word[:e], other.words,
                grid.sure_ptr, grid.sure_site, grid.doubt_ptr, grid.doubt_site,
            )  # fmt: skip
            parts.append((ptr, site, other.entry_amount[:e]))
    ends = np.cumsum([0] + [part[0][-1] for part in parts])
    ptr = np.concatenate([[0], *(part[0][1:] + end for part, end in zip(parts, ends[:-1], strict=True))])
    site = np.concatenate([part[1] for part in parts])
    amount = np.concatenate([part[2] for part in parts])
    keys = _keys(sites)
    group, first = _group(ptr, site, keys)
    merged = np.zeros(len(first), np.int64)
    known = group >= 0
    np.add.at(merged, group[known], amount[known])
    row_ptr, row_col = take_lists(ptr, site, first)
    sums = np.concatenate([[np.uint64(0)], np.cumsum(keys[row_col], dtype=np.uint64)])
    order = np.argsort(sums[row_ptr[1:]] - sums[row_ptr[:-1]], kind="stable")
    row_ptr, row_col = take_lists(row_ptr, row_col, order)
    keep = merged[order] > 0
    if not keep.all():
        row_ptr, row_col = take_lists(row_ptr, row_col, np.flatnonzero(keep))
    return row_ptr, row_col, merged[order][keep]
