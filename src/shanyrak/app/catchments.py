"""The ground from which one reaches a site in time, as polygons for a map.

The streets that are within the limit are cut where the limit falls, widened to half a block, and
joined. It is a drawing: who is counted is decided cell by cell in integers, never by these shapes.
"""

from __future__ import annotations

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from shanyrak.app.plane import LocalPlane
from shanyrak.core.units import E7, IntArray
from shanyrak.walk.graph import WalkGraph

HALF_BLOCK_M = 45.0
"""How far beside a reached street people live: half the usual depth of a block."""
_SIMPLIFY_M = 6.0


class CatchmentDrawer:
    """Draws catchments on one graph; keeps the streets as lines in metres between sites."""

    def __init__(self, graph: WalkGraph, forward: IntArray, backward: IntArray) -> None:
        """``forward``, ``backward``: (e,) impedance of each edge in each direction, -1 not passable."""
        self._graph = graph
        self._forward, self._backward = forward, backward
        self.plane = LocalPlane.around(graph.lat_e7 / E7)
        x, y = self.plane.to_m(graph.shape_lon_e7 / E7, graph.shape_lat_e7 / E7)
        owner = np.repeat(np.arange(graph.edges), np.diff(graph.edge_shape_ptr))
        self._lines = np.asarray(shapely.linestrings(np.column_stack([x, y]), indices=owner))
        self._length_m = np.asarray(shapely.length(self._lines))

    def draw(self, walk_dm: IntArray, limit_dm: int) -> BaseGeometry:
        """Polygon in degrees.

        Parameters
        ----------
        walk_dm : (n,) int32
            Impedance from each junction to the site; -1 where it is farther than the limit.
        limit_dm : int
            Longest impedance that still counts (``d <= limit``).
        """
        graph = self._graph
        start, end = walk_dm[graph.edge_from], walk_dm[graph.edge_to]
        # From a point at share s of the edge one may leave backwards (through edge_from) or forwards.
        from_start = self._reach(start, self._backward, limit_dm)
        from_end = self._reach(end, self._forward, limit_dm)
        whole = (from_start + from_end >= 1) & ((from_start > 0) | (from_end > 0))
        pieces = [self._lines[whole]]
        for share, reverse in ((from_start, False), (from_end, True)):
            part = np.flatnonzero(~whole & (share > 0))
            lines = shapely.reverse(self._lines[part]) if reverse else self._lines[part]
            ends = shapely.line_interpolate_point(lines, share[part] * self._length_m[part])
            pieces.append(_cut(lines, share[part] * self._length_m[part], ends))
        reached = np.concatenate(pieces)
        if not len(reached):
            return shapely.Polygon()
        ground = shapely.union_all(shapely.buffer(reached, HALF_BLOCK_M, quad_segs=3))
        ground = shapely.simplify(ground, _SIMPLIFY_M)
        return shapely.transform(ground, lambda xy: np.column_stack(self.plane.to_degrees(xy[:, 0], xy[:, 1])).round(6))

    @staticmethod
    def _reach(at_end: IntArray, impedance: IntArray, limit_dm: int) -> np.ndarray:
        """Share of each edge, seen from one end, from which the site is within the limit."""
        usable = (at_end >= 0) & (at_end <= limit_dm) & (impedance >= 0)
        share = np.zeros(len(at_end))
        left = (limit_dm - at_end[usable]).astype(np.float64)
        share[usable] = np.clip(left / np.maximum(impedance[usable], 1), 0, 1)
        return share


def _cut(lines: np.ndarray, length_m: np.ndarray, ends: np.ndarray) -> np.ndarray:
    """The first ``length_m`` of each line; the points on it that lie beyond are left out."""
    out = np.empty(len(lines), dtype=object)
    for i, (line, keep_m, end) in enumerate(zip(lines, length_m, ends, strict=True)):
        xy = shapely.get_coordinates(line)
        along = np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(xy, axis=0).T))])
        kept = xy[along < keep_m]
        out[i] = shapely.linestrings(np.vstack([kept, shapely.get_coordinates(end)])) if len(kept) else end
    return out
