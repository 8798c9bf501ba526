"""Two choices of sites are mixed part by part, and the sites are dealt anew among the parts.

Two choices fall into *parts*: sites and the demand they serve, linked wherever a demand point goes to a site in the
one choice and to a site in the other (a site of both links by itself). Whoever takes some parts from the one choice
and the rest from the other pays at most what the parts cost by themselves, as everybody still finds a site in his
own part (a partition crossover, as Whitley et al. 2009 have it for tours). A part may have more sites in the one
choice than in the other: which parts to take so that p sites are open in all is a knapsack over small whole numbers.
Thus a site moves from one end of town to the other, and both ends are laid out for it.

For each number of sites near p the cheapest choice known is kept; each of them is mixed with each choice that comes.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from shanyrak.core.compiled import kernel
from shanyrak.core.units import BoolArray, IntArray, LongArray
from shanyrak.plan.median_towns import NEVER, Towns, root_of

_MOST_MOVED = 24
"""Parts together have so many sites more or fewer than p, at most, while they are counted up."""

Columns = Callable[[LongArray], IntArray]


@kernel()
def _parts(
    site_a: IntArray, at_a: IntArray, far_a: LongArray, site_b: IntArray, at_b: IntArray, far_b: LongArray,
    weight: LongArray,
) -> tuple[IntArray, IntArray, LongArray, LongArray, int]:  # fmt: skip
    """Part of each site of a and of each of b; what b has more sites and costs more there; number of parts.

    ``site_a`` ascending, ``at_a`` the place in it of each demand point's nearest, ``far_a`` its distance.
    """
    p, q = site_a.shape[0], site_b.shape[0]
    above = np.arange(p + q).astype(np.int32)
    s = 0
    for t in range(q):
        while s < p and site_a[s] < site_b[t]:
            s += 1
        if s < p and site_a[s] == site_b[t]:
            above[p + t] = s
    for j in range(weight.shape[0]):
        a, b = root_of(above, at_a[j]), root_of(above, p + at_b[j])
        if a != b:
            above[b] = a
    number = np.full(p + q, -1, np.int32)
    part = np.empty(p + q, np.int32)
    count = 0
    for s in range(p + q):
        r = root_of(above, s)
        if number[r] < 0:
            number[r] = count
            count += 1
        part[s] = number[r]
    more, dearer = np.zeros(count, np.int64), np.zeros(count, np.int64)
    for s in range(p):
        more[part[s]] -= 1
    for t in range(q):
        more[part[p + t]] += 1
    for j in range(weight.shape[0]):
        dearer[part[at_a[j]]] += weight[j] * (far_b[j] - far_a[j])
    return part[:p], part[p:], more, dearer, count


@kernel()
def _dealt(more: LongArray, dearer: LongArray, most: int) -> tuple[LongArray, IntArray]:
    """The least that is paid more for each number of sites more (from -most to most), and the last part taken.

    ``taken[k, s]`` 1: part k is taken where parts 0 to k have s - most sites more in all.
    """
    count, wide = more.shape[0], 2 * most + 1
    least = np.full(wide, np.int64(NEVER))
    least[most] = 0
    taken = np.zeros((count, wide), np.int32)
    following = np.empty(wide, np.int64)
    for k in range(count):
        for s in range(wide):
            following[s] = least[s]
            before = s - more[k]
            if 0 <= before < wide and least[before] < NEVER and least[before] + dearer[k] < following[s]:
                following[s] = least[before] + dearer[k]
                taken[k, s] = 1
        least[:] = following
    return least, taken


@kernel()
def _served(table: IntArray) -> tuple[IntArray, LongArray]:
    """The nearest row of ``table`` for each column, the first of equals, and its distance."""
    m = table.shape[1]
    at, far = np.zeros(m, np.int32), np.empty(m, np.int64)
    for j in range(m):
        far[j] = table[0, j]
    for s in range(1, table.shape[0]):
        for j in range(m):
            if table[s, j] < far[j]:
                far[j] = table[s, j]
                at[j] = s
    return at, far


@dataclass(frozen=True, eq=False)
class Choice:
    """Sites, and who goes where."""

    sites: IntArray
    """ascending"""
    at: IntArray
    """(m,) place in ``sites`` of the nearest"""
    far: LongArray
    """(m,)"""
    cost: int

    @classmethod
    def of(cls, columns: Columns, weight: LongArray, sites: LongArray) -> Choice:
        """A choice by its sites; ``columns`` gives whole distances (sites, m)."""
        ordered = np.sort(sites)
        at, far = _served(columns(ordered))
        return cls(ordered.astype(np.int32), at, far, int((weight * far).sum()))


def mixed(
    one: Choice, other: Choice, weight: LongArray, known: dict[int, int]
) -> tuple[list[tuple[int, LongArray]], int]:
    """Mixtures of two choices, the cheapest for each number of sites.

    Parameters
    ----------
    known : what the cheapest choice with so many sites costs; other numbers are not looked for

    Returns
    -------
    (at most it costs, its sites) where that is less than what is known; how many parts differ
    """
    part_a, part_b, more, dearer, _ = _parts(
        one.sites, one.at, one.far, other.sites, other.at, other.far, weight
    )  # fmt: skip
    differ = np.flatnonzero((more != 0) | (dearer < 0))
    # now more, now fewer, so that sums on the way stay small
    differ = differ[np.argsort(np.abs(more[differ]), kind="stable")]
    rise, fall, rest = differ[more[differ] > 0], differ[more[differ] < 0], differ[more[differ] == 0]
    both = min(len(rise), len(fall))
    order = np.concatenate([rest, np.stack([rise[:both], fall[:both]], 1).ravel(), rise[both:], fall[both:]])
    least, taken = _dealt(more[order], dearer[order], _MOST_MOVED)
    found = []
    for number, least_known in known.items():
        s = _MOST_MOVED + number - len(one.sites)
        if not 0 <= s < len(least) or one.cost + int(least[s]) >= least_known:
            continue
        cost = one.cost + int(least[s])
        take = np.zeros(len(more), bool)
        for k in range(len(order) - 1, -1, -1):
            if taken[k, s]:
                take[order[k]] = True
                s -= int(more[order[k]])
        sites = np.concatenate([one.sites[~take[part_a]], other.sites[take[part_b]]])
        found.append((cost, sites.astype(np.int64)))
    return found, len(differ)


class Mixer:
    """The cheapest choice known for each number of sites near p, and the last choices that came."""

    def __init__(self, columns: Columns, weight: LongArray, picks: int, *, around: int = 2, kept: int = 24) -> None:
        """``columns``: whole distances (sites, m) of some sites."""
        self.columns, self.weight, self.picks, self.around, self.kept = columns, weight, picks, around, kept
        self.cheapest: dict[int, Choice] = {}
        self.came: list[Choice] = []
        self.parts = 0
        """in which the last two that were mixed differed"""
        self.work = 0
        self.towns: Towns | None = None

    def divide(self, towns: Towns) -> None:
        """From now on sites are dealt among these towns."""
        self.towns = towns if len(towns.towns) > 1 else None
        for choice in [*self.came, *self.cheapest.values()]:
            if self.towns is not None:
                self.towns.learn(choice, self.weight)

    def leave(self, out: BoolArray) -> None:
        """Forget choices with sites that are ``out`` of the question now."""
        if self.towns is not None:
            self.towns.leave(out)
        self.came = [choice for choice in self.came if not out[choice.sites].any()]
        self.cheapest = {k: choice for k, choice in self.cheapest.items() if not out[choice.sites].any()}

    def add(self, sites: LongArray) -> None:
        """A choice came: it is mixed with all others, as long as something cheaper comes of it."""
        new = Choice.of(self.columns, self.weight, sites)
        self.work += len(sites) * len(self.weight)
        self.came = [*self.came, new][-self.kept :]
        self._keep(new)
        fresh = [new]
        if self.towns is not None and self.towns.learn(new, self.weight):
            before_work = self.towns.work
            for dealt in self.towns.dealt(self.picks, self.around):
                choice = Choice.of(self.columns, self.weight, dealt)
                self.work += len(dealt) * len(self.weight)
                if self._keep(choice):
                    fresh.append(choice)
            self.work += self.towns.work - before_work
        while fresh:
            other = fresh.pop()
            for number in sorted(self.cheapest):
                fresh += self._mix(self.cheapest[number], other)
            if other is not new:  # a mixture, cheaper than all: with everything that came before
                for before in self.came:
                    fresh += self._mix(other, before)

    def _mix(self, one: Choice, other: Choice) -> list[Choice]:
        if one is other:
            return []
        near = range(self.picks - self.around, self.picks + self.around + 1)
        known = {k: self.cheapest[k].cost if k in self.cheapest else NEVER for k in near if k > 0}
        found, self.parts = mixed(one, other, self.weight, known)
        self.work += 3 * len(self.weight)
        better = []
        for _, sites in found:
            choice = Choice.of(self.columns, self.weight, sites)
            self.work += len(sites) * len(self.weight)
            self._keep(choice)
            better.append(choice)
        return better

    def _keep(self, choice: Choice) -> bool:
        """Remember a choice if it is the cheapest with so many sites."""
        known = self.cheapest.get(len(choice.sites))
        if abs(len(choice.sites) - self.picks) <= self.around and (known is None or choice.cost < known.cost):
            self.cheapest[len(choice.sites)] = choice
            return True
        return False
