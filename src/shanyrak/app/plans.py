"""Make a plan and keep it."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from shanyrak.app.home import Home
from shanyrak.app.plan_files import write_plan
from shanyrak.app.planning import Plan, PlanRequest, make_plan
from shanyrak.app.report.page import sentence_of
from shanyrak.app.report.trading import traded
from shanyrak.area.area import Area
from shanyrak.core.errors import InvalidInput
from shanyrak.core.folders import whole_folder
from shanyrak.core.progress import Clock, Progress, silent
from shanyrak.core.texts import texts


@dataclass(frozen=True)
class KeptPlan:
    """A plan on disk."""

    plan_id: str
    folder: Path
    summary: dict[str, Any]
    sentence: str
    traded: list[str]
    """what was given up against the first choice, a line each"""
    notes: list[str]


def make_and_keep(
    home: Home,
    area: Area,
    request: PlanRequest,
    *,
    out: Path | None,
    clock: Clock,
    now: datetime,
    progress: Progress = silent,
) -> KeptPlan:
    """Make a plan; it appears whole in ``out`` or under the home, or not at all."""
    plan_id = _plan_id(area, request)
    folder = out if out is not None else home.plans / plan_id
    if out is not None:
        _refuse_other_content(out)
    plan = make_plan(area, request, clock=clock, progress=progress)
    progress("writing the plan", 0, None)
    return keep(folder, plan_id, area, plan, now)


def keep(folder: Path, plan_id: str, area: Area, plan: Plan, now: datetime) -> KeptPlan:
    """Write a plan; its folder appears whole or not at all."""
    t = texts(plan.request.language)
    with whole_folder(folder) as draft:
        data = write_plan(draft, plan_id, now, area, plan, t)
    return KeptPlan(plan_id, folder, data["summary"], sentence_of(t, data), traded(t, data), plan.notes)


def _plan_id(area: Area, request: PlanRequest) -> str:
    """Readable, and the same for the same request on the same area."""
    asked = {k: _content(v) for k, v in request.named().items()}
    digest = hashlib.sha256(json.dumps([area.manifest["content_hash"], asked], sort_keys=True).encode()).hexdigest()[:8]
    aim = "" if request.aim == "most" else f"{request.aim}-"
    many = "all" if request.k is None else request.k
    return f"{request.area}-{aim}{many}-{request.minutes:g}min-{request.profile}-{digest}"


def _content(value: object) -> str:
    """A file counts as what is in it, wherever it lies."""
    if isinstance(value, Path):
        return hashlib.sha256(value.read_bytes()).hexdigest() if value.is_file() else str(value)
    return str(value)


def _refuse_other_content(out: Path) -> None:
    """A folder that holds anything but a plan is never replaced."""
    if out.is_file():
        raise InvalidInput("this is a file", where=f"--out {out}", mend="Name a folder")
    if out.is_dir() and any(out.iterdir()) and not (out / "plan.json").is_file():
        raise InvalidInput(
            "the folder holds something other than a plan", where=f"--out {out}", mend="Name a new folder"
        )
