"""Cells with demand and the candidates in reach of each, read once; what covering models share."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from shanyrak.core.errors import InvalidInput
from shanyrak.core.units import BoolArray, FloatArray, IntArray, LongArray
from shanyrak.plan.certificate import demand_hash, pattern_hash
from shanyrak.plan.task import read_cover, read_demand
from shanyrak.plan.variants.program import Draft
from shanyrak.plan.variants.swaps import Columns, by_column, counted


@dataclass(frozen=True, eq=False)
class Cells:
    """Who covers whom, and how much demand there is."""

    row_ptr: LongArray
    row_col: IntArray
    candidates: int
    demand: LongArray
    unit: int
    """whole units per unit the caller counts in (1, or 1000 where floats came)"""

    @cached_property
    def columns(self) -> Columns:
        """The pairs by candidate."""
        return by_column(self.row_ptr, self.row_col, self.candidates)

    @property
    def count(self) -> int:
        return len(self.demand)

    @cached_property
    def pair_cell(self) -> LongArray:
        """(pairs,) the cell of each pair; its candidate is ``row_col``."""
        return np.repeat(np.arange(self.count), np.diff(self.row_ptr))

    def times(self, sites: IntArray) -> LongArray:
        """(cells,) how many of the sites cover each."""
        columns = self.columns
        lists = [columns.cell[columns.ptr[j] : columns.ptr[j + 1]] for j in sites.tolist()]
        return np.bincount(np.concatenate([*lists, np.zeros(0, np.int32)]), minlength=self.count).astype(np.int64)

    def served(self, sites: IntArray) -> BoolArray:
        """(cells,) whether any of the sites covers it."""
        return self.times(sites) > 0

    def count_scores(self, sites: IntArray, closing: IntArray, opening: IntArray, worth: FloatArray) -> FloatArray:
        """See ``swaps.counted``; ``worth`` is (2 or more, cells)."""
        columns = self.columns
        times = self.times(sites).astype(np.int32)
        scores: FloatArray = counted(columns.ptr, columns.cell, times, worth, closing, opening)
        return scores

    def in_callers_unit(self, whole: int) -> int | float:
        return whole if self.unit == 1 else whole / self.unit

    def facts(self) -> dict[str, Any]:
        """The fields of a certificate that name this input."""
        return {
            "cells": self.count,
            "unit": self.unit,
            "input": {
                "pattern_sha256": pattern_hash(self.row_ptr, self.row_col, self.candidates),
                "demand_sha256": demand_hash(self.demand),
            },
        }

    def covered_columns(self, draft: Draft, cost: LongArray, typical: LongArray | FloatArray | None = None) -> int:
        """Columns z (cells,) with z_i <= sum of y_j over the candidates of i, z_i <= 1; the number of the first."""
        own = np.arange(self.count)
        z = draft.columns(cost, self.count, cell=own)
        draft.rows(
            np.concatenate([self.pair_cell, own]),
            np.concatenate([self.row_col.astype(np.int64), z + own]),
            np.concatenate([np.full(len(self.row_col), -1), np.ones(self.count, np.int64)]),
            np.zeros(self.count, np.int64),
            cost if typical is None else typical,
        )
        return z


def read_cells(cover: Any, demand: Any) -> Cells:
    """Check and take cover and demand (parameters as ``maximal_covering``)."""
    row_ptr, row_col, cells, candidates = read_cover(cover)
    whole, unit = read_demand(demand, cells)
    return Cells(row_ptr, row_col, candidates, whole, unit)


def read_share(value: Any, where: str, parts: int, most: float = 1.0) -> int:
    """A share from 0 to ``most`` as whole parts of ``parts``; InvalidInput where it is none."""
    if isinstance(value, bool) or not isinstance(value, int | float | np.number) or not 0 <= float(value) <= most:
        raise InvalidInput(f"{value!r} is no share", where=where, mend=f"Give a number from 0 to {most:g}")
    return round(float(value) * parts)
