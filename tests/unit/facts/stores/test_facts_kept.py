"""Facts are kept as they came and found again: by id, thing, chain, signer, kind, arrival, and part of an id."""

from __future__ import annotations

import pytest

from shanyrak.facts.store import Row, Store
from tests.unit.facts.stores.drawn import chain, id_of, row

NOON = 1_700_000_000_000


def put(store: Store, *rows: Row) -> None:
    with store.transaction():
        store.put_facts(rows)


def test_a_fact_comes_out_as_it_went_in(store: Store) -> None:
    key = chain(origin=3, chain=4, scope=5)
    said = row(1, key=key, seq=9, kind="point.opened", about=id_of(8), at=(NOON, 65_535), sealed=b'{"note":"x"}')
    put(store, said)
    assert store.get([said.id]) == {said.id: said}


def test_the_largest_numbers_and_no_scope_fit(store: Store) -> None:
    greatest = 2**53 - 1
    said = row(1, key=chain(scope=0)._replace(scope=b""), seq=greatest, at=(greatest, 65_535))._replace(v=greatest)
    put(store, said)
    assert store.get([said.id])[said.id] == said


def test_only_what_is_here_is_found(store: Store) -> None:
    one, other = row(1), row(2)
    put(store, one)
    assert store.has([one.id, other.id]) == {one.id}
    assert store.get([other.id, one.id]) == {one.id: one}
    assert store.has([]) == set()
    assert store.get([]) == {}


def test_thousands_of_ids_are_found_at_once(store: Store) -> None:
    rows = [row(number) for number in range(3_000)]
    put(store, *rows)
    unknown = [id_of(number) for number in range(10_000)]
    asked = [one.id for one in rows] + unknown
    assert store.has(iter(asked)) == {one.id for one in rows}
    assert store.get(iter(asked)) == {one.id: one for one in rows}


def test_the_first_of_two_with_one_id_stays(store: Store) -> None:
    first = row(1, body=b'{"seats":4}')
    again = row(1, body=None, kind="point.opened")
    put(store, first, again, row(2))
    put(store, again)
    assert store.get([first.id])[first.id] == first
    assert store.count() == 2
    assert store.of_kinds(["point.opened"]) == []
    assert store.without_body() == []


def test_arrival_is_numbered_from_one_without_a_gap(store: Store) -> None:
    put(store, row(5), row(3))
    put(store, row(3), row(4))  # 3 is here already and takes no number
    assert [(number, one.id) for number, one in store.arrived()] == [(1, row(5).id), (2, row(3).id), (3, row(4).id)]


def test_arrival_is_read_from_a_number_on_and_as_far_as_asked(store: Store) -> None:
    put(store, *(row(number) for number in range(1, 6)))
    assert [number for number, _ in store.arrived(after=3)] == [4, 5]
    assert [number for number, _ in store.arrived(after=1, limit=2)] == [2, 3]
    assert list(store.arrived(limit=0)) == []
    assert list(store.arrived(after=5)) == []


def test_arrival_is_read_on_across_many_pages(store: Store) -> None:
    put(store, *(row(number) for number in range(4_500)))
    assert [number for number, _ in store.arrived()] == list(range(1, 4_501))
    assert [number for number, _ in store.arrived(after=10, limit=4_000)] == list(range(11, 4_011))


def test_facts_of_a_thing_are_in_order(store: Store) -> None:
    """Effective time, then counter, then signer, then id; the fact that made the thing is one of them."""
    made = row(1, at=(NOON + 5, 0))
    late = row(2, about=made.id, at=(NOON + 9, 0))
    early = row(3, about=made.id, at=(NOON, 7))
    earliest = row(4, about=made.id, at=(NOON, 2))
    by_second = row(5, about=made.id, at=(NOON, 7), key=chain(origin=2))
    put(store, late, by_second, early, made, earliest, row(6))
    assert store.of_thing(made.id) == [earliest, early, by_second, made, late]
    assert store.of_thing(id_of(99)) == []


def test_equal_times_of_one_signer_are_ordered_by_id(store: Store) -> None:
    rows = [row(number, about=id_of(1)) for number in range(20)]
    put(store, *rows)
    assert [one.id for one in store.of_thing(id_of(1))] == sorted(one.id for one in rows)


def test_a_new_effective_time_changes_the_place_in_the_order(store: Store) -> None:
    first, second = row(1, about=id_of(9), at=(NOON, 0)), row(2, about=id_of(9), at=(NOON + 1, 0))
    put(store, first, second)
    with store.transaction():
        store.set_effective([(first.id, NOON + 1, 1), (id_of(404), 1, 1)])
    moved = first._replace(eff_ms=NOON + 1, eff_counter=1)
    assert store.of_thing(id_of(9)) == [second, moved]
    assert (moved.at_ms, moved.at_counter) == (NOON, 0)


def test_a_part_of_a_chain_is_found_fork_and_all(store: Store) -> None:
    key, other = chain(), chain(scope=2)
    facts = [row(number, key=key, seq=number) for number in range(5)]
    fork = row(30, key=key, seq=3)
    put(store, *facts[::-1], fork, row(40, key=other, seq=3))
    both = sorted([facts[3], fork], key=lambda one: one.id)
    assert store.of_chain(key) == [*facts[:3], *both, facts[4]]
    assert store.of_chain(key, 3) == [*both, facts[4]]
    assert store.of_chain(key, 1, 3) == [facts[1], facts[2], *both]
    assert store.of_chain(key, last=0) == [facts[0]]
    assert store.of_chain(chain(origin=9)) == []


def test_facts_of_signers_come_in_order_of_arrival(store: Store) -> None:
    first, second, third = chain(origin=1), chain(origin=1, scope=2), chain(origin=2)
    rows = [row(1, key=first), row(2, key=third), row(3, key=second), row(4, key=chain(origin=3)), row(5, key=third)]
    put(store, *rows)
    assert list(store.of_origins([id_of(2), id_of(1), id_of(1)])) == [rows[0], rows[1], rows[2], rows[4]]
    assert list(store.of_origins([id_of(7)])) == []
    assert list(store.of_origins([])) == []


def test_facts_of_one_signer_come_in_order_of_arrival_across_many_pages(store: Store) -> None:
    rows = [row(number, key=chain(origin=number % 2, chain=number % 7)) for number in range(5_000)]
    put(store, *rows)
    assert list(store.of_origins([id_of(1)])) == rows[1::2]


def test_facts_of_kinds_are_in_order(store: Store) -> None:
    late = row(1, kind="point.opened", at=(NOON + 1, 0))
    early = row(2, kind="point.closed", at=(NOON, 0))
    put(store, late, early, row(3, kind="point.open"))
    assert store.of_kinds(["point.opened", "point.closed"]) == [early, late]
    assert store.of_kinds(["point"]) == []


def test_all_facts_come_thing_by_thing(store: Store) -> None:
    rows = [row(number, about=id_of(number % 3), at=(NOON - number, 0)) for number in range(9)]
    put(store, *rows)
    # About thing 0: facts 6, 3, 0, the one written down first in front; and so on.
    assert list(store.grouped()) == [rows[n] for n in (6, 3, 0, 7, 4, 1, 8, 5, 2)]


def test_a_thing_longer_than_a_page_is_not_cut(store: Store) -> None:
    rows = [
        row(number, about=id_of(1 if 50 <= number < 4_500 else number), at=(NOON - number, 0))
        for number in range(5_000)
    ]
    put(store, *rows)
    expected = sorted(rows, key=lambda one: (one.about, one.eff_ms))
    assert [one.id for one in store.grouped()] == [one.id for one in expected]


@pytest.mark.parametrize(
    ("prefix", "odd", "found"),
    [
        ("ab", None, ["abc0", "abcd", "abff"]),
        ("ab", 0xC, ["abc0", "abcd"]),
        ("abcd", None, ["abcd"]),
        ("ab", 0xF, ["abff"]),
        ("ab", 0x0, []),
        ("", None, ["00", "abc0", "abcd", "abff", "ff"]),
        ("", 0xF, ["ff"]),
        ("ac", None, []),
    ],
)
def test_ids_are_found_by_how_they_begin(store: Store, prefix: str, odd: int | None, found: list[str]) -> None:
    ids = {start: bytes.fromhex(start).ljust(32, b"\x77") for start in ("abcd", "ff", "abc0", "00", "abff")}
    put(store, *(row(number, id=id) for number, id in enumerate(ids.values())))
    assert store.find_ids(bytes.fromhex(prefix), odd) == [ids[start] for start in found]


def test_a_whole_id_finds_itself_and_a_longer_one_nothing(store: Store) -> None:
    lowest, highest = bytes(32), b"\xff" * 32
    put(store, row(1, id=lowest), row(2, id=highest))
    assert store.find_ids(lowest) == [lowest]
    assert store.find_ids(highest[:31], 0xF) == [highest]
    assert store.find_ids(highest, 0xF) == []
    assert store.find_ids(highest + b"\xff") == []


def test_no_more_ids_than_asked_for(store: Store) -> None:
    put(store, *(row(number, id=id_of(number)) for number in range(20)))
    assert store.find_ids(b"\x00") == [id_of(number) for number in range(10)]
    assert store.find_ids(b"\x00", most=3) == [id_of(0), id_of(1), id_of(2)]


def test_an_empty_store_is_empty(store: Store) -> None:
    assert store.count() == 0
    assert list(store.arrived()) == []
    assert list(store.grouped()) == []
    assert store.without_body() == []
    assert store.all_chains() == []
    assert list(store.all_things()) == []
    assert store.marks() == []
