"""Oblasts in which points are hidden until somebody decides otherwise: by their outline or by their name."""

from __future__ import annotations

import re
from collections.abc import Iterable

from shanyrak.publish.model import Region

Place = tuple[int, int]
"""lon_e7, lat_e7."""


def is_in_hidden_region(regions: Iterable[Region], place: Place | None, words: Iterable[str]) -> bool:
    """Whether a place lies in one of the regions, or the name of its town, district or area says so."""
    regions = tuple(regions)
    if not regions:
        return False
    spoken = [word for text in words for word in re.findall(r"\w+", text.casefold())]
    return any(
        any(word.startswith(region.names) for word in spoken) or (place is not None and is_inside(region, place))
        for region in regions
    )


def is_inside(region: Region, place: Place) -> bool:
    """Whether a place lies inside a region's outline (even-odd rule, in whole numbers)."""
    lon, lat = place
    inside = False
    ring = region.ring_e7
    for (x1, y1), (x2, y2) in zip(ring, (*ring[1:], ring[0]), strict=True):
        if (y1 > lat) != (y2 > lat):
            # lon < x1 + (lat - y1) * (x2 - x1) / (y2 - y1), multiplied out with the sign of the divisor
            left = (lon - x1) * (y2 - y1) - (lat - y1) * (x2 - x1)
            inside ^= (left < 0) == (y2 > y1)
    return inside
