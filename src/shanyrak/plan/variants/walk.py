"""Good duals of a compact program by first-order steps: the primal-dual hybrid gradient on its saddle point.

    most over x, least over u >= 0:   c.x + u.(b - A x),    0 <= x <= 1 (columns are scaled),  sum of sites <= k

(Chambolle and Pock 2011, doi:10.1007/s10851-010-0251-1) with diagonal steps (Pock and Chambolle 2011), restarts to
the average and balanced steps (Applegate et al. 2021, arXiv:2106.04756). Rows are scaled so that their duals are
about 1. How many sites open at most is kept by projection and not by a dual.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import scipy.sparse as sp

from shanyrak.core.compiled import kernel
from shanyrak.core.units import FloatArray, IntArray, LongArray
from shanyrak.plan.variants.program import Program


@kernel(error_model="numpy")
def _steps(
    col_ptr: LongArray, col_row: IntArray, col_val: FloatArray, cost: FloatArray, low: FloatArray, high: FloatArray,
    rhs: FloatArray, col_sum: FloatArray, row_sum: FloatArray, sites: int, most: float, omega: float, steps: int,
    x: FloatArray, u: FloatArray, x_sum: FloatArray, u_sum: FloatArray, ahead: FloatArray, used: FloatArray,
) -> None:  # fmt: skip
    """``steps`` steps from (x, u), in place; sums up what it passes through."""
    n, m = cost.shape[0], rhs.shape[0]
    for _ in range(steps):
        for r in range(m):
            used[r] = -rhs[r]
        least, dearest = 1e300, -1e300
        for j in range(n):
            s = cost[j]
            for t in range(col_ptr[j], col_ptr[j + 1]):
                s -= col_val[t] * u[col_row[t]]
            tau = omega / col_sum[j]
            a = x[j] + tau * s
            if j < sites:
                ahead[j] = a
                least = min(least, (a - 1.0) / tau)
                dearest = max(dearest, a / tau)
            else:
                new = min(high[j], max(low[j], a))
                twice = 2.0 * new - x[j]
                x[j] = new
                x_sum[j] += new
                if twice != 0.0:
                    for t in range(col_ptr[j], col_ptr[j + 1]):
                        used[col_row[t]] += col_val[t] * twice
        s = 0.0
        for j in range(sites):
            s += min(high[j], max(low[j], ahead[j]))
        price = 0.0
        if s > most:  # too many: all move down by a common price
            below, above = max(0.0, least), dearest
            for _halving in range(40):
                middle = 0.5 * (below + above)
                s = 0.0
                for j in range(sites):
                    s += min(high[j], max(low[j], ahead[j] - middle * omega / col_sum[j]))
                if s > most:
                    below = middle
                else:
                    above = middle
            price = above
        for j in range(sites):
            new = min(high[j], max(low[j], ahead[j] - price * omega / col_sum[j]))
            twice = 2.0 * new - x[j]
            x[j] = new
            x_sum[j] += new
            if twice != 0.0:
                for t in range(col_ptr[j], col_ptr[j + 1]):
                    used[col_row[t]] += col_val[t] * twice
        for r in range(m):
            u[r] = max(0.0, u[r] + used[r] / (omega * row_sum[r]))
            u_sum[r] += u[r]


class Walk:
    """Steps on one program; ``best_u`` are the duals with the lowest bound so far, as the program counts them."""

    def __init__(self, program: Program, most: int, typical: FloatArray) -> None:
        self.program, self.most = program, most
        owned = np.flatnonzero(program.owner >= 0)
        count = np.arange(len(owned))
        ones = np.ones(len(owned))
        width = np.maximum(program.high, 1).astype(np.float64)
        tied = sp.csr_array(
            (np.concatenate([ones, -ones]), (np.tile(count, 2), np.concatenate([owned, program.owner[owned]]))),
            shape=(len(owned), program.columns),
        )
        self._cost = program.cost * width
        rows = sp.csr_array(program.rows[1:], dtype=np.float64) @ sp.diags_array(width)
        scale = np.concatenate([np.maximum(typical[1:], 1e-9), np.maximum(self._cost[owned], 1e-9)])
        table: Any = sp.diags_array(scale) @ sp.vstack([rows, tied], format="csr")
        across = sp.csc_array(table)
        self._scale = scale
        self._ptr, self._row, self._val = (
            across.indptr.astype(np.int64), across.indices.astype(np.int32), across.data,
        )  # fmt: skip
        self._rhs = scale * np.concatenate([program.rhs[1:].astype(np.float64), np.zeros(len(owned))])
        size = abs(table)
        self._row_sum = np.maximum(np.asarray(size.sum(axis=1)).ravel(), 1e-12)
        self._col_sum = np.maximum(np.asarray(size.sum(axis=0)).ravel(), 1e-12)
        self._low, self._high = program.low / width, program.high / width
        self._owned, self._owner = owned, program.owner[owned]
        self._alone = np.setdiff1d(np.arange(program.sites, program.columns), owned)
        self._table = sp.csr_array(table[: len(program.rhs) - 1])
        self._back = sp.csr_array(self._table.T)
        self.x = np.zeros(program.columns)
        self.u = np.zeros(len(scale))
        self.omega = 1.0
        self.best = np.inf
        self.best_u = self.u[: len(program.rhs) - 1].copy()
        self.work = 0

    def begin(self, x: FloatArray, u: FloatArray) -> None:
        """Start from an x (columns,) and duals (rows,) as the program counts them."""
        own = len(self.program.rhs) - 1
        self.x[:] = x
        self.u[:own] = u[1:] / self._scale[:own]
        r = np.maximum(self._cost[self._owned] - (self._back @ self.u[:own])[self._owned], 0.0)
        self.u[own:] = r / self._scale[own:]
        self.u[~np.isfinite(self.u)] = 0.0  # what is no number proves nothing; nought is a dual of every program
        self.best, self.best_u = self.bound(self.u), self.u[:own].copy()

    def bound(self, u: FloatArray) -> float:
        """What scaled duals prove, in floating point and without the offset; tied rows do their best by themselves."""
        own, n = len(self.program.rhs) - 1, self.program.sites
        r = self._cost - self._back @ u[:own]
        price = r[:n] + np.bincount(
            self._owner, weights=np.maximum(r[self._owned], 0.0) * self._high[self._owned], minlength=n
        )
        must = self._low[:n] > 0
        free = np.maximum(price[(self._high[:n] > 0) & ~must], 0.0)
        picks = self.most - int(must.sum())
        if 0 < picks < len(free):
            free = np.partition(free, len(free) - picks)[len(free) - picks :]
        rest = r[self._alone]
        alone = np.maximum(rest * self._low[self._alone], rest * self._high[self._alone]).sum()
        return float(u[:own] @ self._rhs[:own] + price[must].sum() + (free.sum() if picks > 0 else 0.0) + alone)

    def go(self, steps: int) -> None:
        """Steps, then on from whichever is better: where they ended, or the average of the way."""
        x0, u0 = self.x.copy(), self.u.copy()
        x_sum, u_sum = np.zeros_like(self.x), np.zeros_like(self.u)
        _steps(
            self._ptr, self._row, self._val, self._cost, self._low, self._high, self._rhs, self._col_sum,
            self._row_sum, self.program.sites, float(self.most), self.omega, steps,
            self.x, self.u, x_sum, u_sum, np.empty(self.program.sites), np.empty(len(self.u)),
        )  # fmt: skip
        self.work += steps * 2 * len(self._val)
        mean_x, mean_u = x_sum / steps, u_sum / steps
        here, there = self.bound(self.u), self.bound(mean_u)
        if there < here:
            self.x, self.u, here = mean_x, mean_u, there
        if not np.isfinite(here):  # the steps led out of all numbers: on from where they began, with others
            self.x, self.u, self.omega = x0, u0, 1.0
            return
        if here < self.best:
            self.best, self.best_u = here, self.u[: len(self.best_u)].copy()
        dx = float(np.sqrt(((self.x - x0) ** 2) @ self._col_sum))
        du = float(np.sqrt(((self.u - u0) ** 2) @ self._row_sum))
        if dx > 1e-12 and du > 1e-12:
            self.omega = float(np.exp(0.5 * np.log(dx / du) + 0.5 * np.log(self.omega)))

    def duals(self) -> FloatArray:
        """The best duals (rows,), as the program counts them; 0 for row 0."""
        return np.concatenate([[0.0], self.best_u * self._scale[: len(self.best_u)]])
