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
from datetime import UTC, datetime
from typing import TYPE_CHECKING, BinaryIO, NamedTuple

from shanyrak.area.blocks import Block
from shanyrak.area.message import DECODE_FAULTS, as_bytes, as_int, fields, signed, unzigzag
from shanyrak.core.errors import InvalidInput
from shanyrak.core.progress import Progress, silent

if TYPE_CHECKING:
    import os

_LARGEST_HEADER = 64 * 1024
_LARGEST_BLOB = 32 * 1024 * 1024
_UNDERSTOOD = frozenset({"OsmSchema-V0.6", "DenseNodes", "LocationsOnWays"})
_AGAIN = "Get the file again; it may have been cut while it was copied"
_CONVERT = "Give an .osm.pbf file; 'osmium cat FILE -o NEW.osm.pbf' makes one"


class Header(NamedTuple):
    """What the file says about itself."""

    box: tuple[float, float, float, float] | None
    """west, south, east, north [degree]; None where undeclared"""
    timestamp: str | None
    """of the replication state, ISO 8601 UTC"""
    generator: str


class SourceFile(NamedTuple):
    """What the file itself says."""

    sha256: str
    size_bytes: int
    timestamp: str | None
    """replication timestamp of the header (ISO 8601, UTC), None where it has none"""
    header_box: tuple[float, float, float, float] | None
    """west, south, east, north [degree] as declared, which may be nonsense; None where undeclared"""
    generator: str
    """'' where it does not say"""


class PbfFile:
    """An open PBF file: ``header``, then the blocks. Its hash is known after the last block."""

    def __init__(
        self, path: str | os.PathLike[str], file: BinaryIO, size_bytes: int, progress: Progress = silent
    ) -> None:
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
            part = dict(fields(head))
            kind, size = as_bytes(part[1]).decode("ascii", "replace"), as_int(part[3])
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
        for field, value in fields(blob):
            if field == 1:
                return as_bytes(value)
            if field == 3:
                unpacker = zlib.decompressobj()
                data = unpacker.decompress(as_bytes(value), _LARGEST_BLOB)
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
        for field, value in fields(data):
            if field == 1:
                side = {name: unzigzag(as_int(nano)) / 1e9 for name, nano in fields(as_bytes(value))}
                box = (side.get(1, 0.0), side.get(4, 0.0), side.get(2, 0.0), side.get(3, 0.0))
            elif field == 4:
                needed = as_bytes(value).decode("utf-8", "replace")
                if needed == "HistoricalInformation":
                    raise self._refused(
                        "it is a history file", "'osmium time-filter FILE -o NEW.osm.pbf' makes one of today"
                    )
                if needed not in _UNDERSTOOD:
                    raise self._refused(f"it needs the feature {needed!r}, which is unknown here", _CONVERT)
            elif field == 16:
                generator = as_bytes(value).decode("utf-8", "replace")
            elif field == 32 and as_int(value):
                timestamp = datetime.fromtimestamp(signed(as_int(value)), UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        return Header(box, timestamp, generator)
