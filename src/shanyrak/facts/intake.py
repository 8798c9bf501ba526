"""The door: what may be held at all. Form, hashes, network and signature are checked here, trust is not.

Whatever is validly signed and canonical is held, however odd its content: whether it counts is computed
from the whole set later, so it never depends on the order in which facts arrive.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import NamedTuple

from shanyrak.core.errors import InvalidInput
from shanyrak.facts.fact import FOUNDING, Fact, Header, chain_key, check_parts, read_header, signed_bytes
from shanyrak.facts.store import Row

Verifier = Callable[[Sequence[tuple[bytes, bytes, bytes]]], list[bool]]
"""Says of each (public key, message, signature) whether it verifies."""


class Examined(NamedTuple):
    """A fact after the door: its header, or why it is refused."""

    id: bytes
    fact: Fact
    header: Header | None
    reason: str


def examine(facts: Sequence[Fact], net: bytes, verifier: Verifier) -> list[Examined]:
    """Check form, parts, network and signature of facts, each alone.

    Parameters
    ----------
    net : the network of this ledger; a founding fact is of the network it founds
    """
    return begin_examining(facts, net, verifier)()


def begin_examining(
    facts: Sequence[Fact], net: bytes, verifier: Verifier, ids: Sequence[bytes] | None = None
) -> Callable[[], list[Examined]]:
    """The same in two steps: what is returned waits for the signatures and gives what was found.

    A verifier with a method ``begin`` (``verifying.PooledVerifier``) works in between; any other when asked.

    Parameters
    ----------
    ids : of the facts, where they are known already
    """
    if ids is None:
        ids = [fact.id for fact in facts]
    found = [_read(fact_id, fact, net) for fact_id, fact in zip(ids, facts, strict=True)]
    sound = [k for k, one in enumerate(found) if one.header is not None]
    asked = [_signature(found[k]) for k in sound]
    begin = getattr(verifier, "begin", None)
    answer: Callable[[], list[bool]] = begin(asked) if begin is not None else partial(verifier, asked)

    def examined() -> list[Examined]:
        for k, good in zip(sound, answer(), strict=True):
            if not good:
                found[k] = Examined(found[k].id, found[k].fact, None, "the signature does not verify")
        return found

    return examined


def _signature(one: Examined) -> tuple[bytes, bytes, bytes]:
    assert one.header is not None
    return bytes.fromhex(one.header.origin), signed_bytes(one.fact.raw), one.fact.sig


def _read(fact_id: bytes, fact: Fact, net: bytes) -> Examined:
    try:
        header = read_header(fact.raw)
        if len(fact.sig) != 64:
            raise InvalidInput("a signature has 64 bytes")
        check_parts(fact, header)
    except InvalidInput as fault:
        return Examined(fact_id, fact, None, fault.what)
    of = fact_id if header.kind == FOUNDING else bytes.fromhex(header.net)
    if of != net:
        return Examined(fact_id, fact, None, "it belongs to another network")
    return Examined(fact_id, fact, header, "")


def row_of(fact_id: bytes, fact: Fact, header: Header) -> Row:
    """The row of a fact; its effective time is ``at`` until a receipt says otherwise."""
    return Row(
        fact_id,
        fact,
        chain_key(header),
        header.seq,
        bytes.fromhex(header.prev),
        header.kind,
        header.v,
        bytes.fromhex(header.about) or fact_id,
        header.at[0],
        header.at[1],
        header.at[0],
        header.at[1],
    )
