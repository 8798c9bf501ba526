"""What a cell says under its column: yes and no, one of several words, counts, languages, names.

A cell that says nothing, or that it is not known, gives None. One that cannot be understood raises ``NotUnderstood``:
the value is left out and the report says so, for a list does not come to grief over one word.
"""

from __future__ import annotations

import re

from shanyrak.app.lists.columns import Columns
from shanyrak.app.lists.table import clean
from shanyrak.app.lists.values import PHONE, count

Cell = str | int | float
YES, NO = "yes", "no"
KINDS = (
    "yurt", "tent", "module", "vehicle", "railway_car", "kindergarten", "school", "library", "culture_house", "hall",
    "office", "hospital", "fire_station", "underground", "station", "worship", "mall", "petrol_station", "shop",
    "hotel", "shelter", "other",
)  # fmt: skip
"""Kinds of point, the more telling first where a text has words of several."""
OUTDOORS = ("yurt", "tent", "module", "vehicle", "railway_car")
CHOICES: dict[str, dict[str, str]] = {
    "internet": {"internet_own": "own", "internet_grid": "grid", YES: "grid", NO: "none"},
    "mobile_signal": {"signal_good": "good", "signal_weak": "weak", YES: "weak", NO: "none"},
    "toilet": {"toilet_outside": "outside", "toilet_inside": "inside", YES: "inside", NO: "none"},
    "air_alert": {"stays": "stays", "goes_to": "goes_to", "closes": "closes"},
}
"""Column -> group of words -> value of the field. A plain yes is taken as the weaker of what it may mean."""
LANGUAGES = ("uk", "en", "de", "ru", "kk")
MOST_LANGUAGES = 20
MARKS = {"+", "-", "–", "—"}
_KEPT_OUT = "…"


class NotUnderstood(Exception):
    """A cell whose text means nothing under its column."""


def text_of(cell: Cell) -> str:
    """A cell as one line of text; a number without a fraction as a whole one."""
    if isinstance(cell, float) and cell.is_integer():
        cell = int(cell)
    return clean(str(cell))


def said(cell: Cell | None, columns: Columns, *, dash_says_no: bool = False) -> str:
    """The text of a cell; '' where it is empty, a dash, or says that it is not known."""
    text = "" if cell is None else text_of(cell)
    if text in MARKS - {"+"}:
        return text if dash_says_no else ""
    return "" if columns.word(text, ("unknown",)) else text


def without_phones(text: str) -> tuple[str, bool]:
    """A text without telephone numbers and e-mail addresses, and whether there were any."""
    kept, found = PHONE.subn(_KEPT_OUT, text)
    return (kept if found else text), bool(found)


def yes_no(text: str, columns: Columns) -> bool:
    """True or false; a text that begins with yes or no counts too ('є, 2 шт.')."""
    answer = _answer(text, columns)
    if answer is None:
        raise NotUnderstood
    return answer


def _answer(text: str, columns: Columns) -> bool | None:
    if text in MARKS:
        return text == "+"
    word = columns.word(text, (YES, NO)) or columns.word(re.split(r"[\s,;(]", text, maxsplit=1)[0], (NO, YES))
    return None if word is None else word == YES


def choice(column: str, text: str, columns: Columns, kind: str = "") -> str:
    """A field of several values; the words are data, ``CHOICES`` says which group is which value."""
    groups = CHOICES[column]
    group = columns.word(text, groups)
    if group is None:
        pieces = re.split(r"[,;()/]", text)
        group = next((g for piece in pieces if (g := columns.word(clean(piece), groups)) not in (None, YES, NO)), None)
    if group is None and YES in groups:
        answer = _answer(text, columns)
        group = None if answer is None else (YES if answer else NO)
    if group is None:
        raise NotUnderstood
    if column == "toilet" and group == YES and kind in OUTDOORS:
        return "outside"
    return groups[group]


def kind_of(text: str, columns: Columns) -> str:
    """What a point is housed in, by the whole text or by a word in it."""
    groups = [f"kind_{kind}" for kind in KINDS]
    found = columns.word(text, groups)
    if found is None and text in KINDS:
        return text
    if found is None:
        words = text.split()
        runs = [" ".join(words[i:j]) for i in range(len(words)) for j in range(len(words), i, -1) if j - i <= 4]
        found = next((group for group in groups if any(columns.word(run, (group,)) for run in runs)), None)
    if found is None:
        raise NotUnderstood
    return found.removeprefix("kind_")


def languages(text: str, columns: Columns) -> list[str]:
    """Languages spoken: codes or names, separated by commas or blanks."""
    out: list[str] = []
    for piece in re.split(r"[,;/\s]+(?:(?:та|і|й|and|und)\s+)?", text.strip(" ,;/.")):
        group = columns.word(piece, [f"language_{code}" for code in LANGUAGES])
        if group is not None:
            code = group.removeprefix("language_")
        elif re.fullmatch(r"[a-z]{2,3}", piece.lower()):
            code = piece.lower()
        else:
            raise NotUnderstood
        if code not in out:
            out.append(code)
    if len(out) > MOST_LANGUAGES:
        raise NotUnderstood
    return out


def floor_of(text: str) -> int:
    """A floor: '1', '2 поверх', 'підвал' (-1), 'цоколь', 'EG'. Ground level is 0 where it is named so; a Ukrainian
    or English list that says '1' is taken at its word."""
    plain = text.casefold().strip(". ")
    if re.fullmatch(r"підвал\w*|цоколь\w*|basement|keller|ug|untergeschoss|-1", plain):
        return -1
    if re.fullmatch(r"eg|erdgeschoss|ground( floor)?|партер", plain):
        return 0
    found = re.fullmatch(
        r"([+-]?\d{1,2})(?:-?(?:й|ий|ій|ший|st|nd|rd|th))?[.\s]*"
        r"(?:поверх\w*|пов|этаж|floor|og|obergeschoss|stock|etage)?",
        plain,
    )
    if not found or not -9 <= int(found[1]) <= 99:
        raise NotUnderstood
    return int(found[1])


def whole(text: Cell, most: int) -> int:
    """A count from 0 to ``most``."""
    value = count(text)
    if value is None or value > most:
        raise NotUnderstood
    return value


def name_language(text: str, latin: str, cyrillic: str = "uk") -> str:
    """The language a name is in, as far as its letters tell: those of one alphabet only decide, else the default."""
    lower = text.casefold()
    if re.search(r"[а-яёіїєґәғқңөұүһ]", lower):
        if re.search(r"[әғқңөұүһ]", lower):
            return "kk"
        if re.search(r"[ыэёъ]", lower):
            return "ru"
        return "uk" if re.search(r"[іїєґ]", lower) else cyrillic
    return latin


def shortened(text: str, most: int) -> str:
    """A text that is too long, cut at its end."""
    return text if len(text) <= most else text[: most - 1].rstrip() + "…"


def shortened_address(text: str, most: int) -> str:
    """An address that is too long, cut at its beginning: country and region say less than street and number."""
    while len(text) > most and "," in text:
        text = text.partition(",")[2].strip()
    return shortened(text, most)
