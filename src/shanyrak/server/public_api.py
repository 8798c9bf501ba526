"""The public view as JSON, for programs: what the pages show, from the same value, and nothing besides.

Each answer is made once from a view and kept as bytes, so its mark (ETag) is one of the content. Everything is
open to every page on the web: it is public, and the same for everybody.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Annotated, Any

from fastapi import FastAPI, Path, Request
from pydantic import BaseModel, TypeAdapter
from starlette.responses import Response

from shanyrak.app.published import Published
from shanyrak.core.errors import NotFound, Unavailable
from shanyrak.core.version import __version__
from shanyrak.publish.model import Account, Notice, PointStatus, PublicPoint, PublicView
from shanyrak.server.answers import answer_bytes
from shanyrak.server.door import Door
from shanyrak.server.http import API, FaultAnswer, handle_faults

PUBLIC = f"{API}/public"
_DESCRIBED: dict[int | str, dict[str, Any]] = {
    304: {"description": "Unchanged since the ETag that was sent along."},
    503: {"model": FaultAnswer, "description": "Nothing is published yet."},
}
_DESCRIBED_ID: dict[int | str, dict[str, Any]] = {
    404: {"model": FaultAnswer, "description": "Not public, or not there."},
    422: {"model": FaultAnswer, "description": "This is no id."},
}
_OPEN = {"access-control-allow-origin": "*", "cross-origin-resource-policy": "cross-origin"}


class PointList(BaseModel):
    """All public points, by id."""

    net: str
    network: str
    operator: str
    as_of_at_min: int
    points: tuple[PublicPoint, ...]


class PointWhole(BaseModel):
    """A public point with its state."""

    as_of_at_min: int
    point: PublicPoint
    status: PointStatus


class StatusList(BaseModel):
    """The state of all public points, by id."""

    net: str
    as_of_at_min: int
    mode: str
    notices: tuple[Notice, ...]
    status: dict[str, PointStatus]


class AccountList(BaseModel):
    """Who stands behind points and initiatives."""

    net: str
    as_of_at_min: int
    accounts: tuple[Account, ...]


class Manifest(BaseModel):
    """What the bundle holds: the signed payload of ``data/manifest.shy``, without its signature."""

    model_config = {"extra": "allow"}

    f: int
    net: str
    version: int
    made_s: int
    expires_s: int
    keys: list[str]
    files: dict[str, dict[str, str | int]]


ThingId = Annotated[str, Path(pattern="^[0-9a-f]{64}$", description="64 hex digits.")]
Make = Callable[[PublicView, str], Any]


def create_public_api(published: Published) -> FastAPI:
    """The read API as an application; the visitor's word is added by ``said.add_said``."""
    app = FastAPI(
        title="Shanyrak: what everybody may know",
        summary="Moments are whole minutes since 1970 UTC (*_at_min). Absent or empty means not known, never no.",
        version=__version__,
        openapi_url=f"{PUBLIC}/openapi.json",
        docs_url=None,  # those pages load scripts from elsewhere
        redoc_url=None,
        responses={"default": {"model": FaultAnswer, "description": "What is wrong, where, and how to mend it."}},
    )
    app.add_middleware(Door, any_host=True, discreet=True)
    handle_faults(app)
    made = _Made(published)

    def give(path: str, model: Any, make: Make, text: str) -> None:
        writer = TypeAdapter(model)

        def answer(request: Request, key: str) -> Response:
            body = made.bytes((path, key), lambda view: writer.dump_json(make(view, key)))
            return answer_bytes(request, body, "application/json", _OPEN)

        def one(request: Request, id: ThingId) -> Response:
            return answer(request, id)

        def all_of_them(request: Request) -> Response:
            return answer(request, "")

        by_id = path.endswith("{id}")
        route: dict[str, Any] = {"endpoint": one if by_id else all_of_them, "response_class": Response}
        described = {200: {"model": model}} | _DESCRIBED | (_DESCRIBED_ID if by_id else {})
        app.add_api_route(f"{PUBLIC}/{path}", methods=["GET"], responses=described, description=text, **route)
        app.add_api_route(f"{PUBLIC}/{path}", methods=["HEAD"], include_in_schema=False, **route)

    give("points", PointList, _points, "All points that people are led to, with what changes slowly about them.")
    give("points/{id}", PointWhole, _point, "One point with its state.")
    give("status", StatusList, _status, "The state of all points as it was said last, and words to everybody.")
    give(
        "accounts",
        AccountList,
        _accounts,
        "What was promised, is on the way, stands and was served, and on whose word.",
    )
    give("accounts/{id}", Account, _account, "Who stands behind one initiative or point.")
    give("manifest", Manifest, lambda _, __: made.manifest(), "What the signed bundle beside the pages holds.")
    return app


class _Made:
    """Answers made from the view in force, kept until there is another."""

    def __init__(self, published: Published) -> None:
        self._published = published
        self._turn = threading.Lock()
        self._view: PublicView | None = None
        self._kept: dict[tuple[str, str], bytes] = {}

    def bytes(self, key: tuple[str, str], make: Callable[[PublicView], bytes]) -> bytes:
        """One answer."""
        view = self._published.view()
        if view is None:
            raise Unavailable("nothing is published yet", mend="Try again in a moment")
        if key[0] == "manifest":
            return make(view)  # it can be signed anew without a new view
        with self._turn:
            if view is not self._view:
                self._view, self._kept = view, {}
            if key not in self._kept:
                self._kept[key] = make(view)  # what is not there raises, so strangers' ids fill nothing
            return self._kept[key]

    def manifest(self) -> Manifest:
        """The manifest in force."""
        payload = self._published.manifest()
        if payload is None:
            raise Unavailable("nothing is published yet", mend="Try again in a moment")
        return Manifest.model_validate(payload)


def _points(view: PublicView, _: str) -> PointList:
    return PointList(
        net=view.net,
        network=view.network,
        operator=view.operator,
        as_of_at_min=view.as_of_at_min,
        points=view.points,
    )


def _point(view: PublicView, id: str) -> PointWhole:
    for point in view.points:
        if point.id == id:
            return PointWhole(as_of_at_min=view.as_of_at_min, point=point, status=view.status[id])
    raise _nowhere("point", "points")


def _status(view: PublicView, _: str) -> StatusList:
    return StatusList(
        net=view.net,
        as_of_at_min=view.as_of_at_min,
        mode=view.mode,
        notices=view.notices,
        status={point.id: view.status[point.id] for point in view.points},
    )


def _accounts(view: PublicView, _: str) -> AccountList:
    return AccountList(net=view.net, as_of_at_min=view.as_of_at_min, accounts=view.accounts)


def _account(view: PublicView, id: str) -> Account:
    for account in view.accounts:
        if account.id == id:
            return account
    raise _nowhere("account", "accounts")


def _nowhere(what: str, path: str) -> NotFound:
    # The same words for what is hidden and for what never was.
    return NotFound(f"there is no such public {what}", where="id", mend=f"GET {PUBLIC}/{path} lists them")
