"""A town of five blocks in a row with a plan for it, written by hand: for tests of the checker.

    cell      0       1       2       3       4                 5 (no street near: 1 person)
    0 --------- 1 --------- 2 --------- 3 --------- 4 --------- 5        each block 1000 dm
    people 2.5      3           3           2           4
                A                       B                       X (exists, 100 dm from the street)

Cells lie in the middle of their block. Within 2 minutes an adult walks 1500 dm:
    A reaches cells 0, 1 (500 dm each) and 2 (1500 dm: just);  B 2, 3 (500) and 1, 4 (1500);  X only 4 (600).
X has 4 people. One more site: A adds 2.5 + 3 + 3 = 8.5, B adds 3 + 3 + 2 = 8. So A, 12.5 people in all.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import scipy.sparse as sp

from shanyrak.check.area_hash import content_hash
from shanyrak.plan import maximal_covering

BLOCK_E7 = 8993
"""Ten-millionths of a degree along the equator that are 1000 dm."""
LIMIT = 1500
PROFILE = {
    "name": "adult", "speed_dm_per_s": 12.5, "step_extra_dm": 4, "lift_extra_dm": 375, "wheels": False,
    "downhill_helps": True, "steepest_pct": 40, "speed_m_per_s": 1.25, "sources": {},
}  # fmt: skip
DEMAND = [2500, 3000, 3000, 2000, 4000, 1000]
A, B, X = 0, 1, 2
WALKS = {A: {0: 500, 1: 500, 2: 1500, 3: 2500}, B: {1: 1500, 2: 500, 3: 500, 4: 1500, 0: 2500}, X: {4: 600, 3: 1600}}
"""site -> cell -> walk [dm]"""
SITES = {
    "id": ["w1", "w2", "x1"], "role": ["candidate", "candidate", "existing"], "kind": ["room", "room", "existing"],
    "name": ["School A", "Library B", "Tent X"], "detail": ["school", "library", ""], "asked": ["not asked"] * 3,
    "edge": [1, 3, 4], "offset_dm": [0, 0, 1000], "access_dm": [0, 0, 100],
    "lon": [BLOCK_E7 / 1e7, 3 * BLOCK_E7 / 1e7, 5 * BLOCK_E7 / 1e7], "lat": [0.0, 0.0, BLOCK_E7 / 1e8],
}  # fmt: skip


def write_area(folder: Path) -> dict[str, Any]:
    """The area's folder; answers with its manifest."""
    folder.mkdir(parents=True)
    ends = np.arange(5)
    x = np.arange(6) * BLOCK_E7
    _table(folder / "junctions.parquet", lon_e7=x, lat_e7=[0] * 6, osm_node_id=range(1, 7), island=[0] * 6)
    _table(
        folder / "edges.parquet", edge_from=ends, edge_to=ends + 1, edge_length_dm=[1000] * 5, edge_class=[0] * 5,
        edge_steps=[0] * 5, edge_slope_pct=[0] * 5, edge_flags=[0] * 5, edge_osm_way_id=range(5), edge_name=[0] * 5,
        shape_points=[2] * 5,
    )  # fmt: skip
    _table(folder / "street_names.parquet", name=["Long Street"])
    shape = np.stack([x[:-1], x[1:]], axis=1).reshape(-1)
    _arrow(folder / "shapes.arrow", shape_lon_e7=shape, shape_lat_e7=[0] * 10)
    _arrow(folder / "arc_ptr.arrow", arc_ptr=[0, 1, 3, 5, 7, 9, 10])
    pairs = [(0, 1), (1, 0), (1, 2), (2, 1), (2, 3), (3, 2), (3, 4), (4, 3), (4, 5), (5, 4)]
    arcs = {"arc_to": [b for _, b in pairs], "arc_edge": [min(p) for p in pairs]}
    _arrow(folder / "arcs.arrow", **arcs, arc_backward=[int(a > b) for a, b in pairs])
    edge = [0, 1, 2, 3, 4, -1]
    _table(
        folder / "cells.parquet", id=[f"c{i}" for i in range(6)], persons_milli=DEMAND, edge=edge,
        offset_dm=[500] * 5 + [0], access_dm=[0] * 6, lon=np.arange(6) * BLOCK_E7 / 1e7, lat=[0.0] * 6,
    )  # fmt: skip
    own = {name: values[:2] for name, values in SITES.items() if name != "role"}
    _table(folder / "candidates.parquet", **own, named_by=["", ""])
    empty = pa.array([], pa.string())
    text = dict.fromkeys(("name", "kind", "street", "housenumber", "alternatives"), empty)
    pq.write_table(pa.table({**text, "lon": pa.array([], pa.float64()), "lat": pa.array([], pa.float64())}),
                   folder / "gazetteer.parquet")  # fmt: skip
    manifest: dict[str, Any] = {
        "format": "shanyrak-area/1", "name": "row", "made_up": True, "how": "list",
        "people": {"how": "list", "source": "by hand", "notes": []},
    }  # fmt: skip
    manifest["content_hash"] = content_hash(folder, manifest)
    _json(folder / "area.json", manifest)
    return manifest


@dataclass
class Lies:
    """How a plan is to be made wrongly; as it stands: not at all."""

    covers: Callable[[int], bool] = lambda walk: walk <= LIMIT
    limit: int = LIMIT
    persons: Callable[[dict[str, int]], None] = lambda totals: None
    """changes the totals (thousandths)"""
    certificate: Callable[[dict[str, Any]], None] = lambda certificate: None
    plan: Callable[[dict[str, Any]], None] = lambda plan: None
    cells: dict[str, Callable[[list[Any]], list[Any]]] = field(default_factory=dict)
    sites: dict[str, list[Any]] = field(default_factory=dict)


def write_plan(folder: Path, manifest: dict[str, Any], lies: Lies | None = None) -> None:
    """The plan's folder for k = 1, from the walks at the top."""
    lies = lies or Lies()
    folder.mkdir(parents=True)
    near = {j: {c: w for c, w in walks.items() if lies.covers(w)} for j, walks in WALKS.items()}
    cover = np.zeros((6, 3), bool)
    for j, cells in near.items():
        cover[list(cells), j] = True
    siting = maximal_covering(sp.csr_array(cover), np.array(DEMAND), 1, fixed=[X], gap=0)
    certificate = json.loads(json.dumps(siting.certificate))
    site = int(siting.sites[0])
    open_sites = [site, X]

    def people(cells: set[int]) -> int:
        return sum(DEMAND[c] for c in cells)

    new, old = set(near[site]), set(near[X])
    totals = {
        "demand": people(set(range(6))), "existing": people(old), "covered": people(new | old),
        "adds": people(new - old), "covers": people(new), "backup": people(new & old), "bound": certificate["bound"],
    }  # fmt: skip
    lies.persons(totals)
    nearest = [min((j for j in open_sites if c in near[j]), key=lambda j: near[j][c], default=None) for c in range(6)]
    walk = [None if j is None else near[j][c] for c, j in enumerate(nearest)]
    farthest = max(w for w, j in zip(walk, nearest, strict=True) if j == site and w is not None)
    entry = {
        "rank": 1, "id": SITES["id"][site], "lon": SITES["lon"][site], "lat": SITES["lat"][site],
        "name": SITES["name"][site], "adds_persons": totals["adds"] / 1000, "covers_persons": totals["covers"] / 1000,
        "backup_persons": totals["backup"] / 1000, "farthest_walk_min": round(farthest / 750, 2),
    }  # fmt: skip
    existing = {
        "id": "x1", "lon": SITES["lon"][X], "lat": SITES["lat"][X], "name": "Tent X",
        "covers_persons": totals["existing"] / 1000,
    }  # fmt: skip
    bound, covered = totals["bound"], totals["covered"]
    plan = {
        "format": "shanyrak-plan/1", "area": {"content_hash": manifest["content_hash"]},
        "summary": {
            "k": 1, "minutes": 2, "candidates": 2, "demand_cells": 6, "demand_persons": totals["demand"] / 1000,
            "existing_persons": totals["existing"] / 1000, "covered_persons": covered / 1000,
            "bound_persons": bound / 1000, "gap": 0.0 if bound == covered else (bound - covered) / bound,
            "proven": bound == covered, "sites": [entry],
        },
        "existing": [existing], "unserved_persons": (totals["demand"] - covered - 1000) / 1000,
        "unreachable_persons": 1.0, "profile": dict(PROFILE), "limit_dm": lies.limit,
        "curve": [{"k": 1, "covered_persons": covered / 1000, "bound_persons": bound / 1000}],
    }  # fmt: skip
    lies.plan(plan)
    lies.certificate(certificate)
    times = [sum(c in near[j] for j in open_sites) for c in range(6)]
    cells: dict[str, list[Any]] = {
        "id": [f"c{i}" for i in range(6)], "persons": [d / 1000 for d in DEMAND], "persons_milli": DEMAND,
        "covered": [t > 0 for t in times], "times_covered": times,
        "minutes": [None if w is None else round(w / 750, 2) for w in walk],
        "rank": [1 if j == site else None for j in nearest],
    }  # fmt: skip
    for name, change in lies.cells.items():
        cells[name] = change(cells[name])
    _table(folder / "cells.parquet", **cells)
    _table(folder / "candidates.parquet", **{**SITES, **lies.sites})
    _json(folder / "plan.json", plan)
    _json(folder / "certificate.json", certificate)
    features = [
        {"type": "Feature", "geometry": {"type": "Point", "coordinates": [s["lon"], s["lat"]]},
         "properties": {"role": role, **{k: v for k, v in s.items() if k not in ("lon", "lat")}}}
        for role, s in (("new", entry), ("existing", existing))
    ]  # fmt: skip
    _json(folder / "sites.geojson", {"type": "FeatureCollection", "features": features})


def _table(path: Path, **columns: Any) -> None:
    pq.write_table(pa.table({name: pa.array(values) for name, values in columns.items()}), path)


def _arrow(path: Path, **columns: Any) -> None:
    batch = pa.record_batch({name: pa.array(values) for name, values in columns.items()})
    with pa.OSFile(str(path), "wb") as sink, pa.ipc.new_file(sink, batch.schema) as writer:
        writer.write_batch(batch)


def _json(path: Path, content: Any) -> None:
    path.write_text(json.dumps(content), encoding="utf-8")
