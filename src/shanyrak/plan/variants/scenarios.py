"""Several blackouts at once: what is out differs, the sites do not.

Mean, worst case (Serra and Marianov 1998, Location Science 6, doi:10.1016/S0966-8349(98)00037-6), or how likely it
is that a given share is reached (Daskin, Hesse and ReVelle 1997, Location Science 5(4), 227-246).
"""

from __future__ import annotations

from typing import Any, Literal, Unpack

import numpy as np
import scipy.sparse as sp

from shanyrak.core.errors import InvalidInput
from shanyrak.core.units import LongArray
from shanyrak.plan.result import Siting
from shanyrak.plan.task import read_cover, read_demand
from shanyrak.plan.variants.cells import Cells, read_cells
from shanyrak.plan.variants.choice import Options, read_choice
from shanyrak.plan.variants.fair import needed
from shanyrak.plan.variants.groups import SHARE, Groups
from shanyrak.plan.variants.solve import solve


def scenario_covering(
    cover: Any,
    demand: Any,
    k: int,
    *,
    aim: Literal["mean", "worst", "likely"] = "mean",
    likelihood: Any = None,
    share: float | None = None,
    **options: Unpack[Options],
) -> Siting:
    """Choose k sites that do well in several scenarios.

    Parameters
    ----------
    cover : as in ``maximal_covering``, or one for each scenario
    demand : (scenarios, cells) as in ``maximal_covering``
    aim : "mean": most expected demand; "worst": the largest share in the worst scenario; "likely": the largest
        probability that at least ``share`` of a scenario's demand is covered
    likelihood : (scenarios,) probabilities, together 1, in whole millionths; all alike unless given
    share : from 0 to 1, with "likely" only
    **options : see ``Options``

    Returns
    -------
    Siting
        ``objective``: demand ("mean"), a share ("worst") or a probability ("likely"); ``allocation``: {"served":
        (cells,) bool, or (scenarios x cells,) where each has its own cover, "reached": (scenarios,), "all":
        (scenarios,)} in whole units.
    """
    table = np.asarray(demand)
    if table.ndim != 2 or len(table) == 0:
        raise InvalidInput("demand has a row for each scenario and a column for each cell", where="demand")
    count, size = table.shape
    whole, unit = read_demand(table.ravel(), table.size)
    people = whole.reshape(count, size)
    probability = likelihoods(count, likelihood)
    if isinstance(cover, list | tuple) and all(sp.issparse(one) or np.ndim(one) == 2 for one in cover):
        if len(cover) != count:
            raise InvalidInput(f"{len(cover)} covers for {count} scenarios", where="cover")
        every = [read_cover(one) for one in cover]
        if len({(one[2], one[3]) for one in every}) > 1 or every[0][2] != size:
            raise InvalidInput("every scenario's cover is cells x candidates, all alike", where="cover")
        ends = np.cumsum([0] + [len(one[1]) for one in every])
        ptr = np.concatenate([[0], *(one[0][1:] + start for one, start in zip(every, ends[:-1], strict=True))])
        column = np.concatenate([one[1] for one in every])
        cells = Cells(ptr, column, every[0][3], np.zeros(count * size, np.int64), unit)
        group = np.arange(count * size) // size
        weight = sp.csr_array((people.ravel(), (group, np.arange(count * size))), shape=(count, count * size))
    else:
        cells = read_cells(cover, np.zeros(size, np.int64))
        weight = sp.csr_array(people)
    weight = sp.csr_array(weight.astype(np.int64))
    weight.eliminate_zeros()
    mean = np.asarray(weight.T @ probability).astype(np.int64)
    cells = Cells(cells.row_ptr, cells.row_col, cells.candidates, mean if aim == "mean" else 0 * mean, unit)
    choice = read_choice(cells.candidates, k, options)
    if (aim == "likely") != (share is not None):
        raise InvalidInput("a share belongs to the aim 'likely', and to no other", where="share")
    if aim == "mean":
        if int(people.sum(axis=1).max()) >= 1 << 32:
            raise InvalidInput("all demand cannot be counted exactly", where="demand", mend="Use a larger unit")
        return solve(
            Groups("scenario_covering", cells, choice, "total", weight, 0 * probability, probability, SHARE), options
        )
    if aim == "worst":
        return solve(Groups("scenario_covering", cells, choice, "least", weight, 0 * probability, probability), options)
    if aim != "likely":
        raise InvalidInput(f"{aim!r} is no aim", where="aim", mend="Say mean, worst or likely")
    need = needed(weight, share, "share")
    return solve(Groups("scenario_covering", cells, choice, "level", weight, need, probability), options)


def likelihoods(count: int, given: Any = None) -> LongArray:
    """Whole millionths that make one, the first scenarios getting what rounding left; all alike unless given."""
    values = np.full(count, 1.0 / count) if given is None else np.asarray(given, np.float64)
    if values.shape != (count,) or not (values >= 0).all() or abs(float(values.sum()) - 1.0) > 1e-6:
        raise InvalidInput(f"probabilities are {count} numbers, together 1", where="likelihood")
    whole = np.floor(values * SHARE + 1e-6).astype(np.int64)
    whole[: SHARE - int(whole.sum())] += 1
    return whole
