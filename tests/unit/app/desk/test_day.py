"""The report of a day: what a past day says is what it said at its end."""

from __future__ import annotations

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from shanyrak.app.desk.board import Board
from shanyrak.app.desk.day import Standing, _now, group_of
from shanyrak.app.desk.past import standing_at
from tests.ledgers_drawn import HOUR_MS, MINUTE_MS, History, facts

KINDS = (
    "point.opened", "point.opened", "point.paused", "point.closed", "point.ready", "point.planned", "status.reported",
    "need.raised", "need.met", "stock.used", "visit.counted", "point.lost",
)  # fmt: skip


def counted(standing: list[Standing]) -> list[tuple[bytes, str, bool, list[str]]]:
    """What the report asks of each point."""
    return sorted((one.card.id, group_of(one), one.heard, sorted(need.id for need in one.needs)) for one in standing)


@settings(
    max_examples=12, deadline=None, suppress_health_check=[HealthCheck.too_slow],
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
)  # fmt: skip
@given(seed=st.integers(0, 10**6), hours=st.integers(0, 20))
def test_looked_at_from_history_a_moment_is_what_it_was(seed: int, hours: int) -> None:
    """The table in memory at a moment, and the history read up to that moment, count every place alike."""
    history = History(seed, words=40, kinds=KINDS)
    people = history.people
    ledger = people.ledger("headquarters")
    ledger.accept([history.founding, *(one for one in history.rest if not one.header().kind.startswith("receipt"))])
    latest = max(fact.header().at[0] for fact in facts(ledger))
    people.now = latest // MINUTE_MS * MINUTE_MS + MINUTE_MS + hours * HOUR_MS
    board = Board(ledger, now_ms=lambda: people.now)
    now = board.refresh()
    cards = list(board.cards.values())
    present = [_now(board, card, now) for card in cards if card.is_expected and card.state]
    past = standing_at(board, cards, now.at_min)
    assert counted(present) == counted(past)
