"""How many people any choice of k sites could reach at most: a bound with a certificate.

Maximal covering (Church and ReVelle 1974): choose k columns, at most; row i with weight w_i counts once
where a chosen column covers it. For every *share* v_i in [0, 1] per row

    bound(v) = sum_i w_i (1 - v_i)  +  the largest k of  S_j = sum_(i covered by j) w_i v_i

is at least what any k columns cover: a row that is covered c >= 1 times brings w_i (1 - v_i) and then
c w_i v_i, together w_i or more; a row not covered brings 0 or more. So *any* v is a proof. In a branch
where some columns are in and others out, the columns that are in always count and the out ones never.
The least bound over all v is the value of the linear relaxation.

Good shares are looked for in floating point: the saddle point of min over v, max over y (0 <= y <= 1,
sum y = k) by the primal-dual hybrid gradient (Chambolle and Pock 2011) with diagonal steps (Pock and
Chambolle 2011) and restarts to the average (Applegate et al. 2021). Steps work on *active* columns
only, since hardly any other is ever used; all columns are priced between the steps and the promising
ones become active (column generation). The shares are then rounded to whole parts of ``scale`` and the
bound is computed once more from whole numbers: that one counts, and nothing else.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from shanyrak.core.compiled import kernel
from shanyrak.core.units import BoolArray, FloatArray, IntArray, LongArray
from shanyrak.plan.model import Model

FINEST_SCALE = 1 << 32


@dataclass(frozen=True, eq=False)
class Bound:
    """A proven bound on a model and what proves it."""

    value: int
    """nobody reaches more, in whole units of demand (rounded down: demand is whole)"""
    scaled: int
    """the same before rounding, times ``scale``"""
    rest: int
    """of that, sum_i w_i (1 - v_i), times ``scale``"""
    share: LongArray
    """(m,) v, as whole parts of ``scale``"""
    price: LongArray
    """(n,) S_j times ``scale``"""
    scale: int
    lean: FloatArray
    """(n,) y: how much the relaxation leans on each column; a guide for the search, proves nothing"""


def scale_for(demand_total: int) -> int:
    """Parts of one that fit: sums over all demand times scale stay below 2^62."""
    scale = FINEST_SCALE
    while scale > 1 and demand_total * scale >= 1 << 62:
        scale //= 2
    return scale


@kernel()
def _prices(col_ptr: LongArray, col_row: IntArray, amount: LongArray) -> LongArray:
    """Sum of ``amount`` over the rows of each column, in whole numbers."""
    n = col_ptr.shape[0] - 1
    out = np.zeros(n, np.int64)
    for j in range(n):
        s = np.int64(0)
        for t in range(col_ptr[j], col_ptr[j + 1]):
            s += amount[col_row[t]]
        out[j] = s
    return out


def column_sums(model: Model, amount: LongArray) -> LongArray:
    """(n,) sum of whole numbers per row over the rows of each column."""
    out: LongArray = _prices(model.col_ptr, model.col_row, amount)
    return out


def certify(
    model: Model, k: int, forced: BoolArray, banned: BoolArray, share: LongArray, scale: int, lean: FloatArray
) -> Bound:
    """The bound that shares prove, from whole numbers only."""
    price = column_sums(model, model.weight * share)
    rest = int((model.weight * (scale - share)).sum())
    free = np.sort(price[~forced & ~banned])[::-1][: k - int(forced.sum())]
    scaled = rest + sum(price[forced].tolist()) + sum(free.tolist())  # Python's numbers: k prices may pass 2^63
    return Bound(scaled // scale, scaled, rest, share, price, scale, lean)


@kernel(error_model="numpy")
def _steps(
    col_ptr: LongArray,
    col_row: IntArray,
    weight: FloatArray,
    mass: FloatArray,
    count: FloatArray,
    state: npt.NDArray[np.int8],
    k: int,
    omega: float,
    steps: int,
    y: FloatArray,
    v: FloatArray,
    y_sum: FloatArray,
    v_sum: FloatArray,
    ahead: FloatArray,
    paid: FloatArray,
    cover: FloatArray,
) -> None:
    """``steps`` steps of the primal-dual method from (y, v), in place; sums up what it passes through."""
    n = mass.shape[0]
    m = weight.shape[0]
    for _ in range(steps):
        for i in range(m):
            paid[i] = weight[i] * v[i]
            cover[i] = 0.0
        low = 1e300
        high = -1e300
        for j in range(n):
            s = 0.0
            for t in range(col_ptr[j], col_ptr[j + 1]):
                s += paid[col_row[t]]
            a = y[j] + omega * s / mass[j]
            ahead[j] = a
            low = min(low, (a - 1.0) * mass[j] / omega)
            high = max(high, a * mass[j] / omega)
        for _halving in range(45):  # onto 0 <= y <= 1 with sum y = k: all move down by a common price
            middle = 0.5 * (low + high)
            s = 0.0
            for j in range(n):
                if state[j] == 0:
                    s += min(1.0, max(0.0, ahead[j] - middle * omega / mass[j]))
                elif state[j] > 0:
                    s += 1.0
            if s > k:
                low = middle
            else:
                high = middle
        for j in range(n):
            new = 1.0 if state[j] > 0 else 0.0
            if state[j] == 0:
                new = min(1.0, max(0.0, ahead[j] - high * omega / mass[j]))
            twice = 2.0 * new - y[j]
            y[j] = new
            y_sum[j] += new
            if twice != 0.0:
                for t in range(col_ptr[j], col_ptr[j + 1]):
                    cover[col_row[t]] += twice
        for i in range(m):
            v[i] = min(1.0, max(0.0, v[i] - (cover[i] - 1.0) / (omega * count[i])))
            v_sum[i] += v[i]


@kernel(error_model="numpy")
def _both_ways(
    col_ptr: LongArray, col_row: IntArray, paid: FloatArray, y: FloatArray, price: FloatArray, cover: FloatArray
) -> None:
    """price_j = sum of ``paid`` over the rows of j; cover_i = sum of y over the columns of i."""
    cover[:] = 0.0
    for j in range(price.shape[0]):
        s = 0.0
        for t in range(col_ptr[j], col_ptr[j + 1]):
            s += paid[col_row[t]]
            cover[col_row[t]] += y[j]
        price[j] = s


def both_ways(model: Model, paid: FloatArray, y: FloatArray, price: FloatArray, cover: FloatArray) -> None:
    """Fill ``price`` (n,) with sums of ``paid`` (m,) per column and ``cover`` (m,) with sums of ``y`` (n,) per row."""
    _both_ways(model.col_ptr, model.col_row, paid, y, price, cover)


def primal_dual_steps(
    model: Model, weight: FloatArray, mass: FloatArray, count: FloatArray, state: npt.NDArray[np.int8], k: int,
    omega: float, steps: int, y: FloatArray, v: FloatArray, y_sum: FloatArray, v_sum: FloatArray,
) -> None:  # fmt: skip
    """Take steps from (y, v), in place, and add each point to ``y_sum`` and ``v_sum``.

    ``state`` (n,) is 1 for columns that are in, -1 for those that are out, else 0.
    """
    m, n = model.rows, model.columns
    _steps(
        model.col_ptr, model.col_row, weight, mass, count, state, k, omega, steps, y, v, y_sum, v_sum,
        np.empty(n), np.empty(m), np.empty(m),
    )  # fmt: skip
