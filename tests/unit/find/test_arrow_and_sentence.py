"""Where it lies, and what is read out on the phone."""

from __future__ import annotations

import dataclasses
import json
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shanyrak.core.spec import spec_folder
from shanyrak.core.texts import LANGUAGES, texts
from shanyrak.find.arrow import DIRECTIONS, bearing_deg, direction, line_m
from shanyrak.find.sentence import PARTS, Further, Spoken, sentence

OPEN = Spoken("School 12", "Shkilna 5", 9, None, "n", "open", "open", "duty", "At 17:40", then=Further("Park", 4, None))
EN = texts("en", *PARTS)


@pytest.mark.parametrize(
    ("to", "bearing", "name"),
    [((30, 51), 0, "n"), ((31, 50), 90, "e"), ((30, 49), 180, "s"), ((29, 50), 270, "w"), ((30, 50), 0, "n")],
)
def test_the_arrow_points_there(to: tuple[float, float], bearing: int, name: str) -> None:
    found = bearing_deg(30, 50, *to)
    # the shortest way east begins a little north of east
    assert min(abs(found - bearing), 360 - abs(found - bearing)) <= 1
    assert direction(found) == name


def test_a_degree_of_latitude() -> None:
    assert line_m(30, 50, 30, 51) == 111_195  # 6,371,008.8 m * pi / 180
    assert line_m(30, 50, 30, 50) == 0
    assert line_m(179.9, 0, -179.9, 0) == line_m(0, 0, 0.2, 0)  # across the date line


@given(st.integers(0, 359))
def test_every_bearing_has_the_direction_nearest_to_it(bearing: int) -> None:
    middle = 45 * DIRECTIONS.index(direction(bearing))
    assert min(abs(bearing - middle), 360 - abs(bearing - middle)) <= 22.5


def test_the_sentence_for_somebody_else() -> None:
    assert sentence(OPEN, "112", EN) == (
        "School 12, Shkilna 5. It is 9 minutes on foot. At 17:40 the person on duty said it is open. "
        "If it is shut: Park, 4 minutes further on foot. This was said, not guaranteed. In an emergency call 112."
    )


def test_nobody_said_is_never_open() -> None:
    said = sentence(dataclasses.replace(OPEN, state="unknown", shown="unknown", by="", when=""), "112", EN)
    assert EN("said.nobody") in said
    assert "said it is open" not in said


def test_an_old_word_is_told_with_what_became_of_it() -> None:
    assert EN("sentence.unknown_now") in sentence(dataclasses.replace(OPEN, shown="unknown"), "112", EN)
    assert EN("sentence.not_confirmed") in sentence(dataclasses.replace(OPEN, shown="not_confirmed"), "112", EN)
    contradicted = sentence(dataclasses.replace(OPEN, shown="not_confirmed", visitors_shut=2), "112", EN)
    assert EN("visitors.shut", n=2) in contradicted


def test_no_minutes_for_a_straight_line() -> None:
    said = sentence(dataclasses.replace(OPEN, minutes=None, line_m=640, direction="ne", then=None), "112", EN)
    assert "about 640 metres away in a straight line, to the north-east" in said
    assert "minute" not in said


def test_no_place_at_all() -> None:
    assert sentence(None, "112", EN) == "No warm place is known here. In an emergency call 112."


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("shown", ["open", "not_confirmed", "paused", "closed", "ready", "unknown"])
def test_every_language_says_every_state_without_a_hole(language: str, shown: str) -> None:
    t = texts(language, *PARTS)
    state = "open" if shown in ("not_confirmed", "unknown") else shown
    for arrival in ("", "opens_before", "shuts_before"):
        said = sentence(dataclasses.replace(OPEN, state=state, shown=shown, on_arrival=arrival), "112", t)
        assert not re.search("[{}]|sentence[.]", said)
        assert "112" in said


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_words_are_complete(language: str) -> None:
    def read(name: str) -> dict[str, str | dict[str, str]]:
        folder = spec_folder() / "texts" / "finder-sentence"
        return dict(json.loads((folder / f"{name}.json").read_text(encoding="utf-8")))

    def holes(text: str | dict[str, str]) -> set[str]:
        return set(re.findall(r"\{\w+\}", text if isinstance(text, str) else " ".join(text.values())))

    mine, english = read(language), read("en")
    assert {key: holes(text) for key, text in mine.items()} == {key: holes(text) for key, text in english.items()}
    forms = {"one", "few", "many", "other"} if language in ("uk", "ru") else {"one", "other"}
    assert all(set(text) == forms for text in mine.values() if not isinstance(text, str))
