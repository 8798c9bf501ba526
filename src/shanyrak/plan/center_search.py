"""Search for p sites whose farthest demand point is nearer: cover everybody within a radius, then a shorter one.

One site goes out and one comes in, at each step; demand points that nobody reaches gain in weight as long as they
wait, so that the search does not rest where the same few are left out again and again (row weighting for set
covering, Gao, Weise and Li 2015). As soon as everybody is reached, the radius becomes the next shorter one, and the
search goes on from where it stands; steps down double as long as they succeed. Only pairs within the radius are
looked at. It proves nothing.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from shanyrak.core.compiled import kernel
from shanyrak.core.units import BoolArray, IntArray, LongArray
from shanyrak.plan.neighbours import by_site

_DENSE = 250
"""Sites in a list on average from which on a step along lists is long."""


@kernel()
def _lists(far: IntArray, usable: BoolArray, radius: int) -> tuple[LongArray, IntArray, IntArray]:
    """For each row of ``far`` the usable columns within a radius, the nearest first."""
    m, n = far.shape
    ptr = np.zeros(m + 1, np.int64)
    for j in range(m):
        count = 0
        for i in range(n):
            if usable[i] and far[j, i] <= radius:
                count += 1
        ptr[j + 1] = ptr[j] + count
    site, away = np.empty(ptr[m], np.int32), np.empty(ptr[m], np.int32)
    key = np.empty(n, np.int64)
    for j in range(m):
        count = 0
        for i in range(n):
            if usable[i] and far[j, i] <= radius:
                key[count] = (np.int64(far[j, i]) << 32) | i
                count += 1
        key[:count].sort()
        for t in range(count):
            site[ptr[j] + t] = key[t] & 0xFFFFFFFF
            away[ptr[j] + t] = key[t] >> 32
    return ptr, site, away


@kernel()
def _nearest_first(ptr: LongArray, client: IntArray, length: IntArray) -> None:
    """Each list by length, in place."""
    key = (length.astype(np.int64) << 32) | client
    for i in range(ptr.shape[0] - 1):
        key[ptr[i] : ptr[i + 1]].sort()
    for t in range(client.shape[0]):
        client[t] = key[t] & 0xFFFFFFFF
        length[t] = key[t] >> 32


@kernel()
def _ends(ptr: LongArray, away: IntArray, radius: int, end: LongArray) -> None:
    """How far each list goes within a radius."""
    for j in range(end.shape[0]):
        low, high = ptr[j], ptr[j + 1]
        while low < high:
            middle = (low + high) // 2
            if away[middle] <= radius:
                low = middle + 1
            else:
                high = middle
        end[j] = low


@kernel()
def _flip(
    i: int, by: int, site_ptr: LongArray, site_end: LongArray, client: IntArray, ptr: LongArray, end: LongArray,
    site: IntArray, weight: LongArray, covers: IntArray, is_open: BoolArray, score: LongArray, missing: IntArray,
    place: IntArray, count: int, may: BoolArray,
) -> tuple[int, int]:  # fmt: skip
    """Open (by 1) or close (by -1) site i; demand points that nobody reaches then, pairs looked at.

    ``score`` is the weight a closed site would reach in addition, or that an open one reaches alone.
    """
    work = site_end[i] - site_ptr[i]
    is_open[i] = by > 0
    own = np.int64(0)
    for t in range(site_ptr[i], site_end[i]):
        j = client[t]
        before = covers[j]
        covers[j] = before + by
        low = min(before, before + by)
        if low > 1:
            continue
        work += end[j] - ptr[j]
        for u in range(ptr[j], end[j]):
            k = site[u]
            if k == i:
                continue
            may[k] = True
            if low == 0:  # it is or was reached by nobody else
                if not is_open[k]:
                    score[k] -= by * weight[j]
            elif is_open[k]:  # one other reaches it
                score[k] -= by * weight[j]
        if low == 0:
            own += weight[j]
            if by > 0:  # reached now
                count -= 1
                last = missing[count]
                missing[place[j]] = last
                place[last] = place[j]
                place[j] = -1
            else:
                missing[count] = j
                place[j] = count
                count += 1
    score[i] = own
    return count, work


@kernel()
def _weighted_search(
    ptr: LongArray, site: IntArray, away: IntArray, site_ptr: LongArray, client: IntArray, length: IntArray,
    movable: BoolArray, start: IntArray, first_radius: int, enough: int, patience: int, seed: int, weight: LongArray,
) -> tuple[IntArray, int, int]:  # fmt: skip
    """The last sites that reach everybody, their radius (or -1), pairs looked at.

    ``patience`` is how many pairs are looked at without success; ``enough`` a radius that need not be beaten.
    """
    m, n, p = ptr.shape[0] - 1, site_ptr.shape[0] - 1, start.shape[0]
    x = np.uint64(seed)
    chosen, slot_age = start.copy(), np.zeros(n, np.int64)
    is_open, may = np.zeros(n, np.bool_), np.ones(n, np.bool_)
    covers, score = np.zeros(m, np.int32), np.zeros(n, np.int64)
    missing, place = np.empty(m, np.int32), np.empty(m, np.int32)
    end, site_end = np.empty(m, np.int64), np.empty(n, np.int64)
    best, best_radius = start.copy(), -1
    work, last, step = np.int64(0), np.int64(0), np.int64(0)
    radius, longest_ok, down = first_radius, first_radius + 1, 1
    while radius >= enough:
        _ends(ptr, away, radius, end)
        _ends(site_ptr, length, radius, site_end)
        is_open[:], may[:] = False, True
        covers[:], score[:] = 0, 0
        for j in range(m):
            missing[j] = place[j] = j
        for i in range(n):
            for t in range(site_ptr[i], site_end[i]):
                score[i] += weight[client[t]]
        count = m
        for s in range(p):
            count, seen = _flip(
                chosen[s], 1, site_ptr, site_end, client, ptr, end, site, weight, covers, is_open, score, missing,
                place, count, may,
            )  # fmt: skip
            work += seen
        held = -1  # the site that came in last stays for a step
        most = patience if down == 1 else patience // 8
        while count > 0 and work - last < most:
            step += 1
            out = -1
            for s in range(p):
                i = chosen[s]
                if i == held or not movable[i]:
                    continue
                least = np.int64(0) if out < 0 else score[chosen[out]]
                if out < 0 or score[i] < least or (score[i] == least and slot_age[i] < slot_age[chosen[out]]):
                    out = s
            work += p
            if out < 0:
                return best, int(best_radius), int(work)
            gone = chosen[out]
            count, seen = _flip(
                gone, -1, site_ptr, site_end, client, ptr, end, site, weight, covers, is_open, score, missing, place,
                count, may,
            )  # fmt: skip
            work += seen
            may[gone] = False
            slot_age[gone] = step
            x = x * np.uint64(6364136223846793005) + np.uint64(1442695040888963407)
            j = missing[np.int64(x >> np.uint64(33)) % count]
            new = -1
            for t in range(ptr[j], end[j]):
                i = site[t]
                if not may[i] or not movable[i] or is_open[i]:
                    continue
                if new < 0 or score[i] > score[new] or (score[i] == score[new] and slot_age[i] < slot_age[new]):
                    new = i
            if new < 0:
                new = gone
            count, seen = _flip(
                new, 1, site_ptr, site_end, client, ptr, end, site, weight, covers, is_open, score, missing, place,
                count, may,
            )  # fmt: skip
            work += seen
            chosen[out] = new
            slot_age[new] = step
            held = new
            for k in range(count):
                j = missing[k]
                weight[j] += 1
                for t in range(ptr[j], end[j]):
                    score[site[t]] += 1
                work += end[j] - ptr[j]
        last = work
        if count > 0:
            if down == 1:
                break
            down = 1
            radius = longest_ok - 1
            chosen[:] = best
            continue
        best[:] = chosen
        longest = 0
        for j in range(m):
            for t in range(ptr[j], end[j]):
                if is_open[site[t]]:
                    longest = max(longest, int(away[t]))
                    break
        best_radius = longest_ok = longest
        down *= 2
        radius = max(longest - down, min(enough, longest - 1))
    return best, int(best_radius), int(work)


def within(ptr: LongArray, away: IntArray, radius: int) -> LongArray:
    """Where each list ends within a radius."""
    end = np.empty(len(ptr) - 1, np.int64)
    _ends(ptr, away, radius, end)
    return end


class RadiusSearch:
    """Lists of one p-center, up to a radius that is known to be enough."""

    def __init__(self, far: IntArray, usable: BoolArray, movable: BoolArray, radius: int) -> None:
        """``far`` is (demand points, n); sites that are not ``usable`` stay shut, those not ``movable`` as they are."""
        ptr, site, away = _lists(far, usable, radius)
        self.ptr, self.site, self.away = ptr, site, away
        self.turned = by_site(ptr, site, away, far.shape[1])
        _nearest_first(*self.turned)
        self.movable = movable
        self.dense = len(site) > _DENSE * len(far)
        self.weight = np.ones(len(far), np.int64)
        self.work = far.size // 4 + 4 * len(site)

    def shorter(
        self, chosen: npt.NDArray[np.integer], radius: int, enough: int, patience: int, seed: int
    ) -> tuple[LongArray, int]:
        """Sites that reach everybody within ``radius`` or less, and their longest distance; -1 if none were found."""
        sites, longest, work = _weighted_search(
            self.ptr, self.site, self.away, *self.turned, self.movable, chosen.astype(np.int32), radius, enough,
            patience, seed, self.weight,
        )  # fmt: skip
        self.work += work
        return sites.astype(np.int64), longest
