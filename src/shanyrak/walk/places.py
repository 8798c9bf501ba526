"""Where places meet the graph: what leaving and arriving costs, in integers.

A place on edge e (length L) at offset o with access a; the edge costs F forward and B backward:

    leaving towards edge_from      a + (B * o       + L // 2) // L
    leaving towards edge_to        a + (F * (L - o) + L // 2) // L
    arriving from edge_from        (F * o       + L // 2) // L + a
    arriving from edge_to          (B * (L - o) + L // 2) // L + a
    both c and s on one edge       a_c + (F * (o_s - o_c) + L // 2) // L + a_s    where o_s >= o_c
                                   a_c + (B * (o_c - o_s) + L // 2) // L + a_s    else

What is not passable (-1) is not a way. A place without an edge (-1) leaves and arrives nowhere.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from shanyrak.core.units import IntArray, LongArray
from shanyrak.walk.graph import Places, WalkGraph


class Links(NamedTuple):
    """Which place is joined to which junction at what cost [flat dm]; at most two per place."""

    place: LongArray
    junction: IntArray
    impedance_dm: LongArray


def _share(impedance_dm: LongArray, part_dm: LongArray, length_dm: LongArray) -> LongArray:
    """The part of an edge's impedance, rounded to the nearest (half up); -1 where not passable."""
    return np.where(impedance_dm < 0, -1, (impedance_dm * part_dm + length_dm // 2) // length_dm)


def links(graph: WalkGraph, places: Places, edge_impedance: tuple[IntArray, IntArray], *, leaving: bool) -> Links:
    """What it costs to leave the places for their edges' ends, or to arrive from there."""
    tied = np.flatnonzero(places.edge >= 0)
    edge = places.edge[tied]
    length, offset, access = (
        v.astype(np.int64) for v in (graph.edge_length_dm[edge], places.offset_dm[tied], places.access_dm[tied])
    )
    forward, backward = (v[edge].astype(np.int64) for v in edge_impedance)
    near = _share(backward if leaving else forward, offset, length)
    far = _share(forward if leaving else backward, length - offset, length)
    cost = np.concatenate([near, far])
    found = Links(
        np.concatenate([tied, tied]),
        np.concatenate([graph.edge_from[edge], graph.edge_to[edge]]),
        cost + np.concatenate([access, access]),
    )
    passable = cost >= 0
    return Links(found.place[passable], found.junction[passable], found.impedance_dm[passable])


class Direct(NamedTuple):
    """Walks along one edge, from a cell to a candidate on the same edge."""

    cell: LongArray
    candidate: LongArray
    impedance_dm: LongArray


def direct_walks(
    graph: WalkGraph, cells: Places, candidates: Places, edge_impedance: tuple[IntArray, IntArray]
) -> Direct:
    """All pairs on the same edge where the walk along it is passable."""
    by_edge = np.argsort(cells.edge, kind="stable")
    sorted_edge = cells.edge[by_edge]
    begin = np.searchsorted(sorted_edge, candidates.edge, side="left")
    count = np.searchsorted(sorted_edge, candidates.edge, side="right") - begin
    count[candidates.edge < 0] = 0
    candidate = np.repeat(np.arange(len(candidates)), count)
    within = np.arange(int(count.sum())) - np.repeat(np.cumsum(count) - count, count)
    cell = by_edge[np.repeat(begin, count) + within]
    edge = candidates.edge[candidate]
    ahead = candidates.offset_dm[candidate].astype(np.int64) - cells.offset_dm[cell]
    forward, backward = edge_impedance
    cost = _share(
        np.where(ahead >= 0, forward[edge], backward[edge]).astype(np.int64),
        np.abs(ahead),
        graph.edge_length_dm[edge].astype(np.int64),
    )
    passable = cost >= 0
    total = cost + cells.access_dm[cell] + candidates.access_dm[candidate]
    return Direct(cell[passable], candidate[passable], total[passable])
