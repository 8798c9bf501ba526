"""People and devices: who is trusted with what, since when, given by whom, and when last heard of."""

from __future__ import annotations

from typing import Any

from shanyrak.app.desk.board import Board
from shanyrak.app.desk.model import DeviceRow
from shanyrak.app.desk.words import body_of, hex_of
from shanyrak.app.naming import name_of
from shanyrak.app.permissions import Viewer
from shanyrak.facts.witnesses import Admission

_ADMITTING = ("network.founded", "device.admitted", "device.replaced")


def devices(board: Board, viewer: Viewer) -> list[DeviceRow]:
    """Devices trusted with something where somebody runs the network; those in effect first, then by name."""
    rows = [row for key in _keys(board) if (row := _device(board, key, viewer, viewer.key)) is not None]
    return sorted(rows, key=lambda row: (_ended(row), row.name.casefold() or "~", row.key))


def devices_at(board: Board, point: bytes) -> list[dict[str, Any]]:
    """Devices admitted for one place, in effect ones first."""
    found = []
    for key in _keys(board):
        for one in board.ledger.trust.authority.roles_of(key):
            if one.scope == point:
                heard = _heard(board, key)
                found.append(
                    {
                        "key": key.hex(), "name": board.device_name(key), "role": one.role, "until_ms": one.until_ms,
                        "ended_at_min": _minute(one.revoked_ms), "last_heard_at_min": heard[0],
                    }
                )  # fmt: skip
    return sorted(
        found, key=lambda one: (one["ended_at_min"] is not None, -(one["last_heard_at_min"] or 0), one["key"])
    )


def _keys(board: Board) -> list[bytes]:
    """Every key that was ever admitted, as far as the admission is here."""

    def found() -> list[bytes]:
        keys: set[bytes] = set()
        for row in board.ledger.store.of_kinds(_ADMITTING):
            body = body_of(row)
            keys |= {row.key.origin, hex_of(body.get("key")), hex_of(body.get("new"))}
        return sorted(keys - {b""})

    return board.remembered("keys", found)


def _device(board: Board, key: bytes, viewer: Viewer, asking: bytes) -> DeviceRow | None:
    trust = board.ledger.trust
    given = [one for one in trust.authority.roles_of(key) if viewer.sees(one.scope, "devices")]
    waiting = [row for row in _waiting(board) if row[0] == key and viewer.sees(row[1]["scope_id"], "devices")]
    if not given and not waiting:
        return None
    heard, records = _heard(board, key)
    roles = [_role(board, one) for one in given]
    roles += [{name: value for name, value in one.items() if name != "scope_id"} for _, one in waiting]
    name = board.device_name(key)
    return DeviceRow(key.hex(), name if name != key.hex()[:8] else "", roles, heard, records, key == asking)


def _role(board: Board, one: Admission) -> dict[str, Any]:
    row = board.ledger.store.get([one.fact]).get(one.fact)
    return {
        "role": one.role,
        "scope": one.scope.hex(),
        "scope_name": _scope_name(board, one.scope),
        "until_ms": one.until_ms,
        "given_by": board.device_name(one.by),
        "said_at_min": row.eff_ms // 60_000 if row is not None else None,
        "ended_at_min": _minute(one.revoked_ms),
        "waits_for_second": False,
    }


def _waiting(board: Board) -> list[tuple[bytes, dict[str, Any]]]:
    """Admissions that do not count yet: of an admin or a headquarters, until a second admin says the same."""

    def found() -> list[tuple[bytes, dict[str, Any]]]:
        standing = board.ledger.trust.authority.standing
        rows = [row for row in board.ledger.store.of_kinds(("device.admitted",)) if row.id in standing]
        told = []
        for row in rows:
            body = body_of(row)
            scope = hex_of(body.get("scope")) or row.key.scope
            if not body.get("key") or body.get("role") not in ("admin", "headquarters"):
                continue
            told.append(
                (
                    hex_of(body["key"]),
                    {
                        "role": body["role"], "scope": scope.hex(), "scope_id": scope,
                        "scope_name": _scope_name(board, scope), "until_ms": body.get("until_ms"),
                        "given_by": board.device_name(row.key.origin), "said_at_min": row.eff_ms // 60_000,
                        "ended_at_min": None, "waits_for_second": True,
                    },
                )
            )  # fmt: skip
        return told

    return board.remembered("waiting_admissions", found)


def _heard(board: Board, key: bytes) -> tuple[int | None, int]:
    """When a device last said something, and how many entries of it are here."""

    def found() -> dict[bytes, tuple[int, list[bytes]]]:
        told: dict[bytes, tuple[int, list[bytes]]] = {}
        for chain in board.ledger.store.all_chains():
            count, heads = told.get(chain.key.origin, (0, []))
            told[chain.key.origin] = (count + chain.count, [*heads, *chain.heads])
        return told

    count, heads = board.remembered("chains", found).get(key, (0, []))
    times = [row.eff_ms for row in board.ledger.store.get(heads).values()]
    return (max(times) // 60_000 if times else None), count


def _scope_name(board: Board, scope: bytes) -> str:
    thing = board.ledger.thing(scope)
    return name_of(thing) if thing is not None else ""


def _minute(at_ms: int | None) -> int | None:
    return None if at_ms is None else at_ms // 60_000


def _ended(row: DeviceRow) -> bool:
    return all(one["ended_at_min"] is not None for one in row.roles)
