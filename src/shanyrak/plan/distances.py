"""How far every demand point is from every candidate, in whole numbers, a block at a time.

    PlaneDistances     straight lines in a plane, from coordinates; rounded down where wanted
    SphereDistances    great circles, from longitude and latitude [degree], in metres
    MatrixDistances    whatever a table says: walking distances, costs, shortest paths of a graph

A distance of the caller is ``whole / unit``: unit is 1 where all distances are whole numbers already, else the
largest power of ten that keeps the longest one below 2^30, so that nine digits count. Whole numbers decide
(sums, bounds, radii), and a checker that computes the same distances finds the same whole numbers.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

from shanyrak.core.errors import InvalidInput
from shanyrak.core.units import EARTH_RADIUS_M, FloatArray, IntArray, LongArray

LONGEST = 1 << 30
"""Whole distances stay below, so that they fit 32 bits and differences too."""


class Distances(Protocol):
    """A table of whole distances that need not exist as a whole."""

    @property
    def shape(self) -> tuple[int, int]:
        """Demand points, candidates."""

    @property
    def unit(self) -> int:
        """Whole distances that make one of the caller's."""

    def rows(self, first: int, last: int) -> IntArray:
        """(last - first, candidates) distances of some demand points to all candidates."""

    def columns(self, sites: npt.NDArray[np.integer]) -> IntArray:
        """(len(sites), demand points) distances of all demand points to some candidates."""


def unit_for(longest: float, whole: bool) -> int:
    """Whole distances that make one of the caller's, where the longest is ``longest``."""
    if whole:
        return 1
    unit = 1
    while unit < 10**15 and longest * unit * 10 < LONGEST:
        unit *= 10
    return unit


def _whole(values: FloatArray, unit: int, floor: bool) -> IntArray:
    return (np.floor(values) if floor else np.rint(values * unit)).astype(np.int32)


def _points(values: Any, where: str) -> FloatArray:
    points = np.asarray(values, dtype=np.float64)
    if points.ndim != 2 or points.shape[1] != 2:
        raise InvalidInput(f"places have shape {points.shape}", where=where, mend="Give two numbers for each place")
    wrong = np.flatnonzero(~np.isfinite(points).all(axis=1))
    if len(wrong):
        raise InvalidInput(f"{len(wrong)} places are not numbers", where=f"{where}[{wrong[0]}]", mend="Leave them out")
    return points


@dataclass(frozen=True, eq=False)
class PlaneDistances:
    """Straight lines between (x, y): sqrt(dx^2 + dy^2) in double precision, then made whole."""

    demand: FloatArray
    """(m, 2)"""
    sites: FloatArray
    """(n, 2)"""
    floor: bool
    unit: int

    @staticmethod
    def of(demand: Any, sites: Any, *, floor: bool = False) -> PlaneDistances:
        """Distances between places given as (m, 2) and (n, 2); ``floor`` rounds them down to whole ones."""
        homes, points = _points(demand, "demand"), _points(sites, "sites")
        both = np.concatenate([homes, points]) if len(homes) + len(points) else np.zeros((1, 2))
        longest = float(np.hypot(*(both.max(axis=0) - both.min(axis=0))))
        if longest >= LONGEST:
            raise InvalidInput(f"places lie up to {longest:.3g} apart", where="x,y", mend="Use a larger unit")
        return PlaneDistances(homes, points, floor, unit_for(longest, floor))

    @property
    def shape(self) -> tuple[int, int]:
        """Demand points, candidates."""
        return len(self.demand), len(self.sites)

    def rows(self, first: int, last: int) -> IntArray:
        """Distances of some demand points to all candidates."""
        return self._between(self.demand[first:last], self.sites)

    def columns(self, sites: npt.NDArray[np.integer]) -> IntArray:
        """Distances of all demand points to some candidates."""
        return self._between(self.sites[sites], self.demand)

    def _between(self, here: FloatArray, there: FloatArray) -> IntArray:
        x = here[:, None, 0] - there[None, :, 0]
        y = here[:, None, 1] - there[None, :, 1]
        return _whole(np.sqrt(x * x + y * y), self.unit, self.floor)


@dataclass(frozen=True, eq=False)
class SphereDistances:
    """Great circles between (lon, lat) in degrees, in metres (haversine), then made whole."""

    demand: FloatArray
    """(m, 2) radians"""
    sites: FloatArray
    """(n, 2) radians"""
    radius_m: float
    floor: bool
    unit: int

    @staticmethod
    def of(demand: Any, sites: Any, *, floor: bool = False, radius_m: float = EARTH_RADIUS_M) -> SphereDistances:
        """Distances between places given as (lon, lat) [degree] on a sphere of ``radius_m``."""
        if not 0 < radius_m < LONGEST / np.pi:
            raise InvalidInput(f"no earth has a radius of {radius_m} m", where="radius", mend="Give metres above 0")
        homes, points = np.radians(_points(demand, "demand")), np.radians(_points(sites, "sites"))
        both = np.concatenate([homes, points]) if len(homes) + len(points) else np.zeros((1, 2))
        longest = radius_m * min(float((both.max(axis=0) - both.min(axis=0)).sum()), np.pi)
        return SphereDistances(homes, points, radius_m, floor, unit_for(longest, floor))

    @property
    def shape(self) -> tuple[int, int]:
        """Demand points, candidates."""
        return len(self.demand), len(self.sites)

    def rows(self, first: int, last: int) -> IntArray:
        """Distances of some demand points to all candidates."""
        return self._between(self.demand[first:last, None], self.sites[None])

    def columns(self, sites: npt.NDArray[np.integer]) -> IntArray:
        """Distances of all demand points to some candidates."""
        # demand first here too: a distance must not depend on the way it was asked for
        return np.ascontiguousarray(self._between(self.demand[:, None], self.sites[None, sites]).T)

    def _between(self, here: FloatArray, there: FloatArray) -> IntArray:
        lon, lat = there[..., 0] - here[..., 0], there[..., 1] - here[..., 1]
        h = np.sin(lat / 2) ** 2 + np.cos(here[..., 1]) * np.cos(there[..., 1]) * np.sin(lon / 2) ** 2
        return _whole(2 * self.radius_m * np.arcsin(np.sqrt(np.minimum(h, 1.0))), self.unit, self.floor)


@dataclass(frozen=True, eq=False)
class MatrixDistances:
    """A table of whole distances in memory."""

    table: IntArray
    """(m, n)"""
    unit: int = 1

    @staticmethod
    def of(values: Any) -> MatrixDistances:
        """A table of numbers, demand by candidate, 0 or more.

        Raises
        ------
        InvalidInput
            A number is negative or missing (a pair without a way has no distance: leave it out or say how far it
            counts), or the table has another form.
        """
        table = np.asarray(values)
        if table.ndim != 2 or table.dtype.kind not in "iuf":
            raise InvalidInput(
                f"a table of distances has two dimensions of numbers, not {table.ndim} of {table.dtype}",
                where="distances",
                mend="Give demand x candidate",
            )
        odd = ~(table >= 0) | (table == np.inf)
        if odd.any():
            row, column = (int(i) for i in np.argwhere(odd)[0])
            raise InvalidInput(
                f"{int(odd.sum())} distances are negative, infinite or missing; the first is {table[row, column]}",
                where=f"distances[{row}, {column}]",
                mend="Say how far a pair without a way counts, or leave that demand out",
            )
        longest = float(table.max(initial=0))
        whole = bool(table.dtype.kind in "iu" or (table == np.rint(table)).all())
        if longest >= LONGEST:
            raise InvalidInput(f"a distance of {longest:.4g} is too long", where="distances", mend="Use a larger unit")
        unit = unit_for(longest, whole)
        return MatrixDistances(np.ascontiguousarray(_whole(table.astype(np.float64), unit, False)), unit)

    @property
    def shape(self) -> tuple[int, int]:
        """Demand points, candidates."""
        return self.table.shape[0], self.table.shape[1]

    def rows(self, first: int, last: int) -> IntArray:
        """Distances of some demand points to all candidates."""
        return self.table[first:last]

    def columns(self, sites: npt.NDArray[np.integer]) -> IntArray:
        """Distances of all demand points to some candidates."""
        return np.ascontiguousarray(self.table[:, sites].T)


def read_distances(distances: Any) -> Distances:
    """What a caller gave as distances: one of these classes, or a table of numbers."""
    if isinstance(distances, PlaneDistances | SphereDistances | MatrixDistances):
        return distances
    return MatrixDistances.of(distances)


def block_rows(candidates: int) -> int:
    """So many demand points make a block of some 16 MB."""
    return max(1, (1 << 22) // max(candidates, 1))


def nearest(distances: Distances, sites: npt.NDArray[np.integer]) -> tuple[LongArray, IntArray]:
    """(m,) the nearest of some candidates (the earlier in ``sites`` where two are as near), and how far it is."""
    m = distances.shape[0]
    which, far = np.full(m, -1, np.int64), np.full(m, np.iinfo(np.int32).max, np.int32)
    step = max(1, (1 << 22) // max(m, 1))
    for begin in range(0, len(sites), step):
        some = sites[begin : begin + step]
        table = distances.columns(some)
        best = table.argmin(axis=0)
        away = table[best, np.arange(m)]
        nearer = away < far
        which[nearer], far[nearer] = some[best[nearer]], away[nearer]
    return which, far
