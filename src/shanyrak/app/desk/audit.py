"""A point's file for an audit: everything said about it, with ids, devices, receipts and signatures.

The JSON file says nothing of when it was made: as long as nothing more is said of the point it is the same, byte for
byte, and so is its SHA-256, which the printed file carries.
"""

from __future__ import annotations

import hashlib
from typing import Any

import msgspec

from shanyrak.app.desk.board import Board
from shanyrak.app.desk.words import Voices, body_of, hex_of, sealed_of
from shanyrak.app.naming import name_of
from shanyrak.app.story import when
from shanyrak.facts.said import happened_of, iso, via_of
from shanyrak.facts.store import Mark, Row

FORMAT = "shanyrak-audit/1"


def audit(board: Board, point: bytes, *, people: bool) -> dict[str, Any]:
    """Everything said about a point, the oldest first, as plain JSON values.

    Parameters
    ----------
    people : with the words and names that lie beside the entries
    """
    ledger = board.ledger
    thing = ledger.thing(point)
    assert thing is not None
    rows = {row.id: row for row in ledger.store.of_thing(point)}
    needs = {link.source for link in ledger.store.links_of(point) if link.field == "point" and link.target == point}
    for need in sorted(needs):
        found = ledger.thing(need)
        if found is not None and found.type == "need":
            rows |= {row.id: row for row in ledger.store.of_thing(need)}
    told = sorted(rows.values(), key=when)
    marks = ledger.store.marks_of(rows)
    voices = Voices(ledger)
    network = ledger.thing(ledger.net)
    devices = sorted({row.key.origin for row in told})
    return {
        "format": FORMAT,
        "network": {"id": ledger.net.hex(), "name": name_of(network) if network is not None else ""},
        "point": {"id": point.hex(), "name": name_of(thing), "names": thing.get("names") or {}},
        "with_people": people,
        "entries": [_entry(board, row, marks.get(row.id), voices, people=people) for row in told],
        "devices": [
            {
                "key": key.hex(),
                "name": (board.device_name(key) if people else ""),
                "roles": [
                    {"role": one.role, "scope": one.scope.hex(), "given_by": one.by.hex()}
                    for one in ledger.trust.authority.roles_of(key)
                ],
            }
            for key in devices
        ],
    }


def _entry(board: Board, row: Row, mark: Mark | None, voices: Voices, *, people: bool) -> dict[str, Any]:
    receipts = board.ledger.trust.receipts_for(row)
    fact = row.fact
    entry = {
        "record": row.id.hex(),
        "kind": row.kind,
        "about": row.about.hex(),
        "happened": happened_of(row),
        "written_down": iso(row.at_ms),
        "via": via_of(row),
        "by": voices.of(row),
        "device": row.key.origin.hex(),
        "chain": {"id": row.key.chain.hex(), "scope": row.key.scope.hex(), "number": row.seq, "after": row.prev.hex()},
        "says": body_of(row) if fact.body is not None else None,
        "standing": board.ledger.standing(row.id),
        "receipts": [
            {"witness": one.witness.hex(), "at": iso(one.time_ms), "level": one.level, "record": one.fact.hex()}
            for one in receipts
        ],
        "does_not_count": mark.reason if mark is not None else "",
        "signed": fact.raw.decode(),
        "signature": fact.sig.hex(),
        "salt": fact.salt.hex() if fact.salt is not None else None,
    }
    if people:
        entry["words"] = sealed_of(row) if fact.sealed is not None else None
        entry["words_salt"] = fact.sealed_salt.hex() if fact.sealed_salt is not None else None
    return entry


def audit_json(board: Board, point: str, *, people: bool) -> tuple[bytes, str]:
    """The JSON file and its SHA-256."""
    content = msgspec.json.format(msgspec.json.encode(audit(board, hex_of(point), people=people)), indent=1) + b"\n"
    return content, hashlib.sha256(content).hexdigest()
