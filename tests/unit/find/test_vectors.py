"""The ranking's vectors (``spec/vectors/ranking.json``), which a plain program makes in another way."""

from __future__ import annotations

import json
import runpy
from typing import Any

import pytest

from shanyrak.core.spec import spec_folder
from shanyrak.find.arrow import bearing_deg, direction, line_m
from shanyrak.find.ranking import Leg, Place, Ranking, rank
from shanyrak.find.trust import age, default_table, outlook

FILE = spec_folder() / "vectors" / "ranking.json"
VECTORS = json.loads(FILE.read_text(encoding="ascii"))
TABLE = default_table()


def place_of(data: dict[str, Any]) -> Place:
    return Place(**{**data, "legs": tuple(Leg(**leg) for leg in data["legs"])})


def answer_of(ranking: Ranking) -> dict[str, Any]:
    length = ("minutes", "line_m")
    plain = (*length, "index", "shown", "said_at_min", "chance_permille", "on_arrival", "behind")
    return {
        "places": [
            {name: getattr(row, name) for name in plain}
            | {"if_shut": [{name: getattr(there, name) for name in (*length, "index")} for there in row.if_shut]}
            for row in ranking.places
        ],
        "not_shown_unknown": ranking.not_shown_unknown,
        "not_shown_no": ranking.not_shown_no,
    }


@pytest.mark.parametrize("case", VECTORS["age"], ids=lambda case: case["name"])
def test_a_word_ages(case: dict[str, Any]) -> None:
    word, now = case["word"], case["now_at_min"]
    aged, ahead = age(**word, now_at_min=now, table=TABLE), outlook(**word, now_at_min=now, table=TABLE)
    assert {name: getattr(aged, name) for name in case["aged"]} == case["aged"]
    assert {name: getattr(ahead, name) for name in case["outlook"]} == case["outlook"]


@pytest.mark.parametrize("case", VECTORS["rank"], ids=lambda case: case["name"])
def test_a_town_is_ranked(case: dict[str, Any]) -> None:
    places = [place_of(data) for data in case["places"]]
    ranking = rank(places, case["now_at_min"], TABLE, needs=case["needs"], profile=case["profile"])
    assert answer_of(ranking) == case["answer"]


@pytest.mark.parametrize("case", VECTORS["arrow"], ids=lambda case: f"{case['from']}")
def test_an_arrow_points(case: dict[str, Any]) -> None:
    pair = (*case["from"], *case["to"])
    assert line_m(*pair) == case["line_m"]
    assert bearing_deg(*pair) == case["bearing_deg"]
    assert direction(case["bearing_deg"]) == case["direction"]


def test_the_file_is_what_its_maker_writes() -> None:
    made = runpy.run_path(str(FILE.with_name("make_ranking.py")))["ranking"]()
    assert json.loads(json.dumps(made)) == VECTORS
