"""Every screen of the desk, on a phone and on a wide screen, in both languages: read by axe, and none is too wide."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser

from tests.browser.desk import PHONE, WCAG, WIDE, Desk, Town, copied, served_town
from tests.conftest import Demo

pytestmark = [pytest.mark.browser, pytest.mark.slow]

SCREENS = ("todo", "places", "place", "orders", "equipment", "day", "people", "list", "sent")
"""All but the plan, whose journeys have a test of their own."""


@pytest.fixture(scope="module")
def town(demo: Demo, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    with served_town(copied(demo.home, tmp_path_factory.mktemp("screens") / "home")) as town:
        yield town


@pytest.mark.parametrize("size", [PHONE, WIDE], ids=["phone", "wide"])
@pytest.mark.parametrize("language", ["uk", "en"])
def test_no_screen_has_a_violation_of_wcag_22_aa(chromium: Browser, town: Town, size: dict, language: str) -> None:
    desk = Desk(chromium, language, viewport=size).join(town.invite("desk"))
    found = []
    for screen in SCREENS:
        desk.go(screen, town.points["Садок"].hex() if screen == "place" else "")
        desk.page.wait_for_load_state("networkidle")
        assert desk.page.evaluate("document.documentElement.scrollWidth") <= size["width"], screen
        violations = Axe().run(desk.page, options=WCAG).response["violations"]
        found += [(screen, v["id"], node["target"]) for v in violations for node in v["nodes"]]
    assert found == []
    assert desk.complaints == []
    desk.context.close()
