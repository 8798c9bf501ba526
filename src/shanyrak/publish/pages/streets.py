"""Streets, stops and landmarks by letter, each with the warm places nearest on foot."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from shanyrak.core.romanise import romanise
from shanyrak.core.texts import Texts
from shanyrak.publish.pages.alphabet import DIGITS, first_letter, is_latin, sort_key
from shanyrak.publish.pages.naming import Said
from shanyrak.publish.pages.place import Card
from shanyrak.publish.pages.walks import Leg, Nearest
from shanyrak.publish.town import NamedPlace

SHOWN = ("street", "stop", "landmark")
THREE = 3
_LATIN_READERS = ("en", "de")
_CYRILLIC = re.compile("[\u0400-\u04ff]")


@dataclass(frozen=True, slots=True)
class LegLine:
    """One of the nearest places, in words."""

    href: str
    name: Said
    way: str
    state: str
    line: bool
    """Only the straight line is known."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A name in the list."""

    title: str
    lang: str
    note: str
    legs: tuple[LegLine, ...]


@dataclass(frozen=True, slots=True)
class Letter:
    """All names under one letter, in order."""

    letter: str
    file: str
    entries: tuple[Entry, ...]


def leg_lines(
    legs: Sequence[Leg], cards: Mapping[str, Card], t: Texts, href: Callable[[Card], str]
) -> tuple[LegLine, ...]:
    """Legs in words."""
    lines = []
    for leg in legs:
        way = t("walk.min", n=leg.minutes) if leg.minutes is not None else t("walk.line_m", n=leg.metres or 0)
        one = cards[leg.point]
        lines.append(LegLine(href(one), one.name, way, one.state.name, leg.minutes is None))
    return tuple(lines)


def nearest_of(names: Sequence[NamedPlace], nearest: Nearest) -> list[tuple[NamedPlace, list[Leg]]]:
    """Each name that people go by, with the nearest places; the same for all languages, so it is done once."""
    return [(one, nearest.to_named(one.lon, one.lat, THREE)) for one in names if one.kind in SHOWN and one.name]


def by_letter(
    found: Sequence[tuple[NamedPlace, list[Leg]]],
    cards: Mapping[str, Card],
    t: Texts,
    href: Callable[[Card], str],
    own: str,
) -> list[Letter]:
    """The names under their letters: Cyrillic, Latin, digits; ``own`` is the language that the town is written in."""
    rows: dict[str, list[tuple[tuple[object, ...], Entry]]] = {}
    for place, legs in found:
        title, lang, others = _shown(place, t.language, own)
        notes = [t(f"place_kind.{place.kind}")] if place.kind != "street" else []
        if place.district:
            notes.append(romanise(place.district) if t.language in _LATIN_READERS else place.district)
        if others:
            notes.append(t("letter.also", names=", ".join(others)))
        entry = Entry(title, lang, " · ".join(notes), leg_lines(legs, cards, t, href))
        key = (sort_key(title), place.kind, place.district, place.lon, place.lat)
        rows.setdefault(first_letter(title), []).append((key, entry))
    return [
        Letter(
            letter, f"{ord(letter[0]):04x}", tuple(entry for _, entry in sorted(rows[letter], key=lambda row: row[0]))
        )
        for letter in sorted(rows, key=sort_key)
    ]


def rows_of_letters(letters: Sequence[Letter]) -> list[list[Letter]]:
    """The letters as they stand on a page: Cyrillic and digits, then Latin in a list of their own."""
    latin = [one for one in letters if is_latin(one.letter)]
    others = [one for one in letters if not is_latin(one.letter) and one.letter != DIGITS]
    digits = [one for one in letters if one.letter == DIGITS]
    return [row for row in (others, latin, digits) if row]


def _shown(place: NamedPlace, language: str, own: str) -> tuple[str, str, list[str]]:
    """(name, its language, other names): in Latin letters for who reads those, as the town has it for the rest."""
    if not _CYRILLIC.search(place.name):
        return place.name, "", []
    if language not in _LATIN_READERS or own != "uk":
        return place.name, own, [one for one in place.others if _CYRILLIC.search(one)][:2]
    latin = next((one for one in place.others if not _CYRILLIC.search(one)), "")
    return latin or romanise(place.name), "" if latin else "uk-Latn", [place.name]
