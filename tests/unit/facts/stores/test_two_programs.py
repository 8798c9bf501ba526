"""Two programs use one database at the same time: each sees what the other has committed, and nothing else."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from shanyrak.core.errors import Unavailable
from shanyrak.facts.store import ChainState, Store
from shanyrak.facts.stores.sql import open_store
from tests.unit.facts.stores.drawn import chain, row


@pytest.fixture
def two(url: str, opened: Callable[..., Store]) -> Iterator[tuple[Store, Store]]:
    return opened(url, patience_s=0.2), opened(url, patience_s=0.2)


def test_each_sees_what_the_other_committed(two: tuple[Store, Store]) -> None:
    one, other = two
    with one.transaction():
        one.put_facts([row(1)])
        assert other.count() == 0
        assert other.get([row(1).id]) == {}
    assert other.get([row(1).id]) == {row(1).id: row(1)}
    with other.transaction():
        other.put_facts([row(1), row(2)])
    assert [(number, said.id) for number, said in one.arrived()] == [(1, row(1).id), (2, row(2).id)]


def test_chains_first_met_by_the_other_are_the_same_here(two: tuple[Store, Store]) -> None:
    """Both stores keep numbers of chains in memory; neither may take the other's for its own."""
    one, other = two
    for turn in range(6):
        writer, reader = (one, other) if turn % 2 else (other, one)
        key = chain(scope=turn)
        with writer.transaction():
            writer.put_facts([row(turn, key=key)])
            writer.put_chains([ChainState(key, 1, 0, (), ())])
        assert reader.of_chain(key) == [row(turn, key=key)]
    assert one.all_chains() == other.all_chains()
    assert len({said.key for _, said in one.arrived()}) == 6


def test_a_chain_number_that_was_taken_back_is_given_to_another(two: tuple[Store, Store]) -> None:
    one, other = two
    with pytest.raises(ValueError), one.transaction():
        one.put_facts([row(1, key=chain(scope=1))])
        raise ValueError
    with other.transaction():
        other.put_facts([row(2, key=chain(scope=2))])
    with one.transaction():
        one.put_facts([row(3, key=chain(scope=1))])
    expected = [(1, row(2, key=chain(scope=2))), (2, row(3, key=chain(scope=1)))]
    assert list(one.arrived()) == list(other.arrived()) == expected


def test_while_one_writes_the_other_reads_but_may_not_write(two: tuple[Store, Store]) -> None:
    one, other = two
    with one.transaction():
        one.put_facts([row(1)])
        with pytest.raises(Unavailable, match="another program is writing") as raised, other.transaction():
            pytest.fail("two transactions at once")
        assert other.count() == 0
    assert "0.2 s" in str(raised.value)
    assert "Try again" in raised.value.mend
    with other.transaction():
        other.put_facts([row(2)])
    assert one.count() == 2


def test_many_programs_at_once_number_arrivals_without_a_gap(url: str) -> None:
    def say(writer: int) -> None:
        store = open_store(url, patience_s=60)
        for turn in range(20):
            with store.transaction():
                store.put_facts([row(writer * 100 + turn, key=chain(origin=writer)), row(turn)])
        store.close()

    with ThreadPoolExecutor(3) as pool:
        list(pool.map(say, [1, 2, 3]))
    store = open_store(url)
    assert [number for number, _ in store.arrived()] == list(range(1, 81))  # 3 x 20 of their own, 20 they share
    store.close()
