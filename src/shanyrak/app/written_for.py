"""What headquarters writes down for people who have no key: a report by code, a proposed place, a promise."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from shanyrak.facts.ledger import Ledger

VISIT_GRID_MS = 60_000


@dataclass(frozen=True)
class DoorReport:
    """A report from a door; what nobody wrote stays unknown."""

    state: str
    """open, full, paused, closed"""
    visits: int | None = None
    fuel_l: int | None = None
    wood_kg: int | None = None
    water_l: int | None = None
    short_of: str = ""


def write_report(ledger: Ledger, point: bytes, report: DoorReport, *, now_ms: int) -> None:
    """Write a report down: all of it, or nothing."""
    happened = {"happened": _minute(now_ms), "via": "text"}
    state = {"open": "point.opened", "full": "point.opened", "paused": "point.paused", "closed": "point.closed"}
    stock = {
        name: value * 1000
        for name, value in (("fuel_ml", report.fuel_l), ("wood_g", report.wood_kg), ("water_ml", report.water_l))
        if value is not None
    }
    with ledger.together():
        ledger.say(state[report.state], dict(happened), about=point)
        if report.state == "full":
            ledger.say("status.reported", {**happened, "band": "full"}, about=point)
        if stock:
            ledger.say("stock.counted", {**happened, **stock}, about=point)
        if report.visits is not None:
            ledger.say("visit.counted", {**happened, "visits": report.visits}, about=point)
        if report.short_of:
            ledger.say("need.raised", {**happened, "point": point.hex(), "short_of": report.short_of})


@dataclass(frozen=True)
class Proposal:
    """A place somebody proposes."""

    name: str
    address: str = ""
    indoors: bool | None = None
    owner_agrees: bool | None = None
    why: str = ""
    who: str = ""
    contact: str = ""


def write_proposal(ledger: Ledger, proposal: Proposal, *, language: str) -> bytes:
    """Write a proposal down; its id."""
    body: dict[str, Any] = {"names": {language: proposal.name}, "via": "text"}
    area = only_area(ledger)
    if area is not None:
        body["area"] = area.hex()
    if proposal.address:
        body["address"] = proposal.address
    if proposal.indoors is not None:
        body["indoors"] = proposal.indoors
    if proposal.owner_agrees is not None:
        body["owner_agrees"] = proposal.owner_agrees
    sealed: dict[str, Any] = {"why": {language: proposal.why}} if proposal.why else {}
    sealed |= {name: text for name, text in (("who", proposal.who), ("contact", proposal.contact)) if text}
    return ledger.say("place.proposed", body, sealed=sealed or None).id


@dataclass(frozen=True)
class Promise:
    """What somebody promises to give."""

    what: str
    count: int | None = None
    until: str = ""
    """a day, YYYY-MM-DD"""
    goods: str = ""
    publish: str = "nothing"
    """name, chosen, nothing"""
    giver: str = ""
    chosen_name: str = ""
    contact: str = ""


def write_promise(ledger: Ledger, promise: Promise, *, language: str) -> bytes:
    """Write a promise down; its id."""
    body: dict[str, Any] = {"what": promise.what, "publish": promise.publish, "via": "text"}
    if promise.count is not None:
        body["count"] = promise.count
    if promise.until:
        body["costs_until" if promise.what == "running_costs" else "deliver_by"] = promise.until
    sealed: dict[str, Any] = {"goods": {language: promise.goods}} if promise.goods else {}
    sealed |= {
        name: text
        for name, text in (
            ("giver", promise.giver),
            ("chosen_name", promise.chosen_name),
            ("contact", promise.contact),
        )
        if text
    }
    return ledger.say("pledge.made", body, sealed=sealed or None).id


def only_area(ledger: Ledger) -> bytes | None:
    """The area a network works in, where it is one."""
    areas = [thing.id for thing in ledger.things("area")]
    return areas[0] if len(areas) == 1 else None


def _minute(now_ms: int) -> str:
    return datetime.fromtimestamp(now_ms // VISIT_GRID_MS * 60, UTC).strftime("%Y-%m-%dT%H:%MZ")
