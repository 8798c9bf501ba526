"""The made-up town as a whole: the same every time, looks like a town to the importer, holds its people."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import osmium
import pytest

from shanyrak.area.made_up import TownFacts, existing_points, write_town
from shanyrak.area.made_up.writer import FIRST_ID, GENERATOR
from shanyrak.area.osm import Extract, read_osm
from shanyrak.core.errors import InvalidInput
from shanyrak.core.units import distance_m
from shanyrak.walk.graph import WayClass

PERSONS = 30_000
M2_PER_PERSON = 23.5


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, TownFacts]:
    path = tmp_path_factory.mktemp("town") / "town.osm.pbf"
    return path, write_town(path, persons=PERSONS)


@pytest.fixture(scope="module")
def extract(town: tuple[Path, TownFacts]) -> Extract:
    return read_osm(town[0])


def sha(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


@pytest.mark.slow
def test_the_same_seed_gives_the_same_bytes_in_another_process(town: tuple[Path, TownFacts], tmp_path: Path) -> None:
    again = tmp_path / "again.osm.pbf"
    code = "import sys; from shanyrak.area.made_up import write_town; write_town(sys.argv[1], persons=int(sys.argv[2]))"
    environment = {**os.environ, "PYTHONHASHSEED": "77", "PYTHONPATH": os.pathsep.join(sys.path)}
    subprocess.run([sys.executable, "-c", code, str(again), str(PERSONS)], check=True, env=environment)
    assert sha(again) == sha(town[0])


def test_another_seed_gives_another_town(tmp_path: Path) -> None:
    small = [write_town(tmp_path / f"{seed}.osm.pbf", persons=10_000, seed=seed) for seed in (1, 2)]
    assert sha(tmp_path / "1.osm.pbf") != sha(tmp_path / "2.osm.pbf")
    assert small[0].persons == pytest.approx(small[1].persons, rel=0.02)


def test_the_file_says_what_it_is_and_lies_in_the_ocean(town: tuple[Path, TownFacts]) -> None:
    header = osmium.io.Reader(str(town[0])).header()
    assert header.get("generator") == GENERATOR
    west, south, east, north = town[1].box
    assert -31 < west < east < -29
    assert 49.5 < south < north < 50.5


def test_ids_are_private_and_nothing_is_missing(town: tuple[Path, TownFacts]) -> None:
    nodes: set[int] = set()
    counted = {"n": 0, "w": 0, "r": 0}
    for thing in osmium.FileProcessor(str(town[0])):
        assert thing.id >= FIRST_ID
        counted[thing.type_str()] += 1
        if thing.is_node():
            nodes.add(thing.id)
        elif thing.is_way():
            assert all(ref.ref in nodes for ref in thing.nodes)
    facts = town[1]
    assert (counted["n"], counted["w"], counted["r"]) == (facts.nodes, facts.ways, facts.relations)


def test_the_homes_floor_area_fits_the_people(extract: Extract, town: tuple[Path, TownFacts]) -> None:
    """Recomputed from the file: outline times storeys over all dwellings, 23.5 m² each."""
    area = 0.0
    for building in extract.features.buildings:
        if building.kind in {"apartments", "residential", "house", "detached"}:
            lon, lat = np.asarray(building.ring.lon_e7) / 1e7, np.asarray(building.ring.lat_e7) / 1e7
            x = np.radians(lon + 30) * 6_371_008.8 * np.cos(np.radians(50))
            y = np.radians(lat - 50) * 6_371_008.8
            area += abs(np.dot(x, np.roll(y, 1)) - np.dot(y, np.roll(x, 1))) / 2 * building.levels
    assert area / M2_PER_PERSON == pytest.approx(PERSONS, rel=0.01)
    assert town[1].persons == pytest.approx(PERSONS, rel=0.01)


def test_it_walks_like_a_town(extract: Extract) -> None:
    graph = extract.graph
    degree = graph.arcs / graph.junctions
    mean_m = graph.edge_length_dm.mean() / 10
    points = len(graph.shape_lon_e7) / graph.edges
    assert 2.4 < degree < 3.0
    assert 40 < mean_m < 70
    assert 2.4 < points < 3.5


def test_all_is_joined_but_the_hamlet_that_only_a_ferry_reaches(extract: Extract) -> None:
    sizes = np.bincount(extract.graph.island)
    assert sizes[0] > 0.99 * extract.graph.junctions
    assert len(sizes) == 2


def test_it_has_what_the_walking_rules_are_about(extract: Extract) -> None:
    classes = set(extract.graph.edge_class.tolist())
    assert {WayClass.STREET, WayClass.ROAD, WayClass.FOOTWAY, WayClass.PATH, WayClass.STEPS} <= classes
    assert {WayClass.SQUARE, WayClass.PLATFORM} <= classes


@pytest.mark.parametrize(
    ("key", "value", "least"),
    [
        ("bridge", "yes", 5),
        ("tunnel", "yes", 2),
        ("railway", "level_crossing", 1),
        ("railway", "station", 1),
        ("highway", "elevator", 1),
        ("highway", "bus_stop", 20),
        ("barrier", "gate", 3),
        ("amenity", "school", 5),
        ("amenity", "kindergarten", 3),
        ("amenity", "hospital", 1),
        ("amenity", "library", 1),
        ("amenity", "community_centre", 1),
        ("amenity", "fire_station", 1),
        ("amenity", "townhall", 1),
        ("amenity", "marketplace", 1),
        ("amenity", "place_of_worship", 2),
        ("amenity", "parking", 8),
        ("leisure", "park", 5),
        ("leisure", "pitch", 5),
        ("place", "suburb", 6),
        ("place", "village", 7),
        ("place", "square", 1),
        ("boundary", "administrative", 1),
    ],
)
def test_it_has_what_a_town_has(town: tuple[Path, TownFacts], key: str, value: str, least: int) -> None:
    found = osmium.FileProcessor(str(town[0])).with_filter(osmium.filter.TagFilter((key, value)))
    assert sum(1 for _ in found) >= least


def test_streets_have_names_in_three_forms_and_some_a_former_one(town: tuple[Path, TownFacts]) -> None:
    named = osmium.FileProcessor(str(town[0]), osmium.osm.WAY).with_filter(osmium.filter.KeyFilter("highway"))
    streets = [dict(way.tags) for way in named if way.tags.get("highway") in {"residential", "tertiary", "primary"}]
    assert all({"name", "name:uk", "name:en"} <= set(tags) for tags in streets)
    assert sum("old_name" in tags for tags in streets) >= 3


def test_house_numbers_are_unique_along_a_street_and_odd_lies_opposite_even(town: tuple[Path, TownFacts]) -> None:
    seen: set[tuple[str, str]] = set()
    for way in osmium.FileProcessor(str(town[0]), osmium.osm.WAY).with_filter(osmium.filter.KeyFilter("addr:street")):
        address = (way.tags["addr:street"], way.tags["addr:housenumber"])
        assert address not in seen
        seen.add(address)
    assert len(seen) > 2_000
    assert {int(number) % 2 for street, number in seen if street == "Шкільна вулиця"} == {0, 1}


def test_two_points_are_open_already_and_stand_by_a_street(extract: Extract, town: tuple[Path, TownFacts]) -> None:
    points = existing_points(town[1])
    assert [feature["properties"]["kind"] for feature in points["features"]] == ["library", "school"]
    for feature in points["features"]:
        lon, lat = feature["geometry"]["coordinates"]
        graph = extract.graph
        away = distance_m(lon, lat, graph.shape_lon_e7 / 1e7, graph.shape_lat_e7 / 1e7)
        assert away.min() < 60
        assert feature["properties"]["made_up"] is True
        assert feature["properties"]["name:en"]


def test_without_buildings_there_are_no_people_and_no_points(tmp_path: Path) -> None:
    facts = write_town(tmp_path / "bare.osm.pbf", persons=10_000, buildings=False)
    assert (facts.buildings, facts.persons, existing_points(facts)["features"]) == (0, 0, [])


@pytest.mark.parametrize("wanted", [3_000, 20_000])
def test_a_city_has_the_junctions_that_were_asked_for(tmp_path: Path, wanted: int) -> None:
    path = tmp_path / "city.osm.pbf"
    facts = write_town(path, junctions=wanted, buildings=False)
    graph = read_osm(path, features=False).graph
    assert graph.junctions == facts.junctions  # counted by the importer, and by the generator
    one_quarter = 400
    assert abs(facts.junctions - wanted) <= max(0.02 * wanted, one_quarter)
    assert graph.island.max() == 0
    assert 2.4 < graph.arcs / graph.junctions < 3.1


def test_a_city_is_the_same_every_time_and_can_have_buildings(tmp_path: Path) -> None:
    one, two = (write_town(tmp_path / f"{n}.osm.pbf", junctions=2_000) for n in (1, 2))
    assert sha(tmp_path / "1.osm.pbf") == sha(tmp_path / "2.osm.pbf")
    assert one.buildings == two.buildings > 500
    assert one.persons > 1_000


def test_progress_is_told(tmp_path: Path) -> None:
    told: list[str] = []
    write_town(tmp_path / "t.osm.pbf", junctions=1_000, buildings=False, progress=lambda label, *_: told.append(label))
    assert {"made-up town: drawing quarters", "made-up town: writing nodes"} <= set(told)


@pytest.mark.parametrize(
    ("arguments", "word"),
    [({"persons": 500}, "persons"), ({"junctions": 10}, "junctions"), ({"junctions": 10**9}, "junctions")],
)
def test_what_cannot_be_drawn_is_refused(tmp_path: Path, arguments: dict[str, int], word: str) -> None:
    path = tmp_path / "no.osm.pbf"
    with pytest.raises(InvalidInput, match=word):
        write_town(path, **arguments)  # type: ignore[arg-type]
    assert not path.exists()


def test_a_wrong_file_name_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match=r"\.osm\.pbf"):
        write_town(tmp_path / "town.txt", persons=10_000)
