"""Search for a cheaper choice of p sites: swaps made as soon as one helps, with exact changes for all of them.

For a candidate i the change of every swap (i in, the site in slot s out) comes from one pass over the demand

    change[s] = w ( min(d_i - d_1, 0) summed )  +  loss[s]  +  what i saves of it,     loss[s] = sum of w (d_2 - d_1)

over demand whose nearest open site (at d_1) is s, d_2 the second nearest (Schubert and Rousseeuw 2021, eager
FasterPAM; the tables are those of Whitaker 1983 and of Resende and Werneck 2007). Sites that exclude each other
and a budget only leave some of the slots.
"""

from __future__ import annotations

import numpy as np

from shanyrak.core.compiled import kernel
from shanyrak.core.units import IntArray, LongArray
from shanyrak.plan.sides import Sides


@kernel()
def _nearest_two(
    far: IntArray, chosen: IntArray, beyond: int, j: int, s1: IntArray, s2: IntArray, d1: IntArray, d2: IntArray
) -> None:  # fmt: skip
    a, b = np.int32(beyond), np.int32(beyond)
    p, q = np.int32(-1), np.int32(-1)
    for s in range(chosen.shape[0]):
        d = far[chosen[s], j]
        if d < a:
            b, q = a, p
            a, p = d, np.int32(s)
        elif d < b:
            b, q = d, np.int32(s)
    s1[j], s2[j], d1[j], d2[j] = p, q, a, b


@kernel()
def _swaps(
    far: IntArray, weight: LongArray, chosen: IntArray, free: IntArray, order: IntArray, cost: LongArray,
    budget: int, site_ptr: LongArray, site_group: IntArray, owner: IntArray, passes: int, beyond: int,
) -> tuple[int, int]:  # fmt: skip
    """Swap in place until nothing helps; total cost and pairs looked at.

    ``free[i]`` 1: may be swapped in or out; 0 it stays as it is. ``owner[g]``: slot that uses up group g, or -1.
    """
    n, m = far.shape
    p = chosen.shape[0]
    s1, s2 = np.empty(m, np.int32), np.empty(m, np.int32)
    d1, d2 = np.empty(m, np.int32), np.empty(m, np.int32)
    is_open = np.zeros(n, np.bool_)
    spent = np.int64(0)
    for s in range(p):
        is_open[chosen[s]] = True
        spent += cost[chosen[s]]
    loss, change = np.zeros(p, np.int64), np.empty(p, np.int64)
    total = np.int64(0)
    for j in range(m):
        _nearest_two(far, chosen, beyond, j, s1, s2, d1, d2)
        loss[s1[j]] += weight[j] * (np.int64(d2[j]) - d1[j])
        total += weight[j] * np.int64(d1[j])
    work = np.int64(m * p)
    since = 0
    at = 0
    while since < n * passes and p > 0:
        i = order[at]
        at = (at + 1) % n
        since += 1
        if is_open[i] or free[i] == 0:
            continue
        only = -1
        blocked = False
        for t in range(site_ptr[i], site_ptr[i + 1]):
            s = owner[site_group[t]]
            if s >= 0:
                if only >= 0 and only != s:
                    blocked = True
                only = s
        if blocked:
            continue
        change[:] = loss
        gain = np.int64(0)
        for j in range(m):
            d = far[i, j]
            if d < d2[j]:
                if d < d1[j]:
                    gain += weight[j] * (np.int64(d) - d1[j])
                    change[s1[j]] -= weight[j] * (np.int64(d2[j]) - d1[j])
                else:
                    change[s1[j]] -= weight[j] * (np.int64(d2[j]) - d)
        work += m
        slot = -1
        for s in range(p):
            if only >= 0 and s != only:
                continue
            if free[chosen[s]] == 0 or (budget >= 0 and spent + cost[i] - cost[chosen[s]] > budget):
                continue
            if slot < 0 or change[s] < change[slot]:
                slot = s
        if slot < 0 or change[slot] + gain >= 0:
            continue
        out = chosen[slot]
        for t in range(site_ptr[out], site_ptr[out + 1]):
            owner[site_group[t]] = -1
        for t in range(site_ptr[i], site_ptr[i + 1]):
            owner[site_group[t]] = slot
        spent += cost[i] - cost[out]
        total += change[slot] + gain
        is_open[out], is_open[i] = False, True
        chosen[slot] = i
        for j in range(m):
            d = far[i, j]
            if s1[j] == slot or s2[j] == slot or d < d2[j]:
                loss[s1[j]] -= weight[j] * (np.int64(d2[j]) - d1[j])
                if s1[j] == slot or s2[j] == slot:
                    _nearest_two(far, chosen, beyond, j, s1, s2, d1, d2)
                    work += p
                elif d < d1[j]:
                    d2[j], s2[j] = d1[j], s1[j]
                    d1[j], s1[j] = d, np.int32(slot)
                else:
                    d2[j], s2[j] = d, np.int32(slot)
                loss[s1[j]] += weight[j] * (np.int64(d2[j]) - d1[j])
        since = 0
    return int(total), int(work)


def groups_of_sites(sides: Sides) -> tuple[LongArray, IntArray]:
    """For each site the groups it belongs to."""
    n = len(sides.cost)
    group = np.repeat(np.arange(sides.groups, dtype=np.int32), np.diff(sides.group_ptr))
    order = np.argsort(sides.group_site, kind="stable")
    ptr = np.concatenate([[0], np.cumsum(np.bincount(sides.group_site, minlength=n))]).astype(np.int64)
    return ptr, group[order]


def swap_search(
    far: IntArray, weight: LongArray, chosen: IntArray, movable: IntArray, sides: Sides, order: IntArray, beyond: int
) -> tuple[int, IntArray, int]:
    """Swap until no swap helps.

    Parameters
    ----------
    far : (n, m) whole distances of every candidate to every demand point
    chosen : (p,) candidates, each once, allowed together by ``sides``
    movable : (n,) 1 where a candidate may come in or go out
    order : (n,) in which candidates are tried, round and round
    beyond : longer than every distance

    Returns
    -------
    cost, the choice, and the pairs looked at
    """
    chosen = chosen.astype(np.int32)
    if len(chosen) == 0:
        return 0, chosen, 0
    site_ptr, site_group = groups_of_sites(sides)
    owner = np.full(sides.groups, -1, np.int32)
    for slot, site in enumerate(chosen.tolist()):
        owner[site_group[site_ptr[site] : site_ptr[site + 1]]] = slot
    total, work = _swaps(
        far, weight, chosen, movable, order, sides.cost, sides.budget, site_ptr, site_group, owner, 1, beyond
    )  # fmt: skip
    return int(total), chosen, int(work)


@kernel()
def _fill(
    far: IntArray, weight: LongArray, d1: IntArray, picked: IntArray, already: int, may: IntArray, cost: LongArray,
    left: int, site_ptr: LongArray, site_group: IntArray, used: IntArray,
) -> tuple[int, int]:  # fmt: skip
    """Add the candidate that saves most until ``picked`` is full; how many were added, pairs looked at."""
    n, m = far.shape
    work = np.int64(0)
    gain = np.full(n, np.int64(1) << 62, np.int64)  # what it saved when it was looked at last: never less now
    count = already
    while count < picked.shape[0]:
        best, most = -1, np.int64(-1)
        while True:
            top = -1
            for i in range(n):
                if may[i] and (top < 0 or gain[i] > gain[top]):
                    top = i
            if top < 0 or (best >= 0 and gain[top] <= most):
                break
            fits = left < 0 or cost[top] <= left
            for t in range(site_ptr[top], site_ptr[top + 1]):
                if used[site_group[t]]:
                    fits = False
            if not fits:
                may[top] = 0
                continue
            if top == best:
                break
            saved = np.int64(0)
            for j in range(m):
                if far[top, j] < d1[j]:
                    saved += weight[j] * (np.int64(d1[j]) - far[top, j])
            work += m
            gain[top] = saved
            if saved > most:
                best, most = top, saved
        if best < 0:
            break
        may[best] = 0
        picked[count] = best
        count += 1
        if left >= 0:
            left -= cost[best]
        for t in range(site_ptr[best], site_ptr[best + 1]):
            used[site_group[t]] = 1
        for j in range(m):
            d1[j] = min(d1[j], far[best, j])
    return count, int(work)


def fill_up(
    far: IntArray, weight: LongArray, chosen: IntArray, picks: int, may: IntArray, sides: Sides, beyond: int
) -> tuple[IntArray, int]:
    """A choice filled up greedily to at most ``picks`` sites, as far as ``sides`` allow; and the work."""
    m = far.shape[1]
    start = np.full(m, beyond, np.int32)
    site_ptr, site_group = groups_of_sites(sides)
    used = np.zeros(max(sides.groups, 1), np.int32)
    may = may.copy()
    left = sides.budget
    for site in chosen.tolist():
        np.minimum(start, far[site], out=start)
        used[site_group[site_ptr[site] : site_ptr[site + 1]]] = 1
        may[site] = 0
        if left >= 0:
            left -= int(sides.cost[site])
    picked = np.zeros(max(picks, len(chosen)), np.int32)
    picked[: len(chosen)] = chosen
    count, work = _fill(far, weight, start, picked, len(chosen), may, sides.cost, left, site_ptr, site_group, used)
    return picked[:count], int(work)
