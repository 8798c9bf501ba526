"""Small words: moments that are not exact, numbers of things, texts that would steer a terminal."""

from __future__ import annotations

import pytest

from shanyrak.app.phrases import LEADS, in_words, phrase
from shanyrak.app.wording import moment, one_line, some, visitors
from shanyrak.facts.rules import load_rules


@pytest.mark.parametrize(
    ("edtf", "words"),
    [
        ("unknown", "when is unknown"),
        ("2023-01", "2023-01"),
        ("2023-01-14~", "about 2023-01-14"),
        ("2023?", "perhaps 2023"),
        ("[2023-01-06..2023-01-07]", "between 2023-01-06 and 2023-01-07"),
        ("[2023,2024]", "between 2023 and 2024"),
        ("2023-01-14/2023-03", "from 2023-01-14 to 2023-03"),
        ("2023-01/..", "since 2023-01"),
        ("../2023-01", "until 2023-01"),
    ],
)
def test_a_moment_that_is_not_exact_is_said_in_words(edtf: str, words: str) -> None:
    assert moment(edtf) == words


def test_one_thing_is_not_many() -> None:
    assert [some(n, "record") for n in (0, 1, 2, 1200)] == ["0 records", "1 record", "2 records", "1,200 records"]
    assert some(2, "entry", "entries") == "2 entries"


def test_alike_words_of_visitors_are_counted() -> None:
    assert visitors(["shut", "open", "shut", "not_here"]) == "shut (2), open, not here"


def test_a_text_is_one_line_and_steers_no_terminal() -> None:
    # ESC[2J clears a screen; U+202E turns the direction of writing.
    assert one_line("first\nsecond\t\x1b[2Jthird\u202e") == "first second [2Jthird"


def said(kind: str, **body: object) -> str:
    return phrase(load_rules().kinds[kind].body, body)


def test_values_are_said_as_people_say_them() -> None:
    assert said("pledge.made", what="money", amount_minor=125050, currency="UAH", per="month") == (
        "money, 1250.50 UAH a month"
    )
    assert said("pledge.made", what="yurt", count=2, publish="nothing") == "2 x yurt, the giver is not to be named"
    assert said("services.declared", heat=True, hot_food=False, internet="own") == "hot food: no, heat, internet own"
    assert said("list.entered", list="City list", number="12") == "City list, no. 12"
    assert said("status.reported", band="free", seats_free=0) == "plenty of room, seats free 0"


def test_what_is_for_programs_is_left_to_them() -> None:
    assert said("network.founded", name="Winter", recovery="ab" * 32, backup="age1x") == "Winter"


def test_every_kind_has_its_words_and_no_other() -> None:
    told_apart = {"statement.recorded", "receipt.noted"}
    assert set(LEADS) == set(load_rules().kinds) - told_apart


def test_words_of_a_value_are_those_of_the_screens() -> None:
    band = load_rules().kinds["status.reported"].body["band"]
    assert [in_words(band, value) for value in band.values] == ["plenty of room", "room", "crowded", "full"]
