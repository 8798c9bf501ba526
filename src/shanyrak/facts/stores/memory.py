"""A store of plain dictionaries: for tests, simulations, and as the plainest form of the port.

Transactions are real: every change notes how it was before, and a transaction that does not reach its end
is undone from the last change to the first. Nothing outlives the process.
"""

from __future__ import annotations

import threading
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from heapq import merge
from typing import Any, TypeVar

from shanyrak.core.errors import Unavailable
from shanyrak.facts.fact import ChainKey, Fact, with_parts
from shanyrak.facts.order import Order
from shanyrak.facts.store import ChainState, Link, Mark, Part, Receipt, Row, ThingRow

ID_BYTES = 32
_ABSENT: Any = object()
_APPENDED: Any = object()
K = TypeVar("K")
V = TypeVar("V")


def order_of(row: Row) -> Order:
    """What facts about one thing sort by."""
    return Order(row.eff_ms, row.eff_counter, row.key.origin, row.id)


def id_range(prefix: bytes, odd_nibble: int | None) -> tuple[bytes, bytes] | None:
    """The first and the last possible id with this beginning; None where no id is that long."""
    low = high = prefix
    if odd_nibble is not None:
        low += bytes([odd_nibble << 4])
        high += bytes([odd_nibble << 4 | 15])
    if len(low) > ID_BYTES:
        return None
    return low.ljust(ID_BYTES, b"\x00"), high.ljust(ID_BYTES, b"\xff")


def without_part(mine: Fact, part: Part) -> Fact:
    """``mine`` without its body or its sealed part."""
    if part == "body":
        return Fact(mine.raw, mine.sig, None, None, mine.sealed_salt, mine.sealed)
    return Fact(mine.raw, mine.sig, mine.salt, mine.body, None, None)


class MemoryStore:
    """See ``store.Store``. Reads take no lock: callers on several threads take turns."""

    def __init__(self, *, patience_s: float = 5.0) -> None:
        self._patience_s = patience_s
        self._writing = threading.RLock()
        self._undo: list[tuple[Any, Any, Any]] | None = None
        self._rows: dict[bytes, Row] = {}
        self._arrival: list[bytes] = []
        self._of_thing: dict[bytes, list[bytes]] = {}
        self._of_chain: dict[ChainKey, list[bytes]] = {}
        self._of_kind: dict[str, list[bytes]] = {}
        self._of_origin: dict[bytes, list[int]] = {}
        self._bodiless: dict[bytes, None] = {}
        self._chains: dict[ChainKey, ChainState] = {}
        self._receipts: dict[ChainKey, dict[Receipt, None]] = {}
        self._things: dict[bytes, ThingRow] = {}
        self._names: dict[bytes, tuple[str, ...]] = {}
        self._links: dict[Link, None] = {}
        self._links_at: dict[bytes, dict[Link, None]] = {}
        self._links_by: dict[bytes, list[Link]] = {}
        self._marks: dict[bytes, Mark] = {}
        self._values: dict[str, bytes] = {}

    @contextmanager
    def transaction(self) -> Iterator[None]:
        if not self._writing.acquire(timeout=self._patience_s):
            raise Unavailable("another program is writing", where="the ledger in memory", mend="Try again in a moment")
        try:
            assert self._undo is None, "a transaction inside a transaction"
            self._undo = []
            try:
                yield
            except BaseException:
                for holder, key, before in reversed(self._undo):
                    if before is _APPENDED:
                        holder.pop()
                    elif before is _ABSENT:
                        del holder[key]
                    else:
                        holder[key] = before
                raise
            finally:
                self._undo = None
        finally:
            self._writing.release()

    def close(self) -> None:
        """Nothing is open."""

    def snapshot(self) -> MemoryStore:
        """A store of its own with all that is in this one now, like the image of a disk."""
        assert self._undo is None, "a snapshot inside a transaction"
        copy = MemoryStore(patience_s=self._patience_s)
        for name, value in vars(self).items():
            if type(value) is dict:
                kept = {key: item.copy() if type(item) in (list, dict) else item for key, item in value.items()}
                setattr(copy, name, kept)
            elif type(value) is list:
                setattr(copy, name, value.copy())
        return copy

    # facts ---------------------------------------------------------------------------------------------
    def put_facts(self, rows: Sequence[Row]) -> None:
        undo = self._changes()
        for row in rows:
            if row.id in self._rows:
                continue
            self._set(self._rows, row.id, row)
            self._arrival.append(row.id)
            undo.append((self._arrival, None, _APPENDED))
            self._append(self._of_thing, row.about, row.id)
            self._append(self._of_chain, row.key, row.id)
            self._append(self._of_kind, row.kind, row.id)
            self._append(self._of_origin, row.key.origin, len(self._arrival))
            if row.fact.body is None:
                self._set(self._bodiless, row.id, None)

    def has(self, ids: Iterable[bytes]) -> set[bytes]:
        return {id for id in ids if id in self._rows}

    def get(self, ids: Iterable[bytes]) -> dict[bytes, Row]:
        return {id: self._rows[id] for id in ids if id in self._rows}

    def of_thing(self, thing: bytes) -> list[Row]:
        return sorted((self._rows[id] for id in self._of_thing.get(thing, ())), key=order_of)

    def of_chain(self, key: ChainKey, first: int = 0, last: int | None = None) -> list[Row]:
        rows = (self._rows[id] for id in self._of_chain.get(key, ()))
        chosen = [row for row in rows if first <= row.seq and (last is None or row.seq <= last)]
        return sorted(chosen, key=lambda row: (row.seq, row.id))

    def of_origins(self, origins: Iterable[bytes]) -> Iterator[Row]:
        numbers = [self._of_origin.get(origin, []).copy() for origin in set(origins)]
        return (self._rows[self._arrival[number - 1]] for number in merge(*numbers))

    def of_kinds(self, kinds: Iterable[str], since_ms: int | None = None) -> list[Row]:
        rows = (self._rows[id] for kind in set(kinds) for id in self._of_kind.get(kind, ()))
        return sorted((row for row in rows if since_ms is None or row.eff_ms >= since_ms), key=order_of)

    def arrived(self, after: int = 0, limit: int | None = None) -> Iterator[tuple[int, Row]]:
        number = max(after, 0)
        while number < len(self._arrival) and (limit is None or number - max(after, 0) < limit):
            number += 1
            yield number, self._rows[self._arrival[number - 1]]

    def grouped(self) -> Iterator[Row]:
        things = sorted(self._of_thing)
        return (row for thing in things for row in self.of_thing(thing))

    def find_ids(self, prefix: bytes, odd_nibble: int | None = None, most: int = 10) -> list[bytes]:
        bounds = id_range(prefix, odd_nibble)
        if bounds is None:
            return []
        ids = sorted(self._rows)
        return ids[bisect_left(ids, bounds[0]) : bisect_right(ids, bounds[1])][:most]

    def count(self) -> int:
        return len(self._rows)

    def set_effective(self, times: Iterable[tuple[bytes, int, int]]) -> None:
        self._changes()
        for id, ms, counter in times:
            if id in self._rows:
                self._set(self._rows, id, self._rows[id]._replace(eff_ms=ms, eff_counter=counter))

    # bodies --------------------------------------------------------------------------------------------
    def put_parts(self, facts: Iterable[Fact]) -> None:
        self._changes()
        for fact in facts:
            row = self._rows.get(fact.id)
            if row is not None:
                self._set_fact(row, with_parts(row.fact, fact))

    def drop_parts(self, parts: Iterable[tuple[bytes, Part]]) -> None:
        self._changes()
        for id, part in parts:
            row = self._rows.get(id)
            if row is not None:
                self._set_fact(row, without_part(row.fact, part))

    def scrub(self) -> None:
        assert self._undo is None, "scrub inside a transaction"

    def without_body(self) -> list[bytes]:
        return sorted(self._bodiless)

    # chains, receipts ----------------------------------------------------------------------------------
    def put_chains(self, chains: Iterable[ChainState]) -> None:
        self._changes()
        for chain in chains:
            self._set(self._chains, chain.key, chain)

    def get_chains(self, keys: Iterable[ChainKey]) -> dict[ChainKey, ChainState]:
        return {key: self._chains[key] for key in keys if key in self._chains}

    def all_chains(self, scopes: Iterable[bytes] | None = None) -> list[ChainState]:
        wanted = None if scopes is None else set(scopes)
        return [self._chains[key] for key in sorted(self._chains) if wanted is None or key.scope in wanted]

    def put_receipts(self, receipts: Iterable[Receipt]) -> None:
        self._changes()
        for receipt in receipts:
            if receipt.key not in self._receipts:
                self._set(self._receipts, receipt.key, {})
            self._set(self._receipts[receipt.key], receipt, None)

    def receipts(self, key: ChainKey) -> list[Receipt]:
        return sorted(self._receipts.get(key, ()), key=lambda r: (r.time_ms, r.fact, r.first, r.last, r.head))

    def receipts_for(self, keys: Iterable[ChainKey]) -> dict[ChainKey, list[Receipt]]:
        return {key: self.receipts(key) for key in keys if self._receipts.get(key)}

    # the fold's cache ----------------------------------------------------------------------------------
    def put_things(self, things: Iterable[ThingRow]) -> None:
        self._changes()
        for thing in things:
            self._set(self._things, thing.id, thing)

    def get_things(self, ids: Iterable[bytes]) -> dict[bytes, ThingRow]:
        return {id: self._things[id] for id in ids if id in self._things}

    def all_things(self, type: str | None = None) -> Iterator[ThingRow]:
        things = [self._things[id] for id in sorted(self._things)]
        return (thing for thing in things if type is None or thing.type == type)

    def put_names(self, thing: bytes, names: Iterable[str]) -> None:
        self._changes()
        self._set(self._names, thing, tuple(names))

    def find_names(self, name: str) -> list[bytes]:
        return sorted(thing for thing, names in self._names.items() if name in names)

    def put_links(self, links: Iterable[Link]) -> None:
        self._changes()
        for link in links:
            if link in self._links:
                continue
            self._set(self._links, link, None)
            self._append(self._links_by, link.fact, link)
            for end in {link.source, link.target}:
                if end not in self._links_at:
                    self._set(self._links_at, end, {})
                self._set(self._links_at[end], link, None)

    def drop_links(self, facts: Iterable[bytes]) -> None:
        self._changes()
        for fact in facts:
            for link in self._links_by.get(fact, ()):
                self._remove(self._links, link)
                for end in {link.source, link.target}:
                    self._remove(self._links_at[end], link)
            self._remove(self._links_by, fact)

    def links_of(self, thing: bytes) -> list[Link]:
        return sorted(self._links_at.get(thing, ()))

    def put_marks(self, marks: Iterable[Mark]) -> None:
        self._changes()
        for mark in marks:
            self._set(self._marks, mark.fact, mark)

    def drop_marks(self, facts: Iterable[bytes]) -> None:
        self._changes()
        for fact in facts:
            self._remove(self._marks, fact)

    def marks(self, mark: str | None = None) -> list[Mark]:
        found = (self._marks[fact] for fact in sorted(self._marks))
        return [one for one in found if mark is None or one.mark == mark]

    def marks_of(self, facts: Iterable[bytes]) -> dict[bytes, Mark]:
        return {fact: self._marks[fact] for fact in facts if fact in self._marks}

    def clear_cache(self) -> None:
        self._changes()
        caches: list[dict[Any, Any]] = [self._things, self._names, self._marks]
        caches += [self._links, self._links_at, self._links_by]
        for cache in caches:
            for key in list(cache):
                self._remove(cache, key)

    # small values --------------------------------------------------------------------------------------
    def get_value(self, name: str) -> bytes | None:
        return self._values.get(name)

    def put_value(self, name: str, value: bytes | None) -> None:
        self._changes()
        if value is None:
            self._remove(self._values, name)
        else:
            self._set(self._values, name, value)

    # changes, each with its way back -------------------------------------------------------------------
    def _changes(self) -> list[tuple[Any, Any, Any]]:
        assert self._undo is not None, "writing needs a transaction"
        return self._undo

    def _set(self, holder: dict[K, V], key: K, value: V) -> None:
        self._changes().append((holder, key, holder.get(key, _ABSENT)))
        holder[key] = value

    def _remove(self, holder: dict[K, V], key: K) -> None:
        if key in holder:
            self._changes().append((holder, key, holder.pop(key)))

    def _append(self, holder: dict[K, list[V]], key: K, value: V) -> None:
        items = holder.get(key)
        if items is None:
            self._set(holder, key, [value])
        else:
            items.append(value)
            self._changes().append((items, None, _APPENDED))

    def _set_fact(self, row: Row, fact: Fact) -> None:
        self._set(self._rows, row.id, row._replace(fact=fact))
        if fact.body is None:
            self._set(self._bodiless, row.id, None)
        else:
            self._remove(self._bodiless, row.id)
