"""``shanyrak demo`` as somebody meets it: one question, three ways on, an evening that can begin again."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from shanyrak.core.texts import LANGUAGES, texts
from shanyrak.server.serve import free_socket
from tests.conftest import Demo

pytestmark = [pytest.mark.browser, pytest.mark.slow]

WCAG = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}
PATIENCE_MS = 60_000


@pytest.fixture(scope="module")
def shown(demo: Demo, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Address of the demo, on a copy of its home."""
    home: Path = tmp_path_factory.mktemp("demo") / "home"
    shutil.copytree(demo.home, home)
    with free_socket(25_000) as found:
        port = found.getsockname()[1]
    command = [sys.executable, "-m", "shanyrak", "demo", "--no-browser", "--port", str(port)]
    env = {**os.environ, "SHANYRAK_HOME": str(home), "LC_ALL": "C.UTF-8", "PYTHONUNBUFFERED": "1"}
    with subprocess.Popen(command, env=env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as server:
        assert server.stdout is not None
        try:
            lines = iter(server.stdout)
            address = next(line.strip() for line in lines if line.startswith("http://127.0.0.1:"))
            yield address
        finally:
            server.terminate()
            server.wait(20)


@pytest.fixture
def page(chromium: Browser) -> Iterator[Page]:
    context = chromium.new_context(viewport={"width": 1400, "height": 1000})
    opened = context.new_page()
    complaints: list[str] = []
    opened.on("pageerror", lambda error: complaints.append(str(error)))
    yield opened
    context.close()
    assert complaints == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_question_is_asked_in_every_language_and_everybody_can_read_it(
    shown: str, page: Page, language: str
) -> None:
    t = texts(language, "demo")
    for width in (360, 1400):
        page.set_viewport_size({"width": width, "height": 800})
        page.goto(f"{shown}?lang={language}")
        expect(page.locator("h1")).to_have_text(t("demo.question"))
        expect(page.locator(".ways a")).to_have_count(3)
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), "nothing lies beside the screen"
        found = Axe().run(page, options=WCAG).response["violations"]
        assert [(each["id"], [node["target"] for node in each["nodes"]]) for each in found] == []


def test_the_first_way_leads_to_the_finder_in_the_language_chosen(shown: str, page: Page) -> None:
    page.goto(f"{shown}?lang=en")
    page.locator(".ways a").first.click()
    page.wait_for_url("**/find/app/**")
    expect(page.locator("html")).to_have_attribute("lang", "en", timeout=PATIENCE_MS)
    expect(page.locator("body")).to_contain_text("Made-up town")


def test_the_phone_at_the_door_opens_the_place_and_start_again_undoes_it(shown: str, page: Page) -> None:
    host = texts("en", "words", "host")

    def phone_at_the_door() -> None:
        page.goto(f"{shown}keep?lang=en")
        frame = page.frame_locator(".phone iframe")
        frame.get_by_role("button", name=host("join.accept")).click(timeout=PATIENCE_MS)
        expect(frame.locator("body")).to_contain_text(host("state.ready"), timeout=PATIENCE_MS)

    phone_at_the_door()
    page.frame_locator(".phone iframe").get_by_role("link", name=host("danger.title")).first.click()
    expect(page.frame_locator(".phone iframe").locator("h1")).to_be_visible(timeout=PATIENCE_MS)
    page.once("dialog", lambda dialog: dialog.accept())
    page.get_by_role("button", name=texts("en", "demo")("demo.again")).click()
    page.wait_for_url(f"{shown}?lang=en", timeout=PATIENCE_MS)
    expect(page.locator("h1")).to_have_text(texts("en", "demo")("demo.question"))
    phone_at_the_door()  # a new phone in a new evening: the network before is not known any more
