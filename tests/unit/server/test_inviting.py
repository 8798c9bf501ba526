"""Invitations: once, within an hour, and never more than the one who invites may give."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from shanyrak.app.devices import find_device, list_devices, revoke
from shanyrak.app.invites import HOUR_MS, read_token
from shanyrak.core.errors import InvalidInput, NotFound
from shanyrak.facts.framing import decode
from shanyrak.facts.ledger import Ledger
from tests.ledgers import empty_ledger
from tests.unit.server.people import Town


@pytest.fixture
def town(tmp_path: Path) -> Town:
    return Town(tmp_path)


def roles(town: Town, key: bytes) -> list[tuple[str, bytes]]:
    standing = town.ledger.trust.authority.roles_of(key)
    return [(one.role, one.scope) for one in standing if one.revoked_ms is None]


def test_who_redeems_is_admitted_with_the_name_they_were_invited_by(town: Town) -> None:
    token = town.invites.make("host", town.school, name="Petro")
    host = town.somebody("Petro")
    answer = host.redeem(token)
    assert answer.status_code == 200
    said = answer.json()
    assert (said["role"], said["scope"], said["scope_name"]) == ("host", town.school.hex(), "School")
    assert roles(town, host.key) == [("host", town.school)]
    assert find_device(town.ledger, "petro") == host.key
    assert host.sign_in().status_code == 200


def test_the_device_gets_what_it_needs_to_trust_and_to_speak(town: Town) -> None:
    import base64

    town.somebody("Other", "host", town.pier)
    town.somebody("Olena", "desk")
    host = town.somebody("Petro")
    said = host.redeem(town.invites.make("host", town.school)).json()
    assert b"Olena" not in base64.urlsafe_b64decode(said["founding"] + "=="), "nor who sits at the desk"
    facts = decode(base64.urlsafe_b64decode(said["founding"] + "=="), town.ledger.net)
    phone: Ledger = empty_ledger("Petro")
    phone.signer = host.signer
    outcomes = phone.accept(facts)
    assert all(one.what == "new" for one in outcomes) and phone.net == town.ledger.net
    assert [one.role for one in phone.trust.authority.roles_of(host.key)] == ["host"]
    school = phone.thing(town.school)
    assert school is not None and school.get("names") == {"en": "School"}
    assert phone.thing(town.pier) is None, "nothing of other places"


def test_an_invitation_serves_once(town: Town) -> None:
    token = town.invites.make("host", town.school)
    assert town.somebody("first").redeem(token).status_code == 200
    second = town.somebody("second")
    assert second.redeem(token).status_code == 404
    assert roles(town, second.key) == []


def test_an_invitation_serves_for_an_hour(town: Town) -> None:
    token = town.invites.make("host", town.school)
    town.clock.ms += HOUR_MS + 1_000
    assert town.somebody("late").redeem(token).status_code == 404


def test_a_guess_a_used_one_and_a_late_one_are_told_alike(town: Town) -> None:
    used, late = town.invites.make("host", town.school), town.invites.make("host", town.hall)
    town.somebody("first").redeem(used)
    town.clock.ms += HOUR_MS + 1_000
    answers = [town.somebody(f"x{k}").redeem(token) for k, token in enumerate((used, late, b"\7" * 32))]
    assert {answer.text for answer in answers} == {answers[0].text}


def test_the_key_must_sign_for_itself(town: Town) -> None:
    token = town.invites.make("host", town.school)
    thief, victim = town.somebody("thief"), town.somebody("victim")
    thief.key = victim.key
    assert thief.redeem(token).status_code == 401
    assert town.somebody("Petro").redeem(token).status_code == 200, "and the invitation is still there"


def test_only_a_hash_of_the_token_is_kept_and_the_name_goes_with_its_use(town: Town, tmp_path: Path) -> None:
    token = town.invites.make("host", town.school, name="Petro")
    kept = (tmp_path / "invites.json").read_text()
    assert "Petro" in kept and token.hex() not in kept
    town.somebody("Petro").redeem(token)
    assert "Petro" not in (tmp_path / "invites.json").read_text()


def test_who_invited_must_still_be_trusted_when_it_is_taken_up(town: Town) -> None:
    desk = town.somebody("Olena", "desk")
    desk.sign_in()
    token = read_token(desk.invite("host", town.school).json()["token"])
    revoke(town.ledger, desk.key, now_ms=town.clock())
    host = town.somebody("Petro")
    assert host.redeem(token).status_code == 400
    assert roles(town, host.key) == []


# who may invite whom ---------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("role", "at", "wanted", "where", "status"),
    [
        ("admin", "net", "admin", "net", 201),
        ("admin", "net", "desk", "net", 201),
        ("desk", "net", "desk", "net", 201),
        ("desk", "net", "host", "school", 201),
        ("desk", "net", "admin", "net", 403),
        ("desk", "centre", "host", "school", 201),
        ("desk", "centre", "inspector", "centre", 201),
        ("desk", "centre", "host", "pier", 404),
        ("desk", "centre", "desk", "net", 403),
        ("host", "school", "host", "school", 403),
        ("inspector", "net", "inspector", "net", 403),
        ("driver", "net", "driver", "net", 403),
    ],
)
def test_nobody_gives_more_than_they_have(town: Town, role: str, at: str, wanted: str, where: str, status: int) -> None:
    places = {
        "net": town.ledger.net,
        "centre": town.centre,
        "school": town.school,
        "pier": town.pier,
    }
    one = town.somebody("one", role, places[at])
    one.sign_in()
    assert one.invite(wanted, places[where]).status_code == status


@pytest.mark.parametrize("scope", ["", "net"])
def test_somebody_is_on_duty_at_a_place_not_everywhere(town: Town, scope: str) -> None:
    desk = town.somebody("Olena", "desk")
    desk.sign_in()
    answer = desk.invite("host", town.ledger.net if scope else b"")
    assert answer.status_code == 400 and "place" in answer.json()["error"]["what"]


def test_a_desk_sees_and_takes_back_the_open_invitations_of_its_own_area(town: Town) -> None:
    desk = town.somebody("Olena", "desk", town.centre)
    desk.sign_in()
    town.invites.make("host", town.pier, name="at the pier")
    token = read_token(desk.invite("host", town.school, name="Petro").json()["token"])
    (listed,) = desk.get("/api/v1/invites").json()["invites"]
    assert (listed["name"], listed["scope_name"]) == ("Petro", "School")
    (other,) = [one for one in town.invites.open() if one.name == "at the pier"]
    assert desk.browser.delete(f"/api/v1/invites/{other.id}").status_code == 404
    assert desk.browser.delete(f"/api/v1/invites/{listed['id']}").status_code == 204
    assert town.somebody("Petro").redeem(token).status_code == 404


def test_two_programs_share_the_file(town: Town, tmp_path: Path) -> None:
    from shanyrak.app.invites import Invites
    from tests.ledgers import replayed

    command_line = Invites(tmp_path / "invites.json", now_ms=town.clock, random=replayed("command line"))
    token = command_line.make("host", town.hall)
    assert town.somebody("Petro").redeem(token).status_code == 200
    assert command_line.open() == []


def test_a_damaged_list_is_told_and_how_to_go_on(town: Town, tmp_path: Path) -> None:
    (tmp_path / "invites.json").write_text("{")
    assert town.somebody("Petro").redeem(b"\1" * 32).status_code == 500
    with pytest.raises(Exception, match="Remove the file"):
        town.invites.open()


# devices ----------------------------------------------------------------------------------------------------------
def test_the_list_names_every_device_that_has_or_had_a_role(town: Town) -> None:
    host = town.somebody("Petro", "host", town.school)
    revoke(town.ledger, host.key, cause="lost", now_ms=town.clock())
    rows = {row["name"]: row for row in list_devices(town.ledger, now_ms=town.clock())}
    assert rows["Petro"]["roles"][0]["in_effect"] is False
    assert rows[""]["this"] is True
    json.dumps(list(rows.values()))


def test_a_device_is_found_by_name_or_the_beginning_of_its_key(town: Town) -> None:
    petro, other = town.somebody("Petro", "host", town.school), town.somebody("Olena", "desk")
    assert find_device(town.ledger, "PETRO ") == petro.key
    assert find_device(town.ledger, other.key.hex()[:10]) == other.key
    town.somebody("Petro 2", "host", town.hall)
    with pytest.raises(NotFound):
        find_device(town.ledger, "Pet")
    with pytest.raises(InvalidInput, match="no role"):
        revoke(town.ledger, town.somebody("nobody").key, now_ms=town.clock())


def test_one_call_shuts_a_phone_out_of_every_place(town: Town) -> None:
    host = town.somebody("Petro", "host", town.school)
    body = {"key": host.key.hex(), "role": "host", "scope": town.pier.hex()}
    town.ledger.say("device.admitted", body, about=town.pier, scope=town.pier)
    assert set(revoke(town.ledger, host.key, now_ms=town.clock())) == {town.school, town.pier}
    assert roles(town, host.key) == []
