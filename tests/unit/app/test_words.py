"""What a plan says: right plural forms, and never more than was found."""

from __future__ import annotations

import json
from typing import Any

import pytest

from shanyrak.app.report.words import kind, sentence
from shanyrak.core.spec import spec_folder
from shanyrak.core.texts import texts


def summary(**changes: Any) -> dict[str, Any]:
    base = {
        "k": 8,
        "covered_persons": 21400.9,
        "bound_persons": 21459.1,
        "minutes": 15,
        "proven": False,
        "stopped_by": "gap",
    }
    return {**base, **changes}


def test_people_reached_are_rounded_down_and_the_most_possible_up() -> None:
    assert sentence(texts("en"), summary(), 0) == (
        "These 8 places bring 21,400 people within 15 minutes; no other 8 could bring more than 21,460."
    )


def test_a_proven_plan_says_that_no_other_can_bring_more() -> None:
    said = sentence(texts("en"), summary(proven=True, bound_persons=21400.9, stopped_by="proven"), 0)
    assert said.endswith("no other 8 could bring more.")


def test_existing_points_are_named_beside() -> None:
    assert sentence(texts("en"), summary(), 2).startswith("With the 2 points that are there already, these 8 places")


def test_a_stop_by_the_clock_is_said() -> None:
    assert "time allowed" in sentence(texts("en"), summary(stopped_by="time"), 0)


@pytest.mark.parametrize(
    ("k", "form"), [(2, "цими 2 місцями"), (5, "цими 5 місцями"), (21, "цим 21 місцем"), (22, "цими 22 місцями")]
)
def test_ukrainian_forms_follow_the_number(k: int, form: str) -> None:
    assert form in sentence(texts("uk"), summary(k=k), 0)


@pytest.mark.parametrize(("n", "word"), [(1, "людина"), (3, "людини"), (11, "людей"), (21, "людина"), (1004, "людини")])
def test_ukrainian_people_are_counted_right(n: int, word: str) -> None:
    assert texts("uk")("plan.people", n=n).endswith(word)


def test_a_detail_without_a_word_falls_back_to_its_kind() -> None:
    t = texts("en")
    assert kind(t, {"kind": "room", "detail": "school"}) == "School"
    assert kind(t, {"kind": "room", "detail": "yodel_hall"}) == "Room in a building"


def test_english_and_ukrainian_have_the_same_keys() -> None:
    en, uk = (json.loads((spec_folder() / "texts" / f"{x}.json").read_text(encoding="utf-8")) for x in ("en", "uk"))
    assert en.keys() == uk.keys()


@pytest.mark.parametrize("language", ["en", "uk", "kk", "de", "ru"])
def test_every_language_can_say_made_up_town(language: str) -> None:
    own = json.loads((spec_folder() / "texts" / f"{language}.json").read_text(encoding="utf-8"))
    assert own["made_up.banner"]
