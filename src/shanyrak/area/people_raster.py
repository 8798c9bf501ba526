"""People from a raster such as WorldPop's: every pixel is a cell at its own centre, never resampled.

A raster in another coordinate system is not warped, because warping makes and loses people; only the centres
of its pixels are transformed. It is read strip by strip, and only the window over the area, so that the raster
of a country does not fill the memory.
"""

from __future__ import annotations

import math
import warnings
from pathlib import Path
from typing import Any

import numpy as np

from shanyrak.area.door import Faults
from shanyrak.area.metric import in_box
from shanyrak.area.people import People
from shanyrak.core.errors import InvalidInput
from shanyrak.core.units import FloatArray, LongArray, distance_m

STRIP_PIXELS = 4_000_000
"""How many pixels are in memory at once."""
_MEND = "Give a GeoTIFF of people per pixel, such as WorldPop's"

Box = tuple[float, float, float, float]


def read_people_raster(path: Path, box: Box) -> People:
    """People of the pixels whose centre lies in a box.

    Parameters
    ----------
    path : Path
        GeoTIFF, people per pixel in band 1. Pixels without data hold nobody; NaN is no data.
    box : (west, south, east, north) [degree]

    Raises
    ------
    InvalidInput
        Not a raster, no coordinate system, no overlap with the box, negative or infinite people.
    """
    import rasterio
    from rasterio.errors import NotGeoreferencedWarning, RasterioError

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", NotGeoreferencedWarning)
            source = rasterio.open(path)
        with source:
            return _read(source, path, box)
    except RasterioError as error:
        reason = str(error).splitlines()[0] if str(error) else type(error).__name__
        raise InvalidInput(f"the raster cannot be read ({reason})", where=str(path), mend=_MEND) from error


def _read(source: Any, path: Path, box: Box) -> People:
    if source.crs is None:
        raise InvalidInput(
            "the raster names no coordinate system (CRS)",
            where=str(path),
            mend="Write it into the file, for instance with: gdal_edit.py -a_srs EPSG:4326 FILE",
        )
    if np.issubdtype(np.dtype(source.dtypes[0]), np.complexfloating):
        raise InvalidInput("the pixels are complex numbers, not people", where=str(path), mend=_MEND)
    geography = _Geography(source, path)
    first_row, last_row, first_column, last_column = geography.window(box)
    width = last_column - first_column
    rows_at_once = max(1, STRIP_PIXELS // max(width, 1))
    faults = Faults(
        str(path),
        "People cannot be negative: if that value means 'no data', say so in the file (gdal_edit.py -a_nodata)",
    )
    parts: list[tuple[LongArray, LongArray, FloatArray, FloatArray, FloatArray]] = []
    without_data = 0
    for top in range(first_row, last_row, rows_at_once):
        bottom = min(top + rows_at_once, last_row)
        data = source.read(1, window=((top, bottom), (first_column, last_column)), masked=True)
        values = data.filled(0).astype(np.float64) * source.scales[0] + source.offsets[0]
        known = ~np.ma.getmaskarray(data) & ~np.isnan(values)
        for r, c in np.argwhere(known & ((values < 0) | np.isinf(values))).tolist():
            faults.add(f"pixel in row {top + r}, column {first_column + c}: {values[r, c]:g} people")
        row, column = np.nonzero(known & (values > 0))
        persons = values[row, column]
        row, column = row + top, column + first_column
        lon, lat = geography.centres(row, column)
        inside = in_box(lon, lat, box)
        parts.append((row[inside], column[inside], lon[inside], lat[inside], persons[inside]))
        without_data += int((~known).sum())
    faults.refuse_if_any()
    if not parts:
        raise geography.elsewhere(box)
    row, column, lon, lat, persons = (np.concatenate(values) for values in zip(*parts, strict=True))
    notes = []
    if source.count > 1:
        notes.append(f"{path.name} has {source.count} bands; people are read from band 1")
    if not geography.is_wgs84:
        notes.append(
            f"{path.name} is in {source.crs.to_string()[:60]}: pixels keep their people, their centres are transformed"
        )
    if without_data:
        notes.append(f"{without_data:,} pixels of {path.name} over the area have no data and count as nobody")
    if geography.reaches_beyond(box):
        notes.append(f"{path.name} reaches beyond the area; what lies outside is left out")
    key = row * source.width + column  # sorted, since strips are read from the top and rows from the left
    return People(
        lon,
        lat,
        persons,
        "raster",
        path.name,
        id=tuple(f"r{r}c{c}" for r, c in zip(row.tolist(), column.tolist(), strict=True)),
        notes=tuple(notes),
        wide_m=geography.pixel_width_m((first_row + last_row) / 2, (first_column + last_column) / 2),
        locate=lambda at_lon, at_lat: geography.pixel_of(key, at_lon, at_lat),
    )


class _Geography:
    """Where the pixels of a raster lie on earth. Keeps numbers only, so that the file can be closed."""

    def __init__(self, source: Any, path: Path) -> None:
        from pyproj import CRS, Transformer
        from pyproj.exceptions import ProjError

        self.path = path
        self.to_map = source.transform
        self.to_pixel = ~source.transform
        self.width, self.height = source.width, source.height
        try:
            crs = CRS.from_user_input(source.crs.to_wkt())
            self.is_wgs84 = crs.is_geographic and crs.equals(CRS.from_epsg(4326), ignore_axis_order=True)
            self._to_degrees = Transformer.from_crs(crs, 4326, always_xy=True)
            self._from_degrees = Transformer.from_crs(4326, crs, always_xy=True)
        except ProjError as error:
            raise InvalidInput("the raster's coordinate system is not known here", where=str(path),
                               mend="Write it in EPSG:4326") from error  # fmt: skip

    def centres(self, row: LongArray, column: LongArray) -> tuple[FloatArray, FloatArray]:
        """lon, lat of the centres of pixels."""
        return self._degrees(row.astype(np.float64) + 0.5, column.astype(np.float64) + 0.5)

    def _degrees(self, row: FloatArray, column: FloatArray) -> tuple[FloatArray, FloatArray]:
        a, b, c, d, e, f = self.to_map[:6]
        x, y = a * column + b * row + c, d * column + e * row + f
        if self.is_wgs84:
            return np.asarray(x, np.float64), np.asarray(y, np.float64)
        lon, lat = self._to_degrees.transform(x, y)
        return np.asarray(lon), np.asarray(lat)

    def _pixels(self, lon: FloatArray, lat: FloatArray) -> tuple[FloatArray, FloatArray]:
        """row, column as real numbers; infinite where the raster's system does not reach."""
        x, y = (lon, lat) if self.is_wgs84 else self._from_degrees.transform(lon, lat)
        a, b, c, d, e, f = self.to_pixel[:6]
        x, y = np.asarray(x), np.asarray(y)
        with np.errstate(invalid="ignore"):
            return d * x + e * y + f, a * x + b * y + c

    def _window(self, box: Box) -> tuple[float, float, float, float] | None:
        """Rows and columns (from, to; from, to) over a box before cutting at the raster's edge, or None."""
        west, south, east, north = box
        t = np.linspace(0, 1, 22)
        lon = np.concatenate([west + (east - west) * t, west + (east - west) * t, 0 * t + west, 0 * t + east])
        lat = np.concatenate([0 * t + south, 0 * t + north, south + (north - south) * t, south + (north - south) * t])
        row, column = self._pixels(lon, lat)
        known = np.isfinite(row) & np.isfinite(column)
        if not known.any():
            return None
        row, column = row[known], column[known]
        return float(row.min()), float(row.max()), float(column.min()), float(column.max())

    def window(self, box: Box) -> tuple[int, int, int, int]:
        """Rows and columns (from, to; from, to) of the pixels over a box, refused where there are none."""
        found = self._window(box)
        if found is None:
            raise self.elsewhere(box)
        top, bottom = max(0, math.floor(found[0]) - 1), min(self.height, math.ceil(found[1]) + 1)
        left, right = max(0, math.floor(found[2]) - 1), min(self.width, math.ceil(found[3]) + 1)
        if top >= bottom or left >= right:
            raise self.elsewhere(box)
        return top, bottom, left, right

    def reaches_beyond(self, box: Box) -> bool:
        found = self._window(box)
        return found is None or found[0] > 0 or found[2] > 0 or found[1] < self.height or found[3] < self.width

    def pixel_width_m(self, row: float, column: float) -> float:
        """The longer side of a pixel [m]."""
        at_row, at_column = np.asarray([row, row, row + 1]), np.asarray([column, column + 1, column])
        lon, lat = self._degrees(at_row, at_column)
        return float(distance_m(lon[0], lat[0], lon[1:], lat[1:]).max())

    def pixel_of(self, key: LongArray, lon: FloatArray, lat: FloatArray) -> LongArray:
        """Index in sorted ``key`` (row x width + column) of the pixel in which each point lies, -1 in none."""
        row, column = self._pixels(lon, lat)
        inside = (row >= 0) & (row < self.height) & (column >= 0) & (column < self.width)
        wanted = np.where(
            inside, np.floor(np.where(inside, row, 0)) * self.width + np.floor(np.where(inside, column, 0)), -1
        )
        if not len(key):
            return np.full(len(lon), -1, np.int64)
        at = np.minimum(np.searchsorted(key, wanted), len(key) - 1)
        return np.where(key[at] == wanted, at, -1)

    def elsewhere(self, box: Box) -> InvalidInput:
        """The refusal of a raster of another place."""
        lon, lat = self._degrees(np.asarray([0.0, self.height]), np.asarray([0.0, self.width]))
        west, south, east, north = box
        return InvalidInput(
            f"the raster (lon {min(lon):.3f} to {max(lon):.3f}, lat {min(lat):.3f} to {max(lat):.3f}) does not overlap "
            f"the area (lon {west:.3f} to {east:.3f}, lat {south:.3f} to {north:.3f})",
            where=str(self.path),
            mend="Give the raster of this country or town",
        )
