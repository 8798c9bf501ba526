"""A small network for the tests of framing, file and exchange: devices that speak, and ledgers that hold it.

Everything follows from numbers: keys, chains and random bytes are SHA-256 of a name, the clock is counted.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from typing import Any

from shanyrak.facts.exchange import Ask, Responder
from shanyrak.facts.fact import Fact, Header, make_part, read_header, signed_bytes, write_header
from shanyrak.facts.intake import row_of
from shanyrak.facts.ledger import Ledger
from shanyrak.facts.rules import load_rules
from shanyrak.facts.signing import Signer, verify_all
from shanyrak.facts.store import Row
from shanyrak.facts.stores.memory import MemoryStore

START_MS = 1_768_435_200_000  # 2026-01-15T00:00:00Z
RECOVERY = Signer(hashlib.sha256(b"paper").digest()).public


def drawn(name: str, size: int = 32) -> bytes:
    """Bytes that follow from a name."""
    return hashlib.shake_256(name.encode()).digest(size)


class Device:
    """Signs facts in chains of its own, one for each scope. ``restored`` and ``copy`` make forks."""

    def __init__(self, name: str, net: bytes) -> None:
        self.name = name
        self.net = net
        self.signer = Signer(drawn(f"key of {name}"))
        self._ends: dict[bytes, tuple[int, str]] = {}
        self._said = 0

    def copy(self) -> Device:
        """A clone: the same key and chains, going on from here."""
        other = Device(self.name, self.net)
        other._ends, other._said = dict(self._ends), self._said + 1_000_000
        return other

    def say(
        self,
        kind: str = "status.reported",
        body: dict[str, Any] | None = None,
        *,
        about: bytes = b"",
        scope: bytes | None = None,
        sealed: dict[str, Any] | None = None,
        at: tuple[int, int] | None = None,
        v: int = 1,
    ) -> Fact:
        """The next fact of the chain of ``scope`` (else of the network)."""
        self._said += 1
        scope = self.net if scope is None else scope
        seq, prev = self._ends.get(scope, (0, ""))
        salt = drawn(f"salt {self.name} {self._said}", 16)
        data, body_hash = make_part({} if body is None else body, salt)
        sealed_salt = drawn(f"sealed {self.name} {self._said}", 16) if sealed is not None else None
        sealed_data, sealed_hash = make_part(sealed or {}, sealed_salt) if sealed_salt else (None, b"")
        raw = write_header(
            Header(
                about=about.hex(),
                at=at or (START_MS + self._said * 60_000, 0),
                body_hash=body_hash.hex(),
                chain=drawn(f"chain {self.name} {scope.hex()}", 16).hex(),
                f=1,
                kind=kind,
                net=self.net.hex() if kind != "network.founded" else "",
                origin=self.signer.public.hex(),
                prev=prev,
                scope=scope.hex() if kind != "network.founded" else "",
                sealed_hash=sealed_hash.hex(),
                seq=seq,
                v=v,
            )
        )
        fact = Fact(raw, self.signer.sign(signed_bytes(raw)), salt, data, sealed_salt, sealed_data)
        if kind != "network.founded":
            self._ends[scope] = (seq + 1, fact.id.hex())
        return fact


def founding() -> tuple[bytes, Fact, Device]:
    """A network: its id, its founding fact, and the device that founded it."""
    device = Device("founder", b"")
    fact = device.say("network.founded", {"name": "Drawn", "recovery": RECOVERY.hex()}, scope=b"")
    device.net = fact.id
    return fact.id, fact, device


def row(fact: Fact) -> Row:
    """The row a fact is kept as."""
    return row_of(fact.id, fact, read_header(fact.raw))


class Counted:
    """A clock that goes on by a second whenever it is read, and random bytes that can be foretold."""

    def __init__(self, name: str) -> None:
        self.name = name
        self._reads = self._draws = 0

    def now_ms(self) -> int:
        self._reads += 1
        return START_MS + self._reads * 1_000

    def random(self, size: int) -> bytes:
        self._draws += 1
        return drawn(f"{self.name} {self._draws}", size)


def ledger(
    name: str,
    facts: Sequence[Fact] = (),
    *,
    signer: Signer | None = None,
    verifier: Callable[[Sequence[tuple[bytes, bytes, bytes]]], list[bool]] = verify_all,
) -> Ledger:
    """A ledger in memory that holds these facts."""
    counted = Counted(name)
    made = Ledger(
        MemoryStore(), load_rules(), signer=signer, now_ms=counted.now_ms, random=counted.random, verifier=verifier
    )
    for outcome in made.accept(facts):
        assert outcome.what != "refused", outcome.reason
    return made


def held(of: Ledger) -> dict[bytes, Fact]:
    """All facts of a ledger, with what is beside them."""
    return {row.id: row.fact for _, row in of.store.arrived()}


def asking(of: Ledger) -> Ask:
    """A line to a ledger: its answers come back at once."""
    return Responder(of).answer


def forged(fact: Fact) -> Fact:
    """The same fact with a signature that does not verify."""
    return Fact(fact.raw, bytes(64), fact.salt, fact.body, fact.sealed_salt, fact.sealed)


def bodiless(fact: Fact) -> Fact:
    """The same fact as it is held where its body is not."""
    return Fact(fact.raw, fact.sig, None, None, fact.sealed_salt, fact.sealed)
