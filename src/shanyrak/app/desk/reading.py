"""From entries of the ledger to what the desk's table holds: many points with few reads."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from shanyrak.app.desk.card import Card, Need
from shanyrak.app.desk.model import Labels, Who
from shanyrak.app.desk.words import Voices, body_of, counts, hex_of, labels, said_at_min, until_min
from shanyrak.app.points import twin_of
from shanyrak.facts.ledger import Ledger, Thing
from shanyrak.facts.said import via_of
from shanyrak.facts.store import Row
from shanyrak.publish.hours import evaluated
from shanyrak.publish.model import Deployment
from shanyrak.publish.record import Record
from shanyrak.publish.view_points import place_decided
from shanyrak.watch.answers import Reply
from shanyrak.watch.contradicted import contradiction, words_on
from shanyrak.watch.silence import OWN_WORDS

EVENTS = (*sorted(OWN_WORDS), "activation.ordered")
"""Kinds that the table follows one by one, beside the state of things."""
EVENTS_MIN = 8 * 24 * 60
"""How far back."""
_LISTS = ("list.entered", "list.left")
_UNTIL = {"open": "open_until", "paused": "back_at"}
_ONE_BY_ONE = 200
"""Of so many points the lists are looked up; of more, everything said of lists is read at once."""


@dataclass(frozen=True)
class AreaCard:
    """An area of the network."""

    id: str
    names: Labels
    map_name: str
    districts: tuple[str, ...]
    mode: str
    mode_said_at_min: int | None
    made_up: bool


@dataclass(frozen=True)
class Event:
    """One thing that happened at a point."""

    id: str
    point: bytes
    kind: str
    when: tuple[int, int]
    """effective time"""
    at_min: int
    by: Who
    via: str
    values: Mapping[str, Any]
    reply: tuple[str, Reply] | None = None
    """(order, what was answered)"""


@dataclass(frozen=True)
class OrderGiven:
    """An order as it was given."""

    id: str
    order: Literal["open", "stand_down"]
    about: bytes
    """area or point"""
    area: str
    district: str
    points: frozenset[str]
    """only these; empty: all"""
    when: tuple[int, int]
    said_at_min: int
    open_by_at_min: int | None
    by: bytes
    """key of the device"""

    def concerns(self, card: Card) -> bool:
        """Whether it was meant for a point."""
        if self.about == card.id:
            return True
        if self.about not in card.around and self.about.hex() != card.area:
            return False
        if self.points:
            return card.id.hex() in self.points
        return card.is_expected and self.district in ("", card.district)


def read_order(row: Row, event: Event, ledger: Ledger) -> OrderGiven:
    """An ``activation.ordered``."""
    body = body_of(row)
    about = ledger.thing(row.about)
    area = row.about.hex() if about is not None and about.type == "area" else ""
    if about is not None and about.type == "point":
        area = about.get("area") or ""
    return OrderGiven(
        row.id.hex(), body["order"], row.about, area, body.get("district", ""), frozenset(body.get("points", ())),
        event.when, event.at_min, until_min(body.get("open_by")), row.key.origin,
    )  # fmt: skip


class Reader:
    """Reads the ledger as it is now.

    Parameters
    ----------
    now_ms : whose day the declared hours are reckoned from
    """

    def __init__(self, ledger: Ledger, deployment: Deployment, now_ms: int) -> None:
        self._ledger = ledger
        self._deployment = deployment
        self._now_ms = now_ms
        self._voices = Voices(ledger)
        self._trust = ledger.trust
        self._archives: set[str] | None = None
        self._hours_of: dict[tuple[str, str, str], Any] = {}
        self._record: Record | None = None

    def area(self, thing: Thing) -> AreaCard:
        """An area as it is called, and how things stand there."""
        said = thing.state.get("fields", {}).get("mode")
        row = self._ledger.store.get([hex_of(said[1])]).get(hex_of(said[1])) if said else None
        names = labels(thing)
        name = str(thing.get("name") or "")
        return AreaCard(
            thing.id.hex(), names or ({"en": name} if name else {}), name, tuple(thing.get("districts") or ()),
            str(said[0]) if said else "", said_at_min(row) if row is not None else None, bool(thing.get("made_up")),
        )  # fmt: skip

    def is_remembered(self, point: bytes) -> bool:
        """Whether a point belongs to an initiative that is only told from sources."""
        thing = self._ledger.thing(point)
        return thing is not None and thing.get("initiative") in self._remembered()

    def _remembered(self) -> set[str]:
        if self._archives is None:
            self._archives = {one.id.hex() for one in self._ledger.things("initiative") if one.get("archive")}
        return self._archives

    # points --------------------------------------------------------------------------------------------
    def cards(self, points: Sequence[Thing], areas: Mapping[str, AreaCard]) -> dict[bytes, Card | None]:
        """Points as the table holds them; None where one is only remembered."""
        if not points:
            return {}
        store = self._ledger.store
        wanted = {hex_of(fact) for point in points for fact in (*words_on(point), *_facts(point))}
        rows = store.get(wanted | {point.id for point in points})
        lists = self._lists(points)
        return {point.id: self._card(point, rows, lists.get(point.id, {}), areas) for point in points}

    def _card(
        self, point: Thing, rows: Mapping[bytes, Row], lists: dict[str, tuple[str, bool]], areas: Mapping[str, AreaCard]
    ) -> Card | None:
        if point.get("initiative") in self._remembered():
            return None
        made = rows.get(point.id)
        scope = made.key.scope if made is not None else self._ledger.net
        around = (point.id, *self._trust.within(scope if scope != point.id else self._ledger.net))
        area = point.get("area") or next((one.hex() for one in around if one.hex() in areas), "")
        official = [number for number, is_official in lists.values() if is_official]
        card = Card(
            id=point.id,
            scope=scope,
            around=around,
            names=labels(point),
            kind=str(point.get("kind", "")),
            address=str(point.get("address", "")),
            district=str(point.get("district", "")),
            area=area,
            operator=str(point.get("operator", "")),
            lon_e7=point.get("lon_e7"),
            lat_e7=point.get("lat_e7"),
            seats=point.get("seats"),
            for_good=bool(point.get("for_good")),
            contradiction=contradiction(self._ledger, point, rows),
            hours=self._hours(point, rows),
            opens_within_min=point.get("opens_within_min"),
            official=bool(official),
            number=official[0] if official else "",
            lists={name: number for name, (number, _) in sorted(lists.items())},
            phone_code=str(point.get("duty_phone", "")),
            twin_of=twin_of(point) or "",
            place=self._place(point),
        )
        self._state(card, point, rows)
        said = point.state.get("fields", {}).get("band")
        if said and hex_of(said[1]) in rows:
            card.band, card.band_at_min = str(said[0]), said_at_min(rows[hex_of(said[1])])
        return card

    def _state(self, card: Card, point: Thing, rows: Mapping[bytes, Row]) -> None:
        said = point.state.get("state")
        row = rows.get(hex_of(said[1])) if said else None
        if row is None:
            return
        card.state = point.now  # type: ignore[assignment]  # of the state table
        card.said, card.said_at_min = (row.eff_ms, row.eff_counter), said_at_min(row)
        card.by = self._voices.of(row)
        card.until_at_min = until_min(body_of(row).get(_UNTIL.get(card.state, "")))

    def _hours(self, point: Thing, rows: Mapping[bytes, Row]) -> Any:
        said = point.state.get("fields", {}).get("opening_hours")
        row = rows.get(hex_of(said[1])) if said else None
        if said is None or row is None:
            return None
        body = body_of(row)
        first, last = body.get("hours_from", ""), body.get("hours_until", "")
        asked = (said[0], first, last)
        if asked not in self._hours_of:
            zone, country = self._deployment.zone, self._deployment.country
            self._hours_of[asked] = evaluated(said[0], self._now_ms, zone, country, first, last).open_at_min
        return self._hours_of[asked]

    def _place(self, point: Thing) -> Literal["public", "blurred", "hidden"]:
        if self._record is None:
            self._record = Record(self._ledger)
        return place_decided(self._record, point, self._deployment)  # type: ignore[return-value]

    def _lists(self, points: Sequence[Thing]) -> dict[bytes, dict[str, tuple[str, bool]]]:
        """Lists each point is on: name -> (number on it, whether it is the official one)."""
        if len(points) <= _ONE_BY_ONE:
            rows = [row for point in points for row in self._ledger.store.of_thing(point.id) if row.kind in _LISTS]
        else:
            wanted = {point.id for point in points}
            rows = [row for row in self._ledger.store.of_kinds(_LISTS) if row.about in wanted]
        found: dict[bytes, dict[str, tuple[str, bool]]] = {}
        for row in counts(self._ledger, rows):
            body = body_of(row)
            if row.kind == "list.entered":
                here = found.setdefault(row.about, {})
                here[body["list"]] = (body.get("number", ""), body.get("official", False))
            else:
                found.get(row.about, {}).pop(body["list"], None)
        return found

    # what happened -------------------------------------------------------------------------------------
    def needs(self, things: Sequence[Thing]) -> dict[bytes, Need | None]:
        """Open needs; None where one was met, or is about no point."""
        facts = [hex_of(thing.state["state"][1]) for thing in things if thing.now == "raised"]
        rows = self._ledger.store.get(facts)
        return {thing.id: self._need(thing, rows) for thing in things}

    def _need(self, thing: Thing, rows: Mapping[bytes, Row]) -> Need | None:
        point = hex_of(thing.get("point"))
        said = thing.state.get("state")
        if thing.now != "raised" or not point or not said:
            return None
        row = rows[hex_of(said[1])]
        lasts = thing.get("lasts_min")
        urgent, short_of = bool(thing.get("urgent")), str(thing.get("short_of", ""))
        return Need(thing.id.hex(), point, short_of, lasts, urgent, said_at_min(row))

    def event(self, row: Row) -> Event:
        """An entry of one of ``EVENTS``."""
        body = body_of(row)
        at_min = said_at_min(row)
        when, id = (row.eff_ms, row.eff_counter), row.id.hex()
        reply = None
        if row.kind == "activation.acknowledged":
            within = body.get("opens_within_min")
            reply = (body["acknowledged"], Reply(True, at_min, "", within, when, id))
        elif row.kind == "activation.refused":
            reply = (body["refused"], Reply(False, at_min, body.get("refused_because", ""), None, when, id))
        point = hex_of(body.get("point")) if row.kind == "need.raised" else row.about
        by, via = self._voices.of(row), via_of(row)
        return Event(id, point or row.about, row.kind, when, at_min, by, via, body, reply)


def _facts(point: Thing) -> list[str]:
    """Entries that single fields stand on and that are looked at."""
    fields = point.state.get("fields", {})
    return [fields[name][1] for name in ("opening_hours", "band") if name in fields]
