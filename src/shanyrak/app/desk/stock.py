"""What is left at a point, and when it runs out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Literal

from shanyrak.app.desk.board import Board, Now
from shanyrak.app.desk.words import body_of, counts, said_at_min
from shanyrak.watch.stock import Left, Movement, reckon

KINDS: Mapping[str, Literal["counted", "received", "used"]] = {
    "stock.counted": "counted",
    "stock.received": "received",
    "stock.used": "used",
}
GOODS = ("fuel_ml", "gas_g", "wood_g", "coal_g", "water_ml", "meals", "blankets")
_LASTING = ("blankets",)
"""What is not used up."""


def recent_stock(board: Board, point: bytes, now: Now) -> dict[str, Left]:
    """What is left of each thing counted there in the last days, by what is in memory already."""
    return _reckoned([(event.kind, event.values, event.at_min) for event in board.moves.get(point, ())], now)


def stock_of(board: Board, point: bytes, now: Now) -> dict[str, Left]:
    """What is left of each thing that was ever counted there, by the field of ``stock.counted``."""
    rows = [row for row in board.ledger.store.of_thing(point) if row.kind in KINDS]
    return _reckoned([(row.kind, body_of(row), said_at_min(row)) for row in counts(board.ledger, rows)], now)


def _reckoned(rows: Iterable[tuple[str, Mapping[str, Any], int]], now: Now) -> dict[str, Left]:
    said: dict[str, list[Movement]] = {}
    for kind, body, at_min in rows:
        for name in GOODS:
            if name in body:
                said.setdefault(name, []).append(Movement(at_min, KINDS[kind], body[name]))
    found = {name: reckon(each, now.at_min) for name, each in said.items()}
    return {
        name: Left(left.left, left.counted_at_min) if name in _LASTING else left
        for name, left in found.items()
        if left.left is not None
    }


def as_dict(left: Left) -> dict[str, Any]:
    """As the desk is told it."""
    return {
        "left": left.left, "counted_at_min": left.counted_at_min, "a_day": left.a_day, "out_at_min": left.out_at_min,
    }  # fmt: skip
