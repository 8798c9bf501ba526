"""Places that somebody proposed, and what was decided of them."""

from __future__ import annotations

from typing import Any

from shanyrak.app.desk.board import Board
from shanyrak.app.desk.words import body_of, hex_of, labels, said_at_min, sealed_of
from shanyrak.app.permissions import Viewer

_TEXT_FIELDS = ("why", "who", "contact")


def proposals(board: Board, viewer: Viewer) -> list[dict[str, Any]]:
    """Proposals where somebody runs the network, undecided ones first, then the newest.

    Who proposes and how they can be reached is None where the asking key may not see it.
    """
    found = []
    for place in board.proposals.values():
        thing = board.ledger.thing(place.id)
        rows = board.ledger.store.of_thing(place.id)
        if thing is None or all(row.kind != "place.proposed" for row in rows):
            continue  # decided without anybody having proposed it
        scope = hex_of(thing.get("area")) or rows[0].key.scope
        if not viewer.sees(scope, "proposals"):
            continue
        texts: dict[str, Any] = {}
        for row in rows:
            if row.kind == "place.proposed":
                texts |= {name: value for name, value in sealed_of(row).items() if name in _TEXT_FIELDS}
        people = viewer.sees_people(scope)
        said = next((row for row in rows if row.kind == "place.proposed"), rows[0])
        decided = [row for row in rows if row.kind == "place.decided"]
        found.append(
            {
                "place": place.id.hex(),
                "names": labels(thing),
                "area": thing.get("area") or "",
                "address": thing.get("address") or "",
                "lon_e7": thing.get("lon_e7"),
                "lat_e7": thing.get("lat_e7"),
                "indoors": thing.get("indoors"),
                "owner_agrees": thing.get("owner_agrees"),
                "floor_area_dm2": thing.get("floor_area_dm2"),
                "why": texts.get("why") or {},
                "who": texts.get("who", "") if people else None,
                "contact": texts.get("contact", "") if people else None,
                "initiative": thing.get("initiative") or "",
                "said_at_min": said_at_min(said),
                "decided": _decided(thing.now, decided),
            }
        )
    return sorted(found, key=lambda one: (bool(one["decided"]), -one["said_at_min"], one["place"]))


def _decided(state: str, rows: list[Any]) -> str:
    """ "" while nobody decided; then ``taken`` or ``declined``."""
    if state != "decided":
        return ""
    return "declined" if rows and body_of(rows[-1]).get("declined") else "taken"
