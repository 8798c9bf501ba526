"""A siting instance as it was read: places, or a table."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from shanyrak.core.errors import InvalidInput
from shanyrak.core.units import BoolArray, FloatArray, IntArray

Kind = Literal["plane", "sphere", "distances", "cover"]


@dataclass(frozen=True, eq=False)
class Instance:
    """Demand and candidates; indices count from 0 in the order of the file."""

    kind: Kind
    """plane: (x, y); sphere: (lon, lat) in degrees; distances: a table; cover: who covers whom"""
    demand: npt.NDArray[Any]
    """(m,) whole numbers where all are whole, else floats"""
    cost: FloatArray | None = None
    """(n,) of each candidate"""
    places: FloatArray | None = None
    """(m, 2) of demand"""
    sites: FloatArray | None = None
    """(n, 2) of candidates"""
    table: Any = None
    """(m, n) distances, numbers, inf where there is no way; or a boolean sparse matrix"""
    p: int | None = None
    """number of sites that the file itself asks for"""
    rows: IntArray | None = None
    """(n,) rows of the file that the candidates are, where they are only some of them"""

    @property
    def candidates(self) -> int:
        """Number of candidates."""
        return int(self.table.shape[1]) if self.sites is None else len(self.sites)

    def only(self, rows: IntArray, where: str) -> Instance:
        """The same with some candidates only, in this order."""
        wrong = rows[(rows < 0) | (rows >= self.candidates)]
        if len(wrong):
            raise InvalidInput(
                f"there is no row {wrong[0]}", where=where, mend=f"Rows count from 0 to {self.candidates - 1}"
            )
        unique, times = np.unique(rows, return_counts=True)
        if len(unique) < len(rows):
            raise InvalidInput(f"row {unique[times > 1][0]} is named twice", where=where, mend="Name each one once")
        return replace(
            self,
            rows=rows,
            sites=None if self.sites is None else self.sites[rows],
            table=None if self.table is None else self.table[:, rows],
            cost=None if self.cost is None else self.cost[rows],
        )


def whole_where_whole(values: FloatArray) -> npt.NDArray[Any]:
    """Demand as whole numbers where all of them are, so that nothing is rounded."""
    whole: BoolArray = values == np.rint(values)
    return values.astype(np.int64) if whole.all() and (np.abs(values) < 2.0**53).all() else values
