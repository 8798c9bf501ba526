"""The pen of a device: it writes facts in the device's own name, each following its last one.

What is written is checked first, so that this program never signs what it would not read; where it is said,
which chain it goes on in, and when it is, follows from the store. Nothing is kept here but that.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec

from shanyrak.core.errors import InvalidInput, NotFound, Unavailable
from shanyrak.facts.clock import HybridClock
from shanyrak.facts.fact import (
    FORMAT,
    FOUNDING,
    SALT_BYTES,
    ChainKey,
    Fact,
    Header,
    check_parts,
    make_part,
    read_header,
    signed_bytes,
    write_header,
)
from shanyrak.facts.fold import type_of
from shanyrak.facts.intake import row_of
from shanyrak.facts.rules import Kind, Rules
from shanyrak.facts.signing import Signer
from shanyrak.facts.store import Row, Store
from shanyrak.facts.trust import PLACES, Trust

_CHAIN_BYTES = 16


class Pen:
    """Writes facts for a store; ``write`` and ``forget_chains`` run inside a transaction of it."""

    def __init__(
        self,
        store: Store,
        rules: Rules,
        trust: Trust,
        signer: Signer | None,
        now_ms: Callable[[], int],
        random: Callable[[int], bytes],
    ) -> None:
        self._store = store
        self._rules = rules
        self._trust = trust
        self._signer = signer
        self._now_ms = now_ms
        self._random = random

    def kind(self, name: str) -> Kind:
        """The newest version of a kind."""
        kind = self._rules.kinds.get(name)
        if kind is None:
            raise InvalidInput(f"there is no kind {name!r}", mend="shanyrak say --kinds lists all")
        return kind

    def refuse_unfit(self, kind: Kind, body: dict[str, Any], sealed: dict[str, Any]) -> None:
        """Refuse to say what does not fit its kind."""
        fault = kind.fault(body) or kind.sealed_fault(sealed)
        if fault:
            raise InvalidInput(fault, where=kind.name)

    def scope(self, kind: Kind, about: bytes, body: dict[str, Any]) -> bytes:
        """Where a fact is said: in the place it is about, or in the place around what it creates."""
        if not about and body.get(kind.within):
            about = bytes.fromhex(body[kind.within])
        if kind.scope == "network" or not about or about == self._trust.net:
            return self._trust.net
        row = self._store.get([about]).get(about)
        if row is None:
            raise NotFound("what it is about is not known here", where=about.hex(), mend="shanyrak point list")
        if type_of(self._rules, row) in PLACES:
            return about
        return row.key.scope or self._trust.net

    def write(
        self,
        kind: str,
        version: int,
        body: dict[str, Any],
        *,
        about: bytes,
        scope: bytes,
        sealed: dict[str, Any],
        at_ms: int | None = None,
    ) -> Row:
        """Sign a fact that follows the last one this store said in that scope.

        With ``at_ms`` it bears that time, and the clock stays as it is: a counter beside it would tell which
        of several such facts came next to each other.
        """
        if self._signer is None:
            raise Unavailable("this device has no key", mend="Run shanyrak init, or import a ledger to join a network")
        chain, seq, prev = self._own_chain(scope)
        salt = self._random(SALT_BYTES)
        data, body_hash = make_part(body, salt)
        sealed_salt = self._random(SALT_BYTES) if sealed else None
        sealed_data, sealed_hash = make_part(sealed, sealed_salt) if sealed_salt is not None else (None, b"")
        header = Header(
            about=about.hex(),
            at=self._tick() if at_ms is None else (at_ms, 0),
            body_hash=body_hash.hex(),
            chain=chain.hex(),
            f=FORMAT,
            kind=kind,
            net=self._trust.net.hex() if kind != FOUNDING else "",
            origin=self._signer.public.hex(),
            prev=prev.hex(),
            scope=scope.hex(),
            sealed_hash=sealed_hash.hex(),
            seq=seq,
            v=version,
        )
        raw = write_header(header)
        fact = Fact(raw, self._signer.sign(signed_bytes(raw)), salt, data, sealed_salt, sealed_data)
        check_parts(fact, read_header(raw))
        row = row_of(fact.id, fact, header)
        self._store.put_value(own_chain_value(scope), chain + row.id)
        return row

    def _own_chain(self, scope: bytes) -> tuple[bytes, int, bytes]:
        """Chain, seq and prev of the next fact; a new chain where the old one goes on elsewhere.

        A phone restored from an old image, or cloned, meets facts of its own chain that this store never
        wrote: heads other than its own last fact. From then on it speaks in a chain of its own.
        """
        assert self._signer is not None
        kept = self._store.get_value(own_chain_value(scope))
        if kept is not None:
            chain, last = kept[:_CHAIN_BYTES], kept[_CHAIN_BYTES:]
            key = ChainKey(self._signer.public, chain, scope)
            state = self._store.get_chains([key]).get(key)
            if state is not None and state.heads == (last,):
                return chain, state.top_seq + 1, last
        return self._random(_CHAIN_BYTES), 0, b""

    def _tick(self) -> tuple[int, int]:
        kept = self._store.get_value("clock")
        last = msgspec.msgpack.decode(kept, type=tuple[int, int]) if kept is not None else (0, 0)
        at = HybridClock(self._now_ms, last).tick()
        self._store.put_value("clock", msgspec.msgpack.encode(at))
        return at

    def forget_chains(self) -> None:
        """Begin new chains from now on."""
        for chain in self._store.all_chains():
            self._store.put_value(own_chain_value(chain.key.scope), None)


def own_chain_value(scope: bytes) -> str:
    """Under which name a store keeps the chain it writes in a scope, and its last fact there."""
    return f"own:{scope.hex()}"
