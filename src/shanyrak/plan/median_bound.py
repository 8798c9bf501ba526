"""No choice of p sites has a smaller sum of distances: the Lagrangian bound of the p-median, in whole numbers.

For every *price* v_j >= 0 per demand point (Cornuejols, Fisher and Nemhauser 1977)

    bound(v) = sum_j w_j v_j  +  the p smallest of  R_i,      R_i = sum_j w_j min(0, d_ij - v_j)  <= 0

is at most what any p sites cost: whoever goes to site i costs w_j d_ij = w_j v_j + w_j (d_ij - v_j). So *any* v is
a proof. In a case where some sites are in and others out, those in count always and those out never. What
limits the choice beside p (sites that exclude each other, a budget) enters with multipliers of its own: see
``plan.sides``; they add to R_i, and take a constant off.

The greatest bound is the value of the linear relaxation. It is the saddle point of

    min over 0 <= y <= 1, sum y = p;  max over v:   sum_j w_j ( v_j - sum_i y_i max(0, v_j - d_ij) )

which is looked for by primal-dual steps (Chambolle and Pock 2011; Hamedani and Aybat 2021 for a coupling that is
linear in y alone) with restarts to the average (Applegate et al. 2021). The step in v is exact for every demand
point: one walks along its list of nearest sites, adding up y, until the slope turns. Steps are taken in floating
point over *active* sites only; prices are then rounded down to whole parts of ``scale`` and the bound is
computed once more from whole numbers over all sites. That one counts, and nothing else.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from shanyrak.core.compiled import kernel
from shanyrak.core.units import BoolArray, FloatArray, IntArray, LongArray
from shanyrak.plan.neighbours import Neighbours

FINEST_SCALE = 1 << 20


@dataclass(frozen=True, eq=False)
class MedianBound:
    """A proven bound and what proves it."""

    value: int
    """no allowed choice costs less, in whole units (rounded up: costs are whole)"""
    scaled: int
    """the same before rounding, times ``scale``"""
    price: LongArray
    """(m,) v, in parts of a whole distance"""
    reduced: LongArray
    """(n,) R_i times ``scale``, with what side constraints add"""
    scale: int


def scale_for(weight: LongArray, longest: int) -> int:
    """Parts of one whole distance such that every sum over demand fits 62 bits."""
    total = max(int(weight.sum()) * max(longest, 1), 1)
    scale = FINEST_SCALE
    while scale > 1 and total * scale >= 1 << 61:
        scale //= 2
    return scale


@kernel()
def _reduced(
    ptr: LongArray, site: IntArray, far: IntArray, weight: LongArray, price: LongArray, scale: int, n: int
) -> tuple[LongArray, int]:
    out = np.zeros(n, np.int64)
    seen = 0
    for j in range(weight.shape[0]):
        v = price[j]
        for t in range(ptr[j], ptr[j + 1]):
            gain = v - scale * np.int64(far[t])
            if gain <= 0:
                break
            out[site[t]] -= weight[j] * gain
            seen += 1
    return out, seen


def certify(
    near: Neighbours, weight: LongArray, picks: int, forced: BoolArray, banned: BoolArray, price: LongArray,
    scale: int, extra: LongArray, constant: int,
) -> tuple[MedianBound, int]:  # fmt: skip
    """The bound that whole prices prove, and the pairs looked at.

    Parameters
    ----------
    picks : sites in all, the forced ones among them
    forced, banned : (n,)
    price : (m,) parts of ``scale``, 0 <= price <= scale * reach
    extra : (n,) what multipliers of side constraints add to the sites, times ``scale``
    constant : what they take off, times ``scale``
    """
    reduced, seen = _reduced(near.ptr, near.site, near.far, weight, price, scale, len(forced))
    reduced += extra
    free = np.minimum(np.sort(reduced[~forced & ~banned])[: max(picks - int(forced.sum()), 0)], 0)
    # Python's numbers: p prices may pass 2^63
    scaled = int((weight * price).sum()) - constant + sum(reduced[forced].tolist()) + sum(free.tolist())
    return MedianBound(-(-scaled // scale), scaled, price, reduced, scale), int(seen)


@kernel(error_model="numpy")
def _steps(
    ptr: LongArray, site: IntArray, far: IntArray, weight: FloatArray, reach: FloatArray, state: npt.NDArray[np.int8],
    picks: float, omega: float, steps: int, v: FloatArray, y: FloatArray, v_sum: FloatArray, y_sum: FloatArray,
    group_ptr: LongArray, group_site: IntArray, cost: FloatArray, budget: float, mu: FloatArray, mu_sum: FloatArray,
) -> tuple[FloatArray, FloatArray, int]:  # fmt: skip
    """``steps`` steps from (v, y, mu), in place; also the diagonal scalings, and the pairs looked at.

    mu holds a multiplier for each group of sites of which one at most may open, and one for the budget (last).
    """
    m, n, groups = weight.shape[0], y.shape[0], mu.shape[0] - 1
    in_site, in_row = np.full(n, 1e-9), np.ones(m)
    work = 0
    for j in range(m):  # scalings: whom a price may touch in these steps
        top = 1.25 * v[j] + 1e-9
        for t in range(ptr[j], ptr[j + 1]):
            if far[t] >= top:
                break
            in_site[site[t]] += weight[j]
            in_row[j] += 1.0
            work += 1
    in_group = np.zeros(groups + 1)
    unit = 0.0  # what a unit of y is worth, so that rows of side constraints weigh like demand
    for i in range(n):
        unit = max(unit, in_site[i])
    unit = max(unit, 1.0)
    for g in range(groups):
        for t in range(group_ptr[g], group_ptr[g + 1]):
            in_site[group_site[t]] += unit
            in_group[g] += 1.0
    dearest = 0.0
    if budget >= 0.0:
        for i in range(n):
            dearest = max(dearest, cost[i])
            in_group[groups] += cost[i]
        for i in range(n):
            if dearest > 0.0:
                in_site[i] += unit * cost[i] / dearest
    in_site_max = 0.0
    for i in range(n):
        in_site_max = max(in_site_max, in_site[i])
    for i in range(n):
        in_site[i] = max(in_site[i], 1e-3 * in_site_max)
    r, r_old, ahead = np.zeros(n), np.zeros(n), np.zeros(n)
    for step in range(steps + 1):
        r_old[:] = r
        r[:] = 0.0
        for j in range(m):
            p = v[j]
            for t in range(ptr[j], ptr[j + 1]):
                gain = p - far[t]
                if gain <= 0.0:
                    break
                r[site[t]] -= weight[j] * gain
                work += 1
        for g in range(groups):
            for t in range(group_ptr[g], group_ptr[g + 1]):
                r[group_site[t]] += mu[g]
        if budget >= 0.0:
            for i in range(n):
                r[i] += mu[groups] * cost[i]
        if step == 0:
            r_old[:] = r
        if step == steps:
            break
        low, high = 1e300, -1e300
        count = picks
        for i in range(n):  # y moves along -(2 r - r_old), then onto 0 <= y <= 1, sum y <= picks
            if state[i] == 0:
                a = y[i] - omega * (2.0 * r[i] - r_old[i]) / in_site[i]
                ahead[i] = a
                scale = in_site[i] / omega
                low = min(low, (a - 1.0) * scale)
                high = max(high, a * scale)
            elif state[i] > 0:
                count -= 1.0
        low = max(low, 0.0)
        high = max(high, 0.0)
        total = 0.0
        for i in range(n):
            if state[i] == 0:
                total += min(1.0, max(0.0, ahead[i] - low * omega / in_site[i]))
        if total > count:  # Newton's steps on a sum of ramps, halved where they leave the bracket
            middle = 0.5 * (low + high)
            for _ in range(60):
                total, slope = 0.0, 0.0
                for i in range(n):
                    if state[i] == 0:
                        part = ahead[i] - middle * omega / in_site[i]
                        total += min(1.0, max(0.0, part))
                        if 0.0 < part < 1.0:
                            slope += omega / in_site[i]
                work += n
                if total > count:
                    low = middle
                else:
                    high = middle
                if abs(total - count) <= 1e-9 * count:
                    high = middle
                    break
                middle = middle + (total - count) / slope if slope > 0.0 else low
                if not low < middle < high:
                    middle = 0.5 * (low + high)
        else:
            high = low
        for i in range(n):
            if state[i] == 0:
                y[i] = min(1.0, max(0.0, ahead[i] - high * omega / in_site[i]))
            else:
                y[i] = 1.0 if state[i] > 0 else 0.0
            y_sum[i] += y[i]
        for j in range(m):  # the exact step in v: w_j cancels, since the step's length is 1 / (w_j in_row_j)
            length = 1.0 / (omega * in_row[j])
            slope = 1.0
            p = v[j] + length
            for t in range(ptr[j], ptr[j + 1]):
                if far[t] >= p:
                    break
                work += 1
                here = y[site[t]]
                if here > 0.0:
                    slope -= here
                    down = v[j] + length * slope
                    if down < far[t]:
                        p = far[t]
                        break
                    p = down
            v[j] = min(max(p, 0.0), reach[j])
            v_sum[j] += v[j]
        for g in range(groups):
            over = -1.0
            for t in range(group_ptr[g], group_ptr[g + 1]):
                over += y[group_site[t]]
            if in_group[g] > 0.0:
                mu[g] = max(0.0, mu[g] + over * unit / (omega * in_group[g]))
            mu_sum[g] += mu[g]
        if budget >= 0.0 and dearest > 0.0:
            over = -budget
            for i in range(n):
                over += cost[i] * y[i]
            mu[groups] = max(0.0, mu[groups] + over * unit / (omega * in_group[groups] * dearest))
            mu_sum[groups] += mu[groups]
    return in_site, in_row, work


def primal_dual_steps(
    near: Neighbours, weight: FloatArray, reach: FloatArray, state: npt.NDArray[np.int8], picks: int, omega: float,
    steps: int, v: FloatArray, y: FloatArray, v_sum: FloatArray, y_sum: FloatArray, group_ptr: LongArray,
    group_site: IntArray, cost: FloatArray, budget: float, mu: FloatArray, mu_sum: FloatArray,
) -> tuple[FloatArray, FloatArray, int]:  # fmt: skip
    """Take steps from (v, y, mu), in place, and add each point to the sums; scalings of y and v, and the work."""
    in_site, in_row, work = _steps(
        near.ptr, near.site, near.far, weight, reach, state, float(picks), omega, steps, v, y, v_sum, y_sum,
        group_ptr, group_site, cost, budget, mu, mu_sum,
    )  # fmt: skip
    return in_site, in_row, int(work)
