"""Places that somebody lists: permitted rooms, points that stand already, things to be near to or away from."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from shanyrak.area.boundary import features_of, shapes_of
from shanyrak.area.door import LAT, LON, Faults, missing_columns, read_bytes, read_table
from shanyrak.area.metric import in_box, mercator, true_metres, wider_box
from shanyrak.area.people_table import refuse_if_elsewhere
from shanyrak.area.snap import FARTHEST_M, snap
from shanyrak.area.tables import Candidates
from shanyrak.core.errors import InvalidInput
from shanyrak.core.units import FloatArray, e7_to_degrees
from shanyrak.walk.graph import Places, WalkGraph

NAME = ("name", "title", "назва", "название", "address", "адреса", "адрес", "site", "id")
_EXAMPLE = "lon,lat,name"
Role = Literal["list", "existing"]


@dataclass(frozen=True)
class LeftOut:
    """A listed place that lies outside the area."""

    name: str
    lon: float
    lat: float
    why: str


@dataclass(frozen=True, eq=False)
class Sites:
    """Listed places that lie in the area, tied to the streets, and those that do not."""

    candidates: Candidates
    places: Places
    left_out: tuple[LeftOut, ...]

    @property
    def notes(self) -> tuple[str, ...]:
        """What was left out, named."""
        return tuple(f"{gone.name} ({gone.lon:.5f}, {gone.lat:.5f}) is left out: {gone.why}" for gone in self.left_out)


def read_sites(path: Path, graph: WalkGraph, *, kind: Role = "list") -> Sites:
    """Places of a file: GeoJSON points, or CSV ``lon,lat[,name]``.

    Parameters
    ----------
    path : Path
    graph : WalkGraph
        Of the area. Places outside its box, or farther than 500 m from every street, are left out and named.
    kind : 'list' or 'existing'
        Rooms that may be used ('permitted'), or points that stand already.

    Returns
    -------
    Sites
        Ids are x1, x2 ... (existing points: e1, e2 ...) by the row of the file; left-out rows keep their number.

    Raises
    ------
    InvalidInput
        The file cannot be used, or no permitted room in it lies in the area. (Existing points may all lie elsewhere.)
    """
    if is_geojson(path):
        lon, lat, names = _points(path)
    else:
        lon, lat, names = _rows(path)
    west, south, east, north = wider_box(graph_box(graph), FARTHEST_M)
    refuse_if_elsewhere(lon, lat, (west, south, east, north), path, allow_none=kind == "existing")
    inside = in_box(lon, lat, (west, south, east, north))
    places = snap(graph, lon, lat)
    left_out: list[LeftOut] = []
    for i in np.flatnonzero(~inside | (places.edge < 0)).tolist():
        why = "more than 500 m from any street" if inside[i] else "outside the area"
        left_out.append(LeftOut(names[i] or f"row {i + 1}", float(lon[i]), float(lat[i]), why))
    kept = np.flatnonzero(inside & (places.edge >= 0))
    if not len(kept) and kind == "list":
        raise InvalidInput("every place in it is more than 500 m from any street", where=str(path),
                           mend="Check the positions")  # fmt: skip
    count = len(kept)
    letter = "x" if kind == "list" else "e"
    return Sites(
        Candidates(
            tuple(f"{letter}{i + 1}" for i in kept.tolist()), lon[kept], lat[kept], (kind,) * count,
            tuple(names[i] for i in kept.tolist()), tuple("own" if names[i] else "nothing" for i in kept.tolist()),
            (kind,) * count, ("permitted",) * count,
        ),
        places.take(kept),
        tuple(left_out),
    )  # fmt: skip


class Shapes:
    """Things of any shape that sites should be near to or away from."""

    def __init__(self, shapes: list[BaseGeometry]) -> None:
        on_map = shapely.transform(np.asarray(shapes, object), lambda xy: np.column_stack(mercator(xy[:, 0], xy[:, 1])))
        self._tree = shapely.STRtree(on_map)

    def __len__(self) -> int:
        return len(self._tree.geometries)

    def distance_m(self, lon: FloatArray, lat: FloatArray) -> FloatArray:
        """Straight distance [m] from each point to the nearest shape; 0 inside an area."""
        lat = np.asarray(lat, np.float64)
        x, y = mercator(lon, lat)
        point, gap = self._tree.query_nearest(shapely.points(x, y), all_matches=False, return_distance=True)
        out = np.full(len(lat), np.inf)
        out[point[0]] = gap
        return out * true_metres(lat)


def read_shapes(path: Path) -> Shapes:
    """Shapes of a file: any GeoJSON geometry, or CSV ``lon,lat``.

    Raises
    ------
    InvalidInput
        The file cannot be used or holds nothing.
    """
    if is_geojson(path):
        shapes = [shape for shape in shapes_of(path) if not shape.is_empty]
        if not shapes:
            raise InvalidInput("there is no geometry in it", where=str(path), mend="Give at least one")
        return Shapes(shapes)
    lon, lat, _ = _rows(path)
    return Shapes([shapely.Point(x, y) for x, y in zip(lon.tolist(), lat.tolist(), strict=True)])


def is_geojson(path: Path) -> bool:
    """A file whose first sign is a brace is JSON, whatever it is called."""
    return read_bytes(path)[:64].lstrip(b"\xef\xbb\xbf \t\r\n").startswith((b"{", b"["))


def graph_box(graph: WalkGraph) -> tuple[float, float, float, float]:
    """west, south, east, north [degree] of everything that can be walked."""
    lon, lat = e7_to_degrees(graph.shape_lon_e7), e7_to_degrees(graph.shape_lat_e7)
    return float(lon.min()), float(lat.min()), float(lon.max()), float(lat.max())


def _points(path: Path) -> tuple[FloatArray, FloatArray, list[str]]:
    faults = Faults(str(path), "Give points, one per place")
    lon: list[float] = []
    lat: list[float] = []
    names: list[str] = []
    for number, (shape, properties) in enumerate(features_of(path), 1):
        if shape.geom_type != "Point" or shape.is_empty:
            faults.add(f"feature {number} is {'empty' if shape.is_empty else f'a {shape.geom_type}'}, not a point")
            continue
        lower = {str(key).strip().lower(): value for key, value in properties.items()}
        given = next((lower[key] for key in NAME if lower.get(key) not in (None, "")), "")
        lon.append(float(shapely.get_x(shape)))
        lat.append(float(shapely.get_y(shape)))
        names.append(str(given).strip())
    faults.refuse_if_any()
    if not lon:
        raise InvalidInput("there is no point in it", where=str(path), mend="Give points, one per place")
    return np.asarray(lon), np.asarray(lat), names


def _rows(path: Path) -> tuple[FloatArray, FloatArray, list[str]]:
    table = read_table(path)
    lon_column, lat_column, name_column = table.find(LON), table.find(LAT), table.find(NAME)
    if lon_column is None or lat_column is None:
        wanted = [name for name, found in (("lon", lon_column), ("lat", lat_column)) if found is None]
        raise missing_columns(table, wanted, _EXAMPLE)
    faults = Faults(str(path), "Mend these rows, or drop them")
    lon = np.asarray(table.numbers(lon_column, faults, least=-180, most=180))
    lat = np.asarray(table.numbers(lat_column, faults, least=-180, most=180))
    for row, value in zip(table.rows, lat.tolist(), strict=True):
        if abs(value) > 90:
            faults.add(f"row {row}, column {lat_column!r}: {value:g} is no latitude (are lon and lat swapped?)")
    faults.refuse_if_any()
    return lon, lat, table.columns[name_column] if name_column else [""] * len(lon)
