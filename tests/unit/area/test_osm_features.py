"""What is collected beside the graph: drawn things in, features out."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest

from shanyrak.area.collecting import levels_of
from shanyrak.area.features import Features
from shanyrak.area.osm import Extract, read_osm
from shanyrak.area.rings import join_rings, point_inside
from shanyrak.core.units import degrees_to_e7
from tests.unit.area.osm_drawing import Town

STREET = ("xy", {"highway": "residential"})
BLOCK = """
    a  b     e  f
                     x  y
    d  c     h  g
"""


def read(path: Path) -> Extract:
    return read_osm(path)


def features(tmp_path: Path, ways: list, **more) -> Features:  # type: ignore[no-untyped-def, type-arg]
    return read(Town(BLOCK).write(tmp_path, [STREET, *ways], **more)).features


def test_buildings_with_their_ring_levels_and_tags(tmp_path: Path) -> None:
    house = {"building": "apartments", "building:levels": "9", "name": "Будинок", "roof:colour": "red"}
    found = features(tmp_path, [("abcda", house), ("efghe", {"building": "yes"})])
    assert len(found.buildings) == 2
    first, second = found.buildings
    assert (first.osm_id, first.kind, first.levels, dict(first.tags)) == ("w2", "apartments", 9.0, {"name": "Будинок"})
    town = Town(BLOCK)
    assert first.ring.lon_e7.tolist() == degrees_to_e7([town.at[letter][0] for letter in "abcda"]).tolist()
    assert second.osm_id == "w3"
    assert math.isnan(second.levels)
    assert dict(second.tags) == {}
    assert [one.osm_id for one in found.buildings[0:2]] == ["w2", "w3"]
    assert found.buildings[-1].osm_id == "w3"


@pytest.mark.parametrize(
    ("text", "levels"),
    [
        ("5", 5),
        ("2.5", 2.5),
        ("3;4", 4),
        ("1,5", 1.5),
        ("x", None),
        ("-1", None),
        ("0", None),
        (None, None),
        ("nan", None),
    ],
)
def test_levels(text: str | None, levels: float | None) -> None:
    found = levels_of(text)
    assert math.isnan(found) if levels is None else found == levels


def test_a_building_of_two_outlines_is_two_buildings_of_one_number(tmp_path: Path) -> None:
    house = ([(2, "outer"), (3, "outer")], {"type": "multipolygon", "building": "school", "amenity": "school"})
    found = features(tmp_path, [("abcda", {}), ("efghe", {})], relations=[house])
    assert [one.osm_id for one in found.buildings] == ["r1", "r1"]
    # as a room it is one
    assert [poi.osm_id for poi in found.pois] == ["r1"]
    assert found.pois[0].ring is not None


def test_an_outline_in_pieces_and_with_a_yard(tmp_path: Path) -> None:
    house = ([(2, "outer"), (3, "outer"), (4, "inner")], {"type": "multipolygon", "building": "yes"})
    found = features(tmp_path, [("abe", {}), ("aheb"[:3], {}), ("dcgd", {})], relations=[house])
    assert [one.osm_id for one in found.buildings] == ["r1"]


@pytest.mark.parametrize(
    "members",
    [
        [(99, "outer")],  # not in the file
        [(2, "outer")],  # stays open
        [(2, "inner")],
        [],
        [(2, "outer"), (2, "outer")],  # the same piece twice
    ],
)
def test_a_building_relation_that_cannot_be_closed_is_counted_and_left_out(
    tmp_path: Path, members: list[tuple[int, str]]
) -> None:
    house = (members, {"type": "multipolygon", "building": "yes"})
    town = Town(BLOCK)
    extract = read(town.write(tmp_path, [STREET, ("abc", {})], relations=[house]))
    assert len(extract.features.buildings) in (0, 1)
    assert len(extract.features.buildings) + extract.counts["incomplete_outlines"] == 1


def test_a_building_with_a_missing_node_is_left_out(tmp_path: Path) -> None:
    extract = read(Town(BLOCK).write(tmp_path, [STREET, ("abcda", {"building": "yes"})], leave_out="c"))
    assert len(extract.features.buildings) == 0
    assert extract.counts["incomplete_outlines"] == 1


def test_addresses_of_nodes_and_of_houses(tmp_path: Path) -> None:
    found = features(
        tmp_path,
        [("abcda", {"building": "yes", "addr:street": "Шкільна", "addr:housenumber": "12а"})],
        nodes={
            "e": {"addr:street": "Шкільна", "addr:housenumber": "14"},
            "f": {"addr:place": "Хутір", "addr:housenumber": "3"},
            "g": {"addr:housenumber": "5"},  # of no street: nobody could ask for it
        },
    )
    assert {(one.street, one.housenumber) for one in found.addresses} == {
        ("Шкільна", "14"),
        ("Хутір", "3"),
        ("Шкільна", "12а"),
    }
    house = next(one for one in found.addresses if one.housenumber == "12а")
    at = Town(BLOCK).at
    assert at["a"][0] < house.lon_e7 / 1e7 < at["b"][0]
    assert at["d"][1] < house.lat_e7 / 1e7 < at["a"][1]


@pytest.mark.parametrize(
    ("tags", "kept"),
    [
        ({"amenity": "school"}, True),
        ({"amenity": "community_centre"}, True),
        ({"amenity": "library"}, True),
        ({"amenity": "place_of_worship", "religion": "christian"}, True),
        ({"amenity": "fire_station"}, True),
        ({"amenity": "townhall"}, True),
        ({"amenity": "hospital"}, True),
        ({"amenity": "shelter"}, True),
        ({"shop": "mall"}, True),
        ({"railway": "station"}, True),
        ({"highway": "bus_stop"}, True),
        ({"public_transport": "platform"}, True),
        ({"emergency": "assembly_point"}, True),
        ({"amenity": "bench"}, False),
        ({"amenity": "cafe"}, False),
        ({"amenity": "cafe", "name": "Кав'ярня"}, True),  # a landmark
        ({"shop": "kiosk"}, False),
        ({"natural": "tree"}, False),
    ],
)
def test_things_worth_knowing(tmp_path: Path, tags: dict[str, str], kept: bool) -> None:
    found = features(tmp_path, [], nodes={"a": tags})
    assert [poi.osm_id for poi in found.pois] == (["n97"] if kept else [])
    if kept:
        assert dict(found.pois[0].tags) == tags


@pytest.mark.parametrize(
    ("tags", "kind"),
    [
        ({"place": "square"}, "square"),
        ({"highway": "pedestrian", "area": "yes"}, "square"),
        ({"highway": "pedestrian"}, None),
        ({"amenity": "marketplace"}, "square"),
        ({"leisure": "park"}, "park"),
        ({"landuse": "recreation_ground"}, "park"),
        ({"amenity": "parking"}, "car_park"),
        ({"amenity": "parking", "parking": "underground"}, None),
        ({"amenity": "parking", "building": "yes"}, None),
        ({"leisure": "pitch"}, "pitch"),
        ({"leisure": "pitch", "indoor": "yes"}, None),
        ({"landuse": "grass"}, None),
    ],
)
def test_open_ground(tmp_path: Path, tags: dict[str, str], kind: str | None) -> None:
    found = features(tmp_path, [("abcda", {**tags, "name": "Майдан"})])
    assert [(one.kind, one.name, one.osm_id) for one in found.grounds] == ([(kind, "Майдан", "w2")] if kind else [])


@pytest.mark.parametrize(
    ("tags", "kind"),
    [
        ({"landuse": "military"}, "military"),
        ({"military": "barracks"}, "military"),
        ({"military": "bunker"}, None),  # may be a shelter
        ({"amenity": "prison"}, "prison"),
        ({"landuse": "forest"}, None),
    ],
)
def test_where_no_one_may_go(tmp_path: Path, tags: dict[str, str], kind: str | None) -> None:
    found = features(tmp_path, [("abcda", tags)])
    assert [one.kind for one in found.excluded] == ([kind] if kind else [])


def test_settlements_with_all_their_names(tmp_path: Path) -> None:
    names = {"name": "Буча", "name:en": "Bucha", "old_name": "Яблунька", "population": "37321", "place": "city"}
    found = features(tmp_path, [], nodes={"a": names, "b": {"place": "suburb"}, "c": {"place": "sea", "name": "Море"}})
    assert len(found.settlements) == 1
    town = found.settlements[0]
    assert (town.kind, town.population) == ("city", 37321)
    assert dict(town.names) == {"name": "Буча", "name:en": "Bucha", "old_name": "Яблунька"}


@pytest.mark.parametrize("population", ["", "about 500", "1e5", "-3", "٣"])
def test_a_population_that_is_no_number_is_not_known(tmp_path: Path, population: str) -> None:
    town = {"place": "village", "name": "Село", "population": population}
    assert features(tmp_path, [], nodes={"a": town}).settlements[0].population is None


def test_streets_keep_their_other_names(tmp_path: Path) -> None:
    street = {"highway": "residential", "name": "вулиця Героїв", "old_name": "улица Ленина", "name:en": "Heroes Street"}
    found = features(tmp_path, [("ab", street), ("cd", {**street, "old_name": "x", "alt_name": "Героїв"})])
    assert found.streets == {
        "вулиця Героїв": {"old_name": "улица Ленина", "name:en": "Heroes Street", "alt_name": "Героїв"}
    }


def test_districts_whole_and_not(tmp_path: Path) -> None:
    def district(members: list[tuple[int, str]], name: str) -> tuple[list[tuple[int, str]], dict[str, str]]:
        return members, {"type": "boundary", "boundary": "administrative", "admin_level": "9", "name": name}

    relations = [district([(2, "outer")], "Ganz"), district([(2, "outer"), (77, "outer")], "Teil")]
    found = features(tmp_path, [("abcda", {})], relations=relations)
    assert [(one.names["name"], one.admin_level, len(one.rings)) for one in found.districts] == [
        ("Ganz", 9, 1),
        ("Teil", 9, 0),
    ]


def test_a_stop_drawn_as_a_line_is_known_by_its_middle(tmp_path: Path) -> None:
    found = features(tmp_path, [("abe", {"public_transport": "platform", "name": "Вокзал"})])
    assert [(poi.osm_id, poi.ring) for poi in found.pois] == [("w2", None)]
    assert found.pois[0].lon_e7 == degrees_to_e7([Town(BLOCK).at["b"][0]])[0]


# ---- rings


def test_pieces_of_outline_are_joined_whichever_way_they_run() -> None:
    joined = join_rings([np.array([1, 2, 3]), np.array([5, 4, 3]), np.array([5, 1])])
    assert joined is not None
    assert len(joined) == 1
    assert joined[0][0] == joined[0][-1]
    assert sorted(joined[0][:-1].tolist()) == [1, 2, 3, 4, 5]


def test_an_outline_that_stays_open_is_none() -> None:
    assert join_rings([np.array([1, 2, 3]), np.array([3, 4])]) is None
    assert join_rings([]) is None


def test_a_point_inside_even_where_the_middle_is_outside() -> None:
    # a U: its centre of gravity (15, 8.6) lies in the gap
    lon = np.array([0, 30, 30, 20, 20, 10, 10, 0, 0], np.int32)
    lat = np.array([0, 0, 30, 30, 2, 2, 30, 30, 0], np.int32)
    x, y = point_inside(lon, lat)
    assert 0 < y < 30
    assert 0 < x < 10 or 20 < x < 30


def test_a_flat_ring_has_a_point_too() -> None:
    assert point_inside(np.array([0, 10, 20, 0], np.int32), np.array([0, 0, 0, 0], np.int32)) == (10, 0)
