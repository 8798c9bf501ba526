"""Towns that lie apart from each other: the cheapest choice known for each, and sites dealt among them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from shanyrak.core.compiled import kernel
from shanyrak.core.units import BoolArray, IntArray, LongArray
from shanyrak.plan.neighbours import Neighbours

if TYPE_CHECKING:
    from shanyrak.plan.median_parts import Choice

NEVER = 1 << 61
"""Costs more than anything."""


@kernel()
def root_of(above: IntArray, a: int) -> int:
    """Who stands for the set that a is in."""
    while above[a] != a:
        above[a] = above[above[a]]
        a = above[a]
    return a


@kernel()
def _towns(ptr: LongArray, site: IntArray, far: IntArray, price: LongArray, scale: int, n: int) -> IntArray:
    """(m + n,) number of the town that each demand point, then each candidate, lies in."""
    m = price.shape[0]
    above = np.arange(m + n).astype(np.int32)
    for j in range(m):
        for t in range(ptr[j], ptr[j + 1]):
            if t > ptr[j] and scale * np.int64(far[t]) >= price[j]:  # the nearest always
                break
            a, b = root_of(above, j), root_of(above, m + site[t])
            if a != b:
                above[b] = a
    out = np.empty(m + n, np.int32)
    number = np.full(m + n, -1, np.int32)
    count = 0
    for s in range(m + n):
        r = root_of(above, s)
        if number[r] < 0:
            number[r] = count
            count += 1
        out[s] = number[r]
    return out


@kernel()
def _best_deal(ptr: LongArray, many: LongArray, cost: LongArray, most: int) -> tuple[LongArray, IntArray]:
    """The least cost of one entry from each town by the number of sites in all, and which entry was taken."""
    towns = ptr.shape[0] - 1
    least = np.full(most + 1, np.int64(NEVER))
    least[0] = 0
    taken = np.full((towns, most + 1), -1, np.int32)
    following = np.empty(most + 1, np.int64)
    for c in range(towns):
        following[:] = NEVER
        for e in range(ptr[c], ptr[c + 1]):
            for s in range(many[e], most + 1):
                before = least[s - many[e]]
                if before < NEVER and before + cost[e] < following[s]:
                    following[s] = before + cost[e]
                    taken[c, s] = e
        least[:] = following
    return least, taken


class Towns:
    """Towns apart from each other, and for each the cheapest choice known with so many sites.

    Prices that bound the task show how far anybody would ever walk in it: demand points and candidates that no
    chain of such walks connects lie in different towns. Who has sites in his own town only adds up with others.
    """

    def __init__(self, near: Neighbours, price: LongArray, scale: int, candidates: int) -> None:
        town = _towns(near.ptr, near.site, near.far, price, scale, candidates)
        self.of_demand, self.of_site = town[: len(price)], town[len(price) :]
        has_demand = np.zeros(int(town.max(initial=0)) + 1, bool)
        has_demand[self.of_demand] = True
        self.towns = np.flatnonzero(has_demand)
        self.known: list[dict[int, tuple[int, IntArray]]] = [{} for _ in has_demand]
        self.work = near.pairs

    def learn(self, choice: Choice, weight: LongArray) -> bool:
        """Take what a choice shows about towns that serve themselves; whether anything is new."""
        count = len(self.known)
        home = self.of_site[choice.sites]
        leaves = home[choice.at] != self.of_demand
        outside = np.zeros(count, bool)
        outside[self.of_demand[leaves]] = True
        cost = np.zeros(count, np.int64)
        np.add.at(cost, self.of_demand, weight * choice.far)
        many = np.bincount(home, minlength=count)
        new = False
        order = np.argsort(home, kind="stable")
        start = np.searchsorted(home[order], np.arange(count + 1))
        for c in self.towns.tolist():
            old = self.known[c].get(int(many[c]))
            if not outside[c] and (old is None or cost[c] < old[0]):
                self.known[c][int(many[c])] = int(cost[c]), choice.sites[order[start[c] : start[c + 1]]]
                new = True
        self.work += len(weight) + count
        return new

    def leave(self, out: BoolArray) -> None:
        """Forget what has sites that are out of the question now."""
        for town in self.known:
            for many in [k for k, (_, sites) in town.items() if out[sites].any()]:
                del town[many]

    def dealt(self, picks: int, around: int) -> list[LongArray]:
        """The cheapest choices of what is known, with some sites more or fewer than ``picks``."""
        entries = [(k, cost, sites) for c in self.towns.tolist() for k, (cost, sites) in sorted(self.known[c].items())]
        if not all(self.known[c] for c in self.towns.tolist()):
            return []
        ptr = np.concatenate([[0], np.cumsum([len(self.known[c]) for c in self.towns.tolist()])]).astype(np.int64)
        many, cost = np.array([e[0] for e in entries], np.int64), np.array([e[1] for e in entries], np.int64)
        least, taken = _best_deal(ptr, many, cost, picks + around)
        self.work += len(entries) * picks
        found = []
        for number in range(max(picks - around, 1), picks + around + 1):
            s = number
            if least[s] >= NEVER:
                continue
            sites = []
            for c in range(len(self.towns) - 1, -1, -1):
                entry = int(taken[c, s])
                sites.append(entries[entry][2])
                s -= int(many[entry])
            found.append(np.sort(np.concatenate(sites)).astype(np.int64))
        return found
