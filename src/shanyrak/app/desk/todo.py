"""To do now: everything somebody must look at, the most urgent first. It settles itself once somebody spoke."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any, Literal

from shanyrak.app.desk.board import Board, Now
from shanyrak.app.desk.card import Card
from shanyrak.app.desk.likeness import likeness_percent, metres
from shanyrak.app.desk.model import Todo, TodoList, TodoWhat
from shanyrak.app.desk.orders import newest_orders, outcome_at
from shanyrak.app.desk.proposals import proposals
from shanyrak.app.desk.reading import OrderGiven
from shanyrak.app.desk.sight import Sight
from shanyrak.app.desk.stock import recent_stock
from shanyrak.app.desk.undertakings import unread
from shanyrak.app.desk.waiting_photos import waiting
from shanyrak.app.desk.words import body_of, hex_of, said_at_min
from shanyrak.app.naming import name_of
from shanyrak.app.permissions import Viewer
from shanyrak.watch.answers import due_at_min
from shanyrak.watch.silence import is_silent, silence_limit
from shanyrak.watch.stock import soonest

Phone = Callable[[str], str]
Urgency = Literal["now", "soon", "later"]
_RANK: Mapping[Urgency, int] = {"now": 0, "soon": 1, "later": 2}
_ORDER: tuple[TodoWhat, ...] = (
    "incident", "ordered", "contradicted", "need", "silent", "runs_out", "quarantine", "refused", "fork", "photo",
    "initiative", "proposal", "twin",
)  # fmt: skip
_FIRST = {what: place for place, what in enumerate(_ORDER)}
"""What comes first of what is equally urgent."""
DAY_MIN = 24 * 60
INCIDENT_MIN = 3 * DAY_MIN
GRAVE = frozenset({"co", "fire", "violence", "minor_alone"})
RUNS_OUT_SOON_MIN = 24 * 60
RUNS_OUT_NOW_MIN = 6 * 60
NEED_NOW_MIN = 180
MOST_OF_A_KIND = 500
REFUSED_MIN = 14 * DAY_MIN
_QUARANTINE = "waits"
_NOT_SHOWN = frozenset({"clock", "withheld"})


def todo_list(
    board: Board, viewer: Viewer, phone: Phone, now: Now, photo: Callable[[str], bool] = lambda _: False
) -> TodoList:
    """What there is to do where somebody runs the network.

    Parameters
    ----------
    phone : the number of the person on duty by the word a point gives for it; "" where there is none
    photo : whether a photo with this hash is kept here
    """
    sight = Sight(viewer)
    roles = "+".join(sorted(f"{one.role}:{one.scope.hex()}" for one in viewer.roles))
    # What points have to say is the same for everybody of these roles until something arrives or a minute passes.
    items, more = board.remembered(
        f"todo of {roles}",
        lambda: _shortened(_of_points(board, viewer, sight, now)),
        version=(board.version, now.at_min),
    )
    others = [
        *_proposals(board, viewer),
        *_photos(board, viewer, photo, now),
        *_undertakings(board, viewer),
        *_records(board, viewer, now),
        *_forks(board, viewer, now),
    ]
    other_items, other_more = _shortened(others)
    told = [_with_number(board, sight, phone, one) for one in items]
    return TodoList(now.at_min, sorted(told + other_items, key=_urgency), more | other_more)


def _urgency(one: Todo) -> tuple[int, int, int, str]:
    return (_RANK[one.urgency], _FIRST[one.what], one.since_at_min, one.key)


def _shortened(items: Iterable[Todo]) -> tuple[list[Todo], dict[str, int]]:
    """The first of each kind, and how many more there are; a town that nobody heard of for a day would else bury
    everything under itself."""
    told: list[Todo] = []
    of_kind: Counter[str] = Counter()
    for one in sorted(items, key=_urgency):
        of_kind[one.what] += 1
        if of_kind[one.what] <= MOST_OF_A_KIND:
            told.append(one)
    return told, {what: n - MOST_OF_A_KIND for what, n in of_kind.items() if n > MOST_OF_A_KIND}


def _with_number(board: Board, sight: Sight, phone: Phone, item: Todo) -> Todo:
    """With the number of the person on duty, where somebody is shown it."""
    card = board.cards[hex_of(item.point.id)] if item.point is not None else None
    number = phone(card.phone_code) if card is not None and sight.people(card) else ""
    return replace(item, phone=number) if number else item


def _of_points(board: Board, viewer: Viewer, sight: Sight, now: Now) -> Iterator[Todo]:
    cards, orders = board.seen_by(viewer, "todo"), newest_orders(board)
    for card in cards:
        yield from _at_point(board, sight, card, orders.get(card.id), now)
    yield from _runs_out(board, cards, now)


def _at_point(board: Board, sight: Sight, card: Card, order: OrderGiven | None, now: Now) -> Iterator[Todo]:
    def one(what: TodoWhat, urgency: Urgency, since: int, part: str = "", **values: Any) -> Todo:
        key = f"{what}:{card.id.hex()}:{part}" if part else f"{what}:{card.id.hex()}"
        return Todo(key, what, urgency, since, card.ref(), None, values)

    if order is not None:
        yield from _ordered(board, card, order, now, one)
    against = card.contradiction
    if against is not None:
        told = grouped(board, card)
        since = min(found["last_at_min"] for found in told)
        urgency: Urgency = "now" if card.state == "open" else "soon"
        said: dict[str, Any] = {"said_state": card.state, "said_at_min": card.said_at_min, "by": card.by}
        yield one("contradicted", urgency, since, against=told, **said)
    mode = board.mode_of(card)
    if is_silent(card.state, mode, card.heard_at_min, now.at_min, board.limits):
        limit = silence_limit(card.state, mode, board.limits) or 0
        since = (card.heard_at_min or 0) + limit
        urgency = "soon" if card.state == "open" else "later"
        values: dict[str, Any] = {"last_at_min": card.heard_at_min, "limit_min": limit, "state": card.state}
        yield one("silent", urgency, since, **values)
    for need in card.needs.values():
        ends = None if need.lasts_min is None else need.raised_at_min + need.lasts_min - now.at_min
        urgency = "now" if need.urgent or (ends is not None and ends <= NEED_NOW_MIN) else "soon"
        values = {key: value for key, value in need.as_dict().items() if key != "id"}
        yield one("need", urgency, need.raised_at_min, need.id, need=need.id, **values)
    settled = board.desk_spoke.get(card.id, (0, 0))
    for event in board.incidents.get(card.id, ()):
        if event.when >= settled and now.at_min - event.at_min <= INCIDENT_MIN:
            what = event.values["incident"]
            urgency = "now" if what in GRAVE or now.at_min - event.at_min <= DAY_MIN else "soon"
            count = event.values.get("count")
            yield one("incident", urgency, event.at_min, event.id, incident=what, count=count, at_min=event.at_min)
    other = board.cards.get(hex_of(card.twin_of)) if card.twin_of else None
    if other is not None:
        alike = likeness_percent(card, other)
        seen = other.ref() if sight.sees(other, "todo") else None
        if seen is not None:
            far = metres(card, other)
            yield one("twin", "later", card.said_at_min or 0, other=seen, distance_m=far, likeness_percent=alike)


def _ordered(board: Board, card: Card, order: OrderGiven, now: Now, one: Callable[..., Todo]) -> Iterator[Todo]:
    done = outcome_at(order, card)
    within = done.opens_within_min if done.answer == "confirmed" else card.opens_within_min
    due = due_at_min(
        done.at_min or order.said_at_min if done.answer == "confirmed" else order.said_at_min,
        order.open_by_at_min,
        within,
        board.limits,
    )
    if done.answer in ("opened", "closed") or (done.answer == "confirmed" and now.at_min <= due):
        return
    overdue = now.at_min > due
    urgency: Urgency = "now" if overdue or done.answer == "refused" else "soon"
    answer = {"confirmed": "acknowledged", "refused": "refused"}.get(done.answer, "")
    yield one(
        "ordered",
        urgency,
        order.said_at_min,
        order.id,
        order=order.id,
        order_kind=order.order,
        said_at_min=order.said_at_min,
        open_by_at_min=due if order.order == "open" else order.open_by_at_min,
        answer=answer,
        because=done.because,
    )


def grouped(board: Board, card: Card) -> list[dict[str, Any]]:
    """What was said against the last word on a state, by what and by whom: how many, and when last."""
    if card.contradiction is None:
        return []
    rows = board.ledger.store.get(hex_of(found.fact) for found in card.contradiction.against)
    told: dict[tuple[str, str], dict[str, Any]] = {}
    for found in card.contradiction.against:
        at_min = said_at_min(rows[hex_of(found.fact)])
        one = told.setdefault(
            (found.what, found.who), {"state": found.what, "n": 0, "last_at_min": at_min, "who": found.who}
        )
        one["n"] += 1
        one["last_at_min"] = max(one["last_at_min"], at_min)
    return list(told.values())


def _runs_out(board: Board, cards: Iterable[Card], now: Now) -> Iterator[Todo]:
    for card in cards:
        if card.state not in ("open", "ready", "paused") or card.id not in board.moves:
            continue
        first = soonest(recent_stock(board, card.id, now))
        if first is None or (first[1].out_at_min or 0) - now.at_min > RUNS_OUT_SOON_MIN:
            continue
        name, left = first
        what, _, unit = name.rpartition("_")
        urgency: Urgency = "now" if (left.out_at_min or 0) - now.at_min <= RUNS_OUT_NOW_MIN else "soon"
        values = {"what": what or name, "left": left.left, "unit": unit if what else "", "out_at_min": left.out_at_min}
        key = f"runs_out:{card.id.hex()}:{name}"
        yield Todo(key, "runs_out", urgency, left.counted_at_min or 0, card.ref(), None, values)


def _proposals(board: Board, viewer: Viewer) -> Iterator[Todo]:
    for found in proposals(board, viewer):
        if found["decided"]:
            continue
        values = {
            name: found[name] for name in ("place", "names", "address", "owner_agrees", "indoors", "lon_e7", "lat_e7")
        }
        yield Todo(f"proposal:{found['place']}", "proposal", "later", found["said_at_min"], None, None, values)


def _photos(board: Board, viewer: Viewer, photo: Callable[[str], bool], now: Now) -> Iterator[Todo]:
    for found in waiting(board, viewer, photo, now):
        card = board.cards.get(hex_of(found["thing"]))
        values = {name: value for name, value in found.items() if name != "said_at_min"}
        key = f"photo:{found['thing']}:{found['hash'][:16]}"
        ref = card.ref() if card is not None else None
        yield Todo(key, "photo", "later", found["said_at_min"], ref, None, values)


def _undertakings(board: Board, viewer: Viewer) -> Iterator[Todo]:
    for found in unread(board, viewer):
        values = {name: value for name, value in found.items() if name != "said_at_min"}
        yield Todo(f"initiative:{found['record']}", "initiative", "later", found["said_at_min"], None, None, values)


def _records(board: Board, viewer: Viewer, now: Now) -> Iterator[Todo]:
    """Reports that do not count as they stand, of the last days, until somebody corrected or settled them."""
    store = board.ledger.store
    marks = {one.fact: one for one in store.marks() if one.mark not in _NOT_SHOWN}
    rows = store.get(marks)
    since_ms = (now.at_min - REFUSED_MIN) * 60_000
    recent = [row for row in rows.values() if row.eff_ms >= since_ms]
    settled = {body_of(row).get("fact") for row in store.of_kinds(("correction.made", "body.withheld"), since_ms)}
    for row in recent:
        if row.id.hex() in settled or not (viewer.everywhere or viewer.runs(row.key.scope)):
            continue
        what: TodoWhat = "quarantine" if marks[row.id].mark == _QUARANTINE else "refused"
        card = board.cards.get(row.about)
        values = {
            "record": row.id.hex(),
            "kind": row.kind,
            "reason": marks[row.id].reason,
            "device": board.device_name(row.key.origin),
        }
        ref = card.ref() if card is not None else None
        yield Todo(f"{what}:{row.id.hex()}", what, "soon", row.eff_ms // 60_000, ref, None, values)


def _forks(board: Board, viewer: Viewer, now: Now) -> Iterator[Todo]:
    """Devices that spoke twice at the same place of their record: copied, or put back from an old copy."""
    for (origin, chain, scope), at_min in board.forks.items():
        if not (viewer.everywhere or viewer.runs(scope)):
            continue
        thing = board.ledger.thing(scope)
        card = board.cards.get(scope)
        values = {
            "device": board.device_name(origin),
            "scope_name": name_of(thing) if thing is not None else "",
            "at_min": at_min or None,
        }
        key = f"fork:{origin.hex()}:{chain.hex()}:{scope.hex()}"
        ref = card.ref() if card is not None else None
        yield Todo(key, "fork", "soon", at_min, ref, None, values)
