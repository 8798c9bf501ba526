"""The story of a thing: everything said of it and of what it is tied to, in the order in which it happened.

A point's story also tells what was said of its initiative, its equipment and the help promised for it. What
contradicts stands side by side; nothing here judges.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from shanyrak.app.naming import name_of, short
from shanyrak.app.speaking import said_by
from shanyrak.facts.happened import bounds_ms
from shanyrak.facts.ledger import Ledger, Thing
from shanyrak.facts.said import happened_of, iso, via_of
from shanyrak.facts.store import Mark, Row

EXPANDS: Mapping[str, tuple[str, ...]] = {
    "kit": ("pledge", "consignment", "initiative"),
    "consignment": (),
    "pledge": ("initiative", "thanks"),
    "initiative": ("statement", "event", "thanks"),
    "place": ("initiative", "statement"),
    "statement": ("statement",),
}
"""What is followed from a thing that was itself reached over a link; from the thing asked for, everything is."""
DEVICES = ("device.admitted", "device.replaced", "device.revoked")
_NEVER = ("area", "network")


class Entry(NamedTuple):
    """One thing said."""

    row: Row
    thing: Thing | None
    happened: str
    """EDTF, as it was said; else when it was written down."""
    said_by: str
    via: str
    body: dict[str, Any] | None
    sealed: dict[str, Any] | None
    mark: Mark | None

    def as_dict(self, ledger: Ledger) -> dict[str, Any]:
        """For ``--json``."""
        return {
            "id": self.row.id.hex(),
            "kind": self.row.kind,
            "happened": self.happened,
            "said_by": self.said_by,
            "via": self.via,
            "about": self.row.about.hex(),
            "about_type": self.thing.type if self.thing else "",
            "about_name": name_of(self.thing) if self.thing else short(self.row.about),
            "written_down": iso(self.row.at_ms),
            "body": self.body,
            "sealed": self.sealed,
            "standing": ledger.standing(self.row.id),
            "mark": self.mark.mark if self.mark else None,
            "reason": self.mark.reason if self.mark else None,
        }


def story(ledger: Ledger, thing: bytes) -> list[Entry]:
    """Everything said of a thing and of what it is tied to, oldest first."""
    return entries_of(ledger, tied_to(ledger, thing))


def entries_of(ledger: Ledger, things: Mapping[bytes, Thing | None]) -> list[Entry]:
    """Everything said of these things, oldest first."""
    rows = [row for one in things for row in ledger.store.of_thing(one)]
    marks = ledger.store.marks_of(row.id for row in rows)
    entries = [_entry(ledger, row, things[row.about], marks.get(row.id)) for row in rows]
    return sorted(entries, key=lambda entry: when(entry.row))


def story_of_key(ledger: Ledger, text: str) -> tuple[bytes, list[Entry]] | None:
    """What was said of the device whose key begins so: who trusted it, where, until when; None where none does."""
    digits = text.strip().lower()
    if not 8 <= len(digits) <= 64:
        return None
    spoken = [
        (bytes.fromhex(body[name]), row)
        for row in ledger.store.of_kinds(DEVICES)
        for body in [row.fact.body_value() or {}]
        for name in ("key", "old", "new", "replaces")
        if isinstance(body.get(name), str) and body[name].startswith(digits)
    ]
    keys = {key for key, _ in spoken}
    if len(keys) != 1:
        return None
    rows = {row.id: row for _, row in spoken}
    marks = ledger.store.marks_of(rows)
    entries = [_entry(ledger, row, ledger.thing(row.about), marks.get(row.id)) for row in rows.values()]
    return keys.pop(), sorted(entries, key=lambda entry: when(entry.row))


def tied_to(ledger: Ledger, thing: bytes) -> dict[bytes, Thing | None]:
    """The thing itself and what its links lead to, both ways."""
    found: dict[bytes, Thing | None] = {thing: ledger.thing(thing)}
    waiting = [thing]
    while waiting:
        at = waiting.pop()
        here = found[at]
        allowed: Sequence[str] | None = None if at == thing else EXPANDS.get(here.type if here else "", ())
        for link in ledger.store.links_of(at):
            other = link.target if link.source == at else link.source
            if other in found:
                continue
            reached = ledger.thing(other)
            if reached is None or reached.type in _NEVER or (allowed is not None and reached.type not in allowed):
                continue
            if here is not None and here.type == "point" and reached.type == "point":
                continue  # a neighbour has a story of its own
            found[other] = reached
            waiting.append(other)
    return found


def _entry(ledger: Ledger, row: Row, thing: Thing | None, mark: Mark | None) -> Entry:
    body, sealed = row.fact.body_value(), row.fact.sealed_value()
    return Entry(row, thing, happened_of(row), said_by(ledger, row), via_of(row), body, sealed, mark)


def when(row: Row) -> tuple[int, int, int, bytes, bytes]:
    """Oldest first; what has no known date stands where it was written down."""
    earliest, latest = bounds_ms(happened_of(row))
    known = earliest if earliest is not None else latest
    return (known if known is not None else row.eff_ms, row.eff_ms, row.eff_counter, row.key.origin, row.id)
