"""Small words for lines that people read: moments, and names of fields without their units."""

from __future__ import annotations

_UNITS = ("_ml", "_g", "_mc", "_e7", "_min", "_dm2", "_w", "_h", "_ms", "_minor")


def moment(happened: str) -> str:
    """An EDTF moment as people read it."""
    return "when is unknown" if happened in ("", "unknown") else happened.replace("T", " ").removesuffix("Z")


def plain_name(field: str) -> str:
    """A field's name in words, without its unit."""
    return (field.rsplit("_", 1)[0] if field.endswith(_UNITS) else field).replace("_", " ")
