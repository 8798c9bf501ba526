"""Ties places to the nearest edge: by true distance, to the middle of a street as well as to its ends.

Every segment of every edge is cut into pieces of at most ``_PIECE_M`` and a piece is stood for by its
middle. The point of a segment that is nearest to a place, d away, lies at most half a piece from one of
those middles, so that middle is at most d + half a piece away; and the middle found first is not nearer
than d. So every segment that could be nearest has a middle at most half a piece farther than the first
one, and only those are measured exactly. Plain twin: measuring every segment (in the tests).
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from scipy.spatial import cKDTree

from shanyrak.area.metric import mercator, mercator_e7, true_metres
from shanyrak.core.units import BoolArray, FloatArray, IntArray, LongArray, e7_to_degrees
from shanyrak.walk.graph import Places, WalkGraph

FARTHEST_M = 500.0
"""A place farther than this from every edge cannot be reached on foot, as far as the map knows."""
SMALL_ISLAND_JUNCTIONS = 50
"""A part of the network smaller than this is often a courtyard whose gate is not mapped ..."""
ISLAND_DETOUR_M = 100.0
"""... so it is passed over where a larger part has an edge at most this much farther."""

_PIECE_M = 20.0
_MOST_PIECES = 4096
_NEIGHBOURS = 12


def snap(graph: WalkGraph, lon: FloatArray, lat: FloatArray, *, farthest_m: float = FARTHEST_M) -> Places:
    """The nearest edge of each place.

    Where two edges are equally near (to the millimetre), it is the one with the lower number.

    Parameters
    ----------
    graph : WalkGraph
    lon, lat : (c,) float
        Places [degree].
    farthest_m : float
        Places farther from every edge get edge -1 (a place exactly as far is still tied).

    Returns
    -------
    Places
        Offsets in the edges' own decimetres: 0 <= offset_dm <= edge_length_dm.
    """
    return Snapper(graph).snap(lon, lat, farthest_m=farthest_m)


class Snapper:
    """``snap`` for whoever asks about one graph again and again: what is searched in is built once."""

    def __init__(self, graph: WalkGraph) -> None:
        self._layers: list[tuple[_Layer, float]] = []
        if graph.edges:
            self._segments = _Segments(graph)
            small = _edges_of_small_islands(graph)
            for chosen, detour_m in ((~small, 0.0), (small, ISLAND_DETOUR_M)):
                layer = self._segments.layer(chosen)
                if layer is not None:
                    self._layers.append((layer, detour_m))

    def snap(self, lon: FloatArray, lat: FloatArray, *, farthest_m: float = FARTHEST_M) -> Places:
        """As the function ``snap``."""
        lon, lat = np.asarray(lon, np.float64), np.asarray(lat, np.float64)
        count = len(lon)
        edge = np.full(count, -1, np.int32)
        offset = np.zeros(count, np.int32)
        distance_m = np.full(count, np.inf)
        if count:
            x, y = mercator(lon, lat)
            for layer, detour_m in self._layers:
                found = self._segments.nearest(layer, x, y, true_metres(lat), farthest_m)
                better = found[2] + detour_m < distance_m if detour_m else np.isfinite(found[2])
                better &= found[2] <= farthest_m
                edge[better], offset[better], distance_m[better] = found[0][better], found[1][better], found[2][better]
        access = np.where(edge >= 0, np.rint(np.where(edge >= 0, distance_m, 0.0) * 10), 0)
        return Places(edge, offset, access.astype(np.int32))


def _edges_of_small_islands(graph: WalkGraph) -> BoolArray:
    sizes = np.bincount(graph.island)
    small = sizes < SMALL_ISLAND_JUNCTIONS
    small[0] = False  # the largest part counts, however small the town
    return np.asarray(small[graph.island[graph.edge_from]])


class _Layer(NamedTuple):
    """Pieces of some edges, to be searched in."""

    owner: LongArray
    """(pieces,) the segment each is of"""
    half: float
    """half of the longest piece, on the map"""
    tree: cKDTree


class _Segments:
    """All straight pieces of all edges on the map."""

    def __init__(self, graph: WalkGraph) -> None:
        ptr = graph.edge_shape_ptr
        points = len(graph.shape_lon_e7)
        self.x, self.y = mercator_e7(graph.shape_lon_e7, graph.shape_lat_e7)
        is_start = np.ones(points, bool)
        is_start[ptr[1:] - 1] = False  # the last point of an edge begins no segment
        self.start: LongArray = np.flatnonzero(is_start)
        self.edge: IntArray = np.repeat(np.arange(graph.edges, dtype=np.int32), np.diff(ptr) - 1)
        self.dx = self.x[self.start + 1] - self.x[self.start]
        self.dy = self.y[self.start + 1] - self.y[self.start]
        scale = true_metres(e7_to_degrees(graph.shape_lat_e7[self.start]))
        self.length_m = np.hypot(self.dx, self.dy) * scale
        along = np.concatenate([[0.0], np.cumsum(self.length_m)])
        first = np.searchsorted(self.edge, np.arange(graph.edges + 1))
        edge_start = along[first]
        self.before_m: FloatArray = along[:-1] - edge_start[self.edge]
        edge_m = np.diff(edge_start)
        self.edge_m: FloatArray = np.where(edge_m > 0, edge_m, 1.0)
        self.edge_length_dm = graph.edge_length_dm

    def layer(self, edges: BoolArray) -> _Layer | None:
        """Pieces of the given edges; None where there are none."""
        segment = np.flatnonzero(edges[self.edge])
        if not len(segment):
            return None
        pieces = np.clip(np.ceil(self.length_m[segment] / _PIECE_M), 1, _MOST_PIECES).astype(np.int64)
        # half a piece, on the map, of the longest piece there is: long straight lines have longer ones
        half = float((np.hypot(self.dx[segment], self.dy[segment]) / pieces).max()) / 2
        owner = np.repeat(segment, pieces)
        nth = np.arange(len(owner)) - np.repeat(np.cumsum(pieces) - pieces, pieces)
        part = (nth + 0.5) / np.repeat(pieces, pieces)
        tree = cKDTree(
            np.column_stack(
                [self.x[self.start[owner]] + part * self.dx[owner], self.y[self.start[owner]] + part * self.dy[owner]]
            ),
            balanced_tree=False,
            compact_nodes=False,
        )
        return _Layer(owner, half, tree)

    def nearest(
        self, layer: _Layer, x: FloatArray, y: FloatArray, scale: FloatArray, farthest_m: float
    ) -> tuple[IntArray, IntArray, FloatArray]:
        """Edge, offset [dm] and distance [m] of the nearest edge of a layer; infinity where there is none."""
        owner, half, tree = layer
        count = len(x)
        edge = np.full(count, -1, np.int32)
        offset = np.zeros(count, np.int32)
        distance_m = np.full(count, np.inf)
        waiting = np.arange(count)
        neighbours = min(_NEIGHBOURS, len(owner))
        while len(waiting):
            here = np.column_stack([x[waiting], y[waiting]])
            reach = farthest_m / scale[waiting].min() + half
            found = tree.query(here, k=np.arange(1, neighbours + 1), distance_upper_bound=reach)
            gap, middle = np.asarray(found[0]), np.asarray(found[1])
            enough = (gap[:, -1] > gap[:, 0] + half) | ~np.isfinite(gap[:, -1]) | (neighbours == len(owner))
            done = waiting[enough]
            got = self._measure(owner, middle[enough], x[done], y[done], scale[done])
            edge[done], offset[done], distance_m[done] = got
            waiting = waiting[~enough]
            neighbours = min(neighbours * 4, len(owner))
        return edge, offset, distance_m

    def _measure(
        self, owner: LongArray, middle: LongArray, x: FloatArray, y: FloatArray, scale: FloatArray
    ) -> tuple[IntArray, IntArray, FloatArray]:
        missing = middle >= len(owner)
        segment = owner[np.where(missing, 0, middle)]
        start = self.start[segment]
        dx, dy = self.dx[segment], self.dy[segment]
        px, py = x[:, None] - self.x[start], y[:, None] - self.y[start]
        squared = dx * dx + dy * dy
        t = np.clip((px * dx + py * dy) / np.where(squared > 0, squared, 1.0), 0.0, 1.0)
        gap_m = np.hypot(px - t * dx, py - t * dy) * scale[:, None]
        gap_m[missing] = np.inf
        # the nearest to the millimetre, then the lowest edge: the same on every machine
        whole_mm = np.where(missing, np.int64(2**40), np.rint(np.where(missing, 0.0, gap_m) * 1000).astype(np.int64))
        least = whole_mm.min(axis=1)
        rank = np.where(whole_mm == least[:, None], segment, np.iinfo(np.int64).max)
        best = np.argmin(rank, axis=1)
        row = np.arange(len(best))
        chosen = segment[row, best]
        edge = self.edge[chosen]
        along_m = self.before_m[chosen] + t[row, best] * self.length_m[chosen]
        length = self.edge_length_dm[edge]
        offset = np.clip(np.rint(along_m / self.edge_m[edge] * length), 0, length).astype(np.int32)
        nothing = missing[row, best]
        return (
            np.where(nothing, -1, edge).astype(np.int32),
            np.where(nothing, 0, offset).astype(np.int32),
            np.where(nothing, np.inf, gap_m[row, best]),
        )
