"""Drawn towns for tests of ``area``: streets on a grid, things put where the test says."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from shanyrak.area.features import Addresses, Buildings, Features, Ground, Poi, Ring, SourceFile, no_features
from shanyrak.area.metric import METRES_PER_DEGREE, true_metres
from shanyrak.area.osm import Extract
from shanyrak.core.units import distance_m
from shanyrak.walk.graph import RESIDENTIAL, WalkGraph, WayClass, arcs_from_edges

LON0, LAT0 = 30.0, 50.0
"""South-west corner of every drawn town."""


def lon_lat(x_m: float, y_m: float) -> tuple[float, float]:
    """Degrees of a place so many metres east and north of the corner."""
    return LON0 + x_m / (METRES_PER_DEGREE * float(true_metres(LAT0))), LAT0 + y_m / METRES_PER_DEGREE


def e7(x_m: float, y_m: float) -> tuple[int, int]:
    lon, lat = lon_lat(x_m, y_m)
    return round(lon * 1e7), round(lat * 1e7)


def graph_of(
    junctions: Sequence[tuple[float, float]],
    lines: Sequence[Sequence[tuple[float, float]]],
    *,
    ends: Sequence[tuple[int, int]],
    names: Sequence[str] = (),
    flags: int = RESIDENTIAL,
    island: Sequence[int] | None = None,
    way_class: int = WayClass.STREET,
) -> WalkGraph:
    """A graph of junctions [m] and lines [m], each with its two ends."""
    at = np.asarray([e7(*j) for j in junctions], np.int32).reshape(-1, 2)
    shape = [np.asarray([e7(*p) for p in line], np.int32) for line in lines]
    whole = np.concatenate(shape)
    lengths = [
        max(1, round(10 * float(distance_m(s[:-1, 0] / 1e7, s[:-1, 1] / 1e7, s[1:, 0] / 1e7, s[1:, 1] / 1e7).sum())))
        for s in shape
    ]
    count = len(lines)
    edge_from = np.asarray([a for a, _ in ends], np.int32)
    edge_to = np.asarray([b for _, b in ends], np.int32)
    edge_flags = np.full(count, flags, np.uint8)
    known = sorted(set(names) - {""})
    ptr, to, edge, backward = arcs_from_edges(len(at), edge_from, edge_to, edge_flags)
    return WalkGraph(
        lon_e7=at[:, 0].copy(),
        lat_e7=at[:, 1].copy(),
        osm_node_id=np.arange(1, len(at) + 1, dtype=np.int64),
        island=np.asarray(island if island is not None else [0] * len(at), np.int32),
        edge_from=edge_from,
        edge_to=edge_to,
        edge_length_dm=np.asarray(lengths, np.int32),
        edge_class=np.full(count, way_class, np.uint8),
        edge_steps=np.zeros(count, np.uint16),
        edge_slope_pct=np.zeros(count, np.int8),
        edge_flags=edge_flags,
        edge_osm_way_id=np.arange(100, 100 + count, dtype=np.int64),
        edge_name=np.asarray([known.index(n) if n else -1 for n in (names or [""] * count)], np.int32),
        edge_shape_ptr=np.concatenate([[0], np.cumsum([len(s) for s in shape])]).astype(np.int64),
        shape_lon_e7=whole[:, 0].copy(),
        shape_lat_e7=whole[:, 1].copy(),
        arc_ptr=ptr,
        arc_to=to,
        arc_edge=edge,
        arc_backward=backward,
        names=tuple(known),
    )


def grid_town(columns: int = 5, rows: int = 5, block_m: float = 100.0, *, flags: int = RESIDENTIAL) -> WalkGraph:
    """Streets on a grid; row 0 is 'Row 0 Street' from west to east, column 0 'Column 0 Street' from south to north."""
    junctions = [(c * block_m, r * block_m) for r in range(rows) for c in range(columns)]
    ends: list[tuple[int, int]] = []
    names: list[str] = []
    for r in range(rows):
        for c in range(columns):
            if c + 1 < columns:
                ends.append((r * columns + c, r * columns + c + 1))
                names.append(f"Row {r} Street")
            if r + 1 < rows:
                ends.append((r * columns + c, (r + 1) * columns + c))
                names.append(f"Column {c} Street")
    return graph_of(junctions, [[junctions[a], junctions[b]] for a, b in ends], ends=ends, names=names, flags=flags)


def rectangle(x_m: float, y_m: float, width_m: float, height_m: float) -> Ring:
    """A closed ring, counter-clockwise from its south-west corner."""
    corners = [(x_m, y_m), (x_m + width_m, y_m), (x_m + width_m, y_m + height_m), (x_m, y_m + height_m), (x_m, y_m)]
    points = np.asarray([e7(*corner) for corner in corners], np.int32)
    return Ring(points[:, 0].copy(), points[:, 1].copy())


def buildings_of(*drawn: tuple[Ring, str, float | None], tags: dict[int, dict[str, str]] | None = None) -> Buildings:
    """Buildings from (ring, kind, levels or None)."""
    return Buildings(
        np.arange(1, len(drawn) + 1, dtype=np.int64),
        np.concatenate([[0], np.cumsum([len(ring) for ring, _, _ in drawn])]).astype(np.int64),
        np.concatenate([ring.lon_e7 for ring, _, _ in drawn]) if drawn else np.zeros(0, np.int32),
        np.concatenate([ring.lat_e7 for ring, _, _ in drawn]) if drawn else np.zeros(0, np.int32),
        np.asarray([np.nan if levels is None else levels for _, _, levels in drawn], np.float32),
        tuple(kind for _, kind, _ in drawn),
        tags or {},
    )


def features_of(
    *,
    buildings: Buildings | None = None,
    pois: Sequence[Poi] = (),
    grounds: Sequence[Ground] = (),
    excluded: Sequence[Ground] = (),
    addresses: Sequence[tuple[float, float, str, str]] = (),
    streets: dict[str, dict[str, str]] | None = None,
) -> Features:
    """Features with only what the test is about; addresses are (x_m, y_m, street, number)."""
    none = no_features()
    at = np.asarray([e7(x, y) for x, y, _, _ in addresses], np.int32).reshape(-1, 2)
    return Features(
        buildings if buildings is not None else none.buildings,
        list(pois),
        list(grounds),
        list(excluded),
        Addresses(at[:, 0], at[:, 1], tuple(a[2] for a in addresses), tuple(a[3] for a in addresses)),
        [],
        streets or {},
        [],
    )


def poi(osm_id: str, x_m: float, y_m: float, ring: Ring | None = None, **tags: str) -> Poi:
    lon, lat = e7(x_m, y_m)
    return Poi(osm_id, lon, lat, tags, ring)


def extract_of(graph: WalkGraph, features: Features | None = None) -> Extract:
    """What ``read_osm`` would have given."""
    lon, lat = graph.shape_lon_e7 / 1e7, graph.shape_lat_e7 / 1e7
    box = (float(lon.min()), float(lat.min()), float(lon.max()), float(lat.max()))
    return Extract(
        graph=graph,
        features=features if features is not None else no_features(),
        box=box,
        notes=[],
        counts={},
        source=SourceFile("00" * 32, 1, None, None, "drawn"),
    )
