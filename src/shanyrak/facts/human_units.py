"""Quantities as people write and read them: "20 l" is 20,000 ml, "18.5 C" is 18,500 thousandths of a degree.

Each unit that a field can have stands in one table with the words people use for it; the first of each row
that fits is what we write ourselves. Reckoning is exact (decimal, never binary fractions): what is finer
than the whole number kept is refused, not rounded.
"""

from __future__ import annotations

import re
from decimal import Decimal
from typing import NamedTuple

from shanyrak.core.errors import InvalidInput


class Units(NamedTuple):
    """Words for one quantity, each with how many of the kept unit it is."""

    words: dict[str, Decimal]
    bare: str = ""
    """The word meant where none is written; empty: a word is needed."""
    example: str = ""


def _table(text: str) -> dict[str, Decimal]:
    return {word: Decimal(factor) for word, factor in (entry.split("=") for entry in text.split())}


UNITS: dict[str, Units] = {
    "ml": Units(
        _table(
            "ml=1 cl=10 dl=100 l=1000 m3=1000000 m³=1000000 litre=1000 litres=1000 liter=1000 liters=1000 "
            "мл=1 л=1000 м3=1000000 м³=1000000"
        ),
        example="20 l",
    ),
    "g": Units(_table("g=1 kg=1000 t=1000000 г=1 кг=1000 т=1000000"), example="30 kg"),
    # The Cyrillic letter looks the same and is typed as often.
    "mc": Units(_table("c=1000 °c=1000 ℃=1000 с=1000 °с=1000 mc=1"), "c", "18.5 C"),
    "e7": Units(_table("°=10000000 n=10000000 e=10000000 s=-10000000 w=-10000000 e7=1"), "°", "30.5234"),
    "min": Units(_table("min=1 h=60 d=1440 хв=1 год=60 мин=1 ч=60 сағ=60 std=60"), example="90 min"),
    "h": Units(_table("h=1 d=24 год=1 ч=1 сағ=1 std=1"), example="8 h"),
    "dm2": Units(_table("m2=100 m²=100 dm2=1 dm²=1 м2=100 м²=100 qm=100"), example="63.5 m2"),
    "w": Units(_table("w=1 kw=1000 вт=1 квт=1000"), example="5 kW"),
}
"""By the unit at the end of a field's name; money and points in time are read elsewhere."""

_QUANTITY = re.compile(r"([+-]?)(\d+(?:[ \u00a0\u202f]\d{3})*)(?:([.,])(\d+))?\s*([^\d\s].*)?")


def read_number(text: str, unit: str, *, raw: bool) -> int:
    """A quantity in whole kept units.

    Parameters
    ----------
    unit : the unit it is kept in ("" for a count)
    raw : a number alone is in the kept unit (the field was named in full: ``fuel_ml=20000``)

    Raises
    ------
    InvalidInput
        No number, an unknown unit, a missing one, or finer than what is kept.
    """
    found = _QUANTITY.fullmatch(text.strip())
    if found is None:
        raise InvalidInput(f"{text!r} is no number" + (f" with a unit, such as {UNITS[unit].example}" if unit else ""))
    sign, whole, point, decimals, word = found.groups()
    if point == "," and len(decimals) == 3 and unit != "e7":
        grouped = whole + decimals
        raise InvalidInput(
            f"{text!r} can mean {whole}.{decimals} or {grouped}", mend=f"Write {grouped} or {whole}.{decimals}"
        )
    number = Decimal(f"{sign}{re.sub(r'[^0-9]', '', whole)}.{decimals or '0'}")
    factor = _factor(text, (word or "").strip().casefold(), unit, raw=raw)
    kept = number * factor
    if kept != kept.to_integral_value():
        raise InvalidInput(f"{text!r} is finer than what is kept: " + (f"1 {unit}" if unit else "whole numbers"))
    return int(kept)


def _factor(text: str, word: str, unit: str, *, raw: bool) -> Decimal:
    if not unit:
        if word:
            raise InvalidInput(f"{text!r} is no whole number: it is a count, without a unit")
        return Decimal(1)
    table = UNITS[unit]
    if not word and raw:
        return Decimal(1)
    known = table.words.get(word or table.bare)
    if known is None:
        allowed = ", ".join(_latin(table.words))
        what = f"{word!r} is no unit for it" if word else f"{text!r} of what? It needs a unit"
        raise InvalidInput(f"{what}; units are {allowed}", mend=f"Write for example {table.example}")
    return known


def _latin(words: dict[str, Decimal]) -> list[str]:
    return [word for word in words if word.isascii()]


def say_number(value: int, unit: str) -> str:
    """A quantity as people read it."""
    if unit == "ml":
        return _plain(value, 1000, "l") if abs(value) >= 1000 else f"{value} ml"
    if unit == "g":
        return _plain(value, 1000, "kg") if abs(value) >= 1000 else f"{value} g"
    if unit == "mc":
        return _plain(value, 1000, "°C")
    if unit == "e7":
        return _plain(value, 10_000_000, "").strip() + "°"
    if unit == "min":
        hours, minutes = divmod(value, 60)
        return " ".join(([f"{hours} h"] if hours else []) + ([f"{minutes} min"] if minutes or not hours else []))
    if unit == "dm2":
        return _plain(value, 100, "m²")
    if unit == "w":
        return _plain(value, 1000, "kW") if abs(value) >= 1000 else f"{value} W"
    if unit == "minor":
        return f"{Decimal(value) / 100:.2f}"
    return f"{value} {unit}" if unit else str(value)


def _plain(value: int, factor: int, unit: str) -> str:
    number = f"{Decimal(value) / factor:f}"
    return f"{number.rstrip('0').rstrip('.') if '.' in number else number} {unit}"
