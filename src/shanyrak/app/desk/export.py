"""Points that somebody selected, as a workbook."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from shanyrak.app.desk.board import Board, Now
from shanyrak.app.desk.card import Card
from shanyrak.app.desk.paper_words import by_in, code_in, name_in, time_in, words
from shanyrak.app.desk.sight import Sight
from shanyrak.app.desk.workbook import Value, workbook
from shanyrak.app.permissions import Viewer

_COLUMNS = (
    "name", "kind", "state", "said", "by", "address", "district", "operator", "lat", "lon", "seats", "needs", "number",
    "phone", "id",
)  # fmt: skip


def points_xlsx(
    board: Board, viewer: Viewer, cards: Sequence[Card], phone: Callable[[str], str], language: str, now: Now
) -> bytes:
    """The workbook; telephone numbers only where somebody may see them, and what is not known is an empty cell."""
    t = words(language)
    zone = board.deployment.zone
    sight = Sight(viewer)
    rows: list[list[Value]] = []
    for card in sorted(cards, key=lambda one: (one.district, name_in(one.names, language).casefold(), one.id)):
        state = (
            card.shown if card.shown != "unknown" or card.state not in ("planned", "equipping", "lost") else card.state
        )
        rows.append(
            [
                name_in(card.names, language, card.id.hex()),
                code_in(t, "kind", card.kind),
                code_in(t, "state", state),
                time_in(t, zone, card.said_at_min),
                by_in(t, card.by),
                card.address,
                card.district,
                card.operator,
                None if card.lat_e7 is None else card.lat_e7 / 1e7,
                None if card.lon_e7 is None else card.lon_e7 / 1e7,
                card.seats,
                len(card.needs) if sight.counts(card) else None,
                card.number,
                phone(card.phone_code) if sight.people(card) else "",
                card.id.hex(),
            ]
        )
    return workbook([(t("point.sheet"), [t(f"point.{name}") for name in _COLUMNS], rows)])
