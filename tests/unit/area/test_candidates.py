"""Where a warm point could stand: rooms, open ground, junctions to be looked at; and lists that people bring."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import shapely

from shanyrak.area.boundary import Boundary
from shanyrak.area.candidates import candidates_of
from shanyrak.area.candidates_ground import open_ground
from shanyrak.area.candidates_rooms import rooms_of
from shanyrak.area.features import Features, Ground
from shanyrak.area.sites import read_shapes, read_sites
from shanyrak.area.tables import Candidates, Cells
from shanyrak.core.errors import InvalidInput
from shanyrak.core.units import distance_m
from tests.drawn_area import buildings_of, features_of, grid_town, lon_lat, poi, rectangle

TOWN = grid_town(6, 6)


def cells(*rows: tuple[float, float]) -> Cells:
    lon, lat = np.asarray([lon_lat(*row) for row in rows]).T
    return Cells(tuple(f"c{i}" for i in range(len(rows))), lon, lat, np.full(len(rows), 1000), "list", "drawn")


def found(features: Features, *people: tuple[float, float], boundary: Boundary | None = None) -> Candidates:
    return candidates_of(TOWN, features, cells(*people), boundary=boundary)[0]


def ground(osm_id: str, x: float, y: float, width: float, height: float, kind: str = "park", **tags: str) -> Ground:
    return Ground(osm_id, rectangle(x, y, width, height), kind, tags.pop("name", ""), tags)


# ---- rooms


def test_rooms_are_named_by_their_use_and_asked_by_nobody() -> None:
    features = features_of(pois=[
        poi("n1", 100, 100, amenity="school", name="School 12"),
        poi("w2", 200, 100, amenity="library", name="City library"),
        poi("n3", 300, 100, shop="mall", name="Plaza"),
        poi("n4", 300, 200, railway="station", name="Central"),
        poi("n5", 300, 300, amenity="bench"),
    ])  # fmt: skip
    rooms = [c for c in zip(*_columns(found(features, (0, 0))), strict=True) if c[1] == "room"]
    assert rooms == [
        ("n1", "room", "School 12", "own", "school", "not asked"),
        ("w2", "room", "City library", "own", "library", "not asked"),
        ("n3", "room", "Plaza", "own", "mall", "not asked"),
        ("n4", "room", "Central", "own", "station", "not asked"),
    ]


def _columns(c: Candidates) -> list[tuple[str, ...]]:
    return [c.id, c.kind, c.name, c.named_by, c.detail, c.asked]


def test_a_school_mapped_as_yard_and_as_node_is_one_school() -> None:
    yard = rectangle(100, 100, 60, 60)
    features = features_of(pois=[
        poi("n1", 110, 110, amenity="school", name="School 12"),
        poi("w2", 130, 130, yard, amenity="school", name="School 12"),
        poi("n3", 150, 110, amenity="school"),
        poi("n4", 160, 160, amenity="school", name="School 13"),
    ])  # fmt: skip
    assert rooms_of(features).id == ("w2", "n4")


def test_what_is_given_up_is_no_room() -> None:
    assert rooms_of(features_of(pois=[poi("n1", 0, 0, amenity="school", abandoned="yes")])).id == ()


def test_a_room_without_a_name_is_called_by_what_is_around() -> None:
    features = features_of(pois=[
        poi("n1", 100, 100, amenity="library", name="City library"),
        poi("n2", 180, 100, amenity="community_centre"),
        poi("n3", 450, 3, amenity="community_centre"),
    ])  # fmt: skip
    named = dict(
        zip(found(features, (0, 0)).id, zip(*_columns(found(features, (0, 0)))[2:4], strict=True), strict=True)
    )
    assert named["n2"] == ("City library", "near")
    assert named["n3"] == ("Row 0 Street", "street")


# ---- open ground


@pytest.mark.parametrize(("side_m", "fits"), [(14.8, False), (15.4, True)])
def test_a_yurt_with_its_generator_needs_a_circle_of_fifteen_metres(side_m: float, fits: bool) -> None:
    # 8 m of yurt + 6 m to the generator + 1 m of generator = 15 m across
    assert (len(open_ground(features_of(grounds=[ground("w1", 10, 10, side_m, side_m)])).id) == 1) is fits


@pytest.mark.parametrize(("gap_m", "fits"), [(5.0, False), (7.0, True)])
def test_six_metres_stay_free_to_every_building(gap_m: float, fits: bool) -> None:
    # a strip of ground 16 m wide with a house along all of its side, so many metres away
    lot = ground("w1", 0, 0, 16, 16, "car_park")
    house = buildings_of((rectangle(16 + gap_m, -50, 10, 120), "house", 1))
    assert (len(open_ground(features_of(grounds=[lot], buildings=house)).id) == 1) is fits


def test_every_spot_keeps_its_distances() -> None:
    # a park of 300 x 200 m with houses in it: every spot is 7.5 m inside and 13.5 m from every wall
    park = ground("w1", 0, 0, 300, 200)
    houses = buildings_of(*[(rectangle(40 + 90 * i, 60, 30, 30), "house", 1) for i in range(3)])
    spots = open_ground(features_of(grounds=[park], buildings=houses))
    assert len(spots.id) >= 3
    x = (spots.lon - lon_lat(0, 0)[0]) / (lon_lat(1, 0)[0] - lon_lat(0, 0)[0])
    y = (spots.lat - lon_lat(0, 0)[1]) / (lon_lat(0, 1)[1] - lon_lat(0, 0)[1])
    points = shapely.points(x, y)
    assert (shapely.distance(points, shapely.box(0, 0, 300, 200).exterior) >= 7.4).all()
    walls = shapely.union_all([shapely.box(40 + 90 * i, 60, 70 + 90 * i, 90) for i in range(3)])
    assert (shapely.distance(points, walls) >= 13.4).all()


def test_large_grounds_give_several_spots_with_room_between_them() -> None:
    spots = open_ground(features_of(grounds=[ground("w1", 0, 0, 500, 500)]))
    assert 4 <= len(spots.id) <= 12
    assert spots.id[:2] == ("w1", "w1-2")
    for i in range(len(spots.id)):
        gaps = distance_m(spots.lon[i], spots.lat[i], np.delete(spots.lon, i), np.delete(spots.lat, i))
        assert gaps.min() >= 110


def test_grounds_side_by_side_are_one_choice_and_the_square_is_it() -> None:
    both = [
        ground("w1", 0, 0, 20, 20, "pitch"),
        ground("w2", 25, 0, 20, 20, "square"),
        ground("w3", 300, 0, 20, 20, "pitch"),
    ]
    assert open_ground(features_of(grounds=both)).id == ("w2", "w3")


@pytest.mark.parametrize(
    "tags", [{"parking": "underground"}, {"parking": "multi-storey"}, {"access": "private"}, {"covered": "yes"}]
)
def test_shut_or_roofed_ground_is_left_out(tags: dict[str, str]) -> None:
    assert open_ground(features_of(grounds=[ground("w1", 0, 0, 50, 50, "car_park", **tags)])).id == ()


def test_a_lake_in_the_park_is_no_ground() -> None:
    park = Ground("r1", rectangle(0, 0, 60, 60), "park", "Lake park", {}, (rectangle(5, 5, 50, 50),))
    assert open_ground(features_of(grounds=[park])).id == ()


def test_a_ring_that_crosses_itself_does_no_harm() -> None:
    ring = rectangle(0, 0, 60, 60)
    bow = Ground("w1", type(ring)(ring.lon_e7[[0, 2, 1, 3, 0]], ring.lat_e7[[0, 2, 1, 3, 0]]), "park", "")
    assert len(open_ground(features_of(grounds=[bow])).id) == 1


def test_military_ground_offers_nothing() -> None:
    features = features_of(
        pois=[poi("n1", 100, 100, amenity="school", name="A"), poi("n2", 400, 400, amenity="school", name="B")],
        excluded=[ground("w9", 50, 50, 100, 100, "military")],
    )
    offered = found(features, (100, 100))
    assert "n1" not in offered.id
    assert "n2" in offered.id
    inside = [j for j, lon, lat in zip(offered.id, offered.lon, offered.lat, strict=True)
              if lon_lat(50, 0)[0] <= lon <= lon_lat(150, 0)[0]
              and lon_lat(0, 50)[1] <= lat <= lon_lat(0, 150)[1]]  # fmt: skip
    assert inside == []


# ---- junctions


def test_where_candidates_are_few_junctions_are_offered_to_inspect() -> None:
    offered = found(features_of(pois=[poi("n1", 100, 100, amenity="school", name="A")]), (0, 0), (500, 500))
    junctions = [
        (i, asked) for i, kind, asked in zip(offered.id, offered.kind, offered.asked, strict=True) if kind == "junction"
    ]
    assert junctions
    assert {asked for _, asked in junctions} == {"to inspect"}
    assert all(i.startswith("j") for i, _ in junctions)


def test_one_junction_per_square_of_200_m_and_where_streets_meet() -> None:
    offered = found(features_of(), *[(x, y) for x in range(0, 501, 100) for y in range(0, 501, 100)])
    # 500 m x 500 m touch at most 4 x 4 squares of 200 m
    assert 4 <= len(offered) <= 16
    assert ("Column 1 Street / Row 0 Street", "street") in zip(offered.name, offered.named_by, strict=True)


def test_with_enough_rooms_only_far_quarters_get_junctions() -> None:
    # 60 rooms in the south-west corner; people at (0, 0) have one, people at (500, 500) are 600 m away
    schools = [poi(f"n{i}", 3 * (i % 10), 3 * (i // 10), amenity="school", name=f"S{i}") for i in range(60)]
    offered = found(features_of(pois=schools), (0, 0), (500, 500))
    far = [
        distance_m(lon, lat, *lon_lat(500, 500))
        for lon, lat, kind in zip(offered.lon, offered.lat, offered.kind, strict=True)
        if kind == "junction"
    ]
    assert far
    assert max(far) <= 300.1


def test_nobody_lives_there_no_junction_is_offered() -> None:
    offered = found(features_of(), (0, 0))
    assert all(distance_m(lon, lat, *lon_lat(0, 0)) <= 300.1 for lon, lat in zip(offered.lon, offered.lat, strict=True))


def test_candidates_outside_the_boundary_or_off_the_streets_are_left_out() -> None:
    schools = [poi("n1", 100, 100, amenity="school", name="A"), poi("n2", 400, 400, amenity="school", name="B"),
               poi("n3", 100, 9000, amenity="school", name="C")]  # fmt: skip
    south = Boundary(shapely.box(*lon_lat(-50, -50), *lon_lat(600, 250)))
    assert {i for i in found(features_of(pois=schools), (0, 0), boundary=south).id if i[0] == "n"} == {"n1"}
    offered, places, notes = candidates_of(TOWN, features_of(pois=schools), cells((0, 0)))
    assert "n3" not in offered.id
    assert (places.edge >= 0).all()
    assert any("farther than 500 m from any street" in note for note in notes)


# ---- lists that people bring


def write(tmp_path: Path, content: Any, name: str = "sites.csv") -> Path:
    path = tmp_path / name
    path.write_text(content if isinstance(content, str) else json.dumps(content))
    return path


def row(x: float, y: float, name: str) -> str:
    lon, lat = lon_lat(x, y)
    return f"{lon:.7f},{lat:.7f},{name}\n"


def points(*rows: tuple[float, float, str]) -> dict[str, Any]:
    return {
        "type": "FeatureCollection",
        "features": [
            {
                "type": "Feature",
                "properties": {"Name": n},
                "geometry": {"type": "Point", "coordinates": list(lon_lat(x, y))},
            }
            for x, y, n in rows
        ],
    }


def test_a_list_of_rooms_is_permitted_and_numbered_by_its_rows(tmp_path: Path) -> None:
    sites = read_sites(write(tmp_path, "lon,lat,name\n" + row(50, 10, "Hall") + row(210, 110, "")), TOWN)
    assert sites.candidates.id == ("x1", "x2")
    assert sites.candidates.name == ("Hall", "")
    assert set(sites.candidates.asked) == {"permitted"}
    assert (sites.places.edge >= 0).all()


def test_geojson_points_say_the_same(tmp_path: Path) -> None:
    sites = read_sites(write(tmp_path, points((50, 10, "Hall"))), TOWN, kind="existing")
    assert (sites.candidates.name, sites.candidates.kind) == (("Hall",), ("existing",))


def test_places_outside_the_area_are_named_and_left_out(tmp_path: Path) -> None:
    sites = read_sites(write(tmp_path, points((50, 10, "Hall"), (99_000, 0, "Far"), (900, 900, "Near the edge"))), TOWN)
    assert sites.candidates.id == ("x1",)
    assert [(gone.name, gone.why) for gone in sites.left_out] == [
        ("Far", "outside the area"),
        ("Near the edge", "more than 500 m from any street"),
    ]
    assert sites.notes[0].startswith("Far (")


def test_existing_points_may_all_lie_elsewhere_but_rooms_may_not(tmp_path: Path) -> None:
    path = write(tmp_path, points((99_000, 0, "Far")))
    assert len(read_sites(path, TOWN, kind="existing").candidates) == 0
    with pytest.raises(InvalidInput, match="no row lies in the area"):
        read_sites(path, TOWN)


BAD_SITES = [
    ("lon,lat\n50,30\n50.001,30.001\n", "lon and lat are swapped"),
    ("lat,lon,name\n30.001,50.001,A\n", "lon and lat are swapped"),
    ("lon,name\n30,A\n", "no column for lat"),
    ("lon,lat\n30,x\n", "row 2, column 'lat': 'x' is not a number"),
    (
        {"type": "Polygon", "coordinates": [[[30, 50], [30.1, 50], [30.1, 50.1], [30, 50]]]},
        "feature 1 is a Polygon, not a point",
    ),
    ({"type": "FeatureCollection", "features": []}, "no point in it"),
    ("{", "not GeoJSON"),
    ("", "the file is empty"),
]


@pytest.mark.parametrize(("content", "message"), BAD_SITES)
def test_lists_that_cannot_be_used_are_refused(tmp_path: Path, content: Any, message: str) -> None:
    with pytest.raises(InvalidInput, match=message):
        read_sites(write(tmp_path, content), TOWN)


def test_near_and_away_are_measured_straight_to_any_shape(tmp_path: Path) -> None:
    line = {"type": "LineString", "coordinates": [list(lon_lat(0, 0)), list(lon_lat(1000, 0))]}
    shapes = read_shapes(write(tmp_path, line, "rail.geojson"))
    lon, lat = np.asarray([lon_lat(500, 120), lon_lat(1300, 400)]).T
    assert shapes.distance_m(lon, lat) == pytest.approx([120, 500], rel=1e-3)
    inside = read_shapes(
        write(tmp_path, {"type": "Polygon", "coordinates": [[[30, 50], [30.1, 50], [30.1, 50.1], [30, 50]]]})
    )
    assert inside.distance_m(np.asarray([30.05]), np.asarray([50.01]))[0] == 0


def test_nothing_to_be_near_to_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match="no geometry"):
        read_shapes(write(tmp_path, {"type": "FeatureCollection", "features": []}))
