"""Words of people without a key about undertakings that the desk has to read before everybody may."""

from __future__ import annotations

from typing import Any

from shanyrak.app.desk.board import Board
from shanyrak.app.desk.words import body_of, counts, labels, said_at_min, sealed_of
from shanyrak.app.initiatives import STARTED, SUPPORTED
from shanyrak.app.permissions import Viewer
from shanyrak.facts.ledger import Ledger
from shanyrak.facts.said import via_of
from shanyrak.facts.store import Row

RELEASE = "release.decided"
_WORDS = "words"


def unread(board: Board, viewer: Viewer) -> list[dict[str, Any]]:
    """What nobody released yet, where somebody runs the network: beginnings, and supporters who want to be named."""
    found = []
    for row in board.remembered("unread", lambda: _unread(board.ledger)):
        thing = board.ledger.thing(row.about)
        if thing is None or not viewer.runs(row.key.scope):
            continue
        body, sealed = body_of(row), sealed_of(row)
        found.append(
            {
                "initiative": row.about.hex(),
                "record": row.id.hex(),
                "scope": row.key.scope.hex(),
                "names": labels(thing),
                "words": sealed.get("idea") or sealed.get("words") or {},
                "who": sealed.get("who", ""),
                "support": body.get("support", ""),
                "organisation": body.get("organisation", ""),
                "wants": body.get("wants"),
                "said_at_min": said_at_min(row),
            }
        )
    return found


def _unread(ledger: Ledger) -> list[Row]:
    store = ledger.store
    rows = [row for row in counts(ledger, store.of_kinds((STARTED, SUPPORTED))) if via_of(row) == "text"]
    waits = [row for row in rows if row.kind == STARTED or body_of(row).get("publish") == "name"]
    if not waits:
        return []
    released: dict[bytes, set[str]] = {}
    for row in counts(ledger, store.of_kinds((RELEASE,))):
        body = body_of(row)
        if _WORDS in body.get("releases", ()):
            released.setdefault(row.about, set()).add(str(body.get("released", "")))
    return [row for row in waits if released.get(row.about, set()).isdisjoint({"", row.id.hex()})]
