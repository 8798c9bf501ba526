"""What a caller gave for a p-median or a p-center, checked once at the door."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np

from shanyrak.core.errors import InvalidInput
from shanyrak.core.units import BoolArray, IntArray, LongArray
from shanyrak.plan.distances import Distances, read_distances
from shanyrak.plan.result import StoppedBy
from shanyrak.plan.sides import Sides, read_sides
from shanyrak.plan.task import MOST_DEMAND, _indices, _whole_number, read_demand


class Stop(Exception):  # not an error: the way out of nested loops
    """The search ends, with its reason."""

    def __init__(self, reason: StoppedBy) -> None:
        self.reason = reason


@dataclass(frozen=True, eq=False)
class PointTask:
    """Demand points, candidates, distances and limits, everything in whole numbers."""

    distances: Distances
    demand: LongArray
    """(rows of the table,) in whole units"""
    demand_unit: int
    clients: LongArray
    """rows where somebody lives, ascending"""
    p: int
    """new sites, at most"""
    fixed: IntArray
    forbidden: IntArray
    """as given, ascending"""
    closed: BoolArray
    """(n,) forbidden, or excluded by a fixed site"""
    sides: Sides

    @property
    def candidates(self) -> int:
        """Number of candidates."""
        return self.distances.shape[1]

    @property
    def weight(self) -> LongArray:
        """(clients,) demand of the rows where somebody lives."""
        return self.demand[self.clients]

    @property
    def picks(self) -> int:
        """Sites in all, the fixed ones among them."""
        return self.p + len(self.fixed)

    @property
    def forced(self) -> BoolArray:
        """(n,) the fixed sites."""
        forced = np.zeros(self.candidates, bool)
        forced[self.fixed] = True
        return forced


def read_points(
    distances: Any,
    demand: Any,
    p: int | None,
    *,
    fixed: Iterable[int] = (),
    forbidden: Iterable[int] = (),
    conflicts: Iterable[Any] = (),
    places: Any = None,
    costs: Any = None,
    budget: float | None = None,
) -> PointTask:
    """Check and take what a caller gave (parameters as ``p_median``); InvalidInput says what is wrong."""
    table = read_distances(distances)
    rows, n = table.shape
    whole, unit = (np.ones(rows, np.int64), 1) if demand is None else read_demand(demand, rows)
    fixed_index = _indices(fixed, n, "fixed")
    forbidden_index = _indices(forbidden, n, "forbidden")
    both = np.intersect1d(fixed_index, forbidden_index)
    if len(both):
        raise InvalidInput(f"candidate {both[0]} is fixed and forbidden", where="forbidden", mend="Decide for one")
    sides, excluded = read_sides(n, fixed_index, conflicts=conflicts, places=places, costs=costs, budget=budget)
    closed = np.zeros(n, bool)
    closed[forbidden_index] = True
    closed[excluded] = True
    free = n - int(closed.sum()) - len(fixed_index)
    if p is None and budget is None:
        raise InvalidInput("nothing says how many sites are to be opened", where="p", mend="Give p, or a budget")
    count = free if p is None else _whole_number(p, "p")
    if count > free:
        raise InvalidInput(
            f"{count} sites are to be opened, and only {free} candidates may be chosen",
            where="p",
            mend="Ask for fewer sites or give more candidates",
        )
    clients = np.flatnonzero(whole > 0)
    if len(clients) and count + len(fixed_index) == 0:
        raise InvalidInput("with no site at all nobody has a distance", where="p", mend="Open one site at least")
    if float(whole.sum()) * (1 << 30) >= 4.0 * MOST_DEMAND:
        raise InvalidInput("all demand together is too large to be counted exactly", where="demand",
                           mend="Use a larger unit, such as persons instead of thousandths")  # fmt: skip
    return PointTask(table, whole, unit, clients, count, fixed_index, forbidden_index, closed, sides)
