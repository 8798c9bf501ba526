"""The plan on the page, as a person meets it. Works on any plan: what is expected is read from its data."""

from __future__ import annotations

import re
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import WITHOUT_WEBGL, Open, served

pytestmark = pytest.mark.browser

PHONE = {"width": 360, "height": 740}
WIDE = {"width": 1400, "height": 900}
BOTH = pytest.mark.parametrize("size", [PHONE, WIDE], ids=["phone", "wide"])
SPOKEN = pytest.mark.parametrize("language", ["en", "uk"])
WCAG = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}


@pytest.fixture(scope="module")
def plan(address: str) -> dict:
    """The plan that the page shows first."""
    with httpx.Client(base_url=address, trust_env=False) as client:
        newest = client.get("/api/v1/plans").json()["plans"][0]["id"]
        return client.get(f"/api/v1/plans/{newest}").json()


def words(page: Page, selector: str) -> str:
    """Text of an element with plain spaces."""
    return re.sub(r"\s+", " ", page.locator(selector).first.inner_text())


@BOTH
@SPOKEN
def test_a_click_on_the_map_opens_the_reasons_and_nothing_leaves_the_machine(
    open_page: Open, plan: dict, size: dict, language: str
) -> None:
    opened = open_page(**size, query=f"?lang={language}")
    opened.wait_for_map()
    page = opened.page
    site = plan["summary"]["sites"][0]
    adds = round(site["adds_persons"])

    page.locator(f".marker[data-place='{site['id']}']").click()
    row = page.locator(f"[data-place-row='{site['id']}']")
    expect(row.locator(".place-head")).to_have_attribute("aria-expanded", "true")
    reasons = row.locator(".why li")
    expect(reasons.first).to_be_in_viewport()
    assert re.sub(r"\D", "", reasons.first.inner_text()).startswith(str(adds))
    assert reasons.count() >= 2
    opened.wait_for_map()
    # The map shows the place chosen, and the list below or beside it too.
    expect(page.locator(f".marker[data-place='{site['id']}']")).to_be_in_viewport()

    assert {urlsplit(url).hostname for url in opened.requests if not url.startswith(("data:", "blob:"))} == {
        "127.0.0.1"
    }
    assert any("basemap.pmtiles" in url for url in opened.requests)
    assert opened.failures == []
    assert opened.complaints == []


@BOTH
@pytest.mark.parametrize(("language", "scheme"), [("en", "light"), ("uk", "light"), ("en", "dark")])
def test_no_violation_of_wcag_22_aa(open_page: Open, plan: dict, size: dict, language: str, scheme: str) -> None:
    opened = open_page(**size, query=f"?lang={language}", color_scheme=scheme, reduced_motion="reduce")
    opened.wait_for_map()
    opened.page.locator(".place-head").first.click()
    for summary in opened.page.locator("summary").all():
        summary.click()
    opened.wait_for_map()
    found = Axe().run(opened.page, options=WCAG).response["violations"]
    assert [(v["id"], [n["target"] for n in v["nodes"]]) for v in found] == []


def test_the_page_begins_with_the_sentence(open_page: Open, plan: dict) -> None:
    opened = open_page(webgl=False)
    summary = plan["summary"]
    expect(opened.page.locator("h1")).to_be_visible()
    sentence = words(opened.page, "h1")
    assert f"{int(summary['covered_persons']):,} people" in sentence
    assert f"within {summary['minutes']} minutes" in sentence
    assert f"no other {summary['k']} could bring more" in sentence
    assert (len(plan["existing"]) > 0) == ("already" in sentence)


@SPOKEN
def test_a_made_up_town_says_so_all_the_time(open_page: Open, plan: dict, language: str) -> None:
    phrase = {"en": "Made-up town", "uk": "Вигадане місто"}[language]
    page = open_page(**WIDE, query=f"?lang={language}", webgl=False).page
    expect(page.locator(".made-up")).to_have_text(phrase)
    page.evaluate("scrollTo(0, document.body.scrollHeight)")
    expect(page.locator(".made-up")).to_be_in_viewport()
    assert phrase in page.title()
    assert phrase in words(page, ".map-source")


def test_the_language_is_the_readers_and_can_be_changed(open_page: Open) -> None:
    page = open_page(query="", locale="uk-UA", webgl=False).page
    expect(page.locator("html")).to_have_attribute("lang", "uk")
    expect(page.locator("#places-title")).to_contain_text("Місця")
    page.get_by_label("Мова").select_option("en")
    expect(page.locator("html")).to_have_attribute("lang", "en")
    expect(page.locator("#places-title")).to_contain_text("places")
    page.reload()
    expect(page.locator("html")).to_have_attribute("lang", "en")


def test_everything_can_be_reached_with_the_keyboard(open_page: Open, plan: dict) -> None:
    opened = open_page(**WIDE)
    opened.wait_for_map()
    page = opened.page
    markers = [site["id"] for site in plan["summary"]["sites"]] + [point["id"] for point in plan["existing"]]
    stops: list[str] = []
    for _ in range(60 + 2 * len(markers)):
        page.keyboard.press("Tab")
        stop = page.evaluate(
            """() => { const e = document.activeElement;
            return e.dataset.place ? `marker ${e.dataset.place}` : e.closest('[data-place-row]')
                ? `row ${e.closest('[data-place-row]').dataset.placeRow}` : `${e.tagName} ${e.className}`; }"""
        )
        if stop.startswith("BODY"):
            break
        stops.append(stop)
        seen = page.evaluate(
            """() => { const r = document.activeElement.getBoundingClientRect();
            return r.width > 0 && r.height > 0 && r.right > 0 && r.bottom > 0; }"""
        )
        assert seen, f"focus is nowhere to be seen: {stop}"
    assert stops[0] == "A skip"
    assert [s.removeprefix("marker ") for s in stops if s.startswith("marker ")] == markers
    assert [s.removeprefix("row ") for s in stops if s.startswith("row ")] == markers
    assert any(s.startswith("SUMMARY") for s in stops)
    assert sum(s.startswith("A ") for s in stops) >= 5  # two skip links and three files


def test_enter_on_a_marker_opens_and_the_row_closes_again(open_page: Open, plan: dict) -> None:
    opened = open_page(**WIDE)
    opened.wait_for_map()
    page = opened.page
    site = plan["summary"]["sites"][-1]["id"]
    page.locator(f".marker[data-place='{site}']").focus()
    page.keyboard.press("Enter")
    head = page.locator(f"[data-place-row='{site}'] .place-head")
    expect(head).to_have_attribute("aria-expanded", "true")
    expect(page.locator(f".marker[data-place='{site}']")).to_have_attribute("aria-pressed", "true")
    head.focus()
    page.keyboard.press("Enter")
    expect(head).to_have_attribute("aria-expanded", "false")
    expect(page.locator(f".marker[data-place='{site}']")).to_have_attribute("aria-pressed", "false")


def test_the_skip_links_lead_past_the_header_and_past_the_map(open_page: Open) -> None:
    opened = open_page(**WIDE)
    opened.wait_for_map()
    page = opened.page
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "sentence"
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip skip-map"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "places"


def test_the_curve_is_a_table_as_well(open_page: Open, plan: dict) -> None:
    page = open_page(**WIDE, webgl=False).page
    expect(page.locator(".curve svg")).to_have_attribute("role", "img")
    page.locator("summary").first.click()
    curve = "[aria-labelledby='curve-title'] tbody tr"
    expect(page.locator(curve)).to_have_count(len(plan["curve"]))
    last = plan["curve"][-1]
    assert words(page, f"{curve}:last-child th") == str(last["k"])
    assert words(page, "tbody tr:last-child td") == f"{int(last['covered_persons']):,}"


def test_without_webgl_the_list_says_the_same(open_page: Open) -> None:
    opened = open_page(**PHONE, webgl=False)
    expect(opened.page.locator(".map-note")).to_contain_text("cannot be drawn here")
    opened.page.locator(".place-head").first.click()
    expect(opened.page.locator(".why li").first).to_be_visible()
    assert not any("maplibre" in url or "pmtiles" in url for url in opened.requests)
    assert opened.complaints == []


@pytest.mark.parametrize("language", ["en", "uk"])
@pytest.mark.parametrize(("width", "text_percent"), [(320, 100), (360, 200), (1400, 200)])
def test_nothing_is_cut_off_when_narrow_or_large(open_page: Open, width: int, text_percent: int, language: str) -> None:
    opened = open_page(width=width, height=640, query=f"?lang={language}")
    opened.wait_for_map()
    # The reader's own text size, as set in the browser: 16 px is what browsers come with.
    session = opened.page.context.new_cdp_session(opened.page)
    session.send("Page.setFontSizes", {"fontSizes": {"standard": 16 * text_percent // 100}})
    size = opened.page.evaluate("getComputedStyle(document.documentElement).fontSize")
    assert size == f"{18 * text_percent // 100}px"
    opened.page.locator(".place-head").first.click()
    wide = opened.page.evaluate(
        """() => [...document.querySelectorAll('body *')]
        .filter(e => !e.closest('.map, .skip, .only-read, .table-frame, svg'))
        .filter(e => e.getBoundingClientRect().right > innerWidth + 1).map(e => `${e.tagName}.${e.className}`)"""
    )
    assert wide == []
    assert opened.page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_targets_are_large_enough_for_a_thumb(open_page: Open) -> None:
    opened = open_page(**PHONE)
    opened.wait_for_map()
    small = opened.page.evaluate(
        """() => [...document.querySelectorAll('button, select, summary, .files a')].filter(e => e.offsetParent)
        .filter(e => e.getBoundingClientRect().height < (e.closest('.map-buttons') ? 48 : 55.9))
        .map(e => `${e.className} ${e.getBoundingClientRect().height}`)"""
    )
    assert small == []


def test_a_reader_who_wants_no_motion_gets_none(open_page: Open, plan: dict) -> None:
    opened = open_page(**WIDE, reduced_motion="reduce")
    opened.wait_for_map()
    page = opened.page
    page.evaluate(
        """() => { window.moves = 0; const seen = new MutationObserver(() => window.moves++);
        seen.observe(document.querySelector('.marker'), { attributes: true, attributeFilter: ['style'] }); }"""
    )
    page.locator(".place-head").last.click()
    opened.wait_for_map()
    page.wait_for_timeout(300)
    # Without animation the markers are moved once or twice, with it once a frame.
    assert page.evaluate("window.moves") <= 3


def test_the_report_and_the_files_are_there(open_page: Open, plan: dict) -> None:
    page = open_page(**WIDE, webgl=False).page
    links = page.locator(".files a")
    expect(links).to_have_count(3)
    for i in range(3):
        answer = page.request.get(links.nth(i).evaluate("a => a.href"))
        assert answer.status == 200
    links.first.click()
    expect(page.locator("h1").first).to_be_visible()


def test_no_plan_yet_says_how_to_make_one(chromium: Browser, tmp_path: Path) -> None:
    with served(tmp_path) as address:
        page = chromium.new_page()
        page.goto(address + "?lang=en")
        expect(page.locator("h1")).to_have_text("There is no plan yet.")
        expect(page.locator("main")).to_contain_text("shanyrak plan")
        page.close()


def test_a_program_that_was_ended_is_named_and_can_be_tried_again(chromium: Browser, home: Path) -> None:
    page = chromium.new_page()
    page.add_init_script(WITHOUT_WEBGL)
    gone = True
    page.route("**/api/v1/plans", lambda route: route.abort() if gone else route.continue_())
    with served(home) as address:
        page.goto(address + "?lang=en")
        expect(page.get_by_role("alert")).to_contain_text("does not answer")
        gone = False
        page.get_by_role("button", name="Try again").click()
        expect(page.locator("#sentence")).to_be_visible()
    page.close()
