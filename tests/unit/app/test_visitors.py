"""A visitor's word: what is written down, what is not, and how much is taken."""

from __future__ import annotations

import itertools
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shanyrak.app.points import point_row
from shanyrak.app.visitors import (
    HOUR_S,
    MOST_FROM_ONE,
    MOST_OF_POINT,
    WORDS,
    Limits,
    Visitors,
    Word,
    may_write,
    write_word,
)
from shanyrak.facts.ledger import Ledger
from tests.ledgers import START_MS, empty_ledger, founded_ledger, point

MINUTE_MS = 60_000
AT_1452 = START_MS + 52 * MINUTE_MS
A, B = bytes(32), bytes([1]) * 32


class Clock:
    """Seconds that are set by hand."""

    def __init__(self) -> None:
        self.now_s = 1_000.0

    def __call__(self) -> float:
        return self.now_s


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def limits(clock: Clock) -> Limits:
    return Limits(clock, b"k" * 32)


# ---- limits -----------------------------------------------------------------------------------------------
def test_one_word_about_a_point_from_one_address_in_an_hour(limits: Limits, clock: Clock) -> None:
    assert limits.allow("192.0.2.1", A)
    assert not limits.allow("192.0.2.1", A)
    assert limits.allow("192.0.2.1", B)
    assert limits.allow("192.0.2.2", A)
    clock.now_s += HOUR_S - 1
    assert not limits.allow("192.0.2.1", A)
    clock.now_s += 1
    assert limits.allow("192.0.2.1", A)


def test_one_address_does_not_go_through_the_whole_town(limits: Limits) -> None:
    allowed = [limits.allow("192.0.2.1", bytes([k]) * 32) for k in range(MOST_FROM_ONE + 3)]
    assert allowed == [True] * MOST_FROM_ONE + [False] * 3


def test_a_crowd_of_addresses_does_not_flood_a_point(limits: Limits) -> None:
    allowed = [limits.allow(f"192.0.2.{k}", A) for k in range(MOST_OF_POINT + 3)]
    assert allowed == [True] * MOST_OF_POINT + [False] * 3
    assert limits.allow("192.0.2.200", B)


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("2001:db8:1:2::1", "2001:db8:1:2:ffff::7", True),  # one line may choose its last 64 bits
        ("2001:db8:1:2::1", "2001:db8:1:3::1", False),
        ("192.0.2.1", "::ffff:192.0.2.1", True),
        ("192.0.2.1", "192.0.2.2", False),
        ("fe80::1%eth0", "fe80::1", True),
        ("", "", True),  # a server on a pipe knows no address
    ],
)
def test_what_one_line_can_choose_is_one_address(limits: Limits, one: str, other: str, same: bool) -> None:
    assert limits.allow(one, A)
    assert limits.allow(other, A) is not same


def test_after_its_hour_nothing_is_left_of_a_word(limits: Limits, clock: Clock) -> None:
    for k in range(200):
        limits.allow(f"192.0.2.{k}", bytes([k]) * 32)
    clock.now_s += HOUR_S
    assert limits.allow("192.0.2.1", A)
    left = [limits._taken, limits._from, limits._of, limits._both]
    assert [len(one) for one in left] == [1, 1, 1, 1]


def test_an_address_stands_nowhere_in_memory(limits: Limits) -> None:
    limits.allow("192.0.2.77", A)
    assert b"192.0.2.77" not in repr(vars(limits)).encode()
    assert bytes([192, 0, 2, 77]) not in b"".join(limits._from)
    other = Limits(lambda: 0.0, b"another process".ljust(32))
    other.allow("192.0.2.77", A)
    assert not set(other._from) & set(limits._from)  # and two processes cannot compare


@given(st.lists(st.tuples(st.integers(0, 3000), st.integers(0, 5), st.integers(0, 3)), max_size=80))
def test_no_hour_ever_holds_more_than_its_limits(asked: list[tuple[int, int, int]]) -> None:
    clock = Clock()
    limits = Limits(clock, b"k" * 32)
    taken: list[tuple[float, int, int]] = []
    for wait_s, who, what in asked:
        clock.now_s += wait_s
        if limits.allow(f"192.0.2.{who}", bytes([what]) * 32):
            taken.append((clock.now_s, who, what))
    for at, _, _ in taken:
        hour = [one for one in taken if at <= one[0] < at + HOUR_S]
        assert len({(who, what) for _, who, what in hour}) == len(hour)
        assert all(sum(w == who for _, w, _ in hour) <= MOST_FROM_ONE for _, who, _ in hour)


# ---- taking -----------------------------------------------------------------------------------------------
def taking(limits: Limits, *public: bytes) -> tuple[Visitors, list[tuple[bytes, Word]]]:
    written: list[tuple[bytes, Word]] = []
    ids = {one.hex() for one in public}
    visitors = Visitors(is_public=ids.__contains__, write=lambda p, w: written.append((p, w)), limits=limits)
    return visitors, written


def test_a_word_is_written_down_once(limits: Limits) -> None:
    visitors, written = taking(limits, A)
    assert visitors.take(A.hex(), "shut", "192.0.2.1") == "thanks"
    assert visitors.take(A.hex(), "open", "192.0.2.1") == "too_many"
    assert written == [(A, "shut")]


@pytest.mark.parametrize("name", ["", "00", "zz" * 32, B.hex(), A.hex().upper() + "F", "../x"])
def test_what_is_not_public_is_unknown_however_often_it_is_asked(limits: Limits, name: str) -> None:
    visitors, written = taking(limits, A)
    assert {visitors.take(name, "shut", "192.0.2.1") for _ in range(MOST_OF_POINT + 5)} == {"unknown"}
    assert written == []


# ---- what is written down ---------------------------------------------------------------------------------
def rows_of(ledger: Ledger, about: bytes) -> list[Any]:
    return [row for row in ledger.store.of_thing(about) if row.kind == "visitor.said"]


@pytest.fixture
def ledger() -> Ledger:
    return founded_ledger()


@pytest.mark.parametrize("word", WORDS)
def test_a_word_is_the_servers_own_and_says_no_more_than_its_quarter(ledger: Ledger, word: Word) -> None:
    school = point(ledger, "School")
    ledger.say("point.opened", {}, about=school)
    write_word(ledger, school, word, now_ms=AT_1452 + 123)
    (row,) = rows_of(ledger, school)
    assert ledger.signer is not None
    assert row.key.origin == ledger.signer.public
    assert row.fact.body_value() == {"state": word, "happened": "2026-11-22T14:45Z", "via": "text"}
    assert row.fact.sealed is None
    assert (row.eff_ms, row.eff_counter) == (START_MS + 45 * MINUTE_MS, 0)
    assert ledger.store.marks_of([row.id]) == {}


def test_two_words_of_one_quarter_cannot_be_told_apart_by_their_times(ledger: Ledger) -> None:
    school, library = point(ledger, "School"), point(ledger, "Library")
    write_word(ledger, school, "shut", now_ms=AT_1452)
    ledger.say("point.opened", {}, about=library)  # long ago by the drawn clock, 14:00
    write_word(ledger, library, "shut", now_ms=AT_1452 + 20_000)
    (one,), (other,) = rows_of(ledger, school), rows_of(ledger, library)
    assert (one.eff_ms, one.eff_counter) == (other.eff_ms, other.eff_counter)
    assert one.key.chain != other.key.chain  # nor by standing one after the other


def test_a_word_after_the_hosts_contradicts_it_within_the_same_quarter() -> None:
    times = itertools.count(AT_1452 - 5 * MINUTE_MS, 1_000)  # the host spoke at 14:47
    ledger = founded_ledger(now_ms=lambda: next(times))
    school = point(ledger, "School")
    ledger.say("point.opened", {}, about=school)
    for _ in range(2):
        write_word(ledger, school, "shut", now_ms=AT_1452)
    thing = ledger.thing(school)
    assert thing is not None
    row = point_row(ledger, thing)
    assert row["state"] == "open"  # visitors never change the state
    assert row["visitors_since"] == ["shut", "shut"]


def test_a_later_word_of_the_host_comes_after_it() -> None:
    now = AT_1452
    ledger = founded_ledger(now_ms=lambda: now)
    school = point(ledger, "School")
    write_word(ledger, school, "shut", now_ms=AT_1452)
    ledger.say("point.opened", {}, about=school)
    thing = ledger.thing(school)
    assert thing is not None
    assert point_row(ledger, thing)["visitors_since"] == []


def test_a_host_whose_clock_is_ahead_does_not_carry_the_visitors_along(ledger: Ledger) -> None:
    school = point(ledger, "School")
    ledger.say("point.opened", {}, about=school, at_ms=AT_1452 + 7 * MINUTE_MS)
    write_word(ledger, school, "shut", now_ms=AT_1452)
    (row,) = rows_of(ledger, school)
    assert row.eff_ms == START_MS + 45 * MINUTE_MS


def test_the_clock_of_the_ledger_is_not_moved_by_it(ledger: Ledger) -> None:
    school = point(ledger, "School")
    write_word(ledger, school, "shut", now_ms=AT_1452)
    said = ledger.say("point.opened", {}, about=school)
    assert ledger.store.get([said.id])[said.id].eff_ms < AT_1452 - 30 * MINUTE_MS


def test_who_may_write_words_down() -> None:
    assert may_write(founded_ledger())
    assert not may_write(empty_ledger())
