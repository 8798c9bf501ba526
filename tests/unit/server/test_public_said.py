"""``POST /said``: from a form with a page, from the finder with JSON; what is not an answer, and what stays unsaid."""

from __future__ import annotations

import json
import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import pytest
from starlette.testclient import TestClient

from shanyrak.app.published import Published
from shanyrak.app.visitors import MOST_FROM_ONE, MOST_OF_POINT, Limits, Visitors
from shanyrak.core.errors import Unavailable
from shanyrak.server.public import PublicSide
from shanyrak.server.serve import Service
from shanyrak.server.site import Site, create_everybody
from tests.unit.server.published_drawn import ARCHIVE, HIDDEN, LIBRARY, NOW_MIN, SCHOOL, write_folder

FORM = {"content-type": "application/x-www-form-urlencoded"}
ADDRESS = "203.0.113.77"


@dataclass
class Desk:
    """The server, and what it wrote down."""

    folder: Path
    written: list[tuple[str, str]] = field(default_factory=list)
    refuses: bool = False

    def site(self, *, behind_proxy: bool = False) -> Site:
        def write(point: bytes, word: str) -> None:
            if self.refuses:
                raise Unavailable("the disk is full", where="/var/lib/warm/ledger.sqlite")
            self.written.append((point.hex(), word))

        published = Published(self.folder)
        visitors = Visitors(is_public=published.is_point, write=write, limits=Limits(lambda: 0.0, b"k" * 32))
        everybody = create_everybody(
            published, visitors, lambda _: None, now_ms=lambda: NOW_MIN * 60_000, behind_proxy=behind_proxy
        )
        return Site(public=PublicSide(self.folder), everybody=everybody, plan=PublicSide(self.folder / "none"))

    def ask(self, address: str = ADDRESS, **more: bool) -> TestClient:
        return self.of(self.site(**more), address)

    def of(self, site: Site, address: str) -> TestClient:
        return TestClient(
            site, base_url="http://warm.example", client=(address, 5000), follow_redirects=False,
            raise_server_exceptions=False,
        )  # fmt: skip


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(write_folder(tmp_path / "public"))


def a_form(point: str = SCHOOL, state: str = "shut", **more: str) -> dict[str, Any]:
    return {"data": {"point": point, "state": state, **more}}


# ---- taken ------------------------------------------------------------------------------------------------
def test_a_form_is_thanked_with_a_page_of_its_language(desk: Desk) -> None:
    client = desk.ask()
    answer = client.post("/said", **a_form(lang="kk"))
    assert answer.status_code == 303  # so that "reload" sends nothing again
    page = client.get(httpx.URL("http://warm.example/said").join(answer.headers["location"]).raw_path.decode())
    assert page.status_code == 200
    assert '<html lang="kk">' in page.text and "Рақмет" in page.text
    assert "script" not in page.text
    assert page.headers["cache-control"] == "no-store"
    assert desk.written == [(SCHOOL, "shut")]


def test_without_a_language_it_is_the_first_of_the_deployment(desk: Desk) -> None:
    client = desk.ask()
    answer = client.post("/said", **a_form(), headers={"accept-language": "de"})
    assert answer.headers["location"].endswith("lang=uk")
    assert "Дякуємо" in client.get("/said/thanks?lang=xx").text


def test_the_finder_is_answered_in_json(desk: Desk) -> None:
    answer = desk.ask().post("/said", json={"point": LIBRARY, "state": "not_here"})
    assert (answer.status_code, answer.json()) == (200, {"said": True})
    assert answer.headers["cache-control"] == "no-store"
    assert desk.written == [(LIBRARY, "not_here")]


# ---- unknown ----------------------------------------------------------------------------------------------
@pytest.mark.parametrize("way", ["json", "data"])
def test_hidden_remembered_and_made_up_points_cannot_be_told_apart(desk: Desk, way: str) -> None:
    site = desk.site()
    answers = [
        desk.of(site, f"203.0.113.{k}").post("/said", **{way: {"point": point, "state": state}})
        for k in range(MOST_FROM_ONE + 2)
        for point, state in ((HIDDEN, "shut"), (ARCHIVE, "open"), ("0" * 64, "shut"))
    ]
    assert {answer.status_code for answer in answers} == {404}
    assert len({answer.content for answer in answers}) == 1
    assert len({tuple(answer.headers.raw) for answer in answers}) == 1
    assert desk.written == []


def test_however_often_a_hidden_point_is_asked_for_it_is_never_too_many(desk: Desk) -> None:
    site = desk.site()
    asked = [desk.of(site, f"203.0.{k}.1").post("/said", json={"point": HIDDEN, "state": "shut"}) for k in range(60)]
    assert {answer.status_code for answer in asked} == {404}


# ---- too many ---------------------------------------------------------------------------------------------
def test_one_address_says_one_word_about_a_point(desk: Desk) -> None:
    client = desk.ask()
    client.post("/said", **a_form())
    page = client.post("/said", **a_form(state="open", lang="de"))
    assert page.status_code == 429 and "Jetzt nicht angenommen" in page.text
    data = client.post("/said", json={"point": SCHOOL, "state": "open"})
    assert data.status_code == 429 and set(data.json()["error"]) == {"what", "where", "mend"}
    assert desk.written == [(SCHOOL, "shut")]


def test_a_crowd_of_addresses_meets_the_ceiling_of_the_point(desk: Desk) -> None:
    site = desk.site()
    for k in range(MOST_OF_POINT + 5):
        desk.of(site, f"203.0.113.{k}").post("/said", json={"point": SCHOOL, "state": "shut"})
    assert len(desk.written) == MOST_OF_POINT


def test_who_writes_addresses_into_headers_gains_nothing(desk: Desk) -> None:
    client = desk.ask()
    for k in range(10):
        client.post("/said", json={"point": SCHOOL, "state": "shut"}, headers={"x-forwarded-for": f"198.51.100.{k}"})
    assert len(desk.written) == 1


def test_behind_a_proxy_the_address_it_added_last_is_the_one(desk: Desk) -> None:
    site = desk.site(behind_proxy=True)
    proxy = desk.of(site, "127.0.0.1")
    for k in range(4):  # what the visitor wrote themselves stands before what the proxy added
        header = {"x-forwarded-for": f"198.51.100.{k}, 203.0.113.9"}
        proxy.post("/said", json={"point": SCHOOL, "state": "shut"}, headers=header)
    assert len(desk.written) == 1
    proxy.post("/said", json={"point": SCHOOL, "state": "shut"}, headers={"x-forwarded-for": "203.0.113.10"})
    assert len(desk.written) == 2


# ---- not an answer ----------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("body", "media", "status"),
    [
        (b"", "application/json", 422),
        (b"{", "application/json", 422),
        (b"[]", "application/json", 422),
        (b'{"point": 7, "state": "shut"}', "application/json", 422),
        (b'{"point": "%s"}' % SCHOOL.encode(), "application/json", 422),
        (b'{"point": "%s", "state": "warm"}' % SCHOOL.encode(), "application/json", 422),
        (b'{"point": "%s", "state": "shut", "name": "me"}' % SCHOOL.encode(), "application/json", 422),
        (b'{"point": "%s", "state": "shut", "lang": "xx"}' % SCHOOL.encode(), "application/json", 422),
        (b"point=%s&state=shut" % SCHOOL.encode(), "text/plain", 415),
        (b"point=%s&state=shut" % SCHOOL.encode(), "", 415),
        (b"point=%s&state=shut" % SCHOOL.encode(), "multipart/form-data; boundary=x", 415),
        (b"x" * 2000, "application/json", 413),
        (b"point=" + b"a" * 2000, FORM["content-type"], 413),
    ],
)
def test_what_is_no_answer_is_refused_in_the_one_shape(desk: Desk, body: bytes, media: str, status: int) -> None:
    answer = desk.ask().post("/said", content=body, headers={"content-type": media} if media else {})
    assert answer.status_code == status
    assert set(answer.json()["error"]) == {"what", "where", "mend"}
    assert desk.written == []


@pytest.mark.parametrize(
    "body",
    ["", "point", f"point={SCHOOL}", f"point={SCHOOL}&state=warm", f"point={SCHOOL}&state=shut&state=open",
     f"point={SCHOOL}&state=shut&note=hello", "%ff=%ff", "&" * 50],
)  # fmt: skip
def test_a_form_that_is_no_answer_gets_a_page(desk: Desk, body: str) -> None:
    answer = desk.ask().post("/said", content=body, headers=FORM)
    assert answer.status_code == 422
    assert "Не зрозуміло" in answer.text
    assert desk.written == []


def test_a_body_that_says_no_length_is_bounded_too(desk: Desk) -> None:
    answer = desk.ask().post("/said", content=(b"x" * 600 for _ in range(5)), headers=FORM)
    assert answer.status_code == 413


def test_it_cannot_be_asked_in_another_way(desk: Desk) -> None:
    for method in ("GET", "PUT", "DELETE"):
        answer = desk.ask().request(method, "/said")
        assert answer.status_code == 405
        assert set(answer.json()["error"]) == {"what", "where", "mend"}


def test_a_full_disk_is_said_without_where_it_is(desk: Desk) -> None:
    desk.refuses = True
    page = desk.ask().post("/said", **a_form(lang="en"))
    assert page.status_code == 503 and "could not be written down" in page.text
    data = desk.ask().post("/said", json={"point": SCHOOL, "state": "shut"})
    assert data.status_code == 503
    assert "ledger" not in page.text + data.text


# ---- who it was -------------------------------------------------------------------------------------------
def test_no_address_and_no_point_is_written_to_any_log(desk: Desk, caplog: pytest.LogCaptureFixture) -> None:
    """With everything that could log at its most talkative, over a real connection, well and badly."""
    caplog.set_level(logging.DEBUG)
    service, ready = Service(desk.site(behind_proxy=True), port=21600), threading.Event()
    thread = threading.Thread(target=service.run, args=(lambda _: ready.set(),), daemon=True)
    thread.start()
    assert ready.wait(20)
    try:
        with httpx.Client(base_url=service.address, headers={"x-forwarded-for": ADDRESS}, trust_env=False) as client:
            client.post("said", json={"point": SCHOOL, "state": "shut"})
            client.post("said", json={"point": HIDDEN, "state": "shut"})
            client.post("said", content=b"\xff", headers=FORM)
            client.get("giver/not-a-secret-at-all")
            desk.refuses = True
            client.post("said", json={"point": LIBRARY, "state": "shut"})
    finally:
        service.stop()
        thread.join(20)
    ours = [one for one in caplog.records if not one.name.startswith(("httpx", "httpcore"))]  # the client's own
    text = " ".join(f"{one.getMessage()} {one.exc_text or ''}" for one in ours)
    assert "could not be written down" in text  # it does log
    for secret in (ADDRESS, "127.0.0.1", SCHOOL, LIBRARY, HIDDEN, "not-a-secret"):
        assert secret not in text


def test_a_fault_of_ours_is_logged_without_who_asked_for_what(desk: Desk, caplog: pytest.LogCaptureFixture) -> None:
    def broken(_: str) -> Callable[..., Any]:
        raise RuntimeError("inside")

    published = Published(desk.folder)
    visitors = Visitors(is_public=broken, write=lambda *_: None, limits=Limits(lambda: 0.0, b"k" * 32))  # type: ignore[arg-type]
    everybody = create_everybody(published, visitors, broken, now_ms=lambda: 0)  # type: ignore[arg-type]
    none = PublicSide(desk.folder)
    client = desk.of(Site(public=none, everybody=everybody, plan=none), ADDRESS)
    for answer in (client.get("/giver/abcdefgh"), client.post("/said", json={"point": SCHOOL, "state": "shut"})):
        assert answer.status_code == 500
        assert set(answer.json()["error"]) == {"what", "where", "mend"}
    assert "a fault of ours" in caplog.text
    assert ADDRESS not in caplog.text
    assert json.dumps(SCHOOL) not in caplog.text and "/giver/" not in caplog.text
