"""Which points everybody may see, and what of them changes slowly."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from shanyrak.facts.ledger import Thing
from shanyrak.facts.store import Row
from shanyrak.publish.blur import blurred
from shanyrak.publish.grid import MINUTE_MS
from shanyrak.publish.hours import evaluated
from shanyrak.publish.known import known_since
from shanyrak.publish.model import Deployment, Hours, Labels, PublicPoint, Service
from shanyrak.publish.record import Record, labels, said_at_min
from shanyrak.publish.regions import is_in_hidden_region
from shanyrak.watch.remembered import is_archive

PLACES = ("public", "blurred", "hidden")
NOT_STANDING = ("planned", "equipping", "lost")
TEXTS = ("entrance", "find")
GIVE_AWAY = ("shelter", "shelter_address")
"""Services that tell where a blurred point is."""


@dataclass(frozen=True)
class Shown:
    """Points that may be spoken of."""

    standing: tuple[Thing, ...]
    """Those somebody looking for a warm place is led to, sorted by id."""
    told: tuple[Thing, ...]
    """Those only the account tells of: remembered, planned, being set up, without a place on the map."""
    place_of: Mapping[bytes, str]
    """Of all of these: ``public`` or ``blurred``."""
    since_min: Mapping[bytes, int]
    """Of those standing."""


def shown_points(record: Record, deployment: Deployment) -> Shown:
    """The points that may be shown, by decision or by the deployment's rule."""
    standing: list[Thing] = []
    told: list[Thing] = []
    place_of: dict[bytes, str] = {}
    everything = list(record.ledger.things("point"))
    names = public_fields(record)
    record.read(
        found[1] for point in everything for name, found in point.state.get("fields", {}).items() if name in names
    )
    for point in everything:
        place = place_decided(record, point, deployment)
        if place == "hidden":
            continue
        place_of[point.id] = place
        (standing if _stands(record, point) else told).append(point)
    moved = {row.about for row in record.public("point.planned", "point.equipping")}
    moved |= {row.about for row in record.secret("visibility.decided")}
    created = record.ledger.store.get([point.id for point in standing])
    known = known_since(record.ledger, created.values())
    since = {}
    for point in standing:
        row = created[point.id]
        is_plain = point.id not in moved and point.get("for_good") is None and "lon_e7" in (row.fact.body_value() or {})
        since[point.id] = (known[point.id] if is_plain else _since_ms(record, point, deployment)) // MINUTE_MS
    return Shown(tuple(standing), tuple(told), place_of, since)


def public_fields(record: Record) -> frozenset[str]:
    """Fields of a point that some public kind can say."""
    rules = record.ledger.rules
    kinds = [kind for kind in rules.kinds.values() if kind.public and {"point", "any"} & {*kind.about}]
    return frozenset(name for kind in kinds for name, field in kind.body.items() if field.public) - rules.common


def place_decided(record: Record, point: Thing, deployment: Deployment) -> str:
    """``public``, ``blurred`` or ``hidden``: as somebody decided, else by the deployment's rule."""
    decided = point.get("place")
    return str(decided) if decided in PLACES else undecided_place(record, point, deployment)


def undecided_place(record: Record, point: Thing, deployment: Deployment) -> str:
    """``public`` or ``hidden``: by the deployment's rule, where nobody decided."""
    area = record.thing(point.get("area") or "")
    words = [point.get("town"), point.get("district")]
    words += [*(area.get("names") or {}).values(), area.get("name")] if area is not None else []
    lon_e7, lat_e7 = point.get("lon_e7"), point.get("lat_e7")
    place = None if lon_e7 is None or lat_e7 is None else (lon_e7, lat_e7)
    hidden = is_in_hidden_region(deployment.hidden, place, [word for word in words if word])
    return "hidden" if hidden else "public"


def _stands(record: Record, point: Thing) -> bool:
    """Whether somebody looking for a warm place may be led there."""
    if point.now in NOT_STANDING or point.get("lon_e7") is None or point.get("lat_e7") is None:
        return False
    state, for_good = point.state.get("state"), point.state.get("fields", {}).get("for_good")
    if point.now == "closed" and state and for_good and for_good[0] and for_good[1] == state[1]:
        return False
    return not is_archive(record.ledger, point)


def _since_ms(record: Record, point: Thing, deployment: Deployment) -> int:
    """When the point last began to be shown: what was hidden, planned or shut for good before appears as new."""
    place, state, gone, has_place = "", "", False, False
    was, since = False, 0
    undecided = undecided_place(record, point, deployment)
    moves = record.ledger.rules.things["point"].moves
    for row in record.history(point.id):
        body = row.fact.body_value() or {}
        place = body.get("place", place)
        has_place = has_place or "lon_e7" in body
        if row.kind in moves:
            state = moves[row.kind][1]
            gone = state == "closed" and body.get("for_good", False)
        is_hidden = (place or undecided) == "hidden"
        now = has_place and not is_hidden and not gone and state not in NOT_STANDING
        if now and not was:
            since = known_since(record.ledger, [row])[row.id]
        was = now
    return since


class Texts:
    """The last public texts of points: they lie beside the facts, where no fold rule reads them."""

    def __init__(self, rows: list[Row]) -> None:
        self._last: dict[tuple[bytes, str], Labels] = {}
        for row in rows:
            for name, text in (row.fact.sealed_value() or {}).items():
                if name in TEXTS:
                    self._last[row.about, name] = labels(text)

    def of(self, point: bytes, name: str) -> Labels:
        """A text by language; empty where there is none."""
        return self._last.get((point, name), {})


@dataclass(frozen=True)
class Given:
    """What promises say of a point: who may be named, and until when its running costs are paid."""

    names: tuple[str, ...] = ()
    paid_until: str = ""


def public_points(
    record: Record,
    shown: Shown,
    given: Mapping[bytes, Given],
    deployment: Deployment,
    phones: Mapping[str, str],
    now_ms: int,
) -> tuple[PublicPoint, ...]:
    """What changes slowly at each point that stands, sorted by id."""
    texts = Texts(record.public("point.described", "point.moved"))
    lists = _lists(record, shown)
    standing = {point.id.hex() for point in shown.standing}
    return tuple(
        _public_point(
            record,
            point,
            is_blurred=shown.place_of[point.id] == "blurred",
            since=shown.since_min[point.id],
            texts=texts,
            lists=lists.get(point.id, {}),
            given=given.get(point.id, Given()),
            standing=standing,
            deployment=deployment,
            phones=phones,
            now_ms=now_ms,
        )
        for point in shown.standing
    )


def _public_point(
    record: Record,
    point: Thing,
    *,
    is_blurred: bool,
    since: int,
    texts: Texts,
    lists: Mapping[str, tuple[str, bool]],
    given: Given,
    standing: set[str],
    deployment: Deployment,
    phones: Mapping[str, str],
    now_ms: int,
) -> PublicPoint:
    def value(name: str, default: Any = None) -> Any:
        return record.value(point, name, default)

    def exact(name: str, default: Any) -> Any:
        """What would tell where a blurred point is."""
        return default if is_blurred else value(name, default)

    lon_e7, lat_e7 = value("lon_e7"), value("lat_e7")
    if is_blurred:
        lon_e7, lat_e7 = blurred(lon_e7, lat_e7)
    initiative = value("initiative", "")
    return PublicPoint(
        id=point.id.hex(),
        names=labels(exact("names", {})),
        kind=value("kind", ""),
        official=any(official for _, official in lists.values()),
        lon_e7=lon_e7,
        lat_e7=lat_e7,
        blurred=is_blurred,
        since_at_min=since,
        lists=() if is_blurred else tuple(sorted((name, number) for name, (number, _) in lists.items())),
        operator=exact("operator", ""),
        address=exact("address", ""),
        town=value("town", ""),
        district=value("district", ""),
        floor=exact("floor", None),
        seats=value("seats"),
        sockets=value("sockets"),
        entrance={} if is_blurred else texts.of(point.id, "entrance"),
        find={} if is_blurred else texts.of(point.id, "find"),
        photo="" if is_blurred else _photo(record, point),
        services=_services(record, point, is_blurred, standing),
        hours=_hours(record, point, deployment, now_ms),
        phone=phones.get(value("duty_phone", ""), ""),
        given_by=given.names,
        initiative=initiative,
        paid_until=given.paid_until,
        opens_when=value("opens_when", ""),
        opens_within_min=value("opens_within_min"),
    )


def _photo(record: Record, point: Thing) -> str:
    """The last photo of it that a person released: one that came since and waits does not hide it."""
    released = {str(one.get("hash", "")) for one in record.releases(point.id, "photo")}
    if not released:
        return ""
    said = (str((row.fact.body_value() or {}).get("photo", "")) for row in reversed(record.history(point.id)))
    return next((photo for photo in said if photo and ("" in released or photo in released)), "")


def _services(record: Record, point: Thing, is_blurred: bool, standing: set[str]) -> Mapping[str, Service]:
    kind = record.ledger.rules.kinds["services.declared"]
    found = {}
    for name in kind.body:
        word = record.field(point, name) if name not in record.ledger.rules.common else None
        if word is None or (is_blurred and name in GIVE_AWAY) or (name == "shelter" and word[0] not in standing):
            continue
        value = tuple(word[0]) if isinstance(word[0], list) else word[0]
        found[name] = Service(value, said_at_min(record.row(word[1])))
    return dict(sorted(found.items()))


def _hours(record: Record, point: Thing, deployment: Deployment, now_ms: int) -> Hours | None:
    said = record.field(point, "opening_hours")
    if said is None:
        return None
    # The season belongs to the hours it was said with.
    body = record.row(said[1]).fact.body_value() or {}
    first, last = body.get("hours_from", ""), body.get("hours_until", "")
    return evaluated(said[0], now_ms, deployment.zone, deployment.country, first, last)


def _lists(record: Record, shown: Shown) -> dict[bytes, dict[str, tuple[str, bool]]]:
    """Lists each point is on: name -> (number on it, whether it is the official one)."""
    found: dict[bytes, dict[str, tuple[str, bool]]] = {}
    for row in record.public("list.entered", "list.left"):
        body = row.fact.body_value() or {}
        if row.kind == "list.entered":
            here = found.setdefault(row.about, {})
            here[body["list"]] = (body.get("number", ""), body.get("official", False))
        else:
            found.get(row.about, {}).pop(body["list"], None)
    return found
