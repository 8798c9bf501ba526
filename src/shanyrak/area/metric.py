"""Degrees as metres near a place: one projection for every small distance in ``area``.

Mercator on the sphere keeps angles, so near any point it is a map at one scale, ``1 / cos(lat)``.
Nearest things are found on the map, and a distance becomes true by the scale of its own place:
within a few kilometres the error is far below a decimetre per hundred metres, for towns and for
countries alike. The sphere is the one of ``core.units``, so lengths agree with those of the graph.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from shanyrak.core.units import EARTH_RADIUS_M, FloatArray, LongArray, e7_to_degrees

FARTHEST_LATITUDE = 85.0
"""Mercator ends before the poles; so do streets [degree]."""
METRES_PER_DEGREE = float(np.pi * EARTH_RADIUS_M / 180)
"""Of latitude, on the sphere of ``core.units``."""


def mercator(lon: npt.ArrayLike, lat: npt.ArrayLike) -> tuple[FloatArray, FloatArray]:
    """Map coordinates (x, y) [map metre] of degrees."""
    phi = np.radians(np.clip(np.asarray(lat, np.float64), -FARTHEST_LATITUDE, FARTHEST_LATITUDE))
    return EARTH_RADIUS_M * np.radians(np.asarray(lon, np.float64)), EARTH_RADIUS_M * np.arcsinh(np.tan(phi))


def mercator_e7(lon_e7: npt.ArrayLike, lat_e7: npt.ArrayLike) -> tuple[FloatArray, FloatArray]:
    """Map coordinates (x, y) [map metre] of whole ten-millionths of a degree."""
    return mercator(e7_to_degrees(lon_e7), e7_to_degrees(lat_e7))


def unmercator(x: npt.ArrayLike, y: npt.ArrayLike) -> tuple[FloatArray, FloatArray]:
    """Degrees (lon, lat) of map coordinates [map metre]."""
    lon = np.degrees(np.asarray(x, np.float64) / EARTH_RADIUS_M)
    return lon, np.degrees(np.arctan(np.sinh(np.asarray(y, np.float64) / EARTH_RADIUS_M)))


def true_metres(lat: npt.ArrayLike) -> FloatArray:
    """True metres per map metre at a latitude [degree]."""
    return np.asarray(np.cos(np.radians(np.asarray(lat, np.float64))))


def wider_box(box: tuple[float, float, float, float], margin_m: float) -> tuple[float, float, float, float]:
    """A box (west, south, east, north) [degree] with a margin on every side."""
    west, south, east, north = box
    dlat = margin_m / METRES_PER_DEGREE
    dlon = dlat / max(float(true_metres(max(abs(south), abs(north)))), 1e-3)
    return max(west - dlon, -180.0), max(south - dlat, -90.0), min(east + dlon, 180.0), min(north + dlat, 90.0)


def in_box(lon: npt.ArrayLike, lat: npt.ArrayLike, box: tuple[float, float, float, float]) -> npt.NDArray[np.bool_]:
    """Which points lie in a box, its border included."""
    lon, lat = np.asarray(lon), np.asarray(lat)
    return np.asarray((lon >= box[0]) & (lon <= box[2]) & (lat >= box[1]) & (lat <= box[3]))


def ring_areas(
    ptr: LongArray, lon_e7: npt.NDArray[np.integer], lat_e7: npt.NDArray[np.integer]
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Areas and centres of closed rings stored one after the other (shoelace formula).

    Parameters
    ----------
    ptr : (b + 1,) int64
        Where each ring begins; a ring has at least one point.
    lon_e7, lat_e7 : (q,) int
        Rings, each closed [1e-7 degree].

    Returns
    -------
    area_m2, lon, lat : (b,) float
        Area [m2] and centre of gravity [degree]; of a ring without area: its first point.
    """
    if len(ptr) < 2:
        none = np.zeros(0)
        return none, none, none
    sizes = np.diff(ptr)
    first = np.asarray(ptr[:-1])
    lon0, lat0 = e7_to_degrees(lon_e7[first]), e7_to_degrees(lat_e7[first])
    ring = np.repeat(np.arange(len(first)), sizes)
    # metres east and north of the ring's first point: small numbers, so that nothing is lost
    x = (e7_to_degrees(lon_e7) - lon0[ring]) * METRES_PER_DEGREE * true_metres(lat0)[ring]
    y = (e7_to_degrees(lat_e7) - lat0[ring]) * METRES_PER_DEGREE
    following = np.arange(1, len(ring) + 1)
    following[np.asarray(ptr[1:]) - 1] = first  # the last point is followed by the first
    cross = x * y[following] - x[following] * y
    doubled = np.add.reduceat(cross, first)
    safe = np.where(doubled == 0, 1.0, doubled)
    cx = np.where(doubled == 0, 0.0, np.add.reduceat((x + x[following]) * cross, first) / (3 * safe))
    cy = np.where(doubled == 0, 0.0, np.add.reduceat((y + y[following]) * cross, first) / (3 * safe))
    return (
        np.abs(doubled) / 2,
        lon0 + cx / (METRES_PER_DEGREE * true_metres(lat0)),
        lat0 + cy / METRES_PER_DEGREE,
    )
