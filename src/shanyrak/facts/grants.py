"""What is weighed when authority is computed: facts about trust, what they give, what ends it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import Any, NamedTuple

from shanyrak.facts.fact import FOUNDING
from shanyrak.facts.order import Order
from shanyrak.facts.witnesses import HEADQUARTERS, Admission

FOUNDED, ADMITTED, REPLACED, REVOKED = FOUNDING, "device.admitted", "device.replaced", "device.revoked"
ADMIN, DESK = "admin", "desk"
NEED_TWO = frozenset({ADMIN, HEADQUARTERS})
"""Roles that two admins give together, once there are two."""
NEVER_MS = 2**62


class AuthorityFact(NamedTuple):
    """A fact that says whom to trust. ``order`` is made of ``at`` as it was signed, before any receipt."""

    id: bytes
    kind: str
    origin: bytes
    order: Order
    scope: bytes
    body: dict[str, Any]


class Grant:
    """What one fact would give one key; compared by identity."""

    __slots__ = ("by", "fact", "key", "lifts", "role", "scope", "until_ms")

    def __init__(
        self,
        fact: AuthorityFact,
        key: bytes,
        role: str,
        scope: bytes,
        until_ms: int | None,
        lifts: Iterable[bytes] = (),
    ) -> None:
        self.fact = fact
        self.key = key
        self.role = role
        self.scope = scope
        self.until_ms = until_ms
        self.by = fact.origin
        self.lifts = frozenset(lifts)


class End(NamedTuple):
    """What ended a grant, and from when on its holder can no longer revoke."""

    by: tuple[tuple[int, AuthorityFact], ...]
    """(effective time [ms], fact) of all that ended it, the earliest first; at least one."""
    shut_ms: int
    """Earliest receipt of one of these; NEVER_MS where none was witnessed."""

    @property
    def ended_ms(self) -> int:
        """When it ended."""
        return self.by[0][0]

    def ended_for_ms(self, key: bytes) -> int | None:
        """When it ended for what it gave to ``key``: what that key itself says takes no ground from under it."""
        return next((ms for ms, fact in self.by if fact.origin != key), None)


class Reading:
    """The grants that count and the ends that count, under what was assumed."""

    def __init__(self) -> None:
        self.valid: set[Grant] = set()
        self.of_key: dict[bytes, list[Grant]] = defaultdict(list)
        self.admins: list[Grant] = []
        self.ends: dict[Grant, End] = {}
        self.hangs = False
        """Whether what was assumed could have mattered: something was ended, or one admin spoke alone."""

    def add(self, grant: Grant) -> None:
        """Count a grant."""
        self.valid.add(grant)
        self.of_key[grant.key].append(grant)
        if grant.role == ADMIN:
            self.admins.append(grant)

    def same(self, other: Reading) -> bool:
        """Whether the two say the same."""
        return self.valid == other.valid and self.ends == other.ends

    def admissions(self, role: str = "") -> dict[bytes, list[Admission]]:
        """What counts, by key (of one role)."""
        found: dict[bytes, list[Admission]] = {}
        ends = self.ends
        for key, grants in self.of_key.items():
            for g in grants:
                if not role or g.role == role:
                    ended_ms = ends[g].ended_ms if g in ends else None
                    admission = Admission(g.role, g.scope, g.until_ms, g.by, g.fact.id, ended_ms)
                    found.setdefault(key, []).append(admission)
        for admissions in found.values():
            if len(admissions) > 1:
                admissions.sort(key=sort_key)
        return found


def sort_key(admission: Admission) -> tuple[str, bytes, bytes, int]:
    """The order in which admissions of a key are listed."""
    until = admission.until_ms
    return (admission.role, admission.scope, admission.fact, NEVER_MS if until is None else until)
