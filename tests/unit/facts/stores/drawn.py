"""Small rows to draw examples with: number 7 is the seventh device, point or fact, and so on."""

from __future__ import annotations

from shanyrak.facts.fact import ChainKey, Fact
from shanyrak.facts.store import Row, ThingRow


def id_of(number: int) -> bytes:
    """32 bytes that end in a number."""
    return number.to_bytes(32, "big")


def chain(origin: int = 1, chain: int = 1, scope: int = 1) -> ChainKey:
    return ChainKey(id_of(origin), chain.to_bytes(16, "big"), id_of(scope))


def fact(number: int, *, body: bytes | None = b'{"seats":4}', sealed: bytes | None = None) -> Fact:
    salt = None if body is None else bytes([1]) * 16
    sealed_salt = None if sealed is None else bytes([2]) * 16
    return Fact(b'{"number":%d}' % number, number.to_bytes(64, "big"), salt, body, sealed_salt, sealed)


def row(
    number: int,
    *,
    key: ChainKey | None = None,
    seq: int = 0,
    kind: str = "status.reported",
    about: bytes | None = None,
    at: tuple[int, int] = (1_700_000_000_000, 0),
    body: bytes | None = b'{"seats":4}',
    sealed: bytes | None = None,
    id: bytes | None = None,
) -> Row:
    """Fact ``number``; it speaks of itself, and counts from when it was written down, if nothing else is said."""
    said = fact(number, body=body, sealed=sealed)
    own = said.id if id is None else id
    prev = b"" if seq == 0 else id_of(seq)
    return Row(own, said, key or chain(), seq, prev, kind, 1, own if about is None else about, *at, *at)


def thing(number: int, *, type: str = "point", state: bytes = b"{}") -> ThingRow:
    return ThingRow(id_of(number), type, state, bytes([number]) * 32, bytes(76), b"")
