"""The warm places of one district on A4, large enough for old eyes and a torch."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from shanyrak.publish.model import PublicPoint, PublicView
from shanyrak.publish.pages import services
from shanyrak.publish.pages.moments import Clock
from shanyrak.publish.pages.naming import plain
from shanyrak.publish.pages.place import SHOWN, aged, card
from shanyrak.publish.pages.walks import Walks
from shanyrak.publish.pages.whole import point_values
from shanyrak.publish.paper.foot import common, paper_texts
from shanyrak.publish.paper.onward import NEXT, in_words, ways_on
from shanyrak.publish.paper.typesetting import pdf, qr


def sheet(
    view: PublicView,
    district: str,
    points: Sequence[PublicPoint],
    language: str,
    *,
    now_at_min: int,
    url: str = "",
    walks: Walks | None = None,
    credit: str = "",
) -> bytes:
    """The PDF file.

    Parameters
    ----------
    points : of the view, those of the district
    now_at_min : when it is printed, minutes since 1970; states are aged to it
    url : where the network is published, for the code; "" leaves it out
    walks : of all points of the view; without them distances are straight lines
    credit : of the map that minutes on foot come from
    """
    values = sheet_values(view, district, points, language, now_at_min=now_at_min, url=url, walks=walks, credit=credit)
    return pdf("sheet", values, now_at_min)


def sheet_values(
    view: PublicView,
    district: str,
    points: Sequence[PublicPoint],
    language: str,
    *,
    now_at_min: int,
    url: str,
    walks: Walks | None,
    credit: str,
) -> dict[str, Any]:
    """Everything the sheet says: places by state, those where one may get warm first, then by name."""
    t = paper_texts(language)
    clock = Clock(t, view.deployment.zone, now_at_min)
    groups: dict[str, list[dict[str, Any]]] = {}
    by_id = {one.id: one for one in view.points}
    nearest = ways_on(view, view.points, walks, now_at_min)
    minutes = False
    for point in points:
        status = view.status[point.id]
        one = card(point, status, aged(point, status, now_at_min), "", t, clock)
        whole = point_values(point, status, t, clock, None)
        said = list(one.state.against) or [one.state.sentence, *one.state.visitors]
        hours = whole["hours"]
        today = [t("hours.today", hours=whole["today"]) + "."] if len(hours) > 1 else []
        kinds = [one.what] if whole["kind_name"] in ("", one.what, one.name.text) else [one.what, whole["kind_name"]]
        legs = nearest.to_point(point.id, NEXT)
        minutes = minutes or any(leg.minutes is not None for leg in legs)
        lists = t("point.on_list" if point.official else "point.not_on_list")
        groups.setdefault(one.state.code, []).append(
            {
                "name": one.name.text,
                "name_lang": one.name.lang.split("-")[0],
                "kind": " · ".join([*kinds, lists, *([one.state.full] if one.state.full else [])]),
                "where": ", ".join(part for part in (one.address, whole["entrance"].text) if part),
                "find": whole["find"].text,
                "hours": " ".join([t("hours.title") + ":", *today]) if hours else t("hours.unknown"),
                "week": hours,
                "has": ", ".join(services.offers(point, t)) or t("paper.services_unknown"),
                "phone": f"{t('who.duty')}: {point.phone}" if point.phone else "",
                "said": [*said, *whole["ready"]],
                "unknown_after": one.state.unknown_after,
                "next": [in_words(by_id[leg.point], leg, t) for leg in legs],
            }
        )
    name = plain(district, language)
    folder = "" if view.deployment.languages[:1] == (language,) else f"{language}/"
    return {
        **common(view, t, clock, t("paper.sheet_title", district=name)),
        "as_of": t("age.as_of", time=clock.now()),
        "count": t("paper.places", n=len(points)),
        "gets_old": t("paper.gets_old"),
        "qr": qr(f"{url.rstrip('/')}/{folder}") if url else "",
        "scan": t("paper.scan_places"),
        "groups": [
            {"name": t(f"state.{code}"), "places": sorted(groups[code], key=lambda one: _counted(one["name"]))}
            for code in SHOWN
            if code in groups
        ],
        "none": t("state.unknown"),
        "if_shut": t("if_shut"),
        "no_other": t("place.if_shut_none"),
        "credit": credit if minutes else "",
    }


def _counted(name: str) -> list[tuple[int, str]]:
    """By letters, and by number where there is one: School 9 before School 12."""
    parts = re.split(r"(\d+)", name.casefold())
    return [(int(part), "") if part.isdecimal() else (-1, part) for part in parts]
