"""Names in the order of their alphabet, and the letters they begin with."""

from __future__ import annotations

import unicodedata
from functools import cache

_CYRILLIC = "аәбвгґғдеёєжзиіїйкқлмнңоөпрстуұүфхһцчшщъыьэюя"
_PLACE = {letter: place for place, letter in enumerate(_CYRILLIC)}
DIGITS = "0–9"


@cache
def sort_key(text: str) -> tuple[tuple[int, int], ...]:
    """Cyrillic before Latin, Ґ after Г, Є after Е, І and Ї after И; digits last, by their value."""
    key: list[tuple[int, int]] = []
    for run in _runs(text.casefold()):
        if run.isdecimal():
            key.append((3, int(run)))
        else:
            key.extend(_rank(letter) for letter in run)
    return tuple(key)


def _runs(text: str) -> list[str]:
    runs: list[str] = []
    for letter in text:
        if runs and letter.isdecimal() and runs[-1].isdecimal():
            runs[-1] += letter
        elif letter.isalnum():
            runs.append(letter)
        elif letter.isspace():
            runs.append(" ")
    return runs


def _rank(letter: str) -> tuple[int, int]:
    if letter == " ":
        return (0, 0)
    if letter in _PLACE:
        return (1, _PLACE[letter])
    base = unicodedata.normalize("NFD", letter)[0]
    return (2, ord(base)) if base.isascii() else (4, ord(letter))


def first_letter(name: str) -> str:
    """The letter a name stands under: capital, Latin without its marks; all digits together."""
    letter = next((one for one in name if one.isalnum()), "")
    if not letter or letter.isdecimal():
        return DIGITS
    if letter.casefold() in _PLACE:
        return letter.upper()
    return unicodedata.normalize("NFD", letter)[0].upper()


def is_latin(letter: str) -> bool:
    """Whether a letter stands in the list of Latin ones."""
    return letter.isascii() and letter.isalpha()
