"""A drawn network for pages: few points with everything, or many with long names; moments are of one winter evening."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast

import numpy as np

from shanyrak.publish.model import (
    Account,
    Deployment,
    Hours,
    Notice,
    PointStatus,
    PublicPoint,
    PublicView,
    Service,
    Source,
    Statement,
    Step,
    Visitors,
)
from shanyrak.publish.town import NamedPlace, Town

NOW = 1_795_362_300 // 60
"""22 November 2026, 15:45 UTC: 17:45 in Kyiv."""
LANGUAGES = ("uk", "en", "kk", "de", "ru")


def an_id(name: str) -> str:
    """64 hex digits out of a name."""
    return hashlib.sha256(name.encode()).hexdigest()


def at(hour: int, minute: int = 0, day: int = 22) -> int:
    """A clock time of November 2026 in Kyiv (UTC+2) as minutes since 1970."""
    return NOW + (day - 22) * 1440 + (hour - 17) * 60 + minute - 45


def point(name: str, **changes: Any) -> PublicPoint:
    base: dict[str, Any] = {
        "id": an_id(name),
        "names": {"uk": name},
        "kind": "school",
        "official": True,
        "lon_e7": 305_000_000,
        "lat_e7": 504_000_000,
        "blurred": False,
        "since_at_min": at(9, day=1),
    }
    return PublicPoint(**{**base, **changes})


def view(points: Sequence[PublicPoint], status: dict[str, PointStatus] | None = None, **changes: Any) -> PublicView:
    known = status or {}
    base: dict[str, Any] = {
        "net": an_id("net"),
        "network": "Мережа",
        "area": "made-up",
        "titles": {"uk": "Вигадане місто", "en": "Made-up town"},
        "made_up": True,
        "mode": "outage",
        "as_of_at_min": NOW,
        "points": tuple(sorted(points, key=lambda one: one.id)),
        "status": {one.id: known.get(one.id, PointStatus()) for one in points},
        "notices": (),
        "accounts": (),
        "operator": "Штаб міста",
        "deployment": Deployment(languages=LANGUAGES),
    }
    return PublicView(**{**base, **changes})


def week_hours(start: int = 9, end: int = 19) -> Hours:
    """Every day from ... to ... of 14 days."""
    return Hours("Mo-Su 09:00-19:00", tuple((at(start, day=22 + d), at(end, day=22 + d)) for d in range(14)))


def town(names: Sequence[NamedPlace]) -> Town:
    """A town of which pages need only the names."""
    nothing = cast(Any, None)
    none = np.zeros(0)
    return Town(
        name="made-up",
        title="Вигадане місто",
        content_hash=an_id("town"),
        box=(30.4, 50.3, 30.6, 50.5),
        made_up=True,
        attribution="вигадано",
        graph=nothing,
        cell_places=nothing,
        cell_lon=none,
        cell_lat=none,
        names=tuple(names),
        basemap=cast(Path | None, None),
        snap=nothing,
    )


@dataclass
class DrawnWalks:
    """A walk table as it is drawn: one cell wherever one asks."""

    ids: Sequence[str]
    ways: dict[int, list[tuple[int, int]]] = field(default_factory=dict)
    cell: list[tuple[int, int]] = field(default_factory=list)
    metres: int = 0

    def nearest_cell(self, lon: float, lat: float) -> tuple[int, int] | None:
        return (0, self.metres)

    def walks_from(self, cell: int) -> Sequence[tuple[int, int]]:
        return self.cell

    def between(self, point: int) -> Sequence[tuple[int, int]]:
        return self.ways.get(point, [])


SCHOOL = point(
    "Школа № 12, їдальня",
    names={"uk": "Школа № 12, їдальня", "en": "School 12, canteen"},
    address="вул. Садова, 4",
    town="Вигадане місто",
    district="Лівобережжя",
    entrance={"uk": "Вхід з двору, сині двері"},
    find={"uk": "Навпроти аптеки, за зупинкою «Школа»"},
    floor=0,
    seats=60,
    phone="+380 44 000 00 00",
    operator="Відділ освіти",
    hours=week_hours(),
    lists=(("Державний перелік", "B-0412"),),
    given_by=("Родина з Алмати",),
    services={
        "heat": Service(True, at(16)),
        "hot_drink": Service(True, at(16)),
        "sockets": Service(24, at(16)),
        "toilet": Service("inside", at(16)),
        "pets": Service(False, at(16)),
        "medical_power": Service(True, at(16)),
        "medical_power_h": Service(6, at(16)),
        "languages": Service(("uk", "en"), at(16)),
        "air_alert": Service("goes_to", at(16)),
        "shelter_address": Service("вул. Садова, 6, підвал", at(16)),
    },
)
YURT = point(
    "Юрта незламності в парку",
    kind="yurt",
    official=False,
    lon_e7=305_050_000,
    address="Парк Перемир’я, головна алея",
    district="Лівобережжя",
    services={"heat": Service(True, at(15)), "hot_drink": Service(True, at(15))},
    initiative=an_id("initiative"),
    paid_until="2026-12-31",
)
LIBRARY = point(
    "Бібліотека", kind="library", official=False, lon_e7=305_090_000, address="вул. Тиха, 9", district="Центр"
)
STATION = point("Вокзал, зал № 2", kind="station", lon_e7=305_140_000, address="Вокзальна площа, 1", district="Центр")
CLUB = point(
    "Клуб", kind="culture_house", lon_e7=305_190_000, district="Центр", opens_when="order", opens_within_min=120
)

STATUS = {
    SCHOOL.id: PointStatus("open", at(17, 40), "duty", at(21), "full"),
    YURT.id: PointStatus("open", at(17, 10), "duty", None, "", Visitors(shut=2, last_at_min=at(17, 30))),
    LIBRARY.id: PointStatus("closed", at(18, day=21), "desk"),
    STATION.id: PointStatus("open", at(11), "desk"),
    CLUB.id: PointStatus("ready", at(8), "list"),
}

REPLY = Statement(
    id=an_id("second"), who="Речник міністерства", role="", happened="2026-11-19", lang="uk",
    words={"uk": "Юрту поставили приватні компанії."}, url="", quoted_via="Щоденник", source_known=False,
    own_words=False, in_reply_to=an_id("first"), about="",
)  # fmt: skip
FIRST = Statement(
    id=an_id("first"), who="Голова ради", role="Міська рада", happened="2026-11-18", lang="uk",
    words={"uk": "Дякуємо посольству за підтримку."}, url="https://example.org/news/1", quoted_via="",
    source_known=True, own_words=True, in_reply_to="", about=YURT.id,
)  # fmt: skip


def entry(name: str, happened: str, by: str = "") -> Source:
    """An entry under a figure."""
    return Source(an_id(name), "pledge.made", happened, by)


INITIATIVE = Account(
    id=an_id("initiative"), type="initiative", names={"uk": "Тепло з Алмати", "kk": "Алматыдан жылу"}, archive=False,
    idea={"uk": "Поставити юрти там, де немає світла.\nКожна стоїть, поки потрібна."},
    steps=(
        Step("promised", "2026-10-03", "yurt", 2, "Родина з Алмати", "", (entry("a", "2026-10-03", "desk"),)),
        Step("promised", "2026-10-05", "fuel", None, "", "", ()),
        Step("on_the_way", "2026-11", "yurt", 1, "", "", (entry("b", "2026-11"), entry("c", "2026-11"))),
        Step("standing", "2026-11-12", "yurt", 1, "", YURT.id, (entry("d", "2026-11-12", "duty"),)),
    ),
    statements=(FIRST, REPLY), points=(YURT.id,), names_of={YURT.id: YURT.names}, served_visits=1240,
    served_until="2026-11-15", paid_until="2026-12-31",
)  # fmt: skip
ARCHIVE = Account(
    id=an_id("archive"), type="initiative", names={"uk": "Юрти першої зими"}, archive=True, idea={}, steps=(),
    statements=(), points=(), names_of={}, served_visits=None, served_until="", paid_until="",
)  # fmt: skip
NOTICES = (
    Notice("", "danger", at(22), {"uk": "Уночі мороз до −18 °C.", "en": "Frost of −18 °C."}),
    Notice("Центр", "information", None, {"uk": "Воду підвозять о 18:00."}),
)  # fmt: skip
STREETS = (
    NamedPlace("street", "Садова вулиця", ("Sadova Street", "Клубна вулиця"), "Лівобережжя", 30.5, 50.4),
    NamedPlace("stop", "Школа", ("School",), "Лівобережжя", 30.501, 50.4),
    NamedPlace("street", "Ґанкова вулиця", (), "Центр", 30.51, 50.4),
    NamedPlace("landmark", "Hotel Ukraina", (), "Центр", 30.511, 50.4),
    NamedPlace("district", "Центр", (), "", 30.511, 50.4),
)


def small() -> PublicView:
    """Five points, each in another state, with notices and accounts."""
    return view([SCHOOL, YURT, LIBRARY, STATION, CLUB], STATUS, notices=NOTICES, accounts=(ARCHIVE, INITIATIVE))


def small_walks() -> DrawnWalks:
    """School to yurt 7 half-minutes, to the station 21; from every named place: school 5, yurt 12, station 25."""
    ids = [SCHOOL.id, YURT.id, STATION.id, LIBRARY.id, CLUB.id]
    return DrawnWalks(ids, {0: [(1, 7), (3, 11), (2, 21)], 1: [(0, 7), (2, 14)]}, [(0, 5), (1, 12), (3, 16), (2, 25)])


LONG = "Комунальний заклад загальної середньої освіти «Спеціалізована школа І–ІІІ ступенів № {n} імені {who}»"
WHO = ("Миколи Лисенка", "Лесі Українки", "Григорія Сковороди", "Марії Заньковецької", "Івана Франка", "Олени Пчілки")
WORDS = (
    "Вишнева", "Садова", "Набережна", "Лугова", "Яблунева", "Калинова", "Зелена", "Сонячна",
    "Весняна", "Польова", "Лісова", "Озерна", "Тиха", "Світла", "Гончарна", "Ковальська",
    "Млинова", "Пекарська", "Поштова", "Аптечна", "Театральна", "Ярмаркова", "Музейна", "Квіткова",
    "Тополева", "Липова",
)  # fmt: skip


def many(count: int, districts: int = 10) -> PublicView:
    """Points with long names, all states, hours, services and landmarks."""
    points, status = [], {}
    for i in range(count):
        one = point(
            f"{i}",
            names={"uk": LONG.format(n=i + 1, who=WHO[i % 6])},
            address=f"{WORDS[i * 7 % 26]} вулиця, {i * 13 % 170 + 1}, корпус {i % 4 + 1}",
            district=f"{WORDS[i % districts]} район міста",
            lon_e7=305_000_000 + (i % 40) * 20_000,
            lat_e7=504_000_000 + (i // 40) * 15_000,
            find={"uk": f"Навпроти крамниці «{WORDS[i * 3 % 26]}», другий двір праворуч від зупинки"},
            hours=week_hours(7 + i % 3, 19 + i % 3),
            phone=f"+380 44 000 {i:04d}",
            services={
                "heat": Service(True, at(16)),
                ("hot_food", "internet", "toilet")[i % 3]: Service((True, "own", "inside")[i % 3], at(15)),
                "sockets": Service(i % 30, at(16)),
            },
        )
        points.append(one)
        said = at(7 + i % 11, i * 7 % 60)
        status[one.id] = PointStatus(("open", "closed", "ready", "unknown", "open")[i % 5], said, "duty")
    return view(points, status)


def many_streets(count: int) -> list[NamedPlace]:
    """Streets with other names, as a city has them."""
    return [
        NamedPlace("street", f"{WORDS[i % 26]}-{WORDS[i // 26 % 26]} вулиця {i}", (f"Колишня {WORDS[i * 5 % 26]}",),
                   f"{WORDS[i % 10]} район міста", 30.5 + (i % 60) * 0.001, 50.4 + (i // 60) * 0.001)
        for i in range(count)
    ]  # fmt: skip
