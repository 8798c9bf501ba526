"""What is here of a chain, and who is known to have had it."""

from __future__ import annotations

from shanyrak.facts.store import ChainState, Receipt, Store
from tests.unit.facts.stores.drawn import chain, id_of, row


def receipt(number: int, *, time_ms: int = 0, first: int = 0, last: int = 9, chain_scope: int = 1) -> Receipt:
    return Receipt(id_of(number), id_of(70), chain(scope=chain_scope), first, last, id_of(80), time_ms, "headquarters")


def test_a_chain_is_kept_and_replaced(store: Store) -> None:
    key = chain()
    first = ChainState(key, 1, 0, (id_of(1),), ())
    forked_with_a_gap = ChainState(key, 5, 7, (id_of(3), id_of(4)), (id_of(2),))
    with store.transaction():
        store.put_chains([first])
    assert store.get_chains([key, chain(scope=2)]) == {key: first}
    with store.transaction():
        store.put_chains([forked_with_a_gap])
    assert store.get_chains([key]) == {key: forked_with_a_gap}
    assert store.all_chains() == [forked_with_a_gap]


def test_chains_are_sorted_by_key_and_found_by_scope(store: Store) -> None:
    keys = [chain(origin=o, chain=c, scope=s) for o in (2, 1) for c in (2, 1) for s in (3, 1, 2)]
    states = {key: ChainState(key, 1, 0, (id_of(1),), ()) for key in keys}
    with store.transaction():
        store.put_chains(states.values())
    assert store.all_chains() == [states[key] for key in sorted(keys)]
    wanted = [states[key] for key in sorted(keys) if key.scope in (id_of(1), id_of(3))]
    assert store.all_chains([id_of(3), id_of(1), id_of(99)]) == wanted
    assert store.all_chains([]) == []


def test_many_chains_are_asked_for_at_once(store: Store) -> None:
    keys = [chain(origin=number, scope=number % 10) for number in range(1_500)]
    states = {key: ChainState(key, 1, number, (), ()) for number, key in enumerate(keys)}
    with store.transaction():
        store.put_chains(states.values())
    assert store.get_chains(keys) == states


def test_keys_that_differ_in_one_part_are_other_chains(store: Store) -> None:
    keys = [chain(), chain(origin=2), chain(chain=2), chain(scope=2), chain()._replace(scope=b"")]
    with store.transaction():
        store.put_facts([row(number, key=key) for number, key in enumerate(keys)])
        store.put_chains([ChainState(key, 1, number, (), ()) for number, key in enumerate(keys)])
    assert [store.of_chain(key) for key in keys] == [[row(number, key=key)] for number, key in enumerate(keys)]
    assert [store.get_chains([key])[key].top_seq for key in keys] == [0, 1, 2, 3, 4]


def test_facts_and_receipts_alone_make_no_chain_state(store: Store) -> None:
    with store.transaction():
        store.put_facts([row(1)])
        store.put_receipts([receipt(5, chain_scope=2)])
    assert store.all_chains() == []
    assert store.get_chains([chain(), chain(scope=2)]) == {}


def test_receipts_are_sorted_and_kept_once(store: Store) -> None:
    early, late, second_line = receipt(9, time_ms=1), receipt(3, time_ms=2), receipt(3, time_ms=2, first=4)
    with store.transaction():
        store.put_receipts([second_line, late, early])
        store.put_receipts([late])
    with store.transaction():
        store.put_receipts([early, receipt(1, chain_scope=2)])
    assert store.receipts(chain()) == [early, late, second_line]
    assert store.receipts(chain(scope=2)) == [receipt(1, chain_scope=2)]
    assert store.receipts(chain(scope=3)) == []
    assert store.receipts_for([chain(), chain(scope=2), chain(scope=3)]) == {
        chain(): [early, late, second_line],
        chain(scope=2): [receipt(1, chain_scope=2)],
    }


def test_one_note_may_name_both_ends_of_a_fork(store: Store) -> None:
    one = receipt(1)
    other = one._replace(head=id_of(81))
    with store.transaction():
        store.put_receipts([other, one])
    assert store.receipts(chain()) == [one, other]


def test_clearing_the_cache_keeps_chains_and_receipts(store: Store) -> None:
    state = ChainState(chain(), 1, 0, (), ())
    with store.transaction():
        store.put_chains([state])
        store.put_receipts([receipt(1)])
        store.clear_cache()
    assert store.all_chains() == [state]
    assert store.receipts(chain()) == [receipt(1)]
