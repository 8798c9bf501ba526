"""Files that the desk takes along: a selection as a workbook, a point's file for an audit, the report of a day."""

from __future__ import annotations

from typing import Annotated, Any, Literal
from urllib.parse import quote

from fastapi import FastAPI, Query, Request
from fastapi import Path as InPath
from pydantic import Field
from starlette.responses import Response

from shanyrak.app.desk.audit import audit_json
from shanyrak.app.desk.audit_paper import audit_pdf
from shanyrak.app.desk.board import Now
from shanyrak.app.desk.day import day_report
from shanyrak.app.desk.day_kept import MOST_NOTES, Moved
from shanyrak.app.desk.day_paper import day_pdf, day_xlsx
from shanyrak.app.desk.export import points_xlsx
from shanyrak.app.desk.model import DayReport
from shanyrak.app.desk.whole import card_seen
from shanyrak.app.permissions import Viewer
from shanyrak.server.desk import DESK, FRESH, AreaQuery, DeskPorts, Id, told
from shanyrak.server.door import fault
from shanyrak.server.signing_in import HEX_32, Doorkeeper, Strict

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
PDF = "application/pdf"
Day = Annotated[str, InPath(pattern=r"^\d{4}-\d{2}-\d{2}$", description="Local day, YYYY-MM-DD.")]
Language = Annotated[Literal["", "uk", "en", "kk", "de", "ru"], Query(description="Else the network's first.")]
YesNo = Literal["true", "false"]
_FILE: dict[int | str, dict[str, Any]] = {200: {"content": {XLSX: {}}}}
_PDF: dict[int | str, dict[str, Any]] = {200: {"content": {PDF: {}}}}


class Selection(Strict):
    """Points to write down; those that are not there (any more) are left out."""

    ids: list[Annotated[str, Field(pattern=HEX_32)]] = Field(max_length=100_000)
    language: Literal["", "uk", "en", "kk", "de", "ru"] = ""


class Notes(Strict):
    """What somebody adds to the figures."""

    area: str = Field(pattern=r"^([0-9a-f]{64})?$")
    notes: str = Field(max_length=MOST_NOTES)


class Approval(Strict):
    """The figures that were looked at."""

    area: str = Field(pattern=r"^([0-9a-f]{64})?$")
    hash: str = Field(pattern=HEX_32)


def a_file(content: bytes, media: str, name: str, **headers: str) -> Response:
    """A file to be saved under a name."""
    disposition = f"attachment; filename*=UTF-8''{quote(name)}"
    return Response(content, headers=FRESH | {"content-disposition": disposition} | headers, media_type=media)


def add_papers(app: FastAPI, door: Doorkeeper, ports: DeskPorts) -> None:
    """Add the routes."""
    board = ports.board

    def language_of(wanted: str) -> str:
        return wanted or next(iter(board.deployment.languages), "en")

    @app.post(f"{DESK}/points.xlsx", response_class=Response, responses=_FILE)
    def selection(request: Request, wanted: Selection) -> Response:
        """The points chosen, as a workbook."""
        with board.turn:
            viewer = door.allowed(request, "export")
            now = board.refresh()
            ports.phone.refresh()
            ids = set(wanted.ids)
            cards = [card for card in board.seen_by(viewer, "export") if card.id.hex() in ids]
            content = points_xlsx(board, viewer, cards, ports.phone, language_of(wanted.language), now)
        return a_file(content, XLSX, f"points-{len(cards)}.xlsx")

    @app.get(f"{DESK}/points/{{id}}/file.json", response_class=Response,
             responses={200: {"content": {"application/json": {}}}})  # fmt: skip
    def audit_file(request: Request, id: Id, people: YesNo = "true") -> Response:
        """Everything said about a point, with devices, receipts and signatures."""
        with board.turn:
            viewer = door.allowed(request, "audit")
            board.refresh()
            card = card_seen(board, viewer, id, "audit")
            content, digest = audit_json(board, id, people=people == "true" and viewer.sees_people(card.id))
        return a_file(content, "application/json", f"point-{id[:8]}.json", **{"x-content-sha256": digest})

    @app.get(f"{DESK}/points/{{id}}/file.pdf", response_class=Response, responses=_PDF)
    def audit_paper(request: Request, id: Id, people: YesNo = "true", language: Language = "") -> Response:
        """The same printed, with the SHA-256 of the JSON file."""
        with board.turn:
            viewer = door.allowed(request, "audit")
            now = board.refresh()
            card = card_seen(board, viewer, id, "audit")
            content, digest = audit_pdf(
                board, id, people=people == "true" and viewer.sees_people(card.id), language=language_of(language),
                now_at_min=now.at_min,
            )  # fmt: skip
        return a_file(content, PDF, f"point-{id[:8]}.pdf", **{"x-content-sha256": digest})

    def report_of(viewer: Viewer, now: Now, day: str, area: str, current: YesNo) -> DayReport:
        def made() -> DayReport:
            return day_report(board, viewer, day, area, now)

        if area:
            made()  # whoever may not see the area learns nothing of what was approved there
        elif not viewer.everywhere:
            return made()
        return ports.reports.shown(day, area, made, anew=current == "true")

    # The two files come first: a day has no dot in it.
    @app.get(f"{DESK}/reports/{{day}}.xlsx", response_class=Response, responses=_FILE)
    def report_xlsx(
        request: Request, day: Day, area: AreaQuery = "", language: Language = "", current: YesNo = "false"
    ) -> Response:
        """The report of a day as a workbook."""
        with board.turn:
            viewer, now = door.allowed(request, "reports"), board.refresh()
            report = report_of(viewer, now, day, area, current)
            content = day_xlsx(board, report, language_of(language))
        return a_file(content, XLSX, f"report-{day}.xlsx")

    @app.get(f"{DESK}/reports/{{day}}.pdf", response_class=Response, responses=_PDF)
    def report_pdf(
        request: Request, day: Day, area: AreaQuery = "", language: Language = "", current: YesNo = "false"
    ) -> Response:
        """The report of a day on one page."""
        with board.turn:
            viewer, now = door.allowed(request, "reports"), board.refresh()
            report = report_of(viewer, now, day, area, current)
            values = day_pdf(board, report, language_of(language))
        return a_file(values, PDF, f"report-{day}.pdf")

    @app.get(f"{DESK}/reports/{{day}}", response_model=DayReport)
    def report(request: Request, day: Day, area: AreaQuery = "", current: YesNo = "false") -> Response:
        """The report of a day: the approved one, else (or with current=true) by what is known now."""
        with board.turn:
            viewer, now = door.allowed(request, "reports"), board.refresh()
            return told(report_of(viewer, now, day, area, current))

    @app.put(f"{DESK}/reports/{{day}}/notes", response_model=DayReport)
    def note(request: Request, day: Day, said: Notes) -> Response:
        """Keep notes on a day."""
        with board.turn:
            viewer, now = door.allowed(request, "reports"), board.refresh()
            if not _runs(ports, viewer, said.area):
                return _not_yours()
            day_report(board, viewer, day, said.area, now)
            ports.reports.note(day, said.area, said.notes)
            return told(report_of(viewer, now, day, said.area, "true"))

    @app.post(f"{DESK}/reports/{{day}}/approve", response_model=DayReport)
    def approve(request: Request, day: Day, said: Approval) -> Response:
        """Approve the figures as they were looked at; 409 where they have changed since."""
        with board.turn:
            viewer, now = door.allowed(request, "reports"), board.refresh()
            if not _runs(ports, viewer, said.area):
                return _not_yours()
            found = day_report(board, viewer, day, said.area, now)
            by = board.device_name(viewer.key)
            try:
                done = ports.reports.approve(day, said.area, found, hash=said.hash, by=by, at_min=now.at_min)
            except Moved as moved:
                return fault(409, moved.what, where=moved.where, mend=moved.mend)
            return told(done)


def _runs(ports: DeskPorts, viewer: Viewer, area: str) -> bool:
    """Whether a report is this person's to sign: that of everything only where they run everything."""
    return viewer.runs(bytes.fromhex(area)) if area else viewer.runs(ports.board.ledger.net)


def _not_yours() -> Response:
    return fault(404, "there is no such area", where="area", mend="GET frame lists them")
