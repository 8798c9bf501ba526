"""Whole numbers that stand for quantities. The unit is the last part of every name.

``persons_milli``  people in whole thousandths, so that sums are exact
``length_dm``      length in decimetres
``lon_e7``         degrees times 10^7, as OpenStreetMap stores them
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from shanyrak.core.errors import InvalidInput

if TYPE_CHECKING:
    import numpy.typing as npt

    IntArray = npt.NDArray[np.int32]
    LongArray = npt.NDArray[np.int64]
    FloatArray = npt.NDArray[np.float64]
    BoolArray = npt.NDArray[np.bool_]
else:  # loading numpy.typing costs a quick command a millisecond or two
    IntArray = LongArray = FloatArray = BoolArray = np.ndarray

MILLI = 1000
E7 = 10_000_000
EARTH_RADIUS_M = 6_371_008.8
"""Mean radius of the earth [m] (IUGG 1980)."""


def persons_to_milli(persons: npt.ArrayLike) -> LongArray:
    """People in whole thousandths, rounded so that the total stays.

    The total is rounded once; the thousandths missing after rounding each value down go to the
    largest remainders (the earlier value where two are equal).

    Parameters
    ----------
    persons : (n,) float
        People per cell, finite and not negative.

    Returns
    -------
    (n,) int64
        Thousandths of a person; the sum is ``round(1000 * sum(persons))``.

    Raises
    ------
    InvalidInput
        A value is negative or not finite; the message names the first one.
    """
    values = np.asarray(persons, dtype=np.float64)
    wrong = np.flatnonzero(~np.isfinite(values) | (values < 0))
    if len(wrong):
        raise InvalidInput(
            f"{len(wrong)} of {len(values)} values are negative or not a number; the first is {values[wrong[0]]}",
            where=f"persons[{wrong[0]}]",
            mend="Write 0 where nobody lives",
        )
    scaled = values * MILLI
    whole = np.floor(scaled).astype(np.int64)
    missing = int(np.rint(scaled.sum())) - int(whole.sum())
    if missing > 0:
        remainder = scaled - whole
        largest = np.argsort(-remainder, kind="stable")[:missing]
        whole[largest] += 1
    return whole


def degrees_to_e7(degrees: npt.ArrayLike) -> IntArray:
    """Degrees as whole ten-millionths (int32, within +-180)."""
    return np.rint(np.asarray(degrees, dtype=np.float64) * E7).astype(np.int32)


def e7_to_degrees(e7: npt.ArrayLike) -> FloatArray:
    """Whole ten-millionths of a degree as degrees."""
    return np.asarray(e7, dtype=np.float64) / E7


def distance_m(lon1: npt.ArrayLike, lat1: npt.ArrayLike, lon2: npt.ArrayLike, lat2: npt.ArrayLike) -> FloatArray:
    """Great-circle distance [m] between points in degrees (haversine; broadcasts)."""
    l1, p1, l2, p2 = (np.radians(np.asarray(v, dtype=np.float64)) for v in (lon1, lat1, lon2, lat2))
    h = np.sin((p2 - p1) / 2) ** 2 + np.cos(p1) * np.cos(p2) * np.sin((l2 - l1) / 2) ** 2
    return np.asarray(2 * EARTH_RADIUS_M * np.arcsin(np.sqrt(h)))
