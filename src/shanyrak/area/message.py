"""Protocol buffer messages, as far as PBF uses them: numbered fields that are numbers or bytes."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator

DECODE_FAULTS = (ValueError, IndexError, KeyError, OverflowError, TypeError, struct.error, zlib.error)
"""What decoding damaged content can raise (InvalidInput is a ValueError: catch it first)."""


def varint(data: bytes, at: int) -> tuple[int, int]:
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


def signed(value: int) -> int:
    return value - (1 << 64) if value >> 63 else value


def unzigzag(value: int) -> int:
    return value >> 1 ^ -(value & 1)


def fields(data: bytes) -> Iterator[tuple[int, int | bytes]]:
    """Number and content of each field of a message; numbers as int, the others as bytes."""
    at, size = 0, len(data)
    while at < size:
        tag, at = varint(data, at)
        kind = tag & 7
        if kind == 0:
            value, at = varint(data, at)
            yield tag >> 3, value
            continue
        if kind == 2:
            length, at = varint(data, at)
        elif kind in (1, 5):
            length = 8 if kind == 1 else 4
        else:
            raise ValueError(f"field kind {kind} is unknown")
        if at + length > size:
            raise ValueError("a field is longer than its message")
        yield tag >> 3, data[at : at + length]
        at += length


def as_bytes(value: int | bytes) -> bytes:
    if isinstance(value, int):
        raise ValueError("a number stands where bytes belong")
    return value


def as_int(value: int | bytes) -> int:
    if not isinstance(value, int):
        raise ValueError("bytes stand where a number belongs")
    return value
