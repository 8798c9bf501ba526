"""Keeping new facts: everything that follows from them, in one transaction.

In this order, because each step stands on the one before: rows and chains; receipts; authority; effective
times; what is withheld; links; and last the fold of every thing that something new is known about.
"""

from __future__ import annotations

import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Sequence

from shanyrak.facts.chains import GrowingChain
from shanyrak.facts.fact import ChainKey
from shanyrak.facts.fold import Entry, ThingState, type_of
from shanyrak.facts.order import LATEST_AHEAD_MS
from shanyrak.facts.rules import Rules
from shanyrak.facts.store import ChainState, Link, Mark, Receipt, Row, Store
from shanyrak.facts.trust import AUTHORITY_KINDS, NEVER_WITHHELD, RECEIPT, WITHHELD, Trust, receipts_of

PLACES = ("point", "area")
"""Types of thing that facts are said within."""


class Keeper:
    """Writes what new facts bring with them. All its methods run inside a transaction of the store."""

    def __init__(self, store: Store, rules: Rules, trust: Trust) -> None:
        self._store = store
        self._rules = rules
        self._trust = trust

    def keep(self, rows: Sequence[Row]) -> None:
        """Keep rows that are new here, and bring everything that follows from them up to date."""
        store, trust = self._store, self._trust
        trust.forget_receipts()
        store.put_facts(rows)
        self._grow_chains(rows)
        kinds = {row.kind for row in rows}
        again: set[bytes] = set()
        receipts = self._note_receipts(rows) if RECEIPT in kinds else []
        suspects: frozenset[bytes] = frozenset()
        if not kinds.isdisjoint(AUTHORITY_KINDS) or (receipts and trust.authority.any_revoked):
            suspects = trust.recompute()
            again |= self._things_of(suspects)
        self._overrule_new(rows)
        again |= self._overrule_old(receipts)
        again |= self._settle_places(rows)
        if WITHHELD in kinds or suspects:
            again |= self._withhold()
        self._drop_returning(rows)
        self._fold(rows, again)

    def refold(self, facts: Iterable[bytes]) -> None:
        """Fold the things of these facts again: a body of theirs came or went."""
        self._fold((), {row.about for row in self._store.get(facts).values()})

    def rebuild_some(self, rows: Sequence[Row]) -> None:
        """Fold whole things from all their rows, which come grouped by thing."""
        by_thing: dict[bytes, list[Row]] = defaultdict(list)
        for row in rows:
            by_thing[row.about].append(row)
        states, marks = [], []
        for thing, of_thing in by_thing.items():
            state, found = self._fold_whole(thing, of_thing)
            states.append(state)
            marks += found
        self._write(states, marks)
        self._store.put_links(self._links(rows))

    # chains and receipts -------------------------------------------------------------------------------
    def _grow_chains(self, rows: Sequence[Row]) -> None:
        by_key: dict[ChainKey, list[Row]] = defaultdict(list)
        for row in rows:
            by_key[row.key].append(row)
        known = self._store.get_chains(by_key)
        grown = []
        for key, new in by_key.items():
            chain = GrowingChain(known.get(key) or ChainState(key, 0, -1, (), ()))
            among = {row.id for row in new}
            for row in sorted(new, key=lambda row: row.seq):
                # A fact of this batch counts as here only once it was added: the batch is sorted, so a
                # ``prev`` that comes later in it (a seq that lies) is cleared by the later one itself.
                among.discard(row.id)
                chain.add(row, lambda prev, key=key, among=among: prev not in among and self._belongs(prev, key))
            grown.append(chain.state())
        self._store.put_chains(grown)

    def _belongs(self, fact: bytes, key: ChainKey) -> bool:
        found = self._store.get([fact]).get(fact)
        return found is not None and found.key == key

    def _note_receipts(self, rows: Sequence[Row]) -> list[Receipt]:
        receipts = [receipt for row in rows if row.kind == RECEIPT and self._fits(row) for receipt in receipts_of(row)]
        self._store.put_receipts(receipts)
        self._trust.forget_receipts()
        return receipts

    def _fits(self, row: Row) -> bool:
        kind, body = self._rules.kind(row.kind, row.v), row.fact.body_value()
        return kind is not None and body is not None and not kind.fault(body)

    # effective time ------------------------------------------------------------------------------------
    def _overrule_new(self, rows: Sequence[Row]) -> None:
        """A receipt may be here before the fact it speaks of."""
        changed = [after for row in rows if (after := self._trust.with_effective_time(row)) is not row]
        self._store.set_effective((row.id, row.eff_ms, row.eff_counter) for row in changed)

    def _overrule_old(self, receipts: Sequence[Receipt]) -> set[bytes]:
        """Facts whose ``at`` lies after a receipt that came now; also those of keys whose standing hangs on it."""
        again: set[bytes] = set()
        changed = []
        for receipt in receipts:
            waiting = self._trust.authority.revoked(receipt.key.origin)
            for row in self._store.of_chain(receipt.key, receipt.first, receipt.last):
                if waiting:
                    again.add(row.about)
                if row.at_ms <= receipt.time_ms + LATEST_AHEAD_MS:
                    continue
                after = self._trust.with_effective_time(row)
                if after is not row:
                    changed.append((after.id, after.eff_ms, after.eff_counter))
                    again.add(row.about)
        self._store.set_effective(changed)
        return again

    # trust ---------------------------------------------------------------------------------------------
    def _things_of(self, origins: Iterable[bytes]) -> set[bytes]:
        return {row.about for row in self._store.of_origins(origins)} if origins else set()

    def _settle_places(self, rows: Sequence[Row]) -> set[bytes]:
        """A point that was spoken of before its description came: who may speak there is known only now."""
        again: set[bytes] = set()
        for row in rows:
            kind = self._rules.kind(row.kind, row.v)
            if row.about != row.id or kind is None or kind.creates not in PLACES:
                continue
            self._trust.forget_places([row.id])
            if self._trust.authority.depends_on(row.id):
                again |= self._things_of(self._trust.recompute())
            for chain in self._store.all_chains([row.id]):
                again |= {said.about for said in self._store.of_chain(chain.key)}
        return again

    def _withhold(self) -> set[bytes]:
        """Take away what a person who may decided to withhold."""
        self._trust.recompute_withheld()
        targets = self._store.get({fact for fact, _ in self._trust.withheld})
        parts = [
            (fact, part)
            for fact, part in sorted(self._trust.withheld)
            if (row := targets.get(fact)) is not None and (part == "sealed" or row.kind not in NEVER_WITHHELD)
        ]
        fresh = [
            (fact, part)
            for fact, part in parts
            if (targets[fact].fact.body if part == "body" else targets[fact].fact.sealed) is not None
        ]
        self._store.drop_parts(fresh)
        self._store.drop_links(fact for fact, part in fresh if part == "body")
        return {targets[fact].about for fact, _ in fresh}

    def _drop_returning(self, rows: Sequence[Row]) -> None:
        """A replica or a backup that returns does not bring back what was withheld."""
        if not self._trust.withheld:
            return
        parts = [
            (row.id, part)
            for row in rows
            for part in ("body", "sealed")
            if (row.id, part) in self._trust.withheld and (part == "sealed" or row.kind not in NEVER_WITHHELD)
        ]
        self._store.drop_parts(parts)  # type: ignore[arg-type]

    # the fold ------------------------------------------------------------------------------------------
    def _fold(self, rows: Sequence[Row], again: set[bytes]) -> None:
        news: dict[bytes, list[Row]] = defaultdict(list)
        effective = self._store.get([row.id for row in rows]) if self._needs_reading(rows) else None
        for row in rows:
            news[row.about].append(effective[row.id] if effective is not None else row)
        known = self._store.get_things([*news, *(again - news.keys())])
        states, marks, cleared = [], [], []
        for thing in {**news, **dict.fromkeys(sorted(again))}:
            new, kept = news.get(thing, []), known.get(thing)
            state = None
            if kept is not None and thing not in again and all(row.id != thing for row in new):
                state = ThingState.of_row(kept)
            elif kept is None and thing not in again:
                state = self._begin(thing, new)
            if state is None:
                whole = self._store.of_thing(thing)
                cleared += [row.id for row in whole]
                state, found = self._fold_whole(thing, whole)
            else:
                entries = sorted((self._entry(row) for row in new), key=lambda entry: entry.order)
                if state.last is not None and entries[0].order < state.last:
                    resume = state.back_to(entries[0].order)
                    late = [self._entry(row) for row in self._store.of_thing(thing)]
                    entries = [entry for entry in late if resume is None or entry.order > resume]
                    cleared += [entry.row.id for entry in entries]
                found = self._steps(state, entries)
            states.append(state)
            marks += found
        if cleared:
            self._store.drop_marks(cleared)
        self._write(states, marks)
        self._store.put_links(self._links(rows))

    def _needs_reading(self, rows: Sequence[Row]) -> bool:
        """Whether rows differ from what is kept by now: an overruled time, a body withheld before it came."""
        return bool(self._trust.withheld) or any(self._store.receipts(key) for key in {row.key for row in rows})

    def _begin(self, thing: bytes, new: Sequence[Row]) -> ThingState:
        """A thing nothing was known of before this batch."""
        return ThingState(thing, type_of(self._rules, next((row for row in new if row.id == thing), None)))

    def _fold_whole(self, thing: bytes, rows: Sequence[Row]) -> tuple[ThingState, list[Mark]]:
        state = self._begin(thing, rows)
        entries = sorted((self._entry(row) for row in rows), key=lambda entry: entry.order)
        return state, self._steps(state, entries)

    def _steps(self, state: ThingState, entries: Iterable[Entry]) -> list[Mark]:
        marks = []
        for entry in entries:
            mark = state.step(self._rules, entry)
            row = entry.row
            if mark is None and (row.eff_ms, row.eff_counter) != (row.at_ms, row.at_counter):
                mark = Mark(row.id, "clock", "its clock was ahead: the time is that of its arrival at headquarters")
            if mark is not None:
                marks.append(mark)
        return marks

    def _entry(self, row: Row) -> Entry:
        return Entry(row, row.fact.body_value(), self._trust.waits(row))

    def _links(self, rows: Iterable[Row]) -> list[Link]:
        links = []
        for row in rows:
            kind = self._rules.kind(row.kind, row.v)
            if kind is None or not kind.links:
                continue
            body = row.fact.body_value()
            if body is None or kind.fault(body) or (row.id, "body") in self._trust.withheld:
                continue
            for field, _ in kind.links:
                targets = body.get(field, [])
                for target in targets if isinstance(targets, list) else [targets]:
                    links.append(Link(row.id, row.about, field, bytes.fromhex(target)))
        return links

    def _write(self, states: Sequence[ThingState], marks: Sequence[Mark]) -> None:
        self._store.put_things([state.to_row() for state in states if state.last is not None])
        for state in states:
            if state.names_changed:
                self._store.put_names(state.id, names_of(state.value))
        if marks:
            self._store.put_marks(marks)


def names_of(state: dict[str, object]) -> list[str]:
    """The names a thing is found by, folded for comparison."""
    fields = state.get("fields")
    found: set[str] = set()
    if isinstance(fields, dict):
        for field in ("name", "names"):
            value = fields.get(field, [None])[0]
            found |= {fold_name(text) for text in (value.values() if isinstance(value, dict) else [value]) if text}
    return sorted(found)


def fold_name(name: str) -> str:
    """A name as it is compared: letters without their case, spaces as one."""
    return " ".join(unicodedata.normalize("NFKC", name).casefold().split())
