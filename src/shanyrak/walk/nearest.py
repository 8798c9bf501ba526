"""Walks to the nearest of a few places: for nearest-site answers and for drawing catchments."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from shanyrak.core.units import BoolArray, IntArray, LongArray
from shanyrak.walk.graph import Places, WalkGraph
from shanyrak.walk.net import Graph, PlaceLike, Question, checked_limit, checked_places, checked_profile, question
from shanyrak.walk.profile import ADULT, Profile, edge_impedance_dm

NOT_REACHED = -1
_SHIFT = 32
"""An answer is sorted as one number: impedance * 2^32 + place, so that ties go to the first place."""
_NOTHING = 2**62


@dataclass(frozen=True, eq=False)
class Nearest:
    """For each junction (or cell): the nearest of the places, and the walk to it."""

    impedance_dm: IntArray
    """(n,) walk to the nearest place [flat dm]; -1 where none is within the limit"""
    place: IntArray
    """(n,) which place (the first of several as near); -1 where none"""

    @property
    def reached(self) -> BoolArray:
        """(n,) whether any place is within the limit."""
        return np.asarray(self.place >= 0)


def distances_from(
    graph: Graph,
    places: PlaceLike,
    limit: int,
    profile: Profile = ADULT,
    *,
    cells: PlaceLike | None = None,
) -> Nearest:
    """The walk from every junction (or cell) to the nearest of a few places.

    Parameters and errors as ``coverage``; the direction is as there: people walk *to* the place.
    """
    from shanyrak.walk.kernels import bucket_shift
    from shanyrak.walk.nearest_kernel import search_nearest

    asked = question(graph, places, limit, cells, profile)
    net, seeds = asked.net, asked.seeds
    place = np.repeat(np.arange(asked.candidates), np.diff(seeds.ptr))
    seed_key = (seeds.impedance.astype(np.int64) << _SHIFT) | place
    key = np.full(net.junctions + net.cells, _NOTHING, np.int64)
    within = seeds.impedance <= asked.limit
    np.minimum.at(key, seeds.node[within], seed_key[within])
    search_nearest(net.ptr, net.source, net.impedance, key[: net.junctions], asked.limit, bucket_shift(asked.limit))
    return _answer(_pulled_to_cells(asked, key) if net.cells_given else key)


def _pulled_to_cells(asked: Question, key: LongArray) -> LongArray:
    """Keys of the cells: along their own edge, or over a junction."""
    net = asked.net
    n = net.junctions
    at = np.repeat(np.arange(n), np.diff(net.cell_ptr))
    through = key[at] + (net.cell_impedance.astype(np.int64) << _SHIFT)
    fine = (key[at] < _NOTHING) & ((through >> _SHIFT) <= asked.limit)
    own = key[n:]
    np.minimum.at(own, net.cell[fine], through[fine])
    return own


def _answer(key: LongArray) -> Nearest:
    reached = key < _NOTHING
    return Nearest(
        np.where(reached, key >> _SHIFT, NOT_REACHED).astype(np.int32),
        np.where(reached, key & (2**_SHIFT - 1), NOT_REACHED).astype(np.int32),
    )


class Pieces(NamedTuple):
    """Pieces of edges, by edge and then along it; none touches another."""

    edge: IntArray
    begin_dm: IntArray
    """length along the edge from ``edge_from`` [dm]"""
    end_dm: IntArray


def covered_pieces(
    graph: WalkGraph, places: PlaceLike, limit: int, profile: Profile = ADULT, *, nearest: Nearest | None = None
) -> Pieces:
    """The parts of all edges from which one of the places is reached within the limit.

    A piece holds exactly the offsets at which a cell with access 0 is covered. ``nearest`` is
    ``distances_from(graph, places, limit, profile)`` if it is at hand.
    """
    most = checked_limit(limit)
    checked_profile(graph, profile)
    found = distances_from(graph, places, most, profile) if nearest is None else nearest
    forward, backward = (v.astype(np.int64) for v in edge_impedance_dm(graph, profile))
    every = np.arange(graph.edges)
    length = graph.edge_length_dm.astype(np.int64)
    parts: list[tuple[LongArray, LongArray, LongArray]] = []
    for end, cost, from_begin in ((graph.edge_from, backward, True), (graph.edge_to, forward, False)):
        rest = np.where(found.reached[end], most - found.impedance_dm[end].astype(np.int64), -1)
        part = _farthest(rest, cost, length)
        fine = part >= 0
        begin = np.zeros(graph.edges, np.int64) if from_begin else length - part
        parts.append((every[fine], begin[fine], (begin + part)[fine]))
    sites = checked_places(graph, graph.junctions, places, "places")
    if isinstance(sites, Places):
        tied = sites.take(sites.edge >= 0)
        on = tied.edge.astype(np.int64)
        rest = most - tied.access_dm.astype(np.int64)
        offset = tied.offset_dm.astype(np.int64)
        behind = _farthest(rest, forward[on], length[on])
        ahead = _farthest(rest, backward[on], length[on])
        for fine, low, high in ((behind >= 0, offset - behind, offset), (ahead >= 0, offset, offset + ahead)):
            clipped = np.maximum(low, 0), np.minimum(high, length[on])
            parts.append((on[fine], clipped[0][fine], clipped[1][fine]))
    return _united(*(np.concatenate(column) for column in zip(*parts, strict=True)))


def _farthest(rest: LongArray, cost: LongArray, length: LongArray) -> LongArray:
    """Largest x <= length with (cost * x + length // 2) // length <= rest; -1 where there is none."""
    x = ((rest + 1) * length - length // 2 - 1) // np.maximum(cost, 1)
    x = np.where(cost == 0, length, x)
    return np.where((rest < 0) | (cost < 0), -1, np.minimum(x, length))


def _united(edge: LongArray, begin: LongArray, end: LongArray) -> Pieces:
    """Pieces that overlap or touch made one (also those with no whole offset between them)."""
    order = np.lexsort((begin, edge))
    edge, begin, end = edge[order], begin[order], end[order]
    if len(edge) == 0:
        return Pieces(*(np.empty(0, np.int32) for _ in range(3)))
    # the farthest end so far on the same edge: edges are set apart by more than any length
    apart = 2**32
    so_far = np.maximum.accumulate(edge.astype(np.int64) * apart + end)
    new = np.ones(len(edge), np.bool_)
    new[1:] = edge[1:].astype(np.int64) * apart + begin[1:] > so_far[:-1] + 1
    first = np.flatnonzero(new)
    last = np.append(first[1:], len(edge)) - 1
    return Pieces(
        edge[first].astype(np.int32),
        begin[first].astype(np.int32),
        (so_far[last] - edge[last] * apart).astype(np.int32),
    )
