"""Plans on the desk: read as on the planner's own page, asked what if, laid side by side."""

from __future__ import annotations

import threading
from typing import Annotated, Any, Literal

from fastapi import FastAPI, Query, Request
from pydantic import BaseModel, Field
from starlette.responses import Response

from shanyrak.app.desk.model import WhatIf
from shanyrak.app.desk.whatif import MOST_SITES, Wanted, candidates
from shanyrak.app.planning_compare import compare
from shanyrak.app.planning_variants import Spot
from shanyrak.app.shelf import Shelf
from shanyrak.core.errors import NotFound
from shanyrak.server.answers import answer_bytes, answer_file, answer_range
from shanyrak.server.desk import DESK, DeskPorts, told
from shanyrak.server.door import REPORT_POLICY
from shanyrak.server.http import PlanList
from shanyrak.server.signing_in import Doorkeeper, Strict

_GEOJSON = "application/geo+json"
_FILES = {
    "": ("plan.json", "application/json"),
    "/plan.json": ("plan.json", "application/json"),
    "/sites.geojson": ("sites.geojson", _GEOJSON),
    "/catchments.geojson": ("catchments.geojson", _GEOJSON),
    "/certificate.json": ("certificate.json", "application/json"),
    "/report.html": ("report.html", "text/html"),
}


class Site(Strict):
    """A candidate of the plan by its number, or any place."""

    candidate: int | None = Field(default=None, ge=0, le=10_000_000)
    lon_e7: int | None = Field(default=None, ge=-1_800_000_000, le=1_800_000_000)
    lat_e7: int | None = Field(default=None, ge=-900_000_000, le=900_000_000)


class Trying(Strict):
    """New sites instead of the plan's."""

    sites: list[Site] = Field(max_length=MOST_SITES)


class Moving(Trying):
    """New sites, and the one of them that is to go elsewhere."""

    at: int = Field(ge=0, lt=MOST_SITES)


class Near(BaseModel):
    """A candidate near a site, and what it would change."""

    candidate: int
    lon_e7: int
    lat_e7: int
    name: str
    away_m: int
    change_persons: float


class Nearby(BaseModel):
    """The best first."""

    nearby: list[Near]


class Place(Strict):
    """Where a site was put."""

    lon_e7: int = Field(ge=-1_800_000_000, le=1_800_000_000)
    lat_e7: int = Field(ge=-900_000_000, le=900_000_000)


class Variant(Strict):
    """Another plan that is wanted; sites only where they were set by hand."""

    aim: Literal["most", "near", "backup", "own"]
    language: Literal["uk", "en"] = "uk"
    sites: list[Place] = Field(default=[], max_length=MOST_SITES)


class Made(BaseModel):
    """The plan that is wanted, and whether it is there already."""

    id: str
    made: bool


def add_plans(app: FastAPI, door: Doorkeeper, ports: DeskPorts) -> None:
    """Add the routes."""

    def shelf(request: Request) -> Shelf:
        door.allowed(request, "plans")
        if ports.shelf is None:
            raise NotFound("no plans are kept here", where="plan")
        return ports.shelf

    @app.get(f"{DESK}/plans", response_model=PlanList)
    def list_plans(request: Request) -> Response:
        """All plans, the newest first."""
        return told({"plans": shelf(request).plans()})

    def handed_out(path: str, name: str, media: str) -> None:
        headers = {"content-security-policy": REPORT_POLICY} if media == "text/html" else None

        def plan_file(request: Request, plan_id: str) -> Response:
            """A file of a plan, as it was written."""
            if path == "" and ports.plans is not None:  # whoever opens a plan will drag its sites
                folder = shelf(request).plan_folder(plan_id)
                threading.Thread(target=ports.plans.prepare, args=(folder,), name="plan", daemon=True).start()
            return answer_file(request, shelf(request).plan_file(plan_id, name), headers=headers)

        content: dict[int | str, dict[str, Any]] = {200: {"content": {media: {}}}}
        app.add_api_route(
            f"{DESK}/plans/{{plan_id}}{path}", plan_file, methods=["GET"], response_class=Response, responses=content
        )

    for path, (name, media) in _FILES.items():
        handed_out(path, name, media)

    @app.get(f"{DESK}/plans/{{plan_id}}/cells.geojson", response_class=Response,
             responses={200: {"content": {_GEOJSON: {}}}})  # fmt: skip
    def cells(
        request: Request, plan_id: str, covered: Annotated[str, Query(pattern="^(true|false)?$")] = ""
    ) -> Response:
        """People as points; only those that are (not) in reach where asked so."""
        wanted = None if covered == "" else covered == "true"
        return answer_bytes(request, shelf(request).cells_geojson(plan_id, covered=wanted), _GEOJSON)

    @app.get(f"{DESK}/plans/{{plan_id}}/candidates.json")
    def plan_candidates(request: Request, plan_id: str) -> Response:
        """Where a site could stand, in columns; the number of a candidate is its place in them."""
        return told(candidates(shelf(request).plan_folder(plan_id)))

    @app.post(f"{DESK}/plans/{{plan_id}}/figures", response_model=WhatIf)
    def figures(request: Request, plan_id: str, trying: Trying) -> Response:
        """The plan's figures with these new sites instead of its own."""
        folder = shelf(request).plan_folder(plan_id)
        assert ports.plans is not None, "plans are asked where they are kept"
        return told(ports.plans.figures(folder, [Wanted(**site.model_dump()) for site in trying.sites]))

    @app.post(f"{DESK}/plans/{{plan_id}}/nearby")
    def nearby(request: Request, plan_id: str, moving: Moving) -> Nearby:
        """Candidates near one of these sites that would bring most people in its stead."""
        folder = shelf(request).plan_folder(plan_id)
        assert ports.plans is not None, "plans are asked where they are kept"
        wanted = [Wanted(**site.model_dump()) for site in moving.sites]
        return Nearby(nearby=[Near(**row) for row in ports.plans.nearby(folder, wanted, moving.at)])

    @app.post(f"{DESK}/plans/{{plan_id}}/variants")
    def make_variant(request: Request, plan_id: str, asked: Variant) -> Made:
        """Another plan like this one, of another choice or with these sites: begun, or there already. Ask again."""
        folder = shelf(request).plan_folder(plan_id)
        assert ports.plans is not None, "plans are asked where they are kept"
        spots = [Spot(site.lon_e7 / 1e7, site.lat_e7 / 1e7) for site in asked.sites]
        name, there = ports.plans.variant(folder, asked.aim, spots, asked.language)
        return Made(id=name, made=there)

    @app.get(f"{DESK}/plans/{{plan_id}}/compare/{{other}}")
    def side_by_side(request: Request, plan_id: str, other: str) -> Response:
        """Two plans: what they share, and who is reached by one of them only."""
        found = shelf(request)
        return told(compare(found.plan_folder(plan_id), found.plan_folder(other)))

    @app.get(f"{DESK}/areas/{{name}}/basemap.pmtiles", response_class=Response,
             responses={200: {"content": {"application/vnd.pmtiles": {}}}})  # fmt: skip
    def basemap(request: Request, name: str) -> Response:
        """The map of an area; ranges are served."""
        door.allowed(request, "frame")
        if ports.shelf is None:
            raise NotFound("no map is kept here", where="area")
        return answer_range(request, ports.shelf.area_file(name, "basemap.pmtiles"))
