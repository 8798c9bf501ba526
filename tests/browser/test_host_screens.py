"""Every screen of the app of people on duty: read by axe by day and night, in every language on the smallest phone."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, expect

from tests.browser.duty import WCAG, Headquarters, Phone, headquarters
from tests.browser.finder import LANGUAGES

pytestmark = pytest.mark.browser

SCREENS = (
    "now",
    "open",
    "close",
    "short",
    "danger",
    "danger/fire",
    "count",
    "hand",
    "reports",
    "photo",
    "cards",
    "card/co",
)
INTERNAL = ("fact", "ledger", "origin", "consignment", " kit", "hash", "exchange", "undefined", "NaN", "[object")


@pytest.fixture(scope="module")
def hq(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Headquarters]:
    with headquarters(tmp_path_factory.mktemp("screens") / "home") as found:
        yield found


def screens(phone: Phone, role: str = "host") -> Iterator[str]:
    """One screen after the other, as somebody who has said something sees it."""
    for screen in SCREENS if role == "host" else ("now", "reports"):
        phone.go(screen)
        expect(phone.page.get_by_role("heading", level=1).first).to_be_visible()
        yield screen


@pytest.mark.parametrize(
    ("role", "night"),
    [("host", False), ("host", True), ("driver", False), ("inspector", True)],
    ids=["host by day", "host at night", "driver by day", "inspector at night"],
)
def test_axe_finds_nothing(chromium: Browser, hq: Headquarters, role: str, night: bool) -> None:
    phone = Phone(chromium, color_scheme="light")
    hour = 23 if night else 12
    phone.page.add_init_script(f"Date.prototype.getHours = () => {hour}")
    phone.page.goto(f"{hq.address}host/")
    found = Axe().run(phone.page, options=WCAG).response["violations"]
    phone.join(hq.invite(role, point=role != "driver"))
    if role == "host":
        phone.go("short")
        phone.button("short.fuel").click()
        phone.button("app.send").click()
        expect(phone.page.get_by_text(phone.t("now.needs"))).to_be_visible()
    if role == "driver":
        phone.button("drive.new").click()
    for screen in screens(phone, role):
        found += [{"screen": screen, **one} for one in Axe().run(phone.page, options=WCAG).response["violations"]]
    assert phone.page.evaluate("document.documentElement.hasAttribute('data-night')") is night
    phone.context.close()
    assert [(one.get("screen"), one["id"], [node["html"][:90] for node in one["nodes"]]) for one in found] == []


def test_in_every_language_it_fits_the_smallest_phone_with_targets_for_gloves(
    chromium: Browser, hq: Headquarters
) -> None:
    phone = Phone(chromium).join(hq.invite())
    for language in LANGUAGES[:4]:
        phone.go("now")
        phone.speak(language)
        for screen in screens(phone):
            wide = phone.page.evaluate("document.documentElement.scrollWidth")
            assert wide <= 360, f"{language} {screen}: {wide} px"
            heights = phone.page.eval_on_selector_all(
                ".act, .wish, select", "all => all.filter(one => one.offsetParent).map(one => one.offsetHeight)"
            )
            assert min(heights) >= 55, f"{language} {screen}: {min(heights)} px"
            words = phone.page.locator("body").inner_text().lower()
            assert [word for word in INTERNAL if word.lower() in words] == [], f"{language} {screen}"
    phone.context.close()


def test_nothing_is_asked_of_anybody_else_and_no_position_without_a_press(chromium: Browser, hq: Headquarters) -> None:
    phone = Phone(chromium)
    phone.page.add_init_script(
        "window.asked = 0; navigator.geolocation.getCurrentPosition = () => { window.asked += 1 };"
        "navigator.geolocation.watchPosition = () => { window.asked += 100 };"
    )
    phone.join(hq.invite())
    for _ in screens(phone):
        pass
    assert phone.page.evaluate("window.asked") == 0
    assert [one for one in phone.asked if not one.startswith((hq.address, "blob:", "data:"))] == []
    assert [one for one in phone.asked if "map" in one] == []  # no map unless asked for
    phone.context.close()


def test_the_act_of_an_inspection_prints_alone(chromium: Browser, hq: Headquarters) -> None:
    phone = Phone(chromium).join(hq.invite("inspector"))
    phone.page.get_by_label(phone.t("look.remarks")).fill("Двері")
    phone.page.emulate_media(media="print")
    expect(phone.page.locator(".sheet")).to_be_visible()
    assert "Двері" in phone.page.locator(".sheet").inner_text()
    assert phone.page.locator("header").evaluate("one => getComputedStyle(one).visibility") == "hidden"
    phone.context.close()
