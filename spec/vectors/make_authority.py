"""Who may say what: networks, and who holds what in them, by the rule of ``spec/authority.md``.

The rule is written down here word by word and slowly: no worklists, no caches; every reading is made by trying
every fact again until nothing is added.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping
from typing import Any, NamedTuple

NEED_TWO = ("admin", "headquarters")
ADMITS: dict[str, tuple[str, ...]] = {
    "admin": ("admin", "headquarters", "desk", "host", "driver", "inspector"),
    "headquarters": (),
    "desk": ("host", "driver", "inspector"),
    "host": ("host",),
    "driver": (),
    "inspector": (),
}


class Fact(NamedTuple):
    """A fact about trust. Ids, keys and scopes are lower-case hex."""

    id: str
    kind: str
    origin: str
    ms: int
    counter: int
    scope: str
    body: dict[str, Any]

    def order(self) -> tuple[int, int, str, str]:
        """Its place: hex sorts as bytes do."""
        return (self.ms, self.counter, self.origin, self.id)


class Seen(NamedTuple):
    """A line of a ``receipt.noted`` that covers a fact."""

    witness: str
    scope: str
    time_ms: int
    note: str


class G(NamedTuple):
    """A grant: rule 1."""

    fact: str
    key: str
    role: str
    scope: str
    until: int | None


class Twin:
    """Computes who holds what."""

    def __init__(
        self,
        net: str,
        facts: Iterable[Fact],
        receipts: Mapping[str, list[Seen]],
        admits: Mapping[str, tuple[str, ...]],
        around: Callable[[str], tuple[str, ...]],
    ) -> None:
        self.facts = {fact.id: fact for fact in facts}
        self.receipts, self.admits, self.around, self.net = receipts, admits, around, net
        founding = self.facts.get(net)
        self.recovery = founding.body["recovery"] if founding else ""
        self.first: Callable[[Fact], int | None] = lambda fact: None

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

    def ended(self, outcome: tuple[set[G], set[tuple[str, G]]]) -> dict[G, int]:
        """The earliest end of each grant."""
        found: dict[G, int] = {}
        for fact, grant in outcome[1]:
            found[grant] = min(found.get(grant, 2**62), self.ms(self.facts[fact]))
        return found

    # rules 10, 11 ------------------------------------------------------------------------------------------------
    def first_by(self, fact: Fact, holders: set[G], ended: dict[G, int]) -> int | None:
        def covering(one: Seen) -> list[G]:
            around = self.around(one.scope)
            return [
                g
                for g in holders
                if g.key == one.witness and g.scope in around and (g.until is None or one.time_ms <= g.until)
            ]

        def heeded(one: Seen) -> bool:
            for g in covering(one):
                if g not in ended:
                    return True
                for over in self.receipts.get(one.note, []):
                    free = any(other not in ended for other in covering(over))
                    if over.witness != one.witness and free and over.time_ms < ended[g]:
                        return True
            return False

        times = [one.time_ms for one in self.receipts.get(fact.id, []) if one.witness != fact.origin and heeded(one)]
        return min(times, default=None)

    def ms(self, fact: Fact) -> int:
        """Effective time."""
        first = self.first(fact)
        return first if first is not None and fact.ms > first + 600_000 else fact.ms

    # rules 12, 13 ------------------------------------------------------------------------------------------------
    def in_turn(self) -> tuple[set[G], set[tuple[str, G]]]:
        few: tuple[set[G], set[tuple[str, G]]] = (set(), set())
        while True:
            many = self.reading(*few)
            fewer = self.reading(*many)
            if fewer == few:
                return few[0], {(fact, grant) for fact, grant in many[1] if grant in few[0]}
            few = fewer

    def reading(self, assumed: set[G], assumed_ends: set[tuple[str, G]]) -> tuple[set[G], set[tuple[str, G]]]:
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

    def by(self, g: G) -> str:
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
                scope = body.get("scope", fact.scope)
                found.add(G(fact.id, body["key"], body["role"], scope, body.get("until_ms")))
            elif fact.kind == "device.replaced":
                new, old = body["new"], body["old"]
                found |= {G(fact.id, new, g.role, g.scope, g.until) for g in counts if g.key == old}
        return found

    def may_give(self, g: G, counts: set[G], assumed_ends: set[tuple[str, G]]) -> bool:
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
            if held.scope not in self.around(g.scope) or (held.until is not None and fact.ms > held.until):
                continue
            ended = [self.ms(self.facts[e]) for e, h in assumed_ends if h == held and self.facts[e].origin != g.key]
            first = self.first(fact)
            if not ended or (first is not None and first < min(ended)):
                return True
        return False

    def two_before(self, g: G, assumed: set[G], ends: set[tuple[str, G]]) -> bool:
        """Rule 4b."""
        fact, around = self.facts[g.fact], self.around(g.scope)
        over = {grant for _, grant in ends}
        admins = {
            a.key
            for a in assumed
            if a.role == "admin"
            and a not in over
            and a.scope in around
            and (a.fact == self.net or self.facts[a.fact].order() < fact.order())
        }
        return len(admins) >= 2

    def ends(self, e: Fact, g: G, counts: set[G], assumed: set[G], assumed_ends: set[tuple[str, G]]) -> bool:
        """Rules 5 to 8."""
        body = e.body
        if e.kind == "device.revoked":
            named = body["key"]
        elif e.kind == "device.replaced":
            named = body["old"]
            new = G(e.id, body["new"], g.role, g.scope, g.until)
            if new not in counts or new.key == g.key:
                return False
        elif e.kind == "device.admitted" and "replaces" in body:
            named = body["replaces"]
            if not any(one.fact == e.id and one.key != g.key for one in counts):
                return False
        else:
            return False
        if named != g.key or e.id == g.fact or self.lifted(e, g, assumed):
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

    def lifted(self, e: Fact, g: G, assumed: set[G]) -> bool:
        """Rule 8."""
        if e.id not in self.lifts(g):
            return False
        for one in assumed:
            if one.key != g.key or e.id not in self.lifts(one):
                continue
            by = self.by(one)
            if by in (self.recovery, e.origin):
                return True
            admin = any(a.key == by and a.role == "admin" and a.scope in self.around(one.scope) for a in assumed)
            if admin and e.origin != self.recovery:
                return True
        return False


# the vectors -------------------------------------------------------------------------------------------------------
def _h(name: str) -> str:
    return hashlib.sha256(name.encode()).hexdigest()


NET = _h("net")
AROUND = {_h(place): _h(outer) for place, outer in (("p1", "north"), ("p2", "north"), ("p3", "south"))}


def within(scope: str) -> tuple[str, ...]:
    """A scope and all around it: p1 and p2 lie in north, p3 in south, both in the network."""
    return (scope, AROUND[scope], NET) if scope in AROUND else (scope, NET) if scope != NET else (NET,)


class _Chance:
    """Numbers that look like chance and are the same on every machine."""

    def __init__(self, seed: int) -> None:
        self._seed, self._count = seed, 0

    def below(self, most: int) -> int:
        self._count += 1
        return int.from_bytes(hashlib.sha256(f"{self._seed} {self._count}".encode()).digest()[:6], "big") % most

    def of(self, choices: tuple[Any, ...]) -> Any:
        return choices[self.below(len(choices))]


KEYS = ("F", "A", "B", "C", "D", "paper")
PLACES = ("net", "net", "net", "north", "p1", "p3")


def _network(seed: int) -> tuple[list[Fact], dict[str, list[Seen]]]:
    chance = _Chance(seed)
    facts = [Fact(NET, "network.founded", _h("F"), 0, 0, NET, {"name": "Drawn", "recovery": _h("paper")})]
    count = 3 + chance.below(9)
    for n in range(count):
        key = _h(chance.of(KEYS))
        kind = chance.of(("device.admitted",) * 6 + ("device.revoked",) * 3 + ("device.replaced",))
        body: dict[str, Any] = {"key": key}
        if kind == "device.replaced":
            body = {"old": _h(chance.of(KEYS)), "new": key}
        elif kind == "device.admitted":
            body["role"] = chance.of(("admin", "admin", "headquarters", "desk", "host"))
            if chance.below(4) == 0:
                body["until_ms"] = chance.below(15)
            if chance.below(5) == 0:
                body["replaces"] = _h(chance.of(KEYS))
            if chance.below(3) == 0:
                body["lifts"] = sorted({_h(f"fact {chance.below(count)}") for _ in range(3)})
        far = 400 * 86_400_000 if chance.below(12) == 0 else 0
        origin, scope = _h(chance.of(KEYS)), _h(chance.of(PLACES))
        facts.append(Fact(_h(f"fact {n}"), kind, origin, chance.below(13) + far, chance.below(2), scope, body))
    seen: dict[str, list[Seen]] = {}
    for n in range(chance.below(12)):
        covered = f"note {chance.below(n)}" if n and chance.below(5) == 0 else f"fact {chance.below(count)}"
        line = Seen(_h(chance.of(KEYS)), _h(chance.of(PLACES)), chance.below(13), _h(f"note {n}"))
        seen.setdefault(_h(covered), []).append(line)
    return facts, seen


def _vector(name: str, facts: list[Fact], seen: dict[str, list[Seen]]) -> dict[str, Any]:
    counts, ended = Twin(NET, facts, seen, ADMITS, within).run()
    holds = [
        {"key": g.key, "role": g.role, "scope": g.scope, "until_ms": g.until, "fact": g.fact, "ended_ms": ended.get(g)}
        for g in counts
    ]
    return {
        "name": name,
        "facts": [
            {"id": f.id, "kind": f.kind, "origin": f.origin, "at": [f.ms, f.counter], "scope": f.scope, "body": f.body}
            for f in facts
        ],
        "receipts": [{"fact": fact, **line._asdict()} for fact, lines in sorted(seen.items()) for line in lines],
        "holds": sorted(
            holds, key=lambda one: (one["key"], one["role"], one["scope"], one["fact"], str(one["until_ms"]))
        ),
    }


def authority() -> dict[str, Any]:
    """Networks in which something was ended, and what counts in them."""
    networks: list[dict[str, Any]] = []
    seed = 0
    while len(networks) < 24:
        seed += 1
        vector = _vector(f"network {seed}", *_network(seed))
        if len(vector["holds"]) > 3 and any(one["ended_ms"] is not None for one in vector["holds"]):
            networks.append(vector)
    return {
        "about": "Who holds what (spec/authority.md). receipts: lines that cover a fact; note is the receipt.noted.",
        "net": NET,
        "admits": ADMITS,
        "around": {scope: list(within(scope)) for scope in sorted({NET, *AROUND, *AROUND.values()})},
        "networks": networks,
    }
