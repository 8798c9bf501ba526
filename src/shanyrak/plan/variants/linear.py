"""The compact program as HiGHS reads it: its relaxation, again and again with other bounds, and the whole program."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import scipy.sparse as sp

from shanyrak.core.units import FloatArray, LongArray
from shanyrak.plan.highs import quiet_highs
from shanyrak.plan.variants.program import Program

_COST_TOTAL = 1e4
"""All costs together in the units HiGHS sees: its tolerances are absolute."""


@dataclass(frozen=True, eq=False)
class Vertex:
    """A solved relaxation: where it lies, and a dual for each row of the program (not negative)."""

    x: FloatArray
    u: FloatArray
    feasible: bool
    """False: nothing is allowed, and ``u`` proves that (a ray)"""


class Linear:
    """HiGHS with one program loaded."""

    nearly = 1e-6

    def __init__(self, program: Program, *, threads: int | None = None) -> None:
        import highspy

        self.program = program
        total = float(np.abs(program.cost).astype(np.float64) @ program.high.astype(np.float64))
        self._unit = _COST_TOTAL / max(total, 1.0)
        owned = np.flatnonzero(program.owner >= 0)
        count = np.arange(len(owned))
        tied = sp.csr_array(
            (
                np.concatenate([np.ones(len(owned)), -program.high[owned].astype(np.float64)]),
                (np.tile(count, 2), np.concatenate([owned, program.owner[owned]])),
            ),
            shape=(len(owned), program.columns),
        )
        table = sp.csr_array(sp.vstack([program.rows.astype(np.float64), tied], format="csr"))
        # columns between 0 and 1, the largest number of each row 1: HiGHS's tolerances are absolute
        self._width = np.maximum(program.high, 1).astype(np.float64)
        table = sp.csr_array(table @ sp.diags_array(self._width))
        largest = np.maximum(abs(table).max(axis=1).toarray().ravel(), 1e-12)
        self._row = 1.0 / largest
        table = sp.csr_array(sp.diags_array(self._row) @ table)
        lp = highspy.HighsLp()
        lp.num_col_, lp.num_row_ = program.columns, table.shape[0]
        lp.col_cost_ = np.asarray(-self._unit * program.cost * self._width, np.float64)
        lp.col_lower_, lp.col_upper_ = program.low / self._width, program.high / self._width
        lp.row_lower_ = np.full(table.shape[0], -highspy.kHighsInf)
        lp.row_upper_ = self._row * np.concatenate([program.rhs.astype(np.float64), np.zeros(len(owned))])
        lp.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
        lp.a_matrix_.start_, lp.a_matrix_.index_ = table.indptr.astype(np.int32), table.indices.astype(np.int32)
        lp.a_matrix_.value_ = table.data
        self._highs: Any = quiet_highs()
        self._highs.passModel(lp)
        self._every = np.arange(program.columns, dtype=np.int32)
        self._statuses = highspy.HighsModelStatus
        self._integer = highspy.HighsVarType.kInteger
        self._iterations = 0

    def relaxed(
        self, low: LongArray, high: LongArray, seconds_left: Callable[[], float], start: Vertex | None = None,
        goal: float = 0.0,
    ) -> Vertex | None:  # fmt: skip
        """The relaxation with these bounds, by simplex, warm from the last one; None where time was not enough.

        ``start`` and ``goal`` are for those who do not solve it exactly (``Cores``).
        """
        highs = self._highs
        for option, value in (("presolve", "off"), ("solver", "simplex"), ("parallel", "off")):
            highs.setOptionValue(option, value)
        highs.changeColsBounds(len(self._every), self._every, low / self._width, high / self._width)
        highs.setOptionValue("time_limit", highs.getRunTime() + max(seconds_left(), 0.01))
        highs.run()
        self._iterations = int(highs.getInfo().simplex_iteration_count)
        status, rows = highs.getModelStatus(), len(self.program.rhs)
        if status == self._statuses.kInfeasible:
            exists = highs.getDualRay()
            ray = np.array(exists[2])[:rows] * self._row[:rows] if exists[1] else np.zeros(rows)
            return Vertex(np.zeros(self.program.columns), ray, False)
        if status != self._statuses.kOptimal:
            return None
        solution = highs.getSolution()
        u = np.array(solution.row_dual)[:rows] * self._row[:rows] / -self._unit
        return Vertex(np.array(solution.col_value) * self._width, np.maximum(u, 0.0), True)

    def probed(self, low: LongArray, high: LongArray, start: Vertex, goal: float) -> float | None:
        """Simplex from another basis is no short look."""
        return None

    @property
    def work(self) -> int:
        """Work of the last relaxation: pairs visited, roughly."""
        return (self._iterations + 1) * (self.program.nonzeros // 8 + len(self.program.rhs))

    def whole(self, time_limit_s: float, *, threads: int = 2, gap: float = 0.0) -> tuple[FloatArray | None, float]:
        """The whole program by HiGHS: its best x (None without one), and its bound in whole units (not certified)."""
        highs, program = self._highs, self.program
        whole = np.flatnonzero(program.whole).astype(np.int32)
        highs.changeColsIntegrality(len(whole), whole, np.full(len(whole), self._integer))
        for option, value in (
            ("presolve", "choose"), ("solver", "choose"), ("threads", threads),
            ("time_limit", highs.getRunTime() + time_limit_s), ("mip_rel_gap", gap), ("mip_abs_gap", 1e-9),
        ):  # fmt: skip
            highs.setOptionValue(option, value)
        highs.run()
        info = highs.getInfo()
        x = np.array(highs.getSolution().col_value) * self._width if info.primal_solution_status == 2 else None
        bound = (-info.mip_dual_bound / self._unit + program.offset) / program.parts
        return x, float(bound)
