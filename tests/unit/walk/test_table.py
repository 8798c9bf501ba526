"""Walk tables of small drawn towns, with their arithmetic; what is refused; every cut and every flipped byte."""

from __future__ import annotations

import zlib
from dataclasses import replace

import numpy as np
import pytest

from shanyrak.core.errors import Damaged, InvalidInput, NotFound
from shanyrak.walk import ADULT, SLOW
from shanyrak.walk.graph import Places
from shanyrak.walk.table import TableCells, TableMaker, cells_for_table, half_minutes
from shanyrak.walk.table_answers import Table
from shanyrak.walk.table_bytes import CellsFile, Pack, read_cells, read_pack
from tests.walk_towns import Edge, places, town

AREA = "ab" * 32
IDS = [f"{i:064x}" for i in range(40)]

# One street of 2,000 m: junction 0 at its west end, 1 at its east end, a one-way lane of 100 m from 1 on to 2.
STREET = town(3, [Edge(0, 1, 20_000), Edge(1, 2, 1_000, flags=1)])


def cells_at(*of: tuple[int, int, int]) -> TableCells:
    """Cells (edge, offset, access), a hundredth of a degree apart on the map."""
    return cells_for_table(places(*of), *(np.arange(len(of)) / 100 for _ in range(2)), area=AREA)


def table_of(packs: list[Pack], cells: TableCells) -> Table:
    return Table(read_cells(cells.to_bytes()), [read_pack(p.to_bytes()) for p in packs])


def test_half_minutes_are_rounded_up() -> None:
    # an adult walks 12.5 dm/s * 30 s = 375 dm in half a minute; slow is 9.7 * 30 = 291
    assert half_minutes(np.asarray([0, 1, 375, 376, 45_000]), ADULT).tolist() == [0, 1, 1, 2, 120]
    assert half_minutes(np.asarray([291, 292]), SLOW).tolist() == [1, 2]


def test_walks_lead_from_the_cell_to_the_point() -> None:
    """The lane may be walked from 1 to 2 only: the point at its end is reached, from its end nothing is."""
    cells = cells_at((0, 20_000, 0), (1, 1_000, 0))
    table = table_of(TableMaker(STREET, cells).packs(places((1, 1_000, 0), (0, 19_000, 0)), IDS[:2], 2), cells)
    # east end of the street: 1,000 dm to the lane's end, 1,000 dm to the point in the street; 1,000 / 375 -> 3
    assert table.walks_from(0) == [(0, 3), (1, 3)]
    assert table.walks_from(1) == [(0, 0)]
    # from the point in the street to the one in the lane 2,000 dm -> 6 half-minutes; there is no way back
    assert table.between(1) == [(0, 6)]
    assert table.between(0) == []


def test_beyond_an_hour_there_is_no_walk() -> None:
    # an adult's hour is 45,000 dm: two streets of 20,000 and 5,000 are just within, one decimetre more is not
    graph = town(3, [(0, 1, 20_000), (1, 2, 25_001)])
    cells = cells_at((0, 0, 0), (0, 1, 0))
    table = table_of(TableMaker(graph, cells).packs(places((1, 25_001, 0)), IDS[:1], 1), cells)
    assert table.walks_from(0) == []
    assert table.walks_from(1) == [(0, 120)]


def test_a_cell_is_told_of_twelve_and_of_equally_near_ones_the_earlier() -> None:
    cells = cells_at((0, 0, 0))
    points = places(*[(0, 375, 0)] * 14)
    table = table_of(TableMaker(STREET, cells).packs(points, IDS[:14], 14), cells)
    assert table.walks_from(0) == [(p, 1) for p in range(12)]
    # a point is not told of itself: the first of 1 to 12, the last of 0 to 11
    assert table.between(0) == [(p, 0) for p in range(1, 13)]
    assert table.between(13) == [(p, 0) for p in range(12)]


def test_a_later_point_is_one_pack_and_touches_no_other() -> None:
    cells = cells_at((0, 0, 0), (0, 10_000, 0))
    points = places((0, 1_000, 0), (0, 4_000, 0), (0, 11_000, 0))
    maker = TableMaker(STREET, cells)
    before = [p.to_bytes() for p in maker.packs(points.take(np.arange(2)), IDS[:2], 2)]
    packs = maker.packs(points, IDS[:3], 2)
    assert [p.to_bytes() for p in packs[:1]] == before
    assert packs[1].ids == (IDS[2],)
    table = table_of(packs, cells)
    # from the west end 11,000 / 375 -> 30; from the middle 1,000 / 375 -> 3, beside 9,000 -> 24 and 6,000 -> 16
    assert table.walks_from(0) == [(0, 3), (1, 11), (2, 30)]
    assert table.walks_from(1) == [(2, 3), (1, 16), (0, 24)]
    # the points before it are told of it too, by its pack: 10,000 -> 27, 7,000 -> 19
    assert table.between(0) == [(1, 8), (2, 27)]
    assert table.between(1) == [(0, 8), (2, 19)]
    assert table.between(2) == [(1, 19), (0, 27)]


def test_a_maker_that_was_interrupted_begins_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    """Stopped after the search from the second point, it must not take that point for known."""
    cells = cells_at((0, 0, 0))
    points = places((0, 1_000, 0), (0, 375, 0), (0, 4_000, 0))
    maker = TableMaker(STREET, cells)
    maker.packs(points.take(np.arange(1)), IDS[:1], 1)
    with monkeypatch.context() as patched:
        patched.setattr(TableMaker, "_blocks", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
        with pytest.raises(KeyboardInterrupt):
            maker.packs(points.take(np.arange(2)), IDS[:2], 1)
    packs = maker.packs(points.take(np.asarray([0, 2])), [IDS[0], IDS[2]], 1)
    # 1,000 / 375 -> 3, 4,000 / 375 -> 11; nothing is left of the point at 375
    assert table_of(packs, cells).walks_from(0) == [(0, 3), (1, 11)]


def test_points_may_be_counted_as_the_caller_counts_them() -> None:
    """One point of the table is not shown (any more), one is newer than the table."""
    cells = cells_at((0, 0, 0))
    packs = TableMaker(STREET, cells).packs(places((0, 1_000, 0), (0, 4_000, 0)), IDS[:2], 2)
    table = Table(cells.file, packs, [IDS[9], IDS[1]])
    assert table.walks_from(0) == [(1, 11)]
    assert table.between(1) == []
    assert table.between(0) == []


def test_nothing_at_all_is_a_table_too() -> None:
    nothing = cells_at()
    packs = TableMaker(STREET, nothing).packs(places(), [], 0)
    table = table_of(packs, nothing)
    assert table.ids == ()
    assert table.nearest_cell(30.5, 50.4) is None
    with pytest.raises(NotFound, match="there is no cell 0"):
        table.walks_from(0)


def test_a_point_that_meets_no_street_is_in_no_list() -> None:
    cells = cells_at((0, 0, 0))
    table = table_of(TableMaker(STREET, cells).packs(places((-1, 0, 0), (0, 375, 0)), IDS[:2], 2), cells)
    assert table.walks_from(0) == [(1, 1)]
    assert table.between(0) == []


def test_a_cell_that_meets_no_street_is_not_in_the_file() -> None:
    cells = cells_at((-1, 0, 0), (0, 0, 0))
    assert cells.index.tolist() == [1]
    # 0.01 degree is 1,000 units of 1e-5
    assert (cells.file.lon_unit.tolist(), cells.file.lat_unit.tolist()) == ([1_000], [1_000])


def test_cells_lie_in_the_order_of_streets_whatever_order_they_came_in() -> None:
    given = [(1, 5, 0), (0, 900, 3), (0, 30, 0)]
    assert cells_at(*given).index.tolist() == [2, 1, 0]


def test_too_many_cells_are_thinned_and_none_is_far_from_one_that_stayed() -> None:
    rng = np.random.default_rng(4)
    lon, lat = 30.5 + rng.random(3_000) / 20, 50.4 + rng.random(3_000) / 30  # about 3.5 km by 3.7 km
    everywhere = places(*[(0, int(o), 0) for o in rng.integers(0, 20_000, 3_000)])
    thin = cells_for_table(everywhere, lon, lat, area=AREA, most=200)
    assert 100 < len(thin) <= 200
    off_m = [
        np.hypot((lon - lon[i]) * 111_195 * np.cos(np.radians(50.42)), (lat - lat[i]) * 111_195) for i in thin.index
    ]
    assert np.min(off_m, axis=0).max() <= thin.apart_m
    # squares of 3.5 km * 3.7 km / 200 have sides of 254 m, and the row of sizes is an eighth apart: 360 m at most
    assert thin.apart_m < 450


def test_where_the_person_stands_is_the_nearest_cell_and_how_far() -> None:
    file = CellsFile(AREA, np.asarray([3_050_000, 3_051_000], np.int32), np.asarray([5_040_000, 5_040_000], np.int32))
    # 0.003 degrees of longitude are 0.003 * 111,195 m * cos(50.4 degrees) = 212.7 m
    assert Table(file, []).nearest_cell(30.503, 50.4) == (0, 213)
    assert Table(file, []).nearest_cell(30.507, 50.4) == (1, 213)
    assert Table(file, []).nearest_cell(30.51, 50.4) == (1, 0)


def test_positions_come_back_to_the_nearest_unit() -> None:
    lon, lat = np.asarray([30.523333312, -179.9999999]), np.asarray([-50.4500049, 89.999999])
    cells = cells_for_table(places((0, 0, 0), (0, 1, 0)), lon, lat, area=AREA)
    back = read_cells(cells.to_bytes())
    assert back.area == AREA
    assert back.lon_unit.tolist() == [3_052_333, -18_000_000]
    assert back.lat_unit.tolist() == [-5_045_000, 9_000_000]


def small() -> tuple[TableCells, list[Pack]]:
    cells = cells_at((0, 0, 0), (0, 5_000, 7), (0, 20_000, 0))
    points = places((0, 1_000, 0), (0, 4_000, 0), (1, 500, 0))
    return cells, TableMaker(STREET, cells).packs(points, IDS[:3], 2)


@pytest.mark.parametrize("which", ["cells", "base", "added"])
def test_every_cut_and_every_flipped_byte_is_refused(which: str) -> None:
    cells, packs = small()
    data = {"cells": cells.to_bytes(), "base": packs[0].to_bytes(), "added": packs[1].to_bytes()}[which]
    read = read_cells if which == "cells" else read_pack
    for size in range(len(data)):
        with pytest.raises(Damaged):
            read(data[:size])
    for at in range(len(data)):
        with pytest.raises(Damaged):
            read(data[:at] + bytes([data[at] ^ 0x11]) + data[at + 1 :])
    with pytest.raises(Damaged):
        read(data + b"\0")


def sealed(mark: bytes, body: bytes) -> bytes:
    """A file whose checksum is right, whatever its body says."""
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    rest = packer.compress(body) + packer.flush()
    return mark + b"\1" + zlib.crc32(rest).to_bytes(4, "big") + rest


def test_every_cut_of_a_body_is_refused_though_its_checksum_is_right() -> None:
    cells, packs = small()
    for mark, body, read in (
        (b"SHWC", cells.file.body(), read_cells),
        (b"SHWP", packs[0].body(), read_pack),
        (b"SHWP", packs[1].body(), read_pack),
    ):
        read(sealed(mark, body))
        for size in range(len(body)):
            with pytest.raises(Damaged):
                read(sealed(mark, body[:size]))
        with pytest.raises(Damaged, match="more follows"):
            read(sealed(mark, body + b"\0"))


def test_a_file_of_another_kind_or_version_says_so() -> None:
    cells, packs = small()
    with pytest.raises(Damaged, match="this is no pack of walks"):
        read_pack(cells.to_bytes())
    with pytest.raises(Damaged, match="this is no cells file"):
        read_cells(packs[0].to_bytes())
    newer = packs[0].to_bytes()
    with pytest.raises(Damaged, match="version 2, this program reads 1"):
        read_pack(newer[:4] + b"\2" + newer[5:])


def test_a_body_that_would_fill_the_memory_is_refused() -> None:
    with pytest.raises(Damaged, match="too large"):
        read_pack(sealed(b"SHWP", bytes((1 << 24) + 1)))


def test_files_that_do_not_belong_together_are_refused() -> None:
    cells, (base, added) = small()
    elsewhere = replace(cells.file, area="cd" * 32)
    with pytest.raises(Damaged, match="another area"):
        Table(elsewhere, [base])
    with pytest.raises(Damaged, match="does not follow"):
        Table(cells.file, [added])
    with pytest.raises(Damaged, match="does not follow"):
        Table(cells.file, [replace(base, ids=(IDS[7], IDS[8])), added])
    with pytest.raises(Damaged, match="mixed"):
        Table(cells.file, [base, replace(added, profile="slow")])
    with pytest.raises(Damaged, match="two packs"):
        Table(cells.file, [base, replace(added, ids=base.ids[:1])])
    far = replace(added.blocks[0], cell=np.asarray([3], np.int32), cell_half_min=np.asarray([1], np.int32))
    with pytest.raises(Damaged, match="a cell that there is not"):
        Table(cells.file, [base, replace(added, blocks=(far,))])


def test_what_cannot_be_made_into_a_table_says_why() -> None:
    cells = cells_at((0, 0, 0))
    maker = TableMaker(STREET, cells)
    two = places((0, 1, 0), (0, 2, 0))
    with pytest.raises(InvalidInput, match=r"ids\[1\]: the same id as ids\[0\]"):
        maker.packs(two, [IDS[0], IDS[0]], 2)
    with pytest.raises(InvalidInput, match="not 64 hex digits"):
        maker.packs(two, [IDS[0], "school 12"], 2)
    with pytest.raises(InvalidInput, match="2 places and 1 ids"):
        maker.packs(two, IDS[:1], 1)
    with pytest.raises(InvalidInput, match="3 is not within 0 and 2"):
        maker.packs(two, IDS[:2], 3)
    with pytest.raises(InvalidInput, match=r"points\.edge"):
        maker.packs(places((9, 0, 0)), IDS[:1], 1)
    with pytest.raises(InvalidInput, match="no place on earth"):
        cells_for_table(places((0, 0, 0)), np.asarray([np.nan]), np.asarray([50.0]), area=AREA)
    with pytest.raises(InvalidInput, match="1 places, 2 longitudes"):
        cells_for_table(places((0, 0, 0)), np.zeros(2), np.zeros(1), area=AREA)
    with pytest.raises(InvalidInput, match="most"):
        cells_for_table(Places(*(np.zeros(0, np.int32) for _ in range(3))), np.zeros(0), np.zeros(0), area=AREA, most=0)
