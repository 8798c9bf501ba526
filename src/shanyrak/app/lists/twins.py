"""Which places may be one and the same: near each other and called alike, or at the same address.

Only a person can settle it, so what is found here is a doubt, never a merger. Names and addresses are compared in the
folded form of ``area.fold_text``; how alike two names are is reckoned by rapidfuzz (its token ratio, in C++: when a
geocoder put a thousand rows on one spot, every pair of them is near).
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from rapidfuzz import fuzz

from shanyrak.area.fold_text import split_number, words_of
from shanyrak.core.units import E7, EARTH_RADIUS_M

NEAR_M = 60.0
FAR_M = 2_000.0
"""At the same address and yet farther apart than this: two streets of one name in two towns [m]."""
ALIKE = 85.0
"""Per cent of likeness from which names are alike."""
_CELL_E7 = 10_000  # 0.001 degree: 111 m in latitude, at 70 degrees north still 38 m in longitude
_FLAT = re.compile(r"\b(?:кв|оф|офіс|кім|пов|поверх|під'їзд|каб|office|flat|floor|room)\.?\s*\d+\w?\b", re.IGNORECASE)
_BUILDING = re.compile(r"\b(?:будинок|буд|house|haus)\b\.?\s*(?=\d)", re.IGNORECASE)
_TOWN = re.compile(r"(?:м|місто|с|село|смт|селище)\.?\s*[^,]+,\s*", re.IGNORECASE)


@dataclass(frozen=True)
class Place:
    """What is compared of a point or row."""

    label: object
    """whatever names it to the one who asks"""
    names: tuple[str, ...]
    address: str = ""
    town: str = ""
    lon_e7: int | None = None
    lat_e7: int | None = None


@dataclass(frozen=True)
class Twin:
    """A place that may be the same, and why one may think so."""

    label: object
    why: str


class Neighbourhood:
    """Places by where they lie and by their address; grows as rows come in."""

    def __init__(self) -> None:
        self._grid: dict[tuple[int, int], list[Place]] = {}
        self._address: dict[tuple[str, str], list[Place]] = {}

    def add(self, place: Place) -> None:
        """Remember a place."""
        if place.lon_e7 is not None and place.lat_e7 is not None:
            self._grid.setdefault((place.lon_e7 // _CELL_E7, place.lat_e7 // _CELL_E7), []).append(place)
        if key := address_key(place.address):
            self._address.setdefault(key, []).append(place)

    def twin_of(self, place: Place) -> Twin | None:
        """The place that this one most likely is another entry of: the nearest alike, else one at its address."""
        best: tuple[float, Twin] | None = None
        if place.lon_e7 is not None and place.lat_e7 is not None:
            column, row = place.lon_e7 // _CELL_E7, place.lat_e7 // _CELL_E7
            reach = 1 if abs(place.lat_e7) < 55 * E7 else 3
            for x in range(column - reach, column + reach + 1):
                for y in (row - 1, row, row + 1):
                    for other in self._grid.get((x, y), ()):
                        metres = _metres(place, other)
                        if metres <= NEAR_M and (best is None or metres < best[0]) and (why := alike(place, other)):
                            best = metres, Twin(other.label, f"{metres:.0f} m away, {why}")
        if best:
            return best[1]
        key = address_key(place.address)
        for other in self._address.get(key, ()) if key else ():
            metres = _metres(place, other)
            towns = {_folded(t) for t in (place.town, other.town) if t}
            if metres <= FAR_M if math.isfinite(metres) else len(towns) < 2:
                return Twin(other.label, "the same address")
        return None


def alike(place: Place, other: Place) -> str:
    """Why two places near each other may be one; '' where nothing speaks for it."""
    key = address_key(place.address)
    if key and key == address_key(other.address):
        return "the same address"
    for name in place.names:
        for theirs in other.names:
            if names_alike(name, theirs):
                return "the same name" if _folded(name) == _folded(theirs) else "a name like it"
    return ""


def names_alike(one: str, other: str) -> bool:
    """Whether two names may be of one place: 'Школа № 12' and 'ЗОШ №12', not 'Школа № 12' and 'Школа № 21'."""
    a, b = _folded(one), _folded(other)
    if not a or not b:
        return False
    if a == b:
        return True
    numbers_a, numbers_b = set(re.findall(r"\d+", a)), set(re.findall(r"\d+", b))
    if numbers_a and numbers_b and numbers_a != numbers_b:
        return False
    if numbers_a == numbers_b and any(len(number) > 1 for number in numbers_a):
        return True  # 'Школа № 12' and 'ЗОШ 12': there is hardly another 12 so near
    return fuzz.token_sort_ratio(a, b) >= ALIKE


@lru_cache(maxsize=65536)
def _folded(text: str) -> str:
    return " ".join(words_of(text.replace("№", " "))[0])


@lru_cache(maxsize=65536)
def address_key(address: str) -> tuple[str, str] | None:
    """Street and house number in one form; None where there is no house number ('с. Іванівка' is no address).

    Country, region and town before the street do not count.
    """
    plain = _BUILDING.sub("", re.sub(r"\.(?=\w)", ". ", _FLAT.sub("", address).replace("№", " ")))
    parts = [part.strip() for part in plain.split(",") if part.strip(" .")]
    at = next((i for i, part in enumerate(parts) if words_of(part)[1] - {"district"}), None)
    plain = ", ".join(parts[at:]) if at is not None else _TOWN.sub("", ", ".join(parts), count=1)
    street, number = split_number(plain)
    folded = " ".join(sorted(words_of(street)[0]))
    return (folded, number) if number and folded and not folded.isdigit() else None


def _metres(a: Place, b: Place) -> float:
    if a.lon_e7 is None or a.lat_e7 is None or b.lon_e7 is None or b.lat_e7 is None:
        return math.inf
    return metres_between(a.lon_e7, a.lat_e7, b.lon_e7, b.lat_e7)


def metres_between(lon1_e7: int, lat1_e7: int, lon2_e7: int, lat2_e7: int) -> float:
    """Straight distance [m] of two places near each other (plane at their latitude; within 0.1 % below 100 km)."""
    scale = math.radians(1 / E7) * EARTH_RADIUS_M
    middle = math.cos(math.radians((lat1_e7 + lat2_e7) / 2 / E7))
    return math.hypot((lon1_e7 - lon2_e7) * scale * middle, (lat1_e7 - lat2_e7) * scale)


def place_of(label: object, fields: Mapping[str, object], names: Mapping[str, str]) -> Place:
    """A place out of fields of the record."""
    lon, lat = fields.get("lon_e7"), fields.get("lat_e7")
    return Place(
        label, tuple(names.values()), str(fields.get("address", "")), str(fields.get("town", "")),
        lon if isinstance(lon, int) else None, lat if isinstance(lat, int) else None,
    )  # fmt: skip
