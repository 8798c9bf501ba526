"""The apps of people who work for a network: `/host/` and `/desk/`, as they were built.

They are files like any other: who may see what is asked when they ask for data.
"""

from __future__ import annotations

from pathlib import Path

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.types import Receive, Scope, Send

from shanyrak.server.answers import FOREVER, REVALIDATE, answer_file
from shanyrak.server.door import EVERYWHERE, PAGE_POLICY, fault
from shanyrak.server.plain import nothing_here

APPS = ("host", "desk")
_HEADERS = EVERYWHERE | {
    "content-security-policy": PAGE_POLICY,
    # A code at the door is scanned; where one stands is asked for once, and only when wanted.
    "permissions-policy": "camera=(self), geolocation=(self), microphone=()",
}


class Apps:
    """ASGI application over the built apps.

    Parameters
    ----------
    webapp : folder of the built web app
    """

    def __init__(self, webapp: Path) -> None:
        self._webapp = webapp

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request for a file."""
        await self._answer(Request(scope, receive))(scope, receive, send)

    def _answer(self, request: Request) -> Response:
        if request.method not in ("GET", "HEAD"):
            return fault(405, "this can only be read", where="method", headers={"allow": "GET, HEAD", **EVERYWHERE})
        path = request.url.path
        if path.removeprefix("/") in APPS:
            return RedirectResponse(f"{path}/", 308, EVERYWHERE)
        name, _, inside = path.removeprefix("/").partition("/")
        folder = self._webapp / name
        file = (folder / (inside or "index.html")).resolve()
        if name not in APPS or not file.is_relative_to(folder.resolve()) or not file.is_file():
            return nothing_here(request.headers)
        cache = FOREVER if inside.startswith("assets/") else REVALIDATE
        return answer_file(request, file, cache=cache, headers=_HEADERS)


def is_of_apps(path: str) -> bool:
    """Whether a path is an app's."""
    return path.removeprefix("/").partition("/")[0] in APPS
