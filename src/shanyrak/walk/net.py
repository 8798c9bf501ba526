"""What a search runs on, made of what people hand in: checked once at the door, then plain integers."""

from __future__ import annotations

import operator
from dataclasses import dataclass
from typing import Any, NamedTuple, TypeAlias

import numpy as np
import numpy.typing as npt

from shanyrak.core.errors import InvalidInput
from shanyrak.core.units import IntArray, LongArray
from shanyrak.walk.graph import Places, WalkGraph
from shanyrak.walk.places import direct_walks, links
from shanyrak.walk.profile import ADULT, Profile, arcs_of_edges_dm, edge_impedance_dm

LARGEST_LIMIT = 1_000_000_000
"""Longest limit [dm]; beyond it sums would leave 32 bits. 100,000 km are enough on this planet."""
_TOO_FAR = 2**31 - 1

Graph: TypeAlias = WalkGraph | Any
"""A WalkGraph, or a scipy sparse matrix of integer impedances (row: from, column: to)."""
PlaceLike: TypeAlias = Places | npt.ArrayLike
"""Places on edges, or an integer array of junctions."""


class Net(NamedTuple):
    """Arcs by the junction they lead *to*, and what cells hang on a junction."""

    ptr: IntArray
    """(n + 1,) where the arcs that arrive at a junction begin"""
    source: IntArray
    """(m,) where they come from"""
    impedance: IntArray
    """(m,) >= 0"""
    cell_ptr: IntArray
    """(n + 1,) where the cells begin from which a junction can be walked to directly"""
    cell: IntArray
    cell_impedance: IntArray
    cells: int
    """Number of cells; 0 where the junctions themselves are asked for."""
    cells_given: bool

    @property
    def junctions(self) -> int:
        """Number of junctions."""
        return len(self.ptr) - 1

    @property
    def targets(self) -> int:
        """How many rows an answer has."""
        return self.cells if self.cells_given else self.junctions


class Seeds(NamedTuple):
    """Where the search of each candidate begins: at junctions, or (n + cell) at a cell on its edge."""

    ptr: LongArray
    node: IntArray
    impedance: IntArray


@dataclass(frozen=True)
class Question:
    """A checked question: which cells reach which candidates within the limit?"""

    net: Net
    seeds: Seeds
    order: LongArray
    """(k,) candidates in the order of search: neighbours in town one after another."""
    limit: int

    @property
    def candidates(self) -> int:
        """Number of candidates."""
        return len(self.order)


def checked_limit(limit: object) -> int:
    """The limit as an int, else InvalidInput (a float is refused: 0.1 + 0.2 <= 0.3 is false)."""
    if isinstance(limit, (bool, np.bool_)):
        raise InvalidInput("a truth value is not a limit", where="limit", mend="Give whole decimetres")
    try:
        whole = operator.index(limit)  # type: ignore[arg-type]
    except TypeError:
        raise InvalidInput(
            f"{limit!r} is not a whole number",
            where="limit",
            mend="Give whole decimetres (flat), such as limit_dm(ADULT, 15)",
        ) from None
    if not 0 <= whole <= LARGEST_LIMIT:
        raise InvalidInput(f"{whole} is not within 0 and {LARGEST_LIMIT}", where="limit", mend="Give whole decimetres")
    return whole


def checked_threads(threads: object) -> int:
    """The number of threads as an int >= 1, else InvalidInput."""
    if isinstance(threads, bool) or not isinstance(threads, (int, np.integer)) or threads < 1:
        raise InvalidInput(f"{threads!r} is not a whole number above 0", where="threads", mend="Give 1, 2 or more")
    return int(threads)


def checked_places(graph: Graph, junctions: int, given: object, where: str) -> Places | IntArray:
    """Places that lie on the graph's edges, or junctions of the graph; else InvalidInput."""
    if isinstance(given, Places):
        if not isinstance(graph, WalkGraph):
            raise InvalidInput(
                "places on edges need a WalkGraph: a matrix has no edges",
                where=where,
                mend="Give the numbers of junctions, or a WalkGraph",
            )
        return _checked_on_edges(graph, given, where)
    values = np.asarray(given)
    if values.size == 0 and values.ndim == 1:
        return np.empty(0, np.int32)
    if values.ndim != 1:
        raise InvalidInput(f"an array of shape {values.shape}, one row of numbers is needed", where=where)
    if values.dtype.kind not in "iu":
        raise InvalidInput(
            f"numbers of junctions are whole numbers, these are {values.dtype}",
            where=where,
            mend="Give an integer array, or Places (for a mask: numpy.flatnonzero)",
        )
    wrong = np.flatnonzero((values < 0) | (values >= junctions))
    if len(wrong):
        raise InvalidInput(
            f"{len(wrong)} of {len(values)} are not junctions 0 to {junctions - 1}; the first is {values[wrong[0]]}",
            where=f"{where}[{wrong[0]}]",
        )
    return values.astype(np.int32)


def _checked_on_edges(graph: WalkGraph, places: Places, where: str) -> Places:
    columns = {name: np.asarray(getattr(places, name)) for name in ("edge", "offset_dm", "access_dm")}
    for name, values in columns.items():
        if values.ndim != 1 or len(values) != columns["edge"].size:
            raise InvalidInput("edge, offset_dm and access_dm need one number per place each", where=f"{where}.{name}")
        if values.dtype.kind not in "iu" and values.size:
            raise InvalidInput(f"whole numbers are needed, these are {values.dtype}", where=f"{where}.{name}")
    edge, offset, access = (v.astype(np.int64) for v in columns.values())
    outside = (edge < -1) | (edge >= graph.edges)
    length = np.where(outside | (edge < 0), 0, graph.edge_length_dm[np.where(outside, -1, edge)] if graph.edges else 0)
    faults = (
        ("edge", outside, f"an edge is -1 (unreachable) to {graph.edges - 1}"),
        ("offset_dm", (edge >= 0) & ((offset < 0) | (offset > length)), "an offset lies within its edge's length"),
        ("access_dm", (edge >= 0) & (access < 0), "an access is not negative"),
    )
    for name, fault, rule in faults:
        wrong = np.flatnonzero(fault)
        if len(wrong):
            raise InvalidInput(
                f"{len(wrong)} of {len(edge)} are wrong: {rule}; the first is {columns[name][wrong[0]]}",
                where=f"{where}.{name}[{wrong[0]}]",
            )
    return Places(*(v.astype(np.int32) for v in (edge, offset, access)))


def checked_matrix(matrix: Any) -> tuple[IntArray, IntArray, IntArray]:
    """(ptr, to, impedance) of a square sparse matrix of integers >= 0, else InvalidInput.

    Two entries for the same pair are two parallel arcs: the shorter counts (as in scipy's dijkstra).
    So no conversion is used here that would add them up, as scipy's own from COO to CSR does.
    """
    from scipy import sparse

    is_sparse: bool = sparse.issparse(matrix)
    if not is_sparse:
        raise InvalidInput(
            f"{type(matrix).__name__} is not a graph",
            where="graph",
            mend="Give a WalkGraph or a scipy sparse matrix of integer impedances (row: from, column: to)",
        )
    if len(matrix.shape) != 2 or matrix.shape[0] != matrix.shape[1]:
        raise InvalidInput(f"a matrix of shape {matrix.shape} is not square", where="graph")
    if matrix.dtype.kind not in "iu":
        raise InvalidInput(
            f"impedances are whole numbers, these are {matrix.dtype}",
            where="graph",
            mend="Round them to whole units (decimetres), and give the limit in the same unit",
        )
    if matrix.format == "csr":
        ptr, to, data = matrix.indptr, matrix.indices, matrix.data
    else:
        listed = matrix.tocoo()
        by_row = np.argsort(listed.row, kind="stable")
        to, data = listed.col[by_row], listed.data[by_row]
        ptr = np.searchsorted(listed.row[by_row], np.arange(matrix.shape[0] + 1))
    if len(data) and data.min() < 0:
        first = int(np.flatnonzero(data < 0)[0])
        raise InvalidInput(
            f"an impedance is negative: {data[first]}", where=f"graph.data[{first}]", mend="Leave out impassable arcs"
        )
    return ptr.astype(np.int32), to.astype(np.int32), np.minimum(data, _TOO_FAR).astype(np.int32)


def junctions_of(graph: Graph) -> int:
    """Number of junctions of a graph or a matrix."""
    return graph.junctions if isinstance(graph, WalkGraph) else len(checked_matrix(graph)[0]) - 1


def checked_profile(graph: Graph, profile: object) -> Profile:
    """The profile, else InvalidInput (a matrix holds impedances already: no profile applies)."""
    if not isinstance(profile, Profile):
        raise InvalidInput(f"{profile!r} is not a profile", where="profile", mend="Give one of PROFILES.values()")
    if not isinstance(graph, WalkGraph) and profile is not ADULT:
        raise InvalidInput(
            "a matrix holds impedances already, so a profile cannot apply",
            where="profile",
            mend="Leave it out, or give a WalkGraph",
        )
    return profile


def _passable_arcs(graph: WalkGraph, edge_cost: tuple[IntArray, IntArray]) -> tuple[IntArray, IntArray, IntArray]:
    """(ptr, to, impedance) of all passable arcs, by the junction they leave."""
    cost = arcs_of_edges_dm(graph, edge_cost)
    passable = cost >= 0
    if passable.all():
        return graph.arc_ptr, graph.arc_to, cost
    before = np.concatenate([np.zeros(1, np.int32), np.cumsum(passable, dtype=np.int32)])
    return before[graph.arc_ptr], graph.arc_to[passable], cost[passable]


def question(graph: Graph, candidates: PlaceLike, limit: object, cells: PlaceLike | None, profile: Profile) -> Question:
    """Check everything, and lay it out for the search."""
    from scipy import sparse  # here: reading a town needs this room's graph, and not scipy

    whole = checked_limit(limit)
    profile = checked_profile(graph, profile)
    edge_cost = edge_impedance_dm(graph, profile) if isinstance(graph, WalkGraph) else None
    ptr, to, cost = checked_matrix(graph) if edge_cost is None else _passable_arcs(graph, edge_cost)
    n = len(ptr) - 1
    sites = checked_places(graph, n, candidates, "candidates")
    people = None if cells is None else checked_places(graph, n, cells, "cells")
    arriving = sparse.csr_array((cost, to, ptr), shape=(n, n)).tocsc()

    cell_ptr, cell, cell_cost = np.zeros(n + 1, np.int64), np.empty(0, np.int32), np.empty(0, np.int32)
    if isinstance(people, Places):
        assert edge_cost is not None
        leave = links(graph, people, edge_cost, leaving=True)
        cell_ptr, cell, cell_cost = _grouped(n, leave.junction, leave.place, leave.impedance_dm)
    elif people is not None:
        cell_ptr, cell, cell_cost = _grouped(n, people, np.arange(len(people)), np.zeros(len(people), np.int64))

    k = len(sites)
    if isinstance(sites, Places):
        assert edge_cost is not None
        arrive = links(graph, sites, edge_cost, leaving=False)
        site, node, start = [arrive.place], [arrive.junction.astype(np.int64)], [arrive.impedance_dm]
        if isinstance(people, Places):
            direct = direct_walks(graph, people, sites, edge_cost)
            site, node, start = [*site, direct.candidate], [*node, n + direct.cell], [*start, direct.impedance_dm]
        seeds = Seeds(*_grouped(k, np.concatenate(site), np.concatenate(node), np.concatenate(start)))
        where = np.where(sites.edge >= 0, graph.edge_from[sites.edge] if graph.edges else 0, n)
    else:
        seeds = Seeds(np.arange(k + 1, dtype=np.int64), sites, np.zeros(k, np.int32))
        where = sites
    return Question(
        Net(
            ptr=arriving.indptr.astype(np.int32),
            source=arriving.indices.astype(np.int32),
            impedance=arriving.data.astype(np.int32),
            cell_ptr=cell_ptr.astype(np.int32),
            cell=cell,
            cell_impedance=cell_cost,
            cells=0 if people is None else len(people),
            cells_given=people is not None,
        ),
        seeds,
        np.argsort(where, kind="stable").astype(np.int64),
        whole,
    )


def _grouped(
    groups: int, group: npt.NDArray[Any], item: npt.NDArray[Any], cost: npt.NDArray[Any]
) -> tuple[LongArray, IntArray, IntArray]:
    """(ptr, item, cost) by group; costs beyond 32 bits are beyond every limit."""
    by_group = np.argsort(group, kind="stable")
    ptr = np.zeros(groups + 1, np.int64)
    np.cumsum(np.bincount(group, minlength=groups), out=ptr[1:])
    return ptr, item[by_group].astype(np.int32), np.minimum(cost[by_group], _TOO_FAR).astype(np.int32)
