"""What limits the sites of a solved instance beside their number: a budget and a minimum spacing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from shanyrak.app.instances import Instance
from shanyrak.app.instances.instance import whole_where_whole
from shanyrak.core.errors import InvalidInput
from shanyrak.plan.distances import Distances, PlaneDistances, SphereDistances, block_rows

if TYPE_CHECKING:
    from shanyrak.app.solving import SolveRequest


def limits_of(request: SolveRequest, instance: Instance) -> dict[str, Any]:
    """Arguments of a model for what was asked; nothing where nothing was.

    Raises
    ------
    InvalidInput
        The instance does not say what sites cost, or where they are.
    """
    limits: dict[str, Any] = {}
    if request.budget is not None or request.cheapest:
        limits["costs"] = costs_of(request, instance)
    if request.budget is not None:
        whole = request.budget == int(request.budget)
        limits["budget"] = int(request.budget) if whole else request.budget
    if request.spacing is not None:
        limits["conflicts"] = too_near(request, instance, request.spacing)
    return limits


def costs_of(request: SolveRequest, instance: Instance) -> Any:
    """(n,) what each candidate costs."""
    if instance.cost is None:
        raise InvalidInput(
            "nothing says what a site costs", where=str(request.candidates or request.file), mend="Add a column `cost`"
        )
    return whole_where_whole(np.asarray(instance.cost, np.float64))


def too_near(request: SolveRequest, instance: Instance, spacing: float) -> list[tuple[int, int]]:
    """Pairs of candidates nearer to each other than ``spacing`` (what is exactly so far apart is far enough)."""
    sites = instance.sites
    if sites is None:
        raise InvalidInput("a table does not say how far candidates are from each other", where="--spacing",
                           mend="Give places")  # fmt: skip
    distances: Distances
    if instance.kind == "sphere":
        distances = SphereDistances.of(sites, sites, floor=request.floor, radius_m=request.earth_radius_m)
    else:
        distances = PlaneDistances.of(sites, sites, floor=request.floor)
    pairs: list[tuple[int, int]] = []
    step = block_rows(len(sites))
    for begin in range(0, len(sites), step):
        near = distances.rows(begin, min(begin + step, len(sites))) < spacing * distances.unit
        first, second = np.nonzero(near)
        first += begin
        later = second > first
        pairs += list(zip(first[later].tolist(), second[later].tolist(), strict=True))
    return pairs
