"""Taking in batch after batch: the next is examined while one is kept, and the outcome is as if one by one."""

from __future__ import annotations

from pathlib import Path

from shanyrak.facts.stores.sql import open_store
from shanyrak.facts.verifying import PooledVerifier
from tests.ledgers_drawn import People, facts, give
from tests.unit.facts.stores.drawn import row


def test_a_fact_in_two_batches_is_new_once() -> None:
    # Batches  [founding, a, b]  [b, c]  [a]: b was not here yet when the second batch was examined.
    people = People()
    hq = people.founded()
    phone = people.ledger("phone")
    give(hq, phone)
    a, b, c = (phone.say("pledge.made", {"what": what}).id for what in ("wood", "water", "fuel"))
    founding = facts(hq)
    said = {fact.id: fact for fact in facts(phone)}

    other = people.ledger("other")
    with PooledVerifier() as verifier:
        batches = [[*founding, said[a], said[b]], [said[b], said[c]], [said[a]]]
        outcomes = list(other.accept_all(batches, verifier))
    assert [one.what for one in outcomes[0]] == ["new"] * (len(founding) + 2)
    assert [one.what for one in outcomes[1]] == ["known", "new"]
    assert [one.what for one in outcomes[2]] == ["known"]
    assert other.state_hash() == phone.state_hash()
    assert [(one.key, one.count) for one in other.store.all_chains()] == [
        (one.key, one.count) for one in phone.store.all_chains()
    ]


def test_what_another_program_brought_is_not_taken_for_absent(tmp_path: Path) -> None:
    address = f"sqlite:///{tmp_path / 'ledger.db'}"
    one, other = open_store(address), open_store(address)
    try:
        assert one.has([row(1).id, row(2).id]) == set()
        with other.transaction():
            other.put_facts([row(1)])
        assert one.has([row(1).id, row(2).id]) == {row(1).id}
        with one.transaction():
            one.put_facts([row(1), row(2)])
        assert other.has([row(1).id, row(2).id]) == {row(1).id, row(2).id}
        assert one.count() == 2
    finally:
        one.close()
        other.close()
