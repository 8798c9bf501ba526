"""What many phones give at once: kept in one go, each answered for its own, and one that fails harms nobody."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from typing import Any

import pytest

import shanyrak.server.giving as giving_module
from shanyrak.core.errors import Unavailable
from shanyrak.facts.answering import take
from shanyrak.facts.fact import Fact
from shanyrak.facts.ledger import Ledger, Outcome
from shanyrak.facts.messages import Compare, Give, write_message
from shanyrak.facts.receipts import LINES
from shanyrak.server.giving import MOST_FACTS, Giving, is_give
from tests.ledgers import all_facts, empty_ledger, founded_ledger, point


def phone(hq: Ledger, name: str, place: bytes) -> Ledger:
    """Somebody on duty at a place, who knows what headquarters knows."""
    one = empty_ledger(name)
    assert one.signer is not None
    body = {"key": one.signer.public.hex(), "role": "host", "scope": place.hex()}
    hq.say("device.admitted", body, about=place, scope=place)
    one.accept(all_facts(hq))
    return one


def report(one: Ledger, place: bytes, count: int = 1) -> list[Fact]:
    """What somebody says next."""
    ids = [one.say("visit.counted", {"visits": k + 1}, about=place).id for k in range(count)]
    rows = one.store.get(ids)
    return [rows[id].fact for id in ids]


def counts(hq: Ledger, place: bytes) -> int:
    """How many counts of visits headquarters has of a place."""
    return sum(row.kind == "visit.counted" for row in hq.store.of_thing(place))


class Held:
    """A turn that somebody else has until it is let go; then all who wait are in the queue."""

    def __init__(self) -> None:
        self.turn = threading.Lock()
        self.giving = Giving(self.turn)
        self.outcomes: dict[int, list[Outcome] | Exception] = {}

    def give_at_once(self, ledger: Ledger, gifts: Sequence[Sequence[Fact]]) -> None:
        def one(number: int) -> None:
            try:
                self.outcomes[number] = self.giving.take(ledger, gifts[number])
            except Unavailable as fault:
                self.outcomes[number] = fault

        threads = [threading.Thread(target=one, args=(k,)) for k in range(len(gifts))]
        with self.turn:
            for thread in threads:
                thread.start()
            while len(self.giving._waiting) < len(gifts):
                pass
        for thread in threads:
            thread.join()


@pytest.fixture
def town() -> tuple[Ledger, list[tuple[Ledger, bytes]]]:
    hq = founded_ledger()
    places = [point(hq, f"School {k}") for k in range(5)]
    return hq, [(phone(hq, f"host {k}", place), place) for k, place in enumerate(places)]


def test_each_is_told_what_became_of_its_own(town: tuple[Ledger, list[tuple[Ledger, bytes]]]) -> None:
    hq, hosts = town
    gifts = [report(one, place, count=k + 1) for k, (one, place) in enumerate(hosts)]
    spoiled = Fact(gifts[2][0].raw, bytes(64), gifts[2][0].salt, gifts[2][0].body)
    gifts[2][0] = spoiled
    held = Held()
    held.give_at_once(hq, gifts)
    for number, gift in enumerate(gifts):
        outcomes = held.outcomes[number]
        assert isinstance(outcomes, list)
        assert [one.id for one in outcomes] == [fact.id for fact in gift]
        assert [one.what for one in outcomes] == ["refused" if fact is spoiled else "new" for fact in gift]


def test_all_of_them_are_one_write_to_the_disk(
    town: tuple[Ledger, list[tuple[Ledger, bytes]]], monkeypatch: pytest.MonkeyPatch
) -> None:
    hq, hosts = town
    gifts = [report(one, place) for one, place in hosts]
    begun = []
    real = hq.store.transaction

    def counted() -> Any:
        begun.append(1)
        return real()

    monkeypatch.setattr(hq.store, "transaction", counted)
    Held().give_at_once(hq, gifts)
    assert len(begun) == 1
    for one, place in hosts:
        assert counts(hq, place) == 1
        assert all(hq.standing(row.id) == "headquarters" for row in one.store.of_thing(place) if row.kind[0] == "v")


def test_the_same_report_given_twice_at_once_is_kept_once(town: tuple[Ledger, list[tuple[Ledger, bytes]]]) -> None:
    hq, [(one, place), *_] = town
    gift = report(one, place)
    held = Held()
    held.give_at_once(hq, [gift, gift])
    assert sorted(out.what for outs in held.outcomes.values() for out in outs) == ["known", "new"]  # type: ignore[union-attr]
    assert counts(hq, place) == 1


def test_who_fails_fails_alone(
    town: tuple[Ledger, list[tuple[Ledger, bytes]]], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The disk refuses whatever the third one brings: the others are kept all the same."""
    hq, hosts = town
    gifts = [report(one, place) for one, place in hosts]
    bad = gifts[2][0].id

    def refusing(ledger: Ledger, facts: Sequence[Fact]) -> list[Outcome]:
        if any(fact.id == bad for fact in facts):
            raise Unavailable("the disk is full")
        return take(ledger, facts)

    monkeypatch.setattr(giving_module, "take", refusing)
    held = Held()
    held.give_at_once(hq, gifts)
    refused = [number for number, found in held.outcomes.items() if isinstance(found, Unavailable)]
    kept = [number for number, found in held.outcomes.items() if isinstance(found, list)]
    assert refused == [2] and sorted(kept) == [0, 1, 3, 4]
    for number, (_, place) in enumerate(hosts):
        assert counts(hq, place) == (1 if number in kept else 0)
    assert held.giving._waiting == []


def test_a_month_of_reports_does_not_hold_up_the_others(town: tuple[Ledger, list[tuple[Ledger, bytes]]]) -> None:
    hq, [(long, far), (short, near), *_] = town
    gifts = [report(long, far, count=MOST_FACTS + 1), report(short, near)]
    held = Held()
    held.give_at_once(hq, gifts)
    assert [len(held.outcomes[k]) for k in (0, 1)] == [MOST_FACTS + 1, 1]  # type: ignore[arg-type]


def test_records_and_their_receipts_are_kept_together_or_not_at_all(
    town: tuple[Ledger, list[tuple[Ledger, bytes]]], monkeypatch: pytest.MonkeyPatch
) -> None:
    hq, [(one, place), *_] = town
    gift = report(one, place)
    before = hq.store.count(), hq.state_hash()

    def full(*_: Any, **__: Any) -> Any:
        raise Unavailable("the disk is full")

    with monkeypatch.context() as patched:
        patched.setattr(hq, "note_receipts", full)
        with pytest.raises(Unavailable):
            take(hq, gift)
    assert (hq.store.count(), hq.state_hash()) == before
    assert [out.what for out in take(hq, gift)] == ["new"]


def test_more_chains_than_one_receipt_holds_get_receipts_that_follow_each_other() -> None:
    """40 people on duty at one place: 38 lines in the first receipt, 2 in the second, in one chain."""
    hq = founded_ledger()
    place = point(hq, "Station")
    hosts = [phone(hq, f"host {k}", place) for k in range(LINES + 2)]
    gift = [fact for one in hosts for fact in report(one, place)]
    take(hq, gift)
    receipts = [row for row in hq.store.of_kinds(("receipt.noted",)) if row.key.scope == place]
    assert sorted(len(row.fact.body_value()["chains"]) for row in receipts) == [2, LINES]  # type: ignore[index]
    first, second = sorted(receipts, key=lambda row: row.seq)
    assert second.prev == first.id and second.key == first.key
    assert all(hq.standing(fact.id) == "headquarters" for fact in gift)


def test_a_message_that_gives_is_known_by_its_head() -> None:
    assert is_give(write_message(Give(b"\1" * 32, b"")))
    assert not is_give(write_message(Compare(b"\1" * 32, None, ())))
    assert not is_give(b"") and not is_give(b"shx.\x01")
