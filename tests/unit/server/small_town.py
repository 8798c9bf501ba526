"""A drawn town and a plan for it, written by hand: what server and page are tested with.

    y=6  +--+--+--+--+--+--+      6 x 6 blocks of 200 m, streets named a..g and 1..7; a river below y=0.
    ...  |  |  |  |  |  |  |      Sites stand at the corners (1,1) and (5,5), a point is there already at (5,1).
    y=0  +--+--+--+--+--+--+      One cell of people in each block; those at the left edge are in nobody's reach.
         x=0            x=6

The plan is not computed here: its numbers only have to fit together (see ``plan``).
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

LON, LAT = 30.5, 50.4
STEP_LON, STEP_LAT = 0.0028, 0.0018  # about 200 m each way at 50.4° N
NAME = "drawn-town"
PLAN_ID = "drawn-town-2"


def at(x: float, y: float) -> tuple[float, float]:
    """(lon, lat) of a place in the drawing."""
    return round(LON + x * STEP_LON, 7), round(LAT + y * STEP_LAT, 7)


def plan(*, made_up: bool = True, title: str = "Мальоване") -> dict[str, Any]:
    """The plan: 36 blocks of 100 persons; 900 reach the point that is there, 1,500 + 800 more the new ones.

    900 + 1,500 + 800 = 3,200 reached, 380 too far, 20 with no way: together 3,600. At most possible: 3,260.
    """
    sites = [
        _site(1, "w1", 1, 1, "Школа 12", "room", "school", adds=1500, backup=120, other=("rank", 2, 21.2)),
        _site(2, "w2", 5, 5, "Міський парк", "ground", "park", adds=800, backup=0, other=("rank", 1, 21.2)),
    ]
    lon, lat = at(5, 1)
    reached = [900, 2400, 3200, 3350, 3430, 3480, 3500]
    summary = {
        "area": NAME, "model": "maximal_covering", "k": 2, "minutes": 15, "profile": "adult", "candidates": 30,
        "demand_cells": 36, "demand_persons": 3600.0, "existing_persons": 900.0, "covered_persons": 3200.0,
        "bound_persons": 3259.4, "gap": 0.0182, "proven": False, "within_gap": False, "stopped_by": "time",
        "seconds": {"coverage": 0.1, "solve": 0.2}, "sites": sites,
    }  # fmt: skip
    return {
        "format": "shanyrak-plan/1", "id": PLAN_ID, "created": "2026-11-22T13:30:00Z",
        "area": {
            "name": NAME, "title": title, "content_hash": "0" * 64, "version": "v1", "made_up": made_up,
            "box": [*at(0, 0), *at(6, 6)], "people_how": "estimated from buildings", "people_source": "",
            "attribution": "© OpenStreetMap contributors", "notes": [],
        },
        "summary": summary,
        "existing": [{"id": "x1", "lon": lon, "lat": lat, "name": "Пункт на Липовій", "covers_persons": 900.0}],
        "unserved_persons": 380.0, "unreachable_persons": 20.0,
        "profile": {"name": "adult", "speed_m_per_s": 1.25}, "limit_dm": 11250,
        "curve": [
            {"k": k, "covered_persons": float(n), "bound_persons": n * 1.018 if k else float(n)}
            for k, n in enumerate(reached)
        ],
        "stability": {
            "walks_10_percent_slower": {"same_sites_persons": 3000.0, "bound_persons": 3100.0},
            "people_20_percent": {"draws": 20, "worst_share_of_best": 0.97, "sites_that_stay": [1]},
        },
        "assumptions": [], "notes": [],
    }  # fmt: skip


def _site(
    rank: int, site_id: str, x: float, y: float, name: str, kind: str, detail: str,
    *, adds: int, backup: int, other: tuple[str, int, float],
) -> dict[str, Any]:  # fmt: skip
    lon, lat = at(x, y)
    return {
        "rank": rank, "id": site_id, "lon": lon, "lat": lat, "name": name, "kind": kind, "detail": detail,
        "asked": "not asked", "adds_persons": float(adds), "backup_persons": float(backup),
        "covers_persons": float(adds + backup), "farthest_walk_min": 14.6,
        "why": [
            {"code": "adds", "persons": float(adds)},
            {"code": "alone", "persons": adds * 0.8},
            {"code": "next_best", "name": "Бібліотека", "persons": adds * 0.9},
            {"code": "nearest_other", other[0]: other[1], "minutes": other[2]},
        ],
    }  # fmt: skip


def write_home(root: Path, *, made_up: bool = True, basemap: bytes | None = None) -> Path:
    """A HOME with the town's area (without streets unless given) and its plan; returns ``root``."""
    version = root / "areas" / NAME / "versions" / "v1"
    version.mkdir(parents=True)
    (root / "areas" / NAME / "current").write_text("v1\n", encoding="utf-8")
    (version / "area.json").write_text(json.dumps({"name": NAME, "made_up": made_up}), encoding="utf-8")
    if basemap is not None:
        (version / "basemap.pmtiles").write_bytes(basemap)
    write_plan(root / "plans" / PLAN_ID, plan(made_up=made_up))
    return root


def write_plan(folder: Path, content: dict[str, Any]) -> None:
    """The folder of a plan."""
    folder.mkdir(parents=True)
    places = [(site, {**site, "role": "new"}) for site in content["summary"]["sites"]]
    places += [(point, {**point, "role": "existing"}) for point in content["existing"]]
    _write(folder / "plan.json", content)
    _write(folder / "sites.geojson", _features((_point(p), props) for p, props in places))
    _write(folder / "catchments.geojson", _features((_square(p), props) for p, props in places))
    _write(folder / "certificate.json", {})
    (folder / "report.html").write_text(
        '<!doctype html><html lang="en"><head><title>Report</title><style>h1 { color: navy }</style></head>'
        "<body><h1>Report</h1></body></html>",
        encoding="utf-8",
    )
    blocks = [(x, y, *at(x + 0.5, y + 0.5)) for x in range(6) for y in range(6)]
    far = [x == 0 and y > 1 for x, y, _, _ in blocks]
    table = {
        "id": [f"{x},{y}" for x, y, _, _ in blocks],
        "persons": [100.0 for _ in blocks],
        "covered": [not f for f in far],
        "minutes": pa.array([None if f else 9.04 for f in far], pa.float64()),
        "rank": pa.array([None if f else 1 for f in far], pa.int32()),
        "times_covered": [0 if f else 1 for f in far],
        "lon": [lon for _, _, lon, _ in blocks],
        "lat": [lat for _, _, _, lat in blocks],
    }
    pq.write_table(pa.table(table), folder / "cells.parquet")


def _write(path: Path, content: object) -> None:
    path.write_text(json.dumps(content, ensure_ascii=False), encoding="utf-8")


def _features(rows: Any) -> dict[str, Any]:
    features = [{"type": "Feature", "geometry": geometry, "properties": props} for geometry, props in rows]
    return {"type": "FeatureCollection", "features": features}


def _point(place: dict[str, Any]) -> dict[str, Any]:
    return {"type": "Point", "coordinates": [place["lon"], place["lat"]]}


def _square(place: dict[str, Any]) -> dict[str, Any]:
    w, e = place["lon"] - 2 * STEP_LON, place["lon"] + 2 * STEP_LON
    s, n = place["lat"] - 2 * STEP_LAT, place["lat"] + 2 * STEP_LAT
    return {"type": "Polygon", "coordinates": [[[w, s], [e, s], [e, n], [w, n], [w, s]]]}
