"""All that one server answers, side by side: what is for everybody, and what is for this machine only.

/  (or a mount)        the published folder                       everybody
/said                  a visitor's word                           everybody
/api/v1/public/        the public view as JSON                    everybody
/report, /propose, ... plain forms                                everybody
/giver/<secret>        what became of a promise                   whoever has the link
/api/v1/exchange       exchange with replicas and devices         as ``exchange.create_exchange_app`` was told
/host/, /desk/         the apps of people who work here           everybody: they are files
/api/v1/session, ...   sign-in, invitations, the desk (inside)    whoever proves a key that was admitted
/plan/  (or the rest)  plan page and its API                      this machine, under its own names
"""

from __future__ import annotations

import ipaddress
import logging
from collections.abc import Callable
from pathlib import Path

from fastapi import FastAPI
from starlette.datastructures import Headers
from starlette.responses import RedirectResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from shanyrak.app.giver_page import GiverPage
from shanyrak.app.published import Published
from shanyrak.app.visitors import Visitors
from shanyrak.server.apps import is_of_apps
from shanyrak.server.door import EVERYWHERE, fault, host_is_own
from shanyrak.server.exchange import PATH as EXCHANGE
from shanyrak.server.giver import AT as GIVER
from shanyrak.server.giver import add_giver
from shanyrak.server.http import API
from shanyrak.server.inside import OF_INSIDE
from shanyrak.server.plain_forms import FORMS
from shanyrak.server.public_api import PUBLIC, create_public_api
from shanyrak.server.said import PATH as SAID
from shanyrak.server.said import add_said

PLAN = "/plan/"
_OF_EVERYBODY = (f"{PUBLIC}/", GIVER)
_OF_PLAN = ("/assets/", "/areas/", "/sign.svg", f"{API}/")
"""Where the plan page looks for its parts, wherever it stands itself."""
_FORWARDED = ("forwarded", "x-forwarded-for", "x-real-ip", "via")

_log = logging.getLogger(__name__)


def create_everybody(
    published: Published,
    visitors: Visitors,
    giver: Callable[[str], GiverPage | None],
    *,
    now_ms: Callable[[], int],
    home: str = "/",
    behind_proxy: bool = False,
    photo: Callable[[str], Path] | None = None,
) -> FastAPI:
    """What everybody may ask beside the published files: the public JSON, visitors' words, givers' pages."""
    app = create_public_api(published)

    def languages() -> tuple[str, ...]:
        return published.deployment().languages

    add_said(app, visitors, language=lambda: languages()[0], home=home, behind_proxy=behind_proxy)
    add_giver(
        app,
        giver,
        languages=languages,
        zone=lambda: published.deployment().zone,
        now_at_min=lambda: now_ms() // 60_000,
        photo=photo,
    )
    return app


class Site:
    """ASGI application over the parts.

    Parameters
    ----------
    public : the published folder, mounted at ``public_at``
    everybody : visitors' words, the public JSON, givers' pages
    plan : plan page and its API; at ``/plan/`` where ``public_at`` is ``/``, else at ``/``
    exchange : left out, nothing is exchanged here
    inside : what people of the network ask (``server.inside``), with the files of their apps
    """

    def __init__(
        self,
        *,
        public: ASGIApp,
        everybody: ASGIApp,
        plan: ASGIApp,
        exchange: ASGIApp | None = None,
        inside: ASGIApp | None = None,
        apps: ASGIApp | None = None,
        public_at: str = "/",
    ) -> None:
        self._public, self._everybody, self._plan, self._exchange = public, everybody, plan, exchange
        self._inside, self._apps = inside, apps
        self._at = public_at

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Lead a request to its part. What goes wrong inside is told without who asked and for what."""
        if scope["type"] != "http":
            await self._plan(scope, receive, send)
            return
        begun = False

        async def watched(message: Message) -> None:
            nonlocal begun
            begun = True
            await send(message)

        try:
            await self._lead(scope, receive, watched)
        except Exception:
            _log.exception("a fault of ours")
            if begun:
                return
            ours = "something went wrong inside the program"
            await fault(500, ours, mend="Try again", headers=EVERYWHERE)(scope, receive, send)

    async def _lead(self, scope: Scope, receive: Receive, send: Send) -> None:
        path: str = scope["path"]
        # Forms lead from their page to the folder's own beginning, the finder to that of the server.
        mounted = path[len(self._at) - 1 :] if path.startswith(self._at) else path
        if mounted == SAID or mounted.startswith(f"{SAID}/") or mounted in FORMS:
            await self._everybody(_at_path(scope, mounted), receive, send)
        elif path.startswith(_OF_EVERYBODY):
            await self._everybody(scope, receive, send)
        elif path == EXCHANGE and self._exchange is not None:
            await self._exchange(scope, receive, send)
        elif self._inside is not None and path.startswith(OF_INSIDE):
            await self._inside(scope, receive, send)
        elif self._apps is not None and is_of_apps(path):
            await self._apps(scope, receive, send)
        elif self._at != "/":
            if path == self._at[:-1]:
                await RedirectResponse(self._at, 308, EVERYWHERE)(scope, receive, send)
            elif path.startswith(self._at):
                await self._public({**scope, "root_path": self._at}, receive, send)
            else:
                await self._here(scope, receive, send)
        elif path == PLAN[:-1]:
            await RedirectResponse(PLAN, 308, EVERYWHERE)(scope, receive, send)
        elif path.startswith(PLAN):
            await self._here(_at_path(scope, path[len(PLAN) - 1 :]), receive, send)
        elif path.startswith(_OF_PLAN):
            await self._here(scope, receive, send)
        else:
            await self._public(scope, receive, send)

    async def _here(self, scope: Scope, receive: Receive, send: Send) -> None:
        """The plan page, where it is asked for on this machine and not by way of another."""
        if asked_here(scope):
            await self._plan(scope, receive, send)
            return
        mend = "Open it on the machine itself, as http://127.0.0.1 with its port"
        refusal = fault(421, "plans are shown on the machine itself only", mend=mend, headers=EVERYWHERE)
        await refusal(scope, receive, send)


def _at_path(scope: Scope, path: str) -> Scope:
    """The same request at another path."""
    return {**scope, "path": path, "raw_path": path.encode()}


def asked_here(scope: Scope) -> bool:
    """Whether a request was made on this machine, under a name of it, and not handed on by a proxy."""
    headers = Headers(scope=scope)
    if not host_is_own(headers.get("host")) or any(name in headers for name in _FORWARDED):
        return False
    try:
        return ipaddress.ip_address(scope["client"][0]).is_loopback
    except (TypeError, ValueError, IndexError):
        return False
