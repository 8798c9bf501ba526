"""What is here of a chain: its heads and what is missing, kept up as facts come in any order.

    seq   0    1    2    3         heads {3}, missing {}          whole
          a <- b <- c <- d

          a <- b <- c <- d         heads {c', d}: a fork after b (a phone restored from an old image)
                 <- c'
          a <-  .   <- c <- d      missing {b}: a gap (earlier reports still coming)

The facts of a chain follow from the two sets: walk back from each head by ``prev`` until the beginning or
something missing. So two ledgers whose heads and missing are equal hold the same facts of the chain.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable

from shanyrak.facts.store import ChainState, Row


class GrowingChain:
    """A chain that facts are added to."""

    __slots__ = ("count", "heads", "key", "missing", "top_seq")

    def __init__(self, state: ChainState) -> None:
        self.key = state.key
        self.count = state.count
        self.top_seq = state.top_seq
        self.heads = set(state.heads)
        self.missing = set(state.missing)

    def add(self, row: Row, is_here: Callable[[bytes], bool]) -> None:
        """Add one new fact. ``is_here`` tells whether a fact belongs to this chain already."""
        self.count += 1
        self.top_seq = max(self.top_seq, row.seq)
        if row.id in self.missing:
            self.missing.discard(row.id)  # something follows it already
        else:
            self.heads.add(row.id)
        if not row.prev:
            return
        if row.prev in self.heads:
            self.heads.discard(row.prev)
        elif not is_here(row.prev):
            self.missing.add(row.prev)

    def state(self) -> ChainState:
        """The chain as it is kept."""
        return ChainState(self.key, self.count, self.top_seq, tuple(sorted(self.heads)), tuple(sorted(self.missing)))


def chain_of(rows: Iterable[Row]) -> ChainState | None:
    """The state of one chain made from all its facts at once: the plain twin of ``GrowingChain``."""
    facts = {row.id: row for row in rows}
    if not facts:
        return None
    followed = {row.prev for row in facts.values() if row.prev}
    return ChainState(
        key=next(iter(facts.values())).key,
        count=len(facts),
        top_seq=max(row.seq for row in facts.values()),
        heads=tuple(sorted(set(facts) - followed)),
        missing=tuple(sorted(followed - set(facts))),
    )


def forks(rows: Iterable[Row]) -> list[bytes]:
    """What two or more facts follow, sorted; empty bytes stand for the beginning of the chain."""
    followers = Counter(row.prev for row in rows)
    return sorted(prev for prev, count in followers.items() if count > 1)


def branch(rows: Iterable[Row], head: bytes) -> set[bytes]:
    """Ids of the facts that lead up to ``head``, itself included, as far as they are here."""
    prev = {row.id: row.prev for row in rows}
    found: set[bytes] = set()
    at = head
    while at in prev and at not in found:
        found.add(at)
        at = prev[at]
    return found
