"""What a walk table answers, joined from its files as a phone joins them (``spec/walk.md``)."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from shanyrak.core.errors import Damaged, NotFound
from shanyrak.core.units import E7, EARTH_RADIUS_M
from shanyrak.walk.table_bytes import UNIT_E7, CellsFile, Pack, cells_tie, points_tie

HalfMinutes = tuple[int, int]
"""(point, half-minutes)."""


class Table:
    """Walks of one profile. A *point* is its place in ``ids``.

    Parameters
    ----------
    cells : CellsFile
    packs : Pack
        All of them, the base pack first.
    point_ids : 64 hex digits each, optional
        Points as the caller counts them: then ``point`` is a place in this list, and points of the packs that are
        not in it are left out. Without it, points are counted in the order of the packs.

    Raises
    ------
    Damaged
        A pack was made for other cells, another profile or after other points.
    """

    def __init__(self, cells: CellsFile, packs: Sequence[Pack], point_ids: Sequence[str] | None = None) -> None:
        _check(cells, packs)
        told = [i for pack in packs for i in pack.ids]
        self.ids = tuple(told if point_ids is None else point_ids)
        self.profile = packs[0].profile if packs else ""
        self.half_minute_mm = packs[0].half_minute_mm if packs else 0
        self._cells = cells
        place = {name: i for i, name in enumerate(self.ids)}
        self._from_cell: dict[int, list[HalfMinutes]] = {}
        self._from_point: dict[int, list[HalfMinutes]] = {}
        here = [place.get(name, -1) for name in told]
        for pack in packs:
            for i, block in enumerate(pack.blocks):
                point = here[pack.first + i]
                if point < 0:
                    continue
                for cell, half in zip(block.cell.tolist(), block.cell_half_min.tolist(), strict=True):
                    self._from_cell.setdefault(cell, []).append((point, half))
                for other, half in zip(block.to_point.tolist(), block.to_half_min.tolist(), strict=True):
                    if here[other] >= 0:
                        self._from_point.setdefault(point, []).append((here[other], half))
                for other, half in zip(block.from_point.tolist(), block.from_half_min.tolist(), strict=True):
                    if here[other] >= 0:
                        self._from_point.setdefault(here[other], []).append((point, half))
        for lists in (self._from_cell, self._from_point):
            for answer in lists.values():
                answer.sort(key=lambda pair: (pair[1], pair[0]))

    def nearest_cell(self, lon: float, lat: float) -> tuple[int, int] | None:
        """The cell nearest to a place [degree], the first where two are as near, and how far it is [m, rounded up].

        As the crow flies, on a plane that is right near the place. None where there are no cells.
        """
        if not len(self._cells):
            return None
        east_e7, north_e7 = (
            values.astype(np.int64) * UNIT_E7 - math.floor(degrees * E7 + 0.5)
            for values, degrees in ((self._cells.lon_unit, lon), (self._cells.lat_unit, lat))
        )
        east, north = east_e7 * math.cos(math.radians(lat)), north_e7.astype(np.float64)
        square = east * east + north * north
        cell = int(np.argmin(square))
        return cell, math.ceil(math.radians(math.sqrt(square[cell]) / E7) * EARTH_RADIUS_M)

    def walks_from(self, cell: int) -> list[HalfMinutes]:
        """Walks from a cell, by half-minutes, then point: its 12 nearest at least, where so many are within an hour."""
        if not 0 <= cell < len(self._cells):
            raise NotFound(f"there is no cell {cell}, there are {len(self._cells)}")
        return list(self._from_cell.get(cell, ()))

    def between(self, point: int) -> list[HalfMinutes]:
        """Walks from a point to the points nearest to it, by half-minutes, then point."""
        if not 0 <= point < len(self.ids):
            raise NotFound(f"there is no point {point}, there are {len(self.ids)}")
        return list(self._from_point.get(point, ()))


def _check(cells: CellsFile, packs: Sequence[Pack]) -> None:
    tie = cells_tie(cells)
    before: tuple[str, ...] = ()
    for pack in packs:
        if pack.cells_tie != tie:
            raise Damaged("a pack of walks was made for another area or other cells", mend="Fetch all files again")
        if pack.profile != packs[0].profile or pack.half_minute_mm != packs[0].half_minute_mm:
            raise Damaged(f"packs of {packs[0].profile} and {pack.profile} are mixed", mend="Fetch all files again")
        if pack.first != len(before) or pack.before_tie != points_tie(before):
            raise Damaged("a pack of walks does not follow the ones before it", mend="Fetch all files again")
        if set(pack.ids) & set(before):
            raise Damaged("a point is in two packs of walks", mend="Fetch all files again")
        if any(len(block.cell) and block.cell[-1] >= len(cells) for block in pack.blocks):
            raise Damaged("a pack of walks names a cell that there is not", mend="Fetch all files again")
        before += pack.ids
