"""Drawing aids of the made-up town: cutting ground into blocks, and tying ways together."""

from __future__ import annotations

import math

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from shanyrak.area.made_up.board import Board, clear_the_ways, drop_loose_ends
from shanyrak.area.made_up.geometry import Grain, frame, smooth, subdivide
from shanyrak.area.made_up.tie import tie

ROAD = {"highway": "residential"}
PATH = {"highway": "footway"}


@settings(max_examples=25, deadline=None)
@given(
    width=st.floats(120, 900),
    height=st.floats(120, 900),
    lean=st.floats(-60, 60),
    depth=st.floats(60, 200),
    seed=st.integers(0, 10**6),
)
def test_blocks_cover_the_ground_and_streets_lie_between_them(
    width: float, height: float, lean: float, depth: float, seed: int
) -> None:
    ground = shapely.Polygon([(0, 0), (width, lean), (width + lean, height), (lean, height)])
    blocks, streets = subdivide(ground, Grain(depth, 1.6 * depth, 0.03), np.random.default_rng(seed), [])
    assert math.isclose(sum(block.area for block in blocks), ground.area, rel_tol=1e-3)
    assert len(blocks) == len(streets) + 1  # every street cuts one piece in two
    edges = shapely.union_all([ground.exterior, *(block.exterior for block in blocks)])
    for street in streets:
        for end in (street.coords[0], street.coords[-1]):
            assert edges.distance(shapely.Point(end)) < 0.01


def test_a_street_goes_on_across_another_where_one_ends_there_already() -> None:
    ground = shapely.box(0, 0, 200, 100)
    near = [(105.0, 0.0), (96.0, 100.0)]  # ends of streets beyond the ground, within 24 m of the cut at 100
    _, (street,) = subdivide(ground, Grain(100, 100, 0.0), np.random.default_rng(1), list(near))
    assert sorted([street.coords[0], street.coords[-1]]) == sorted(near)


def test_a_frame_looks_along_the_longer_side() -> None:
    axes = frame(shapely.box(10, 20, 110, 50))
    assert (axes.long_m, axes.short_m) == pytest.approx((100, 30))
    assert axes.at(0, 0) == pytest.approx((60, 35))
    assert axes.at(50, 15) == pytest.approx((110, 50))


def test_a_curve_passes_through_its_points() -> None:
    points = [(0.0, 0.0), (100.0, 40.0), (200.0, 0.0), (300.0, 10.0)]
    curve = smooth(points)
    assert max(curve.distance(shapely.Point(point)) for point in points) < 0.2


def tied(*lines: tuple[list[tuple[float, float]], int]) -> list[list[tuple[float, float]]]:
    board = Board()
    for points, level in lines:
        board.line(shapely.LineString(points), ROAD, level=level)
    return [[tuple(point) for point in coords.tolist()] for coords in tie(board)]


def test_an_end_near_a_street_becomes_a_point_of_both() -> None:
    # the path ends 0.4 m before the street's line
    street, path = tied(([(0, 0), (100, 0)], 0), ([(50, 40), (50, 0.4)], 0))
    assert path[-1] in street
    assert len(street) == 3


def test_crossing_streets_share_the_crossing() -> None:
    one, other = tied(([(0, 0), (100, 0)], 0), ([(50, -50), (50, 50)], 0))
    assert (50.0, 0.0) in one
    assert (50.0, 0.0) in other


def test_a_bridge_shares_its_ends_only() -> None:
    #  ramp 0..40, bridge 40..60, ramp 60..100 over a path at x = 50
    ramp, bridge, path = tied(([(0, 0), (40, 0)], 0), ([(40, 0), (60, 0)], 1), ([(50, -50), (50, 50)], 0))
    assert ramp[-1] == bridge[0]
    assert not set(path) & set(bridge)
    assert len(path) == 2


def test_a_ring_stays_closed() -> None:
    ring = [(0.0, 0.0), (50.0, 0.0), (50.0, 50.0), (0.0, 50.0), (0.0, 0.0)]
    square, path = tied((ring, 0), ([(0.3, 0.3), (-40, -40)], 0))
    assert square[0] == square[-1]
    assert path[0] in square


def test_no_house_stands_on_a_way_in_the_water_or_in_another_house() -> None:
    board = Board()
    board.line(shapely.LineString([(0, 0), (100, 0)]), ROAD)
    board.patch(shapely.box(0, 50, 20, 70), {"natural": "water"})
    for x, y in ((10, 2), (10, 60), (50, 20), (52, 22), (80, 20)):
        board.building(shapely.box(x - 5, y - 5, x + 5, y + 5), {"building": "house"})
    clear_the_ways(board)
    # on the street; in the pond; stays; in the one before; stays
    assert [patch.shape.centroid.coords[0] for patch in board.buildings] == [(50, 20), (80, 20)]


def test_a_drive_to_a_street_that_is_not_there_goes_a_lonely_street_stays() -> None:
    board = Board()
    board.line(shapely.LineString([(0, 0), (100, 0)]), ROAD)
    board.line(shapely.LineString([(50, 0.2), (50, 20)]), PATH)
    board.line(shapely.LineString([(50, 300), (50, 320)]), PATH)
    drop_loose_ends(board)
    assert [line.tags for line in board.lines] == [ROAD, PATH]
