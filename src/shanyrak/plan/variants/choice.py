"""Which sets of sites may be chosen at all: how many, which never, which not together, for how much."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, TypedDict

import numpy as np

from shanyrak.core.errors import InvalidInput
from shanyrak.core.progress import Clock, Progress
from shanyrak.core.units import BoolArray, IntArray, LongArray
from shanyrak.plan.task import _indices, _whole_number


class Options(TypedDict, total=False):
    """What every model of this folder takes beside its own arguments.

    fixed, forbidden : columns
        Sites that are open already (they do not count in ``k``), and candidates that must not be chosen.
    conflicts : pairs of columns
        Candidates of which at most one may be open (minimum spacing).
    places : (candidates,) whole numbers
        Where each candidate is: at most one of the same number may be open (several kinds of kit on one square).
        -1: a place of its own.
    costs, budget : (candidates,) whole numbers, whole number
        What opening each costs, and what all new sites together may cost. Both or neither.
    gap, time_limit_s, work_limit, seed, clock, progress
        As in ``maximal_covering``.
    """

    fixed: Iterable[int]
    forbidden: Iterable[int]
    conflicts: Iterable[tuple[int, int]]
    places: Any
    costs: Any
    budget: int | None
    gap: float
    time_limit_s: float
    work_limit: int | None
    seed: int
    clock: Clock
    progress: Progress


@dataclass(frozen=True, eq=False)
class Choice:
    """The sets of sites that may be chosen; sets hold the fixed sites too."""

    candidates: int
    k: int
    """at most so many new sites"""
    fixed: IntArray
    forbidden: IntArray
    conflicts: LongArray
    """(pairs, 2) at most one of each pair, neither of them fixed or forbidden"""
    costs: LongArray | None
    """negative for an existing point that may be moved: what is saved by leaving it (see ``move``)"""
    budget: int | None
    places: LongArray
    """(candidates,) at most one open of each number from 0; -1: a place of its own"""

    @property
    def most(self) -> int:
        """Sites in the largest set, the fixed ones included."""
        return self.k + len(self.fixed)

    @property
    def plain(self) -> bool:
        """Whether any site may be swapped for any other: nothing but their number limits them."""
        return self.budget is None and not len(self.conflicts) and not bool((self.places >= 0).any())

    @property
    def free(self) -> BoolArray:
        """(candidates,) which may be opened or not."""
        free = np.ones(self.candidates, bool)
        free[self.fixed] = False
        free[self.forbidden] = False
        return free

    def allows(self, sites: IntArray) -> bool:
        """Whether a set (fixed sites included) may be chosen."""
        opened = np.zeros(self.candidates, bool)
        opened[sites] = True
        if int(opened.sum()) > self.most or not opened[self.fixed].all() or opened[self.forbidden].any():
            return False
        if len(self.conflicts) and opened[self.conflicts].all(axis=1).any():
            return False
        places = self.places[opened]
        places = places[places >= 0]
        if len(np.unique(places)) < len(places):
            return False
        return self.budget is None or self.spent(sites) <= self.budget

    def goes_with(self, j: int, opened: BoolArray) -> bool:
        """Whether neither conflict nor place keeps ``j`` from joining the open ones."""
        if self.places[j] >= 0 and (opened & (self.places == self.places[j])).any():
            return False
        pairs = self.conflicts
        if not len(pairs):
            return True
        other = np.concatenate([pairs[pairs[:, 0] == j, 1], pairs[pairs[:, 1] == j, 0]])
        return not opened[other].any()

    def spent(self, sites: IntArray) -> int:
        """What the new sites of a set cost."""
        assert self.costs is not None
        return int(self.costs[sites].sum() - self.costs[self.fixed].sum())

    def facts(self) -> dict[str, Any]:
        """The fields of a certificate that say what may be chosen."""
        return {
            "candidates": self.candidates,
            "k": self.k,
            "fixed": self.fixed.tolist(),
            "forbidden": self.forbidden.tolist(),
            "conflicts": self.conflicts.tolist(),
            "costs": None if self.costs is None else self.costs.tolist(),
            "budget": self.budget,
            "places": self.places.tolist() if (self.places >= 0).any() else None,
        }


def read_choice(candidates: int, k: Any, options: Options) -> Choice:
    """Check and take what a caller gave; InvalidInput says what is wrong."""
    fixed = _indices(options.get("fixed", ()), candidates, "fixed")
    forbidden = _indices(options.get("forbidden", ()), candidates, "forbidden")
    both = np.intersect1d(fixed, forbidden)
    if len(both):
        raise InvalidInput(f"candidate {both[0]} is fixed and forbidden", where="forbidden", mend="Name it in one list")
    count = _whole_number(k, "k")
    free = candidates - len(fixed) - len(forbidden)
    if count > free:
        raise InvalidInput(
            f"{count} sites are to be opened, and only {free} candidates may be chosen",
            where="k",
            mend="Ask for fewer sites or give more candidates",
        )
    forbidden, conflicts = _conflicts(options.get("conflicts", ()), candidates, fixed, forbidden)
    costs, budget = _costs(options.get("costs"), options.get("budget"), candidates)
    places, forbidden = _places(options.get("places"), candidates, fixed, forbidden)
    return Choice(candidates, count, fixed, forbidden, conflicts, costs, budget, places)


def _places(given: Any, candidates: int, fixed: IntArray, forbidden: IntArray) -> tuple[LongArray, IntArray]:
    """Places, and the forbidden candidates with those where a fixed site stands."""
    if given is None:
        return np.full(candidates, -1, np.int64), forbidden
    places = np.asarray(given)
    if places.shape != (candidates,) or places.dtype.kind not in "iu" or (places < -1).any():
        raise InvalidInput("places are one whole number for each candidate, -1 or more", where="places")
    places = places.astype(np.int64)
    taken = places[fixed]
    taken = taken[taken >= 0]
    if len(np.unique(taken)) < len(taken):
        raise InvalidInput("two fixed sites are at one place", where="places")
    out = np.isin(places, taken)
    out[forbidden] = True
    out[fixed] = False
    return places, np.flatnonzero(out).astype(np.int32)


def _conflicts(
    given: Iterable[tuple[int, int]], candidates: int, fixed: IntArray, forbidden: IntArray
) -> tuple[IntArray, LongArray]:
    pairs = np.array([tuple(pair) for pair in given], dtype=np.int64).reshape(-1, 2)
    wrong = pairs[((pairs < 0) | (pairs >= candidates)).any(axis=1)]
    if len(wrong):
        raise InvalidInput(f"there is no pair of candidates {tuple(wrong[0].tolist())}", where="conflicts")
    same = pairs[pairs[:, 0] == pairs[:, 1]]
    if len(same):
        raise InvalidInput(f"candidate {same[0, 0]} is in conflict with itself", where="conflicts", mend="Forbid it")
    is_fixed = np.zeros(candidates, bool)
    is_fixed[fixed] = True
    if is_fixed[pairs].all(axis=1).any():
        first = pairs[is_fixed[pairs].all(axis=1)][0]
        raise InvalidInput(f"fixed sites {first[0]} and {first[1]} are in conflict", where="conflicts")
    # who is in conflict with a fixed site can never open
    out = np.zeros(candidates, bool)
    out[forbidden] = True
    touching = is_fixed[pairs].any(axis=1)
    out[pairs[touching].ravel()] = True
    out[fixed] = False
    left = np.sort(pairs[~out[pairs].any(axis=1) & ~touching], axis=1)
    return np.flatnonzero(out).astype(np.int32), np.unique(left, axis=0).reshape(-1, 2)


def _costs(costs: Any, budget: Any, candidates: int) -> tuple[LongArray | None, int | None]:
    if (costs is None) != (budget is None):
        raise InvalidInput("costs and a budget belong together", where="budget", mend="Give both or neither")
    if costs is None:
        return None, None
    values = np.asarray(costs)
    if values.shape != (candidates,) or values.dtype.kind not in "iu" or (values < 0).any():
        raise InvalidInput("costs are one whole number for each candidate, 0 or more", where="costs")
    return values.astype(np.int64), _whole_number(budget, "budget")
