"""What pages know of the ways on foot: minutes where a walk table says so, else the straight line, and which it is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil
from typing import Protocol

import numpy as np

from shanyrak.core.units import FloatArray

Way = tuple[int, int]
"""(index among the table's points, half-minutes on foot)."""
_EARTH_M = 6_371_008.8
NEAR_CELL_M = 400
"""A named place farther than this from every cell has no cell that may speak for it."""


class Walks(Protocol):
    """The walk table of one profile, as ``walk.table_answers.Table`` gives it."""

    @property
    def ids(self) -> Sequence[str]:
        """Its points."""

    def nearest_cell(self, lon: float, lat: float) -> tuple[int, int] | None:
        """(cell, metres) [degree]."""

    def walks_from(self, cell: int) -> Sequence[Way]:
        """The nearest points of a cell, ascending."""

    def between(self, point: int) -> Sequence[Way]:
        """From a point of the table to its nearest others, ascending."""


@dataclass(frozen=True, slots=True)
class Leg:
    """How far it is to a point: minutes where a table says so, else metres."""

    point: str
    minutes: int | None
    """Whole, rounded up."""
    metres: int | None
    """Straight line, rounded up to tens."""


def line_m(lon: float, lat: float, lons: FloatArray, lats: FloatArray) -> FloatArray:
    """Metres of straight line from one place to many; of a town's size, so on a plane."""
    east = np.radians(lons - lon) * np.cos(np.radians(lat))
    north = np.radians(lats - lat)
    found: FloatArray = np.hypot(east, north) * _EARTH_M
    return found


class Nearest:
    """The points nearest to a place, by table where it knows them and by straight line where it does not.

    Parameters
    ----------
    ids, lons, lats : the public points, in one order; degrees
    walks : the table, or None where there is none
    last : points that come after the others however near they are: said to be shut or not open yet
    """

    def __init__(
        self, ids: Sequence[str], lons: FloatArray, lats: FloatArray, walks: Walks | None, last: frozenset[str]
    ) -> None:
        self._ids = list(ids)
        self._lons, self._lats = lons, lats
        self._walks = walks
        self._names: Sequence[str] = walks.ids if walks else ()
        self._index = {one: i for i, one in enumerate(self._names)}
        self._public = {one: (float(lons[i]), float(lats[i])) for i, one in enumerate(ids)}
        self._last = last

    def to_named(self, lon: float, lat: float, most: int) -> list[Leg]:
        """From a named place [degree]."""
        cell = self._walks.nearest_cell(lon, lat) if self._walks else None
        ways: Sequence[Way] | None = None
        if self._walks and cell is not None and cell[1] <= NEAR_CELL_M:
            ways = self._walks.walks_from(cell[0])
        return self._choose(ways, lon, lat, most, "")

    def to_point(self, point: str, most: int) -> list[Leg]:
        """From another point."""
        index = self._index.get(point)
        ways = self._walks.between(index) if self._walks and index is not None else None
        return self._choose(ways, *self._public[point], most, point)

    def _choose(self, ways: Sequence[Way] | None, lon: float, lat: float, most: int, itself: str) -> list[Leg]:
        known: dict[str, int] = {}
        for index, half_min in ways or ():
            one = self._names[index]
            if one in self._public and one != itself:
                known[one] = min(half_min, known.get(one, half_min))
        found: list[tuple[bool, float, str, int | None, float | None]] = [
            (one in self._last, half_min, one, half_min, None) for one, half_min in known.items()
        ]
        metres = line_m(lon, lat, self._lons, self._lats)
        spare = {False: most + 1, True: most + 1}  # of those that come first, and of those that come after them
        for i in np.argsort(metres, kind="stable").tolist():
            one = self._ids[i]
            # A point of the table that no way leads to is too far on foot, or one of many that are nearer.
            if one == itself or one in known or (ways and one in self._index):
                continue
            # Sorted among the minutes as a walk of 1.4 times the line at 4.5 km/h would be; shown as metres.
            is_last = one in self._last
            if spare[is_last]:
                found.append((is_last, float(metres[i]) * 1.4 / 37.5, one, None, float(metres[i])))
                spare[is_last] -= 1
            if not spare[False]:
                break
        found.sort(key=lambda leg: leg[:3])
        return [
            Leg(one, None if half is None else (half + 1) // 2, None if m is None else ceil(m / 10) * 10)
            for _, _, one, half, m in found[:most]
        ]
