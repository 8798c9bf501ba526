"""Points as they stood at a moment that is over: the history of each, read up to then and aged to then."""

from __future__ import annotations

from collections.abc import Sequence
from copy import copy
from typing import TYPE_CHECKING

from shanyrak.app.desk.card import Card, Need
from shanyrak.app.desk.words import Voices, body_of, counts, hex_of, said_at_min, until_min
from shanyrak.facts.store import Row
from shanyrak.watch.silence import OWN_WORDS

if TYPE_CHECKING:
    from shanyrak.app.desk.board import Board
    from shanyrak.app.desk.day import Standing

_UNTIL = {"open": "open_until", "paused": "back_at"}
_NEEDS = ("need.raised", "need.met")


def standing_at(board: Board, cards: Sequence[Card], as_of_min: int) -> list[Standing]:
    """What was so of these points at a moment, by what is known now."""
    from shanyrak.app.desk.day import Standing

    ledger = board.ledger
    moves = ledger.rules.things["point"].moves
    wanted = {card.id for card in cards}
    rows = [
        row
        for row in counts(ledger, ledger.store.of_kinds(sorted({*moves, *OWN_WORDS, *_NEEDS})))
        if said_at_min(row) <= as_of_min
    ]
    states: dict[bytes, tuple[str, Row]] = {}
    heard: dict[bytes, int] = {}
    for row in rows:
        if row.about not in wanted:
            continue
        at = said_at_min(row)
        if row.kind in moves and states.get(row.about, ("",))[0] in moves[row.kind][0]:
            states[row.about] = (moves[row.kind][1], row)
        if row.kind in OWN_WORDS:
            heard[row.about] = max(heard.get(row.about, 0), at)
    needs, spoken = _needs(rows, wanted)
    for point, at in spoken.items():
        heard[point] = max(heard.get(point, 0), at)
    voices = Voices(ledger)
    found = []
    for card in cards:
        if card.id not in states:
            continue
        then = _then(card, *states[card.id], voices)
        if not then.is_expected:
            continue
        then.grow_old(as_of_min, board.table)
        is_heard = card.id in heard and as_of_min - heard[card.id] <= board.limits.open_min
        found.append(Standing(then, then.shown, is_heard, needs.get(card.id, [])))
    return found


def _then(card: Card, state: str, row: Row, voices: Voices) -> Card:
    then = copy(card)
    body = body_of(row)
    then.state = state  # type: ignore[assignment]  # of the state table
    then.said, then.said_at_min, then.by = (row.eff_ms, row.eff_counter), said_at_min(row), voices.of(row)
    then.until_at_min = until_min(body.get(_UNTIL.get(state, "")))
    then.for_good = bool(body.get("for_good"))
    then.contradiction = None
    return then


def _needs(rows: Sequence[Row], wanted: set[bytes]) -> tuple[dict[bytes, list[Need]], dict[bytes, int]]:
    """The needs open then, by point; and when a point last spoke of one."""
    open_needs: dict[bytes, Need] = {}
    spoken: dict[bytes, int] = {}
    for row in rows:
        if row.kind == "need.met":
            open_needs.pop(row.about, None)
        elif row.kind == "need.raised":
            body = body_of(row)
            before = open_needs.get(row.about)
            point = hex_of(body.get("point")) or (before.point if before is not None else b"")
            if point in wanted:
                at = said_at_min(row)
                spoken[point] = max(spoken.get(point, 0), at)
                open_needs[row.about] = Need(
                    row.about.hex(), point, body["short_of"], body.get("lasts_min"), bool(body.get("urgent")), at
                )
    found: dict[bytes, list[Need]] = {}
    for need in open_needs.values():
        found.setdefault(need.point, []).append(need)
    return found, spoken
