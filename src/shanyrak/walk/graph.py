"""The walking graph as plain arrays: numbers in, numbers out.

Junctions are numbered along a Hilbert curve, so that neighbours in town are neighbours in memory.
An *edge* is a piece of way between two junctions, stored once with what it is made of; an *arc* is
an edge walked in one direction. What an arc costs is not stored here: a profile says so
(``walk.profile``), from the edge's integers.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from shanyrak.core.units import IntArray, LongArray

if TYPE_CHECKING:
    import numpy.typing as npt


class WayClass(IntEnum):
    """What a person walks on."""

    STREET = 0
    """A street with houses or little traffic: residential, living street, service, unclassified."""
    ROAD = 1
    """A larger road where a person walks on the pavement or the verge."""
    FOOTWAY = 2
    """Footway, pedestrian street, crossing, cycle way open to walkers."""
    PATH = 3
    """Unpaved or narrow: path, track, bridleway."""
    STEPS = 4
    SQUARE = 5
    """A straight line across an area that may be walked in any direction."""
    PLATFORM = 6
    LIFT = 7
    CORRIDOR = 8
    """A passage indoors."""


STREET_CLASSES = (WayClass.STREET, WayClass.ROAD)

FORWARD_ONLY = 1
"""Bit of ``edge_flags``: may be walked from ``edge_from`` to ``edge_to`` only."""
RESIDENTIAL = 2
"""Bit of ``edge_flags``: people live along it (highway residential, living_street, or pedestrian)."""
WHEELS_NO = 4
"""Bit of ``edge_flags``: not passable with wheels (wheelchair=no, a stile, a kissing gate)."""
RAMP = 8
"""Bit of ``edge_flags``: steps with a ramp for wheels."""


LAYOUT: dict[str, tuple[type[np.integer[Any]], str]] = {
    "lon_e7": (np.int32, "n"), "lat_e7": (np.int32, "n"), "osm_node_id": (np.int64, "n"), "island": (np.int32, "n"),
    "edge_from": (np.int32, "e"), "edge_to": (np.int32, "e"), "edge_length_dm": (np.int32, "e"),
    "edge_class": (np.uint8, "e"), "edge_steps": (np.uint16, "e"), "edge_slope_pct": (np.int8, "e"),
    "edge_flags": (np.uint8, "e"), "edge_osm_way_id": (np.int64, "e"), "edge_name": (np.int32, "e"),
    "edge_shape_ptr": (np.int64, "e+1"), "shape_lon_e7": (np.int32, "p"), "shape_lat_e7": (np.int32, "p"),
    "arc_ptr": (np.int32, "n+1"), "arc_to": (np.int32, "m"), "arc_edge": (np.int32, "m"),
    "arc_backward": (np.uint8, "m"),
}  # fmt: skip
"""Array of a graph -> its type, and its length: n junctions, e edges, m arcs, p points of lines."""


@dataclass(frozen=True, eq=False)
class WalkGraph:
    """Junctions, edges and arcs of everything a person may walk on.

    n junctions, e edges, m arcs (m <= 2 e; an edge with FORWARD_ONLY has one arc).
    Arcs leaving junction ``i`` are ``arc_ptr[i]:arc_ptr[i + 1]``.
    """

    lon_e7: IntArray
    """(n,) longitude of junctions [1e-7 degree]"""
    lat_e7: IntArray
    """(n,) latitude of junctions [1e-7 degree]"""
    osm_node_id: LongArray
    """(n,) OSM node id of junctions; a point that stands for no OSM node has a negative id"""
    island: IntArray
    """(n,) connected part (arcs taken as two-way), 0 is the one with most junctions, then by size"""

    edge_from: IntArray
    """(e,) junction where the edge's geometry begins"""
    edge_to: IntArray
    """(e,) junction where it ends"""
    edge_length_dm: IntArray
    """(e,) length along the geometry [dm], at least 1"""
    edge_class: npt.NDArray[np.uint8]
    """(e,) WayClass"""
    edge_steps: npt.NDArray[np.uint16]
    """(e,) number of steps; 0 where none. Where steps are mapped without a count: estimated, 1 per 0.3 m"""
    edge_slope_pct: npt.NDArray[np.int8]
    """(e,) slope from ``edge_from`` to ``edge_to`` [per cent, up is positive]; 0 where not known"""
    edge_flags: npt.NDArray[np.uint8]
    """(e,) bits FORWARD_ONLY, RESIDENTIAL, WHEELS_NO, RAMP"""
    edge_osm_way_id: LongArray
    """(e,) OSM way id (or of the area that a square's line crosses)"""
    edge_name: IntArray
    """(e,) index into ``names``, -1 where the way has no name"""
    edge_shape_ptr: LongArray
    """(e + 1,) where the edge's points begin in ``shape_lon_e7``"""
    shape_lon_e7: IntArray
    """(p,) longitude of all points of all edges, both ends included"""
    shape_lat_e7: IntArray
    """(p,) latitude likewise"""

    arc_ptr: IntArray
    """(n + 1,) where the arcs leaving a junction begin"""
    arc_to: IntArray
    """(m,) junction where the arc ends"""
    arc_edge: IntArray
    """(m,) the edge it walks"""
    arc_backward: npt.NDArray[np.uint8]
    """(m,) 1 where it walks from ``edge_to`` to ``edge_from``"""

    names: tuple[str, ...] = ()
    """street names, each once"""

    @property
    def junctions(self) -> int:
        """Number of junctions."""
        return len(self.lon_e7)

    @property
    def edges(self) -> int:
        """Number of edges."""
        return len(self.edge_from)

    @property
    def arcs(self) -> int:
        """Number of arcs."""
        return len(self.arc_to)

    def fault(self) -> str:
        """What keeps these arrays from being a graph ("" if nothing does): types, lengths, numbers out of range."""
        n, e, m = self.junctions, self.edges, self.arcs
        for name, (dtype, length) in LAYOUT.items():
            array = getattr(self, name)
            due = {"n": n, "n+1": n + 1, "e": e, "e+1": e + 1, "m": m, "p": len(self.shape_lon_e7)}[length]
            if array.dtype != dtype:
                return f"{name} holds {array.dtype}, {np.dtype(dtype).name} is due"
            if array.shape != (due,):
                return f"{name} has the shape {array.shape}, ({due},) is due"
        for name, end in (("edge_from", n), ("edge_to", n), ("arc_to", n), ("arc_edge", e)):
            array = getattr(self, name)
            if len(array) and not (array.min() >= 0 and array.max() < end):
                return f"a number in {name} is not within 0 and {end - 1}"
        for name, end in (("arc_ptr", m), ("edge_shape_ptr", len(self.shape_lon_e7))):
            ptr = getattr(self, name)
            if ptr[0] != 0 or ptr[-1] != end or np.any(ptr[1:] < ptr[:-1]):
                return f"{name} does not rise from 0 to {end}"
        if e and not (self.edge_name.min() >= -1 and self.edge_name.max() < len(self.names)):
            return f"a number in edge_name is not within -1 and {len(self.names) - 1}"
        return ""

    @cached_property
    def arc_from(self) -> IntArray:
        """(m,) junction where the arc begins."""
        return np.repeat(np.arange(self.junctions, dtype=np.int32), np.diff(self.arc_ptr))


@dataclass(frozen=True, eq=False)
class Places:
    """Places (cells, candidates, doors) tied to the nearest edge.

    A person walks ``access_dm`` straight to the edge, meets it ``offset_dm`` from ``edge_from``
    and goes on along it. ``edge`` is -1 where no edge is near enough: unreachable.
    """

    edge: IntArray
    """(c,) edge index, or -1"""
    offset_dm: IntArray
    """(c,) length along the edge from ``edge_from`` [dm], 0 <= offset <= edge_length_dm"""
    access_dm: IntArray
    """(c,) straight walk between the place and the edge [dm]"""

    def __len__(self) -> int:
        return len(self.edge)

    def take(self, index: npt.NDArray[np.integer] | npt.NDArray[np.bool_]) -> Places:
        """The places at ``index``."""
        return Places(self.edge[index], self.offset_dm[index], self.access_dm[index])

    def followed_by(self, other: Places) -> Places:
        """These places, then the others."""
        return Places(
            np.concatenate([self.edge, other.edge]),
            np.concatenate([self.offset_dm, other.offset_dm]),
            np.concatenate([self.access_dm, other.access_dm]),
        )


def arcs_from_edges(
    n: int, edge_from: IntArray, edge_to: IntArray, edge_flags: npt.NDArray[np.uint8]
) -> tuple[IntArray, IntArray, IntArray, npt.NDArray[np.uint8]]:
    """Arcs of edges, sorted by (from, to, edge).

    Returns
    -------
    arc_ptr (n + 1,), arc_to (m,), arc_edge (m,), arc_backward (m,)
    """
    two_way = np.flatnonzero((edge_flags & FORWARD_ONLY) == 0).astype(np.int32)
    every = np.arange(len(edge_from), dtype=np.int32)
    source = np.concatenate([edge_from, edge_to[two_way]])
    target = np.concatenate([edge_to, edge_from[two_way]])
    edge = np.concatenate([every, two_way])
    backward = np.concatenate([np.zeros(len(every), np.uint8), np.ones(len(two_way), np.uint8)])
    if n * n * max(len(every), 1) < 2**61:  # as one number, sorted in a third of the time
        # a loop is an arc forward, then an arc backward: otherwise equal
        order = np.argsort(((source.astype(np.int64) * n + target) * len(every) + edge) * 2 + backward)
    else:
        order = np.lexsort((edge, target, source))
    ptr = np.zeros(n + 1, np.int32)
    np.cumsum(np.bincount(source, minlength=n), out=ptr[1:])
    return ptr, target[order].astype(np.int32), edge[order], backward[order]
