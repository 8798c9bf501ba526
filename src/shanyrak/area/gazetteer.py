"""The area's own list of names: GPS is jammed, streets are renamed, and people phone for others.

Streets, house numbers, stops, landmarks and districts, each with its old and other names in every script the map
knows. ``find_in_gazetteer`` answers what people type; the finder and the command line ask the same list.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, ClassVar

import numpy as np
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from shanyrak.area.boundary import Boundary
from shanyrak.area.features import Features, Tags
from shanyrak.area.fold_text import house_number, leading_number, split_number, words_of
from shanyrak.area.metric import METRES_PER_DEGREE, ring_areas, true_metres
from shanyrak.area.people_guess import points_along
from shanyrak.core.units import FloatArray, LongArray
from shanyrak.walk.graph import WalkGraph

SAME_STREET_M = 500.0
"""Pieces of one name whose squares of this side touch are one street; farther apart there are two streets of that name."""
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
_KINDS = ("street", "stop", "landmark", "district", "address")


@dataclass(frozen=True, eq=False)
class Gazetteer:
    """Names, as columns."""

    name: tuple[str, ...]
    """as the map has it; of an address: street and number"""
    kind: tuple[str, ...]
    """'street', 'stop', 'landmark', 'district' or 'address'"""
    street: tuple[str, ...]
    """of an address; else ''"""
    housenumber: tuple[str, ...]
    alternatives: tuple[str, ...]
    """other and old names, '; ' between them"""
    lon: FloatArray
    lat: FloatArray

    TEXT: ClassVar[tuple[str, ...]] = ("name", "kind", "street", "housenumber", "alternatives")

    def __len__(self) -> int:
        return len(self.name)

    @cached_property
    def _index(self) -> _Index:
        return _Index(self)


@dataclass(frozen=True)
class FoundPlace:
    """One answer."""

    label: str
    """what to show: 'Шкільна 12', and what else it is called"""
    name: str
    kind: str
    lon: float
    lat: float
    alternatives: tuple[str, ...]
    exact: bool
    """False where the house number is not on the map and the nearest one is shown"""

    def as_dict(self) -> dict[str, Any]:
        """For JSON."""
        return {
            "label": self.label, "name": self.name, "kind": self.kind, "lon": self.lon, "lat": self.lat,
            "alternatives": list(self.alternatives), "exact": self.exact,
        }  # fmt: skip


def find_in_gazetteer(gazetteer: Gazetteer, text: str, *, most: int = 10) -> list[FoundPlace]:
    """Places that a text may mean, best first.

    Every word of the text must be, or begin, a word of a name; 'вул.', 'str.' and the like may be missing or
    differ. A house number gives that house, else the nearest number on the same street (``exact`` is False then),
    else the street.
    """
    index = gazetteer._index
    whole = index.ranked(text)
    street, number = split_number(text)
    answers: list[tuple[tuple[float, ...], FoundPlace]] = []
    if number:
        for score, row in index.ranked(street):
            if gazetteer.kind[row] != "street":
                continue
            house = index.house(row, number)
            if house is None:
                answers.append(((-score + 30, *_order(gazetteer, row)), _place(gazetteer, row, exact=False)))
            else:
                at, exact = house
                answers.append(
                    ((-score - (5 if exact else -10), *_order(gazetteer, at)), _place(gazetteer, at, exact=exact))
                )
    for score, row in whole:
        answers.append(((-score, *_order(gazetteer, row)), _place(gazetteer, row, exact=True)))
    answers.sort(key=lambda answer: answer[0])
    out: list[FoundPlace] = []
    seen: set[tuple[str, str, float, float]] = set()
    for _, place in answers:
        key = (place.kind, place.name, place.lon, place.lat)
        if key not in seen:
            seen.add(key)
            out.append(place)
    return out[:most]


def _order(gazetteer: Gazetteer, row: int) -> tuple[float, ...]:
    """Between equal answers: streets first, short names first, then the order of the list."""
    return (_KINDS.index(gazetteer.kind[row]), len(gazetteer.name[row]), row)


def _place(gazetteer: Gazetteer, row: int, *, exact: bool) -> FoundPlace:
    others = tuple(part for part in gazetteer.alternatives[row].split("; ") if part)
    name = gazetteer.name[row]
    label = name if gazetteer.kind[row] in ("street", "address") else f"{name} ({gazetteer.kind[row]})"
    if not exact:
        label += " (nearest number on the map)" if gazetteer.kind[row] == "address" else " (number not on the map)"
    return FoundPlace(
        label, name, gazetteer.kind[row], float(gazetteer.lon[row]), float(gazetteer.lat[row]), others, exact
    )


class _Index:
    """Words of all names but addresses, and the houses of each street."""

    def __init__(self, gazetteer: Gazetteer) -> None:
        self._gazetteer = gazetteer
        self._names: list[tuple[int, tuple[str, ...], frozenset[str]]] = []
        self._houses: dict[tuple[str, ...], list[int]] = defaultdict(list)
        for row, kind in enumerate(gazetteer.kind):
            if kind == "address":
                self._houses[words_of(gazetteer.street[row])[0]].append(row)
                continue
            for name in (gazetteer.name[row], *gazetteer.alternatives[row].split("; ")):
                if name:
                    self._names.append((row, *words_of(name)))

    def ranked(self, text: str) -> list[tuple[float, int]]:
        """(score, row) of every name that fits, each row once with its best score."""
        asked, kinds = words_of(text)
        if not asked:
            return []
        best: dict[int, float] = {}
        for row, words, types in self._names:
            score = _score(asked, words)
            if score > 0:
                if kinds and types:
                    score += 2 if kinds & types else -4
                best[row] = max(score, best.get(row, 0.0))
        return [(score, row) for row, score in best.items()]

    def house(self, street_row: int, number: str) -> tuple[int, bool] | None:
        """The house with this number on a street, or the nearest number; with whether it is the very one."""
        gazetteer = self._gazetteer
        names = (gazetteer.name[street_row], *gazetteer.alternatives[street_row].split("; "))
        rows = [row for name in names if name for row in self._houses.get(words_of(name)[0], ())]
        if not rows:
            return None
        lon, lat = gazetteer.lon[rows], gazetteer.lat[rows]
        here = np.hypot(
            (lon - gazetteer.lon[street_row]) * true_metres(gazetteer.lat[street_row]), lat - gazetteer.lat[street_row]
        )
        wanted = leading_number(number)

        def distance(at: int) -> tuple[bool, float, bool, float, int]:
            mine = house_number(gazetteer.housenumber[rows[at]])
            first = leading_number(mine)
            if mine == number:
                return (False, 0.0, False, float(here[at]), rows[at])
            if wanted is None or first is None:
                return (True, 1e9, True, float(here[at]), rows[at])
            # the same side of the street where two numbers are equally near
            return (True, abs(first - wanted), (first - wanted) % 2 != 0, float(here[at]), rows[at])

        nearest = min(range(len(rows)), key=distance)
        return rows[nearest], not distance(nearest)[0]


def _score(asked: Sequence[str], words: Sequence[str]) -> float:
    """100 for the same words, 80 for all words among others, 60 where words are only begun, 0 for no fit."""
    left = list(words)
    begun = 0
    for word in asked:
        if word in left:
            left.remove(word)
            continue
        fits = next((other for other in left if len(word) > 1 and other.startswith(word)), None)
        if fits is None:
            return 0.0
        left.remove(fits)
        begun += 1
    if not left and not begun:
        return 100.0 if tuple(asked) == tuple(words) else 95.0
    return (60.0 if begun else 80.0) - min(len(left), 10)


# ---- making it


def gazetteer_of(graph: WalkGraph, features: Features, *, boundary: Boundary | None = None) -> Gazetteer:
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
    """Rows as they are gathered; the same name and kind within 60 m (two platforms of a stop) is one row."""

    _STEP_E7 = 6_000  # about 67 m of latitude

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
        key = (name, kind, round(lon_e7 / self._STEP_E7), round(lat_e7 / self._STEP_E7))
        if key in self._seen:
            return
        self._seen.add(key)
        self._rows.append((name, kind, street, number, "; ".join(others)))
        self._lon.append(lon_e7 / 1e7)
        self._lat.append(lat_e7 / 1e7)

    def gazetteer(self) -> Gazetteer:
        columns = zip(*self._rows, strict=True) if self._rows else ((), (), (), (), ())
        name, kind, street, number, others = (tuple(column) for column in columns)
        return Gazetteer(name, kind, street, number, others, np.asarray(self._lon), np.asarray(self._lat))


def _add_streets(rows: _Rows, graph: WalkGraph, features: Features) -> None:
    """One row per street: pieces of one name that lie near each other."""
    edge = np.flatnonzero(graph.edge_name >= 0)
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
