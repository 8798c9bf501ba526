"""``POST /said``: *was it open?*, from a plain page's form or from the finder. The one thing everybody may write.

No token guards the form. A token would say that the same person who read the page sent the answer, which is
just what must not be known here; and it would guard nothing: nobody is signed in, so a page elsewhere that
made a reader's browser send this form would gain no more than by sending it itself, and meets the same limits
(``app/visitors.py``).
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any, Literal
from urllib.parse import parse_qsl

import msgspec
from fastapi import FastAPI, Request
from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect
from starlette.responses import JSONResponse, RedirectResponse, Response

from shanyrak.app.visitors import WORDS, Visitors, Word
from shanyrak.core.errors import ShanyrakError
from shanyrak.core.texts import LANGUAGES
from shanyrak.server.door import fault
from shanyrak.server.plain import short_answer

PATH = "/said"
THANKS = "/said/thanks"
MOST_BYTES = 1024
FORM = "application/x-www-form-urlencoded"

_log = logging.getLogger(__name__)
_FORWARDED = "x-forwarded-for"


class Said(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """What a visitor found."""

    point: str
    state: Word
    lang: str = ""


class Misread(Exception):
    """What was sent is not an answer."""

    def __init__(self, status: int, what: str, where: str, mend: str) -> None:
        self.status, self.what, self.where, self.mend = status, what, where, mend
        super().__init__(what)


def read_said(body: bytes, media: str) -> Said:
    """An answer as a form or as JSON; exactly its fields, once each.

    Raises
    ------
    Misread
        It is anything else.
    """
    mend = f"Send point (64 hex digits) and state, one of {', '.join(WORDS)}"
    try:
        if media == FORM:
            pairs = parse_qsl(body.decode("utf-8"), keep_blank_values=True, strict_parsing=True, max_num_fields=3)
            if len(dict(pairs)) < len(pairs):
                raise Misread(422, "a field is there twice", "body", mend)
            said = msgspec.convert(dict(pairs), Said)
        elif media == "application/json":
            said = msgspec.json.decode(body, type=Said)
        else:
            raise Misread(415, "neither a form nor JSON", "header Content-Type", f"Send {FORM} or application/json")
    except (msgspec.ValidationError, msgspec.DecodeError, ValueError) as fault_:
        detail = str(fault_) if isinstance(fault_, msgspec.ValidationError) else "it cannot be read"
        raise Misread(422, f"this is no answer: {detail}", "body", mend) from fault_
    if said.lang not in ("", *LANGUAGES):
        raise Misread(422, "no language of these pages", "lang", f"One of {', '.join(LANGUAGES)}")
    return said


def address_of(request: Request, behind_proxy: bool) -> str:
    """Of whoever asks: used for limits in memory and for nothing else.

    Parameters
    ----------
    behind_proxy : it is the last one a proxy of ours added to X-Forwarded-For
    """
    forwarded = request.headers.getlist(_FORWARDED) if behind_proxy else []
    if forwarded:
        return forwarded[-1].rpartition(",")[2].strip()
    return request.client.host if request.client is not None else ""


def add_said(
    app: FastAPI, visitors: Visitors, *, language: Callable[[], str], home: str, behind_proxy: bool = False
) -> None:
    """Add the form's address and the page that thanks.

    Parameters
    ----------
    language : of an answer to a form that does not say its own
    home : where the first page is
    behind_proxy : the address is the last one a proxy of ours added to X-Forwarded-For. Without it the header is
        not looked at: everybody can write anything there
    """

    async def take(request: Request) -> Response:
        """Say what you found at a door: JSON is answered in JSON, a form with a page."""
        media = request.headers.get("content-type", "").partition(";")[0].strip().lower()
        form = media == FORM
        try:
            body = await _body(request)
        except ClientDisconnect:
            return Response(status_code=400)  # nobody is there to read it
        try:
            if body is None:
                raise Misread(413, f"more than {MOST_BYTES} bytes", "body", "Send one answer at a time")
            said = read_said(body, media)
        except Misread as misread:
            if form and misread.status == 422:
                return short_answer("misread", language(), status=422, home=home)
            return fault(misread.status, misread.what, where=misread.where, mend=misread.mend)
        lang = said.lang or language()
        try:
            became = await run_in_threadpool(visitors.take, said.point, said.state, address_of(request, behind_proxy))
        except ShanyrakError as refused:
            _log.warning("a visitor's word could not be written down: %s", refused.what)  # nothing of who or where
            if form:
                return short_answer("not_kept", lang, status=503, home=home)
            return fault(503, "it could not be written down", mend="Try again in some minutes")
        return _as_page(became, lang, home) if form else _as_json(became)

    shape = {
        "type": "object",
        "additionalProperties": False,
        "required": ["point", "state"],
        "properties": {
            "point": {"type": "string", "pattern": "^[0-9a-f]{64}$", "description": "Id of a public point."},
            "state": {"type": "string", "enum": list(WORDS), "description": "What you found."},
            "lang": {"type": "string", "enum": list(LANGUAGES), "description": "Language of the answer's page."},
        },
    }
    wrong: dict[int | str, dict[str, Any]] = {
        code: {"description": text}
        for code, text in (
            (404, "No such public point: one that is hidden, remembered only or made up is answered alike."),
            (413, "Too long."),
            (415, "Neither a form nor JSON."),
            (422, "Not an answer."),
            (429, "Enough was said about this point, or from this address, within the hour."),
            (503, "The disk refuses."),
        )
    }
    page = {"text/html": {"schema": {"type": "string"}}}
    done = {"type": "object", "required": ["said"], "properties": {"said": {"const": True}}}
    app.add_api_route(
        PATH,
        take,
        methods=["POST"],
        response_class=Response,
        responses={
            200: {"description": "Written down.", "content": {"application/json": {"schema": done}}},
            303: {"description": "Written down: on to the page that thanks.", "content": page},
            **wrong,
        },
        openapi_extra={
            "requestBody": {
                "required": True,
                "content": {"application/json": {"schema": shape}, FORM: {"schema": shape}},
            }
        },
        name="said",
    )

    def thanks(lang: str = "") -> Response:
        """The page that thanks; to load it again sends nothing again."""
        return short_answer("thanks", lang if lang in LANGUAGES else language(), home=home)

    app.add_api_route(THANKS, thanks, methods=["GET", "HEAD"], include_in_schema=False, response_class=Response)


def _as_page(became: Literal["thanks", "unknown", "too_many"], lang: str, home: str) -> Response:
    if became == "thanks":
        # To another address, so that "reload" does not send the form once more.
        return RedirectResponse(f"said/thanks?lang={lang}", 303, {"cache-control": "no-store"})
    return short_answer(became, lang, status=404 if became == "unknown" else 429, home=home)


def _as_json(became: Literal["thanks", "unknown", "too_many"]) -> Response:
    if became == "thanks":
        return JSONResponse({"said": True}, headers={"cache-control": "no-store"})
    if became == "unknown":
        return fault(404, "there is no such public point", where="point")
    return fault(429, "enough was said within the hour", mend="Try again in an hour")


async def _body(request: Request) -> bytes | None:
    """The whole body; None where it is larger than an answer can be."""
    body = bytearray()
    async for piece in request.stream():
        body += piece
        if len(body) > MOST_BYTES:
            return None
    return bytes(body)
