"""Little ledgers for tests: a headquarters, a desk, a host with a phone, and a clock that a test sets."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from random import Random
from typing import Any

from shanyrak.facts.fact import Fact
from shanyrak.facts.ledger import Ledger
from shanyrak.facts.rules import load_rules
from shanyrak.facts.signing import Signer
from shanyrak.facts.stores.memory import MemoryStore

MINUTE_MS = 60_000
HOUR_MS = 60 * MINUTE_MS
DAY_MS = 24 * HOUR_MS
NOON_MS = 1_768_046_400_000  # 2026-01-10, 12:00 UTC


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
