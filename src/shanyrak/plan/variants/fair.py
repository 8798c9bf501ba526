"""Fair covering: the worst district counts, or every district has its floor.

The first is the maximin of Rawls in siting (Marsh and Schilling 1994, European Journal of Operational Research
74(1), 1-17, doi:10.1016/0377-2217(94)90200-3); the second is maximal covering with a floor for each group.
"""

from __future__ import annotations

from typing import Any, Unpack

import numpy as np

from shanyrak.core.errors import InvalidInput
from shanyrak.core.units import LongArray
from shanyrak.plan.result import Siting
from shanyrak.plan.variants.cells import Cells, read_cells, read_share
from shanyrak.plan.variants.choice import Options, read_choice
from shanyrak.plan.variants.groups import SHARE, Groups
from shanyrak.plan.variants.program import whole_table
from shanyrak.plan.variants.solve import solve


def fair_covering(cover: Any, demand: Any, k: int, *, district: Any, **options: Unpack[Options]) -> Siting:
    """Choose k sites so that the district with the smallest share of its demand covered has as much as can be.

    Parameters
    ----------
    cover, demand, k : as in ``maximal_covering``
    district : (cells,) whole numbers from 0
        Which district each cell belongs to; -1: none, it does not count. Districts without demand do not count.
    **options : see ``Options``

    Returns
    -------
    Siting
        ``objective`` is the share, in whole millionths rounded down; ``allocation``: {"served": (cells,) bool,
        "reached": (districts,), "all": (districts,)}, demand in whole units.
    """
    cells = read_cells(cover, demand)
    weight = _by_district(cells, district)
    nothing = np.zeros(weight.shape[0], np.int64)
    problem = Groups(
        "fair_covering", cells, read_choice(cells.candidates, k, options), "least", weight, nothing, nothing
    )
    return solve(problem, options)


def covering_with_floors(
    cover: Any, demand: Any, k: int, *, district: Any, floor: Any, **options: Unpack[Options]
) -> Siting:
    """Choose k sites so that most demand is covered and every district has at least its share covered.

    Parameters
    ----------
    cover, demand, k : as in ``maximal_covering``
    district : (cells,) as in ``fair_covering``
    floor : from 0 to 1, one for all or (districts,), in whole millionths
    **options : see ``Options``

    Returns
    -------
    Siting
        ``allocation`` as in ``fair_covering``.

    Raises
    ------
    InvalidInput
        No k sites give every district its floor.
    """
    cells = read_cells(cover, demand)
    weight = _by_district(cells, district)
    need = needed(weight, floor, "floor")
    problem = Groups(
        "covering_with_floors", cells, read_choice(cells.candidates, k, options), "floors", weight, need, 0 * need
    )
    return solve(problem, options)


def needed(weight: Any, floor: Any, where: str) -> LongArray:
    """(groups,) the people that make up a share of each group, rounded up."""
    total = np.asarray(weight.sum(axis=1)).ravel().tolist()
    given = np.asarray(floor, np.float64)
    if given.shape not in ((), (len(total),)):
        raise InvalidInput(f"shares have shape {given.shape}, and there are {len(total)} groups", where=where)
    shares = [read_share(float(value), where, SHARE) for value in np.broadcast_to(given, (len(total),))]
    return np.array([-(-share * people // SHARE) for share, people in zip(shares, total, strict=True)], np.int64)


def _by_district(cells: Cells, district: Any) -> Any:
    given = np.asarray(district)
    if given.shape != (cells.count,) or given.dtype.kind not in "iu" or (given < -1).any():
        raise InvalidInput(
            f"districts are {cells.count} whole numbers from 0 (-1: none)", where="district", mend="Number them"
        )
    known = np.flatnonzero((given >= 0) & (cells.demand > 0))
    shape = (int(given.max(initial=-1)) + 1, cells.count)
    return whole_table((cells.demand[known], (given[known].astype(np.int64), known)), shape)
