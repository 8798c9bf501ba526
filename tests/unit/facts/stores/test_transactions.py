"""A transaction appears whole or not at all, whatever goes wrong in it, and the store goes on working."""

from __future__ import annotations

import threading
from collections.abc import Callable

import pytest

from shanyrak.core.errors import Unavailable
from shanyrak.facts.store import ChainState, Link, Mark, Receipt, Store
from shanyrak.facts.stores.memory import MemoryStore
from tests.unit.facts.stores.drawn import chain, fact, id_of, row, thing


class PulledPlug(BaseException):
    """Not even an Exception."""


def everything(store: Store) -> list[object]:
    """All a reader can see."""
    things = [id_of(number) for number in range(5)]
    return [
        list(store.arrived()),
        list(store.grouped()),
        store.without_body(),
        store.all_chains(),
        [store.receipts(chain(scope=number)) for number in range(5)],
        list(store.all_things()),
        [store.find_names(name) for name in ("old", "new")],
        [store.links_of(thing) for thing in things],
        store.marks(),
        [store.get_value(name) for name in ("old", "new")],
        store.count(),
    ]


def fill(store: Store) -> None:
    with store.transaction():
        store.put_facts([row(1, sealed=b'{"note":"x"}'), row(2, body=None)])
        store.put_chains([ChainState(chain(), 2, 0, (id_of(1),), ())])
        store.put_receipts([Receipt(id_of(1), id_of(1), chain(), 0, 1, id_of(1), 5, "safe")])
        store.put_things([thing(1), thing(2)])
        store.put_names(id_of(1), ["old"])
        store.put_links([Link(id_of(1), id_of(1), "kit", id_of(2))])
        store.put_marks([Mark(id_of(1), "waits", "")])
        store.put_value("old", b"1")


def change_everything(store: Store) -> None:
    store.put_facts([row(3, key=chain(scope=2)), row(4, body=None)])
    store.set_effective([(row(1).id, 1, 1)])
    store.put_parts([fact(2)])
    store.drop_parts([(row(1).id, "sealed"), (row(1).id, "body")])
    store.put_chains([ChainState(chain(), 9, 9, (), ()), ChainState(chain(scope=3), 1, 0, (), ())])
    store.put_receipts([Receipt(id_of(1), id_of(1), chain(scope=4), 0, 1, id_of(1), 5, "safe")])
    store.put_links([Link(id_of(1), id_of(1), "kit", id_of(3))])
    store.drop_links([id_of(1)])
    store.clear_cache()
    store.put_things([thing(2, type="kit"), thing(3)])
    store.put_names(id_of(1), ["new"])
    store.put_links([Link(id_of(2), id_of(1), "kit", id_of(4))])
    store.put_marks([Mark(id_of(1), "newer", ""), Mark(id_of(2), "waits", "")])
    store.drop_marks([id_of(2)])
    store.put_value("old", None)
    store.put_value("new", b"2")


@pytest.mark.parametrize("fault", [ValueError, KeyboardInterrupt, PulledPlug])
def test_an_exception_takes_everything_back(store: Store, fault: type[BaseException]) -> None:
    fill(store)
    before = everything(store)
    with pytest.raises(fault), store.transaction():
        change_everything(store)
        assert everything(store) != before
        raise fault
    assert everything(store) == before


def test_after_a_failed_transaction_the_same_can_be_done(store: Store) -> None:
    fill(store)
    with pytest.raises(ValueError), store.transaction():
        change_everything(store)
        wanted = everything(store)
        raise ValueError
    with store.transaction():
        change_everything(store)
    assert everything(store) == wanted


def test_a_transaction_sees_its_own_writes(store: Store) -> None:
    with store.transaction():
        store.put_facts([row(1, about=id_of(9))])
        store.put_facts([row(2, about=id_of(9), seq=1)])
        assert store.has([row(1).id, row(2).id]) == {row(1).id, row(2).id}
        assert len(store.of_thing(id_of(9))) == 2
        assert len(store.of_chain(chain())) == 2
        assert store.count() == 2
        store.set_effective([(row(1).id, 1, 1)])
        assert store.of_thing(id_of(9))[0].eff_ms == 1


def test_reading_page_by_page_goes_on_while_the_cache_is_written(store: Store) -> None:
    """As rebuilding does."""
    rows = [row(number, about=id_of(number)) for number in range(4_100)]
    with store.transaction():
        store.put_facts(rows)
    seen = []
    with store.transaction():
        for one in store.grouped():
            seen.append(one)
            if len(seen) % 500 == 0:
                store.put_things([thing(1)._replace(id=one.about)])
    assert seen == rows
    assert len(list(store.all_things())) == 8


WRITES: dict[str, Callable[[Store], None]] = {
    "put_facts": lambda store: store.put_facts([row(1)]),
    "set_effective": lambda store: store.set_effective([(id_of(1), 1, 1)]),
    "put_parts": lambda store: store.put_parts([fact(1)]),
    "drop_parts": lambda store: store.drop_parts([(id_of(1), "body")]),
    "put_chains": lambda store: store.put_chains([ChainState(chain(), 1, 0, (), ())]),
    "put_receipts": lambda store: store.put_receipts([Receipt(b"", b"", chain(), 0, 0, b"", 0, "safe")]),
    "put_things": lambda store: store.put_things([thing(1)]),
    "put_names": lambda store: store.put_names(id_of(1), ["a"]),
    "put_links": lambda store: store.put_links([Link(b"", b"", "", b"")]),
    "drop_links": lambda store: store.drop_links([id_of(1)]),
    "put_marks": lambda store: store.put_marks([Mark(b"", "", "")]),
    "drop_marks": lambda store: store.drop_marks([id_of(1)]),
    "clear_cache": lambda store: store.clear_cache(),
    "put_value": lambda store: store.put_value("a", b""),
}


def test_every_write_of_the_port_is_tried_outside_a_transaction() -> None:
    writing = {name for name in vars(Store) if name.startswith(("put_", "set_", "drop_", "clear_"))}
    assert set(WRITES) == writing


@pytest.mark.parametrize("write", WRITES)
def test_writing_outside_a_transaction_is_a_fault_of_ours(store: Store, write: str) -> None:
    with pytest.raises(AssertionError, match="transaction"):
        WRITES[write](store)
    assert store.count() == 0


def test_a_transaction_inside_a_transaction_is_a_fault_of_ours(store: Store) -> None:
    with pytest.raises(AssertionError, match="inside"), store.transaction():
        store.put_value("a", b"1")
        with store.transaction():
            store.put_value("a", b"2")
    assert store.get_value("a") is None


def test_scrubbing_inside_a_transaction_is_a_fault_of_ours(store: Store) -> None:
    with pytest.raises(AssertionError, match="scrub"), store.transaction():
        store.scrub()


def test_threads_take_turns(store: Store) -> None:
    """Four threads each add 25 facts and raise a counter: nothing is lost, no number is given twice."""

    def say(thread: int) -> None:
        for turn in range(25):
            with store.transaction():
                store.put_facts([row(thread * 100 + turn)])
                count = int.from_bytes(store.get_value("count") or b"", "big")
                store.put_value("count", (count + 1).to_bytes(2, "big"))

    threads = [threading.Thread(target=say, args=(number,)) for number in range(4)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert store.get_value("count") == (100).to_bytes(2, "big")
    assert [number for number, _ in store.arrived()] == list(range(1, 101))


def test_another_thread_of_one_store_waits_and_then_says_so() -> None:
    store = MemoryStore(patience_s=0.05)
    raised: list[Unavailable] = []

    def write() -> None:
        try:
            with store.transaction():
                pass
        except Unavailable as fault:
            raised.append(fault)

    with store.transaction():
        thread = threading.Thread(target=write)
        thread.start()
        thread.join()
    assert "writing" in str(raised[0])
    write()
    assert len(raised) == 1


def test_a_snapshot_is_a_world_of_its_own() -> None:
    store = MemoryStore()
    fill(store)
    before = everything(store)
    image = store.snapshot()
    with store.transaction():
        change_everything(store)
    after = everything(store)
    assert everything(image) == before
    with image.transaction():
        change_everything(image)
    assert everything(image) == after == everything(store)
    with pytest.raises(ValueError), image.transaction():
        image.put_facts([row(number) for number in range(50, 60)])
        image.clear_cache()
        raise ValueError
    assert everything(image) == after
