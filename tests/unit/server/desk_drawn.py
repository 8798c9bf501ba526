"""A drawn town with everything a desk has to do in it, and its routes."""

from __future__ import annotations

from pathlib import Path

from shanyrak.app.desk.board import Board
from shanyrak.app.desk.day_kept import KeptReports
from shanyrak.app.desk.lists import Lists
from shanyrak.app.desk.phones import Phones
from shanyrak.app.desk.table import Tables
from shanyrak.server.desk import DeskPorts, add_desk
from tests.ledgers import replayed
from tests.unit.server.people import Town

DESK = "/api/v1/desk"


class DeskTown(Town):
    """School (open, short of wood) and Hall (ready) in the centre, Pier (open) in the harbour."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        super().__init__(folder, lambda app, door: add_desk(app, door, self._ports(folder)))
        say = self.ledger.say
        say(
            "point.described",
            {"duty_phone": "school", "district": "North", "lon_e7": 1, "lat_e7": 1},
            about=self.school,
        )
        say("point.described", {"district": "South"}, about=self.hall)
        say("point.opened", {}, about=self.school)
        say("point.ready", {}, about=self.hall)
        say("point.opened", {}, about=self.pier)
        self.need = say("need.raised", {"point": self.school.hex(), "short_of": "wood"}, scope=self.school).id
        say("visit.counted", {"visits": 12}, about=self.school)
        say("incident.reported", {"incident": "co", "count": 1}, about=self.school)
        say("stock.counted", {"fuel_ml": 5_000}, about=self.school)
        self.order = say("activation.ordered", {"order": "open"}, about=self.centre).id

    def _ports(self, folder: Path) -> DeskPorts:
        (folder / "phones.json").write_text('{"school": "+380000000001"}', encoding="utf-8")
        self.board = Board(self.ledger, now_ms=self.clock, turn=self.door.turn)
        numbers = Phones(folder / "phones.json", lambda path: {"school": "+380000000001"})
        return DeskPorts(
            board=self.board,
            tables=Tables(self.board, "test"),
            lists=Lists(self.board, now_ms=self.clock, random=replayed("tokens"), around=lambda _: None),
            reports=KeptReports(folder / "reports"),
            phone=numbers,
            box=lambda _: None,
            photo=lambda _: False,
            shelf=None,
            plans=None,
        )
