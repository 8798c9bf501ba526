"""Lists of neighbours as searches use them: shortened, and which sites lie together."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from shanyrak.core.compiled import kernel
from shanyrak.core.units import IntArray, LongArray
from shanyrak.plan.neighbours import Neighbours


def shortened(near: Neighbours, each: int) -> Neighbours:
    """The lists, ``each`` long at most."""
    lengths = np.diff(near.ptr)
    long = lengths > each
    if not long.any():
        return near
    place = np.arange(len(near.site)) - np.repeat(near.ptr[:-1], lengths)
    keep = place < each
    reach = near.reach.copy()
    reach[long] = near.far[near.ptr[:-1][long] + each]  # the first that is not listed any more
    ptr = np.concatenate([[0], np.cumsum(np.minimum(lengths, each))]).astype(np.int64)
    return Neighbours(ptr, near.site[keep], near.far[keep], reach)


@kernel()
def nearest_demand(ptr: LongArray, client: IntArray, away: IntArray) -> LongArray:
    """For each candidate the demand that is nearest to it, of those in whose list it is; -1 without any."""
    n = ptr.shape[0] - 1
    out = np.full(n, -1, np.int64)
    for i in range(n):
        nearest = -1
        for t in range(ptr[i], ptr[i + 1]):
            if nearest < 0 or away[t] < away[nearest]:
                nearest = t
        if nearest >= 0:
            out[i] = client[nearest]
    return out


@kernel()
def together(far: IntArray, first: int, count: int) -> tuple[LongArray, IntArray]:
    """Slots of ``count`` sites that lie together, and slot of the nearest for each demand point."""
    p, m = far.shape
    at, least = np.zeros(m, np.int32), far[0].copy()
    for s in range(1, p):
        for j in range(m):
            if far[s, j] < least[j]:
                least[j] = far[s, j]
                at[j] = s
    ptr = np.zeros(p + 1, np.int64)
    for j in range(m):
        ptr[at[j] + 1] += 1
    for s in range(p):
        ptr[s + 1] += ptr[s]
    by_slot, place = np.empty(m, np.int64), ptr[:p].copy()
    for j in range(m):
        by_slot[place[at[j]]] = j
        place[at[j]] += 1
    away = np.full(p, np.int32(2147483647))
    taken = np.zeros(p, np.bool_)
    slots = np.empty(count, np.int64)
    slot = first
    for k in range(count):
        slots[k] = slot
        taken[slot] = True
        following = -1
        for s in range(p):
            if taken[s]:
                continue
            for t in range(ptr[slot], ptr[slot + 1]):
                away[s] = min(away[s], far[s, by_slot[t]])
            if following < 0 or away[s] < away[following]:
                following = s
        slot = following
        if slot < 0:
            return slots[: k + 1], at
    return slots, at


@dataclass(frozen=True, eq=False)
class Part:
    """Where a search stays: who may come and go, and the demand around which it shakes."""

    sites: IntArray
    """(candidates,) 1 inside"""
    demand: IntArray
    """ascending"""
