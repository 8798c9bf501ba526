"""Gathering the area's names: streets, stops, landmarks, districts, house numbers."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from shanyrak.area.features import Features, Tags
from shanyrak.area.gazetteer import Gazetteer
from shanyrak.area.metric import METRES_PER_DEGREE, ring_areas, true_metres
from shanyrak.area.people_guess import points_along
from shanyrak.core.units import FloatArray, LongArray
from shanyrak.walk.graph import WalkGraph, WayClass

SAME_STREET_M = 500.0
"""Pieces of one name whose squares of this side touch are one street; farther apart they are two of one name."""
NAME_KEYS = (
    "alt_name",
    "old_name",
    "official_name",
    "short_name",
    "loc_name",
    "int_name",
    "reg_name",
    "nat_name",
    "local_ref",
)


def gazetteer_of(graph: WalkGraph, features: Features) -> Gazetteer:
    """Names of an extract: streets, stops, landmarks, districts, addresses, in this order."""
    rows = _Rows()
    _add_streets(rows, graph, features)
    for poi in features.pois:
        name = poi.tags.get("name", "")
        if name:
            rows.add(name, "stop" if _is_stop(poi.tags) else "landmark", poi.lon_e7, poi.lat_e7, other_names(poi.tags))
    for place in features.settlements:
        if place.names.get("name"):
            rows.add(place.names["name"], "district", place.lon_e7, place.lat_e7, other_names(place.names))
    for district in features.districts:
        if district.names.get("name") and district.admin_level >= 8 and district.rings:
            largest = max(district.rings, key=len)
            _, lon, lat = ring_areas(np.asarray([0, len(largest)]), largest.lon_e7, largest.lat_e7)
            rows.add(district.names["name"], "district", lon[0] * 1e7, lat[0] * 1e7, other_names(district.names))
    addresses = features.addresses
    for i in range(len(addresses)):
        if addresses.street[i] and addresses.housenumber[i]:
            name = f"{addresses.street[i]} {addresses.housenumber[i]}"
            rows.add(
                name,
                "address",
                addresses.lon_e7[i],
                addresses.lat_e7[i],
                (),
                addresses.street[i],
                addresses.housenumber[i],
            )
    return rows.gazetteer()


def other_names(tags: Tags) -> tuple[str, ...]:
    """Every other name of a thing, each once: name:uk, old_name, alt_name ... (';' separates several in one)."""
    own = tags.get("name", "")
    out: dict[str, None] = {}
    for key in sorted(tags):
        base = key.split(":", 1)[0]
        if (base == "name" and key != "name") or base in NAME_KEYS or base == "old_name":
            for part in tags[key].split(";"):
                if part.strip() and part.strip() != own:
                    out[part.strip()] = None
    return tuple(out)


def _is_stop(tags: Tags) -> bool:
    return (
        tags.get("highway") == "bus_stop"
        or tags.get("railway") in ("tram_stop", "halt", "station", "subway_entrance", "stop")
        or tags.get("public_transport") in ("platform", "stop_position", "station", "stop_area")
        or tags.get("amenity") in ("bus_station", "ferry_terminal")
    )


class _Rows:
    """Rows as they are gathered; the same name and kind in the same or a touching square of about 50 m (the two
    platforms of a stop) is one row. Streets and addresses are told apart before."""

    _STEP_E7 = 4_500

    def __init__(self) -> None:
        self._rows: list[tuple[str, str, str, str, str]] = []
        self._lon: list[float] = []
        self._lat: list[float] = []
        self._seen: set[tuple[str, str, int, int]] = set()

    def add(
        self,
        name: str,
        kind: str,
        lon_e7: float,
        lat_e7: float,
        others: Iterable[str],
        street: str = "",
        number: str = "",
    ) -> None:
        if kind != "street":
            column, row = int(lon_e7 // self._STEP_E7), int(lat_e7 // self._STEP_E7)
            around = ((name, kind, column + dx, row + dy) for dx in (-1, 0, 1) for dy in (-1, 0, 1))
            if any(square in self._seen for square in around):
                return
            self._seen.add((name, kind, column, row))
        self._rows.append((name, kind, street, number, "; ".join(others)))
        self._lon.append(lon_e7 / 1e7)
        self._lat.append(lat_e7 / 1e7)

    def gazetteer(self) -> Gazetteer:
        columns = zip(*self._rows, strict=True) if self._rows else ((), (), (), (), ())
        name, kind, street, number, others = (tuple(column) for column in columns)
        return Gazetteer(name, kind, street, number, others, np.asarray(self._lon), np.asarray(self._lat))


def _add_streets(rows: _Rows, graph: WalkGraph, features: Features) -> None:
    """One row per street: pieces of one name that lie near each other."""
    indoors = np.isin(graph.edge_class, (WayClass.CORRIDOR, WayClass.LIFT, WayClass.PLATFORM))
    edge = np.flatnonzero((graph.edge_name >= 0) & ~indoors)
    if not len(edge):
        return
    lon, lat = points_along(graph, edge, np.full(len(edge), 0.5))
    part = _connected_squares(graph.edge_name[edge].astype(np.int64), lon, lat)
    weight = graph.edge_length_dm[edge].astype(np.float64)
    whole = np.bincount(part, weight)
    middle_lon, middle_lat = np.bincount(part, weight * lon) / whole, np.bincount(part, weight * lat) / whole
    # the street's place is the middle of that piece which is nearest to its centre of gravity: on the street itself
    off = np.hypot((lon - middle_lon[part]) * true_metres(lat), lat - middle_lat[part])
    order = np.lexsort((edge, off, part))
    first = order[np.concatenate([[True], np.diff(part[order]) != 0])]
    named = sorted((graph.names[graph.edge_name[edge[i]]], float(lon[i]), float(lat[i])) for i in first.tolist())
    for name, at_lon, at_lat in named:
        rows.add(
            name, "street", at_lon * 1e7, at_lat * 1e7, other_names({"name": name, **features.streets.get(name, {})})
        )


def _connected_squares(name: LongArray, lon: FloatArray, lat: FloatArray) -> LongArray:
    """Label of each piece: pieces of one name in the same or touching squares share it."""
    step = SAME_STREET_M / METRES_PER_DEGREE
    row = np.floor(lat / step).astype(np.int64)
    column = np.floor(lon / (step / true_metres(float(np.median(lat))))).astype(np.int64)
    row -= row.min() - 1
    column -= column.min() - 1
    high = int(column.max()) + 2
    key = (name * (int(row.max()) + 2) + row) * high + column
    squares, member = np.unique(key, return_inverse=True)
    pairs: list[tuple[LongArray, LongArray]] = []
    for step_key in (1, high - 1, high, high + 1):  # east, north-west, north, north-east; the others are these reversed
        at = np.minimum(np.searchsorted(squares, squares + step_key), len(squares) - 1)
        hit = np.flatnonzero(squares[at] == squares + step_key)
        pairs.append((hit, at[hit]))
    a, b = (np.concatenate(side) for side in zip(*pairs, strict=True))
    touching = coo_array((np.ones(len(a), np.int8), (a, b)), shape=(len(squares), len(squares)))
    _, label = connected_components(touching, directed=False)
    return np.asarray(label[member], np.int64)
