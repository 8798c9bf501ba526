"""Who is trusted with what, as the ledger keeps it up: authority, receipts, what is withheld, what lies in what."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from shanyrak.facts.authority import Authority, AuthorityFact
from shanyrak.facts.chains import branch
from shanyrak.facts.fact import ChainKey
from shanyrak.facts.order import Order, effective
from shanyrak.facts.rules import Rules
from shanyrak.facts.store import Part, Receipt, Row, Store

AUTHORITY_KINDS = ("network.founded", "device.admitted", "device.replaced", "device.revoked")
RECEIPT = "receipt.noted"
WITHHELD = "body.withheld"
NEVER_WITHHELD = (*AUTHORITY_KINDS, RECEIPT, WITHHELD)
"""Kinds whose body the authority rests on: only their sealed part can be withheld."""
_AUTHORITY = "authority"


class Trust:
    """What decides whether a fact counts, read from the store and refreshed when it changes."""

    def __init__(self, store: Store, rules: Rules, net: bytes) -> None:
        self._store = store
        self._rules = rules
        self.net = net
        self._within: dict[bytes, tuple[bytes, ...]] = {}
        self._seen = b""
        self._receipts: dict[ChainKey, list[Receipt]] = {}
        self.authority = Authority.of(net, (), self.receipts_of_fact, self._admits, self.within)
        self.withheld: set[tuple[bytes, Part]] = set()

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
        self._within.clear()
        kept = self._store.get_value(_AUTHORITY)
        if kept is not None:
            self.authority = Authority.from_bytes(kept, self.within)
        self.withheld = set(self._withheld())

    def recompute(self) -> frozenset[bytes]:
        """Compute authority and what is withheld anew from the set, keep it, and say whose facts may change."""
        self._within.clear()
        before = self.authority
        rows = self._store.of_kinds(AUTHORITY_KINDS)
        facts = [
            AuthorityFact(row.id, row.kind, row.key.origin, _as_signed(row), row.key.scope, body)
            for row in rows
            if (body := row.fact.body_value()) is not None and self._fits(row, body)
        ]
        self.authority = Authority.of(self.net, facts, self.receipts_of_fact, self._admits, self.within)
        self._store.put_value(_AUTHORITY, self.authority.to_bytes())
        self._bump()
        return before.differs(self.authority)

    def recompute_withheld(self) -> None:
        """Read again which bodies are withheld; the generation tells other programs."""
        self.withheld = set(self._withheld())
        self._bump()

    def _bump(self) -> None:
        count = int.from_bytes(self._store.get_value("trust") or b"", "big") + 1
        self._seen = count.to_bytes(8, "big")
        self._store.put_value("trust", self._seen)

    def _fits(self, row: Row, body: dict[str, object]) -> bool:
        kind = self._rules.kind(row.kind, row.v)
        return kind is not None and not kind.fault(body)

    def _withheld(self) -> Iterator[tuple[bytes, Part]]:
        for row in self._store.of_kinds((WITHHELD,)):
            yield from self.withheld_by(row)

    def withheld_by(self, row: Row) -> list[tuple[bytes, Part]]:
        """What a ``body.withheld`` takes away, if it counts."""
        body = row.fact.body_value()
        if body is None or not self._fits(row, body) or self.waits(row):
            return []
        target = bytes.fromhex(str(body["fact"]))
        wanted = str(body.get("part", "both"))
        parts: list[tuple[bytes, Part]] = [(target, "sealed")] if wanted in ("sealed", "both") else []
        if wanted in ("body", "both"):
            parts.append((target, "body"))
        return parts

    def waits(self, row: Row) -> str:
        """Why a fact does not count (its signer has no authority for it); empty if it does."""
        if row.kind in AUTHORITY_KINDS:
            return self.authority.standing.get(row.id, "")
        kind = self._rules.kind(row.kind, row.v)
        if kind is None or "anyone" in kind.by:
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
        """Receipts changed, or another program may have written some: read them again."""
        self._receipts.clear()

    def _covering(self, row: Row) -> list[Receipt]:
        """Receipts that cover a fact: in range, and on the branch that leads to the head they name."""
        kept = self._receipts.get(row.key)
        if kept is None:
            kept = self._receipts[row.key] = self._store.receipts(row.key)
        found = [receipt for receipt in kept if receipt.first <= row.seq <= receipt.last]
        if not found:
            return []
        chain = self._store.get_chains([row.key]).get(row.key)
        if chain is None or len(chain.heads) <= 1:
            return found
        rows = self._store.of_chain(row.key, row.seq)
        branches = {head: branch(rows, head) for head in {receipt.head for receipt in found}}
        return [receipt for receipt in found if row.id in branches[receipt.head]]

    def with_effective_time(self, row: Row) -> Row:
        """The row with the effective time that the receipts here give it."""
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
        path = []
        at = scope
        while at and at != self.net and at not in path and len(path) < 8:
            path.append(at)
            row = self._store.get([at]).get(at)
            at = row.key.scope if row is not None else b""
        return (*path, self.net)

    def forget_places(self, scopes: Iterable[bytes]) -> None:
        """Places whose surroundings became known: ask again."""
        for scope in scopes:
            self._within.pop(scope, None)


def _as_signed(row: Row) -> Order:
    """Its place among the facts about trust: by ``at`` as it was signed, before any receipt."""
    return Order(row.at_ms, row.at_counter, row.key.origin, row.id)


def receipts_of(row: Row) -> list[Receipt]:
    """The lines of a ``receipt.noted``."""
    body = row.fact.body_value()
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
