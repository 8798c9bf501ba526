"""What ``shanyrak demo`` shows: a made-up town, imported by the same code as a real one, and planned.

The town's file is written into a temporary folder and thrown away: what is kept is the area and the
plan, exactly as for a real town.
"""

from __future__ import annotations

import json
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from shanyrak.app.home import Home
from shanyrak.app.planning import PlanRequest
from shanyrak.app.plans import KeptPlan
from shanyrak.app.warm import warming
from shanyrak.area.area import Area
from shanyrak.area.made_up import existing_points, write_town
from shanyrak.core.progress import Progress, silent

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
    progress: Progress = silent,
) -> Shown:
    """Make the town, import it, and plan 8 new points beside its 2 existing ones."""
    with tempfile.TemporaryDirectory(prefix="shanyrak-") as folder, warming() as compiled:
        osm, existing = Path(folder) / _OSM, Path(folder) / _EXISTING
        progress("making up a town", 0, None)
        town = write_town(osm, persons=PERSONS, progress=progress)
        existing.write_text(json.dumps(existing_points(town), ensure_ascii=False), encoding="utf-8")
        import_area(AREA, osm, persons=PERSONS, made_up=True, progress=progress)
        request = PlanRequest(area=AREA, k=NEW_POINTS, existing=existing, language=language)
        progress("compiling, the first time only", 0, None)
        compiled()
        plan = make_plan(request, progress=progress)
    return Shown(AREA, plan.plan_id, plan.folder, plan.folder / "report.html", plan.sentence)
