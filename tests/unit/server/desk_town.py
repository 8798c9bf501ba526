"""The drawn town with its desk: everything that people of a network may ask, on one application."""

from __future__ import annotations

import itertools
from pathlib import Path

from fastapi import FastAPI

from shanyrak.app.desk.board import Board
from shanyrak.app.desk.day_kept import KeptReports
from shanyrak.app.desk.lists import Lists
from shanyrak.app.desk.phones import Phones
from shanyrak.app.desk.table import Tables
from shanyrak.app.desk.whatif import Plans
from shanyrak.app.home import Home
from shanyrak.app.shelf import Shelf
from shanyrak.publish.model import Deployment
from shanyrak.server.desk import DeskPorts, add_desk
from shanyrak.server.photos import photos_in
from shanyrak.server.signing_in import Doorkeeper
from tests.ledgers import replayed
from tests.unit.server.people import Somebody, Town


def desk_town(folder: Path) -> Town:
    """The town of ``people.Town`` with all that is asked inside; no plan and no map is kept."""
    ticks = itertools.count()

    def add(app: FastAPI, door: Doorkeeper) -> None:
        board = Board(door.ledger, now_ms=door.now_ms, deployment=Deployment(), turn=door.turn)
        ports = DeskPorts(
            board=board,
            tables=Tables(board, "test"),
            lists=Lists(board, now_ms=door.now_ms, random=replayed("lists"), around=lambda _: None),
            reports=KeptReports(folder / "reports"),
            phone=Phones(folder / "phones.json", lambda _: {}),
            box=lambda _: None,
            photo=lambda _: False,
            shelf=Shelf(folder),
            plans=Plans(Home(folder), lambda: float(next(ticks))),
        )
        add_desk(app, door, ports)

    return Town(folder, photos_in(folder / "photos"), add)


def everybody(town: Town) -> dict[str, Somebody]:
    """Somebody of each role, signed in; ``nobody`` is not."""
    people = {
        "nobody": town.somebody("nobody"),
        "headquarters": town.somebody("machine", "headquarters"),
        "host": town.somebody("host", "host", town.school),
        "driver": town.somebody("driver", "driver", town.centre),
        "inspector": town.somebody("inspector", "inspector", town.centre),
        "desk": town.somebody("desk", "desk", town.centre),
        "desks": town.somebody("desks", "desk"),
        "admin": town.somebody("admin", "admin"),
    }
    for role, one in people.items():
        if role != "nobody":
            assert one.sign_in().status_code == 200, role
    return people
