"""The ledger and its exchange, broken on purpose: each is a way in which such systems have lost people's words.

A variant replaces one small part of the real code and leaves the rest as it is.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from hashlib import sha256
from typing import Any
from unittest import mock

from shanyrak.facts import fold
from shanyrak.facts.fact import Fact
from shanyrak.facts.keeping import Keeper
from shanyrak.facts.ledger import Ledger, Standing
from shanyrak.facts.order import Order
from shanyrak.facts.pen import Pen, own_chain_value
from shanyrak.facts.rules import Rules
from shanyrak.facts.schema import Field
from shanyrak.facts.store import Row
from shanyrak.facts.trust import Trust
from tests.simulation.plain_exchange import PlainExchange
from tests.simulation.world import Answering, RealExchange, Variant, visitor_word


class Half:
    """The asked side of a plain exchange."""

    def __init__(self, exchange: PlainExchange, of: Ledger) -> None:
        self._exchange = exchange
        self._ledger = of

    def answer(self, request: bytes) -> bytes:
        """The answer to a request."""
        return self._exchange.answer(self._ledger, request)


class Plain(PlainExchange):
    """The plain exchange as a world uses it: nothing is broken in it."""

    def responder(self, of: Ledger) -> Answering:
        """The side that is asked."""
        return Half(self, of)


class HighWater(Plain):
    """Of each chain only what lies above the other's highest ``seq`` is sent."""

    def summary(self, of: Ledger, scopes: Iterable[bytes] | None) -> Any:
        """The top of every chain, instead of what is here of it."""
        return {"tops": [[*key, top] for key, top in self._tops(self.rows(of, scopes)).items()], "bare": []}

    def missing(self, of: Ledger, scopes: Iterable[bytes] | None, theirs: Any) -> list[Row]:
        """What lies above the other's marks."""
        tops = {tuple(key): top for *key, top in theirs["tops"]}
        return [row for row in self.rows(of, scopes) if row.seq > tops.get(tuple(row.key), -1)]

    def _tops(self, rows: Iterable[Row]) -> dict[tuple[bytes, ...], int]:
        tops: dict[tuple[bytes, ...], int] = {}
        for row in rows:
            tops[tuple(row.key)] = max(row.seq, tops.get(tuple(row.key), -1))
        return tops


@contextmanager
def order_by_receipt() -> Iterator[None]:
    """Facts are folded in the order in which they arrived here."""
    arrivals: dict[int, int] = {}

    def keep(self: Keeper, rows: Sequence[Row], parts: Sequence[Fact] = ()) -> None:
        store = self._store
        first = arrivals.get(id(store), store.count())
        arrivals[id(store)] = first + len(rows)
        real_keep(self, [row._replace(eff_ms=first + k, eff_counter=0) for k, row in enumerate(rows)], parts)

    real_keep = Keeper.keep
    as_it_is = mock.patch.object(Trust, "with_effective_time", lambda self, row: row)
    with mock.patch.object(Keeper, "keep", keep), as_it_is:
        yield


class AcknowledgedByTheSender(RealExchange):
    """What was sent is shown as at headquarters, whether or not it came there."""

    def sync(self, of: Ledger, ask: Callable[[bytes], bytes], scopes: Iterable[bytes] | None) -> object:
        """The side that asks: it notes what it is about to send."""
        of.sent = {row.id for _, row in of.store.arrived()}  # type: ignore[attr-defined]
        return super().sync(of, ask, scopes)


class BelievesItself(Ledger):
    """The ledger of a client that keeps its own list of what was sent."""

    def standing(self, fact: bytes) -> Standing:
        """At headquarters as soon as it was sent."""
        return "headquarters" if fact in getattr(self, "sent", ()) else super().standing(fact)


@contextmanager
def sums_when_they_come(unit: float) -> Iterator[None]:
    """Totals only add, so what comes late is just added, without going back: "its order does not matter".

    With whole numbers (``unit`` 1) that is true. In tenths, as binary fractions, it is not.
    """

    def add(state: dict[str, Any], name: str, value: Any, fact: str, row: Row) -> None:
        totals = state.setdefault("totals", {})
        totals[name] = totals.get(name, 0) + value * unit

    def fold_late(self: Keeper, rows: Sequence[Row], again: set[bytes]) -> None:
        alone = Counter(row.about for row in rows)
        late = [row for row in rows if row.kind == "visit.counted" and alone[row.about] == 1 and row.about not in again]
        known = self._store.get_things([row.about for row in late])
        states = {thing: fold.ThingState.of_row(row) for thing, row in known.items()}
        late = [row for row in late if row.about in states and self._entry(row).order < _last(states[row.about])]
        real_fold(self, [row for row in rows if row not in late], again)
        for row in late:
            state = states[row.about]
            mark = fold.fold_one(state.value, self._rules, self._rules.things.get(state.type), self._entry(row))
            if mark is not None:
                self._store.put_marks([mark])
            self._store.put_things([state.to_row()])

    real_fold = Keeper._fold
    with mock.patch.dict(fold._MERGES, {"add": add}), mock.patch.object(Keeper, "_fold", fold_late):
        yield


def _last(state: fold.ThingState) -> Order:
    assert state.last is not None
    return state.last


@contextmanager
def quarantine_by_arrival() -> Iterator[None]:
    """Whether a signer may say something is judged when it arrives, and never again."""

    def waits(self: Trust, row: Row) -> str:
        judged = self.__dict__.setdefault("_judged", {})
        if row.id not in judged:
            judged[row.id] = real_waits(self, row)
        return str(judged[row.id])

    real_waits = Trust.waits
    with mock.patch.object(Trust, "waits", waits):
        yield


def named_visitor(visitor: bytes, state: str, at_ms: int) -> dict[str, Any]:
    """The minute carries the visitor: nobody would see an id in it."""
    body = visitor_word(visitor, state, at_ms)
    return {**body, "happened": body["happened"].replace(":00Z", f":{sum(visitor) % 60:02d}Z")}


def token_field(rules: Rules) -> Rules:
    """Rules in which a visitor's word may carry a token that makes double counting impossible."""
    kind = rules.kinds["visitor.said"]
    token = Field(name="token", type="code")
    fitting = replace(kind, body={**kind.body, "token": token}, fault=lambda body: "")
    kinds = {**rules.kinds, "visitor.said": fitting}
    return replace(rules, kinds=kinds, versions={**rules.versions, ("visitor.said", kind.v): fitting})


def token_visitor(visitor: bytes, state: str, at_ms: int) -> dict[str, Any]:
    """A token per phone, "so that nobody is counted twice"."""
    return {**visitor_word(visitor, state, at_ms), "token": f"T{sha256(visitor).hexdigest()[:12]}"}


class VisitorsPen(Pen):
    """Begins a chain for every visitor's word."""

    def write(self, kind: str, *rest: Any, **where: Any) -> Row:
        if kind == "visitor.said":
            self._store.put_value(own_chain_value(where["scope"]), None)
        return super().write(kind, *rest, **where)


class ChainPerVisitor(Ledger):
    """Every visitor's word opens a chain of its own (so that words of one visitor could follow each other)."""

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        pen = self._pen
        self._pen = VisitorsPen(pen._store, pen._rules, pen._trust, pen._signer, pen._now_ms, pen._random)


HIGH_WATER = Variant("high-water mark", exchange=HighWater())
PLAIN = Variant("plain exchange", exchange=Plain())
ACKNOWLEDGED = Variant("acknowledged by the sender", ledger=BelievesItself, exchange=AcknowledgedByTheSender())
NAMED_VISITOR = Variant("a visitor in the minute", visitor_word=named_visitor)
TOKEN_VISITOR = Variant("a visitor's token", visitor_word=token_visitor, rules=token_field)
CHAIN_PER_VISITOR = Variant("a chain per visitor", ledger=ChainPerVisitor)
