"""Covering whose demand is counted by groups: districts, or scenarios.

Cell i is covered where a site of its list is open (z_i). Group g counts w_gi people in it, W_g in all:

    total     most  sum_i w_i z_i
    floors    the same, with  sum_i w_gi z_i >= need_g  for each group
    least     the largest share of the worst group:  most t  with  t <= sum_i w_gi z_i / W_g
    level     most  sum_g p_g s_g  with  s_g = 1 only where  sum_i w_gi z_i >= need_g
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any, Literal

import numpy as np
import scipy.sparse as sp

from shanyrak.core.units import FloatArray, IntArray, LongArray
from shanyrak.plan.variants.cells import Cells
from shanyrak.plan.variants.choice import Choice
from shanyrak.plan.variants.problem import Problem, array_hash
from shanyrak.plan.variants.program import Draft, Program
from shanyrak.plan.variants.swaps import grouped
from shanyrak.plan.variants.wander import Parts, Wander

SHARE = 1_000_000
"""A share is told in whole millionths, rounded down; the program counts in thousandths of these."""
_FINE = 1000
PARTS = (20, 200, 500, 950)
"""Thousandths of what a group needs: sites that alone bring it as much are counted together."""
MOST_PRICES = 5_000_000
"""Prices of sites for groups, at most."""
MOST_COUNTED = 100
"""Groups whose sites are counted, at most."""
Aim = Literal["total", "floors", "least", "level"]


@dataclass(eq=False)
class Groups(Problem):
    """A problem of this kind; ``cells.demand`` is what the total counts."""

    name: str
    cells: Cells
    choice: Choice
    aim: Aim
    weight: Any
    """(groups, cells) scipy.sparse CSR, int64"""
    need: LongArray
    """(groups,) people to be reached in each ("floors", "level")"""
    worth: LongArray
    """(groups,) of each group that is reached ("level"), in millionths"""
    divisor: int = 1
    """of the total: scenarios' demand is weighted by whole parts of this"""

    def __post_init__(self) -> None:
        self.all = np.asarray(self.weight.sum(axis=1)).ravel().astype(np.int64)

    @property
    def kind(self) -> str:
        return f"{self.name}, {self.aim}"

    @property
    def parted(self) -> bool:
        """Where the worst group counts, and groups have cells of their own: else nothing is gained by it."""
        if self.aim != "least" or int((self.all > 0).sum()) < 2 or len(self.all) * self.cells.candidates > MOST_PRICES:
            return False
        return bool((np.bincount(sp.coo_array(self.weight).col, minlength=1) <= 1).all())

    def reached(self, sites: IntArray) -> LongArray:
        """(groups,) people reached in each."""
        return np.asarray(self.weight @ self.cells.served(sites).astype(np.int64))

    def value(self, sites: IntArray) -> int | None:
        served = self.cells.served(sites)
        if self.aim == "total":
            return int(self.cells.demand[served].sum())
        reached = np.asarray(self.weight @ served.astype(np.int64))
        if self.aim == "floors":
            return int(self.cells.demand[served].sum()) if (reached >= self.need).all() else None
        if self.aim == "level":
            return int(self.worth[reached >= self.need].sum())
        known = self.all > 0
        shares = [SHARE * r // a for r, a in zip(reached[known].tolist(), self.all[known].tolist(), strict=True)]
        return min(shares, default=SHARE)

    def swap_scores(self, sites: IntArray, closing: IntArray, opening: IntArray) -> FloatArray | None:
        if self.aim == "total":
            return self.cells.count_scores(sites, closing, opening, self.cells.demand * np.array([[0.0], [1.0]]))
        ptr, group, people = self.parts
        worth, need, unit = np.ones(len(self.all)), self.need.astype(np.float64), 1.0 / np.maximum(self.all, 1)
        reached = self.reached(sites).astype(np.float64)
        if self.aim == "least":
            some = self.all > 0
            reached = np.where(some, reached * unit, 1e9)
            people, need = people * unit[group], np.zeros(len(need))
            worth = some.astype(np.float64)
        elif self.aim == "level":
            worth = self.worth.astype(np.float64)
        columns, times = self.cells.columns, self.cells.times(sites).astype(np.int32)
        code = {"least": 0, "floors": 1, "level": 2}[self.aim]
        scores: FloatArray = grouped(
            columns.ptr, columns.cell, times, ptr, group, people, reached, code, worth, need, closing, opening
        )
        return scores

    def wander(self, random: np.random.Generator) -> Wander | None:
        if self.aim == "level" or not self.choice.plain:
            return None
        one = np.ones(1)
        if self.aim == "total":
            each = np.arange(self.cells.count + 1, dtype=np.int64)
            parts = Parts(each, np.zeros(self.cells.count, np.int32), self.cells.demand.astype(np.float64), one,
                          np.ones(1, bool), False)  # fmt: skip
        else:
            ptr, group, people = self.parts
            # floors: the group that is farthest from its own is lifted first, until all have theirs
            whole, counts = (self.all, self.all > 0) if self.aim == "least" else (self.need, self.need > 0)
            parts = Parts(ptr, group, people / np.maximum(whole, 1)[group], one, counts, True,
                          1.0 if self.aim == "floors" else np.inf)  # fmt: skip
            if not counts.any():
                return None
        if not Wander.fits(self.cells, parts):
            return None
        return Wander(self.cells, parts, self.choice.fixed, random)

    @cached_property
    def parts(self) -> tuple[LongArray, IntArray, FloatArray]:
        """For each cell the groups it adds to, and how many people."""
        by_cell = sp.csc_array(self.weight)
        return by_cell.indptr.astype(np.int64), by_cell.indices.astype(np.int32), by_cell.data.astype(np.float64)

    def counts(self, best: int) -> list[list[int]]:
        """For each group the sites that alone bring it various parts of what it needs.

        The relaxation gives a group of few sites parts of them: the hull of what it needs has whole numbers.
        """
        if self.aim == "total":
            return []
        need = -(-self.all * max(best, 0) // SHARE) if self.aim == "least" else self.need
        cells = self.cells
        table = sp.csr_array((np.ones(len(cells.row_col), np.int64), cells.row_col, cells.row_ptr),
                             shape=(cells.count, cells.candidates))  # fmt: skip
        alone = sp.csr_array(self.weight @ table)
        known: dict[bytes, list[int]] = {}
        for group in np.flatnonzero((need > 0) & (self.all > 0))[:MOST_COUNTED].tolist():
            site = alone.indices[alone.indptr[group] : alone.indptr[group + 1]]
            brings = alone.data[alone.indptr[group] : alone.indptr[group + 1]]
            for part in PARTS:
                members = np.sort(site[brings * 1000 >= part * need[group]]).astype(np.int64)
                if 0 < len(members) < cells.candidates:
                    known.setdefault(members.tobytes(), members.tolist())
        return list(known.values())

    def told(self, value: int) -> int | float:
        if self.aim in ("least", "level"):
            return value / SHARE
        if self.divisor > 1:
            return value / (self.divisor * self.cells.unit)
        return self.cells.in_callers_unit(value)

    def allocation(self, sites: IntArray) -> Any:
        """{"served": (cells,) bool, "reached": (groups,), "all": (groups,)} in whole units."""
        return {"served": self.cells.served(sites), "reached": self.reached(sites), "all": self.all}

    def facts(self) -> dict[str, Any]:
        weight = sp.coo_array(self.weight)
        return {
            **self.cells.facts(),
            "aim": self.aim,
            "groups_sha256": array_hash(np.stack([weight.row, weight.col, weight.data])),
            "need": self.need.tolist(),
            "worth": self.worth.tolist(),
        }

    def program(self) -> Program:
        draft, cells = Draft(self.choice), self.cells
        groups = self.weight.shape[0]
        nothing = np.zeros(cells.count, np.int64)
        entries = sp.coo_array(self.weight)
        group, cell, people = entries.row.astype(np.int64), entries.col.astype(np.int64), entries.data
        g = np.arange(groups)
        if self.aim == "total":
            cells.covered_columns(draft, cells.demand)
            return draft.done()
        if self.aim == "floors":
            z = cells.covered_columns(draft, cells.demand)
            draft.rows(group, z + cell, -people, -self.need, 1.0)
            return draft.done()
        if self.aim == "level":
            most = np.asarray(self.weight.max(axis=0).todense()).ravel().astype(np.int64) if groups else nothing
            z = cells.covered_columns(draft, nothing, most)
            s = draft.columns(self.worth, groups, whole=True)
            per_person = np.maximum(self.worth, 1) / np.maximum(self.need, 1)
            draft.rows(
                np.concatenate([group, g]),
                np.concatenate([z + cell, s + g]),
                np.concatenate([-np.minimum(people, self.need[group]), self.need]),
                np.zeros(groups, np.int64),
                per_person,
            )
            return draft.done()
        known = self.all[group] > 0
        group, cell, people = group[known], cell[known], people[known]
        # rounded up: the program may only be too hopeful
        part = np.array(
            [-(-SHARE * _FINE * w // a) for w, a in zip(people.tolist(), self.all[group].tolist(), strict=True)],
            np.int64,
        )
        typical = np.bincount(cell, weights=part, minlength=cells.count) / max(groups, 1)
        z = cells.covered_columns(draft, nothing, typical)
        t = draft.columns(1, 1, high=SHARE * _FINE)
        some = np.flatnonzero(self.all > 0)
        place = np.searchsorted(some, group)
        draft.rows(
            np.concatenate([place, np.arange(len(some))]),
            np.concatenate([z + cell, np.full(len(some), t)]),
            np.concatenate([-part, np.ones(len(some), np.int64)]),
            np.zeros(len(some), np.int64),
            1.0 / max(len(some), 1),
        )
        return draft.done(parts=_FINE)
