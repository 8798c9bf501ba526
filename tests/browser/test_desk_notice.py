"""A word to everybody in a district: from the desk to the finder and the plain page, and gone when its time is over."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from shanyrak import wiring
from tests.browser.desk import Desk, Town, copied, served_town
from tests.browser.finder import Person
from tests.conftest import Demo

pytestmark = [pytest.mark.browser, pytest.mark.slow]

WORDS = "На Півночі вода лише з цистерн"
QUARTER_S = 15 * 60


class Clock:
    """The server's clock, which a test puts forward."""

    ahead_s = 0

    def now_s(self) -> float:
        return time.time() + self.ahead_s


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr(wiring, "_now_ms", lambda: int(clock.now_s() * 1000))
    return clock


@pytest.fixture
def town(clock: Clock, demo: Demo, tmp_path: Path) -> Iterator[Town]:
    with served_town(copied(demo.home, tmp_path / "desk-home")) as town:
        yield town


def test_a_notice_for_a_district_is_told_until_its_end(chromium: Browser, town: Town, clock: Clock) -> None:
    desk = Desk(chromium).join(town.invite("desk", name="Оксана"))
    desk.go("orders")
    desk.page.get_by_text(desk.t("notice.title"), exact=True).click()
    form = desk.page.locator("form", has=desk.page.locator("#notice-uk"))
    form.get_by_role("button", name=desk.t("urgency.danger")).or_(form.get_by_label(desk.t("urgency.danger"))).click()
    form.locator("#notice-where").select_option("Північ")
    form.locator("#notice-until").select_option("3")
    form.locator("#notice-uk").fill(WORDS)
    form.get_by_role("button", name=desk.t("notice.give")).click()
    desk.until_sent()
    town.until(lambda: len(town.said("notice.given")) == 1)
    assert town.said("notice.given")[0]["district"] == "Північ"
    desk.context.close()

    plain, finder = f"{town.address}uk/index.html", f"{town.address}app/index.html"

    def told_plainly() -> bool:
        return WORDS in str(reader.page.request.get(plain).body(), "utf-8")

    reader = Person(chromium)
    town.until(told_plainly)
    reader.page.goto(plain)
    notice = reader.page.locator("li, section, div, p").filter(has_text=WORDS).last
    expect(notice).to_be_visible()
    reader.page.goto(finder)
    shown = reader.page.locator(".notices")
    expect(shown).to_contain_text(WORDS)
    expect(shown).to_contain_text("Північ")
    expect(shown).to_contain_text(reader.t("urgency.danger"))

    # Three hours on, and the next publication: nothing of it is left, in a fresh copy or an old one.
    clock.ahead_s = 3 * 3600 + QUARTER_S
    town.until(lambda: not told_plainly(), seconds=60)
    late = Person(chromium)
    late.page.clock.install(time=clock.now_s())
    late.page.goto(finder)
    expect(late.heading).to_be_visible()
    expect(late.page.get_by_text(WORDS)).to_have_count(0)
    late.context.close()
    reader.context.set_offline(True)
    reader.page.clock.install(time=clock.now_s())
    reader.page.reload()
    expect(reader.heading).to_be_visible()
    expect(reader.page.get_by_text(WORDS)).to_have_count(0)
    assert reader.complaints == []
    reader.context.close()
