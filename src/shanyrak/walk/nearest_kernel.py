"""One bounded search from all places together (Dial's buckets), each junction keeping its nearest."""

from __future__ import annotations

import numpy as np

from shanyrak.core.compiled import kernel
from shanyrak.core.units import IntArray, LongArray

_OUT = -2


@kernel(error_model="numpy")
def search_nearest(
    ptr: IntArray, source: IntArray, impedance: IntArray, key: LongArray, limit: int, shift: int
) -> None:
    """Lower ``key`` to the least over all walks within the limit.

    ``key`` (n,) is impedance * 2^32 + place, set at the places' own junctions and above all limits
    elsewhere. Within a bucket keys may be lowered again (label correcting), so arcs of impedance 0
    and ties between places come out right.
    """
    n = len(ptr) - 1
    before = np.full(n, _OUT, np.int32)
    after = np.full(n, -1, np.int32)
    bucket = np.full((limit >> shift) + 1, -1, np.int32)
    for x in range(n):
        d = key[x] >> 32
        if d <= limit:
            head = bucket[d >> shift]
            before[x] = -1
            after[x] = head
            if head >= 0:
                before[head] = x
            bucket[d >> shift] = x
    for b in range(len(bucket)):
        while bucket[b] >= 0:
            u = bucket[b]
            head = after[u]
            bucket[b] = head
            if head >= 0:
                before[head] = -1
            before[u] = _OUT
            for a in range(ptr[u], ptr[u + 1]):
                x = source[a]
                through = key[u] + (np.int64(impedance[a]) << 32)
                if through >= key[x] or (through >> 32) > limit:
                    continue
                if before[x] != _OUT:
                    if after[x] >= 0:
                        before[after[x]] = before[x]
                    if before[x] >= 0:
                        after[before[x]] = after[x]
                    else:
                        bucket[(key[x] >> 32) >> shift] = after[x]
                key[x] = through
                new = (through >> 32) >> shift
                head = bucket[new]
                before[x] = -1
                after[x] = head
                if head >= 0:
                    before[head] = x
                bucket[new] = x
