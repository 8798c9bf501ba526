"""What people of a network may ask, asked in hundreds of odd ways by each role: never a fault of ours, never an
answer it does not describe, and never anything of a place elsewhere."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from hypothesis.errors import Unsatisfiable
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import content_type_conformance, response_schema_conformance

from shanyrak.server.signing_in import COOKIE
from tests.unit.server.desk_town import desk_town, everybody
from tests.unit.server.people import HERE, Town
from tests.unit.server.role_table import LINES, LISTENING, ROLES

CHECKS = [not_a_server_error, content_type_conformance, response_schema_conformance]
EXAMPLES = 3
NARROW = ("host", "driver", "inspector", "desk")
SECRET = "Only the harbour knows"


@pytest.fixture(scope="module")
def asked(tmp_path_factory: pytest.TempPathFactory) -> tuple[Town, dict[str, str], Any]:
    town = desk_town(tmp_path_factory.mktemp("town"))
    town.ledger.say("stock.counted", {"fuel_ml": 1_000}, about=town.pier, sealed={"note": SECRET})
    cookies = {role: one.browser.cookies.get(COOKIE, "") for role, one in everybody(town).items()}
    return town, cookies, schemathesis.openapi.from_asgi("/api/v1/desk/openapi.json", town.app)


@pytest.mark.slow
def test_no_question_of_any_role_breaks_it(asked: tuple[Town, dict[str, str], Any]) -> None:
    town, cookies, interface = asked
    seen = set()
    for found in interface.get_all_operations():
        operation = found.ok()
        method = operation.method.upper()
        if (method, operation.path) in (LISTENING, ("DELETE", "/api/v1/session")):
            continue  # the one never ends, the other ends the session
        seen.add((method, operation.path))
        for mode in (GenerationMode.POSITIVE, GenerationMode.NEGATIVE):
            try:
                ask(operation.as_strategy(generation_mode=mode), cookies, (town.pier.hex(), "Pier", SECRET))
            except Unsatisfiable:
                assert mode == GenerationMode.NEGATIVE, operation.label  # where nothing can be said wrongly
    assert {(line.method, line.route) for line in LINES} <= seen


def ask(strategy: Any, cookies: dict[str, str], elsewhere: tuple[str, ...]) -> None:
    """The same odd question by everybody, one after the other."""

    @given(case=strategy)
    @settings(max_examples=EXAMPLES, deadline=None, database=None, suppress_health_check=list(HealthCheck))
    def one(case: Any) -> None:
        for role in ROLES:
            cookie = {"cookie": f"{COOKIE}={cookies[role]}", "host": HERE.removeprefix("http://")}
            answer = case.call_and_validate(checks=CHECKS, headers=cookie)
            if role in NARROW and answer.status_code < 400:
                assert not [word for word in elsewhere if word.encode() in answer.content], role

    one()


@pytest.mark.slow
def test_a_photo_of_nothing_and_a_cut_body_are_refused(tmp_path: Path) -> None:
    town = desk_town(tmp_path)
    admin = everybody(town)["admin"]
    for body in (b"", b"\xff\xd8\xff", b"{", b"[" * 10_000):
        for line in LINES:
            if line.method in ("POST", "PUT") and "{" not in line.path:
                answer = admin.browser.request(line.method, line.path, content=body)
                assert 400 <= answer.status_code < 500, (line.path, body[:10], answer.text[:200])
