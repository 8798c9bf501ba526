"""The linear relaxation of a small model, solved to a vertex by HiGHS, again and again with changed bounds.

    most  sum_i w_i z_i    with  z_i <= sum_(j covers i) y_j,   z_i <= 1,   sum_j y_j <= k,   0 <= y_j <= 1

The dual value u_i of row i gives the share v_i = u_i / w_i (see ``plan.bound``); what HiGHS says is only a
proposal, the bound is always computed again from whole numbers.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from shanyrak.core.units import BoolArray, FloatArray
from shanyrak.plan.highs import quiet_highs
from shanyrak.plan.model import Model, row_lists

_COST_TOTAL = 1e4
"""All demand together in the units HiGHS sees: its tolerances are absolute."""


class LinearModel:
    """HiGHS with one model loaded, warm from the last solution."""

    def __init__(self, model: Model, k: int) -> None:
        import highspy

        self.model = model
        self._unit = _COST_TOTAL / max(float(model.weight.sum()), 1.0)
        row_ptr, row_col = row_lists(model)
        m, n = model.rows, model.columns
        lp = highspy.HighsLp()
        lp.num_col_, lp.num_row_ = n + m, m + 1
        lp.col_cost_ = np.concatenate([np.zeros(n), -self._unit * model.weight])
        lp.col_lower_, lp.col_upper_ = np.zeros(n + m), np.ones(n + m)
        lp.row_lower_ = np.full(m + 1, -highspy.kHighsInf)
        lp.row_upper_ = np.append(np.zeros(m), float(k))
        pairs = len(row_col)
        z_at = row_ptr[1:] + np.arange(m)
        is_y = np.ones(pairs + m, bool)
        is_y[z_at] = False
        index, value = np.empty(pairs + m + n, np.int32), np.ones(pairs + m + n)
        index[: pairs + m][is_y], value[: pairs + m][is_y] = row_col, -1.0
        index[z_at] = n + np.arange(m, dtype=np.int32)
        index[pairs + m :] = np.arange(n, dtype=np.int32)
        lp.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
        lp.a_matrix_.start_ = np.append(row_ptr + np.arange(m + 1), pairs + m + n).astype(np.int32)
        lp.a_matrix_.index_, lp.a_matrix_.value_ = index, value
        # "threads" stays as it is: HiGHS keeps one number of threads per process, and others may use it too
        self._highs: Any = quiet_highs(parallel="off", presolve="off", solver="simplex")
        self._highs.passModel(lp)
        self._all = np.arange(n, dtype=np.int32)
        self._optimal = highspy.HighsModelStatus.kOptimal
        self._iterations = 0

    def solve(self, forced: BoolArray, banned: BoolArray, time_limit_s: float) -> tuple[FloatArray, FloatArray] | None:
        """Shares (m,) in [0, 1] and the relaxed choice (n,) of a branch; None where time was not enough.

        ``forced`` and ``banned`` are (n,): columns that are in, and out.
        """
        highs, n, m = self._highs, self.model.columns, self.model.rows
        highs.changeColsBounds(n, self._all, forced.astype(np.float64), (~banned).astype(np.float64))
        highs.setOptionValue("time_limit", highs.getRunTime() + max(time_limit_s, 0.05))
        highs.run()
        self._iterations = int(highs.getInfo().simplex_iteration_count)
        if highs.getModelStatus() != self._optimal:
            return None
        solution = highs.getSolution()
        dual = np.array(solution.row_dual)[:m] / (-self._unit * self.model.weight)
        return np.clip(dual, 0.0, 1.0), np.clip(np.array(solution.col_value)[:n], 0.0, 1.0)

    @property
    def work(self) -> int:
        """Work of the last solution: pairs visited, roughly."""
        return (self._iterations + 1) * (self.model.nonzeros // 8 + self.model.rows)
