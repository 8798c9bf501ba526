"""Small words for lines that people read: moments, numbers of things, names of fields without their units."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from datetime import datetime

_INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d)?(Z|[+-]\d\d:\d\d)")
_SET = re.compile(r"\[[^\].,]*(\.\.|,)[^\].,]*\]")
_DOUBTS = {"~": "about", "?": "perhaps", "%": "perhaps about"}
_UNITS = ("_ml", "_g", "_mc", "_e7", "_min", "_dm2", "_w", "_h", "_ms", "_minor")


def moment(happened: str) -> str:
    """An EDTF moment as people read it, a time of day in the reader's own zone."""
    if happened in ("", "unknown"):
        return "when is unknown"
    if _SET.fullmatch(happened):
        return _in_words(happened[1:-1].replace(",", "..").split(".."), "between", "and")
    if "/" in happened:
        return _in_words(happened.split("/"), "from", "to")
    if happened[-1] in _DOUBTS:
        return f"{_DOUBTS[happened[-1]]} {moment(happened[:-1])}"
    if not _INSTANT.fullmatch(happened):
        return happened.replace("T", " ")
    return datetime.fromisoformat(happened).astimezone().strftime("%Y-%m-%d %H:%M")


def _in_words(ends: list[str], first: str, last: str) -> str:
    """Two ends, either of which may be open."""
    begin, end = (ends[0] or "..", ends[-1] or "..")
    if ".." in (begin, end):
        return f"since {moment(begin)}" if end == ".." else f"until {moment(end)}"
    return f"{first} {moment(begin)} {last} {moment(end)}"


def plain_name(field: str) -> str:
    """A field's name in words, without its unit."""
    return (field.rsplit("_", 1)[0] if field.endswith(_UNITS) else field).replace("_", " ")


def some(number: int, thing: str, things: str = "") -> str:
    """A number of things: "1 record", "1,200 records", "2 entries"."""
    return f"{number:,} {thing if number == 1 else things or thing + 's'}"


def visitors(said: Sequence[str]) -> str:
    """What visitors said, alike words together: "shut (2), open"."""
    counts = Counter(said)
    return ", ".join(one.replace("_", " ") + (f" ({count})" if count > 1 else "") for one, count in counts.items())


def one_line(text: str) -> str:
    """A text that somebody wrote, as one line; what would steer a terminal is left out."""
    return " ".join("".join(one if one.isprintable() else " " for one in text).split())
