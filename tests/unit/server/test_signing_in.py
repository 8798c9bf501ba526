"""Signing in: a device is its key; what follows from the ledger follows at once."""

from __future__ import annotations

from pathlib import Path

import pytest

from shanyrak.app.devices import revoke
from shanyrak.app.sessions import CHALLENGE_MS, IDLE_MS, WHOLE_MS
from tests.unit.server.people import Town

SESSION = "/api/v1/session"


@pytest.fixture
def town(tmp_path: Path) -> Town:
    return Town(tmp_path)


def what(answer: object) -> str:
    return answer.json()["error"]["what"]  # type: ignore[attr-defined]


def test_a_signed_challenge_begins_a_session_that_scripts_and_other_sites_cannot_take(town: Town) -> None:
    desk = town.somebody("Olena", "desk")
    answer = desk.sign_in()
    assert answer.status_code == 200
    assert answer.json()["name"] == "Olena" and answer.json()["roles"][0]["role"] == "desk"
    cookie = answer.headers["set-cookie"].lower()
    assert "httponly" in cookie and "samesite=strict" in cookie and "path=/api/v1" in cookie
    assert desk.get(SESSION).json()["key"] == desk.key.hex()


def test_nobody_is_signed_in_without_it(town: Town) -> None:
    assert town.somebody("Olena", "desk").get(SESSION).status_code == 401


def test_a_challenge_serves_once(town: Town) -> None:
    desk = town.somebody("Olena", "desk")
    challenge = desk.browser.post(f"{SESSION}/challenge", json={"key": desk.key.hex()}).json()["challenge"]
    assert desk.prove(challenge).status_code == 200
    assert desk.prove(challenge).status_code == 401


def test_a_challenge_serves_its_key_only(town: Town) -> None:
    desk, thief = town.somebody("Olena", "desk"), town.somebody("thief", "host", town.school)
    challenge = desk.browser.post(f"{SESSION}/challenge", json={"key": desk.key.hex()}).json()["challenge"]
    assert thief.prove(challenge).status_code == 401


def test_a_challenge_serves_for_two_minutes(town: Town) -> None:
    desk = town.somebody("Olena", "desk")
    challenge = desk.browser.post(f"{SESSION}/challenge", json={"key": desk.key.hex()}).json()["challenge"]
    town.clock.ms += CHALLENGE_MS + 1
    assert desk.prove(challenge).status_code == 401


def test_a_signature_by_another_key_signs_nobody_in(town: Town) -> None:
    desk, other = town.somebody("Olena", "desk"), town.somebody("other")
    desk.signer = other.signer  # claims the desk's key
    assert desk.sign_in().status_code == 401


def test_a_stranger_is_not_let_in_however_well_signed(town: Town) -> None:
    answer = town.somebody("stranger").sign_in()
    assert answer.status_code == 403 and "not admitted" in what(answer)
    assert "set-cookie" not in answer.headers


def test_a_session_ends_half_an_hour_after_its_last_use_and_after_twelve_hours_in_any_case(town: Town) -> None:
    desk = town.somebody("Olena", "desk")
    desk.sign_in()
    for _ in range(WHOLE_MS // (IDLE_MS - 60_000)):
        town.clock.ms += IDLE_MS - 60_000
        assert desk.get(SESSION).status_code == 200
    town.clock.ms += IDLE_MS - 60_000
    assert desk.get(SESSION).status_code == 401, "twelve hours are over"
    desk.sign_in()
    town.clock.ms += IDLE_MS + 1_000
    assert desk.get(SESSION).status_code == 401


def test_a_lost_phone_is_shut_out_at_once_everywhere(town: Town) -> None:
    host = town.somebody("Petro", "host", town.school)
    host.sign_in()
    assert host.get(SESSION).status_code == 200
    assert revoke(town.ledger, host.key, now_ms=town.clock()) == [town.school]
    answer = host.get(SESSION)
    assert answer.status_code == 403 and "any more" in what(answer)
    assert host.get(SESSION).status_code == 401, "its session is gone"
    assert host.sign_in().status_code == 403


def test_a_role_ends_with_its_time(town: Town) -> None:
    host = town.somebody("Petro")
    until = town.clock() + 60_000
    body = {"key": host.key.hex(), "role": "host", "scope": town.school.hex(), "until_ms": until}
    town.ledger.say("device.admitted", body, about=town.school, scope=town.school)
    assert host.sign_in().status_code == 200
    town.clock.ms = until + 1
    assert host.get(SESSION).status_code == 403


def test_signing_out_ends_it(town: Town) -> None:
    desk = town.somebody("Olena", "desk")
    desk.sign_in()
    assert desk.browser.delete(SESSION).status_code == 204
    assert desk.get(SESSION).status_code == 401
    assert desk.browser.delete(SESSION).status_code == 204, "nothing is wrong where nobody was signed in"


@pytest.mark.parametrize(
    "headers",
    [{"sec-fetch-site": "cross-site"}, {"sec-fetch-site": "same-site"}, {"origin": "https://evil.example"}],
    ids=["cross-site", "same-site", "an old browser's origin"],
)
def test_another_page_cannot_act_in_the_desks_name(town: Town, headers: dict[str, str]) -> None:
    desk = town.somebody("Olena", "desk")
    desk.sign_in()
    forged = desk.browser.post("/api/v1/invites", json={"role": "desk"}, headers=headers)
    assert forged.status_code == 403 and town.invites.open() == []


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"key": 1},
        {"key": "AB" * 32},
        {"key": "ab" * 31},
        {"key": "ab" * 32, "more": 1},
        {"key": None},
        {"key": False},
        [],
        "text",
    ],
)
def test_nothing_is_taken_for_something_else(town: Town, body: object) -> None:
    answer = town.somebody("x").browser.post(f"{SESSION}/challenge", json=body)
    assert answer.status_code == 422 and set(answer.json()["error"]) == {"what", "where", "mend"}


def test_the_interface_describes_itself_whole(town: Town) -> None:
    spec = town.somebody("x").get("/api/v1/desk/openapi.json").json()
    assert spec["openapi"].startswith("3.1")
    assert {"/api/v1/session", "/api/v1/invites/redeem", "/api/v1/desk/events"} <= set(spec["paths"])
    assert "http" not in str([value for value in spec.values() if isinstance(value, list)])
