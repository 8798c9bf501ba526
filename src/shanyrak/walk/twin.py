"""The plain twin: the same questions answered in the plainest way, with scipy's dijkstra.

Each candidate and each cell becomes a vertex of its own: candidates with arcs in only, cells with
arcs out only, so no walk leads through them. It knows nothing of lanes, buckets or groups, takes
memory for every (vertex, candidate), and is there so that tests can demand *equal* answers.
scipy computes in double precision, where whole numbers below 2^53 are exact.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
from scipy import sparse
from scipy.sparse.csgraph import dijkstra

from shanyrak.core.units import FloatArray, LongArray
from shanyrak.walk.coverage import Walks
from shanyrak.walk.graph import Places, WalkGraph
from shanyrak.walk.nearest import Nearest
from shanyrak.walk.net import Graph, PlaceLike
from shanyrak.walk.profile import ADULT, Profile, arc_impedance_dm, edge_impedance_dm


def impedances(
    graph: Graph, candidates: PlaceLike, limit: int, *, cells: PlaceLike | None = None, profile: Profile = ADULT
) -> FloatArray:
    """(c, k) walk from each cell to each candidate [flat dm], inf where it is above the limit."""
    arcs = _Arcs(graph, profile)
    n = arcs.vertices
    cell_vertex = np.arange(n) if cells is None else arcs.add(cells, graph, leaving=True)
    site_vertex = arcs.add(candidates, graph, leaving=False)
    if isinstance(cells, Places) and isinstance(candidates, Places):
        arcs.add_along_one_edge(cells, cell_vertex, candidates, site_vertex)
    if len(site_vertex) == 0 or len(cell_vertex) == 0:
        return np.full((len(cell_vertex), len(site_vertex)), np.inf)
    backwards = arcs.matrix().T.tocsr()
    found = dijkstra(backwards, directed=True, indices=site_vertex, limit=limit)
    return np.asarray(found[:, cell_vertex].T)


class _Arcs:
    """A growing list of (from, to, impedance)."""

    def __init__(self, graph: Graph, profile: Profile) -> None:
        self.row: list[int] = []
        self.column: list[int] = []
        self.value: list[int] = []
        if isinstance(graph, WalkGraph):
            self.vertices = graph.junctions
            self.graph = graph
            self.forward, self.backward = edge_impedance_dm(graph, profile)
            begin, end, cost = graph.arc_from, graph.arc_to, arc_impedance_dm(graph, profile)
        else:
            listed = graph.tocoo(copy=True)
            self.vertices = graph.shape[0]
            begin, end, cost = listed.row, listed.col, listed.data
        for i, j, d in zip(begin.tolist(), end.tolist(), cost.tolist(), strict=True):
            self._join(i, j, d)

    def _join(self, i: int, j: int, impedance: int) -> None:
        if impedance >= 0:
            self.row.append(i)
            self.column.append(j)
            self.value.append(impedance)

    def add(self, places: PlaceLike, graph: Graph, *, leaving: bool) -> npt.NDArray[np.int64]:
        """A new vertex for each place, joined to the graph by arcs out (leaving) or in."""
        count = len(places) if isinstance(places, Places) else len(np.asarray(places))
        first = self.vertices
        self.vertices += count
        for i in range(count):
            vertex = first + i
            if not isinstance(places, Places):
                junction = int(np.asarray(places)[i])
                self._join(*((vertex, junction) if leaving else (junction, vertex)), 0)
                continue
            e, offset, access = int(places.edge[i]), int(places.offset_dm[i]), int(places.access_dm[i])
            if e < 0:
                continue
            length = int(graph.edge_length_dm[e])
            begin, end = int(graph.edge_from[e]), int(graph.edge_to[e])
            forward, backward = int(self.forward[e]), int(self.backward[e])
            if leaving:
                self._join_if(backward, vertex, begin, access + (backward * offset + length // 2) // length)
                self._join_if(forward, vertex, end, access + (forward * (length - offset) + length // 2) // length)
            else:
                self._join_if(forward, begin, vertex, (forward * offset + length // 2) // length + access)
                self._join_if(backward, end, vertex, (backward * (length - offset) + length // 2) // length + access)
        return np.arange(first, first + count)

    def _join_if(self, passable: int, i: int, j: int, impedance: int) -> None:
        if passable >= 0:
            self._join(i, j, impedance)

    def add_along_one_edge(
        self, cells: Places, cell_vertex: npt.NDArray[np.int64], sites: Places, site_vertex: npt.NDArray[np.int64]
    ) -> None:
        """The walk along the edge itself, for each cell and candidate on the same one."""
        on_edge: dict[int, list[int]] = {}
        for c, e in enumerate(cells.edge.tolist()):
            on_edge.setdefault(e, []).append(c)
        for s, e in enumerate(sites.edge.tolist()):
            if e < 0:
                continue
            length = int(self.graph.edge_length_dm[e])
            for c in on_edge.get(e, []):
                ahead = int(sites.offset_dm[s]) - int(cells.offset_dm[c])
                cost = int(self.forward[e]) if ahead >= 0 else int(self.backward[e])
                along = (cost * abs(ahead) + length // 2) // length
                total = int(cells.access_dm[c]) + along + int(sites.access_dm[s])
                self._join_if(cost, int(cell_vertex[c]), int(site_vertex[s]), total)

    def matrix(self) -> Any:
        """The arcs as a matrix; of parallel arcs the shortest (a matrix would add them up)."""
        order = np.lexsort((self.value, self.column, self.row))
        row, column, value = (np.asarray(v, dtype=np.int64)[order] for v in (self.row, self.column, self.value))
        first = np.ones(len(row), np.bool_)
        first[1:] = (row[1:] != row[:-1]) | (column[1:] != column[:-1])
        values = value[first].astype(np.float64)
        pointers = np.searchsorted(row[first], np.arange(self.vertices + 1))
        return sparse.csr_array((values, column[first], pointers), shape=(self.vertices, self.vertices))


def coverage(
    graph: Graph, candidates: PlaceLike, limit: int, *, cells: PlaceLike | None = None, profile: Profile = ADULT
) -> Any:
    """As ``walk.coverage``."""
    return sparse.csr_array(impedances(graph, candidates, limit, cells=cells, profile=profile) <= limit)


def walks(
    graph: Graph, candidates: PlaceLike, limit: int, *, cells: PlaceLike | None = None, profile: Profile = ADULT
) -> Walks:
    """As ``walk.walks``; lists lie in the order of candidates."""
    found = impedances(graph, candidates, limit, cells=cells, profile=profile)
    candidate, cell = np.nonzero((found <= limit).T)
    size = np.bincount(candidate, minlength=found.shape[1]).astype(np.int64)
    return Walks(np.cumsum(size) - size, size, cell.astype(np.int32), found[cell, candidate].astype(np.int32))


def reach(
    graph: Graph,
    weight: npt.NDArray[np.int64],
    limit: int,
    *,
    candidates: PlaceLike | None = None,
    cells: PlaceLike | None = None,
    profile: Profile = ADULT,
) -> LongArray:
    """As ``walk.reach``."""
    if candidates is None:
        candidates = np.arange(graph.junctions if isinstance(graph, WalkGraph) else graph.shape[0])
    found = impedances(graph, candidates, limit, cells=cells, profile=profile)
    return np.asarray([int(weight[found[:, j] <= limit].sum()) for j in range(found.shape[1])], dtype=np.int64)


def distances_from(
    graph: Graph, places: PlaceLike, limit: int, profile: Profile = ADULT, *, cells: PlaceLike | None = None
) -> Nearest:
    """As ``walk.distances_from``."""
    found = impedances(graph, places, limit, cells=cells, profile=profile)
    if found.shape[1] == 0:
        return Nearest(np.full(len(found), -1, np.int32), np.full(len(found), -1, np.int32))
    least = found.min(axis=1, initial=np.inf)
    none = ~(least <= limit)
    return Nearest(
        np.where(none, -1, np.where(none, 0, least)).astype(np.int32),
        np.where(none, -1, found.argmin(axis=1)).astype(np.int32),
    )
