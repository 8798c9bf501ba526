"""Writing GeoParquet 1.1 with pyarrow alone: WKB geometry, and the 'geo' metadata that readers look for.

https://geoparquet.org/releases/v1.1.0/ - coordinates are longitude, latitude (OGC:CRS84, the default of the
standard, therefore not written). GeoPandas, DuckDB and QGIS open the files as they are.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
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


def column(values: npt.NDArray[Any], *, null: npt.NDArray[np.bool_] | None = None) -> pa.Array:
    """An array as an Arrow column over the same memory; ``null`` says where a value is missing.

    ``pa.array`` would do the same after loading pandas, which costs half a second.
    """
    values = np.ascontiguousarray(values)
    valid = None if null is None or not null.any() else _bits(~null)
    data = _bits(values) if values.dtype == np.bool_ else pa.py_buffer(values)
    return pa.Array.from_buffers(pa.from_numpy_dtype(values.dtype), len(values), [valid, data])


def text_column(values: Sequence[str | None]) -> pa.Array:
    """Texts as an Arrow column; None is a missing one."""
    encoded = [b"" if text is None else text.encode() for text in values]
    offsets = np.zeros(len(encoded) + 1, np.int32)
    np.cumsum([len(text) for text in encoded], out=offsets[1:])
    null = np.array([text is None for text in values], bool)
    valid = _bits(~null) if null.any() else None
    return pa.Array.from_buffers(
        pa.string(), len(encoded), [valid, pa.py_buffer(offsets), pa.py_buffer(b"".join(encoded))]
    )


def _bits(values: npt.NDArray[np.bool_]) -> pa.Buffer:
    return pa.py_buffer(np.packbits(values, bitorder="little"))


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
        return text_column([]).cast(pa.binary())
    owner = np.repeat(np.arange(len(ptr) - 1), np.diff(ptr))
    encoded: list[bytes] = np.asarray(
        shapely.to_wkb(shapely.linestrings(lon, lat, indices=owner), byte_order=1), object
    ).tolist()
    offsets = np.zeros(len(encoded) + 1, np.int32)
    np.cumsum([len(line) for line in encoded], out=offsets[1:])
    return pa.Array.from_buffers(
        pa.binary(), len(encoded), [None, pa.py_buffer(offsets), pa.py_buffer(b"".join(encoded))]
    )


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
