"""Plans at the desk: what if a site stood elsewhere, two plans side by side, one turned into a decision."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Locator, expect

from shanyrak import wiring
from shanyrak.app.planning import PlanRequest
from tests.browser.conftest import served
from tests.browser.desk import PHONE, WCAG, WIDE, Desk, Town, copied, served_town
from tests.conftest import Demo

pytestmark = pytest.mark.browser

LONG_MS = 240_000
"""A model is asked while somebody waits; on a busy machine that takes its time."""


@pytest.fixture(scope="module")
def town(demo: Demo, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    """The demo's town with its plan of the first choice and one for "still covered if one is shut"."""
    home = copied(demo.home, tmp_path_factory.mktemp("plans") / "home")
    before = os.environ.get("SHANYRAK_HOME")
    os.environ["SHANYRAK_HOME"] = str(home)
    try:
        wiring.make_plan(PlanRequest(area="made-up-town", k=4, aim="most", time_limit_s=20))
        wiring.make_plan(PlanRequest(area="made-up-town", k=4, aim="backup", gap=0.05, time_limit_s=20))
    finally:
        if before is None:
            del os.environ["SHANYRAK_HOME"]
        else:
            os.environ["SHANYRAK_HOME"] = before
    with served_town(home) as town:
        yield town


@pytest.fixture
def at_desk(chromium: Browser) -> Iterator[Callable[..., Desk]]:
    desks: list[Desk] = []

    def open_desk(**options: object) -> Desk:
        desks.append(Desk(chromium, **options))
        return desks[-1]

    yield open_desk
    for desk in desks:
        desk.context.close()
    assert [desk.complaints for desk in desks if desk.complaints] == []


def plan_of(town: Town, aim: str) -> Path:
    """Folder of the plan with four new places of a choice."""
    start = "made-up-town-4-" if aim == "most" else f"made-up-town-{aim}-4-"
    return next(folder for folder in (town.home / "plans").iterdir() if folder.name.startswith(start))


def figures(desk: Desk) -> Locator:
    return desk.page.locator(".figures")


def opened(town: Town, at_desk: Callable[..., Desk], aim: str = "most", **options: object) -> Desk:
    desk = at_desk(**options).join(town.invite("desk"))
    desk.go("plan", plan_of(town, aim).name)
    expect(figures(desk)).to_have_attribute("data-covered", re.compile(r"\d"))
    return desk


def covered(desk: Desk) -> float:
    return float(figures(desk).get_attribute("data-covered") or "nan")


def test_a_site_dragged_with_the_mouse_changes_the_figures_and_back(town: Town, at_desk: Callable[..., Desk]) -> None:
    desk = opened(town, at_desk)
    before = covered(desk)
    marker = desk.page.locator(".plan-site").first
    expect(marker).to_be_visible(timeout=LONG_MS)
    box = marker.bounding_box()
    assert box is not None
    desk.page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    desk.page.mouse.down()
    desk.page.mouse.move(box["x"] + 90, box["y"] + 60, steps=6)
    desk.page.mouse.up()
    expect(desk.page.locator("[data-change]")).to_be_visible(timeout=LONG_MS)
    assert covered(desk) != before
    desk.button("plan.as_it_was").click()
    expect(figures(desk)).to_have_attribute("data-covered", f"{before:g}" if before == int(before) else str(before))


def test_without_dragging_a_site_moves_to_a_better_place_is_left_out_and_added(
    town: Town, at_desk: Callable[..., Desk]
) -> None:
    desk = opened(town, at_desk)
    before = covered(desk)
    row = desk.page.locator("[data-site='1']")
    row.get_by_role("button", name=desk.t("plan.nearby"), exact=True).press("Enter")
    first = row.locator(".nearby button").first
    expect(first).to_be_visible(timeout=LONG_MS)
    first.press("Enter")
    expect(desk.page.locator("[data-change]")).to_be_visible(timeout=LONG_MS)
    desk.button("plan.as_it_was").click()
    row.get_by_role("button", name=desk.t("plan.leave_out")).press("Enter")
    expect(desk.page.locator("[data-change^='-']")).to_be_visible(timeout=LONG_MS)
    assert covered(desk) < before
    row.get_by_role("button", name=desk.t("plan.put_back")).press("Enter")
    desk.button("plan.add_site").click()
    expect(desk.page.locator("[data-site='5']")).to_be_visible()


def test_sites_set_by_hand_are_kept_as_a_plan_of_their_own_that_checks_out(
    town: Town, at_desk: Callable[..., Desk]
) -> None:
    desk = opened(town, at_desk)
    desk.page.locator("[data-site='2']").get_by_role("button", name=desk.t("plan.leave_out")).click()
    expect(desk.page.locator("[data-change]")).to_be_visible(timeout=LONG_MS)
    told = covered(desk)
    desk.button("plan.save_own").click()
    expect(desk.page.locator("[data-aim='own'][aria-pressed='true']")).to_be_visible(timeout=LONG_MS)
    assert covered(desk) == told
    expect(desk.page.locator(".traded li").first).to_be_visible()
    own = next(folder for folder in (town.home / "plans").iterdir() if folder.name.startswith("made-up-town-own-3-"))
    assert wiring.check_plan(own) == []


def test_the_three_choices_open_the_plans_there_are(town: Town, at_desk: Callable[..., Desk]) -> None:
    desk = opened(town, at_desk)
    expect(desk.page.locator("[data-aim]")).to_have_count(3)
    twice = float(desk.page.locator("[data-twice]").get_attribute("data-twice") or 0)
    desk.page.locator("[data-aim='backup']").click()
    expect(desk.page.locator("[data-aim='backup'][aria-pressed='true']")).to_be_visible()
    assert float(desk.page.locator("[data-twice]").get_attribute("data-twice") or 0) > twice
    expect(desk.page.locator(".traded li").first).to_be_visible()


def test_two_plans_stand_side_by_side_in_a_table_and_on_one_map(town: Town, at_desk: Callable[..., Desk]) -> None:
    desk = opened(town, at_desk)
    desk.page.locator("#compare-with").select_option(plan_of(town, "backup").name)
    table = desk.page.locator("[data-compared]")
    expect(table).to_be_visible(timeout=LONG_MS)
    told = wiring.compare_plans(str(plan_of(town, "most")), str(plan_of(town, "backup")))
    expect(table.locator("tbody tr")).to_have_count(11)
    expect(desk.page.locator(".both-map[data-drawn='drawn']")).to_be_visible(timeout=LONG_MS)
    expect(desk.page.locator(".both-map .both-this")).to_have_count(len(told["only"][0]))
    expect(desk.page.locator(".both-map .both-other")).to_have_count(len(told["only"][1]))
    expect(desk.page.locator(".both-map .both-both")).to_have_count(len(told["both"]))


def test_a_site_is_decided_upon(town: Town, at_desk: Callable[..., Desk]) -> None:
    desk = opened(town, at_desk)
    desk.page.locator("[data-site='1']").get_by_role("button", name=desk.t("plan.decide")).click()
    town.until(lambda: town.said("place.decided") != [])
    expect(desk.page.locator("[data-site='1']").get_by_role("button", name=desk.t("plan.decided"))).to_be_visible()


@pytest.mark.parametrize("size", [PHONE, WIDE], ids=["phone", "wide"])
def test_the_page_of_plans_compares_too_and_its_own_map_stays(town: Town, chromium: Browser, size: dict) -> None:
    with served(town.home) as address:
        context = chromium.new_context(viewport=size)
        page = context.new_page()
        page.goto(f"{address}?lang=uk&plan={plan_of(town, 'backup').name}")
        page.wait_for_selector("[data-map-state=idle]", timeout=LONG_MS)
        own = page.locator(".map").first.bounding_box()
        page.locator("#compare-with").select_option(plan_of(town, "most").name)
        expect(page.locator(".both-map[data-drawn='drawn']")).to_be_visible(timeout=LONG_MS)
        after = page.locator(".map").first.bounding_box()
        assert own is not None and after is not None
        assert (after["width"], after["height"]) == (own["width"], own["height"]) and after["height"] > 100
        assert page.evaluate("document.documentElement.scrollWidth") <= size["width"]
        context.close()


@pytest.mark.parametrize("size", [PHONE, WIDE], ids=["phone", "wide"])
@pytest.mark.parametrize("language", ["uk", "en"])
def test_a_plan_at_the_desk_has_no_violation_of_wcag_22_aa(
    town: Town, at_desk: Callable[..., Desk], size: dict, language: str
) -> None:
    desk = opened(town, at_desk, aim="backup", language=language, viewport=size)
    desk.page.locator("#compare-with").select_option(plan_of(town, "most").name)
    expect(desk.page.locator("[data-compared]")).to_be_visible(timeout=LONG_MS)
    desk.page.locator("[data-site='1']").get_by_role("button", name=desk.t("plan.nearby"), exact=True).click()
    expect(desk.page.locator(".nearby button").first).to_be_visible(timeout=LONG_MS)
    for summary in desk.page.locator(".plan-curve summary").all():
        summary.click()
    if os.environ.get("PLAN_PICTURES"):
        name = f"desk-{language}-{size['width']}.png"
        desk.page.screenshot(path=str(Path(os.environ["PLAN_PICTURES"]) / name), full_page=True)
    assert desk.page.evaluate("document.documentElement.scrollWidth") <= size["width"]
    found = Axe().run(desk.page, options=WCAG).response["violations"]
    # Sites may stand so near that their marks overlap on the map: whatever a mark does, the list does too (2.5.8,
    # "Equivalent").
    wrong = [(v["id"], n["target"]) for v in found for n in v["nodes"]]
    assert [(id, target) for id, target in wrong if not (id == "target-size" and ".plan-site" in target[0])] == []
