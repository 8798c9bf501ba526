"""The HTTP interface: thin. What it finds comes from ``app.shelf``, how it goes out is in ``answers``."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any

from fastapi import FastAPI, Query, Request
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel
from starlette.exceptions import HTTPException
from starlette.responses import Response

from shanyrak.app.planning_compare import compare
from shanyrak.app.shelf import PlanRow, Shelf
from shanyrak.core.errors import InvalidInput, NotFound, ShanyrakError, Unavailable
from shanyrak.core.version import __version__
from shanyrak.facts.signing_in import NotAdmitted, NotSignedIn
from shanyrak.server.answers import FOREVER, REVALIDATE, RangeNotSatisfiable, answer_bytes, answer_file, answer_range
from shanyrak.server.door import REPORT_POLICY, Door, fault

WEBAPP = Path(__file__).resolve().parent / "webapp"
API = "/api/v1"


class Fault(BaseModel):
    """What went wrong, where, and how to mend it."""

    what: str
    where: str
    mend: str


class FaultAnswer(BaseModel):
    """The body of every 4xx and 5xx."""

    error: Fault


class PlanList(BaseModel):
    """All plans, the newest first."""

    plans: list[PlanRow]


def create_app(shelf: Shelf, *, webapp: Path = WEBAPP) -> FastAPI:
    """The web app and its data as one ASGI application.

    Parameters
    ----------
    shelf : where plans and areas are found
    webapp : folder of the built web app
    """
    app = FastAPI(
        title="Shanyrak",
        version=__version__,
        openapi_url=f"{API}/openapi.json",
        docs_url=None,  # those pages load scripts from elsewhere
        redoc_url=None,
        responses={"default": {"model": FaultAnswer}},
    )
    app.add_middleware(Door)
    handle_faults(app)
    _plans(app, shelf)
    _areas(app, shelf)
    _pages(app, webapp)
    return app


def _read(app: FastAPI, path: str, endpoint: Callable[..., Response], media: str) -> None:
    """Answer GET and HEAD; the interface's description names GET only."""
    content: dict[int | str, dict[str, Any]] = {200: {"content": {media: {}}}}
    app.add_api_route(path, endpoint, methods=["GET"], response_class=Response, responses=content)
    app.add_api_route(path, endpoint, methods=["HEAD"], response_class=Response, include_in_schema=False)


def _plans(app: FastAPI, shelf: Shelf) -> None:
    @app.get(f"{API}/plans")
    def list_plans() -> PlanList:
        """All plans, the newest first."""
        return PlanList(plans=shelf.plans())

    def handed_out(path: str, name: str, media: str, text: str, headers: dict[str, str] | None = None) -> None:
        def plan_file(request: Request, plan_id: str) -> Response:
            return answer_file(request, shelf.plan_file(plan_id, name), headers=headers)

        plan_file.__doc__ = text
        _read(app, f"{API}/plans/{{plan_id}}{path}", plan_file, media)

    geojson = "application/geo+json"
    # Under its file name too: the report links to the files that lie beside it.
    handed_out("/plan.json", "plan.json", "application/json", "The plan, whole, under its file name.")
    handed_out("", "plan.json", "application/json", "The plan, whole.")
    handed_out("/sites.geojson", "sites.geojson", geojson, "New and existing sites as points.")
    handed_out("/catchments.geojson", "catchments.geojson", geojson, "Where each site is reached in time.")
    handed_out("/certificate.json", "certificate.json", "application/json", "What proves the limit of the plan.")
    policy = {"content-security-policy": REPORT_POLICY}
    handed_out("/report.html", "report.html", "text/html", "The report, one page without scripts.", policy)

    def cells(
        request: Request,
        plan_id: str,
        covered: Annotated[bool | None, Query(description="only cells that are (not) in reach")] = None,
    ) -> Response:
        """People as points: persons, covered, minutes to the nearest site (null: none in reach)."""
        return answer_bytes(request, shelf.cells_geojson(plan_id, covered=covered), geojson)

    _read(app, f"{API}/plans/{{plan_id}}/cells.geojson", cells, geojson)

    @app.get(f"{API}/plans/{{plan_id}}/compare/{{other}}")
    def side_by_side(plan_id: str, other: str) -> dict[str, Any]:
        """Two plans of one area: figures, sites, and who is reached by one of them only."""
        return compare(shelf.plan_folder(plan_id), shelf.plan_folder(other))


def _areas(app: FastAPI, shelf: Shelf) -> None:
    def area(request: Request, name: str) -> Response:
        """What is known of an area: counts, people and how they were had, source, attribution."""
        return answer_file(request, shelf.area_file(name, "area.json"))

    def basemap(request: Request, name: str) -> Response:
        """The basemap archive; ranges are served."""
        return answer_range(request, shelf.area_file(name, "basemap.pmtiles"))

    _read(app, f"{API}/areas/{{name}}", area, "application/json")
    _read(app, "/areas/{name}/basemap.pmtiles", basemap, "application/vnd.pmtiles")


def _pages(app: FastAPI, webapp: Path) -> None:
    @app.api_route("/{path:path}", methods=["GET", "HEAD"], include_in_schema=False)
    def page(request: Request, path: str) -> Response:
        """A file of the built web app."""
        if path.startswith("api/"):
            raise NotFound(
                "there is nothing here", where=f"/{path}", mend=f"GET {API}/openapi.json lists what there is"
            )
        if not (webapp / "index.html").is_file():
            raise Unavailable("the web app is not in this installation", mend="Build it: pip install . (or -e .)")
        # A page without a sign of its own, such as the report, makes browsers ask for /favicon.ico.
        file = _inside(webapp, {"": "index.html", "favicon.ico": "sign.svg"}.get(path, path))
        return answer_file(request, file, cache=FOREVER if path.startswith("assets/") else REVALIDATE)


def _inside(folder: Path, path: str) -> Path:
    """A file of a folder; NotFound for everything else, links that lead out of it included."""
    nothing = NotFound("there is nothing here", where=f"/{path}", mend="The app begins at /")
    try:
        file = (folder / path).resolve()
        found = file.is_relative_to(folder.resolve()) and file.is_file()
    except (OSError, ValueError) as fault:  # a name no file can have
        raise nothing from fault
    if not found:
        raise nothing
    return file


STATUS: tuple[tuple[type[ShanyrakError], int], ...] = (
    (NotSignedIn, 401),
    (NotAdmitted, 403),
    (NotFound, 404),
    (InvalidInput, 400),
    (Unavailable, 503),
)


def handle_faults(app: FastAPI) -> None:
    """Every fault goes out in the one shape."""

    @app.exception_handler(ShanyrakError)
    async def mendable(_: Request, error: Any) -> Response:
        status = next((code for kind, code in STATUS if isinstance(error, kind)), 500)
        return fault(status, error.what, where=error.where, mend=error.mend)

    @app.exception_handler(RangeNotSatisfiable)
    async def no_such_range(_: Request, error: Any) -> Response:
        return fault(416, str(error), where="header Range", headers={"content-range": f"bytes */{error.size}"})

    @app.exception_handler(RequestValidationError)
    async def misread(_: Request, error: Any) -> Response:
        first = error.errors()[0]
        return fault(422, str(first["msg"]), where=".".join(str(part) for part in first["loc"]))

    @app.exception_handler(HTTPException)
    async def http(request: Request, error: Any) -> Response:
        return fault(error.status_code, str(error.detail), where=request.url.path, headers=error.headers)
