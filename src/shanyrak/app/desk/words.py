"""When something was said and by whom, as the desk is told it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from shanyrak.app.desk.model import Labels, Who
from shanyrak.facts.ledger import Ledger, Thing
from shanyrak.facts.said import via_of
from shanyrak.facts.store import Row
from shanyrak.publish.record import said_at_min, until_min

__all__ = ["Voices", "body_of", "counts", "device_names", "hex_of", "labels", "said_at_min", "sealed_of", "until_min"]

_BY_ROLE: Mapping[str, Who] = {
    "host": "duty", "inspector": "inspector", "driver": "driver", "desk": "desk", "admin": "desk",
    "headquarters": "headquarters",
}  # fmt: skip
"""Whose word it is, by the role of the device; a device with several speaks in the first of these."""
_CLOCK = "clock"


class Voices:
    """Whose word an entry is; asked for many entries of few devices."""

    def __init__(self, ledger: Ledger) -> None:
        self._authority = ledger.trust.authority
        self._known: dict[bytes, Who] = {}

    def of(self, row: Row) -> Who:
        """The one who gave this word."""
        if row.kind == "visitor.said":
            return "visitors"
        via = via_of(row)
        if via == "import":
            return "list"
        by = self.of_key(row.key.origin)
        # What somebody on duty sent without a key of their own was written down by the server.
        return "duty" if via == "text" and by in ("desk", "headquarters") else by

    def of_key(self, key: bytes) -> Who:
        """The role a device speaks in."""
        if key not in self._known:
            roles = {one.role for one in self._authority.roles_of(key)}
            self._known[key] = next((who for role, who in _BY_ROLE.items() if role in roles), "")
        return self._known[key]


def body_of(row: Row) -> dict[str, Any]:
    """What an entry says; empty where it was withheld."""
    body: dict[str, Any] = row.fact.body_value() or {}
    return body


def sealed_of(row: Row) -> dict[str, Any]:
    """Its words and names; empty where they are not here."""
    sealed: dict[str, Any] = row.fact.sealed_value() or {}
    return sealed


def counts(ledger: Ledger, rows: Iterable[Row]) -> list[Row]:
    """Those that count as they stand and still have their body, in the same order."""
    kept = [row for row in rows if row.fact.body is not None]
    marks = ledger.store.marks_of(row.id for row in kept)
    return [row for row in kept if row.id not in marks or marks[row.id].mark == _CLOCK]


def labels(thing: Thing) -> Labels:
    """What a thing is called, by language; a name given to it holds in every language that it has none in."""
    names = {code: str(text) for code, text in sorted((thing.get("names") or {}).items())}
    given = thing.get("name")
    return names or ({"en": str(given)} if given and thing.type != "area" else names)


def hex_of(text: Any) -> bytes:
    """The bytes of an id; empty where it is none."""
    try:
        return bytes.fromhex(text) if isinstance(text, str) else b""
    except ValueError:
        return b""


def device_names(ledger: Ledger) -> dict[bytes, str]:
    """Names that devices were admitted with, as far as they were not taken back."""
    found: dict[bytes, str] = {}
    for row in ledger.store.of_kinds(("device.admitted",)):
        name, key = sealed_of(row).get("name"), hex_of(body_of(row).get("key"))
        if name and key:
            found[key] = str(name)
    return found
