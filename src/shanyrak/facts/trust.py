"""Who is trusted with what, as the ledger keeps it up: authority, receipts, what is withheld, what lies in what."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Any

from shanyrak.facts.authority import Authority, AuthorityFact
from shanyrak.facts.chains import branch
from shanyrak.facts.fact import ChainKey
from shanyrak.facts.fold import type_of
from shanyrak.facts.grants import ADMITTED, FOUNDED, REPLACED, REVOKED
from shanyrak.facts.order import Order, effective
from shanyrak.facts.rules import Rules
from shanyrak.facts.store import Part, Receipt, Row, Store

AUTHORITY_KINDS = (FOUNDED, ADMITTED, REPLACED, REVOKED)
RECEIPT = "receipt.noted"
WITHHELD = "body.withheld"
NEVER_WITHHELD = (*AUTHORITY_KINDS, RECEIPT, WITHHELD)
"""Kinds whose body the authority rests on: only their sealed part can be withheld."""
PLACES = ("point", "area")
"""Types of thing that facts are said within."""
_AUTHORITY = "authority"
_SURE_KEPT = 50_000


class Trust:
    """What decides whether a fact counts, read from the store and refreshed when it changes."""

    def __init__(self, store: Store, rules: Rules, net: bytes) -> None:
        self._store = store
        self._rules = rules
        self.net = net
        self._within: dict[bytes, tuple[bytes, ...]] = {}
        self._seen = b""
        self._receipts: dict[ChainKey, list[Receipt]] = {}
        self._ways: dict[ChainKey, tuple[list[Row], dict[bytes, set[bytes]]]] = {}
        self._sure: set[tuple[ChainKey, str, int]] = set()
        """Kinds that count in a chain whatever their time, as long as authority and places stay as they are."""
        self.authority = self._nobody()
        self.withheld: set[tuple[bytes, Part]] = set()
        self.targets: frozenset[bytes] = frozenset()
        """Facts that any ``body.withheld`` here speaks of, whether it counts or not."""

    def _nobody(self) -> Authority:
        return Authority.of(self.net, (), self.receipts_of_fact, self._admits, self.within)

    @property
    def _admits(self) -> dict[str, tuple[str, ...]]:
        return {name: role.admits for name, role in self._rules.roles.items()}

    def refresh(self) -> None:
        """Read again what another program may have changed meanwhile."""
        self.forget_receipts()
        generation = self._store.get_value("trust") or b""
        if generation == self._seen and generation:
            return
        self._seen = generation
        self.forget_places()
        kept = self._store.get_value(_AUTHORITY)
        self.authority = Authority.from_bytes(kept, self.within) if kept is not None else self._nobody()
        self._read_withheld()

    def distrust(self, net: bytes) -> None:
        """A transaction did not reach its end: what is in memory here may be ahead of the disk; read it again."""
        self.net = net
        self._seen = b""

    def recompute(self) -> frozenset[bytes]:
        """Compute authority and what is withheld anew from the set, keep it, and say whose facts may change."""
        self.forget_places()
        before = self.authority
        rows = self._store.of_kinds(AUTHORITY_KINDS)
        facts = [
            AuthorityFact(row.id, row.kind, row.key.origin, _as_signed(row), row.key.scope, body)
            for row in rows
            if (body := fitting_body(self._rules, row)) is not None
        ]
        self.authority = Authority.of(self.net, facts, self.receipts_of_fact, self._admits, self.within)
        self._store.put_value(_AUTHORITY, self.authority.to_bytes())
        self._bump()
        return before.differs(self.authority)

    def recompute_withheld(self) -> None:
        """Read again which bodies are withheld; the generation tells other programs."""
        if self._read_withheld():
            self._bump()

    def _read_withheld(self) -> bool:
        """Read what is withheld; whether that changed."""
        before = (self.withheld, self.targets)
        said = self._store.of_kinds((WITHHELD,))
        fitting = [(row, body) for row in said if (body := fitting_body(self._rules, row)) is not None]
        self.targets = frozenset(bytes.fromhex(str(body["fact"])) for _, body in fitting)
        here = self._store.get(self.targets)
        self.withheld = {
            (target, part)
            for row, body in fitting
            if not self.waits(row)
            for target, part in _parts(body)
            if part == "sealed" or target not in here or here[target].kind not in NEVER_WITHHELD
        }
        return before != (self.withheld, self.targets)

    def withholders_of(self, facts: Iterable[bytes]) -> set[bytes]:
        """Things about which it was said that the words of these facts are taken back."""
        meant = {fact.hex() for fact in facts}
        rows = self._store.of_kinds((WITHHELD,)) if meant else ()
        return {row.about for row in rows if (row.fact.body_value() or {}).get("fact") in meant}

    def _bump(self) -> None:
        count = int.from_bytes(self._store.get_value("trust") or b"", "big") + 1
        self._seen = count.to_bytes(8, "big")
        self._store.put_value("trust", self._seen)

    def waits(self, row: Row) -> str:
        """Why a fact does not count (its signer has no authority for it); empty if it does."""
        if row.kind in AUTHORITY_KINDS:
            return self.authority.standing.get(row.id, "")
        sure = (row.key, row.kind, row.v)
        if sure in self._sure:
            return ""
        kind = self._rules.kind(row.kind, row.v)
        if kind is None or "anyone" in kind.by:
            return ""
        if self.authority.always(row.key.origin, kind.by, row.key.scope):
            if len(self._sure) >= _SURE_KEPT:
                self._sure.clear()
            self._sure.add(sure)
            return ""
        receipt = self.earliest_receipt(row) if self.authority.revoked(row.key.origin) else None
        if row.kind == WITHHELD and self._is_own_word(row):
            return ""
        return self.authority.fault(row.key.origin, kind.by, row.key.scope, row.eff_ms, receipt)

    def _is_own_word(self, row: Row) -> bool:
        """Everybody may take back what they said themselves."""
        body = row.fact.body_value() or {}
        target = bytes.fromhex(str(body.get("fact", "")))
        found = self._store.get([target]).get(target)
        return found is not None and found.key.origin == row.key.origin

    # receipts ------------------------------------------------------------------------------------------
    def earliest_receipt(self, row: Row) -> int | None:
        """Earliest time [ms] at which a headquarters other than its signer had this fact; None: nobody says so."""
        found = self._covering(row)
        return self.authority.first_receipt(row.key.origin, found, self.receipts_of_fact) if found else None

    def receipts_for(self, row: Row) -> list[Receipt]:
        """Receipts for a fact that count, its own headquarters' too."""
        return [one for one in self._covering(row) if self.authority.heeds(one, self.receipts_of_fact)]

    def receipts_of_fact(self, fact: bytes) -> list[Receipt]:
        """All receipts for a fact by its id, whoever signed them."""
        row = self._store.get([fact]).get(fact)
        return self._covering(row) if row is not None else []

    def forget_receipts(self) -> None:
        """Facts or receipts came, or another program may have written some: read them again."""
        self._receipts.clear()
        self._ways.clear()

    def read_receipts(self, keys: Collection[ChainKey]) -> None:
        """Read the receipts for many chains at once, because each will be asked for."""
        found = self._store.receipts_for([key for key in keys if key not in self._receipts])
        for key in keys:
            if key not in self._receipts:
                self._receipts[key] = found.get(key, [])

    def receipts_of_chain(self, key: ChainKey) -> list[Receipt]:
        """All receipts here for a chain, whoever signed them."""
        kept = self._receipts.get(key)
        if kept is None:
            kept = self._receipts[key] = self._store.receipts(key)
        return kept

    def _covering(self, row: Row) -> list[Receipt]:
        """Receipts that cover a fact: in range, and on the way to the head they name, which must be here."""
        found = [receipt for receipt in self.receipts_of_chain(row.key) if receipt.first <= row.seq <= receipt.last]
        if not found:
            return []
        chain = self._store.get_chains([row.key]).get(row.key)
        if chain is None or len(chain.heads) > 1:
            return [receipt for receipt in found if row.id in self._way(row.key, receipt.head)]
        # One line: whatever is here and not earlier lies behind it.
        heads = self._store.get({receipt.head for receipt in found})
        return [
            receipt
            for receipt in found
            if (head := heads.get(receipt.head)) is not None and head.key == row.key and row.seq <= head.seq
        ]

    def _way(self, key: ChainKey, head: bytes) -> set[bytes]:
        """The facts of a chain that lead up to a head, as far as they are here."""
        kept = self._ways.get(key)
        if kept is None:
            kept = self._ways[key] = (self._store.of_chain(key), {})
        rows, ways = kept
        if head not in ways:
            ways[head] = branch(rows, head)
        return ways[head]

    def with_effective_time(self, row: Row) -> Row:
        """The row with the effective time that the receipts here give it."""
        if not self.receipts_of_chain(row.key) and (row.eff_ms, row.eff_counter) == (row.at_ms, row.at_counter):
            return row
        ms, counter, _ = effective((row.at_ms, row.at_counter), self.earliest_receipt(row))
        return row if (ms, counter) == (row.eff_ms, row.eff_counter) else row._replace(eff_ms=ms, eff_counter=counter)

    # places --------------------------------------------------------------------------------------------
    def within(self, scope: bytes) -> tuple[bytes, ...]:
        """A scope and all that is around it, the network last: (point, area, network)."""
        found = self._within.get(scope)
        if found is None:
            found = self._within[scope] = self._look_around(scope)
        return found

    def _look_around(self, scope: bytes) -> tuple[bytes, ...]:
        path: list[bytes] = []
        at = scope
        while at and at != self.net and at not in path and len(path) < 8:
            path.append(at)
            row = self._store.get([at]).get(at)
            at = row.key.scope if row is not None and makes_place(self._rules, row) else b""
        return (*path, self.net)

    def forget_places(self) -> None:
        """Places became known, or who is trusted changed: ask again what is around what, and who is sure."""
        self._within.clear()
        self._sure.clear()


def makes_place(rules: Rules, row: Row) -> bool:
    """Whether a fact brings a place into being: what is said in it then has surroundings."""
    return row.about == row.id and type_of(rules, row) in PLACES


def fitting_body(rules: Rules, row: Row) -> dict[str, Any] | None:
    """The body of a fact whose kind is known and which fits it; None where there is none such."""
    kind, body = rules.kind(row.kind, row.v), row.fact.body_value()
    return body if kind is not None and body is not None and not kind.fault(body) else None


def _parts(body: dict[str, object]) -> list[tuple[bytes, Part]]:
    """What a ``body.withheld`` takes away."""
    target = bytes.fromhex(str(body["fact"]))
    wanted = str(body.get("part", "both"))
    parts: list[tuple[bytes, Part]] = [(target, "sealed")] if wanted in ("sealed", "both") else []
    if wanted in ("body", "both"):
        parts.append((target, "body"))
    return parts


def _as_signed(row: Row) -> Order:
    """Its place among the facts about trust: by ``at`` as it was signed, before any receipt."""
    return Order(row.at_ms, row.at_counter, row.key.origin, row.id)


def receipts_of(rules: Rules, row: Row) -> list[Receipt]:
    """The lines of a ``receipt.noted``; none where it is something else, or does not fit its kind."""
    body = fitting_body(rules, row) if row.kind == RECEIPT else None
    if body is None:
        return []
    return [
        Receipt(
            row.id,
            row.key.origin,
            ChainKey(bytes.fromhex(line["origin"]), bytes.fromhex(line["chain"]), bytes.fromhex(line["scope"])),
            line["first"],
            line["last"],
            bytes.fromhex(line["head"]),
            body["time_ms"],
            body["level"],
        )
        for line in body["chains"]
    ]
