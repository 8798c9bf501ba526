"""What journeys at the desk share: a drawn network on our own server; people at desks, each with a browser."""

from __future__ import annotations

import json
import os
import shutil
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect

from shanyrak import wiring
from shanyrak.app.network import NetworkFolder
from shanyrak.core.texts import Texts, texts
from shanyrak.facts.ledger import Ledger
from shanyrak.server.inviting import link_path
from shanyrak.server.serve import Service
from shanyrak.wiring_desk import invites_of
from shanyrak.wiring_public import published, site_of

WIDE = {"width": 1400, "height": 900}
PHONE = {"width": 360, "height": 740}
WCAG = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}
PATIENCE_MS = 30_000
expect.set_options(timeout=PATIENCE_MS)
HOUR_MIN = 60


def now_min() -> int:
    return int(time.time() // 60)


def ago(minutes: int) -> str:
    """So many minutes ago, as an entry says it."""
    return time.strftime("%Y-%m-%dT%H:%MZ", time.gmtime((now_min() - minutes) * 60))


@dataclass
class Town:
    """A network with one area of two districts, served.

    North   school 12, library, yurt in the park, station: all ready
    South   hall (open), house of culture (open, silent for 5 h), kindergarten (said open, found shut),
            tent (short break), fire station (shut)
    """

    ledger: Ledger
    network: NetworkFolder
    home: Path
    area: bytes
    points: dict[str, bytes] = field(default_factory=dict)
    address: str = ""

    def invite(self, role: str, scope: bytes | None = None, name: str = "") -> str:
        """A link that admits one device."""
        token = invites_of(self.network).make(role, scope or self.ledger.net, name=name)
        return self.address + link_path(role, token)

    def state(self, name: str) -> str:
        thing = self.ledger.thing(self.points[name])
        assert thing is not None
        return thing.now or ""

    def said(self, kind: str) -> list[dict[str, Any]]:
        """Bodies of what was said, in the order of arrival."""
        return [json.loads(row.fact.body or b"{}") for _, row in self.ledger.store.arrived() if row.kind == kind]

    def until(self, fits: Any, seconds: float = 30) -> None:
        """Wait until something is so at headquarters."""
        end = time.monotonic() + seconds
        while not fits():
            assert time.monotonic() < end, "it did not come to headquarters"
            time.sleep(0.1)


NORTH = ("Школа № 12", "Бібліотека", "Юрта в парку", "Вокзал")
SOUTH = ("Зал", "Будинок культури", "Садок", "Намет", "Пожежна частина")
KINDS = ("school", "library", "yurt", "station", "hall", "culture_house", "kindergarten", "tent", "fire_station")
ENGLISH = (
    "School 12", "Library", "Yurt in the park", "Station", "Hall", "House of culture", "Kindergarten", "Tent",
    "Fire station",
)  # fmt: skip


def draw(ledger: Ledger, network: NetworkFolder, home: Path, *, map_name: str, box: tuple[float, ...]) -> Town:
    """Everything that was said before the journey begins."""
    area = ledger.say(
        "area.described",
        {
            "names": {"uk": "Вигадане", "en": "Made-up town"},
            "name": map_name,
            "districts": ["Північ", "Південь"],
            "made_up": True,
        },
    ).id
    town = Town(ledger, network, home, area)
    west, south, east, north = box
    numbers = {}
    for place, (name, kind, english) in enumerate(zip((*NORTH, *SOUTH), KINDS, ENGLISH, strict=True)):
        body = {
            "names": {"uk": name, "en": english},
            "kind": kind,
            "area": area.hex(),
            "district": "Північ" if name in NORTH else "Південь",
            "address": f"Зимова {place + 1}",
            "lon_e7": round((west + (east - west) * (0.2 + 0.07 * place)) * 1e7),
            "lat_e7": round((south + (north - south) * (0.3 + 0.045 * place)) * 1e7),
            "duty_phone": f"duty-{place}",
        }
        town.points[name] = ledger.say("point.described", body).id
        numbers[f"duty-{place}"] = f"+380 44 000 00 {place:02d}"
    del numbers["duty-3"]  # of the station nobody knows a number
    (network.root / "phones.json").write_text(json.dumps(numbers))
    at = town.points
    for name in NORTH:
        ledger.say("point.ready", {"opens_when": "order", "happened": ago(300)}, about=at[name])
    ledger.say("mode.set", {"mode": "outage"}, about=area)
    ledger.say("point.opened", {}, about=at["Зал"])
    ledger.say("status.reported", {"band": "some", "heat_works": True, "indoor_mc": 18_500}, about=at["Зал"])
    ledger.say("point.opened", {"happened": ago(5 * HOUR_MIN)}, about=at["Будинок культури"])
    ledger.say("point.opened", {"happened": ago(100)}, about=at["Садок"])
    for minutes in (40, 25):
        ledger.say("visitor.said", {"state": "shut", "happened": ago(minutes)}, about=at["Садок"])
    ledger.say("point.paused", {"cause": "water", "happened": ago(30)}, about=at["Намет"])
    ledger.say("point.closed", {"cause": "hours", "happened": ago(200)}, about=at["Пожежна частина"])
    return town


@contextmanager
def served_town(home: Path) -> Iterator[Town]:
    """A new network in a home that has a map and a plan, on our own server."""
    before = os.environ.get("SHANYRAK_HOME")
    os.environ["SHANYRAK_HOME"] = str(home)
    try:
        wiring.init_network(name="Мережа тепла", url="", sheets=None)
        network = wiring.networks().real
        map_name = wiring.home().area_names()[0]
        box = wiring.box_of_map(map_name)
        assert box is not None
        with wiring.ledger_of(network) as ledger:
            town = draw(ledger, network, home, map_name=map_name, box=box)
            with published(network, area="", report_url="", warn=lambda text: None):
                site = site_of(
                    network, ledger, public_at="/", report_url="", exchange=True, beyond=False, behind_proxy=False
                )
                service = Service(site, port=27000)
                ready = threading.Event()
                thread = threading.Thread(target=service.run, args=(lambda _: ready.set(),), daemon=True)
                thread.start()
                assert ready.wait(60)
                town.address = service.address
                try:
                    yield town
                finally:
                    service.stop()
                    thread.join(30)
    finally:
        if before is None:
            del os.environ["SHANYRAK_HOME"]
        else:
            os.environ["SHANYRAK_HOME"] = before


def copied(home: Path, to: Path) -> Path:
    """A home with the same maps and plans, and no network."""
    to.mkdir(parents=True)
    for name in ("areas", "plans"):
        shutil.copytree(home / name, to / name)
    return to


def words(language: str) -> Texts:
    return texts(language, "words", "desk")


class Desk:
    """Somebody at a desk."""

    def __init__(self, browser: Browser, language: str = "uk", **options: Any) -> None:
        self.context: BrowserContext = browser.new_context(
            **{"viewport": WIDE, "locale": "de", "reduced_motion": "reduce", "accept_downloads": True, **options}
        )
        self.context.add_init_script(f"localStorage.setItem('shanyrak-desk-language', '{language}')")
        self.page: Page = self.context.new_page()
        self.page.set_default_timeout(PATIENCE_MS)
        self.t = words(language)
        self.complaints: list[str] = []
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on("console", lambda m: self.complaints.append(m.text) if "Content Security" in m.text else None)

    def join(self, link: str) -> Desk:
        """Open the invitation and take it up."""
        self.page.goto(link)
        self.button("gate.accept").click()
        expect(self.page.locator(".menu")).to_be_attached()
        expect(self.page.locator(".live-on")).to_be_visible()
        return self

    def button(self, key: str, **values: Any) -> Locator:
        return self.page.get_by_role("button", name=self.t(key, **values))

    def go(self, screen: str, id: str = "") -> None:
        self.page.evaluate("(to) => { location.hash = to }", f"#/{screen}{'/' + id if id else ''}")
        expect(self.page.locator(f".main-{screen}")).to_be_visible()

    def todo(self, what: str, name: str = "") -> Locator:
        """The line of something to do."""
        return self.page.locator(f"[data-todo='{what}']").filter(has_text=name)

    def until_sent(self) -> None:
        expect(self.page.locator("[data-waiting='0']")).to_be_visible()
