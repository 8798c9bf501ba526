"""Where the rows lie: impossible degrees are refused, swapped ones are turned where nothing else can be meant."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

from shanyrak.core.units import E7

Box = tuple[float, float, float, float]
"""west, south, east, north [degree]"""
_ENOUGH = 5
_WIDE = 3.0
_MARGIN = 0.5


@dataclass(frozen=True)
class Written:
    """Degrees as they stand in a row; ``sure`` where they name north and east themselves."""

    lat: float
    lon: float
    sure: bool = False


@dataclass(frozen=True)
class Position:
    """Where a row lies, what a person should know of it, or why it cannot be."""

    lon_e7: int = 0
    lat_e7: int = 0
    remark: str = ""
    refused: str = ""


def settle(written: Sequence[Written | None], around: Box | None = None) -> list[Position | None]:
    """Settle all rows of a list together.

    Parameters
    ----------
    written : one per row; None where the row has no position
    around : Box
        Where the points of this network lie; else it is taken from the rows, if most of them lie together.

    Returns
    -------
    One per row. Latitude and longitude are taken as swapped only if what is written is impossible or outside the
    box, and the other way round lies inside it.
    """
    given = [w for w in written if w is not None and _possible(w.lat, w.lon)]
    box = _wider(around, _MARGIN) if around else _most(given)
    whose = "the area" if around else "the others"
    return [None if w is None else _settle(w, box, whose) for w in written]


def _settle(w: Written, box: Box | None, whose: str) -> Position:
    if w.lat == 0 and w.lon == 0:
        return Position(refused="0, 0 is no position but a missing one")
    possible, other = _possible(w.lat, w.lon), _possible(w.lon, w.lat) and not w.sure
    inside = possible and (box is None or _in(box, w.lat, w.lon))
    if not inside and other and (_in(box, w.lon, w.lat) if box else not possible):
        return Position(_e7(w.lat), _e7(w.lon), "latitude and longitude were swapped, and have been turned")
    if not possible:
        return Position(refused=f"latitude {w.lat:g}, longitude {w.lon:g} is no place on earth")
    return Position(_e7(w.lon), _e7(w.lat), "" if inside else f"lies far from {whose}: check the position")


def _possible(lat: float, lon: float) -> bool:
    return abs(lat) <= 90 and abs(lon) <= 180


def _most(given: Sequence[Written]) -> Box | None:
    """A box around the middle of the rows, if at least four in five lie in it."""
    if len(given) < _ENOUGH:
        return None
    lat, lon = median(w.lat for w in given), median(w.lon for w in given)
    box = (lon - _WIDE, lat - _WIDE, lon + _WIDE, lat + _WIDE)
    return box if sum(_in(box, w.lat, w.lon) for w in given) * 5 >= len(given) * 4 else None


def _in(box: Box | None, lat: float, lon: float) -> bool:
    return box is not None and box[0] <= lon <= box[2] and box[1] <= lat <= box[3]


def _wider(box: Box, by: float) -> Box:
    return box[0] - by, box[1] - by, box[2] + by, box[3] + by


def _e7(value: float) -> int:
    return round(value * E7)
