"""A fine grid over the sites: in most of its cells it is known who covers a point before the point is looked at.

For each cell of the grid a site either covers the whole cell (it is *sure* there), or none of it, or the
circle around the site passes through the cell (it is *in doubt* there). A point is covered by the sure sites
of its cell and by those in doubt that pass the test of distance; with a fine grid hardly any site is in doubt,
and two points of one cell that pass the same tests have the same covering set, exactly.

A site is called sure or absent only with a margin that no rounding can cross; whoever is nearer to the
boundary than that is in doubt, so the test of distance alone decides.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from shanyrak.core.compiled import kernel
from shanyrak.core.units import FloatArray, IntArray, LongArray

MOST_CELLS = 1 << 18
FEWEST_CELLS = 1 << 8
POINTS_IN_A_CELL = 16
MOST_PAIRS = 8_000_000
"""Pairs (cell, sure site): with more, the grid is made coarser."""
MARGIN = 1e-9
"""Share of the radius within which nothing is taken for granted: rounding errors are a million times smaller."""
TABLED = 8
"""With at most so many sites in doubt, a cell has a counter for each outcome of their tests."""


@dataclass(frozen=True, eq=False)
class Grid:
    """Cells (gx x gy) over the sites and a radius around them."""

    x0: float
    y0: float
    per_unit: float
    """cells per unit of length"""
    gx: int
    gy: int
    sure_ptr: LongArray
    sure_site: IntArray
    """(cells + 1,) and, for each cell, the sites that cover all of it, ascending"""
    doubt_ptr: LongArray
    doubt_site: IntArray
    """the same for the sites whose circle passes through the cell"""
    counter: LongArray
    """(cells + 1,) where the counters of a cell begin; a cell with too many sites in doubt has none"""

    @property
    def cells(self) -> int:
        """Number of cells."""
        return self.gx * self.gy


@kernel(error_model="numpy")
def _sort_out(
    sites: FloatArray, radius: float, x0: float, y0: float, size: float, gx: int, gy: int,
    fill: bool, sure_at: LongArray, sure_site: IntArray, doubt_at: LongArray, doubt_site: IntArray,
) -> None:  # fmt: skip
    """Count (or, with ``fill``, write) the sites that are sure and those in doubt in each cell."""
    inner = (radius * (1.0 - MARGIN)) ** 2
    outer = (radius * (1.0 + MARGIN)) ** 2
    slack = size * MARGIN + radius * MARGIN
    for j in range(sites.shape[0]):
        first_x = max(0, int((sites[j, 0] - radius - x0) / size) - 1)
        last_x = min(gx - 1, int((sites[j, 0] + radius - x0) / size) + 1)
        first_y = max(0, int((sites[j, 1] - radius - y0) / size) - 1)
        last_y = min(gy - 1, int((sites[j, 1] + radius - y0) / size) + 1)
        for cx in range(first_x, last_x + 1):
            left, right = x0 + cx * size - sites[j, 0] - slack, x0 + (cx + 1) * size - sites[j, 0] + slack
            far_x = max(-left, right)
            near_x = max(0.0, max(left, -right))
            if near_x * near_x > outer:
                continue
            for cy in range(first_y, last_y + 1):
                low, high = y0 + cy * size - sites[j, 1] - slack, y0 + (cy + 1) * size - sites[j, 1] + slack
                far_y = max(-low, high)
                near_y = max(0.0, max(low, -high))
                cell = cx * gy + cy
                if far_x * far_x + far_y * far_y < inner:
                    if fill:
                        sure_site[sure_at[cell]] = j
                    sure_at[cell] += 1
                elif near_x * near_x + near_y * near_y <= outer:
                    if fill:
                        doubt_site[doubt_at[cell]] = j
                    doubt_at[cell] += 1


def grid_over(sites: npt.NDArray[Any], radius: float, points: int) -> Grid:
    """The grid for about so many points.

    Parameters
    ----------
    sites : (n, 2) coordinates; radius : in the same unit, above 0
    """
    places = np.ascontiguousarray(sites, np.float64)
    low, high = places.min(axis=0), places.max(axis=0)
    reach = radius * (1.0 + 4 * MARGIN) + 4 * MARGIN * float(np.abs(places).max(initial=0.0))
    low, high = low - reach, high + reach
    width, height = float(high[0] - low[0]), float(high[1] - low[1])
    wanted = min(max(points / POINTS_IN_A_CELL, FEWEST_CELLS), MOST_CELLS)
    size = max((width * height / wanted) ** 0.5, width / MOST_CELLS, height / MOST_CELLS)
    size = max(size, radius * (np.pi * len(places) / MOST_PAIRS) ** 0.5)
    gx, gy = int(width / size) + 1, int(height / size) + 1
    sure_ptr, doubt_ptr = np.zeros(gx * gy + 1, np.int64), np.zeros(gx * gy + 1, np.int64)
    nothing = np.zeros(0, np.int32)
    place = (places, float(radius), float(low[0]), float(low[1]), size, gx, gy)
    _sort_out(*place, False, sure_ptr[1:], nothing, doubt_ptr[1:], nothing)
    in_doubt = doubt_ptr[1:].copy()
    np.cumsum(sure_ptr, out=sure_ptr)
    np.cumsum(doubt_ptr, out=doubt_ptr)
    sure_site, doubt_site = np.empty(sure_ptr[-1], np.int32), np.empty(doubt_ptr[-1], np.int32)
    _sort_out(*place, True, sure_ptr[:-1].copy(), sure_site, doubt_ptr[:-1].copy(), doubt_site)
    counter = np.zeros(gx * gy + 1, np.int64)
    np.cumsum(np.where(in_doubt <= TABLED, 1 << np.minimum(in_doubt, TABLED), 0), out=counter[1:])
    return Grid(low[0], low[1], 1.0 / size, gx, gy, sure_ptr, sure_site, doubt_ptr, doubt_site, counter)
