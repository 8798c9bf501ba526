"""On any town, for any places and any limit, the fast search and its plain twin say the same."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import shanyrak.walk as fast
from shanyrak.walk import PROFILES, Places, WayClass, twin
from shanyrak.walk.graph import FORWARD_ONLY, RAMP, WHEELS_NO, WalkGraph
from tests.walk_towns import Edge, places, town

SETTINGS = settings(max_examples=150, deadline=None, derandomize=True)


@st.composite
def towns(draw: Callable[..., Any]) -> WalkGraph:
    """Any town: one-way pieces, steps, slopes, rings of one edge, parallel edges, lonely junctions."""
    junctions = draw(st.integers(1, 40))
    end = st.integers(0, junctions - 1)
    edge = st.builds(
        Edge,
        end,
        end,
        # few lengths, so that many walks are equally long or exactly at the limit
        st.one_of(st.sampled_from([1, 2, 10, 64, 100]), st.integers(1, 40_000)),
        kind=st.sampled_from([WayClass.STREET, WayClass.STEPS, WayClass.LIFT]),
        steps=st.sampled_from([0, 0, 0, 3]),
        slope=st.sampled_from([0, 0, 5, -17]),
        flags=st.sampled_from([0, 0, 0, FORWARD_ONLY, WHEELS_NO, RAMP, FORWARD_ONLY | WHEELS_NO]),
    )
    return town(junctions, draw(st.lists(edge, min_size=1, max_size=90)))


def placed(graph: WalkGraph) -> st.SearchStrategy[Places]:
    """Any places on the edges of a town, some without an edge; many at ends and in the same spot."""

    @st.composite
    def one(draw: Callable[..., Any]) -> tuple[int, int, int]:
        edge = draw(st.integers(-1, graph.edges - 1))
        if edge < 0:
            return -1, 0, 0
        length = int(graph.edge_length_dm[edge])
        offset = draw(st.one_of(st.sampled_from([0, length, length // 2]), st.integers(0, length)))
        return edge, offset, draw(st.sampled_from([0, 0, 1, 37]))

    return st.lists(one(), max_size=70).map(lambda listed: places(*listed))


def somewhere(graph: WalkGraph) -> st.SearchStrategy[Any]:
    junctions = st.lists(st.integers(0, graph.junctions - 1), max_size=70).map(lambda v: np.asarray(v, np.int64))
    return st.one_of(junctions, placed(graph))


LIMITS = st.one_of(st.sampled_from([0, 1, 100, 128, 45_000, 65_534, 65_535, 10**9]), st.integers(0, 100_000))
WALKERS = st.sampled_from(list(PROFILES.values()))


def pairs(found: fast.Walks) -> list[tuple[list[int], list[int]]]:
    return [(cell.tolist(), impedance.tolist()) for cell, impedance in map(found.of, range(len(found.size)))]


@SETTINGS
@given(st.data())
def test_coverage_walks_sums_and_nearest_are_equal(data: st.DataObject) -> None:
    graph = data.draw(towns())
    candidates = data.draw(somewhere(graph))
    cells = data.draw(st.one_of(st.none(), somewhere(graph)))
    limit, profile = data.draw(LIMITS), data.draw(WALKERS)
    asked = {"cells": cells, "profile": profile}

    cover = fast.coverage(graph, candidates, limit, **asked)
    plain = twin.coverage(graph, candidates, limit, **asked)
    assert cover.shape == plain.shape
    assert cover.indptr.tolist() == plain.indptr.tolist()
    assert cover.indices.tolist() == plain.sorted_indices().indices.tolist()

    lists = fast.walks(graph, candidates, limit, **asked)
    assert pairs(lists) == pairs(twin.walks(graph, candidates, limit, **asked))
    assert lists.pairs == cover.nnz

    weight = np.arange(1, cover.shape[0] + 1) ** 3
    sums = fast.reach(graph, weight, limit, candidates=candidates, **asked)
    assert sums.tolist() == twin.reach(graph, weight, limit, candidates=candidates, **asked).tolist()
    assert sums.tolist() == (cover.T.astype(np.int64) @ weight).tolist()

    near = fast.distances_from(graph, candidates, limit, **asked)
    plain_near = twin.distances_from(graph, candidates, limit, **asked)
    assert near.impedance_dm.tolist() == plain_near.impedance_dm.tolist()
    assert near.place.tolist() == plain_near.place.tolist()


@SETTINGS
@given(st.data())
def test_a_covered_piece_holds_exactly_the_covered_offsets(data: st.DataObject) -> None:
    graph = data.draw(towns())
    sites = data.draw(somewhere(graph))
    limit, profile = data.draw(st.integers(0, 300)), data.draw(WALKERS)
    pieces = fast.covered_pieces(graph, sites, limit, profile)
    edge = data.draw(st.integers(0, graph.edges - 1))
    offsets = np.arange(min(int(graph.edge_length_dm[edge]), 400) + 1)
    everywhere = places(*((edge, int(o), 0) for o in offsets))
    plain = twin.coverage(graph, sites, limit, cells=everywhere, profile=profile).toarray().any(axis=1)
    here = pieces.edge == edge
    drawn = np.zeros(len(offsets), bool)
    for begin, end in zip(pieces.begin_dm[here], pieces.end_dm[here], strict=True):
        drawn |= (offsets >= begin) & (offsets <= end)
    assert drawn.tolist() == plain.tolist()


@SETTINGS
@given(st.data())
def test_the_more_one_walks_the_more_one_reaches(data: st.DataObject) -> None:
    graph = data.draw(towns())
    candidates = data.draw(somewhere(graph))
    near, far = sorted((data.draw(LIMITS), data.draw(LIMITS)))
    less, more = (fast.coverage(graph, candidates, limit) for limit in (near, far))
    assert (less > more).nnz == 0


@pytest.mark.parametrize("limit", [0, 700, 40_000])
def test_many_candidates_over_several_batches(limit: int) -> None:
    rng = np.random.default_rng(8)
    count, n = 3000, 900
    graph = town(n, [Edge(*map(int, rng.integers(0, n, 2)), int(rng.integers(1, 400))) for _ in range(count)])
    edge = rng.integers(-1, graph.edges, 1200).astype(np.int32)
    offset = rng.integers(0, np.where(edge < 0, 0, graph.edge_length_dm[edge]) + 1).astype(np.int32)
    anywhere = Places(edge, offset, rng.integers(0, 60, 1200).astype(np.int32))
    sites, cells = anywhere.take(np.arange(600)), anywhere.take(np.arange(600, 1200))
    for threads in (1, 2):
        cover = fast.coverage(graph, sites, limit, cells=cells, threads=threads)
        plain = twin.coverage(graph, sites, limit, cells=cells)
        assert cover.indices.tolist() == plain.sorted_indices().indices.tolist()
        assert cover.indptr.tolist() == plain.indptr.tolist()
        assert pairs(fast.walks(graph, sites, limit, cells=cells, threads=threads)) == pairs(
            twin.walks(graph, sites, limit, cells=cells)
        )
