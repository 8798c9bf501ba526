"""The demo's own pages, and the evening that begins again."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from starlette.responses import PlainTextResponse
from starlette.testclient import TestClient
from starlette.types import ASGIApp

from shanyrak.core.texts import LANGUAGES, texts
from shanyrak.demo.first_page import first_page, keep_page, script, style, wait_page
from shanyrak.server.door import EVERYWHERE
from shanyrak.server.stage import Pages, Stage

HERE = "http://127.0.0.1:8765"
PAGES = Pages(lambda language: first_page(language, "/?plan=p"), keep_page, wait_page, script(), style())


class Evening:
    """A site that says in which evening it was opened, and notes when it is closed."""

    def __init__(self) -> None:
        self.number = 0
        self.happened: list[str] = []

    @contextmanager
    def open(self) -> Iterator[ASGIApp]:
        self.happened.append(f"open {self.number}")

        async def site(scope: dict, receive: object, send: object) -> None:
            await PlainTextResponse(f"evening {self.number} {scope['path']}", headers=EVERYWHERE)(scope, receive, send)

        yield site  # type: ignore[misc]
        self.happened.append(f"close {self.number}")

    def anew(self) -> None:
        self.happened.append("anew")
        self.number += 1


@pytest.fixture
def evening() -> Evening:
    return Evening()


@pytest.fixture
def browser(evening: Evening) -> Iterator[TestClient]:
    stage = Stage(PAGES, evening.open, evening.anew, {"host": lambda: f"/host/#invite={evening.number}"})
    with stage:
        yield TestClient(stage, base_url=HERE, follow_redirects=False)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_first_page_asks_one_thing_in_the_language_asked_for(browser: TestClient, language: str) -> None:
    page = browser.get(f"/?lang={language}").text
    t = texts(language, "demo")
    assert f'<html lang="{language}">' in page and page.count("<h1>") == 1
    assert all(t(key) in page for key in ("demo.question", "demo.find", "demo.keep", "demo.run", "demo.made_up"))


@pytest.mark.parametrize(
    ("accepts", "language"), [("kk,ru;q=0.9", "kk"), ("fr-FR,de;q=0.5", "de"), ("fr", "uk"), ("", "uk")]
)
def test_without_a_choice_it_speaks_the_readers_language_or_ukrainian(
    browser: TestClient, accepts: str, language: str
) -> None:
    assert f'<html lang="{language}">' in browser.get("/", headers={"accept-language": accepts}).text


def test_the_plan_is_shown_where_it_always_was(browser: TestClient) -> None:
    assert browser.get("/?plan=p").text == "evening 0 /"


def test_everything_else_is_the_sites(browser: TestClient) -> None:
    assert browser.get("/find/app/").text == "evening 0 /find/app/"
    assert browser.get("/as/king").text == "evening 0 /as/king"
    assert browser.get("/again").text == "evening 0 /again"


def test_a_role_leads_into_its_app_with_an_invitation_that_nobody_keeps(browser: TestClient) -> None:
    led = browser.get("/as/host")
    assert (led.status_code, led.headers["location"]) == (303, "/host/#invite=0")
    assert led.headers["cache-control"] == "no-store"


def test_only_apps_may_be_framed_and_only_by_the_demo_itself(browser: TestClient) -> None:
    app, page = browser.get("/host/"), browser.get("/find/")
    assert "frame-ancestors 'self'" in app.headers["content-security-policy"]
    assert app.headers["x-frame-options"] == "SAMEORIGIN"
    assert "frame-ancestors 'none'" in page.headers["content-security-policy"]
    assert page.headers["x-frame-options"] == "DENY"
    assert "frame-ancestors 'none'" in browser.get("/keep").headers["content-security-policy"]


def test_start_again_closes_the_evening_before_it_makes_another(browser: TestClient, evening: Evening) -> None:
    done = browser.post("/again?lang=de")
    assert (done.status_code, done.headers["location"]) == (303, "/?lang=de")
    assert evening.happened == ["open 0", "close 0", "anew", "open 1"]
    assert browser.get("/find/").text == "evening 1 /find/"


def test_another_page_cannot_throw_the_evening_away(browser: TestClient, evening: Evening) -> None:
    assert browser.post("/again", headers={"sec-fetch-site": "cross-site"}).status_code == 403
    assert evening.happened == ["open 0"]


@pytest.mark.parametrize("path", ["/", "/keep", "/as/host", "/again"])
def test_under_another_name_nothing_of_the_demo_is_shown(browser: TestClient, path: str) -> None:
    asked = browser.request("POST" if path == "/again" else "GET", path, headers={"host": "evil.example"})
    assert asked.status_code == 421


def test_while_the_evening_is_made_a_page_says_so_and_asks_again(evening: Evening) -> None:
    stage = Stage(PAGES, evening.open, evening.anew, {})
    waiting = TestClient(stage, base_url=HERE).get("/find/?lang=en")  # not opened
    assert waiting.status_code == 503 and waiting.headers["retry-after"] == "2"
    assert 'http-equiv="refresh"' in waiting.text and "begins anew" in waiting.text
