"""The city's list: brought, looked at, its twins settled, taken in."""

from __future__ import annotations

from typing import Annotated
from urllib.parse import unquote

from fastapi import FastAPI, Query, Request
from fastapi import Path as InPath
from pydantic import Field
from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect
from starlette.responses import Response

from shanyrak.app.desk.lists import MOST_BYTES
from shanyrak.app.desk.model import ListPreview
from shanyrak.server.desk import DESK, AreaQuery, DeskPorts, told
from shanyrak.server.door import fault
from shanyrak.server.signing_in import Doorkeeper, Strict

Name = Annotated[str, Query(max_length=120, description="Of the list; else the file's.")]


class Settled(Strict):
    """What a person said of a doubtful row."""

    row: int = Field(ge=1, le=10_000_000)
    same: bool


class Taking(Strict):
    """Decisions on twins; rows that are not named stay doubtful."""

    twins: list[Settled] = Field(default=[], max_length=100_000)


def add_lists(app: FastAPI, door: Doorkeeper, ports: DeskPorts) -> None:
    """Add the routes."""
    board = ports.board
    body = {
        "required": True,
        "content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}},
    }

    @app.post(f"{DESK}/lists", response_model=ListPreview, openapi_extra={"requestBody": body})
    async def bring(request: Request, name: Name = "", area: AreaQuery = "", sheet: Name = "") -> Response:
        """What a list (.xlsx, .csv, .geojson) would do; nothing is written. Its file name is in `x-file-name`."""
        await run_in_threadpool(door.allowed, request, "lists")
        try:
            content = await _content(request)
        except ClientDisconnect:
            return Response(status_code=400)
        if content is None:
            return fault(413, f"a list of more than {MOST_BYTES // 2**20} MB", where="body", mend="Bring it in parts")

        def looked() -> Response:
            with board.turn:
                viewer = door.allowed(request, "lists")
                board.refresh()
                file_name = unquote(request.headers.get("x-file-name", "list.csv")) or "list.csv"
                return told(ports.lists.bring(viewer, content, file_name=file_name, name=name, area=area, sheet=sheet))

        return await run_in_threadpool(looked)

    @app.post(f"{DESK}/lists/{{token}}/take")
    def take(request: Request, token: Annotated[str, InPath(pattern="^[0-9a-f]{32}$")], taking: Taking) -> Response:
        """Take a list in, all of it or nothing."""
        with board.turn:
            viewer = door.allowed(request, "lists")
            board.refresh()
            return told(ports.lists.take(viewer, token, {one.row: one.same for one in taking.twins}))


async def _content(request: Request) -> bytes | None:
    """The whole body; None where it is larger than allowed."""
    length = request.headers.get("content-length", "0")
    if not length.isascii() or not length.isdigit() or int(length) > MOST_BYTES:
        return None
    content = bytearray()
    async for piece in request.stream():
        content += piece
        if len(content) > MOST_BYTES:
            return None
    return bytes(content)
