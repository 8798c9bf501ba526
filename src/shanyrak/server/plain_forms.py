"""Plain forms for people without a key: report by a code from paper; propose, promise, begin, stand behind.

GET, POST /report       the person on duty over plain http: headquarters writes it down, ``via: text``
GET, POST /propose      anybody: a place
GET, POST /promise      anybody: help; the answer leads to the giver's own page
GET, POST /initiative   anybody: an undertaking, public once the desk read it
GET, POST /support      anybody: stands behind one that is public
"""

from __future__ import annotations

import logging
import secrets
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Annotated, NamedTuple

from fastapi import FastAPI, Query, Request
from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect
from starlette.responses import Response

from shanyrak.app.initiatives import Beginning, Support
from shanyrak.app.paper_codes import PaperCodes
from shanyrak.app.visitors import Limits
from shanyrak.app.written_for import DoorReport, Promise, Proposal
from shanyrak.core.errors import ShanyrakError
from shanyrak.core.texts import LANGUAGES
from shanyrak.server.forms import MOST_BYTES, Field, Form, Wrong, answer, parse, read, show

_log = logging.getLogger(__name__)
REPORT = Form(
    "/report",
    "report.title",
    "report.intro",
    "report.send",
    (
        Field("code", "report.code", required=True, most=40),
        Field(
            "state",
            "report.state",
            "choice",
            choices=tuple((one, f"report.state.{one}") for one in ("open", "full", "paused", "closed")),
        ),
        Field("visits", "report.visits", "number", most=100_000),
        Field("fuel", "report.fuel", "number", most=1_000_000),
        Field("wood", "report.wood", "number", most=1_000_000),
        Field("water", "report.water", "number", most=1_000_000),
        Field(
            "short",
            "report.short",
            "choice",
            choices=(
                ("", "report.short.none"),
                *((one, f"report.short.{one}") for one in ("fuel", "wood", "water", "food", "people")),
            ),
        ),
    ),
    warning="report.danger",
)
_YES_NO = (("", "propose.unknown"), ("yes", "propose.yes"), ("no", "propose.no"))
PROPOSE = Form(
    "/propose",
    "propose.title",
    "propose.intro",
    "propose.send",
    (
        Field("name", "propose.name", required=True, most=120),
        Field("address", "propose.address", most=200),
        Field(
            "indoors",
            "propose.indoors",
            "choice",
            choices=(("", "propose.unknown"), ("yes", "propose.indoors.yes"), ("no", "propose.indoors.no")),
        ),
        Field("agrees", "propose.agrees", "choice", choices=_YES_NO),
        Field("why", "propose.why", "text", most=1_000),
        Field("who", "propose.who", most=120),
        Field("contact", "propose.contact", most=120),
    ),
)
_WHAT = ("yurt", "tent", "generator", "stove", "fuel", "wood", "water", "food", "goods", "room", "work", "transport")
PROMISE = Form(
    "/promise",
    "promise.title",
    "promise.intro",
    "promise.send",
    (
        Field(
            "what",
            "promise.what",
            "choice",
            choices=tuple((one, f"help.{one}") for one in (*_WHAT, "money", "running_costs", "other")),
        ),
        Field("count", "promise.count", "number", most=100_000),
        Field("goods", "promise.goods", "text", most=500),
        Field("until", "promise.until", "date", help="promise.until.help"),
        Field(
            "publish",
            "promise.publish",
            "choice",
            choices=tuple((one, f"promise.publish.{one}") for one in ("nothing", "chosen", "name")),
        ),
        Field("chosen", "promise.chosen", most=120),
        Field("giver", "promise.giver", most=120),
        Field("contact", "promise.contact", most=120),
    ),
)

INITIATIVE = Form(
    "/initiative",
    "initiative.title",
    "initiative.intro",
    "initiative.send",
    (
        Field("name", "initiative.name", required=True, most=120),
        Field("idea", "initiative.idea", "text", required=True, most=2_000),
        Field("wants", "initiative.wants", "number", most=10_000),
        Field("who", "initiative.who", most=120),
    ),
)
_SUPPORT = ("person", "organisation", "town")
SUPPORT = Form(
    "/support",
    "support.title",
    "support.intro",
    "support.send",
    (
        Field("of", "support.of", "choice"),
        Field("support", "support.as", "choice", choices=tuple((one, f"support.as.{one}") for one in _SUPPORT)),
        Field("organisation", "support.organisation", most=120),
        Field(
            "publish",
            "support.publish",
            "choice",
            choices=tuple((one, f"support.publish.{one}") for one in ("nothing", "name")),
        ),
        Field("who", "support.who", most=120),
        Field("words", "support.words", "text", most=500),
    ),
)


class Desk(NamedTuple):
    """Writes down what the forms bring; each takes the language it was said in."""

    report: Callable[[bytes, DoorReport], str]
    """point and report; what the place is called"""
    propose: Callable[[Proposal, str], None]
    promise: Callable[[Promise, str], str]
    """the path of the giver's own page"""
    begin: Callable[[Beginning, str], None]
    support: Callable[[Support, str], None]
    initiatives: Callable[[str], Mapping[str, str]]
    """what undertakings that everybody may read are called in a language, by id"""


def add_plain_forms(
    app: FastAPI,
    desk: Desk,
    codes: PaperCodes,
    limits: Limits,
    *,
    languages: Callable[[], tuple[str, ...]],
    address: Callable[[Request], str],
    now_ms: Callable[[], int],
    home: str = "/",
) -> None:
    """Add the forms.

    Parameters
    ----------
    limits : how much is taken from one line in an hour, whatever it is
    languages : of the deployment, the default first
    address : of who asks; it is used for the limits and nothing else
    """

    def language(wanted: str) -> str:
        return wanted if wanted in LANGUAGES else languages()[0]

    def today() -> date:
        return datetime.fromtimestamp(now_ms() / 1000, UTC).date()

    def refused(key: str, lang: str, status: int) -> Response:
        return answer(f"{key}.title", f"{key}.text", lang, status=status, home=home)

    def take_report(values: dict[str, str], lang: str) -> Response:
        point = codes.use(values["code"])
        if point is None:
            return refused("report.wrong", lang, 403)
        try:
            place = desk.report(
                point,
                DoorReport(
                    values["state"],
                    visits=_number(values["visits"]),
                    fuel_l=_number(values["fuel"]),
                    wood_kg=_number(values["wood"]),
                    water_l=_number(values["water"]),
                    short_of=values["short"],
                ),
            )
        except ShanyrakError:
            codes.give_back(values["code"], point)
            raise
        return answer(
            "report.done.title", "report.done.text", lang, home=home, fill=lambda text: text.format(place=place)
        )

    def take_proposal(values: dict[str, str], lang: str) -> Response:
        desk.propose(
            Proposal(
                values["name"],
                values["address"],
                _yes(values["indoors"]),
                _yes(values["agrees"]),
                values["why"],
                values["who"],
                values["contact"],
            ),
            lang,
        )
        return answer("propose.done.title", "propose.done.text", lang, home=home)

    def take_promise(values: dict[str, str], lang: str) -> Response:
        needed = {"chosen": "chosen", "name": "giver"}.get(values["publish"])
        if needed and not values[needed]:
            raise Wrong({needed: "form.missing"})
        path = desk.promise(
            Promise(
                values["what"],
                _number(values["count"]),
                values["until"],
                values["goods"],
                values["publish"],
                values["giver"],
                values["chosen"],
                values["contact"],
            ),
            lang,
        )
        return answer("promise.done.title", "promise.done.text", lang, link=(path, "promise.done.link"))

    def take_beginning(values: dict[str, str], lang: str) -> Response:
        desk.begin(Beginning(values["name"], values["idea"], _number(values["wants"]), values["who"]), lang)
        return answer("initiative.done.title", "initiative.done.text", lang, home=home)

    def take_support(values: dict[str, str], lang: str) -> Response:
        alone = values["support"] == "person"
        if not alone and not values["organisation"]:
            raise Wrong({"organisation": "form.missing"})
        if alone and values["publish"] == "name" and not values["who"]:
            raise Wrong({"who": "form.missing"})
        said = Support(
            bytes.fromhex(values["of"]),
            values["support"],
            "" if alone else values["organisation"],
            values["who"],
            values["publish"],
            values["words"],
        )
        desk.support(said, lang)
        return answer("support.done.title", "support.done.text", lang, home=home)

    def supporting(lang: str) -> Form:
        """The form with the undertakings that there are now."""
        named = replace(SUPPORT.fields[0], choices=tuple(desk.initiatives(lang).items()), are_names=True)
        return replace(SUPPORT, fields=(named, *SUPPORT.fields[1:]))

    def add(
        path: str, of: Callable[[str], Form], take: Callable[[dict[str, str], str], Response], *, needs: bool = False
    ) -> None:
        """A form. ``needs``: it is of no use without a choice in its first field."""

        def shown(lang: str = "", of_: Annotated[str, Query(alias="of", max_length=64)] = "") -> Response:
            spoken = language(lang)
            form = of(spoken)
            if needs and not form.fields[0].choices:
                return refused("support.none", spoken, 200)
            return show(form, spoken, given={"of": of_}, home=home, languages=languages())

        def taken(given: dict[str, str], who: str) -> Response:
            lang = language(given.get("lang", ""))
            form = of(lang)
            try:
                values = read(form, given, today())
                if not limits.allow(who, secrets.token_bytes(16)):
                    return refused("form.too_many", lang, 429)
                return take(values, lang)
            except Wrong as wrong:
                return show(form, lang, given=given, faults=wrong.faults, home=home, languages=languages())
            except ShanyrakError as fault:
                _log.warning("a form could not be written down: %s", fault.what)
                return refused("form.not_kept", lang, 503)

        async def sent(request: Request) -> Response:
            body = bytearray()
            try:
                async for piece in request.stream():
                    body += piece
                    if len(body) > MOST_BYTES:
                        return refused("form.too_many", language(""), 413)
            except ClientDisconnect:
                return Response(status_code=400)
            return await run_in_threadpool(taken, parse(bytes(body)), address(request))

        app.add_api_route(path, shown, methods=["GET", "HEAD"], include_in_schema=False, response_class=Response)
        app.add_api_route(path, sent, methods=["POST"], include_in_schema=False, response_class=Response)

    add(REPORT.path, lambda _: REPORT, take_report)
    add(PROPOSE.path, lambda _: PROPOSE, take_proposal)
    add(PROMISE.path, lambda _: PROMISE, take_promise)
    add(INITIATIVE.path, lambda _: INITIATIVE, take_beginning)
    add(SUPPORT.path, supporting, take_support, needs=True)


FORMS = (REPORT.path, PROPOSE.path, PROMISE.path, INITIATIVE.path, SUPPORT.path)


def _number(text: str) -> int | None:
    return int(text) if text else None


def _yes(text: str) -> bool | None:
    return {"yes": True, "no": False}.get(text)
