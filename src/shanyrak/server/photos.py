"""Photos of people of the network.

POST   /api/v1/photos          keeps one
GET    /api/v1/photos/<hash>   shows it to people of the network
DELETE /api/v1/photos/<hash>   removes its pixels, where somebody runs the place or equipment it was said of
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from fastapi import FastAPI, Request
from pydantic import BaseModel
from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect
from starlette.responses import JSONResponse, Response

from shanyrak.app.album import Album
from shanyrak.app.photos import MOST_BYTES, erase, find, keep
from shanyrak.core.errors import NotFound
from shanyrak.server.answers import answer_file
from shanyrak.server.door import fault
from shanyrak.server.http import API
from shanyrak.server.signing_in import Doorkeeper

PATH = f"{API}/photos"
_PRIVATE = "private, max-age=86400, immutable"


class Kept(BaseModel):
    """A photo as it is named."""

    hash: str


def photos_in(folder: Path) -> Callable[[FastAPI, Doorkeeper], None]:
    """Adds the routes for photos kept in a folder."""

    def add(app: FastAPI, door: Doorkeeper) -> None:
        album = Album(door.ledger)
        picture: dict[str, Any] = {"content": {"image/*": {"schema": {"type": "string", "format": "binary"}}}}

        @app.post(
            PATH,
            response_model=Kept,
            status_code=201,
            openapi_extra={"requestBody": {"required": True, "description": "JPEG, PNG or WebP.", **picture}},
        )
        async def take(request: Request) -> Response:
            """Keep the pixels of a photo, nothing beside them. It is public only after somebody released it."""
            await run_in_threadpool(door.allowed, request, "photo")
            body = bytearray()
            try:
                async for piece in request.stream():
                    body += piece
                    if len(body) > MOST_BYTES:
                        return fault(413, "this photo is too large", where="body", mend="Send one of at most 8 MB")
            except ClientDisconnect:
                return Response(status_code=400)
            name = await run_in_threadpool(keep, folder, bytes(body))
            return JSONResponse({"hash": name}, 201, {"cache-control": "no-store"})

        @app.get(f"{PATH}/{{hash}}", response_class=Response, responses={200: {"content": {"image/jpeg": {}}}})
        def show(hash: str, request: Request) -> Response:
            """A photo that is kept here. Who knows its hash was told of it by the record."""
            door.allowed(request, "photo")
            return answer_file(request, find(folder, hash), cache=_PRIVATE)

        @app.delete(f"{PATH}/{{hash}}", status_code=204)
        def remove(hash: str, request: Request) -> None:
            """Remove the pixels of a photo on which somebody can be recognised. That it was there stays on record."""
            viewer = door.allowed(request, "photos")
            with door.turn:
                places = [one.row.key.scope for one in album.photos() if one.hash == hash]
                ours = bool(places) and all(viewer.runs(place) for place in places)
            if not ours:
                raise NotFound("there is no such photo here", where="photo")
            erase(folder, hash)

    return add
