"""Walk tables made wrong on purpose, one thing at a time: comparing with the plain twin finds each."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from shanyrak.walk import ADULT, table, table_kernel
from shanyrak.walk.graph import FORWARD_ONLY
from shanyrak.walk.table import TableCells, TableMaker, half_minutes
from shanyrak.walk.table_bytes import CellsFile
from shanyrak.walk.table_twin import plain_blocks
from tests.walk_towns import Edge, places, town

#  0 --900-- 1 --900-- 2 --900-- 3      up from 1 to 2; one way from 2 to 3; 3 is left by a long way round to 0
TOWN = town(4, [(0, 1, 900), Edge(1, 2, 900, slope=8), Edge(2, 3, 900, flags=FORWARD_ONLY), (3, 0, 9_000)])
PLACES = places(*[(e, o, 0) for e in range(4) for o in (0, 100, 380, 760, 900)])
POINTS = places((1, 300, 0), *[(0, 450, 0)] * 13, (2, 450, 5), (3, 8_000, 0), (1, 800, 0))
IDS = [f"{i:064x}" for i in range(len(POINTS))]
BASE = 15


def cells() -> TableCells:
    position = np.arange(len(PLACES), dtype=np.int32)
    return TableCells(PLACES, position.astype(np.int64), CellsFile("ab" * 32, position, position), 0.0)


def is_wrong() -> bool:
    """Whether the blocks differ from the twin's, made at once or point after point."""
    pairs = [("cell", "cell_half_min"), ("to_point", "to_half_min"), ("from_point", "from_half_min")]
    wanted = [tuple(block) for block in plain_blocks(TOWN, PLACES, POINTS, BASE, ADULT)]
    maker = TableMaker(TOWN, cells())
    maker.packs(POINTS.take(np.arange(len(POINTS))[::-1]), IDS, BASE)
    for known in (BASE, BASE + 1, len(POINTS)):
        packs = maker.packs(POINTS.take(np.arange(known)), IDS[:known], BASE)
    found = [
        tuple(list(zip(getattr(b, a).tolist(), getattr(b, h).tolist(), strict=True)) for a, h in pairs)
        for pack in packs
        for b in pack.blocks
    ]
    return found != wanted


def rounded_down(impedance_dm: Any, profile: Any) -> Any:
    return np.maximum(half_minutes(impedance_dm + 1, profile) - 1, 0)


def turned_round(links: Any) -> Any:
    return lambda graph, at, cost, *, leaving: links(graph, at, cost, leaving=not leaving)


def never_along(direct_walks: Any) -> Any:
    return lambda *given: type(found := direct_walks(*given))(*(column[:0] for column in found))


def itself_too(gather: Any) -> Any:
    return lambda *given: gather(*given[:5], np.full_like(given[5], -1), *given[6:])


def test_nothing_is_wrong_with_the_true_maker() -> None:
    assert not is_wrong()


@pytest.mark.parametrize(
    ("name", "wrong"),
    [
        ("_LABELS", lambda _: 12),
        ("_LABELS", lambda _: 11),
        ("NEAREST", lambda _: 11),
        ("BETWEEN", lambda _: 11),
        ("half_minutes", lambda _: rounded_down),
        ("links", turned_round),
        ("direct_walks", never_along),
    ],
)
def test_a_wrong_maker_is_found(name: str, wrong: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(table, name, wrong(getattr(table, name)))
    assert is_wrong()


def test_a_maker_that_tells_points_of_themselves_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(table_kernel, "gather", itself_too(table_kernel.gather))
    assert is_wrong()


def test_a_maker_that_takes_other_points_for_those_it_knows_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(TableMaker, "_continues", lambda self, places, names, base: len(self._packs) > 0)
    assert is_wrong()
