"""Journeys of a person in the cold through the finder: by street, by position, shut, offline, for someone else."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from shanyrak.publish.bundle_signing import opened
from tests.browser.conftest import Site
from tests.browser.finder import ANOTHER, PATIENCE_MS, STREET, Person, Static, static, words

pytestmark = pytest.mark.browser
Somebody = Callable[..., Person]


def test_by_street_where_the_phone_may_not_say_its_position(site: Site, person: Somebody) -> None:
    one = person(permissions=[]).open(site.address)
    one.search(STREET)
    expect(one.page.get_by_text(re.compile(r"^\d+\s+хв пішки$")).first).to_be_visible()
    assert one.heading.inner_text()
    assert one.page.get_by_text(one.t("if_shut")).is_visible()


def test_a_position_that_is_rough_or_elsewhere_is_not_used_and_it_says_so(site: Site, person: Somebody) -> None:
    for at, why in (
        ({"longitude": 30.4, "latitude": 50.4, "accuracy": 301}, "position.poor"),
        ({"longitude": 10.0, "latitude": 50.4, "accuracy": 10}, "position.outside"),
    ):
        one = person(permissions=["geolocation"], geolocation=at).open(site.address)
        one.button("where.position").click()
        expect(one.page.get_by_text(one.t(why, n=301) if "poor" in why else one.t(why))).to_be_visible()
        expect(one.heading).to_have_text(one.t("where.title"))
        one.search(STREET)  # and goes on without it


def test_the_door_is_shut_and_server_and_network_are_gone(site: Site, person: Somebody) -> None:
    one = person()
    with static(site.folder) as server:
        one.open(server.address)
        one.search(STREET)
        one.kept_offline()
    one.context.set_offline(True)
    one.page.reload()
    expect(one.link("go.start")).to_be_visible()
    one.at("#/")
    one.search(ANOTHER)  # a street that was not asked for while there was a network
    first = one.heading.inner_text()
    one.link("go.start").click()
    expect(one.heading).to_have_text(first)
    one.page.get_by_role("button", name=one.t("way.shut")).click()
    expect(one.heading).not_to_have_text(first)
    second = one.heading.inner_text()
    one.page.get_by_role("button", name=one.t("way.shut")).click()
    expect(one.heading).not_to_have_text(re.compile(f"^({re.escape(first)}|{re.escape(second)})$"))


def test_the_map_once_loaded_is_there_without_any_network(site: Site, person: Somebody) -> None:
    one = person()
    with static(site.folder) as server:
        one.open(server.address)
        one.search(STREET)
        one.kept_offline()
        one.link("go.others").click()
        one.page.get_by_role("button", name=re.compile(one.t("map.load", size="").split("(")[0])).click()
        expect(one.button("map.near")).to_be_visible(timeout=2 * PATIENCE_MS)
        one.page.wait_for_load_state("networkidle")
    one.context.set_offline(True)
    one.page.reload()
    one.button("map.show").click()
    expect(one.button("map.near")).to_be_visible(timeout=2 * PATIENCE_MS)
    assert one.page.get_by_text(one.t("map.failed")).count() == 0
    # The places on it lead to their screens.
    marks = one.page.locator("section", has=one.page.get_by_role("heading", name=one.t("map.title"))).get_by_role(
        "link"
    )
    assert marks.count() > 3


def test_for_someone_else_there_is_one_sentence_to_read_out(site: Site, person: Somebody) -> None:
    for language in ("uk", "en"):
        one = person().open(site.address, language)
        one.page.get_by_label(one.t("where.other")).check()
        one.search(STREET)
        region = one.page.get_by_role("region", name=one.t("go.read_out"))
        sentence = region.get_by_role("paragraph").inner_text()
        assert one.heading.inner_text() in sentence and sentence.endswith(".")
        assert not re.search(r"[{}]|undefined|null", sentence)


def test_by_keyboard_alone_from_the_start_to_go_here_and_back(site: Site, person: Somebody) -> None:
    one = person(permissions=[]).open(site.address)
    expect(one.link("app.saved")).to_be_visible()
    page = one.page
    name = "(e => (e.getAttribute('aria-label') || e.innerText || e.type || '').trim())(document.activeElement)"
    page.keyboard.press("Tab")
    assert page.evaluate(name) == one.t("app.skip")
    for _ in range(8):
        if page.evaluate("document.activeElement.type") == "search":
            break
        page.keyboard.press("Tab")
        assert page.evaluate("parseFloat(getComputedStyle(document.activeElement).outlineWidth)") >= 2, page.evaluate(
            name
        )
    page.keyboard.type(STREET)
    expect(page.get_by_role("search").get_by_role("listitem").first).to_be_visible()
    page.keyboard.press("Enter")  # the best of what is offered
    expect(one.link("go.start")).to_be_visible()
    expect(one.heading).to_be_focused()  # a screen is read from its heading on
    passed = []
    while page.evaluate(name) != one.t("go.start") and len(passed) < 12:
        page.keyboard.press("Tab")
        passed.append(page.evaluate(name))
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name=one.t("way.shut"))).to_be_visible()
    expect(one.heading).to_be_focused()
    page.keyboard.press("Shift+Tab")  # the heading has it again: before it stand 112 and "back"
    page.keyboard.press("Shift+Tab")
    assert page.evaluate(name) == one.t("app.back")
    page.keyboard.press("Enter")
    expect(one.link("go.start")).to_be_visible()


def test_a_code_at_a_door_that_names_the_network_is_told_as_checked(
    elsewhere: Static, site: Site, person: Somebody
) -> None:
    manifest = opened((site.folder / "data" / "manifest.shy").read_bytes(), "manifest")[0]
    for code, told in (("", "saved.checked_first"), (manifest["keys"][0], "saved.checked_door")):
        one = person()
        one.page.goto(f"{elsewhere.address}app/index.html" + (f"#net={manifest['net']}&key={code}" if code else ""))
        expect(one.link("app.saved")).to_be_visible()
        assert code not in one.page.url or not code  # not left in what is shared
        one.at("#/saved")
        expect(one.page.get_by_text(words()(told))).to_be_visible()
