"""The rule by which admissions and revocations are weighed against each other (``spec/authority.md``).

An admission counts if its signer may give it; whether the signer may hangs on revocations, and whether a
revocation counts hangs on admissions. So the rule is read twice in turn: once granting too much (nothing is
revoked), once too little (all that was revoked then), and so on, until both readings stand still:

    reading 0      nothing ended           -> too many admissions, too many revocations
    reading 1      all of those ended      -> too few admissions, too few revocations
    reading 2      only these ended        -> fewer admissions than in reading 0 ...

What the two still disagree about is a knot (A admits B, B revokes A): there the revocation counts and the
admission does not. Receipts come in from outside, by those who are headquarters without any receipt; then
once more with the headquarters this brings, until they are the same.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from shanyrak.facts.grants import (
    ADMIN,
    ADMITTED,
    DESK,
    FOUNDED,
    NEED_TWO,
    NEVER_MS,
    REPLACED,
    REVOKED,
    AuthorityFact,
    End,
    Grant,
    Reading,
)
from shanyrak.facts.order import effective
from shanyrak.facts.witnesses import HEADQUARTERS, Admission, Receipts, Within, Witnesses

MOST_ROUNDS = 8
"""How often headquarters that only receipts bring in are asked for their receipts in turn."""

Witnessed = Callable[[AuthorityFact], "int | None"]


class Weighing:
    """All that was said about trust, ready to be weighed.

    Parameters
    ----------
    net : id of the founding fact
    facts : facts of the four kinds, in any order, whose bodies fit their schema
    admits : for each role, the roles it may give
    within : surroundings of a scope
    """

    def __init__(
        self, net: bytes, facts: Iterable[AuthorityFact], admits: Mapping[str, tuple[str, ...]], within: Within
    ) -> None:
        self.facts = {fact.id: fact for fact in facts}
        self.admits = {role: frozenset(given) for role, given in admits.items()}
        self.recovery = b""
        self.founding: list[Grant] = []
        self.scopes: set[bytes] = set()
        """Scopes whose surroundings were asked for: where these become known, all must be weighed anew."""
        self.asked_receipts = False
        """Whether any receipt could have changed the outcome."""
        self._within = within
        self._around: dict[bytes, frozenset[bytes]] = {}
        self._given: dict[bytes, Grant] = {}
        self._giving: dict[bytes, list[Grant]] = defaultdict(list)
        self._replacing: dict[bytes, list[AuthorityFact]] = defaultdict(list)
        self._replaced: dict[bytes, list[AuthorityFact]] = defaultdict(list)
        self._passed_on: dict[tuple[bytes, str, bytes, int | None], Grant] = {}
        self.ending: dict[bytes, list[AuthorityFact]] = defaultdict(list)
        """Facts that would end what a key holds, by that key."""
        for fact in self.facts.values():
            self._read(net, fact)

    def _read(self, net: bytes, fact: AuthorityFact) -> None:
        body = fact.body
        if fact.kind == FOUNDED:
            if fact.id == net:
                self.recovery = bytes.fromhex(body["recovery"])
                self.founding = [Grant(fact, fact.origin, role, net, None) for role in (ADMIN, HEADQUARTERS)]
            return
        if fact.kind == REVOKED:
            self.ending[bytes.fromhex(body["key"])].append(fact)
            return
        if fact.kind == REPLACED:
            self._replacing[fact.origin].append(fact)
            old = bytes.fromhex(body["old"])
            self._replaced[old].append(fact)
            self.ending[old].append(fact)
            return
        scope = bytes.fromhex(body["scope"]) if "scope" in body else fact.scope
        lifts = [bytes.fromhex(one) for one in body.get("lifts", ())]
        key = bytes.fromhex(body["key"])
        given = self._given[fact.id] = Grant(fact, key, body["role"], scope, body.get("until_ms"), lifts)
        self._giving[fact.origin].append(given)
        if "replaces" in body:
            self.ending[bytes.fromhex(body["replaces"])].append(fact)

    # the whole rule ------------------------------------------------------------------------------------
    def weigh(self, receipts: Receipts) -> tuple[Reading, Witnessed]:
        """The reading that counts, and the time at which a headquarters first had a fact."""
        witnessed: Witnessed = self._unwitnessed
        reading = self._settle(witnessed)
        before: dict[bytes, list[Admission]] | None = None
        for _ in range(MOST_ROUNDS):
            if not self.asked_receipts:
                break
            headquarters = reading.admissions(HEADQUARTERS)
            if headquarters == before:
                break
            before = headquarters
            witnessed = self._witnessed_by(Witnesses(headquarters, self.around), receipts)
            reading = self._settle(witnessed)
        return reading, witnessed

    def _unwitnessed(self, fact: AuthorityFact) -> int | None:
        self.asked_receipts = True
        return None

    def _witnessed_by(self, witnesses: Witnesses, receipts: Receipts) -> Witnessed:
        known: dict[bytes, int | None] = {}
        found: dict[bytes, list[Any]] = {}

        def look_up(fact: bytes) -> list[Any]:
            if fact not in found:
                found[fact] = list(receipts(fact))
            return found[fact]

        def witnessed(fact: AuthorityFact) -> int | None:
            if fact.id not in known:
                known[fact.id] = witnesses.first_ms(fact.origin, look_up(fact.id), look_up)
            return known[fact.id]

        return witnessed

    def _settle(self, witnessed: Witnessed) -> Reading:
        """Read in turn until the reading that grants too much and the one that grants too little stand still."""
        few = Reading()
        while True:
            many = self._read_under(few, witnessed)
            if many.same(few) or (not few.valid and not many.hangs):
                return many
            fewer = self._read_under(many, witnessed)
            if fewer.same(few) or fewer.same(many):
                few = fewer
                break
            few = fewer
        # In a knot the revocation counts and the admission does not.
        few.ends = {grant: end for grant, end in many.ends.items() if grant in few.valid}
        return few

    # one reading ---------------------------------------------------------------------------------------
    def _read_under(self, assumed: Reading, witnessed: Witnessed) -> Reading:
        """What follows from the founding and the recovery key when the ends of ``assumed`` hold."""
        out = Reading()
        together: dict[tuple[bytes, str, bytes], dict[bytes, list[Grant]]] = {}
        waiting: list[bytes] = []

        def take(grant: Grant) -> None:
            if grant not in out.valid:
                out.add(grant)
                waiting.append(grant.key)

        def examine(grants: Iterable[Grant]) -> None:
            for grant in grants:
                if grant in out.valid or not self._may_give(grant, out, assumed, witnessed):
                    continue
                if grant.role not in NEED_TWO or grant.by == self.recovery:
                    take(grant)
                if grant.role not in NEED_TWO:
                    continue
                said = together.setdefault((grant.key, grant.role, grant.scope), {})
                mine = said.setdefault(grant.by, [])
                if grant not in mine:
                    mine.append(grant)
                if len(said) > 1:
                    for one in (one for others in said.values() for one in others):
                        take(one)

        for grant in self.founding:
            take(grant)
        waiting.append(self.recovery)
        while waiting:
            while waiting:
                key = waiting.pop()
                examine(self._giving.get(key, ()))
                for fact in (*self._replacing.get(key, ()), *self._replaced.get(key, ())):
                    examine(self._grants(fact, out))
            out.ends = self._ends(out, assumed, witnessed)
            alone = [g for said in together.values() for grants in said.values() for g in grants if g not in out.valid]
            out.hangs = bool(out.hangs or alone or out.ends)
            for grant in alone:
                if not self._two_before(grant, out, assumed):
                    take(grant)
        return out

    def _grants(self, fact: AuthorityFact, out: Reading) -> list[Grant]:
        """What a fact would give: one role, or every role the replaced key holds."""
        if fact.kind == ADMITTED:
            return [self._given[fact.id]]
        new = bytes.fromhex(fact.body["new"])
        grants = []
        for held in out.of_key.get(bytes.fromhex(fact.body["old"]), ()):
            name = (fact.id, held.role, held.scope, held.until_ms)
            grant = self._passed_on.get(name)
            if grant is None:
                grant = self._passed_on[name] = Grant(fact, new, held.role, held.scope, held.until_ms)
            grants.append(grant)
        return grants

    def _may_give(self, grant: Grant, out: Reading, assumed: Reading, witnessed: Witnessed) -> bool:
        if grant.role not in self.admits:
            return False
        if grant.by == self.recovery:
            return True
        around = self.around(grant.scope)
        for held in out.of_key.get(grant.by, ()):
            if (
                grant.role in self.admits.get(held.role, ())
                and held.scope in around
                and (held.until_ms is None or grant.fact.order.ms <= held.until_ms)
            ):
                end = assumed.ends.get(held)
                ended_ms = None if end is None else end.ended_for_ms(grant.key)
                if ended_ms is None or _before(witnessed(grant.fact), ended_ms):
                    return True
        return False

    def _two_before(self, grant: Grant, out: Reading, assumed: Reading) -> bool:
        """Whether two admins were there when this was said by one of them alone."""
        around = self.around(grant.scope)
        found: set[bytes] = set()
        for admin in assumed.admins:
            if admin in out.ends or admin.scope not in around or admin.key in found:
                continue
            if admin.fact.kind == FOUNDED or admin.fact.order < grant.fact.order:
                found.add(admin.key)
                if len(found) == 2:
                    return True
        return False

    # ends ----------------------------------------------------------------------------------------------
    def _ends(self, out: Reading, assumed: Reading, witnessed: Witnessed) -> dict[Grant, End]:
        ends: dict[Grant, End] = {}
        for key, facts in self.ending.items():
            for grant in out.of_key.get(key, ()):
                counting = [
                    (self.effective(fact, witnessed), fact)
                    for fact in facts
                    if self._ends_it(fact, grant, out, assumed, witnessed)
                ]
                if counting:
                    counting.sort(key=lambda one: (one[0], one[1].id))
                    shut = (first for _, fact in counting if (first := witnessed(fact)) is not None)
                    ends[grant] = End(tuple(counting), min(shut, default=NEVER_MS))
        return ends

    def _ends_it(self, fact: AuthorityFact, grant: Grant, out: Reading, assumed: Reading, witnessed: Witnessed) -> bool:
        if fact is grant.fact or not self._replaces(fact, grant, out) or self._is_lifted(fact, grant, assumed):
            return False
        if fact.origin in (self.recovery, grant.key):
            return True
        around, when = self.around(grant.scope), None
        for held in out.of_key.get(fact.origin, ()):
            if held.scope not in around or not self._may_end(held, grant):
                continue
            if when is None:
                when = self.effective(fact, witnessed)
            if held.until_ms is not None and when > held.until_ms:
                continue
            end = assumed.ends.get(held)
            if end is None or (grant.by != self.recovery and when <= end.shut_ms):
                return True
        return False

    def _may_end(self, held: Grant, grant: Grant) -> bool:
        if held.role == ADMIN:
            return True
        if grant.role not in self.admits.get(held.role, ()):
            return False
        return held.role == DESK or grant.by == held.key

    def _replaces(self, fact: AuthorityFact, grant: Grant, out: Reading) -> bool:
        """A fact that gives and takes in one takes only where it gives."""
        if fact.kind == REVOKED:
            return True
        if fact.kind == ADMITTED:
            return self._given[fact.id] in out.valid and self._given[fact.id].key != grant.key
        new = self._passed_on.get((fact.id, grant.role, grant.scope, grant.until_ms))
        return new is not None and new in out.valid and new.key != grant.key

    def _is_lifted(self, fact: AuthorityFact, grant: Grant, assumed: Reading) -> bool:
        """Whether the grant names this revocation, and somebody who may lift it has done so for this key."""
        return fact.id in grant.lifts and any(
            fact.id in one.lifts and self._may_lift(one, fact, assumed) for one in assumed.of_key.get(grant.key, ())
        )

    def _may_lift(self, grant: Grant, fact: AuthorityFact, assumed: Reading) -> bool:
        if grant.by == self.recovery or grant.by == fact.origin:
            return True
        if fact.origin == self.recovery:
            return False
        around = self.around(grant.scope)
        return any(held.role == ADMIN and held.scope in around for held in assumed.of_key.get(grant.by, ()))

    # small things --------------------------------------------------------------------------------------
    def effective(self, fact: AuthorityFact, witnessed: Witnessed) -> int:
        """Effective time [ms] of a fact."""
        return effective((fact.order.ms, fact.order.counter), witnessed(fact))[0]

    def around(self, scope: bytes) -> frozenset[bytes]:
        """A scope and all that is around it."""
        found = self._around.get(scope)
        if found is None:
            found = self._around[scope] = frozenset(self._within(scope))
            self.scopes.add(scope)
        return found

    def grants_of(self, fact: AuthorityFact, reading: Reading) -> list[Grant]:
        """What a fact would give, for saying why it does not."""
        return self._grants(fact, reading) if fact.kind in (ADMITTED, REPLACED) else []

    def ends_anything(self, fact: AuthorityFact, reading: Reading, witnessed: Witnessed) -> bool:
        """Whether a fact ends anything."""
        target = bytes.fromhex(fact.body["key"])
        return any(self._ends_it(fact, grant, reading, reading, witnessed) for grant in reading.of_key.get(target, ()))


def _before(first: int | None, ended_ms: int) -> bool:
    return first is not None and first < ended_ms
