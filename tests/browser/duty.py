"""What journeys of people on duty share: our own server with a network of one yurt, and phones that stand before it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, BrowserContext, Page, expect

from shanyrak.app.network import NetworkFolder, Networks
from shanyrak.core.texts import Texts, texts
from shanyrak.server.inviting import link_path
from shanyrak.server.serve import free_socket
from shanyrak.wiring_desk import invites_of

PHONE = {"width": 360, "height": 740}
WCAG = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}
PATIENCE_MS = 30_000


def words(language: str = "uk") -> Texts:
    """Texts of the host's app."""
    return texts(language, "words", "host")


@dataclass
class Headquarters:
    """``shanyrak serve`` with a network of its own, which can be killed and come back."""

    home: Path
    point: str = ""
    area: str = ""
    port: int = 0
    _process: subprocess.Popen[str] | None = field(default=None, repr=False)

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}/"

    @property
    def network(self) -> NetworkFolder:
        return Networks(self.home, lambda: time.time_ns() // 1_000_000).real

    def found(self) -> None:
        """A network."""
        self._run("init", "--name", "Вигадане")

    def another_place(self) -> None:
        """A made-up area, and in it a yurt that is ready."""
        with self.network.open() as ledger:
            area = ledger.say("area.described", {"names": {"uk": "Вигадане", "en": "Made-up"}, "made_up": True}).id
            names = {"uk": "Юрта в парку", "en": "Yurt in the park", "kk": "Саябақтағы киіз үй"}
            names |= {"de": "Jurte im Park", "ru": "Юрта в парке"}
            body = {"names": names, "kind": "yurt", "address": "Паркова 1", "area": area.hex()}
            point = ledger.say("point.described", body).id
            ledger.say("point.ready", {}, about=point)
        self.point, self.area = point.hex(), area.hex()

    def start(self) -> None:
        """Until it answers."""
        if not self.port:
            with free_socket(28000) as found:
                self.port = found.getsockname()[1]
        command = [sys.executable, "-m", "shanyrak", "serve", "--port", str(self.port)]
        self._process = subprocess.Popen(
            command, env=self._env(), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
        )
        assert self._process.stdout is not None
        said = ""
        while "http://127.0.0.1:" not in said:
            line = self._process.stdout.readline()
            assert line, said
            said += line

    def kill(self) -> None:
        """As when the power goes: nothing is said goodbye to."""
        if self._process is not None:
            self._process.kill()
            self._process.wait(30)
            self._process = None

    def invite(self, role: str = "host", *, point: bool = True) -> str:
        """A link that admits one phone; of the area where not of the point."""
        where = bytes.fromhex(self.point if point else self.area)
        return f"{self.address}{link_path(role, invites_of(self.network).make(role, where))}"

    def revoke(self, key: str) -> None:
        """As ``shanyrak device revoke`` does."""
        self._run("device", "revoke", key, "--cause", "lost")

    def said(self, kind: str) -> list[dict[str, Any]]:
        """Bodies of what is here of a kind, of this place and area, in order of arrival."""
        where = {bytes.fromhex(self.point), bytes.fromhex(self.area)}
        with self.network.open() as ledger:
            rows = [row for _, row in ledger.store.arrived() if row.kind == kind and row.key.scope in where]
        return [json.loads(row.fact.body or b"{}") for row in rows]

    def heard(self, kind: str, count: int = 1) -> list[dict[str, Any]]:
        """The same, when so many are here."""
        for _ in range(200):
            if len(found := self.said(kind)) >= count:
                return found
            time.sleep(0.1)
        raise AssertionError(f"{len(found)} of {count} {kind} came")

    def state(self) -> str:
        """What the point is now."""
        with self.network.open() as ledger:
            thing = ledger.thing(bytes.fromhex(self.point))
            assert thing is not None
            return thing.now or ""

    def becomes(self, state: str) -> bool:
        """Whether the point comes to be so within a while."""
        return any(self.state() == state or time.sleep(0.1) for _ in range(200))

    def order(self) -> None:
        """The desk orders the area open."""
        with self.network.open() as ledger:
            ledger.say("activation.ordered", {"order": "open"}, about=bytes.fromhex(self.area))

    def _run(self, *arguments: str) -> str:
        command = [sys.executable, "-m", "shanyrak", *arguments]
        done = subprocess.run(command, env=self._env(), capture_output=True, text=True, timeout=120)
        assert done.returncode == 0, done.stderr + done.stdout
        return done.stdout

    def _env(self) -> dict[str, str]:
        return {**os.environ, "SHANYRAK_HOME": str(self.home), "LC_ALL": "C.UTF-8", "PYTHONUNBUFFERED": "1"}


@contextmanager
def headquarters(home: Path) -> Iterator[Headquarters]:
    """Founded and serving, as long as the block lasts."""
    hq = Headquarters(home)
    hq.found()
    hq.another_place()
    hq.start()
    try:
        yield hq
    finally:
        hq.kill()


class Phone:
    """A phone of somebody on duty."""

    def __init__(self, browser: Browser, language: str = "uk", **options: Any) -> None:
        self.context: BrowserContext = browser.new_context(
            **{"viewport": PHONE, "locale": language, "reduced_motion": "reduce", **options}
        )
        self.page: Page = self.context.new_page()
        self.page.set_default_timeout(PATIENCE_MS)
        self.t = words()
        self.complaints: list[str] = []
        self.asked: list[str] = []
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on("request", lambda request: self.asked.append(request.url))
        self._wanted = language

    def join(self, link: str) -> Phone:
        """Open the invitation and take it up."""
        self.page.goto(link)
        self.button("join.accept").click()
        expect(self.page.locator("[data-here]").first).to_be_visible()
        if self._wanted != "uk":
            self.speak(self._wanted)
        return self

    def speak(self, language: str) -> None:
        """Choose a language on the first screen."""
        self.page.locator(".language select").select_option(language)
        self.t = words(language)
        expect(self.page.locator("html")).to_have_attribute("lang", language)

    def button(self, key: str, **values: str | int) -> Any:
        """A button by its whole text."""
        return self.page.get_by_role("button", name=self.t(key, **values), exact=True)

    def link(self, key: str) -> Any:
        """A link by its whole text."""
        return self.page.get_by_role("link", name=self.t(key), exact=True)

    def go(self, screen: str) -> None:
        """To a screen, as a link of the page would."""
        self.page.evaluate("(to) => { location.hash = to }", f"#/{screen}")
        expect(self.page.locator(f".screen-{screen.split('/')[0]}")).to_be_visible()

    @property
    def here(self) -> int:
        """How many reports are only on this phone, as the screen says."""
        return int(self.page.locator("[data-here]").first.get_attribute("data-here") or "-1")

    def waits(self, reports: int) -> None:
        """Until the screen says that so many reports are only on this phone."""
        here = self.page.locator("[data-here]").first
        expect(here).to_have_attribute("data-here", str(reports), timeout=PATIENCE_MS)

    def stands(self, **reports: int) -> None:
        """Until *My reports* says that so many stand there, and none elsewhere."""
        self.go("reports")
        for standing in ("phone", "headquarters", "safe", "refused"):
            cell = self.page.locator(f"[data-standing={standing}]")
            expect(cell).to_have_text(str(reports.get(standing, 0)), timeout=PATIENCE_MS)

    def codes(self) -> str:
        """The codes that are shown, as the text under them."""
        self.page.locator(".series summary").last.click()
        return self.page.locator(".series textarea").last.input_value()

    def type_code(self, text: str) -> None:
        """Type codes instead of scanning them."""
        self.page.locator(".scan summary").last.click()
        self.page.locator(".scan textarea").last.fill(text)
        self.button("code.take").last.click()
