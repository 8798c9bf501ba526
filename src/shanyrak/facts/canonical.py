"""Canonical bytes of what is signed: RFC 8785 (JCS), narrowed so that every language agrees.

Numbers are integers within +-(2^53 - 1). Keys are ASCII, which makes the order of JCS (UTF-16 code units),
of code points and of bytes one and the same. Strings are NFC and hold no NUL. There is no float, and no
duplicate key: bytes that do not come out of ``canonical`` again as they went in are refused.
"""

from __future__ import annotations

import re
from typing import Any

import msgspec

from shanyrak.core.errors import InvalidInput
from shanyrak.facts.normal_form import is_nfc

MAX_INTEGER = 2**53 - 1
MAX_DEPTH = 8
_KEY = re.compile(r"[A-Za-z0-9_.:-]{1,64}")
_KEYS_KEPT = 4_096
_keys: set[str] = set()
"""Keys that were found good: a ledger sees the same few hundred again and again."""
_encoder = msgspec.json.Encoder(order="sorted")
_decoder = msgspec.json.Decoder()


def canonical(value: Any) -> bytes:
    """The canonical bytes of a JSON value; InvalidInput where it has none."""
    fault = _fault(value, 0)
    if fault:
        raise InvalidInput(fault, mend="A record holds whole numbers, NFC text, true, false, null, lists and objects")
    return _encoder.encode(value)


def parse_canonical(data: bytes) -> Any:
    """The value of canonical bytes; InvalidInput for any other bytes, however harmless the difference."""
    try:
        value = _decoder.decode(data)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as fault:
        raise InvalidInput(f"these bytes are no JSON ({fault})") from fault
    wrong = _fault(value, 0)
    if wrong:
        raise InvalidInput(wrong)
    if _encoder.encode(value) != data:
        raise InvalidInput("the bytes are not in canonical form (RFC 8785)")
    return value


def _fault(value: Any, depth: int) -> str:
    """Why a value has no canonical form; empty where it has one."""
    kind = type(value)
    if kind is str:
        return _text_fault(value)
    if kind is int:
        return "" if -MAX_INTEGER <= value <= MAX_INTEGER else "a whole number is beyond 2^53 - 1"
    if kind is bool or value is None:
        return ""
    if depth >= MAX_DEPTH:
        return f"nested deeper than {MAX_DEPTH}"
    if kind is dict:
        for key, item in value.items():
            if key not in _keys:
                if type(key) is not str or not _KEY.fullmatch(key):
                    return f"{key!r} cannot be a key (ASCII letters, digits and _ . : - only, at most 64)"
                if len(_keys) < _KEYS_KEPT:
                    _keys.add(key)
            within = type(item)
            # What most values are, without a call: plain text, and numbers in bounds.
            if within is str and item.isascii() and "\0" not in item:
                continue
            if within is int and -MAX_INTEGER <= item <= MAX_INTEGER:
                continue
            fault = _fault(item, depth + 1)
            if fault:
                return f"{key}: {fault}"
        return ""
    if kind is list or kind is tuple:
        for item in value:
            fault = _fault(item, depth + 1)
            if fault:
                return fault
        return ""
    return f"{kind.__name__} is not a value of a record"


def _text_fault(text: str) -> str:
    if text.isascii():
        return "text holds NUL" if "\0" in text else ""
    if "\0" in text:
        return "text holds NUL"
    if not is_nfc(text):
        return "text is not in Unicode form NFC"
    try:
        text.encode()
    except UnicodeEncodeError:
        return "text holds half a character (a lone surrogate)"
    return ""
