"""The ground from which one reaches a site in time, as polygons for a map.

The pieces of streets within the limit (``walk.covered_pieces``), widened to half a block and joined. It is a
drawing: who is counted is decided cell by cell in integers, never by these shapes.
"""

from __future__ import annotations

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry
from shapely.ops import substring

from shanyrak.app.plane import LocalPlane
from shanyrak.core.units import E7, IntArray
from shanyrak.walk.graph import Places, WalkGraph
from shanyrak.walk.nearest import Nearest, covered_pieces
from shanyrak.walk.profile import Profile

HALF_BLOCK_M = 45.0
"""How far beside a reached street people live: half the usual depth of a block."""
_SIMPLIFY_M = 6.0


class CatchmentDrawer:
    """Draws catchments on one graph; keeps the streets as lines in metres between sites."""

    def __init__(self, graph: WalkGraph, profile: Profile) -> None:
        self._graph, self._profile = graph, profile
        self.plane = LocalPlane.around(graph.lat_e7 / E7)
        x, y = self.plane.to_m(graph.shape_lon_e7 / E7, graph.shape_lat_e7 / E7)
        owner = np.repeat(np.arange(graph.edges), np.diff(graph.edge_shape_ptr))
        self._lines = np.asarray(shapely.linestrings(np.column_stack([x, y]), indices=owner))

    def draw(self, site: Places, walk_dm: IntArray, limit_dm: int) -> BaseGeometry:
        """Polygon in degrees.

        Parameters
        ----------
        site : one place
        walk_dm : (n,) int32
            Impedance from each junction to the site; -1 where it is farther than the limit.
        limit_dm : int
            Longest impedance that still counts (``d <= limit``).
        """
        nearest = Nearest(walk_dm, np.where(walk_dm >= 0, 0, -1).astype(np.int32))
        pieces = covered_pieces(self._graph, site, limit_dm, self._profile, nearest=nearest)
        length = self._graph.edge_length_dm[pieces.edge]
        whole = (pieces.begin_dm == 0) & (pieces.end_dm == length)
        reached = list(self._lines[pieces.edge[whole]])
        for at in np.flatnonzero(~whole & (pieces.end_dm > pieces.begin_dm)):
            begin, end = pieces.begin_dm[at] / length[at], pieces.end_dm[at] / length[at]
            reached.append(substring(self._lines[pieces.edge[at]], begin, end, normalized=True))
        if not reached:
            return shapely.Polygon()
        ground = shapely.union_all(shapely.buffer(np.array(reached, object), HALF_BLOCK_M, quad_segs=3))
        ground = shapely.simplify(ground, _SIMPLIFY_M)
        return shapely.transform(ground, lambda xy: np.column_stack(self.plane.to_degrees(xy[:, 0], xy[:, 1])).round(6))
