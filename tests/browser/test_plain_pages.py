"""Plain pages as a person meets them, opened from a folder as from a stick: no script, no request, every language."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page

from shanyrak.publish.pages import write_pages
from tests.unit.publish.pages.drawn import (
    ARCHIVE,
    INITIATIVE,
    LANGUAGES,
    SCHOOL,
    STREETS,
    YURT,
    many,
    many_streets,
    small,
    small_walks,
    town,
)

pytestmark = pytest.mark.browser

WCAG = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
EVERY_KIND = {
    "home": "index.html",
    "place": f"p/{SCHOOL.id[:10]}.html",
    "contradicted": f"p/{YURT.id[:10]}.html",
    "account": f"a/{INITIATIVE.id[:10]}.html",
    "accounts": "a/index.html",
    "remembered": f"remembered/{ARCHIVE.id[:10]}.html",
}
KINDS = pytest.mark.parametrize("kind", EVERY_KIND)
SPOKEN = pytest.mark.parametrize("language", LANGUAGES)


def written(folder: Path, pages: dict[str, bytes]) -> Path:
    for path, page in pages.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(page)
    return folder


@pytest.fixture(scope="module")
def stick(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder as it lies on a stick."""
    return written(tmp_path_factory.mktemp("stick"), write_pages(small(), town(STREETS), small_walks(), served=True))


@pytest.fixture(scope="module")
def city(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A town with more points than one page holds."""
    return written(tmp_path_factory.mktemp("city"), write_pages(many(70), town(many_streets(60)), None))


@pytest.fixture(scope="module")
def asked() -> list[str]:
    """Everything that any page asked for."""
    return []


@pytest.fixture
def page(chromium: Browser, asked: list[str]) -> Iterator[Page]:
    """A page of a narrow phone."""
    context = chromium.new_context(viewport={"width": 320, "height": 640})
    one = context.new_page()
    one.on("request", lambda request: asked.append(request.url))
    yield one
    context.close()


def go(page: Page, folder: Path, path: str) -> None:
    page.goto((folder / path).as_uri())


def faults(page: Page, wanted: dict[str, list[str]] = WCAG) -> list[str]:
    found = Axe().run(page, options=wanted)
    return [f"{one['id']}: {one['nodes'][0]['html'][:120]}" for one in found.response["violations"]]


@SPOKEN
@KINDS
def test_axe_finds_nothing(page: Page, stick: Path, kind: str, language: str) -> None:
    go(page, stick, f"{language}/{EVERY_KIND[kind]}")
    assert faults(page) == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
@SPOKEN
def test_axe_finds_nothing_in_lists_letters_and_the_one_file(
    page: Page, stick: Path, city: Path, language: str, scheme: str
) -> None:
    page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
    letters = sorted((city / language / "s").iterdir())
    districts = sorted((city / language / "d").iterdir())
    alone = stick / ("offline.html" if language == LANGUAGES[0] else f"{language}/offline.html")
    for path in (letters[0], districts[0], city / language / "index.html", alone, stick / language / "index.html"):
        page.goto(path.as_uri())
        assert faults(page) == [], path.name


@SPOKEN
@KINDS
def test_nothing_scrolls_sideways_at_320_px_nor_with_text_twice_as_large(
    page: Page, stick: Path, kind: str, language: str
) -> None:
    go(page, stick, f"{language}/{EVERY_KIND[kind]}")
    for size in ("100%", "200%"):
        page.add_style_tag(content=f":root{{font-size:calc(18px * {size.removesuffix('%')} / 100)!important}}")
        wide = page.evaluate("[document.documentElement.scrollWidth, document.documentElement.clientWidth]")
        assert wide[0] <= wide[1], size


def test_a_page_works_where_scripts_are_off_and_asks_for_nothing_but_itself(chromium: Browser, stick: Path) -> None:
    context = chromium.new_context(java_script_enabled=False, viewport={"width": 360, "height": 740})
    page, asked = context.new_page(), list[str]()
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda message: pytest.fail(message.text))
    go(page, stick, "index.html")
    page.get_by_role("link", name="Школа № 12, їдальня").click()
    assert "О 17:40" in page.inner_text("main")
    page.get_by_role("link", name="Вокзал, зал № 2").click()
    page.get_by_role("link", name="Deutsch").click()
    assert "Nicht bestätigt" in page.inner_text("main")
    assert all(one.startswith(("file:", "data:")) for one in asked)
    assert len([one for one in asked if one.startswith("file:")]) == 4
    assert context.cookies() == []
    context.close()


def test_every_target_is_56_px_high(page: Page, stick: Path) -> None:
    for kind, path in EVERY_KIND.items():
        go(page, stick, f"uk/{path}")
        for one in page.locator("a:visible:not(.skip), button, summary").all():
            box = one.bounding_box()
            assert box and box["height"] >= 56, (kind, one.inner_text())


def test_text_is_18_px(page: Page, stick: Path) -> None:
    go(page, stick, f"uk/p/{SCHOOL.id[:10]}.html")
    sizes = page.evaluate(
        "[...document.querySelectorAll('p, li, a, dd, button')].map(e => parseFloat(getComputedStyle(e).fontSize))"
    )
    assert min(sizes) >= 18


def test_by_keyboard_in_reading_order_with_a_focus_that_is_seen(page: Page, stick: Path) -> None:
    go(page, stick, f"en/p/{SCHOOL.id[:10]}.html")
    tops: list[float] = []
    names: list[str] = []
    for _ in range(14):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement === document.body"):
            break
        names.append(page.evaluate("document.activeElement.innerText"))
        tops.append(page.evaluate("document.activeElement.getBoundingClientRect().top + scrollY"))
        assert page.evaluate("getComputedStyle(document.activeElement).outlineWidth") == "3px"
    assert names[0] == "To the content"
    assert tops[1:] == sorted(tops[1:])
    assert {"Open", "Full", "Shut", "Not here"} <= set(names)


def test_on_paper_there_is_no_navigation_and_all_that_matters(page: Page, stick: Path) -> None:
    page.emulate_media(media="print")
    go(page, stick, f"uk/p/{SCHOOL.id[:10]}.html")
    assert page.locator("nav:visible, form:visible, button:visible").count() == 0
    text = page.inner_text("body")
    assert "Після 21:00 вважайте невідомим" in text and "Вхід з двору" in text and "112" in text


def test_the_one_file_finds_a_place_by_its_letter_and_its_anchor(page: Page, stick: Path) -> None:
    go(page, stick, "offline.html")
    page.locator("summary", has_text="Ґ").click()
    link = page.locator("details[open] a").first
    target = str(link.get_attribute("href"))
    link.click()
    assert page.locator(target).is_visible() and page.url.endswith(target)


def test_nothing_was_asked_of_any_network(asked: list[str]) -> None:
    """Runs last in this file: what all the pages above asked for."""
    assert asked and all(one.startswith(("file:", "data:")) for one in asked)
