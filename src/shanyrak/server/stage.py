"""The server of the demo: its own few pages before everything else, and an evening that can begin again.

/                    the question (with ?plan=... the plan's page, as everywhere)
/keep                the phone at the door beside the desk
/as/host, /as/desk   in the role of somebody: leads into the app with a fresh invitation
/again  (POST)       everything said is thrown away
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager, ExitStack
from dataclasses import dataclass

import anyio
from anyio.to_thread import run_sync
from starlette.datastructures import QueryParams
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from shanyrak.core.texts import LANGUAGES
from shanyrak.server.door import EVERYWHERE, PAGE_POLICY, fault, host_is_own

_log = logging.getLogger(__name__)
_FRAMED = ("/host/", "/desk/")
_FRAMES = PAGE_POLICY.replace("form-action 'none'", "form-action 'self'; frame-src 'self'")


@dataclass(frozen=True)
class Pages:
    """What the stage shows itself, by language."""

    first: Callable[[str], str]
    keep: Callable[[str], str]
    wait: Callable[[str], str]
    script: str
    style: str


class Stage:
    """ASGI application around a site that can be closed, made anew and opened again.

    Parameters
    ----------
    open_site : opens what is served; leaving the context ends it
    make_anew : makes the evening from its beginning, while nothing is open
    invite : by role, the address that leads into its app with a fresh invitation
    """

    def __init__(
        self,
        pages: Pages,
        open_site: Callable[[], AbstractContextManager[ASGIApp]],
        make_anew: Callable[[], None],
        invite: Mapping[str, Callable[[], str]],
    ) -> None:
        self._pages = pages
        self._open_site = open_site
        self._make_anew = make_anew
        self._invite = invite
        self._held = ExitStack()
        self._site: ASGIApp | None = None
        self._turn = anyio.Lock()

    def __enter__(self) -> Stage:
        self._site = self._held.enter_context(self._open_site())
        return self

    def __exit__(self, *_: object) -> None:
        self._site = None
        self._held.close()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request."""
        if scope["type"] != "http":
            return
        own = await self._own(Request(scope, receive))
        if own is not None:
            await own(scope, receive, send)
            return
        site = self._site
        if site is None:
            wait = self._page(self._pages.wait(_language(Request(scope))), 503, {"retry-after": "2"})
            await wait(scope, receive, send)
            return
        framed: str = scope["path"]
        await site(scope, receive, _framing(send) if framed.startswith(_FRAMED) else send)

    async def _own(self, request: Request) -> Response | None:
        """The answer of the stage itself; None where the site has it."""
        path, method = request.url.path, request.method
        ours = path in ("/", "/keep", "/again") or path.startswith("/as/")
        if ours and not host_is_own(request.headers.get("host")):
            mend = "Open it as http://127.0.0.1 with its port"
            return fault(421, "the demo is shown on the machine itself only", mend=mend, headers=EVERYWHERE)
        if path == "/again" and method == "POST":
            return await self._again(request)
        if method not in ("GET", "HEAD"):
            return None
        if path == "/demo.js":
            return Response(self._pages.script, media_type="text/javascript", headers=EVERYWHERE)
        if path == "/demo.css":
            return Response(self._pages.style, media_type="text/css", headers=EVERYWHERE)
        if self._site is None:
            return None
        if path == "/" and "plan" not in request.query_params:
            return self._page(self._pages.first(_language(request)))
        if path == "/keep":
            return self._page(self._pages.keep(_language(request)))
        make = self._invite.get(path.removeprefix("/as/")) if path.startswith("/as/") else None
        if make is not None:
            return RedirectResponse(await run_sync(make), 303, EVERYWHERE | {"cache-control": "no-store"})
        return None

    async def _again(self, request: Request) -> Response:
        """Throw away what was said. Another page cannot ask for it: browsers say where a form comes from."""
        if request.headers.get("sec-fetch-site", "same-origin") not in ("same-origin", "none"):
            return fault(403, "this was asked for by another page", mend="Press the button here", headers=EVERYWHERE)
        async with self._turn:
            self._site = None
            await run_sync(self._remake)
        return RedirectResponse(f"/?lang={_language(request)}", 303, EVERYWHERE)

    def _remake(self) -> None:
        held, self._held = self._held, ExitStack()
        try:
            held.close()
        except Exception:
            _log.exception("the evening before did not end well")
        self._make_anew()
        self._site = self._held.enter_context(self._open_site())

    def _page(self, html: str, status: int = 200, further: dict[str, str] | None = None) -> Response:
        headers = EVERYWHERE | {"content-security-policy": _FRAMES, "cache-control": "no-store"} | (further or {})
        return HTMLResponse(html, status, headers | {"permissions-policy": "camera=(self), geolocation=(self)"})


def _language(request: Request) -> str:
    """The language asked for, else the reader's first that is there, else the first of ours."""
    query: QueryParams = request.query_params
    wanted = query.get("lang", "")
    if wanted in LANGUAGES:
        return wanted
    for part in request.headers.get("accept-language", "").split(","):
        if (code := part.partition(";")[0].strip().lower()[:2]) in LANGUAGES:
            return code
    return LANGUAGES[0]


def _framing(send: Send) -> Send:
    """Lets the demo's own page show an app in a frame; nobody else's may."""

    async def framed(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = [
                (name, value.replace(b"frame-ancestors 'none'", b"frame-ancestors 'self'"))
                for name, value in message["headers"]
                if name.lower() != b"x-frame-options"
            ]
            message = {**message, "headers": [*headers, (b"x-frame-options", b"SAMEORIGIN")]}
        await send(message)

    return framed
