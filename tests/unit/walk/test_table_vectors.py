"""The vectors that both languages and strangers rely on (spec/vectors/walk_table.json)."""

from __future__ import annotations

import importlib.util
import json
import zlib
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from shanyrak.core.errors import Damaged
from shanyrak.walk import PROFILES
from shanyrak.walk.table import TableMaker, cells_for_table
from shanyrak.walk.table_answers import Table
from shanyrak.walk.table_bytes import read_cells, read_pack
from tests.walk_towns import Edge, places, town

FOLDER = Path(__file__).resolve().parents[3] / "spec" / "vectors"
VECTORS: dict[str, Any] = json.loads((FOLDER / "walk_table.json").read_bytes())


def named(key: str) -> Any:
    return pytest.mark.parametrize("vector", VECTORS[key], ids=lambda v: v["name"])


def body(file: str) -> bytes:
    """What is deflated: two programs may deflate it in different ways."""
    return zlib.decompress(bytes.fromhex(file)[9:], -15)


def joined(vector: dict[str, Any]) -> Table:
    return Table(read_cells(bytes.fromhex(vector["cells"])), [read_pack(bytes.fromhex(p)) for p in vector["packs"]])


@named("towns")
def test_files_of_a_town_are_written(vector: dict[str, Any]) -> None:
    drawn = vector["town"]
    graph = town(drawn["junctions"], [Edge(*edge[:3], flags=edge[3]) for edge in drawn["edges"]])
    lon, lat = np.asarray(drawn["cells_e7"]).reshape(-1, 2).T / 1e7
    cells = cells_for_table(places(*drawn["cells"]), lon, lat, area=vector["area"])
    maker = TableMaker(graph, cells, PROFILES[vector["profile"]])
    packs = maker.packs(places(*drawn["points"]), drawn["ids"], vector["base"])
    assert body(cells.to_bytes().hex()) == body(vector["cells"])
    assert [body(p.to_bytes().hex()) for p in packs] == [body(p) for p in vector["packs"]]


@named("towns")
def test_answers_of_a_town_are_read(vector: dict[str, Any]) -> None:
    table, answers = joined(vector), vector["answers"]
    assert [[list(w) for w in table.walks_from(c)] for c in range(len(answers["walks_from"]))] == answers["walks_from"]
    assert [[list(w) for w in table.between(p)] for p in range(len(answers["between"]))] == answers["between"]
    assert list(table.ids) == vector["town"]["ids"]


def test_the_nearest_cell() -> None:
    table = Table(read_cells(bytes.fromhex(VECTORS["nearest"]["cells"])), [])
    for asked in VECTORS["nearest"]["asked"]:
        assert table.nearest_cell(asked["lon"], asked["lat"]) == (asked["cell"], asked["metres"])


@named("bad_cells")
def test_bad_cells_are_refused(vector: dict[str, Any]) -> None:
    with pytest.raises(Damaged):
        read_cells(bytes.fromhex(vector["bytes"]))


@named("bad_packs")
def test_bad_packs_are_refused(vector: dict[str, Any]) -> None:
    with pytest.raises(Damaged):
        read_pack(bytes.fromhex(vector["bytes"]))


@named("bad_together")
def test_files_that_do_not_belong_together_are_refused_though_each_is_fine(vector: dict[str, Any]) -> None:
    read_cells(bytes.fromhex(vector["cells"]))
    for pack in vector["packs"]:
        read_pack(bytes.fromhex(pack))
    with pytest.raises(Damaged):
        joined(vector)


@named("good_together")
def test_the_files_that_the_bad_ones_were_made_from_are_fine(vector: dict[str, Any]) -> None:
    assert joined(vector).walks_from(3) == [(2, 1)]


def test_the_maker_writes_what_is_here() -> None:
    spec = importlib.util.spec_from_file_location("make_walk_table", FOLDER / "make_walk_table.py")
    assert spec and spec.loader
    maker = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(maker)
    assert maker.written() == (FOLDER / "walk_table.json").read_bytes(), "python spec/vectors/make_walk_table.py"
