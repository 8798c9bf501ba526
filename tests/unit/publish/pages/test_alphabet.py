"""Names in the order of their alphabet."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shanyrak.publish.pages.alphabet import DIGITS, first_letter, sort_key
from shanyrak.publish.pages.dividing import divide, numbered


def test_the_ukrainian_alphabet() -> None:
    letters = list("АБВГҐДЕЄЖЗИІЇЙКЛМНОПРСТУФХЦЧШЩЬЮЯ")
    mixed = letters[:]
    random.Random(1).shuffle(mixed)
    assert sorted(mixed, key=sort_key) == letters


def test_the_kazakh_alphabet() -> None:
    letters = list("АӘБВГҒДЕЁЖЗИЙКҚЛМНҢОӨПРСТУҰҮФХҺЦЧШЩЪЫЭЮЯ")
    mixed = letters[::-1]
    assert sorted(mixed, key=sort_key) == letters


def test_cyrillic_then_latin_then_digits_by_their_value() -> None:
    names = ["Школа № 10", "Школа № 9", "Hotel", "Ринок", "5 елемент"]
    assert sorted(names, key=sort_key) == ["Ринок", "Школа № 9", "Школа № 10", "Hotel", "5 елемент"]


def test_a_shorter_name_comes_first_and_case_does_not_matter() -> None:
    assert sorted(["садова нова", "Садова", "Садовий"], key=sort_key) == ["Садова", "садова нова", "Садовий"]


@pytest.mark.parametrize(
    ("name", "letter"),
    [("«Ґанок»", "Ґ"), ("єдність", "Є"), ("Öhringer Straße", "O"), ("2-га Лісова", DIGITS), ("…", DIGITS)],
)  # fmt: skip
def test_the_letter_a_name_stands_under(name: str, letter: str) -> None:
    assert first_letter(name) == letter


@given(st.lists(st.integers(200, 4000), min_size=1, max_size=40), st.integers(0, 9))
def test_a_list_is_divided_whole_and_in_order_and_fits(sizes: list[int], seed: int) -> None:
    noise = random.Random(seed)
    items = [noise.randbytes(size) for size in sizes]

    def make(parts: list, which: int) -> bytes:
        return b"".join(parts[which])

    parts = divide(items, make)
    assert [one for part in parts for one in part] == items
    assert all(len(make(parts, i)) <= 14_000 for i in range(len(parts)))


def test_parts_have_addresses_of_their_own() -> None:
    assert [numbered("uk/s/0421.html", i) for i in range(3)] == [
        "uk/s/0421.html",
        "uk/s/0421-2.html",
        "uk/s/0421-3.html",
    ]
