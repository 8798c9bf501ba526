"""A proposal, a decision, equipment, an open door, the giver's page: each person in a browser of their own."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from shanyrak.core.texts import texts
from tests.browser.desk import PHONE, Desk, Town, copied, served_town
from tests.browser.duty import Phone
from tests.browser.test_photos import camera, keep
from tests.conftest import Demo

pytestmark = [pytest.mark.browser, pytest.mark.slow]
FORMS = texts("uk", "forms", "words", "pages", "giver")


@pytest.fixture
def town(demo: Demo, tmp_path: Path) -> Iterator[Town]:
    with served_town(copied(demo.home, tmp_path / "whole-way")) as town:
        yield town


@pytest.fixture
def somebody(chromium: Browser) -> Iterator[Callable[[], Page]]:
    """People with a browser that runs no script."""
    contexts: list[BrowserContext] = []

    def one() -> Page:
        contexts.append(chromium.new_context(viewport=PHONE, java_script_enabled=False))  # type: ignore[arg-type]
        return contexts[-1].new_page()

    yield one
    for context in contexts:
        context.close()


def send(page: Page, key: str) -> None:
    page.get_by_role("button", name=FORMS(key)).click()


def published(town: Town, page: str, words: str) -> bool:
    """Whether a page is there and says so: it is written some seconds after its words, and a browser reads it once."""
    file = town.network.root / "public" / page
    return file.is_file() and words in file.read_text(encoding="utf-8")


def test_from_a_proposal_to_the_givers_page(
    chromium: Browser, town: Town, somebody: Callable[[], Page], tmp_path: Path
) -> None:
    # Somebody finds the form from the first page and proposes a yard.
    proposer = somebody()
    proposer.goto(f"{town.address}uk/index.html")
    proposer.get_by_role("link", name=FORMS("ways.propose")).click()
    proposer.locator("[name=name]").fill("Двір на Лісовій")
    proposer.locator("[name=address]").fill("Лісова 7")
    send(proposer, "propose.send")
    expect(proposer.get_by_role("heading", level=1)).to_have_text(FORMS("propose.done.title"))

    # Somebody else promises a yurt, and keeps the link.
    giver = somebody()
    giver.goto(f"{town.address}promise?lang=uk")
    giver.locator("[name=what]").select_option("yurt")
    giver.locator("[name=count]").fill("1")
    giver.locator("[name=publish]").select_option("chosen")
    giver.locator("[name=chosen]").fill("Родина з Алмати")
    send(giver, "promise.send")
    giver.get_by_role("link", name=FORMS("promise.done.link")).click()
    expect(giver.get_by_text(FORMS("giver.nowhere"))).to_be_visible()
    link = giver.url

    # The desk says where the yard lies, decides, plans; the yurt is complete, sets off, is put up.
    desk = Desk(chromium).join(town.invite("desk", name="Оксана"))
    desk.todo("proposal", "Двір на Лісовій").click()
    school = town.ledger.thing(town.points["Зал"])
    assert school is not None
    lat, lon = school.get("lat_e7") / 1e7 + 0.0005, school.get("lon_e7") / 1e7
    desk.page.get_by_label(desk.t("locate.typed")).fill(f"{lat:.6f}, {lon:.6f}")
    desk.button("proposal.yes").click()
    town.until(lambda: town.said("place.decided") != [])
    assert abs(town.said("place.decided")[0]["lat_e7"] - lat * 1e7) < 10  # a metre is 90 of these
    desk.go("equipment")
    desk.button("gear.make_point").click()
    town.until(lambda: town.said("point.planned") != [])
    point = next(thing.id for thing in town.ledger.things("point") if thing.get("address") == "Лісова 7")
    desk.page.locator("[data-promise]").get_by_role("button", name=desk.t("gear.is_ready")).click()
    kit = desk.page.locator(".board-ready [data-kit]")
    kit.get_by_text(desk.t("gear.act")).click()
    kit.get_by_label(desk.t("gear.where")).fill("Двір на Лісовій, Лісова 7")
    kit.get_by_role("button", name=desk.t("gear.left")).click()
    road = desk.page.locator(".board-road")
    road.get_by_role("button", name=desk.t("gear.arrived")).click()
    town.until(lambda: town.said("consignment.arrived") != [])
    kit = desk.page.locator(".board-ready [data-kit]")
    kit.get_by_text(desk.t("gear.act")).click()
    kit.get_by_label(desk.t("gear.where")).fill("Двір на Лісовій, Лісова 7")
    kit.get_by_role("button", name=desk.t("gear.stands")).click()
    town.until(lambda: town.said("kit.erected") != [])
    assert town.said("kit.erected")[-1]["point"] == point.hex()

    # The person on duty opens it, and photographs it for those who gave.
    host = Phone(chromium).join(town.invite("host", point))
    host.button("now.open").click()
    host.button("list.open_all_the_same").click()
    keep(host, camera(tmp_path / "yurt.jpg", "seagreen"))
    host.waits(0)
    desk.go("todo")
    desk.todo("photo", "Двір на Лісовій").click()
    desk.page.locator("[data-detail='photo']").get_by_role("button", name=re.compile("Юрта")).click()
    desk.button("photo.release_sure").click()
    town.until(lambda: any("photo" in one for one in town.said("kit.described")))
    town.until(lambda: any("photo" in one["releases"] for one in town.said("release.decided")))

    # The giver looks again: what it became, its steps, the photo that everybody else does not see.
    page = f"uk/p/{point.hex()[:10]}.html"
    town.until(lambda: published(town, page, "Родина з Алмати"), seconds=90)
    giver.goto(link)
    expect(giver.get_by_text("Двір на Лісовій")).to_be_visible()
    expect(giver.get_by_text(FORMS("state.open"))).to_be_visible()
    for step in ("pledge.made", "kit.assembled", "consignment.left", "consignment.arrived", "kit.erected"):
        expect(giver.get_by_text(FORMS(f"giver.step.{step}"), exact=True).first).to_be_visible()
    expect(giver.get_by_role("img", name=FORMS("giver.photo.equipment"))).to_be_visible()

    # Everybody: the place is there with the name the giver chose, and without the photo.
    proposer.goto(town.address + page)
    expect(proposer.get_by_text("Родина з Алмати")).to_be_visible()
    assert proposer.locator("img").count() == 0
    assert not (town.network.root / "public" / "photos").exists()
    host.context.close()
    desk.context.close()
    assert desk.complaints == []


def test_an_undertaking_is_begun_read_supported_and_on_the_public_page(
    chromium: Browser, town: Town, somebody: Callable[[], Page]
) -> None:
    person = somebody()
    person.goto(f"{town.address}uk/a/index.html")
    person.get_by_role("link", name=FORMS("ways.initiative")).click()
    person.locator("[name=name]").fill("Юрти для пагорба")
    person.locator("[name=idea]").fill("Дві юрти на пагорбі.")
    send(person, "initiative.send")
    expect(person.get_by_role("heading", level=1)).to_have_text(FORMS("initiative.done.title"))
    person.goto(f"{town.address}support?lang=uk")
    expect(person.get_by_role("heading", level=1)).to_have_text(FORMS("support.none.title"))

    desk = Desk(chromium).join(town.invite("desk", name="Оксана"))
    desk.todo("initiative", "Юрти для пагорба").click()
    expect(desk.page.get_by_text("Дві юрти на пагорбі.")).to_be_visible()
    desk.button("initiative.accept").click()
    desk.button("initiative.accept_sure").click()
    desk.until_sent()
    initiative = next(iter(town.ledger.things("initiative"))).id.hex()
    page = f"uk/a/{initiative[:10]}.html"
    town.until(lambda: published(town, page, "Дві юрти на пагорбі."), seconds=90)
    expect(desk.todo("initiative")).to_have_count(0)

    person.goto(town.address + page)
    expect(person.get_by_text("Дві юрти на пагорбі.")).to_be_visible()
    person.get_by_role("link", name=FORMS("account.support")).click()
    assert person.locator("[name=of]").input_value() == initiative
    person.locator("[name=support]").select_option("organisation")
    person.locator("[name=organisation]").fill("Громада Бучі")
    person.locator("[name=publish]").select_option("name")
    send(person, "support.send")
    expect(person.get_by_role("heading", level=1)).to_have_text(FORMS("support.done.title"))
    desk.todo("initiative").click()
    desk.button("initiative.accept").click()
    desk.button("initiative.accept_sure").click()
    town.until(lambda: published(town, page, "Громада Бучі"), seconds=90)
    person.goto(town.address + page)
    expect(person.get_by_text("Громада Бучі")).to_be_visible()
    desk.context.close()
    assert desk.complaints == []
