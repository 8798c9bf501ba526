"""Saying as a person types it: what is refused at the door, and what is written down of a visitor."""

from __future__ import annotations

from datetime import UTC, timedelta, timezone, tzinfo
from typing import Any

import pytest

from shanyrak.app.saying import kind_named, list_kinds, say_as_typed
from shanyrak.core.errors import InvalidInput
from shanyrak.facts.ledger import Ledger
from tests.ledgers import START_MS, founded_ledger, point


def say(ledger: Ledger, kind: str, *pairs: str, zone: tzinfo = UTC, now_ms: int = START_MS, **said: str) -> Any:
    return say_as_typed(ledger, kind, pairs, now_ms=now_ms, zone=zone, **said)


@pytest.mark.parametrize("happened", ["tomorrow", "2026-11-23", "in 2 h", "2027", "2026-11-24/2026-11-25"])
def test_what_is_still_to_come_did_not_happen(happened: str) -> None:
    # It is 2026-11-22 14:00 UTC. "Open since tomorrow" would count as open now.
    ledger = founded_ledger()
    point(ledger, "School 12")
    before = ledger.store.count()
    with pytest.raises(InvalidInput, match=r"still to come.*open_until"):
        say(ledger, "point.opened", about="School 12", happened=happened)
    assert ledger.store.count() == before


@pytest.mark.parametrize("happened", ["today", "14:05", "2026-11", "unknown", "../2026-11-22", "2026-11-20/.."])
def test_what_began_may_still_go_on(happened: str) -> None:
    ledger = founded_ledger()
    point(ledger, "School 12")
    assert say(ledger, "point.opened", about="School 12", happened=happened)["mark"] is None


def test_a_day_that_has_begun_where_the_person_is_is_today() -> None:
    # 2026-11-22 22:30 UTC is 00:30 of the 23rd in Kyiv (UTC+2); the 24th is still to come there too.
    ledger = founded_ledger()
    point(ledger, "School 12")
    kyiv, late = timezone(timedelta(hours=2)), START_MS + 8 * 3_600_000 + 30 * 60_000
    said = say(ledger, "point.opened", about="School 12", happened="today", zone=kyiv, now_ms=late)
    assert said["body"]["happened"] == "2026-11-23"
    with pytest.raises(InvalidInput, match="still to come"):
        say(ledger, "point.opened", about="School 12", happened="tomorrow", zone=kyiv, now_ms=late)


def test_of_a_visitor_only_the_quarter_of_an_hour_is_written_down() -> None:
    # 14:00 + 38 min: the quarter that began at 14:30
    ledger = founded_ledger()
    point(ledger, "School 12")
    late = START_MS + 38 * 60_000
    said = say(ledger, "visitor.said", "state=shut", about="School 12", now_ms=late)
    assert said["body"] == {"state": "shut", "happened": "2026-11-22T14:30Z"}
    said = say(ledger, "visitor.said", "state=shut", about="School 12", happened="13:59", now_ms=late)
    assert said["body"]["happened"] == "2026-11-22T13:45Z"


def test_what_is_said_of_another_sort_of_thing_names_both() -> None:
    ledger = founded_ledger()
    say(ledger, "area.described", "name=kyiv")
    with pytest.raises(InvalidInput, match=r"stock\.counted is said of a point, not of area kyiv"):
        say(ledger, "stock.counted", "fuel=1 l", about="kyiv")


def test_a_family_alone_leads_to_its_kinds() -> None:
    with pytest.raises(InvalidInput, match=r"stock\.counted or stock\.received or stock\.used"):
        kind_named(founded_ledger().rules, "stock")


def test_a_kind_tells_what_its_fields_can_say() -> None:
    (kind,) = list_kinds(founded_ledger().rules, "status.reported")
    fields = {field["field"]: field for field in kind["fields"]}
    assert fields["band"]["values"] == ["free", "some", "crowded", "full"]
    assert fields["indoor"]["values"] == []
    assert kind["about"] == ["point"] and not kind["begins"]


@pytest.mark.parametrize(
    ("typed", "names"),
    [
        ("name=Школа № 12", {"uk": "Школа № 12"}),
        ("names=Мектеп әлемі", {"kk": "Мектеп әлемі"}),
        ("name=School 12", {"en": "School 12"}),
        ("names.de=Школа", {"de": "Школа"}),
    ],
)
def test_the_letters_of_a_name_tell_its_language(typed: str, names: dict[str, str]) -> None:
    assert say(founded_ledger(), "point.described", typed)["body"]["names"] == names


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("Mo-Fr 08:00-20:00", "Mo-Fr 08:00-20:00"),
        ("цілодобово", "24/7"),
        ("пн-пт 8:00-17:00", "Mo-Fr 08:00-17:00"),
    ],
)
def test_hours_are_kept_as_openstreetmap_writes_them(typed: str, kept: str) -> None:
    ledger = founded_ledger()
    point(ledger, "School 12")
    said = say(ledger, "hours.declared", f"opening_hours={typed}", about="School 12")
    assert said["body"]["opening_hours"] == kept


def test_hours_that_cannot_be_read_are_not_kept() -> None:
    ledger = founded_ledger()
    point(ledger, "School 12")
    with pytest.raises(InvalidInput, match=r"cannot be read as opening hours.*Mo-Fr"):
        say(ledger, "hours.declared", "opening_hours=whenever we like", about="School 12")


@pytest.mark.parametrize(("kind", "field"), [("same.as", "same_as"), ("not.same.as", "not_same_as")])
def test_a_thing_is_not_compared_with_itself(kind: str, field: str) -> None:
    ledger = founded_ledger()
    point(ledger, "School 12")
    with pytest.raises(InvalidInput, match="compared with itself"):
        say(ledger, kind, f"{field}=School 12", about="School 12")


def test_what_is_there_already_is_not_put_into_another_place() -> None:
    # It would be said where its host is not trusted, and out of the sight of its own phone.
    ledger = founded_ledger()
    say(ledger, "area.described", "name=kyiv")
    point(ledger, "School 12")
    with pytest.raises(InvalidInput, match="Leave --in out"):
        say(ledger, "point.opened", about="School 12", within="kyiv")


@pytest.mark.parametrize("kind", ["stock.counted", "visit.counted", "status.reported", "services.declared"])
def test_a_count_that_counts_nothing_is_not_kept(kind: str) -> None:
    ledger = founded_ledger()
    point(ledger, "School 12")
    with pytest.raises(InvalidInput, match="it says nothing"):
        say(ledger, kind, "via=phone", about="School 12", happened="unknown")


def test_a_note_alone_says_something_and_whose_word_it_is_does_not() -> None:
    ledger = founded_ledger()
    point(ledger, "School 12")
    with pytest.raises(InvalidInput, match="it says nothing"):
        say(ledger, "status.reported", "said_by=Olena", about="School 12")
    assert say(ledger, "status.reported", "note=nobody was there to ask", about="School 12")["mark"] is None


def test_a_kind_is_found_whatever_its_capitals() -> None:
    assert kind_named(founded_ledger().rules, " Point.Opened ").name == "point.opened"
