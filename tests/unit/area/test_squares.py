"""Crossing open ground: which straight lines stay on it. Beside a plain twin made of shapely."""

from __future__ import annotations

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from shanyrak.area.squares import MOST_POINTS, Ground, all_crossing_lines, crossing_lines

Corner = tuple[int, int]


def ground(*rings: list[Corner]) -> Ground:
    """Rings of corners; nodes are numbered through: 0, 1, 2 ... on the first ring, then the next."""
    nodes, lon, lat, first = [], [], [], 0
    for ring in rings:
        number = np.append(np.arange(first, first + len(ring)), first)
        closed = np.array([*ring, ring[0]], np.int32)
        nodes.append(number.astype(np.int64))
        lon.append(closed[:, 0])
        lat.append(closed[:, 1])
        first += len(ring)
    return Ground(nodes, lon, lat)


def lines(area: Ground, entrances: list[int]) -> set[tuple[int, int]]:
    a, b = crossing_lines(area, np.array(entrances, np.int64))
    return {(min(pair), max(pair)) for pair in zip(a.tolist(), b.tolist())}


# 7 6 5
# 8   4
# 1 2 3      (numbers are nodes less one)
PLAIN = [(0, 0), (10, 0), (20, 0), (20, 10), (20, 20), (10, 20), (0, 20), (0, 10)]


def test_a_plain_square_joins_all_entrances_but_neighbours() -> None:
    assert lines(ground(PLAIN), [0, 1, 4, 5]) == {(0, 4), (0, 5), (1, 4), (1, 5)}


def test_one_entrance_leads_nowhere() -> None:
    assert lines(ground(PLAIN), [3]) == set()
    assert lines(ground(PLAIN), []) == set()


def test_the_way_round_makes_no_difference() -> None:
    there = lines(ground(PLAIN), [1, 3, 5, 7])
    back = lines(ground(PLAIN[::-1]), [6, 4, 2, 0])  # node i is node 7 - i
    assert {(7 - b, 7 - a) for a, b in back} == there


# An L: the corner 3 sticks in.
#   5-4
#   | 3-2
#   0---1
L = [(0, 0), (20, 0), (20, 10), (10, 10), (10, 20), (0, 20)]


def test_around_a_corner_by_way_of_the_corner() -> None:
    # 2 and 5 do not see each other; 3 lies between them and is a neighbour of 2
    assert lines(ground(L), [2, 5]) == {(3, 5)}
    # 1 and 5 see each other, just: the line touches corner 3
    assert lines(ground(L), [1, 5]) == {(1, 5)}
    # with 2 as well the corner is needed, and may be left on the way from 1 to 5
    assert lines(ground(L), [1, 2, 5]) == {(1, 3), (1, 5), (3, 5)}


def test_a_line_beside_the_ground_is_none() -> None:
    # a U: 0 and 3 on the tips see each other only across the gap
    u = [(0, 0), (30, 0), (30, 20), (20, 20), (20, 10), (10, 10), (10, 20), (0, 20)]
    found = lines(ground(u), [2, 7])
    assert (2, 7) not in found
    assert (3, 6) not in found
    # by the inner corners 4 and 5 it goes
    assert {(2, 4), (5, 7)} <= found


HOLE = [(8, 8), (12, 8), (12, 12), (8, 12)]


def test_a_hole_is_walked_around_by_its_corners() -> None:
    found = lines(ground(PLAIN, HOLE), [1, 5])  # (10, 0) and (10, 20), the hole between them
    assert (1, 5) not in found
    assert {(1, 8), (1, 9), (5, 10), (5, 11)} <= found
    # nobody walks through the hole from corner to corner
    assert not {(8, 10), (9, 11)} & found


def test_ground_within_a_hole_is_ground_again() -> None:
    island = [(9, 9), (11, 9), (11, 11), (9, 11)]
    found = lines(ground(PLAIN, HOLE, island), [12, 14])  # opposite corners of the island
    assert (12, 14) in found


def test_many_entrances_are_bounded() -> None:
    angle = np.linspace(0, 2 * np.pi, 400, endpoint=False)
    circle = [(round(10_000 * x), round(10_000 * y)) for x, y in zip(np.cos(angle), np.sin(angle))]
    found = lines(ground(circle), list(range(400)))
    assert MOST_POINTS < len(found) <= MOST_POINTS * (MOST_POINTS - 1) // 2


def test_far_from_the_origin_nothing_overflows() -> None:
    far = [(1_799_990_000 + x * 100, -899_990_000 + y * 100) for x, y in PLAIN]
    assert lines(ground(far), [0, 1, 4, 5]) == {(0, 4), (0, 5), (1, 4), (1, 5)}


def _star(radii: list[int]) -> list[Corner]:
    angle = np.linspace(0, 2 * np.pi, len(radii), endpoint=False)
    return [(round(r * np.cos(a)), round(r * np.sin(a))) for r, a in zip(radii, angle)]


@settings(max_examples=200, deadline=None)
@given(st.lists(st.integers(40, 400), min_size=4, max_size=14), st.booleans())
def test_lines_between_entrances_are_those_that_shapely_finds(radii: list[int], with_hole: bool) -> None:
    outer = _star(radii)
    rings = [outer, [(-9, -9), (9, -8), (8, 9), (-8, 8)]] if with_hole else [outer]
    shape = shapely.Polygon(outer, rings[1:])
    if not shape.is_valid:
        return
    entrances = list(range(len(outer)))
    found = lines(ground(*rings), entrances)
    n = len(outer)
    for i in range(n):
        for j in range(i + 2, n):
            if (i, j) == (0, n - 1):
                continue
            line = shapely.LineString([outer[i], outer[j]])
            assert ((i, j) in found) == shape.covers(line), (i, j)


@pytest.mark.parametrize("entrances", [[0, 4], [1, 5], [0, 1, 2, 3, 4, 5, 6, 7]])
def test_no_line_joins_neighbours_on_the_outline(entrances: list[int]) -> None:
    assert all(b - a not in (1, 7) for a, b in lines(ground(PLAIN), entrances))


@settings(max_examples=100, deadline=None)
@given(st.lists(st.tuples(st.lists(st.integers(40, 400), min_size=4, max_size=60), st.integers(0, 2**60)), max_size=5))
def test_many_areas_at_once_have_the_lines_of_each_alone(drawn: list[tuple[list[int], int]]) -> None:
    areas = [ground(_star(radii)) for radii, _ in drawn]
    entrances = [
        np.array([i for i in range(len(radii)) if chosen >> i & 1], np.int64)  # some, or none
        for radii, chosen in drawn
    ]
    owner, a, b = all_crossing_lines(areas, entrances)
    found = list(zip(owner.tolist(), a.tolist(), b.tolist()))
    alone = []
    for i, (area, ends) in enumerate(zip(areas, entrances)):
        alone += [(i, *pair) for pair in zip(*(end.tolist() for end in crossing_lines(area, ends)))]
    assert found == alone
