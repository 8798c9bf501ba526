"""Who covers whom within a radius, for every kind of instance."""

from __future__ import annotations

from typing import Any

import numpy as np
import scipy.sparse as sp

from shanyrak.app.instances.instance import Instance
from shanyrak.core.errors import InvalidInput
from shanyrak.core.units import FloatArray
from shanyrak.plan.distances import block_rows

_STREAMED_SITES = 4000
"""Up to so many candidates customers are merged as they stream by."""


def cover_of(
    instance: Instance, radius: float | None, *, strict: bool, floor: bool, earth_radius_m: float,
    merge: bool = True,
) -> tuple[Any, Any, int | float]:  # fmt: skip
    """A cover matrix, the demand of its rows, and the demand that no candidate covers and that has no row.

    ``d <= radius`` is covered, or ``d < radius`` where strict. With ``merge`` rows may stand for several that the
    same candidates cover.
    """
    if instance.kind == "cover":
        if radius is not None:
            raise InvalidInput("a table of who covers whom knows no distance", where="--radius", mend="Leave it out")
        return instance.table, instance.demand, 0
    if radius is None:
        raise InvalidInput("nothing says how far a site reaches", where="--radius", mend="Give --radius R")
    if instance.kind == "distances":
        far = np.floor(instance.table) if floor else np.asarray(instance.table)
        return sp.csr_array(far < radius if strict else far <= radius), instance.demand, 0
    assert instance.places is not None and instance.sites is not None
    if instance.kind == "sphere":
        cover = sphere_cover(
            instance.places, instance.sites, radius, strict=strict, floor=floor, earth_radius_m=earth_radius_m
        )
        return cover, instance.demand, 0
    if floor:  # floor(d) <= R means d < floor(R) + 1, and floor(d) < R means d < ceil(R)
        radius, strict = (float(np.ceil(radius)) if strict else float(np.floor(radius)) + 1.0), True
    if merge and radius > 0 and len(instance.sites) <= _STREAMED_SITES:
        from shanyrak.plan.stream import covering_from_points

        merged = covering_from_points(
            _whole(instance.places), _whole(instance.sites), radius, demand=instance.demand, strict=strict
        )
        return merged.cover, merged.demand, merged.uncovered
    return plane_cover(instance.places, instance.sites, radius, strict=strict), instance.demand, 0


def _whole(places: FloatArray) -> Any:
    """Coordinates as whole numbers where all are, so that squares are exact."""
    whole = (places == np.rint(places)).all() and (np.abs(places) < 1 << 30).all()
    return places.astype(np.int64) if whole else places


def plane_cover(places: FloatArray, sites: FloatArray, radius: float, *, strict: bool) -> sp.csr_array:
    """(m, n) booleans: dx * dx + dy * dy <= radius * radius."""
    square = radius * radius

    def near(rows: FloatArray) -> Any:
        x, y = rows[:, None, 0] - sites[None, :, 0], rows[:, None, 1] - sites[None, :, 1]
        d = x * x + y * y
        return d < square if strict else d <= square

    return _blocks(places, len(sites), near)


def sphere_cover(
    places: FloatArray, sites: FloatArray, radius: float, *, strict: bool, floor: bool, earth_radius_m: float
) -> sp.csr_array:
    """(m, n) booleans by great circles in metres (haversine)."""
    there = np.radians(sites)

    def near(rows: FloatArray) -> Any:
        here = np.radians(rows)
        lat, lon = there[None, :, 1] - here[:, None, 1], there[None, :, 0] - here[:, None, 0]
        h = np.sin(lat / 2) ** 2 + np.cos(here[:, None, 1]) * np.cos(there[None, :, 1]) * np.sin(lon / 2) ** 2
        d = 2 * earth_radius_m * np.arcsin(np.sqrt(np.minimum(h, 1.0)))
        d = np.floor(d) if floor else d
        return d < radius if strict else d <= radius

    return _blocks(places, len(sites), near)


def _blocks(places: FloatArray, sites: int, near: Any) -> sp.csr_array:
    step = max(1, block_rows(sites) // 4)
    blocks = [sp.csr_array(near(places[begin : begin + step])) for begin in range(0, len(places), step)]
    return sp.csr_array(sp.vstack(blocks, format="csr"))
