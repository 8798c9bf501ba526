"""Canonical bytes, signatures, clocks and dates against twins that were written by others."""

from __future__ import annotations

import json
import unicodedata
from datetime import date
from typing import Any

import pytest
import rfc8785
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from edtf import parse_edtf
from hypothesis import example, given
from hypothesis import strategies as st

from shanyrak.core.errors import InvalidInput
from shanyrak.facts.canonical import MAX_DEPTH, MAX_INTEGER, canonical, parse_canonical
from shanyrak.facts.clock import DROPPED_AHEAD_MS, HybridClock
from shanyrak.facts.happened import bounds_ms, fault
from shanyrak.facts.normal_form import is_nfc, pieces_are_nfc
from shanyrak.facts.signing import Signer, sound_form, verify

KEYS = st.from_regex(r"[A-Za-z0-9_.:-]{1,64}", fullmatch=True)
ANY_TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=20)
TEXT = ANY_TEXT.map(lambda text: unicodedata.normalize("NFC", text)).filter(is_nfc)
SCALARS = st.none() | st.booleans() | st.integers(-MAX_INTEGER, MAX_INTEGER) | TEXT
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(KEYS, inner, max_size=4),
    max_leaves=12,
).filter(lambda value: depth(value) <= MAX_DEPTH)


def depth(value: Any) -> int:
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else None
    return 0 if inner is None else 1 + max((depth(item) for item in inner), default=0)


SPOILING = [b"", b" ", b"0", b".", b'"', b"\\", b"\xff", b",", b"\xcc\x81"]


# --- canonical bytes --------------------------------------------------------------------------------------


@given(VALUES)
@example("".join(map(chr, range(1, 0x20))) + '\x7f"\\/\u2028')
@example({"b": 1, "B": 2, "a.": 3, "a": 4, "10": 5, "9": 6})
def test_canonical_bytes_are_those_of_rfc_8785(value: Any) -> None:
    assert canonical(value) == rfc8785.dumps(value)


@given(VALUES)
def test_what_is_written_is_read_again(value: Any) -> None:
    assert parse_canonical(canonical(value)) == value


@given(VALUES, st.booleans(), st.booleans(), st.sampled_from([(",", ":"), (", ", ":"), (",", ": ")]))
def test_other_ways_to_write_a_value_are_refused(
    value: Any, by_key: bool, escaped: bool, separators: tuple[str, str]
) -> None:
    data = json.dumps(value, sort_keys=by_key, ensure_ascii=escaped, separators=separators).encode()
    if data == canonical(value):
        assert parse_canonical(data) == value
    else:
        with pytest.raises(InvalidInput):
            parse_canonical(data)


@given(VALUES, st.data())
def test_whatever_is_read_is_written_with_the_same_bytes(value: Any, data: st.DataObject) -> None:
    spoilt = bytearray(canonical(value))
    for _ in range(data.draw(st.integers(1, 3))):
        at = data.draw(st.integers(0, len(spoilt)))
        cut = data.draw(st.integers(0, 1))
        spoilt[at : at + cut] = data.draw(
            st.sampled_from([b"", b" ", b"0", b".", b'"', b"\\", b"\xff", b",", b"\xcc\x81"])
        )
    try:
        read = parse_canonical(bytes(spoilt))
    except InvalidInput:
        return
    assert rfc8785.dumps(read) == spoilt


@given(st.binary(max_size=40))
def test_no_bytes_at_all_cause_anything_but_a_refusal(data: bytes) -> None:
    try:
        read = parse_canonical(data)
    except InvalidInput:
        return
    assert rfc8785.dumps(read) == data


@pytest.mark.skipif(unicodedata.unidata_version != "14.0.0", reason="this Python knows another Unicode than 14.0")
@given(
    st.text(
        st.sampled_from(
            "aqe\u0301\u0302\u0308\u0323\u0334\u0345\u0456\u1100\u1161\uac00\u0897\U0001611e\U0001e08f\U00016d67"
        )
    )
)
def test_nfc_by_the_table_is_nfc_of_unicode_14(text: str) -> None:
    assert pieces_are_nfc(text) is unicodedata.is_normalized("NFC", text)


# --- signatures -------------------------------------------------------------------------------------------


def openssl(public: bytes, message: bytes, sig: bytes) -> bool:
    try:
        Ed25519PublicKey.from_public_bytes(public).verify(sig, message)
    except (InvalidSignature, ValueError):
        return False
    return True


@given(
    st.binary(min_size=32, max_size=32), st.binary(max_size=100), st.none() | st.integers(0, 95), st.integers(1, 255)
)
def test_libsodium_and_openssl_agree_on_spoilt_signatures(
    seed: bytes, message: bytes, at: int | None, change: int
) -> None:
    signer = Signer(seed)
    spoilt = bytearray(signer.public + signer.sign(message))
    if at is not None:
        spoilt[at] ^= change
    public, sig = bytes(spoilt[:32]), bytes(spoilt[32:])
    assert verify(public, message, sig) is (sound_form(public, sig) and openssl(public, message, sig)) is (at is None)


# --- the clock --------------------------------------------------------------------------------------------


@given(st.integers(10**12, 10**13), st.lists(st.integers(-50_000, 50_000), max_size=12))
def test_a_clock_that_is_a_few_minutes_wrong_never_goes_back(begin: int, errors: list[int]) -> None:
    # Apart by at most 100 s, far below 10 minutes.
    hands = iter([begin + error for error in errors])
    clock = HybridClock(lambda: next(hands))
    given_out = [clock.tick() for _ in errors]
    assert sorted(set(given_out)) == given_out


@given(st.lists(st.integers(0, 2**53), min_size=1, max_size=12))
def test_no_fact_is_dated_more_than_ten_minutes_ahead_of_its_clock(times: list[int]) -> None:
    hands = iter(times)
    clock = HybridClock(lambda: next(hands))
    for now in times:
        ms, _ = clock.tick()
        assert ms <= now + DROPPED_AHEAD_MS


# --- when it happened -------------------------------------------------------------------------------------

DAYS = st.dates(min_value=date(1, 1, 1))
# The library takes ? ~ % and intervals as we do; a time of day is read by us alone, as it wants seconds.
DATES = st.builds(
    lambda day, letters, mark: day.isoformat()[:letters] + mark,
    DAYS,
    st.sampled_from([4, 7, 10]),
    st.sampled_from(["", "?", "~", "%"]),
)


def ms_of(when: Any, *, end: bool) -> int:
    """Milliseconds of a day (struct_time) of the library: its begin, or its last one."""
    days = date(when.tm_year, when.tm_mon, when.tm_mday).toordinal() - date(1970, 1, 1).toordinal()
    return (days + end) * 86_400_000 - end


@given(DATES)
def test_a_date_has_the_bounds_the_edtf_library_gives_it(text: str) -> None:
    read = parse_edtf(text)
    assert fault(text) == ""
    assert bounds_ms(text) == (ms_of(read.lower_strict(), end=False), ms_of(read.upper_strict(), end=True))


@given(DATES, DATES)
def test_an_interval_is_refused_only_where_it_ends_before_it_begins(left: str, right: str) -> None:
    text = f"{left}/{right}"
    begin, end = bounds_ms(left)[0], bounds_ms(right)[1]
    assert begin is not None and end is not None
    assert (fault(text) == "") is (begin <= end)
    assert bounds_ms(text) == ((begin, end) if begin <= end else (None, None))
    assert bounds_ms(f"[{left},{right}]") == bounds_ms(f"[{right},{left}]")


@given(st.text("0123456789-T:Z+/.,[]?~%unkow", max_size=30))
def test_no_text_causes_anything_but_a_message(text: str) -> None:
    first, last = bounds_ms(text)
    if fault(text):
        assert (first, last) == (None, None)
    elif first is not None and last is not None:
        assert first <= last
