"""Check a kept plan against the area it was made for."""

from __future__ import annotations

import json
from pathlib import Path

from shanyrak.app.home import Home
from shanyrak.check.plan_folder import Difference, check_plan
from shanyrak.core.errors import Damaged, NotFound
from shanyrak.core.progress import Progress, silent


def check(home: Home, folder: Path, *, progress: Progress = silent) -> list[Difference]:
    """Recompute the plan in ``folder`` from the area it names."""
    if not (folder / "plan.json").is_file():
        raise NotFound(
            "this is not the folder of a plan", where=str(folder), mend="Name a folder with a plan.json in it"
        )
    try:
        area = json.loads((folder / "plan.json").read_text(encoding="utf-8"))["area"]
        name, version = str(area["name"]), str(area["version"])
    except (ValueError, KeyError, TypeError) as fault:
        raise Damaged("plan.json cannot be read", where=str(folder), mend="Make the plan again") from fault
    kept = home.area(name).folder(version)
    if not kept.is_dir():
        raise NotFound(
            f"version {version} of area {name!r}, for which the plan was made, is not kept here",
            where=str(folder),
            mend="Import the same files again, with the same options",
        )
    return check_plan(folder, kept, progress=progress)
