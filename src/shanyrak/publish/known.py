"""What headquarters knew at a moment: a headquarters' own words at once, those of others once one received them.

A word that came late must not change what was shown at an earlier line of the grid: what counts there is
decided by receipts, which are facts themselves, and never by the order in which this ledger got them.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable

from shanyrak.facts.fact import ChainKey
from shanyrak.facts.ledger import Ledger
from shanyrak.facts.store import Row
from shanyrak.facts.trust import Trust


def known_by(ledger: Ledger, rows: Iterable[Row], line_ms: int) -> list[Row]:
    """Those of the rows that a headquarters knew by a moment [ms], it included."""
    trust = ledger.trust
    own = trust.authority.headquarters
    earlier = [row for row in rows if row.eff_ms <= line_ms]
    chains = {row.key for row in earlier if row.key.origin not in own}
    received = _received(ledger, trust, chains, line_ms)
    return [row for row in earlier if row.key.origin in own or _is_in(received, trust, row, line_ms)]


def known_ms(ledger: Ledger, row: Row) -> int:
    """Since when it is known: its effective time or, for the word of others, its first receipt if that is later."""
    trust = ledger.trust
    receipt = None if row.key.origin in trust.authority.headquarters else trust.earliest_receipt(row)
    return row.eff_ms if receipt is None else max(row.eff_ms, receipt)


_Ranges = list[tuple[int, int]]


def _received(ledger: Ledger, trust: Trust, chains: set[ChainKey], line_ms: int) -> dict[ChainKey, _Ranges | None]:
    """The running numbers [first, last] received by then in each chain, merged; None where a chain is forked."""
    states = ledger.store.get_chains(chains)
    trust.read_receipts(chains)
    found: dict[ChainKey, _Ranges | None] = {}
    lines = {
        key: [one for one in trust.receipts_of_chain(key) if one.time_ms <= line_ms and _heeded(trust, one)]
        for key in chains
    }
    heads = ledger.store.get({one.head for each in lines.values() for one in each})
    for key in chains:
        if key not in states or len(states[key].heads) > 1:
            found[key] = None
            continue
        spans = sorted(
            (one.first, min(one.last, heads[one.head].seq))
            for one in lines[key]
            if one.head in heads and heads[one.head].key == key
        )
        merged: _Ranges = []
        for first, last in spans:
            if merged and first <= merged[-1][1] + 1:
                merged[-1] = (merged[-1][0], max(last, merged[-1][1]))
            else:
                merged.append((first, last))
        found[key] = merged
    return found


def _heeded(trust: Trust, receipt: object) -> bool:
    return trust.authority.heeds(receipt, trust.receipts_of_fact)  # type: ignore[arg-type]


def _is_in(received: dict[ChainKey, _Ranges | None], trust: Trust, row: Row, line_ms: int) -> bool:
    ranges = received[row.key]
    if ranges is None:
        receipt = trust.earliest_receipt(row)
        return receipt is not None and receipt <= line_ms
    at = bisect_right(ranges, (row.seq, 2**60)) - 1
    return at >= 0 and ranges[at][0] <= row.seq <= ranges[at][1]
