"""At the desk: what several people at once live through, each in a browser of their own, on our own server."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.desk import Desk, Town, copied, served_town
from tests.browser.duty import Phone
from tests.conftest import Demo

pytestmark = [pytest.mark.browser, pytest.mark.slow]


@pytest.fixture
def town(demo: Demo, tmp_path: Path) -> Iterator[Town]:
    with served_town(copied(demo.home, tmp_path / "desk-home")) as town:
        yield town


@pytest.fixture
def at_desk(chromium: Browser) -> Iterator[Callable[..., Desk]]:
    desks: list[Desk] = []

    def somebody(language: str = "uk", **options: object) -> Desk:
        desks.append(Desk(chromium, language, **options))
        return desks[-1]

    yield somebody
    for one in desks:
        one.context.close()
    assert [one.complaints for one in desks if one.complaints] == []


def test_a_district_is_ordered_open_and_each_answer_is_seen(
    chromium: Browser, town: Town, at_desk: Callable[..., Desk]
) -> None:
    """School and library confirm on their phones, the yurt refuses, the station is silent and is called."""
    desk = at_desk().join(town.invite("desk", name="Оксана"))
    phones = {
        name: Phone(chromium).join(town.invite("host", town.points[name]))
        for name in ("Школа № 12", "Бібліотека", "Юрта в парку")
    }
    desk.go("orders")
    desk.page.locator("#order-where").select_option("Північ")
    desk.button("order.look").click()
    expect(desk.page.locator("[data-reached='4']")).to_be_visible()
    assert town.said("activation.ordered") == []  # looking orders nothing
    desk.button("order.give_open", n=4).click()
    desk.until_sent()
    town.until(lambda: len(town.said("activation.ordered")) == 1)
    silent = desk.page.locator("[data-tally='silent']")
    expect(silent).to_have_attribute("data-n", "4")
    expect(desk.page.locator("[data-tally='opened']")).to_have_attribute("data-n", "0")  # ordered is not open

    for name in ("Школа № 12", "Бібліотека"):
        phone = phones[name]
        phone.page.reload()
        phone.page.get_by_role("group", name=phone.t("now.order_yes")).get_by_role("button").first.click()
    yurt = phones["Юрта в парку"]
    yurt.page.reload()
    yurt.page.get_by_role("button", name=yurt.t("now.order_no")).click()
    yurt.page.get_by_role("group", name=yurt.t("now.order_no")).get_by_role("button").first.click()
    expect(desk.page.locator("[data-tally='confirmed']")).to_have_attribute("data-n", "2")
    expect(desk.page.locator("[data-tally='refused']")).to_have_attribute("data-n", "1")
    expect(silent).to_have_attribute("data-n", "1")

    # The station: three taps. It is chosen, they said "open", "plenty of room".
    desk.go("todo")
    desk.todo("ordered", "Вокзал").click()
    expect(desk.page.locator(".phone-none")).to_be_visible()  # of the station nobody knows a number
    desk.button("call.open").click()
    desk.button("band.free").click()
    desk.until_sent()
    town.until(lambda: town.state("Вокзал") == "open")
    assert town.said("point.opened")[-1]["via"] == "phone"
    expect(desk.page.locator("[data-settled]")).to_be_visible()
    expect(desk.todo("ordered", "Вокзал")).to_have_count(0)
    for phone in phones.values():
        phone.context.close()


def test_danger_at_a_place_reaches_two_desks(chromium: Browser, town: Town, at_desk: Callable[..., Desk]) -> None:
    one = at_desk().join(town.invite("desk", name="Оксана"))
    other = at_desk("en").join(town.invite("admin", name="Петро"))
    other.go("day")
    phone = Phone(chromium).join(town.invite("host", town.points["Зал"]))
    phone.go("danger")
    phone.page.get_by_role("button", name=phone.t("danger.co")).click()
    for desk in (one, other):
        expect(desk.page.locator(".alarm")).to_contain_text(desk.t("danger.co"))
    other.page.keyboard.press("x")
    expect(other.page.locator("[data-detail='incident']")).to_contain_text("Hall")
    assert town.state("Зал") == "closed"  # shut by the danger, and never open by itself
    phone.context.close()


def test_what_is_said_without_a_line_is_kept_and_arrives_once(town: Town, at_desk: Callable[..., Desk]) -> None:
    desk = at_desk().join(town.invite("desk"))
    desk.todo("silent", "Будинок культури").click()
    expect(desk.page.locator("[data-detail='silent']")).to_be_visible()
    desk.context.set_offline(True)
    desk.button("call.shut").click()
    expect(desk.page.get_by_role("group", name=desk.t("call.ask.shut"))).to_be_visible()
    desk.page.keyboard.press("1")
    expect(desk.page.locator("[data-waiting='1']")).to_be_visible()
    expect(desk.page.locator("[data-standing='phone']").first).to_be_visible()
    desk.context.set_offline(False)
    desk.until_sent()
    town.until(lambda: town.state("Будинок культури") == "closed")
    assert [one for one in town.said("point.closed") if one.get("via") == "phone"] == [
        {"cause": "hours", "via": "phone"}
    ]


def test_invited_shut_out_and_trying_again(town: Town, at_desk: Callable[..., Desk]) -> None:
    head = at_desk().join(town.invite("admin", name="Петро"))
    head.go("people")
    head.page.get_by_label(head.t("invite.role")).select_option("desk")
    head.page.get_by_label(head.t("invite.name"), exact=True).fill("Ірина")
    head.button("invite.make").click()
    link = head.page.locator("[data-invite]").get_attribute("data-invite")
    assert link is not None
    guest = at_desk().join(link)
    again = at_desk()
    again.page.goto(link)
    again.button("gate.accept").click()
    expect(again.page.get_by_role("alert")).to_be_visible()  # an invitation serves once
    device = head.page.locator(".device").filter(has_text="Ірина")
    device.get_by_role("button", name=head.t("people.revoke")).click()
    device.get_by_role("button", name=head.t("revoke.lost")).click()
    head.until_sent()
    expect(guest.page.get_by_role("alert")).to_be_visible()
    guest.page.reload()
    expect(guest.page.get_by_role("alert")).to_be_visible()
    expect(guest.page.locator(".menu")).to_have_count(0)


def test_report_of_the_day_is_approved_as_it_was_seen(town: Town, at_desk: Callable[..., Desk]) -> None:
    """Hall and kindergarten work by their last word; nobody heard of the house of culture: no word, not nought."""
    desk = at_desk().join(town.invite("desk", name="Оксана"))
    desk.go("day")
    expect(desk.page.locator("[data-day='ready']")).to_have_attribute("data-n", "4")
    shown = {
        name: int(desk.page.locator(f"[data-day='{name}']").get_attribute("data-n") or -1)
        for name in ("working", "ready", "not_working", "no_word")
    }
    assert sum(shown.values()) == 9
    assert shown["no_word"] >= 1
    desk.page.locator("#notes").fill("Мороз мінус 20")
    desk.button("day.approve").click()
    expect(desk.page.locator("[data-approved]")).to_contain_text("Оксана")
    with desk.page.expect_download() as paper:
        desk.button("day.one_page").click()
    assert paper.value.path().read_bytes().startswith(b"%PDF")


def test_from_a_proposal_to_an_open_door(town: Town, at_desk: Callable[..., Desk]) -> None:
    town.ledger.say(
        "place.proposed",
        {"names": {"uk": "Двір на Лісовій"}, "address": "Лісова 7", "area": town.area.hex(), "indoors": False},
    )
    pledge = town.ledger.say("pledge.made", {"what": "yurt", "publish": "name"}, sealed={"giver": "Громада"}).id
    desk = at_desk().join(town.invite("desk"))
    desk.todo("proposal", "Двір на Лісовій").click()
    desk.button("proposal.yes").click()
    town.until(lambda: town.said("place.decided") != [])
    desk.go("equipment")
    desk.button("gear.make_point").click()
    town.until(lambda: town.said("point.planned") != [])
    point = next(thing for thing in town.ledger.things("point") if thing.get("address") == "Лісова 7")
    promise = desk.page.locator(f"[data-promise='{pledge.hex()}']")
    promise.get_by_role("button", name=desk.t("gear.is_ready")).click()
    kit = desk.page.locator(".board-ready [data-kit]")
    kit.get_by_text(desk.t("gear.act")).click()
    kit.get_by_label(desk.t("gear.where")).fill("Двір на Лісовій, Лісова 7")
    kit.get_by_role("button", name=desk.t("gear.stands")).click()
    expect(desk.page.locator(".board-standing [data-kit]")).to_be_visible()
    desk.go("place", point.id.hex())
    desk.button("call.open").click()
    desk.button("call.not_asked").click()
    expect(desk.page.locator("[data-state='open']")).to_be_visible()
    assert town.said("kit.erected")[-1]["point"] == point.id.hex()


def test_three_hundred_messy_rows_are_taken_in_and_five_twins_are_settled(
    town: Town, at_desk: Callable[..., Desk], tmp_path: Path
) -> None:
    """Five rows lie 20 m from places known under another spelling: three are the same, two are not."""
    known = [
        town.ledger.thing(town.points[name]) for name in ("Школа № 12", "Бібліотека", "Юрта в парку", "Зал", "Садок")
    ]
    rows = []
    for at, thing in enumerate(known):
        assert thing is not None
        name = f"{thing.get('names')['uk'].lower()}."
        lon, lat = thing.get("lon_e7") / 1e7, thing.get("lat_e7") / 1e7 + 0.0002
        rows.append(f"{at + 1};{name};;{lat:.7f};{lon:.7f};Північ;50")
    # Blanks around names, seats in words, rows that say nothing: as lists come.
    rows += [f"{n};  Пункт {n} ;Довга вул. {n};;;Південь;{'багато' if n % 50 == 0 else n}" for n in range(100, 394)]
    rows += [";;;;;;"]
    file = tmp_path / "city.csv"
    file.write_text("\n".join(["№;Назва;Адреса;Широта;Довгота;Район;Місткість", *rows]), encoding="utf-8")

    desk = at_desk().join(town.invite("desk"))
    desk.go("list")
    desk.page.get_by_label(desk.t("list.file")).set_input_files(file)
    desk.button("list.look").click()
    twins = desk.page.locator("[data-twin]")
    expect(twins).to_have_count(5)
    before = len(list(town.ledger.things("point")))
    for same in (True, True, True, False, False):
        desk.page.keyboard.press("s" if same else "t")
    expect(desk.page.locator("[data-twin][data-settled='true']")).to_have_count(3)
    expect(desk.page.locator("[data-twin][data-settled='false']")).to_have_count(2)
    desk.button("list.take").click()
    expect(desk.page.locator("[data-taken]")).to_be_visible()
    bad = sum(n % 50 == 0 for n in range(100, 394))
    after = len(list(town.ledger.things("point")))
    assert after == before + 294 - bad + 2, (
        "three rows went into places that were there, and what cannot be read stays out"
    )
