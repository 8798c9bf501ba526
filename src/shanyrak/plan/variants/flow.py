"""Who goes where when sites hold only so many: the most people that open sites can take, as a flow.

Cells with the same open sites in reach are one *pattern*. People flow from patterns to sites; where a pattern is
left with people, a shortest augmenting path is looked for (Edmonds and Karp 1972): others move on to make room.
"""

from __future__ import annotations

import numpy as np

from shanyrak.core.compiled import kernel
from shanyrak.core.units import IntArray, LongArray


@kernel(error_model="numpy")
def _fill(ptr: LongArray, site: IntArray, supply: LongArray, room: LongArray, flow: LongArray) -> int:
    """Fill ``flow`` (pairs,) with a largest flow; the sum of it. ``supply`` and ``room`` are what is left."""
    patterns, sites = ptr.shape[0] - 1, room.shape[0]
    total = np.int64(0)
    for p in range(patterns):
        for t in range(ptr[p], ptr[p + 1]):
            part = min(supply[p], room[site[t]])
            flow[t] += part
            supply[p] -= part
            room[site[t]] -= part
            total += part
    owner = np.empty(ptr[patterns], np.int64)
    for p in range(patterns):
        for t in range(ptr[p], ptr[p + 1]):
            owner[t] = p
    # pairs by site, so that a full site finds who could leave it
    by_site_ptr = np.zeros(sites + 1, np.int64)
    for t in range(ptr[patterns]):
        by_site_ptr[site[t] + 1] += 1
    for s in range(sites):
        by_site_ptr[s + 1] += by_site_ptr[s]
    by_site = np.empty(ptr[patterns], np.int64)
    at = by_site_ptr[:-1].copy()
    for t in range(ptr[patterns]):
        by_site[at[site[t]]] = t
        at[site[t]] += 1
    came = np.empty(sites, np.int64)  # pair by which a site was reached
    left = np.empty(sites, np.int64)  # pair that empties the site before (its flow falls), -1 at the beginning
    queue = np.empty(sites, np.int64)
    seen_pattern = np.empty(patterns, np.bool_)
    for p in range(patterns):
        while supply[p] > 0:
            came[:] = -1
            seen_pattern[:] = False
            seen_pattern[p] = True
            head, tail, end = 0, 0, -1
            for t in range(ptr[p], ptr[p + 1]):
                s = site[t]
                if came[s] < 0:
                    came[s], left[s] = t, -1
                    queue[tail] = s
                    tail += 1
                    if room[s] > 0:
                        end = s
                        break
            while end < 0 and head < tail:
                s = queue[head]
                head += 1
                for q in range(by_site_ptr[s], by_site_ptr[s + 1]):
                    t = by_site[q]
                    other = owner[t]
                    if flow[t] <= 0 or seen_pattern[other]:
                        continue
                    seen_pattern[other] = True
                    for r in range(ptr[other], ptr[other + 1]):
                        n = site[r]
                        if came[n] < 0:
                            came[n], left[n] = r, t
                            queue[tail] = n
                            tail += 1
                            if room[n] > 0 and end < 0:
                                end = n
                    if end >= 0:
                        break
            if end < 0:
                break
            most = min(supply[p], room[end])
            s = end
            while left[s] >= 0:
                most = min(most, flow[left[s]])
                s = site[left[s]]
            s = end
            while True:
                flow[came[s]] += most
                if left[s] < 0:
                    break
                flow[left[s]] -= most
                s = site[left[s]]
            room[end] -= most
            supply[p] -= most
            total += most
    return int(total)


def largest_flow(ptr: LongArray, site: IntArray, supply: LongArray, room: LongArray) -> tuple[int, LongArray]:
    """The most people that sites can take, and how many go by each pair (pattern, site)."""
    flow = np.zeros(len(site), np.int64)
    return int(_fill(ptr, site, supply.copy(), room.copy(), flow)), flow


@kernel(error_model="numpy")
def _share(
    of: LongArray, people: LongArray, ptr: LongArray, flow: LongArray, cell: LongArray, pair: LongArray, part: LongArray
) -> int:
    n = 0
    for i in range(of.shape[0]):
        left = people[i]
        for t in range(ptr[of[i]], ptr[of[i] + 1]):
            p = min(left, flow[t])
            if p > 0:
                cell[n], pair[n], part[n] = i, t, p
                n += 1
                flow[t] -= p
                left -= p
    return n


def shared_out(
    cells: LongArray, of: LongArray, people: LongArray, ptr: LongArray, site: IntArray, flow: LongArray
) -> tuple[LongArray, IntArray, LongArray]:
    """Patterns' flow as cells', the earlier cell first: cell, site and people of each part."""
    most = len(cells) + len(site)  # a pair is left behind with every further part of a cell
    cell, pair, part = (np.zeros(most, np.int64) for _ in range(3))
    n = _share(of, people, ptr, flow.copy(), cell, pair, part)
    return cells[cell[:n]], site[pair[:n]], part[:n]
