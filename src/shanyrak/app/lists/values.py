"""Cells as values: numbers in any common style, degrees, dates. None means: this cannot be read."""

from __future__ import annotations

import math
import re
from datetime import UTC, datetime, tzinfo

Cell = str | int | float

_SPACES = re.compile(r"(?<=\d)[\s'’](?=\d{3}(?:\D|$))")
_NUMBER = re.compile(r"[+-]?\d+(?:[.,]\d+)?")
_COUNT = re.compile(
    r"(?:до|близько|бл\.?|приблизно|понад|up to|about|bis zu|bis|ca\.?|~|≈)?\s*"
    r"(?P<number>[+-]?\d+(?:[.,]\d+)?)\s*(?P<unit>[^\d]{0,24})",
    re.IGNORECASE,
)
_DMS = re.compile(
    r"(?P<before>[NSEW])?\s*(?P<d>\d{1,3})\s*[°º]\s*(?:(?P<m>\d{1,2}(?:[.,]\d+)?)\s*['′’]\s*)?"
    r"(?:(?P<s>\d{1,2}(?:[.,]\d+)?)\s*(?:[\"″”]|''|′′)\s*)?(?P<after>[NSEW])?",
    re.IGNORECASE,
)
_DEGREES = re.compile(r"(?P<number>[+-]?\d{1,3}(?:[.,]\d+)?)\s*°?\s*(?P<side>[NSEW]?)", re.IGNORECASE)
_PAIRS = (
    # 50.4501, 30.5234   50.4501 30.5234   50.4501; 30.5234   50.4501/30.5234
    re.compile(r"\(?([+-]?\d{1,3}(?:\.\d+)?°?\s*[NSEW]?)\s*[,;/\s]\s*([+-]?\d{1,3}(?:\.\d+)?°?\s*[NSEW]?)\)?", re.I),
    # 50,4501; 30,5234   50,4501 30,5234   50,4501, 30,5234
    re.compile(r"\(?([+-]?\d{1,3},\d+°?\s*[NSEW]?)(?:\s*[;/]\s*|,?\s+)([+-]?\d{1,3},\d+°?\s*[NSEW]?)\)?", re.I),
)
_IN_ADDRESS = re.compile(r"(?:[@=/]|%40|%3D)([+-]?\d{1,3}\.\d{3,})(?:,|%2C)\s*(?:\+|%20)?([+-]?\d{1,3}\.\d{3,})", re.I)
_DATE = re.compile(r"(\d{1,2})[./](\d{1,2})[./](\d{4})(?:\D{1,3}(\d{1,2}):(\d{2}))?")
_ISO = re.compile(
    r"(\d{4})-(\d{2})-(\d{2})(?:[T ](\d{2}):(\d{2})(?::\d{2}(?:\.\d+)?)?\s*(Z|[+-]\d{2}:\d{2})?)?", re.IGNORECASE
)
PHONE = re.compile(
    r"(?<![\d.,/])(?:\+\d[\d\s()-]{8,16}\d|\(0\d{2}\)[\d\s-]{6,11}\d|0\d{2}[\s-]?\d{3}[\s-]?\d{2}[\s-]?\d{2})(?![\d.,/]\d|\d)"
    r"|[\w.+-]+@[\w-]+\.[\w.-]*\w"
)
"""A telephone number or e-mail address in a text."""


def number(cell: Cell) -> float | None:
    """A finite number: 12, '1 234', '50,45'."""
    if isinstance(cell, int | float):
        return float(cell) if math.isfinite(cell) else None
    text = _SPACES.sub("", cell.strip())
    return float(text.replace(",", ".")) if _NUMBER.fullmatch(text) else None


def count(cell: Cell) -> int | None:
    """A whole number, 0 or more: 50, '1 200', '50 осіб', 'до 50'. 'багато', '12,5' and '40-50' are none."""
    if isinstance(cell, str):
        found = _COUNT.fullmatch(_SPACES.sub("", cell.strip()))
        if not found:
            return None
        cell = float(found["number"].replace(",", "."))
    if not math.isfinite(cell) or cell < 0 or cell != int(cell):
        return None
    return int(cell)


def degrees(cell: Cell) -> tuple[float, str] | None:
    """Degrees and the side of the world they name ('' where none): 50.45, '50,45', '50°27′00″N'."""
    if isinstance(cell, int | float):
        return (float(cell), "") if math.isfinite(cell) else None
    text = cell.strip()
    found = _DEGREES.fullmatch(text)
    if found:
        return _signed(float(found["number"].replace(",", ".")), found["side"])
    found = _DMS.fullmatch(text)
    if found and (found["m"] or found["before"] or found["after"]):
        parts = [float((found[name] or "0").replace(",", ".")) for name in "dms"]
        if parts[1] >= 60 or parts[2] >= 60:
            return None
        return _signed(parts[0] + parts[1] / 60 + parts[2] / 3600, found["before"] or found["after"] or "")
    return None


def _signed(value: float, side: str) -> tuple[float, str]:
    side = side.upper()
    return (-value if side in ("S", "W") else value), side


def pair(cell: Cell) -> tuple[float, float, bool] | None:
    """(latitude, longitude, whether the sides are named) of one cell, latitude first unless the sides say else.

    '50.4501, 30.5234', '50,4501; 30,5234', '50°27′N 30°31′E', and the address of a page of a map.
    """
    if not isinstance(cell, str):
        return None
    text = cell.strip()
    linked = _IN_ADDRESS.search(text) if "://" in text else None
    halves: tuple[str, ...] | None = None
    if linked:
        halves = (linked[1], linked[2])
    else:
        matched = next((found for pattern in _PAIRS if (found := pattern.fullmatch(text))), None)
        if matched:
            halves = (matched[1], matched[2])
        else:
            pieces = [found.group() for found in _DMS.finditer(text)]
            rest = _DMS.sub("", text).strip(" ,;/")
            halves = (pieces[0], pieces[1]) if len(pieces) == 2 and not rest else None
    if halves is None:
        return None
    first, second = degrees(halves[0]), degrees(halves[1])
    if first is None or second is None:
        return None
    sides = first[1] + second[1]
    if any(side in sides for side in "EW") and first[1] in ("E", "W"):
        return second[0], first[0], True
    return first[0], second[0], len(sides) == 2


def moment(cell: Cell, zone: tzinfo = UTC) -> str | None:
    """A date or time as EDTF: '20.11.2025', '20.11.2025 17:40', '2025-11-20T17:40Z'. A time without a zone is in
    ``zone`` and comes out in UTC; a date stays a date."""
    text = str(cell).strip()
    found = _ISO.fullmatch(text)
    if found:
        year, month, day, hour, minute, offset = found.groups()
    else:
        found = _DATE.fullmatch(text.removesuffix("р.").removesuffix("року").strip())
        if not found:
            return None
        day, month, year, hour, minute = found.groups()
        offset = None
    try:
        when = datetime(int(year), int(month), int(day), int(hour or 0), int(minute or 0))
    except ValueError:
        return None
    if hour is None:
        return f"{when:%Y-%m-%d}"
    if offset:
        aware = datetime.fromisoformat(f"{when:%Y-%m-%dT%H:%M}{'+00:00' if offset in 'Zz' else offset}")
    else:
        aware = when.replace(tzinfo=zone)
    return f"{aware.astimezone(UTC):%Y-%m-%dT%H:%M}Z"


def begins(edtf: str) -> str:
    """The first moment of a date or time this module writes, comparable as text; '' where it is none."""
    if _ISO.fullmatch(edtf):
        return moment(edtf + ("T00:00Z" if len(edtf) == 10 else "")) or ""
    return ""
