"""Search for a cheaper choice of p sites along lists of neighbours, where nothing but their number limits the choice.

The change of every swap is the one of ``plan.median_swap``, but a candidate is only looked at from demand in whose
list it is (Resende and Werneck 2007, the tables kept sparse), so that a swap costs as much as the neighbourhood
is large, and not as the instance. *Ruin and recreate* (Schrimpf et al. 2000) closes some sites that lie together,
fills up greedily among candidates around, and swaps there until nothing helps; thousands of times in a second.

Lists may be too short for demand far from every open site: then the whole table is looked at, and what a candidate
would save there is not counted before it is opened. Costs are exact always.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from shanyrak.core.compiled import kernel
from shanyrak.core.units import BoolArray, IntArray, LongArray
from shanyrak.plan.median_lists import Part, nearest_demand, together
from shanyrak.plan.neighbours import Neighbours, by_site

MOST_AROUND = 400
"""Candidates a shake looks at; drawn where there are more around."""
_MOST_GONE = 2
"""A shake closes 2 sites at a place, or up to so many less one more."""


@kernel()
def _two(
    ptr: LongArray, site: IntArray, far: IntArray, table: IntArray, chosen: IntArray, slot: IntArray, beyond: int,
    j: int, s1: IntArray, s2: IntArray, d1: IntArray, d2: IntArray,
) -> None:  # fmt: skip
    """Nearest and second nearest open site of demand j."""
    a, b = np.int32(beyond), np.int32(beyond)
    p, q = np.int32(-1), np.int32(-1)
    for t in range(ptr[j], ptr[j + 1]):
        s = slot[site[t]]
        if s >= 0:
            if p < 0:
                a, p = far[t], s
            else:
                b, q = far[t], s
                break
    if q < 0:  # the list is too short
        a, b, p = np.int32(beyond), np.int32(beyond), np.int32(-1)
        for s in range(chosen.shape[0]):
            if chosen[s] >= 0:
                d = table[chosen[s], j]
                if d < a:
                    b, q = a, p
                    a, p = d, np.int32(s)
                elif d < b:
                    b, q = d, np.int32(s)
    s1[j], s2[j], d1[j], d2[j] = p, q, a, b


@kernel()
def _close(
    ptr: LongArray, site: IntArray, far: IntArray, table: IntArray, weight: LongArray, chosen: IntArray,
    slot: IntArray, beyond: int, s: int, s1: IntArray, s2: IntArray, d1: IntArray, d2: IntArray, loss: LongArray,
) -> None:  # fmt: skip
    """Close the site in slot s; another stays open."""
    slot[chosen[s]] = -1
    chosen[s] = -1
    for j in range(weight.shape[0]):
        if s1[j] == s or s2[j] == s:
            loss[s1[j]] -= weight[j] * (np.int64(d2[j]) - d1[j])
            _two(ptr, site, far, table, chosen, slot, beyond, j, s1, s2, d1, d2)
            loss[s1[j]] += weight[j] * (np.int64(d2[j]) - d1[j])


@kernel()
def _open(
    table: IntArray, weight: LongArray, chosen: IntArray, slot: IntArray, i: int, s: int, s1: IntArray,
    s2: IntArray, d1: IntArray, d2: IntArray, loss: LongArray,
) -> None:  # fmt: skip
    """Open candidate i in the empty slot s."""
    chosen[s] = i
    slot[i] = s
    for j in range(weight.shape[0]):
        d = table[i, j]
        if d < d2[j]:
            loss[s1[j]] -= weight[j] * (np.int64(d2[j]) - d1[j])
            if d < d1[j]:
                d2[j], s2[j] = d1[j], s1[j]
                d1[j], s1[j] = d, np.int32(s)
            else:
                d2[j], s2[j] = d, np.int32(s)
            loss[s1[j]] += weight[j] * (np.int64(d2[j]) - d1[j])


@kernel()
def _swap_around(
    ptr: LongArray, site: IntArray, far: IntArray, site_ptr: LongArray, client: IntArray, away: IntArray,
    table: IntArray, weight: LongArray, movable: IntArray, chosen: IntArray, slot: IntArray, beyond: int,
    around: IntArray, count: int, s1: IntArray, s2: IntArray, d1: IntArray, d2: IntArray, loss: LongArray,
    change: LongArray, stamp: LongArray, mark: int, touched: IntArray,
) -> tuple[int, int]:  # fmt: skip
    """Swap in the first ``count`` candidates of ``around`` until nothing helps; the last mark, pairs looked at."""
    p, m = chosen.shape[0], weight.shape[0]
    work = np.int64(0)
    since, at, least = 0, 0, -2
    while since < count:
        i = around[at]
        at = (at + 1) % count
        since += 1
        if slot[i] >= 0 or movable[i] == 0:
            continue
        if least == -2:
            least = -1
            for s in range(p):
                if movable[chosen[s]] and (least < 0 or loss[s] < loss[least]):
                    least = s
            if least < 0:
                break
        mark += 1
        gain, many = np.int64(0), 0
        for t in range(site_ptr[i], site_ptr[i + 1]):
            j, d = client[t], away[t]
            if d < d2[j]:
                s = s1[j]
                if stamp[s] != mark:
                    stamp[s] = mark
                    change[s] = loss[s]
                    touched[many] = s
                    many += 1
                if d < d1[j]:
                    gain += weight[j] * (np.int64(d) - d1[j])
                    change[s] -= weight[j] * (np.int64(d2[j]) - d1[j])
                else:
                    change[s] -= weight[j] * (np.int64(d2[j]) - d)
        work += site_ptr[i + 1] - site_ptr[i]
        out, most = least, loss[least]
        for k in range(many):
            s = touched[k]
            if change[s] < most and movable[chosen[s]]:
                out, most = s, change[s]
        if gain + most >= 0:
            continue
        slot[chosen[out]] = -1
        chosen[out] = i
        slot[i] = out
        for j in range(m):
            d = table[i, j]
            if s1[j] == out or s2[j] == out or d < d2[j]:
                loss[s1[j]] -= weight[j] * (np.int64(d2[j]) - d1[j])
                if s1[j] == out or s2[j] == out:
                    _two(ptr, site, far, table, chosen, slot, beyond, j, s1, s2, d1, d2)
                elif d < d1[j]:
                    d2[j], s2[j] = d1[j], s1[j]
                    d1[j], s1[j] = d, np.int32(out)
                else:
                    d2[j], s2[j] = d, np.int32(out)
                loss[s1[j]] += weight[j] * (np.int64(d2[j]) - d1[j])
        work += m
        least = -2
        since = 0
    return mark, int(work)


@kernel()
def _search(
    ptr: LongArray, site: IntArray, far: IntArray, site_ptr: LongArray, client: IntArray, away: IntArray,
    table: IntArray, weight: LongArray, movable: IntArray, start: IntArray, beyond: int, order: IntArray,
    least: int, most_work: int, most_rounds: int, most_gone: int, slack: float, seed: int, centres: IntArray,
) -> tuple[int, IntArray, IntArray, int, int]:  # fmt: skip
    """Swap over ``order`` until nothing helps, then shake until the work is done.

    ``least`` is the cost of the best choice known; least cost here, its choice, where the search stands, rounds
    made, pairs looked at.
    """
    n, m = table.shape
    p = start.shape[0]
    chosen, slot = start.copy(), np.full(n, -1, np.int32)
    for s in range(p):
        slot[chosen[s]] = s
    s1, s2 = np.empty(m, np.int32), np.empty(m, np.int32)
    d1, d2 = np.empty(m, np.int32), np.empty(m, np.int32)
    loss, change, stamp = np.zeros(p, np.int64), np.zeros(p, np.int64), np.zeros(p, np.int64)
    touched, closing = np.empty(p, np.int32), np.empty(p, np.int32)
    around, saves = np.empty(n, np.int32), np.zeros(n, np.int64)
    for j in range(m):
        _two(ptr, site, far, table, chosen, slot, beyond, j, s1, s2, d1, d2)
        loss[s1[j]] += weight[j] * (np.int64(d2[j]) - d1[j])
    mark, work = _swap_around(
        ptr, site, far, site_ptr, client, away, table, weight, movable, chosen, slot, beyond, order, order.shape[0],
        s1, s2, d1, d2, loss, change, stamp, 0, touched,
    )  # fmt: skip
    work += m + 2 * site.shape[0] // max(1, p)
    cost = np.int64(0)
    for j in range(m):
        cost += weight[j] * np.int64(d1[j])
    best_cost, best_choice = cost, chosen.copy()
    record = np.int64(least)
    if cost < record:
        record = cost
    kept, kept_slot, kept_loss = chosen.copy(), slot.copy(), loss.copy()
    k1, k2, e1, e2 = s1.copy(), s2.copy(), d1.copy(), d2.copy()
    x = np.uint64(seed)
    seen = np.zeros(n, np.int64)
    round_ = 0
    while p > 1 and round_ < most_rounds and work < most_work:
        round_ += 1
        x = x * np.uint64(6364136223846793005) + np.uint64(1442695040888963407)
        centre = np.int64(centres[np.int64(x >> np.uint64(33)) % centres.shape[0]])
        x = x * np.uint64(6364136223846793005) + np.uint64(1442695040888963407)
        wanted = 2 + np.int64(x >> np.uint64(33)) % most_gone
        gone, count = 0, 0
        # every other time two places, so that a site can go from the one to the other
        both = 1 + np.int64((x >> np.uint64(62)) & np.uint64(1))
        for place in range(both):
            if place:
                x = x * np.uint64(6364136223846793005) + np.uint64(1442695040888963407)
                centre = np.int64(centres[np.int64(x >> np.uint64(33)) % centres.shape[0]])
            share = min(wanted, p - 1 - gone)
            met, goal = 0, gone + share
            for t in range(ptr[centre], ptr[centre + 1]):
                i = site[t]
                s = slot[i]
                if s >= 0:
                    met += 1
                    if met > 2 * wanted + 3:
                        break
                    x = x * np.uint64(6364136223846793005) + np.uint64(1442695040888963407)
                    if movable[i] and gone < goal and (x >> np.uint64(62)) > 0 and stamp[s] != -round_:
                        stamp[s] = -round_
                        closing[gone] = s
                        gone += 1
                if movable[i] and seen[i] != round_:
                    seen[i] = round_
                    around[count] = i
                    count += 1
        work += count
        if gone == 0:
            continue
        if count > MOST_AROUND:  # the first of a shuffle
            for k in range(MOST_AROUND):
                x = x * np.uint64(6364136223846793005) + np.uint64(1442695040888963407)
                other = k + np.int64(x >> np.uint64(33)) % (count - k)
                around[k], around[other] = around[other], around[k]
            count = MOST_AROUND
        x = x * np.uint64(6364136223846793005) + np.uint64(1442695040888963407)
        barred = chosen[closing[np.int64(x >> np.uint64(33)) % gone]]  # or all would come back
        for k in range(gone):
            _close(ptr, site, far, table, weight, chosen, slot, beyond, closing[k], s1, s2, d1, d2, loss)
        work += gone * m
        for c in range(count):  # what each candidate around would save now
            i = around[c]
            saves[i] = np.int64(0)
            for t in range(site_ptr[i], site_ptr[i + 1]):
                if away[t] < d1[client[t]]:
                    saves[i] += weight[client[t]] * (np.int64(d1[client[t]]) - away[t])
            work += site_ptr[i + 1] - site_ptr[i]
        full = True
        for k in range(gone):
            best = -1
            for c in range(count):
                i = around[c]
                if slot[i] < 0 and i != barred and (best < 0 or saves[i] > saves[best]):
                    best = i
            if best < 0:
                full = False
                break
            if k + 1 < gone:
                for t in range(site_ptr[best], site_ptr[best + 1]):  # whom it serves others save less for
                    j, d = client[t], away[t]
                    old = d1[j]
                    if d >= old:
                        continue
                    for u in range(ptr[j], ptr[j + 1]):
                        if far[u] >= old:
                            break
                        saves[site[u]] -= weight[j] * (np.int64(old) - max(far[u], d))
                        work += 1
            _open(table, weight, chosen, slot, best, closing[k], s1, s2, d1, d2, loss)
            work += m
        total = np.int64(0)
        if full:
            mark, used = _swap_around(
                ptr, site, far, site_ptr, client, away, table, weight, movable, chosen, slot, beyond, around, count,
                s1, s2, d1, d2, loss, change, stamp, mark, touched,
            )  # fmt: skip
            work += used
            for j in range(m):
                total += weight[j] * np.int64(d1[j])
        x = x * np.uint64(6364136223846793005) + np.uint64(1442695040888963407)
        tossed = np.float64(x >> np.uint64(33)) / 2147483648.0
        if full and (total <= cost or total <= record + slack * tossed * tossed):
            cost = total
            if cost < best_cost:
                best_cost = cost
                best_choice[:] = chosen
                if cost < record:
                    record = cost
            kept[:], kept_slot[:], kept_loss[:] = chosen, slot, loss
            k1[:], k2[:], e1[:], e2[:] = s1, s2, d1, d2
        else:
            chosen[:], slot[:], loss[:] = kept, kept_slot, kept_loss
            s1[:], s2[:], d1[:], d2[:] = k1, k2, e1, e2
    return int(best_cost), best_choice, kept, round_, int(work)


@kernel()
def _greedy(
    site_ptr: LongArray, client: IntArray, away: IntArray, weight: LongArray, d1: LongArray, may: BoolArray,
    picked: IntArray, already: int,
) -> tuple[int, int]:  # fmt: skip
    """Open what saves most, counted along the lists; how many are open then, and pairs looked at."""
    n = may.shape[0]
    gain, fresh = np.zeros(n, np.int64), np.zeros(n, np.int64)
    work = np.int64(0)
    for i in range(n):
        gain[i] = np.int64(1) << 62
    count = already
    while count < picked.shape[0]:
        top = -1
        while True:
            top = -1
            for i in range(n):
                if may[i] and (top < 0 or gain[i] > gain[top]):
                    top = i
            if top < 0 or fresh[top] == count + 1:
                break
            saved = np.int64(0)
            for t in range(site_ptr[top], site_ptr[top + 1]):
                if away[t] < d1[client[t]]:
                    saved += weight[client[t]] * (d1[client[t]] - away[t])
            work += site_ptr[top + 1] - site_ptr[top]
            gain[top], fresh[top] = saved, count + 1
        if top < 0:
            break
        may[top] = False
        picked[count] = top
        count += 1
        for t in range(site_ptr[top], site_ptr[top + 1]):
            d1[client[t]] = min(d1[client[t]], np.int64(away[t]))
    return count, int(work)


class LocalSearch:
    """Searches within a pool of candidates, which are numbered from 0 here."""

    def __init__(self, near: Neighbours, table: IntArray, weight: LongArray, movable: BoolArray) -> None:
        """``table`` is (pool, m) whole distances, ``near`` lists of the pool, ``movable`` who may come or go."""
        self.near, self.table, self.weight = near, table, weight
        self.movable = movable.astype(np.int32)
        self.beyond = int(table.max(initial=0)) + 1
        self.lists = by_site(near.ptr, near.site, near.far, len(table))
        self._nearest = nearest_demand(*self.lists)
        self._everybody = np.arange(len(weight), dtype=np.int32)
        self.work = near.pairs

    def filled(self, start: npt.NDArray[np.integer], picks: int) -> IntArray:
        """A choice filled up greedily to ``picks`` sites."""
        near = self.near
        last = np.minimum(near.reach, self.beyond).astype(np.int64)
        for place in start.tolist():
            np.minimum(last, self.table[place], out=last)
        picked = np.zeros(max(picks, len(start)), np.int32)
        picked[: len(start)] = start
        may = self.movable.astype(bool)
        may[start] = False
        count, work = _greedy(*self.lists, self.weight, last, may, picked, len(start))
        self.work += int(work)
        return picked[:count]

    def swapped(self, start: npt.NDArray[np.integer], order: npt.NDArray[np.integer]) -> tuple[int, IntArray]:
        """Swap candidates in, in ``order``, until nothing helps; cost and choice."""
        cost, chosen, _, _ = self.shaken(start, 1 << 62, 0, 0, 0, order)
        return cost, chosen

    def shaken(
        self, start: npt.NDArray[np.integer], least: int, most_work: int, most_rounds: int, seed: int,
        order: npt.NDArray[np.integer], *, slack: float = 0.0, part: Part | None = None,
    ) -> tuple[int, IntArray, IntArray, int]:  # fmt: skip
        """Swap in ``order``, then shake, in a part only where one is given.

        ``least``: the best cost known; ``slack``: by how much a choice one goes on from may be dearer.
        Cost, choice, where it stands, rounds.
        """
        near = self.near
        movable = self.movable if part is None else self.movable * part.sites
        centres = self._everybody if part is None else part.demand
        cost, chosen, stands, rounds, work = _search(
            near.ptr, near.site, near.far, *self.lists, self.table, self.weight, movable,
            start.astype(np.int32), self.beyond, order.astype(np.int32), least, most_work, most_rounds, _MOST_GONE,
            slack, seed, centres,
        )  # fmt: skip
        self.work += int(work)
        return int(cost), chosen, stands, int(rounds)

    def part(self, chosen: npt.NDArray[np.integer], first: int, count: int) -> Part:
        """``count`` of the sites of a choice that lie together, with the demand they serve.

        From the site in slot ``first`` on always the site nearest to the demand that is in already, so that a part
        ends where town does.
        """
        slots, at = together(self.table[chosen], first, count)
        self.work += 2 * len(chosen) * len(self.weight)
        inside = np.zeros(len(chosen), bool)
        inside[slots] = True
        sites = np.zeros(len(self.table), bool)
        listed = self._nearest >= 0
        sites[listed] = inside[at[self._nearest[listed]]]
        sites[chosen] = inside
        return self.part_of(sites, inside[at])

    def part_of(self, sites: BoolArray, demand: BoolArray) -> Part:
        """Some candidates and some demand points."""
        return Part(sites.astype(np.int32), np.flatnonzero(demand).astype(np.int32))

    def paid(self, chosen: npt.NDArray[np.integer], part: Part) -> int:
        """What the demand of a part costs."""
        far = self.table[np.ix_(chosen, part.demand)].min(axis=0)
        self.work += len(chosen) * len(part.demand)
        return int((self.weight[part.demand] * far).sum())
