"""What limits a choice of sites beside their number: sites that exclude each other, and costs under a budget.

Sites exclude each other because they are too close (minimum spacing) or because they are kinds of site at one
place (a yurt or a heated room on the same square: each kind is a candidate of its own, with its own cost).
All of this is "of these, one at most" and "these together cost at most", and in a bound each such row enters
with a multiplier >= 0 (Lagrange): see ``Sides.extra``.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from shanyrak.core.errors import InvalidInput
from shanyrak.core.units import BoolArray, IntArray, LongArray

NO_BUDGET = -1


@dataclass(frozen=True, eq=False)
class Sides:
    """Groups of which one at most may open, and a budget; nothing at all is the usual case."""

    group_ptr: LongArray
    """(groups + 1,)"""
    group_site: IntArray
    """sites of each group, ascending"""
    cost: LongArray
    """(n,) in whole units; zeros where there is no budget"""
    budget: int
    """what all sites together may cost, the fixed ones left out; NO_BUDGET where nothing is said"""
    unit: int
    """whole cost units per unit the caller counts in"""

    @property
    def groups(self) -> int:
        """Number of groups."""
        return len(self.group_ptr) - 1

    @property
    def any(self) -> bool:
        """Whether there is anything beside the number of sites."""
        return self.groups > 0 or self.budget >= 0

    def allows(self, sites: npt.NDArray[np.integer]) -> bool:
        """Whether sites may be open together."""
        return self.broken(sites) is None

    def broken(self, sites: npt.NDArray[np.integer]) -> int | None:
        """A limit that sites break together: the number of a group, -1 for the budget; None where they keep all."""
        if self.budget >= 0 and int(self.cost[sites].sum()) > self.budget:
            return -1
        open_now = np.zeros(len(self.cost), bool)
        open_now[sites] = True
        over = np.flatnonzero(self.times(open_now) > 1)
        return int(over[0]) if len(over) else None

    def times(self, open_now: BoolArray) -> LongArray:
        """(groups,) how many of each group are open."""
        before = np.concatenate([[0], np.cumsum(open_now[self.group_site])])
        return np.asarray(before[self.group_ptr[1:]] - before[self.group_ptr[:-1]])

    def extra(self, multipliers: LongArray) -> tuple[LongArray, int]:
        """What whole multipliers (groups, then the budget) add to each site, and the constant they take off."""
        extra = np.zeros(len(self.cost), np.int64)
        np.add.at(extra, self.group_site, np.repeat(multipliers[:-1], np.diff(self.group_ptr)))
        constant = sum(multipliers[:-1].tolist())
        if self.budget >= 0:
            extra += int(multipliers[-1]) * self.cost
            constant += int(multipliers[-1]) * self.budget
        return extra, constant

    def of_all(self, sites: IntArray) -> Sides:
        """The same rows, in the same order, with some sites only, renumbered; rows may become empty."""
        number = np.full(len(self.cost), -1, np.int32)
        number[sites] = np.arange(len(sites), dtype=np.int32)
        renamed = number[self.group_site]
        before = np.concatenate([[0], np.cumsum(renamed >= 0)])
        return Sides(before[self.group_ptr], renamed[renamed >= 0], self.cost[sites], self.budget, self.unit)


def _sides(groups: list[Any], cost: LongArray, budget: int, unit: int) -> Sides:
    ptr = np.concatenate([[0], np.cumsum([len(g) for g in groups])]).astype(np.int64)
    site = np.concatenate([*groups, np.zeros(0, np.int32)]).astype(np.int32)
    return Sides(ptr, site, cost, budget, unit)


def read_sides(
    n: int,
    fixed: npt.NDArray[np.integer],
    *,
    conflicts: Iterable[Any] = (),
    places: Any = None,
    costs: Any = None,
    budget: float | None = None,
) -> tuple[Sides, IntArray]:
    """Check and take what limits a choice.

    Parameters
    ----------
    conflicts : pairs (or larger sets) of candidates of which one at most may open, beside the fixed ones too
    places : (n,) a whole number per candidate: of candidates with the same one (kinds at one place) one may open;
        below 0 stands for a place of its own
    costs, budget : (n,) numbers, 0 or more, and what the new sites may cost together

    Returns
    -------
    the limits among candidates that are not fixed, and the candidates a fixed site excludes
    """
    groups = [_members(group, n, number) for number, group in enumerate(conflicts)]
    if places is not None:
        label = np.asarray(places)
        if label.shape != (n,) or label.dtype.kind not in "iu":
            raise InvalidInput(f"places have shape {label.shape} for {n} candidates", where="places",
                               mend="Give one whole number for each candidate")  # fmt: skip
        order = np.argsort(label, kind="stable")
        cuts = np.flatnonzero(np.diff(label[order])) + 1
        groups += [np.sort(part) for part in np.split(order, cuts) if len(part) > 1 and label[part[0]] >= 0]
    fixed_now = np.zeros(n, bool)
    fixed_now[fixed] = True
    excluded = np.zeros(n, bool)
    kept = []
    for group in groups:
        others = group[~fixed_now[group]]
        if len(others) < len(group):
            excluded[others] = True
        elif len(others) > 1:
            kept.append(others)
    whole_cost, whole_budget, unit = _money(n, costs, budget)
    whole_cost[fixed] = 0  # what stands already is paid for
    return _sides(kept, whole_cost, whole_budget, unit), np.flatnonzero(excluded).astype(np.int32)


def _members(group: Any, n: int, number: int) -> IntArray:
    members = np.asarray(list(group))
    if members.ndim != 1 or len(members) < 2 or members.dtype.kind not in "iu":
        raise InvalidInput("a conflict names two candidates or more", where=f"conflicts[{number}]")
    wrong = members[(members < 0) | (members >= n)]
    if len(wrong):
        raise InvalidInput(f"there is no candidate {wrong[0]}", where=f"conflicts[{number}]",
                           mend=f"Columns are numbered from 0 to {n - 1}")  # fmt: skip
    return np.unique(members).astype(np.int32)


def _money(n: int, cost: Any, budget: float | None) -> tuple[LongArray, int, int]:
    if (cost is None) != (budget is None):
        raise InvalidInput("a budget needs costs, and costs need a budget", where="budget", mend="Give both")
    if cost is None or budget is None:
        return np.zeros(n, np.int64), NO_BUDGET, 1
    values = np.asarray(cost, dtype=np.float64)
    if values.shape != (n,):
        raise InvalidInput(f"costs have shape {values.shape} for {n} candidates", where="costs",
                           mend="Give one number for each candidate")  # fmt: skip
    wrong = np.flatnonzero(~np.isfinite(values) | (values < 0))
    if len(wrong):
        raise InvalidInput(f"a cost of {values[wrong[0]]} is none", where=f"costs[{wrong[0]}]", mend="Give 0 or more")
    if not (np.isfinite(budget) and budget >= 0):
        raise InvalidInput(f"a budget of {budget} is none", where="budget", mend="Give 0 or more")
    whole = bool((values == np.rint(values)).all())
    unit = 1 if whole else 1000
    if float(values.sum()) * unit >= 1 << 40:
        raise InvalidInput("all costs together are too large", where="costs", mend="Use a larger unit")
    # costs are rounded up and the budget down, so that no answer costs more than there is
    whole_cost = np.ceil(np.round(values * unit, 6)).astype(np.int64)
    return whole_cost, int(min(np.floor(round(budget * unit, 6)), float(whole_cost.sum()))), unit


def too_close(distances: Any, spacing: float) -> list[tuple[int, int]]:
    """Pairs of candidates nearer to each other than ``spacing``, as ``conflicts`` takes them.

    ``distances`` is a (candidates, candidates) table; one at exactly ``spacing`` is far enough.
    """
    table = np.asarray(distances)
    first, second = np.nonzero(np.triu((table < spacing) | (spacing > table.T), 1))
    return list(zip(first.tolist(), second.tolist(), strict=True))
