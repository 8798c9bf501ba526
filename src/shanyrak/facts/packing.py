"""The few shapes of bytes that files and messages are made of: varints, hashes, counted bytes and text.

A varint is an unsigned number in groups of 7 bits, the lowest first; every byte but the last has its top bit
set (LEB128). Only the shortest form is allowed, and at most 8 bytes, so a number has one encoding.
"""

from __future__ import annotations

import itertools

from shanyrak.core.errors import InvalidInput

MAX_VARINT_BYTES = 8


def varint(number: int) -> bytes:
    """The one encoding of a number, 0 <= number < 2^56."""
    if number < 0x80:
        return _ONE_BYTE[number]
    out = bytearray()
    while number >= 0x80:
        out.append(number & 0x7F | 0x80)
        number >>= 7
    out.append(number)
    return bytes(out)


def counted(data: bytes) -> bytes:
    """Bytes after their length."""
    return varint(len(data)) + data


_ONE_BYTE = [bytes((number,)) for number in range(0x80)]


class Reader:
    """Takes one shape after the other; InvalidInput with the position where the bytes are not what they should be."""

    def __init__(self, data: bytes, *, start: int = 0, name: str = "") -> None:
        self.data = data
        self.position = start
        self._name = name

    def fault(self, what: str, position: int | None = None) -> InvalidInput:
        """An error that says where."""
        at = self.position if position is None else position
        return InvalidInput(what, where=f"{self._name}, byte {at}" if self._name else f"byte {at}")

    def take(self, size: int) -> bytes:
        """The next ``size`` bytes."""
        end = self.position + size
        if end > len(self.data):
            raise self.fault(f"the bytes end in the middle (at byte {len(self.data)})")
        piece = self.data[self.position : end]
        self.position = end
        return piece

    def byte(self) -> int:
        """The next byte as a number."""
        return self.take(1)[0]

    def varint(self, most: int = 2**56 - 1) -> int:
        """The next number, at most ``most``."""
        start = self.position
        number = shift = 0
        while True:
            piece = self.byte()
            number |= (piece & 0x7F) << shift
            if piece < 0x80:
                break
            shift += 7
            if shift >= 7 * MAX_VARINT_BYTES:
                raise self.fault(f"a number of more than {MAX_VARINT_BYTES} bytes", start)
        if piece == 0 and shift:
            raise self.fault("a number is not in its shortest form", start)
        if number > most:
            raise self.fault(f"the number {number} is too large; at most {most} is allowed here", start)
        return number

    def counted(self, most: int) -> bytes:
        """Bytes after their length, at most ``most`` of them."""
        return self.take(self.varint(most))

    def hash(self) -> bytes:
        """32 bytes."""
        return self.take(32)

    def maybe_hash(self) -> bytes:
        """One byte 0 (nothing) or 1 and then 32 bytes."""
        start = self.position
        code = self.byte()
        if code > 1:
            raise self.fault(f"{code} is neither 0 (nothing) nor 1 (a hash follows)", start)
        return self.hash() if code else b""

    def hashes(self, most: int) -> tuple[bytes, ...]:
        """A counted list of hashes, each greater than the one before."""
        start = self.position
        found = tuple(self.hash() for _ in range(self.varint(most)))
        if any(first >= second for first, second in itertools.pairwise(found)):
            raise self.fault("a list of hashes is not sorted", start)
        return found

    def text(self, most: int) -> str:
        """Counted UTF-8."""
        start = self.position
        try:
            return self.counted(most).decode()
        except UnicodeDecodeError as wrong:
            raise self.fault("text is not UTF-8", start) from wrong

    @property
    def more(self) -> bool:
        """Whether anything is left."""
        return self.position < len(self.data)

    def end(self) -> None:
        """Refuse anything that is left."""
        if self.more:
            raise self.fault(f"{len(self.data) - self.position} bytes too many")


def maybe_hash(value: bytes) -> bytes:
    """See ``Reader.maybe_hash``."""
    return b"\x01" + value if value else b"\x00"


def hashes(values: tuple[bytes, ...] | list[bytes]) -> bytes:
    """See ``Reader.hashes``; ``values`` are sorted already."""
    return varint(len(values)) + b"".join(values)


def text(value: str, most: int) -> bytes:
    """Counted UTF-8 of at most ``most`` bytes; what is longer is cut at a whole character."""
    return counted(value.encode()[:most].decode(errors="ignore").encode())
