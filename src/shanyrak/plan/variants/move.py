"""Existing points relocated at a cost: which stay, which go, and where to.

Relocation of a covering system (Wang, Batta, Bhadury and Rump 2003, Computers & Operations Research 30(10),
1419-1433, doi:10.1016/S0305-0548(02)00086-0): closing an existing point and opening another each have a price.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any, Unpack

import numpy as np

from shanyrak.core.errors import InvalidInput
from shanyrak.plan.result import Siting
from shanyrak.plan.task import _indices, _whole_number
from shanyrak.plan.variants.cells import read_cells
from shanyrak.plan.variants.choice import Options, read_choice
from shanyrak.plan.variants.groups import Groups
from shanyrak.plan.variants.solve import solve


def moved_covering(
    cover: Any,
    demand: Any,
    existing: Iterable[int],
    *,
    spend: int,
    new: int = 0,
    closing: Any = None,
    opening: Any = 0,
    **options: Unpack[Options],
) -> Siting:
    """Move existing points, within a budget, so that most demand is covered.

    Parameters
    ----------
    cover, demand : as in ``maximal_covering``
    existing : columns
        Points that stand now. Each may stay or go.
    spend : whole number
        What all that is closed and opened may cost. As ``closing`` costs 1 each and ``opening`` nothing unless
        given, it is then the number of points that may move.
    new : int
        How many points more than now there may be.
    closing : (existing,) whole numbers, in the order of the columns, or one for all
    opening : (candidates,) whole numbers, or one for all
    **options : see ``Options``; ``costs``, ``budget`` and ``fixed`` are refused here

    Returns
    -------
    Siting
        ``sites``: all points afterwards, those that stay among them; ``allocation``: {"stay", "close", "open"},
        columns ascending, and "spent".
    """
    if options.get("costs") is not None or options.get("budget") is not None or options.get("fixed"):
        raise InvalidInput("existing points and their costs are given as such", where="existing")
    cells = read_cells(cover, demand)
    n = cells.candidates
    now = _indices(existing, n, "existing")
    price = np.zeros(n, np.int64)
    price[:] = opening
    away = np.zeros(len(now), np.int64)
    away[:] = 1 if closing is None else closing
    if (price < 0).any() or (away < 0).any():
        raise InvalidInput("a cost is 0 or more", where="closing", mend="Give what it costs")
    limit = _whole_number(spend, "spend")
    choice = read_choice(n, len(now) + _whole_number(new, "new"), options)
    if np.isin(now, choice.forbidden).any():
        raise InvalidInput("an existing point is forbidden", where="forbidden", mend="Leave it away from existing")
    price[now] = -away
    choice = replace(choice, costs=price, budget=limit - int(away.sum()))
    nothing = np.zeros(0, np.int64)
    problem = _Move("moved_covering", cells, choice, "total", _no_groups(cells.count), nothing, nothing)
    problem.existing = now
    return solve(problem, options)


def _no_groups(cells: int) -> Any:
    import scipy.sparse as sp

    return sp.csr_array((0, cells), dtype=np.int64)


class _Move(Groups):
    existing: Any

    def allocation(self, sites: Any) -> Any:
        assert self.choice.budget is not None and self.choice.costs is not None
        away = -int(self.choice.costs[self.existing].sum())
        return {
            "stay": np.intersect1d(self.existing, sites),
            "close": np.setdiff1d(self.existing, sites),
            "open": np.setdiff1d(sites, self.existing),
            "spent": self.choice.spent(sites) + away,
        }
