"""A plan on a page in Debian's chromium. Everything the page asks for, and everything it complains of, is kept."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from shanyrak.app.shelf import Shelf
from shanyrak.server.http import WEBAPP, create_app
from shanyrak.server.serve import Service, free_socket
from tests.browser.finder import LANGUAGES, Person, Static, static
from tests.conftest import Demo

FLAGS = [
    "--no-sandbox",
    "--use-angle=swiftshader",
    "--enable-unsafe-swiftshader",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
PATIENCE_MS = 60_000
"""Drawing without a graphics card on a busy machine is slow; nothing is asserted of time."""


@dataclass
class Opened:
    """A page and what it did."""

    page: Page
    requests: list[str] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)

    def wait_for_map(self) -> None:
        """Until MapLibre has drawn everything."""
        self.page.wait_for_selector("[data-map-state=idle]", timeout=PATIENCE_MS)


Open = Callable[..., Opened]

WITHOUT_WEBGL = """
const get = HTMLCanvasElement.prototype.getContext;
HTMLCanvasElement.prototype.getContext = function (kind, ...rest) {
  return kind.startsWith('webgl') ? null : get.call(this, kind, ...rest);
};
"""


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """Debian's chromium, or the one CHROMIUM names. Missing is loud: a skip here, a failure in CI."""
    program = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
    if program is None:
        message = "NO BROWSER: install chromium, or name one in CHROMIUM"
        if os.environ.get("CI") == "true":
            pytest.fail(message)
        pytest.skip(message)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, headless=True, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def home(demo: Demo) -> Path:
    """HOME as ``shanyrak demo --once`` leaves it."""
    return demo.home


@contextmanager
def served(home: Path) -> Iterator[str]:
    """The address of a server for ``home``, as long as the block lasts."""
    service = Service(create_app(Shelf(home)), port=21000)
    ready = threading.Event()
    thread = threading.Thread(target=service.run, args=(lambda _: ready.set(),), daemon=True)
    thread.start()
    assert ready.wait(60)
    yield service.address
    service.stop()
    thread.join(30)


@pytest.fixture(scope="session")
def address(home: Path) -> Iterator[str]:
    """Where the page is; the plan of ``home`` is the first that it shows."""
    assert (WEBAPP / "index.html").is_file(), "the web app is not built: pip install -e . (or python hatch_build.py)"
    with served(home) as address:
        yield address


@pytest.fixture
def open_page(chromium: Browser, address: str) -> Iterator[Open]:
    """Open the page; everything it asks for is kept and may be looked at."""
    contexts = []

    def open_it(
        *, width: int = 1400, height: int = 900, query: str = "?lang=en", webgl: bool = True, **options: object
    ) -> Opened:
        """``webgl=False``: a browser that cannot draw the map; also for tests that need none, since drawing is slow."""
        context = chromium.new_context(viewport={"width": width, "height": height}, **options)  # type: ignore[arg-type]
        contexts.append(context)
        if not webgl:
            context.add_init_script(WITHOUT_WEBGL)
        page = context.new_page()
        opened = Opened(page)
        page.on("request", lambda request: opened.requests.append(request.url))
        page.on("requestfailed", lambda r: _failed(opened, r.url, r.failure))
        page.on("response", lambda r: opened.failures.append(f"{r.status} {r.url}") if r.status >= 400 else None)
        page.on("pageerror", lambda error: opened.complaints.append(str(error)))
        page.on("console", lambda m: opened.complaints.append(m.text) if m.type in ("error", "warning") else None)
        page.goto(address + query)
        return opened

    yield open_it
    for context in contexts:
        context.close()


def _failed(opened: Opened, url: str, reason: str | None) -> None:
    # A map that is moved on drops the tiles it no longer needs: that is not a failure.
    if reason != "net::ERR_ABORTED":
        opened.failures.append(f"{reason} {url}")


# the finder -------------------------------------------------------------------------------------------------
@dataclass(frozen=True)
class Site:
    """``shanyrak serve`` on the demo's network in five languages, and the folder that it publishes."""

    port: int
    folder: Path
    home: Path

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}/"


@pytest.fixture(scope="session")
def site(demo: Demo, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """Our own server, on a copy of the demo's home: words that visitors send reach no other test."""
    home = tmp_path_factory.mktemp("served") / "home"
    shutil.copytree(demo.home, home)
    (home / "demo-network" / "deployment.json").write_text(json.dumps({"languages": LANGUAGES}))
    with free_socket(24000) as found:
        port = found.getsockname()[1]
    command = [sys.executable, "-m", "shanyrak", "serve", "--demo", "--port", str(port)]
    env = {**os.environ, "SHANYRAK_HOME": str(home), "LC_ALL": "C.UTF-8", "PYTHONUNBUFFERED": "1"}
    with subprocess.Popen(command, env=env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as server:
        assert server.stdout is not None
        said = server.stdout.readline()
        try:
            assert "http://127.0.0.1:" in said, said + server.stdout.read()
            yield Site(int(said.rsplit(":", 1)[1].strip().strip("/")), home / "demo-network" / "public", home)
        finally:
            server.terminate()


@pytest.fixture(scope="session")
def elsewhere(site: Site) -> Iterator[Static]:
    """The same folder as any static server serves it."""
    with static(site.folder) as server:
        yield server


@pytest.fixture
def person(chromium: Browser) -> Iterator[Callable[..., Person]]:
    """Somebody with a phone; whatever the finder complained of fails the test."""
    persons: list[Person] = []

    def somebody(language: str = "uk", *, browser: Browser = chromium, **options: object) -> Person:
        persons.append(Person(browser, language, **options))
        return persons[-1]

    yield somebody
    for one in persons:
        one.context.close()
    assert [one.complaints for one in persons if one.complaints] == []
