"""Joins disk, clock and network to the use cases. Imported by entry points only.

Everything heavy is imported inside the functions, so that ``shanyrak --help`` is quick.
"""

from __future__ import annotations

import os
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from shanyrak.core.progress import Progress, silent

if TYPE_CHECKING:
    from collections.abc import Callable

    from shanyrak.app.home import Home
    from shanyrak.app.planning import PlanRequest
    from shanyrak.app.plans import KeptPlan
    from shanyrak.area.area import Area
    from shanyrak.check.plan_folder import Difference
    from shanyrak.demo.scene import Shown


def home() -> Home:
    """The one folder of everything kept: SHANYRAK_HOME where set, else the platform's data folder."""
    import platformdirs

    from shanyrak.app.home import Home

    named = os.environ.get("SHANYRAK_HOME")
    return Home(Path(named) if named else Path(platformdirs.user_data_dir("shanyrak", appauthor=False)))


def open_area(name: str) -> Area:
    """A kept area, by name: GeoDataFrames ``junctions``, ``edges``, ``cells``, ``candidates``, and raw arrays.

    Raises
    ------
    NotFound
        No area is called so; the message names those there are.
    """
    from shanyrak.area.store import load_area

    return load_area(home().area_folder(name))


def import_area(
    name: str,
    osm: Path,
    *,
    population: Path | None = None,
    persons: float | None = None,
    boundary: Path | None = None,
    made_up: bool = False,
    progress: Progress = silent,
) -> Area:
    """Import a town and make it the version in force."""
    from shanyrak.area.basemap import write_basemap
    from shanyrak.area.importing import import_area as run

    return run(
        name,
        osm,
        population=population,
        persons=persons,
        boundary=boundary,
        made_up=made_up,
        versions=home().area(name),
        basemap=write_basemap,
        clock=time.perf_counter,
        progress=progress,
    )


def find_in_area(name: str, text: str, most: int) -> list[dict[str, Any]]:
    """What the area's list of names knows of a text, best first."""
    from shanyrak.area.gazetteer import find_in_gazetteer

    return [place.as_dict() for place in find_in_gazetteer(open_area(name).gazetteer, text, most=most)]


def fetch_extract(place: str, out: Path | None, *, progress: Progress = silent) -> dict[str, Any]:
    """Get an extract over the network, into ``out`` or a file named after the place."""
    import re

    from shanyrak.area.fetch import fetch_extract as run
    from shanyrak.core.attribution import OSM_ATTRIBUTION, OSM_LICENCE

    first = re.sub(r"\W+", "-", place.split(",")[0]).strip("-").lower()
    got = run(place, out or Path(f"{first or 'extract'}.osm.pbf"), progress=progress)
    return {
        "file": str(got.path),
        "place": got.place,
        "box": list(got.box),
        "timestamp": got.timestamp,
        "bytes": got.size_bytes,
        "attribution": OSM_ATTRIBUTION,
        "licence": OSM_LICENCE,
    }


def make_plan(request: PlanRequest, *, out: Path | None = None, progress: Progress = silent) -> KeptPlan:
    """Make a plan and keep it under the home, or write it to ``out``."""
    from shanyrak.app.plans import make_and_keep

    return make_and_keep(
        home(),
        open_area(request.area),
        request,
        out=out,
        clock=time.perf_counter,
        now=datetime.now(UTC),
        progress=progress,
    )


def check_plan(folder: Path, *, progress: Progress = silent) -> list[Difference]:
    """Recompute a plan with plain code; what differs."""
    from shanyrak.app.checking import check

    return check(home(), folder, progress=progress)


def prepare_demo(*, language: str | None = None, progress: Progress = silent) -> Shown:
    """Make, import and plan the made-up town."""
    from shanyrak.demo.scene import prepare

    return prepare(home(), language or _language(), import_area=import_area, make_plan=make_plan, progress=progress)


def show_plan(
    plan_id: str, *, port: int, stay: bool, browser: bool, announce: Callable[[str], None], warn: Callable[[str], None]
) -> None:
    """Serve a kept plan on this machine, and open a browser where there is one."""
    import webbrowser

    from shanyrak.app.shelf import Shelf
    from shanyrak.server.http import create_app
    from shanyrak.server.serve import serve

    root = home().root

    def ready(address: str) -> None:
        page = f"{address}?plan={plan_id}"
        announce(page)
        if browser and not webbrowser.open(page):
            warn(f"No browser could be opened here. Open {page} or the report file above.")

    serve(create_app(Shelf(root)), port=port, ready=ready, stay=stay)


def _language() -> str:
    """The reader's language among those the report has; English otherwise."""
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        value = os.environ.get(name, "")
        if value:
            return "uk" if value.lower().startswith("uk") else "en"
    return "en"
