"""Towns drawn as a list of edges, for tests of ``walk``: lengths are given, nothing lies on a map."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from shanyrak.walk.graph import Places, WalkGraph, WayClass, arcs_from_edges


@dataclass(frozen=True)
class Edge:
    """A piece of way between two junctions, ``length`` in decimetres."""

    begin: int
    end: int
    length: int
    kind: int = WayClass.STREET
    steps: int = 0
    slope: int = 0
    flags: int = 0


def town(junctions: int, edges: Sequence[Edge | tuple[int, int, int]]) -> WalkGraph:
    """A graph of these edges; every junction is at the same place, since only lengths matter here."""
    listed = [e if isinstance(e, Edge) else Edge(*e) for e in edges]

    def column(field: str, dtype: type) -> np.ndarray:
        return np.asarray([getattr(e, field) for e in listed], dtype)

    nowhere = np.zeros(junctions, np.int32)
    begin, end, flags = column("begin", np.int32), column("end", np.int32), column("flags", np.uint8)
    ptr, to, edge, backward = arcs_from_edges(junctions, begin, end, flags)
    count = len(listed)
    return WalkGraph(
        lon_e7=nowhere,
        lat_e7=nowhere,
        osm_node_id=np.arange(1, junctions + 1, dtype=np.int64),
        island=nowhere,
        edge_from=begin,
        edge_to=end,
        edge_length_dm=column("length", np.int32),
        edge_class=column("kind", np.uint8),
        edge_steps=column("steps", np.uint16),
        edge_slope_pct=column("slope", np.int8),
        edge_flags=flags,
        edge_osm_way_id=np.arange(1, count + 1, dtype=np.int64),
        edge_name=np.full(count, -1, np.int32),
        edge_shape_ptr=np.arange(0, 2 * count + 1, 2, dtype=np.int64),
        shape_lon_e7=np.zeros(2 * count, np.int32),
        shape_lat_e7=np.zeros(2 * count, np.int32),
        arc_ptr=ptr,
        arc_to=to,
        arc_edge=edge,
        arc_backward=backward,
    )


def places(*of: tuple[int, int, int]) -> Places:
    """Places given as (edge, offset, access)."""
    columns = np.asarray(of, np.int32).reshape(-1, 3)
    return Places(columns[:, 0].copy(), columns[:, 1].copy(), columns[:, 2].copy())
