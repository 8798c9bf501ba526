"""Things, names, links, marks and small values: what the fold keeps so as not to begin anew every day."""

from __future__ import annotations

from shanyrak.facts.store import Link, Mark, Store
from tests.unit.facts.stores.drawn import id_of, row, thing


def test_a_thing_is_kept_and_replaced(store: Store) -> None:
    before, after = thing(1, state=b'{"a":1}'), thing(1, type="kit", state=b'{"a":2}')._replace(extra=b"x" * 9_000)
    with store.transaction():
        store.put_things([before])
    assert store.get_things([id_of(1), id_of(2)]) == {id_of(1): before}
    with store.transaction():
        store.put_things([after])
    assert store.get_things([id_of(1)]) == {id_of(1): after}
    assert list(store.all_things()) == [after]


def test_things_are_sorted_by_id_and_found_by_type(store: Store) -> None:
    with store.transaction():
        store.put_things([thing(3), thing(1), thing(2, type="kit")])
    assert list(store.all_things()) == [thing(1), thing(2, type="kit"), thing(3)]
    assert list(store.all_things("point")) == [thing(1), thing(3)]
    assert list(store.all_things("consignment")) == []


def test_all_things_of_many_pages(store: Store) -> None:
    things = [thing(1)._replace(id=id_of(number), type="kit" if number % 2 else "point") for number in range(5_000)]
    with store.transaction():
        store.put_things(things)
    assert list(store.all_things()) == things
    assert list(store.all_things("kit")) == things[1::2]


def test_names_are_replaced_as_a_whole(store: Store) -> None:
    with store.transaction():
        store.put_names(id_of(2), ["school 12", "школа 12", "school 12"])
        store.put_names(id_of(1), ["school 12"])
    assert store.find_names("school 12") == [id_of(1), id_of(2)]
    assert store.find_names("школа 12") == [id_of(2)]
    assert store.find_names("school") == []
    with store.transaction():
        store.put_names(id_of(2), ["lyceum"])
        store.put_names(id_of(1), [])
    assert store.find_names("school 12") == []
    assert store.find_names("lyceum") == [id_of(2)]


def test_links_are_found_from_both_ends_and_kept_once(store: Store) -> None:
    out = Link(id_of(10), id_of(1), "initiative", id_of(2))
    back = Link(id_of(11), id_of(3), "kit", id_of(1))
    to_itself = Link(id_of(12), id_of(4), "same", id_of(4))
    with store.transaction():
        store.put_links([back, out, to_itself])
        store.put_links([out])
    assert store.links_of(id_of(1)) == [out, back]
    assert store.links_of(id_of(2)) == [out]
    assert store.links_of(id_of(4)) == [to_itself]
    assert store.links_of(id_of(5)) == []


def test_links_said_by_two_facts_are_two(store: Store) -> None:
    first, second = (Link(id_of(number), id_of(1), "kit", id_of(2)) for number in (10, 11))
    with store.transaction():
        store.put_links([first, second])
        store.drop_links([id_of(10), id_of(404)])
    assert store.links_of(id_of(1)) == [second]
    assert store.links_of(id_of(2)) == [second]


def test_a_dropped_link_can_be_said_again(store: Store) -> None:
    link = Link(id_of(10), id_of(1), "kit", id_of(2))
    for _ in range(2):
        with store.transaction():
            store.put_links([link])
            store.drop_links([link.fact])
        assert store.links_of(id_of(2)) == []
    with store.transaction():
        store.put_links([link])
    assert store.links_of(id_of(2)) == [link]


def test_a_fact_has_at_most_one_mark(store: Store) -> None:
    waits, conflict = Mark(id_of(2), "waits", "no key"), Mark(id_of(1), "conflict", "it was shut")
    with store.transaction():
        store.put_marks([waits, conflict])
    assert store.marks() == [conflict, waits]
    with store.transaction():
        store.put_marks([waits._replace(mark="newer", reason="")])
    assert store.marks("waits") == []
    assert store.marks("newer") == [Mark(id_of(2), "newer", "")]
    assert store.marks_of([id_of(1), id_of(3)]) == {id_of(1): conflict}


def test_marks_are_taken_away(store: Store) -> None:
    with store.transaction():
        store.put_marks([Mark(id_of(number), "waits", "") for number in range(4)])
        store.drop_marks([id_of(1), id_of(2), id_of(77)])
    assert [mark.fact for mark in store.marks()] == [id_of(0), id_of(3)]


def test_clearing_the_cache_forgets_what_the_fold_made_and_nothing_else(store: Store) -> None:
    with store.transaction():
        store.put_facts([row(1)])
        store.put_value("net", b"n")
        store.put_things([thing(1)])
        store.put_names(id_of(1), ["school"])
        store.put_links([Link(id_of(10), id_of(1), "kit", id_of(2))])
        store.put_marks([Mark(id_of(1), "waits", "")])
    with store.transaction():
        store.clear_cache()
    assert list(store.all_things()) == []
    assert store.find_names("school") == []
    assert store.links_of(id_of(1)) == []
    assert store.marks() == []
    assert store.count() == 1
    assert store.get_value("net") == b"n"


def test_the_cache_can_be_filled_again_after_clearing(store: Store) -> None:
    link = Link(id_of(10), id_of(1), "kit", id_of(2))
    for _ in range(2):
        with store.transaction():
            store.clear_cache()
            store.put_things([thing(1)])
            store.put_names(id_of(1), ["school"])
            store.put_links([link])
    assert list(store.all_things()) == [thing(1)]
    assert store.find_names("school") == [id_of(1)]
    assert store.links_of(id_of(2)) == [link]


def test_small_values_are_kept_replaced_and_forgotten(store: Store) -> None:
    assert store.get_value("clock") is None
    with store.transaction():
        store.put_value("clock", b"\x00\xff")
        store.put_value("empty", b"")
    assert store.get_value("clock") == b"\x00\xff"
    assert store.get_value("empty") == b""
    with store.transaction():
        store.put_value("clock", b"later")
        store.put_value("empty", None)
        store.put_value("never there", None)
    assert store.get_value("clock") == b"later"
    assert store.get_value("empty") is None
