"""The demo's network: the made-up town's points with their last words, and the true story of the yurts.

It is a network of its own and never mixes with a real one. Times of the made-up scene are relative to now;
founded once, it is kept, and a later run only adds fresh words where the old ones have gone stale.
"""

from __future__ import annotations

import hashlib
import json
import math
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from shanyrak.app.network import NetworkFolder
from shanyrak.core.errors import Damaged
from shanyrak.core.folders import whole_folder, write_text_atomically
from shanyrak.core.romanise import romanise
from shanyrak.demo.evening import trouble
from shanyrak.demo.yurts import tell_of_the_yurts
from shanyrak.facts.ledger import Ledger, Thing
from shanyrak.facts.paper import PaperKey
from shanyrak.facts.signing import Signer
from shanyrak.facts.stores.memory import MemoryStore

LIST = "Made-up list"
SILENT = "silent"
"""What the place that has not been heard of calls its phone."""
OPERATOR = "Made-up town"
STALE = timedelta(hours=3)
"""Open is fresh for three hours."""
SILENT_RANK = 6
"""Of the planned places: open by its last word, and not heard of since."""
PHONE = "+38000000000{}"
"""No such number can be: no operator begins with 00."""


@dataclass(frozen=True)
class Town:
    """What the scene needs of the made-up town: its area, its plan, and the points that stand already."""

    area: str
    content_hash: str
    plan_json: bytes
    existing: dict[str, Any]
    districts: tuple[tuple[str, float, float], ...] = ()
    """name, lon, lat"""

    @classmethod
    def of(
        cls,
        area_json: Path,
        plan_json: Path,
        existing: Path,
        districts: tuple[tuple[str, float, float], ...] = (),
    ) -> Town:
        """Read off the kept area and plan."""
        area = json.loads(area_json.read_text(encoding="utf-8"))
        places = json.loads(existing.read_text(encoding="utf-8"))
        return cls(area["name"], area["content_hash"], plan_json.read_bytes(), places, districts)

    def district(self, lon: float, lat: float) -> dict[str, Any]:
        """The district of a place: that whose middle is nearest; nothing where there are none."""
        if not self.districts:
            return {}
        narrow = math.cos(math.radians(lat))
        nearest = min(self.districts, key=lambda one: math.hypot((one[1] - lon) * narrow, one[2] - lat))
        return {"district": nearest[0]}


def play(folder: NetworkFolder, town: Town) -> bytes:
    """Found the demo's network and play its scene, or freshen the words of one that is there; its id."""
    now = datetime.fromtimestamp(folder.now_ms() / 1000, UTC)
    if not _is_there(folder):
        with whole_folder(folder.root) as draft:
            _found(replace(folder, root=draft), town, now)
    with folder.open() as ledger:
        freshen(ledger, now)
        return ledger.net


def _is_there(folder: NetworkFolder) -> bool:
    """Whether the demo was founded; what was cut off before it was is made anew."""
    if not folder.exists:
        return False
    try:
        with folder.open() as ledger:
            return bool(ledger.net)
    except Damaged as fault:
        mend = f"Remove the folder {folder.root}: shanyrak demo makes it anew"
        raise Damaged(fault.what, where=fault.where, mend=mend) from fault


def _found(folder: NetworkFolder, town: Town, now: datetime) -> None:
    folder.begin()
    with folder.open() as ledger:
        paper = PaperKey.generate(folder.random)
        ledger.found("Made-up town / Вигадане місто (demo)", recovery=paper.signer.public, backup=paper.recipient)
        with ledger.together():
            _Scene(ledger, town, now, folder).play()
            tell_of_the_yurts(ledger)


def freshen(ledger: Ledger, now: datetime) -> None:
    """Points that were open say so again, where their last word has gone stale; the one that is silent stays so."""
    for point in list(ledger.things("point")):
        if point.now != "open" or point.get("operator") != OPERATOR:
            continue
        said = ledger.store.get([last := bytes.fromhex(point.state["state"][1])])[last]
        old = now - datetime.fromtimestamp(said.at_ms / 1000, UTC)
        if old > STALE and said.kind == "point.opened" and not _is_silent(point):
            ledger.say("point.opened", {"happened": _minute(now), "via": "self"}, about=point.id)


def _is_silent(point: Thing) -> bool:
    """Whether it is the place that the evening is silent about."""
    return str(point.get("duty_phone") or "") == SILENT


class _Scene:
    """One evening in the made-up town."""

    def __init__(self, ledger: Ledger, town: Town, now: datetime, folder: NetworkFolder) -> None:
        self._ledger = ledger
        self._town = town
        self._now = now
        self._folder = folder

    def _ago(self, **back: float) -> str:
        return _minute(self._now - timedelta(**back))

    def _day(self, back: int) -> str:
        return (self._now - timedelta(days=back)).strftime("%Y-%m-%d")

    def _say(self, kind: str, about: bytes = b"", /, sealed: dict[str, Any] | None = None, **body: Any) -> bytes:
        scope = self._area if not about and kind.startswith("point.") else None
        return self._ledger.say(kind, body, about=about, sealed=sealed, scope=scope).id

    def _host(self, point: bytes) -> Ledger:
        """The phone of the person on duty at a point: a device of its own, admitted for that point."""
        random = self._folder.random
        store = MemoryStore()
        phone = Ledger(
            store, self._ledger.rules, signer=Signer.generate(random), now_ms=self._folder.now_ms, random=random
        )
        assert phone.signer is not None
        self._say("device.admitted", point, key=phone.signer.public.hex(), role="host", scope=point.hex())
        phone.join(self._ledger.net)
        phone.accept([row.fact for _, row in self._ledger.store.arrived()])
        return phone

    def _hear(self, phone: Ledger) -> None:
        """What a phone said arrives at headquarters, which says so."""
        assert phone.signer is not None
        said = list(phone.store.of_origins([phone.signer.public]))
        self._ledger.accept([row.fact for row in said])
        self._ledger.note_receipts({row.key for row in said})

    def play(self) -> None:
        """Everything said, in the order in which it was written down."""
        say, ago, day = self._say, self._ago, self._day
        self._area = self._ledger.say(
            "area.described",
            {
                "name": self._town.area,
                "names": {"en": "Made-up town", "uk": "Вигадане місто"},
                "content": self._town.content_hash,
                "districts": sorted({name for name, _, _ in self._town.districts}),
                "made_up": True,
            },
        ).id
        listed = [self._listed(k, place) for k, place in enumerate(self._town.existing["features"], start=1)]
        idea = say(
            "initiative.started",
            names={"en": "A warm quarter", "uk": "Теплий квартал"},
            happened=day(40),
            sealed={"idea": {"en": "Nobody in the made-up town should walk more than 15 minutes to a warm place."}},
        )
        say("name.given", idea, name="warm-quarter")
        sites = json.loads(self._town.plan_json)["summary"]["sites"]
        planned = [self._planned(site, idea) for site in sites]
        say("mode.set", self._area, mode="outage", happened=ago(hours=9))
        self._yurt(planned[0], idea)
        say("point.equipping", planned[1], happened=day(2), expected=_date(self._now + timedelta(days=1)))
        say("point.equipping", planned[2], happened=day(4))
        say("point.ready", planned[2], opens_when="order", opens_within_min=120, happened=day(1), via="phone")
        self._evening(*listed[:2])
        for point, act in zip(
            planned[3:], (self._opened_lately, self._on_a_break, self._opened_long_ago), strict=False
        ):
            act(point)
        trouble(say, ago, day, self._area, idea, {"listed": listed, "planned": planned})
        numbers = {f"door-{k}": PHONE.format(k) for k in range(1, 10)} | {SILENT: PHONE.format(0)}
        write_text_atomically(self._folder.root / "phones.json", json.dumps(numbers, indent=2) + "\n")

    def _listed(self, number: int, place: dict[str, Any]) -> bytes:
        lon, lat = place["geometry"]["coordinates"]
        names = place["properties"]
        point = self._say(
            "point.described",
            names={"uk": names["name:uk"], "en": names["name:en"]},
            kind=names["kind"] if names["kind"] in ("school", "library") else "hall",
            operator=OPERATOR,
            lon_e7=round(lon * 1e7),
            lat_e7=round(lat * 1e7),
            duty_phone=f"door-{number}",
            **self._town.district(lon, lat),
            seats=60 if names["kind"] == "school" else 40,
            sockets=24,
            via="import",
        )
        self._say("list.entered", point, list=LIST, number=str(number), via="import")
        return point

    def _planned(self, site: dict[str, Any], idea: bytes) -> bytes:
        say = self._say
        where = {"lon_e7": round(site["lon"] * 1e7), "lat_e7": round(site["lat"] * 1e7)}
        uk = site["name"]
        place = say(
            "place.decided",
            names={"uk": uk},
            plan=hashlib.sha256(self._town.plan_json).hexdigest(),
            rank=site["rank"],
            site=site["id"],
            area=self._area.hex(),
            initiative=idea.hex(),
            happened=self._day(30),
            **where,
        )
        names = {"uk": f"Юрта, {uk}", "en": f"Yurt, {romanise(uk)}"}
        silent = site["rank"] == SILENT_RANK
        point = say(
            "point.described",
            names=names,
            kind="yurt",
            operator=OPERATOR,
            initiative=idea.hex(),
            seats=50,
            duty_phone=SILENT if silent else f"door-{2 + site['rank'] % 7}",
            **self._town.district(site["lon"], site["lat"]),
            **where,
        )
        say("point.planned", point, from_place=place.hex(), happened=self._day(30))
        return point

    def _yurt(self, point: bytes, idea: bytes) -> None:
        """A promise becomes a yurt with an open door."""
        say, ago, day = self._say, self._ago, self._day
        promise = say(
            "pledge.made",
            what="yurt",
            count=1,
            initiative=idea.hex(),
            publish="chosen",
            happened=day(25),
            sealed={"chosen_name": "A made-up bakery", "goods": {"en": "A felt yurt for 50 people with a stove"}},
        )
        say("name.given", promise, name="bakery-yurt")
        kit = say(
            "kit.described",
            names={"en": "Yurt no. 1", "uk": "Юрта № 1"},
            kind="yurt",
            floor_area_dm2=6000,
            seats=50,
            happened=day(20),
        )
        say("name.given", kit, name="yurt-1")
        say("kit.assembled", kit, pledges=[promise.hex()], happened=day(18))
        lorry = say("consignment.left", kits=[kit.hex()], to=point.hex(), happened=day(12))
        say("consignment.passed", lorry, border=True, happened=day(9), via="phone")
        say("consignment.arrived", lorry, at=point.hex(), complete=True, happened=day(6))
        say("release.decided", lorry, releases=["date"], happened=day(5))
        say(
            "custody.transferred",
            kit,
            act="MADE-UP-2",
            holder=OPERATOR,
            point=point.hex(),
            happened=day(6),
            via="paper",
        )
        say("kit.erected", kit, point=point.hex(), took_min=150, happened=day(5))
        say("point.equipping", point, kit=kit.hex(), happened=day(5))
        say("point.ready", point, opens_when="order", opens_within_min=60, happened=day(4))
        fuel = say(
            "pledge.made",
            what="running_costs",
            initiative=idea.hex(),
            point=point.hex(),
            costs_until=_date(self._now + timedelta(days=90)),
            happened=day(20),
        )
        say("name.given", fuel, name="winter-fuel")
        say("thanks.said", idea, pledge=promise.hex(), happened=day(4), sealed={"words": {"en": "Thank you!"}})
        say(
            "services.declared",
            point,
            heat=True,
            hot_drink=True,
            drinking_water=True,
            sockets=12,
            medical_power=True,
            medical_power_h=6,
            overnight=True,
            internet="own",
            toilet="outside",
            air_alert="goes_to",
            shelter_address="Metro",
            happened=day(1),
        )
        say("hours.declared", point, opening_hours="24/7")
        phone = self._host(point)
        checked = ["heat", "co_alarm", "fuel", "water", "light"]
        for kind, body in (
            ("point.opened", {"happened": ago(hours=8), "checked": checked}),
            ("stock.counted", {"happened": ago(hours=8), "fuel_ml": 60_000, "wood_g": 400_000}),
            ("stock.used", {"happened": ago(hours=2), "fuel_ml": 9_000}),
            ("visit.counted", {"happened": ago(minutes=50), "visits": 34}),
            ("status.reported", {"happened": ago(minutes=50), "band": "some", "indoor_mc": 19_500}),
            ("point.opened", {"happened": ago(minutes=25)}),
        ):
            phone.say(kind, body, about=point)
        self._hear(phone)

    def _evening(self, library: bytes, school: bytes) -> None:
        """The two points of the list: one as it should be, one about which the words contradict each other."""
        say, ago = self._say, self._ago
        say("services.declared", library, heat=True, sockets=24, hot_drink=True, step_free=True, internet="grid")
        say("hours.declared", library, opening_hours="24/7")
        say("point.opened", library, happened=ago(hours=7), via="phone")
        say("point.opened", library, happened=ago(minutes=40), via="phone")
        say("visit.counted", library, visits=51, happened=ago(hours=1), via="phone")
        say("status.reported", library, band="crowded", sockets_free=2, happened=ago(hours=1), via="phone")
        say("hours.declared", school, opening_hours="24/7")
        say("point.opened", school, happened=ago(hours=2, minutes=20), via="text")
        say("visitor.said", school, state="shut", happened=ago(hours=1), via="text")
        say("visitor.said", school, state="shut", happened=ago(minutes=30), via="text")

    def _opened_lately(self, point: bytes) -> None:
        self._say("services.declared", point, heat=True, hot_drink=True, toilet="inside", happened=self._day(1))
        self._say("hours.declared", point, opening_hours="Mo-Su 06:00-24:00")
        self._say("point.opened", point, happened=self._ago(hours=1, minutes=30), via="radio")

    def _on_a_break(self, point: bytes) -> None:
        self._say("point.opened", point, happened=self._ago(hours=5), via="phone")
        back = _minute(self._now + timedelta(minutes=40))
        self._say("point.paused", point, happened=self._ago(minutes=20), via="phone", back_at=back)

    def _opened_long_ago(self, point: bytes) -> None:
        """Open by the last word, which is too old to be sure of."""
        self._say("services.declared", point, heat=True, sockets=6, happened=self._day(1))
        self._say("point.opened", point, happened=self._ago(hours=5), via="phone")


def _minute(at: datetime) -> str:
    return at.strftime("%Y-%m-%dT%H:%MZ")


def _date(at: datetime) -> str:
    return at.strftime("%Y-%m-%d")
