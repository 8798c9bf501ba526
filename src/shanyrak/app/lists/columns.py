"""Which header means which column, and which word in a cell means what: data in ``spec/columns.toml``.

A header is compared by its letters and digits only, romanised (``area.fold_text``), so that capitals, points, line
breaks and kinds of apostrophe do not matter; what stands in brackets is left out where the whole is not known.
"""

from __future__ import annotations

import re
import tomllib
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

from shanyrak.area.door import read_text
from shanyrak.area.fold_text import romanised
from shanyrak.core.errors import InvalidInput
from shanyrak.core.spec import spec_folder

LANGUAGES = ("uk", "de", "en")
"""Languages in which headers are written."""
NAMES = ("name_uk", "name_en", "name_de", "name_ru", "name_kk")
PLACE = ("name", *NAMES, "address")
"""A list needs one of these."""
SERVICES = (
    "lying_places", "high_power_charging", "medical_power", "medical_power_h", "medicine_cooling", "drinking_water",
    "hot_drink", "hot_food", "heat", "internet", "mobile_signal", "toilet", "accessible_toilet", "step_free",
    "mother_and_child", "quiet_corner", "pets", "psychologist", "overnight", "through_curfew", "languages", "air_alert",
)  # fmt: skip
"""Columns that are fields of ``services.declared``."""
COLUMNS = (
    "number", "list", "id", "name", *NAMES, "kind", "operator", "address", "settlement", "district", "lat", "lon",
    "coordinates", "floor", "entrance", "find", "seats", "sockets", "services", *SERVICES, "generator", "hours",
    "phone", "note", "state", "said",
)  # fmt: skip
STATES = ("planned", "equipping", "ready", "open", "paused", "closed", "lost")
IGNORE = "ignore"

_WORDS = re.compile(r"[^\W_]+")
_BRACKETS = re.compile(r"\([^()]*\)|\[[^\[\]]*\]")


@lru_cache(maxsize=16384)
def key_of(text: str) -> str:
    """What two spellings of one header or word have in common; a sign without letters is its own key.

    >>> key_of("Кількість  МІСЦЬ:") == key_of("кількість місць")
    True
    """
    # a header broken at the end of a line: "Кіль-\nкість"
    whole = re.sub(r"(?<=\w)-\s*\n\s*(?=\w)", "", text).replace("\u00ad", "").replace("№", "№ ")
    return " ".join(_WORDS.findall(romanised(whole.replace("_", " ")))) or whole.strip()


@dataclass(frozen=True)
class Columns:
    """The headers and words that are understood."""

    headers: Mapping[str, tuple[str, int, str]]
    """key of a header -> column ('ignore' for none), rank (lower is meant more surely), language ('' for any)"""
    written: Mapping[str, Mapping[str, str]]
    """column or group of words -> language -> what is written on export"""
    words: Mapping[str, frozenset[str]]
    """group of words ('yes', 'open', a kind ...) -> keys"""

    def column(self, header: str) -> tuple[str, int, str] | None:
        """Column, rank and language of a header; None where it is not known."""
        found = self.headers.get(key_of(header))
        if found is None and "(" in header + "[":
            found = self.headers.get(key_of(_BRACKETS.sub(" ", header)))
        return found

    def word(self, text: str, groups: Iterable[str]) -> str | None:
        """The first of these groups that a word belongs to."""
        key = key_of(text)
        return next((group for group in groups if key in self.words.get(group, ())), None)

    def header(self, column: str, language: str) -> str:
        """The header to write."""
        return _in(self.written, column, language)

    def text(self, group: str, language: str) -> str:
        """The word to write for a group ('yes', 'open' ...)."""
        return _in(self.written, f"words.{group}", language)


def _in(written: Mapping[str, Mapping[str, str]], name: str, language: str) -> str:
    forms = written.get(name, {})
    return forms.get(language) or forms.get("en") or name


def read_columns(own: Path | None = None) -> Columns:
    """The columns that come with the program, and a user's own on top.

    Parameters
    ----------
    own : Path
        A file of the same form (``--map``); its headers and words are taken away from whatever else they meant.

    Raises
    ------
    InvalidInput
        The file is no TOML, names a column that does not exist, or means two columns by one header.
    """
    columns = _shipped()
    return _read(own, columns) if own is not None else columns


@lru_cache(maxsize=1)
def _shipped() -> Columns:
    path = spec_folder() / "columns.toml"
    columns = _read(path, Columns({}, {}, {}))
    missing = [name for name in COLUMNS if name not in columns.written]
    assert not missing, f"{path} lacks {missing}"
    return columns


def _read(path: Path, below: Columns) -> Columns:
    try:
        content = tomllib.loads(read_text(path))
    except tomllib.TOMLDecodeError as error:
        mend = 'Write sections such as [name] with lines such as uk = ["Заклад"]'
        raise InvalidInput(f"this is not TOML ({error})", where=str(path), mend=mend) from error
    headers: dict[str, tuple[str, int, str]] = {}
    written: dict[str, Mapping[str, str]] = {}
    groups: dict[str, set[str]] = {}
    word_sections = content.pop("words", {})
    for name, section in content.items():
        if name not in COLUMNS and name != IGNORE:
            raise InvalidInput(
                f"there is no column {name!r}", where=str(path), mend=f"Columns are {', '.join(COLUMNS)}"
            )
        forms = _forms(section, f"{path} [{name}]")
        if name != IGNORE:
            forms.setdefault("", []).append(name)
        written[name] = {language: texts[0] for language, texts in forms.items() if language}
        for language, texts in forms.items():
            for rank, text in enumerate(texts):
                _claim(headers, text, (name, -1 if not language else rank, language), path)
    for name, section in word_sections.items():
        forms = _forms(section, f"{path} [words.{name}]")
        written[f"words.{name}"] = {language: texts[0] for language, texts in forms.items() if language}
        groups[name] = {key_of(text) for texts in forms.values() for text in texts}
    taken = set[str]().union(*groups.values())
    words = {name: frozenset(keys - taken) for name, keys in below.words.items()}
    for name, keys in groups.items():
        words[name] = words.get(name, frozenset()) | keys
    return Columns({**below.headers, **headers}, {**written, **below.written}, words)


def _forms(section: Any, where: str) -> dict[str, list[str]]:
    if not isinstance(section, dict):
        raise InvalidInput("a section is needed", where=where, mend='Such as [name] and under it uk = ["Заклад"]')
    forms: dict[str, list[str]] = {}
    for language, texts in section.items():
        texts = [texts] if isinstance(texts, str) else texts
        if (
            not isinstance(texts, list)
            or not texts
            or not all(isinstance(text, str) and text.strip() for text in texts)
        ):
            raise InvalidInput(f"{language} needs a text or a list of texts", where=where)
        forms[language] = list(texts)
    return forms


def _claim(headers: dict[str, tuple[str, int, str]], text: str, what: tuple[str, int, str], path: Path) -> None:
    key = key_of(text)
    there = headers.get(key)
    if there is not None and there[0] != what[0]:
        raise InvalidInput(f"{text!r} is a header of {there[0]} and of {what[0]}", where=str(path), mend="Choose one")
    if there is None or what[1] < there[1]:
        # a header that two languages share belongs to none of them
        language = what[2] if there is None or there[2] == what[2] else ""
        headers[key] = (what[0], what[1], language)
    elif there[2] != what[2]:
        headers[key] = (there[0], there[1], "")


@dataclass(frozen=True)
class ColumnMap:
    """Which header of a table is which column."""

    used: Mapping[str, str]
    """column -> header"""
    kept_out: tuple[str, ...] = ()
    """headers of telephone numbers and contact persons"""
    not_used: tuple[str, ...] = ()
    language: str = ""
    """that most of the recognised headers are in; '' where none"""
    columns: Columns = field(default_factory=read_columns)


def map_columns(headers: Sequence[str], columns: Columns, *, where: str = "") -> ColumnMap:
    """Find the column of every header.

    Where several headers mean one column, the one that means it most surely is used, then the earlier one; the
    others are among those not used.

    Raises
    ------
    InvalidInput
        Neither a name nor an address is among them; the message says which headers would have been recognised.
    """
    candidates: dict[str, list[tuple[int, int, str]]] = {}
    unused: list[str] = []
    kept_out: list[str] = []
    spoken: Counter[str] = Counter()
    for index, header in enumerate(headers):
        found = columns.column(header)
        if found is None or found[0] == IGNORE:
            unused.append(header)
        elif found[0] == "phone":
            kept_out.append(header)
        else:
            candidates.setdefault(found[0], []).append((found[1], index, header))
            if found[2]:
                spoken[found[2]] += 1
    used: dict[str, str] = {}
    for column in COLUMNS:
        chosen, *others = sorted(candidates.get(column, [])) or [(0, 0, "")]
        if chosen[2]:
            used[column] = chosen[2]
        unused.extend(header for _, _, header in others)
    if not any(column in used for column in PLACE):
        known = ", ".join(
            repr(columns.header(column, language)) for language in LANGUAGES for column in ("name", "address")
        )
        there = ", ".join(repr(header) for header in list(headers)[:8]) or "nothing"
        raise InvalidInput(
            f"no column for a name or an address; there is {there}", where=where,
            mend=f"Recognised would have been {known}, or what a file given by --map names",
        )  # fmt: skip
    order = {header: index for index, header in enumerate(headers)}
    return ColumnMap(
        used, tuple(kept_out), tuple(sorted(unused, key=lambda header: order[header])),
        max(spoken, key=lambda language: (spoken[language], language), default=""), columns,
    )  # fmt: skip
