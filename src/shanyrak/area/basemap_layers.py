"""Which object of OpenStreetMap goes into which layer of the basemap, with which fields, from which zoom.

Pure rules: tags in, ``Drawn`` out. The layers and fields are promised in docs/reference/basemap.md.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Literal

Tags = Mapping[str, str]
Shape = Literal["whole", "label"]

LAYERS = (
    "water", "waterway", "landuse", "buildings", "roads", "rail", "barriers", "boundaries", "places", "pois",
    "housenumbers",
)  # fmt: skip
KEYS = (
    "highway", "railway", "aerialway", "waterway", "natural", "landuse", "leisure", "building", "place", "amenity",
    "shop", "tourism", "historic", "emergency", "man_made", "barrier", "boundary", "public_transport",
    "addr:housenumber",
)  # fmt: skip
"""An object without any of these keys is never drawn."""
LANGUAGES = ("uk", "en", "kk", "de", "ru")


@dataclass(frozen=True)
class Drawn:
    """One feature of the basemap."""

    layer: str
    fields: dict[str, object]
    from_zoom: int
    shape: Shape = "whole"
    """label: a point on the object, whatever the object is"""
    sized: bool = False
    """areas only: may wait for a deeper zoom where it is small"""


@dataclass(frozen=True)
class Kind:
    """What a table row says: the word in the archive and the lowest zoom."""

    kind: str
    from_zoom: int
    more: dict[str, object] = field(default_factory=dict)


ROADS: dict[str, Kind] = {
    "motorway": Kind("motorway", 8),
    "trunk": Kind("trunk", 8),
    "primary": Kind("primary", 8),
    "secondary": Kind("secondary", 10),
    "tertiary": Kind("tertiary", 11),
    "residential": Kind("residential", 12),
    "unclassified": Kind("residential", 12),
    "road": Kind("residential", 12),
    "busway": Kind("service", 13),
    "living_street": Kind("living_street", 12),
    "pedestrian": Kind("pedestrian", 13),
    "service": Kind("service", 13),
    "track": Kind("track", 13),
    "cycleway": Kind("cycleway", 14),
    "footway": Kind("footway", 14),
    "path": Kind("path", 14),
    "bridleway": Kind("path", 14),
    "steps": Kind("steps", 14),
    "corridor": Kind("footway", 15),
    "platform": Kind("footway", 15),
}
RAIL: dict[str, Kind] = {
    "rail": Kind("rail", 8),
    "tram": Kind("light", 11),
    "light_rail": Kind("light", 11),
    "subway": Kind("light", 11),
    "monorail": Kind("light", 11),
    "narrow_gauge": Kind("other", 12),
    "funicular": Kind("other", 12),
    "preserved": Kind("other", 12),
}
AERIALWAYS = frozenset({"cable_car", "gondola", "mixed_lift", "chair_lift"})
WATERWAYS: dict[str, Kind] = {
    "river": Kind("river", 8),
    "canal": Kind("canal", 8),
    "stream": Kind("stream", 12),
    "ditch": Kind("ditch", 14),
    "drain": Kind("ditch", 14),
}
BARRIERS: dict[str, Kind] = {
    "wall": Kind("wall", 15),
    "city_wall": Kind("wall", 15),
    "retaining_wall": Kind("wall", 15),
    "fence": Kind("fence", 15),
    "hedge": Kind("hedge", 15),
}

WATER: dict[tuple[str, str], Kind] = {
    ("natural", "water"): Kind("lake", 8),
    ("natural", "bay"): Kind("lake", 8),
    ("waterway", "riverbank"): Kind("river", 8),
    ("waterway", "dock"): Kind("lake", 8),
    ("landuse", "reservoir"): Kind("lake", 8),
    ("landuse", "basin"): Kind("lake", 8),
    ("leisure", "swimming_pool"): Kind("pool", 14),
}
"""The first row that fits counts, here and below."""
GROUND: dict[tuple[str, str], Kind] = {
    ("leisure", "park"): Kind("park", 10),
    ("leisure", "nature_reserve"): Kind("forest", 10),
    ("leisure", "golf_course"): Kind("grass", 10),
    ("leisure", "garden"): Kind("garden", 13),
    ("leisure", "dog_park"): Kind("grass", 13),
    ("leisure", "pitch"): Kind("pitch", 13),
    ("leisure", "track"): Kind("pitch", 13),
    ("leisure", "playground"): Kind("playground", 14),
    ("leisure", "stadium"): Kind("stadium", 12),
    ("leisure", "sports_centre"): Kind("stadium", 13),
    ("amenity", "grave_yard"): Kind("cemetery", 12),
    ("amenity", "school"): Kind("school", 12),
    ("amenity", "kindergarten"): Kind("school", 13),
    ("amenity", "college"): Kind("school", 12),
    ("amenity", "university"): Kind("school", 12),
    ("amenity", "hospital"): Kind("hospital", 12),
    ("amenity", "clinic"): Kind("hospital", 13),
    ("amenity", "parking"): Kind("parking", 14),
    ("amenity", "marketplace"): Kind("square", 13),
    ("place", "square"): Kind("square", 13),
    ("man_made", "pier"): Kind("pier", 13),
    ("landuse", "residential"): Kind("residential", 8),
    ("landuse", "commercial"): Kind("commercial", 11),
    ("landuse", "retail"): Kind("commercial", 11),
    ("landuse", "industrial"): Kind("industrial", 10),
    ("landuse", "port"): Kind("industrial", 10),
    ("landuse", "garages"): Kind("industrial", 12),
    ("landuse", "quarry"): Kind("quarry", 11),
    ("landuse", "construction"): Kind("industrial", 12),
    ("landuse", "railway"): Kind("railway", 12),
    ("landuse", "farmland"): Kind("farmland", 8),
    ("landuse", "farmyard"): Kind("farmland", 12),
    ("landuse", "orchard"): Kind("orchard", 10),
    ("landuse", "vineyard"): Kind("orchard", 10),
    ("landuse", "forest"): Kind("forest", 8),
    ("landuse", "meadow"): Kind("grass", 10),
    ("landuse", "grass"): Kind("grass", 12),
    ("landuse", "village_green"): Kind("grass", 12),
    ("landuse", "recreation_ground"): Kind("park", 11),
    ("landuse", "flowerbed"): Kind("garden", 15),
    ("landuse", "cemetery"): Kind("cemetery", 11),
    ("landuse", "allotments"): Kind("allotments", 11),
    ("natural", "wood"): Kind("forest", 8),
    ("natural", "scrub"): Kind("scrub", 10),
    ("natural", "heath"): Kind("scrub", 10),
    ("natural", "grassland"): Kind("grass", 10),
    ("natural", "wetland"): Kind("wetland", 11),
    ("natural", "beach"): Kind("sand", 11),
    ("natural", "sand"): Kind("sand", 11),
    ("natural", "shingle"): Kind("sand", 12),
    ("natural", "bare_rock"): Kind("rock", 10),
    ("natural", "scree"): Kind("rock", 10),
    ("natural", "glacier"): Kind("rock", 8),
}
PLACES: dict[str, tuple[Kind, int]] = {
    "city": (Kind("city", 8), 1),
    "town": (Kind("town", 8), 2),
    "village": (Kind("village", 10), 3),
    "suburb": (Kind("suburb", 11), 4),
    "borough": (Kind("suburb", 11), 4),
    "quarter": (Kind("quarter", 12), 5),
    "neighbourhood": (Kind("neighbourhood", 12), 6),
    "hamlet": (Kind("hamlet", 12), 6),
    "isolated_dwelling": (Kind("hamlet", 13), 7),
    "locality": (Kind("hamlet", 13), 8),
    "island": (Kind("island", 12), 6),
    "islet": (Kind("island", 13), 7),
    "square": (Kind("square", 13), 7),
}
POIS: dict[tuple[str, str], tuple[Kind, int]] = {
    ("railway", "station"): (Kind("station", 13), 1),
    ("railway", "halt"): (Kind("station", 13), 2),
    ("amenity", "bus_station"): (Kind("station", 13), 2),
    ("amenity", "hospital"): (Kind("hospital", 13), 1),
    ("amenity", "townhall"): (Kind("townhall", 14), 2),
    ("amenity", "school"): (Kind("school", 14), 3),
    ("amenity", "kindergarten"): (Kind("kindergarten", 15), 5),
    ("amenity", "college"): (Kind("college", 14), 3),
    ("amenity", "university"): (Kind("college", 14), 3),
    ("amenity", "library"): (Kind("library", 14), 3),
    ("amenity", "community_centre"): (Kind("community_centre", 14), 3),
    ("amenity", "fire_station"): (Kind("fire_station", 14), 3),
    ("amenity", "police"): (Kind("police", 14), 4),
    ("amenity", "place_of_worship"): (Kind("place_of_worship", 14), 4),
    ("amenity", "clinic"): (Kind("clinic", 14), 4),
    ("amenity", "doctors"): (Kind("clinic", 15), 6),
    ("amenity", "pharmacy"): (Kind("pharmacy", 15), 6),
    ("amenity", "marketplace"): (Kind("marketplace", 14), 4),
    ("amenity", "theatre"): (Kind("theatre", 14), 4),
    ("amenity", "post_office"): (Kind("post_office", 15), 6),
    ("amenity", "bank"): (Kind("bank", 15), 7),
    ("amenity", "fuel"): (Kind("fuel", 15), 6),
    ("shop", "mall"): (Kind("shop", 14), 4),
    ("shop", "supermarket"): (Kind("shop", 15), 6),
    ("leisure", "stadium"): (Kind("stadium", 14), 3),
    ("leisure", "sports_centre"): (Kind("stadium", 15), 5),
    ("tourism", "museum"): (Kind("museum", 14), 4),
    ("tourism", "viewpoint"): (Kind("viewpoint", 15), 7),
    ("historic", "memorial"): (Kind("memorial", 15), 8),
    ("historic", "monument"): (Kind("memorial", 15), 7),
    ("railway", "tram_stop"): (Kind("tram_stop", 15), 7),
    ("highway", "bus_stop"): (Kind("bus_stop", 15), 8),
}
LABELLED_GROUND = {
    "park": ("park", 13, 6),
    "cemetery": ("park", 14, 8),
    "forest": ("park", 13, 8),
    "square": ("square", 14, 7),
}
"""Named ground that gets a label among the places: ground kind -> (kind, from zoom, rank)."""

_DWELLINGS = frozenset({
    "apartments", "house", "residential", "detached", "semidetached_house", "terrace", "dormitory", "bungalow",
    "cabin", "farm",
})  # fmt: skip
_PUBLIC = frozenset({
    "school", "kindergarten", "university", "college", "hospital", "civic", "public", "government", "church",
    "chapel", "cathedral", "mosque", "synagogue", "temple", "train_station", "fire_station", "museum",
    "sports_hall", "stadium", "library",
})  # fmt: skip
_NO = frozenset({"no", "private"})


def way_line(tags: Tags, *, closed: bool, boundary_level: int | None = None) -> Iterator[Drawn]:
    """What is drawn of a way as a line. ``boundary_level``: the lowest level of the boundaries it is a part of."""
    highway = tags.get("highway")
    road = ROADS.get(highway.removesuffix("_link")) if highway else None
    if road and not (closed and _is_area(tags)):
        yield Drawn("roads", _road_fields(tags, road.kind, highway or ""), _road_zoom(tags, road))
    elif (railway := RAIL.get(tags.get("railway", ""))) and not closed:
        siding = "service" in tags
        fields = {"kind": railway.kind, **_levels(tags), **({"siding": True} if siding else {})}
        yield Drawn("rail", fields, 13 if siding else railway.from_zoom)
    elif tags.get("aerialway") in AERIALWAYS:
        yield Drawn("rail", {"kind": "other"}, 12)
    if (water := WATERWAYS.get(tags.get("waterway", ""))) and not closed:
        fields = {"kind": water.kind, **names(tags), **({"tunnel": True} if _yes(tags, "tunnel") else {})}
        yield Drawn("waterway", fields, water.from_zoom)
    if barrier := BARRIERS.get(tags.get("barrier", "")):
        yield Drawn("barriers", {"kind": barrier.kind}, barrier.from_zoom)
    elif tags.get("man_made") == "embankment":
        yield Drawn("barriers", {"kind": "embankment"}, 15)
    if boundary_level is not None:
        fields = {"kind": "admin", "admin_level": boundary_level}
        yield Drawn("boundaries", fields, 8 if boundary_level <= 8 else 11)


def area(tags: Tags) -> Iterator[Drawn]:
    """What is drawn of an area: the area itself, and the labels on it."""
    building = tags.get("building")
    if building and building != "no":
        yield Drawn("buildings", _building_fields(tags, building), 13, sized=True)
    elif water := _first(WATER, tags):
        kind = "river" if tags.get("water") in {"river", "canal"} else water.kind
        yield Drawn("water", {"kind": kind}, water.from_zoom, sized=water.kind != "pool")
        if kind == "lake" and "name" in tags:
            yield Drawn("places", {"kind": "water", **names(tags), "rank": 8}, 13, shape="label")
    elif (highway := tags.get("highway")) in {"pedestrian", "footway", "service"} and _is_area(tags):
        fields = _road_fields(tags, "pedestrian", highway or "")
        yield Drawn("roads", fields, 13)
    elif ground := _first(GROUND, tags):
        yield Drawn("landuse", {"kind": ground.kind}, ground.from_zoom, sized=True)
    if "name" in tags:
        ground = _first(GROUND, tags)
        if not building and ground and ground.kind in LABELLED_GROUND:
            kind, zoom, rank = LABELLED_GROUND[ground.kind]
            yield Drawn("places", {"kind": kind, **names(tags), "rank": rank}, zoom, shape="label")
        elif tags.get("place") in {"island", "islet", "suburb", "quarter", "neighbourhood"}:
            yield from _place(tags)
    yield from _point_of_interest(tags)
    yield from _house_number(tags)


def node(tags: Tags) -> Iterator[Drawn]:
    """What is drawn of a node."""
    yield from _place(tags)
    yield from _point_of_interest(tags)
    yield from _house_number(tags)


def names(tags: Tags) -> dict[str, object]:
    """``name``, and ``name:L`` where it differs."""
    name = tags.get("name")
    if not name:
        return {}
    found: dict[str, object] = {"name": name}
    for language in LANGUAGES:
        other = tags.get(f"name:{language}")
        if other and other != name:
            found[f"name:{language}"] = other
    return found


def _first(table: Mapping[tuple[str, str], Kind], tags: Tags) -> Kind | None:
    for (key, value), kind in table.items():
        if tags.get(key) == value:
            return kind
    return None


def _yes(tags: Tags, key: str) -> bool:
    return tags.get(key, "no") != "no"


def _is_area(tags: Tags) -> bool:
    return tags.get("area") == "yes" or tags.get("type") == "multipolygon"


def _levels(tags: Tags) -> dict[str, object]:
    fields: dict[str, object] = {}
    if _yes(tags, "bridge"):
        fields["bridge"] = True
    if _yes(tags, "tunnel"):
        fields["tunnel"] = True
    layer = _number(tags.get("layer"))
    if layer:
        fields["layer"] = layer
    return fields


def _road_fields(tags: Tags, kind: str, highway: str) -> dict[str, object]:
    fields = {"kind": kind, **names(tags), **_levels(tags)}
    if highway.endswith("_link"):
        fields["link"] = True
    if "ref" in tags and kind in {"motorway", "trunk", "primary", "secondary"}:
        fields["ref"] = tags["ref"]
    if tags.get("foot", tags.get("access")) in _NO and kind not in {"motorway", "trunk"}:
        fields["private"] = True
    return fields


def _road_zoom(tags: Tags, road: Kind) -> int:
    return 14 if road.kind == "service" and tags.get("service") == "parking_aisle" else road.from_zoom


def _building_fields(tags: Tags, building: str) -> dict[str, object]:
    kind = "residential" if building in _DWELLINGS else "other"
    if building in _PUBLIC or ("amenity" in tags and kind == "other"):
        kind = "public"
    levels = _number(tags.get("building:levels"))
    return {"kind": kind, **({"levels": levels} if levels else {})}


def _number(text: str | None) -> int | None:
    """A whole number between -20 and 200, else None: a wrong tag is no reason to stop."""
    try:
        value = int(float(text or ""))
    except (ValueError, OverflowError):
        return None
    return value if -20 <= value <= 200 else None


def _place(tags: Tags) -> Iterator[Drawn]:
    row = PLACES.get(tags.get("place", ""))
    if row and "name" in tags:
        kind, rank = row
        yield Drawn("places", {"kind": kind.kind, **names(tags), "rank": rank}, kind.from_zoom, shape="label")


def _point_of_interest(tags: Tags) -> Iterator[Drawn]:
    for (key, value), (kind, rank) in POIS.items():
        if tags.get(key) == value:
            yield Drawn("pois", {"kind": kind.kind, **names(tags), "rank": rank}, kind.from_zoom, shape="label")
            return


def _house_number(tags: Tags) -> Iterator[Drawn]:
    number = tags.get("addr:housenumber")
    if number:
        yield Drawn("housenumbers", {"number": number}, 15, shape="label")
