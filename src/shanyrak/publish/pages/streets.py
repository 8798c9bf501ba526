"""Streets, stops and landmarks by letter, each with the warm places nearest on foot."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from markupsafe import Markup, escape

from shanyrak.core.romanise import romanise
from shanyrak.core.texts import Texts
from shanyrak.publish.pages.alphabet import DIGITS, first_letter, is_latin, sort_key
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

    card: Card
    way: str
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


class LegWriter:
    """Legs in words of one language; each number is written once."""

    def __init__(self, cards: Mapping[str, Card], t: Texts) -> None:
        self._cards, self._t = cards, t
        self._ways: dict[tuple[int | None, int | None], str] = {}

    def lines(self, legs: Sequence[Leg]) -> tuple[LegLine, ...]:
        """One line a leg."""
        return tuple(LegLine(self._cards[leg.point], self._way(leg), leg.minutes is None) for leg in legs)

    def _way(self, leg: Leg) -> str:
        key = (leg.minutes, leg.metres)
        if key not in self._ways:
            known, t = leg.minutes, self._t
            self._ways[key] = t("walk.min", n=known) if known is not None else t("walk.line_m", n=leg.metres or 0)
        return self._ways[key]


def nearest_of(names: Sequence[NamedPlace], nearest: Nearest) -> list[tuple[NamedPlace, list[Leg]]]:
    """Each name that people go by, with the nearest places; the same for all languages, so it is done once."""
    return [(one, nearest.to_named(one.lon, one.lat, THREE)) for one in names if one.kind in SHOWN and one.name]


def by_letter(found: Sequence[tuple[NamedPlace, list[Leg]]], legs_of: LegWriter, t: Texts, own: str) -> list[Letter]:
    """The names under their letters: Cyrillic, Latin, digits; ``own`` is the language that the town is written in."""
    rows: dict[str, list[tuple[tuple[object, ...], Entry]]] = {}
    for place, legs in found:
        title, lang, others = _shown(place, t.language, own)
        notes = [t(f"place_kind.{place.kind}")] if place.kind != "street" else []
        if place.district:
            notes.append(romanise(place.district) if t.language in _LATIN_READERS else place.district)
        if others:
            notes.append(t("letter.also", names=", ".join(others)))
        entry = Entry(title, lang, " · ".join(notes), legs_of.lines(legs))
        key = (sort_key(title), place.kind, place.district, place.lon, place.lat)
        rows.setdefault(first_letter(title), []).append((key, entry))
    return [
        Letter(
            letter, f"{ord(letter[0]):04x}", tuple(entry for _, entry in sorted(rows[letter], key=lambda row: row[0]))
        )
        for letter in sorted(rows, key=sort_key)
    ]


class LegMarkup:
    """Names with their nearest places as they stand on a page: some thousand of them, so written without a template.

    Parameters
    ----------
    language : of the page
    href : address of a point's page, or its anchor
    """

    def __init__(self, language: str, href: Callable[[Card], str]) -> None:
        self._language, self._href = language, href
        self._around: dict[str, tuple[str, str]] = {}

    def entry(self, entry: Entry, heading: str) -> str:
        """A name and its places, as HTML; ``heading`` is h2 or h3."""
        lang = f' lang="{escape(entry.lang)}"' if entry.lang and entry.lang != self._language else ""
        note = f'<p class="q">{escape(entry.note)}</p>' if entry.note else ""
        head = f"<{heading}{lang}>{escape(entry.title)}</{heading}>{note}"
        return f'<section class="card">{head}{self.legs(entry.legs)}</section>\n'

    def legs(self, legs: Sequence[LegLine]) -> Markup:
        """The nearest places in order."""
        rows = []
        for leg in legs:
            before, after = self._of(leg.card)
            rows.append(f"{before}{escape(leg.way)}{after}")
        return Markup(f"<ol>{''.join(rows)}</ol>")

    def _of(self, card: Card) -> tuple[str, str]:
        if card.id not in self._around:
            name = card.name
            lang = f' lang="{escape(name.lang)}"' if name.lang != self._language else ""
            before = f'<li><a class="t" href="{escape(self._href(card))}"{lang}>{escape(name.text)}</a><p>'
            self._around[card.id] = before, f" · {escape(card.state.short)}</p></li>"
        return self._around[card.id]


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
