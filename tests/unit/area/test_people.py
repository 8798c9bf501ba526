"""People become demand cells: nobody is lost, nothing is assumed silently."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from h3.api import basic_str as h3

from shanyrak.area.boundary import Boundary, read_boundary
from shanyrak.area.importing import FARTHEST_M
from shanyrak.area.metric import wider_box
from shanyrak.area.people import People, StreetPoints, cells_of, spread_wide_cells
from shanyrak.area.people_guess import guess_people, homes_of, street_points
from shanyrak.core.errors import InvalidInput
from tests.drawn_area import LAT0, LON0, buildings_of, extract_of, features_of, graph_of, grid_town, lon_lat, rectangle

BOX = (29.9, 49.9, 30.1, 50.1)


def people(*rows: tuple[float, float, float], ids: tuple[str, ...] | None = None, how: Any = "list") -> People:
    """Rows are (x_m, y_m, persons)."""
    lon, lat = np.asarray([lon_lat(x, y) for x, y, _ in rows]).T
    return People(lon, lat, np.asarray([p for _, _, p in rows], float), how, "drawn", id=ids)


def boundary(tmp_path: Path, content: Any) -> Path:
    path = tmp_path / "boundary.geojson"
    path.write_text(json.dumps(content))
    return path


def square(x_m: float, y_m: float, side_m: float) -> dict[str, Any]:
    ring = rectangle(x_m, y_m, side_m, side_m)
    return {
        "type": "Polygon",
        "coordinates": [[[a / 1e7, b / 1e7] for a, b in zip(ring.lon_e7.tolist(), ring.lat_e7.tolist(), strict=True)]],
    }


# ---- cells


def test_people_of_one_hexagon_stand_at_their_middle() -> None:
    # 3 people at x = 0 and 1 at x = -4 m: middle at -1 m. Both within one cell of 50 m.
    cells = cells_of(people((0, 0, 3), (-4, 0, 1)))
    assert cells.persons_milli.tolist() == [4000]
    assert cells.lon[0] == pytest.approx(lon_lat(-1, 0)[0], abs=1e-7)
    assert h3.get_resolution(cells.id[0]) == 11


def test_own_cells_are_kept_as_they_are() -> None:
    cells = cells_of(people((0, 0, 3), (4, 0, 1), ids=("r0c0", "r0c1"), how="raster"))
    assert list(zip(cells.id, cells.persons_milli.tolist(), strict=True)) == [("r0c0", 3000), ("r0c1", 1000)]


def test_cells_where_nobody_lives_are_left_out_and_counted() -> None:
    cells = cells_of(people((0, 0, 3), (4, 0, 0), ids=("a", "b")))
    assert cells.id == ("a",)
    assert "1 cells where nobody lives are left out" in cells.notes


def test_thirds_of_people_add_up() -> None:
    cells = cells_of(people(*[(300 * i, 0, 1 / 3) for i in range(3)]))
    assert cells.total_milli == 1000
    assert sorted(cells.persons_milli.tolist()) == [333, 333, 334]


def test_a_known_total_scales_everybody_and_is_said() -> None:
    cells = cells_of(people((0, 0, 30), (500, 0, 10)), persons=80)
    assert sorted(cells.persons_milli.tolist()) == [20_000, 60_000]
    assert any("scaled from 40 to the 80 people given with --persons" in note for note in cells.notes)


@pytest.mark.parametrize("wrong", [0, -5, float("nan"), float("inf"), 1e12])
def test_a_total_that_is_no_number_of_people_is_refused(wrong: float) -> None:
    with pytest.raises(InvalidInput, match="--persons"):
        cells_of(people((0, 0, 30)), persons=wrong)


def test_an_area_where_nobody_lives_is_refused() -> None:
    with pytest.raises(InvalidInput, match="nobody lives in the area"):
        cells_of(people((0, 0, 0)))


# ---- boundary


def test_only_people_inside_the_boundary_count(tmp_path: Path) -> None:
    line = read_boundary(boundary(tmp_path, square(-50, -50, 100)), BOX)
    cells = cells_of(people((0, 0, 3), (300, 0, 5)), boundary=line)
    assert cells.total_milli == 3000
    assert "5 people outside the boundary are left out" in cells.notes


def test_the_known_total_is_that_inside_the_boundary(tmp_path: Path) -> None:
    line = read_boundary(boundary(tmp_path, square(-50, -50, 100)), BOX)
    assert cells_of(people((0, 0, 3), (300, 0, 5)), boundary=line, persons=30).total_milli == 30_000


def test_the_line_belongs_to_the_inside() -> None:
    import shapely

    line = Boundary(shapely.box(30, 50, 31, 51))
    assert line.contains(np.asarray([30.0, 29.999]), np.asarray([50.5, 50.5])).tolist() == [True, False]


@pytest.mark.parametrize("wrap", ["Polygon", "Feature", "FeatureCollection", "MultiPolygon"])
def test_a_boundary_may_come_in_four_forms(tmp_path: Path, wrap: str) -> None:
    polygon = square(-50, -50, 100)
    feature = {"type": "Feature", "properties": None, "geometry": polygon}
    content = {
        "Polygon": polygon,
        "Feature": feature,
        "FeatureCollection": {
            "type": "FeatureCollection",
            "features": [feature, {"type": "Feature", "geometry": None}],
        },
        "MultiPolygon": {"type": "MultiPolygon", "coordinates": [polygon["coordinates"]]},
    }[wrap]
    line = read_boundary(boundary(tmp_path, content), BOX)
    assert line.contains(np.asarray([LON0]), np.asarray([LAT0])).all()


BAD_BOUNDARIES: list[tuple[Any, str]] = [
    ({"type": "Point", "coordinates": [30, 50]}, "cannot be a Point"),
    ({"type": "LineString", "coordinates": [[30, 50], [31, 50]]}, "cannot be a LineString"),
    ({"type": "FeatureCollection", "features": []}, "there is no polygon"),
    ({"type": "FeatureCollection"}, "'features' is missing"),
    ({"type": "Polygon", "coordinates": [[[10, 10], [11, 10], [11, 11], [10, 10]]]}, "does not meet the area"),
    ({"type": "Polygon", "coordinates": [[[50, 30], [50.1, 30], [50.1, 30.1], [50, 30]]]}, "lon and lat are swapped"),
    ({"type": "Polygon", "coordinates": [[[3e6, 5e6], [4e6, 5e6], [4e6, 6e6], [3e6, 5e6]]]}, "are not degrees"),
    ({"type": "Polygon", "coordinates": [[[30, 50], [31, 50]]]}, "cannot be read"),
    ({"type": "Polygon", "coordinates": "here"}, "cannot be read"),
    ({"type": "Polygon", "coordinates": [[[30, 50], [31, 50], [30, 50], [30, 50]]]}, "encloses nothing"),
    ({"type": "Polygon", "crs": {"properties": {"name": "EPSG:3857"}}, "coordinates": []}, "EPSG:3857"),
    ([1, 2], "not GeoJSON"),
]


@pytest.mark.parametrize(("content", "message"), BAD_BOUNDARIES)
def test_what_cannot_be_a_boundary_is_refused(tmp_path: Path, content: Any, message: str) -> None:
    with pytest.raises(InvalidInput, match=message):
        read_boundary(boundary(tmp_path, content), BOX)


def test_a_boundary_that_is_no_json_or_not_there_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "b.geojson"
    path.write_text("{")
    with pytest.raises(InvalidInput, match="not GeoJSON"):
        read_boundary(path, BOX)
    with pytest.raises(InvalidInput, match="no such file"):
        read_boundary(tmp_path / "none.geojson", BOX)


# ---- buildings and streets


def test_floor_area_is_footprint_times_levels() -> None:
    # 10 x 20 m with 9 levels = 1800 m2; a house of 10 x 10 m, levels assumed 1.5 = 150 m2
    homes = homes_of(
        buildings_of((rectangle(0, 0, 10, 20), "apartments", 9), (rectangle(50, 0, 10, 10), "house", None))
    )
    assert homes.floor_m2 == pytest.approx([1800, 150], rel=1e-3)
    assert homes.levels_known.tolist() == [True, False]


def test_what_is_no_home_is_left_out() -> None:
    drawn = buildings_of(
        (rectangle(0, 0, 10, 10), "yes", None),  # a home, as far as anyone knows: 100 m2 x 2 levels
        (rectangle(20, 0, 10, 10), "school", 3),
        (rectangle(40, 0, 4, 5), "yes", None),  # 20 m2: a shed
        (rectangle(60, 0, 100, 50), "yes", None),  # 5000 m2: a hall
        (rectangle(0, 60, 10, 10), "yes", 2),  # a shop
        tags={4: {"shop": "supermarket"}},
    )
    assert homes_of(drawn).floor_m2 == pytest.approx([200], rel=1e-3)


def test_a_shop_takes_the_ground_floor_of_a_block() -> None:
    drawn = buildings_of((rectangle(0, 0, 10, 10), "apartments", 5), tags={0: {"shop": "bakery"}})
    assert homes_of(drawn).floor_m2 == pytest.approx([400], rel=1e-3)


def test_without_a_total_people_follow_from_floor_area_and_it_is_said() -> None:
    # one street of 100 m; 10 x 12 m x 5 levels = 600 m2 x 0.8 / 24 m2 = 20 people
    street = graph_of([(0, 0), (100, 0)], [[(0, 0), (100, 0)]], ends=[(0, 1)])
    features = features_of(buildings=buildings_of((rectangle(10, 10, 10, 12), "apartments", 5)))
    found = guess_people(street, features)
    assert found.how == "estimated from buildings"
    assert found.persons.sum() == pytest.approx(20, rel=1e-3)
    assert any("24 m2 of dwelling per person" in note for note in found.notes)


def test_buildings_count_where_there_is_one_per_200_m_of_residential_street() -> None:
    # 400 m of street: two homes are enough, one is not
    street = graph_of([(0, 0), (399, 0)], [[(0, 0), (399, 0)]], ends=[(0, 1)])
    home = (rectangle(10, 10, 10, 10), "house", 1)
    two = features_of(buildings=buildings_of(home, (rectangle(50, 10, 10, 10), "house", 1)))
    assert guess_people(street, two, persons=50).how == "estimated from buildings"
    assert guess_people(street, features_of(buildings=buildings_of(home)), persons=50).how == "assumed from streets"


def test_along_streets_people_are_spread_evenly() -> None:
    # 100 m and 300 m of street, 40 people: 10 and 30
    two = graph_of(
        [(0, 0), (100, 0), (0, 5000), (300, 5000)],
        [[(0, 0), (100, 0)], [(0, 5000), (300, 5000)]],
        ends=[(0, 1), (2, 3)],
    )
    cells = cells_of(guess_people(two, features_of(), persons=40), persons=40)
    north = cells.lat > LAT0 + 0.01
    assert cells.total_milli == 40_000
    assert cells.persons_milli[north].sum() == pytest.approx(30_000, abs=100)
    assert cells.how == "assumed from streets"
    assert any("assumed" in note for note in cells.notes)


def test_roads_without_houses_hold_nobody_where_there_are_residential_streets() -> None:
    town = grid_town(3, 3)
    town.edge_flags[1:] = 0
    points = street_points(town)
    assert points.weight_m.sum() == pytest.approx(town.edge_length_dm[0] / 10)


def test_without_a_total_and_without_homes_it_is_refused_and_says_what_to_give() -> None:
    with pytest.raises(InvalidInput, match=r"--population FILE .* or --persons N"):
        guess_people(grid_town(), features_of())


def test_the_total_is_shared_by_homes_inside_the_boundary_only(tmp_path: Path) -> None:
    street = graph_of([(0, 0), (100, 0)], [[(0, 0), (100, 0)]], ends=[(0, 1)])
    both = buildings_of((rectangle(0, 10, 10, 10), "house", 1), (rectangle(80, 10, 10, 10), "house", 1))
    line = read_boundary(boundary(tmp_path, square(-20, -20, 60)), BOX)
    cells = cells_of(
        guess_people(street, features_of(buildings=both), persons=8, boundary=line), persons=8, boundary=line
    )
    assert (len(cells), cells.total_milli) == (1, 8000)


# ---- cells that are too wide for one point


def test_people_of_a_wide_cell_are_spread_along_its_streets() -> None:
    # one cell 1 km wide with 100 people, its centre 400 m from the only street in it: they live along that street
    wide = People(*(np.asarray([v]) for v in lon_lat(500, 500)), np.asarray([100.0]), "raster", "coarse.tif",
                  id=("r0c0",), wide_m=1000.0, locate=lambda lon, lat: np.zeros(len(lon), np.int64))  # fmt: skip
    streets = StreetPoints(*np.asarray([lon_lat(x, 100) for x in (10, 30)]).T, np.asarray([20.0, 60.0]))
    spread = spread_wide_cells(wide, streets)
    assert spread.persons.tolist() == [25.0, 75.0]
    assert spread.id is None
    assert any("1,000 m wide" in note for note in spread.notes)


def test_a_wide_cell_without_a_street_keeps_its_centre_and_its_people() -> None:
    wide = People(*np.asarray([lon_lat(500, 500), lon_lat(1500, 500)]).T, np.asarray([100.0, 7.0]), "raster",
                  "coarse.tif", id=("a", "b"), wide_m=1000.0, locate=lambda lon, lat: np.asarray([0, -1]))  # fmt: skip
    streets = StreetPoints(*np.asarray([lon_lat(10, 100), lon_lat(5000, 0)]).T, np.asarray([20.0, 20.0]))
    spread = spread_wide_cells(wide, streets)
    assert sorted(spread.persons.tolist()) == [7.0, 100.0]
    assert (spread.lon[-1], spread.lat[-1]) == lon_lat(1500, 500)


def test_a_fine_cell_stays_where_it_is() -> None:
    fine = people((0, 0, 3), ids=("r0c0",), how="raster")
    assert spread_wide_cells(fine, street_points(grid_town())) is fine


def test_the_area_reaches_as_far_as_people_walk_to_a_street() -> None:
    west, south, east, north = wider_box(extract_of(grid_town()).box, FARTHEST_M)
    assert lon_lat(-499, 0)[0] > west > lon_lat(-502, 0)[0]
    assert lon_lat(0, 899)[1] < north < lon_lat(0, 902)[1]
    assert south < LAT0 and east > LON0
