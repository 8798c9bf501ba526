"""All eight screens: for everybody who reads them, on any way that leads to them, and what they send."""

from __future__ import annotations

import json
import os
import re
import shutil
from collections.abc import Callable, Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, expect

from tests.browser.conftest import FLAGS, Site
from tests.browser.finder import ANOTHER, LANGUAGES, STREET, WCAG, Person, Static, static

pytestmark = pytest.mark.browser
Somebody = Callable[..., Person]
WEST, EAST = -30.0049, -29.9921
"""Two places in the made-up town, on one line."""


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_violation_of_wcag_22_aa_on_any_screen(site: Site, person: Somebody, language: str) -> None:
    one = person(color_scheme="dark" if language == "ru" else "light").open(site.address, language)
    one.search(STREET)
    found = {}
    for screen in one.screens():
        violations = Axe().run(one.page, options=WCAG).response["violations"]
        found[screen] = [(each["id"], [node["target"] for node in each["nodes"]]) for each in violations]
        # A browser that lacks a language writes a month as "M11", and what is missing of a sentence as its key.
        assert not re.search(r"\bM\d\d?\b|undefined|NaN|[{}]", one.page.inner_text("body")), screen
    assert len(found) == 8
    assert {screen: each for screen, each in found.items() if each} == {}


@pytest.mark.parametrize(("width", "text"), [(320, "100%"), (360, "200%")])
def test_nothing_is_wider_than_the_screen_however_large_the_text(
    site: Site, person: Somebody, width: int, text: str
) -> None:
    one = person(viewport={"width": width, "height": 640}).open(site.address, "de")  # the longest words
    one.search(STREET)
    one.page.evaluate(
        "size => { document.documentElement.style.fontSize = `calc(18px * ${parseInt(size) / 100})` }", text
    )
    for screen in one.screens():
        assert one.page.evaluate("document.documentElement.scrollWidth") <= width, screen


def test_what_is_asked_does_not_depend_on_where_somebody_is(elsewhere: Static, person: Somebody) -> None:
    journeys = []
    for lon, street in ((WEST, STREET), (EAST, ANOTHER)):
        at = {"longitude": lon, "latitude": 50.0, "accuracy": 20}
        one = person(permissions=["geolocation"], geolocation=at)
        begun = len(elsewhere.asked)
        one.open(elsewhere.address)
        one.button("where.position").click()
        expect(one.link("go.start")).to_be_visible()
        expect(one.page.get_by_text(one.t("walk.not_known"))).to_have_count(0)
        answer = one.page.get_by_role("main").inner_text()
        one.at("#/")
        one.search(street)
        one.link("go.others").click()
        one.at("#/go")
        one.link("go.start").click()
        one.page.get_by_role("button", name=one.t("way.shut")).click()
        one.kept_offline()
        journeys.append((answer, [asked.line for asked in elsewhere.asked[begun:]]))
    assert journeys[0][0] != journeys[1][0], "the two answers differ: other minutes, another arrow"
    assert sorted(journeys[0][1]) == sorted(journeys[1][1])
    for line in journeys[0][1] + journeys[1][1]:
        assert line.startswith(("GET ", "HEAD ")), line
        assert not re.search(r"30[.,]00|29[.,]99|50[.,]0|[?]|%D0", line), line


@pytest.fixture
def mapped(chromium: Browser) -> Iterator[Browser]:
    """A browser to which a name that is not this machine's leads here, as in a local network."""
    rule = "--host-resolver-rules=MAP warm.example 127.0.0.1"
    path = os.environ.get("CHROMIUM") or shutil.which("chromium")
    browser = chromium.browser_type.launch(executable_path=path, args=[*FLAGS, rule])
    yield browser
    browser.close()


def test_plain_http_in_a_local_network_has_search_and_neither_position_nor_worker(
    site: Site, person: Somebody, mapped: Browser
) -> None:
    one = person(browser=mapped).open(f"http://warm.example:{site.port}/")
    assert not one.page.evaluate("isSecureContext")
    assert one.page.evaluate("navigator.serviceWorker === undefined && crypto.subtle === undefined")
    one.search(STREET)  # the data were checked all the same, else there were no places
    expect(one.page.get_by_text(re.compile(r"^\d+\s+хв пішки$")).first).to_be_visible()
    expect(one.button("where.position")).to_have_count(0)


def test_a_word_on_a_door_is_one_request_with_nothing_else_in_it(elsewhere: Static, person: Somebody) -> None:
    one = person().open(elsewhere.address)
    one.search(STREET)
    point = one.point()
    begun = len(elsewhere.asked)
    one.at(f"#/said/{point}")
    one.button("visit.shut").click()
    expect(one.page.get_by_text(one.t("visit.sent"))).to_be_visible()
    (said,) = [asked for asked in elsewhere.asked[begun:] if asked.method == "POST"]
    assert said.target == "/said" and json.loads(said.body) == {"point": point, "state": "shut"}
    assert not {"cookie", "authorization", "referer"} & said.headers.keys()


def test_a_word_said_with_no_network_waits_on_the_phone_and_goes_out_later(site: Site, person: Somebody) -> None:
    with static(site.folder) as server:
        one = person().open(server.address)
        one.search(STREET)
        point = one.point()
        one.kept_offline()
        one.context.set_offline(True)
        one.at(f"#/said/{point}")
        one.button("visit.open").click()
        expect(one.page.get_by_text(one.t("visit.waits"))).to_be_visible()
        assert not [asked for asked in server.asked if asked.method == "POST"]
        # Closed in the meantime: a page that is torn down in the middle of sending says it again, for it got no answer.
        one.page.goto("about:blank")
        one.context.set_offline(False)
        one.open(server.address)
        expect(one.heading).to_be_visible()
        one.page.wait_for_timeout(1_500)
        assert [json.loads(asked.body) for asked in server.asked if asked.method == "POST"] == [
            {"point": point, "state": "open"}
        ]
