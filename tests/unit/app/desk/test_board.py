"""The table in memory follows the ledger: whatever came in whatever order, it is as if everything were read anew."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

import msgspec
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from shanyrak.app.desk.board import Board
from shanyrak.app.desk.devices import devices
from shanyrak.app.desk.gear import equipment
from shanyrak.app.desk.orders import orders
from shanyrak.app.desk.proposals import proposals
from shanyrak.app.desk.table import point_table
from shanyrak.app.desk.todo import todo_list
from shanyrak.app.permissions import viewer_of
from shanyrak.facts.ledger import Ledger
from tests.ledgers_drawn import DAY_MS, HOUR_MS, MINUTE_MS, History, People, give

KINDS = (
    "point.opened", "point.opened", "point.paused", "point.closed", "point.ready", "status.reported",
    "activation.ordered", "activation.acknowledged", "activation.refused", "need.raised", "need.met",
    "incident.reported", "stock.counted", "stock.used", "services.declared", "hours.declared", "list.entered",
    "list.left", "visibility.decided", "mode.set", "point.described", "kit.described", "pledge.made", "place.proposed",
)  # fmt: skip


def seen(board: Board, key: bytes) -> Any:
    """All that the desk is told, as plain data."""
    now = board.refresh()
    viewer = viewer_of(board.ledger, key, now.at_ms)

    def phone(code: str) -> str:
        return f"+{code}" if code else ""

    forks = [one for one in todo_list(board, viewer, phone, now).items if one.what == "fork"]
    told = {
        "table": point_table(board, viewer, now),
        # When a fork was first seen is known to who saw it only.
        "todo": [one for one in todo_list(board, viewer, phone, now).items if one.what != "fork"],
        "forks": sorted(one.key for one in forks),
        "orders": orders(board, viewer, phone, now_at_min=now.at_min),
        "devices": devices(board, viewer),
        "equipment": equipment(board, viewer, now),
        "proposals": proposals(board, viewer),
    }
    return msgspec.json.decode(msgspec.json.encode(told))


@settings(
    max_examples=10,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
    phases=[Phase.explicit, Phase.reuse, Phase.generate],  # a smaller history is no easier to read
)
@given(seed=st.integers(0, 10**6), data=st.data())
def test_it_follows_whatever_comes(seed: int, data: st.DataObject) -> None:
    """Devices with clocks ahead, forks, receipts, revocations, withheld words; in drawn batches and orders."""
    history = History(seed, words=40, kinds=KINDS)
    people = history.people
    ledger = people.ledger("headquarters")
    ledger.accept([history.founding])
    board = Board(ledger, now_ms=lambda: people.now)
    key = people.key("headquarters").public
    seen(board, key)
    rest = list(history.rest)
    history.draw.shuffle(rest)
    while rest:
        size = data.draw(st.integers(1, 15))
        ledger.accept(rest[:size])
        del rest[:size]
        if data.draw(st.booleans()):
            people.now += data.draw(st.sampled_from((0, MINUTE_MS, HOUR_MS, DAY_MS)))
        followed = seen(board, key)
        assert followed == seen(Board(ledger, now_ms=lambda: people.now), key)


class Town:
    """A headquarters with a point, and a host who speaks from a phone of their own."""

    def __init__(self) -> None:
        self.people = People(3)
        self.hq = self.people.founded()
        self.area = self.hq.say("area.described", {"name": "town"}).id
        self.point = self.hq.say("point.described", {"names": {"en": "School"}}, scope=self.area).id
        self.people.admit(self.hq, "host", "host", self.point)
        self.host = self.people.ledger("host")
        give(self.hq, self.host)
        self.board = Board(self.hq, now_ms=lambda: self.people.now)

    def shown(self) -> str:
        self.board.refresh()
        return self.board.cards[self.point].shown


@pytest.fixture
def town() -> Town:
    return Town()


def test_words_grow_old_without_anybody_speaking(town: Town) -> None:
    town.hq.say("point.opened", {}, about=town.point)
    assert town.shown() == "open"
    before = town.board.version
    town.people.now += 180 * MINUTE_MS  # the limit belongs to the inside
    assert town.shown() == "open"
    assert town.board.version == before
    town.people.now += MINUTE_MS
    assert town.shown() == "not_confirmed"
    assert town.board.version > before
    town.people.now += 539 * MINUTE_MS  # 12 h after the word
    assert town.shown() == "unknown"


def test_a_word_of_somebody_who_is_let_in_later_counts_from_then_on(town: Town) -> None:
    stranger = town.people.ledger("stranger")
    give(town.hq, stranger)
    said = stranger.say("point.opened", {}, about=town.point)
    give(stranger, town.hq)
    assert town.shown() == "unknown"
    town.people.admit(town.hq, "stranger", "host", town.point)
    assert town.shown() == "open"
    assert said.id


def test_a_word_of_somebody_who_is_shut_out_and_was_not_received_before_does_not_count_any_more(town: Town) -> None:
    town.people.revoke(town.hq, "host")
    town.people.now += MINUTE_MS
    town.host.say("point.opened", {}, about=town.point)
    give(town.host, town.hq)
    assert town.shown() == "unknown"
    assert town.board.cards[town.point].heard_at_min is None


def test_a_clock_ahead_is_put_back_by_a_receipt(town: Town) -> None:
    late = town.people.ledger("host", ahead_ms=DAY_MS)
    give(town.hq, late)
    late.say("point.closed", {}, about=town.point)
    give(late, town.hq)
    town.board.refresh()
    town.hq.note_receipts([chain.key for chain in town.hq.store.all_chains()])
    town.people.now += HOUR_MS
    town.hq.say("point.opened", {}, about=town.point)
    assert town.shown() == "open"
    assert asdict(town.board.cards[town.point].ref()) == asdict(_anew(town.hq, town.people).cards[town.point].ref())


def test_nothing_new_changes_nothing(town: Town) -> None:
    town.board.refresh()
    version = town.board.version
    town.board.refresh()
    assert town.board.version == version


def test_what_is_only_remembered_is_not_among_the_points(town: Town) -> None:
    archive = town.hq.say("initiative.started", {"names": {"en": "Long ago"}}).id
    town.hq.say("point.described", {"initiative": archive.hex()}, about=town.point)
    town.board.refresh()
    assert town.point in town.board.cards
    town.hq.say("initiative.started", {"archive": True}, about=archive)
    town.board.refresh()
    assert town.point not in town.board.cards


def _anew(ledger: Ledger, people: People) -> Board:
    board = Board(ledger, now_ms=lambda: people.now)
    board.refresh()
    return board
