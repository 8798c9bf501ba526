"""Canonical bytes: what a writer may hand over, and what the messages say. The vectors hold the rest."""

from __future__ import annotations

import json
import unicodedata
from typing import Any

import pytest

from shanyrak.core.errors import InvalidInput
from shanyrak.core.spec import spec_folder
from shanyrak.facts.canonical import MAX_DEPTH, MAX_INTEGER, canonical, parse_canonical
from shanyrak.facts.normal_form import is_nfc, pieces_are_nfc


def nested(levels: int) -> Any:
    value: Any = []
    for _ in range(levels - 1):
        value = [value]
    return value


def test_keys_are_sorted_and_nothing_stands_between() -> None:
    assert canonical({"seats": 60, "kind": "school"}) == b'{"kind":"school","seats":60}'


def test_the_order_in_which_a_body_was_put_together_does_not_matter() -> None:
    assert canonical({"a": 1, "b": {"d": 2, "c": 3}}) == canonical({"b": {"c": 3, "d": 2}, "a": 1})


def test_text_stays_as_it_is_written() -> None:
    assert canonical("під’їзд / Әуезов") == '"під’їзд / Әуезов"'.encode()


@pytest.mark.parametrize(
    ("value", "says"),
    [
        (1.0, "float is not a value"),
        (float("nan"), "float is not a value"),
        (2**53, "beyond"),
        (-(2**53), "beyond"),
        pytest.param(10**5000, "beyond", id="5,001 digits"),
        ({"stove": {"wood_kg": 0.5}}, "stove: wood_kg: float"),
        ({"назва": 1}, "cannot be a key"),
        ({"": 1}, "cannot be a key"),
        ({"a b": 1}, "cannot be a key"),
        ({"k" * 65: 1}, "cannot be a key"),
        ({"key\n": 1}, "cannot be a key"),
        ({1: 1}, "cannot be a key"),
        ("a\0b", "NUL"),
        ("е\0", "NUL"),
        ("e\u0301", "NFC"),
        ("\ud800", "half a character"),
        (b"bytes", "bytes is not a value"),
        ({1, 2}, "set is not a value"),
        (nested(MAX_DEPTH + 1), "deeper than 8"),
    ],
)
def test_what_has_no_canonical_form_is_refused_with_a_reason(value: Any, says: str) -> None:
    with pytest.raises(InvalidInput, match=says):
        canonical(value)


def test_the_limits_belong_to_what_is_allowed() -> None:
    for value in (MAX_INTEGER, -MAX_INTEGER, nested(MAX_DEPTH), {"k" * 64: 1}):
        assert parse_canonical(canonical(value)) == value


def test_a_truth_value_is_no_number() -> None:
    assert canonical([True, 1, False, 0]) == b"[true,1,false,0]"
    assert parse_canonical(b"true") is True


def test_bytes_that_mean_the_same_are_refused_all_the_same() -> None:
    with pytest.raises(InvalidInput, match="not in canonical form"):
        parse_canonical(b'{"kind": "school"}')


# --- NFC as of Unicode 14.0 -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "good"),
    [
        ("School 12", True),
        ("під’їзд", True),
        ("під’і\u0308зд", False),  # і and its two dots, apart
        ("\u212b", False),  # the Ångström sign is Å
        ("a\u0323\u0302", False),  # â with a dot below has a character of its own
        ("q\u0323\u0302", True),  # q has none; the lower mark stands first
        ("q\u0302\u0323", False),
        # U+1E08F is unknown to 14.0, so it stands by itself, although 15.0 made it an upper mark.
        ("q\u0302\U0001e08f\u0323", True),
        ("q\u0302\u0323\U0001e08f", False),
    ],
)
def test_nfc_is_that_of_unicode_14(text: str, good: bool) -> None:
    assert is_nfc(text) is good
    assert pieces_are_nfc(text) is good


@pytest.mark.skipif(unicodedata.unidata_version != "14.0.0", reason="this Python knows another Unicode than 14.0")
def test_the_table_names_exactly_what_unicode_14_does_not_know() -> None:
    table = json.loads((spec_folder() / "unicode-14.json").read_text(encoding="ascii"))
    named = {n for first, last in table["unassigned"] for n in range(first, last + 1)}
    assert named == {n for n in range(0x110000) if unicodedata.category(chr(n)) == "Cn"}
