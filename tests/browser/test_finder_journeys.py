"""Journeys of a person in the cold through the finder, served as any static server would serve the published folder."""

from __future__ import annotations

import json
import re
import shutil
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page, expect

from shanyrak.core.spec import spec_folder
from tests.conftest import Demo

pytestmark = pytest.mark.browser

PHONE = {"width": 360, "height": 740}
WCAG = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}
PATIENCE_MS = 20_000


def words(part: str = "finder", language: str = "uk") -> dict[str, Any]:
    """Texts of the finder."""
    found: dict[str, Any] = json.loads((spec_folder() / "texts" / part / f"{language}.json").read_text("utf-8"))
    return found


UK = words()


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: Any) -> None:
        """Nothing: whoever asks for what is asked of the browser."""


@contextmanager
def served(folder: Path) -> Iterator[str]:
    """The folder by a server that knows nothing of us."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(_Quiet, directory=str(folder)))
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://localhost:{server.server_address[1]}/"
    finally:
        server.shutdown()
        server.server_close()
        thread.join(10)


@pytest.fixture(scope="module")
def folder(demo: Demo, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The demo's network, published."""
    made = tmp_path_factory.mktemp("published") / "public"
    done = demo.run("publish", str(made), "--demo")
    assert done.returncode == 0, done.stderr
    return made


@pytest.fixture(scope="module")
def address(folder: Path) -> Iterator[str]:
    with served(folder) as at:
        yield at


Visit = Callable[..., Page]


@pytest.fixture
def visit(chromium: Browser) -> Iterator[Visit]:
    """Open the finder; ``requests`` of the page's context are kept in ``asked`` where one is given."""
    contexts: list[BrowserContext] = []

    def open_it(address: str, *, asked: list[str] | None = None, **options: Any) -> Page:
        context = chromium.new_context(**{"viewport": PHONE, "locale": "uk-UA", **options})
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(PATIENCE_MS)
        if asked is not None:
            context.on("request", lambda request: asked.append(f"{request.method} {request.url}"))
        page.goto(f"{address}app/index.html")
        return page

    yield open_it
    for context in contexts:
        context.close()


def search(page: Page, street: str) -> None:
    """Type a street and take the first that is offered."""
    page.get_by_label(UK["where.search"]).fill(street)
    page.locator("form.search .rows button").first.click()
    expect(page.get_by_role("link", name=UK["go.start"])).to_be_visible(timeout=PATIENCE_MS)


def test_find_by_street_with_no_position(address: str, visit: Visit) -> None:
    page = visit(address, permissions=[])
    search(page, "Паркова")
    expect(page.locator(".minutes")).to_contain_text("хв")
    assert page.locator("h1").inner_text()


def test_the_door_is_shut_and_the_network_is_gone(folder: Path, visit: Visit) -> None:
    with served(folder) as address:
        page = visit(address)
        search(page, "Паркова")
        page.evaluate("navigator.serviceWorker.ready.then(() => true)")
        page.wait_for_timeout(1_000)  # what is fetched for later, for whoever is offline in a moment
    page.context.set_offline(True)
    page.reload()
    expect(page.get_by_role("link", name=UK["go.start"])).to_be_visible(timeout=PATIENCE_MS)
    page.evaluate("location.hash = '#/'")
    search(page, "Козацька")  # another street than the one asked for with a network
    first = page.locator("h1").inner_text()
    page.get_by_role("link", name=UK["go.start"]).click()
    expect(page.locator("h1")).to_have_text(first)
    page.locator(".on-the-way .act-main", has_text=UK["way.shut"]).click()
    expect(page.locator("h1")).not_to_have_text(first)


def test_for_someone_else_there_is_a_sentence_to_read_out(address: str, visit: Visit) -> None:
    page = visit(address)
    page.get_by_label(re.compile(UK["where.other"])).check()
    search(page, "Паркова")
    sentence = page.locator(".read-out p").inner_text()
    assert page.locator("h1").inner_text() in sentence
    assert sentence.endswith(".")


def test_what_is_asked_does_not_depend_on_where_the_person_is(address: str, visit: Visit) -> None:
    journeys = []
    for street, lon, lat in (("Паркова", 30.5, 50.4), ("Козацька", 30.6, 50.5)):
        asked: list[str] = []
        page = visit(
            address,
            asked=asked,
            permissions=["geolocation"],
            geolocation={"longitude": lon, "latitude": lat, "accuracy": 20},
        )
        expect(page.get_by_role("button", name=UK["where.position"])).to_be_enabled()
        page.get_by_role("button", name=UK["where.position"]).click()
        page.wait_for_timeout(500)
        if not page.get_by_label(UK["where.search"]).is_visible():
            page.goto(f"{address}app/index.html#/")
        search(page, street)
        page.get_by_role("link", name=UK["go.start"]).click()
        expect(page.locator(".on-the-way .act-main")).to_contain_text(UK["way.shut"])
        page.wait_for_timeout(1_500)
        journeys.append([one for one in asked if not one.startswith("GET data:")])
    assert sorted(journeys[0]) == sorted(journeys[1])
    assert not [one for one in journeys[0] if re.search(r"\d\d[.,]\d{3}|lon|lat=|%D0", one)]
    assert all(one.startswith(("GET " + address, "HEAD " + address)) for one in journeys[0])


@pytest.mark.parametrize("broken", ["manifest", "base"])
def test_a_forged_copy_is_refused_and_said_so(folder: Path, tmp_path: Path, visit: Visit, broken: str) -> None:
    forged = tmp_path / "forged"
    shutil.copytree(folder, forged)
    path = forged / "data" / f"{broken}.shy"
    data = bytearray(path.read_bytes())
    data[20] ^= 1  # one bit of the signature
    path.write_bytes(data)
    with served(forged) as address:
        page = visit(address)
        expect(page.get_by_role("alert").or_(page.locator(".refused"))).to_be_visible()
        page.get_by_label(UK["where.search"]).fill("Паркова")
        page.wait_for_timeout(500)
        assert page.locator("form.search .rows button").count() == 0


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("language", ["uk", "kk"])
def test_no_violation_of_wcag_22_aa(address: str, visit: Visit, language: str, scheme: str) -> None:
    page = visit(address, locale=language, color_scheme=scheme, reduced_motion="reduce")
    search(page, "Паркова")
    point = page.get_by_role("link", name=UK["go.place"]).get_attribute("href")
    assert point
    for screen in ("#/", "#/go", "#/others", point, point.replace("place", "said"), "#/saved", "#/way"):
        page.evaluate("hash => { location.hash = hash }", screen)
        page.wait_for_timeout(300)
        found = Axe().run(page, options=WCAG).response["violations"]
        assert [(screen, v["id"], [n["target"] for n in v["nodes"]]) for v in found] == []


def test_nothing_is_wider_than_320_px(address: str, visit: Visit) -> None:
    page = visit(address, viewport={"width": 320, "height": 640})
    search(page, "Паркова")
    for screen in ("#/", "#/go", "#/others", "#/saved"):
        page.evaluate("hash => { location.hash = hash }", screen)
        page.wait_for_timeout(200)
        assert page.evaluate("document.documentElement.scrollWidth") <= 320, screen


def test_offline_html_opens_from_a_stick(folder: Path, chromium: Browser) -> None:
    context = chromium.new_context(viewport=PHONE)
    page = context.new_page()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto((folder / "offline.html").as_uri())
    expect(page.locator("h1").first).to_be_visible()
    assert [one for one in asked if not one.startswith(("file:", "data:", "blob:"))] == []
    context.close()
