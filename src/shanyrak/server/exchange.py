"""``POST /api/v1/exchange``: one message in, one message out. Thin; ``facts.answering`` does the work."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from typing import Any

from fastapi import FastAPI, Request
from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect
from starlette.responses import Response

from shanyrak.app.devices import admits_itself
from shanyrak.core.version import __version__
from shanyrak.facts.answering import Sight
from shanyrak.facts.exchange import Responder
from shanyrak.facts.framing import decode
from shanyrak.facts.ledger import Ledger
from shanyrak.facts.messages import Give, read_message
from shanyrak.facts.signing_in import KEY, NotAdmitted, NotSignedIn, check_sign_in
from shanyrak.server.door import Door, fault
from shanyrak.server.giving import Giving, is_give
from shanyrak.server.http import API, FaultAnswer, handle_faults

PATH = f"{API}/exchange"
MAX_REQUEST_BYTES = 4 * 2**20
BINARY = "application/octet-stream"

SightOf = Callable[[Ledger, bytes], Sight | None]
"""What a key is told of a ledger; None: everything."""

_log = logging.getLogger(__name__)


def create_exchange_app(
    ledger: Ledger,
    *,
    require_admitted: bool,
    now_ms: Callable[[], int],
    admitted: Callable[[bytes], bool] | None = None,
    sight: SightOf | None = None,
) -> FastAPI:
    """An application that serves the exchange of one ledger and nothing else.

    Parameters
    ----------
    require_admitted : whether each request must be signed by an admitted key; needed wherever others than
        this machine can ask
    admitted : whether the network admits a key; found in the ledger where not given
    sight : what the device with a key is told; left out, everything. It is asked only where requests are signed
    """
    app = FastAPI(
        title="Shanyrak exchange",
        version=__version__,
        openapi_url=f"{API}/openapi.json",
        docs_url=None,
        redoc_url=None,
        responses={"default": {"model": FaultAnswer}},
    )
    app.add_middleware(Door, any_host=require_admitted)
    handle_faults(app)
    add_exchange(app, lambda: ledger, require_admitted=require_admitted, now_ms=now_ms, admitted=admitted, sight=sight)
    return app


def add_exchange(
    app: FastAPI,
    open_ledger: Callable[[], Ledger],
    *,
    require_admitted: bool,
    now_ms: Callable[[], int],
    admitted: Callable[[bytes], bool] | None = None,
    sight: SightOf | None = None,
) -> None:
    """Add the route. ``open_ledger`` may return the same ledger each time; one request is answered at a time.

    A request that is signed is held to its signature even where none is needed.
    """
    turn = threading.Lock()
    giving = Giving(turn)
    kept: list[tuple[Ledger, Responder]] = []

    def answer(body: bytes, headers: dict[str, str]) -> bytes:
        with turn:
            ledger = open_ledger()
            told: Sight | None = None
            if require_admitted or KEY in headers:
                key = signed_by(
                    ledger, body, headers, now_ms=now_ms(), admitted=admitted, strangers=not require_admitted
                )
                known = bool(ledger.trust.authority.roles_of(key))  # a stranger is told what anybody here is told
                told = sight(ledger, key) if sight and known else None
            if not is_give(body):
                if not kept or kept[0][0] is not ledger:
                    kept[:] = [(ledger, Responder(ledger, joins=not require_admitted, on_refused=_log_refused))]
                return kept[0][1].answer(body, told)
        # Several phones report at once: what they give is kept in one go.
        return Responder(ledger, joins=not require_admitted, taking=giving.take).answer(body)

    message: dict[str, Any] = {"content": {BINARY: {"schema": {"type": "string", "format": "binary"}}}}

    @app.post(
        PATH,
        response_class=Response,
        responses={200: {"description": "The answer, a message too.", **message}},
        openapi_extra={"requestBody": {"required": True, "description": "A message (spec/exchange.md).", **message}},
    )
    async def exchange(request: Request) -> Response:
        """Exchange records with another replica of the network: a request of it is answered."""
        if require_admitted and KEY not in request.headers:
            return fault(401, "the request does not say who asks", where=f"header {KEY}")
        try:
            body = await _body(request)
        except ClientDisconnect:
            return Response(status_code=400)  # nobody is there to read it
        if body is None:
            mend = "Send fewer records at a time"
            return fault(413, f"a message of more than {MAX_REQUEST_BYTES} bytes", where=PATH, mend=mend)
        try:
            data = await run_in_threadpool(answer, body, dict(request.headers))
        except (NotSignedIn, NotAdmitted) as refused:
            status = 401 if isinstance(refused, NotSignedIn) else 403
            return fault(status, refused.what, where=refused.where, mend=refused.mend)
        return Response(data, headers={"cache-control": "no-store"}, media_type=BINARY)


def signed_by(
    ledger: Ledger,
    body: bytes,
    headers: dict[str, str],
    *,
    now_ms: int,
    admitted: Callable[[bytes], bool] | None = None,
    strangers: bool = False,
) -> bytes:
    """The key that signed a message; what brings its own admission along (from the door) is let in by it.

    Parameters
    ----------
    strangers : let in who was never admitted to anything, as on a machine of its own; who was shut out stays out

    Raises
    ------
    NotSignedIn, NotAdmitted
        See ``facts.signing_in``.
    """
    message = read_message(body)
    net: bytes = getattr(message, "net", b"")

    def may(key: bytes) -> bool:
        if admitted(key) if admitted else is_admitted(ledger, key, now_ms):
            return True
        if isinstance(message, Give) and admits_itself(ledger, decode(message.stream, net), key, now_ms=now_ms):
            return True
        return strangers and not ledger.trust.authority.roles_of(key)

    return check_sign_in(headers, net, body, now_ms=now_ms, admitted=may)


def is_admitted(ledger: Ledger, key: bytes, now_ms: int) -> bool:
    """Whether a key has any role now."""
    return any(
        one.revoked_ms is None and (one.until_ms is None or now_ms <= one.until_ms)
        for one in ledger.trust.authority.roles_of(key)
    )


async def _body(request: Request) -> bytes | None:
    """The whole body; None where it is larger than allowed."""
    if int(request.headers.get("content-length", "0") or 0) > MAX_REQUEST_BYTES:
        return None
    body = bytearray()
    async for piece in request.stream():
        body += piece
        if len(body) > MAX_REQUEST_BYTES:
            return None
    return bytes(body)


def _log_refused(refused: Any) -> None:
    for fact, reason in refused:
        _log.warning("the other side refused %s: %s", fact.hex(), reason)
