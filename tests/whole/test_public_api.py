"""The public interface asked in hundreds of odd ways: never a fault of ours, never an answer it does not describe."""

from __future__ import annotations

from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from hypothesis.errors import Unsatisfiable
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from shanyrak.app.published import Published
from shanyrak.app.visitors import Limits, Visitors
from shanyrak.server.site import create_everybody
from tests.unit.server.published_drawn import IDEA, LIBRARY, NOW_MIN, SCHOOL, write_folder

CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]


@pytest.fixture
def interface(tmp_path_factory: pytest.TempPathFactory) -> Any:
    published = Published(write_folder(tmp_path_factory.mktemp("published") / "public"))
    visitors = Visitors(is_public=published.is_point, write=lambda *_: None, limits=Limits(lambda: 0.0, b"k" * 32))
    app = create_everybody(published, visitors, lambda _: None, now_ms=lambda: NOW_MIN * 60_000)
    return schemathesis.openapi.from_asgi("/api/v1/public/openapi.json", app)


def asked_of(interface: Any) -> list[Any]:
    return [one.ok() for one in interface.get_all_operations()]


@pytest.mark.slow
def test_no_question_breaks_it(interface: Any) -> None:
    operations = asked_of(interface)
    assert {(one.method.upper(), one.path.rsplit("/", 1)[-1]) for one in operations} == {
        ("GET", "points"), ("GET", "status"), ("GET", "accounts"), ("GET", "manifest"), ("GET", "{id}"),
        ("POST", "said"),
    }  # fmt: skip
    for operation in operations:
        for mode in (GenerationMode.POSITIVE, GenerationMode.NEGATIVE):
            try:
                strategy = operation.as_strategy(generation_mode=mode)
                ask(strategy)
            except Unsatisfiable:
                assert mode == GenerationMode.NEGATIVE, operation.label  # where nothing can be said wrongly


def ask(strategy: Any) -> None:
    @given(case=strategy)
    @settings(max_examples=30, deadline=None, database=None, suppress_health_check=list(HealthCheck))
    def one(case: Any) -> None:
        case.call_and_validate(checks=CHECKS)

    one()


@pytest.mark.slow
def test_what_is_there_is_found_as_described(interface: Any) -> None:
    """The odd ways above seldom hit an id that exists: each of those is asked for here."""
    asked = 0
    for operation in asked_of(interface):
        ids = {"points": (SCHOOL, LIBRARY), "accounts": (SCHOOL, IDEA)}
        if operation.method.upper() != "GET":
            continue
        wanted = ids[operation.path.split("/")[-2]] if "{id}" in operation.path else ("",)
        for id in wanted:
            case = operation.Case(path_parameters={"id": id} if id else {})
            answer = case.call_and_validate(checks=CHECKS)
            assert answer.status_code == 200
            asked += 1
    assert asked == 8
