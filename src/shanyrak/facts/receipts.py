"""Receipts: a headquarters says of each chain how far it has it. They make *at headquarters* and *safe* true.

A receipt is a fact too, said in the scope of the chains it speaks of, so that a phone that holds only its own
point's facts gets the receipts for them. Receipts get no receipts: two headquarters would never come to rest.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import Any

from shanyrak.facts.chains import branch
from shanyrak.facts.fact import ChainKey
from shanyrak.facts.store import ChainState, Receipt, Row, Store
from shanyrak.facts.trust import RECEIPT

LINES = 38
"""Chains that one receipt speaks of, so that its body stays below its limit."""


def lines_for(
    store: Store, keys: Iterable[ChainKey], *, witness: bytes, level: str
) -> dict[bytes, list[dict[str, Any]]]:
    """Lines of receipts still to be said by ``witness``, by the scope they are said in.

    Chains whose new facts are receipts only get no line.
    """
    lines: dict[bytes, list[dict[str, Any]]] = defaultdict(list)
    wanted = sorted(set(keys))
    states = store.get_chains(wanted)
    for key in wanted:
        if key not in states:
            continue
        said = [r for r in store.receipts(key) if r.witness == witness and level in (r.level, "headquarters")]
        for first, last, head in _stretches(store, states[key], said):
            lines[key.scope].append(
                {
                    "origin": key.origin.hex(),
                    "chain": key.chain.hex(),
                    "scope": key.scope.hex(),
                    "first": first,
                    "last": last,
                    "head": head.hex(),
                }
            )
    return lines


def _stretches(store: Store, chain: ChainState, said: list[Receipt]) -> Iterator[tuple[int, int, bytes]]:
    """(first seq, last seq, last fact) of each run of facts here that no receipt speaks of yet."""
    # A receipt whose head is not here speaks of another branch, or of what was lost since.
    heads = store.get({receipt.head for receipt in said})
    said = [receipt for receipt in said if receipt.head in heads and heads[receipt.head].key == chain.key]
    one_line = len(chain.heads) == 1
    low = _lowest_unsaid(said) if one_line else 0
    if low > chain.top_seq:
        return
    rows = store.of_chain(chain.key, low)
    ways = [branch(rows, head) for head in chain.heads]
    covered = {
        row.id
        for receipt in said
        for row in _on_the_way_to(receipt, rows, one_line)
        if receipt.first <= row.seq <= receipt.last
    }
    for way in ways:
        run: list[Row] = []
        for row in rows:
            if row.id not in way:
                continue
            if row.id in covered:
                yield from _run(run)
                run = []
            else:
                run.append(row)
        yield from _run(run)
        covered |= way


def _on_the_way_to(receipt: Receipt, rows: list[Row], one_line: bool) -> list[Row]:
    if one_line:
        return rows
    way = branch(rows, receipt.head)
    return [row for row in rows if row.id in way]


def _run(rows: list[Row]) -> Iterator[tuple[int, int, bytes]]:
    if any(row.kind != RECEIPT for row in rows):
        yield rows[0].seq, rows[-1].seq, rows[-1].id


def _lowest_unsaid(said: list[Receipt]) -> int:
    """The lowest seq that no receipt reaches, of a chain that never forked."""
    low = 0
    for first, last in sorted((receipt.first, receipt.last) for receipt in said):
        if first > low:
            break
        low = max(low, last + 1)
    return low
