"""What is made of the rows of a search, group after group: sums, masks, lists; and masks turned round."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from shanyrak.core.compiled import kernel
from shanyrak.core.units import IntArray, LongArray
from shanyrak.walk.kernels import DE_BRUIJN, PLACE_OF_BIT, Scratch, forget, search_group
from shanyrak.walk.lanes import LANES, add_within, within
from shanyrak.walk.net import Net, Seeds


@kernel(error_model="numpy")
def sums_of_groups(
    net: Net, seeds: Seeds, order: LongArray, weight: LongArray, limit: int, shift: int, s: Scratch, out: LongArray
) -> None:
    """Sum of the weights of the targets within the limit of each candidate in ``order``.

    ``weight`` is per cell (per junction in a net without cells); ``out`` per candidate.
    """
    n = len(net.ptr) - 1
    total = np.zeros(LANES, np.int64)
    top = s.lane.dtype.type(limit)
    for first in range(0, len(order), LANES):
        members = order[first : first + LANES]
        rows, cells = search_group(net, seeds, members, limit, shift, s)
        begin, end, offset = (rows, rows + cells, n) if net.cells_given else (0, rows, 0)
        total[:] = 0
        for i in range(begin, end):
            add_within(total, s.lane, np.uintp(i * LANES), top, weight[s.node_of[i] - offset])
        for k in range(len(members)):
            out[members[k]] = total[k]
        forget(s, rows, cells)


@kernel(error_model="numpy")
def masks_of_groups(
    net: Net,
    seeds: Seeds,
    order: LongArray,
    limit: int,
    shift: int,
    s: Scratch,
    target: IntArray,
    mask: npt.NDArray[np.uint32],
    group_end: LongArray,
) -> tuple[int, int]:
    """Which targets which lanes reach, as a word of bits per (group, target).

    Writes the groups of ``order`` one after another into ``target`` and ``mask`` until the next one
    does not fit; ``group_end[g]`` is where group g ends.

    Returns
    -------
    groups written, room that the next group needs (0 where all are written)
    """
    n = len(net.ptr) - 1
    top = s.lane.dtype.type(limit)
    at = 0
    group = 0
    for first in range(0, len(order), LANES):
        rows, cells = search_group(net, seeds, order[first : first + LANES], limit, shift, s)
        begin, end, offset = (rows, rows + cells, n) if net.cells_given else (0, rows, 0)
        if at + end - begin > len(target):
            forget(s, rows, cells)
            return group, end - begin
        for i in range(begin, end):
            target[at] = s.node_of[i] - offset
            mask[at] = within(s.lane, np.uintp(i * LANES), top)
            at += 1
        group_end[group] = at
        group += 1
        forget(s, rows, cells)
    return group, 0


@kernel(error_model="numpy")
def count_masks(target: IntArray, mask: npt.NDArray[np.uint32], count: LongArray) -> None:
    """Add the number of bits of each mask to its target's count."""
    for i in range(len(target)):
        bits = mask[i]
        bits = bits - ((bits >> np.uint32(1)) & np.uint32(0x55555555))
        bits = (bits & np.uint32(0x33333333)) + ((bits >> np.uint32(2)) & np.uint32(0x33333333))
        bits = (bits + (bits >> np.uint32(4))) & np.uint32(0x0F0F0F0F)
        count[target[i]] += np.int64(((bits * np.uint32(0x01010101)) >> np.uint32(24)) & np.uint32(0xFF))


@kernel(error_model="numpy")
def transpose_masks(
    target: IntArray,
    mask: npt.NDArray[np.uint32],
    group_end: LongArray,
    lowest: IntArray,
    highest: IntArray,
    order: LongArray,
    row_ptr: LongArray,
    begin: int,
    end: int,
    column: IntArray,
) -> None:
    """Write the candidates of targets ``begin`` to ``end``, each row in the order of search.

    Row t is ``column[row_ptr[t] : row_ptr[t + 1]]``. Groups none of whose targets (``lowest`` to
    ``highest``) lie there are passed over.
    """
    next_free = row_ptr[begin:end].copy()
    for group in range(len(group_end)):
        if highest[group] < begin or lowest[group] >= end:
            continue
        first = group * LANES
        i = group_end[group - 1] if group else 0
        while i < group_end[group]:
            row = target[i] - begin
            if row < 0 or row >= end - begin:
                i += 1
                continue
            at = next_free[row]
            bits = np.uint64(mask[i])
            while bits != 0:
                bit = bits & (~bits + np.uint64(1))
                bits ^= bit
                column[at] = order[first + np.int64(PLACE_OF_BIT[(bit * DE_BRUIJN) >> np.uint64(58)])]
                at += 1
            next_free[row] = at
            i += 1


@kernel(error_model="numpy")
def sort_rows(row_ptr: LongArray, column: IntArray, columns: int) -> None:
    """Sort each row (its numbers differ): set bits in two storeys, and read them off in order."""
    one = np.uint64(1)
    word = np.zeros((columns >> 6) + 1, np.uint64)
    storey = np.zeros((columns >> 12) + 1, np.uint64)
    for row in range(len(row_ptr) - 1):
        begin, end = row_ptr[row], row_ptr[row + 1]
        for at in range(begin, end):
            j = np.int64(column[at])
            word[j >> 6] |= one << np.uint64(j & 63)
            storey[j >> 12] |= one << np.uint64((j >> 6) & 63)
        at = begin
        for upper in range(len(storey)):
            above = storey[upper]
            storey[upper] = 0
            while above != 0:
                bit = above & (~above + one)
                above ^= bit
                w = (upper << 6) + np.int64(PLACE_OF_BIT[(bit * DE_BRUIJN) >> np.uint64(58)])
                bits = word[w]
                word[w] = 0
                while bits != 0:
                    bit = bits & (~bits + one)
                    bits ^= bit
                    column[at] = (w << 6) + np.int64(PLACE_OF_BIT[(bit * DE_BRUIJN) >> np.uint64(58)])
                    at += 1


@kernel(error_model="numpy")
def lists_of_groups(
    net: Net,
    seeds: Seeds,
    order: LongArray,
    limit: int,
    shift: int,
    s: Scratch,
    target: IntArray,
    impedance: IntArray,
    size: LongArray,
) -> tuple[int, int]:
    """Targets (ascending) and impedances of each candidate in ``order``, one list after another.

    Stops before the first group that does not fit; ``size`` (per candidate) is how long a list is.

    Returns
    -------
    groups written, room that the next group needs (0 where all are written)
    """
    n = len(net.ptr) - 1
    top = s.lane.dtype.type(limit)
    one = np.uint64(1)
    total = np.zeros(LANES, np.int64)
    lane = s.lane
    at = 0
    group = 0
    for first in range(0, len(order), LANES):
        members = order[first : first + LANES]
        rows, cells = search_group(net, seeds, members, limit, shift, s)
        begin, end = (rows, rows + cells) if net.cells_given else (0, rows)
        offset = n if net.cells_given else 0

        total[:] = 0
        for i in range(begin, end):
            add_within(total, lane, np.uintp(i * LANES), top, 1)
        s.begin[0] = at
        for k in range(LANES):
            s.begin[k + 1] = s.begin[k] + total[k]
        if s.begin[LANES] > len(target):
            forget(s, rows, cells)
            return group, s.begin[LANES] - at
        at = s.begin[LANES]
        for k in range(len(members)):
            size[members[k]] = s.begin[k + 1] - s.begin[k]

        # rows by ascending node: nodes lie close together, so look through pages of 64
        lowest = len(s.page)
        highest = -1
        for i in range(begin, end):
            page = s.node_of[i] >> 6
            s.page[page] = 1
            lowest = min(lowest, page)
            highest = max(highest, page)
        count = 0
        for page in range(lowest, highest + 1):
            if s.page[page] == 0:
                continue
            s.page[page] = 0
            for node in range(max(page << 6, offset), min((page + 1) << 6, len(s.row_of))):
                i = s.row_of[node]
                if i >= begin and i < end:
                    s.ordered[count] = i
                    count += 1

        for r in range(count):
            i = s.ordered[r]
            p = np.uintp(i * LANES)
            node = s.node_of[i] - offset
            bits = np.uint64(within(lane, p, top))
            while bits != 0:
                bit = bits & (~bits + one)
                bits ^= bit
                place = np.uintp(PLACE_OF_BIT[(bit * DE_BRUIJN) >> np.uint64(58)])
                free = s.begin[place]
                target[free] = node
                impedance[free] = lane[p + place]
                s.begin[place] = free + 1
        group += 1
        forget(s, rows, cells)
    return group, 0
