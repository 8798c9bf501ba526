"""20,000 points on the desk: the table in memory that follows the ledger, and each answer made of it.

The peer is the same code that reads everything anew for each question, which is what a desk without such a table does.
Times are medians inside one process, without the network; ``make_network`` gives a browser the same ledger to look at.
"""

from __future__ import annotations

import gzip
import hashlib
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from random import Random
from typing import Any

import msgspec

from bench.measure import Row
from shanyrak.app.desk.board import Board
from shanyrak.app.desk.orders import order_whole, preview, wanted_order
from shanyrak.app.desk.table import Tables, point_table
from shanyrak.app.desk.todo import todo_list
from shanyrak.app.desk.whole import point_whole
from shanyrak.app.permissions import viewer_of
from shanyrak.facts.ledger import Ledger
from shanyrak.facts.rules import load_rules
from shanyrak.facts.signing import Signer
from shanyrak.facts.stores.sql import open_store

POINTS, SMOKE_POINTS = 20_000, 300
DISTRICTS = 40
NOW_MS = 1_795_356_000_000
ROUNDS, SMOKE_ROUNDS = 15, 2
_KINDS = ("school", "yurt", "library", "hall", "shop", "fire_station")
_STATES = ("point.opened", "point.opened", "point.opened", "point.ready", "point.paused", "point.closed")


def make_network(url: str, points: int, *, now_ms: Callable[[], int] = lambda: NOW_MS) -> Ledger:
    """A ledger of a town with this many points, each described, on a list, with a state, some with needs and counts."""
    draw = Random(7)
    seed = hashlib.sha256(b"desk bench").digest()
    clock = [now_ms() - 20 * 3_600_000]

    def tick() -> int:
        clock[0] += max(1, 18 * 3_600_000 // (points * 4))
        return clock[0]

    ledger = Ledger(open_store(url), load_rules(), signer=Signer.from_seed(seed), now_ms=tick, random=draw.randbytes)
    if ledger.net:
        return ledger
    ledger.found("Bench", recovery=Signer.from_seed(hashlib.sha256(b"paper").digest()).public)
    with ledger.together():
        area = ledger.say("area.described", {"name": "bench", "names": {"uk": "Місто", "en": "Town"}}).id
        ledger.say("mode.set", {"mode": "outage"}, about=area)
        for number in range(points):
            point = ledger.say(
                "point.described",
                {
                    "names": {"uk": f"Тепле місце № {number}", "en": f"Warm place No. {number}"},
                    "kind": draw.choice(_KINDS),
                    "address": f"вулиця Паркова, {number % 300}",
                    "district": f"Район {number % DISTRICTS}",
                    "area": area.hex(),
                    "lon_e7": 305_000_000 + draw.randrange(2_000_000),
                    "lat_e7": 504_000_000 + draw.randrange(1_500_000),
                    "seats": draw.randrange(20, 120),
                    "duty_phone": f"duty-{number}",
                },
                scope=area,
            ).id
            ledger.say("list.entered", {"list": "City", "number": str(number), "official": True}, about=point)
            ledger.say("hours.declared", {"opening_hours": draw.choice(("Mo-Su 09:00-19:00", "24/7"))}, about=point)
            ledger.say(draw.choice(_STATES), {}, about=point)
            if number % 10 == 0:
                ledger.say("need.raised", {"point": point.hex(), "short_of": "wood"}, scope=point)
            if number % 7 == 0:
                ledger.say("stock.counted", {"fuel_ml": 20_000}, about=point)
            if number % 9 == 0:
                ledger.say("status.reported", {"band": "some"}, about=point)
    clock[0] = now_ms()
    return ledger


def run(*, smoke: bool = False) -> list[Row]:
    """Medians of each answer, and of reading everything anew."""
    points, rounds = (SMOKE_POINTS, SMOKE_ROUNDS) if smoke else (POINTS, ROUNDS)
    rows: list[Row] = []
    with tempfile.TemporaryDirectory(prefix="shanyrak-desk-") as folder:
        ledger = make_network(f"sqlite:///{Path(folder) / 'ledger.sqlite'}", points)
        rows = _measured(ledger, points, rounds)
        ledger.store.close()
    return rows


def _measured(ledger: Ledger, points: int, rounds: int) -> list[Row]:
    now_ms = NOW_MS
    board = Board(ledger, now_ms=lambda: now_ms)
    begun = time.perf_counter()
    now = board.refresh()
    first_s = time.perf_counter() - begun
    assert ledger.signer is not None
    viewer = viewer_of(ledger, ledger.signer.public, now_ms)
    tables = Tables(board, "bench")
    ids = list(board.cards)
    area = next(iter(board.areas))
    numbers = {f"duty-{at}": "+380000000000" for at in range(points)}

    def phone(code: str) -> str:
        return numbers.get(code, "")

    def one_arrives() -> None:
        ledger.say("point.opened", {}, about=ids[points // 2])

    def table() -> bytes:
        return tables.of(viewer, board.refresh()).whole.body(["gzip"])[0]

    tag = ""

    def remember() -> None:
        nonlocal tag
        tag = tables.of(viewer, board.refresh()).etag
        one_arrives()

    def different() -> bytes:
        return tables.since(tag, tables.of(viewer, board.refresh())).body(["gzip"])[0]

    def anew() -> bytes:
        other = Board(ledger, now_ms=lambda: now_ms)
        return gzip.compress(msgspec.json.encode(point_table(other, viewer, other.refresh())), 1)

    told: dict[str, tuple[Callable[[], Any], Callable[[], None]]] = {
        "unchanged": (table, lambda: None),
        "table after an arrival": (table, one_arrives),
        "what is different after an arrival": (different, remember),
        "to do after an arrival": (lambda: todo_list(board, viewer, phone, board.refresh()), one_arrives),
        "to do as JSON": (lambda: msgspec.json.encode(todo_list(board, viewer, phone, now)), lambda: None),
        "a place, whole": (
            lambda: point_whole(board, viewer, phone, ids[3].hex(), board.refresh(), lambda _: False),
            one_arrives,
        ),
        "preview of a district": (
            lambda: preview(
                board,
                viewer,
                phone,
                wanted_order(board, viewer, order="open", area=area, district="Район 3", points=None),
            ),
            lambda: None,
        ),
    }
    table()
    anew_s = statistics.median(_seconds(anew) for _ in range(max(1, rounds // 5)))
    rows: list[Row] = [
        {"what": f"desk, {points:,} points: first reading", "value": round(first_s, 3), "unit": "s"},
        {
            "what": f"desk, {points:,} points: the table as it goes out",
            "value": round(len(table()) / 2**20, 2),
            "unit": "MiB",
        },
    ]
    remember()
    row = {"what": f"desk, {points:,} points: what goes out after an arrival", "value": len(different()), "unit": "B"}
    rows.append(row)
    for name, (work, before) in told.items():
        seconds = []
        for _ in range(rounds):
            before()
            seconds.append(_seconds(work))
        middle = statistics.median(seconds)
        rows.append(
            {
                "what": f"desk, {points:,} points: {name}",
                "value": round(middle * 1000, 2),
                "unit": "ms",
                "peer": "everything read anew",
                "ratio": round(anew_s / middle, 1),
            }
        )
    ordered = ledger.say("activation.ordered", {"order": "open"}, about=bytes.fromhex(area)).id
    board.refresh()
    rows.append(
        {
            "what": f"desk, {points:,} points: an order to all of them with answers",
            "value": round(_seconds(lambda: msgspec.json.encode(order_whole(board, viewer, phone, ordered.hex()))), 3),
            "unit": "s",
        }
    )
    return rows


def _seconds(work: Callable[[], Any]) -> float:
    begun = time.perf_counter()
    work()
    return time.perf_counter() - begun


if __name__ == "__main__":
    for row in run():
        print(row)
