"""The linear relaxation of the p-median, round by round: active sites, steps, and a bound in whole numbers."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from shanyrak.core.units import BoolArray, FloatArray, LongArray
from shanyrak.plan.median_bound import MedianBound, certify, primal_dual_steps
from shanyrak.plan.neighbours import BEYOND, Neighbours
from shanyrak.plan.sides import Sides

STEPS = 40
"""Steps of a round, fewer where they are long."""
_ROUND_PAIRS = 60_000_000
_EXACT = 2.0**61
"""Multipliers of all limits together come to less, in whole parts times what they weigh."""


@dataclass(eq=False)
class Place:
    """Where the steps are: prices, how far each site is open, multipliers, and the weight between both sides."""

    price: FloatArray
    """(m,)"""
    lean: FloatArray
    """(n,)"""
    multiplier: FloatArray
    """(groups + 1,)"""
    omega: float

    def copy(self) -> Place:
        """The same place, to go on from twice."""
        return Place(self.price.copy(), self.lean.copy(), self.multiplier.copy(), self.omega)


@dataclass(frozen=True, eq=False)
class Frame:
    """What all cases share."""

    near: Neighbours
    weight: LongArray
    picks: int
    sides: Sides
    scale: int

    def certify(
        self, price: LongArray, multiplier: LongArray, forced: BoolArray, banned: BoolArray
    ) -> tuple[MedianBound, int]:
        """The bound of whole prices and multipliers in a case, and the work."""
        extra, constant = self.sides.extra(multiplier)
        return certify(
            self.near, self.weight, self.picks, forced, banned, price, self.scale, extra, constant
        )  # fmt: skip

    def whole(self, place: Place) -> tuple[LongArray, LongArray]:
        """Prices and multipliers in whole parts of ``scale``, within what can be certified."""
        reach = np.where(self.near.reach >= BEYOND, BEYOND, self.near.reach) * self.scale
        price = np.clip(np.floor(place.price * self.scale), 0, reach).astype(np.int64)
        # Sums of them stay exact: any multipliers prove something, the largest only that a case has no choice.
        most = np.full(self.sides.groups + 1, _EXACT / (2 * max(self.sides.groups, 1)))
        most[-1] = _EXACT / (2.0 * (max(self.sides.budget, 0) + float(self.sides.cost.max(initial=0)) + 1.0))
        multiplier = np.floor(np.clip(place.multiplier * self.scale, 0.0, most)).astype(np.int64)
        return price, multiplier

    @property
    def reach(self) -> FloatArray:
        """(m,) as far as prices may go."""
        return self.near.reach.astype(np.float64)


class Relaxation:
    """One case: sites that are in, sites that are out, and the best bound found in it."""

    def __init__(self, frame: Frame, place: Place, forced: BoolArray, banned: BoolArray, active: BoolArray) -> None:
        self.frame, self.place = frame, place
        self.forced, self.banned = forced, banned
        self.active = (active | forced) & ~banned
        self.best: MedianBound | None = None
        self.multiplier = np.zeros(frame.sides.groups + 1, np.int64)
        """of the best bound"""
        self.work = 0
        self._fresh = True

    def begin(self) -> MedianBound:
        """The bound where the steps begin."""
        price, multiplier = self.frame.whole(self.place)
        return self._take(price, multiplier)

    def know(self, price: LongArray, multiplier: LongArray) -> MedianBound:
        """Take what was known to bound this case, so that the best bound is never lower."""
        return self._take(price, multiplier)

    def round(self) -> None:
        """Some steps over active sites; then both ends of them are certified over all sites."""
        if self._fresh:
            self._choose()
        frame, place = self.frame, self.place
        steps = int(np.clip(_ROUND_PAIRS // max(3 * self._near.pairs, 1), 5, STEPS))
        v, y, mu = place.price.copy(), place.lean[self._site].copy(), place.multiplier.copy()
        v_sum, y_sum, mu_sum = np.zeros_like(v), np.zeros_like(y), np.zeros_like(mu)
        sides = self._sides
        in_site, in_row, work = primal_dual_steps(
            self._near, self._weight, frame.reach, self._state, frame.picks, place.omega, steps, v, y, v_sum, y_sum,
            sides.group_ptr, sides.group_site, sides.cost.astype(np.float64), float(sides.budget), mu, mu_sum,
        )  # fmt: skip
        self.work += work
        ends = []
        for price, lean, multiplier in ((v, y, mu), (v_sum / steps, y_sum / steps, mu_sum / steps)):
            there = Place(price, np.zeros(len(self.forced)), multiplier, place.omega)
            there.lean[self._site] = lean
            ends.append((self._take(*frame.whole(there)), there))
        (_, self.place) = max(ends, key=lambda end: end[0].scaled)  # the last one where both are equal
        moved_v = np.sqrt(float((((self.place.price - place.price) ** 2) * self._weight * in_row).sum()))
        moved_y = np.sqrt(float((((self.place.lean - place.lean)[self._site] ** 2) * in_site).sum()))
        if moved_v > 0 and moved_y > 0:
            self.place.omega = float(
                np.sqrt(place.omega * np.clip(moved_y / moved_v, 0.1 * place.omega, 10 * place.omega))
            )
        self._extend(max(end[0].scaled for end in ends), ends)

    def _take(self, price: LongArray, multiplier: LongArray) -> MedianBound:
        bound, seen = self.frame.certify(price, multiplier, self.forced, self.banned)
        self.work += seen
        if self.best is None or bound.scaled > self.best.scaled:
            self.best, self.multiplier = bound, multiplier
        return bound

    def _choose(self) -> None:
        """Lists of the active sites only."""
        frame = self.frame
        self._site = np.flatnonzero(self.active)
        self._near = frame.near.of(self.active, renumber=True)
        self._weight = frame.weight.astype(np.float64)
        self._state = np.where(self.forced[self._site], 1, 0).astype(np.int8)
        self._sides = frame.sides.of_all(self._site.astype(np.int32))
        self.work += frame.near.pairs // 4
        self._fresh = False

    def _extend(self, scaled: int, ends: list[tuple[MedianBound, Place]]) -> None:
        """Sites that the bound counts although they are not active become so."""
        picks = self.frame.picks - int(self.forced.sum())
        free = ~self.forced & ~self.banned
        wanted = np.zeros(len(free), bool)
        for bound, _ in ends:
            cheap = np.flatnonzero(free & (bound.reduced < 0))
            if len(cheap) > picks:
                cheap = cheap[np.argsort(bound.reduced[cheap], kind="stable")[: picks + max(20, picks // 2)]]
            wanted[cheap] = True
        wanted &= ~self.active
        if wanted.any():
            self.active |= wanted
            self._fresh = True

    def ban(self, out: BoolArray, inside: BoolArray) -> None:
        """Sites that no better choice has, and sites that every better choice has."""
        self.banned, self.forced = self.banned | out, self.forced | inside
        self.active = (self.active | self.forced) & ~self.banned
        self.place.lean[self.banned] = 0.0
        self.place.lean[self.forced] = 1.0
        self._fresh = True


def excluded(
    bound: MedianBound, picks: int, forced: BoolArray, banned: BoolArray, best: int
) -> tuple[BoolArray, BoolArray]:
    """Free sites that no choice cheaper than ``best`` contains, and those that each such choice contains.

    With a site in, the dearest of the picked ones makes room; without it, the next one steps in.
    """
    out, inside = np.zeros(len(forced), bool), np.zeros(len(forced), bool)
    limit = (best - 1) * bound.scale
    left = picks - int(forced.sum())
    free = np.flatnonzero(~forced & ~banned)
    if left <= 0:
        out[free] = True
        return out, inside
    order = free[np.argsort(bound.reduced[free], kind="stable")]
    capped = np.minimum(bound.reduced[order], 0)
    last = int(capped[left - 1]) if len(order) >= left else 0
    following = int(capped[left]) if len(order) > left else 0
    rest = order[left:]
    out[rest] = bound.reduced[rest] > limit - bound.scaled + last
    picked = order[:left]
    positive = bound.reduced[picked] > 0
    out[picked[positive]] = bound.reduced[picked[positive]] > limit - bound.scaled + last
    inside[picked[~positive]] = following - bound.reduced[picked[~positive]] > limit - bound.scaled
    return out, inside
