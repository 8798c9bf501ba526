"""The line inside which people and candidate sites count."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from shanyrak.area.door import read_text
from shanyrak.core.errors import InvalidInput
from shanyrak.core.units import BoolArray, FloatArray

_MEND = "Give a GeoJSON Polygon or MultiPolygon in degrees (lon, lat)"


class Boundary:
    """A polygon or several; the line itself belongs to the inside."""

    def __init__(self, shape: BaseGeometry, name: str = "boundary") -> None:
        self.shape = shape
        self.name = name
        shapely.prepare(shape)

    @property
    def box(self) -> tuple[float, float, float, float]:
        """west, south, east, north [degree]."""
        west, south, east, north = self.shape.bounds
        return west, south, east, north

    def contains(self, lon: FloatArray, lat: FloatArray) -> BoolArray:
        """Which points lie inside or on the line."""
        return np.asarray(shapely.intersects_xy(self.shape, lon, lat), bool)


def read_boundary(path: Path, box: tuple[float, float, float, float]) -> Boundary:
    """A boundary from GeoJSON: a Polygon, MultiPolygon, Feature or FeatureCollection of those.

    Parameters
    ----------
    path : Path
    box : (west, south, east, north) [degree]
        Of the area; the boundary must meet it.

    Raises
    ------
    InvalidInput
        Not GeoJSON, another geometry, another coordinate system, empty, or elsewhere in the world.
    """
    parts = [part for part in shapes_of(path) if not part.is_empty]
    for part in parts:
        if part.geom_type not in ("Polygon", "MultiPolygon"):
            raise InvalidInput(f"a boundary cannot be a {part.geom_type}", where=str(path), mend=_MEND)
    if not parts:
        raise InvalidInput("there is no polygon in it", where=str(path), mend=_MEND)
    shape = shapely.union_all(shapely.make_valid(np.asarray(parts, object)))
    shape = shapely.union_all(
        [g for g in getattr(shape, "geoms", [shape]) if g.geom_type in ("Polygon", "MultiPolygon")]
    )
    if shape.is_empty or shape.area == 0:
        raise InvalidInput("the boundary encloses nothing", where=str(path), mend=_MEND)
    area = shapely.box(*box)
    if not shape.intersects(area):
        swapped = shapely.transform(shape, lambda xy: xy[:, ::-1])
        if swapped.intersects(area):
            raise InvalidInput("lon and lat are swapped", where=str(path), mend="GeoJSON has lon first, then lat")
        raise InvalidInput(
            f"the boundary ({_box_text(shape.bounds)}) does not meet the area ({_box_text(box)})",
            where=str(path),
            mend="Give the boundary of this town, in degrees",
        )
    return Boundary(shape, path.name)


def shapes_of(path: Path) -> list[BaseGeometry]:
    """Every geometry of a GeoJSON file, in its order (WGS 84).

    Raises
    ------
    InvalidInput
        Not GeoJSON, coordinates that are no degrees, or another coordinate system.
    """
    return [shape for shape, _ in features_of(path)]


def features_of(path: Path) -> list[tuple[BaseGeometry, dict[str, Any]]]:
    """Every geometry of a GeoJSON file with the properties of its feature; see ``shapes_of``."""
    try:
        content = json.loads(read_text(path))
    except (ValueError, RecursionError) as error:
        if isinstance(error, InvalidInput):
            raise
        raise InvalidInput(f"this is not GeoJSON ({error})", where=str(path), mend=_MEND) from error
    if not isinstance(content, dict):
        raise InvalidInput("this is not GeoJSON (no object)", where=str(path), mend=_MEND)
    _refuse_other_crs(content, path)
    kind = content.get("type")
    if kind == "FeatureCollection":
        features = content.get("features")
        if not isinstance(features, list):
            raise InvalidInput("'features' is missing", where=str(path), mend=_MEND)
    elif kind == "Feature":
        features = [content]
    else:
        features = [{"type": "Feature", "geometry": content}]
    return [found for number, feature in enumerate(features, 1) if (found := _feature(feature, number, path))]


def _feature(feature: Any, number: int, path: Path) -> tuple[BaseGeometry, dict[str, Any]] | None:
    where = f"{path}, feature {number}"
    if not isinstance(feature, dict):
        raise InvalidInput("this is not a feature", where=where, mend=_MEND)
    geometry = feature.get("geometry")
    if geometry is None:
        return None  # RFC 7946, 3.2: a feature that lies nowhere
    try:
        shape = shapely.from_geojson(json.dumps(geometry))
    except (shapely.errors.GEOSException, ValueError, TypeError) as error:
        reason = str(error).splitlines()[0]
        raise InvalidInput(f"the geometry cannot be read ({reason})", where=where, mend=_MEND) from error
    if shape is None:
        raise InvalidInput("the geometry cannot be read", where=where, mend=_MEND)
    shape = shapely.force_2d(shape)
    xy = shapely.get_coordinates(shape)
    if len(xy) and not (np.isfinite(xy).all() and (np.abs(xy[:, 0]) <= 180).all() and (np.abs(xy[:, 1]) <= 90).all()):
        raise InvalidInput("the coordinates are not degrees (lon within 180, lat within 90)", where=where,
                           mend="Write it in WGS 84 (EPSG:4326), lon first")  # fmt: skip
    properties = feature.get("properties")
    return shape, properties if isinstance(properties, dict) else {}


def _refuse_other_crs(content: dict[str, Any], path: Path) -> None:
    """GeoJSON of 2008 could name another coordinate system; today it is always WGS 84 (RFC 7946, 4)."""
    crs = content.get("crs")
    if not crs:
        return
    properties = crs.get("properties") if isinstance(crs, dict) else None
    name = str(properties.get("name", crs) if isinstance(properties, dict) else crs)
    if not name.upper().replace("::", ":").endswith(("CRS84", "EPSG:4326")):
        raise InvalidInput(f"the coordinates are in {name}", where=str(path), mend="Write it in WGS 84 (EPSG:4326)")


def _box_text(box: tuple[float, ...]) -> str:
    return ", ".join(f"{value:.3f}" for value in box)
