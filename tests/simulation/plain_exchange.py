"""The plainest exchange there can be: each side names everything it has, and the other sends the rest.

It is what the real exchange is measured against, and what broken exchanges are made from. Messages are
msgpack: ``{"have": {chain: ids}, "scopes": ...}`` is answered by what is missing and what is wanted, and
``{"give": facts}`` by what became of them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import msgspec

from shanyrak.core.errors import InvalidInput, Unavailable
from shanyrak.facts.fact import Fact
from shanyrak.facts.ledger import Ledger
from shanyrak.facts.store import Row

BATCH = 20
_encode = msgspec.msgpack.encode


class PlainExchange:
    """Two halves, like the real one: ``answer`` on the side that is asked, ``sync`` on the side that asks."""

    def summary(self, ledger: Ledger, scopes: Iterable[bytes] | None) -> Any:
        """What a side tells of itself: here, all it has, and where it lacks a body."""
        rows = self.rows(ledger, scopes)
        return {"ids": [row.id for row in rows], "bare": [row.id for row in rows if row.fact.body is None]}

    def missing(self, ledger: Ledger, scopes: Iterable[bytes] | None, theirs: Any) -> list[Row]:
        """What this side has and the other does not, by the other's summary."""
        there, bare = set(theirs["ids"]), set(theirs["bare"])
        return [
            row
            for row in self.rows(ledger, scopes)
            if row.id not in there or (row.id in bare and row.fact.body is not None)
        ]

    def rows(self, ledger: Ledger, scopes: Iterable[bytes] | None) -> list[Row]:
        """Facts of these scopes, the founding fact always, in order of arrival."""
        wanted = None if scopes is None else {*scopes, b""}
        return [row for _, row in ledger.store.arrived() if wanted is None or row.key.scope in wanted]

    def answer(self, ledger: Ledger, data: bytes) -> bytes:
        """The asked side."""
        message = _read(data)
        if "give" in message:
            given = [_fact(one) for one in message["give"]]
            return _encode({"outcomes": [[o.id, o.what, o.reason] for o in ledger.accept(given)]})
        rows = self.missing(ledger, message["scopes"], message["mine"])
        summary = self.summary(ledger, message["scopes"])
        return _encode({"facts": [_wire(row.fact) for row in rows], "mine": summary})

    def sync(self, ledger: Ledger, ask: Callable[[bytes], bytes], scopes: Iterable[bytes] | None = None) -> None:
        """The asking side: take what is missing here, give what is missing there."""
        chosen = None if scopes is None else sorted(scopes)
        answer = _read(ask(_encode({"scopes": chosen, "mine": self.summary(ledger, chosen)})))
        found = [_fact(one) for one in answer["facts"]]
        for first in range(0, len(found), BATCH):
            ledger.accept(found[first : first + BATCH])
        missing = [_wire(row.fact) for row in self.missing(ledger, chosen, answer["mine"])]
        for first in range(0, len(missing), BATCH):
            _read(ask(_encode({"give": missing[first : first + BATCH]})))


def _wire(fact: Fact) -> list[bytes | None]:
    return [fact.raw, fact.sig, fact.salt, fact.body, fact.sealed_salt, fact.sealed]


def _fact(values: list[bytes | None]) -> Fact:
    raw, sig, *parts = values
    assert raw is not None and sig is not None
    return Fact(raw, sig, *parts)


def _read(data: bytes) -> Any:
    try:
        return msgspec.msgpack.decode(data)
    except msgspec.DecodeError as fault:
        raise Unavailable("the message was cut") from InvalidInput(str(fault))
