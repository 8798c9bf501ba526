"""Little ledgers for tests: a headquarters, a desk, a host with a phone, and a clock that a test sets."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from random import Random
from typing import Any

from shanyrak.facts.fact import Fact, with_parts
from shanyrak.facts.ledger import Ledger
from shanyrak.facts.rules import load_rules
from shanyrak.facts.signing import Signer
from shanyrak.facts.stores.memory import MemoryStore
from tests.simulation.speech import Speaker

MINUTE_MS = 60_000
HOUR_MS = 60 * MINUTE_MS
DAY_MS = 24 * HOUR_MS
NOON_MS = 1_768_046_400_000  # 2026-01-10, 12:00 UTC
OTHERS = ("second", "desk", "host", "giver")
"""Devices of a drawn history beside the first headquarters."""


class People:
    """Keys by name, one clock, and ledgers that share nothing else."""

    def __init__(self, seed: int = 0) -> None:
        self.draw = Random(seed)
        self.now = NOON_MS
        self.keys: dict[str, Signer] = {}
        self.paper = Signer.from_seed(self.draw.randbytes(32))

    def key(self, name: str) -> Signer:
        """The key of somebody."""
        if name not in self.keys:
            self.keys[name] = Signer.from_seed(self.draw.randbytes(32))
        return self.keys[name]

    def ledger(self, name: str = "", store: MemoryStore | None = None, *, ahead_ms: int = 0) -> Ledger:
        """A ledger of somebody, empty unless a store is given; their clock may be ahead."""
        return Ledger(
            MemoryStore() if store is None else store,
            load_rules(),
            signer=self.key(name) if name else None,
            now_ms=lambda: self.now + ahead_ms,
            random=self.draw.randbytes,
        )

    def founded(self) -> Ledger:
        """A headquarters that has just founded a network."""
        ledger = self.ledger("headquarters")
        ledger.found("Warm places", recovery=self.paper.public)
        return ledger

    def admit(self, ledger: Ledger, name: str, role: str, about: bytes = b"") -> bytes:
        """Somebody is admitted, for the whole network unless told where."""
        body = {"key": self.key(name).public.hex(), "role": role}
        return ledger.say("device.admitted", body, about=about or ledger.net).id

    def revoke(self, ledger: Ledger, name: str) -> bytes:
        """What somebody was admitted to ends."""
        body = {"key": self.key(name).public.hex(), "cause": "stolen"}
        return ledger.say("device.revoked", body, about=ledger.net).id


def facts(ledger: Ledger) -> list[Fact]:
    """All facts of a ledger in order of arrival."""
    return [row.fact for _, row in ledger.store.arrived()]


def give(source: Ledger, *others: Ledger) -> None:
    """All that one ledger has goes to others."""
    for other in others:
        other.accept(facts(source))


def only(source: Ledger, wanted: Callable[[Any], bool]) -> list[Fact]:
    """The facts of a ledger whose header fits."""
    return [fact for fact in facts(source) if wanted(fact.header())]


def seen(ledger: Ledger) -> tuple[Any, ...]:
    """All that follows from the set of facts: states, marks, effective times, chains, links, what is here."""
    rows = sorted(row for _, row in ledger.store.arrived())
    return (
        ledger.state_hash().hex(),
        [row.state for row in ledger.store.all_things()],
        ledger.store.marks(),
        [
            (row.id, row.kind, row.eff_ms, row.eff_counter, row.fact.body is None, row.fact.sealed is None)
            for row in rows
        ],
        ledger.store.all_chains(),
        sorted({link for row in rows for link in ledger.store.links_of(row.about)}),
    )


def taken_in(people: People, founding: Fact, batches: Iterable[Iterable[Fact]]) -> Ledger:
    """A new ledger that takes facts in batches, the founding one first."""
    ledger = people.ledger()
    ledger.accept([founding])
    for batch in batches:
        ledger.accept(list(batch))
    return ledger


def in_any_order(people: People, source: Ledger, times: int = 12) -> list[tuple[Any, ...]]:
    """What is seen when the facts of a ledger come one by one, in ``times`` drawn orders."""
    founding, *rest = facts(source)
    outcomes = []
    for _ in range(times):
        people.draw.shuffle(rest)
        outcomes.append(seen(taken_in(people, founding, ([fact] for fact in rest))))
    return outcomes


class History:
    """A drawn history: several devices speak, with forks, equal times, clocks ahead, receipts, revocations.

    ``facts`` is everything that was said, each with its body if any device ever had it; the founding fact first.
    """

    def __init__(self, seed: int, *, words: int = 25, kinds: tuple[str, ...] = ()) -> None:
        self.people = people = People(seed)
        self.draw = draw = people.draw
        self.speaker = Speaker(load_rules(), draw)
        self.kinds = kinds
        hq = people.founded()
        area = hq.say("area.described", {"name": "Left bank"}).id
        self.points = [hq.say("point.described", {}, scope=area).id for _ in range(2)]
        people.admit(hq, "second", "headquarters")
        people.admit(hq, "desk", "desk", area)
        people.admit(hq, "host", "host", self.points[0])
        others = [people.ledger(name, ahead_ms=draw.choice((0, DAY_MS, 400 * DAY_MS, -DAY_MS))) for name in OTHERS]
        self.devices = [hq, *others]
        self.facts: dict[bytes, Fact] = {}
        self._see(hq)
        give(hq, *others)
        for _ in range(words):
            self._one(draw.choice(self.devices))
        founding = hq.net
        rest = [fact for fact in self.facts if fact != founding]
        self.founding = self.facts[founding]
        self.rest = [self.facts[fact] for fact in rest]

    def _see(self, *ledgers: Ledger) -> None:
        for ledger in ledgers:
            for fact in facts(ledger):
                kept = self.facts.get(fact.id)
                self.facts[fact.id] = fact if kept is None else with_parts(kept, fact)

    def _one(self, ledger: Ledger) -> None:
        draw, people = self.draw, self.people
        people.now += draw.choice((0, 0, 0, 1, HOUR_MS))  # many devices speak in the same millisecond
        chance = draw.random()
        if chance < 0.10:
            give(ledger, draw.choice(self.devices))
        elif chance < 0.18 and len(self.devices) < 7:
            twin = Ledger(
                ledger.store.snapshot(),  # type: ignore[attr-defined]
                ledger.rules,
                signer=ledger.signer,
                now_ms=lambda: people.now,
                random=draw.randbytes,
            )
            self.devices.append(twin)
            self.now_both_speak(ledger, twin)
        elif chance < 0.28:
            witness = draw.choice(self.devices[:2])
            give(ledger, witness)
            witness.note_receipts([chain.key for chain in witness.store.all_chains()])
            self._see(witness)
        elif chance < 0.32:
            people.revoke(self.devices[0], draw.choice(OTHERS))
        elif chance < 0.38:
            row = draw.choice([row for _, row in ledger.store.arrived() if row.kind in self.speaker.kinds])
            body = {"fact": row.id.hex(), "reason": "asked", "part": draw.choice(("body", "sealed", "both"))}
            self._see(ledger)
            ledger.say("body.withheld", body, about=row.about, scope=row.key.scope)
        else:
            self._speak(ledger)
        self._see(ledger)

    def now_both_speak(self, ledger: Ledger, twin: Ledger) -> None:
        """Two devices with one key go on in one chain, in the same millisecond."""
        for k, one in enumerate((ledger, twin)):
            one.say("visit.counted", {"visits": 10 + k}, about=self.points[0])
            self._see(one)

    def _speak(self, ledger: Ledger) -> None:
        draw, speaker = self.draw, self.speaker
        kind = speaker.kinds[draw.choice(self.kinds)] if self.kinds else speaker.kind()
        about = draw.choice(self.points)
        if "point" not in kind.about and kind.about != ("any",):
            if not kind.creates:
                return
            about = b""
        ids = [*self.points, self.founding_id]
        body = speaker.body(kind.body, lambda of: draw.choice(ids).hex())
        sealed = speaker.body(kind.sealed, lambda of: draw.choice(ids).hex())
        ledger.say(kind.name, body, about=about, sealed=sealed, scope=None if about else draw.choice(self.points))

    @property
    def founding_id(self) -> bytes:
        """Id of the network."""
        return self.devices[0].net

    def merged(self, draw: Random, sizes: tuple[int, ...] = (1, 1, 2, 5, 20, 100)) -> tuple[Any, ...]:
        """What is seen when the facts come in a drawn order, in batches of drawn sizes, some of them twice."""
        rest = [*self.rest, *draw.sample(self.rest, len(self.rest) // 4)]
        draw.shuffle(rest)
        batches, first = [], 0
        while first < len(rest):
            size = draw.choice(sizes)
            batches.append(rest[first : first + size])
            first += size
        ledger = taken_in(self.people, self.founding, batches)
        return self.settled(ledger)

    def settled(self, ledger: Ledger) -> tuple[Any, ...]:
        """What is seen once bodies have come again that somebody withheld whose word does not count after all."""
        ledger.accept(self.rest)
        return seen(ledger)
