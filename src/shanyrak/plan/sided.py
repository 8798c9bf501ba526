"""Maximal covering whose choice is limited by more than a number: budget, conflicts, kinds of site at one place."""

from __future__ import annotations

from typing import Any, Unpack

import numpy as np

from shanyrak.core.errors import InvalidInput
from shanyrak.plan.result import Siting
from shanyrak.plan.task import read_cover
from shanyrak.plan.variants.choice import Options
from shanyrak.plan.variants.fair import covering_with_floors


def covering_with_sides(cover: Any, demand: Any, k: int | None, **options: Unpack[Options]) -> Siting:
    """Choose sites so that most demand is covered, as far as conflicts, places and a budget allow.

    Parameters
    ----------
    cover, demand : as in ``maximal_covering``
    k : at most so many new sites; None: as many as the budget pays
    **options : see ``Options``

    References
    ----------
    Khuller, Moss and Naor (1999), The budgeted maximum coverage problem, Information Processing Letters 70, 39-45,
    doi:10.1016/S0020-0190(99)00031-9.
    """
    cells, candidates = read_cover(cover)[2:]
    if k is None:
        if options.get("budget") is None:
            raise InvalidInput("neither a number of sites nor a budget is given", where="k", mend="Give one of them")
        taken = {*options.get("fixed", ()), *options.get("forbidden", ())}
        k = candidates - len(taken)
    nowhere = np.full(cells, -1, np.int64)
    return covering_with_floors(cover, demand, k, district=nowhere, floor=0.0, **options)
