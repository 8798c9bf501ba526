"""Where one reaches a site in time, as a drawing."""

from __future__ import annotations

import numpy as np
import pytest
import shapely

from shanyrak.app.catchments import HALF_BLOCK_M, CatchmentDrawer
from shanyrak.walk.graph import FORWARD_ONLY, Places, WalkGraph, arcs_from_edges
from shanyrak.walk.profile import ADULT

#   A ----- B ----- C        1 km each, west to east on the equator; the site stands at A
METRE_E7 = 1e7 / 111_195.08


def street(flag: int = 0) -> WalkGraph:
    lon = np.rint(np.array([0, 1000, 2000]) * METRE_E7).astype(np.int32)
    lat = np.zeros(3, np.int32)
    start, end = np.array([0, 1], np.int32), np.array([1, 2], np.int32)
    flags = np.full(2, flag, np.uint8)
    ptr, to, edge, backward = arcs_from_edges(3, start, end, flags)
    return WalkGraph(
        lon_e7=lon, lat_e7=lat, osm_node_id=np.arange(1, 4), island=np.zeros(3, np.int32),
        edge_from=start, edge_to=end, edge_length_dm=np.full(2, 10_000, np.int32), edge_class=np.zeros(2, np.uint8),
        edge_steps=np.zeros(2, np.uint16), edge_slope_pct=np.zeros(2, np.int8), edge_flags=flags,
        edge_osm_way_id=np.array([7, 7]), edge_name=np.full(2, -1, np.int32), edge_shape_ptr=np.array([0, 2, 4]),
        shape_lon_e7=lon[[0, 1, 1, 2]], shape_lat_e7=lat[[0, 1, 1, 2]],
        arc_ptr=ptr, arc_to=to, arc_edge=edge, arc_backward=backward,
    )  # fmt: skip


AT_A = Places(*(np.zeros(1, np.int32) for _ in range(3)))


def drawn(limit_dm: int) -> shapely.Polygon:
    walk = np.array([0, 10_000, 20_000], np.int32)
    walk[walk > limit_dm] = -1
    return CatchmentDrawer(street(), ADULT).draw(AT_A, walk, limit_dm)


@pytest.mark.parametrize(("limit_dm", "metres"), [(5_000, 500), (10_000, 1000), (15_000, 1500), (20_000, 2000)])
def test_it_ends_where_the_limit_falls(limit_dm: int, metres: float) -> None:
    west, _, east, _ = drawn(limit_dm).bounds
    assert east * 111_195.08 == pytest.approx(metres + HALF_BLOCK_M, abs=2)
    assert west * 111_195.08 == pytest.approx(-HALF_BLOCK_M, abs=2)


def test_a_site_that_nobody_reaches_has_no_ground() -> None:
    nowhere = Places(np.array([-1], np.int32), *(np.zeros(1, np.int32) for _ in range(2)))
    assert CatchmentDrawer(street(), ADULT).draw(nowhere, np.full(3, -1, np.int32), 11_250).is_empty


def test_a_street_walked_one_way_only_counts_in_that_way() -> None:
    # Everybody would have to walk against the arrow to reach A.
    drawer = CatchmentDrawer(street(FORWARD_ONLY), ADULT)
    assert drawer.draw(AT_A, np.array([0, -1, -1], np.int32), 11_250).is_empty


def test_a_site_in_the_middle_of_a_long_street_has_its_own_piece() -> None:
    # 500 m from A; with 300 m to walk neither end of the street is in reach, 200 m to 800 m of it are
    site = Places(np.zeros(1, np.int32), np.array([5_000], np.int32), np.zeros(1, np.int32))
    west, _, east, _ = CatchmentDrawer(street(), ADULT).draw(site, np.full(3, -1, np.int32), 3_000).bounds
    assert west * 111_195.08 == pytest.approx(200 - HALF_BLOCK_M, abs=2)
    assert east * 111_195.08 == pytest.approx(800 + HALF_BLOCK_M, abs=2)
