"""Finds plans and areas under HOME, for whoever shows them. Reads only."""

from __future__ import annotations

import functools
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from shanyrak.app.home import Home
from shanyrak.core.errors import Damaged, InvalidInput, NotFound
from shanyrak.core.folders import checked_name

PLAN_FILES = ("plan.json", "sites.geojson", "catchments.geojson", "certificate.json", "report.html")
"""Files of a plan that are handed out as they are."""
AREA_FILES = ("area.json", "basemap.pmtiles")
"""Files of an area that are handed out as they are."""


@dataclass(frozen=True)
class PlanRow:
    """One plan in a list of plans."""

    id: str
    created: str
    """UTC, ISO 8601"""
    area: str
    title: str
    """the area's name for people"""
    made_up: bool
    k: int
    """new sites"""
    minutes: float
    covered_persons: float
    aim: str
    """which choice it is: "most", "near", "backup" or another of ``planning_models.AIMS``"""


class Shelf:
    """What is kept under one HOME (``root``: its folder)."""

    def __init__(self, root: Path) -> None:
        self._home = Home(root)

    def plans(self) -> list[PlanRow]:
        """All plans, the newest first. A folder without a readable ``plan.json`` is no plan."""
        if not self._home.plans.is_dir():
            return []
        folders = (f for f in self._home.plans.iterdir() if f.is_dir() and not f.name.startswith("."))
        rows = [row for folder in folders if (row := _row(folder)) is not None]
        return sorted(rows, key=lambda row: (row.created, row.id), reverse=True)

    def plan_folder(self, plan_id: str) -> Path:
        """Folder of a plan; NotFound for anything that is not the name of one."""
        try:
            folder = self._home.plans / checked_name(plan_id, where="plan")
        except InvalidInput as fault:
            raise NotFound("no plan has this name", where="plan", mend="GET /api/v1/plans lists them") from fault
        if not (folder / "plan.json").is_file():
            raise NotFound(f"there is no plan {plan_id!r}", where="plan", mend="GET /api/v1/plans lists them")
        return folder

    def plan_file(self, plan_id: str, name: str) -> Path:
        """One of ``PLAN_FILES`` of a plan."""
        assert name in PLAN_FILES, name
        return _existing(self.plan_folder(plan_id) / name, f"plan {plan_id}")

    def cells_geojson(self, plan_id: str, *, covered: bool | None = None) -> bytes:
        """The demand cells of a plan as GeoJSON points (lon, lat): persons, covered, minutes (null: none in reach).

        ``covered`` keeps only the cells that are (not) in reach of a site.
        """
        path = _existing(self.plan_folder(plan_id) / "cells.parquet", f"plan {plan_id}")
        return _cells_geojson(path, path.stat().st_mtime_ns, covered)

    def area_file(self, name: str, file: str) -> Path:
        """One of ``AREA_FILES`` of the version of an area that is in force."""
        assert file in AREA_FILES, file
        try:
            folder = self._home.area_folder(name)
        except InvalidInput as fault:
            raise NotFound("no area has this name", where="area", mend="shanyrak area list names them") from fault
        return _existing(folder / file, f"area {name}")


def _existing(path: Path, where: str) -> Path:
    if not path.is_file():
        raise NotFound(f"{path.name} is missing", where=where, mend="Make it again with the version you run now")
    return path


def _row(folder: Path) -> PlanRow | None:
    try:
        plan = json.loads((folder / "plan.json").read_text(encoding="utf-8"))
        area, summary = plan["area"], plan["summary"]
        return PlanRow(
            id=folder.name,
            created=str(plan["created"]),
            area=str(area["name"]),
            title=str(area.get("title") or area["name"]),
            made_up=bool(area["made_up"]),
            k=int(summary["k"]),
            minutes=float(summary["minutes"]),
            covered_persons=float(summary["covered_persons"]),
            aim=str(summary.get("aim", "most")),
        )
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None


@functools.lru_cache(maxsize=8)
def _cells_geojson(path: Path, mtime_ns: int, covered: bool | None) -> bytes:
    # ``mtime_ns`` is part of the key: a plan that is made again is read again.
    import pyarrow as pa
    import pyarrow.compute as pc
    import pyarrow.parquet as pq

    try:
        table = pq.read_table(path, columns=["lon", "lat", "persons", "covered", "minutes"])
    except (pa.ArrowException, OSError, ValueError, KeyError) as error:
        raise Damaged("cells.parquet cannot be read", where=path.parent.name, mend="Make the plan again") from error
    if covered is not None:
        table = table.filter(pc.equal(table["covered"], covered))
    columns = (table[name].to_pylist() for name in ("lon", "lat", "persons", "covered", "minutes"))
    features = [_point(*row) for row in zip(*columns, strict=True)]
    return json.dumps({"type": "FeatureCollection", "features": features}, separators=(",", ":")).encode()


def _point(lon: float, lat: float, persons: float, covered: bool, minutes: float | None) -> dict[str, Any]:
    return {
        "type": "Feature",
        "geometry": {"type": "Point", "coordinates": [round(lon, 6), round(lat, 6)]},
        "properties": {
            "persons": round(persons, 3),
            "covered": covered,
            "minutes": None if minutes is None else round(minutes, 1),
        },
    }
