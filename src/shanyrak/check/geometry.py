"""Where a place meets its edge on the ground, by plain trigonometry."""

from __future__ import annotations

import itertools
import math

EARTH_RADIUS_M = 6_371_008.8
E7 = 10_000_000


def distance_dm(lon1: float, lat1: float, lon2: float, lat2: float) -> float:
    """Great-circle distance [dm] (haversine), degrees in."""
    p1, p2 = math.radians(lat1), math.radians(lat2)
    h = math.sin((p2 - p1) / 2) ** 2
    h += math.cos(p1) * math.cos(p2) * math.sin(math.radians(lon2 - lon1) / 2) ** 2
    return 20 * EARTH_RADIUS_M * math.asin(min(1.0, math.sqrt(h)))


def point_along(lon_e7: list[int], lat_e7: list[int], share: float) -> tuple[float, float]:
    """The point (lon, lat) [degree] at a share, 0 to 1, of the length of a line."""
    points = [(x / E7, y / E7) for x, y in zip(lon_e7, lat_e7, strict=True)]
    pieces = [distance_dm(*a, *b) for a, b in itertools.pairwise(points)]
    left = share * sum(pieces)
    for (a, b), piece in zip(itertools.pairwise(points), pieces, strict=True):
        if left <= piece and piece > 0:
            t = left / piece
            return a[0] + t * (b[0] - a[0]), a[1] + t * (b[1] - a[1])
        left -= piece
    return points[-1]
