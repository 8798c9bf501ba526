"""What ``shanyrak demo`` shows: a made-up town, imported by the same code as a real one, and planned.

The town's file lies in the cache, since the same sources always make the same town: what is kept is the
area and the plan, exactly as for a real town.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from shanyrak.app.home import Home
from shanyrak.app.network import NetworkFolder
from shanyrak.app.planning import PlanRequest
from shanyrak.app.plans import KeptPlan
from shanyrak.app.warm import warming
from shanyrak.area.area import Area
from shanyrak.area.made_up import existing_points, write_town
from shanyrak.core.caches import cache_folder
from shanyrak.core.folders import whole_folder
from shanyrak.core.progress import Progress, silent
from shanyrak.demo.network import Town, play

AREA = "made-up-town"
PERSONS = 30_000
NEW_POINTS = 8
_OSM = "made-up-town.osm.pbf"
_EXISTING = "existing.geojson"


@dataclass(frozen=True)
class Shown:
    """What the demo made."""

    area: str
    plan_id: str
    folder: Path
    report: Path
    sentence: str


def prepare(
    home: Home,
    language: str,
    *,
    import_area: Callable[..., Area],
    make_plan: Callable[..., KeptPlan],
    network: NetworkFolder,
    progress: Progress = silent,
) -> Shown:
    """Make the town, import it, plan 8 new points beside its 2 existing ones, and tell of them in a network."""
    with warming() as compiled:
        town = _made_up_town(progress)
        area = import_area(AREA, town / _OSM, persons=PERSONS, made_up=True, progress=progress)
        request = PlanRequest(area=AREA, k=NEW_POINTS, existing=town / _EXISTING, language=language)
        progress("compiling, the first time only", 0, None)
        compiled()
        plan = make_plan(request, progress=progress)
    progress("telling its story", 0, None)
    folder = home.area_folder(AREA)
    play(
        network,
        Town.of(folder / "area.json", plan.folder / "plan.json", town / _EXISTING, _districts(area)),
    )
    return Shown(AREA, plan.plan_id, plan.folder, plan.folder / "report.html", plan.sentence)


def _districts(area: Area) -> tuple[tuple[str, float, float], ...]:
    """Name, lon, lat of each district that the map names."""
    names = area.gazetteer
    found = zip(names.name, names.kind, names.lon.tolist(), names.lat.tolist(), strict=True)
    return tuple((name, lon, lat) for name, kind, lon, lat in found if kind == "district")


def _made_up_town(progress: Progress) -> Path:
    """Folder with the town's extract and its two existing points."""
    folder = cache_folder(f"{AREA}-{PERSONS}", "area/made_up")
    if not folder.is_dir():
        progress("making up a town", 0, None)
        with whole_folder(folder) as draft:
            town = write_town(draft / _OSM, persons=PERSONS, progress=progress)
            points = json.dumps(existing_points(town), ensure_ascii=False)
            (draft / _EXISTING).write_text(points, encoding="utf-8")
    return folder
