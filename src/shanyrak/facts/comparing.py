"""Where two ledgers differ: down the digest tree, level by level, to the chains that are not the same."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from shanyrak.core.errors import InvalidInput
from shanyrak.facts.conversation import Conversation, not_asked, other_network
from shanyrak.facts.digest import FAN_OUT, DigestTree, chain_digest, chain_place
from shanyrak.facts.fact import ChainKey
from shanyrak.facts.message_shapes import Detail
from shanyrak.facts.messages import Compare, Compared
from shanyrak.facts.store import ChainState

PREFIXES = 256
"""Buckets asked for at a time."""
MAX_ASKED = 20_000
MAX_PREFIX = 12
WINDOW_CHAINS = 256
WINDOW_FACTS = 2_000
"""Chains and facts that are looked at together when what is newest goes first."""


class Difference(NamedTuple):
    """A chain that is not the same on both sides; None where a side has none of it."""

    key: ChainKey
    mine: ChainState | None
    theirs: Detail | None

    @property
    def more_there(self) -> int:
        """How many more facts the other side has."""
        return (self.theirs.count if self.theirs else 0) - (self.mine.count if self.mine else 0)


def compare(talk: Conversation, net: bytes, tree: DigestTree, scopes: tuple[bytes, ...] | None) -> list[Difference]:
    """The chains (of these scopes) in which the other side differs from ``tree``."""
    found: list[Difference] = []
    todo, asked = [""], 0
    while todo:
        asked += 1
        now = todo[:PREFIXES]
        answer = talk.ask(Compare(net, scopes, tuple(now)), Compared)
        if answer.net != net:
            raise other_network(net, answer.net)
        if not 0 < len(answer.buckets) <= len(now):
            raise not_asked()
        below: list[str] = []
        for prefix, bucket in zip(now, answer.buckets, strict=False):
            digests = [one for one in bucket if isinstance(one, bytes)]
            if digests:
                mine = tree.children(prefix)
                below += [f"{prefix}{digit:x}" for digit in range(FAN_OUT) if mine[digit] != digests[digit]]
            else:
                theirs = [one for one in bucket if isinstance(one, Detail)]
                found += _differences(prefix, tree.bucket(prefix), theirs, scopes)
        if asked > MAX_ASKED or any(len(prefix) > MAX_PREFIX for prefix in below):
            raise InvalidInput("the other side never comes to an end of its digests", mend="Its program has a fault")
        todo = below + todo[len(answer.buckets) :]  # depth first: little waits, and an endless tree shows soon
    return found


def _differences(
    prefix: str, mine: Sequence[ChainState], theirs: Sequence[Detail], scopes: tuple[bytes, ...] | None
) -> Iterator[Difference]:
    there = {one.key: one for one in theirs}
    for key in there:
        if not chain_place(key).hex().startswith(prefix) or (scopes is not None and key.scope not in scopes):
            raise not_asked()
    for state in mine:
        other = there.pop(state.key, None)
        if other is None or not _same(state, other):
            yield Difference(state.key, state, other)
    for key, other in there.items():
        yield Difference(key, None, other)


def _same(mine: ChainState, theirs: Detail) -> bool:
    if theirs.digest:
        return chain_digest(mine) == theirs.digest
    return mine.heads == theirs.heads and mine.missing == theirs.missing


def are_many(differences: Sequence[Difference]) -> bool:
    """Whether these are more than are looked at together: then the last words of all go before the rest."""
    return len(differences) > WINDOW_CHAINS or sum(abs(one.more_there) for one in differences) > WINDOW_FACTS


def windows(differences: Sequence[Difference]) -> Iterator[list[Difference]]:
    """Chains with the newest facts first, as many together as one look allows."""
    window: list[Difference] = []
    facts = 0
    for one in sorted(differences, key=lambda one: one.theirs.latest_ms if one.theirs else 0, reverse=True):
        size = max(1, abs(one.more_there))
        if window and (len(window) >= WINDOW_CHAINS or facts + size > WINDOW_FACTS):
            yield window
            window, facts = [], 0
        window.append(one)
        facts += size
    if window:
        yield window
