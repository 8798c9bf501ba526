"""Writing GeoParquet 1.1 with pyarrow alone: WKB geometry, and the 'geo' metadata that readers look for.

https://geoparquet.org/releases/v1.1.0/ - coordinates are longitude, latitude (OGC:CRS84, the default of the
standard, therefore not written). GeoPandas, DuckDB and QGIS open the files as they are.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.parquet as pq

from shanyrak.core.units import FloatArray, IntArray, LongArray, e7_to_degrees

_POINT = np.dtype([("order", "u1"), ("type", "<u4"), ("x", "<f8"), ("y", "<f8")])
_LITTLE_ENDIAN = 1
_WKB_POINT, _WKB_LINE = 1, 2


def write_geoparquet(
    path: Path, columns: Mapping[str, pa.Array], lon: FloatArray, lat: FloatArray, metadata: Mapping[str, str]
) -> None:
    """Write a table of points.

    Parameters
    ----------
    columns : name -> pyarrow array, each as long as ``lon``
    lon, lat : (n,) float [degree]
        A place that is not known is NaN and becomes a null geometry.
    metadata : text values for the file, such as attribution and licence
    """
    _write(path, columns, point_wkb(lon, lat), "Point", lon, lat, metadata)


def write_geoparquet_lines(
    path: Path,
    columns: Mapping[str, pa.Array],
    ptr: LongArray,
    lon_e7: IntArray,
    lat_e7: IntArray,
    metadata: Mapping[str, str],
) -> None:
    """Write a table of lines; line i has the points ``ptr[i]:ptr[i + 1]``."""
    lon, lat = e7_to_degrees(lon_e7), e7_to_degrees(lat_e7)
    _write(path, columns, line_wkb(ptr, lon, lat), "LineString", lon, lat, metadata)


def column(values: npt.NDArray[Any]) -> pa.Array:
    """Numbers as an Arrow array without copying. (``pa.array`` of a NumPy array imports pandas: 0.3 s.)"""
    values = np.ascontiguousarray(values)
    return pa.Array.from_buffers(pa.from_numpy_dtype(values.dtype), len(values), [None, pa.py_buffer(values)])


def point_wkb(lon: FloatArray, lat: FloatArray) -> pa.Array:
    """(n,) binary: well-known binary of points."""
    points = np.zeros(len(lon), _POINT)
    points["order"], points["type"] = _LITTLE_ENDIAN, _WKB_POINT
    points["x"], points["y"] = lon, lat
    offsets = np.arange(len(lon) + 1, dtype=np.int32) * _POINT.itemsize
    missing = np.isnan(lon) | np.isnan(lat)
    mask = pa.py_buffer(np.packbits(~missing, bitorder="little")) if missing.any() else None
    return pa.Array.from_buffers(
        pa.binary(), len(lon), [mask, pa.py_buffer(offsets), pa.py_buffer(points.tobytes())], int(missing.sum())
    )


def line_wkb(ptr: LongArray, lon: FloatArray, lat: FloatArray) -> pa.Array:
    """(n,) binary: well-known binary of lines."""
    import shapely

    if not len(ptr) - 1:
        return pa.array([], pa.binary())
    owner = np.repeat(np.arange(len(ptr) - 1), np.diff(ptr))
    return pa.array(shapely.to_wkb(shapely.linestrings(lon, lat, indices=owner), byte_order=1), pa.binary())


def _write(
    path: Path,
    columns: Mapping[str, pa.Array],
    geometry: pa.Array,
    geometry_type: str,
    lon: FloatArray,
    lat: FloatArray,
    metadata: Mapping[str, str],
) -> None:
    column: dict[str, Any] = {"encoding": "WKB", "geometry_types": [geometry_type] if len(geometry) else []}
    known = ~(np.isnan(lon) | np.isnan(lat))
    if known.any():
        box = [lon[known].min(), lat[known].min(), lon[known].max(), lat[known].max()]
        column["bbox"] = [float(value) for value in box]
    geo = {"version": "1.1.0", "primary_column": "geometry", "columns": {"geometry": column}}
    table = pa.table({**columns, "geometry": geometry})
    table = table.replace_schema_metadata({**metadata, "geo": json.dumps(geo)})
    # a dictionary pays for texts only; for coordinates it costs time and room
    texts = [field.name for field in table.schema if pa.types.is_string(field.type)]
    pq.write_table(table, path, compression="zstd", compression_level=1, use_dictionary=texts)
