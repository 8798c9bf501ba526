"""On real towns the fast search and its plain twin say the same, for places on edges and all profiles."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

import shanyrak.walk as fast
from shanyrak.area.osm import read_osm
from shanyrak.walk import PROFILES, Places, limit_dm, twin
from shanyrak.walk.graph import WalkGraph

pytestmark = [pytest.mark.data, pytest.mark.slow]


@pytest.fixture(scope="module", params=["monaco/monaco.osm.pbf", "heidelberg/heidelberg.osm.pbf"])
def graph(request: pytest.FixtureRequest, data_dir: Path) -> WalkGraph:
    """Read once for all tests of a town."""
    return read_osm(data_dir / request.param, features=False).graph


def anywhere(graph: WalkGraph, count: int, seed: int) -> Places:
    """Places drawn on all edges alike, up to 30 m beside them."""
    rng = np.random.default_rng(seed)
    edge = rng.integers(0, graph.edges, count).astype(np.int32)
    offset = rng.integers(0, graph.edge_length_dm[edge] + 1).astype(np.int32)
    return Places(edge, offset, rng.integers(0, 300, count).astype(np.int32))


@pytest.mark.parametrize("profile", PROFILES.values(), ids=lambda p: p.name)
def test_walks_between_places_are_equal(graph: WalkGraph, profile: fast.Profile) -> None:
    sites, cells = anywhere(graph, 60, 1), anywhere(graph, 700, 2)
    limit = limit_dm(profile, 15)
    found = fast.walks(graph, sites, limit, cells=cells, profile=profile)
    plain = twin.walks(graph, sites, limit, cells=cells, profile=profile)
    assert found.pairs == plain.pairs > 0
    for site in range(60):
        for ours, theirs in zip(found.of(site), plain.of(site), strict=True):
            assert ours.tolist() == theirs.tolist()


def test_pairs_of_junctions_are_equal(graph: WalkGraph) -> None:
    candidates = np.random.default_rng(3).choice(graph.junctions, 300, replace=False)
    cover, plain = (w.coverage(graph, candidates, 11250) for w in (fast, twin))
    assert cover.indptr.tolist() == plain.indptr.tolist()
    assert np.array_equal(cover.indices, plain.sorted_indices().indices)


def test_an_hour_and_a_half_of_walking_is_equal(graph: WalkGraph) -> None:
    candidates = np.random.default_rng(4).choice(graph.junctions, 40)
    cover, plain = (w.coverage(graph, candidates, limit_dm(fast.ADULT, 90)) for w in (fast, twin))
    assert cover.indptr.tolist() == plain.indptr.tolist()
    assert np.array_equal(cover.indices, plain.sorted_indices().indices)
