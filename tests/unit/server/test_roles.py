"""What each role may ask, by the table; and that nothing is asked that the table does not speak of."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from shanyrak.app.devices import revoke
from tests.unit.server.desk_town import desk_town, everybody
from tests.unit.server.people import HERE, Somebody, Town
from tests.unit.server.role_table import LINES, LISTENING, MISSING, OPEN, ROLES, Line


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Town:
    return desk_town(tmp_path_factory.mktemp("town"))


@pytest.fixture(scope="module")
def people(town: Town) -> dict[str, Somebody]:
    return everybody(town)


def filled(town: Town, value: Any) -> Any:
    """With the ids of this town for names in braces."""
    ids = {name: getattr(town, name).hex() for name in ("school", "hall", "pier", "centre", "harbour")}
    text = json.dumps(value)
    for name, id in ids.items():
        text = text.replace(f"{{{name}}}", id)
    return json.loads(text)


def ask(town: Town, who: Somebody, line: Line) -> Any:
    path = filled(town, line.path)
    if isinstance(line.body, bytes):
        return who.browser.request(line.method, path, content=line.body)
    body = filled(town, line.body) if line.body is not None else None
    return who.browser.request(line.method, path, json=body)


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("line", LINES, ids=lambda line: f"{line.method} {line.path[8:60]} {str(line.body)[:40]}")
def test_each_role_is_answered_as_the_table_says(
    town: Town, people: dict[str, Somebody], line: Line, role: str
) -> None:
    answer = ask(town, people[role], line)
    assert answer.status_code == line.statuses[ROLES.index(role)], answer.text[:300]
    if answer.status_code >= 400:
        assert set(answer.json()) == {"error"} and set(answer.json()["error"]) == {"what", "where", "mend"}


def test_the_table_speaks_of_every_route(town: Town) -> None:
    interface = town.app.openapi()["paths"]
    routes = {(method.upper(), path) for path, methods in interface.items() for method in methods}
    files = {one for one in routes if one[1].startswith("/api/v1/desk/plans/{plan_id}/")}
    spoken = {(line.method, line.route) for line in LINES} | OPEN | {LISTENING}
    # The files of a plan are handed out by one function: the table asks for one of them.
    assert routes - spoken <= files, sorted(routes - spoken - files)
    assert spoken <= routes, sorted(spoken - routes)


@pytest.mark.parametrize("role", ["nobody", "headquarters", "host", "driver"])
def test_changes_are_told_to_who_sees_the_places(town: Town, people: dict[str, Somebody], role: str) -> None:
    assert people[role].get(LISTENING[1]).status_code == (401 if role == "nobody" else 403)


@pytest.mark.parametrize("role", ["host", "driver", "inspector", "desk"])
def test_a_place_elsewhere_is_answered_as_one_that_does_not_exist(
    town: Town, people: dict[str, Somebody], role: str
) -> None:
    elsewhere = people[role].get(f"/api/v1/desk/points/{town.pier.hex()}")
    nowhere = people[role].get(f"/api/v1/desk/points/{MISSING}")
    assert elsewhere.status_code == nowhere.status_code == 404
    assert elsewhere.content == nowhere.content
    assert dict(elsewhere.headers) == dict(nowhere.headers)


def test_the_desk_of_an_area_sees_its_places_only(town: Town, people: dict[str, Somebody]) -> None:
    def seen(role: str) -> set[str]:
        return set(people[role].get("/api/v1/desk/points").json()["id"])

    centre = {town.school.hex(), town.hall.hex()}
    assert seen("desk") == seen("inspector") == centre
    assert seen("desks") == seen("admin") == centre | {town.pier.hex()}


def test_counts_and_people_are_for_those_who_need_them(town: Town, people: dict[str, Somebody]) -> None:
    """17 visits, said on behalf of Petro: who is on duty there sees the count, the inspector sees neither."""
    town.ledger.say("visit.counted", {"visits": 17}, about=town.school)
    town.ledger.say("stock.counted", {"fuel_ml": 31_337_000}, about=town.school, sealed={"said_by": "Petro Petrenko"})
    path = f"/api/v1/desk/points/{town.school.hex()}"
    told = {role: people[role].get(path).text for role in ("host", "driver", "inspector", "desk", "admin")}
    for role in ("driver", "inspector"):
        assert "31337" not in told[role] and "Petrenko" not in told[role], role
    assert "31337" in told["desk"] and "31337" in told["admin"]
    assert "Petrenko" not in told["host"]


# requests of other sites ------------------------------------------------------------------------------------
CHANGING = [line for line in LINES if line.method != "GET"]


@pytest.mark.parametrize("headers", [
    {"sec-fetch-site": "cross-site"}, {"sec-fetch-site": "same-site"}, {"origin": "http://evil.example"},
    {"origin": "null"}, {"sec-fetch-site": "cross-site", "origin": HERE},
])  # fmt: skip
@pytest.mark.parametrize("line", CHANGING, ids=lambda line: f"{line.method} {line.path[8:50]} {str(line.body)[:30]}")
def test_another_site_changes_nothing_in_somebodys_name(
    town: Town, people: dict[str, Somebody], line: Line, headers: dict[str, str]
) -> None:
    before = town.ledger.store.count(), len(town.invites.open())
    content = line.body if isinstance(line.body, bytes) else json.dumps(filled(town, line.body)).encode()
    answer = people["admin"].browser.request(
        line.method,
        filled(town, line.path),
        content=content,
        headers=headers | ({"content-type": "application/json"} if not isinstance(line.body, bytes) else {}),
    )
    assert answer.status_code == 403
    assert (town.ledger.store.count(), len(town.invites.open())) == before


def test_a_form_of_another_site_is_no_invitation(town: Town, people: dict[str, Somebody]) -> None:
    """Browsers send forms anywhere without asking, as text/plain too: that is not JSON."""
    body = json.dumps({"role": "host", "scope": town.school.hex()})
    for media in ("text/plain", "application/x-www-form-urlencoded"):
        answer = people["admin"].browser.post("/api/v1/invites", content=body, headers={"content-type": media})
        assert answer.status_code == 422


# a lost phone -----------------------------------------------------------------------------------------------
def test_a_lost_phone_is_shut_out_of_everything_by_one_call(tmp_path: Path) -> None:
    town = desk_town(tmp_path)
    lost = town.somebody("Olena", "desk")
    town.ledger.say(
        "device.admitted", {"key": lost.key.hex(), "role": "host", "scope": town.school.hex()}, about=town.school,
        scope=town.school,
    )  # fmt: skip
    assert lost.sign_in().status_code == 200
    assert lost.get("/api/v1/desk/todo").status_code == 200
    challenge = lost.browser.post("/api/v1/session/challenge", json={"key": lost.key.hex()}).json()["challenge"]
    revoke(town.ledger, lost.key, now_ms=town.clock())
    for line in LINES:
        assert ask(town, lost, line).status_code in (401, 403), line.path
    assert lost.prove(challenge).status_code == 403, "nor by a challenge it had asked for before"
    assert lost.sign_in().status_code == 403
