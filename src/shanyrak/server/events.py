"""``GET /api/v1/desk/events``: tells desks that something changed, and what; they ask again for what they show.

One thread looks at the ledger for all listeners, twice a second at most, by the number of the last arrival: that costs
one lookup, and nothing at all where nobody listens.
"""

from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import AsyncIterator, Callable
from typing import Any, NamedTuple

from fastapi import FastAPI, Request
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response, StreamingResponse

from shanyrak.app.permissions import Viewer
from shanyrak.core.errors import ShanyrakError
from shanyrak.facts.ledger import Ledger
from shanyrak.server.http import API
from shanyrak.server.signing_in import Doorkeeper

PATH = f"{API}/desk/events"
LOOK_S = 0.5
BEAT_S = 20.0
MOST_THINGS = 200
MOST_LISTENERS = 500


class Change(NamedTuple):
    """What arrived since the last look."""

    at: int
    """number of the last arrival"""
    things: tuple[tuple[bytes, str, bytes], ...]
    """id, type and scope of each thing spoken of"""


class Changes:
    """Looks at a ledger for all who listen.

    Parameters
    ----------
    turn : lets one at a time at the ledger
    """

    def __init__(self, ledger: Ledger, turn: threading.RLock) -> None:
        self._ledger = ledger
        self._turn = turn

    def now(self) -> int:
        """Number of the last arrival."""
        with self._turn:
            return self._ledger.store.count()

    def since(self, after: int) -> Change:
        """What arrived after a number."""
        with self._turn:
            at = self._ledger.store.count()
            found: dict[bytes, tuple[bytes, str, bytes]] = {}
            if at > after:
                rows = [row for _, row in self._ledger.store.arrived(after, MOST_THINGS * 5)]
                ids = {row.about or row.id: row.key.scope for row in rows}
                things = self._ledger.store.get_things(ids)
                for id, scope in ids.items():
                    type_ = things[id].type if id in things else ""
                    place = id if type_ in ("point", "area") else scope
                    found[id] = (id, type_, place)
            return Change(at, tuple(found.values()))


def add_events(app: FastAPI, door: Doorkeeper, *, beat_s: float = BEAT_S, look_s: float = LOOK_S) -> None:
    """Add the route."""
    changes = Changes(door.ledger, door.turn)
    listening = [0]

    def told(viewer: Viewer, change: Change) -> dict[str, Any]:
        """What one listener is told: nothing of places that are not theirs, not even that something was said there."""
        if viewer.everywhere:
            seen = change.things
        else:
            with door.turn:
                seen = tuple(one for one in change.things if viewer.sees(one[2], "events"))
        if len(seen) > MOST_THINGS:
            return {"at": change.at, "things": [], "many": True}
        return {"at": change.at, "things": [{"id": id.hex(), "type": type_} for id, type_, _ in seen]}

    async def stream(request: Request, after: int) -> AsyncIterator[str]:
        listening[0] += 1
        try:
            yield "retry: 3000\n\n"
            silent_s = 0.0
            while True:
                try:
                    viewer = await run_in_threadpool(door.allowed, request, "events")
                except ShanyrakError:
                    return  # signed out, or revoked: the line ends, and the next request says why
                change = await run_in_threadpool(changes.since, after)
                if change.at != after:
                    after = change.at
                    said = await run_in_threadpool(told, viewer, change)
                    if said["things"] or said.get("many"):
                        yield f"id: {after}\nevent: changed\ndata: {json.dumps(said, separators=(',', ':'))}\n\n"
                        silent_s = 0.0
                if silent_s >= beat_s:
                    yield ": still here\n\n"
                    silent_s = 0.0
                if await request.is_disconnected():
                    return
                await asyncio.sleep(look_s)
                silent_s += look_s
        finally:
            listening[0] -= 1

    @app.get(PATH, response_class=Response, responses={200: {"content": {"text/event-stream": {}}}})
    async def events(request: Request) -> Response:
        """Server-sent events, `changed`: the things spoken of since; `many` where they are more than 200."""
        await run_in_threadpool(door.allowed, request, "events")
        if listening[0] >= MOST_LISTENERS:
            return Response(status_code=503, headers={"retry-after": "30"})
        last: Callable[[], int] = changes.now
        header = request.headers.get("last-event-id", "")
        after = int(header) if header.isascii() and header.isdigit() and len(header) < 16 else None
        begin = after if after is not None else await run_in_threadpool(last)
        headers = {"cache-control": "no-store", "x-accel-buffering": "no"}
        return StreamingResponse(stream(request, begin), media_type="text/event-stream", headers=headers)
