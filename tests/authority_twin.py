"""The rule of ``spec/authority.md`` written down once more, word by word and slowly, to compare with.

No worklists, no caches: every reading is made by trying every fact again until nothing is added.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import NamedTuple

from shanyrak.facts.authority import AuthorityFact
from shanyrak.facts.store import Receipt

NEED_TWO = ("admin", "headquarters")
Receipts = Mapping[bytes, list[Receipt]]


class G(NamedTuple):
    """A grant: rule 1."""

    fact: bytes
    key: bytes
    role: str
    scope: bytes
    until: int | None


class Twin:
    """Computes who holds what."""

    def __init__(
        self,
        net: bytes,
        facts: Iterable[AuthorityFact],
        receipts: Receipts,
        admits: Mapping[str, tuple[str, ...]],
        around: Callable[[bytes], tuple[bytes, ...]],
    ) -> None:
        self.facts = {fact.id: fact for fact in facts}
        self.receipts, self.admits, self.around, self.net = receipts, admits, around, net
        founding = self.facts.get(net)
        self.recovery = bytes.fromhex(founding.body["recovery"]) if founding else b""
        self.first: Callable[[AuthorityFact], int | None] = lambda fact: None

    def run(self) -> tuple[set[G], dict[G, int]]:
        """Rule 14: the grants that count and the times at which some of them ended."""
        outcome = self.in_turn()
        known = None
        for _ in range(8):
            hq = {grant: ms for grant, ms in self.ended(outcome).items() if grant.role == "headquarters"}
            holding = ({grant for grant in outcome[0] if grant.role == "headquarters"}, hq)
            if holding == known:
                break
            known = holding
            self.first = lambda fact, holding=holding: self.first_by(fact, *holding)  # type: ignore[misc]
            outcome = self.in_turn()
        return outcome[0], self.ended(outcome)

    def ended(self, outcome: tuple[set[G], set[tuple[bytes, G]]]) -> dict[G, int]:
        """The earliest end of each grant."""
        found: dict[G, int] = {}
        for fact, grant in outcome[1]:
            found[grant] = min(found.get(grant, 2**62), self.ms(self.facts[fact]))
        return found

    # rules 10, 11 ------------------------------------------------------------------------------------------------
    def first_by(self, fact: AuthorityFact, holders: set[G], ended: dict[G, int]) -> int | None:
        def covering(one: Receipt) -> list[G]:
            around = self.around(one.key.scope)
            return [
                g
                for g in holders
                if g.key == one.witness and g.scope in around and (g.until is None or one.time_ms <= g.until)
            ]

        def heeded(one: Receipt) -> bool:
            for g in covering(one):
                if g not in ended:
                    return True
                for over in self.receipts.get(one.fact, []):
                    free = any(other not in ended for other in covering(over))
                    if over.witness != one.witness and free and over.time_ms < ended[g]:
                        return True
            return False

        times = [one.time_ms for one in self.receipts.get(fact.id, []) if one.witness != fact.origin and heeded(one)]
        return min(times, default=None)

    def ms(self, fact: AuthorityFact) -> int:
        """Effective time."""
        first = self.first(fact)
        return first if first is not None and fact.order.ms > first + 600_000 else fact.order.ms

    # rules 12, 13 ------------------------------------------------------------------------------------------------
    def in_turn(self) -> tuple[set[G], set[tuple[bytes, G]]]:
        few: tuple[set[G], set[tuple[bytes, G]]] = (set(), set())
        while True:
            many = self.reading(*few)
            fewer = self.reading(*many)
            if fewer == few:
                return few[0], {(fact, grant) for fact, grant in many[1] if grant in few[0]}
            few = fewer

    def reading(self, assumed: set[G], assumed_ends: set[tuple[bytes, G]]) -> tuple[set[G], set[tuple[bytes, G]]]:
        counts: set[G] = set()
        while True:
            ends = {
                (fact.id, g)
                for fact in self.facts.values()
                for g in counts
                if self.ends(fact, g, counts, assumed, assumed_ends)
            }
            able = {g for g in self.possible(counts) if self.may_give(g, counts, assumed_ends)}
            more = {
                g
                for g in able
                if g.role not in NEED_TWO
                or g.fact == self.net
                or self.by(g) == self.recovery
                or any(o[1:4] == g[1:4] and self.by(o) != self.by(g) and o.fact != self.net for o in able)
                or not self.two_before(g, assumed, ends)
            }
            if more <= counts:
                return counts, ends
            counts |= more

    def by(self, g: G) -> bytes:
        """Who gave it."""
        return self.facts[g.fact].origin

    def possible(self, counts: set[G]) -> set[G]:
        """Rule 1."""
        found = set()
        for fact in self.facts.values():
            body = fact.body
            if fact.kind == "network.founded" and fact.id == self.net:
                found |= {G(fact.id, fact.origin, role, self.net, None) for role in NEED_TWO}
            elif fact.kind == "device.admitted":
                scope = bytes.fromhex(body["scope"]) if "scope" in body else fact.scope
                found.add(G(fact.id, bytes.fromhex(body["key"]), body["role"], scope, body.get("until_ms")))
            elif fact.kind == "device.replaced":
                new, old = bytes.fromhex(body["new"]), bytes.fromhex(body["old"])
                found |= {G(fact.id, new, g.role, g.scope, g.until) for g in counts if g.key == old}
        return found

    def may_give(self, g: G, counts: set[G], assumed_ends: set[tuple[bytes, G]]) -> bool:
        """Rules 2 and 3."""
        fact = self.facts[g.fact]
        if g.fact == self.net:
            return True
        if g.role not in self.admits:
            return False
        if fact.origin == self.recovery:
            return True
        for held in counts:
            if held.key != fact.origin or g.role not in self.admits.get(held.role, ()):
                continue
            if held.scope not in self.around(g.scope) or (held.until is not None and fact.order.ms > held.until):
                continue
            ended = [self.ms(self.facts[e]) for e, h in assumed_ends if h == held and self.facts[e].origin != g.key]
            first = self.first(fact)
            if not ended or (first is not None and first < min(ended)):
                return True
        return False

    def two_before(self, g: G, assumed: set[G], ends: set[tuple[bytes, G]]) -> bool:
        """Rule 4b."""
        fact, around = self.facts[g.fact], self.around(g.scope)
        over = {grant for _, grant in ends}
        admins = {
            a.key
            for a in assumed
            if a.role == "admin"
            and a not in over
            and a.scope in around
            and (a.fact == self.net or self.facts[a.fact].order < fact.order)
        }
        return len(admins) >= 2

    def ends(self, e: AuthorityFact, g: G, counts: set[G], assumed: set[G], assumed_ends: set[tuple[bytes, G]]) -> bool:
        """Rules 5 to 8."""
        body = e.body
        if e.kind == "device.revoked":
            named = body["key"]
        elif e.kind == "device.replaced":
            named = body["old"]
            new = G(e.id, bytes.fromhex(body["new"]), g.role, g.scope, g.until)
            if new not in counts or new.key == g.key:
                return False
        elif e.kind == "device.admitted" and "replaces" in body:
            named = body["replaces"]
            if not any(one.fact == e.id and one.key != g.key for one in counts):
                return False
        else:
            return False
        if bytes.fromhex(named) != g.key or e.id == g.fact or self.lifted(e, g, assumed):
            return False
        if e.origin in (self.recovery, g.key):
            return True
        for held in counts:
            if held.key != e.origin or held.scope not in self.around(g.scope):
                continue
            admits = g.role in self.admits.get(held.role, ())
            if not (held.role == "admin" or (admits and (held.role == "desk" or self.by(g) == e.origin))):
                continue
            if held.until is not None and self.ms(e) > held.until:
                continue
            against = [self.facts[fact] for fact, h in assumed_ends if h == held]
            known = [first for fact in against if (first := self.first(fact)) is not None]
            if not against or (self.by(g) != self.recovery and all(first >= self.ms(e) for first in known)):
                return True
        return False

    def lifts(self, g: G) -> list[str]:
        """Revocations a grant names."""
        found: list[str] = self.facts[g.fact].body.get("lifts", [])
        return found

    def lifted(self, e: AuthorityFact, g: G, assumed: set[G]) -> bool:
        """Rule 8."""
        if e.id.hex() not in self.lifts(g):
            return False
        for one in assumed:
            if one.key != g.key or e.id.hex() not in self.lifts(one):
                continue
            by = self.by(one)
            if by in (self.recovery, e.origin):
                return True
            admin = any(a.key == by and a.role == "admin" and a.scope in self.around(one.scope) for a in assumed)
            if admin and e.origin != self.recovery:
                return True
        return False
