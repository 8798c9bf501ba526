"""The checker's plain search and the fast one give the same walks, on towns with one-way streets, slopes and stairs."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from shanyrak.check.walks import Spots, Streets, Walker, impedances, limit_dm
from shanyrak.walk.coverage import walks
from shanyrak.walk.graph import Places, WalkGraph
from shanyrak.walk.profile import PROFILES, edge_impedance_dm
from shanyrak.walk.profile import limit_dm as fast_limit_dm
from tests.walk_towns import Edge, town

JUNCTIONS = 7


@st.composite
def towns(draw: st.DrawFn) -> WalkGraph:
    ends = st.integers(0, JUNCTIONS - 1)
    edges = draw(
        st.lists(
            st.builds(
                Edge,
                begin=ends,
                end=ends,
                length=st.integers(1, 40),
                kind=st.integers(0, 8),
                steps=st.sampled_from([0, 0, 0, 5]),
                slope=st.sampled_from([0, 0, -7, 12, 60, -128, 127]),
                flags=st.sampled_from([0, 0, 1, 4, 8, 9, 15]),
            ).filter(lambda e: e.begin != e.end),
            min_size=1,
            max_size=14,
        )
    )
    return town(JUNCTIONS, edges)


def placed(graph: WalkGraph, random: np.random.Generator, count: int) -> Places:
    edge = random.integers(-1, graph.edges, count).astype(np.int32)
    offset = np.array([random.integers(0, graph.edge_length_dm[e] + 1) if e >= 0 else 0 for e in edge], np.int32)
    return Places(edge, offset, random.integers(0, 6, count).astype(np.int32))


@given(towns(), st.integers(0, 2**32 - 1), st.sampled_from(sorted(PROFILES)), st.integers(0, 120))
@settings(max_examples=200, deadline=None)
def test_plain_and_fast_walks_are_equal(graph: WalkGraph, seed: int, name: str, limit: int) -> None:
    profile = PROFILES[name]
    random = np.random.default_rng(seed)
    cells, sites = placed(graph, random, 8), placed(graph, random, 4)
    columns = {
        column: getattr(graph, column).tolist()
        for column in ("edge_length_dm", "edge_class", "edge_steps", "edge_slope_pct", "edge_flags")
    }
    forward, backward = impedances(profile.numbers(), columns)
    fast = edge_impedance_dm(graph, profile)
    assert [forward, backward] == [f.tolist() for f in fast]
    streets = Streets(
        graph.junctions, graph.edge_from.tolist(), graph.edge_to.tolist(), columns["edge_length_dm"], forward, backward
    )
    walker = Walker(streets, Spots(cells.edge.tolist(), cells.offset_dm.tolist(), cells.access_dm.tolist()), limit)
    found = walks(graph, sites, limit, cells=cells, profile=profile)
    for at in range(len(sites)):
        place = (int(sites.edge[at]), int(sites.offset_dm[at]), int(sites.access_dm[at]))
        cell, impedance = found.of(at)
        assert walker.reach(*place) == dict(zip(cell.tolist(), impedance.tolist(), strict=True))


@given(st.integers(1, 300), st.integers(1, 480))
def test_limits_are_equal(speed_tenths: int, half_minutes: int) -> None:
    class Speed:
        speed_dm_per_s = speed_tenths / 10

    assert limit_dm(speed_tenths / 10, half_minutes / 2) == speed_tenths * half_minutes * 3
    assert fast_limit_dm(Speed, half_minutes / 2) == speed_tenths * half_minutes * 3  # type: ignore[arg-type]
