"""Nodes and node references of a whole file, kept as small as they come.

References stay packed as in the file (about four bytes each) until they are asked for; nodes are
three plain arrays, looked up by number. So nothing depends on the order of the file.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from shanyrak.area.blocks import Member, undelta
from shanyrak.area.packed import Octets, inside_regions
from shanyrak.core.units import IntArray, LongArray

_FEW = 8
"""Fewer nodes asked for than this part of the table are found by bisection alone."""
_MOST_BITS = 22
"""Places of 4 bytes each, so 16 MB at most."""


class NodeTable:
    """Number and position of every node read."""

    def __init__(self) -> None:
        self._parts: list[tuple[LongArray, IntArray, IntArray]] = []
        self.number = np.zeros(0, np.int64)
        self.lon_e7 = np.zeros(0, np.int32)
        self.lat_e7 = np.zeros(0, np.int32)

    def add(self, number: LongArray, lon_e7: IntArray, lat_e7: IntArray) -> None:
        """Remember some more nodes."""
        self._parts.append((number, lon_e7, lat_e7))

    def close(self) -> None:
        """Make one table of all, sorted by number; of a node that came twice the first stays."""
        if not self._parts:
            return
        number, lon, lat = (np.concatenate(columns) for columns in zip(*self._parts))
        self._parts = []
        if len(number) > 1 and (number[1:] <= number[:-1]).any():
            number, first = np.unique(number, return_index=True)
            lon, lat = lon[first], lat[first]
        self.number, self.lon_e7, self.lat_e7 = number, lon, lat

    def __len__(self) -> int:
        return len(self.number)

    def find(self, number: LongArray) -> LongArray:
        """Position in the table of each node, -1 where the file does not have it."""
        if not len(self.number):
            return np.full(len(number), -1, np.int64)
        if len(number) * _FEW < len(self.number):
            return self._bisected(number)
        # Numbers of a town come in runs, so their lowest bits are a good place to look first.
        low = np.int64((1 << min(len(self.number).bit_length() + 2, _MOST_BITS)) - 1)
        place = np.zeros(int(low) + 1, np.int32)
        place[self.number & low] = np.arange(len(self.number), dtype=np.int32)
        at: LongArray = place[number & low].astype(np.int64)
        missed = np.flatnonzero(self.number[at] != number)
        at[missed] = self._bisected(number[missed])
        return at

    def _bisected(self, number: LongArray) -> LongArray:
        at = np.searchsorted(self.number, number)
        at[at == len(self.number)] = 0
        return np.asarray(np.where(self.number[at] == number, at, -1))


class WayTable:
    """Number and packed references of every way read."""

    def __init__(self) -> None:
        self._parts: list[tuple[LongArray, Octets, LongArray]] = []
        self._count = 0
        self._octets = 0
        self.number = np.zeros(0, np.int64)
        self._refs = np.zeros(0, np.uint8)
        self._end = np.zeros(0, np.int64)

    def __len__(self) -> int:
        return self._count

    def add(self, number: LongArray, refs: Octets, refs_end: LongArray) -> int:
        """Remember some ways; the index of the first."""
        first = self._count
        self._parts.append((number, refs, refs_end + self._octets))
        self._count += len(number)
        self._octets += len(refs)
        return first

    def close(self) -> None:
        """Make one table of all."""
        if self._parts:
            self.number, self._refs, self._end = (np.concatenate(columns) for columns in zip(*self._parts))
            self._parts = []

    def nodes_of(self, ways: LongArray) -> tuple[LongArray, LongArray]:
        """Node numbers of some ways, one after the other, and where each begins: (q,), (w + 1,).

        ``ways`` are indices, ascending, each once.
        """
        assert (np.diff(ways) > 0).all(), "ways are asked for in order"
        begin = np.where(ways > 0, self._end[ways - 1], 0) if len(ways) else ways
        length = self._end[ways] - begin
        packed = self._refs[inside_regions(len(self._refs), begin, length)]
        number, end = undelta(packed, np.cumsum(length))
        return number, np.concatenate([[0], end])


def member_lines(ways: WayTable, relations: Sequence[Sequence[Member]]) -> dict[int, LongArray]:
    """Node numbers of every way that some relations name, by the way's number."""
    wanted = {member.number for members in relations for member in members if member.kind == "w"}
    if not wanted:
        return {}
    named = np.array(sorted(wanted), np.int64)
    chosen = np.flatnonzero(named[np.minimum(np.searchsorted(named, ways.number), len(named) - 1)] == ways.number)
    number, ptr = ways.nodes_of(chosen)
    return {int(ways.number[index]): number[ptr[i] : ptr[i + 1]] for i, index in enumerate(chosen.tolist())}
