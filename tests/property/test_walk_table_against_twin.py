"""On any town, walk tables are what the plain twin says, read back from their bytes, however they came about."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from shanyrak.walk import Places
from shanyrak.walk.graph import WalkGraph
from shanyrak.walk.table import TableCells, TableMaker
from shanyrak.walk.table_answers import Table
from shanyrak.walk.table_bytes import CellsFile, Pack, read_cells, read_pack
from shanyrak.walk.table_twin import plain_blocks
from tests.property.test_walk_against_twin import WALKERS, placed, towns

SETTINGS = settings(max_examples=80, deadline=None, derandomize=True)
POINTS = [f"{i:064x}" for i in range(100)]


def cells_of(places: Places) -> TableCells:
    """Cells in the order given; where they lie on the map plays no role for walks."""
    position = np.arange(len(places), dtype=np.int32)
    return TableCells(places, position.astype(np.int64), CellsFile("ab" * 32, position, position), 0.0)


def drawn(data: st.DataObject) -> tuple[WalkGraph, TableCells, Places, int]:
    graph = data.draw(towns())
    points = data.draw(placed(graph))
    return graph, cells_of(data.draw(placed(graph))), points, data.draw(st.integers(0, len(points)))


def read_back(packs: list[Pack]) -> list[Pack]:
    return [read_pack(pack.to_bytes()) for pack in packs]


@SETTINGS
@given(st.data())
def test_blocks_are_equal(data: st.DataObject) -> None:
    graph, cells, points, base = drawn(data)
    profile = data.draw(WALKERS)
    packs = read_back(TableMaker(graph, cells, profile).packs(points, POINTS[: len(points)], base))
    found = [
        (
            list(zip(b.cell.tolist(), b.cell_half_min.tolist(), strict=True)),
            list(zip(b.to_point.tolist(), b.to_half_min.tolist(), strict=True)),
            list(zip(b.from_point.tolist(), b.from_half_min.tolist(), strict=True)),
        )
        for pack in packs
        for b in pack.blocks
    ]
    assert len(packs) == 1 + len(points) - base
    assert found == [tuple(b) for b in plain_blocks(graph, cells.places, points, base, profile)]


@SETTINGS
@given(st.data())
def test_the_bytes_do_not_depend_on_what_was_asked_before(data: st.DataObject) -> None:
    """A maker that met the points one after the other, or others before them, writes what a new one writes."""
    graph, cells, points, base = drawn(data)
    profile, names = data.draw(WALKERS), POINTS[: len(points)]
    wanted = [p.to_bytes() for p in TableMaker(graph, cells, profile).packs(points, names, base)]
    used = TableMaker(graph, cells, profile)
    for known in sorted(data.draw(st.lists(st.integers(base, len(points)), max_size=4))):
        used.packs(points.take(np.arange(known)), names[:known], base)
    if data.draw(st.booleans()):
        used.packs(points.take(np.arange(len(points))[::-1]), names, data.draw(st.integers(0, len(points))))
    assert [p.to_bytes() for p in used.packs(points, names, base)] == wanted


@SETTINGS
@given(st.data())
def test_a_cell_is_told_of_its_nearest_points_whatever_came_later(data: st.DataObject) -> None:
    """The first 12 answers are those of a table made of all points at once, up to points as near in half-minutes."""
    graph, cells, points, base = drawn(data)
    names = POINTS[: len(points)]

    def halves(first: int) -> list[list[list[int]]]:
        packs = read_back(TableMaker(graph, cells).packs(points, names, first))
        table = Table(read_cells(cells.to_bytes()), packs)
        of_cells = [[h for _, h in table.walks_from(c)][:12] for c in range(len(cells))]
        of_points = [[h for _, h in table.between(p)][:12] for p in range(len(points))]
        return [of_cells, of_points]

    assert halves(base) == halves(len(points))
