"""The report of a day on paper: one A4 page, and a workbook."""

from __future__ import annotations

from datetime import date
from typing import Any

from babel.dates import format_date

from shanyrak.app.desk.board import Board
from shanyrak.app.desk.model import DayReport, ReportRow
from shanyrak.app.desk.paper_words import code_in, name_in, time_in, words
from shanyrak.app.desk.workbook import Value, workbook
from shanyrak.app.naming import name_of
from shanyrak.core.texts import Texts
from shanyrak.publish.paper.typesetting import pdf

_COLUMNS = ("district", "points", "working", "ready", "not_working", "no_word", "visits", "needs")
MOST_SHUT = 24
"""Places named on one page before the rest is counted."""


def day_pdf(board: Board, report: DayReport, language: str) -> bytes:
    """One A4 page."""
    return pdf("desk_day", _values(board, report, language), report.as_of_at_min, one_page=True)


def day_xlsx(board: Board, report: DayReport, language: str) -> bytes:
    """A workbook: districts, what places are short of, which do not work."""
    t = words(language)
    figures: list[list[Value]] = [_figures(t, row) for row in (*report.rows, report.total)]
    for row, one in zip(figures, (*report.rows, report.total), strict=True):
        row[0] = _district(t, one, is_total=one is report.total)
    shut: list[list[Value]] = [
        [
            name_in(one["point"].names, language, one["point"].id), one["point"].district, one["point"].address,
            _cause(t, one["cause"]), one["point"].id,
        ]
        for one in report.not_working
    ]  # fmt: skip
    about: list[list[Value]] = [[line] for line in _about(board, report, t)]
    return workbook(
        [
            (t("day.file"), [t(f"day.{name}") for name in _COLUMNS], figures),
            (t("day.short_of"), [t("day.short_of"), t("day.points"), t("day.urgent")], _needs(t, report)),
            (
                t("day.shut"),
                [t("day.place"), t("day.district"), t("point.address"), t("day.cause"), t("point.id")],
                shut,
            ),
            (t("day.notes"), [_title(t, report)], about),
        ]
    )


def _values(board: Board, report: DayReport, language: str) -> dict[str, Any]:
    t = words(language)
    rows = [[_district(t, row, is_total=False), *_texts_of(t, row)] for row in report.rows]
    area = board.areas.get(report.area)
    network = board.ledger.thing(board.ledger.net)
    operator = str(network.get("operator") or name_of(network)) if network is not None else ""
    shut = [
        {
            "name": name_in(one["point"].names, language, one["point"].id),
            "where": ", ".join(part for part in (one["point"].district, one["point"].address) if part),
            "cause": _cause(t, one["cause"]),
        }
        for one in report.not_working[:MOST_SHUT]
    ]
    more = len(report.not_working) - len(shut)
    made_up = any(one.made_up for one in board.areas.values())
    return {
        "lang": language,
        "title": _title(t, report),
        "area": name_in(area.names, language) if area is not None else operator,
        "as_of": t("age.as_of", time=time_in(t, board.deployment.zone, report.as_of_at_min)),
        "head": [t(f"day.{name}") for name in _COLUMNS],
        "rows": rows,
        "total": [t("day.total"), *_texts_of(t, report.total)],
        "no_word_note": t("day.no_word_note", hours=t.number(board.limits.open_min / 60)),
        "short_of": t("day.short_of"),
        "needs": [[name, str(points), str(urgent)] for name, points, urgent in _needs(t, report)],
        "needs_head": [t("day.short_of"), t("day.points"), t("day.urgent")],
        "nothing_short": t("day.nothing_short"),
        "shut_title": t("day.shut"),
        "shut": shut,
        "more": t("day.more", n=more) if more else "",
        "none_shut": t("day.none_shut"),
        "notes_title": t("day.notes"),
        "notes": report.notes,
        "approved": _approved(board, report, t),
        "figures": t("day.figures", hash=report.hash),
        "operator": operator,
        "made_up": t("made_up.banner") if made_up else "",
    }


def _about(board: Board, report: DayReport, t: Texts) -> list[str]:
    return [
        t("age.as_of", time=time_in(t, board.deployment.zone, report.as_of_at_min)),
        *report.notes.splitlines(),
        _approved(board, report, t),
        t("day.figures", hash=report.hash),
        t("day.no_word_note", hours=t.number(board.limits.open_min / 60)),
    ]


def _title(t: Texts, report: DayReport) -> str:
    return t("day.title", date=format_date(date.fromisoformat(report.day), "long", locale=t.locale))


def _approved(board: Board, report: DayReport, t: Texts) -> str:
    if report.approved_at_min is None:
        return t("day.not_approved")
    return t("day.approved", who=report.approved_by, time=time_in(t, board.deployment.zone, report.approved_at_min))


def _figures(t: Texts, row: ReportRow) -> list[Value]:
    visits: Value = t("day.not_counted") if row.visits_24h is None else row.visits_24h
    return [row.district, row.points, row.working, row.ready, row.not_working, row.no_word, visits, row.open_needs]


def _texts_of(t: Texts, row: ReportRow) -> list[str]:
    return [value if isinstance(value, str) else t.people(value or 0) for value in _figures(t, row)[1:]]


def _district(t: Texts, row: ReportRow, *, is_total: bool) -> str:
    return t("day.total") if is_total else row.district or t("day.no_district")


def _needs(t: Texts, report: DayReport) -> list[list[Value]]:
    return [[code_in(t, "short", one["short_of"]), one["points"], one["urgent"]] for one in report.needs]


def _cause(t: Texts, cause: str) -> str:
    return code_in(t, "cause", cause)
