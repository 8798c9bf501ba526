"""All points in memory, following the ledger by the number of the last arrival instead of being read anew.

``refresh`` costs one lookup where nothing arrived, and a few reads for each thing that was spoken of. What can change
without a word about the thing itself is followed too: words grow old with the clock; admissions and revocations decide
whether what a device said counts; a receipt puts back the time of an entry from a clock that ran ahead.
"""

from __future__ import annotations

import gc
import threading
from bisect import insort
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

from shanyrak.app.desk.card import Card, Need
from shanyrak.app.desk.reading import EVENTS, EVENTS_MIN, AreaCard, Event, OrderGiven, Reader, read_order
from shanyrak.app.desk.words import body_of, counts, device_names, hex_of
from shanyrak.app.permissions import FUNCTIONS, Viewer
from shanyrak.facts.fact import ChainKey
from shanyrak.facts.ledger import Ledger, Thing
from shanyrak.facts.order import LATEST_AHEAD_MS
from shanyrak.facts.store import ChainState, Row
from shanyrak.facts.trust import AUTHORITY_KINDS, RECEIPT, WITHHELD, receipts_of
from shanyrak.find.trust import Table, default_table
from shanyrak.publish.model import Deployment
from shanyrak.watch.answers import Reply
from shanyrak.watch.silence import OWN_WORDS, Limits

_ANEW = 20_000
"""After so many arrivals at once, reading everything anew is quicker."""
_CHUNK = 4_000
STOCK = frozenset({"stock.counted", "stock.received", "stock.used"})
_PLACES = frozenset({"point.described", "area.described"})
_GEAR = frozenset({"kit", "consignment", "pledge"})
T = TypeVar("T")
MINUTE_MS = 60_000


@dataclass(frozen=True)
class Now:
    """A moment, whole minutes since 1970."""

    at_min: int
    at_ms: int


class Board:
    """See the top of this file. One thread at a time: take ``turn`` while reading what it returns.

    Parameters
    ----------
    deployment : zone and country of opening hours, and which points are hidden by rule
    limits : when a place is silent
    """

    def __init__(
        self,
        ledger: Ledger,
        *,
        now_ms: Callable[[], int],
        deployment: Deployment | None = None,
        limits: Limits | None = None,
        table: Table | None = None,
        turn: threading.RLock | None = None,
    ) -> None:
        self.ledger = ledger
        self.deployment = deployment or Deployment()
        self.table = table or default_table()
        self.limits = limits or Limits(open_min=self.table.fresh_min)
        self.turn = turn or threading.RLock()
        self._now_ms = now_ms
        self.cards: dict[bytes, Card] = {}
        self.areas: dict[str, AreaCard] = {}
        self.orders: dict[str, OrderGiven] = {}
        self.incidents: dict[bytes, list[Event]] = {}
        """by point, of the last days, the oldest first"""
        self.desk_spoke: dict[bytes, tuple[int, int]] = {}
        """by point: when the desk last said something of it, as effective time"""
        self.moves: dict[bytes, list[Event]] = {}
        """by point: what was said of its stock in the last days"""
        self.proposals: dict[bytes, Thing] = {}
        self.forks: dict[tuple[bytes, bytes, bytes], int] = {}
        self.version = 0
        """One more whenever anything here changed."""
        self.gear_version = 0
        """One more whenever something was said of equipment, deliveries, promises."""
        self._seen = -1
        self._authority = ledger.trust.authority
        self._need_at: dict[bytes, bytes] = {}
        self._needs: dict[bytes, dict[str, Need]] = {}
        self._replies: dict[bytes, dict[str, list[Reply]]] = {}
        self._heard: dict[bytes, int] = {}
        self._latest: dict[ChainKey, int] = {}
        """by chain: the latest time that an entry of it was signed with"""
        self._day = ""
        self._aged_at_min = 0
        self._remembered: dict[str, tuple[Hashable, Any]] = {}
        self._names: dict[bytes, str] | None = None

    def refresh(self) -> Now:
        """Follow the ledger and the clock up to now."""
        with self.turn:
            now = self.now()
            reader = Reader(self.ledger, self.deployment, now.at_ms)
            at = self.ledger.store.count()
            day = self._local_day(now.at_ms)
            if self._seen < 0 or at - self._seen > _ANEW:
                with _uncollected():
                    self._read_all(reader, now)
            elif at != self._seen:
                at = self._follow(reader, now)
            elif day != self._day:
                self._read_points(reader, self.ledger.things("point"))  # declared hours are reckoned by the day
                self.version += 1
            self._seen, self._day = at, day
            self._age(now)
            return now

    def now(self) -> Now:
        """The clock."""
        ms = self._now_ms()
        return Now(ms // MINUTE_MS, ms)

    # who sees what -------------------------------------------------------------------------------------
    def seen_by(self, viewer: Viewer, function: str) -> Sequence[Card]:
        """The points somebody may see in a role that has the function, sorted by id."""
        scopes = {one.scope for one in viewer.roles if one.role in FUNCTIONS[function]}
        if self.ledger.net in scopes:
            return list(self.cards.values())
        return [card for card in self.cards.values() if not scopes.isdisjoint(card.around)]

    def remembered(self, name: str, make: Callable[[], T], *, version: Hashable = None) -> T:
        """What follows from everything here, made once for each version of it (or of the part of it that is given)."""
        wanted = self.version if version is None else version
        kept = self._remembered.get(name)
        if kept is None or kept[0] != wanted:
            kept = self._remembered[name] = (wanted, make())
        value: T = kept[1]
        return value

    def device_name(self, key: bytes) -> str:
        """Whose device it is, else the beginning of its key."""
        if self._names is None:
            self._names = device_names(self.ledger)
        return self._names.get(key) or key.hex()[:8]

    def mode_of(self, card: Card) -> str:
        """How things stand in its area; "" where nobody said."""
        area = self.areas.get(card.area)
        return area.mode if area is not None else ""

    # reading -------------------------------------------------------------------------------------------
    def _read_all(self, reader: Reader, now: Now) -> None:
        self.cards, self.areas, self.incidents, self.proposals = {}, {}, {}, {}
        self.orders, self.desk_spoke, self._need_at, self._heard, self.moves = {}, {}, {}, {}, {}
        self._names, self._needs, self._replies = None, {}, {}
        self._authority = self.ledger.trust.authority
        self.areas = {area.id.hex(): reader.area(area) for area in self.ledger.things("area")}
        since_ms = now.at_ms - EVENTS_MIN * MINUTE_MS
        self._read_points(reader, self.ledger.things("point"))
        self._read_needs(reader, self.ledger.things("need"))
        self._events(reader, counts(self.ledger, self.ledger.store.of_kinds(EVENTS, since_ms)))
        for place in self.ledger.things("place"):
            self._proposal(place)
        chains = self.ledger.store.all_chains()
        self.forks = {chain.key: 0 for chain in chains if is_forked(chain)}
        heads = {head for chain in chains for head in chain.heads}
        self._latest = {}
        self._note_latest(self.ledger.store.get(heads).values())
        self.version += 1
        self.gear_version += 1

    def _follow(self, reader: Reader, now: Now) -> int:
        """Take in what arrived since; the number of the last of it."""
        arrived = list(self.ledger.store.arrived(self._seen))
        rows = [row for _, row in arrived]
        touched = {row.about for row in rows}
        events = [row for row in rows if row.kind in EVENTS]
        touched |= self._unsettled(rows)
        self._note_latest(rows)
        late = self._put_back(rows) | self._surrounded(rows)
        touched |= late
        authority = self.ledger.trust.authority
        if authority.headquarters != self._authority.headquarters:
            # Whose receipts count decides over the times of everything.
            self._read_all(reader, now)
            return arrived[-1][0]
        anew = bool(late) or any(row.kind == WITHHELD for row in rows)
        if any(row.kind in AUTHORITY_KINDS for row in rows):
            self._names = None
            others = self._authority.differs(authority)
            spoken = list(self.ledger.store.of_origins(others)) if others else []
            touched |= {row.about for row in spoken}
            anew = anew or any(row.kind in EVENTS for row in spoken)
        self._authority = authority
        if anew:  # what counted may not count any more
            events = self.ledger.store.of_kinds(EVENTS, now.at_ms - EVENTS_MIN * MINUTE_MS)
            self.orders, self.incidents, self.desk_spoke, self._heard, self.moves = {}, {}, {}, {}, {}
            self._names = None
            for given in self._replies.values():
                given.clear()
            for card in self.cards.values():
                card.heard_at_min = card.said_at_min
        for key, state in self.ledger.store.get_chains({row.key for row in rows}).items():
            if is_forked(state):
                self.forks.setdefault(key, now.at_min)
            else:
                self.forks.pop(key, None)
        things = self._things(touched)
        areas = [thing for thing in things if thing.type == "area"]
        if areas:
            self.areas |= {area.id.hex(): reader.area(area) for area in areas}
        self._read_points(reader, (thing for thing in things if thing.type == "point"))
        self._read_needs(reader, (thing for thing in things if thing.type == "need"))
        self._events(reader, counts(self.ledger, events))
        if any(thing.type in _GEAR for thing in things) or any(row.kind == "point.equipping" for row in rows):
            self.gear_version += 1
        for thing in things:
            if thing.type == "place":
                self._proposal(thing)
            elif thing.type == "initiative" and thing.get("archive"):
                for card in [card for card in self.cards.values() if reader.is_remembered(card.id)]:
                    del self.cards[card.id]
        self.version += 1
        return arrived[-1][0] if arrived else self._seen

    def _note_latest(self, rows: Iterable[Row]) -> None:
        for row in rows:
            self._latest[row.key] = max(self._latest.get(row.key, 0), row.at_ms)

    def _unsettled(self, rows: Sequence[Row]) -> set[bytes]:
        """Things that change though nothing new was said about them."""
        found: set[bytes] = set()
        withheld = {hex_of(body_of(row).get("fact")) for row in rows if row.kind in (WITHHELD, "correction.made")}
        found |= {row.about for row in self.ledger.store.get(withheld).values()}
        return found

    def _put_back(self, rows: Sequence[Row]) -> set[bytes]:
        """Things of which something was said by a clock that ran ahead, as a receipt shows.

        A receipt works once the entry is here that it names as the last of its chain: either may come first.
        """
        keys = {row.key for row in rows if row.key in self._latest}
        for row in rows:
            if row.kind == RECEIPT:
                keys |= {line.key for line in receipts_of(self.ledger.rules, row)}
        found: set[bytes] = set()
        for key, receipts in self.ledger.store.receipts_for(keys).items():
            latest = self._latest.get(key, 0)
            if any(latest > one.time_ms + LATEST_AHEAD_MS for one in receipts):
                found |= {one.about for one in self.ledger.store.of_chain(key)}
        return found

    def _surrounded(self, rows: Sequence[Row]) -> set[bytes]:
        """Things of which something was said in a place before anybody knew where that lies."""
        places = {row.id for row in rows if row.kind in _PLACES and row.about == row.id}
        if not places:
            return set()
        areas = {row.id for row in rows if row.kind == "area.described" and row.about == row.id}
        names = {area.hex() for area in areas}
        inside = {card.id for card in self.cards.values() if areas and (card.scope in areas or card.area in names)}
        inside |= {thing for thing, card in self.cards.items() if areas and not areas.isdisjoint(card.around)}
        came = {row.id for row in rows}
        found = set(inside)
        for chain in self.ledger.store.all_chains(places | inside):
            found |= {row.about for row in self.ledger.store.of_chain(chain.key) if row.id not in came}
        return found

    def _things(self, ids: Iterable[bytes]) -> list[Thing]:
        return [thing for id in sorted(ids) if (thing := self.ledger.thing(id)) is not None]

    def _read_points(self, reader: Reader, points: Iterable[Thing]) -> None:
        chunk: list[Thing] = []
        for point in points:
            chunk.append(point)
            if len(chunk) >= _CHUNK:
                self._take(reader.cards(chunk, self.areas))
                chunk = []
        self._take(reader.cards(chunk, self.areas))

    def _take(self, found: Mapping[bytes, Card | None]) -> None:
        added = False
        for id, card in found.items():
            before = self.cards.get(id)
            if card is None:
                self.cards.pop(id, None)
                continue
            # What was said of a point can be here before the point is.
            card.needs = self._needs.setdefault(id, {})
            card.replies = self._replies.setdefault(id, {})
            added = added or before is None
            card.heard_at_min = max(
                (at for at in (card.said_at_min, self._heard.get(id)) if at is not None), default=None
            )
            card.turns_at_min = -1  # not aged yet
            self.cards[id] = card
        if added:
            self.cards = dict(sorted(self.cards.items()))

    def _read_needs(self, reader: Reader, needs: Iterable[Thing]) -> None:
        found: dict[bytes, Need | None] = reader.needs(list(needs))
        for id, need in found.items():
            before = self._needs.get(self._need_at.pop(id, b""))
            if before is not None:
                before.pop(id.hex(), None)
            if need is not None:
                self._need_at[id] = need.point
                self._needs.setdefault(need.point, {})[need.id] = need

    def _events(self, reader: Reader, rows: Iterable[Row]) -> None:
        for row in rows:
            event = reader.event(row)
            point = event.point
            if row.kind in OWN_WORDS:
                self._heard[point] = max(self._heard.get(point, 0), event.at_min)
            card = self.cards.get(point)
            if card is not None and row.kind in OWN_WORDS:
                card.heard_at_min = max(card.heard_at_min or 0, event.at_min)
            if event.by in ("desk", "headquarters") and event.via != "import":
                self.desk_spoke[point] = max(self.desk_spoke.get(point, (0, 0)), event.when)
            if row.kind == "activation.ordered":
                order = read_order(row, event, self.ledger)
                self.orders[order.id] = order
            elif row.kind == "incident.reported":
                _insert(self.incidents.setdefault(point, []), event)
            elif row.kind in STOCK:
                _insert(self.moves.setdefault(point, []), event)
            elif event.reply is not None:
                replied_to, reply = event.reply
                given = self._replies.setdefault(point, {}).setdefault(replied_to, [])
                if all(one.id != reply.id for one in given):
                    insort(given, reply, key=lambda one: (one.when, one.id))

    def _proposal(self, place: Thing) -> None:
        if place.now in ("proposed", "decided"):
            self.proposals[place.id] = place
        else:
            self.proposals.pop(place.id, None)

    def _age(self, now: Now) -> None:
        if now.at_min < self._aged_at_min:  # the clock was put back: everything may be younger
            for card in self.cards.values():
                card.turns_at_min = -1
        self._aged_at_min = now.at_min
        changed = False
        for card in self.cards.values():
            turns = card.turns_at_min
            if turns is not None and turns <= now.at_min:
                changed |= card.grow_old(now.at_min, self.table)
        if changed:
            self.version += 1

    def _local_day(self, at_ms: int) -> str:
        return datetime.fromtimestamp(at_ms / 1000, ZoneInfo(self.deployment.zone)).strftime("%Y-%m-%d")


@contextmanager
def _uncollected() -> Iterator[None]:
    """Without looking for garbage in rings: hundreds of thousands of new objects, all of which stay, a third less."""
    was = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was:
            gc.enable()


def is_forked(chain: ChainState) -> bool:
    """Whether a device went on twice from one place; an entry that is still missing leaves a loose end too."""
    return len(chain.heads) > 1 + len(chain.missing)


def _insert(events: list[Event], event: Event) -> None:
    """Keep events in their order, each once."""
    if all(one.id != event.id for one in events):
        insort(events, event, key=lambda one: (one.when, one.id))
