"""Which points everybody may see, and what of them."""

from __future__ import annotations

from typing import Any

import pytest

from shanyrak.facts.ledger import Ledger
from shanyrak.publish.blur import SIDE_E7, blurred
from shanyrak.publish.deployment import load_deployment
from shanyrak.publish.grid import MINUTE_MS
from shanyrak.publish.model import Deployment, PublicPoint, PublicView
from shanyrak.publish.view import public_view
from tests.ledgers import START_MS, empty_ledger, founded_ledger, ticking

KYIV = {"lon_e7": 305_000_000, "lat_e7": 504_000_000}
DONETSK = {"lon_e7": 378_000_000, "lat_e7": 480_000_000}
KHERSON = {"lon_e7": 326_000_000, "lat_e7": 466_400_000}
KRYVYI_RIH = {"lon_e7": 333_900_000, "lat_e7": 479_100_000}
NOW_MS = START_MS + 3_600_000
UKRAINE = load_deployment()


def point(ledger: Ledger, /, sealed: dict[str, Any] | None = None, **body: Any) -> bytes:
    """A point with a place, as a desk describes it."""
    return ledger.say("point.described", {"names": {"en": "School"}, **KYIV, **body}, sealed=sealed).id


def view(ledger: Ledger, now_ms: int = NOW_MS, deployment: Deployment = UKRAINE, **more: Any) -> PublicView:
    """What everybody may see."""
    return public_view(ledger, now_ms=now_ms, deployment=deployment, **more)


def only(ledger: Ledger, **more: Any) -> PublicPoint:
    """The one point there is to see."""
    (found,) = view(ledger, **more).points
    return found


@pytest.fixture
def ledger() -> Ledger:
    return founded_ledger()


@pytest.mark.parametrize(
    ("said", "is_shown"),
    [
        ([], True),  # on record, nothing said: unknown, which is not shut
        (["point.opened"], True),
        (["point.opened", "point.closed"], True),
        (["point.opened", "point.paused"], True),
        (["point.ready"], True),
        (["point.planned"], False),
        (["point.equipping"], False),
        (["point.planned", "point.equipping", "point.opened"], True),
        (["point.opened", "point.lost"], False),
    ],
)
def test_nobody_is_led_to_what_does_not_stand(ledger: Ledger, said: list[str], is_shown: bool) -> None:
    one = point(ledger)
    for kind in said:
        ledger.say(kind, {}, about=one)
    assert [found.id for found in view(ledger).points] == ([one.hex()] if is_shown else [])
    assert set(view(ledger).status) == ({one.hex()} if is_shown else set())


def test_shut_for_good_is_gone_until_it_opens_again(ledger: Ledger) -> None:
    one = point(ledger)
    ledger.say("point.closed", {"for_good": True}, about=one)
    assert not view(ledger).points
    ledger.say("point.closed", {}, about=one)  # said again, and not for good
    assert view(ledger).points
    ledger.say("point.closed", {"for_good": True}, about=one)
    ledger.say("point.opened", {}, about=one)
    assert view(ledger).points


def test_a_point_without_a_place_on_the_map_leads_nobody(ledger: Ledger) -> None:
    ledger.say("point.described", {"names": {"en": "Somewhere"}})
    assert not view(ledger).points


def test_archive_points_are_read_of_and_never_led_to(ledger: Ledger) -> None:
    past = ledger.say("initiative.started", {"archive": True, "names": {"en": "Then"}}).id
    then = point(ledger, initiative=past.hex())
    ledger.say("point.opened", {"happened": "2023-01"}, about=then)
    seen = view(ledger)
    assert not seen.points
    assert not seen.status
    assert [(one.type, one.archive) for one in seen.accounts] == [("initiative", True), ("point", True)]
    assert seen.accounts[0].points == (then.hex(),)


def test_hidden_points_leave_no_trace(ledger: Ledger) -> None:
    before = view(ledger)
    one = point(ledger)
    ledger.say("visibility.decided", {"place": "hidden"}, about=one)
    ledger.say("point.opened", {}, about=one)
    ledger.say("pledge.made", {"what": "fuel", "point": one.hex()})
    assert view(ledger) == before


def test_the_last_decision_holds(ledger: Ledger) -> None:
    one = point(ledger)
    for place, is_shown in (("hidden", False), ("public", True), ("hidden", False), ("blurred", True)):
        ledger.say("visibility.decided", {"place": place}, about=one)
        assert bool(view(ledger).points) is is_shown


@pytest.mark.parametrize(
    ("body", "is_shown"),
    [
        (KYIV, True),
        (KRYVYI_RIH, True),
        (DONETSK, False),
        (KHERSON, False),
        ({**KYIV, "district": "Донецька область"}, False),
        ({**KYIV, "town": "Zaporizhzhia"}, False),
        ({**KYIV, "address": "Донецька вулиця 4"}, True),  # a street is called so in many towns
    ],
)
def test_near_the_front_points_are_hidden_until_somebody_decides(
    ledger: Ledger, body: dict[str, Any], is_shown: bool
) -> None:
    one = point(ledger, **body)
    assert bool(view(ledger).points) is is_shown
    assert view(ledger, deployment=Deployment()).points  # a deployment elsewhere hides nothing
    ledger.say("visibility.decided", {"place": "public"}, about=one)
    assert view(ledger).points


def test_an_area_whose_name_says_so_hides_its_points(ledger: Ledger) -> None:
    area = ledger.say("area.described", {"names": {"uk": "Херсон"}}).id
    point(ledger, area=area.hex())
    assert not view(ledger).points


# blurred -----------------------------------------------------------------------------------------------
def test_a_blurred_point_tells_nothing_that_finds_it(ledger: Ledger) -> None:
    texts = {"entrance": {"en": "From the yard"}, "find": {"en": "Beside the clock"}}
    one = point(ledger, texts, address="Street 1", floor=2, district="Old town", town="Kyiv", operator="School 12")
    ledger.say("services.declared", {"heat": True, "shelter_address": "Cellar of Street 3"}, about=one)
    ledger.say("list.entered", {"list": "Official", "number": "88", "official": True}, about=one)
    exact = only(ledger)
    assert (exact.address, exact.floor, exact.entrance, exact.find) == ("Street 1", 2, *texts.values())
    assert exact.lists == (("Official", "88"),)
    ledger.say("visibility.decided", {"place": "blurred"}, about=one)
    rough = only(ledger)
    assert rough.blurred
    assert (rough.lon_e7, rough.lat_e7) == blurred(KYIV["lon_e7"], KYIV["lat_e7"]) != (exact.lon_e7, exact.lat_e7)
    assert not any((rough.names, rough.address, rough.entrance, rough.find, rough.lists, rough.operator))
    assert rough.floor is None
    assert (rough.district, rough.town, rough.official) == ("Old town", "Kyiv", True)
    assert set(rough.services) == {"heat"}
    assert not next(one for one in view(ledger).accounts if one.id == rough.id).names


def test_every_place_of_a_square_gives_the_same_middle() -> None:
    # Squares begin at whole multiples of 44,916 e-7 degrees of latitude: 11,220 * 44,916 = 503,957,520.
    south = 11_220 * SIDE_E7
    places = {blurred(305_000_000, south + up) for up in (0, 1, SIDE_E7 // 2, SIDE_E7 - 1)}
    assert len(places) == 1
    assert places != {blurred(305_000_000, south + SIDE_E7)}
    assert places.pop()[1] == south + SIDE_E7 // 2


@pytest.mark.parametrize(
    "place", [(0, 0), (-1, -1), (1_799_999_999, 10), (0, 899_999_999), (305_000_000, -899_999_999)]
)
def test_a_middle_is_within_its_square_anywhere(place: tuple[int, int]) -> None:
    lon, lat = blurred(*place)
    assert abs(lat - place[1]) <= SIDE_E7
    assert blurred(lon, lat) == (lon, lat)


# values ------------------------------------------------------------------------------------------------
def test_a_photo_is_public_once_it_was_released(ledger: Ledger) -> None:
    photo, other = "ab" * 32, "cd" * 32
    one = point(ledger, photo=photo)
    assert only(ledger).photo == ""
    ledger.say("release.decided", {"releases": ["photo"], "hash": other}, about=one)
    ledger.say("release.decided", {"releases": ["words"], "hash": photo}, about=one)
    assert only(ledger).photo == ""
    ledger.say("release.decided", {"releases": ["photo"], "hash": photo}, about=one)
    assert only(ledger).photo == photo


def test_a_secret_word_does_not_stand_for_a_public_one(ledger: Ledger) -> None:
    # Both kinds say "opens within": one is public, the other answers an order.
    one = point(ledger)
    ledger.say("point.ready", {"opens_within_min": 120}, about=one)
    order = ledger.say("activation.ordered", {"order": "open"}, about=one).id
    ledger.say("activation.acknowledged", {"acknowledged": order.hex(), "opens_within_min": 15}, about=one)
    assert only(ledger).opens_within_min == 120


def test_texts_taken_back_are_gone(ledger: Ledger) -> None:
    one = point(ledger, {"entrance": {"en": "From the yard"}})
    ledger.say("point.moved", {**KYIV}, about=one)
    assert only(ledger).entrance == {"en": "From the yard"}
    ledger.say("body.withheld", {"fact": one.hex(), "part": "sealed", "reason": "personal"}, about=one)
    assert only(ledger).entrance == {}


def test_lists_are_those_it_is_still_on(ledger: Ledger) -> None:
    one = point(ledger)
    ledger.say("list.entered", {"list": "Official", "number": "8", "official": True}, about=one)
    ledger.say("list.entered", {"list": "Ours"}, about=one)
    assert (only(ledger).lists, only(ledger).official) == ((("Official", "8"), ("Ours", "")), True)
    ledger.say("list.left", {"list": "Official"}, about=one)
    assert (only(ledger).lists, only(ledger).official) == ((("Ours", ""),), False)


def test_the_number_of_the_person_on_duty_comes_from_beside_the_ledger(ledger: Ledger) -> None:
    point(ledger, duty_phone="school-12")
    assert only(ledger).phone == ""
    assert only(ledger, phones={"school-12": "+380 44 000 00 00"}).phone == "+380 44 000 00 00"


def test_the_word_of_a_key_without_a_role_does_not_count(ledger: Ledger) -> None:
    stranger = empty_ledger("stranger", now_ms=ticking(START_MS + 60_000))
    stranger.join(ledger.net)
    stranger.accept([row.fact for _, row in ledger.store.arrived()])
    said = stranger.say("point.described", {"names": {"en": "Trap"}, **KYIV}, scope=ledger.net).id
    ledger.accept([stranger.store.get([said])[said].fact])
    assert not view(ledger).points


# since when it is public -------------------------------------------------------------------------------
def test_a_point_is_public_since_it_was_described_and_stays_so(ledger: Ledger) -> None:
    one = point(ledger)
    since = only(ledger).since_at_min
    assert since == ledger.store.get([one])[one].eff_ms // MINUTE_MS
    ledger.say("point.described", {"names": {"en": "School 12"}, **KYIV}, about=one)
    for kind in ("point.opened", "point.closed", "point.opened"):
        ledger.say(kind, {}, about=one)
    ledger.say("visibility.decided", {"place": "blurred"}, about=one)
    assert only(ledger).since_at_min == since


def test_a_point_near_the_front_is_new_when_somebody_shows_it() -> None:
    ledger = founded_ledger(now_ms=ticking(step_ms=10 * MINUTE_MS))
    one = point(ledger, **DONETSK)
    shown = ledger.say("visibility.decided", {"place": "public"}, about=one).id
    assert only(ledger).since_at_min == ledger.store.get([shown])[shown].eff_ms // MINUTE_MS


@pytest.mark.parametrize(
    ("away", "back"),
    [
        (("visibility.decided", {"place": "hidden"}), ("visibility.decided", {"place": "public"})),
        (("point.planned", {}), ("point.ready", {})),
        (("point.closed", {"for_good": True}), ("point.opened", {})),
    ],
)
def test_what_comes_into_sight_appears_as_new(away: tuple[str, Any], back: tuple[str, Any]) -> None:
    ledger = founded_ledger(now_ms=ticking(step_ms=10 * MINUTE_MS))
    one = point(ledger)
    ledger.say(*away, about=one)
    ledger.say("point.described", {"names": {"en": "School 12"}}, about=one)
    shown = ledger.say(*back, about=one).id
    assert only(ledger).since_at_min == ledger.store.get([shown])[shown].eff_ms // MINUTE_MS
