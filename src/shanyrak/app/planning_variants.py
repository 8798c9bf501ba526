"""Another plan out of one that is there: of another choice, or with sites set by hand.

Candidates and existing points are those of the plan, read from its folder, so that nothing else need be at hand.
"""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np

from shanyrak.app.home import Home
from shanyrak.app.planning import PlanRequest, make_plan
from shanyrak.app.plans import KeptPlan, keep
from shanyrak.app.siteset import SiteSet
from shanyrak.area.snap import snap
from shanyrak.area.store import load_area
from shanyrak.area.tables import Candidates
from shanyrak.core.errors import InvalidInput, NotFound
from shanyrak.core.progress import Clock
from shanyrak.core.units import distance_m
from shanyrak.walk.graph import Places

SECONDS = 8.0
"""How long a model may look while somebody waits at the desk."""
_TEXT = ("id", "kind", "name", "named_by", "detail", "asked")


@dataclass(frozen=True)
class Spot:
    """Where a site was put by hand."""

    lon: float
    lat: float


def make_variant(
    home: Home, folder: Path, aim: str, spots: Sequence[Spot] | None, *, language: str, clock: Clock, now: datetime
) -> KeptPlan:
    """Make and keep a plan like the one in ``folder``, of another choice.

    Parameters
    ----------
    aim : one of ``planning_models.AIMS``; "own": the sites stand where ``spots`` says

    Raises
    ------
    NotFound
        The version of the area that the plan was made for is not kept here.
    InvalidInput
        A spot is more than 500 m from every street, or two are at one place.
    """
    data = json.loads((folder / "plan.json").read_text(encoding="utf-8"))
    said, summary = data["area"], data["summary"]
    kept = home.area(str(said["name"])).folder(str(said["version"]))
    if not kept.is_dir():
        raise NotFound(f"the area {said['name']} is not kept here as the plan knew it", where=folder.name,
                       mend="Make the plan again")  # fmt: skip
    area = load_area(kept)
    candidates, existing = _sites(folder)
    own = None
    if spots is not None:
        candidates, own = _with_spots(area.graph, candidates, spots)
    k = int(summary["k"]) if own is None else len(own)
    request = PlanRequest(
        area=area.name, k=k, minutes=float(summary["minutes"]), profile=str(summary["profile"]), aim=aim,
        language=language, time_limit_s=SECONDS,
    )  # fmt: skip
    plan = make_plan(area, request, clock=clock, sites=(candidates, existing), own=own)
    plan_id = variant_id(folder, data, aim, spots, language)
    return keep(home.plans / plan_id, plan_id, area, plan, now)


def variant_id(folder: Path, data: dict[str, Any], aim: str, spots: Sequence[Spot] | None, language: str) -> str:
    """The name of such a plan: the same for the same plan, choice and sites."""
    summary = data["summary"]
    where = [] if spots is None else sorted(_key(spot.lon, spot.lat) for spot in spots)
    told = json.dumps([folder.name, data["created"], aim, where, language]).encode()
    k = summary["k"] if spots is None else len(spots)
    start = f"{data['area']['name']}-{aim}-{k}-{float(summary['minutes']):g}min-{summary['profile']}"
    return f"{start}-{hashlib.sha256(told).hexdigest()[:8]}"


def _sites(folder: Path) -> tuple[SiteSet, SiteSet]:
    """Candidates and existing points of a plan."""
    import pyarrow.parquet as pq

    table = pq.read_table(folder / "candidates.parquet")
    text = {name: tuple(table[name].to_pylist()) for name in _TEXT}
    number: dict[str, Any] = {
        name: table[name].to_numpy(zero_copy_only=False) for name in ("lon", "lat", "edge", "offset_dm", "access_dm")
    }
    whole = SiteSet(
        Candidates(text["id"], number["lon"], number["lat"], text["kind"], text["name"], text["named_by"],
                   text["detail"], text["asked"]),
        Places(*(number[name].astype(np.int32) for name in ("edge", "offset_dm", "access_dm"))),
    )  # fmt: skip
    new = np.array([role == "candidate" for role in table["role"].to_pylist()], bool)
    return whole.take(np.flatnonzero(new)), whole.take(np.flatnonzero(~new))


def _with_spots(graph: Any, candidates: SiteSet, spots: Sequence[Spot]) -> tuple[SiteSet, list[int]]:
    """Candidates, those put by hand among them, and the columns of all spots in the order given."""
    known = {_key(lon, lat): j for j, (lon, lat) in enumerate(zip(candidates.table.lon, candidates.table.lat,
                                                                    strict=True))}  # fmt: skip
    fresh = [spot for spot in dict.fromkeys(spots) if _key(spot.lon, spot.lat) not in known]
    if fresh:
        lon, lat = np.array([s.lon for s in fresh]), np.array([s.lat for s in fresh])
        places = snap(graph, lon, lat)
        for at, edge in enumerate(places.edge.tolist()):
            if edge < 0:
                raise InvalidInput("a site is more than 500 m from every street", where=f"sites.{at}")
        count = len(fresh)
        names = tuple(_nearest_name(candidates, spot) for spot in fresh)
        table = Candidates(
            tuple("own{}_{}".format(*_key(s.lon, s.lat)) for s in fresh), lon, lat, ("list",) * count, names,
            tuple("near" if name else "nothing" for name in names), ("",) * count, ("not asked",) * count,
        )  # fmt: skip
        known |= {_key(s.lon, s.lat): len(candidates) + at for at, s in enumerate(fresh)}
        candidates = candidates.followed_by(SiteSet(table, places))
    own = [known[_key(spot.lon, spot.lat)] for spot in spots]
    if len(set(own)) < len(own):
        raise InvalidInput("two sites stand at one place", where="sites", mend="Move one, or leave it out")
    return candidates, own


def _key(lon: float, lat: float) -> tuple[int, int]:
    return round(lon * 1e7), round(lat * 1e7)


def _nearest_name(candidates: SiteSet, spot: Spot) -> str:
    away = distance_m(spot.lon, spot.lat, candidates.table.lon, candidates.table.lat)
    for j in np.argsort(away, kind="stable").tolist():
        if candidates.table.name[j]:
            return candidates.table.name[j] if math.isfinite(float(away[j])) else ""
    return ""
