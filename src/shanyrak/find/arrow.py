"""Where a place lies: the bearing of the arrow, eight directions, metres in a straight line.

On a sphere of the mean radius (core.units), with the plain formulas that the finder's twin repeats line by line.
"""

from __future__ import annotations

import math

from shanyrak.core.units import EARTH_RADIUS_M

DIRECTIONS = ("n", "ne", "e", "se", "s", "sw", "w", "nw")
"""Keys ``direction.<name>`` of the texts."""


def line_m(from_lon: float, from_lat: float, to_lon: float, to_lat: float) -> int:
    """Great-circle distance between two places [degree], to the nearest metre (haversine)."""
    p1, p2 = math.radians(from_lat), math.radians(to_lat)
    across = math.sin(math.radians(to_lon - from_lon) / 2)
    up = math.sin((p2 - p1) / 2)
    h = up * up + math.cos(p1) * math.cos(p2) * across * across
    return math.floor(2 * EARTH_RADIUS_M * math.asin(min(1.0, math.sqrt(h))) + 0.5)


def bearing_deg(from_lon: float, from_lat: float, to_lon: float, to_lat: float) -> int:
    """Direction in which to set out, whole degrees clockwise from north, 0 to 359; 0 where both are one place."""
    p1, p2, across = math.radians(from_lat), math.radians(to_lat), math.radians(to_lon - from_lon)
    east = math.sin(across) * math.cos(p2)
    north = math.cos(p1) * math.sin(p2) - math.sin(p1) * math.cos(p2) * math.cos(across)
    return math.floor(math.degrees(math.atan2(east, north)) + 360.5) % 360


def direction(bearing: int) -> str:
    """One of ``DIRECTIONS``: each is 45 degrees wide, north from 337.5 to 22.5.

    >>> direction(22), direction(23), direction(338)
    ('n', 'ne', 'n')
    """
    return DIRECTIONS[(2 * bearing + 45) // 90 % 8]
