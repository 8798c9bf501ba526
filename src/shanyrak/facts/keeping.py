"""Keeping new facts: everything that follows from them, in one transaction.

In this order, because each step stands on the one before: rows and chains; receipts; places; authority;
effective times; what is withheld; links; and last the fold of every thing that something new is known about.
What a fact brings can reach back: a receipt to the facts it covers, an admission to all its holder said, a
place to all that was said in it. Each step therefore names the things that must be folded again.
"""

from __future__ import annotations

import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Sequence
from functools import partial

from shanyrak.facts.canonical import MAX_INTEGER
from shanyrak.facts.chains import GrowingChain
from shanyrak.facts.fact import ChainKey, Fact
from shanyrak.facts.fold import Entry, ThingState, in_order, type_of
from shanyrak.facts.rules import Rules
from shanyrak.facts.store import ChainState, Link, Mark, Part, Receipt, Row, Store
from shanyrak.facts.trust import AUTHORITY_KINDS, RECEIPT, WITHHELD, Trust, makes_place, receipts_of

PARTS: tuple[Part, ...] = ("body", "sealed")


Reach = dict[ChainKey, tuple[int, int]]
"""Stretches of chains, from one seq to another."""


def _widen(reach: Reach, key: ChainKey, first: int, last: int) -> None:
    known = reach.get(key)
    reach[key] = (first, last) if known is None else (min(first, known[0]), max(last, known[1]))


class Keeper:
    """Writes what new facts bring with them. All its methods run inside a transaction of the store."""

    def __init__(self, store: Store, rules: Rules, trust: Trust) -> None:
        self._store = store
        self._rules = rules
        self._trust = trust
        self._linking = {known: kind for known, kind in rules.versions.items() if kind.links}

    def keep(self, rows: Sequence[Row], parts: Sequence[Fact] = ()) -> None:
        """Keep rows that are new here, and bring everything that follows from them up to date.

        Parameters
        ----------
        parts : bodies and sealed parts of facts that are here without them; they do all they would have
            done had they come with their fact
        """
        store, trust = self._store, self._trust
        store.put_facts(rows)
        store.put_parts(parts)
        before = self._grow_chains(rows)
        trust.forget_receipts()
        late = list(store.get([fact.id for fact in parts]).values()) if parts else []
        news = [*rows, *late]
        kinds = {row.kind for row in news}
        again = {row.about for row in late}
        receipts = self._note_receipts(news) if RECEIPT in kinds else []
        reach = self._reached(rows, receipts, before)
        places = self._settle_places(rows)
        suspects: frozenset[bytes] = frozenset()
        if (
            not kinds.isdisjoint(AUTHORITY_KINDS)
            or self._reaches_trust(reach)
            or any(trust.authority.depends_on(scope) for scope in {key.scope for key in places})
        ):
            suspects = trust.recompute()
            if suspects:
                said = list(store.of_origins(suspects))
                again |= {row.about for row in said}
                self._noted(reach, said)
        for key, said in places.items():
            again |= {row.about for row in said}
            _widen(reach, key, 0, MAX_INTEGER)
        again |= self._overrule(rows, reach)
        meant = [row.id for row in news if row.id in trust.targets]
        if suspects or places or reach or meant or WITHHELD in kinds:
            again |= self._withhold(meant)
        self._drop_returning(news)
        if late:
            store.put_links(self._links(store.get([row.id for row in late]).values()))
        self._fold(rows, again)

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
    def _grow_chains(self, rows: Sequence[Row]) -> dict[ChainKey, ChainState]:
        """Add rows to their chains; returns the chains as they were."""
        by_key: dict[ChainKey, list[Row]] = defaultdict(list)
        for row in rows:
            by_key[row.key].append(row)
        known = self._store.get_chains(by_key)
        grown = []
        for key, new in by_key.items():
            chain = GrowingChain(known.get(key) or ChainState(key, 0, -1, (), ()))
            among = {row.id for row in new}
            is_here = partial(self._is_here, key, among)
            for row in sorted(new, key=_seq_of):
                # A fact of this batch counts as here only once it was added: the batch is sorted, so a
                # ``prev`` that comes later in it (a seq that lies) is cleared by the later one itself.
                among.discard(row.id)
                chain.add(row, is_here)
            grown.append(chain.state())
        self._store.put_chains(grown)
        return known

    def _is_here(self, key: ChainKey, coming: set[bytes], fact: bytes) -> bool:
        if fact in coming:
            return False
        found = self._store.get([fact]).get(fact)
        return found is not None and found.key == key

    def _note_receipts(self, rows: Sequence[Row]) -> list[Receipt]:
        receipts = [receipt for row in rows for receipt in receipts_of(self._rules, row)]
        self._store.put_receipts(receipts)
        self._trust.forget_receipts()
        return receipts

    def _reached(self, rows: Sequence[Row], receipts: Sequence[Receipt], before: dict[ChainKey, ChainState]) -> Reach:
        """Stretches of chains in which older facts may be covered by receipts now, or no longer."""
        reach: Reach = {}
        for receipt in receipts:
            _widen(reach, receipt.key, receipt.first, receipt.last)
        keys = {row.key for row in rows}
        self._trust.read_receipts(keys)
        receipted = {key for key in keys if self._trust.receipts_of_chain(key)}
        by_key: dict[ChainKey, set[bytes]] = defaultdict(set)
        for row in rows if receipted else ():
            if row.key in receipted:
                by_key[row.key].add(row.id)
        for key, new in by_key.items():
            known = self._trust.receipts_of_chain(key)
            was = before.get(key)
            if was is None or len(was.heads) > 1 or len(self._store.get_chains([key])[key].heads) > 1:
                _widen(reach, key, 0, MAX_INTEGER)
            for receipt in known:
                if receipt.head in new:
                    _widen(reach, key, receipt.first, receipt.last)
        return self._and_noted_in(reach)

    def _and_noted_in(self, reach: Reach) -> Reach:
        """With what receipts in these stretches speak of: a revoked headquarters is heeded as far as witnessed."""
        trust = self._trust
        if trust.authority.any_revoked:
            for key, (first, last) in list(reach.items()):
                if trust.authority.revoked(key.origin):
                    self._noted(reach, self._store.of_chain(key, first, last))
        return reach

    def _reaches_trust(self, reach: Reach) -> bool:
        """Whether receipts reached what trust rests on; those for anything else change nobody's standing."""
        return self._trust.authority.any_revoked and any(
            row.kind in AUTHORITY_KINDS or row.kind == RECEIPT
            for key, (first, last) in reach.items()
            for row in self._store.of_chain(key, first, last)
        )

    def _noted(self, reach: Reach, rows: Iterable[Row]) -> None:
        """Reach what the receipts among these facts speak of."""
        for row in rows:
            for receipt in receipts_of(self._rules, row):
                _widen(reach, receipt.key, receipt.first, receipt.last)

    # effective time ------------------------------------------------------------------------------------
    def _overrule(self, rows: Sequence[Row], reach: Reach) -> set[bytes]:
        """Set effective times, of the new facts and wherever receipts reached; the things that changed."""
        trust = self._trust
        changed: dict[bytes, Row] = {}
        again: set[bytes] = set()
        for row in rows:
            if trust.receipts_of_chain(row.key) and (after := trust.with_effective_time(row)) is not row:
                changed[row.id] = after
        for key, (first, last) in sorted(reach.items()):
            # Whether a revoked key's fact counts hangs on its receipts, even where no time changes.
            waiting = trust.authority.revoked(key.origin)
            for row in self._store.of_chain(key, first, last):
                if (after := trust.with_effective_time(row)) is not row:
                    changed[row.id] = after
                    again.add(row.about)
                elif waiting:
                    again.add(row.about)
        self._store.set_effective((row.id, row.eff_ms, row.eff_counter) for row in changed.values())
        return again

    # trust ---------------------------------------------------------------------------------------------
    def _settle_places(self, rows: Sequence[Row]) -> dict[ChainKey, list[Row]]:
        """Chains said in places that were spoken of before they were described: who may speak there is known now."""
        made = [row.id for row in rows if makes_place(self._rules, row)]
        settled: dict[ChainKey, list[Row]] = {}
        if not made:
            return settled
        self._trust.forget_places()
        known = set(made)
        while made:
            chains = [chain.key for chain in self._store.all_chains(made)]
            made = []
            for key in chains:
                said = settled[key] = self._store.of_chain(key)
                inner = {row.id for row in said if makes_place(self._rules, row)} - known
                made += sorted(inner)
                known |= inner
        return settled

    def _withhold(self, meant: Sequence[bytes]) -> set[bytes]:
        """Take away what a person who may decided to withhold; ``meant`` came after the word that means it."""
        self._trust.recompute_withheld()
        again = self._trust.withholders_of(meant)
        targets = self._store.get({fact for fact, _ in self._trust.withheld})
        fresh = [
            (fact, part)
            for fact, part in sorted(self._trust.withheld)
            if (row := targets.get(fact)) is not None
            and (row.fact.body if part == "body" else row.fact.sealed) is not None
        ]
        self._store.drop_parts(fresh)
        self._store.drop_links(fact for fact, part in fresh if part == "body")
        return again | {targets[fact].about for fact, _ in fresh}

    def _drop_returning(self, rows: Sequence[Row]) -> None:
        """A replica or a backup that returns does not bring back what was withheld."""
        withheld = self._trust.withheld
        if withheld:
            self._store.drop_parts((row.id, part) for row in rows for part in PARTS if (row.id, part) in withheld)

    # the fold ------------------------------------------------------------------------------------------
    def _fold(self, rows: Sequence[Row], again: set[bytes]) -> None:
        news: dict[bytes, list[Row]] = defaultdict(list)
        effective = self._store.get([row.id for row in rows]) if self._needs_reading(rows) else None
        for row in rows:
            news[row.about].append(effective[row.id] if effective is not None else row)
        known = self._store.get_things([*news, *(again - news.keys())])
        created = {row.id for row in rows}
        states, marks, cleared = [], [], []
        for thing in {**news, **dict.fromkeys(sorted(again))}:
            new, kept = news.get(thing, []), known.get(thing)
            state = None
            if kept is None and new:
                state = self._begin(thing, new)  # all that is known of it is new
            elif kept is not None and thing not in again and thing not in created:
                state = ThingState.of_row(kept)
            if state is None:
                whole = self._store.of_thing(thing)
                cleared += [row.id for row in whole]
                state, found = self._fold_whole(thing, whole)
            else:
                entries = in_order(self._entry(row) for row in new)
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
        keys = {row.key for row in rows}
        return bool(self._trust.withheld) or any(self._trust.receipts_of_chain(key) for key in keys)

    def _begin(self, thing: bytes, new: Sequence[Row]) -> ThingState:
        """A thing nothing was known of before this batch."""
        return ThingState(thing, type_of(self._rules, next((row for row in new if row.id == thing), None)))

    def _fold_whole(self, thing: bytes, rows: Sequence[Row]) -> tuple[ThingState, list[Mark]]:
        state = self._begin(thing, rows)
        entries = in_order(self._entry(row) for row in rows)
        return state, self._steps(state, entries)

    def _steps(self, state: ThingState, entries: Iterable[Entry]) -> list[Mark]:
        marks = []
        for entry in entries:
            mark = state.step(self._rules, entry)
            row = entry.row
            if mark is None and (row.eff_ms != row.at_ms or row.eff_counter != row.at_counter):
                mark = Mark(row.id, "clock", "its clock was ahead: the time is that of its arrival at headquarters")
            if mark is not None:
                marks.append(mark)
        return marks

    def _entry(self, row: Row) -> Entry:
        return Entry(row, row.fact.body_value(), self._trust.waits(row))

    def _links(self, rows: Iterable[Row]) -> list[Link]:
        links = []
        for row in rows:
            kind = self._linking.get((row.kind, row.v))
            if kind is None:
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


def _seq_of(row: Row) -> int:
    return row.seq


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
