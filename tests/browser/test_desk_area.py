"""A desk of one area sees what is there, and nothing of the next: on every screen, and whatever it asks for."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.desk import HOUR_MIN, NORTH, SOUTH, Desk, Town, ago, copied, served_town
from tests.conftest import Demo

pytestmark = [pytest.mark.browser, pytest.mark.slow]

OURS, SILENT = "Наша школа", "Наша бібліотека"
THEIRS = (*NORTH, *SOUTH)


@pytest.fixture
def town(demo: Demo, tmp_path: Path) -> Iterator[Town]:
    """Beside the drawn town another area with two places: one is open and short of wood, of the other no word."""
    with served_town(copied(demo.home, tmp_path / "desk-home")) as town:
        say = town.ledger.say
        area = say("area.described", {"names": {"uk": "Сусіднє"}, "districts": ["Захід"], "made_up": True}).id
        hall = town.ledger.thing(town.points["Зал"])
        assert hall is not None
        for at, name in enumerate((OURS, SILENT)):
            body = {"names": {"uk": name}, "kind": "school", "area": area.hex(), "district": "Захід"}
            place = {"lon_e7": hall.get("lon_e7") + 100_000 * (at + 1), "lat_e7": hall.get("lat_e7")}
            town.points[name] = say("point.described", body | place | {"address": f"Наша {at + 1}"}, scope=area).id
        say("point.opened", {}, about=town.points[OURS])
        say("need.raised", {"point": town.points[OURS].hex(), "short_of": "wood", "urgent": True}, scope=area)
        say("point.opened", {"happened": ago(5 * HOUR_MIN)}, about=town.points[SILENT])
        town.area = area
        yield town


def test_a_desk_of_one_area_sees_its_area_alone(chromium: Browser, town: Town) -> None:
    """Two places here, nine next door, of which one contradicts, one is silent, and in one there is danger now."""
    desk = Desk(chromium).join(town.invite("desk", town.area, name="Сусіди"))
    page = desk.page

    def nothing_of_theirs() -> None:
        shown = page.locator("#app").inner_text()
        assert [name for name in THEIRS if name in shown] == []

    expect(desk.todo("silent", SILENT)).to_be_visible()
    expect(desk.todo("need", OURS)).to_be_visible()
    expect(page.locator("[data-todo='contradicted']")).to_have_count(0)
    nothing_of_theirs()

    desk.go("places")
    expect(page.locator("[data-found='2']")).to_be_visible()
    expect(page.locator(".cloud")).to_have_attribute("data-drawn", "2")
    nothing_of_theirs()
    page.locator("#sought").fill("Зал")
    expect(page.locator("[data-found='0']")).to_be_visible()
    page.locator("#sought").fill("")

    desk.go("day")
    expect(page.locator("[data-day='working']")).to_have_attribute("data-n", "1")
    expect(page.locator("[data-day='no_word']")).to_have_attribute("data-n", "1")
    expect(page.locator("[data-day='ready']")).to_have_attribute("data-n", "0")
    expect(page.locator("[data-day='not_working']")).to_have_attribute("data-n", "0")
    for screen in ("orders", "equipment", "people"):
        desk.go(screen)
        expect(page.get_by_role("heading", level=1)).to_be_visible()
        expect(page.locator("[aria-busy=true], .coming")).to_have_count(0)
        nothing_of_theirs()

    # A danger next door alarms the desk there, and not this one; its own does, so news did come.
    desk.go("todo")
    town.ledger.say("incident.reported", {"incident": "co"}, about=town.points["Зал"])
    town.ledger.say("incident.reported", {"incident": "fire"}, about=town.points[SILENT])
    expect(page.locator(".alarm")).to_contain_text(SILENT)
    expect(page.locator(".alarm")).to_have_count(1)
    nothing_of_theirs()

    # Whoever knows the address of what is next door learns as little as of what does not exist.
    there, nowhere = town.points["Зал"].hex(), "f" * 64
    for path in ("points/{}", "points/{}/file.json", "points/{}/file.pdf"):
        told = [page.request.get(f"{town.address}api/v1/desk/{path.format(id)}") for id in (there, nowhere)]
        assert [one.status for one in told] == [404, 404]
        assert told[0].body() == told[1].body()
    for path in ("todo", "points", "orders", "equipment", "devices", "proposals", "frame"):
        answer = page.request.get(f"{town.address}api/v1/desk/{path}")
        assert answer.status == 200, path
        said = json.dumps(answer.json(), ensure_ascii=False)
        assert [name for name in (*THEIRS, "Вигадане") if name in said] == [], path
        assert [name for name in THEIRS if town.points[name].hex() in said] == [], path
    assert desk.complaints == []
    desk.context.close()
