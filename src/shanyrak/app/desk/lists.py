"""The city's list, looked at before it is taken in: what is new, what changes, and twins for a person to settle."""

from __future__ import annotations

import tempfile
import threading
from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from shanyrak.app.desk.board import Board
from shanyrak.app.desk.card import Card
from shanyrak.app.desk.likeness import likeness_percent
from shanyrak.app.desk.model import ListPreview, ListProblem, ListTwin, PointRef
from shanyrak.app.desk.words import hex_of
from shanyrak.app.lists.comparing import Action
from shanyrak.app.lists.importing import ImportReport, import_points
from shanyrak.app.lists.positions import Box
from shanyrak.app.lists.twins import metres_between
from shanyrak.app.permissions import Viewer
from shanyrak.app.point_lists import LedgerPoints
from shanyrak.core.errors import InvalidInput, NotFound

KEPT_MS = 3_600_000
MOST_KEPT = 20
MOST_BYTES = 20 * 1024 * 1024
ENDINGS = (".xlsx", ".csv", ".tsv", ".txt", ".geojson", ".json")
_MEND = "Mend the row in the file and bring the file in again"


@dataclass(frozen=True)
class Brought:
    """A file that somebody brought, waiting for their decisions."""

    key: bytes
    area: bytes
    content: bytes
    file_name: str
    list_name: str
    sheet: str
    at_ms: int
    twins: frozenset[int]
    """rows that can be settled"""


class Lists:
    """Lists that were brought and not yet taken in; an hour in memory, for whoever brought them.

    Parameters
    ----------
    random : bytes nobody can guess
    around : box of the map of an area [degree], by its id; None where there is none
    """

    def __init__(
        self, board: Board, *, now_ms: Callable[[], int], random: Callable[[int], bytes],
        around: Callable[[str], Box | None],
    ) -> None:  # fmt: skip
        self._board = board
        self._now_ms = now_ms
        self._random = random
        self._around = around
        self._lock = threading.Lock()
        self._kept: OrderedDict[str, Brought] = OrderedDict()

    def bring(self, viewer: Viewer, content: bytes, *, file_name: str, name: str, area: str, sheet: str) -> ListPreview:
        """What a list would do; nothing is written.

        Raises
        ------
        InvalidInput
            It cannot be read as a list.
        NotFound
            No such area where this person runs the network.
        """
        about = hex_of(area) if area else self._board.ledger.net
        if (area and area not in self._board.areas) or not viewer.sees(about, "lists"):
            raise NotFound("there is no such area", where="area", mend="GET frame lists them")
        if Path(file_name).suffix.lower() not in ENDINGS:
            mend = f"Bring a file that ends in {', '.join(ENDINGS[:3])} or .geojson"
            raise InvalidInput(f"{Path(file_name).name!r} is no list", where="header x-file-name", mend=mend)
        brought = Brought(viewer.key, about, content, Path(file_name).name, name, sheet, self._now_ms(), frozenset())
        report = self._run(brought, dry_run=True, settled={})
        token = self._random(16).hex()
        twins = [action for action in report.actions if action.what == "twin"]
        with self._lock:
            self._forget_old()
            rows = frozenset(action.row.row for action in twins)
            self._kept[token] = Brought(**{**vars(brought), "twins": rows})
            while len(self._kept) > MOST_KEPT:
                self._kept.popitem(last=False)
        counts = report.counts
        by_row = {action.row.row: action for action in report.actions}
        return ListPreview(
            token=token,
            name=report.list_name,
            rows=len(report.actions),
            new=counts["new"],
            changed=counts["changed"],
            same=counts["same"],
            gone=len(report.gone),
            problems=[
                ListProblem(action.row.row, action.why, _MEND) for action in report.actions if action.what == "refused"
            ],
            twins=[self._twin(action, by_row) for action in twins],
        )

    def take(self, viewer: Viewer, token: str, settled: Mapping[int, bool]) -> dict[str, int]:
        """Take a list in, all of it or nothing; rows that nobody settled come in as doubtful.

        Raises
        ------
        NotFound
            The token is not of this person, was used, or is older than an hour.
        InvalidInput
            A row that is not doubtful was settled.
        """
        with self._lock:
            self._forget_old()
            brought = self._kept.get(token)
            if brought is None or brought.key != viewer.key:
                raise NotFound("this list is not here any more", where="token", mend="Bring the file in again")
            odd = sorted(settled.keys() - brought.twins)
            if odd:
                raise InvalidInput(f"row {odd[0]} is not doubtful", where="twins", mend="Settle only rows of twins")
            del self._kept[token]
        if not viewer.sees(brought.area, "lists"):
            raise NotFound("there is no such area", where="area")
        try:
            with self._board.ledger.together():
                report = self._run(brought, dry_run=False, settled=settled)
        except BaseException:
            with self._lock:
                self._kept[token] = brought
            raise
        counts = report.counts
        return {
            "new": counts["new"] + counts["twin"], "changed": counts["changed"], "same": counts["same"],
            "gone": len(report.gone), "doubtful": counts["twin"], "refused": counts["refused"],
        }  # fmt: skip

    def _run(self, brought: Brought, *, dry_run: bool, settled: Mapping[int, bool]) -> ImportReport:
        ledger, deployment = self._board.ledger, self._board.deployment
        within = brought.area if brought.area != ledger.net else None
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / brought.file_name
            path.write_bytes(brought.content)
            return import_points(
                LedgerPoints(ledger, within),
                path,
                list_name=brought.list_name,
                sheet=brought.sheet,
                dry_run=dry_run,
                around=self._around(brought.area.hex()),
                language=deployment.languages[0] if deployment.languages else "uk",
                zone=ZoneInfo(deployment.zone),
                settled=settled,
            )

    def _twin(self, action: Action, by_row: Mapping[int, Action]) -> ListTwin:
        row = action.row
        other: PointRef
        names: dict[str, str] = dict(row.described.get("names", {}))
        here = Card(b"", b"", (), names=names, address=str(row.described.get("address", "")))
        if isinstance(action.twin_of, bytes):
            card = self._board.cards[action.twin_of]
            other = card.ref()
        else:
            said = by_row[action.twin_of or 0].row.described
            card = _card_of(said)
            other = PointRef("", card.names, card.address, card.district, card.kind, "", "unknown", None, "list")
        far = _metres(row.described, card)
        return ListTwin(row.row, row.name, here.address, other, far, likeness_percent(here, card))

    def _forget_old(self) -> None:
        now = self._now_ms()
        for token in [token for token, one in self._kept.items() if now - one.at_ms > KEPT_MS]:
            del self._kept[token]


def _card_of(said: Mapping[str, Any]) -> Card:
    return Card(
        b"", b"", (), names=dict(said.get("names", {})), address=str(said.get("address", "")),
        district=str(said.get("district", "")), kind=str(said.get("kind", "")), lon_e7=said.get("lon_e7"),
        lat_e7=said.get("lat_e7"),
    )  # fmt: skip


def _metres(said: Mapping[str, Any], card: Card) -> int | None:
    lon, lat = said.get("lon_e7"), said.get("lat_e7")
    if lon is None or lat is None or card.lon_e7 is None or card.lat_e7 is None:
        return None
    return round(metres_between(card.lon_e7, card.lat_e7, lon, lat))
