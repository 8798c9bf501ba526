"""Walk tables: the made bytes of a town's points, one more point, their size, and how near the cells are.

The peer is the plain way: scipy's dijkstra from every point, all walks sorted for every cell, on the same integers;
what both say is compared.
"""

from __future__ import annotations

import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from scipy import sparse
from scipy.sparse.csgraph import dijkstra

from bench.measure import Row, data_folder
from shanyrak.area.area import Area
from shanyrak.area.importing import import_area
from shanyrak.core.folders import Versions
from shanyrak.core.units import distance_m
from shanyrak.walk import ADULT, SLOW, Places, Profile
from shanyrak.walk.places import links
from shanyrak.walk.profile import arc_impedance_dm, edge_impedance_dm, limit_dm
from shanyrak.walk.table import LIMIT_MIN, MOST_CELLS, TableCells, TableMaker, cells_for_table
from shanyrak.walk.table_answers import Table
from shanyrak.walk.table_bytes import read_cells, read_pack

POINTS = 150
AREA = "ab" * 32


def run(smoke: bool = False) -> list[Row]:
    """Rows for heidelberg with 5,000 cells and with all it has."""
    with tempfile.TemporaryDirectory() as folder:
        extract = data_folder() / "heidelberg" / "heidelberg.osm.pbf"
        area = import_area("heidelberg", extract, versions=Versions(Path(folder) / "heidelberg"), persons=160_000)
        rng = np.random.default_rng(1)
        count = 30 if smoke else POINTS
        chosen = rng.choice(len(area.candidate_places), count + 20, replace=False)
        points, ids = area.candidate_places.take(chosen), [rng.bytes(32).hex() for _ in chosen]
        rows: list[Row] = []
        for profile in (ADULT, SLOW):
            for most in (MOST_CELLS, len(area.cell_lon)):
                rows += _table(area, points, ids, count, profile, most, smoke)
        rows += _cells(area)
        return rows


def _table(
    area: Area, points: Places, ids: list[str], count: int, profile: Profile, most: int, smoke: bool
) -> list[Row]:
    runs = 1 if smoke else 5
    first = points.take(np.arange(count))
    cells = cells_for_table(area.cell_places, area.cell_lon, area.cell_lat, area=AREA, most=most)
    TableMaker(area.graph, cells, profile).packs(points.take(np.arange(3)), ids[:3], 2)  # kernels compiled
    seconds, packs = _seconds(lambda: TableMaker(area.graph, cells, profile).packs(first, ids[:count], count), runs)
    written, data = _seconds(packs[0].to_bytes, runs)
    read, table = _seconds(lambda: Table(read_cells(cells.to_bytes()), [read_pack(data)]), runs)
    what = f"heidelberg, {profile.name}: {count} points, {len(cells):,} cells"
    pairs = sum(len(b.cell) for b in packs[0].blocks)
    rows: list[Row] = [
        {
            "what": f"{what}: laid out, searched, written",
            "value": seconds + written,
            "unit": "s",
            "target": "< 2",
            "note": f"writing {written:.3f} s, reading and joining {read:.3f} s; {pairs:,} walks",
        },
        {
            "what": f"{what}: base pack",
            "value": len(data) / 1000,
            "unit": "kB",
            "target": "<= 150" if most == MOST_CELLS else "",
            "note": f"{8 * len(data) / pairs:.1f} bits a walk; cells file {len(cells.to_bytes()) / 1000:.1f} kB",
        },
        _added(area, cells, points, ids, count, profile, what),
    ]
    if most == MOST_CELLS and profile is ADULT:
        rows.append(_plain(area, cells, first, table, seconds, smoke))
    return rows


def _added(
    area: Area, cells: TableCells, points: Places, ids: list[str], count: int, profile: Profile, what: str
) -> Row:
    maker = TableMaker(area.graph, cells, profile)
    maker.packs(points.take(np.arange(count)), ids[:count], count)
    taken = []
    for end in range(count + 1, len(ids) + 1):
        begun = time.perf_counter()
        data = maker.packs(points.take(np.arange(end)), ids[:end], count)[-1].to_bytes()
        taken.append(1000 * (time.perf_counter() - begun))
    return {
        "what": f"{what}: one point more",
        "value": statistics.median(taken),
        "unit": "ms",
        "target": "< 50",
        "note": f"longest of {len(taken)}: {max(taken):.0f} ms; {len(data)} bytes",
    }


def _plain(area: Area, cells: TableCells, points: Places, table: Table, ours: float, smoke: bool) -> Row:
    """A search with scipy from the ends of each point's edge, the 12 smallest of each row: equal half-minutes."""
    graph, limit = area.graph, limit_dm(ADULT, LIMIT_MIN)
    cost = edge_impedance_dm(graph, ADULT)
    arcs = arc_impedance_dm(graph, ADULT).astype(np.float64)
    forward = sparse.csr_array((arcs, graph.arc_to, graph.arc_ptr), shape=(graph.junctions,) * 2)
    backwards = forward.T.tocsr()
    begun = time.perf_counter()
    found = np.full((len(cells), len(points)), np.inf)
    arrive, leave = links(graph, points, cost, leaving=False), links(graph, cells.places, cost, leaving=True)
    for place, junction, start in zip(*(v.tolist() for v in arrive), strict=True):
        far = dijkstra(backwards, indices=junction, limit=limit - start)
        np.minimum.at(found[:, place], leave.place, far[leave.junction] + start + leave.impedance_dm)
    nearest = np.sort(found, axis=1)[:, :12]
    seconds = time.perf_counter() - begun
    differ = 0
    alone = ~np.isin(cells.places.edge, points.edge)  # a walk along one edge is not in this plain way
    for cell in np.flatnonzero(alone).tolist():
        row = nearest[cell][nearest[cell] <= limit]
        differ += [h for _, h in table.walks_from(cell)] != np.ceil(row / 375).astype(int).tolist()
    assert differ == 0, f"{differ} cells differ from scipy's"
    return {
        "what": f"heidelberg, adult: {len(points)} points, {len(cells):,} cells: scipy, a search for each end",
        "value": seconds,
        "unit": "s",
        "peer": "scipy",
        "ratio": seconds / ours,
        "note": f"equal half-minutes in {int(alone.sum()):,} cells" + (" (few points)" if smoke else ""),
    }


def _cells(area: Area) -> list[Row]:
    """How far the cells that were left out are from one that stayed."""
    cells = cells_for_table(area.cell_places, area.cell_lon, area.cell_lat, area=AREA)
    lon, lat = (v[area.cell_places.edge >= 0] for v in (area.cell_lon, area.cell_lat))
    nearest = np.full(len(lon), np.inf)
    for i in cells.index.tolist():
        nearest = np.minimum(nearest, distance_m(lon, lat, area.cell_lon[i], area.cell_lat[i]))
    return [
        {
            "what": f"heidelberg: from any of {len(lon):,} cells to the nearest of {len(cells):,}, mean",
            "value": float(nearest.mean()),
            "unit": "m",
            "note": f"95 in 100 within {np.percentile(nearest, 95):.0f} m, all within {nearest.max():.0f} m,"
            f" promised {cells.apart_m:.0f} m",
        }
    ]


def _seconds(work: Callable[[], Any], runs: int) -> tuple[float, Any]:
    """Median wall seconds, and the last answer."""
    taken, answer = [], None
    for _ in range(runs):
        begun = time.perf_counter()
        answer = work()
        taken.append(time.perf_counter() - begun)
    return statistics.median(taken), answer


if __name__ == "__main__":
    from bench.__main__ import show

    show("walk_tables", run(smoke="--smoke" in sys.argv))
