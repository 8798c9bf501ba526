"""OpenStreetMap's PBF file format, decoded block by block into arrays.

Why our own and not osmium's objects: a Python object per node reference is what reading a town
costs (measured on heidelberg: two thirds of the time, and an index of all nodes besides). Here a
block's dense nodes become three arrays at once, and the references of ways stay packed, about four
bytes each, until somebody asks for them. So one pass is enough: a relation, which comes last,
can still ask for the ways it names.

    file  = (length, BlobHeader, Blob)*          the first is an OSMHeader, the others OSMData
    Blob  = zlib(PrimitiveBlock)                 at most 32 MiB
    block = strings, groups of nodes, ways or relations

Format: https://wiki.openstreetmap.org/wiki/PBF_Format. Everything wrong with a file is an InvalidInput.
"""

from __future__ import annotations

import hashlib
import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO, NamedTuple

import numpy as np
import numpy.typing as npt

from shanyrak.core.errors import InvalidInput
from shanyrak.core.progress import Progress, silent
from shanyrak.core.units import IntArray, LongArray

_LARGEST_HEADER = 64 * 1024
_LARGEST_BLOB = 32 * 1024 * 1024
_UNDERSTOOD = frozenset({"OsmSchema-V0.6", "DenseNodes", "LocationsOnWays"})
_AGAIN = "Get the file again; it may have been cut while it was copied"
_CONVERT = "Give an .osm.pbf file; 'osmium cat FILE -o NEW.osm.pbf' makes one"

NANO_PER_E7 = 100
"""Coordinates in the file are nanodegrees; ours are ten-millionths of a degree."""


class Message(NamedTuple):
    """A way: its number, and packed fields as they stand in the file."""

    number: int
    keys: bytes
    values: bytes
    refs: bytes
    """node numbers: zigzag varints, each the difference to the one before"""
    lats: bytes
    """of files with LocationsOnWays, else empty"""
    lons: bytes


class Member(NamedTuple):
    """A member of a relation."""

    kind: str
    """'n', 'w' or 'r'"""
    number: int
    role: str


@dataclass(frozen=True, slots=True)
class Nodes:
    """Nodes of one group (n,), with the tags of those that have any."""

    number: LongArray
    lon_e7: IntArray
    lat_e7: IntArray
    tag_key: LongArray
    """(t,) index into the block's strings"""
    tag_value: LongArray
    """(t,) likewise"""
    tag_node: LongArray
    """(t,) which node of the group, ascending"""


@dataclass(frozen=True, slots=True)
class Header:
    """What the file says about itself."""

    box: tuple[float, float, float, float] | None
    """west, south, east, north [degree]; None where undeclared"""
    timestamp: str | None
    """of the replication state, ISO 8601 UTC"""
    generator: str


def varints(packed: bytes) -> npt.NDArray[np.uint64]:
    """Unsigned numbers of a packed field, all at once (little endian, 7 bits a byte)."""
    octets = np.frombuffer(packed, np.uint8)
    last = np.flatnonzero(octets < 0x80)
    if len(octets) and (not len(last) or last[-1] != len(octets) - 1):
        raise ValueError("a packed field ends within a number")
    first = np.empty_like(last)
    first[:1] = 0
    first[1:] = last[:-1] + 1
    length = last - first
    if len(length) and length.max() > 9:
        raise ValueError("a number is longer than ten bytes")
    value = (octets[first] & 0x7F).astype(np.uint64)
    longer = np.flatnonzero(length > 0)
    for place in range(1, 10):
        if not len(longer):
            break
        more = (octets[first[longer] + place] & 0x7F).astype(np.uint64)
        value[longer] |= more << np.uint64(7 * place)
        longer = longer[length[longer] > place]
    return value


def zigzag(value: npt.NDArray[np.uint64]) -> LongArray:
    """Signed numbers: 0, 1, 2, 3 stand for 0, -1, 1, -2."""
    return (value >> np.uint64(1)).astype(np.int64) ^ -(value & np.uint64(1)).astype(np.int64)


def indices(packed: bytes) -> list[int] | bytes:
    """String numbers of a packed field. Most are one byte each, and then the field is its own answer."""
    if packed.isascii():
        return packed
    numbers = []
    octets = iter(packed)
    try:
        for number in octets:
            shift = 7
            while number >> shift:  # the highest bit read says that there is more; taking 1 off takes it away
                number += (next(octets) - 1) << shift
                shift += 7
            numbers.append(number)
    except StopIteration:
        raise ValueError("a packed field ends within a number") from None
    return numbers


def _varint(data: bytes, at: int) -> tuple[int, int]:
    octet = data[at]
    at += 1
    if octet < 0x80:
        return octet, at
    value = octet & 0x7F
    shift = 7
    while True:
        octet = data[at]
        at += 1
        value |= (octet & 0x7F) << shift
        if octet < 0x80:
            return value, at
        shift += 7
        if shift > 63:
            raise ValueError("a number is longer than ten bytes")


def _signed(value: int) -> int:
    return value - (1 << 64) if value >> 63 else value


def _unzigzag(value: int) -> int:
    return value >> 1 ^ -(value & 1)


def _fields(data: bytes) -> Iterator[tuple[int, int | bytes]]:
    """Number and content of each field of a message; numbers as int, the others as bytes."""
    at, size = 0, len(data)
    while at < size:
        tag, at = _varint(data, at)
        kind = tag & 7
        if kind == 0:
            value, at = _varint(data, at)
            yield tag >> 3, value
            continue
        if kind == 2:
            length, at = _varint(data, at)
        elif kind in (1, 5):
            length = 8 if kind == 1 else 4
        else:
            raise ValueError(f"field kind {kind} is unknown")
        if at + length > size:
            raise ValueError("a field is longer than its message")
        yield tag >> 3, data[at : at + length]
        at += length


def _bytes(value: int | bytes) -> bytes:
    if isinstance(value, int):
        raise ValueError("a number stands where bytes belong")
    return value


def _int(value: int | bytes) -> int:
    if not isinstance(value, int):
        raise ValueError("bytes stand where a number belongs")
    return value


class Block:
    """One decoded block: its strings, and its groups still packed."""

    def __init__(self, data: bytes) -> None:
        self.strings: list[str] = []
        self._groups: list[bytes] = []
        self._step, self._lat, self._lon = 100, 0, 0
        for field, value in _fields(data):
            if field == 1:
                self.strings = [_bytes(text).decode("utf-8", "replace") for _, text in _fields(_bytes(value))]
            elif field == 2:
                self._groups.append(_bytes(value))
            elif field == 17:
                self._step = _int(value)
            elif field == 19:
                self._lat = _signed(_int(value))
            elif field == 20:
                self._lon = _signed(_int(value))

    def nodes(self) -> Iterator[Nodes]:
        """Nodes, dense or single."""
        for group in self._groups:
            if group[:1] == b"\x12":
                yield from (self._dense(_bytes(dense)) for field, dense in _fields(group) if field == 2)
            elif group[:1] == b"\x0a":
                yield self._single([_bytes(node) for field, node in _fields(group) if field == 1])

    def _e7(self, value: LongArray, offset: int) -> IntArray:
        nano = value * self._step + offset
        return (nano // NANO_PER_E7).astype(np.int32)

    def _dense(self, data: bytes) -> Nodes:
        part = {field: _bytes(value) for field, value in _fields(data)}
        number = np.cumsum(zigzag(varints(part.get(1, b""))))
        lat = np.cumsum(zigzag(varints(part.get(8, b""))))
        lon = np.cumsum(zigzag(varints(part.get(9, b""))))
        if not len(number) == len(lat) == len(lon):
            raise ValueError("nodes and coordinates differ in number")
        key, value, node = _dense_tags(varints(part.get(10, b"")).astype(np.int64), len(number), len(self.strings))
        return Nodes(number, self._e7(lon, self._lon), self._e7(lat, self._lat), key, value, node)

    def _single(self, messages: list[bytes]) -> Nodes:
        rows: list[tuple[int, int, int]] = []
        tags: list[tuple[int, int, int]] = []
        for message in messages:
            part = dict(_fields(message))
            keys, values = indices(_bytes(part.get(2, b""))), indices(_bytes(part.get(3, b"")))
            tags += ((key, value, len(rows)) for key, value in zip(keys, values, strict=True))
            rows.append((_unzigzag(_int(part[1])), _unzigzag(_int(part[9])), _unzigzag(_int(part[8]))))
        row = np.array(rows, np.int64).reshape(-1, 3)
        tag = np.array(tags, np.int64).reshape(-1, 3)
        return Nodes(
            row[:, 0], self._e7(row[:, 1], self._lon), self._e7(row[:, 2], self._lat), tag[:, 0], tag[:, 1], tag[:, 2]
        )

    def ways(self) -> Iterator[Message]:
        """Ways in the order of the file."""
        for group in self._groups:
            if group[:1] == b"\x1a":
                yield from _ways(group)

    def way_locations(self, way: Message) -> tuple[IntArray, IntArray]:
        """lon_e7, lat_e7 of a way's nodes where the file keeps them on ways."""
        lon = np.cumsum(zigzag(varints(way.lons)))
        lat = np.cumsum(zigzag(varints(way.lats)))
        return self._e7(lon, self._lon), self._e7(lat, self._lat)

    def relations(self, types: frozenset[str]) -> Iterator[tuple[int, dict[str, str], list[Member]]]:
        """Number, tags and members of relations whose type=* is among ``types``."""
        for group in self._groups:
            if group[:1] != b"\x22":
                continue
            for _, message in _fields(group):
                part = dict(_fields(_bytes(message)))
                tags = self.tags(_bytes(part.get(2, b"")), _bytes(part.get(3, b"")))
                if tags.get("type") not in types:
                    continue
                roles = indices(_bytes(part.get(8, b"")))
                numbers = np.cumsum(zigzag(varints(_bytes(part.get(9, b""))))).tolist()
                kinds = _bytes(part.get(10, b""))
                members = [
                    Member("nwr"[kind], number, self.strings[role])
                    for kind, number, role in zip(kinds, numbers, roles, strict=True)
                ]
                yield _signed(_int(part[1])), tags, members

    def tags(self, keys: bytes, values: bytes) -> dict[str, str]:
        """Tags of a message as a dict."""
        strings = self.strings
        return {strings[key]: strings[value] for key, value in zip(indices(keys), indices(values), strict=True)}


def _dense_tags(packed: LongArray, nodes: int, strings: int) -> tuple[LongArray, LongArray, LongArray]:
    """(key, value)* 0 for each node in turn; nothing at all where no node has tags."""
    if not len(packed):
        nothing = np.zeros(0, np.int64)
        return nothing, nothing, nothing
    stop = np.flatnonzero(packed == 0)
    if len(stop) != nodes or packed.max() >= strings:
        raise ValueError("tags do not fit the nodes")
    node = np.repeat(np.arange(nodes), np.diff(stop, prepend=-1) - 1)
    pair = packed[packed != 0]
    if len(pair) % 2 or len(pair) != len(node) or (node[::2] != node[1::2]).any():
        raise ValueError("a key has no value")
    return pair[::2], pair[1::2], node[::2]


def _ways(data: bytes) -> Iterator[Message]:
    # The one loop that runs for every way, so lengths below 128 are read in place.
    at, size = 0, len(data)
    while at < size:
        tag = data[at]
        length = data[at + 1]
        at += 2
        if length & 0x80:
            length, at = _varint(data, at - 1)
        end = at + length
        if end > size or tag & 7 != 2:
            raise ValueError("a way is longer than its block")
        if tag != 0x1A:
            at = end
            continue
        number = 0
        keys = values = refs = lats = lons = b""
        while at < end:
            tag = data[at]
            at += 1
            if tag & 7 == 0:
                number_read, at = _varint(data, at)
                if tag == 0x08:
                    number = number_read
                continue
            if tag & 7 != 2:
                raise ValueError("a way holds an unknown field")
            length = data[at]
            at += 1
            if length & 0x80:
                length, at = _varint(data, at - 1)
            stop = at + length
            if tag == 0x12:
                keys = data[at:stop]
            elif tag == 0x1A:
                values = data[at:stop]
            elif tag == 0x42:
                refs = data[at:stop]
            elif tag == 0x4A:
                lats = data[at:stop]
            elif tag == 0x52:
                lons = data[at:stop]
            at = stop
        if at != end:
            raise ValueError("a field is longer than its way")
        yield Message(_signed(number), keys, values, refs, lats, lons)


class PbfFile:
    """An open PBF file: ``header``, then the blocks. Its hash is known after the last block."""

    def __init__(self, path: Path, file: BinaryIO, size_bytes: int, progress: Progress = silent) -> None:
        self._path = path
        self._file = file
        self._progress = progress
        self._digest = hashlib.sha256()
        self.size_bytes = size_bytes
        self._at = 0
        first = self._next_blob()
        if first is None or first[0] != "OSMHeader":
            raise self._refused("it does not begin like an OSM PBF file", _CONVERT)
        try:
            self.header = self._read_header(first[1])
        except InvalidInput:
            raise
        except DECODE_FAULTS as fault:
            raise self._refused(f"its header cannot be read ({fault})", _AGAIN) from fault

    @property
    def sha256(self) -> str:
        """Hash of the bytes read so far (hex)."""
        return self._digest.hexdigest()

    def __iter__(self) -> Iterator[Block]:
        while True:
            begin = self._at
            blob = self._next_blob()
            if blob is None:
                return
            kind, data = blob
            if kind == "OSMData":
                try:
                    block = Block(data)
                except DECODE_FAULTS as fault:
                    raise self.damaged(fault, begin) from fault
                yield block
            self._progress("reading the map", self._at, self.size_bytes)

    def damaged(self, fault: Exception, begin: int | None = None) -> InvalidInput:
        """The error for content that cannot be decoded."""
        where = self._at if begin is None else begin
        return self._refused(f"the block near byte {where:,} cannot be read ({fault})", _AGAIN)

    def _refused(self, what: str, mend: str) -> InvalidInput:
        return InvalidInput(what, where=str(self._path), mend=mend)

    def _take(self, count: int) -> bytes:
        data = self._file.read(count)
        self._at += len(data)
        self._digest.update(data)
        if len(data) < count:
            raise self._refused(
                f"the file is cut off: it ends after {self._at:,} bytes, in the middle of a block", _AGAIN
            )
        return data

    def _next_blob(self) -> tuple[str, bytes] | None:
        begin = self._at
        if begin == self.size_bytes:
            return None
        (length,) = struct.unpack(">I", self._take(4)) if self.size_bytes - begin >= 4 else (0,)
        if not 0 < length <= _LARGEST_HEADER:
            if begin:
                raise self._refused(f"the file is cut off or damaged at byte {begin:,}", _AGAIN)
            raise self._refused("it does not begin like an OSM PBF file", _CONVERT)
        head = self._take(length)
        if not begin and b"OSMHeader" not in head:
            raise self._refused("it does not begin like an OSM PBF file", _CONVERT)
        try:
            part = dict(_fields(head))
            kind, size = _bytes(part[1]).decode("ascii", "replace"), _int(part[3])
            if not 0 <= size <= _LARGEST_BLOB:
                raise ValueError(f"a block of {size:,} bytes")
        except DECODE_FAULTS as fault:
            raise self.damaged(fault, begin) from fault
        blob = self._take(size)
        try:
            return kind, self._unpack(blob)
        except InvalidInput:
            raise
        except DECODE_FAULTS as fault:
            raise self.damaged(fault, begin) from fault

    def _unpack(self, blob: bytes) -> bytes:
        for field, value in _fields(blob):
            if field == 1:
                return _bytes(value)
            if field == 3:
                unpacker = zlib.decompressobj()
                data = unpacker.decompress(_bytes(value), _LARGEST_BLOB)
                if not unpacker.eof:
                    raise ValueError("a packed block is cut off or larger than 32 MiB")
                return data
            if field in (4, 5, 6, 7):
                name = {4: "lzma", 5: "bzip2", 6: "lz4", 7: "zstd"}[field]
                raise self._refused(
                    f"it is packed with {name}, which few programs read",
                    "'osmium cat FILE -o NEW.osm.pbf' repacks it",
                )
        raise ValueError("a block is empty")

    def _read_header(self, data: bytes) -> Header:
        box: tuple[float, float, float, float] | None = None
        timestamp: str | None = None
        generator = ""
        for field, value in _fields(data):
            if field == 1:
                side = {name: _unzigzag(_int(nano)) / 1e9 for name, nano in _fields(_bytes(value))}
                box = (side.get(1, 0.0), side.get(4, 0.0), side.get(2, 0.0), side.get(3, 0.0))
            elif field == 4:
                needed = _bytes(value).decode("utf-8", "replace")
                if needed == "HistoricalInformation":
                    raise self._refused(
                        "it is a history file", "'osmium time-filter FILE -o NEW.osm.pbf' makes one of today"
                    )
                if needed not in _UNDERSTOOD:
                    raise self._refused(f"it needs the feature {needed!r}, which is unknown here", _CONVERT)
            elif field == 16:
                generator = _bytes(value).decode("utf-8", "replace")
            elif field == 32 and _int(value):
                timestamp = datetime.fromtimestamp(_signed(_int(value)), UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        return Header(box, timestamp, generator)


DECODE_FAULTS = (ValueError, IndexError, KeyError, OverflowError, TypeError, struct.error, zlib.error)
"""What decoding damaged content can raise (InvalidInput is a ValueError: catch it first)."""
