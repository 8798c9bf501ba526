"""What a device is told by the exchange: its own place, what concerns it, and nothing of other places."""

from __future__ import annotations

from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from shanyrak.app.devices import beginnings, revoke
from shanyrak.app.sight import sight_of
from shanyrak.core.errors import InvalidInput
from shanyrak.facts.answering import Sight
from shanyrak.facts.exchange import SyncReport, sync
from shanyrak.facts.framing import encode
from shanyrak.facts.ledger import Ledger
from shanyrak.facts.messages import Compare, Give, read_message, write_message
from shanyrak.facts.signing_in import sign_in
from shanyrak.server.exchange import PATH, create_exchange_app
from tests.ledgers import empty_ledger
from tests.unit.server.people import HERE, Somebody, Town


@pytest.fixture
def town(tmp_path: Path) -> Town:
    made = Town(tmp_path)
    for place in (made.school, made.hall, made.pier):
        made.ledger.say("visit.counted", {"visits": 12}, about=place)
    made.ledger.say("pledge.made", {"what": "yurt"}, sealed={"giver": "A bakery"})
    made.ledger.say("consignment.left", {"to": made.pier.hex(), "fuel_ml": 40_000})
    made.ledger.say("mode.set", {"mode": "outage"}, about=made.centre)
    made.ledger.say("activation.ordered", {"order": "open"}, about=made.centre, sealed={"words": "Quick"})
    return made


def phone_of(town: Town, one: Somebody, scope: bytes) -> Ledger:
    """Their own ledger, as an invitation fills it."""
    phone = empty_ledger("phone", now_ms=town.clock)
    phone._pen._signer = phone.signer = one.signer
    phone.accept([row.fact for row in beginnings(town.ledger, scope)])
    return phone


def client_of(town: Town) -> TestClient:
    def told(ledger: Ledger, key: bytes) -> Sight | None:
        return sight_of(ledger, key, town.clock())

    app = create_exchange_app(town.ledger, require_admitted=True, now_ms=town.clock, sight=told)
    return TestClient(app, base_url=HERE)


def meet(town: Town, phone: Ledger) -> SyncReport:
    """An exchange of a phone with headquarters over HTTP, each request signed."""

    client = client_of(town)

    def ask(request: bytes) -> bytes:
        assert phone.signer is not None
        net = getattr(read_message(request), "net", b"")
        answer = client.post(PATH, content=request, headers=sign_in(phone.signer, net, request, town.clock()))
        if answer.status_code != 200:
            raise InvalidInput(answer.json()["error"]["what"])
        return answer.content

    return sync(phone, ask)


def kinds(phone: Ledger) -> set[str]:
    return {row.kind for _, row in phone.store.arrived()}


def test_a_host_gets_its_own_place_whole_and_what_concerns_it(town: Town) -> None:
    host = town.somebody("Petro", "host", town.school)
    phone = phone_of(town, host, town.school)
    meet(town, phone)
    school = phone.thing(town.school)
    assert school is not None and school.state["totals"]["visits"] == 12
    assert {"mode.set", "activation.ordered"} <= kinds(phone)


def test_a_host_learns_nothing_of_other_places_promises_and_deliveries(town: Town) -> None:
    host = town.somebody("Petro", "host", town.school)
    phone = phone_of(town, host, town.school)
    meet(town, phone)
    scopes = {row.key.scope for _, row in phone.store.arrived()}
    assert not scopes & {town.hall, town.pier, town.harbour}
    assert not {"pledge.made", "consignment.left"} & kinds(phone)


def test_a_host_reads_the_words_of_an_order_and_no_names_from_around(town: Town) -> None:
    town.somebody("Olena", "desk")
    host = town.somebody("Petro", "host", town.school)
    phone = phone_of(town, host, town.school)
    meet(town, phone)
    (order,) = [row for _, row in phone.store.arrived() if row.kind == "activation.ordered"]
    assert order.fact.sealed is not None and b"Quick" in order.fact.sealed
    fresh = empty_ledger("fresh", now_ms=town.clock)
    fresh._pen._signer = fresh.signer = host.signer
    fresh.accept([row.fact for _, row in town.ledger.store.arrived(0, 1)])
    meet(town, fresh)
    admitted = [row for _, row in fresh.store.arrived() if row.kind == "device.admitted"]
    told = {row.key.scope: row.fact.sealed is not None for row in admitted}
    assert told == {town.ledger.net: False, town.school: True}


def test_what_a_host_said_arrives_and_the_receipt_comes_back(town: Town) -> None:
    host = town.somebody("Petro", "host", town.school)
    phone = phone_of(town, host, town.school)
    said = phone.say("point.opened", {}, about=town.school)
    meet(town, phone)
    meet(town, phone)
    assert phone.standing(said.id) == "headquarters"
    point = town.ledger.thing(town.school)
    assert point is not None and point.now == "open"


def test_receipts_for_others_are_not_told(town: Town) -> None:
    one, other = town.somebody("Petro", "host", town.school), town.somebody("Vira", "host", town.hall)
    first, second = phone_of(town, one, town.school), phone_of(town, other, town.hall)
    second.say("point.opened", {}, about=town.hall)
    meet(town, second)
    meet(town, first)
    assert "receipt.noted" not in kinds(first)


def test_a_desk_of_an_area_gets_the_area_and_not_the_harbour(town: Town) -> None:
    desk = town.somebody("Olena", "desk", town.centre)
    phone = phone_of(town, desk, town.centre)
    meet(town, phone)
    scopes = {row.key.scope for _, row in phone.store.arrived()}
    assert {town.school, town.hall, town.centre} <= scopes
    assert not scopes & {town.pier, town.harbour}


def test_a_desk_of_the_whole_network_gets_everything(town: Town) -> None:
    desk = town.somebody("Olena", "desk")
    phone = phone_of(town, desk, town.ledger.net)
    meet(town, phone)
    assert phone.state_hash() == town.ledger.state_hash()


def test_who_was_shut_out_is_told_nothing_and_what_they_say_is_not_taken(town: Town) -> None:
    host = town.somebody("Petro", "host", town.school)
    phone = phone_of(town, host, town.school)
    meet(town, phone)
    revoke(town.ledger, host.key, now_ms=town.clock())
    phone.say("point.opened", {}, about=town.school)
    with pytest.raises(InvalidInput, match="not admitted"):
        meet(town, phone)
    point = town.ledger.thing(town.school)
    assert point is not None and point.now == ""


def test_a_phone_handed_over_at_the_door_brings_its_own_admission(town: Town) -> None:
    # Petro is on duty, offline. Vira comes with a new phone; headquarters has never heard of it.
    petro, vira = town.somebody("Petro", "host", town.school), town.somebody("Vira")
    his = phone_of(town, petro, town.school)
    his.say("device.admitted", {"key": vira.key.hex(), "role": "host", "scope": town.school.hex()}, about=town.school)
    hers = empty_ledger("hers", now_ms=town.clock)
    hers._pen._signer = hers.signer = vira.signer
    hers.accept([row.fact for _, row in his.store.arrived()])
    hers.say("point.opened", {}, about=town.school)
    door = client_of(town)
    give = write_message(Give(town.ledger.net, encode([row.fact for _, row in hers.store.arrived()], town.ledger.net)))
    hello = write_message(Compare(town.ledger.net, None, ()))
    first = door.post(PATH, content=hello, headers=sign_in(vira.signer, town.ledger.net, hello, town.clock()))
    assert first.status_code == 403, "who only asks brings nothing along"
    given = door.post(PATH, content=give, headers=sign_in(vira.signer, town.ledger.net, give, town.clock()))
    assert given.status_code == 200
    point = town.ledger.thing(town.school)
    assert point is not None and point.now == "open"
    meet(town, hers)


def test_an_admission_that_does_not_count_lets_nobody_in(town: Town) -> None:
    thief, friend = town.somebody("thief"), town.somebody("friend")
    body = {"key": friend.key.hex(), "role": "desk", "scope": town.ledger.net.hex()}
    own = empty_ledger("thief", now_ms=town.clock)
    own._pen._signer = own.signer = thief.signer
    own.accept([row.fact for row in beginnings(town.ledger, town.ledger.net)])
    own.say("device.admitted", body, about=town.ledger.net)
    give = write_message(Give(town.ledger.net, encode([row.fact for _, row in own.store.arrived()], town.ledger.net)))
    for one in (thief, friend):
        headers = sign_in(one.signer, town.ledger.net, give, town.clock())
        assert client_of(town).post(PATH, content=give, headers=headers).status_code == 403
