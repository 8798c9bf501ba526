"""What a key may see and do over HTTP: by function, by object, by field. It follows from the ledger at each request.

What a device *says* is weighed by the fold wherever it arrives (``spec/authority.md``). Here: what it is *told*.

    function   may somebody with this role ask this at all            else 403
    object     does the point, area or thing lie where they serve     else 404, as if it did not exist
    field      names and numbers of people, counts, incidents         else left out (None)
"""

from __future__ import annotations

from dataclasses import dataclass, field

from shanyrak.facts.ledger import Ledger
from shanyrak.facts.witnesses import Admission

RUNNING = frozenset({"admin", "desk"})
"""Roles that run a network: they see everything where they serve."""
_EVERY = RUNNING | {"host", "driver", "inspector"}
FUNCTIONS: dict[str, frozenset[str]] = {
    "frame": _EVERY,
    "point": _EVERY,
    "photo": _EVERY,
    "points": RUNNING | {"inspector"},
    "equipment": RUNNING | {"inspector", "driver"},
    "events": RUNNING | {"inspector"},
    "todo": RUNNING,
    "photos": RUNNING,
    "orders": RUNNING,
    "reports": RUNNING,
    "devices": RUNNING,
    "invites": RUNNING,
    "lists": RUNNING,
    "plans": RUNNING,
    "proposals": RUNNING,
    "audit": RUNNING,
    "export": RUNNING,
}
"""Who may ask what."""
_COUNTS = RUNNING | {"host"}
"""Who is told how many came, what is left, what happened."""


@dataclass(frozen=True)
class Role:
    """One role of the asking key, in effect."""

    role: str
    scope: bytes
    until_ms: int | None


@dataclass(frozen=True)
class Viewer:
    """Who asks, and what follows from the ledger for them."""

    key: bytes
    roles: tuple[Role, ...]
    _ledger: Ledger = field(repr=False, compare=False)

    def may(self, function: str) -> bool:
        """Whether some role of theirs has this function."""
        return any(one.role in FUNCTIONS[function] for one in self.roles)

    def sees(self, scope: bytes, function: str = "point") -> bool:
        """Whether a point or an area lies where they serve, in a role that has the function."""
        return self._has(scope, FUNCTIONS[function])

    def sees_people(self, scope: bytes) -> bool:
        """Whether they are shown names and numbers of people there."""
        return self._has(scope, RUNNING)

    def sees_counts(self, scope: bytes) -> bool:
        """Whether they are shown visits, stock and incidents there."""
        return self._has(scope, _COUNTS)

    def runs(self, scope: bytes) -> bool:
        """Whether they run the network there."""
        return self._has(scope, RUNNING)

    @property
    def everywhere(self) -> bool:
        """Whether they run the whole network."""
        return any(one.role in RUNNING and one.scope == self._ledger.net for one in self.roles)

    def admits(self, role: str, scope: bytes) -> bool:
        """Whether they may admit others to a role there."""
        giving = self._ledger.rules.roles
        around = self._ledger.trust.within(scope)
        return any(role in giving[one.role].admits and one.scope in around for one in self.roles)

    def _has(self, scope: bytes, roles: frozenset[str]) -> bool:
        around = self._ledger.trust.within(scope)
        return any(one.role in roles and one.scope in around for one in self.roles)


def viewer_of(ledger: Ledger, key: bytes, now_ms: int) -> Viewer:
    """Who a key is now; without any role where nobody admitted it."""
    standing = (one for one in ledger.trust.authority.roles_of(key) if is_in_effect(one, now_ms))
    roles = dict.fromkeys(Role(one.role, one.scope, one.until_ms) for one in standing)
    return Viewer(key, tuple(roles), ledger)


def is_in_effect(one: Admission, now_ms: int) -> bool:
    """Whether a role was not ended and its time is not over."""
    return one.revoked_ms is None and (one.until_ms is None or now_ms <= one.until_ms)
