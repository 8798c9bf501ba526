"""What became of promised help: equipment, deliveries, who has it, what is broken, and what it costs.

Read from the ledger whole: there are hundreds of these, not tens of thousands.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Literal

from shanyrak.facts.happened import bounds_ms
from shanyrak.facts.ledger import Ledger, Thing
from shanyrak.facts.said import happened_of
from shanyrak.facts.store import Row
from shanyrak.supply.costs import Span, paid_until, span_of

KitState = Literal["described", "assembled", "on_the_road", "standing", "down"]
PromiseState = Literal["promised", "withdrawn", "arrived", "part"]
LOADS = ("fuel_ml", "gas_g", "wood_g", "coal_g", "water_ml", "meals", "blankets")
MINUTE_MS = 60_000
_MOVES = frozenset({"kit.assembled", "kit.erected", "kit.dismantled"})


@dataclass(frozen=True)
class Kit:
    """Equipment that is moved as one."""

    id: str
    scope: bytes
    names: dict[str, str]
    kind: str
    state: KitState
    point: str
    """where it stands"""
    holder: str
    act: str
    seats: int | None
    damaged: tuple[str, ...]
    usable: bool | None
    next_inspection: str
    pledges: tuple[str, ...]
    said_at_min: int


@dataclass(frozen=True)
class Promise:
    """Help that somebody promised."""

    id: str
    scope: bytes
    what: str
    count: int | None
    amount_minor: int | None
    currency: str
    per: str
    made_at_min: int
    deliver_by: str
    costs_from: str
    costs_until: str
    initiative: str
    point: str
    kits: tuple[str, ...]
    state: PromiseState
    publish: str
    giver: str


@dataclass(frozen=True)
class Delivery:
    """Equipment or supplies on their way, or there."""

    id: str
    scope: bytes
    names: dict[str, str]
    state: Literal["on_the_way", "arrived"]
    origin: str
    to: str
    expected: str
    kits: tuple[str, ...]
    loads: dict[str, int]
    left_at_min: int | None
    arrived_at_min: int | None


@dataclass(frozen=True)
class Supply:
    """All of it, each sorted by id."""

    kits: tuple[Kit, ...] = ()
    promises: tuple[Promise, ...] = ()
    deliveries: tuple[Delivery, ...] = ()
    spans: Mapping[str, tuple[Span, ...]] = field(default_factory=dict)
    """by point: the days that somebody pays its running costs"""

    def paid_until(self, point: str, today: date) -> date | None:
        """Until when a point's running costs are paid (``costs.paid_until``)."""
        return paid_until(self.spans.get(point, ()), today)


def supply(ledger: Ledger) -> Supply:
    """Promises, equipment and deliveries as they stand by all that is known here."""
    deliveries = tuple(_delivery(ledger, thing) for thing in ledger.things("consignment") if thing.now)
    travelling = _travelling(ledger, deliveries)
    kits = tuple(_kit(ledger, thing, travelling) for thing in ledger.things("kit"))
    promises = tuple(_promises(ledger, kits, deliveries))
    return Supply(kits, promises, deliveries, _spans(ledger, promises, kits))


def at_min(row: Row) -> int:
    """When it was so, at the earliest; when it was written down, where that was earlier or nobody said."""
    earliest, latest = bounds_ms(happened_of(row))
    happened = earliest if earliest is not None else latest
    return min(row.eff_ms, row.eff_ms if happened is None else happened) // MINUTE_MS


# equipment --------------------------------------------------------------------------------------------------
def _kit(ledger: Ledger, thing: Thing, travelling: Mapping[str, int]) -> Kit:
    rows = _counting(ledger, thing.id)
    moved = [row for row in rows if row.kind in _MOVES]
    state: KitState = thing.now or "described"  # type: ignore[assignment]  # of the state table
    id = thing.id.hex()
    if id in travelling and (not moved or travelling[id] > moved[-1].eff_ms):
        state = "on_the_road"
    erected = [row for row in moved if row.kind == "kit.erected"]
    point = str((erected[-1].fact.body_value() or {}).get("point", "")) if erected and state == "standing" else ""
    acts = [value for value, _ in thing.state.get("recent", {}).get("act", ())]
    return Kit(
        id=id,
        scope=_scope(rows, ledger.net),
        names=_names(thing),
        kind=str(thing.get("kind", "")),
        state=state,
        point=point,
        holder=str(thing.get("holder", "")),
        act=str(acts[-1]) if acts else "",
        seats=thing.get("seats"),
        damaged=_damaged(rows),
        usable=thing.get("usable"),
        next_inspection=str(thing.get("next_inspection", "")),
        pledges=tuple(thing.state.get("sets", {}).get("pledges", ())),
        said_at_min=at_min(rows[-1]) if rows else 0,
    )


def _damaged(rows: Iterable[Row]) -> tuple[str, ...]:
    """What is broken and was not mended since; one that is mended whole is whole."""
    broken: dict[str, None] = {}
    for row in rows:
        body = row.fact.body_value() or {}
        if row.kind == "kit.damaged":
            broken |= dict.fromkeys(body["damaged"])
        elif row.kind == "kit.repaired":
            mended = body["repaired"]
            broken = {} if "everything" in mended else {one: None for one in broken if one not in mended}
    return tuple(broken)


# deliveries -------------------------------------------------------------------------------------------------
def _delivery(ledger: Ledger, thing: Thing) -> Delivery:
    rows = _counting(ledger, thing.id)
    left = [row for row in rows if row.kind == "consignment.left"]
    arrived = [row for row in rows if row.kind == "consignment.arrived"]
    return Delivery(
        id=thing.id.hex(),
        scope=_scope(rows, ledger.net),
        names=_names(thing),
        state="arrived" if thing.now == "arrived" else "on_the_way",
        origin=str(thing.get("from", "")),
        to=str(thing.get("at") or thing.get("to") or ""),
        expected=str(thing.get("expected", "")),
        kits=tuple(thing.get("kits") or ()),
        loads={name: thing.get(name) for name in LOADS if thing.get(name) is not None},
        left_at_min=at_min(left[-1]) if left else None,
        arrived_at_min=at_min(arrived[-1]) if arrived and thing.now == "arrived" else None,
    )


def _travelling(ledger: Ledger, deliveries: Iterable[Delivery]) -> dict[str, int]:
    """Kits on the way, and since when [ms, as it counts]."""
    found: dict[str, int] = {}
    for one in deliveries:
        if one.state != "on_the_way":
            continue
        rows = [row for row in _counting(ledger, bytes.fromhex(one.id)) if row.kind == "consignment.left"]
        for kit in one.kits if rows else ():
            found[kit] = max(found.get(kit, 0), rows[-1].eff_ms)
    return found


# promises ---------------------------------------------------------------------------------------------------
def _promises(ledger: Ledger, kits: Iterable[Kit], deliveries: Iterable[Delivery]) -> Iterable[Promise]:
    made_of: dict[str, list[Kit]] = {}
    for kit in kits:
        for pledge in kit.pledges:
            made_of.setdefault(pledge, []).append(kit)
    by_id = {kit.id: kit for kit in kits}
    there = {kit for one in deliveries if one.state == "arrived" for kit in one.kits}
    for thing in ledger.things("pledge"):
        if not thing.now:
            continue
        id = thing.id.hex()
        mine = made_of.get(id, [])
        own = by_id.get(str(thing.get("kit", "")))
        if own is not None and own not in mine:
            mine = [*mine, own]
        rows = _counting(ledger, thing.id)
        sealed: dict[str, Any] = {}
        for row in rows:
            sealed |= row.fact.sealed_value() or {}
        yield Promise(
            id=id,
            scope=_scope(rows, ledger.net),
            what=str(thing.get("what", "")),
            count=thing.get("count"),
            amount_minor=thing.get("amount_minor"),
            currency=str(thing.get("currency", "")),
            per=str(thing.get("per", "")),
            made_at_min=at_min(rows[0]) if rows else 0,
            deliver_by=str(thing.get("deliver_by", "")),
            costs_from=str(thing.get("costs_from", "")),
            costs_until=str(thing.get("costs_until", "")),
            initiative=str(thing.get("initiative", "")),
            point=str(thing.get("point", "")),
            kits=tuple(sorted(kit.id for kit in mine)),
            state=_promise_state(thing, mine, there),
            publish=str(thing.get("publish") or "nothing"),
            giver=str(sealed.get("giver") or ""),
        )


def _promise_state(thing: Thing, kits: list[Kit], there: set[str]) -> PromiseState:
    if thing.now == "withdrawn":
        return "withdrawn"
    arrived = [kit for kit in kits if kit.state in ("standing", "down") or kit.id in there]
    wanted = max(len(kits), thing.get("count") or 0 if thing.get("what") in ("kit", "yurt", "tent") else 0)
    if not arrived:
        return "promised"
    return "arrived" if len(arrived) >= wanted else "part"


def _spans(ledger: Ledger, promises: Iterable[Promise], kits: Iterable[Kit]) -> dict[str, tuple[Span, ...]]:
    stands_at = {kit.id: kit.point for kit in kits if kit.point}
    found: dict[str, list[Span]] = {}
    for one in promises:
        span = span_of(one.costs_from, one.costs_until) if one.state != "withdrawn" else None
        if span is None:
            continue
        pledge = bytes.fromhex(one.id)
        links = [link for link in ledger.store.links_of(pledge) if link.field == "pledges" and link.target == pledge]
        things = [thing for link in links if (thing := ledger.thing(link.source)) is not None]
        listed = {thing.id.hex() for thing in things if thing.type == "point" and one.id in thing.get("pledges", ())}
        points = {one.point} | {stands_at.get(kit, "") for kit in one.kits} | listed
        for place in points - {""}:
            found.setdefault(place, []).append(span)
    return {point: tuple(spans) for point, spans in found.items()}


# reading ----------------------------------------------------------------------------------------------------
def _counting(ledger: Ledger, thing: bytes) -> list[Row]:
    rows = ledger.store.of_thing(thing)
    marks = ledger.store.marks_of(row.id for row in rows)
    return [row for row in rows if row.fact.body is not None and (row.id not in marks or marks[row.id].mark == "clock")]


def _scope(rows: list[Row], net: bytes) -> bytes:
    return rows[0].key.scope if rows else net


def _names(thing: Thing) -> dict[str, str]:
    names = {code: str(text) for code, text in sorted((thing.get("names") or {}).items())}
    given = thing.get("name")
    return names or ({"en": str(given)} if given else {})
