"""A network drawn by hand: keys and ids are hashes of short names, scopes lie in one another.

    net ─┬─ north ─┬─ p1
         │         └─ p2
         └─ south ─── p3

The recovery key is "paper", the founder "F". Times are plain milliseconds.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence

from shanyrak.facts.authority import Authority, AuthorityFact
from shanyrak.facts.fact import ChainKey
from shanyrak.facts.order import Order
from shanyrak.facts.store import Receipt

ADMITS = {
    "admin": ("admin", "headquarters", "desk", "host", "driver", "inspector"),
    "headquarters": (),
    "desk": ("host", "driver", "inspector"),
    "host": ("host",),
    "driver": (),
    "inspector": (),
}


def h(name: str) -> bytes:
    """The key, id or scope of a name."""
    return hashlib.sha256(name.encode()).digest()


NET = h("net")
AROUND = {"p1": "north", "p2": "north", "p3": "south", "north": "net", "south": "net"}
PLACES = {h(name): h(outer) for name, outer in AROUND.items()}


def within(scope: bytes) -> tuple[bytes, ...]:
    """A scope and all around it."""
    path = []
    while scope != NET and scope:
        path.append(scope)
        scope = PLACES.get(scope, NET)
    return (*path, NET)


def fact(called: str, kind: str, by: str, at: int, scope: str = "net", **body: object) -> AuthorityFact:
    """A fact whose id is the hash of what it is called here."""
    return AuthorityFact(h(called), kind, h(by), Order(at, 0, h(by), h(called)), h(scope), body)


def founded(at: int = 0) -> AuthorityFact:
    """The founding by F."""
    return fact("net", "network.founded", "F", at, name="Drawn", recovery=h("paper").hex())


def admitted(
    name: str,
    by: str,
    key: str,
    role: str,
    at: int,
    scope: str = "net",
    *,
    until_ms: int | None = None,
    replaces: str = "",
    lifts: Sequence[str] = (),
) -> AuthorityFact:
    """``by`` trusts ``key`` with a role."""
    body: dict[str, object] = {"key": h(key).hex(), "role": role}
    if until_ms is not None:
        body["until_ms"] = until_ms
    if replaces:
        body["replaces"] = h(replaces).hex()
    if lifts:
        body["lifts"] = [h(one).hex() for one in lifts]
    return fact(name, "device.admitted", by, at, scope, **body)


def revoked(name: str, by: str, key: str, at: int) -> AuthorityFact:
    """``by`` no longer trusts ``key``."""
    return fact(name, "device.revoked", by, at, key=h(key).hex())


def replaced(name: str, by: str, old: str, new: str, at: int) -> AuthorityFact:
    """``by`` says that ``new`` takes the place of ``old``."""
    return fact(name, "device.replaced", by, at, old=h(old).hex(), new=h(new).hex())


class Seen(dict[bytes, list[Receipt]]):
    """Receipts by the fact they cover."""

    def add(self, fact: str, by: str, ms: int, scope: str = "net", noted: str = "") -> None:
        """``by`` had ``fact`` at a time; the ``receipt.noted`` is called ``noted``."""
        key = ChainKey(h("chain of " + fact), bytes(16), h(scope))
        receipt = Receipt(h(noted or f"{by} saw {fact}"), h(by), key, 0, 0, h(fact), ms, "headquarters")
        self.setdefault(h(fact), []).append(receipt)


def weigh(facts: Iterable[AuthorityFact], seen: Mapping[bytes, list[Receipt]] | None = None) -> Authority:
    """The authority of a drawn network."""
    found = seen or {}
    return Authority.of(NET, facts, lambda one: found.get(one, []), ADMITS, within)


def roles(authority: Authority, key: str) -> set[str]:
    """Roles of a key that are in effect."""
    return {one.role for one in authority.roles_of(h(key)) if one.revoked_ms is None}


def why(authority: Authority, name: str) -> str:
    """Why an authority fact does not take effect."""
    return authority.standing.get(h(name), "")


def says(
    authority: Authority, key: str, role: str, scope: str = "net", eff_ms: int = 500, receipt_ms: int | None = None
) -> str:
    """Why a fact of a key, of a kind said by a role, does not count."""
    return authority.fault(h(key), (role,), h(scope), eff_ms, receipt_ms)
