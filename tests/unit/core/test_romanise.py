"""Romanisation as the government's table has it (KMU-55); the examples are of its kind."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shanyrak.core.romanise import romanise


@pytest.mark.parametrize(
    ("uk", "latin"),
    [
        ("Київ", "Kyiv"),
        ("Одеса", "Odesa"),
        ("Миколаїв", "Mykolaiv"),
        ("Ґалаґан", "Galagan"),
        ("Згорани", "Zghorany"),  # зг is zgh, so that it is not read as ж
        ("Єнакієве", "Yenakiieve"),  # є is ye at the beginning of a word and ie inside
        ("Йосипівка Їжакевич", "Yosypivka Yizhakevych"),
        ("Знам’янка", "Znamianka"),  # no sign for the apostrophe, and я after it is not a beginning
        ("Щербухи", "Shcherbukhy"),
        ("ЩЕРБУХИ", "SHCHERBUKHY"),
        ("Юрій", "Yurii"),
        ("Russell Street, 5", "Russell Street, 5"),
    ],
)
def test_names(uk: str, latin: str) -> None:
    assert romanise(uk) == latin


@given(st.text("абвгґдеєжзиіїйклмнопрстуфхцчшщьюяАБВГҐДЕЄЖЗИІЇЙКЛМНОПРСТУФХЦЧШЩЬЮЯ’ -", max_size=30))
def test_no_cyrillic_letter_is_left(text: str) -> None:
    assert romanise(text).isascii()


@given(st.text("abcdefghijklmnopqrstuvwxyz 0123456789-", max_size=30))
def test_what_is_latin_stays(text: str) -> None:
    assert romanise(text) == text
