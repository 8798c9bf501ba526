"""The files of walk tables: cells and packs, written and read. Their form is told in ``spec/walk.md``.

A file is a mark, a version, a CRC-32 of all that follows, and a raw-deflated body; a reader takes it whole or
refuses it with one error, ``Damaged``. A pack says which cells it was made for and which points came before it.
"""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from shanyrak.core.errors import Damaged
from shanyrak.core.units import IntArray, LongArray

NEAREST = 12
"""Points a cell is told of, of those of one pack and the packs before it."""
BETWEEN = 12
"""Points a point is told of."""
UNIT_E7 = 100
"""Positions of cells are kept to this many 1e-7 degrees: 1.1 m."""
LARGEST_BODY = 1 << 24
"""A body of more bytes is refused unread."""
MOST_CELLS_IN_FILE = 1 << 20
MOST_POINTS = 1 << 16

_CELLS_MARK, _PACK_MARK = b"SHWC", b"SHWP"
_VERSION = 1
_HEAD = 9
_MEND = "Fetch it again"


@dataclass(frozen=True, eq=False)
class CellsFile:
    """Where the cells of a table lie, in the order in which packs count them."""

    area: str
    """Content hash of the area, 64 hex digits."""
    lon_unit: IntArray
    """(c,) longitude in units of ``UNIT_E7`` * 1e-7 degrees."""
    lat_unit: IntArray

    def __len__(self) -> int:
        return len(self.lon_unit)

    def body(self) -> bytes:
        """What is deflated."""
        east, north = (_steps(v) for v in (self.lon_unit, self.lat_unit))
        head = bytes.fromhex(self.area) + _numbers(np.asarray([len(self), UNIT_E7]))
        return head + _numbers(_zigzag(east)) + _numbers(_zigzag(north))

    def to_bytes(self) -> bytes:
        """The file."""
        return _file(_CELLS_MARK, self.body())


@dataclass(frozen=True, eq=False)
class Block:
    """What belongs to one point."""

    cell: IntArray
    """Cells of which it is one of the nearest, ascending."""
    cell_half_min: IntArray
    """Half-minutes from there to the point."""
    to_point: IntArray
    """Points nearest to it, the nearest first."""
    to_half_min: IntArray
    """Half-minutes from this point to those."""
    from_point: IntArray
    """Points of earlier packs of which it is one of the nearest, ascending."""
    from_half_min: IntArray
    """Half-minutes from those to this point."""


@dataclass(frozen=True, eq=False)
class Pack:
    """Blocks of points that were published together."""

    cells_tie: int
    """CRC-32 of the body of the cells file."""
    before_tie: int
    """CRC-32 of the ids, 32 bytes each, of all points in earlier packs."""
    profile: str
    half_minute_mm: int
    """What this profile walks on the flat in half a minute [mm]."""
    limit_half_min: int
    first: int
    """How many points the earlier packs have."""
    ids: tuple[str, ...]
    blocks: tuple[Block, ...]

    def body(self) -> bytes:
        """What is deflated: a head, then columns over all blocks."""
        runs, half = [], []
        for block in self.blocks:
            runs.append(_runs(block.cell))
            half.append(_steps(block.cell_half_min))
        to, since = [b.to_point for b in self.blocks], [b.from_point for b in self.blocks]
        name = self.profile.encode("ascii")
        steps = [_steps(v) for v in since]
        parts = [
            self.cells_tie.to_bytes(4, "big"),
            self.before_tie.to_bytes(4, "big"),
            _numbers(np.asarray([len(name)])),
            name,
            _numbers(np.asarray([self.half_minute_mm, self.limit_half_min, self.first, len(self.ids)])),
            *(bytes.fromhex(i) for i in self.ids),
            _numbers(np.asarray([len(b.cell) for b in self.blocks])),
            _numbers(np.asarray([len(v) for v in to])),
            _numbers(np.asarray([len(v) for v in since])),
            _numbers(_joined(runs)),
            _bytes(_joined(half)),
            _numbers(_joined(to)),
            _bytes(_joined([b.to_half_min for b in self.blocks])),
            _numbers(_joined(steps)),
            _bytes(_joined([b.from_half_min for b in self.blocks])),
        ]
        return b"".join(parts)

    def to_bytes(self) -> bytes:
        """The file."""
        return _file(_PACK_MARK, self.body())


def cells_tie(cells: CellsFile) -> int:
    """What a pack says about its cells."""
    return zlib.crc32(cells.body())


def points_tie(ids: Sequence[str]) -> int:
    """What a pack says about the points before it."""
    return zlib.crc32(b"".join(bytes.fromhex(i) for i in ids))


def read_cells(data: bytes) -> CellsFile:
    """A cells file.

    Raises
    ------
    Damaged
        It is not one, byte for byte.
    """
    body = _Body(_body(data, _CELLS_MARK, "cells file"), "cells file")
    area = body.take(32).hex()
    count, unit = body.number(MOST_CELLS_IN_FILE), body.number(10_000_000)
    if unit != UNIT_E7:
        raise body.fault(f"positions in units of {unit}, this program reads {UNIT_E7}")
    east, north = (np.cumsum(_unzigzag(body.numbers(count))) for _ in range(2))
    body.end()
    for values, most in ((east, 180), (north, 90)):
        if len(values) and np.abs(values).max() > most * 10_000_000 // UNIT_E7:
            raise body.fault("a cell is not on earth")
    return CellsFile(area, east.astype(np.int32), north.astype(np.int32))


def read_pack(data: bytes) -> Pack:
    """A pack. Whether it belongs to the cells and packs at hand is seen when they are joined (``Table``).

    Raises
    ------
    Damaged
        It is not one, byte for byte.
    """
    body = _Body(_body(data, _PACK_MARK, "pack of walks"), "pack of walks")
    ties = [int.from_bytes(body.take(4), "big") for _ in range(2)]
    name = body.take(body.number(64))
    if not name.isascii():
        raise body.fault("its profile is not a name")
    speed, limit = body.number(1_000_000), body.number(255)
    first = body.number(MOST_POINTS)
    count = body.number(MOST_POINTS - first)
    ids = tuple(body.take(32).hex() for _ in range(count))
    if len(set(ids)) < count:
        raise body.fault("a point comes twice")
    sizes, to_sizes, from_sizes = (
        [body.number(most) for _ in range(count)] for most in (MOST_CELLS_IN_FILE, BETWEEN, first)
    )
    cells = [body.runs(size) for size in sizes]
    half = [_checked_half(np.cumsum(body.steps(size)) & 255, limit, body) for size in sizes]
    to = [body.numbers(size) for size in to_sizes]
    to_half = [_checked_half(body.bytes(size), limit, body) for size in to_sizes]
    since = [np.cumsum(body.numbers(size)) for size in from_sizes]
    from_half = [_checked_half(body.bytes(size), limit, body) for size in from_sizes]
    body.end()
    for i in range(count):
        ordered = all(np.diff(to_half[i]) >= 0) and all(np.diff(since[i]) > 0)
        known = np.all(to[i] < first + count) and np.all(since[i] < first)
        if not (ordered and known) or len(set(to[i].tolist())) < len(to[i]) or first + i in to[i]:
            raise body.fault(f"the walks between points of point {i} are not in order")
    blocks = zip(cells, half, to, to_half, since, from_half, strict=True)
    made = tuple(Block(*(v.astype(np.int32) for v in columns)) for columns in blocks)
    return Pack(ties[0], ties[1], name.decode("ascii"), speed, limit, first, ids, made)


def _checked_half(values: npt.NDArray[np.integer], limit: int, body: _Body) -> LongArray:
    if len(values) and values.max() > limit:
        raise body.fault(f"a walk of more than {limit} half-minutes")
    return values.astype(np.int64)


def _file(mark: bytes, body: bytes) -> bytes:
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    rest = packer.compress(body) + packer.flush()
    return mark + bytes([_VERSION]) + zlib.crc32(rest).to_bytes(4, "big") + rest


def _body(data: bytes, mark: bytes, what: str) -> bytes:
    if data[:4] != mark or len(data) < _HEAD:
        raise Damaged(f"this is no {what}", mend=_MEND)
    if data[4] != _VERSION:
        raise Damaged(f"a {what} of version {data[4]}, this program reads {_VERSION}", mend="Use a newer program")
    rest = data[_HEAD:]
    if zlib.crc32(rest).to_bytes(4, "big") != data[5:_HEAD]:
        raise Damaged(f"the {what} is cut or damaged", mend=_MEND)
    unpacker = zlib.decompressobj(-15)
    try:
        body = unpacker.decompress(rest, LARGEST_BODY)
    except zlib.error as fault:
        raise Damaged(f"the {what} is damaged", mend=_MEND) from fault
    if not unpacker.eof or unpacker.unused_data:
        raise Damaged(f"the {what} is cut, too large or longer than it says", mend=_MEND)
    return body


class _Body:
    """Takes shapes from a body one after the other."""

    def __init__(self, data: bytes, what: str) -> None:
        self._data = data
        self._at = 0
        self._what = what

    def fault(self, why: str) -> Damaged:
        return Damaged(f"the {self._what} is damaged: {why}", mend=_MEND)

    def take(self, size: int) -> bytes:
        found = self._data[self._at : self._at + size]
        if len(found) < size:
            raise self.fault("it ends too early")
        self._at += size
        return found

    def number(self, most: int) -> int:
        """One LEB128 number up to ``most``, in its shortest form."""
        found = shift = 0
        while True:
            (byte,) = self.take(1)
            found |= (byte & 127) << shift
            if byte < 128:
                break
            shift += 7
            if shift > 28:
                raise self.fault("a number is too long")
        if (byte == 0 and shift) or found > most:
            raise self.fault(f"{found} is no number up to {most}")
        return found

    def numbers(self, count: int) -> LongArray:
        """So many numbers below 2^35."""
        raw = np.frombuffer(self._data[self._at : self._at + 5 * count], np.uint8)
        last = np.flatnonzero(raw < 128)[:count]
        if len(last) < count:
            raise self.fault("it ends too early")
        if count == 0:
            return np.empty(0, np.int64)
        begin = np.concatenate([np.zeros(1, np.int64), last[:-1] + 1])
        if (last - begin).max() > 4 or np.any((raw[last] == 0) & (last > begin)):
            raise self.fault("a number is too long")
        found = np.zeros(count, np.int64)
        for byte in range(5):
            there = begin + byte <= last
            found[there] |= (raw[begin[there] + byte].astype(np.int64) & 127) << (7 * byte)
        self._at += int(last[-1]) + 1
        return found

    def runs(self, size: int) -> LongArray:
        """The cells of a block: gaps and lengths by turns, until there are ``size`` cells."""
        cells: list[LongArray] = []
        end = count = 0
        while count < size:
            gap, length = self.number(MOST_CELLS_IN_FILE), self.number(size - count)
            if length == 0 or (gap == 0 and cells):
                raise self.fault("a run is empty or touches the one before")
            begin = end + gap
            end = begin + length
            cells.append(np.arange(begin, end, dtype=np.int64))
            count += length
        if end > MOST_CELLS_IN_FILE:
            raise self.fault("a cell's number is too large")
        return np.concatenate(cells) if cells else np.empty(0, np.int64)

    def bytes(self, count: int) -> npt.NDArray[np.uint8]:
        return np.frombuffer(self.take(count), np.uint8)

    def steps(self, count: int) -> LongArray:
        return self.bytes(count).astype(np.int64)

    def end(self) -> None:
        if self._at < len(self._data):
            raise self.fault("more follows after its end")


def _numbers(values: npt.NDArray[np.integer]) -> bytes:
    """LEB128 of numbers 0 .. 2^35 - 1."""
    rest = values.astype(np.int64)
    digits = np.stack([rest >> (7 * byte) & 127 for byte in range(5)], axis=1) if len(rest) else np.zeros((0, 5), int)
    more = np.stack([rest >> (7 * (byte + 1)) > 0 for byte in range(5)], axis=1) if len(rest) else digits > 0
    here = np.concatenate([np.ones((len(rest), 1), np.bool_), more[:, :-1]], axis=1)
    return bytes((digits | np.where(more, 128, 0)).astype(np.uint8)[here].tobytes())


def _bytes(values: npt.NDArray[np.integer]) -> bytes:
    """One byte each, modulo 256."""
    return (values.astype(np.int64) & 255).astype(np.uint8).tobytes()


def _steps(values: IntArray) -> LongArray:
    """Each number minus the one before it, the first minus 0."""
    wide = values.astype(np.int64)
    return np.asarray(wide - np.concatenate([np.zeros(1, np.int64), wide])[:-1])


def _joined(columns: Sequence[npt.NDArray[np.integer]]) -> LongArray:
    return np.concatenate([np.empty(0, np.int64), *(v.astype(np.int64) for v in columns)])


def _runs(cell: IntArray) -> LongArray:
    """Gap and length of each run of ascending numbers; the gap counts from the end of the run before."""
    if not len(cell):
        return np.empty(0, np.int64)
    begin = np.flatnonzero(np.diff(cell, prepend=cell[0] - 2) != 1)
    length = np.diff(begin, append=len(cell))
    start = cell[begin].astype(np.int64)
    gap = start - np.concatenate([np.zeros(1, np.int64), start[:-1] + length[:-1]])
    return np.stack([gap, length], axis=1).ravel()


def _zigzag(values: LongArray) -> LongArray:
    return np.where(values < 0, -2 * values - 1, 2 * values)


def _unzigzag(values: LongArray) -> LongArray:
    return np.where(values & 1, -(values + 1) // 2, values // 2)
