"""How alike two places are, and how far apart: for somebody who decides whether they are one."""

from __future__ import annotations

from difflib import SequenceMatcher
from math import cos, hypot, radians

from shanyrak.app.desk.card import Card

_M_PER_E7 = 0.011132
"""Metres of 1e-7 degree of latitude."""


def metres(one: Card, other: Card) -> int | None:
    """Metres between two points as the crow flies; None where one has no place."""
    if one.lon_e7 is None or one.lat_e7 is None or other.lon_e7 is None or other.lat_e7 is None:
        return None
    narrow = cos(radians((one.lat_e7 + other.lat_e7) / 2e7))
    return round(hypot((one.lon_e7 - other.lon_e7) * narrow, one.lat_e7 - other.lat_e7) * _M_PER_E7)


def likeness_percent(one: Card, other: Card) -> int:
    """How alike names and addresses are: the better of the two, 0 to 100."""
    pairs = [(a, b) for a in one.names.values() for b in other.names.values()]
    pairs += [(one.address, other.address)] if one.address and other.address else []
    return max((text_likeness(a, b) for a, b in pairs), default=0)


def text_likeness(one: str, other: str) -> int:
    """0 to 100, whatever the case of letters."""
    return round(100 * SequenceMatcher(None, one.casefold(), other.casefold(), autojunk=False).ratio())
