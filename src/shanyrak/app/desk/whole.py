"""A place, whole: now, its story, what it offers, what is left, who works there."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from shanyrak.app.desk.board import Board, Now
from shanyrak.app.desk.card import Card
from shanyrak.app.desk.devices import devices_at
from shanyrak.app.desk.gear import gear_at
from shanyrak.app.desk.model import PointWhole, Said, StoryLine
from shanyrak.app.desk.orders import outcome_at
from shanyrak.app.desk.stock import as_dict, stock_of
from shanyrak.app.desk.todo import grouped
from shanyrak.app.desk.words import Voices, body_of, counts, said_at_min, sealed_of
from shanyrak.app.permissions import Viewer
from shanyrak.app.story import Entry, story
from shanyrak.app.story_lines import line_of
from shanyrak.core.errors import NotFound
from shanyrak.facts.ledger import Thing
from shanyrak.facts.store import Row
from shanyrak.facts.trust import RECEIPT

Phone = Callable[[str], str]
DAY_MIN = 24 * 60
STORY_MOST = 500
INCIDENT_DAYS = 30
_STATUS = "status.reported"
_COUNTING = frozenset({"persons", "seats_free", "band", "staff"})
"""Of a status: what only those who are told counts see."""
_COUNT_KINDS = ("visit.counted", "incident.reported", "stock.")
_TRUST_KINDS = ("device.", RECEIPT)


def card_seen(board: Board, viewer: Viewer, id: str, function: str = "point") -> Card:
    """A point by its id; NotFound, in the same words, where it is not there or not theirs."""
    try:
        card = board.cards.get(bytes.fromhex(id))
    except ValueError:
        card = None
    if card is None or not viewer.sees(card.id, function):
        raise NotFound("there is no such place", where="id", mend="GET points lists them")
    return card


def point_whole(
    board: Board, viewer: Viewer, phone: Phone, id: str, now: Now, photo: Callable[[str], bool]
) -> PointWhole:
    """Everything somebody may know of a point.

    Parameters
    ----------
    photo : whether a photo with this hash is kept here
    """
    card = card_seen(board, viewer, id)
    ledger = board.ledger
    thing = ledger.thing(card.id)
    assert thing is not None
    rows = ledger.store.of_thing(card.id)
    people, counted = viewer.sees_people(card.id), viewer.sees_counts(card.id)
    voices = Voices(ledger)
    counting = counts(ledger, rows)
    said = _Said(board, thing, voices)
    hash = str(thing.get("photo") or "")
    return PointWhole(
        ref=card.ref(),
        area=card.area,
        lon_e7=card.lon_e7,
        lat_e7=card.lat_e7,
        operator=card.operator,
        official=card.official,
        lists=card.lists,
        unknown_from_at_min=card.unknown_from_at_min,
        contradicted=counted and card.contradiction is not None,
        against=grouped(board, card) if counted else [],
        hours=said.field("opening_hours"),
        services=said.of_kind("services.declared"),
        status={name: value for name, value in said.of_kind(_STATUS).items() if counted or name not in _COUNTING},
        stock={name: as_dict(left) for name, left in stock_of(board, card.id, now).items()} if counted else {},
        needs=[need.as_dict() for need in card.needs.values()] if counted else [],
        incidents=_incidents(counting, now) if counted else [],
        visits_24h=visits(counting, now.at_min - DAY_MIN, now.at_min) if counted else None,
        orders=_orders(board, card) if viewer.may("orders") else [],
        visibility={"place": card.place, "crowding": str(thing.get("crowding") or board.deployment.crowding)},
        equipment=gear_at(board, card.id.hex(), now) if viewer.may("equipment") else [],
        inspections=_inspections(counting),
        devices=devices_at(board, card.id) if people else None,
        phone=(phone(card.phone_code) or None) if people else None,
        entrance=_entrance(counting),
        photo=hash if hash and photo(hash) else "",
        photo_public=_is_released(counting, hash),
        story=story_of(board, viewer, card.id, voices),
    )


class _Said:
    """Values of a thing, each with when and by whom it was said."""

    def __init__(self, board: Board, thing: Thing, voices: Voices) -> None:
        self._rules = board.ledger.rules
        self._voices = voices
        self._fields: dict[str, list[Any]] = thing.state.get("fields", {})
        self._rows = board.ledger.store.get(bytes.fromhex(fact) for _, fact in self._fields.values())

    def field(self, name: str) -> Said | None:
        """One value; None where nobody said."""
        found = self._fields.get(name)
        row = self._rows.get(bytes.fromhex(found[1])) if found else None
        return Said(found[0], said_at_min(row), self._voices.of(row)) if found and row is not None else None

    def of_kind(self, kind: str) -> dict[str, Said]:
        """All values that a kind can say and that stand on such an entry, or that no other kind says."""
        fields = self._rules.kinds[kind].body
        found = {name: self.field(name) for name in fields if name not in self._rules.common}
        return {name: value for name, value in found.items() if value is not None}


def visits(rows: Iterable[Row], from_min: int, to_min: int) -> int | None:
    """Visits counted in (from, to]; None where nobody counted."""
    found = [
        body_of(row)["visits"]
        for row in rows
        if row.kind == "visit.counted" and from_min < said_at_min(row) <= to_min and "visits" in body_of(row)
    ]
    return sum(found) if found else None


def _incidents(rows: Iterable[Row], now: Now) -> list[dict[str, Any]]:
    found = [
        {"incident": body_of(row)["incident"], "count": body_of(row).get("count"), "at_min": said_at_min(row)}
        for row in rows
        if row.kind == "incident.reported" and now.at_min - said_at_min(row) <= INCIDENT_DAYS * DAY_MIN
    ]
    return found[::-1]


def _inspections(rows: Iterable[Row]) -> list[dict[str, Any]]:
    found = [
        {
            "inspection": body_of(row)["inspection"],
            "at_min": said_at_min(row),
            "next": body_of(row).get("next_inspection", ""),
            "failed": body_of(row).get("failed", []),
        }
        for row in rows
        if row.kind == "inspection.done"
    ]
    return found[::-1]


def _orders(board: Board, card: Card) -> list[dict[str, Any]]:
    found = []
    for order in sorted(board.orders.values(), key=lambda one: one.when, reverse=True):
        if not order.concerns(card):
            continue
        done = outcome_at(order, card)
        found.append(
            {
                "id": order.id, "order": order.order, "said_at_min": order.said_at_min,
                "open_by_at_min": order.open_by_at_min, "answer": done.answer, "because": done.because,
                "answered_at_min": done.at_min,
            }
        )  # fmt: skip
    return found


def _entrance(rows: Iterable[Row]) -> dict[str, str] | None:
    found: dict[str, str] | None = None
    for row in rows:
        text = sealed_of(row).get("entrance")
        if text:
            found = dict(text) if isinstance(text, dict) else {"uk": str(text)}
    return found


def _is_released(rows: Iterable[Row], hash: str) -> bool:
    return bool(hash) and any(
        row.kind == "release.decided"
        and "photo" in body_of(row).get("releases", ())
        and body_of(row).get("hash", hash) == hash
        for row in rows
    )


def story_of(board: Board, viewer: Viewer, point: bytes, voices: Voices) -> list[StoryLine]:
    """What was said of a point and what it is tied to, as far as somebody is told it, the newest first."""
    people, counted = viewer.sees_people(point), viewer.sees_counts(point)
    told = []
    for entry in reversed(story(board.ledger, point)):
        kind = entry.row.kind
        if kind == RECEIPT or (kind.startswith("device.") and not people):
            continue
        if kind.startswith(_COUNT_KINDS) and not counted:
            continue
        told.append(_line(board, entry, point, voices, people=people))
        if len(told) == STORY_MOST:
            break
    return told


def _line(board: Board, entry: Entry, point: bytes, voices: Voices, *, people: bool) -> StoryLine:
    known = entry if people else entry._replace(sealed=None)
    first = next(iter(line_of(board.ledger, known, point)))
    return StoryLine(
        record=entry.row.id.hex(),
        kind=entry.row.kind,
        at_min=said_at_min(entry.row),
        happened=entry.happened,
        via=entry.via,
        by=voices.of(entry.row),
        device=board.device_name(entry.row.key.origin) if people else entry.row.key.origin.hex()[:8],
        line=first.partition("  ")[2],
        values={name: value for name, value in (entry.body or {}).items() if name not in ("happened", "via")},
        mark=entry.mark.reason if entry.mark is not None else "",
    )
