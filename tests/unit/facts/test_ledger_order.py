"""What is seen is a function of the set of facts, never of the order in which they came."""

from __future__ import annotations

import itertools

import msgspec

from shanyrak.facts.fact import Fact
from shanyrak.facts.receipts import lines_for
from shanyrak.facts.store import Row
from tests.ledgers_drawn import DAY_MS, HOUR_MS, People, facts, give, in_any_order, only, seen, taken_in


def test_a_receipt_for_another_branch_says_nothing_of_this_one() -> None:
    # One phone, put back to an image taken after its first word: two branches after seq 0.
    #   first <- lost       what headquarters had, and gave a receipt for (seq 0 to 1)
    #         <- kept       what the phone said afterwards: headquarters never had it
    people = People()
    hq = people.founded()
    phone = people.ledger("phone")
    give(hq, phone)
    phone.say("pledge.made", {"what": "wood"})
    image = phone.store.snapshot()  # type: ignore[attr-defined]
    phone.say("pledge.made", {"what": "water"})
    give(phone, hq)
    (chain,) = [chain.key for chain in hq.store.all_chains() if chain.key.origin == people.key("phone").public]
    hq.note_receipts([chain])

    again = people.ledger("phone", image)
    kept = again.say("pledge.made", {"what": "fuel"}).id
    assert again.standing(kept) == "kept"
    again.accept(only(hq, lambda header: header.kind == "receipt.noted"))
    assert again.standing(kept) == "kept"


def test_receipts_of_one_branch_do_not_keep_another_from_getting_its_own() -> None:
    # As before; headquarters lost its disk and has the receipts back, but not "lost". What the phone said is new.
    people = People()
    hq = people.founded()
    phone = people.ledger("phone")
    give(hq, phone)
    phone.say("pledge.made", {"what": "wood"})
    image = phone.store.snapshot()  # type: ignore[attr-defined]
    phone.say("pledge.made", {"what": "water"})
    give(phone, hq)
    (key,) = [chain.key for chain in hq.store.all_chains() if chain.key.origin == people.key("phone").public]
    hq.note_receipts([key])

    again = people.ledger("phone", image)
    kept = again.say("pledge.made", {"what": "fuel"}).id
    again.accept(only(hq, lambda header: header.kind == "receipt.noted"))
    new_disk = people.ledger("headquarters")
    give(again, new_disk)
    (lines,) = lines_for(new_disk.store, [key], witness=hq.signer.public, level="headquarters").values()  # type: ignore[union-attr]
    assert lines[-1]["head"] == kept.hex()


def test_a_clock_ahead_is_overruled_in_any_order() -> None:
    # The phone's clock is 400 days ahead; headquarters had the fact on the same day.
    people = People()
    hq = people.founded()
    phone = people.ledger("phone", ahead_ms=400 * DAY_MS)
    give(hq, phone)
    for what in ("wood", "water", "fuel"):
        people.now += HOUR_MS
        phone.say("pledge.made", {"what": what})
        give(phone, hq)
        hq.note_receipts([chain.key for chain in hq.store.all_chains()])
    assert len(hq.store.marks("clock")) == 3
    assert all(outcome == seen(hq) for outcome in in_any_order(people, hq))


def test_a_receipt_counts_from_its_witness_admission_on_in_any_order() -> None:
    # The second headquarters speaks before anybody here knows that it is one.
    people = People()
    first = people.founded()
    people.admit(first, "second", "headquarters")
    second = people.ledger("second")
    phone = people.ledger("phone", ahead_ms=400 * DAY_MS)
    give(first, second, phone)
    phone.say("pledge.made", {"what": "wood"})
    give(phone, second)
    second.note_receipts([chain.key for chain in second.store.all_chains()])
    assert len(second.store.marks("clock")) == 1
    assert all(outcome == seen(second) for outcome in in_any_order(people, second))


def test_an_area_that_is_described_last_changes_who_may_speak_in_its_points() -> None:
    # The desk is admitted for the area; the point lies in it; its status counts only once that is known.
    people = People()
    hq = people.founded()
    area = hq.say("area.described", {"name": "Left bank"}).id
    point = hq.say("point.described", {"names": {"en": "School 12"}}, scope=area).id
    people.admit(hq, "desk", "desk", area)
    desk = people.ledger("desk")
    give(hq, desk)
    desk.say("point.opened", {}, about=point)
    host = people.key("host").public.hex()
    desk.say("device.admitted", {"key": host, "role": "host"}, about=point)
    host_ledger = people.ledger("host")
    give(desk, host_ledger)
    host_ledger.say("point.paused", {"cause": "water"}, about=point)
    whole = facts(host_ledger)
    assert host_ledger.store.marks() == []
    founding, *rest = whole
    orders = list(itertools.permutations(rest))
    for order in people.draw.sample(orders, 90):
        assert seen(taken_in(people, founding, ([fact] for fact in order))) == seen(host_ledger)


def test_places_within_places_in_any_order() -> None:
    # The desk is admitted for the city; a point lies in a district of it. Point, district and city come in any order.
    people = People()
    hq = people.founded()
    city = hq.say("area.described", {"name": "City"}).id
    district = hq.say("area.described", {"name": "District"}, scope=city).id
    point = hq.say("point.described", {"names": {"en": "School 12"}}, scope=district).id
    people.admit(hq, "desk", "desk", city)
    desk = people.ledger("desk")
    give(hq, desk)
    desk.say("point.opened", {}, about=point)
    assert desk.store.marks() == []
    founding, *rest = facts(desk)
    for order in itertools.permutations(rest):
        assert seen(taken_in(people, founding, ([fact] for fact in order))) == seen(desk)


def test_somebody_takes_back_their_own_word_before_it_comes() -> None:
    # A pledge may be withheld by the giver, whom nobody admitted, because it is their own word.
    people = People()
    hq = people.founded()
    giver = people.ledger("giver")
    give(hq, giver)
    pledge = giver.say("pledge.made", {"what": "wood"}, sealed={"giver": "Somebody"}).id
    before = facts(giver)
    giver.say("body.withheld", {"fact": pledge.hex(), "reason": "asked"}, about=pledge)
    assert giver.store.get([pledge])[pledge].fact.body is None
    founding, said = before
    late = taken_in(people, founding, [facts(giver)[2:], [said]])
    assert late.store.get([pledge])[pledge].fact.sealed is None
    assert seen(late) == seen(giver)


def test_a_body_that_comes_later_does_all_it_would_have_done() -> None:
    # Every fact comes first without its body, then with it: an admission, a receipt, a withholding, a link.
    people = People()
    hq = people.founded()
    point = hq.say("point.described", {"names": {"en": "School 12"}}).id
    people.admit(hq, "host", "host", point)
    host = people.ledger("host", ahead_ms=30 * DAY_MS)
    give(hq, host)
    host.say("point.opened", {}, about=point)
    said = host.say("need.raised", {"short_of": "fuel", "point": point.hex()}, sealed={"note": "quick"}).id
    give(host, hq)
    hq.note_receipts([chain.key for chain in hq.store.all_chains()])
    hq.say("body.withheld", {"fact": said.hex(), "reason": "asked", "part": "sealed"}, about=said)
    founding, *rest = facts(hq)
    bare = [msgspec.structs.replace(fact, salt=None, body=None) for fact in rest]
    people.draw.shuffle(rest)
    late = taken_in(people, founding, [bare, *([fact] for fact in rest)])
    assert seen(late) == seen(hq)


def test_a_gap_that_closes_lets_a_receipt_reach_back() -> None:
    # seq 0 is here, 1 is not, 2 is; a receipt for 0 to 2 covers seq 0 only when 1 leads from it to the head.
    people = People()
    hq = people.founded()
    phone = people.ledger("phone", ahead_ms=400 * DAY_MS)
    give(hq, phone)
    for what in ("wood", "water", "fuel"):
        phone.say("pledge.made", {"what": what})
    give(phone, hq)
    hq.note_receipts([chain.key for chain in hq.store.all_chains()])
    founding, *rest = facts(hq)
    for order in itertools.permutations(rest):
        assert seen(taken_in(people, founding, ([fact] for fact in order))) == seen(hq)


def test_a_good_copy_counts_beside_a_forged_one_in_the_same_batch() -> None:
    people = People()
    hq = people.founded()
    phone = people.ledger("phone")
    give(hq, phone)
    pledge = phone.say("pledge.made", {"what": "wood"}).id
    good = phone.store.get([pledge])[pledge].fact
    forged = msgspec.structs.replace(good, sig=bytes(64))
    other_body = msgspec.structs.replace(good, salt=bytes(16))
    for batch in itertools.permutations([good, forged, other_body]):
        ledger = people.ledger()
        give(hq, ledger)
        outcomes = ledger.accept(list(batch))
        assert {outcome.what for outcome in outcomes if outcome.id == pledge} <= {"new", "known", "refused"}
        assert rows_of(ledger, [good])[pledge].fact == good


def rows_of(ledger: object, wanted: list[Fact]) -> dict[bytes, Row]:
    """The rows of some facts."""
    return ledger.store.get([fact.id for fact in wanted])  # type: ignore[attr-defined, no-any-return]
