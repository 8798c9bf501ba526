"""Undertakings that people without a key begin or stand behind: written down by headquarters, ``via: text``.

What they say is public only after somebody at the desk read and released it; how many stand behind one is told as
visits are: weekly, a week late, in tens.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from shanyrak.app.written_for import only_area
from shanyrak.facts.ledger import Ledger

STARTED, SUPPORTED = "initiative.started", "initiative.supported"


@dataclass(frozen=True)
class Beginning:
    """An undertaking that somebody begins."""

    name: str
    idea: str
    wants: int | None = None
    """warm places it wants to bring about"""
    who: str = ""


def write_beginning(ledger: Ledger, said: Beginning, *, language: str) -> bytes:
    """Write an undertaking down; its id."""
    body: dict[str, Any] = {"names": {language: said.name}, "via": "text"}
    area = only_area(ledger)
    if area is not None:
        body["area"] = area.hex()
    if said.wants is not None:
        body["wants"] = said.wants
    sealed: dict[str, Any] = {"idea": {language: said.idea}}
    if said.who:
        sealed["who"] = said.who
    return ledger.say(STARTED, body, sealed=sealed).id


@dataclass(frozen=True)
class Support:
    """Somebody stands behind an undertaking."""

    initiative: bytes
    support: str = "person"
    """person, organisation, town"""
    organisation: str = ""
    who: str = ""
    publish: str = "nothing"
    """name, nothing"""
    words: str = ""


def write_support(ledger: Ledger, said: Support, *, language: str) -> bytes:
    """Write down that somebody stands behind an undertaking; the entry's id."""
    body: dict[str, Any] = {"support": said.support, "publish": said.publish, "via": "text"}
    if said.organisation:
        body["organisation"] = said.organisation
    sealed: dict[str, Any] = {"words": {language: said.words}} if said.words else {}
    if said.who:
        sealed["who"] = said.who
    return ledger.say(SUPPORTED, body, about=said.initiative, sealed=sealed or None).id
