"""The true story that comes with the demo: the Yurts of Invincibility, as the public record tells it.

``yurts.json`` holds who said what, and where yurts stood, each with its source. It is recorded as an *archive*
initiative: readable in account and log, never shown to a person who looks for a warm place. What no source
says stays unknown, and where sources differ, both stand there.
"""

from __future__ import annotations

import json
from functools import cache
from importlib import resources
from typing import Any

from shanyrak.facts.ledger import Ledger

VIA = "observed"
"""Nobody told us: we read it."""


@cache
def yurts() -> dict[str, Any]:
    """The record as it lies in ``yurts.json``."""
    text = resources.files("shanyrak.demo").joinpath("yurts.json").read_text(encoding="utf-8")
    record: dict[str, Any] = json.loads(text)
    return record


def tell_of_the_yurts(ledger: Ledger) -> bytes:
    """Record the whole story; the id of the initiative."""
    record = yurts()
    told = record["initiative"]
    body = {"names": told["names"], "archive": True, "via": VIA, "happened": "2023-01"}
    initiative = ledger.say("initiative.started", body).id
    ledger.say("name.given", {"name": told["name"]}, about=initiative)
    things = {told["name"]: initiative}
    for place in record["places"]:
        things[place["name"]] = _place(ledger, place, initiative)
    said: dict[str, bytes] = {}
    for statement in record["statements"]:
        said[statement["id"]] = _statement(ledger, statement, things, said)
    return initiative


def _place(ledger: Ledger, place: dict[str, Any], initiative: bytes) -> bytes:
    body: dict[str, Any] = {
        "names": {"en": f"Yurt of Invincibility, {place['town']}"},
        "kind": "yurt",
        "town": place["town"],
        "initiative": initiative.hex(),
        "via": VIA,
        "happened": place["from"],
    }
    if place.get("place"):
        body["address"] = place["place"]
    if place.get("area_m2"):
        body["floor_area_dm2"] = round(float(place["area_m2"]) * 100)
    if place.get("seats", "").isdigit():
        body["seats"] = int(place["seats"])
    notes = [f"{place['certainty']}."] if place.get("certainty") else []
    if place.get("seats") and not place["seats"].isdigit():
        notes.append(f"Seats by different sources: {place['seats'].replace('/', ' or ')}.")
    notes.append(f"Source: {place['source']}")
    sealed = {"note": " ".join(notes)}
    point = ledger.say("point.described", body, sealed=sealed).id
    ledger.say("name.given", {"name": place["name"]}, about=point)
    if place["from"] != "unknown":
        ledger.say("point.opened", {"happened": place["from"], "via": VIA}, about=point, sealed=sealed)
    if place.get("hours"):
        hours = {"opening_hours": place["hours"], "happened": place["from"], "via": VIA}
        ledger.say("hours.declared", hours, about=point, sealed={"note": f"Source: {place['source']}"})
    if place["until"] != "unknown":
        ledger.say("point.closed", {"happened": place["until"], "via": VIA}, about=point, sealed=sealed)
    return point


def _statement(ledger: Ledger, statement: dict[str, Any], things: dict[str, bytes], said: dict[str, bytes]) -> bytes:
    source = statement.get("source", "")
    known = source.startswith("http")
    body: dict[str, Any] = {
        "about": things[statement["about"]].hex(),
        "happened": statement["when"],
        "lang": statement["lang"],
        "channel": statement["channel"],
        "source_known": known,
        "own_words": False,
        "via": VIA,
    }
    if known:
        body["url"] = source
    if statement.get("quoted_via"):
        body["quoted_via"] = statement["quoted_via"]
    if statement.get("in_reply_to"):
        body["in_reply_to"] = said[statement["in_reply_to"]].hex()
    sealed: dict[str, Any] = {"who": statement["who"], "role": statement["role"], "words": {"en": statement["what"]}}
    if not known:
        sealed["note"] = f"Source: {source or 'unknown'}"
    return ledger.say("statement.recorded", body, sealed=sealed).id
