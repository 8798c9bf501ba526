"""The stream of facts: one-to-one with what was signed, compact, and refused with its position where it is odd."""

from __future__ import annotations

import itertools
from collections.abc import Callable

import msgspec
import pytest

from shanyrak.core.errors import InvalidInput
from shanyrak.facts.fact import Fact, read_header, write_header
from shanyrak.facts.framing import decode, decode_some, encode, in_file_order
from shanyrak.facts.packing import Reader, varint
from tests.unit.facts.exchange_drawn import Device, bodiless, drawn, founding, row

NET, FOUNDING, FOUNDER = founding()
POINT, OTHER_POINT = drawn("point"), drawn("other point")


def altered(fact: Fact, **header: object) -> Fact:
    """The fact with another header (its signature no longer fits; the framing does not look at it)."""
    return Fact(
        write_header(msgspec.structs.replace(read_header(fact.raw), **header)),  # type: ignore[arg-type]
        *(fact.sig, fact.salt, fact.body, fact.sealed_salt, fact.sealed),
    )


def sealed_gone(fact: Fact) -> Fact:
    return Fact(fact.raw, fact.sig, fact.salt, fact.body)


def all_shapes() -> list[Fact]:
    """Every choice the layout has, at least once."""
    host, clone_from = Device("host", NET), Device("cloned", NET)
    first = [clone_from.say(about=POINT, scope=POINT), clone_from.say(about=POINT, scope=POINT)]
    clone = clone_from.copy()
    fork = [clone_from.say(about=POINT, scope=POINT), clone.say(about=POINT, scope=POINT)]
    gap = [host.say(about=POINT, scope=POINT) for _ in range(6)]
    return [
        FOUNDING,
        FOUNDER.say("point.described", {"name": "Юрта №1"}),  # creates a thing: about is empty, scope is the network
        FOUNDER.say("name.given", {"name": "yurt"}, about=OTHER_POINT),
        FOUNDER.say("name.given", {"name": "yurt 1"}, about=OTHER_POINT),  # about as before
        FOUNDER.say("area.described", {}, about=NET),  # about is the scope
        *first,
        *fork,
        gap[0],
        *gap[2:4],
        bodiless(gap[4]),
        gap[5],
        host.say(sealed={"note": "ключ у сторожа"}),
        sealed_gone(host.say(sealed={"note": "gone"})),
        host.say("kind.of.tomorrow", {"x": 1}, v=2**53 - 1, at=(2**53 - 1, 65_535)),
        host.say(body={"text": "x" * 300}, at=(0, 0)),
    ]


def test_what_is_decoded_is_what_was_encoded_byte_for_byte() -> None:
    facts = all_shapes()
    assert decode(encode(facts, NET), NET) == facts


def test_any_order_is_kept() -> None:
    facts = all_shapes()[4:9]
    for order in itertools.permutations(facts):
        assert decode(encode(order, NET), NET) == list(order)


def test_nothing_is_an_empty_stream() -> None:
    assert encode([], NET) == b""
    assert decode(b"", NET) == []


def test_a_fact_of_a_run_costs_little_more_than_signature_salt_and_body() -> None:
    host = Device("host", NET)
    facts = [host.say(about=POINT, scope=POINT, body={"seats": 5}) for _ in range(101)]
    more = len(encode(facts, NET)) - len(encode(facts[:1], NET))
    # 1 flags + 3 time (60,000 ms: zigzag 120,000) + 1 counter + 1 kind + 64 signature + 16 salt + 1 + 11 body = 98
    assert more == 100 * 98


def test_one_byte_after_the_other_the_stream_is_either_refused_or_means_other_facts() -> None:
    """No two streams mean the same: every flipped bit is refused, or gives other facts that encode to itself."""
    facts = all_shapes()[:6]
    stream = encode(facts, NET)
    refused = 0
    for bit in range(len(stream) * 8):
        flipped = bytearray(stream)
        flipped[bit // 8] ^= 1 << bit % 8
        decoded = decode_some(bytes(flipped), NET)
        if decoded.fault:
            refused += 1
            assert 0 <= decoded.end < len(stream)
        else:
            assert decoded.facts != facts
            assert encode(decoded.facts, NET) == bytes(flipped)
    assert refused > 100  # flags, codes, lengths and kinds cannot be flipped freely


def test_a_stream_that_is_cut_gives_the_facts_before_the_cut() -> None:
    facts = all_shapes()
    stream = encode(facts, NET)
    starts = [*decode_some(stream, NET).starts, len(stream)]
    for size in range(len(stream)):
        decoded = decode_some(stream[:size], NET)
        whole = sum(end <= size for end in starts[1:])
        assert decoded.facts == facts[:whole]
        assert bool(decoded.fault) == (size not in starts)
        if decoded.fault:
            assert decoded.end == starts[whole]
            with pytest.raises(InvalidInput, match=rf"byte {decoded.end}.*end in the middle"):
                decode(stream[:size], NET)


# ---- one encoding only: each longer way of saying the same is refused, with its place ----------------------
HOST = Device("host", NET)
ONE, TWO = HOST.say(about=POINT, scope=POINT), HOST.say(about=POINT, scope=POINT)
STREAM = encode([ONE, TWO], NET)
SECOND = decode_some(STREAM, NET).starts[1]
# first fact: 1 flags, 32 origin, 16 chain, 1 code, 32 scope, 1 seq, 6 time, 1 counter, 1 kind, ...
FLAGS, CODE, SEQ, TIME = 0, 49, 82, 83


def put(position: int, size: int, new: bytes, stream: bytes = STREAM) -> bytes:
    """The stream with ``size`` bytes replaced."""
    return stream[:position] + new + stream[position + size :]


ABOUT = TIME + 6 + 1 + 18
"""Behind the kind: its number, its length, 15 letters, its version."""
ABOUT_GIVEN = bytes((STREAM[FLAGS] | 3 << 2,))
ODD: list[tuple[str, bytes, int, str]] = [
    ("seq in two bytes", put(SEQ, 1, b"\x80\x00"), 0, "not in its shortest form"),
    ("a number of nine bytes", put(SEQ, 1, b"\x80" * 8 + b"\x01"), 0, "more than 8 bytes"),
    ("top bit of the flags", put(FLAGS, 1, bytes((STREAM[0] | 0x80,))), 0, "top bit"),
    ("beginning 3", put(FLAGS, 1, bytes((STREAM[0] | 3,))), 0, "begins in no known way"),
    ("no chain at first", put(FLAGS, 1, bytes((STREAM[0] & ~3,))), 0, "names no chain"),
    ("sealed 3", put(FLAGS, 1, bytes((STREAM[0] | 3 << 5,))), 0, "neither here nor away"),
    ("scope code 3", put(CODE, 1, b"\x03"), 0, "no scope"),
    ("scope is the network, at length", put(CODE + 1, 32, NET), 0, "is given at length"),
    ("about is the scope, at length", put(FLAGS, 1, ABOUT_GIVEN, put(ABOUT, 0, POINT)), 0, "shortest way"),
    (
        "about as before, but it is the scope",
        put(SECOND, 1, bytes((STREAM[SECOND] & ~12 | 8,))),
        SECOND,
        "shortest way",
    ),
    ("a kind nobody named", put(SECOND + 5, 1, b"\x07"), SECOND, "never said"),
    ("a kind named twice", put(SECOND + 5, 1, b"\x01\x0fstatus.reported\x01"), SECOND, "said twice"),
    ("a kind with a capital", STREAM.replace(b"status.rep", b"Status.rep"), 0, "no proper name"),
    ("the same chain named again", STREAM + encode([TWO], NET), len(STREAM), "named again"),
    (
        "seq and prev at length although they follow",
        put(SECOND, 1, bytes((STREAM[SECOND] | 1,)) + b"\x01" + ONE.id),
        SECOND,
        "follow from the fact before",
    ),
    ("a time before 1970", put(TIME, 6, b"\x01"), 0, "out of bounds"),
    ("a counter of 65,536", put(TIME + 6, 1, b"\x80\x80\x04"), 0, "out of bounds"),
]


@pytest.mark.parametrize(("stream", "place", "says"), [pytest.param(*case[1:], id=case[0]) for case in ODD])
def test_what_could_be_said_shorter_or_cannot_be_is_refused_with_its_place(
    stream: bytes, place: int, says: str
) -> None:
    with pytest.raises(InvalidInput, match=says) as refused:
        decode(stream, NET)
    assert refused.value.where == f"byte {place}"


def test_a_body_longer_than_allowed_is_refused_before_it_is_read() -> None:
    fact = HOST.say(body={})
    stream = encode([fact], NET)
    too_long = stream[:-3] + varint(16_385) + b"{}"
    with pytest.raises(InvalidInput, match="a body of 16385 bytes"):
        decode(too_long, NET)


@pytest.mark.parametrize(
    ("broken", "says"),
    [
        (lambda fact: Fact(fact.raw, fact.sig, fact.salt, b'{"seats":6}'), "not the one that was signed"),
        (lambda fact: Fact(fact.raw, fact.sig, None, fact.body), "not the one that was signed"),
        (lambda fact: Fact(fact.raw, fact.sig[:63], fact.salt, fact.body), "64 bytes"),
        (lambda fact: Fact(fact.raw + b" ", fact.sig, fact.salt, fact.body), "canonical"),
        (lambda fact: Fact(b"{}", fact.sig, fact.salt, fact.body), "no header"),
        (lambda fact: altered(fact, net=drawn("elsewhere").hex()), "another network"),
        (lambda fact: altered(fact, net=""), "only the founding fact"),
        (lambda fact: altered(fact, seq=5), "first fact of a chain"),
        (lambda fact: altered(fact, at=(1, 65_536)), "65535"),
        (lambda fact: Fact(fact.raw, fact.sig, fact.salt, fact.body, b"s" * 16, b"{}"), "does not speak of"),
    ],
)
def test_what_is_no_whole_fact_of_this_network_is_not_encoded(broken: Callable[[Fact], Fact], says: str) -> None:
    fact = Device("host", NET).say(body={"seats": 5})
    with pytest.raises(InvalidInput, match=says):
        encode([broken(fact)], NET)


def test_file_order_is_the_same_for_any_order_and_holds_nothing_twice() -> None:
    rows = [row(fact) for fact in all_shapes()]
    ordered = in_file_order(rows)
    assert in_file_order([*reversed(rows), *rows]) == ordered
    assert [(one.key, one.seq, one.id) for one in ordered] == sorted((one.key, one.seq, one.id) for one in rows)


@pytest.mark.parametrize("number", [0, 1, 127, 128, 16_383, 16_384, 2**53 - 1, 2**56 - 1])
def test_a_varint_comes_back(number: int) -> None:
    reader = Reader(varint(number))
    assert reader.varint() == number
    reader.end()
