"""From a promise to the last count of the point it became: what a giver wants to know."""

from __future__ import annotations

from typing import Any

from shanyrak.app.naming import name_of
from shanyrak.app.points import point_row
from shanyrak.app.story import Entry, entries_of
from shanyrak.app.story_lines import line_of, values_of
from shanyrak.app.wording import moment
from shanyrak.facts.ledger import Ledger, Thing

NEXT = {
    "pledge": ("kit", "consignment", "point", "need"),
    "kit": ("consignment", "point"),
    "consignment": ("point",),
}
"""Where a promise leads: what was made of it, how it travelled, where it stands."""
STEPS = ("pledge.", "kit.", "consignment.", "custody.", "thanks.")
WITHDRAWN = "withdrawn"
COUNTS = ("visit.counted", "stock.counted")


def follow(ledger: Ledger, pledge: bytes) -> dict[str, Any]:
    """The way of a promise, for people (``lines``) and programs.

    A step nobody spoke of is not there, and ``last_count`` is None where nobody counted.
    """
    things = _led_to(ledger, pledge)
    entries = [entry for entry in entries_of(ledger, things) if entry.row.kind.startswith(STEPS)]
    places = [thing for thing in things.values() if thing.type == "point"]
    points = [point_row(ledger, point) | {"last_count": _last_count(ledger, point)} for point in places]
    promise = things[pledge]
    lines = [line for entry in entries for line in line_of(ledger, entry, pledge)]
    for point in points:
        since = f" since {moment(point['since'])}" if point["since"] else ""
        count = point["last_count"]
        last = (
            f"Last count: {count['text']} ({moment(count['happened'])}, {count['said_by']})"
            if count
            else "Not counted yet"
        )
        lines += [f"It became: {point['name']}, {point['state']}{since}", f"  {last}"]
    if promise.now == WITHDRAWN:
        lines.append("The promise was taken back.")
    elif not points:
        lines.append("It is not at a point yet, as far as anybody said.")
    return {
        "id": pledge.hex(),
        "name": name_of(promise),
        "state": promise.now or "unknown",
        "steps": [entry.as_dict(ledger) for entry in entries],
        "points": points,
        "lines": lines,
    }


def things_of(ledger: Ledger, pledge: bytes) -> list[Thing]:
    """What a promise led to: equipment, deliveries, points."""
    return [thing for thing in _led_to(ledger, pledge).values() if thing.id != pledge]


def _led_to(ledger: Ledger, pledge: bytes) -> dict[bytes, Thing]:
    """The promise and all that links say it led to."""
    first = ledger.thing(pledge)
    assert first is not None
    found = {pledge: first}
    waiting = [pledge]
    while waiting:
        at = waiting.pop()
        for link in ledger.store.links_of(at):
            other = link.target if link.source == at else link.source
            reached = ledger.thing(other) if other not in found else None
            if reached is not None and reached.type in NEXT.get(found[at].type, ()):
                found[other] = reached
                waiting.append(other)
    return found


def _last_count(ledger: Ledger, point: Thing) -> dict[str, Any] | None:
    """The newest count at a point that counts."""
    counted: list[Entry] = [
        entry
        for entry in entries_of(ledger, {point.id: point})
        if entry.row.kind in COUNTS and entry.mark is None and values_of(ledger, entry)
    ]
    if not counted:
        return None
    last = counted[-1]
    return {
        "id": last.row.id.hex(),
        "kind": last.row.kind,
        "happened": last.happened,
        "said_by": last.said_by,
        "body": last.body,
        "text": values_of(ledger, last),
        "visits_in_all": point.state.get("totals", {}).get("visits"),
    }
