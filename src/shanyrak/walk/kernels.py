"""Bounded searches for 32 candidates at once: the one fast place of this room.

**What is computed.** For each candidate, the impedance of the walk from every junction (or cell) to
it, as long as it is at most the limit. The searches run from the candidates over *reversed* arcs.

**How.** Candidates are taken in the order of their junctions, 32 at a time: neighbours in town,
whose catchments are nearly the same. For each group

1. one ordinary bounded search from all 32 together (Dial's buckets, of 2^shift units each) finds the
   junctions that any of them reaches, nearest first;
2. these junctions and their arcs are copied side by side, so that all further work is in cache;
3. each junction gets a row of 32 impedances, one *lane* per candidate, and rows are relaxed against
   each other: 32 additions and minima are two machine instructions on a wide processor. A set of
   bits holds the rows that have changed. They are swept outward in the order of step 1, then inward,
   and so on until none is left: waves that run against the order, from a candidate on one side of
   the group across the others, are so carried in one sweep and not a step in each. Within a sweep,
   a change close behind (in the same or the last word of 64 rows) is seen to at once: so the inner
   rows settle before the outer ones are touched. Measured on towns of 30,000 and 600,000 junctions,
   with 10,000 candidates each: 2.7 and 4.7 visits per row; always taking the first changed row takes
   2.7 and 6.2, sweeping outward only 6.4 and more;
4. cells take their rows from their junctions, once these stand.

A lane that a candidate does not reach holds ``limit + 1``: sums stop at the largest number of the
lane's type, which is not less, and a minimum never lets a lane grow, so step 3 needs no test
against the limit.

**Known weakness.** Where candidates are few and far between, the 32 catchments do not overlap and
most lanes idle: then a pair costs about as much as in a search for each candidate alone.

References
----------
Dial (1969), Algorithm 360, Communications of the ACM 12(11), 632-633, doi:10.1145/363269.363610.
Then et al. (2014), The more the merrier: efficient multi-source graph traversal, PVLDB 8(4), 449-460.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from shanyrak.core.compiled import kernel
from shanyrak.core.units import IntArray, LongArray
from shanyrak.walk.lanes import LANES, ROW_BYTES, relax
from shanyrak.walk.net import Net, Seeds

FAR = 2**31 - 1
"""Not reached yet (first search)."""
LARGEST_NARROW_LIMIT = 2**16 - 2
"""Longest limit whose lanes fit 16 bits: ``limit + 1`` must fit (87 minutes of an adult)."""
MOST_BUCKETS = 4096

_OUT = -2
"""In ``before``: not in any bucket."""

LaneArray = npt.NDArray[np.uint16] | npt.NDArray[np.uint32]


class Scratch(NamedTuple):
    """Working memory of one thread for a net of n junctions, c cells and m arcs."""

    nearest: IntArray
    """(n,) impedance to the nearest candidate of the group, FAR where not reached"""
    before: IntArray
    """(n,) previous junction in the same bucket, -1 at its head, _OUT outside"""
    after: IntArray
    """(n,) next junction in the same bucket, -1 at its end"""
    bucket: IntArray
    """(limit >> shift + 1,) first junction of each bucket, -1 where empty"""
    row_of: IntArray
    """(n + c,) row of a junction, or of a cell at n + cell; -1 without"""
    node_of: IntArray
    """(n + c,) the reverse"""
    ordered: IntArray
    """(n + c,) rows by ascending node"""
    page: npt.NDArray[np.uint8]
    """((n + c) / 64,) whether any of 64 nodes has a row"""
    changed: npt.NDArray[np.uint64]
    """(n / 64,) bits of rows that have changed since their arcs were last relaxed"""
    arc_ptr: IntArray
    """(n + 1,) arcs by row"""
    arc_row: IntArray
    """(m,) row at the other end"""
    arc_impedance: LaneArray
    """(m,)"""
    lane: LaneArray
    """((n + c) * LANES,) rows of impedances"""
    begin: LongArray
    """(LANES + 1,) where each lane's pairs begin"""


DE_BRUIJN = np.uint64(0x03F79D71B4CB0A89)


def _bit_table() -> npt.NDArray[np.uint8]:
    table = np.zeros(64, np.uint8)
    for place in range(64):
        table[((int(DE_BRUIJN) << place) & (2**64 - 1)) >> 58] = place
    return table


PLACE_OF_BIT = _bit_table()
"""Place of a single bit b in a word: ``PLACE_OF_BIT[(b * DE_BRUIJN) >> 58]`` (Leiserson et al. 1998)."""


def bucket_shift(limit: int) -> int:
    """Width of a bucket as a power of two: 6.4 m, wider where there would be too many."""
    shift = 6
    while limit >> shift >= MOST_BUCKETS:
        shift += 1
    return shift


def new_scratch(net: Net, limit: int) -> Scratch:
    """Working memory for searches up to ``limit`` (pages that are never touched cost nothing)."""
    narrow = limit <= LARGEST_NARROW_LIMIT
    n, c, m = net.junctions, net.cells, len(net.source)
    rows = n + c
    lane_type: Any = np.uint16 if narrow else np.uint32
    # a row is one line of cache (or two): it must not straddle them
    raw = np.empty(rows * LANES + 64, lane_type)
    skip = (-raw.ctypes.data % ROW_BYTES) // raw.itemsize
    return Scratch(
        nearest=np.full(n, FAR, np.int32),
        before=np.full(n, _OUT, np.int32),
        after=np.empty(n, np.int32),
        bucket=np.full((limit >> bucket_shift(limit)) + 1, -1, np.int32),
        row_of=np.full(rows, -1, np.int32),
        node_of=np.empty(rows, np.int32),
        ordered=np.empty(rows, np.int32),
        page=np.zeros((rows >> 6) + 1, np.uint8),
        changed=np.zeros((n >> 6) + 1, np.uint64),
        arc_ptr=np.zeros(n + 1, np.int32),
        arc_row=np.empty(m, np.int32),
        arc_impedance=np.empty(m, lane_type),
        lane=raw[skip : skip + rows * LANES],
        begin=np.zeros(LANES + 1, np.int64),
    )


@kernel(error_model="numpy")
def _find_rows(net: Net, seeds: Seeds, members: LongArray, limit: int, shift: int, s: Scratch) -> int:
    """Step 1: number the junctions that any member reaches, nearest first; returns how many.

    A bucket is a doubly linked list through the junctions themselves, so none ever overflows.
    (Its links are tied here and not in helpers: every call counts references of 14 arrays, and
    that takes longer than the search.)
    """
    n = len(net.ptr) - 1
    ptr, source, impedance = net.ptr, net.source, net.impedance
    nearest, before, after, bucket, row_of, node_of = s.nearest, s.before, s.after, s.bucket, s.row_of, s.node_of
    rows = 0
    for place in range(len(members)):
        member = members[place]
        for e in range(seeds.ptr[member], seeds.ptr[member + 1]):
            x = seeds.node[e]
            d = seeds.impedance[e]
            if x >= n or d > limit or d >= nearest[x]:
                continue
            if before[x] != _OUT:
                old = nearest[x] >> shift
                if after[x] >= 0:
                    before[after[x]] = before[x]
                if before[x] >= 0:
                    after[before[x]] = after[x]
                else:
                    bucket[old] = after[x]
            nearest[x] = d
            head = bucket[d >> shift]
            before[x] = -1
            after[x] = head
            if head >= 0:
                before[head] = x
            bucket[d >> shift] = x
    for b in range(len(bucket)):
        while bucket[b] >= 0:
            u = bucket[b]
            head = after[u]
            bucket[b] = head
            if head >= 0:
                before[head] = -1
            before[u] = _OUT
            if row_of[u] < 0:
                row_of[u] = rows
                node_of[rows] = u
                rows += 1
            for a in range(ptr[u], ptr[u + 1]):
                x = source[a]
                d64 = np.int64(nearest[u]) + np.int64(impedance[a])
                if d64 > limit or d64 >= nearest[x]:
                    continue
                new = d64 >> shift
                if before[x] != _OUT:
                    old = nearest[x] >> shift
                    if old == new:
                        nearest[x] = d64
                        continue
                    if after[x] >= 0:
                        before[after[x]] = before[x]
                    if before[x] >= 0:
                        after[before[x]] = after[x]
                    else:
                        bucket[old] = after[x]
                nearest[x] = d64
                head = bucket[new]
                before[x] = -1
                after[x] = head
                if head >= 0:
                    before[head] = x
                bucket[new] = x
    return rows


@kernel(error_model="numpy")
def search_group(net: Net, seeds: Seeds, members: LongArray, limit: int, shift: int, s: Scratch) -> tuple[int, int]:
    """Steps 1 to 4 for at most LANES members; leaves the rows in ``s.lane``.

    Returns
    -------
    rows of junctions, rows of cells behind them
    """
    n = len(net.ptr) - 1
    ptr, source, impedance = net.ptr, net.source, net.impedance
    row_of, node_of, changed, lane = s.row_of, s.node_of, s.changed, s.lane
    arc_ptr, arc_row, arc_impedance = s.arc_ptr, s.arc_row, s.arc_impedance
    over = lane.dtype.type(limit + 1)
    one = np.uint64(1)
    rows = _find_rows(net, seeds, members, limit, shift, s)

    arcs = 0
    for i in range(rows):
        u = node_of[i]
        for a in range(ptr[u], ptr[u + 1]):
            y = row_of[source[a]]
            if y >= 0 and impedance[a] <= limit:
                arc_row[arcs] = y
                arc_impedance[arcs] = lane.dtype.type(impedance[a])
                arcs += 1
        arc_ptr[i + 1] = arcs
    for i in range(np.uintp(rows * LANES)):
        lane[i] = over

    cells = 0
    for place in range(len(members)):
        member = members[place]
        for e in range(seeds.ptr[member], seeds.ptr[member + 1]):
            d = seeds.impedance[e]
            if d > limit:
                continue
            x = seeds.node[e]
            y = row_of[x]
            if y < 0:  # a cell on the candidate's own edge
                y = rows + cells
                cells += 1
                row_of[x] = y
                node_of[y] = x
                for i in range(np.uintp(y * LANES), np.uintp((y + 1) * LANES)):
                    lane[i] = over
            at = np.uintp(y * LANES + place)
            lane[at] = min(lane[at], lane.dtype.type(d))
            if x < n:
                changed[y >> 6] |= one << np.uint64(y & 63)

    words = (rows + 63) >> 6
    upward = True
    pending = True
    while pending:
        pending = False
        word: Any = 0 if upward else words - 1
        while 0 <= word < words:
            bits = changed[word]
            if bits == 0:
                word += 1 if upward else -1
                continue
            changed[word] = 0
            first: Any = word
            last: Any = word
            while bits != 0:
                bit = bits & (~bits + one)
                bits ^= bit
                row = (word << 6) + np.int64(PLACE_OF_BIT[(bit * DE_BRUIJN) >> np.uint64(58)])
                p = np.uintp(row * LANES)
                for a in range(arc_ptr[row], arc_ptr[row + 1]):
                    y = np.int64(arc_row[a])
                    shorter = relax(lane, p, np.uintp(y * LANES), arc_impedance[a])
                    # without a branch: whether a row changes cannot be foretold
                    changed[y >> 6] |= (one if shorter else np.uint64(0)) << np.uint64(y & 63)
                    first = min(first, y >> 6 if shorter else first)
                    last = max(last, y >> 6 if shorter else last)
            # back by one word at most; what changed farther back waits for the sweep the other way
            if upward:
                pending = pending or first < word - 1
                word = max(first, word - 1)
            else:
                pending = pending or last > word + 1
                word = min(last, word + 1)
        upward = not upward

    if len(net.cell) > 0:
        for i in range(rows):
            u = node_of[i]
            p = np.uintp(i * LANES)
            for a in range(net.cell_ptr[u], net.cell_ptr[u + 1]):
                if net.cell_impedance[a] > limit:
                    continue
                w = lane.dtype.type(net.cell_impedance[a])
                x = n + net.cell[a]
                y = row_of[x]
                if y < 0:
                    y = rows + cells
                    cells += 1
                    row_of[x] = y
                    node_of[y] = x
                    for k in range(np.uintp(y * LANES), np.uintp((y + 1) * LANES)):
                        lane[k] = over
                relax(lane, p, np.uintp(y * LANES), w)
    return rows, cells


@kernel(error_model="numpy")
def forget(s: Scratch, rows: int, cells: int) -> None:
    """Make the scratch ready for the next group."""
    for i in range(rows):
        s.nearest[s.node_of[i]] = FAR
    for i in range(rows + cells):
        s.row_of[s.node_of[i]] = -1
