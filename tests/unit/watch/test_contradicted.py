"""Which points contradict: the last word on the state against what was found there since."""

from __future__ import annotations

from typing import Any

import pytest

from shanyrak.app.contradicting import contradicted_rows
from shanyrak.facts.ledger import Ledger
from shanyrak.watch.contradicted import contradicted
from tests.ledgers import founded_ledger, point


def _say(ledger: Ledger, about: bytes, *said: tuple[str, dict[str, Any]]) -> None:
    for kind, body in said:
        ledger.say(kind, body, about=about)


OPENED = ("point.opened", {})
CLOSED = ("point.closed", {})
SHUT = ("visitor.said", {"state": "shut"})
OPEN = ("visitor.said", {"state": "open"})


@pytest.mark.parametrize(
    ("said", "against"),
    [
        ([OPENED, SHUT, SHUT], ["shut", "shut"]),
        ([OPENED, SHUT, ("visitor.said", {"state": "not_here"}), OPEN], ["shut", "not_here"]),
        ([OPENED, SHUT], []),  # one visitor can stand before the wrong door
        ([OPENED, SHUT, SHUT, OPEN, OPEN], []),  # as many say the opposite
        ([SHUT, SHUT, OPENED], []),  # that was before
        ([OPENED, ("status.reported", {"found": "shut"})], ["shut"]),  # one who reports is enough
        ([OPENED, ("status.reported", {"found": "full"})], []),
        ([OPENED, SHUT, ("status.reported", {"found": "gone"})], ["shut", "gone"]),
        ([CLOSED, OPEN, ("visitor.said", {"state": "full"})], ["open", "full"]),
        ([CLOSED, SHUT, SHUT], []),
        ([OPENED, ("point.paused", {}), SHUT, SHUT], []),
        ([SHUT, SHUT], []),  # nobody said it was open
        ([("point.lost", {}), OPEN, OPEN], []),
    ],
)
def test_what_contradicts(said: list[tuple[str, dict[str, Any]]], against: list[str]) -> None:
    ledger = founded_ledger()
    _say(ledger, point(ledger, "School"), *said)
    found = contradicted(ledger)
    assert [one.what for each in found for one in each.against] == against


def test_both_sides_are_told_with_who_and_when() -> None:
    ledger = founded_ledger()
    school = point(ledger, "School")
    _say(ledger, school, ("point.opened", {"happened": "2026-11-22T17:40+02:00", "via": "phone"}), SHUT, SHUT)
    (one,) = contradicted(ledger)
    assert (one.point, one.said.what, one.said.who, one.said.via) == (school, "open", "headquarters", "phone")
    assert one.said.happened == "2026-11-22T17:40+02:00"
    assert [found.who for found in one.against] == ["visitor", "visitor"]


def test_the_newest_contradiction_comes_first() -> None:
    ledger = founded_ledger()
    first, second = point(ledger, "First"), point(ledger, "Second")
    _say(ledger, second, OPENED, SHUT, SHUT)
    _say(ledger, first, OPENED, SHUT, SHUT)
    assert [row["name"] for row in contradicted_rows(ledger)] == ["First", "Second"]


def test_what_is_only_remembered_does_not_contradict() -> None:
    ledger = founded_ledger()
    past = ledger.say("initiative.started", {"archive": True}).id
    _say(ledger, point(ledger, "Then", initiative=past.hex()), OPENED, SHUT, SHUT)
    assert contradicted(ledger) == []


def test_words_taken_back_do_not_count() -> None:
    ledger = founded_ledger()
    school = point(ledger, "School")
    _say(ledger, school, OPENED, SHUT)
    last = ledger.say("visitor.said", {"state": "shut"}, about=school).id
    assert len(contradicted(ledger)) == 1
    ledger.say("body.withheld", {"fact": last.hex(), "reason": "mistake"}, about=school)
    assert contradicted(ledger) == []
