"""Rooms in which people can be warm together, out of what OpenStreetMap names."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.spatial import cKDTree

from shanyrak.area.features import Features, Poi, Tags
from shanyrak.area.metric import mercator_e7, true_metres
from shanyrak.core.units import FloatArray, e7_to_degrees

ROOMS: dict[str, dict[str, str]] = {
    "amenity": {
        "school": "school", "kindergarten": "kindergarten", "college": "college", "university": "university",
        "music_school": "school", "language_school": "school", "training": "school",
        "library": "library", "community_centre": "community_centre", "social_centre": "community_centre",
        "arts_centre": "community_centre", "townhall": "townhall", "events_venue": "hall", "conference_centre": "hall",
        "exhibition_centre": "hall", "theatre": "theatre", "cinema": "cinema", "fire_station": "fire_station",
        "place_of_worship": "place_of_worship", "bus_station": "station", "ferry_terminal": "station",
    },
    "leisure": {"sports_centre": "sports_hall", "sports_hall": "sports_hall"},
    "railway": {"station": "station"},
    "public_transport": {"station": "station"},
    "shop": {"mall": "mall", "department_store": "mall"},
    "emergency": {"fire_station": "fire_station"},
    "building": {"train_station": "station", "civic": "hall", "public": "hall", "fire_station": "fire_station"},
}  # fmt: skip
"""OSM key -> value -> what it is. The first that fits counts."""

GONE = ("disused", "abandoned", "ruins", "demolished", "construction", "proposed")
"""Keys that, with 'yes', say that nothing can be opened there."""
TWIN_M = 100.0
"""One thing is often mapped twice (a node for the school and the ring of its yard): of two with the same use and
the same name, or one of them unnamed and much nearer (``UNNAMED_TWIN_M``), the first area counts, else the first
node."""
UNNAMED_TWIN_M = 40.0


@dataclass(frozen=True, eq=False)
class Found:
    """Places found in an extract, not yet tied to streets."""

    id: tuple[str, ...]
    lon: FloatArray
    lat: FloatArray
    name: tuple[str, ...]
    """'' where it has none"""
    detail: tuple[str, ...]


def use_of(tags: Tags) -> str | None:
    """What kind of room this is, or None."""
    if any(tags.get(key) == "yes" for key in GONE):
        return None
    for key, uses in ROOMS.items():
        value = tags.get(key)
        if value in uses:
            return uses[value]
    return None


def rooms_of(features: Features) -> Found:
    """Rooms: schools, community centres, libraries, halls, stations, fire brigades, places of worship, malls."""
    rooms: list[tuple[Poi, str]] = []
    seen: set[str] = set()
    for poi in features.pois:
        use = use_of(poi.tags)
        if use is not None and poi.osm_id not in seen:
            seen.add(poi.osm_id)
            rooms.append((poi, use))
    kept = [rooms[i] for i in _without_twins(rooms)]
    return Found(
        tuple(poi.osm_id for poi, _ in kept),
        e7_to_degrees([poi.lon_e7 for poi, _ in kept]),
        e7_to_degrees([poi.lat_e7 for poi, _ in kept]),
        tuple(poi.tags.get("name", "") for poi, _ in kept),
        tuple(use for _, use in kept),
    )


def _without_twins(rooms: list[tuple[Poi, str]]) -> list[int]:
    if not rooms:
        return []
    x, y = mercator_e7([poi.lon_e7 for poi, _ in rooms], [poi.lat_e7 for poi, _ in rooms])
    scale = true_metres(e7_to_degrees([poi.lat_e7 for poi, _ in rooms]))
    tree = cKDTree(np.column_stack([x, y]))
    beside: dict[int, list[tuple[int, float]]] = {}
    for a, b in sorted(tree.query_pairs(TWIN_M / float(scale.min()))):
        gap_m = float(np.hypot(x[a] - x[b], y[a] - y[b]) * scale[a])
        beside.setdefault(a, []).append((b, gap_m))
        beside.setdefault(b, []).append((a, gap_m))
    # areas before nodes, named before unnamed, then the order of the file
    order = sorted(range(len(rooms)), key=lambda i: (rooms[i][0].ring is None, not rooms[i][0].tags.get("name"), i))
    kept: set[int] = set()
    for i in order:
        if not any(j in kept and _same(rooms[i], rooms[j], gap_m) for j, gap_m in beside.get(i, ())):
            kept.add(i)
    return sorted(kept)


def _same(a: tuple[Poi, str], b: tuple[Poi, str], gap_m: float) -> bool:
    if a[1] != b[1] or gap_m > TWIN_M:
        return False
    first, second = a[0].tags.get("name", ""), b[0].tags.get("name", "")
    if first and second:
        return first == second
    return gap_m <= UNNAMED_TWIN_M
