"""A flat plane of metres around a town, for distances, buffers and circles of a few kilometres.

Equirectangular about a middle latitude: over 20 km at 50 degrees north the scale is wrong by at
most 0.2 %, which nothing that uses it (snapping, drawing, spacing) can notice. Walks are measured on
the sphere, not here.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from shanyrak.core.units import EARTH_RADIUS_M, FloatArray


@dataclass(frozen=True)
class LocalPlane:
    """Metres east and north of (lon0, lat0)."""

    lon0: float
    lat0: float

    @property
    def metres_per_degree(self) -> tuple[float, float]:
        """Metres in a degree of longitude and of latitude."""
        north = EARTH_RADIUS_M * np.pi / 180
        return float(north * np.cos(np.radians(self.lat0))), float(north)

    def to_m(self, lon: npt.ArrayLike, lat: npt.ArrayLike) -> tuple[FloatArray, FloatArray]:
        """Degrees to (x, y) in metres."""
        east, north = self.metres_per_degree
        return (np.asarray(lon, np.float64) - self.lon0) * east, (np.asarray(lat, np.float64) - self.lat0) * north

    def to_degrees(self, x_m: npt.ArrayLike, y_m: npt.ArrayLike) -> tuple[FloatArray, FloatArray]:
        """(x, y) in metres back to (lon, lat)."""
        east, north = self.metres_per_degree
        return np.asarray(x_m, np.float64) / east + self.lon0, np.asarray(y_m, np.float64) / north + self.lat0

    @classmethod
    def around(cls, lon: npt.ArrayLike, lat: npt.ArrayLike) -> LocalPlane:
        """The plane about the middle of some points."""
        x, y = np.asarray(lon, np.float64), np.asarray(lat, np.float64)
        return cls(float((x.min() + x.max()) / 2), float((y.min() + y.max()) / 2))
