"""The saddle point that gives good shares: min over v, max over y of the relaxation of maximal covering.

    sum_i w_i (1 - v_i)  +  sum_j y_j S_j(v)      0 <= v <= 1,   0 <= y <= 1,   sum_j y_j = k

by the primal-dual hybrid gradient (Chambolle and Pock 2011) with diagonal steps (Pock and Chambolle 2011), as a
reflected Halpern iteration that begins anew from where it stands whenever it has come much nearer (Lu and Yang
2024, "Restarted Halpern PDHG for linear programming"): half as many steps as with averages, and one pass over
the rows each. Everything is in floating point and proves nothing: ``plan.bound`` computes bounds again.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from shanyrak.core.compiled import kernel
from shanyrak.core.units import FloatArray, LongArray
from shanyrak.plan.model import Model, row_lists

EVERY = 25
"""Steps between two looks at the bound."""
ENOUGH = 0.3
"""Share of the gap at the last restart at which the next one comes."""


@kernel(error_model="numpy")
def _onto_budget(
    ahead: FloatArray, tau: FloatArray, state: npt.NDArray[np.int8], k: int, price: float, out: FloatArray
) -> float:
    """Onto 0 <= y <= 1 with sum y = k: all free columns move down by a common price times their step; that price.

    The sum falls with the price in straight pieces, so Newton's steps from the last price end after a few.
    """
    n = ahead.shape[0]
    low, high = 1e300, -1e300
    inside = 0.0
    for j in range(n):
        if state[j] == 0:
            low = min(low, (ahead[j] - 1.0) / tau[j])
            high = max(high, ahead[j] / tau[j])
        elif state[j] > 0:
            inside += 1.0
    price = min(max(price, low), high)
    for _ in range(60):
        s, slope = inside, 0.0
        for j in range(n):
            if state[j] == 0:
                a = ahead[j] - price * tau[j]
                if a >= 1.0:
                    s += 1.0
                elif a > 0.0:
                    s += a
                    slope += tau[j]
        if abs(s - k) < 1e-11:
            break
        if s > k:
            low = price
        else:
            high = price
        further = price + (s - k) / slope if slope > 0.0 else 0.5 * (low + high)
        if not (further > low and further < high):
            further = 0.5 * (low + high)
        if further == price:
            break
        price = further
    for j in range(n):
        if state[j] == 0:
            out[j] = min(1.0, max(0.0, ahead[j] - price * tau[j]))
        else:
            out[j] = 1.0 if state[j] > 0 else 0.0
    return price


@kernel(error_model="numpy")
def _pass(
    row_ptr: LongArray, row_col: npt.NDArray[np.uint32], weight: FloatArray, step: FloatArray, omega: float,
    ahead: FloatArray, v: FloatArray, v_new: FloatArray, price: FloatArray,
) -> None:  # fmt: skip
    """One pass over the rows: the new shares, and the prices they make.

    All that all else waits for. Columns are numbers without a sign, or each look would ask first whether one
    counts from the end: that takes as long as the look.
    """
    price[:] = 0.0
    one, two, three = np.uintp(1), np.uintp(2), np.uintp(3)
    pace = 1.0 / omega
    for i in range(weight.shape[0]):
        begin, end = np.uintp(row_ptr[i]), np.uintp(row_ptr[i + 1])
        t = begin
        fours = begin + ((end - begin) & ~three)
        s0, s1, s2, s3 = -1.0, 0.0, 0.0, 0.0  # four sums at a time: one would wait for itself
        while t < fours:
            s0 += ahead[np.uintp(row_col[t])]
            s1 += ahead[np.uintp(row_col[t + one])]
            s2 += ahead[np.uintp(row_col[t + two])]
            s3 += ahead[np.uintp(row_col[t + three])]
            t += np.uintp(4)
        while t < end:
            s0 += ahead[np.uintp(row_col[t])]
            t += one
        x = min(1.0, max(0.0, v[i] - ((s0 + s1) + (s2 + s3)) * step[i] * pace))
        v_new[i] = x
        if x > 0.0:
            paid = weight[i] * x
            t = begin
            while t < end:
                price[np.uintp(row_col[t])] += paid
                t += one


@kernel(error_model="numpy")
def _look(
    row_ptr: LongArray, row_col: npt.NDArray[np.uint32], weight: FloatArray, y: FloatArray, v: FloatArray,
    state: npt.NDArray[np.int8], k: int, price: FloatArray,
) -> tuple[float, float]:  # fmt: skip
    """Bound of the shares v, and value of the relaxed choice y; ``price`` is filled."""
    price[:] = 0.0
    value, bound = 0.0, 0.0
    for i in range(weight.shape[0]):
        s = 0.0
        for t in range(row_ptr[i], row_ptr[i + 1]):
            s += y[row_col[t]]
        value += weight[i] * min(1.0, s)
        paid = weight[i] * v[i]
        bound += weight[i] - paid
        for t in range(row_ptr[i], row_ptr[i + 1]):
            price[row_col[t]] += paid
    picks = k
    free = np.empty(price.shape[0])
    size = 0
    for j in range(price.shape[0]):
        if state[j] > 0:
            bound += price[j]
            picks -= 1
        elif state[j] == 0:
            free[size] = price[j]
            size += 1
    ranked = np.sort(free[:size])
    for t in range(max(0, size - picks), size):
        bound += ranked[t]
    return bound, value


@kernel(error_model="numpy")
def _go(
    row_ptr: LongArray, row_col: npt.NDArray[np.uint32], weight: FloatArray, mass: FloatArray, step: FloatArray,
    state: npt.NDArray[np.int8], k: int, steps: int, goal: float, tolerance: float, decided: float,
    y: FloatArray, v: FloatArray, y_from: FloatArray, v_from: FloatArray, price: FloatArray, price_from: FloatArray,
    best_y: FloatArray, best_v: FloatArray, numbers: FloatArray,
) -> int:  # fmt: skip
    """Take up to ``steps`` steps; how many it took. All arrays go on from where they stand.

    numbers: omega, common price, gap at the last restart, steps since, steps in all, best bound, best value,
    whether it is over
    """
    n, m = y.shape[0], v.shape[0]
    y_new, v_new, ahead = np.empty(n), np.empty(m), np.empty(n)
    price_new, looked = np.empty(n), np.empty(n)
    tau = numbers[0] / mass
    for done in range(1, steps + 1):
        for j in range(n):
            ahead[j] = y[j] + tau[j] * price[j]
        numbers[1] = _onto_budget(ahead, tau, state, k, numbers[1], y_new)
        for j in range(n):
            ahead[j] = 2.0 * y_new[j] - y[j]
        _pass(row_ptr, row_col, weight, step, numbers[0], ahead, v, v_new, price_new)
        numbers[4] += 1.0
        if done % EVERY == 0 or done == steps:
            bound, value = _look(row_ptr, row_col, weight, y_new, v_new, state, k, looked)
            if bound < numbers[5]:
                numbers[5] = bound
                best_v[:] = v_new
            if value > numbers[6]:
                numbers[6] = value
                best_y[:] = y_new
            left = numbers[5] - numbers[6]
            is_over = numbers[5] < goal or left <= tolerance
            is_over = is_over or (numbers[6] > goal and left <= decided * (numbers[5] - goal))
            gap = bound - value
            if numbers[2] > 1e200:
                numbers[2] = gap
            if gap < ENOUGH * numbers[2] or numbers[3] >= max(10.0 * EVERY, 0.4 * numbers[4]):
                moved_y, moved_v = 0.0, 0.0
                for j in range(n):
                    moved_y += mass[j] * (y_new[j] - y_from[j]) ** 2
                for i in range(m):
                    moved_v += weight[i] / step[i] * (v_new[i] - v_from[i]) ** 2
                if moved_y > 1e-18 and moved_v > 1e-18:
                    numbers[0] = np.sqrt(numbers[0] * np.sqrt(moved_y / moved_v))
                    tau = numbers[0] / mass
                y[:], v[:], price[:] = y_new, v_new, price_new
                y_from[:], v_from[:], price_from[:] = y_new, v_new, price_new
                numbers[2], numbers[3] = gap, 0.0
                numbers[7] = 1.0 if is_over else 0.0
                if is_over:
                    return done
                continue
            if is_over:
                numbers[7] = 1.0
                return done
        # reflected, and drawn a little back to where this stretch began
        a = (numbers[3] + 1.0) / (numbers[3] + 2.0)
        for j in range(n):
            y[j] = a * (2.0 * y_new[j] - y[j]) + (1.0 - a) * y_from[j]
            price[j] = a * (2.0 * price_new[j] - price[j]) + (1.0 - a) * price_from[j]
        for i in range(m):
            v[i] = a * (2.0 * v_new[i] - v[i]) + (1.0 - a) * v_from[i]
        numbers[3] += 1.0
    return steps


@dataclass(eq=False)
class Walk:
    """Where the method stands on a small model, and the best it has seen."""

    model: Model
    k: int
    state: npt.NDArray[np.int8]
    """(n,) 1: in, -1: out, 0: free"""
    y: FloatArray
    v: FloatArray
    omega: float

    def __post_init__(self) -> None:
        model = self.model
        self.total = max(float(model.weight.sum()), 1.0)
        self.weight = model.weight / self.total
        row_ptr, row_col = row_lists(model)
        self._rows = row_ptr, row_col.astype(np.uint32)
        self._step = 1.0 / np.maximum(np.diff(self._rows[0]), 1)
        size = np.diff(model.col_ptr)
        column = np.repeat(np.arange(model.columns), size)
        gathered = np.bincount(column, weights=self.weight[model.col_row], minlength=model.columns)
        self._mass = np.maximum(gathered, 1e-12)
        self.begin(self.y, self.v, self.omega)

    def begin(self, y: FloatArray, v: FloatArray, omega: float) -> None:
        """Start from (y, v)."""
        self.y, self.v = y.astype(np.float64), v.astype(np.float64)
        column = np.repeat(np.arange(self.model.columns), np.diff(self.model.col_ptr))
        paid = (self.weight * self.v)[self.model.col_row]
        self._price = np.bincount(column, weights=paid, minlength=self.model.columns).astype(np.float64)
        self._from = (self.y.copy(), self.v.copy(), self._price.copy())
        self.best_y, self.best_v = self.y.copy(), self.v.copy()
        self._numbers = np.array([omega, 0.0, np.inf, 0.0, 0.0, np.inf, -np.inf, 0.0])

    def go(self, steps: int, goal: float, tolerance: float, decided: float = 0.0) -> int:
        """Walk until the bound is below ``goal`` or within ``tolerance`` of the best possible; the work done.

        With ``decided`` above 0 it ends, too, where the best possible is above the goal and the bound is nearer to
        it than this share of the way to the goal: more steps could not bring the bound below the goal.
        """
        y_from, v_from, price_from = self._from
        self._numbers[7] = 0.0
        done = _go(
            *self._rows, self.weight, self._mass, self._step, self.state, self.k, steps, goal, tolerance, decided,
            self.y, self.v, y_from, v_from, self._price, price_from, self.best_y, self.best_v, self._numbers,
        )  # fmt: skip
        self.omega = float(self._numbers[0])
        return int(done) * (2 * self.model.nonzeros + 4 * self.model.rows)

    @property
    def is_over(self) -> bool:
        """Whether the last ``go`` ended for another reason than its steps."""
        return bool(self._numbers[7])

    @property
    def best_bound(self) -> float:
        """The lowest bound met, as a share of all weight."""
        return float(self._numbers[5])

    @property
    def best_value(self) -> float:
        """The most that a relaxed choice met covers, as a share of all weight."""
        return float(self._numbers[6])
