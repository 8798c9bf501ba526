"""For each demand point its nearest candidates, nearest first: as many as a bound needs, and more on demand.

A list is complete below its *reach*: every candidate nearer than ``reach[j]`` is in the list of j. With prices
``v_j <= reach[j]`` a Lagrangian bound looks at nothing else (see ``plan.median_bound``), so the table of all
distances is never needed at once.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from shanyrak.core.compiled import kernel
from shanyrak.core.units import BoolArray, IntArray, LongArray
from shanyrak.plan.distances import Distances, block_rows

BEYOND = 1 << 30
"""The reach of a list with every candidate in it."""


@dataclass(frozen=True, eq=False)
class Neighbours:
    """Lists of candidates by distance, the nearest first, the lower index first among equals."""

    ptr: LongArray
    """(m + 1,)"""
    site: IntArray
    far: IntArray
    """whole distances, ascending in each list"""
    reach: LongArray
    """(m,) lists are complete below"""

    @property
    def pairs(self) -> int:
        """Number of (demand point, candidate) pairs listed."""
        return len(self.site)

    def of(self, keep: BoolArray, *, renumber: bool = False) -> Neighbours:
        """The lists with some candidates only, which are numbered anew where wanted."""
        number = (np.cumsum(keep) - 1 if renumber else np.arange(len(keep))).astype(np.int32)
        ptr, site, far = _kept(self.ptr, self.site, self.far, keep, number)
        return Neighbours(ptr, site, far, self.reach)


@kernel()
def _kept(
    ptr: LongArray, site: IntArray, far: IntArray, keep: BoolArray, number: IntArray
) -> tuple[LongArray, IntArray, IntArray]:
    m = ptr.shape[0] - 1
    out_ptr = np.zeros(m + 1, np.int64)
    total = 0
    for t in range(site.shape[0]):
        if keep[site[t]]:
            total += 1
    out_site, out_far = np.empty(total, np.int32), np.empty(total, np.int32)
    at = 0
    for j in range(m):
        for t in range(ptr[j], ptr[j + 1]):
            if keep[site[t]]:
                out_site[at] = number[site[t]]
                out_far[at] = far[t]
                at += 1
        out_ptr[j + 1] = at
    return out_ptr, out_site, out_far


def neighbours(distances: Distances, clients: LongArray, each: int) -> Neighbours:
    """The ``each`` nearest candidates of some demand points.

    Parameters
    ----------
    clients : rows of the table, ascending
    each : length of every list, at most the number of candidates
    """
    n = distances.shape[1]
    each = min(max(each, 1), n)
    m = len(clients)
    site, far = np.empty((m, each), np.int32), np.empty((m, each), np.int32)
    step = block_rows(n)
    index = np.arange(n, dtype=np.int64)
    for begin in range(0, m, step):
        rows = clients[begin : begin + step]
        block = distances.rows(int(rows[0]), int(rows[-1]) + 1)[rows - rows[0]]
        key = (block.astype(np.int64) << 32) | index
        if each < n:
            key = np.partition(key, each - 1, axis=1)[:, :each]
        key.sort(axis=1)
        site[begin : begin + len(rows)] = key & 0xFFFFFFFF
        far[begin : begin + len(rows)] = key >> 32
    reach = np.full(m, BEYOND, np.int64) if each == n else far[:, -1].astype(np.int64)
    return Neighbours(np.arange(m + 1, dtype=np.int64) * each, site.ravel(), far.ravel(), reach)


@kernel()
def by_site(ptr: LongArray, site: IntArray, far: IntArray, n: int) -> tuple[LongArray, IntArray, IntArray]:
    """The lists the other way round: for each candidate the demand in whose list it is."""
    out = np.zeros(n + 1, np.int64)
    for t in range(site.shape[0]):
        out[site[t] + 1] += 1
    for i in range(n):
        out[i + 1] += out[i]
    at = out[:n].copy()
    client, away = np.empty(site.shape[0], np.int32), np.empty(site.shape[0], np.int32)
    for j in range(ptr.shape[0] - 1):
        for t in range(ptr[j], ptr[j + 1]):
            client[at[site[t]]] = j
            away[at[site[t]]] = far[t]
            at[site[t]] += 1
    return out, client, away
