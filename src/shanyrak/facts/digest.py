"""A digest tree over the chains of a ledger: where two ledgers differ is found without naming what is equal.

The digest of a chain covers its heads and what is missing, which together name the exact set of its facts. A
chain lies under SHA-256 of its key; a *bucket* is all chains whose place begins with the same half bytes; its
digest covers the places and digests of its chains in order. So the digest of a bucket depends on nothing but
the chains in it: no depth, no balance, no history.
"""

from __future__ import annotations

import hashlib
from bisect import bisect_left
from collections.abc import Iterable

from shanyrak.facts.fact import ChainKey
from shanyrak.facts.store import ChainState, Store

FAN_OUT = 16
MAX_DEPTH = 64
"""Half bytes of a place."""
_sha256 = hashlib.sha256


def chain_place(key: ChainKey) -> bytes:
    """Where a chain lies in the tree: SHA-256 over origin, chain and scope."""
    return _sha256(key.origin + key.chain + key.scope).digest()


def chain_digest(state: ChainState) -> bytes:
    """SHA-256 over the number of heads (4 bytes), the heads, and what is missing, both sorted."""
    return _sha256(
        len(state.heads).to_bytes(4, "big") + b"".join(sorted(state.heads)) + b"".join(sorted(state.missing))
    ).digest()


class DigestTree:
    """The tree over some chains. A prefix is a text of hex digits, empty for the whole."""

    def __init__(self, chains: Iterable[ChainState]) -> None:
        found = sorted((chain_place(state.key), state) for state in chains)
        self.places = [place for place, _ in found]
        self.states = [state for _, state in found]
        self._entries = b"".join(place + chain_digest(state) for place, state in found)

    def __len__(self) -> int:
        return len(self.places)

    def _range(self, prefix: str) -> tuple[int, int]:
        """First and one-past-last chain of a bucket."""
        if not prefix:
            return 0, len(self.places)
        low = bytes.fromhex(prefix.ljust(MAX_DEPTH, "0"))
        high = bytes.fromhex(prefix.ljust(MAX_DEPTH, "f"))
        first = bisect_left(self.places, low)
        last = bisect_left(self.places, high, lo=first)
        return first, last + (last < len(self.places) and self.places[last] == high)

    def digest(self, prefix: str = "") -> bytes:
        """SHA-256 over (place, digest) of each chain of a bucket."""
        first, end = self._range(prefix)
        return _sha256(self._entries[first * 64 : end * 64]).digest()

    def children(self, prefix: str) -> list[bytes]:
        """The digests of the 16 buckets a bucket is made of."""
        return [self.digest(f"{prefix}{digit:x}") for digit in range(FAN_OUT)]

    def bucket(self, prefix: str) -> list[ChainState]:
        """The chains of a bucket, in the order of their places."""
        first, end = self._range(prefix)
        return self.states[first:end]

    def size(self, prefix: str) -> int:
        """How many chains a bucket holds."""
        first, end = self._range(prefix)
        return end - first


class ChainTable:
    """The chains of a store, read once and kept up from what arrived since; trees over them by scope."""

    def __init__(self, store: Store) -> None:
        self._store = store
        # Read before the chains: what arrives in between is read twice rather than never.
        self._arrived = store.count()
        self._chains: dict[ChainKey, ChainState] = {}
        self._of_scope: dict[bytes, dict[ChainKey, ChainState]] = {}
        self._know(store.all_chains())
        self._trees: dict[frozenset[bytes] | None, DigestTree] = {}

    def refresh(self) -> None:
        """Take in what arrived since."""
        keys: set[ChainKey] = set()
        for number, row in self._store.arrived(self._arrived):
            keys.add(row.key)
            self._arrived = number
        if keys:
            self._know(self._store.get_chains(keys).values())
            self._trees.clear()

    def _know(self, states: Iterable[ChainState]) -> None:
        for state in states:
            self._chains[state.key] = state
            self._of_scope.setdefault(state.key.scope, {})[state.key] = state

    def tree(self, scopes: frozenset[bytes] | None = None) -> DigestTree:
        """The tree over all chains, or over those of some scopes."""
        self.refresh()
        if scopes not in self._trees:
            if len(self._trees) >= 8:
                self._trees.clear()
            if scopes is None:
                self._trees[scopes] = DigestTree(self._chains.values())
            else:
                few = (self._of_scope.get(scope, {}).values() for scope in scopes)
                self._trees[scopes] = DigestTree(chain for chains in few for chain in chains)
        return self._trees[scopes]

    def get(self, key: ChainKey) -> ChainState | None:
        """A chain as it was when ``tree`` or ``refresh`` was called last."""
        return self._chains.get(key)
