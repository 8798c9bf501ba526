"""True metres around a town, for drawing and for "near" and "away": ``area.metric`` at one scale."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from shanyrak.area.metric import mercator, true_metres, unmercator
from shanyrak.core.units import FloatArray


@dataclass(frozen=True)
class LocalPlane:
    """Mercator coordinates times ``scale``: true metres at the latitude the scale belongs to.

    Over 20 km at 50 degrees north the scale is wrong by at most 0.2 %, which no drawing shows.
    """

    scale: float

    @classmethod
    def around(cls, lat: npt.ArrayLike) -> LocalPlane:
        """The plane at the middle of some latitudes [degree]."""
        values = np.asarray(lat, np.float64)
        return cls(float(true_metres((values.min() + values.max()) / 2)))

    def to_m(self, lon: npt.ArrayLike, lat: npt.ArrayLike) -> tuple[FloatArray, FloatArray]:
        """Degrees to (x, y) in metres."""
        x, y = mercator(lon, lat)
        return x * self.scale, y * self.scale

    def to_degrees(self, x_m: FloatArray, y_m: FloatArray) -> tuple[FloatArray, FloatArray]:
        """(x, y) in metres back to (lon, lat)."""
        lon, lat = unmercator(x_m / self.scale, y_m / self.scale)
        return lon, np.asarray(lat)
