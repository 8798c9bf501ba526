"""How many sites does a radius need at least? The relaxation of a covering question by primal-dual steps.

    least sum_i y_i  with  sum_(i reaches j) y_i >= 1,  0 <= y <= 1        (u_j >= 0: what demand point j is worth)

Steps as for the other bounds here (Chambolle and Pock 2011, restarts to the average as in Applegate et al. 2021).
With S_i = the sum of u over the points that site i reaches, u refutes the radius where sum u is more than the p
largest S together; y scaled until everybody is reached tells when no u will.
"""

from __future__ import annotations

import numpy as np

from shanyrak.core.compiled import kernel
from shanyrak.core.units import BoolArray, FloatArray, IntArray, LongArray

PARTS = 1 << 24
"""u in whole parts of one site."""
_STEPS, _MOST_STEPS = 40, 4000
"""Steps until they are judged, and at most."""
_MOST_PAIRS = 1_500_000_000
"""Pairs the steps of a radius may look at."""
_SURE = 1.0 + 1e-6


@kernel(error_model="numpy")
def _judged(
    ptr: LongArray, end: LongArray, site: IntArray, needed: BoolArray, picks: int, u: FloatArray, y: FloatArray
) -> tuple[float, float]:
    """Sum of u over the largest S together (above 1: refuted), and how many sites y needs when scaled."""
    reached = np.zeros(y.shape[0])
    total, least = 0.0, np.inf
    for j in range(u.shape[0]):
        if not needed[j]:
            continue
        total += u[j]
        here = 0.0
        for t in range(ptr[j], end[j]):
            reached[site[t]] += u[j]
            here += y[site[t]]
        least = min(least, here)
    dear = np.sort(reached)[::-1][:picks].sum()
    return (total / dear if dear > 0.0 else 0.0), (y.sum() / least if least > 0.0 else np.inf)


@kernel(error_model="numpy")
def _cover_steps(
    ptr: LongArray, end: LongArray, site: IntArray, needed: BoolArray, omega: float, steps: int, u: FloatArray,
    y: FloatArray, u_sum: FloatArray, y_sum: FloatArray,
) -> None:  # fmt: skip
    """Steps from (u, y), in place; each point is added to the sums."""
    m, n = u.shape[0], y.shape[0]
    in_site, worth, ahead = np.zeros(n), np.zeros(n), np.empty(n)
    for j in range(m):
        if needed[j]:
            for t in range(ptr[j], end[j]):
                in_site[site[t]] += 1.0
                worth[site[t]] += u[j]
    for _ in range(steps):
        for i in range(n):
            new = 0.0
            if in_site[i] > 0.0:
                new = min(1.0, max(0.0, y[i] - omega * (1.0 - worth[i]) / in_site[i]))
            ahead[i] = 2.0 * new - y[i]
            y[i] = new
            y_sum[i] += new
            worth[i] = 0.0
        for j in range(m):
            if not needed[j]:
                continue
            here = 0.0
            for t in range(ptr[j], end[j]):
                here += ahead[site[t]]
            new = max(0.0, u[j] + (1.0 - here) / (omega * np.float64(end[j] - ptr[j])))
            u[j] = new
            u_sum[j] += new
            if new > 0.0:
                for t in range(ptr[j], end[j]):
                    worth[site[t]] += new


@kernel()
def _sums(ptr: LongArray, end: LongArray, site: IntArray, u: LongArray, n: int) -> LongArray:
    """(n,) S of whole u."""
    out = np.zeros(n, np.int64)
    for j in range(u.shape[0]):
        if u[j] > 0:
            for t in range(ptr[j], end[j]):
                out[site[t]] += u[j]
    return out


class CoverBound:
    """Steps for one p-center: each radius begins where the last one ended."""

    def __init__(self, ptr: LongArray, site: IntArray, candidates: int, picks: int) -> None:
        """Lists of the sites that may be opened beside the fixed ones, and how many of them."""
        self.ptr, self.site, self.picks = ptr, site, picks
        self.y = np.full(candidates, picks / max(candidates, 1))
        self.u = np.full(len(ptr) - 1, picks / max(len(ptr) - 1, 1))
        self.omega = 1.0
        self.work = 0

    def refuted(self, end: LongArray, needed: BoolArray) -> LongArray | None:
        """Whole u that refute a radius; None where there are none, or where it takes too many steps.

        ``end`` is where each list ends within the radius, ``needed`` whom no fixed site reaches.
        """
        lengths = end - self.ptr[:-1]
        alone = np.flatnonzero(needed & (lengths == 0))
        if len(alone):
            only = np.zeros(len(needed), np.int64)
            only[alone[0]] = 1
            return only
        pairs = int(lengths[needed].sum())
        u, y = np.where(needed, self.u, 0.0), self.y.copy()
        from_u, from_y = u.copy(), y.copy()
        u_sum, y_sum, since = np.zeros_like(u), np.zeros_like(y), 0
        room = int(min(_MOST_STEPS, max(_MOST_PAIRS // max(2 * pairs, 1), _STEPS)))
        for done in range(_STEPS, room + 1, _STEPS):
            _cover_steps(self.ptr, end, self.site, needed, self.omega, _STEPS, u, y, u_sum, y_sum)
            since += _STEPS
            self.work += 2 * (_STEPS + 1) * pairs
            ends = ((u, y), (u_sum / since, y_sum / since))
            most = np.inf
            for at_u, at_y in ends:
                ratio, spent = _judged(self.ptr, end, self.site, needed, self.picks, at_u, at_y)
                most = min(most, spent)
                if ratio > _SURE:
                    whole = np.floor(at_u * PARTS).astype(np.int64)
                    dear = np.sort(_sums(self.ptr, end, self.site, whole, len(y)))[::-1][: self.picks]
                    if sum(whole.tolist()) > sum(dear.tolist()):
                        self.u, self.y = at_u.copy(), at_y.copy()
                        return whole
            mean_u, mean_y = ends[1]
            if most <= self.picks:
                self.u, self.y = mean_u, mean_y
                return None
            if since >= 4 * _STEPS and since >= 0.3 * done:  # on from the average
                moved_u = float(np.sqrt((((mean_u - from_u) ** 2) * lengths).sum()))
                moved_y = float(np.sqrt(((mean_y - from_y) ** 2).sum() * pairs / len(y)))
                if moved_u > 0 and moved_y > 0:
                    change = np.clip(moved_y / moved_u, 0.1 * self.omega, 10 * self.omega)
                    self.omega = float(np.sqrt(self.omega * change))
                u, y, from_u, from_y = mean_u, mean_y, mean_u.copy(), mean_y.copy()
                u_sum, y_sum, since = np.zeros_like(u), np.zeros_like(y), 0
        self.u, self.y = u, y
        return None
