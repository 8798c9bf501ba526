"""The files of a plan: open formats, each with its attribution inside, each from the same numbers.

plan.json            everything said about the plan (docs/reference/plan-folder.md)
sites.geojson        new and existing points
catchments.geojson   the ground from which each is reached
cells.parquet        demand cells: covered, by which site, how far
candidates.parquet   what could have been chosen, and the existing points
certificate.json     the proof of the bound
certificate-first.json  the same of the first choice, where the plan is another one
report.html          the page that people read
"""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import shapely
from shapely.geometry.base import BaseGeometry

from shanyrak.app.catchments import CatchmentDrawer
from shanyrak.app.plan_data import SiteWalks, plan_data
from shanyrak.app.planning import Plan
from shanyrak.app.report.map_svg import Canvas, Marker, draw_map
from shanyrak.app.report.page import existing_label, render_report
from shanyrak.app.report.words import place_name
from shanyrak.area.area import Area
from shanyrak.area.geoparquet import column, text_column, write_geoparquet
from shanyrak.core.texts import Texts


def write_plan(folder: Path, plan_id: str, created: datetime, area: Area, plan: Plan, t: Texts) -> dict[str, Any]:
    """Write all files of a plan into an empty folder; answers with the content of ``plan.json``."""
    walks = SiteWalks.of(area, plan)
    data = plan_data(plan_id, created, area, plan, walks)
    catchments = _catchments(area, plan, walks)
    _write_json(folder / "plan.json", data)
    _write_json(folder / "certificate.json", plan.siting.certificate, indent=None)
    if plan.first is not None:
        _write_json(folder / "certificate-first.json", plan.first.certificate, indent=None)
    _write_json(folder / "sites.geojson", _sites_geojson(data))
    _write_json(folder / "catchments.geojson", _catchments_geojson(data, catchments), indent=None)
    _write_cells(folder / "cells.parquet", area, plan, walks)
    _write_candidates(folder / "candidates.parquet", area, plan)
    (folder / "report.html").write_text(_report(area, plan, walks, data, catchments, t), encoding="utf-8")
    return data


def _write_json(path: Path, content: Any, indent: int | None = 1) -> None:
    path.write_text(json.dumps(content, ensure_ascii=False, indent=indent) + "\n", encoding="utf-8")


def _collection(data: dict[str, Any], features: list[dict[str, Any]]) -> dict[str, Any]:
    area = data["area"]
    return {
        "type": "FeatureCollection",
        "attribution": area["attribution"],
        "licence": area["licence"],
        "made_up": area["made_up"],
        "features": features,
    }


def _point(lon: float, lat: float) -> dict[str, Any]:
    return {"type": "Point", "coordinates": [round(lon, 7), round(lat, 7)]}


def _sites_geojson(data: dict[str, Any]) -> dict[str, Any]:
    features = []
    for role, sites in (("new", data["summary"]["sites"]), ("existing", data["existing"])):
        for site in sites:
            properties = {k: v for k, v in site.items() if k not in ("lon", "lat", "why")}
            features.append(
                {
                    "type": "Feature",
                    "geometry": _point(site["lon"], site["lat"]),
                    "properties": {"role": role, **properties},
                }
            )
    return _collection(data, features)


def _catchments(area: Area, plan: Plan, walks: SiteWalks) -> list[BaseGeometry]:
    """One polygon for each chosen site, then for each existing point."""
    drawer = CatchmentDrawer(area.graph, plan.profile)
    places = plan.sites.places
    return [
        drawer.draw(places.take(np.array([column])), walks.junction_dm(row), plan.limit_dm)
        for row, column in enumerate(walks.columns)
    ]


def _catchments_geojson(data: dict[str, Any], catchments: list[BaseGeometry]) -> dict[str, Any]:
    sites = [("new", s) for s in data["summary"]["sites"]] + [("existing", s) for s in data["existing"]]
    features = [
        {
            "type": "Feature",
            "geometry": json.loads(shapely.to_geojson(ground)),
            "properties": {"role": role, "rank": site.get("rank"), "id": site["id"]},
        }
        for (role, site), ground in zip(sites, catchments, strict=True)
    ]
    return _collection(data, features)


def _metadata(area: Area) -> dict[str, str]:
    manifest = area.manifest
    return {
        "attribution": str(manifest["attribution"]),
        "licence": str(manifest["licence"]),
        "made_up": json.dumps(bool(manifest["made_up"])),
        "area": str(manifest["name"]),
        "area_content_hash": str(manifest["content_hash"]),
    }


def _write_cells(path: Path, area: Area, plan: Plan, walks: SiteWalks) -> None:
    covered = walks.times_covered > 0
    nearest = np.where(covered, walks.nearest, -1)
    rank = np.where(nearest < len(plan.chosen), nearest + 1, 0)
    columns = {
        "id": text_column(area.cell_ids),
        "persons": column(plan.demand / 1000),
        "persons_milli": column(plan.demand),
        "covered": column(covered),
        "times_covered": column(walks.times_covered.astype(np.int32)),
        "minutes": column(walks.nearest_minutes(plan), null=~covered),
        "rank": column(rank.astype(np.int32), null=~covered | (rank == 0)),
        "site": text_column([plan.sites.table.id[walks.columns[n]] if n >= 0 else None for n in nearest]),
        "district": column(plan.counted.districts.of_cell.astype(np.int32), null=plan.counted.districts.of_cell < 0),
        "counted": column(_counted(plan)),
        "lon": column(area.cell_lon),
        "lat": column(area.cell_lat),
    }
    write_geoparquet(path, columns, area.cell_lon, area.cell_lat, _metadata(area))


def _counted(plan: Plan) -> npt.NDArray[np.bool_]:
    """(cells,) whom the model counts: everybody, but where so few points cannot all be walked to."""
    left_out = plan.answer.uncounted
    return np.ones(len(plan.demand), bool) if left_out is None else ~left_out


def _write_candidates(path: Path, area: Area, plan: Plan) -> None:
    table, places = plan.sites.table, plan.sites.places
    role = ["candidate"] * plan.candidates + ["existing"] * (len(table) - plan.candidates)
    columns = {
        "id": text_column(table.id),
        "role": text_column(role),
        **{name: text_column(getattr(table, name)) for name in ("kind", "name", "named_by", "detail", "asked")},
        **{name: column(getattr(places, name)) for name in ("edge", "offset_dm", "access_dm")},
        "lon": column(table.lon),
        "lat": column(table.lat),
        **({} if plan.costs is None else {"cost": column(plan.costs.astype(np.int64))}),
    }
    write_geoparquet(path, columns, table.lon, table.lat, _metadata(area))


def _report(
    area: Area, plan: Plan, walks: SiteWalks, data: dict[str, Any], catchments: list[BaseGeometry], t: Texts
) -> str:
    uncovered = (walks.times_covered == 0) & (plan.demand > 0)
    new, existing = data["summary"]["sites"], data["existing"]
    markers = [
        Marker(existing_label(i), place_name(t, p), p["lon"], p["lat"], new=False) for i, p in enumerate(existing)
    ]
    markers += [Marker(str(s["rank"]), place_name(t, s), s["lon"], s["lat"], new=True) for s in reversed(new)]
    shown = plan.demand > 0
    lon = np.concatenate([area.cell_lon[shown], plan.sites.table.lon[walks.columns]])
    lat = np.concatenate([area.cell_lat[shown], plan.sites.table.lat[walks.columns]])
    drawn = draw_map(
        Canvas.over(lon, lat),
        area.graph,
        [(row < len(new), ground) for row, ground in enumerate(catchments)],
        markers,
        area.cell_lon[uncovered],
        area.cell_lat[uncovered],
        plan.demand[uncovered] / 1000,
        title=t("plan.map.title"),
        credit=t("made_up.attribution") if data["area"]["made_up"] else data["area"]["attribution"],
    )
    return render_report(data, t, drawn)
