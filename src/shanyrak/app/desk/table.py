"""All points in columns, made once for everybody who sees the same ones and kept until something changes."""

from __future__ import annotations

import gzip
import zlib
from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, fields
from itertools import compress
from typing import Any, Literal

import msgspec

from shanyrak.app.desk.board import Board, Now
from shanyrak.app.desk.card import Card
from shanyrak.app.desk.model import PointChanges, PointTable
from shanyrak.app.desk.orders import newest_orders, outcome_at
from shanyrak.app.desk.sight import Sight
from shanyrak.app.permissions import FUNCTIONS, Viewer

_KEPT = 16
"""Different sights of the table kept at once."""
_EARLIER = 12
"""Tables that were sent out and are kept to tell what changed since: at most so many, of all sights together."""
_MANY = 4
"""More than one row in so many is different: the whole table is sent, which packs better."""
PACKED_BY: dict[str, Callable[[bytes], bytes]] = {
    "gzip": lambda plain: gzip.compress(plain, 1),
    "deflate": lambda plain: zlib.compress(plain, 1),
}
COLUMNS = tuple(one.name for one in fields(PointTable) if one.name != "as_of_at_min")


@dataclass
class Packed:
    """JSON as it goes out."""

    plain: bytes
    packed: dict[str, bytes] = field(default_factory=dict)

    def body(self, accepts: Sequence[str]) -> tuple[bytes, str]:
        """The bytes and their encoding ("" for none), by what the browser takes."""
        encoding = next((one for one in PACKED_BY if one in accepts), "")
        if encoding and encoding not in self.packed:
            self.packed[encoding] = PACKED_BY[encoding](self.plain)
        return self.packed[encoding] if encoding else self.plain, encoding


@dataclass
class Made:
    """A table, and what is different in it since earlier ones that somebody asked about."""

    version: int
    etag: str
    table: PointTable
    whole: Packed
    since: dict[str, Packed] = field(default_factory=dict)


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
        self._sent: OrderedDict[str, PointTable] = OrderedDict()

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
            etag = f'"{self._run}-{board.version}-{zlib.crc32(plain):08x}"'
            made = Made(board.version, etag, table, Packed(plain))
            self._made[key] = made
        self._made.move_to_end(key)
        while len(self._made) > _KEPT:
            self._made.popitem(last=False)
        self._sent[made.etag] = made.table
        self._sent.move_to_end(made.etag)
        while len(self._sent) > _EARLIER:
            self._sent.popitem(last=False)
        return made

    def since(self, etag: str, made: Made) -> Packed:
        """What is different in a table since an earlier one; all of it where that one is not kept any more.

        Whoever names the ETag of somebody else's table learns nothing by it: all rows told are of their own table.
        """
        if etag not in made.since:
            before = self._sent.get(etag)
            different = changes(etag, before, made.table) if before is not None else None
            if different is None:
                return made.whole
            made.since[etag] = Packed(msgspec.json.encode(different))
        return made.since[etag]


def changes(since: str, before: PointTable, after: PointTable) -> PointChanges | None:
    """The rows that are different; None where points came or went, or where most is different."""
    if before.id != after.id:
        return None
    different = bytearray(len(after.id))
    for name in COLUMNS:
        old, new = getattr(before, name), getattr(after, name)
        if old != new:
            for row, (one, other) in enumerate(zip(old, new, strict=True)):
                if one != other:
                    different[row] = 1
    at = list(compress(range(len(different)), different))
    if len(at) * _MANY > len(different):
        return None
    columns = {name: list(compress(getattr(after, name), different)) for name in COLUMNS}
    return PointChanges(since, at, PointTable(as_of_at_min=after.as_of_at_min, **columns))


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
