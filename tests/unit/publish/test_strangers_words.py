"""What people without a key began, stand behind or photographed: nothing of it is public before somebody looked."""

from __future__ import annotations

import pytest

from shanyrak.app.initiatives import Beginning, Support, write_beginning, write_support
from shanyrak.publish.model import Deployment, PublicView, Step
from shanyrak.publish.view import public_view
from tests.ledgers import START_MS, founded_ledger

WEEK_MS = 7 * 86_400_000
MONDAY_MS = START_MS + 10 * 3_600_000
"""2026-11-23 00:00 UTC; what is said on the Sunday before is told two Mondays later."""
TOLD_MS = MONDAY_MS + WEEK_MS
DOOR, HALL = "a" * 64, "b" * 64


class Town:
    """A headquarters that writes down what others say."""

    def __init__(self) -> None:
        self.ledger = founded_ledger(now_ms=lambda: START_MS)
        self.idea = write_beginning(self.ledger, Beginning("Yurts", "Two of them", who="Aigerim"), language="en")

    def view(self, now_ms: int = START_MS) -> PublicView:
        return public_view(self.ledger, now_ms=now_ms, deployment=Deployment())

    def release(self, record: bytes) -> None:
        self.ledger.say("release.decided", {"releases": ["words"], "released": record.hex()}, about=self.idea)

    def support(self, **more: str) -> bytes:
        return write_support(self.ledger, Support(self.idea, **more), language="en")

    def supporters(self, now_ms: int = START_MS) -> list[Step]:
        (account,) = self.view(now_ms).accounts
        return [step for step in account.steps if step.step == "supported"]


@pytest.fixture
def town() -> Town:
    return Town()


def test_an_undertaking_is_public_once_somebody_read_it_and_names_nobody(town: Town) -> None:
    assert town.view().accounts == ()
    town.release(town.idea)
    (account,) = town.view().accounts
    assert (account.names, account.idea) == ({"en": "Yurts"}, {"en": "Two of them"})
    assert "Aigerim" not in repr(town.view())


def test_what_headquarters_begins_itself_needs_nobody_else(town: Town) -> None:
    own = town.ledger.say("initiative.started", {"names": {"en": "Stoves"}}).id
    assert [account.id for account in town.view().accounts] == [own.hex()]


@pytest.mark.parametrize(("supporters", "told"), [(9, None), (10, 10), (14, 10), (15, 20)])
def test_supporters_are_told_in_tens_a_week_late(town: Town, supporters: int, told: int | None) -> None:
    town.release(town.idea)
    for _ in range(supporters):
        town.support()
    assert town.supporters(TOLD_MS - 1) == []
    assert [step.count for step in town.supporters(TOLD_MS)] == ([] if told is None else [told])


def test_a_name_is_told_of_who_wants_it_once_it_was_released(town: Town) -> None:
    town.release(town.idea)
    wants = town.support(support="town", organisation="Bucha", publish="name")
    wants_not = town.support(support="town", organisation="Irpin")
    assert town.supporters() == []
    for one in (wants, wants_not):
        town.release(one)
    assert [(step.name, step.count) for step in town.supporters()] == [("Bucha", None)]


def test_words_that_were_taken_back_are_gone(town: Town) -> None:
    town.release(town.idea)
    town.ledger.say("body.withheld", {"fact": town.idea.hex(), "reason": "other"}, about=town.idea)
    assert "Two of them" not in repr(town.view())


def test_a_photo_that_waits_does_not_hide_the_one_that_was_released(town: Town) -> None:
    say = town.ledger.say
    point = say("point.described", {"names": {"en": "Hall"}, "lon_e7": 305_000_000, "lat_e7": 504_000_000}).id

    def photo() -> str:
        (one,) = town.view().points
        return one.photo

    def pictured(hash: str) -> bytes:
        return say("point.described", {"photo": hash}, about=point).id

    first = pictured(DOOR)
    assert photo() == ""
    say("release.decided", {"releases": ["photo"], "hash": DOOR}, about=point)
    assert photo() == DOOR
    pictured(HALL)
    assert photo() == DOOR
    say("release.decided", {"releases": ["photo"], "hash": HALL}, about=point)
    assert photo() == HALL
    say("body.withheld", {"fact": first.hex(), "reason": "personal"}, about=point)
    pictured("c" * 64)
    assert photo() == HALL
