"""What one side of an exchange has and the other has not, and what of it goes first.

The facts of a chain follow from its heads and what is missing: walk back from every head by ``prev`` until
the beginning or something missing. Where a head is not here, or the walk leaves what is here, the other side
has facts this one has not, and its set cannot be told from here; then the two compare blocks of ids.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Sequence

from shanyrak.core.errors import InvalidInput
from shanyrak.facts.fact import ChainKey
from shanyrak.facts.framing import Encoder, in_file_order
from shanyrak.facts.store import ChainState, Row, Store

BLOCK_SEQS = 256
"""Facts with seq 0 to 255 are block 0 of a chain, and so on."""
LATEST = 8
"""Status facts of one chain that go before everything else."""
MANY_HEADS = 256
"""A chain with more heads and missing facts than this is compared by blocks only."""
_STATUS = frozenset({"status.reported", "point.opened", "point.paused", "point.closed", "incident.reported"})
_FACT_BYTES = 150
"""About what a fact takes in a stream besides its parts."""


def is_status(kind: str) -> bool:
    """Whether it says what is open, and what is wrong, right now."""
    return kind in _STATUS or kind.startswith("activation.")


def lacking(
    store: Store, mine: ChainState | None, heads: Sequence[bytes], missing: Sequence[bytes]
) -> list[Row] | None:
    """The facts here that a side with these heads and missing has not; None where that cannot be told.

    Where it can be told, the other side has nothing of this chain that is not here.
    """
    if not heads:
        return [] if mine is None else store.of_chain(mine.key)
    if mine is None:
        return None
    if len(heads) == 1 and not missing and len(mine.heads) == 1 and not mine.missing:
        behind = _behind(store, mine, heads[0])
        if behind is not None:
            return behind
    rows = store.of_chain(mine.key)
    prev = {row.id: row.prev for row in rows}
    ends = frozenset(missing)
    held: set[bytes] = set()
    for head in heads:
        at = head
        while at not in held:
            if at not in prev:
                return None
            held.add(at)
            at = prev[at]
            if not at or at in ends:
                break
    return [row for row in rows if row.id not in held]


def _behind(store: Store, mine: ChainState, head: bytes) -> list[Row] | None:
    """The facts that follow ``head`` in a chain without fork and gap; None where they are not one line."""
    row = store.get([head]).get(head)
    if row is None or row.key != mine.key:
        return None
    rows = store.of_chain(mine.key, row.seq + 1)
    at = head
    for later in rows:
        if later.prev != at:
            return None
        at = later.id
    return rows if at == mine.heads[0] else None


def newest_status_first(rows: Iterable[Row]) -> list[Row]:
    """The order in which facts go over a line that may be cut at any moment."""
    return sorted(rows, key=lambda row: (is_status(row.kind), row.at_ms, row.at_counter, row.id), reverse=True)


def latest_of_chain(rows: Iterable[Row]) -> list[Row]:
    """The newest status facts of one chain."""
    return newest_status_first(row for row in rows if is_status(row.kind))[:LATEST]


def take_batch(rows: Sequence[Row], most_bytes: int) -> list[Row]:
    """The first rows that fit, at least one."""
    size = 0
    for count, row in enumerate(rows):
        size += _FACT_BYTES + len(row.fact.body or b"") + len(row.fact.sealed or b"")
        if size > most_bytes and count:
            return list(rows[:count])
    return list(rows)


def pack(rows: Iterable[Row], net: bytes) -> tuple[bytes, list[tuple[bytes, str]]]:
    """The stream of some facts, and those that are damaged here and cannot go, with why."""
    encoder = Encoder(net)
    damaged = []
    for row in in_file_order(rows):
        try:
            encoder.add(row.fact)
        except InvalidInput as fault:
            damaged.append((row.id, f"damaged where it is kept: {fault.what}"))
    return encoder.stream(), damaged


def blocks_of(store: Store, key: ChainKey) -> dict[int, list[Row]]:
    """The facts of a chain by block (``seq // 256``)."""
    blocks: dict[int, list[Row]] = defaultdict(list)
    for row in store.of_chain(key):
        blocks[row.seq // BLOCK_SEQS].append(row)
    return dict(sorted(blocks.items()))


def block_digest(rows: Iterable[Row]) -> bytes:
    """SHA-256 over the ids of a block, sorted."""
    return hashlib.sha256(b"".join(sorted(row.id for row in rows))).digest()
