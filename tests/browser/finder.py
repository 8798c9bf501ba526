"""What journeys through the finder share: a server that writes down what it is asked, words, searches, screens."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, BrowserContext, Page, expect

from shanyrak.core.texts import Texts, texts

LANGUAGES = ("uk", "en", "kk", "de", "ru")
PHONE = {"width": 360, "height": 740}
WCAG = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}
PATIENCE_MS = 30_000
STREET, ANOTHER = "Паркова", "Козацька"
"""Two streets of the made-up town, far enough from each other."""


def words(language: str = "uk") -> Texts:
    """Texts of the finder."""
    return texts(language, "words", "finder")


@dataclass(frozen=True)
class Asked:
    """One request as a server sees it."""

    method: str
    target: str
    headers: dict[str, str]
    body: bytes

    @property
    def line(self) -> str:
        """All of it that could tell one visitor from another, but for the browser's own headers."""
        own = {name: value for name, value in self.headers.items() if name in ("referer", "cookie", "origin")}
        return f"{self.method} {self.target} {self.body!r} {own}"


@dataclass
class Static:
    """A server that knows nothing of the finder, and what it was asked."""

    port: int
    asked: list[Asked] = field(default_factory=list)

    @property
    def address(self) -> str:
        return f"http://localhost:{self.port}/"


@contextmanager
def static(folder: Path) -> Iterator[Static]:
    """The folder as any static server would serve it; ``POST said`` is taken."""

    class Handler(SimpleHTTPRequestHandler):
        def log_message(self, format: str, *args: Any) -> None:
            """Nothing on the screen: everything is in ``asked``."""

        def _note(self, body: bytes = b"") -> None:
            headers = {name.lower(): value for name, value in self.headers.items()}
            seen.asked.append(Asked(self.command, self.path, headers, body))

        def do_GET(self) -> None:
            self._note()
            super().do_GET()

        def do_POST(self) -> None:
            self._note(self.rfile.read(int(self.headers.get("content-length", 0))))
            self.send_response(202 if self.path == "/said" else 404)
            self.send_header("content-length", "0")
            self.end_headers()

    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Handler, directory=str(folder)))
    seen = Static(server.server_address[1])
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield seen
    finally:
        server.shutdown()
        server.server_close()
        thread.join(10)


class Person:
    """Somebody with a phone, in front of the finder."""

    def __init__(self, browser: Browser, language: str = "uk", **options: Any) -> None:
        self.context: BrowserContext = browser.new_context(
            **{"viewport": PHONE, "locale": language, "reduced_motion": "reduce", **options}
        )
        self.page: Page = self.context.new_page()
        self.page.set_default_timeout(PATIENCE_MS)
        self.t = words(language)
        self.complaints: list[str] = []
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))

    def open(self, address: str, language: str = "") -> Person:
        """Open the app of a folder and wait until the list of places is there."""
        self.page.goto(f"{address}app/index.html")
        if language:
            self.speak(language)
        return self

    def speak(self, language: str) -> None:
        """Choose a language where it is offered."""
        self.page.get_by_role("combobox").select_option(language)
        self.t = words(language)
        expect(self.heading).to_have_text(self.t("where.title"))

    @property
    def heading(self) -> Any:
        return self.page.get_by_role("heading", level=1)

    def button(self, key: str) -> Any:
        return self.page.get_by_role("button", name=self.t(key))

    def link(self, key: str) -> Any:
        return self.page.get_by_role("link", name=self.t(key), exact=True)

    def search(self, street: str = STREET) -> None:
        """Type a street and take the first that is offered."""
        self.page.get_by_role("searchbox", name=self.t("where.search")).fill(street)
        self.page.get_by_role("search").get_by_role("listitem").first.get_by_role("button").click()
        expect(self.link("go.start")).to_be_visible()
        expect(self.page.get_by_text(self.t("walk.not_known"))).to_have_count(0)

    def point(self) -> str:
        """Id of the place that is put first; on the screen *Go here*."""
        return str(self.link("go.place").get_attribute("href")).rsplit("/", 1)[-1]

    def screens(self) -> Iterator[str]:
        """Open all eight screens, one after another; the name of each when it stands.

        The person must have said where they are.
        """
        self.at("#/go")
        expect(self.link("go.start")).to_be_visible()
        point = self.point()
        yield "go"
        self.at("#/")
        expect(self.page.get_by_role("searchbox")).to_be_visible()
        yield "where"
        self.at("#/others")
        expect(self.heading).to_have_text(self.t("others.title"))
        yield "others"
        self.at(f"#/place/{point}")
        expect(self.page.get_by_role("heading", name=self.t("place.find"))).to_be_visible()
        yield "place"
        self.at(f"#/said/{point}")
        expect(self.heading).to_have_text(self.t("visit.ask"))
        yield "said"
        self.at("#/saved")
        expect(self.heading).to_have_text(self.t("saved.title"))
        yield "saved"
        self.at(f"#/account/{point}")
        expect(self.heading).to_have_text(self.t("account.ask"))
        expect(self.page.get_by_text(self.t("account.coming"))).to_have_count(0)
        yield "account"
        self.at("#/go")
        self.link("go.start").click()
        expect(self.page.get_by_text(self.t("way.shut"))).to_be_visible()
        yield "way"

    def at(self, screen: str) -> None:
        """Go to a screen by its address."""
        self.page.evaluate("hash => { location.hash = hash }", screen)

    def kept_offline(self) -> None:
        """Until the phone has all it needs: the worker has the app, and nothing is on its way any more."""
        self.page.evaluate("navigator.serviceWorker.ready.then(() => true)")
        self.page.wait_for_load_state("networkidle")
