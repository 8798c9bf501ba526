"""What the desk asks: `/api/v1/desk/...`. Thin: what it finds is made by ``app.desk``, who asks is known at the door.

Everything goes out as it was decided by role and place: a thing outside of where somebody serves is answered in the
same words as one that does not exist.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, Any, Literal

import msgspec
from fastapi import FastAPI, Query, Request
from fastapi import Path as InPath
from pydantic import Field
from starlette.responses import Response

from shanyrak.app.desk.board import Board, Now
from shanyrak.app.desk.day_kept import KeptReports
from shanyrak.app.desk.devices import devices
from shanyrak.app.desk.frame import Box, frame
from shanyrak.app.desk.gear import equipment
from shanyrak.app.desk.lists import Lists
from shanyrak.app.desk.model import (
    DeviceRow,
    Equipment,
    Frame,
    Order,
    PointChanges,
    PointTable,
    PointWhole,
    Preview,
    TodoList,
)
from shanyrak.app.desk.orders import order_whole, orders, preview, wanted_order
from shanyrak.app.desk.phones import Phones
from shanyrak.app.desk.proposals import proposals
from shanyrak.app.desk.table import Tables
from shanyrak.app.desk.todo import todo_list
from shanyrak.app.desk.whatif import Plans
from shanyrak.app.desk.whole import point_whole
from shanyrak.app.permissions import Viewer
from shanyrak.app.shelf import Shelf
from shanyrak.server.answers import matches
from shanyrak.server.http import API
from shanyrak.server.signing_in import HEX_32, Doorkeeper, Strict

DESK = f"{API}/desk"
FRESH = {"cache-control": "no-store"}
Id = Annotated[str, InPath(pattern=HEX_32, description="Id, 64 hex digits.")]
TagQuery = Annotated[str, Query(max_length=80, description="ETag of the table that is there already; empty: none.")]
AreaQuery = Annotated[str, Query(pattern=r"^([0-9a-f]{64})?$", description="Id of an area; empty: all.")]


@dataclass(frozen=True)
class DeskPorts:
    """What the desk's routes work with.

    phone : the number of the person on duty by what a point calls it; "" where there is none
    box : of the map of a name; None where none is kept here
    photo : whether a photo with a hash is kept here
    shelf, plans : None where no plans are kept here
    """

    board: Board
    tables: Tables
    lists: Lists
    reports: KeptReports
    phone: Phones
    box: Box
    photo: Callable[[str], bool]
    shelf: Shelf | None
    plans: Plans | None


class Ordering(Strict):
    """An order that may be given."""

    area: str = Field(pattern=HEX_32)
    district: str | None = Field(default=None, max_length=120)
    points: list[Annotated[str, Field(pattern=HEX_32)]] | None = Field(default=None, max_length=100)
    order: Literal["open", "stand_down"]


def told(value: Any, headers: dict[str, str] | None = None) -> Response:
    """Plain data as JSON."""
    return Response(msgspec.json.encode(value), headers=FRESH | (headers or {}), media_type="application/json")


def add_desk(app: FastAPI, door: Doorkeeper, ports: DeskPorts) -> None:
    """Add everything under ``/api/v1/desk`` but the events."""
    from shanyrak.server.desk_lists import add_lists
    from shanyrak.server.desk_papers import add_papers
    from shanyrak.server.desk_plans import add_plans

    board = ports.board

    def begun(request: Request, function: str) -> tuple[Viewer, Now]:
        """Who asks, and everything as it is now; called with the turn taken."""
        ports.phone.refresh()
        return door.allowed(request, function), board.refresh()

    @app.get(f"{DESK}/frame", response_model=Frame)
    def get_frame(request: Request) -> Response:
        """The network, its areas, the clock."""
        with board.turn:
            viewer, now = begun(request, "frame")
            return told(frame(board, viewer, now, ports.box, plans=ports.shelf is not None and viewer.may("plans")))

    @app.get(f"{DESK}/todo", response_model=TodoList)
    def get_todo(request: Request) -> Response:
        """Everything somebody must look at now, the most urgent first."""
        with board.turn:
            viewer, now = begun(request, "todo")
            return told(todo_list(board, viewer, ports.phone, now, ports.photo))

    @app.get(f"{DESK}/points", response_model=PointTable | PointChanges)
    def get_points(request: Request, since: TagQuery = "") -> Response:
        """All points, in columns; with ``since``, only the rows that are different where that is less. An unchanged
        table is answered with 304."""
        with board.turn:
            viewer, now = begun(request, "points")
            made = ports.tables.of(viewer, now)
            said = ports.tables.since(since, made)
        headers = FRESH | {"etag": made.etag, "vary": "accept-encoding, cookie"}
        if matches(request.headers.get("if-none-match"), made.etag):
            return Response(status_code=304, headers=headers)
        accepts = [one.partition(";")[0].strip() for one in request.headers.get("accept-encoding", "").split(",")]
        body, encoding = said.body(accepts)
        if encoding:
            headers["content-encoding"] = encoding
        return Response(body, headers=headers, media_type="application/json")

    @app.get(f"{DESK}/points/{{id}}", response_model=PointWhole)
    def get_point(request: Request, id: Id) -> Response:
        """A place, whole."""
        with board.turn:
            viewer, now = begun(request, "point")
            return told(point_whole(board, viewer, ports.phone, id, now, ports.photo))

    @app.post(f"{DESK}/orders/preview", response_model=Preview)
    def preview_order(request: Request, wanted: Ordering) -> Response:
        """Whom an order would reach; nothing is ordered."""
        with board.turn:
            viewer, _ = begun(request, "orders")
            order = wanted_order(
                board, viewer, order=wanted.order, area=wanted.area, district=wanted.district, points=wanted.points
            )
            return told(preview(board, viewer, ports.phone, order))

    @app.get(f"{DESK}/orders", response_model=list[Order])
    def get_orders(request: Request, area: AreaQuery = "") -> Response:
        """Orders of the last week, the newest first."""
        with board.turn:
            viewer, now = begun(request, "orders")
            return told(orders(board, viewer, ports.phone, now_at_min=now.at_min, area=area))

    @app.get(f"{DESK}/orders/{{id}}", response_model=Order)
    def get_order(request: Request, id: Id) -> Response:
        """One order: who confirmed, who refused, who is silent."""
        with board.turn:
            viewer, _ = begun(request, "orders")
            return told(order_whole(board, viewer, ports.phone, id))

    @app.get(f"{DESK}/equipment", response_model=Equipment)
    def get_equipment(request: Request) -> Response:
        """From promise to open door to running costs."""
        with board.turn:
            viewer, now = begun(request, "equipment")
            return told(equipment(board, viewer, now))

    @app.get(f"{DESK}/devices", response_model=list[DeviceRow])
    def get_devices(request: Request) -> Response:
        """Who is trusted with what."""
        with board.turn:
            viewer, _ = begun(request, "devices")
            return told(devices(board, viewer))

    @app.get(f"{DESK}/proposals")
    def get_proposals(request: Request) -> Response:
        """Places that somebody proposed; undecided ones first."""
        with board.turn:
            viewer, _ = begun(request, "proposals")
            return told(proposals(board, viewer))

    add_papers(app, door, ports)
    add_lists(app, door, ports)
    add_plans(app, door, ports)
