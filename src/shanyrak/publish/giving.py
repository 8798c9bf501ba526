"""What was promised and what became of it, as far as it is public: promises, equipment, deliveries by the month."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from shanyrak.facts.happened import bounds_ms
from shanyrak.facts.said import happened_of
from shanyrak.facts.store import Row
from shanyrak.publish.grid import month_line_ms, month_of
from shanyrak.publish.known import known_by
from shanyrak.publish.model import Source
from shanyrak.publish.record import Record, last_words
from shanyrak.publish.view_points import Given, Shown

_NAMED = {"name": "giver", "chosen": "chosen_name"}
_ON_THE_WAY = {"consignment.left": "on_the_way", "consignment.arrived": "arrived"}


@dataclass(frozen=True)
class Pledge:
    """One promise."""

    id: str
    what: str
    count: int | None
    name: str
    """"" where the giver chose to publish nothing."""
    initiative: str
    points: tuple[str, ...]
    """Shown points it is for or stands at, sorted."""
    withdrawn: bool
    costs_until: str
    rows: tuple[Row, ...]


@dataclass(frozen=True)
class Kit:
    """Equipment that was put up at a shown point, or that belongs to an initiative."""

    id: str
    kind: str
    initiatives: tuple[str, ...]
    point: str
    """Where it stands or stood last; "" where it was never put up."""
    erected: Row | None


@dataclass(frozen=True)
class Delivery:
    """A month in which something set off or arrived; its entries are not public."""

    step: str
    happened: str
    sources: tuple[Source, ...]
    """Only where a person released the date."""


@dataclass(frozen=True)
class Giving:
    """All of it; by id of initiative or point where it says ``of``."""

    pledges: tuple[Pledge, ...]
    kits: tuple[Kit, ...]
    deliveries_of: Mapping[str, tuple[Delivery, ...]]
    given: Mapping[bytes, Given] = field(default_factory=dict)


def giving(record: Record, shown: Shown, now_ms: int) -> Giving:
    """Reads promises, equipment and deliveries."""
    points = {point.id.hex(): point for point in (*shown.standing, *shown.told)}
    houses: dict[str, str] = {}
    for point_id, point in points.items():
        houses |= {kit: point_id for kit in [record.value(point, "kit")] if kit}
    for_point: dict[str, set[str]] = {}
    for point_id, point in points.items():
        for pledge in record.value(point, "pledges", ()):
            for_point.setdefault(pledge, set()).add(point_id)
    words, rows, made_of = _kit_words(record)
    initiative_of = {
        about.hex(): words.get("initiative", "") for about, words in last_words(_pledge_rows(record)).items()
    }
    kits = tuple(_kits(words, rows, made_of, initiative_of, houses, points))
    for kit in kits:
        for pledge in made_of.get(kit.id, ()):
            for_point.setdefault(pledge, set()).update([kit.point] if kit.point else [])
    pledges = tuple(_pledges(record, for_point, set(points)))
    return Giving(pledges, kits, _deliveries(record, kits, now_ms), _given(pledges))


def _pledge_rows(record: Record) -> list[Row]:
    return record.public("pledge.made", "pledge.changed", "pledge.withdrawn")


def _kit_words(record: Record) -> tuple[dict[bytes, dict[str, Any]], dict[bytes, Row], dict[str, list[str]]]:
    """Of each kit: its last words, the entry by which it was put up where it stands, the promises it is made of."""
    said = record.public("kit.described", "kit.assembled", "kit.erected", "kit.dismantled")
    made_of: dict[str, list[str]] = {}
    erected: dict[bytes, Row] = {}
    for row in said:
        made_of.setdefault(row.about.hex(), []).extend((row.fact.body_value() or {}).get("pledges", ()))
        if row.kind == "kit.erected":
            erected[row.about] = row
    return last_words(said), erected, made_of


def _kits(
    words: Mapping[bytes, dict[str, Any]],
    erected: Mapping[bytes, Row],
    made_of: Mapping[str, list[str]],
    initiative_of: Mapping[str, str],
    houses: Mapping[str, str],
    points: Mapping[str, Any],
) -> Iterable[Kit]:
    for about, said in sorted(words.items()):
        kit = about.hex()
        point = said.get("point", "")
        if point and point not in points:
            continue  # it stands where nobody may know
        initiatives = {said.get("initiative", ""), *(initiative_of.get(one, "") for one in made_of.get(kit, ()))} - {""}
        row = erected.get(about) if point else None
        yield Kit(kit, said.get("kind", ""), tuple(sorted(initiatives)), point or houses.get(kit, ""), row)


def _pledges(record: Record, for_point: Mapping[str, set[str]], shown: set[str]) -> Iterable[Pledge]:
    rows: dict[bytes, list[Row]] = {}
    for row in _pledge_rows(record):
        rows.setdefault(row.about, []).append(row)
    for about, said in sorted(rows.items()):
        words = last_words(said)[about]
        if said[0].kind != "pledge.made":
            continue  # the promise itself is not public
        sealed: dict[str, Any] = {}
        for row in said:
            sealed |= row.fact.sealed_value() or {}
        points = {words.get("point", ""), *for_point.get(about.hex(), ())} & shown
        yield Pledge(
            id=about.hex(),
            what=words["what"],
            count=words.get("count"),
            name=str(sealed.get(_NAMED.get(words.get("publish", ""), ""), "")),
            initiative=words.get("initiative", ""),
            points=tuple(sorted(points)),
            withdrawn=said[-1].kind == "pledge.withdrawn",
            costs_until=words.get("costs_until", ""),
            rows=tuple(said),
        )


def _given(pledges: Iterable[Pledge]) -> dict[bytes, Given]:
    """What each point may say of those who gave."""
    standing = [pledge for pledge in pledges if not pledge.withdrawn]
    points = {point for pledge in standing for point in pledge.points}
    found = {}
    for point in points:
        here = [pledge for pledge in standing if point in pledge.points]
        names = sorted({pledge.name for pledge in here} - {""})
        found[bytes.fromhex(point)] = Given(tuple(names), latest(pledge.costs_until for pledge in here))
    return found


def latest(dates: Iterable[str]) -> str:
    """The date that ends last; "" where there is none."""
    known = [(end, text) for text in dates if text and (end := bounds_ms(text)[1]) is not None]
    return max(known)[1] if known else ""


def _deliveries(record: Record, kits: Iterable[Kit], now_ms: int) -> dict[str, tuple[Delivery, ...]]:
    """Months of deliveries for each initiative and point; a month is told when it is over, so that no day is."""
    line_ms = month_line_ms(now_ms)
    rows = record.secret(*_ON_THE_WAY)
    late = {row.id for row in known_by(record.ledger, rows, line_ms)}
    carried: dict[bytes, set[str]] = {}
    of_kit = {kit.id: {*kit.initiatives, kit.point} - {""} for kit in kits}
    found: dict[str, set[Delivery]] = {}
    for row in rows:
        body = row.fact.body_value() or {}
        if row.kind == "consignment.left":
            kits_here = [of_kit.get(kit, set()) for kit in body.get("kits", ())]
            carried[row.about] = {body.get("initiative", ""), *(one for each in kits_here for one in each)} - {""}
        at_ms = _start_ms(row)
        if record.is_released(row, "date"):
            source = Source(row.id.hex(), row.kind, happened_of(row), record.who(row))
            told = Delivery(_ON_THE_WAY[row.kind], happened_of(row), (source,))
        elif row.id in late and at_ms < line_ms:
            told = Delivery(_ON_THE_WAY[row.kind], month_of(at_ms), ())
        else:
            continue
        for one in carried.get(row.about, ()):
            found.setdefault(one, set()).add(told)
    return {one: tuple(sorted(each, key=lambda told: (told.happened, told.step))) for one, each in found.items()}


def _start_ms(row: Row) -> int:
    earliest, latest_ms = bounds_ms(happened_of(row))
    known = earliest if earliest is not None else latest_ms
    return row.eff_ms if known is None else known
