"""Pairs of networks that are equal in public terms and differ in everything secret, told minute by minute.

A pair has one public story and two secret ones. The public story is told by one device, so that its entries
have the same ids in both worlds; the secret ones are told by another, by strangers and by headquarters' receipts.
With ``one_device`` a single device tells both: then ids differ, since an entry names the one before it, and views
are compared with ids renamed (``renamed``).

    twins()              hypothesis: pairs
    World(pair.a, ...)   a headquarters that hears one of them; world.hear_until(ms); world.ledger
    pair.moments         when to look: every quarter of an hour and every minute in which something public is said
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Any

from hypothesis import strategies as st

from shanyrak.facts.ledger import Ledger
from shanyrak.publish.grid import MINUTE_MS, QUARTER_MIN
from tests.ledgers import empty_ledger, founded_ledger

DAY_MIN = 1440
SETUP_MS = 1_790_856_000_000
"""2026-10-01 12:00 UTC: what was there before; October's deliveries follow."""
PAST_MS = 1_793_880_000_000
"""2026-11-05 12:00 UTC: the old counts."""
TUESDAY_MS = 1_795_510_800_000
"""2026-11-24 09:00 UTC."""
SUNDAY_MS = 1_795_388_400_000
"""2026-11-22 23:00 UTC: an hour before the week's line."""
HOURS = 4
KYIV = (305_000_000, 504_000_000)
DONETSK = (378_000_000, 480_000_000)


@dataclass(frozen=True)
class Event:
    """Something said: a thing it brings into being is called ``new``, things are named by ``$name`` in a body."""

    at_ms: int
    kind: str
    about: str
    body: dict[str, Any]
    new: str = ""
    sealed: dict[str, Any] = field(default_factory=dict)
    with_next: bool = False
    """It arrives together with the event after it."""
    delay_min: int = 0
    """How much later headquarters hears of it."""
    stranger: bool = False


@dataclass(frozen=True)
class Pair:
    """One public story, two secret ones."""

    public: tuple[Event, ...]
    a: tuple[Event, ...]
    b: tuple[Event, ...]
    begin_ms: int

    @property
    def moments(self) -> list[int]:
        """When to look."""
        end = self.begin_ms + HOURS * 60 * MINUTE_MS
        lines = range(self.begin_ms, end + 1, QUARTER_MIN * MINUTE_MS)
        between = range(self.begin_ms + 7 * MINUTE_MS, end, QUARTER_MIN * MINUTE_MS)
        said = {one.at_ms + 1 for one in self.public if one.at_ms >= self.begin_ms}
        return sorted({*lines, *between, *said})


class World:
    """A headquarters and the devices whose words it hears."""

    def __init__(self, public: tuple[Event, ...], secret: tuple[Event, ...], *, one_device: bool = False) -> None:
        self._now = SETUP_MS - DAY_MIN * MINUTE_MS
        self.ledger = founded_ledger("headquarters", now_ms=self.now_ms)
        self._desk = self._device("desk")
        self._quiet = self._desk if one_device else self._device("quiet desk")
        self._stranger = self._device("stranger", admitted=False)
        self.ids: dict[str, bytes] = {"net": self.ledger.net}
        self.names: dict[str, str] = {}
        """Id of each public fact [hex] -> a name that is the same in both worlds."""
        told = [(one.at_ms, 0, k, one) for k, one in enumerate(public)]
        told += [(one.at_ms, 1, k, one) for k, one in enumerate(secret)]
        self._coming = sorted(told, key=lambda each: each[:3])
        self._on_the_way: list[tuple[int, Any]] = []

    def now_ms(self) -> int:
        """The one clock of this world."""
        return self._now

    def _device(self, name: str, *, admitted: bool = True) -> Ledger:
        device = empty_ledger(name, now_ms=self.now_ms)
        assert device.signer is not None
        if admitted:
            body = {"key": device.signer.public.hex(), "role": "desk"}
            self.ledger.say("device.admitted", body, about=self.ledger.net)
        device.join(self.ledger.net)
        device.accept([row.fact for _, row in self.ledger.store.arrived()])
        return device

    def hear_until(self, now_ms: int) -> None:
        """Everything said up to a moment happens; what is on the way arrives."""
        while self._coming and self._coming[0][0] <= now_ms:
            at_ms, is_secret, number, event = self._coming.pop(0)
            self._arrive(at_ms)
            self._now = at_ms
            self._tell(event, f"public {number}" if not is_secret else "")
        self._arrive(now_ms)
        self._now = now_ms

    def _tell(self, event: Event, name: str) -> None:
        device = self._stranger if event.stranger else self._desk if name else self._quiet
        body = self._with_ids(event.body)
        about = self.ids[event.about] if event.about else b""
        said = device.say(event.kind, body, about=about, sealed=event.sealed or None)
        if event.new:
            self.ids[event.new] = said.id
        if name:
            self.names[said.id.hex()] = name
        self._share(device, said.id)
        fact = device.store.get([said.id])[said.id]
        self._on_the_way.append((event.at_ms + event.delay_min * MINUTE_MS + int(event.with_next), fact))
        if not event.with_next and not event.delay_min:
            self._arrive(event.at_ms)

    def _share(self, device: Ledger, fact: bytes) -> None:
        """Devices know the things they speak of."""
        row = device.store.get([fact])[fact]
        if row.about == row.id:
            for other in {id(one): one for one in (self._desk, self._quiet, self._stranger)}.values():
                other.accept([row.fact])

    def _arrive(self, now_ms: int) -> None:
        here = [row for at_ms, row in self._on_the_way if at_ms <= now_ms]
        self._on_the_way = [one for one in self._on_the_way if one[0] > now_ms]
        if here:
            self.ledger.accept([row.fact for row in here])
            self.ledger.note_receipts({row.key for row in here})

    def _with_ids(self, value: Any) -> Any:
        if isinstance(value, str) and value.startswith("$"):
            return self.ids[value[1:]].hex()
        if isinstance(value, dict):
            return {name: self._with_ids(one) for name, one in value.items()}
        return [self._with_ids(one) for one in value] if isinstance(value, list) else value


def renamed(view: Any, names: dict[str, str]) -> Any:
    """A view with the ids of its entries renamed, and everything that is sorted by id sorted anew."""

    def plain(value: Any) -> Any:
        if isinstance(value, dict):
            return {names.get(key, key): plain(one) for key, one in value.items()}
        if isinstance(value, list | tuple):
            each = [plain(one) for one in value]
            return sorted(each, key=repr) if each and isinstance(each[0], dict) else each
        return names.get(value, value) if isinstance(value, str) else value

    found = plain(asdict(view))
    for account in found["accounts"]:
        account["points"].sort()
    found["status"] = dict(sorted(found["status"].items()))
    return found


# drawing -----------------------------------------------------------------------------------------------
_STATES = ("point.opened", "point.closed", "point.paused", "point.ready")
_POINTS = ("school", "library", "yurt", "roughly", "silent")


def _date(at_ms: int, day: int) -> str:
    return f"2026-{'10' if at_ms == SETUP_MS else '11'}-{day:02d}"


def _setup() -> list[Event]:
    """What everybody knows before the day begins."""
    said: list[Event] = []

    def say(fact: str, on: str = "", /, new: str = "", sealed: dict[str, Any] | None = None, **body: Any) -> None:
        said.append(Event(SETUP_MS + len(said) * MINUTE_MS, fact, on, body, new, sealed or {}))

    say("area.described", new="area", name="town", names={"en": "Town"}, made_up=True)
    say("initiative.started", new="idea", names={"en": "Warm"}, sealed={"idea": {"en": "Nobody walks far."}})
    say("initiative.started", new="past", names={"en": "Then"}, archive=True)
    for k, name in enumerate(_POINTS):
        lon, lat = KYIV[0] + 30_000 * k, KYIV[1] + 20_000 * k
        idea = {"initiative": "$idea"} if name == "yurt" else {}
        say("point.described", new=name, names={"en": name}, kind="hall", lon_e7=lon, lat_e7=lat, seats=40, **idea)
    say("point.described", new="then", names={"en": "Then"}, initiative="$past", lon_e7=KYIV[0], lat_e7=KYIV[1])
    say("visibility.decided", "roughly", place="blurred")
    say("visibility.decided", "library", crowding="bands")
    say("visibility.decided", "silent", crowding="off")
    say("services.declared", "school", heat=True, sockets=12)
    say("hours.declared", "library", opening_hours="Mo-Su 08:00-21:00")
    for name in _POINTS[:-1]:
        say("point.opened", name)
    say("point.ready", "yurt", opens_when="order", opens_within_min=60)
    say("pledge.made", new="gift", what="yurt", initiative="$idea", publish="chosen", sealed={"chosen_name": "A baker"})
    say("pledge.made", new="quiet gift", what="fuel", point="$yurt", costs_until="2027-03", sealed={"giver": "Nobody"})
    say("kit.described", new="kit", kind="yurt")
    say("kit.assembled", "kit", pledges=["$gift"])
    say("kit.erected", "kit", point="$yurt")
    words = {"who": "A mayor", "words": {"en": "It is warm there."}}
    say("statement.recorded", new="speech", about="$idea", happened="2026-10-02", sealed=words)
    return said


@st.composite
def twins(draw: st.DrawFn) -> Pair:
    """A pair of ledgers equal in public terms."""
    crossing = draw(st.booleans())
    begin = SUNDAY_MS if crossing else TUESDAY_MS
    public = [*_setup(), *draw(st.lists(_public(begin), max_size=8))]
    settled = {
        (point, quarter): draw(st.sampled_from(["free", "some", "crowded", "full"]))
        for point, quarter in draw(
            st.sets(st.tuples(st.sampled_from(_POINTS), st.integers(0, HOURS * 4 - 1)), max_size=6)
        )
    }
    public += [
        Event(begin + (quarter * QUARTER_MIN + 13) * MINUTE_MS, "status.reported", point, {"band": band})
        for (point, quarter), band in settled.items()
    ]
    tens = {point: draw(st.integers(0, 4)) for point in _POINTS}
    travelled = draw(st.booleans())
    a, b = (tuple(draw(_secret(begin, crossing, settled, tens, travelled))) for _ in range(2))
    return Pair(tuple(sorted(public, key=lambda one: one.at_ms)), a, b, begin)


@st.composite
def _public(draw: st.DrawFn, begin: int) -> Event:
    at = begin + draw(st.integers(1, HOURS * 60)) * MINUTE_MS
    point = draw(st.sampled_from(_POINTS))
    kind = draw(st.sampled_from([*_STATES, "visitor.said", "visibility.decided", "notice.given", "services.declared"]))
    if kind == "visitor.said":
        return Event(at, kind, point, {"state": draw(st.sampled_from(["open", "shut"]))})
    if kind == "visibility.decided":
        return Event(at, kind, point, {"place": draw(st.sampled_from(["public", "blurred", "hidden"]))})
    if kind == "notice.given":
        return Event(at, kind, "net", {"urgency": "warning"}, sealed={"words": {"en": "Frost tonight."}})
    return Event(at, kind, point, {"hot_drink": draw(st.booleans())} if kind == "services.declared" else {})


@st.composite
def _secret(
    draw: st.DrawFn,
    begin: int,
    crossing: bool,
    settled: dict[tuple[str, int], str],
    tens: dict[str, int],
    travelled: bool,
) -> list[Event]:
    said: list[Event] = []
    for point in _POINTS:
        said += draw(_old_visits(point, tens[point]))
    if travelled:
        said += draw(_travels())
    for number in range(draw(st.integers(0, 3))):
        said += draw(_hidden_point(begin, number))
    for point, quarter in settled:
        said += draw(_noise(begin, point, quarter))
    said += draw(st.lists(_about_shown(begin, crossing), max_size=12))
    return said


@st.composite
def _old_visits(draw: st.DrawFn, point: str, tens: int) -> list[Event]:
    """Counts that come to the same tens: 0 is under ten, 1 is 10 to 14, n is 10 n - 5 to 10 n + 4."""
    low, high = (0, 9) if tens == 0 else (10, 14) if tens == 1 else (10 * tens - 5, 10 * tens + 4)
    left = draw(st.integers(low, high))
    counts = []
    while left > 0:
        counts.append(draw(st.integers(1, left)))
        left -= counts[-1]
    return [
        Event(PAST_MS + k * MINUTE_MS + 1000, "visit.counted", point, {"visits": visits})
        for k, visits in enumerate(counts)
    ]


@st.composite
def _travels(draw: st.DrawFn) -> list[Event]:
    """October's deliveries: one at least, on days and by ways nobody may know."""
    said = []
    for number in range(draw(st.integers(1, 3))):
        at = SETUP_MS + (draw(st.integers(1, 25)) * DAY_MIN + number) * MINUTE_MS + 1000
        name = f"lorry {number}"
        said.append(Event(at, "consignment.left", "", {"initiative": "$idea", "fuel_ml": draw(_ML)}, name))
        passed = {"lon_e7": draw(st.integers(*KYIV)), "lat_e7": KYIV[1]}
        said.append(Event(at + MINUTE_MS, "consignment.passed", name, passed))
    return said


_ML = st.integers(0, 90_000)


@st.composite
def _hidden_point(draw: st.DrawFn, begin: int, number: int) -> list[Event]:
    """A point nobody may know of, hidden as it is described or by where it lies, and what goes on around it."""
    at = begin + draw(st.integers(1, HOURS * 60 - 30)) * MINUTE_MS + 2000
    name = f"hidden {number}"
    body = {"names": {"en": "Nowhere"}, "initiative": "$idea", "seats": draw(st.integers(0, 500))}
    if draw(st.booleans()):
        lon = KYIV[0] + draw(st.integers(0, 100_000))
        said = [
            Event(at, "point.described", "", {**body, "lon_e7": lon, "lat_e7": KYIV[1]}, name, with_next=True),
            Event(at + 1, "visibility.decided", name, {"place": "hidden"}),
        ]
    else:
        said = [Event(at, "point.described", "", {**body, "lon_e7": DONETSK[0], "lat_e7": DONETSK[1]}, name)]
    words = {"who": "A mayor", "words": {"en": "There it is."}}
    around: list[tuple[str, str, dict[str, Any], str, dict[str, Any]]] = [
        ("point.opened", name, {}, "", {}),
        ("list.entered", name, {"list": "Secret", "number": "7", "official": True}, "", {}),
        ("services.declared", name, {"heat": True}, "", {}),
        ("visit.counted", name, {"visits": 500, "happened": "2026-11-02"}, "", {}),
        ("visitor.said", name, {"state": "open"}, "", {}),
        ("point.closed", name, {}, "", {}),
        (
            "pledge.made",
            "",
            {"what": "wood", "point": f"${name}", "publish": "name"},
            f"{name} gift",
            {"giver": "Anna"},
        ),
        ("thanks.said", name, {}, "", {"words": {"en": "Thanks"}}),
        ("statement.recorded", "", {"about": f"${name}"}, f"{name} word", words),
        ("kit.described", "", {"kind": "tent", "initiative": "$idea"}, f"{name} kit", {}),
        ("kit.erected", f"{name} kit", {"point": f"${name}"}, "", {}),
    ]
    for k, (kind, about, more, new, sealed) in enumerate(around[: draw(st.integers(0, len(around)))]):
        if kind != "kit.described":
            said.append(Event(at + 10 + k, kind, about, more, new, sealed))
        else:
            # A kit that stands where nobody may know: from its first moment on, both are said together.
            said.append(Event(at + 10 + k, kind, about, more, new, sealed, with_next=True))
            said.append(Event(at + 11 + k, *around[k + 1][:1], f"{name} kit", {"point": f"${name}"}))
            break
    return said


@st.composite
def _noise(draw: st.DrawFn, begin: int, point: str, quarter: int) -> list[Event]:
    """How full it was before the last word of a quarter of an hour; some of it arrives when that is long over."""
    said = []
    for _ in range(draw(st.integers(0, 3))):
        at = begin + (quarter * QUARTER_MIN + draw(st.integers(1, 12))) * MINUTE_MS + draw(st.integers(1, 999))
        band = draw(st.sampled_from(["free", "some", "crowded", "full"]))
        delay = draw(st.sampled_from([0, 0, 40]))
        said.append(Event(at, "status.reported", point, {"band": band, "persons": 7}, delay_min=delay))
    return said


@st.composite
def _about_shown(draw: st.DrawFn, begin: int, crossing: bool) -> Event:
    """Something secret about what everybody knows."""
    minute = draw(st.integers(1, HOURS * 60))
    at = begin + minute * MINUTE_MS + draw(st.integers(3000, 50_000))
    point = draw(st.sampled_from(_POINTS))
    after_line = not crossing or minute > 60
    happened = "2026-11-05" if after_line and draw(st.booleans()) else "2026-11-24"
    about, kind, body = draw(
        st.sampled_from(
            [
                (point, "stock.counted", {"fuel_ml": draw(_ML), "indoor_mc": 18_000}),
                (point, "stock.used", {"fuel_ml": draw(_ML)}),
                (point, "visit.counted", {"visits": draw(_ML), "happened": happened}),
                (point, "incident.reported", {"incident": "co", "count": 1}),
                (point, "inspection.done", {"inspection": "unfit"}),
                (point, "status.reported", {"found": "shut", "short_of": ["fuel"], "power": "generator"}),
                (point, "activation.ordered", {"order": "open"}),
                (
                    point,
                    "activation.acknowledged",
                    {"acknowledged": "$net", "opens_within_min": draw(st.integers(0, 90))},
                ),
                (point, "same.as", {"same_as": "$school"}),
                ("kit", "kit.damaged", {"damaged": ["stove"], "usable": False}),
                ("kit", "custody.transferred", {"act": "A-1", "holder": "Depot 7"}),
                ("idea", "initiative.supported", {"support": "town", "organisation": "Bucha", "publish": "name"}),
                ("", "need.raised", {"point": f"${point}", "short_of": "fuel"}),
                ("", "place.proposed", {"names": {"en": "A square"}, "initiative": "$idea"}),
                ("", "consignment.left", {"initiative": "$idea", "to": f"${point}", "fuel_ml": draw(_ML)}),
                ("net", "stranger", {}),
            ]
        )
    )
    if kind == "stranger":
        sealed = {"giver": "A stranger"}
        return Event(
            at,
            "pledge.made",
            "",
            {"what": "money", "initiative": "$idea", "publish": "name"},
            "",
            sealed,
            stranger=True,
        )
    delay = draw(st.sampled_from([0, 0, 20]))
    return Event(at, kind, about, body, "", {}, delay_min=delay)
