"""Numbers as PBF packs them, read all at once.

A *varint* is a number in bytes of seven bits, the lowest first; the highest bit of a byte says that
another follows. A *region* is a stretch of bytes in a larger piece, given by its begin and length.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from shanyrak.core.units import BoolArray, LongArray

if TYPE_CHECKING:
    import numpy.typing as npt

    Octets = npt.NDArray[np.uint8]
else:
    Octets = np.ndarray
_LONGEST = 10


def varints(octets: Octets) -> npt.NDArray[np.uint64]:
    """All unsigned numbers of a packed field.

    Raises ValueError where the field ends within a number.
    """
    last = np.flatnonzero(octets < 0x80)
    if len(octets) and (not len(last) or last[-1] != len(octets) - 1):
        raise ValueError("a packed field ends within a number")
    if len(last) == len(octets):
        return octets.astype(np.uint64)
    first = np.empty_like(last)
    first[0] = 0
    np.add(last[:-1], 1, out=first[1:])
    length = last - first
    longest = int(length.max())
    if longest >= _LONGEST:
        raise ValueError("a number is longer than ten bytes")
    if longest > 7:
        return _long_varints(octets, first, length)
    # the word that begins at each number's first byte, without what is not its own and without each
    # byte's highest bit: then groups of 7 bits are closed up, of 14, of 28
    wide: type[np.unsignedinteger[Any]] = np.uint32 if longest < 4 else np.uint64
    padded = np.zeros(len(octets) + 8, np.uint8)
    padded[: len(octets)] = octets
    word = np.ndarray(len(octets), np.dtype(wide).newbyteorder("<"), padded, strides=(1,))[first].astype(wide)
    word &= _OWN_BITS[length].astype(wide)
    for apart, low in _CLOSE_UP[: 2 if longest < 4 else 3]:
        below = word & wide(low & (2 ** (8 * word.itemsize) - 1))
        word ^= below
        word >>= wide(apart)
        word |= below
    return word.astype(np.uint64)


_OWN_BITS = np.array([0x7F7F7F7F7F7F7F7F >> (8 * (7 - more)) for more in range(8)], np.uint64)
"""By how many bytes follow the first: the bits that count."""
_CLOSE_UP = ((1, 0x007F007F007F007F), (2, 0x00003FFF00003FFF), (4, 0x000000000FFFFFFF))
"""Bits to close up, and which bits stay where they are."""


def _long_varints(octets: Octets, first: LongArray, length: LongArray) -> npt.NDArray[np.uint64]:
    """The same for numbers of up to ten bytes, byte by byte."""
    value = (octets[first] & 0x7F).astype(np.uint64)
    longer = np.flatnonzero(length > 0)
    for place in range(1, _LONGEST):
        if not len(longer):
            break
        more = (octets[first[longer] + place] & 0x7F).astype(np.uint64)
        value[longer] |= more << np.uint64(7 * place)
        longer = longer[length[longer] > place]
    return value


def varints_at(octets: Octets, at: LongArray) -> tuple[LongArray, LongArray]:
    """One number at each of several places: the numbers, and where each ends.

    Raises ValueError (or IndexError at the end of the piece) where there is none.
    """
    octet = octets[at]
    value = (octet & 0x7F).astype(np.int64)
    after = at + 1
    longer = np.flatnonzero(octet >= 0x80)
    place = 1
    while len(longer):
        if place == _LONGEST:
            raise ValueError("a number is longer than ten bytes")
        octet = octets[after[longer]]
        value[longer] |= (octet & 0x7F).astype(np.int64) << (7 * place)
        after[longer] += 1
        longer = longer[octet >= 0x80]
        place += 1
    return value, after


def messages_in(octets: Octets, tag: int) -> tuple[LongArray, LongArray]:
    """Begin and end of each message in a piece that is made of them: tag, length, content, tag, length ...

    Each length says where the next message is, which a loop would follow one by one. Here every byte that
    equals the tag is a place where one might begin; from each the next is known, and so, by leaps that
    double, all that are reached from the first.

    Raises ValueError where the piece holds anything else.
    """
    size = len(octets)
    at = np.flatnonzero(octets == tag)
    if not size:
        return at, at
    if not len(at) or at[0]:
        raise ValueError("a piece holds things of two kinds")
    padded = np.zeros(size + _LONGEST + 1, np.uint8)
    padded[:size] = octets
    begin = at + 2
    octet = padded[at + 1]
    length = (octet & 0x7F).astype(np.int64)
    longer = np.flatnonzero(octet >= 0x80)
    for place in range(1, _LONGEST - 1):
        if not len(longer):
            break
        octet = padded[begin[longer]]
        length[longer] |= (octet & 0x7F).astype(np.int64) << (7 * place)
        begin[longer] += 1
        longer = longer[octet >= 0x80]
    length[longer] = size
    end = begin + np.minimum(length, size)
    count, broken = len(at), len(at) + 1
    follows = np.searchsorted(at, end)
    is_one = np.append(at, -1)[follows] == end
    follows[~is_one] = broken
    follows[end == size] = count
    leap = np.append(follows, [count, broken])
    reached = np.zeros(count + 2, np.bool_)
    reached[0] = True
    while True:
        reached[leap[reached]] = True
        if leap[0] >= count:
            break
        leap = leap[leap]
    if reached[broken]:
        too_long = bool((end[reached[:count]] > size).any())
        raise ValueError("a message is longer than its piece" if too_long else "a piece holds things of two kinds")
    return begin[reached[:count]], end[reached[:count]]


def zigzag(value: npt.NDArray[np.uint64]) -> LongArray:
    """Signed numbers: 0, 1, 2, 3 stand for 0, -1, 1, -2."""
    return (value >> np.uint64(1)).astype(np.int64) ^ -(value & np.uint64(1)).astype(np.int64)


def inside_regions(size: int, begin: LongArray, length: LongArray) -> BoolArray:
    """Which of ``size`` bytes lie in one of some regions, which ascend and do not overlap."""
    full = length > 0
    begin, length = begin[full], length[full]
    run = np.zeros(2 * len(begin) + 1, np.int64)
    run[1::2] = length
    run[:-1:2] = begin
    run[2:-1:2] -= begin[:-1] + length[:-1]
    run[-1] = size - run.sum()
    inside = np.zeros(len(run), np.bool_)
    inside[1::2] = True
    return np.repeat(inside, run)


def counts_in(octets: Octets, end: LongArray) -> LongArray:
    """How many numbers a packed field holds up to each of some ends, which must not cut a number."""
    done = np.concatenate([[0], np.cumsum(octets < 0x80, dtype=np.int64)])
    inner = end[end > 0]
    if (octets[inner - 1] >= 0x80).any():
        raise ValueError("a packed field ends within a number")
    return np.asarray(done[end])
