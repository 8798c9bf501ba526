"""What one side of an exchange has and the other has not, and what of it goes first.

The facts of a chain follow from its heads and what is missing: walk back from every head by ``prev`` until
the beginning or something missing. Where a head is not here, or the walk leaves what is here, the other side
has facts this one has not, and its set cannot be told from here; then the two compare blocks of ids.
"""

from __future__ import annotations

import hashlib
import itertools
from collections import defaultdict
from collections.abc import Iterable, Sequence

from shanyrak.core.errors import InvalidInput
from shanyrak.facts.fact import ChainKey
from shanyrak.facts.framing import Encoder, in_file_order
from shanyrak.facts.store import ChainState, Row, Store

BLOCK_SEQS = 256
"""Facts with seq 0 to 255 are block 0 of a chain, and so on."""
READ_MOST = 2_000
"""Facts of a long chain that are looked at for one batch."""
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
    found = some_lacking(store, mine, heads, missing, most=None)
    return None if found is None else found[0]


def some_lacking(
    store: Store, mine: ChainState | None, heads: Sequence[bytes], missing: Sequence[bytes], *, most: int | None
) -> tuple[list[Row], int] | None:
    """As ``lacking``: about the ``most`` newest of these facts, and how many there are in all.

    Of a long chain in one line only the newest end is read, so that a thousand batches do not read it a
    thousand times.
    """
    if mine is None:
        return None if heads else ([], 0)
    spans = _spans(store, mine, heads, missing)
    if spans is not None:
        rows = _newest_of(store, mine.key, spans, most)
        if rows is not None:
            return rows, sum(last - first + 1 for first, last in spans)
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
    rows = [row for row in rows if row.id not in held]
    return rows, len(rows)


def _spans(
    store: Store, mine: ChainState, heads: Sequence[bytes], missing: Sequence[bytes]
) -> list[tuple[int, int]] | None:
    """First and last seq of what the other side lacks, where this side has the chain whole and in one line.

    seq    0 1 2 3 4 5 6 7 8      heads {2, 8}, missing {6}: it has 0 to 2 and 7 to 8 and lacks 3 to 6
    """
    if len(mine.heads) != 1 or mine.missing or mine.count != mine.top_seq + 1:
        return None
    rows = store.get({*heads, *missing})
    if any(one not in rows or rows[one].key != mine.key for one in (*heads, *missing)):
        return None
    begins = sorted(rows[one].seq + 1 for one in missing)
    if len(begins) == len(heads) - 1:
        begins.insert(0, 0)
    ends = sorted(rows[one].seq for one in heads)
    if len(begins) != len(ends):
        return None
    spans = []
    low = 0
    for begin, end in zip(begins, ends, strict=True):
        if not low <= begin <= end:
            return None
        if low < begin:
            spans.append((low, begin - 1))
        low = end + 1
    return [*spans, (low, mine.top_seq)] if low <= mine.top_seq else spans


def _newest_of(store: Store, key: ChainKey, spans: list[tuple[int, int]], most: int | None) -> list[Row] | None:
    """The rows of the highest seqs in these spans; None where seqs are not as the links between the facts."""
    found: list[Row] = []
    for first, last in reversed(spans):
        left = last - first + 1 if most is None else most - len(found)
        if left <= 0:
            break
        rows = store.of_chain(key, max(first, last - left + 1), last)
        if any(later.prev != row.id or later.seq != row.seq + 1 for row, later in itertools.pairwise(rows)):
            return None
        if len(rows) != min(left, last - first + 1):
            return None
        found += rows
    return found


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
