"""The form of a fact: header, parts, what is signed. The vectors hold what must be refused, one by one."""

from __future__ import annotations

import hashlib

import msgspec
import pytest

from shanyrak.core.errors import InvalidInput
from shanyrak.facts.fact import (
    MAX_BODY_BYTES,
    ChainKey,
    Fact,
    Header,
    chain_key,
    check_parts,
    hash_part,
    make_part,
    read_header,
    signed_bytes,
    write_header,
)

SALT = bytes(range(16))
NET, ORIGIN, POINT = "aa" * 32, "bb" * 32, "cc" * 32
BODY, BODY_HASH = make_part({"people": 14}, SALT)
SEALED, SEALED_HASH = make_part({"note": "Чай є"}, SALT[::-1])

HEADER = Header(
    about=POINT,
    at=(1_795_338_000_000, 3),
    body_hash=BODY_HASH.hex(),
    chain="dd" * 16,
    f=1,
    kind="status.reported",
    net=NET,
    origin=ORIGIN,
    prev="ee" * 32,
    scope=POINT,
    sealed_hash=SEALED_HASH.hex(),
    seq=7,
    v=1,
)
RAW = write_header(HEADER)
WHOLE = Fact(RAW, bytes(64), SALT, BODY, SALT[::-1], SEALED)


def test_a_header_is_read_as_it_was_written() -> None:
    assert read_header(RAW) == HEADER


def test_a_fact_is_the_hash_of_its_header_and_of_nothing_else() -> None:
    assert WHOLE.id == hashlib.sha256(RAW).digest()
    assert Fact(RAW, b"\1" * 64).id == WHOLE.id


def test_the_prefix_is_signed_with_the_header() -> None:
    assert signed_bytes(RAW) == b"shanyrak/fact/1\n" + RAW


def test_a_chain_is_of_one_device_one_store_one_scope() -> None:
    assert chain_key(HEADER) == ChainKey(bytes.fromhex(ORIGIN), bytes.fromhex("dd" * 16), bytes.fromhex(POINT))


def test_the_hash_of_a_part_is_over_its_random_bytes_too() -> None:
    assert BODY == b'{"people":14}'
    assert BODY_HASH == hash_part(SALT, BODY) == hashlib.sha256(SALT + BODY).digest()
    assert make_part({"people": 14}, bytes(16))[1] != BODY_HASH


def test_parts_are_read_as_values_and_may_be_away() -> None:
    assert (WHOLE.body_value(), WHOLE.sealed_value()) == ({"people": 14}, {"note": "Чай є"})
    withheld = Fact(RAW, bytes(64))
    assert (withheld.body_value(), withheld.sealed_value()) == (None, None)


@pytest.mark.parametrize(
    "fact",
    [
        WHOLE,
        Fact(RAW, bytes(64)),  # both withheld
        Fact(RAW, bytes(64), SALT, BODY),  # the sealed part alone
        Fact(RAW, bytes(64), None, None, SALT[::-1], SEALED),  # the body alone
    ],
)
def test_a_fact_verifies_with_and_without_each_part(fact: Fact) -> None:
    check_parts(fact, fact.header())


@pytest.mark.parametrize(
    ("fact", "says"),
    [
        (Fact(RAW, bytes(64), SALT, b'{"people":15}'), "the body is not the one that was signed"),
        (Fact(RAW, bytes(64), SALT[::-1], BODY), "the body is not the one that was signed"),
        (Fact(RAW, bytes(64), SALT, None), "come together or not at all"),
        (Fact(RAW, bytes(64), None, BODY), "come together or not at all"),
        (Fact(RAW, bytes(64), SALT, b"x" * (MAX_BODY_BYTES + 1)), "at most 16384 are allowed"),
        (Fact(RAW, bytes(64), None, None, SALT, SEALED), "the sealed part is not the one"),
        # Body and sealed part are bound each for itself: one cannot stand for the other.
        (Fact(RAW, bytes(64), SALT[::-1], SEALED), "the body is not the one"),
    ],
)
def test_another_part_is_refused(fact: Fact, says: str) -> None:
    with pytest.raises(InvalidInput, match=says):
        check_parts(fact, fact.header())


@pytest.mark.parametrize(
    ("other", "says"),
    [
        ({"seq": 0}, "first fact of a chain has no prev"),
        ({"prev": ""}, "first fact of a chain has no prev"),
        ({"net": ""}, "only the founding fact has no net"),
        ({"kind": "network.founded"}, "only the founding fact has no net"),
        ({"kind": "network.founded", "net": ""}, "the founding fact is the first of its chain"),
        ({"kind": "point"}, "no header of a fact"),
        ({"f": 2}, "no header of a fact"),
        ({"at": (0, 65_536)}, "no header of a fact"),
        ({"origin": ORIGIN.upper()}, "no header of a fact"),
    ],
)
def test_what_is_no_header_is_refused_with_a_reason(other: dict[str, object], says: str) -> None:
    raw = write_header(msgspec.structs.replace(HEADER, **other))
    with pytest.raises(InvalidInput, match=says):
        read_header(raw)


def test_the_largest_header_there_can_be_is_well_below_the_limit() -> None:
    most = 2**53 - 1
    largest = msgspec.structs.replace(HEADER, at=(most, 65_535), seq=most, v=most, kind="a." + "b" * 62)
    assert read_header(write_header(largest)) == largest
    assert len(write_header(largest)) < 1_024
