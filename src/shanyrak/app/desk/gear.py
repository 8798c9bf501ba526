"""Equipment, deliveries, promises and running costs, as far as somebody may see them."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from shanyrak.app.desk.board import Board, Now
from shanyrak.app.desk.model import Equipment
from shanyrak.app.desk.words import hex_of
from shanyrak.app.permissions import Viewer
from shanyrak.supply.equipment import Delivery, Kit, Promise, Supply, supply

_BARE = ("scope", "pledges", "per", "costs_from", "usable", "origin")


def equipment(board: Board, viewer: Viewer, now: Now) -> Equipment:
    """From promise to open door to running costs."""
    found, today = _supply(board), _today(board, now)
    promises = [one for one in found.promises if _runs(viewer, one.scope, one.point)]
    return Equipment(
        promises=[_promise(board, viewer, one) for one in promises],
        kits=[_kit(found, one, today) for one in found.kits if _sees(viewer, one.scope, one.point)],
        deliveries=[_delivery(one) for one in found.deliveries if _sees(viewer, one.scope, one.to)],
        costs=_costs(board, viewer, found, today),
    )


def gear_at(board: Board, point: str, now: Now) -> list[dict[str, Any]]:
    """Equipment that stands at one point, with until when that point is paid."""
    found = _supply(board)
    until = found.paid_until(point, _today(board, now))
    paid = until.isoformat() if until else ""
    return [
        {"id": kit.id, "names": kit.names, "kind": kit.kind, "state": kit.state, "paid_until": paid}
        for kit in found.kits
        if kit.point == point
    ]


def _supply(board: Board) -> Supply:
    return board.remembered("supply", lambda: supply(board.ledger), version=board.gear_version)


def _today(board: Board, now: Now) -> date:
    return datetime.fromtimestamp(now.at_ms / 1000, ZoneInfo(board.deployment.zone)).date()


def _sees(viewer: Viewer, scope: bytes, place: str) -> bool:
    return viewer.sees(scope, "equipment") or bool(place and viewer.sees(hex_of(place), "equipment"))


def _runs(viewer: Viewer, scope: bytes, place: str) -> bool:
    return viewer.runs(scope) or bool(place and viewer.runs(hex_of(place)))


def _plain(one: Promise | Kit | Delivery) -> dict[str, Any]:
    return {name: value for name, value in asdict(one).items() if name not in _BARE}


def _promise(board: Board, viewer: Viewer, one: Promise) -> dict[str, Any]:
    """Who gives is told where people are; what they chose to publish is another matter."""
    people = viewer.sees_people(hex_of(one.point) or one.scope)
    return _plain(one) | {"per": one.per, "giver": one.giver if people else None}


def _kit(found: Supply, one: Kit, today: date) -> dict[str, Any]:
    until = found.paid_until(one.point, today) if one.point else None
    return _plain(one) | {"paid_until": until.isoformat() if until else "", "usable": one.usable}


def _delivery(one: Delivery) -> dict[str, Any]:
    return _plain(one) | {"from": one.origin}


def _costs(board: Board, viewer: Viewer, found: Supply, today: date) -> list[dict[str, Any]]:
    """Points whose running costs somebody pays or that house equipment, the one that ends first at the top."""
    points = {*found.spans, *(kit.point for kit in found.kits if kit.point)}
    rows = []
    for point in points:
        card = board.cards.get(hex_of(point))
        if card is None or not viewer.runs(card.id):
            continue
        until = found.paid_until(point, today)
        days = (until - today).days if until is not None else None
        rows.append({"point": card.ref(), "paid_until": until.isoformat() if until else "", "ends_in_days": days})
    return sorted(rows, key=lambda row: (row["ends_in_days"] is None, row["ends_in_days"] or 0, row["point"].id))
