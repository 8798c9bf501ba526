"""Devices of a network: who is admitted to what, by whom; inviting, admitting, revoking."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, NamedTuple

import msgspec

from shanyrak.app.invites import Invite, Invites
from shanyrak.app.naming import find_thing, name_of
from shanyrak.app.permissions import is_in_effect, viewer_of
from shanyrak.app.sight import sight_of
from shanyrak.core.errors import InvalidInput, NotFound
from shanyrak.facts.answering import take
from shanyrak.facts.framing import encode
from shanyrak.facts.ledger import Ledger
from shanyrak.facts.store import Row

ROLES = ("host", "desk", "driver", "inspector", "admin")
_TRUST = ("network.founded", "device.admitted", "device.replaced", "device.revoked")
_PLACES = ("point", "area")
HOST = "host"


class Admitted(NamedTuple):
    """What a device is told when it takes up an invitation."""

    net: bytes
    network: str
    role: str
    scope: bytes
    scope_name: str
    founding: bytes
    """stream (``spec/exchange.md``) of what it begins with"""


def check_role(ledger: Ledger, role: str, scope: bytes) -> None:
    """InvalidInput where nobody can be admitted to this role there."""
    if role not in ROLES:
        raise InvalidInput(f"there is no role {role!r} to invite to", where="role", mend=f"One of {', '.join(ROLES)}")
    thing = ledger.thing(scope)
    type_ = "network" if scope == ledger.net else (thing.type if thing else "")
    if role == HOST and type_ != "point":
        raise InvalidInput("somebody is on duty at a place", where="point", mend="Name the place: --point PLACE")
    if type_ not in ("network", *_PLACES):
        raise InvalidInput("a role is held at a place, in an area or in the network", where="scope")


def scope_of(ledger: Ledger, *, point: str = "", area: str = "") -> bytes:
    """The place, area or network somebody is invited to."""
    if point and area:
        raise InvalidInput("a role is held at a place or in an area, not both", where="--area", mend="Give one of them")
    if point:
        return find_thing(ledger, point, types=("point",))
    return find_thing(ledger, area, types=("area",)) if area else ledger.net


def scope_name(ledger: Ledger, scope: bytes, language: str = "") -> str:
    """What a place, area or the network is called."""
    thing = ledger.thing(scope)
    return name_of(thing, language) if thing is not None else ""


def redeem(ledger: Ledger, invites: Invites, token: bytes, key: bytes, *, now_ms: int) -> Admitted:
    """Admit the key of whoever holds an invitation; in this machine's own name.

    Raises
    ------
    NotFound
        The invitation does not serve any more.
    InvalidInput
        Whoever invited, or this machine, may no longer admit anybody to it; the invitation stays open.
    """
    invite = invites.use(token)
    scope = bytes.fromhex(invite.scope)
    try:
        _check_still(ledger, invite, scope, now_ms)
        body: dict[str, Any] = {"key": key.hex(), "role": invite.role, "scope": invite.scope}
        if invite.until_ms:
            body["until_ms"] = invite.until_ms
        about = scope if (thing := ledger.thing(scope)) and thing.type in _PLACES else ledger.net
        sealed = {"name": invite.name} if invite.name else None
        said = ledger.say("device.admitted", body, about=about, scope=scope, sealed=sealed)
        if said.mark:
            raise InvalidInput(said.reason or "the admission does not count", where="role")
    except BaseException:
        invites.give_back(invite)
        raise
    sight = sight_of(ledger, key, now_ms)
    told = (row if sight is None else sight.row(row) for row in beginnings(ledger, scope))
    founding = encode([row.fact for row in told if row is not None], ledger.net)
    return Admitted(ledger.net, scope_name(ledger, ledger.net), invite.role, scope, scope_name(ledger, scope), founding)


def _check_still(ledger: Ledger, invite: Invite, scope: bytes, now_ms: int) -> None:
    """Who invited may have lost the right to since."""
    by = bytes.fromhex(invite.by)
    if by and not viewer_of(ledger, by, now_ms).admits(invite.role, scope):
        raise InvalidInput("whoever invited may no longer do so", where="token", mend="Ask the desk for a new one")


def beginnings(ledger: Ledger, scope: bytes) -> list[Row]:
    """What a device needs to know where it stands: who is trusted around it, and what its places are called.

    Of the network only who runs it: not every host of every other place.
    """
    around = ledger.trust.within(scope)
    wide = {"admin", "headquarters", "desk"}

    def needed(row: Row) -> bool:
        if row.kind == "network.founded":
            return True
        if row.key.scope not in around:
            return False
        roles = {one.role for one in ledger.trust.authority.roles_of(row.key.origin)}
        return row.key.scope == scope or bool(roles & wide)

    rows = [row for row in ledger.store.of_kinds(_TRUST) if needed(row)]
    for place in around:
        rows += [row for row in ledger.store.of_thing(place) if row.kind in ("point.described", "area.described")]
        found = ledger.store.get([place])
        rows += [row for row in found.values() if row.kind in ("point.described", "area.described")]
    unique = {row.id: row for row in rows}
    return sorted(unique.values(), key=lambda row: (row.kind != "network.founded", row.key, row.seq, row.id))


def names_of_devices(ledger: Ledger) -> dict[bytes, str]:
    """Names given when devices were admitted, where they were not taken back."""
    found: dict[bytes, str] = {}
    for row in ledger.store.of_kinds(("device.admitted",)):
        body, sealed = _read(row.fact.body), _read(row.fact.sealed)
        if sealed.get("name") and body.get("key"):
            found[bytes.fromhex(body["key"])] = str(sealed["name"])
    return found


def list_devices(ledger: Ledger, *, now_ms: int) -> list[dict[str, Any]]:
    """Every key that was ever admitted: its name, roles, and whether they are in effect."""
    names = names_of_devices(ledger)
    keys: dict[bytes, None] = {}
    for row in ledger.store.of_kinds(_TRUST):
        keys[row.key.origin] = None
    keys |= dict.fromkeys(names)
    for row in ledger.store.of_kinds(("device.admitted", "device.replaced")):
        for name in ("key", "new"):
            found = _read(row.fact.body).get(name)
            if isinstance(found, str) and len(found) == 64:
                keys[bytes.fromhex(found)] = None
    own = ledger.signer.public if ledger.signer else b""
    rows = []
    for key in keys:
        roles = [
            {
                "role": one.role,
                "scope": one.scope.hex(),
                "scope_name": scope_name(ledger, one.scope),
                "until_ms": one.until_ms,
                "by": one.by.hex(),
                "ended_ms": one.revoked_ms,
                "in_effect": is_in_effect(one, now_ms),
            }
            for one in ledger.trust.authority.roles_of(key)
        ]
        if roles:
            rows.append({"key": key.hex(), "name": names.get(key, ""), "this": key == own, "roles": roles})
    return rows


def find_device(ledger: Ledger, text: str) -> bytes:
    """A key by the name it was admitted with, or by its beginning (eight digits at least).

    Raises
    ------
    NotFound, InvalidInput
        None, or several.
    """
    names = names_of_devices(ledger)
    wanted = text.strip().lower()
    known = {bytes.fromhex(row["key"]) for row in list_devices(ledger, now_ms=0)}
    found = {key for key, name in names.items() if name.lower() == wanted}
    if len(wanted) >= 8 and set(wanted) <= set("0123456789abcdef"):
        found |= {key for key in known if key.hex().startswith(wanted)}
    if len(found) > 1:
        keys = ", ".join(sorted(key.hex()[:12] for key in found))
        raise InvalidInput(f"{len(found)} devices are called so ({keys})", where=text, mend="Give the key's beginning")
    if not found:
        raise NotFound("no device is called so", where=text, mend="shanyrak device list names them")
    return found.pop()


def revoke(ledger: Ledger, key: bytes, *, cause: str = "lost", now_ms: int) -> list[bytes]:
    """Shut a device out of everything it may do: one act, one entry for each place it is trusted at.

    Returns
    -------
    the scopes it was shut out of

    Raises
    ------
    InvalidInput
        It has no role that could be taken.
    """
    standing = [one for one in ledger.trust.authority.roles_of(key) if is_in_effect(one, now_ms)]
    scopes = list(dict.fromkeys(one.scope for one in standing))
    if not scopes:
        raise InvalidInput("this device has no role", where=key.hex()[:12], mend="shanyrak device list shows who has")
    with ledger.together():
        for scope in scopes:
            thing = ledger.thing(scope)
            about = scope if thing is not None and thing.type in _PLACES else ledger.net
            ledger.say("device.revoked", {"key": key.hex(), "cause": cause}, about=about, scope=scope)
    return scopes


def admits_itself(ledger: Ledger, facts: Iterable[Any], key: bytes, *, now_ms: int) -> bool:
    """Take the admissions in that a device brings along by which it came (a hand-over at the door), and look again."""
    from shanyrak.facts.fact import read_header

    brought = [fact for fact in facts if read_header(fact.raw).kind in _TRUST]
    if not brought:
        return False
    take(ledger, brought)
    return bool(viewer_of(ledger, key, now_ms).roles)


def _read(part: bytes | None) -> dict[str, Any]:
    """A body or a sealed part; nothing where it is not here."""
    return msgspec.json.decode(part) if part else {}
