"""The area's own list of names: GPS is jammed, streets are renamed, and people phone for others.

Streets, house numbers, stops, landmarks and districts, each with its old and other names in every script the map
knows. ``find_in_gazetteer`` answers what people type; the finder and the command line ask the same list.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, ClassVar

import numpy as np

from shanyrak.area.fold_text import house_number, leading_number, split_number, words_of
from shanyrak.area.metric import true_metres
from shanyrak.core.units import FloatArray

_KINDS = ("street", "stop", "landmark", "district", "address")


@dataclass(frozen=True, eq=False)
class Gazetteer:
    """Names, as columns."""

    name: tuple[str, ...]
    """as the map has it; of an address: street and number"""
    kind: tuple[str, ...]
    """'street', 'stop', 'landmark', 'district' or 'address'"""
    street: tuple[str, ...]
    """of an address; else ''"""
    housenumber: tuple[str, ...]
    alternatives: tuple[str, ...]
    """other and old names, '; ' between them"""
    lon: FloatArray
    lat: FloatArray

    TEXT: ClassVar[tuple[str, ...]] = ("name", "kind", "street", "housenumber", "alternatives")

    def __len__(self) -> int:
        return len(self.name)

    @cached_property
    def _index(self) -> _Index:
        return _Index(self)


@dataclass(frozen=True)
class FoundPlace:
    """One answer."""

    label: str
    """what to show: 'Шкільна 12', and what else it is called"""
    name: str
    kind: str
    lon: float
    lat: float
    alternatives: tuple[str, ...]
    exact: bool
    """False where the house number is not on the map and the nearest one is shown"""

    def as_dict(self) -> dict[str, Any]:
        """For JSON."""
        return {
            "label": self.label, "name": self.name, "kind": self.kind, "lon": self.lon, "lat": self.lat,
            "alternatives": list(self.alternatives), "exact": self.exact,
        }  # fmt: skip


def find_in_gazetteer(gazetteer: Gazetteer, text: str, *, most: int = 10) -> list[FoundPlace]:
    """Places that a text may mean, best first.

    Every word of the text must be, or begin, a word of a name; 'вул.', 'str.' and the like may be missing or
    differ. A house number gives that house, else the nearest number on the same street (``exact`` is False then),
    else the street.
    """
    index = gazetteer._index
    whole = index.ranked(text)
    street, number = split_number(text)
    answers: list[tuple[tuple[float, ...], FoundPlace]] = []
    if number:
        for score, row in index.ranked(street):
            if gazetteer.kind[row] != "street":
                continue
            house = index.house(row, number)
            if house is None:
                answers.append(((-score + 30, *_order(gazetteer, row)), _place(gazetteer, row, exact=False)))
            else:
                at, exact = house
                answers.append(
                    ((-score - (5 if exact else -10), *_order(gazetteer, at)), _place(gazetteer, at, exact=exact))
                )
    for score, row in whole:
        answers.append(((-score, *_order(gazetteer, row)), _place(gazetteer, row, exact=True)))
    answers.sort(key=lambda answer: answer[0])
    out: list[FoundPlace] = []
    seen: set[tuple[str, str, float, float]] = set()
    for _, place in answers:
        key = (place.kind, place.name, place.lon, place.lat)
        if key not in seen:
            seen.add(key)
            out.append(place)
    return out[:most]


def _order(gazetteer: Gazetteer, row: int) -> tuple[float, ...]:
    """Between equal answers: streets first, short names first, then the order of the list."""
    return (_KINDS.index(gazetteer.kind[row]), len(gazetteer.name[row]), row)


def _place(gazetteer: Gazetteer, row: int, *, exact: bool) -> FoundPlace:
    others = tuple(part for part in gazetteer.alternatives[row].split("; ") if part)
    name = gazetteer.name[row]
    label = name if gazetteer.kind[row] in ("street", "address") else f"{name} ({gazetteer.kind[row]})"
    if not exact:
        label += " (nearest number on the map)" if gazetteer.kind[row] == "address" else " (number not on the map)"
    return FoundPlace(
        label, name, gazetteer.kind[row], float(gazetteer.lon[row]), float(gazetteer.lat[row]), others, exact
    )


class _Index:
    """Words of all names but addresses, and the houses of each street."""

    def __init__(self, gazetteer: Gazetteer) -> None:
        self._gazetteer = gazetteer
        self._names: list[tuple[int, tuple[str, ...], frozenset[str]]] = []
        self._houses: dict[tuple[str, ...], list[int]] = defaultdict(list)
        for row, kind in enumerate(gazetteer.kind):
            if kind == "address":
                self._houses[words_of(gazetteer.street[row])[0]].append(row)
                continue
            for name in (gazetteer.name[row], *gazetteer.alternatives[row].split("; ")):
                if name:
                    self._names.append((row, *words_of(name)))

    def ranked(self, text: str) -> list[tuple[float, int]]:
        """(score, row) of every name that fits, each row once with its best score."""
        asked, kinds = words_of(text)
        if not asked:
            return []
        best: dict[int, float] = {}
        for row, words, types in self._names:
            score = _score(asked, words)
            if score > 0:
                if kinds and types:
                    score += 2 if kinds & types else -4
                best[row] = max(score, best.get(row, 0.0))
        return [(score, row) for row, score in best.items()]

    def house(self, street_row: int, number: str) -> tuple[int, bool] | None:
        """The house with this number on a street, or the nearest number; with whether it is the very one."""
        gazetteer = self._gazetteer
        names = (gazetteer.name[street_row], *gazetteer.alternatives[street_row].split("; "))
        rows = [row for name in names if name for row in self._houses.get(words_of(name)[0], ())]
        if not rows:
            return None
        lon, lat = gazetteer.lon[rows], gazetteer.lat[rows]
        here = np.hypot(
            (lon - gazetteer.lon[street_row]) * true_metres(gazetteer.lat[street_row]), lat - gazetteer.lat[street_row]
        )
        wanted = leading_number(number)

        def distance(at: int) -> tuple[bool, float, bool, float, int]:
            mine = house_number(gazetteer.housenumber[rows[at]])
            first = leading_number(mine)
            if mine == number:
                return (False, 0.0, False, float(here[at]), rows[at])
            if wanted is None or first is None:
                return (True, 1e9, True, float(here[at]), rows[at])
            # the same side of the street where two numbers are equally near
            return (True, abs(first - wanted), (first - wanted) % 2 != 0, float(here[at]), rows[at])

        nearest = min(range(len(rows)), key=distance)
        return rows[nearest], not distance(nearest)[0]


def _score(asked: Sequence[str], words: Sequence[str]) -> float:
    """100 for the same words, 80 for all words among others, 60 where words are only begun, 0 for no fit."""
    left = list(words)
    begun = 0
    for word in asked:
        if word in left:
            left.remove(word)
            continue
        fits = next((other for other in left if len(word) > 1 and other.startswith(word)), None)
        if fits is None:
            return 0.0
        left.remove(fits)
        begun += 1
    if not left and not begun:
        return 100.0 if tuple(asked) == tuple(words) else 95.0
    return (60.0 if begun else 80.0) - min(len(left), 10)
