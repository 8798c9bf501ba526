"""The relaxation of "can p sites reach everybody within a radius?" for many demand points, rows as they are needed.

The linear model begins with few points; those whom the relaxed choice reaches least join it, each time many of
them that no site reaches together with another, and HiGHS goes on from its last basis. It ends when the model
needs more than p sites (its dual values then refute the radius, in whole numbers) or when everybody is reached.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable
from typing import Any

import numpy as np

from shanyrak.core.units import BoolArray, FloatArray, LongArray
from shanyrak.plan.center_cover import PARTS, OutOfTime

_BATCH = 200
_ENOUGH = 0.999
_SURE, _FAR_OFF = 6, 0.98
"""After so many batches a model that needs less than this share of p sites is believed not to refute."""


class LazyCover:
    """One radius, no side constraints."""

    def __init__(self, reach: BoolArray, picks: int, forced: BoolArray, banned: BoolArray) -> None:
        import highspy

        self.reach, self.picks, self.forced, self.banned = reach, picks, forced, banned
        n = reach.shape[1]
        self.rows: list[int] = []
        self.work = reach.size
        self._endless = highspy.kHighsInf
        self._optimal = highspy.HighsModelStatus.kOptimal
        self._highs: Any = highspy.Highs()  # type: ignore[no-untyped-call]
        for option, setting in (
            ("output_flag", False),
            ("parallel", "off"),
            ("presolve", "off"),
            ("solver", "simplex"),
        ):
            self._highs.setOptionValue(option, setting)
        upper = np.where(banned, 0.0, np.where(forced, 1.0, self._endless))
        self._highs.addVars(n, forced.astype(np.float64), upper)
        self._highs.changeColsCost(n, np.arange(n, dtype=np.int32), np.ones(n))

    def add(self, clients: list[int]) -> None:
        """Points join the model."""
        for client in clients:
            sites = np.flatnonzero(self.reach[client]).astype(np.int32)
            self._highs.addRow(1.0, self._endless, len(sites), sites, np.ones(len(sites)))
        self.rows += clients

    def least_reached(self, reached: FloatArray) -> list[int]:
        """Points that are reached least, no two of them by one site."""
        new: list[int] = []
        together = np.zeros(self.reach.shape[1], bool)  # sites that reach one of them
        for client in np.argsort(reached, kind="stable").tolist():
            if reached[client] >= _ENOUGH or len(new) >= _BATCH:
                break
            if not (together & self.reach[client]).any():
                new.append(client)
                together |= self.reach[client]
        return new

    def solve(self, seconds_left: Callable[[], float]) -> tuple[LongArray | None, FloatArray]:
        """Whole u (all points) that refute the radius, or None (so far off that more rows will
        hardly change it, or for good); the relaxed choice.

        OutOfTime where it takes longer.
        """
        m, n = self.reach.shape
        new = self.least_reached(np.zeros(m))
        for batch in itertools.count():
            if any(not (self.reach[client] & ~self.banned).any() for client in new):
                u = np.zeros(m, np.int64)
                u[next(c for c in new if not (self.reach[c] & ~self.banned).any())] = 1
                return u, np.zeros(n)
            self.add(new)
            self._highs.setOptionValue("time_limit", self._highs.getRunTime() + max(seconds_left(), 0.01))
            self._highs.run()
            if self._highs.getModelStatus() != self._optimal:
                raise OutOfTime
            self.work += int(self._highs.getInfo().simplex_iteration_count + 1) * (len(self.rows) + n // 8)
            solution = self._highs.getSolution()
            y = np.array(solution.col_value)
            u = np.zeros(m, np.int64)
            u[self.rows] = np.maximum(np.floor(np.array(solution.row_dual) * PARTS), 0).astype(np.int64)
            if y.sum() > self.picks + 1e-6 and self._refutes(u):
                return u, y
            sites = np.flatnonzero(y > 1e-9)
            new = self.least_reached(y[sites] @ self.reach[:, sites].T)
            if not new or (batch >= _SURE and y.sum() < _FAR_OFF * self.picks):
                return None, y
        raise AssertionError("batches never end")

    def _refutes(self, u: LongArray) -> bool:
        some = np.flatnonzero(u)
        price = u[some] @ self.reach[some]
        free = ~self.forced & ~self.banned
        dear = np.sort(price[free])[::-1][: max(self.picks - int(self.forced.sum()), 0)]
        return bool(int(u.sum()) > sum(price[self.forced].tolist()) + sum(dear.tolist()))
