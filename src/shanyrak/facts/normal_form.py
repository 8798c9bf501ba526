"""NFC as Unicode 14.0 has it, whatever Unicode this Python or that browser knows.

Each version of Unicode adds characters, some of which compose or change places with others. If every
program used its own version, one would keep a fact that the other refuses. So the version is fixed: a
code point that 14.0 does not know (``spec/unicode-14.json``) stands by itself, and the text between such
code points must be NFC. Unicode's own promise makes that the same in every later version: text of
characters of 14.0 that is NFC stays so.
"""

from __future__ import annotations

import json
import re
import unicodedata
from functools import cache
from typing import Final

from shanyrak.core.spec import spec_folder

TABLE: Final = "unicode-14.json"

_KNOWN = re.compile(
    "[\u0000-\u0377\u03a3-\u052f\u1e00-\u1f15\u2010-\u2064\u20a0-\u20c0\u2100-\u218b\u2190-\u2426\u2460-\u2b73]*"
)
"""Latin, most Greek, Cyrillic, signs: nothing in here is unknown to 14.0, so there is nothing to cut at."""


def is_nfc(text: str) -> bool:
    """Whether the text is in Unicode form NFC (14.0)."""
    if text.isascii():
        return True
    if unicodedata.unidata_version == "14.0.0" or _KNOWN.fullmatch(text):
        return unicodedata.is_normalized("NFC", text)
    return pieces_are_nfc(text)


def pieces_are_nfc(text: str) -> bool:
    """The same without any haste: what lies between code points unknown to Unicode 14.0 is NFC."""
    return all(unicodedata.is_normalized("NFC", piece) for piece in _unknown().split(text))


@cache
def _unknown() -> re.Pattern[str]:
    """One code point that Unicode 14.0 does not know."""
    table = json.loads((spec_folder() / TABLE).read_text(encoding="utf-8"))
    return re.compile("[" + "".join(f"{chr(first)}-{chr(last)}" for first, last in table["unassigned"]) + "]")
