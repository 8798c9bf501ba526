"""Nodes and node references of a whole file, kept as small as they come.

References stay packed as in the file (about four bytes each) until they are asked for; nodes are
three plain arrays, looked up by bisection. So nothing depends on the order of the file.
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from shanyrak.area.pbf import varints, zigzag
from shanyrak.core.units import IntArray, LongArray


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
        at = np.searchsorted(self.number, number)
        at[at == len(self.number)] = 0
        return np.where(self.number[at] == number, at, -1)


class WayTable:
    """Number and packed references of every way read."""

    def __init__(self) -> None:
        self.number: list[int] = []
        self._refs: list[bytes] = []

    def __len__(self) -> int:
        return len(self.number)

    def add(self, number: int, refs: bytes) -> int:
        """Remember a way; its index."""
        self.number.append(number)
        self._refs.append(refs)
        return len(self._refs) - 1

    def nodes_of(self, ways: Iterable[int]) -> tuple[LongArray, LongArray]:
        """Node numbers of some ways, one after the other, and where each begins: (q,), (w + 1,)."""
        packed = [self._refs[way] for way in ways]
        data = b"".join(packed)
        octet_end = np.cumsum(np.fromiter((len(refs) for refs in packed), np.int64, len(packed)))
        delta = zigzag(varints(data))
        last_octet = np.flatnonzero(np.frombuffer(data, np.uint8) < 0x80)
        ptr = np.zeros(len(packed) + 1, np.int64)
        ptr[1:] = np.searchsorted(last_octet, octet_end)
        number = np.cumsum(delta)
        # Each way counts from 0 again: take off what the ways before it had added up to.
        before = np.append(0, number)[ptr[:-1]]
        number -= np.repeat(before, np.diff(ptr))
        return number, ptr
