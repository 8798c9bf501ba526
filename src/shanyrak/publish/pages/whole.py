"""Everything that the page of one point says."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from shanyrak.core.texts import Texts
from shanyrak.publish.model import PointStatus, PublicPoint
from shanyrak.publish.pages import services
from shanyrak.publish.pages.moments import Clock
from shanyrak.publish.pages.naming import plain, words
from shanyrak.publish.pages.place import Card
from shanyrak.publish.photos import photo_path


def point_values(
    point: PublicPoint, status: PointStatus, t: Texts, clock: Clock, shelter: Card | None
) -> dict[str, Any]:
    """What is known and what is not."""
    said = services.last_said_at_min(point)
    hours = point.hours.open_at_min if point.hours else None
    return {
        "kind_name": t(f"kind.{point.kind}") if point.kind else "",
        "official": point.official,
        "ready": _ready(point, status, t, clock),
        "phone": point.phone,
        "phone_link": "".join(one for one in point.phone if one.isdecimal() or one == "+"),
        "entrance": words(point.entrance, t.language),
        "find": words(point.find, t.language),
        "floor": _floor(point.floor, t),
        "photo": photo_path(point.photo) if point.photo else "",
        "hours": clock.week(hours) if hours is not None else [],
        "today": clock.hours_of(clock.today, hours) if hours is not None else "",
        "air_alert": _air_alert(point, t, shelter),
        "services": [
            ("place.has", services.offers(point, t)),
            ("place.has_not", services.lacks(point, t)),
            ("place.not_known", services.not_known(point, t)),
        ],
        "services_said": clock.time(said) if said is not None else "",
        "who": _who(point, t, clock),
    }


def _ready(point: PublicPoint, status: PointStatus, t: Texts, clock: Clock) -> list[str]:
    if status.state != "ready":
        return []
    lines = [t(f"ready.{point.opens_when}")] if point.opens_when else []
    if point.opens_within_min is not None:
        lines.append(t("ready.within", time=clock.span(point.opens_within_min)))
    return lines


def _floor(floor: int | None, t: Texts) -> str:
    if floor is None:
        return ""
    if floor == 0:
        return t("place.floor_ground")
    return t("place.floor_below", n=-floor) if floor < 0 else t.number(floor)


def _air_alert(point: PublicPoint, t: Texts, shelter: Card | None) -> str:
    told = point.services.get("air_alert")
    if told is None:
        return t("place.air_alert_unknown")
    address = point.services.get("shelter_address")
    place = shelter.name.text if shelter else plain(str(address.value), t.language) if address else ""
    if told.value == "goes_to" and place:
        return t("service.air_alert.goes_to_place", place=place)
    return t(f"service.air_alert.{told.value}")


def _who(point: PublicPoint, t: Texts, clock: Clock) -> Sequence[tuple[str, str]]:
    lists = [name + (f", {t('place.number', number=number)}" if number else "") for name, number in point.lists]
    rows = [
        ("place.operator", point.operator or t("state.unknown")),
        ("place.given_by", ", ".join(point.given_by)),
        ("place.lists", "; ".join(lists)),
        ("account.paid", clock.edtf(point.paid_until) if point.paid_until else ""),
    ]
    return [row for row in rows if row[1]]
