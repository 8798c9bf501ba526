"""Nobody is lost, wherever they live and whatever is asked for."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from shanyrak.area.metric import METRES_PER_DEGREE, mercator, ring_areas, true_metres, unmercator
from shanyrak.area.people import People, StreetPoints, cells_of, spread_wide_cells
from shanyrak.area.people_guess import points_along, street_points
from shanyrak.area.snap import snap
from tests.drawn_area import grid_town, lon_lat, rectangle

places = st.lists(
    st.tuples(st.floats(-300, 900), st.floats(-300, 900), st.floats(0, 5000)), min_size=1, max_size=60
).filter(lambda rows: sum(row[2] for row in rows) > 0.001)


def people_of(rows: list[tuple[float, float, float]], **options: object) -> People:
    lon, lat = np.asarray([lon_lat(x, y) for x, y, _ in rows]).T
    return People(lon, lat, np.asarray([p for _, _, p in rows]), "list", "drawn", **options)  # type: ignore[arg-type]


@settings(deadline=None)
@given(places)
def test_gathering_in_hexagons_keeps_everybody(rows: list[tuple[float, float, float]]) -> None:
    cells = cells_of(people_of(rows))
    assert cells.total_milli == round(float((np.asarray([row[2] for row in rows]) * 1000).sum()))
    assert (cells.persons_milli > 0).all()
    assert len(set(cells.id)) == len(cells)


@settings(deadline=None)
@given(places, st.floats(1, 1e7))
def test_scaling_gives_the_total_to_the_thousandth(rows: list[tuple[float, float, float]], persons: float) -> None:
    assert abs(cells_of(people_of(rows), persons=persons).total_milli - persons * 1000) <= 1


@settings(deadline=None)
@given(places)
def test_the_order_of_the_rows_moves_nobody_between_hexagons(rows: list[tuple[float, float, float]]) -> None:
    one, other = cells_of(people_of(rows)), cells_of(people_of(rows[::-1]))
    # of two equal remainders another row may get the last thousandth; never does a person move
    there = dict(zip(other.id, other.persons_milli.tolist(), strict=True))
    for cell, milli in zip(one.id, one.persons_milli.tolist(), strict=True):
        assert abs(there.get(cell, 0) - milli) <= len(rows)


@settings(deadline=None)
@given(places, st.lists(st.tuples(st.floats(-300, 900), st.floats(-300, 900), st.floats(0.1, 50)), max_size=40))
def test_spreading_wide_cells_keeps_everybody(
    rows: list[tuple[float, float, float]], streets: list[tuple[float, float, float]]
) -> None:
    count = len(rows)
    wide = people_of(
        rows,
        id=tuple(map(str, range(count))),
        wide_m=1000.0,
        locate=lambda lon, lat: np.arange(len(lon)) % (count + 1) - 1,
    )
    at = np.asarray([lon_lat(x, y) for x, y, _ in streets], float).reshape(-1, 2)
    spread = spread_wide_cells(wide, StreetPoints(at[:, 0], at[:, 1], np.asarray([w for _, _, w in streets], float)))
    assert abs(spread.persons.sum() - wide.persons.sum()) <= 1e-9 * wide.persons.sum()
    assert cells_of(spread).total_milli == round(float((spread.persons * 1000).sum()))


@given(st.lists(st.tuples(st.floats(-600, 1000), st.floats(-600, 1000)), min_size=1, max_size=30))
@settings(max_examples=50, deadline=None)
def test_snapped_places_are_consistent_with_their_edges(rows: list[tuple[float, float]]) -> None:
    town = grid_town(5, 4)
    lon, lat = np.asarray([lon_lat(*row) for row in rows]).T
    at = snap(town, lon, lat)
    tied = at.edge >= 0
    assert (at.offset_dm[tied] >= 0).all() and (at.offset_dm[tied] <= town.edge_length_dm[at.edge[tied]]).all()
    assert (at.access_dm[tied] <= 5000).all()
    # the point on the edge lies as far from the place as access says
    met_lon, met_lat = points_along(town, at.edge[tied], at.offset_dm[tied] / town.edge_length_dm[at.edge[tied]])
    gap_m = np.hypot((met_lon - lon[tied]) * true_metres(lat[tied]), met_lat - lat[tied]) * METRES_PER_DEGREE
    assert np.abs(gap_m - at.access_dm[tied] / 10).max(initial=0) < 0.25


@given(st.integers(2, 6), st.integers(2, 6), st.floats(15, 300))
@settings(max_examples=25, deadline=None)
def test_street_points_stand_for_all_metres_of_the_streets(columns: int, rows: int, block_m: float) -> None:
    town = grid_town(columns, rows, block_m)
    points = street_points(town)
    assert abs(points.weight_m.sum() - town.edge_length_dm.sum() / 10) < 1e-6 * town.edge_length_dm.sum()
    assert (points.weight_m <= 20 + 1e-9).all()
    assert (snap(town, points.lon, points.lat).access_dm <= 1).all()


@settings(deadline=None)
@given(st.floats(-179, 179), st.floats(-80, 80))
def test_degrees_survive_the_map(lon: float, lat: float) -> None:
    back = unmercator(*mercator([lon], [lat]))
    assert abs(back[0][0] - lon) < 1e-9 and abs(back[1][0] - lat) < 1e-9


@settings(deadline=None)
@given(st.floats(1, 500), st.floats(1, 500), st.floats(-2000, 2000), st.floats(-2000, 2000))
def test_the_area_of_a_rectangle_is_width_times_height(width: float, height: float, x: float, y: float) -> None:
    ring = rectangle(x, y, width, height)
    area = ring_areas(np.asarray([0, 5]), ring.lon_e7, ring.lat_e7)[0][0]
    # corners are rounded to 1e-7 degree, about a centimetre
    assert abs(area - width * height) <= 0.02 * (width + height) + 0.001 * width * height
