"""The poster at the door of a point, and at corners that point the way to it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from shanyrak.core.texts import Texts
from shanyrak.publish.model import PointStatus, PublicPoint, PublicView
from shanyrak.publish.pages import services
from shanyrak.publish.pages.moments import Clock
from shanyrak.publish.pages.naming import kind_of_place, plain, point_name
from shanyrak.publish.pages.walks import Leg, Walks
from shanyrak.publish.pages.whole import point_values
from shanyrak.publish.paper.foot import common, paper_texts
from shanyrak.publish.paper.onward import NEXT, in_words, ways_on
from shanyrak.publish.paper.typesetting import pdf, qr

ARROWS = {
    "left": 0,
    "up-left": 45,
    "up": 90,
    "up-right": 135,
    "right": 180,
    "down-right": 225,
    "down": 270,
    "down-left": 315,
}
"""Degrees clockwise from an arrow that points to the left."""
MOST_SERVICES = 10


@dataclass(frozen=True, slots=True)
class Door:
    """What the code at the door tells a phone: where the finder is, and which network's key to trust."""

    url: str
    """Address under which the network is published; "" leaves the code out."""
    key: str
    """Public key of the headquarters, 64 hex digits."""

    def link(self, net: str, point: str) -> str:
        """The link in the code."""
        return f"{self.url.rstrip('/')}/app/#net={net}&key={self.key}&point={point}"


def next_places(view: PublicView, point: PublicPoint, walks: Walks | None, now_at_min: int) -> list[Leg]:
    """The two places to go on to.

    ``point`` need not be in the view: a hidden point's poster is made as well.
    """
    points = [*(one for one in view.points if one.id != point.id), point]
    return ways_on(view, points, walks, now_at_min).to_point(point.id, NEXT)


def poster(
    view: PublicView,
    point: PublicPoint,
    following: Sequence[Leg],
    language: str,
    *,
    now_at_min: int,
    door: Door,
    arrow: str = "",
    credit: str = "",
) -> bytes:
    """The PDF file.

    Parameters
    ----------
    following : as ``next_places`` gives them
    now_at_min : when it is printed, minutes since 1970
    arrow : one of ``ARROWS``, for a corner on the way; "" at the door
    credit : of the map that minutes on foot come from
    """
    values = poster_values(
        view, point, following, language, now_at_min=now_at_min, door=door, arrow=arrow, credit=credit
    )
    return pdf("poster", values, now_at_min, one_page=True)


def poster_values(
    view: PublicView,
    point: PublicPoint,
    following: Sequence[Leg],
    language: str,
    *,
    now_at_min: int,
    door: Door,
    arrow: str,
    credit: str,
) -> dict[str, Any]:
    """Everything the poster says. No state: paper at a door stays longer than any word of today."""
    t = paper_texts(language)
    clock = Clock(t, view.deployment.zone, now_at_min)
    name = point_name(point, t)
    whole = point_values(point, PointStatus(), t, _monday(clock, t, view.deployment.zone), None)
    by_id = {one.id: one for one in view.points}
    has = services.offers(point, t, MOST_SERVICES)
    minutes = any(leg.minutes is not None for leg in following)
    return {
        **common(view, t, clock, name.text),
        "name": name.text,
        "name_lang": name.lang.split("-")[0],
        "kind": kind_of_place(point, t),
        "list": t("point.on_list" if point.official else "point.not_on_list"),
        "where": ", ".join(part for part in (plain(point.address, language), whole["entrance"].text) if part),
        "arrow": ARROWS[arrow] if arrow else None,
        "this_way": t("paper.this_way"),
        "hours": t("hours.title") if whole["hours"] else t("hours.unknown"),
        "week": whole["hours"],
        "phone": f"{t('who.duty')}: {point.phone}" if point.phone else "",
        "has": has or [t("paper.services_unknown")],
        "qr": qr(door.link(view.net, point.id)) if door.url else "",
        "scan": t("paper.scan_door"),
        "or_type": t("paper.without_phone", address="").strip(),
        "address": f"{door.url.rstrip('/')}/" if door.url else "",
        "if_shut": t("if_shut"),
        "no_other": t("place.if_shut_none"),
        "next": [in_words(by_id[leg.point], leg, t) for leg in following],
        "credit": credit if minutes else "",
    }


def _monday(clock: Clock, t: Texts, zone: str) -> Clock:
    """The clock of the next Monday, today if it is one: a poster hangs longer than the week that it is printed in.

    Hours are known for 14 days from today, so all of that week is among them.
    """
    day = clock.today + timedelta(days=-clock.today.weekday() % 7)
    noon = datetime(day.year, day.month, day.day, 12, tzinfo=ZoneInfo(zone))
    return Clock(t, zone, int(noon.timestamp()) // 60)
