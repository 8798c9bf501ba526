"""What one server answers to whom: public files to everybody, plans to this machine only."""

from __future__ import annotations

from pathlib import Path

import pytest
from starlette.testclient import TestClient

from shanyrak.app.published import Published
from shanyrak.app.shelf import Shelf
from shanyrak.app.visitors import Limits, Visitors
from shanyrak.server.exchange import PATH as EXCHANGE
from shanyrak.server.exchange import create_exchange_app
from shanyrak.server.http import create_app
from shanyrak.server.public import PublicSide
from shanyrak.server.site import Site, create_everybody
from tests.ledgers import founded_ledger
from tests.unit.server.published_drawn import NOW_MIN, SCHOOL, write_folder
from tests.unit.server.small_town import PLAN_ID

OWN = "http://127.0.0.1:8765"
ELSEWHERE = "http://warm.example"


def a_site(home: Path, webapp: Path, *, public_at: str = "/", beyond: bool = False) -> Site:
    folder = write_folder(home / "public")
    published = Published(folder)
    visitors = Visitors(is_public=published.is_point, write=lambda *_: None, limits=Limits(lambda: 0.0, b"k" * 32))
    return Site(
        public=PublicSide(folder),
        everybody=create_everybody(published, visitors, lambda _: None, now_ms=lambda: NOW_MIN * 60_000),
        plan=create_app(Shelf(home), webapp=webapp),
        exchange=create_exchange_app(founded_ledger(), require_admitted=beyond, now_ms=lambda: NOW_MIN * 60_000),
        public_at=public_at,
    )


def asking(site: Site, *, under: str = OWN, address: str = "127.0.0.1") -> TestClient:
    return TestClient(site, base_url=under, client=(address, 5000), follow_redirects=False)


@pytest.fixture
def served(home: Path, webapp: Path) -> Site:
    """As ``shanyrak serve`` has it."""
    return a_site(home, webapp)


@pytest.fixture
def demo(home: Path, webapp: Path) -> Site:
    """As ``shanyrak demo`` has it."""
    return a_site(home, webapp, public_at="/find/")


PLAN_PATHS = (
    "/plan/",
    "/plan/assets/main-AbC123.js",
    "/assets/main-AbC123.js",
    "/api/v1/plans",
    f"/api/v1/plans/{PLAN_ID}",
)


def test_serve_gives_the_published_folder_and_beside_it_the_plan_page(served: Site) -> None:
    client = asking(served)
    assert "Warm place" in client.get("/").text
    assert "Shanyrak" in client.get("/plan/").text
    assert client.get("/plan").headers["location"] == "/plan/"
    for path in PLAN_PATHS:
        assert client.get(path).status_code == 200, path
    assert client.get("/api/v1/public/status").status_code == 200
    assert client.post("/said", json={"point": SCHOOL, "state": "open"}).status_code == 200
    assert client.get("/plan/nothing").status_code == 404


def test_the_demo_gives_the_plan_page_and_under_find_the_published_folder(demo: Site) -> None:
    client = asking(demo)
    assert "Shanyrak" in client.get("/").text
    assert client.get("/find").headers["location"].endswith("/find/")
    assert "Warm place" in client.get("/find/").text
    assert client.get("/find/uk").headers["location"] == "uk/"
    assert client.get("/find/data/base.shy").status_code == 200
    assert client.get("/find/plan/").status_code == 404
    assert client.get("/data/base.shy").status_code == 404
    assert client.get("/api/v1/plans").status_code == 200


def test_a_word_is_taken_at_the_folders_beginning_and_at_the_servers(demo: Site) -> None:
    form = {"point": SCHOOL, "state": "open"}
    there = asking(demo, address="127.0.0.1").post("/find/said", data=form)
    assert (there.status_code, there.headers["location"].partition("?")[0]) == (303, "said/thanks")
    assert "Дякуємо" in asking(demo).get("/find/said/thanks").text
    assert asking(demo, address="127.0.0.2").post("/said", data=form).status_code == 303
    assert asking(demo, address="127.0.0.2").post("/find/said", data=form).status_code == 429  # one desk, two ways


@pytest.mark.parametrize(
    ("under", "address", "headers"),
    [
        (ELSEWHERE, "127.0.0.1", {}),  # another name that leads here
        (OWN, "203.0.113.7", {}),  # a stranger who writes our name
        (ELSEWHERE, "203.0.113.7", {}),
        (OWN, "127.0.0.1", {"x-forwarded-for": "203.0.113.7"}),  # a proxy on this machine
        (OWN, "127.0.0.1", {"forwarded": "for=203.0.113.7"}),
        (OWN, "testclient", {}),  # an address that is none
    ],
)
def test_from_elsewhere_there_are_public_files_and_nothing_of_plans(
    served: Site, under: str, address: str, headers: dict[str, str]
) -> None:
    client = asking(served, under=under, address=address)
    for path in ("/", "/app/", "/data/manifest.shy", "/api/v1/public/points"):
        assert client.get(path, headers=headers).status_code == 200, path
    assert client.post("/said", json={"point": SCHOOL, "state": "open"}, headers=headers).status_code == 200
    for path in PLAN_PATHS:
        answer = client.get(path, headers=headers)
        assert answer.status_code == 421, path
        assert set(answer.json()["error"]) == {"what", "where", "mend"}


def test_the_demo_shows_its_plan_to_this_machine_only(demo: Site) -> None:
    stranger = asking(demo, under=ELSEWHERE, address="203.0.113.7")
    assert stranger.get("/find/").status_code == 200
    assert stranger.get("/").status_code == 421


def test_the_exchange_keeps_its_own_rules(home: Path, webapp: Path, served: Site) -> None:
    assert asking(served, under=ELSEWHERE).post(EXCHANGE, content=b"x").status_code == 421
    assert asking(served).post(EXCHANGE, content=b"x").status_code == 200  # a message, that it could not read that
    beyond = a_site(home / "beyond", webapp, beyond=True)
    answer = asking(beyond, under=ELSEWHERE, address="203.0.113.7").post(EXCHANGE, content=b"x")
    assert answer.status_code == 401
    assert "does not say who asks" in answer.json()["error"]["what"]


def test_a_secret_that_is_none_is_answered_as_any_place_with_nothing(served: Site) -> None:
    client = asking(served, under=ELSEWHERE, address="203.0.113.7")
    secret, nothing = client.get("/giver/abcdefgh"), client.get("/nothing")
    assert secret.status_code == nothing.status_code == 404
    assert secret.content == nothing.content
