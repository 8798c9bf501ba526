"""What is true of every walking graph, checked in plain words."""

from __future__ import annotations

import numpy as np
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from shanyrak.core.units import distance_m, e7_to_degrees
from shanyrak.walk.graph import FORWARD_ONLY, WalkGraph, WayClass


def check_graph(graph: WalkGraph) -> None:
    """Raise AssertionError where the arrays of a graph do not fit each other."""
    n, e, m = graph.junctions, graph.edges, graph.arcs
    types = {
        "lon_e7": (n, np.int32), "lat_e7": (n, np.int32), "osm_node_id": (n, np.int64), "island": (n, np.int32),
        "edge_from": (e, np.int32), "edge_to": (e, np.int32), "edge_length_dm": (e, np.int32),
        "edge_class": (e, np.uint8), "edge_steps": (e, np.uint16), "edge_slope_pct": (e, np.int8),
        "edge_flags": (e, np.uint8), "edge_osm_way_id": (e, np.int64), "edge_name": (e, np.int32),
        "edge_shape_ptr": (e + 1, np.int64), "arc_ptr": (n + 1, np.int32), "arc_to": (m, np.int32),
        "arc_edge": (m, np.int32), "arc_backward": (m, np.uint8),
    }  # fmt: skip
    for name, (length, kind) in types.items():
        array = getattr(graph, name)
        assert array.shape == (length,), name
        assert array.dtype == kind, name
    assert len(np.unique(graph.osm_node_id)) == n, "a junction has a number of its own"

    # Edges: ends within the graph, at the ends of their shape, which is as long as they say.
    for ends in (graph.edge_from, graph.edge_to):
        assert ends.min() >= 0
        assert ends.max() < n
    assert graph.edge_length_dm.min() >= 1
    assert set(np.unique(graph.edge_class)) <= {int(one) for one in WayClass}
    assert graph.edge_name.min() >= -1
    assert graph.edge_name.max() < len(graph.names)
    assert len(set(graph.names)) == len(graph.names)
    ptr = graph.edge_shape_ptr
    assert ptr[0] == 0
    assert ptr[-1] == len(graph.shape_lon_e7) == len(graph.shape_lat_e7)
    assert (np.diff(ptr) >= 2).all()
    for place, end in ((ptr[:-1], graph.edge_from), (ptr[1:] - 1, graph.edge_to)):
        assert np.array_equal(graph.shape_lon_e7[place], graph.lon_e7[end])
        assert np.array_equal(graph.shape_lat_e7[place], graph.lat_e7[end])
    lon, lat = e7_to_degrees(graph.shape_lon_e7), e7_to_degrees(graph.shape_lat_e7)
    hop = distance_m(lon[:-1], lat[:-1], lon[1:], lat[1:])
    hop = np.append(hop, 0)
    hop[ptr[1:] - 1] = 0
    length_m = np.add.reduceat(hop, ptr[:-1])
    assert np.abs(np.maximum(length_m * 10, 1) - graph.edge_length_dm).max() <= 0.5 + 1e-6

    # Steps are steps.
    stairs = graph.edge_class == WayClass.STEPS
    assert not graph.edge_steps[~stairs].any()

    # Arcs: every edge once forward, once backward unless it is one-way.
    assert graph.arc_ptr[0] == 0
    assert graph.arc_ptr[-1] == m
    back = graph.arc_backward.astype(bool)
    assert np.array_equal(np.sort(graph.arc_edge[~back]), np.arange(e))
    assert np.array_equal(np.sort(graph.arc_edge[back]), np.flatnonzero(graph.edge_flags & FORWARD_ONLY == 0))
    assert np.array_equal(
        graph.arc_from, np.where(back, graph.edge_to[graph.arc_edge], graph.edge_from[graph.arc_edge])
    )

    # Islands: connected parts, the largest first (against scipy).
    count, part = connected_components(coo_array((np.ones(e), (graph.edge_from, graph.edge_to)), shape=(n, n)), False)
    assert count == graph.island.max() + 1
    assert len({*zip(part.tolist(), graph.island.tolist())}) == count
    assert (np.diff(np.bincount(graph.island)) <= 0).all()
