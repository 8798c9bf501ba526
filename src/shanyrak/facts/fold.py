"""The fold: what a thing is, out of what was said of it (``spec/kinds.md`` has the rules for every language).

State is a pure function of the set of facts: same facts, same state, in whatever order they came. Facts are
folded in their one order (``order.py``); one that is new and last costs one step, one that came late costs
the steps after it, from the nearest checkpoint on. The fold reads no clock and no sealed part.
"""

from __future__ import annotations

import hashlib
from bisect import insort
from collections.abc import Callable, Iterable, Sequence
from operator import attrgetter
from typing import Any, NamedTuple

import msgspec

from shanyrak.facts.order import Order
from shanyrak.facts.rules import Kind, Rules, ThingType
from shanyrak.facts.store import Mark, Row, ThingRow

RECENT = 8
"""How many values a field merged as ``recent`` keeps."""
CHECKPOINT_EVERY = 32
CHECKPOINTS = 8

_encode = msgspec.json.Encoder(order="sorted").encode
_decode = msgspec.json.decode
_pack = msgspec.msgpack.encode
_unpack = msgspec.msgpack.decode


class Entry(NamedTuple):
    """A fact as the fold sees it."""

    row: Row
    body: dict[str, Any] | None
    """None: withheld, or not here."""
    waits: str
    """Why it does not count; empty if it does."""

    @property
    def order(self) -> Order:
        """Its place among all facts."""
        return self.row.order


class ThingState:
    """One thing while facts are folded into it."""

    __slots__ = ("_last", "checkpoints", "id", "names_changed", "steps", "type", "value")

    def __init__(self, thing: bytes, type: str, value: dict[str, Any] | None = None) -> None:
        self.id = thing
        self.type = type
        self.value: dict[str, Any] = {"type": type} if value is None else value
        self._last: Order | Entry | None = None
        self.steps = 0
        self.checkpoints: list[tuple[bytes, bytes]] = []
        self.names_changed = False
        """A name was said since this was read (a field ``name`` or ``names``): the index of names must follow."""

    @property
    def last(self) -> Order | None:
        """The place of the last fact folded in; None before the first."""
        return self._last.order if isinstance(self._last, Entry) else self._last

    @classmethod
    def of_row(cls, row: ThingRow) -> ThingState:
        """A thing as it was kept."""
        thing = cls(row.id, row.type, _decode(row.state))
        thing._last = read_order(row.last)
        thing.steps, checkpoints = _unpack(row.extra)
        thing.checkpoints = [(bytes(at), bytes(state)) for at, state in checkpoints]
        return thing

    def to_row(self) -> ThingRow:
        """The thing as it is kept."""
        last = self.last
        assert last is not None
        state = _encode(self.value)
        extra = _pack((self.steps, self.checkpoints))
        return ThingRow(self.id, self.type, state, hashlib.sha256(state).digest(), write_order(last), extra)

    def step(self, rules: Rules, entry: Entry) -> Mark | None:
        """Fold one fact in that comes after all others here."""
        self._last = entry
        body = entry.body
        mark = fold_one(self.value, rules, rules.things.get(self.type), entry)
        if body is None or "name" in body or "names" in body:
            self.names_changed = True
        self.steps += 1
        if self.steps % CHECKPOINT_EVERY == 0:
            self._remember()
        return mark

    def back_to(self, order: Order) -> Order | None:
        """Go back to the last checkpoint before ``order``; None where all must be folded anew."""
        wanted = write_order(order)
        while self.checkpoints and self.checkpoints[-1][0] >= wanted:
            self.checkpoints.pop()
        if not self.checkpoints:
            self.value = {"type": self.type}
            self.steps = 0
            self._last = None
            return None
        at, state = self.checkpoints[-1]
        self.steps, self.value = msgspec.json.decode(state)
        self._last = read_order(at)
        return self._last

    def _remember(self) -> None:
        last = self.last
        assert last is not None
        self.checkpoints.append((write_order(last), _encode([self.steps, self.value])))
        if len(self.checkpoints) > CHECKPOINTS:
            # Keep the newest and thin the rest: far back, fewer are needed.
            del self.checkpoints[-4:0:-2]


def fold_one(state: dict[str, Any], rules: Rules, thing: ThingType | None, entry: Entry) -> Mark | None:
    """Fold one fact into the state of its thing; the mark it gets where it does not count as it stands."""
    row, body, waits = entry
    kind = rules.versions.get((row.kind, row.v))
    if kind is None:
        return _listed(state, "newer", row.id, f"{row.kind} version {row.v} is newer than this program")
    silent = kind.silent
    if waits:
        return Mark(row.id, "waits", waits) if silent else _listed(state, "waits", row.id, waits)
    if body is None:
        if not silent:
            _listed(state, "withheld", row.id, "")
        return None
    fault = kind.fault(body) or _misplaced(kind, row, state["type"])
    if fault:
        return Mark(row.id, "unfit", fault) if silent else _listed(state, "unfit", row.id, fault)
    if silent:
        return None
    fact = row.id.hex()
    move = thing.moves.get(kind.name) if thing is not None else None
    if move is not None:
        now = state.get("state", ("",))[0]
        if now not in move[0]:
            reason = f"{kind.name} does not follow {now or 'nothing'!r}"
            return _listed(state, "conflicts", row.id, reason, "conflict")
        state["state"] = [move[1], fact]
    fields = kind.body
    for name, value in body.items():
        merge = fields[name].merge  # that it is a field was seen above
        if merge == "last":
            state.setdefault("fields", {})[name] = [value, fact]
        elif merge != "none":
            _MERGES[merge](state, name, value, fact, row)
    return None


def _misplaced(kind: Kind, row: Row, type: str) -> str:
    """Why a kind cannot be said of this thing; empty where it can."""
    if row.about == row.id:
        return "" if kind.creates else f"{kind.name} must say what it is about"
    if kind.about == ("any",) or type in kind.about or type == kind.creates:
        return ""
    return f"{kind.name} is not said of a {type}" if type else "what it is about is not known here yet"


def _listed(state: dict[str, Any], member: str, fact: bytes, reason: str, mark: str = "") -> Mark:
    ids: list[str] = state.setdefault(member, [])
    text = fact.hex()
    if text not in ids:
        insort(ids, text)
    return Mark(fact, mark or member, reason)


def _count(state: dict[str, Any], name: str, value: Any, fact: str, row: Row) -> None:
    state.setdefault("sums", {})[name] = {"base": value, "fact": fact, "plus": 0}


def _delta(sign: int) -> Callable[[dict[str, Any], str, Any, str, Row], None]:
    def merge(state: dict[str, Any], name: str, value: Any, fact: str, row: Row) -> None:
        sums = state.setdefault("sums", {})
        entry = sums.setdefault(name, {"base": None, "fact": "", "plus": 0})
        entry["plus"] += sign * value

    return merge


def _add(state: dict[str, Any], name: str, value: Any, fact: str, row: Row) -> None:
    totals = state.setdefault("totals", {})
    totals[name] = totals.get(name, 0) + value


def _source(state: dict[str, Any], name: str, value: Any, fact: str, row: Row) -> None:
    state.setdefault("sources", {}).setdefault(name, {})[row.key.origin.hex()] = [value, fact]


def _recent(state: dict[str, Any], name: str, value: Any, fact: str, row: Row) -> None:
    values = state.setdefault("recent", {}).setdefault(name, [])
    values.append([value, fact])
    del values[:-RECENT]


def _union(state: dict[str, Any], name: str, value: Any, fact: str, row: Row) -> None:
    values = state.setdefault("sets", {}).setdefault(name, [])
    for item in value if isinstance(value, list) else [value]:
        if item not in values:
            insort(values, item, key=_encode)


_MERGES: dict[str, Callable[[dict[str, Any], str, Any, str, Row], None]] = {
    "count": _count,
    "plus": _delta(1),
    "minus": _delta(-1),
    "add": _add,
    "source": _source,
    "recent": _recent,
    "union": _union,
}


def type_of(rules: Rules, creating: Row | None) -> str:
    """The type of a thing, read off its creating fact alone; empty while that is not here."""
    kind = rules.kind(creating.kind, creating.v) if creating is not None else None
    return kind.creates if kind is not None else ""


def fold_thing(rules: Rules, thing: bytes, entries: Sequence[Entry]) -> tuple[ThingState, list[Mark]]:
    """A thing out of everything said of it, in any order: the plain twin of keeping it up."""
    creating = next((entry.row for entry in entries if entry.row.id == thing), None)
    state = ThingState(thing, type_of(rules, creating))
    marks = (state.step(rules, entry) for entry in in_order(entries))
    return state, [mark for mark in marks if mark is not None]


def root_hash(version: bytes, things: Iterable[tuple[bytes, bytes]]) -> bytes:
    """The state hash of a ledger: over the rules' version and (thing, state hash), sorted by thing."""
    root = hashlib.sha256(b"shanyrak/state/1\n" + version)
    for thing, state_hash in things:
        root.update(thing + state_hash)
    return root.digest()


def in_order(entries: Iterable[Entry]) -> list[Entry]:
    """The entries as they are folded."""
    return sorted(entries, key=_order_of)


_order_of = attrgetter("row.eff_ms", "row.eff_counter", "row.key.origin", "row.id")
"""``Row.order``, without making one for each."""


def write_order(order: Order) -> bytes:
    """An order as 8 + 4 + 32 + 32 bytes that sort as it does."""
    return order.ms.to_bytes(8, "big") + order.counter.to_bytes(4, "big") + order.origin + order.id


def read_order(data: bytes) -> Order:
    """The order out of its bytes."""
    return Order(int.from_bytes(data[:8], "big"), int.from_bytes(data[8:12], "big"), data[12:44], data[44:76])
