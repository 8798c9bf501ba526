"""Merging is commutative, associative and idempotent, with forks and equal times forced.

Every history holds devices that speak in the same millisecond, clones that go on in the same chain, clocks that
are a day off, receipts, revocations and words taken back.
"""

from __future__ import annotations

from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.ledgers_drawn import History, facts, seen, taken_in

SEEDS = st.integers(0, 2**32)


@settings(max_examples=40)
@given(SEEDS)
def test_any_order_and_any_batches_give_the_same(seed: int) -> None:
    history = History(seed)
    outcomes = [history.merged(Random(f"{seed}:{k}")) for k in range(3)]
    assert outcomes[0] == outcomes[1] == outcomes[2]


@settings(max_examples=25)
@given(SEEDS)
def test_two_ledgers_meet_either_way_round(seed: int) -> None:
    # a + b = b + a, and a + b = (a + b) + a
    history = History(seed)
    draw = Random(seed)
    half = [fact for fact in history.rest if draw.random() < 0.5]
    other = [fact for fact in history.rest if fact not in half or draw.random() < 0.2]
    a = taken_in(history.people, history.founding, [half])
    b = taken_in(history.people, history.founding, [other])
    said_by_a, said_by_b = facts(a), facts(b)
    a.accept(said_by_b)
    b.accept(said_by_a)
    assert history.settled(a) == history.settled(b)
    before = seen(a)
    assert {outcome.what for outcome in a.accept(facts(b))} <= {"known"}
    assert seen(a) == before


@settings(max_examples=25)
@given(SEEDS)
def test_three_ledgers_meet_in_any_grouping(seed: int) -> None:
    # (a + b) + c = a + (b + c)
    history = History(seed)
    draw = Random(seed)
    parts = [[fact for fact in history.rest if draw.random() < 0.6] for _ in range(3)]
    parts[0] += [fact for fact in history.rest if all(fact not in part for part in parts)]
    first = [taken_in(history.people, history.founding, [part]) for part in parts]
    second = [taken_in(history.people, history.founding, [part]) for part in parts]
    first[0].accept(facts(first[1]))
    first[0].accept(facts(first[2]))
    second[1].accept(facts(second[2]))
    second[0].accept(facts(second[1]))
    assert history.settled(first[0]) == history.settled(second[0])


@settings(max_examples=25)
@given(SEEDS)
def test_what_is_kept_up_equals_what_is_folded_anew(seed: int) -> None:
    history = History(seed)
    for ledger in history.devices:
        before = seen(ledger)
        ledger.rebuild()
        assert seen(ledger) == before


def test_the_histories_hold_what_makes_merging_hard() -> None:
    forks = equal_times = withheld = overruled = 0
    for seed in range(12):
        history = History(seed)
        merged = taken_in(history.people, history.founding, [history.rest])
        rows = [row for _, row in merged.store.arrived()]
        forks += sum(len(chain.heads) > 1 for chain in merged.store.all_chains())
        times = {(row.eff_ms, row.eff_counter, row.key.origin) for row in rows}
        equal_times += len(times) - len({(ms, counter) for ms, counter, _ in times})
        withheld += len(merged.trust.withheld)
        overruled += len(merged.store.marks("clock"))
    assert min(forks, equal_times, withheld, overruled) >= 3
