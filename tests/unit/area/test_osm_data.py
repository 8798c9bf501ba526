"""Real towns: plausible sizes, whole arrays, nothing thrown."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from shanyrak.area.osm import Extract, read_osm
from shanyrak.walk.graph import WayClass
from tests.unit.area.graph_checks import check_graph

pytestmark = pytest.mark.data

TOWNS = {
    # folder/file: junctions a sketch with simpler rules found, share of junctions on the largest island at least
    "monaco/monaco": (None, 0.90),
    "helsinki-centre/helsinki": (None, 0.85),
    "porto-alegre/poa": (None, 0.95),
    "heidelberg/heidelberg": (30_894, 0.90),
    "andorra-2026/andorra": (11_058, 0.70),
}


@pytest.fixture(scope="module")
def read(data_dir: Path):  # type: ignore[no-untyped-def]
    kept: dict[str, Extract] = {}

    def reader(name: str) -> Extract:
        if name not in kept:
            kept[name] = read_osm(data_dir / f"{name}.osm.pbf")
        return kept[name]

    return reader


@pytest.mark.parametrize("name", TOWNS)
def test_a_real_town(read, name: str) -> None:  # type: ignore[no-untyped-def]
    sketch, share = TOWNS[name]
    extract: Extract = read(name)
    graph = extract.graph
    check_graph(graph)
    if sketch is not None:
        assert 0.85 * sketch < graph.junctions < 1.25 * sketch
    assert np.count_nonzero(graph.island == 0) >= share * graph.junctions
    assert extract.box[0] < extract.box[2]
    assert extract.box[1] < extract.box[3]
    # Memory order is town order: half of all edges join junctions less than 50 numbers apart.
    assert np.median(np.abs(graph.edge_from - graph.edge_to)) < 50


def test_heidelberg_says_that_its_header_is_nonsense(read) -> None:  # type: ignore[no-untyped-def]
    extract = read("heidelberg/heidelberg")
    assert extract.source.header_box == (0.0, 0.0, 180.0, 90.0)
    assert any("header's box" in note for note in extract.notes)
    assert extract.source.timestamp.startswith("2024-09-08")
    assert len(extract.features.buildings) == 5
    # the old town's squares are crossed
    assert np.count_nonzero(extract.graph.edge_class == WayClass.SQUARE) > 500


def test_monaco_has_what_a_small_whole_extract_has(read) -> None:  # type: ignore[no-untyped-def]
    extract = read("monaco/monaco")
    features = extract.features
    assert 1_150 < len(features.buildings) < 1_300
    assert 200 < len(features.addresses) < 260
    assert {place.kind for place in features.settlements} >= {"suburb"}
    assert any(district.rings for district in features.districts)
    assert any(poi.tags.get("amenity") == "school" and poi.ring is not None for poi in features.pois)
    assert any(poi.tags.get("railway") == "station" for poi in features.pois)
    kinds = {ground.kind for ground in features.grounds}
    assert kinds == {"square", "park", "car_park", "pitch"}
    counted = extract.graph.edge_class == WayClass.STEPS
    assert np.count_nonzero(counted) > 200


def test_andorra_has_buildings_by_the_thousand_and_names_in_several_languages(read) -> None:  # type: ignore[no-untyped-def]
    features = read("andorra-2026/andorra").features
    assert len(features.buildings) > 7_000
    town = next(one for one in features.settlements if one.names["name"] == "Andorra la Vella")
    assert town.names.get("name:uk")
    assert town.population is not None
    rings = np.diff(features.buildings.ring_ptr)
    assert rings.min() >= 4
    first, last = features.buildings.ring_ptr[:-1], features.buildings.ring_ptr[1:] - 1
    assert np.array_equal(features.buildings.lon_e7[first], features.buildings.lon_e7[last])


def test_helsinki_has_addresses_and_street_names_in_two_languages(read) -> None:  # type: ignore[no-untyped-def]
    features = read("helsinki-centre/helsinki").features
    assert len(features.addresses) > 1_000
    assert features.streets["Mannerheimintie"]["name:sv"] == "Mannerheimvägen"
    assert set(features.addresses.street) & set(read("helsinki-centre/helsinki").graph.names)


def test_the_graph_alone_is_the_same_graph(data_dir: Path, read) -> None:  # type: ignore[no-untyped-def]
    alone = read_osm(data_dir / "monaco" / "monaco.osm.pbf", features=False)
    beside = read("monaco/monaco").graph
    for name, value in vars(alone.graph).items():
        assert np.array_equal(value, getattr(beside, name)), name
    assert not len(alone.features.buildings)
    assert not alone.features.pois
