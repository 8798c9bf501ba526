"""What fits a field. The compiled check and the plain one say the same of everything."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shanyrak.facts.canonical import MAX_INTEGER, canonical, parse_canonical
from shanyrak.facts.rules import load_rules
from shanyrak.facts.schema import Field, checker, object_fault, value_fault

ID = "ab" * 32
ITEM = Field(
    "item", "object", fields={"item": Field("item", "label", required=True, max=9), "n": Field("n", "int", max=9)}
)
FIELDS = {
    "int": Field("int", "int", min=-5, max=10),
    "bool": Field("bool", "bool"),
    "enum": Field("enum", "enum", values=("open", "shut")),
    "label": Field("label", "label", max=6),
    "code": Field("code", "code"),
    "edtf": Field("edtf", "edtf"),
    "lang": Field("lang", "lang"),
    "id": Field("id", "id", of="any"),
    "chain": Field("chain", "chain"),
    "scope": Field("scope", "scope"),
    "url": Field("url", "url"),
    "labels": Field("labels", "labels", max=6),
    "list": Field("list", "list", item=Field("list", "enum", values=("a", "b")), most=3),
    "items": Field("items", "list", item=ITEM, most=2),
    "from": Field("from", "object", fields={"when": Field("when", "edtf", required=True)}),
    "text": Field("text", "text", max=12),
    "texts": Field("texts", "texts", max=12),
}
FITS: dict[str, list[Any]] = {
    "int": [-5, 0, 10],
    "bool": [True, False],
    "enum": ["open", "shut"],
    "label": ["a", "Юрта", "two w", "ſix ſ"],
    "code": ["A-17", "w123", "age1:x+y._"],
    "edtf": ["2023-01-07", "2023", "2023-01-06T17:40+02:00", "[2023-01-06..2023-01-07]", "unknown", "2023-01/.."],
    "lang": ["uk", "kk-Latn", "en-GB", "crh"],
    "id": [ID],
    "chain": ["00" * 16],
    "scope": ["", ID],
    "url": ["https://example.org/a?b=%D2%A3"],
    "labels": [{"uk": "Юрта"}, {"uk": "Юрта", "en": "Yurt"}],
    "list": [[], ["a"], ["a", "b", "a"]],
    "items": [[{"item": "stove", "n": 1}, {"item": "felt"}]],
    "from": [{"when": "2023"}],
    "text": ["one\n\ttwo", "x" * 12],
    "texts": [{"en": "one\ntwo"}],
}
FITS_NOT: dict[str, list[Any]] = {
    "int": [-6, 11, True, None, "3", [3]],
    "bool": [0, 1, "yes", None],
    "enum": ["Open", "", 1, None, ["open"]],
    "label": ["", " a", "a ", "a\nb", "a\n", "\u00a0a", "a\u202eb", "a\u0085b", "x" * 7, "Ю" * 7, None, 5],
    "code": ["", "two words", "x" * 81, "x\n", "ї"],
    "edtf": ["2023-13", "2023-02-30", "yesterday", "2023-01-07/2023-01-06", 2023, None, "2023\n"],
    "lang": ["UK", "ukr ", "u", "english", "uk\n"],
    "id": [ID.upper(), ID[:-1], ID + "0", ID + "\n", "", 5],
    "chain": [ID, "0" * 31],
    "scope": ["ab", "\n"],
    "url": ["example.org", "ftp://example.org", "https://", "https://exa mple.org", "https://приклад.укр"],
    "labels": [{}, {"uk": ""}, {"uk": "Юрта на площі"}, {"Ukrainian": "Юрта"}, "Юрта", {"uk": 5}, {"uk": "a\nb"}],
    "list": ["a", ["c"], ["a", "b", "a", "b"], {"a": 1}, None],
    "items": [[{}], [{"n": 1}], [{"item": "stove", "m": 1}], [{"item": "stove", "n": 10}], [[]]],
    "from": [{}, {"when": "x"}, {"when": "2023", "who": "x"}],
    "text": ["", "a\0b", "a\rb", "x" * 13, "a\u202eb", 5],
    "texts": [{}, {"en": ""}, "one"],
}
CHECK = checker("drawn", FIELDS)


def cases(table: dict[str, list[Any]]) -> list[Any]:
    return [
        pytest.param(name, value, id=f"{name}-{n}") for name, values in table.items() for n, value in enumerate(values)
    ]


@pytest.mark.parametrize(("name", "value"), cases(FITS))
def test_a_value_fits(name: str, value: Any) -> None:
    assert value_fault(FIELDS[name], value) == ""
    assert CHECK({name: value}) == ""


@pytest.mark.parametrize(("name", "value"), cases(FITS_NOT))
def test_a_value_does_not_fit(name: str, value: Any) -> None:
    fault = value_fault(FIELDS[name], value)
    assert fault != ""
    assert CHECK({name: value}) == f"{name}: {fault}"


def test_every_type_is_drawn_above() -> None:
    assert set(FITS) == set(FITS_NOT) == set(FIELDS)


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ({"seat": 5}, "seat is no field of it (seats is)"),
        ({"seats": 5, "colour": 1}, "colour is no field of it"),
        ({"seats": 200}, "seats: 200 is more than 99"),
        ({"seats": -1}, "seats: -1 is less than 0"),
        ({"state": "opn"}, "state: one of open, shut is needed"),
        ({}, "seats must be said"),
        ({"seats": None}, "seats: a whole number is needed"),
        ({"seats": 5, "names": {"uk": "x" * 121}}, "names: uk: 121 characters; at most 120 are allowed"),
        ({"seats": 5, "checked": ["stove", "roof"]}, "checked: [1] one of stove, door is needed"),
        ([], "an object is needed"),
    ],
)
def test_what_does_not_fit_is_said_in_words(body: Any, said: str) -> None:
    fields = {
        "seats": Field("seats", "int", required=True, max=99),
        "state": Field("state", "enum", values=("open", "shut")),
        "names": Field("names", "labels", max=120),
        "checked": Field("checked", "list", item=Field("checked", "enum", values=("stove", "door")), most=9),
    }
    assert object_fault(fields, body) == said
    assert checker("drawn", fields)(body) == said


def test_a_missing_field_is_not_zero_and_null_is_not_missing() -> None:
    fields = {"persons": Field("persons", "int", max=9)}
    assert object_fault(fields, {}) == ""
    assert object_fault(fields, {"persons": None}) != ""


# Hostile values: of every field the right type and many wrong ones, long and short, nested where nothing is expected.
ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers(-MAX_INTEGER, MAX_INTEGER) | st.text(max_size=14)
    | st.sampled_from([value for values in (*FITS.values(), *FITS_NOT.values()) for value in values]),
    lambda inner: st.lists(inner, max_size=4)
    | st.dictionaries(st.sampled_from([*FIELDS, "uk", "item"]), inner, max_size=3),
    max_leaves=6,
)  # fmt: skip


@settings(max_examples=200, deadline=None)
@given(st.dictionaries(st.sampled_from([*FIELDS, "other"]), ANYTHING, max_size=4))
def test_the_compiled_check_and_the_plain_one_agree(body: dict[str, Any]) -> None:
    assert CHECK(body) == object_fault(FIELDS, body)


KINDS = sorted(load_rules().kinds)


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_they_agree_on_every_kind_of_the_program(data: st.DataObject) -> None:
    kind = load_rules().kinds[data.draw(st.sampled_from(KINDS))]
    values = st.one_of(ANYTHING, st.sampled_from([v for f in kind.body.values() for v in f.values] or ["x"]))
    body = data.draw(st.dictionaries(st.sampled_from(sorted(kind.body)), values, max_size=4))
    assert kind.fault(body) == object_fault(kind.body, body)


@pytest.mark.parametrize("name", [name for name in FITS if name not in ("text", "texts")])
def test_what_fits_a_body_has_canonical_bytes(name: str) -> None:
    for value in FITS[name]:
        assert parse_canonical(canonical({name: value})) == {name: value}
