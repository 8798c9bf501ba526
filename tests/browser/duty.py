"""What journeys of people on duty share: a headquarters with a ledger, and phones that keep what they were told."""

from __future__ import annotations

import base64
import hashlib
import json
import secrets
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from fastapi import FastAPI, Request, Response
from fastapi.staticfiles import StaticFiles
from playwright.sync_api import Browser, BrowserContext, Page, expect

from shanyrak.core.texts import Texts, texts
from shanyrak.facts.fact import SIGN_IN_PREFIX
from shanyrak.facts.framing import encode
from shanyrak.facts.ledger import Ledger
from shanyrak.facts.signing import verify
from shanyrak.server.exchange import add_exchange
from shanyrak.server.http import WEBAPP
from shanyrak.server.serve import Service
from tests.ledgers import founded_ledger

PHONE = {"width": 360, "height": 740}
WCAG = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}
PATIENCE_MS = 30_000


def now_ms() -> int:
    return time.time_ns() // 1_000_000


@dataclass
class Headquarters:
    """A network with one point, served to phones; ``away`` makes it unreachable, ``breaks`` breaks off answers."""

    ledger: Ledger
    point: bytes
    area: bytes
    port: int = 0
    away: bool = False
    breaks: int = 0
    """so many exchanges are taken in and the answer never arrives"""
    tokens: dict[str, tuple[str, bytes]] = field(default_factory=dict)
    exchanges: int = 0

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}/"

    def invite(self, role: str = "host", scope: bytes | None = None) -> str:
        """A link that admits one phone."""
        token = base64.urlsafe_b64encode(secrets.token_bytes(32)).decode().rstrip("=")
        self.tokens[token] = (role, self.point if scope is None else scope)
        return f"{self.address}host/#invite={token}"

    def said(self, kind: str) -> list[dict[str, Any]]:
        """Bodies of what phones said here, in order of arrival."""
        return [json.loads(row.fact.body or b"{}") for _, row in self.ledger.store.arrived() if row.kind == kind]

    def state(self, point: bytes | None = None) -> str:
        """What the point is now."""
        thing = self.ledger.thing(point or self.point)
        assert thing is not None
        return thing.now or ""


def drawn_headquarters() -> Headquarters:
    """A network, an area, and a yurt in it that is ready."""
    ledger = founded_ledger("on duty", now_ms=now_ms)
    area = ledger.say("area.described", {"names": {"uk": "Вигадане", "en": "Made-up"}, "made_up": True}).id
    point = ledger.say(
        "point.described",
        {
            "names": {"uk": "Юрта в парку", "en": "Yurt in the park", "de": "Jurte im Park"},
            "kind": "yurt",
            "address": "Паркова 1",
            "area": area.hex(),
        },
    ).id
    ledger.say("point.ready", {}, about=point)
    return Headquarters(ledger, point, area)


def app_of(hq: Headquarters) -> FastAPI:
    """The host's app, the exchange, and what an invitation needs."""
    app = FastAPI()
    add_exchange(app, lambda: hq.ledger, require_admitted=True, now_ms=now_ms, admitted=lambda key: True)

    @app.middleware("http")
    async def line(request: Request, call_next: Callable[[Request], Any]) -> Response:
        if hq.away and request.url.path.startswith("/api/"):
            return Response(status_code=503)
        answer: Response = await call_next(request)
        if request.url.path.endswith("/exchange"):
            hq.exchanges += 1
            if hq.breaks > 0:
                hq.breaks -= 1
                return Response(status_code=502)
        return answer

    @app.post("/api/v1/session/challenge")
    def challenge() -> dict[str, Any]:
        return {"challenge": secrets.token_hex(32), "net": hq.ledger.net.hex(), "time_ms": now_ms()}

    @app.post("/api/v1/invites/redeem")
    async def redeem(request: Request) -> Any:
        asked = await request.json()
        if asked["token"] not in hq.tokens:
            return Response(status_code=404)
        role, scope = hq.tokens.pop(asked["token"])
        key, token = bytes.fromhex(asked["key"]), base64.urlsafe_b64decode(asked["token"] + "=")
        signed = SIGN_IN_PREFIX + b"redeem\n" + hashlib.sha256(token).digest() + key
        assert verify(key, signed, bytes.fromhex(asked["sig"]))
        about = scope or hq.ledger.net
        hq.ledger.say("device.admitted", {"key": key.hex(), "role": role}, about=about)
        rows = [row for _, row in hq.ledger.store.arrived() if row.kind in ("network.founded", "device.admitted")]
        rows += [row for _, row in hq.ledger.store.arrived() if row.kind == "point.described"]
        founding = base64.urlsafe_b64encode(encode([row.fact for row in rows], hq.ledger.net)).decode().rstrip("=")
        return {
            "net": hq.ledger.net.hex(),
            "network": "Drawn town",
            "role": role,
            "scope": scope.hex(),
            "scope_name": "Юрта в парку" if scope == hq.point else "",
            "founding": founding,
        }

    app.mount("/host", StaticFiles(directory=WEBAPP / "host", html=True))
    return app


@contextmanager
def served_headquarters() -> Iterator[Headquarters]:
    hq = drawn_headquarters()
    service = Service(app_of(hq), port=26000)
    ready = threading.Event()
    thread = threading.Thread(target=service.run, args=(lambda _: ready.set(),), daemon=True)
    thread.start()
    assert ready.wait(60)
    hq.port = int(service.address.rstrip("/").rsplit(":", 1)[1])
    try:
        yield hq
    finally:
        service.stop()
        thread.join(30)


def words(language: str = "uk") -> Texts:
    return texts(language, "words", "host")


class Phone:
    """A phone of somebody on duty."""

    def __init__(self, browser: Browser, language: str = "uk", **options: Any) -> None:
        self.context: BrowserContext = browser.new_context(
            **{"viewport": PHONE, "locale": language, "reduced_motion": "reduce", "permissions": [], **options}
        )
        self.page: Page = self.context.new_page()
        self.page.set_default_timeout(PATIENCE_MS)
        self.t = words("uk")
        self.language = "uk"
        self.complaints: list[str] = []
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
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
        self.page.locator(".language select").select_option(language)
        self.t = words(language)
        expect(self.page.locator("html")).to_have_attribute("lang", language)

    def button(self, key: str, **values: str | int) -> Any:
        return self.page.get_by_role("button", name=self.t(key, **values), exact=True)

    def link(self, key: str) -> Any:
        return self.page.get_by_role("link", name=self.t(key), exact=True)

    def go(self, screen: str) -> None:
        self.page.evaluate("(to) => { location.hash = to }", f"#/{screen}")

    @property
    def here(self) -> int:
        """How many reports are only on this phone, as the screen says."""
        return int(self.page.locator("[data-here]").first.get_attribute("data-here") or "-1")

    def until_sent(self) -> None:
        expect(self.page.locator("[data-here='0']").first).to_be_visible()
