"""All points in columns, made once for everybody who sees the same ones and kept until something changes."""

from __future__ import annotations

import gzip
import zlib
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import msgspec

from shanyrak.app.desk.board import Board, Now
from shanyrak.app.desk.card import Card
from shanyrak.app.desk.model import PointTable
from shanyrak.app.desk.orders import newest_orders, outcome_at
from shanyrak.app.desk.sight import Sight
from shanyrak.app.permissions import FUNCTIONS, Viewer

_KEPT = 16
"""Different sights of the table kept at once."""


@dataclass
class Made:
    """A table as it goes out."""

    version: int
    etag: str
    plain: bytes
    packed: dict[str, bytes]

    def body(self, accepts: Sequence[str]) -> tuple[bytes, str]:
        """The bytes and their encoding ("" for none), by what the browser takes."""
        for encoding in ("gzip", "deflate"):
            if encoding in accepts:
                if encoding not in self.packed:
                    pack = gzip.compress if encoding == "gzip" else zlib.compress
                    self.packed[encoding] = pack(self.plain, 1)
                return self.packed[encoding], encoding
        return self.plain, ""


class Tables:
    """Tables by who may see what.

    Parameters
    ----------
    run : marks the ETags of this run of the server: another one counts versions anew
    """

    def __init__(self, board: Board, run: str) -> None:
        self._board = board
        self._run = run
        self._made: OrderedDict[tuple[Any, ...], Made] = OrderedDict()

    def of(self, viewer: Viewer, now: Now) -> Made:
        """The table of everything somebody may see."""
        board = self._board
        seen = frozenset(
            (one.scope, viewer.sees_counts(one.scope)) for one in viewer.roles if one.role in FUNCTIONS["points"]
        )
        key = (seen,)
        made = self._made.get(key)
        if made is None or made.version != board.version:
            table = point_table(board, viewer, now)
            # ``as_of`` is when it was made: an unchanged table stays what it is, byte for byte.
            plain = msgspec.json.encode(table)
            made = Made(board.version, f'"{self._run}-{board.version}-{zlib.crc32(plain):08x}"', plain, {})
            self._made[key] = made
        self._made.move_to_end(key)
        while len(self._made) > _KEPT:
            self._made.popitem(last=False)
        return made


def point_table(board: Board, viewer: Viewer, now: Now) -> PointTable:
    """All points somebody may see, sorted by id."""
    cards = list(board.seen_by(viewer, "points"))
    counted = _counted(viewer, cards)
    ordered = open_orders(board)
    holds_from = now.at_min - board.deployment.band_holds_min
    return PointTable(
        as_of_at_min=now.at_min,
        id=[card.id.hex() for card in cards],
        name=[card.names for card in cards],
        kind=[card.kind for card in cards],
        address=[card.address for card in cards],
        district=[card.district for card in cards],
        area=[card.area for card in cards],
        operator=[card.operator for card in cards],
        lon_e7=[card.lon_e7 for card in cards],
        lat_e7=[card.lat_e7 for card in cards],
        state=[card.state for card in cards],
        shown=[card.shown for card in cards],
        said_at_min=[card.said_at_min for card in cards],
        by=[card.by for card in cards],
        band=[
            card.band if told and card.state == "open" and card.band_at_min >= holds_from else ""
            for card, told in zip(cards, counted, strict=True)
        ],
        official=[card.official for card in cards],
        number=[card.number for card in cards],
        seats=[card.seats for card in cards],
        needs=[len(card.needs) if told else None for card, told in zip(cards, counted, strict=True)],
        contradicted=[told and card.contradiction is not None for card, told in zip(cards, counted, strict=True)],
        ordered=[ordered.get(card.id, "") if told else "" for card, told in zip(cards, counted, strict=True)],
        visibility=[card.place for card in cards],
    )


def _counted(viewer: Viewer, cards: Sequence[Card]) -> list[bool]:
    """Whether somebody is told of needs and the like, for each point."""
    if viewer.everywhere:
        return [True] * len(cards)
    sight = Sight(viewer)
    return [sight.counts(card) for card in cards]


def open_orders(board: Board) -> dict[bytes, Literal["open", "stand_down"]]:
    """The order in force at each point that has not answered it."""

    def found() -> dict[bytes, Literal["open", "stand_down"]]:
        orders = newest_orders(board)
        return {
            point: order.order
            for point, order in orders.items()
            if not outcome_at(order, board.cards[point]).is_answered
        }

    return board.remembered("open_orders", found)
