"""Small words for lines that people read: moments, and names of fields without their units."""

from __future__ import annotations

import re
from datetime import datetime

_INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d)?(Z|[+-]\d\d:\d\d)")
_UNITS = ("_ml", "_g", "_mc", "_e7", "_min", "_dm2", "_w", "_h", "_ms", "_minor")


def moment(happened: str) -> str:
    """An EDTF moment as people read it, a time of day in the reader's own zone."""
    if happened in ("", "unknown"):
        return "when is unknown"
    if not _INSTANT.fullmatch(happened):
        return happened.replace("T", " ")
    return datetime.fromisoformat(happened).astimezone().strftime("%Y-%m-%d %H:%M")


def plain_name(field: str) -> str:
    """A field's name in words, without its unit."""
    return (field.rsplit("_", 1)[0] if field.endswith(_UNITS) else field).replace("_", " ")
