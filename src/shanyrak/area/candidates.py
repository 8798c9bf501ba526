"""Where a warm point could stand: rooms, open ground, and junctions to be looked at.

What OpenStreetMap offers has not been asked by anybody, and says so (``asked``).
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from scipy.spatial import cKDTree

from shanyrak.area.boundary import Boundary
from shanyrak.area.candidates_ground import inside_excluded, open_ground
from shanyrak.area.candidates_rooms import rooms_of
from shanyrak.area.features import Features
from shanyrak.area.metric import METRES_PER_DEGREE, mercator, true_metres
from shanyrak.area.naming import Namer
from shanyrak.area.snap import SMALL_ISLAND_JUNCTIONS, snap
from shanyrak.area.tables import Candidates, Cells
from shanyrak.core.units import BoolArray, FloatArray, IntArray, e7_to_degrees
from shanyrak.walk.graph import Places, WalkGraph, WayClass

FEW_CANDIDATES = 50
"""Fewer rooms and grounds than this are too few for a town: junctions are offered everywhere people live."""
FAR_FROM_ANY_M = 400.0
"""Junctions are offered to cells that have no room or ground within this, as the crow flies."""
JUNCTION_REACH_M = 300.0
"""How far from such a cell a junction is offered."""
JUNCTION_GRID_M = 200.0
"""One junction per square of this side."""


def candidates_of(
    graph: WalkGraph, features: Features, cells: Cells, *, boundary: Boundary | None = None
) -> tuple[Candidates, Places, tuple[str, ...]]:
    """Every place where a point could stand, tied to the streets, and notes on what was left out.

    Rooms first, then ground, then junctions; within a kind in the order of the file.
    """
    namer = Namer(graph, features)
    rooms, grounds = rooms_of(features), open_ground(features)
    lon = np.concatenate([rooms.lon, grounds.lon])
    lat = np.concatenate([rooms.lat, grounds.lat])
    name, named_by = namer.names(lon, lat, rooms.name + grounds.name)
    of_osm = Candidates(
        rooms.id + grounds.id, lon, lat, ("room",) * len(rooms.id) + ("ground",) * len(grounds.id),
        name, named_by, rooms.detail + grounds.detail, ("not asked",) * len(lon),
    )  # fmt: skip
    keep = ~inside_excluded(features, lon, lat)
    notes = []
    if not keep.all():
        notes.append(f"{int((~keep).sum()):,} places on military or prison ground are no candidates")
    if boundary is not None:
        keep &= boundary.contains(lon, lat)
    places = snap(graph, lon, lat)
    lost = int((keep & (places.edge < 0)).sum())
    if lost:
        notes.append(f"{lost:,} rooms or grounds farther than 500 m from any street are no candidates")
    chosen = np.flatnonzero(keep & (places.edge >= 0))
    of_osm, places = of_osm.take(chosen), places.take(chosen)
    junctions = _junctions(graph, features, cells, of_osm, namer, boundary)
    if len(junctions):
        at = snap(graph, junctions.lon, junctions.lat)
        notes.append(f"{len(junctions):,} junctions are offered 'to inspect' where rooms and open ground are too few")
        of_osm, places = of_osm.followed_by(junctions), places.followed_by(at)
    return of_osm, places, tuple(notes)


def _junctions(
    graph: WalkGraph,
    features: Features,
    cells: Cells,
    others: Candidates,
    namer: Namer,
    boundary: Boundary | None,
) -> Candidates:
    """One junction per square near every inhabited cell that has no room or ground within ``FAR_FROM_ANY_M``."""
    lon, lat = e7_to_degrees(graph.lon_e7), e7_to_degrees(graph.lat_e7)
    waiting = np.ones(len(cells), bool)
    if len(others) >= FEW_CANDIDATES:
        waiting = _nearest_m(cells.lon, cells.lat, others.lon, others.lat) > FAR_FROM_ANY_M
    offered = _may_stand_at(graph)
    if boundary is not None:
        offered &= boundary.contains(lon, lat)
    index = np.flatnonzero(offered)
    if waiting.any():
        near = _nearest_m(lon[index], lat[index], cells.lon[waiting], cells.lat[waiting]) <= JUNCTION_REACH_M
        index = index[near]
    else:
        index = index[:0]
    index = index[~inside_excluded(features, lon[index], lat[index])]
    chosen = _one_per_square(graph, index, lon, lat)
    crossings = namer.crossings(chosen)
    name, named_by = namer.names(lon[chosen], lat[chosen], crossings)
    named_by = tuple("street" if crossing else by for crossing, by in zip(crossings, named_by, strict=True))
    count = len(chosen)
    return Candidates(
        tuple(f"j{graph.osm_node_id[i]}" for i in chosen.tolist()), lon[chosen], lat[chosen], ("junction",) * count,
        name, named_by, ("junction",) * count, ("to inspect",) * count,
    )  # fmt: skip


def _may_stand_at(graph: WalkGraph) -> BoolArray:
    """Junctions in the open air and in a part of the network that is no mapping slip."""
    outside = ~np.isin(graph.edge_class, (WayClass.STEPS, WayClass.PLATFORM, WayClass.LIFT, WayClass.CORRIDOR))
    touched = np.zeros(graph.junctions, bool)
    touched[graph.edge_from[outside]] = True
    touched[graph.edge_to[outside]] = True
    sizes = np.bincount(graph.island, minlength=1)
    large = sizes >= SMALL_ISLAND_JUNCTIONS
    large[0] = True
    return np.asarray(touched & large[graph.island])


def _one_per_square(graph: WalkGraph, index: npt.NDArray[np.int64], lon: FloatArray, lat: FloatArray) -> IntArray:
    """Of each square the junction where most ways meet (three count as many), then the most central one."""
    if not len(index):
        return np.zeros(0, np.int32)
    degree = np.bincount(graph.edge_from, minlength=graph.junctions) + np.bincount(
        graph.edge_to, minlength=graph.junctions
    )
    step = JUNCTION_GRID_M / METRES_PER_DEGREE
    row = np.floor(lat[index] / step)
    # squares of a row have one width in degrees, fixed by the row's own latitude
    width = step / true_metres((row + 0.5) * step)
    column = np.floor(lon[index] / width)
    off_centre = np.hypot((lon[index] / width - column - 0.5), (lat[index] / step - row - 0.5))
    order = np.lexsort((graph.osm_node_id[index], np.round(off_centre, 3), -np.minimum(degree[index], 3), column, row))
    first = np.ones(len(order), bool)
    first[1:] = (np.diff(row[order]) != 0) | (np.diff(column[order]) != 0)
    return np.sort(index[order][first]).astype(np.int32)


def _nearest_m(lon: FloatArray, lat: FloatArray, to_lon: FloatArray, to_lat: FloatArray) -> FloatArray:
    """Straight distance [m] to the nearest of some points; infinity where there is none."""
    if not len(to_lon) or not len(lon):
        return np.full(len(lon), np.inf)
    gap, _ = cKDTree(np.column_stack(mercator(to_lon, to_lat))).query(np.column_stack(mercator(lon, lat)))
    return np.asarray(gap * true_metres(lat))
