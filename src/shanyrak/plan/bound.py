"""How many people any choice of k sites could reach at most: a bound with a certificate.

Maximal covering (Church and ReVelle 1974): choose k columns, at most; row i with weight w_i counts once
where a chosen column covers it. For every *share* v_i in [0, 1] per row

    bound(v) = sum_i w_i (1 - v_i)  +  the largest k of  S_j = sum_(i covered by j) w_i v_i

is at least what any k columns cover: a row that is covered c >= 1 times brings w_i (1 - v_i) and then
c w_i v_i, together w_i or more; a row not covered brings 0 or more. So *any* v is a proof. In a branch
where some columns are in and others out, the columns that are in always count and the out ones never.
The least bound over all v is the value of the linear relaxation.

Good shares are looked for in floating point (``plan.saddle``), on *active* columns only, since hardly any
other is ever used; all columns are priced now and then, and the promising ones become active (column generation).
The shares are then rounded to whole parts of ``scale`` and the
bound is computed once more from whole numbers: that one counts, and nothing else.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

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
