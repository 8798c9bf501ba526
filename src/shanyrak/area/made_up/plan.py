"""The made-up town in numbers: where the river, the railway and the main streets run, and what lies between.

Metres east and north of the market square, for a town of 43,000; larger and smaller towns are the
same plan, stretched (the demo's 30,000 live on 0.84 of these lengths).

The square lies at 50° N 30° W, in the open Atlantic, a thousand kilometres from land: nobody can take
this town for a real one, lengths look as in the middle of Ukraine, and should a file ever be mixed up
with real data, it is seen at once.
"""

from __future__ import annotations

from dataclasses import dataclass

from shanyrak.area.made_up.geometry import Grain, Point

ORIGIN_LON, ORIGIN_LAT = -30.0, 50.0
NOMINAL_PERSONS = 43_000
M2_PER_PERSON = 23.5
"""Floor area per inhabitant [m²] that the town is built for: about the housing of Ukraine's towns."""

RIVER: tuple[Point, ...] = (
    (-5200, 480), (-4200, 640),
    (-3200, 590), (-2500, 520), (-1850, 300), (-1300, 0), (-700, -180), (-150, -130), (350, 30), (800, 60),
    (1300, -160), (1850, -330), (2500, -280), (3200, -420), (4200, -330), (5200, -520),
)  # fmt: skip
RIVER_HALF_M = 42.0
ISLAND: tuple[Point, ...] = ((480, 30), (620, 78), (780, 92), (900, 55), (780, 20), (620, 5))
"""Outline of the island; the river flows around it with an arm on either side."""
ARM_M = 48.0
BANK_M = 62.0
"""From the water to the street on the embankment."""

HAMLET: Point = (-2150, 160)
"""Farms on the far bank, without a bridge."""

RAIL: tuple[Point, ...] = (
    (-5200, 1700),
    (-3200, 1450),
    (-1700, 1200),
    (-700, 1125),
    (300, 1110),
    (1150, 1150),
    (1900, 1120),
    (3200, 980),
    (5200, 1100),
)
RAIL_STREET_M = 62.0
"""From the tracks to the streets along them."""
STATION: Point = (90, 1110)


@dataclass(frozen=True)
class MainStreet:
    """A street that is there before anything is built."""

    kind: str
    name: str
    points: tuple[Point, ...]
    over_rail: str = ""
    """How it crosses the railway: "tunnel", "level" or not at all"""
    old: str = ""


MAIN_STREETS = (
    MainStreet("primary", "Головна", ((-3200, 900), (-2400, 800), (-1700, 650), (-1000, 530), (-400, 440), (0, 405),
               (400, 425), (1000, 500), (1600, 440), (2400, 330), (3200, 300)), old="Торгова"),
    MainStreet("secondary", "Мостова", ((90, 1048), (80, 800), (30, 560), (0, 405), (-30, 180), (-45, 20), (-40, -130),
               (-60, -320), (-120, -690), (-70, -1210), (-90, -1700), (-180, -3300))),
    MainStreet("secondary", "Шляхова", ((-1200, 3300), (-1060, 1800), (-1035, 1480), (-1020, 1150), (-1000, 800),
               (-1000, 530), (-960, 200), (-930, -120), (-905, -340), (-950, -660), (-900, -1190)), over_rail="tunnel"),
    MainStreet("secondary", "Козацька", ((1280, 3300), (1180, 2400), (1090, 1560),
               (1060, 1400), (1050, 1150), (1060, 800), (1000, 500),
               (1075, 160), (1150, -80), (1180, -340), (1105, -760), (1150, -1230)), over_rail="level"),
    MainStreet("tertiary", "Шкільна", ((-1650, 885), (-1000, 800), (-480, 772), (80, 762), (520, 780), (1060, 800),
               (1620, 812))),
    MainStreet("tertiary", "Зарічна", ((-3200, -420), (-2300, -480), (-1500, -610), (-950, -660), (-120, -690),
               (500, -660), (1105, -760), (1740, -880), (2500, -1000), (3200, -1020))),
    MainStreet("tertiary", "Лугова", ((-1490, -1130), (-900, -1190), (-70, -1210), (600, -1180), (1150, -1230),
               (1700, -1260))),
    MainStreet("residential", "Західна", ((-1650, 1170), (-1610, 880), (-1660, 644), (-1610, 290), (-1590, 190))),
    MainStreet("residential", "Ранкова", ((1560, 1110), (1575, 810), (1600, 440), (1570, -60), (1580, -190))),
    MainStreet("residential", "Польова", ((-1320, -50), (-1500, -610), (-1490, -1130))),
    MainStreet("residential", "Гайова", ((1680, -330), (1740, -880), (1700, -1260))),
    MainStreet("residential", "Ярмаркова", ((-165, 480), (-162, 350), (-158, 255))),
    MainStreet("residential", "Театральна", ((-190, 287), (-100, 284), (30, 292))),
    MainStreet("residential", "Заводська", ((-1090, 1500), (-400, 1430), (300, 1420), (1110, 1440))),
)  # fmt: skip
TOWN_EDGE: tuple[Point, ...] = (
    (-1800, 1330), (-1300, 1520), (-1060, 1640), (300, 1560), (1090, 1600), (1640, 1480), (1830, 900), (1880, 420),
    (1800, -100), (2000, -420), (1930, -1000), (1750, -1450), (700, -1430), (-100, -1520), (-950, -1440),
    (-1650, -1300), (-1800, -700), (-1700, -200), (-1850, 300), (-1900, 800),
)  # fmt: skip


@dataclass(frozen=True)
class Quarter:
    """What is built in the face between main streets that holds ``seed``."""

    seed: Point
    kind: str
    """old, panel, houses, mixed, industrial, green, meadow"""
    district: str = ""


QUARTERS = (
    Quarter((-1300, 350), "houses", "west"),
    Quarter((-500, 150), "old", "centre"),
    Quarter((-80, 350), "old", "centre"),
    Quarter((500, 300), "old", "centre"),
    Quarter((1300, 200), "green", "east"),
    Quarter((-1300, 720), "houses", "west"),
    Quarter((-500, 620), "panel", "west"),
    Quarter((500, 620), "panel", "east"),
    Quarter((1300, 650), "houses", "east"),
    Quarter((-1300, 960), "houses", "station"),
    Quarter((-500, 920), "houses", "station"),
    Quarter((550, 930), "houses", "station"),
    Quarter((1300, 950), "industrial", "station"),
    Quarter((-500, 1310), "industrial", "north"),
    Quarter((300, 1500), "houses", "north"),
    Quarter((1350, 1300), "houses", "north"),
    Quarter((-1350, 1350), "industrial", "north"),
    Quarter((-1200, -350), "houses", "south"),
    Quarter((-500, -450), "houses", "south"),
    Quarter((500, -400), "houses", "south"),
    Quarter((1400, -550), "houses", "south"),
    Quarter((-1200, -900), "houses", "south"),
    Quarter((-500, -950), "houses", "south"),
    Quarter((500, -950), "houses", "south"),
    Quarter((1400, -1050), "houses", "south"),
    Quarter((-1750, 500), "meadow"),
    Quarter((1700, 650), "meadow"),
)
GRAINS = {
    "old": Grain(92, 125, 0.04),
    "panel": Grain(185, 235, 0.015),
    "houses": Grain(86, 205, 0.045),
    "mixed": Grain(110, 150, 0.03),
    "industrial": Grain(190, 300, 0.01),
    "green": Grain(230, 270, 0.06),
}


@dataclass(frozen=True)
class Village:
    """Houses on both sides of a road out of town."""

    seed: Point
    """on or near the road"""
    uk: str
    en: str
    long_m: float
    deep_m: float


VILLAGES = (
    Village((-2750, 850), "Верболози", "Verbolozy", 620, 400),
    Village((2720, 315), "Тополине", "Topolyne", 560, 420),
    Village((-1190, 2700), "Березівка", "Berezivka", 520, 380),
    Village((1220, 2650), "Яблунівка", "Yablunivka", 600, 390),
    Village((-165, -2500), "Степове", "Stepove", 640, 400),
    Village((-2650, -455), "Калинівка", "Kalynivka", 560, 380),
    Village((2800, -1010), "Медове", "Medove", 540, 400),
)
"""Outlying villages, a long walk from town: a plan has to choose between them."""


@dataclass(frozen=True)
class Special:
    """A block that is no dwelling: the one that holds ``seed``."""

    seed: Point
    kind: str
    uk: str = ""
    en: str = ""


SPECIALS = (
    Special((-75, 345), "square", "площа Ринок", "Market Square"),
    Special((70, 330), "market", "Центральний ринок", "Central Market"),
    Special((-200, 360), "church", "Церква Святої Трійці", "Holy Trinity Church"),
    Special((-80, 230), "culture", "Будинок культури", "House of Culture"),
    Special((-330, 60), "park", "Міський парк", "City Park"),
    Special((80, 200), "library", "Міська бібліотека", "City Library"),
    Special((1250, 330), "park", "Парк над річкою", "Riverside Park"),
    Special((-560, 640), "hospital", "Міська лікарня", "City Hospital"),
    Special((1300, 60), "stadium", "Стадіон «Зоря»", "Zoria Stadium"),
    Special((500, 330), "fire", "Пожежна частина", "Fire Brigade"),
    Special((-700, 300), "school", "Школа № 1", "School No. 1"),
    Special((-1350, 420), "school", "Школа № 2", "School No. 2"),
    Special((620, 620), "school", "Школа № 3", "School No. 3"),
    Special((500, -420), "school", "Школа № 4", "School No. 4"),
    Special((-500, -800), "school", "Школа № 5", "School No. 5"),
    Special((-1250, 740), "kindergarten", "Дитячий садок «Казка»", "Kazka Kindergarten"),
    Special((300, 600), "kindergarten", "Дитячий садок «Сонечко»", "Sonechko Kindergarten"),
    Special((1320, 620), "kindergarten", "Дитячий садок «Веселка»", "Veselka Kindergarten"),
    Special((250, -300), "kindergarten", "Дитячий садок «Калинка»", "Kalynka Kindergarten"),
    Special((850, -400), "mall", "Торговий центр «Річковий»", "Richkovyi Shopping Centre"),
    Special((-250, 620), "park", "Парк Казок", "Fairy Tale Park"),
    Special((-1250, -850), "park", "Зарічний парк", "Zarichnyi Park"),
    Special((600, -1080), "sports", "Спортивний майданчик", "Sports Ground"),
    Special((1500, -1000), "cemetery", "Міське кладовище", "City Cemetery"),
    Special((950, 640), "college", "Технічний коледж", "Technical College"),
    Special((720, 580), "gated", "Житловий комплекс «Тихий двір»", "Quiet Court"),
    Special((-1300, 200), "clinic", "Поліклініка", "Outpatient Clinic"),
    Special((-300, -400), "chapel", "Храм Святого Миколая", "St Nicholas Church"),
    Special((-850, 920), "allotments", "Садове товариство «Вишенька»", "Vyshenka Gardens"),
)
DISTRICTS = {
    "centre": ("Середмістя", "Serednmistia", (-60, 250)),
    "west": ("Західний", "Zakhidnyi", (-1200, 560)),
    "east": ("Сонячний", "Soniachnyi", (1050, 560)),
    "station": ("Привокзальний", "Pryvokzalnyi", (150, 960)),
    "north": ("Залізничний", "Zaliznychnyi", (-300, 1330)),
    "south": ("Заріччя", "Zarichchia", (100, -560)),
}
