"""What holds for every request: who may ask, what every answer carries, and one shape for every fault.

The server listens on this machine only, but a web page elsewhere can make the reader's browser ask it under
another name (DNS rebinding). So only the names of this machine are answered.
"""

from __future__ import annotations

import logging
import re

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

OWN_HOSTS = frozenset({"127.0.0.1", "localhost", "[::1]"})

PAGE_POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "worker-src 'self'",
        "style-src 'self'",
        "font-src 'self'",
        "img-src 'self' data: blob:",
        "connect-src 'self'",
        "manifest-src 'self'",
        "base-uri 'none'",
        "form-action 'none'",
        "frame-ancestors 'none'",
    )
)
"""Content security policy of the app: nothing from elsewhere, no inline script, no inline style."""
REPORT_POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src 'self' data:; font-src 'self' data:; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
"""The report is one file with its styles inside and no script."""

EVERYWHERE = {
    "content-security-policy": PAGE_POLICY,
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=()",
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
}

_log = logging.getLogger(__name__)


def fault(
    status: int, what: str, *, where: str = "", mend: str = "", headers: dict[str, str] | None = None
) -> JSONResponse:
    """The one shape of every 4xx and 5xx."""
    body = {"error": {"what": what, "where": where, "mend": mend}}
    return JSONResponse(body, status, {"cache-control": "no-store", **(headers or {})})


def host_is_own(header: str | None) -> bool:
    """Whether a Host header names this machine (any port)."""
    if header is None:
        return False
    name = re.sub(r":\d{1,5}$", "", header.strip().lower())
    return name in OWN_HOSTS


class Door:
    """ASGI middleware around everything.

    Parameters
    ----------
    any_host : answer under every name: only where each request proves by a signature who asks, or where
        everybody may ask
    discreet : a fault is logged without what was asked for, which may be nobody's business
    """

    def __init__(self, app: ASGIApp, *, any_host: bool = False, discreet: bool = False) -> None:
        self.app = app
        self._any_host = any_host
        self._discreet = discreet

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let in, let out."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        begun = False

        async def send_with_headers(message: Message) -> None:
            nonlocal begun
            if message["type"] == "http.response.start":
                begun = True
                headers = MutableHeaders(scope=message)
                for name, value in EVERYWHERE.items():
                    headers.setdefault(name, value)
            await send(message)

        if not self._any_host and not host_is_own(Headers(scope=scope).get("host")):
            refusal = fault(
                421,
                "this program answers only under the name of this machine",
                where="header Host",
                mend="Open it as http://127.0.0.1 with its port",
            )
            await refusal(scope, receive, send_with_headers)
            return
        try:
            await self.app(scope, receive, send_with_headers)
        except Exception:
            asked = "" if self._discreet else f" at {scope['method']} {scope['path']}"
            _log.exception("a fault of ours%s", asked)
            if begun:
                raise
            ours = fault(500, "something went wrong inside the program", mend="The program's own output says more")
            await ours(scope, receive, send_with_headers)
