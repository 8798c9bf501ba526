"""Tables out of GeoJSON: one feature is one row, numbered from 1."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import shapely

from shanyrak.app.lists.table import Row, Table, clean
from shanyrak.area.door import read_text
from shanyrak.core.errors import InvalidInput

LON, LAT = "lon", "lat"
_MEND = "Give a FeatureCollection of points with properties"


def read(path: Path) -> Table:
    """Properties as cells, and the point as columns 'lon' and 'lat'; of a shape, a point inside it.

    A feature that lies nowhere is a row without a position; one whose geometry cannot be read has coordinates
    that are refused later, by row.
    """
    try:
        content = json.loads(read_text(path))
    except (ValueError, RecursionError) as error:
        if isinstance(error, InvalidInput):
            raise
        raise InvalidInput(f"this is not GeoJSON ({error})", where=str(path), mend=_MEND) from error
    features = content.get("features") if isinstance(content, dict) else None
    if isinstance(content, dict) and content.get("type") == "Feature":
        features = [content]
    if not isinstance(features, list):
        raise InvalidInput("this is not GeoJSON (no features)", where=str(path), mend=_MEND)
    _refuse_other_crs(content, path)
    rows: list[Row] = []
    for number, feature in enumerate(features, 1):
        if not isinstance(feature, dict):
            raise InvalidInput("this is not a feature", where=f"{path}, feature {number}", mend=_MEND)
        properties = feature.get("properties")
        cells = {
            clean(str(key)): value
            for key, given in (properties if isinstance(properties, dict) else {}).items()
            if (value := _value(given)) is not None and clean(str(key))
        }
        cells.update(_position(feature.get("geometry")))
        if cells:
            rows.append(Row(number, cells))
    headers = dict.fromkeys(header for row in rows for header in row.cells)
    return Table(path, tuple(headers), tuple(rows), encoding="utf-8")


def _value(given: Any) -> str | int | float | None:
    if given is None or (isinstance(given, str) and not clean(given)):
        return None
    if isinstance(given, bool):
        return "true" if given else "false"
    if isinstance(given, str | int | float):
        return given
    if isinstance(given, list) and all(isinstance(item, str | int) for item in given):
        return ", ".join(str(item) for item in given) or None
    return json.dumps(given, ensure_ascii=False)


def _position(geometry: Any) -> dict[str, str | int | float]:
    if geometry is None:
        return {}
    try:
        shape = shapely.force_2d(shapely.from_geojson(json.dumps(geometry)))
        if shape is None or shape.is_empty:
            return {}
        point = shape if shape.geom_type == "Point" else shape.representative_point()
    except (shapely.errors.GEOSException, ValueError, TypeError):
        return {LON: "unreadable geometry", LAT: "unreadable geometry"}
    return {LON: float(shapely.get_x(point)), LAT: float(shapely.get_y(point))}


def _refuse_other_crs(content: dict[str, Any], path: Path) -> None:
    """GeoJSON of 2008 could name another coordinate system; today it is always WGS 84 (RFC 7946, 4)."""
    crs = content.get("crs")
    if not isinstance(crs, dict):
        return
    properties = crs.get("properties")
    name = str(properties.get("name", crs) if isinstance(properties, dict) else crs)
    if not name.upper().replace("::", ":").endswith(("CRS84", "EPSG:4326")):
        raise InvalidInput(f"the coordinates are in {name}", where=str(path), mend="Write it in WGS 84 (EPSG:4326)")
