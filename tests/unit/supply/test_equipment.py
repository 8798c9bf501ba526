"""From a promise to equipment that stands, and what becomes of it: every step by what was said, none by guessing."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from shanyrak.facts.ledger import Ledger
from shanyrak.supply.equipment import Delivery, Kit, Promise, Supply, supply
from tests.ledgers import empty_ledger, founded_ledger, point, ticking


class Yard:
    """A headquarters with a school, told of equipment."""

    def __init__(self) -> None:
        self.ledger: Ledger = founded_ledger(now_ms=ticking())
        self.school = point(self.ledger, "School")

    def say(self, kind: str, on: bytes = b"", /, sealed: dict[str, Any] | None = None, **body: Any) -> bytes:
        return self.ledger.say(kind, body, about=on, sealed=sealed).id

    def now(self) -> Supply:
        return supply(self.ledger)

    def kit(self, kit: bytes) -> Kit:
        return next(one for one in self.now().kits if one.id == kit.hex())

    def promise(self, pledge: bytes) -> Promise:
        return next(one for one in self.now().promises if one.id == pledge.hex())

    def delivery(self, consignment: bytes) -> Delivery:
        return next(one for one in self.now().deliveries if one.id == consignment.hex())


@pytest.fixture
def yard() -> Yard:
    return Yard()


def test_nothing_was_said_so_there_is_nothing(yard: Yard) -> None:
    assert yard.now() == Supply(spans={})


def test_a_yurt_from_promise_to_standing_and_down_again(yard: Yard) -> None:
    pledge = yard.say("pledge.made", sealed={"giver": "Aigerim"}, what="yurt", count=1, publish="name")
    assert (yard.promise(pledge).state, yard.promise(pledge).giver) == ("promised", "Aigerim")
    kit = yard.say("kit.assembled", names={"en": "Yurt"}, pledges=[pledge.hex()])
    assert (yard.kit(kit).state, yard.promise(pledge).state) == ("assembled", "promised")
    lorry = yard.say("consignment.left", kits=[kit.hex()], to=yard.school.hex())
    assert yard.kit(kit).state == "on_the_road"
    yard.say("consignment.arrived", lorry, at=yard.school.hex(), complete=True)
    assert (yard.kit(kit).state, yard.delivery(lorry).state) == ("assembled", "arrived"), "arrived is not put up"
    assert yard.promise(pledge).state == "arrived"
    yard.say("kit.erected", kit, point=yard.school.hex())
    assert (yard.kit(kit).state, yard.kit(kit).point) == ("standing", yard.school.hex())
    yard.say("kit.dismantled", kit, cause="season")
    assert (yard.kit(kit).state, yard.kit(kit).point) == ("down", ""), "what is down stands nowhere"
    assert yard.promise(pledge).kits == (kit.hex(),)


def test_of_two_yurts_promised_one_stands(yard: Yard) -> None:
    pledge = yard.say("pledge.made", what="yurt", count=2)
    first = yard.say("kit.assembled", pledges=[pledge.hex()])
    yard.say("kit.erected", first, point=yard.school.hex())
    assert yard.promise(pledge).state == "part"
    second = yard.say("kit.assembled", pledges=[pledge.hex()])
    yard.say("kit.erected", second, point=yard.school.hex())
    assert yard.promise(pledge).state == "arrived"


@pytest.mark.parametrize(
    ("what", "count", "state"), [("wood", 40, "arrived"), ("yurt", 40, "part"), ("tent", 1, "arrived")]
)
def test_only_houses_are_counted_piece_by_piece(yard: Yard, what: str, count: int, state: str) -> None:
    """Forty bags of firewood are one load; forty yurts are forty."""
    pledge = yard.say("pledge.made", what=what, count=count)
    kit = yard.say("kit.assembled", pledges=[pledge.hex()])
    yard.say("kit.erected", kit, point=yard.school.hex())
    assert yard.promise(pledge).state == state


def test_a_promise_taken_back_is_so_whatever_came_of_it(yard: Yard) -> None:
    pledge = yard.say("pledge.made", what="stove", costs_until="2026-12-31", point=yard.school.hex())
    yard.say("pledge.withdrawn", pledge, cause="cannot")
    assert yard.promise(pledge).state == "withdrawn"
    assert yard.now().paid_until(yard.school.hex(), date(2026, 11, 23)) is None


def test_what_set_off_again_after_it_stood_is_on_the_road(yard: Yard) -> None:
    kit = yard.say("kit.assembled")
    yard.say("kit.erected", kit, point=yard.school.hex())
    yard.say("kit.dismantled", kit)
    yard.say("consignment.left", kits=[kit.hex()])
    assert yard.kit(kit).state == "on_the_road"
    yard.say("kit.erected", kit, point=yard.school.hex())
    assert yard.kit(kit).state == "standing", "who put it up knows better than a lorry nobody heard of again"


@pytest.mark.parametrize(
    ("mended", "left"),
    [([], ("frame", "stove")), (["stove"], ("frame",)), (["everything"], ()), (["cover"], ("frame", "stove"))],
)
def test_broken_until_mended(yard: Yard, mended: list[str], left: tuple[str, ...]) -> None:
    kit = yard.say("kit.assembled")
    yard.say("kit.damaged", kit, damaged=["frame"])
    yard.say("kit.damaged", kit, damaged=["stove"])
    if mended:
        yard.say("kit.repaired", kit, repaired=mended)
    assert yard.kit(kit).damaged == left


def test_custody_goes_from_hand_to_hand_with_its_paper(yard: Yard) -> None:
    kit = yard.say("kit.assembled")
    yard.say("custody.transferred", kit, holder="City of Bucha", act="A-7")
    yard.say("custody.transferred", kit, holder="School 12")
    assert (yard.kit(kit).holder, yard.kit(kit).act) == ("School 12", "A-7")


def test_running_costs_follow_the_yurt_they_were_promised_with(yard: Yard) -> None:
    pledge = yard.say("pledge.made", what="yurt", costs_from="2026-11-01", costs_until="2027-01-31")
    kit = yard.say("kit.assembled", pledges=[pledge.hex()])
    today = date(2026, 11, 23)
    assert yard.now().paid_until(yard.school.hex(), today) is None
    yard.say("kit.erected", kit, point=yard.school.hex())
    assert yard.now().paid_until(yard.school.hex(), today) == date(2027, 1, 31)
    hall = point(yard.ledger, "Hall")
    yard.say("kit.dismantled", kit)
    yard.say("kit.erected", kit, point=hall.hex())
    assert yard.now().paid_until(yard.school.hex(), today) is None
    assert yard.now().paid_until(hall.hex(), today) == date(2027, 1, 31)


def test_a_point_that_lists_a_promise_is_paid_by_it(yard: Yard) -> None:
    pledge = yard.say("pledge.made", what="running_costs", costs_until="2026-12-31")
    yard.say("point.equipping", yard.school, pledges=[pledge.hex()])
    assert yard.now().paid_until(yard.school.hex(), date(2026, 11, 23)) == date(2026, 12, 31)


def test_what_a_stranger_says_of_equipment_changes_nothing(yard: Yard) -> None:
    """Anybody may promise; only who was admitted says that something stands."""
    kit = yard.say("kit.assembled")
    stranger = empty_ledger("stranger", now_ms=ticking())
    stranger.accept([row.fact for _, row in yard.ledger.store.arrived()])
    stranger.say("kit.erected", {"point": yard.school.hex()}, about=kit)
    promised = stranger.say("pledge.made", {"what": "wood"}).id
    yard.ledger.accept([row.fact for _, row in stranger.store.arrived()])
    assert yard.kit(kit).state == "assembled"
    assert yard.promise(promised).state == "promised"


def test_loads_are_told_as_they_were_counted_and_what_nobody_counted_is_not_nought(yard: Yard) -> None:
    lorry = yard.say("consignment.left", fuel_ml=200_000, meals=0, to=yard.school.hex())
    told = yard.delivery(lorry)
    assert told.loads == {"fuel_ml": 200_000, "meals": 0}
    assert (told.to, told.arrived_at_min) == (yard.school.hex(), None)
    assert told.left_at_min is not None
