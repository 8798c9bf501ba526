"""Bodies and sealed parts come late, are taken away, and come back; the header stays where it is."""

from __future__ import annotations

from shanyrak.facts.store import Store
from tests.unit.facts.stores.drawn import fact, id_of, row

BODY, SEALED = b'{"seats":4}', b'{"note":"behind the school"}'


def test_each_part_is_taken_away_alone(store: Store) -> None:
    one, two = row(1, body=BODY, sealed=SEALED), row(2, body=BODY, sealed=SEALED)
    with store.transaction():
        store.put_facts([one, two])
        store.drop_parts([(one.id, "sealed"), (two.id, "body")])
    kept = store.get([one.id, two.id])
    assert kept[one.id] == one._replace(fact=fact(1, body=BODY, sealed=None))
    assert kept[two.id] == two._replace(fact=fact(2, body=None, sealed=SEALED))
    assert store.without_body() == [two.id]


def test_what_is_absent_can_be_taken_away_without_harm(store: Store) -> None:
    one = row(1, body=BODY)
    with store.transaction():
        store.put_facts([one])
        store.drop_parts([(one.id, "sealed"), (id_of(404), "body")])
        store.drop_parts([])
    assert store.get([one.id]) == {one.id: one}
    assert store.without_body() == []


def test_absent_parts_come_back(store: Store) -> None:
    one, whole = row(1, body=None), fact(1, body=BODY, sealed=SEALED)
    with store.transaction():
        store.put_facts([one])
    assert store.without_body() == [one.id]
    with store.transaction():
        store.put_parts([whole, fact(404, body=BODY)])
    assert store.get([one.id])[one.id].fact == whole
    assert store.without_body() == []
    assert store.count() == 1


def test_a_fact_without_a_body_brings_nothing(store: Store) -> None:
    one = row(1, body=None)
    with store.transaction():
        store.put_facts([one])
        store.put_parts([fact(1, body=None)])
    assert store.without_body() == [one.id]


def test_parts_that_are_here_stay_and_the_other_is_added(store: Store) -> None:
    one = row(1, body=BODY)
    with store.transaction():
        store.put_facts([one])
        store.put_parts([fact(1, body=b'{"seats":9}', sealed=SEALED)])
    assert store.get([one.id])[one.id].fact == fact(1, body=BODY, sealed=SEALED)


def test_taken_away_and_given_back_is_as_before(store: Store) -> None:
    one = row(1, body=BODY, sealed=SEALED)
    with store.transaction():
        store.put_facts([one, row(2)])
    with store.transaction():
        store.drop_parts([(one.id, "body"), (one.id, "sealed")])
    with store.transaction():
        store.put_parts([one.fact])
    assert store.get([one.id]) == {one.id: one}
    assert [number for number, _ in store.arrived()] == [1, 2]


def test_facts_without_a_body_are_sorted(store: Store) -> None:
    rows = [row(number, body=None) for number in range(30)]
    with store.transaction():
        store.put_facts(rows)
    assert store.without_body() == sorted(one.id for one in rows)


def test_scrubbing_changes_nothing_that_is_kept(store: Store) -> None:
    rows = [row(number, body=BODY, sealed=SEALED) for number in range(50)]
    with store.transaction():
        store.put_facts(rows)
        store.drop_parts([(rows[7].id, "body")])
    store.scrub()
    store.scrub()
    assert [one for _, one in store.arrived()] == [
        *rows[:7],
        rows[7]._replace(fact=fact(7, body=None, sealed=SEALED)),
        *rows[8:],
    ]
    with store.transaction():
        store.put_facts([row(99)])
    assert store.count() == 51
