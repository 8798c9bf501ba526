"""Places are tied to the nearest edge by true distance, also to the middle of a street."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest

from shanyrak.area.metric import METRES_PER_DEGREE, ring_areas, true_metres
from shanyrak.area.snap import snap
from shanyrak.walk.graph import Places, WalkGraph
from tests.drawn_area import e7, graph_of, grid_town, lon_lat, rectangle


def at(graph: WalkGraph, *points: tuple[float, float], farthest_m: float = 500.0) -> Places:
    lon, lat = np.asarray([lon_lat(*p) for p in points], float).reshape(-1, 2).T
    return snap(graph, lon, lat, farthest_m=farthest_m)


def every_segment(graph: WalkGraph, lon: float, lat: float) -> tuple[float, set[int]]:
    """The plain twin: distance [m] to the nearest edge, and every edge that near (to a centimetre)."""
    scale = METRES_PER_DEGREE * np.asarray([float(true_metres(lat)), 1.0])
    found: dict[int, float] = {}
    for edge in range(graph.edges):
        points = range(graph.edge_shape_ptr[edge], graph.edge_shape_ptr[edge + 1])
        line = [
            np.asarray([graph.shape_lon_e7[p] / 1e7 - lon, graph.shape_lat_e7[p] / 1e7 - lat]) * scale for p in points
        ]
        for a, b in pairwise(line):
            t = float(np.clip(-a @ (b - a) / max(float((b - a) @ (b - a)), 1e-12), 0, 1))
            found[edge] = min(found.get(edge, np.inf), float(np.linalg.norm(a + t * (b - a))))
    least = min(found.values())
    return least, {edge for edge, gap in found.items() if gap <= least + 0.01}


#      x     30 m north of the street, 40 m from its west end
#  o---+-----------o   100 m
STREET = graph_of([(0, 0), (100, 0)], [[(0, 0), (100, 0)]], ends=[(0, 1)])


def test_a_place_beside_the_middle_of_a_street_meets_it_there() -> None:
    place = at(STREET, (40, 30))
    assert place.edge.tolist() == [0]
    assert place.offset_dm.tolist() == [400]
    assert place.access_dm.tolist() == [300]


def test_a_place_beyond_the_end_meets_the_end() -> None:
    # 3-4-5: 30 m east and 40 m north of the end
    place = at(STREET, (130, 40))
    assert (place.offset_dm[0], place.access_dm[0]) == (STREET.edge_length_dm[0], 500)


def test_offsets_follow_the_bends_of_the_way() -> None:
    # 60 m east, then 80 m north; the place is 10 m east of the second part, 20 m along it: 60 + 20 = 80 m
    bent = graph_of([(0, 0), (60, 80)], [[(0, 0), (60, 0), (60, 80)]], ends=[(0, 1)])
    place = at(bent, (70, 20))
    assert place.offset_dm[0] == pytest.approx(800, abs=1)
    assert place.access_dm[0] == pytest.approx(100, abs=1)


@pytest.mark.parametrize(("metres", "edge"), [(499.9, 0), (500.5, -1)])
def test_a_place_too_far_from_everything_is_unreachable(metres: float, edge: int) -> None:
    place = at(STREET, (50, metres))
    assert place.edge.tolist() == [edge]
    if edge == -1:
        assert (place.offset_dm[0], place.access_dm[0]) == (0, 0)


def test_the_farthest_distance_itself_is_near_enough() -> None:
    # a street along the meridian, so that the distance east is exact to a micrometre
    lon, lat = np.asarray([30.0]), np.asarray([50.0])
    one = snap(STREET, lon, lat - 100 / METRES_PER_DEGREE, farthest_m=100.001)
    assert one.edge[0] == 0


def test_of_equally_near_edges_the_lower_number_is_taken() -> None:
    town = grid_town(3, 3)
    middle = snap(town, town.lon_e7[4:5] / 1e7, town.lat_e7[4:5] / 1e7)  # the crossing: four edges meet
    touching = np.flatnonzero((town.edge_from == 4) | (town.edge_to == 4))
    assert middle.edge[0] == touching.min()


def test_a_gate_that_is_not_mapped_does_not_catch_people() -> None:
    # islands 1 and 2 are courtyards. Where the street is at most 100 m farther it counts, else the courtyard does
    both = graph_of(
        [(0, 0), (300, 0), (100, 70), (200, 70), (100, 160), (200, 160)],
        [[(0, 0), (300, 0)], [(100, 70), (200, 70)], [(100, 160), (200, 160)]],
        ends=[(0, 1), (2, 3), (4, 5)],
        island=[0, 0, 1, 1, 2, 2],
    )
    assert at(both, (150, 60)).edge.tolist() == [0]  # 60 m to the street, 10 m to the courtyard: 50 m farther
    assert at(both, (150, 150)).edge.tolist() == [2]  # 150 m to the street, 10 m to the yard: 140 m farther


def test_no_place_and_no_edge_are_fine() -> None:
    assert len(snap(STREET, np.zeros(0), np.zeros(0))) == 0


def test_the_fast_way_finds_what_measuring_every_segment_finds() -> None:
    town = grid_town(6, 5, 70.0)
    rng = np.random.default_rng(1)
    points = rng.uniform(-150, 500, (300, 2))
    places = at(town, *points.tolist())
    for i, (x, y) in enumerate(points.tolist()):
        gap_m, nearest = every_segment(town, *lon_lat(x, y))
        assert places.edge[i] in nearest
        assert places.access_dm[i] == pytest.approx(gap_m * 10, abs=1)


def test_long_lines_and_short_lines_compete_fairly() -> None:
    # a 3 km line with two points only, and a crooked path of 5 m pieces beside it
    crooked = [(x, 30 + 5 * (x // 5 % 2)) for x in range(1000, 1100, 5)]
    both = graph_of([(0, 0), (3000, 0), crooked[0], crooked[-1]], [[(0, 0), (3000, 0)], crooked], ends=[(0, 1), (2, 3)])
    rng = np.random.default_rng(2)
    points = np.column_stack([rng.uniform(900, 1200, 200), rng.uniform(-50, 80, 200)])
    places = at(both, *points.tolist())
    for i, (x, y) in enumerate(points.tolist()):
        assert places.edge[i] in every_segment(both, *lon_lat(x, y))[1]


def test_the_area_of_a_ring_is_its_footprint() -> None:
    # 20 m x 10 m = 200 m2, middle at (110, 55)
    ring = rectangle(100, 50, 20, 10)
    area, lon, lat = ring_areas(np.asarray([0, 5]), ring.lon_e7, ring.lat_e7)
    assert area[0] == pytest.approx(200, rel=1e-3)
    assert (lon[0], lat[0]) == pytest.approx(lon_lat(110, 55), abs=2e-7)


def test_a_ring_without_area_lies_at_its_first_point() -> None:
    x, y = e7(10, 10)
    area, lon, lat = ring_areas(np.asarray([0, 4]), np.full(4, x), np.full(4, y))
    assert (area[0], lon[0], lat[0]) == (0.0, x / 1e7, y / 1e7)
