"""The list of names answers alike here and in the finder (``spec/vectors/search.json``).

Only the finder forgives a typing mistake: there ``python`` is false.
"""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest

from shanyrak.area.fold_text import STREET_TYPES, words_of
from shanyrak.area.gazetteer import Gazetteer, find_in_gazetteer
from shanyrak.core.spec import spec_folder

VECTORS = json.loads((spec_folder() / "vectors" / "search.json").read_text(encoding="ascii"))
NAMES = VECTORS["names"]
TOWN = Gazetteer(
    tuple(name["name"] for name in NAMES),
    tuple(name["kind"] for name in NAMES),
    ("",) * len(NAMES),
    ("",) * len(NAMES),
    tuple("; ".join(name["others"]) for name in NAMES),
    np.arange(len(NAMES), dtype=np.float64),  # the longitude tells which one was found
    np.zeros(len(NAMES)),
)


@pytest.mark.parametrize(("text", "words", "kinds"), VECTORS["fold"])
def test_a_name_is_folded(text: str, words: list[str], kinds: list[str]) -> None:
    assert words_of(text) == (tuple(words), frozenset(kinds))


def test_every_word_for_a_kind_of_street_is_among_the_vectors() -> None:
    assert set(STREET_TYPES) <= {text for text, _, _ in VECTORS["fold"]}


@pytest.mark.parametrize("case", [case for case in VECTORS["search"] if case["python"]], ids=lambda case: case["asked"])
def test_a_question_finds_what_is_meant(case: dict[str, Any]) -> None:
    found = find_in_gazetteer(TOWN, case["asked"])
    assert (int(found[0].lon) if found else None) == case["first"]
