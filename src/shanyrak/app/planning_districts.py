"""Which district each cell belongs to, for plans that look at the worst one.

From a file of outlines, else by the nearest district that the map names, else squares of about 2 km. A district
counts for "the worst" only where enough people live and the candidates could reach half of them: else a hamlet that
no choice can reach would decide everything.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import shapely

from shanyrak.area.area import Area
from shanyrak.area.boundary import features_of
from shanyrak.core.errors import InvalidInput
from shanyrak.core.units import IntArray, LongArray

NONE = -1
LEAST_PERMILLE = 5
"""A district with fewer of all people than this does not count for the worst one."""
_SQUARE_LON, _SQUARE_LAT = 0.028, 0.018


@dataclass(frozen=True, eq=False)
class Districts:
    """Names, and the district of each cell."""

    names: list[str]
    of_cell: IntArray
    """(cells,) -1: in none"""
    how: str
    """'file', 'map' or 'squares'"""

    def persons(self, milli: LongArray) -> LongArray:
        """(districts,) people of each [thousandths]."""
        some = self.of_cell >= 0
        out = np.zeros(len(self.names), np.int64)
        np.add.at(out, self.of_cell[some], milli[some])
        return out

    def counting(self, milli: LongArray, within_reach: npt.NDArray[np.bool_]) -> npt.NDArray[np.bool_]:
        """(districts,) which count for the worst one.

        Parameters
        ----------
        within_reach : (cells,) whether any candidate or existing point covers the cell
        """
        everyone = self.persons(milli)
        reachable = self.persons(np.where(within_reach, milli, 0))
        return (everyone * 1000 >= LEAST_PERMILLE * max(int(milli.sum()), 1)) & (2 * reachable >= everyone)


def districts_of(area: Area, file: Path | None) -> Districts:
    """Districts of an area.

    Raises
    ------
    InvalidInput
        The file cannot be used, or none of its outlines holds a cell.
    """
    if file is not None:
        return _outlined(area, file)
    names, places = _labels(area)
    return _nearest(area, names, places) if len(set(names)) > 1 else _squares(area)


def _outlined(area: Area, file: Path) -> Districts:
    names: list[str] = []
    of_cell = np.full(len(area.cell_lon), NONE, np.int32)
    points = shapely.points(area.cell_lon, area.cell_lat)
    for shape, properties in _outlines(file):
        inside = np.flatnonzero(shapely.contains(shape, points) & (of_cell == NONE))
        if len(inside):
            of_cell[inside] = len(names)
            names.append(str(properties.get("name") or properties.get("title") or len(names) + 1))
    if not names:
        raise InvalidInput("no cell lies in any of its outlines", where=f"--districts {file}", mend="Check the file")
    return Districts(names, of_cell, "file")


def _outlines(file: Path) -> list[tuple[Any, dict[str, Any]]]:
    out = []
    for shape, properties in features_of(file):
        if shape.geom_type in ("Polygon", "MultiPolygon") and not shape.is_empty:
            shapely.prepare(shape)
            out.append((shape, properties))
    if not out:
        raise InvalidInput("there is no outline in it", where=f"--districts {file}", mend="Give GeoJSON polygons")
    return out


def _labels(area: Area) -> tuple[list[str], npt.NDArray[np.float64]]:
    book = area.gazetteer
    rows = [at for at, kind in enumerate(book.kind) if kind == "district"]
    return [book.name[at] for at in rows], np.column_stack([book.lon[rows], book.lat[rows]])


def _nearest(area: Area, names: list[str], places: npt.NDArray[np.float64]) -> Districts:
    from scipy.spatial import cKDTree

    shrink = float(np.cos(np.radians(np.mean(area.cell_lat)))) if len(area.cell_lat) else 1.0
    tree = cKDTree(places * [shrink, 1.0])
    _, which = tree.query(np.column_stack([area.cell_lon * shrink, area.cell_lat]))
    known = sorted(set(names))
    number = np.array([known.index(name) for name in names], np.int32)
    return Districts(known, number[which].astype(np.int32), "map")


def _squares(area: Area) -> Districts:
    column = np.floor((area.cell_lon - area.cell_lon.min()) / _SQUARE_LON).astype(np.int64)
    row = np.floor((area.cell_lat.max() - area.cell_lat) / _SQUARE_LAT).astype(np.int64)
    found, which = np.unique(np.stack([row, column], axis=1), axis=0, return_inverse=True)
    names = [f"{_letters(int(r))}{int(c) + 1}" for r, c in found]
    return Districts(names, which.reshape(-1).astype(np.int32), "squares")


def _letters(row: int) -> str:
    """A, B, ... Z, AA, AB, ...: rows of a map from the north."""
    out = ""
    row += 1
    while row:
        row, rest = divmod(row - 1, 26)
        out = chr(ord("A") + rest) + out
    return out
