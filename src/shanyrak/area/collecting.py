"""What to keep of an extract beside its ways, and keeping it: tables first, then one collector.

The tables say which things matter to somebody who looks for a warm room, a place for a yurt, or an
address told over the phone. Everything else is passed over before its tags are even read.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field

import numpy as np

from shanyrak.area.blocks import Member
from shanyrak.area.features import (
    NO_TAGS,
    Addresses,
    Buildings,
    District,
    Features,
    Ground,
    Poi,
    Ring,
    Settlement,
    Tags,
)
from shanyrak.area.outlines import Outline, ring_resolver
from shanyrak.area.refs import NodeTable, WayTable
from shanyrak.area.rings import point_inside
from shanyrak.area.walking_rules import words
from shanyrak.core.units import IntArray

POIS: dict[str, frozenset[str]] = {
    "amenity": words(  # rooms that are heated, public and large
        "school kindergarten college university community_centre social_centre social_facility library townhall "
        "public_building place_of_worship fire_station theatre cinema arts_centre events_venue conference_centre "
        "exhibition_centre music_school bus_station ferry_terminal marketplace shelter "
        # landmarks people name when they say where they are, and help
        "hospital clinic doctors pharmacy police post_office courthouse fuel bank restaurant cafe fountain"
    ),
    "shop": frozenset({"mall", "department_store", "supermarket"}),
    "railway": frozenset({"station", "halt", "tram_stop", "subway_entrance"}),
    "public_transport": frozenset({"station", "platform", "stop_position"}),
    "highway": frozenset({"bus_stop"}),
    "aeroway": frozenset({"terminal"}),
    "leisure": frozenset({"sports_centre", "sports_hall", "stadium", "park", "ice_rink", "swimming_pool"}),
    "tourism": frozenset({"museum", "hotel", "hostel", "attraction"}),
    "historic": frozenset({"monument", "memorial", "castle"}),
    "emergency": frozenset({"assembly_point", "shelter"}),
    "office": frozenset({"government", "ngo"}),
    "military": frozenset({"bunker"}),
    "place": frozenset({"square"}),
}
ONLY_NAMED = frozenset({"tourism", "historic", "office"})
ONLY_NAMED_AMENITIES = frozenset({"bank", "restaurant", "cafe", "fountain", "doctors"})
"""Landmarks: without a name they are of no use to anybody."""

SETTLEMENTS = words(
    "city town village hamlet isolated_dwelling borough suburb quarter neighbourhood city_block allotments "
    "locality island"
)

GROUNDS: tuple[tuple[str, frozenset[str], str], ...] = (
    ("place", frozenset({"square"}), "square"),
    ("amenity", frozenset({"marketplace"}), "square"),
    ("amenity", frozenset({"parking"}), "car_park"),
    ("leisure", frozenset({"park", "recreation_ground", "common"}), "park"),
    ("landuse", frozenset({"recreation_ground", "village_green"}), "park"),
    ("leisure", frozenset({"pitch"}), "pitch"),
    ("highway", frozenset({"pedestrian"}), "square"),
)
NO_OPEN_CAR_PARK = frozenset({"underground", "multi-storey", "rooftop", "sheds", "garage_boxes", "carports"})
EXCLUDED: tuple[tuple[str, frozenset[str], str], ...] = (
    ("landuse", frozenset({"military"}), "military"),
    ("military", frozenset(), "military"),  # whatever its value, but a bunker may be a shelter
    ("amenity", frozenset({"prison"}), "prison"),
)

NAME_KEYS = words(
    "name alt_name old_name official_name loc_name int_name short_name nat_name reg_name local_name sorting_name"
)
KEPT_KEYS = words(
    "amenity building leisure shop railway public_transport highway aeroway tourism historic emergency office military "
    "place landuse area sport religion denomination social_facility social_facility:for shelter_type capacity access "
    "wheelchair opening_hours operator operator:type ref surface parking fee covered location indoor layer level "
    "building:levels building:part addr:street addr:place addr:housenumber addr:city addr:suburb addr:postcode "
    "bus tram train subway station network population admin_level boundary"
)
"""Keys whose values are copied, beside all keys that hold names."""

_THING_KEYS = frozenset(POIS) | {key for key, _, _ in GROUNDS + EXCLUDED} | {"place", "building", "addr:housenumber"}
NODE_KEYS = frozenset(POIS) | {"place", "addr:housenumber"}
WAY_KEYS = _THING_KEYS - {"highway", "railway", "public_transport"} | {"area"}
"""A way with none of these is nothing to collect. highway=pedestrian is a ground only with area=yes;
platforms and stations as ways come by the next set."""
STOP_KEYS = frozenset({"railway", "public_transport"})


def is_name_key(key: str) -> bool:
    """Whether a key holds a name, in whatever language: name, name:uk, old_name, alt_name:en ..."""
    return key.partition(":")[0] in NAME_KEYS


def names_of(tags: Tags) -> dict[str, str]:
    """The names among some tags."""
    return {key: value for key, value in tags.items() if is_name_key(key)}


def _kept(tags: Tags) -> dict[str, str]:
    return {key: value for key, value in tags.items() if key in KEPT_KEYS or is_name_key(key)}


def is_poi(tags: Tags) -> bool:
    """Whether these tags make a thing worth a name on the list."""
    named = "name" in tags
    for key, values in POIS.items():
        value = tags.get(key)
        if value in values and (named or not (key in ONLY_NAMED or value in ONLY_NAMED_AMENITIES)):
            return True
    return False


def ground_kind(tags: Tags) -> str | None:
    """square, park, car_park or pitch; None where it is no open ground."""
    if "building" in tags or tags.get("indoor", "no") != "no" or tags.get("location") == "underground":
        return None
    for key, values, kind in GROUNDS:
        if tags.get(key) in values:
            if kind == "car_park" and tags.get("parking") in NO_OPEN_CAR_PARK:
                return None
            if key == "highway" and tags.get("area") != "yes":
                return None
            return kind
    return None


def excluded_kind(tags: Tags) -> str | None:
    """military or prison; None where the public may be."""
    for key, values, kind in EXCLUDED:
        value = tags.get(key)
        if value is not None and (value in values or (not values and value not in ("no", "bunker"))):
            return kind
    return None


def _is_thing(tags: Tags) -> bool:
    if "building" in tags or "place" in tags or is_poi(tags):
        return True
    return ground_kind(tags) is not None or excluded_kind(tags) is not None


def levels_of(text: str | None) -> float:
    """building:levels as a number; NaN where it says none. Of '3;4' the larger, as far as it is a number."""
    best = math.nan
    for part in (text or "").replace(",", ".").split(";"):
        try:
            value = float(part)
        except ValueError:
            continue
        if 0 < value < 500 and not value <= best:
            best = value
    return best


@dataclass
class Collector:
    """Takes what the reader meets, and makes ``Features`` of it when all nodes are known."""

    pois: list[Poi] = field(default_factory=list)
    settlements: list[Settlement] = field(default_factory=list)
    streets: dict[str, dict[str, str]] = field(default_factory=dict)
    _addresses: list[tuple[int, int, str, str]] = field(default_factory=list)
    _ways: list[tuple[int, int, dict[str, str]]] = field(default_factory=list)
    _relations: list[tuple[int, dict[str, str], list[Member]]] = field(default_factory=list)
    _texts: dict[str, str] = field(default_factory=dict)
    incomplete: int = 0
    """outlines left out because the file does not hold them whole"""

    @staticmethod
    def looks_at_node(key: str) -> bool:
        """Whether ``node`` wants nodes with this key."""
        return key in NODE_KEYS

    @staticmethod
    def looks_at_way(key: str) -> bool:
        """Whether ``way`` wants ways with this key."""
        return key in WAY_KEYS or key in STOP_KEYS

    @staticmethod
    def is_name_key(key: str) -> bool:
        """Whether ``street`` wants this key's value."""
        return is_name_key(key)

    def node(self, number: int, lon_e7: int, lat_e7: int, tags: dict[str, str]) -> None:
        """A node with one of ``NODE_KEYS``."""
        self._address(lon_e7, lat_e7, tags)
        self._named_place(f"n{number}", lon_e7, lat_e7, tags)
        if is_poi(tags):
            self.pois.append(Poi(f"n{number}", lon_e7, lat_e7, self._compact(_kept(tags))))

    def way(self, index: int, number: int, tags: dict[str, str]) -> None:
        """A way with one of ``WAY_KEYS`` or ``STOP_KEYS``; ``index`` is its place in the WayTable."""
        if _is_thing(tags) or "addr:housenumber" in tags:
            self._ways.append((index, number, self._compact(_kept(tags))))

    def relation(self, number: int, tags: dict[str, str], members: list[Member]) -> None:
        """A multipolygon or boundary."""
        if _is_thing(tags) or tags.get("boundary") == "administrative":
            self._relations.append((number, _kept(tags), members))

    def street(self, name: str, tags: dict[str, str]) -> None:
        """A walkable way's further names."""
        further = self.streets.setdefault(name, {})
        for key, value in tags.items():
            further.setdefault(key, value)

    def finish(self, nodes: NodeTable, ways: WayTable) -> Features:
        """Everything collected, outlines resolved."""
        number, ptr = ways.nodes_of(np.array([index for index, _, _ in self._ways], np.int64))
        at = nodes.find(number)
        whole = np.ones(len(self._ways), np.bool_)
        if len(at):
            owner = np.repeat(np.arange(len(self._ways)), np.diff(ptr))
            whole[owner[at < 0]] = False
        whole &= np.diff(ptr) > 0
        self.incomplete += int((~whole).sum())
        lon, lat = nodes.lon_e7[at], nodes.lat_e7[at]
        sink = _Sink(self)
        for i in np.flatnonzero(whole).tolist():
            _, osm_number, tags = self._ways[i]
            begin, end = int(ptr[i]), int(ptr[i + 1])
            xs, ys = lon[begin:end], lat[begin:end]
            if end - begin > 3 and number[begin] == number[end - 1]:
                sink.area(f"w{osm_number}", osm_number, tags, Outline([Ring(xs, ys)], []))
            else:
                middle = (end - begin) // 2
                sink.line(f"w{osm_number}", int(xs[middle]), int(ys[middle]), tags)
        self._ways.clear()
        self._finish_relations(nodes, ways, sink)
        self._relations.clear()
        return sink.features()

    def _finish_relations(self, nodes: NodeTable, ways: WayTable, sink: _Sink) -> None:
        resolve = ring_resolver(nodes, ways, [members for _, _, members in self._relations])
        for osm_number, tags, members in self._relations:
            outline = resolve(members)
            if tags.get("boundary") == "administrative":
                sink.district(osm_number, tags, outline)
            elif outline is None:
                self.incomplete += 1
            else:
                sink.area(f"r{osm_number}", -osm_number, tags, outline)

    def _compact(self, tags: dict[str, str]) -> dict[str, str]:
        # Towns repeat themselves: one copy of 'apartments' and of a street's name will do.
        texts = self._texts
        return {texts.setdefault(key, key): texts.setdefault(value, value) for key, value in tags.items()}

    def _address(self, lon_e7: int, lat_e7: int, tags: Tags) -> None:
        number = tags.get("addr:housenumber")
        street = tags.get("addr:street") or tags.get("addr:place")
        if number and street:
            street = self._texts.setdefault(street, street)
            self._addresses.append((lon_e7, lat_e7, street, self._texts.setdefault(number, number)))

    def _named_place(self, osm_id: str, lon_e7: int, lat_e7: int, tags: Tags) -> None:
        kind = tags.get("place")
        if kind in SETTLEMENTS and "name" in tags:
            people = tags.get("population", "")
            count = int(people) if people.isascii() and people.isdigit() and len(people) < 12 else None
            self.settlements.append(Settlement(osm_id, lon_e7, lat_e7, kind, names_of(tags), count))


class _Sink:
    """Sorts resolved outlines into the columns and lists of ``Features``."""

    def __init__(self, collector: Collector) -> None:
        self._collector = collector
        self._buildings: list[tuple[int, Ring, float, str, Tags]] = []
        self._grounds: list[Ground] = []
        self._excluded: list[Ground] = []
        self._districts: list[District] = []

    def line(self, osm_id: str, lon_e7: int, lat_e7: int, tags: Tags) -> None:
        """A thing drawn as an open line, such as a platform: its middle stands for it."""
        if is_poi(tags):
            self._collector.pois.append(Poi(osm_id, lon_e7, lat_e7, tags))

    def area(self, osm_id: str, osm_number: int, tags: Tags, outline: Outline) -> None:
        """A thing with an outline; it may be several things at once."""
        largest = outline.outer[0]
        kind = tags.get("building")
        if kind is not None and kind != "no":
            further = {
                key: value for key, value in tags.items() if key not in ("building", "building:levels")
            } or NO_TAGS
            level = levels_of(tags.get("building:levels"))
            self._buildings += ((osm_number, ring, level, kind, further) for ring in outline.outer)
        if "addr:housenumber" in tags:
            self._collector._address(_middle(largest.lon_e7), _middle(largest.lat_e7), tags)
        ground, excluded = ground_kind(tags), excluded_kind(tags)
        holes = tuple(outline.holes)
        if ground is not None:
            self._grounds += (Ground(osm_id, ring, ground, tags.get("name", ""), tags, holes) for ring in outline.outer)
        if excluded is not None:
            self._excluded += (
                Ground(osm_id, ring, excluded, tags.get("name", ""), tags, holes) for ring in outline.outer
            )
        if "place" in tags or is_poi(tags):
            lon, lat = point_inside(largest.lon_e7, largest.lat_e7)
            self._collector._named_place(osm_id, lon, lat, tags)
            if is_poi(tags):
                self._collector.pois.append(Poi(osm_id, lon, lat, tags, largest))

    def district(self, osm_number: int, tags: Tags, outline: Outline | None) -> None:
        """An administrative boundary, whole or not."""
        names = names_of(tags)
        if not names:
            return
        level = tags.get("admin_level", "")
        rings, holes = (tuple(outline.outer), tuple(outline.holes)) if outline else ((), ())
        whole_level = int(level) if level.isascii() and level.isdigit() and len(level) < 3 else 0
        self._districts.append(District(f"r{osm_number}", whole_level, names, rings, holes))

    def features(self) -> Features:
        """The columns and lists."""
        rows = self._buildings
        ptr = np.zeros(len(rows) + 1, np.int64)
        np.cumsum([len(row[1]) for row in rows], out=ptr[1:])
        nothing = [np.zeros(0, np.int32)]
        buildings = Buildings(
            np.array([row[0] for row in rows], np.int64),
            ptr,
            np.concatenate([row[1].lon_e7 for row in rows] or nothing),
            np.concatenate([row[1].lat_e7 for row in rows] or nothing),
            np.array([row[2] for row in rows], np.float32),
            tuple(row[3] for row in rows),
            {i: row[4] for i, row in enumerate(rows) if row[4]},
        )
        address = self._collector._addresses
        place = np.array([row[:2] for row in address], np.int32).reshape(-1, 2)
        addresses = Addresses(
            place[:, 0].copy(),
            place[:, 1].copy(),
            tuple(row[2] for row in address),
            tuple(row[3] for row in address),
        )
        taken = self._collector
        return Features(
            buildings,
            taken.pois,
            self._grounds,
            self._excluded,
            addresses,
            taken.settlements,
            taken.streets,
            self._districts,
        )


def _middle(values: IntArray) -> int:
    return (int(values.min()) + int(values.max())) // 2
