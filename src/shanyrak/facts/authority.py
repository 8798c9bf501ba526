"""Who may say what: which keys are trusted, with which role, where and until when (``spec/authority.md``).

A pure function of the set of facts: the order in which they came never matters. The weighing itself is in
``authority_rule.py``; here is its outcome, the questions it answers, and its cache.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from functools import cached_property

import msgspec

from shanyrak.facts.authority_rule import Weighing
from shanyrak.facts.grants import ADMITTED, FOUNDED, NEED_TWO, REVOKED, AuthorityFact, Grant, Reading, sort_key
from shanyrak.facts.store import Receipt
from shanyrak.facts.witnesses import HEADQUARTERS, Admission, Receipts, Within, Witnesses

ANYONE = "anyone"
"""In a kind's ``by``: keys nobody admitted may say it too."""
NOT_ADMITTED = "this device is not admitted"


class _Cache(msgspec.Struct, array_like=True):
    """An authority as it is kept."""

    net: bytes
    recovery: bytes
    admits: dict[str, tuple[str, ...]]
    admissions: dict[bytes, list[Admission]]
    waiting: dict[bytes, tuple[bytes, str]]
    fragile: list[bytes]
    scopes: list[bytes]
    receipts_matter: bool


_encode = msgspec.msgpack.Encoder().encode
_decode = msgspec.msgpack.Decoder(_Cache).decode


class Authority:
    """The outcome of weighing all admissions and revocations; made by ``of`` or ``from_bytes``."""

    def __init__(self, cache: _Cache, within: Within) -> None:
        self._cache = cache
        self._within = within
        self._admissions = cache.admissions
        self._witnesses = Witnesses(self._admissions, within)
        self._standing = {fact: reason for fact, (_, reason) in cache.waiting.items()}
        self._fragile = set(cache.fragile)
        self._scopes = set(cache.scopes)

    @classmethod
    def of(
        cls,
        net: bytes,
        facts: Iterable[AuthorityFact],
        receipts: Receipts,
        admits: Mapping[str, tuple[str, ...]],
        within: Within,
    ) -> Authority:
        """Weigh all facts about trust.

        Parameters
        ----------
        net : id of the founding fact
        facts : facts of the four kinds whose bodies fit, in any order; their order made of ``at`` as signed
        receipts : all receipts for a fact (one of these, or a ``receipt.noted``), whoever signed them;
            asked only where they matter
        admits : for each role the roles it may give (``spec/roles.json``)
        within : a scope and all that is around it, the network last
        """
        weighing = Weighing(net, facts, admits, within)
        reading, witnessed = weighing.weigh(receipts)
        admissions = reading.admissions()
        giving: dict[bytes, list[Grant]] = {}
        for grant in reading.valid:
            giving.setdefault(grant.fact.id, []).append(grant)
        waiting = {}
        for fact in weighing.facts.values():
            given = giving.get(fact.id, [])
            if fact.kind == REVOKED:
                works = weighing.ends_anything(fact, reading, witnessed)
                reason = "" if works else _idle_revocation(fact, weighing, reading)
            elif given:
                reason = _already_ended(given, reading)
            else:
                reason = _why_not(fact, weighing, reading, net)
            if reason:
                waiting[fact.id] = (fact.origin, reason)
        cache = _Cache(
            net,
            weighing.recovery,
            {role: tuple(given) for role, given in admits.items()},
            dict(sorted(admissions.items())),
            dict(sorted(waiting.items())),
            sorted(_fragile(weighing)),
            sorted(weighing.scopes),
            weighing.asked_receipts,
        )
        return cls(cache, within)

    # questions -----------------------------------------------------------------------------------------
    def fault(self, origin: bytes, roles: Sequence[str], scope: bytes, eff_ms: int, receipt_ms: int | None) -> str:
        """Why a fact does not count; empty where it does.

        Parameters
        ----------
        origin : who signed it
        roles : who may say its kind
        scope : what it is said in
        eff_ms : its effective time
        receipt_ms : when a headquarters other than its signer first had it (``first_receipt``); asked only
            of keys that were revoked
        """
        if ANYONE in roles:
            return ""
        found = self._admissions.get(origin, ())
        if not found:
            return NOT_ADMITTED
        of_role = [one for one in found if one.role in roles]
        if not of_role:
            return f"{_roles(found)} cannot say this"
        around = self._within(scope)
        here = [one for one in of_role if one.scope in around]
        if not here:
            return f"{_roles(of_role)} elsewhere, not for this place"
        timely = [one for one in here if one.until_ms is None or eff_ms <= one.until_ms]
        if not timely:
            return f"its admission ended on {_day(max(one.until_ms or 0 for one in here))}"
        ended = [one.revoked_ms for one in timely]
        if any(ms is None or (receipt_ms is not None and receipt_ms < ms) for ms in ended):
            return ""
        return f"revoked on {_day(max(ms for ms in ended if ms is not None))}"

    def always(self, origin: bytes, roles: Sequence[str], scope: bytes) -> bool:
        """Whether a key may say this whatever the time: an admission without an end that nobody ended."""
        around = self._within(scope)
        return any(
            one.role in roles and one.until_ms is None and one.revoked_ms is None and one.scope in around
            for one in self._admissions.get(origin, ())
        )

    def roles_of(self, origin: bytes) -> list[Admission]:
        """All admissions of a key, ended ones too."""
        return list(self._admissions.get(origin, ()))

    def revoked(self, origin: bytes) -> bool:
        """Whether any admission of a key was ended, so that receipts decide about its facts."""
        return any(one.revoked_ms is not None for one in self._admissions.get(origin, ()))

    @cached_property
    def any_revoked(self) -> bool:
        """Whether any admission was ended, or hangs on receipts: whether a new receipt can change who is trusted."""
        return self._cache.receipts_matter or any(self.revoked(key) for key in self._admissions)

    @property
    def standing(self) -> Mapping[bytes, str]:
        """Why authority facts do not take effect; those that do are not in it."""
        return self._standing

    @cached_property
    def headquarters(self) -> frozenset[bytes]:
        """Keys that are a headquarters now, somewhere."""
        return frozenset(
            key
            for key, found in self._admissions.items()
            if any(one.role == HEADQUARTERS and one.revoked_ms is None for one in found)
        )

    @property
    def recovery(self) -> bytes:
        """The public key on paper; empty where the founding fact is not here."""
        return self._cache.recovery

    def heeds(self, receipt: Receipt, receipts: Receipts) -> bool:
        """Whether a receipt counts; ``receipts`` finds all receipts for the ``receipt.noted`` it stands in."""
        return self._witnesses.heeds(receipt, receipts)

    def first_receipt(self, origin: bytes, found: Iterable[Receipt], receipts: Receipts) -> int | None:
        """Earliest time [ms] at which a headquarters other than the signer had a fact; None where none says so.

        Parameters
        ----------
        origin : who signed the fact
        found : all receipts for it
        receipts : finds all receipts for a ``receipt.noted``
        """
        return self._witnesses.first_ms(origin, found, receipts)

    def depends_on(self, scope: bytes) -> bool:
        """Whether what is around this scope mattered here: when that becomes known, all is weighed anew."""
        return scope in self._scopes

    def differs(self, other: Authority) -> frozenset[bytes]:
        """Keys whose facts may count differently under the other, those of changed authority facts too."""
        mine, theirs = self._admissions, other._admissions
        keys = {key for key in mine.keys() | theirs.keys() if mine.get(key) != theirs.get(key)}
        a, b = self._cache.waiting, other._cache.waiting
        changed = {fact for fact in a.keys() | b.keys() if a.get(fact) != b.get(fact)}
        return frozenset(keys | {(a.get(fact) or b[fact])[0] for fact in changed})

    # adding one ----------------------------------------------------------------------------------------
    def add(self, fact: AuthorityFact) -> bool:
        """Take one more admission in without weighing all anew, where nothing else can hang on it.

        That is the everyday case: a role other than admin or headquarters, for a key that neither gave nor
        lost anything so far, by a key that nothing was taken from. False: nothing was changed, use ``of``.
        """
        body = fact.body
        if fact.kind != ADMITTED or body["role"] in NEED_TWO or "replaces" in body or "lifts" in body:
            return False
        key = bytes.fromhex(body["key"])
        if key in self._fragile or body["role"] not in self._cache.admits:
            return False
        scope = bytes.fromhex(body["scope"]) if "scope" in body else fact.scope
        if fact.origin != self.recovery and not self._may_give(fact, body["role"], scope):
            return False
        given = Admission(body["role"], scope, body.get("until_ms"), fact.origin, fact.id, None)
        row = self._admissions.setdefault(key, [])
        if given in row:
            return True
        row.append(given)
        row.sort(key=sort_key)
        self._fragile.add(fact.origin)
        self._scopes.add(scope)
        return True

    def _may_give(self, fact: AuthorityFact, role: str, scope: bytes) -> bool:
        around = self._within(scope)
        held = self._admissions.get(fact.origin, [])
        return all(one.revoked_ms is None for one in held) and any(
            role in self._cache.admits.get(one.role, ())
            and one.scope in around
            and (one.until_ms is None or fact.order.ms <= one.until_ms)
            for one in held
        )

    # cache ---------------------------------------------------------------------------------------------
    def to_bytes(self) -> bytes:
        """The outcome as a cache; ``from_bytes`` reads it."""
        self._cache.fragile = sorted(self._fragile)
        self._cache.scopes = sorted(self._scopes)
        return _encode(self._cache)

    @classmethod
    def from_bytes(cls, data: bytes, within: Within) -> Authority:
        """Read what ``to_bytes`` wrote."""
        return cls(_decode(data), within)


def _fragile(weighing: Weighing) -> set[bytes]:
    """Keys that more hangs on than their own facts: they gave something, or lost it, or passed it on."""
    keys = {fact.origin for fact in weighing.facts.values()} | set(weighing.ending)
    for fact in weighing.facts.values():
        keys |= {bytes.fromhex(fact.body[name]) for name in ("old", "new") if name in fact.body}
    return keys


def _already_ended(given: Sequence[Grant], reading: Reading) -> str:
    """An admission said after a revocation of the same key that it does not name."""
    for grant in given:
        end = reading.ends.get(grant)
        if end is None or end.by[0][1].order > grant.fact.order:
            return ""
    return (
        f"the key was revoked on {_day(end.ended_ms)}; to trust it again, name that revocation in 'lifts'"
        if end
        else ""
    )


def _why_not(fact: AuthorityFact, weighing: Weighing, reading: Reading, net: bytes) -> str:
    """Why an admission does not take effect."""
    if fact.kind == FOUNDED:
        return "" if fact.id == net else "it founds another network"
    held = reading.of_key.get(fact.origin, [])
    if not held and fact.origin != weighing.recovery:
        return NOT_ADMITTED
    wanted = weighing.grants_of(fact, reading)
    if not wanted:
        return "the key it replaces holds no role here"
    grant = wanted[0]
    if grant.role not in weighing.admits:
        return f"there is no role {grant.role}"
    giving = [one for one in held if grant.role in weighing.admits.get(one.role, ())]
    if not giving:
        return f"role {', '.join(sorted({one.role for one in held}))} cannot admit {grant.role}"
    around = weighing.around(grant.scope)
    here = [one for one in giving if one.scope in around]
    if not here:
        return f"role {giving[0].role} elsewhere, not for this place"
    timely = [one for one in here if one.until_ms is None or fact.order.ms <= one.until_ms]
    if not timely:
        return f"its admission ended on {_day(max(one.until_ms or 0 for one in here))}"
    ends = [reading.ends[one].ended_ms for one in timely if one in reading.ends]
    if len(ends) == len(timely):
        return f"revoked on {_day(max(ends))}"
    return "a second admin must say the same"


def _idle_revocation(fact: AuthorityFact, weighing: Weighing, reading: Reading) -> str:
    """Why a revocation ends nothing."""
    target = bytes.fromhex(fact.body["key"])
    if target == weighing.recovery:
        return "the recovery key cannot be revoked"
    if fact.origin != weighing.recovery and fact.origin != target and not reading.of_key.get(fact.origin):
        return NOT_ADMITTED
    if not reading.of_key.get(target):
        return "the key holds no role here"
    if any(fact.id in grant.lifts for grant in reading.of_key[target]):
        return "lifted: the key was admitted again"
    return "this device may not revoke that key"


def _roles(admissions: Iterable[Admission]) -> str:
    return "role " + ", ".join(sorted({one.role for one in admissions}))


def _day(ms: int) -> str:
    """The UTC day of a time; far beyond the calendar only as a number."""
    if ms > 253_402_300_799_999:
        return f"{ms} ms"
    return datetime.fromtimestamp(ms / 1000, UTC).strftime("%Y-%m-%d")


__all__ = ["ANYONE", "Admission", "Authority", "AuthorityFact"]
