"""Orders to open or to stand down: whom one would reach, and what became of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable

from shanyrak.app.desk.board import Board
from shanyrak.app.desk.card import Card
from shanyrak.app.desk.model import Order, OrderRow, Preview
from shanyrak.app.desk.reading import OrderGiven
from shanyrak.app.desk.sight import Sight
from shanyrak.app.permissions import Viewer
from shanyrak.core.errors import NotFound
from shanyrak.watch.answers import OPEN, STAND_DOWN, Outcome, outcome

Phone = Callable[[str], str]
KEPT_MIN = 7 * 24 * 60
LIVES_MIN = 3 * 24 * 60
"""How long an order waits for an answer before nobody is asked for it any more."""
MOST_ROWS = 20_000
"""Rows told with a list of orders; older ones are asked for by their id."""
_SHUT = ("closed", "ready", "lost")


def outcome_at(order: OrderGiven, card: Card) -> Outcome:
    """What became of an order at a point it concerns."""
    return outcome(order.order, order.when, card.state, card.said, card.replies.get(order.id, ()))


def newest_orders(board: Board) -> dict[bytes, OrderGiven]:
    """The order in force at each point: the newest that concerns it."""
    return board.remembered("newest_orders", lambda: _newest(board))


def _newest(board: Board) -> dict[bytes, OrderGiven]:
    found: dict[bytes, OrderGiven] = {}
    since_min = board.now().at_min - LIVES_MIN
    recent = [order for order in board.orders.values() if order.said_at_min >= since_min]
    for order in sorted(recent, key=lambda one: (one.when, one.id), reverse=True):
        if len(found) == len(board.cards):
            break
        for card in concerned(board, order):
            found.setdefault(card.id, order)
    return found


def concerned(board: Board, order: OrderGiven) -> Iterable[Card]:
    """The points an order was meant for, sorted by id."""
    return [card for card in board.cards.values() if order.concerns(card)]


def preview(board: Board, viewer: Viewer, phone: Phone, wanted: OrderGiven) -> Preview:
    """Whom an order would reach."""
    cards = [card for card in board.seen_by(viewer, "orders") if wanted.concerns(card)]
    already = [card for card in cards if _is_followed(wanted.order, card)]
    return Preview(
        [card.ref() for card in cards],
        dict(Counter(card.shown for card in cards)),
        sum(1 for card in cards if not phone(card.phone_code)),
        len(already),
    )


def _is_followed(order: str, card: Card) -> bool:
    return card.shown == "open" if order == OPEN else card.state in _SHUT


def wanted_order(
    board: Board, viewer: Viewer, *, order: str, area: str, district: str | None, points: list[str] | None
) -> OrderGiven:
    """An order that was not given yet.

    Raises
    ------
    NotFound
        No such area or point where this person runs the network.
    """
    about = bytes.fromhex(area)
    if area not in board.areas or not viewer.sees(about, "orders"):
        raise NotFound("there is no such area", where="area", mend="GET frame lists them")
    for point in points or ():
        if bytes.fromhex(point) not in board.cards or not viewer.sees(bytes.fromhex(point), "orders"):
            raise NotFound("there is no such place", where="points", mend="GET points lists them")
    assert order in (OPEN, STAND_DOWN)
    return OrderGiven(
        "", order, about, area, district or "", frozenset(points or ()), (0, 0), 0, None, viewer.key  # type: ignore[arg-type]
    )  # fmt: skip


def orders(board: Board, viewer: Viewer, phone: Phone, *, now_at_min: int, area: str = "") -> list[Order]:
    """Orders of the last week, the newest first; rows as far as they are not too many."""
    found = [
        one
        for one in board.orders.values()
        if now_at_min - one.said_at_min <= KEPT_MIN and area in ("", one.area) and viewer.sees(one.about, "orders")
    ]
    told: list[Order] = []
    rows = 0
    for one in sorted(found, key=lambda one: (one.when, one.id), reverse=True):
        order = _order(board, viewer, phone, one)
        rows += len(order.rows)
        if rows > MOST_ROWS and told:
            order = Order(**{**vars(order), "rows": []})
        told.append(order)
    return told


def order_whole(board: Board, viewer: Viewer, phone: Phone, id: str) -> Order:
    """One order with everybody it concerns; NotFound where it is not here for this person."""
    found = board.orders.get(id)
    if found is None or not viewer.sees(found.about, "orders"):
        raise NotFound("there is no such order", where="id", mend="GET orders lists them")
    return _order(board, viewer, phone, found)


def _order(board: Board, viewer: Viewer, phone: Phone, given: OrderGiven) -> Order:
    rows, sight = [], Sight(viewer)
    for card in concerned(board, given):
        done = outcome_at(given, card)
        number = phone(card.phone_code) if sight.people(card) else ""
        rows.append(OrderRow(card.ref(), done.answer, done.because, done.at_min, done.opens_within_min, number or None))
    by = board.device_name(given.by)
    return Order(given.id, given.order, given.area, given.district, given.said_at_min, given.open_by_at_min, by, rows)
