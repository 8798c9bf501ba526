"""Kernels of walk tables: one search in which junctions keep their best labels, and what starts take from it.

A label is impedance * 2^32 + point, so that labels compare as (impedance, point). A row of labels is ascending,
has each point once, and ends with numbers above all limits.
"""

from __future__ import annotations

import numpy as np

from shanyrak.core.compiled import kernel
from shanyrak.core.units import IntArray, LongArray

_POINT = 2**32 - 1


@kernel(error_model="numpy")
def _entered(label: LongArray, u: int, key: int) -> bool:
    """Put a label into its row if it is among the best; whether it was put."""
    last = label.shape[1] - 1
    if key >= label[u, last]:
        return False
    point = key & _POINT
    at = last
    for i in range(last + 1):
        if label[u, i] & _POINT == point and label[u, i] < 2**62:
            if label[u, i] <= key:
                return False
            at = i
            break
    # what is worse moves one place back, over the point's old label or off the end
    while at > 0 and label[u, at - 1] > key:
        label[u, at] = label[u, at - 1]
        at -= 1
    label[u, at] = key
    return True


@kernel(error_model="numpy")
def spread(
    ptr: IntArray,
    source: IntArray,
    impedance: IntArray,
    label: LongArray,
    seed: IntArray,
    seed_key: LongArray,
    limit: int,
) -> None:
    """Enter new points' labels, (s,) at junctions ``seed``, and carry them on over reversed arcs.

    ``label`` (n, K) stands for the points so far and stands for all of them afterwards. Impedances of arcs are
    at least 1, so when a bucket (one decimetre wide) comes to its turn, every label of that impedance has been
    entered: what is still in its row is final, what is not was pushed out or improved, and is passed over.
    """
    bucket = np.full(limit + 1, -1, np.int32)
    node = np.empty(4096, np.int32)
    queued = np.empty(4096, np.int64)
    after = np.empty(4096, np.int32)
    used = 0
    free = -1
    for s in range(len(seed)):
        if not _entered(label, seed[s], seed_key[s]):
            continue
        if used == len(node):
            node, queued, after = _longer(node), _longer64(queued), _longer(after)
        d = seed_key[s] >> 32
        node[used] = seed[s]
        queued[used] = seed_key[s]
        after[used] = bucket[d]
        bucket[d] = used
        used += 1
    for d in range(limit + 1):
        while bucket[d] >= 0:
            e = bucket[d]
            bucket[d] = after[e]
            u = node[e]
            key = queued[e]
            after[e] = free
            free = e
            here = False
            for i in range(label.shape[1]):
                if label[u, i] >= key:
                    here = label[u, i] == key
                    break
            if not here:
                continue
            for a in range(ptr[u], ptr[u + 1]):
                through = key + (np.int64(impedance[a]) << 32)
                if (through >> 32) > limit or not _entered(label, source[a], through):
                    continue
                if free >= 0:
                    e = free
                    free = after[e]
                else:
                    if used == len(node):
                        node, queued, after = _longer(node), _longer64(queued), _longer(after)
                    e = used
                    used += 1
                node[e] = source[a]
                queued[e] = through
                after[e] = bucket[through >> 32]
                bucket[through >> 32] = e


@kernel()
def _longer(values: IntArray) -> IntArray:
    found = np.empty(2 * len(values), np.int32)
    found[: len(values)] = values
    return found


@kernel()
def _longer64(values: LongArray) -> LongArray:
    found = np.empty(2 * len(values), np.int64)
    found[: len(values)] = values
    return found


@kernel(error_model="numpy")
def gather(
    label: LongArray,
    junction: IntArray,
    leaving_dm: LongArray,
    direct_ptr: LongArray,
    direct_key: LongArray,
    without: LongArray,
    limit: int,
    out: LongArray,
) -> None:
    """Best labels (o, k) of starts: over the ends of their edge (o, 2), and along it; never of point ``without``."""
    for o in range(len(out)):
        for side in range(2):
            u = junction[o, side]
            if u < 0:
                continue
            for i in range(label.shape[1]):
                key = label[u, i] + (leaving_dm[o, side] << 32)
                if (key >> 32) > limit:
                    break
                if key & _POINT != without[o]:
                    _entered(out, o, key)
        for e in range(direct_ptr[o], direct_ptr[o + 1]):
            key = direct_key[e]
            if (key >> 32) <= limit and key & _POINT != without[o]:
                _entered(out, o, key)
