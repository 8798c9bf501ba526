"""The shapes in which the desk is told what is so: plain data, one to one what goes out as JSON.

Moments are whole minutes since 1970 UTC (``*_at_min``); an id is 64 hex digits; ``None`` is *not known*, never zero.
Names are data in the language the ledger has them; sentences are made by whoever shows them.
``web/src/desk/model.ts`` says the same to the browser.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal

Labels = dict[str, str]
"""A name by language."""
State = Literal["", "planned", "equipping", "ready", "open", "paused", "closed", "lost"]
"""Last word by the state table; "" where nobody spoke of it."""
Shown = Literal["open", "not_confirmed", "paused", "closed", "ready", "unknown"]
"""The state as it has aged (``find.trust``)."""
Who = Literal["", "duty", "desk", "list", "inspector", "driver", "visitors", "headquarters"]
"""Whose word it is."""


@dataclass(frozen=True)
class AreaFrame:
    """An area of the network."""

    id: str
    names: Labels
    districts: list[str]
    mode: str
    """everyday, outage, blackout; "" where nobody said"""
    mode_said_at_min: int | None
    made_up: bool
    map_name: str
    """name under which plans and basemap are kept here; "" where there is no map"""
    box_e7: list[int] | None
    """west, south, east, north"""


@dataclass(frozen=True)
class Frame:
    """What every screen stands in."""

    network: str
    net: str
    made_up: bool
    zone: str
    now_at_min: int
    areas: list[AreaFrame]
    plans: bool
    """whether plans are kept on this server"""


@dataclass(frozen=True)
class PointRef:
    """A point as a row names it."""

    id: str
    names: Labels
    address: str
    district: str
    kind: str
    state: State
    shown: Shown
    said_at_min: int | None
    by: Who


TodoWhat = Literal[
    "ordered",
    "contradicted",
    "silent",
    "need",
    "incident",
    "runs_out",
    "proposal",
    "photo",
    "initiative",
    "twin",
    "refused",
    "fork",
    "quarantine",
]


@dataclass(frozen=True)
class Todo:
    """One thing somebody must look at. ``values`` holds what its sentence needs:

    ordered       order (id), order_kind (open, stand_down), said_at_min, open_by_at_min, answer ("", acknowledged,
                  refused), because
    contradicted  said_state, said_at_min, by, against: [{state, n, last_at_min, who}]
    silent        last_at_min, limit_min, state
    need          need (id), short_of, lasts_min, urgent, raised_at_min
    incident      incident, count, at_min
    runs_out      what (fuel, wood, water, ...), left, unit, out_at_min
    proposal      place (id), address, owner_agrees, indoors, lon_e7, lat_e7
    photo         hash, thing (id), type (point, kit), scope, names, record (that says it; "" where it says more),
                  device, kits standing there: [{id, names, kind}]
    initiative    initiative (id), record, scope, names, words, who, support ("" or as what), organisation, wants
    twin          other (a PointRef), distance_m, likeness_percent
    refused       record (id), kind, reason, device (name or short key)
    fork          device, scope_name, at_min
    quarantine    record (id), kind, reason, device
    """

    key: str
    """the same for the same thing at every look"""
    what: TodoWhat
    urgency: Literal["now", "soon", "later"]
    since_at_min: int
    point: PointRef | None
    phone: str | None
    """duty phone; None where there is none or the asking key may not see it"""
    values: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class TodoList:
    """All there is to do, the most urgent first."""

    as_of_at_min: int
    items: list[Todo]
    more: dict[str, int] = field(default_factory=dict)
    """how many more there are of a kind than are told here, where these are very many"""


@dataclass(frozen=True)
class PointTable:
    """All points the asking key may see, in columns of one length; row k of each column is one point."""

    as_of_at_min: int
    id: list[str]
    name: list[Labels]
    kind: list[str]
    address: list[str]
    district: list[str]
    area: list[str]
    operator: list[str]
    lon_e7: list[int | None]
    lat_e7: list[int | None]
    state: list[State]
    shown: list[Shown]
    said_at_min: list[int | None]
    by: list[Who]
    band: list[str]
    """free, some, crowded, full; "" not known"""
    official: list[bool]
    number: list[str]
    """on the official list"""
    seats: list[int | None]
    needs: list[int | None]
    """open needs; None where the asking key is not told of them"""
    contradicted: list[bool]
    ordered: list[Literal["", "open", "stand_down"]]
    """an order without an answer"""
    visibility: list[Literal["public", "blurred", "hidden"]]


@dataclass(frozen=True)
class PointChanges:
    """What is different in a table since one that the asking key has; both are of the same points in the same order."""

    since: str
    """the ETag of the table before"""
    at: list[int]
    """which rows are different, counted from 0"""
    rows: PointTable
    """those rows as they are now"""


@dataclass(frozen=True)
class StoryLine:
    """One entry of a story."""

    record: str
    kind: str
    at_min: int
    happened: str
    via: str
    by: Who
    device: str
    """name of the device, or the beginning of its key"""
    line: str
    """the entry in words (English)"""
    values: dict[str, Any]
    mark: str
    """why it does not count as it stands; "" where it does"""


@dataclass(frozen=True)
class Said:
    """A value and when it was said by whom."""

    value: Any
    said_at_min: int
    by: Who


@dataclass(frozen=True)
class PointWhole:
    """A place, whole."""

    ref: PointRef
    area: str
    lon_e7: int | None
    lat_e7: int | None
    operator: str
    official: bool
    lists: dict[str, str]
    """name of a list -> number on it"""
    unknown_from_at_min: int | None
    contradicted: bool
    against: list[dict[str, Any]]
    hours: Said | None
    services: dict[str, Said]
    status: dict[str, Said]
    """band, persons, seats_free, power, heat_works, ...: last reported"""
    stock: dict[str, dict[str, Any]]
    """fuel_ml, wood_g, ...: {left, counted_at_min, a_day, out_at_min}; each may be None"""
    needs: list[dict[str, Any]]
    """{id, short_of, lasts_min, urgent, raised_at_min}"""
    incidents: list[dict[str, Any]]
    """{incident, count, at_min}, the last 30 days"""
    visits_24h: int | None
    orders: list[dict[str, Any]]
    """{id, order, said_at_min, open_by_at_min, answer, because, answered_at_min}"""
    visibility: dict[str, str]
    """place: public, blurred, hidden; crowding: off, bands, full"""
    equipment: list[dict[str, Any]]
    """{id, names, kind, state, paid_until}"""
    inspections: list[dict[str, Any]]
    """{inspection, at_min, next, failed: [...]}"""
    devices: list[dict[str, Any]] | None
    """{key, name, role, until_ms, last_heard_at_min}; None where the asking key may not see it"""
    phone: str | None
    entrance: Labels | None
    photo: str
    """hash of a photo kept here; "" where there is none"""
    photo_public: bool
    story: list[StoryLine]


@dataclass(frozen=True)
class OrderRow:
    """One point an order concerns, and what became of it."""

    point: PointRef
    answer: Literal["opened", "confirmed", "refused", "silent", "closed"]
    """*opened* (or *closed*, of an order to stand down): the point itself has said so since"""
    because: str
    answered_at_min: int | None
    opens_within_min: int | None
    phone: str | None


@dataclass(frozen=True)
class Order:
    """An order and its answers."""

    id: str
    order: Literal["open", "stand_down"]
    area: str
    district: str
    said_at_min: int
    open_by_at_min: int | None
    by: str
    rows: list[OrderRow]


@dataclass(frozen=True)
class Preview:
    """Whom an order would reach, before it is given."""

    rows: list[PointRef]
    counts: dict[str, int]
    """shown state -> points"""
    without_phone: int
    already: int
    """points that are open already (or shut, for standing down)"""


@dataclass(frozen=True)
class ReportRow:
    """A district on the report of the day."""

    district: str
    points: int
    working: int
    ready: int
    not_working: int
    no_word: int
    visits_24h: int | None
    """None: nobody counted"""
    open_needs: int


@dataclass(frozen=True)
class DayReport:
    """The report of a day. A silent point is "no word", not nought."""

    day: str
    area: str
    as_of_at_min: int
    rows: list[ReportRow]
    total: ReportRow
    needs: list[dict[str, Any]]
    """{short_of, points, urgent}"""
    not_working: list[dict[str, Any]]
    """{point: PointRef, cause}"""
    notes: str
    approved_by: str
    approved_at_min: int | None
    hash: str
    """SHA-256 of the figures"""


@dataclass(frozen=True)
class DeviceRow:
    """A device and what it is trusted with."""

    key: str
    name: str
    roles: list[dict[str, Any]]
    """{role, scope, scope_name, until_ms, given_by, said_at_min, ended_at_min, waits_for_second}"""
    last_heard_at_min: int | None
    records: int
    this: bool
    """whether it is the one that asks"""


@dataclass(frozen=True)
class Equipment:
    """From promise to open door to running costs."""

    promises: list[dict[str, Any]]
    """{id, what, count, amount_minor, currency, made_at_min, deliver_by, costs_until, initiative, point, kits: [id],
    state: promised | withdrawn | arrived | part, publish, giver (None where it may not be seen)}"""
    kits: list[dict[str, Any]]
    """{id, names, kind, state: described | assembled | on_the_road | standing | down, point, holder, act, seats,
    damaged, next_inspection, paid_until, said_at_min}"""
    deliveries: list[dict[str, Any]]
    """{id, names, state: on_the_way | arrived, from, to, expected, kits, loads, left_at_min, arrived_at_min}"""
    costs: list[dict[str, Any]]
    """{point: PointRef, paid_until, ends_in_days}"""


@dataclass(frozen=True)
class ListProblem:
    """A row of a list that could not be used."""

    row: int
    what: str
    mend: str


@dataclass(frozen=True)
class ListTwin:
    """A row of a list that may be a point already known."""

    row: int
    name: str
    address: str
    other: PointRef
    distance_m: int | None
    likeness_percent: int


@dataclass(frozen=True)
class ListPreview:
    """A list as it would be taken in."""

    token: str
    name: str
    rows: int
    new: int
    changed: int
    same: int
    gone: int
    """points of this list that are no longer on it"""
    problems: list[ListProblem]
    twins: list[ListTwin]


@dataclass(frozen=True)
class WhatIf:
    """Figures of a plan with sites moved, removed or added."""

    covered_persons: float
    persons: float
    share: float
    change_persons: float
    """against the plan as it was"""
    at_most_persons: float
    """what no choice of as many sites can exceed, by the plan's own bound; 0 where the number differs"""
    farthest_min: float | None
    """the longest walk of anybody who can walk to one"""
    mean_min: float | None
    twice_persons: float
    worst_district: dict[str, Any] | None
    """{name, share}; None where none counts, or the plan knows no districts"""
    sites: list[dict[str, Any]]
    """{lon_e7, lat_e7, reached_persons, only_persons (nobody else reaches them)}"""
    seconds: float
