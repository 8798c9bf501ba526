"""What headquarters knew at a moment: a headquarters' own words at once, those of others once one received them.

A word that came late must not change what was shown at an earlier line of the grid: what counts there is
decided by receipts, which are facts themselves, and never by the order in which this ledger got them.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Collection, Iterable

from shanyrak.facts.fact import ChainKey
from shanyrak.facts.ledger import Ledger
from shanyrak.facts.store import Row


def known_by(ledger: Ledger, rows: Iterable[Row], line_ms: int) -> list[Row]:
    """Those of the rows that a headquarters knew by a moment [ms], it included."""
    own = ledger.trust.authority.headquarters
    earlier = [row for row in rows if row.eff_ms <= line_ms]
    received = _received(ledger, {row.key for row in earlier if row.key.origin not in own})
    merged = {key: _merged(each, line_ms) for key, each in received.items()}

    def is_known(row: Row) -> bool:
        if row.key.origin in own:
            return True
        ranges = merged.get(row.key)
        if ranges is None:
            receipt = ledger.trust.earliest_receipt(row)
            return receipt is not None and receipt <= line_ms
        at = bisect_right(ranges, (row.seq, _MOST)) - 1
        return at >= 0 and ranges[at][0] <= row.seq <= ranges[at][1]

    return [row for row in earlier if is_known(row)]


def known_since(ledger: Ledger, rows: Collection[Row]) -> dict[bytes, int]:
    """Since when [ms] each is known: its effective time or, for the word of others, its first receipt if later."""
    own = ledger.trust.authority.headquarters
    received = _received(ledger, {row.key for row in rows if row.key.origin not in own})
    found = {}
    for row in rows:
        lines = received.get(row.key)
        if row.key.origin in own:
            receipt = None
        elif lines is None:
            receipt = ledger.trust.earliest_receipt(row)
        else:
            receipt = min((at_ms for first, last, at_ms in lines if first <= row.seq <= last), default=None)
        found[row.id] = row.eff_ms if receipt is None else max(row.eff_ms, receipt)
    return found


_MOST = 2**60
_Lines = list[tuple[int, int, int]]
"""(first, last, time in ms): what of a chain was received when."""


def _received(ledger: Ledger, chains: set[ChainKey]) -> dict[ChainKey, _Lines]:
    """What headquarters received of each chain; forked chains are left out, whose facts are asked for one by one."""
    trust = ledger.trust
    states = ledger.store.get_chains(chains)
    chains = {key for key in chains if key in states and len(states[key].heads) == 1}
    trust.read_receipts(chains)
    heeded = {
        key: [one for one in trust.receipts_of_chain(key) if trust.authority.heeds(one, trust.receipts_of_fact)]
        for key in chains
    }
    heads = ledger.store.get({one.head for each in heeded.values() for one in each})
    return {
        key: [
            (one.first, min(one.last, heads[one.head].seq), one.time_ms)
            for one in each
            if one.head in heads and heads[one.head].key == key
        ]
        for key, each in heeded.items()
    }


def _merged(lines: _Lines, line_ms: int) -> list[tuple[int, int]]:
    """The running numbers [first, last] received by a moment, none touching another."""
    merged: list[tuple[int, int]] = []
    for first, last in sorted((first, last) for first, last, at_ms in lines if at_ms <= line_ms):
        if merged and first <= merged[-1][1] + 1:
            merged[-1] = (merged[-1][0], max(last, merged[-1][1]))
        else:
            merged.append((first, last))
    return merged
