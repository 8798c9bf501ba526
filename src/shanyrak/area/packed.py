"""Numbers as PBF packs them, read all at once.

A *varint* is a number in bytes of seven bits, the lowest first; the highest bit of a byte says that
another follows. A *region* is a stretch of bytes in a larger piece, given by its begin and length.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from shanyrak.core.units import BoolArray, LongArray

Octets = npt.NDArray[np.uint8]
_LONGEST = 10


def varints(octets: Octets) -> npt.NDArray[np.uint64]:
    """All unsigned numbers of a packed field.

    Raises ValueError where the field ends within a number.
    """
    last = np.flatnonzero(octets < 0x80)
    if len(octets) and (not len(last) or last[-1] != len(octets) - 1):
        raise ValueError("a packed field ends within a number")
    first = np.empty_like(last)
    first[:1] = 0
    first[1:] = last[:-1] + 1
    length = last - first
    if len(length) and length.max() >= _LONGEST:
        raise ValueError("a number is longer than ten bytes")
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


def zigzag(value: npt.NDArray[np.uint64]) -> LongArray:
    """Signed numbers: 0, 1, 2, 3 stand for 0, -1, 1, -2."""
    return (value >> np.uint64(1)).astype(np.int64) ^ -(value & np.uint64(1)).astype(np.int64)


def inside_regions(size: int, begin: LongArray, length: LongArray) -> BoolArray:
    """Which of ``size`` bytes lie in one of some regions, which do not overlap."""
    full = length > 0
    edge = np.zeros(size + 1, np.int8)
    edge[begin[full]] += 1
    edge[begin[full] + length[full]] -= 1
    return np.cumsum(edge[:-1], dtype=np.int8).view(np.bool_)


def counts_in(octets: Octets, end: LongArray) -> LongArray:
    """How many numbers a packed field holds up to each of some ends, which must not cut a number."""
    done = np.concatenate([[0], np.cumsum(octets < 0x80, dtype=np.int64)])
    inner = end[end > 0]
    if (octets[inner - 1] >= 0x80).any():
        raise ValueError("a packed field ends within a number")
    return np.asarray(done[end])
