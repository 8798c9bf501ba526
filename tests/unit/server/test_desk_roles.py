"""What each role is told by the desk's routes: by function, by object, by field."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.unit.server.desk_drawn import DESK, DeskTown
from tests.unit.server.people import Somebody

DAY = "2026-11-22"
NOBODY = "0" * 64
# Who asks, and where they serve.
WHO = (
    "headquarters elsewhere",  # the first: once there are two admins, it takes two to let one in
    "admin",
    "desk",
    "desk of the centre",
    "inspector of the centre",
    "driver",
    "host of the school",
)
FRAME, TABLE, RUNNING, CARRYING = "frame", "table", "running", "carrying"
MAY = {
    "admin": {FRAME, TABLE, RUNNING, CARRYING},
    "desk": {FRAME, TABLE, RUNNING, CARRYING},
    "desk of the centre": {FRAME, TABLE, RUNNING, CARRYING},
    "inspector of the centre": {FRAME, TABLE, CARRYING},
    "driver": {FRAME, CARRYING},
    "host of the school": {FRAME},
    "headquarters elsewhere": set(),
}
"""What each may ask at all: everything else is 403."""
ROUTES: list[tuple[str, str, str, Any]] = [
    ("GET", "/frame", FRAME, None),
    ("GET", "/points", TABLE, None),
    ("GET", "/equipment", CARRYING, None),
    ("GET", "/todo", RUNNING, None),
    ("GET", "/orders", RUNNING, None),
    ("GET", "/devices", RUNNING, None),
    ("GET", "/proposals", RUNNING, None),
    ("GET", f"/reports/{DAY}", RUNNING, None),
    ("GET", f"/reports/{DAY}.xlsx", RUNNING, None),
    ("GET", f"/reports/{DAY}.pdf", RUNNING, None),
    ("POST", "/points.xlsx", RUNNING, {"ids": []}),
]
PIER_IS_SEEN_BY = ("admin", "desk", "driver")
"""Of those who may ask for a place at all."""


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> DeskTown:
    return DeskTown(tmp_path_factory.mktemp("desk"))


@pytest.fixture(scope="module")
def people(town: DeskTown) -> dict[str, Somebody]:
    where = {"of the centre": town.centre, "of the school": town.school}
    found = {}
    for who in WHO:
        role, _, rest = who.partition(" ")
        one = town.somebody(who, role, where.get(rest))
        assert one.sign_in().status_code == 200, who
        found[who] = one
    return found


def ask(one: Somebody, method: str, path: str, body: Any = None) -> Any:
    """The answer."""
    return one.browser.request(method, DESK + path, json=body)


@pytest.mark.parametrize("who", WHO)
@pytest.mark.parametrize(("method", "path", "function", "body"), ROUTES)
def test_function(people: dict[str, Somebody], who: str, method: str, path: str, function: str, body: Any) -> None:
    assert ask(people[who], method, path, body).status_code == (200 if function in MAY[who] else 403)


@pytest.mark.parametrize(("method", "path", "function", "body"), ROUTES)
def test_nobody_is_told_anything_without_signing_in(
    town: DeskTown, method: str, path: str, function: str, body: Any
) -> None:
    assert ask(town.somebody("passer-by"), method, path, body).status_code == 401


@pytest.mark.parametrize("who", [one for one in WHO if one != "headquarters elsewhere"])
def test_a_place_elsewhere_is_answered_as_one_that_does_not_exist(
    town: DeskTown, people: dict[str, Somebody], who: str
) -> None:
    answer = ask(people[who], "GET", f"/points/{town.pier.hex()}")
    missing = ask(people[who], "GET", f"/points/{NOBODY}")
    assert missing.status_code == 404
    if who in PIER_IS_SEEN_BY:
        assert answer.status_code == 200
    else:
        assert (answer.status_code, answer.content) == (404, missing.content)


def test_the_desk_of_an_area_has_its_own_places_only(town: DeskTown, people: dict[str, Somebody]) -> None:
    desk = people["desk of the centre"]
    assert set(ask(desk, "GET", "/points").json()["id"]) == {town.school.hex(), town.hall.hex()}
    assert [area["id"] for area in ask(desk, "GET", "/frame").json()["areas"]] == [town.centre.hex()]
    assert all(row["ref"]["id"] != town.pier.hex() for row in [ask(desk, "GET", f"/points/{town.hall.hex()}").json()])
    todo = ask(desk, "GET", "/todo").json()["items"]
    assert {one["point"]["id"] for one in todo if one["point"]} <= {town.school.hex(), town.hall.hex()}
    harbour = town.harbour.hex()
    order = {"area": harbour, "district": None, "points": None, "order": "open"}
    assert ask(desk, "POST", "/orders/preview", order).status_code == 404
    order = {"area": town.centre.hex(), "points": [town.pier.hex()], "order": "open"}
    assert ask(desk, "POST", "/orders/preview", order).status_code == 404
    assert ask(desk, "GET", f"/reports/{DAY}?area={harbour}").status_code == 404
    assert ask(desk, "PUT", f"/reports/{DAY}/notes", {"area": harbour, "notes": "x"}).status_code == 404
    # The report of everything is not theirs to sign.
    assert ask(desk, "PUT", f"/reports/{DAY}/notes", {"area": "", "notes": "x"}).status_code == 404
    assert ask(desk, "GET", f"/points/{town.pier.hex()}/file.json").status_code == 404


def test_an_inspector_is_told_the_place_and_not_who_came_or_whom_to_call(
    town: DeskTown, people: dict[str, Somebody]
) -> None:
    told = ask(people["inspector of the centre"], "GET", f"/points/{town.school.hex()}").json()
    assert told["ref"]["state"] == "open"
    assert (told["visits_24h"], told["incidents"], told["stock"], told["needs"]) == (None, [], {}, [])
    assert (told["phone"], told["devices"]) == (None, None)
    assert not [line for line in told["story"] if line["kind"].startswith(("visit.", "incident.", "stock.", "device."))]
    table = ask(people["inspector of the centre"], "GET", "/points").json()
    assert table["needs"] == [None, None]  # not told is not nought
    desk = ask(people["desk"], "GET", f"/points/{town.school.hex()}").json()
    assert (desk["visits_24h"], desk["phone"], len(desk["needs"])) == (12, "+380000000001", 1)
    assert desk["incidents"][0]["incident"] == "co"


def test_a_host_is_told_what_happened_at_home_and_no_numbers_of_people(
    town: DeskTown, people: dict[str, Somebody]
) -> None:
    told = ask(people["host of the school"], "GET", f"/points/{town.school.hex()}").json()
    assert told["visits_24h"] == 12
    assert (told["phone"], told["devices"]) == (None, None)
    assert ask(people["host of the school"], "GET", f"/points/{town.hall.hex()}").status_code == 404


@pytest.mark.parametrize("path", ["/points/xyz", "/orders/xyz", "/reports/today", f"/points/{NOBODY.upper()}x"])
def test_what_is_no_id_and_no_day(people: dict[str, Somebody], path: str) -> None:
    assert ask(people["desk"], "GET", path).status_code == 422


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"area": NOBODY, "order": "close"},
        {"area": NOBODY, "order": "open", "points": "all"},
        {"area": NOBODY, "order": False},
        {"area": NOBODY, "order": "open", "more": 1},
        {"area": NOBODY, "order": "open", "district": 7},
    ],
)
def test_an_order_that_is_none(people: dict[str, Somebody], body: Any) -> None:
    assert ask(people["desk"], "POST", "/orders/preview", body).status_code == 422


def test_another_sites_page_changes_nothing(people: dict[str, Somebody]) -> None:
    body = {"area": "", "notes": "from elsewhere"}
    answer = people["desk"].browser.put(
        f"{DESK}/reports/{DAY}/notes", json=body, headers={"sec-fetch-site": "cross-site"}
    )
    assert answer.status_code == 403
    assert ask(people["desk"], "GET", f"/reports/{DAY}").json()["notes"] == ""


def test_whoever_is_shut_out_is_shut_out_at_once(tmp_path: Path) -> None:
    town = DeskTown(tmp_path)
    desk = town.somebody("Olena", "desk")
    desk.sign_in()
    assert ask(desk, "GET", "/todo").status_code == 200
    town.ledger.say("device.revoked", {"key": desk.key.hex(), "cause": "lost"}, about=town.ledger.net)
    assert ask(desk, "GET", "/todo").status_code in (401, 403)
