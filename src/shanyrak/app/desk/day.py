"""The report of a day: how many places work, by district. A place that nobody heard of is "no word", not nought.

As long as the day goes on it is as of now; of a day that is over, as of its end, by what was known of it since.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import msgspec

from shanyrak.app.desk.board import Board, Now
from shanyrak.app.desk.card import Card, Need
from shanyrak.app.desk.model import DayReport, ReportRow
from shanyrak.app.desk.past import standing_at
from shanyrak.app.desk.words import body_of, counts, hex_of, said_at_min
from shanyrak.app.permissions import Viewer
from shanyrak.core.errors import InvalidInput, NotFound
from shanyrak.facts.store import Row

DAY_MIN = 24 * 60


@dataclass(frozen=True)
class Standing:
    """A point at a moment, as far as the report asks."""

    card: Card
    shown: str
    heard: bool
    """within the limit"""
    needs: Sequence[Need]


def span_of_day(day: str, zone: str) -> tuple[int, int]:
    """The minutes [from, to) of a local day, of 23 or 25 hours where clocks change.

    Raises
    ------
    InvalidInput
        No day of the calendar, written YYYY-MM-DD.
    """
    try:
        if len(day) != 10:
            raise ValueError
        begin = datetime.strptime(day, "%Y-%m-%d").replace(tzinfo=ZoneInfo(zone))
    except ValueError as fault:
        raise InvalidInput(f"{day!r} is no day", where="day", mend="Write it like 2026-01-31") from fault
    end = begin + timedelta(days=1)
    return int(begin.timestamp()) // 60, int(end.timestamp()) // 60


def day_report(board: Board, viewer: Viewer, day: str, area: str, now: Now) -> DayReport:
    """The report by what is known now, without notes and without approval.

    Raises
    ------
    InvalidInput
        No such day, or it has not begun.
    NotFound
        No such area where somebody runs the network.
    """
    if area and (area not in board.areas or not viewer.sees(bytes.fromhex(area), "reports")):
        raise NotFound("there is no such area", where="area", mend="GET frame lists them")
    begin, end = span_of_day(day, board.deployment.zone)
    if begin > now.at_min:
        raise InvalidInput(f"{day} has not begun", where="day", mend="Ask for today or a day before")
    cards = [card for card in board.seen_by(viewer, "reports") if area in ("", card.area)]
    as_of = min(end - 1, now.at_min)
    if as_of == now.at_min:
        standing = [_now(board, card, now) for card in cards if card.is_expected and card.state]
    else:
        standing = standing_at(board, cards, as_of)
    visited = visits_by_point(board, {one.card.id for one in standing}, as_of)
    return _report(board, day, area, as_of, standing, visited)


def _now(board: Board, card: Card, now: Now) -> Standing:
    heard = card.heard_at_min is not None and now.at_min - card.heard_at_min <= board.limits.open_min
    return Standing(card, card.shown, heard, list(card.needs.values()))


def group_of(one: Standing) -> str:
    """Where a point is counted: ``working``, ``ready``, ``not_working`` or ``no_word``."""
    if one.shown in ("open", "not_confirmed"):
        return "working" if one.heard else "no_word"
    return {"ready": "ready", "paused": "not_working", "closed": "not_working"}.get(one.shown, "no_word")


def visits_by_point(board: Board, points: set[bytes], as_of_min: int) -> dict[bytes, int]:
    """Visits counted at each point in the 24 hours before a moment; points where nobody counted are not in it."""
    from_min = as_of_min - DAY_MIN
    rows = board.ledger.store.of_kinds(("visit.counted",), from_min * 60_000)
    found: dict[bytes, int] = {}
    for row in counts(board.ledger, [row for row in rows if row.about in points]):
        visits = body_of(row).get("visits")
        if visits is not None and from_min < said_at_min(row) <= as_of_min:
            found[row.about] = found.get(row.about, 0) + visits
    return found


def _report(
    board: Board, day: str, area: str, as_of: int, standing: Sequence[Standing], visited: Mapping[bytes, int]
) -> DayReport:
    by_district: dict[str, list[Standing]] = {}
    for one in standing:
        by_district.setdefault(one.card.district, []).append(one)
    rows = [_row(district, each, visited) for district, each in sorted(by_district.items())]
    needs: dict[str, dict[str, Any]] = {}
    for one in standing:
        for short_of, urgent in {(need.short_of, need.urgent) for need in one.needs}:
            found = needs.setdefault(short_of, {"short_of": short_of, "points": set(), "urgent": set()})
            found["points"].add(one.card.id)
            found["urgent"] |= {one.card.id} if urgent else set()
    shut = [one for one in standing if group_of(one) == "not_working"]
    causes = _causes(board, shut)
    report = DayReport(
        day=day,
        area=area,
        as_of_at_min=as_of,
        rows=rows,
        total=_row("", standing, visited),
        needs=[
            {"short_of": name, "points": len(found["points"]), "urgent": len(found["urgent"])}
            for name, found in sorted(needs.items())
        ],
        not_working=[{"point": one.card.ref(), "cause": causes.get(one.card.id, "")} for one in shut],
        notes="",
        approved_by="",
        approved_at_min=None,
        hash="",
    )
    return replace(report, hash=figures_hash(report))


def _row(district: str, standing: Sequence[Standing], visited: Mapping[bytes, int]) -> ReportRow:
    groups = [group_of(one) for one in standing]
    counted = [visited[one.card.id] for one in standing if one.card.id in visited]
    return ReportRow(
        district=district,
        points=len(standing),
        working=groups.count("working"),
        ready=groups.count("ready"),
        not_working=groups.count("not_working"),
        no_word=groups.count("no_word"),
        visits_24h=sum(counted) if counted else None,
        open_needs=sum(len(one.needs) for one in standing),
    )


def _causes(board: Board, shut: Iterable[Standing]) -> dict[bytes, str]:
    """Why each is shut, as it was said with its last word."""
    found: dict[bytes, str] = {}
    for one in shut:
        thing = board.ledger.thing(one.card.id)
        said = thing.state.get("state") if thing is not None else None
        rows: dict[bytes, Row] = board.ledger.store.get([hex_of(said[1])]) if said else {}
        for row in rows.values():
            found[one.card.id] = str(body_of(row).get("cause", ""))
    return found


def figures_hash(report: DayReport) -> str:
    """SHA-256 of what the report counts: not of when it was looked at, nor of its notes."""
    figures = {
        "day": report.day,
        "area": report.area,
        "rows": report.rows,
        "total": report.total,
        "needs": report.needs,
        "not_working": [(one["point"].id, one["cause"]) for one in report.not_working],
    }
    return hashlib.sha256(msgspec.json.encode(figures, order="deterministic")).hexdigest()
