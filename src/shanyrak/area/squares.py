"""Ground that may be crossed in any direction: straight lines between its entrances.

A square, a platform or a wide footway mapped as an area has an outline and no ways inside, but
nobody walks around it. So each pair of its entrances (nodes of the outline that another walkable
way uses) is joined by a straight line where that line stays on the ground: within the outline,
outside every hole. Where some entrances do not see each other, the corners that stick in count as
entrances too, for a walk around a corner touches it. The outline itself is walked as well, so a square is never less
connected than its edge.

Everything is exact: coordinates are whole numbers, and a line that only touches a corner is a line
on the ground. How many entrances are joined is bounded, and so is the work for one area.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from shanyrak.core.units import BoolArray, IntArray, LongArray

MOST_POINTS = 40
"""Points of one area that are joined with each other: at most 780 lines. Of more, an even choice
along the outline; the others are reached along it."""


@dataclass(frozen=True, eq=False)
class Ground:
    """An area: rings of nodes, the outer ones and the holes alike. Closed, first node repeated."""

    rings: Sequence[LongArray]
    """positions of nodes"""
    lon_e7: Sequence[IntArray]
    lat_e7: Sequence[IntArray]


def crossing_lines(ground: Ground, entrances: LongArray) -> tuple[LongArray, LongArray]:
    """Straight lines across an area, as pairs of nodes.

    Parameters
    ----------
    ground : Ground
        Its rings; even-odd rule: a ring within a ring is a hole.
    entrances : (k,) int64
        Positions of nodes of its rings that a walkable way beside this area uses.

    Returns
    -------
    a, b : (k,) int64
        Positions of the nodes at the two ends. None joins neighbours on the outline, for the
        outline does so itself.
    """
    node = np.concatenate([ring[:-1] for ring in ground.rings])
    entrance = np.isin(node, entrances)
    nothing = np.zeros(0, np.int64)
    if np.count_nonzero(entrance) < 2:
        return nothing, nothing
    x = np.concatenate([lon[:-1] for lon in ground.lon_e7]).astype(np.int64)
    y = np.concatenate([lat[:-1] for lat in ground.lat_e7]).astype(np.int64)
    sides = _Sides(x - x.min(), y - y.min(), [len(ring) - 1 for ring in ground.rings])
    points = _even_choice(np.flatnonzero(entrance), MOST_POINTS)
    a, b = _pairs(points, node, sides)
    seen = sides.all_stay(a, b)
    if not seen.all():  # somewhere the walk bends: the corners that stick in are points too
        corners = _even_choice(np.flatnonzero(sides.sticks_in() & ~entrance), MOST_POINTS - len(points))
        a, b = _pairs(np.sort(np.concatenate([points, corners])), node, sides)
        useful = (entrance[a] | sides.bends_at(a, b)) & (entrance[b] | sides.bends_at(b, a))
        a, b = a[useful], b[useful]
        seen = sides.all_stay(a, b)
    return node[a[seen]], node[b[seen]]


def _pairs(points: LongArray, node: LongArray, sides: _Sides) -> tuple[LongArray, LongArray]:
    """Each two of some points, but neighbours on the outline."""
    first, second = np.triu_indices(len(points), 1)
    a, b = points[first], points[second]
    apart = (node[a] != node[b]) & (sides.follows[a] != b) & (sides.follows[b] != a)
    return a[apart], b[apart]


_MOST_CELLS = 1 << 20
"""Pairs times sides looked at together, which bounds the memory."""


def _even_choice(candidates: LongArray, most: int) -> LongArray:
    if len(candidates) <= most:
        return candidates
    return candidates[np.linspace(0, len(candidates), max(most, 0), endpoint=False).astype(np.int64)]


class _Sides:
    """The sides of an area: side i runs from corner i to corner ``follows[i]``."""

    def __init__(self, x: LongArray, y: LongArray, sizes: list[int]) -> None:
        self.x, self.y = x, y
        end = np.cumsum(sizes)
        self.follows = np.arange(len(x), dtype=np.int64) + 1
        self.follows[end - 1] = end - sizes
        self.precedes = np.empty_like(self.follows)
        self.precedes[self.follows] = np.arange(len(x))
        self.x_next, self.y_next = x[self.follows], y[self.follows]
        self._rings = list(zip(end.tolist(), sizes))

    def sticks_in(self) -> BoolArray:
        """By corner: it sticks into the ground, so that a shortest walk may bend there."""
        x, y = self.x, self.y
        before_x, before_y = x[self.precedes], y[self.precedes]
        turn = (x - before_x) * (self.y_next - y) - (y - before_y) * (self.x_next - x)
        answer = np.zeros(len(x), np.bool_)
        for stop, size in self._rings:
            ring = slice(stop - size, stop)
            twice_area = int((x[ring] * self.y_next[ring] - self.x_next[ring] * y[ring]).sum())
            # A ring within an odd number of others is a hole: the ground is outside it.
            others = np.ones(len(x), np.bool_)
            others[ring] = False
            is_hole = self._odd(2 * x[stop - size : stop - size + 1], 2 * y[stop - size : stop - size + 1], others)[0]
            ground_on_left = (twice_area > 0) != is_hole
            answer[ring] = turn[ring] < 0 if ground_on_left else turn[ring] > 0
        return answer

    def _odd(self, x2: LongArray, y2: LongArray, which: BoolArray | None = None) -> BoolArray:
        """Even-odd rule for points (k,) given in half units, against some or all sides."""
        chosen = slice(None) if which is None else which
        x, y, x_next, y_next = self.x[chosen], self.y[chosen], self.x_next[chosen], self.y_next[chosen]
        crosses = (2 * y > y2[:, None]) != (2 * y_next > y2[:, None])
        rise = y_next - y
        left_of = (x2[:, None] - 2 * x) * rise - (y2[:, None] - 2 * y) * (x_next - x)
        right = crosses & np.where(rise > 0, left_of < 0, left_of > 0)
        return np.asarray(np.count_nonzero(right, axis=1) % 2 == 1)

    def bends_at(self, corner: LongArray, other: LongArray) -> BoolArray:
        """Whether a walk along the line from ``other`` may bend at ``corner``: both its sides lie on one hand."""
        dx, dy = self.x[corner] - self.x[other], self.y[corner] - self.y[other]
        before, after = self.precedes[corner], self.follows[corner]
        hand_before = dx * (self.y[before] - self.y[corner]) - dy * (self.x[before] - self.x[corner])
        hand_after = dx * (self.y[after] - self.y[corner]) - dy * (self.x[after] - self.x[corner])
        return np.asarray(np.sign(hand_before) * np.sign(hand_after) >= 0)

    def all_stay(self, a: LongArray, b: LongArray) -> BoolArray:
        """``stays_on`` of any number of pairs, some at a time."""
        if not len(a):
            return np.zeros(0, np.bool_)
        step = max(1, _MOST_CELLS // len(self.x))
        return np.concatenate([self.stays_on(a[i : i + step], b[i : i + step]) for i in range(0, len(a), step)])

    def stays_on(self, a: LongArray, b: LongArray) -> BoolArray:
        """By pair of corners: the straight line between them stays on the ground (its edge is ground)."""
        x, y = self.x, self.y
        dx, dy = (x[b] - x[a])[:, None], (y[b] - y[a])[:, None]
        off_x, off_y = x - x[a][:, None], y - y[a][:, None]
        side = np.sign(dx * off_y - dy * off_x)  # on which hand of the line each corner lies
        sx, sy = self.x_next - x, self.y_next - y
        at_a = np.sign(sx * (y[a][:, None] - y) - sy * (x[a][:, None] - x))
        at_b = np.sign(sx * (y[b][:, None] - y) - sy * (x[b][:, None] - x))
        crossed = (side * side[:, self.follows] < 0) & (at_a * at_b < 0)
        free = np.asarray(~crossed.any(axis=1))
        # Not crossed outright, it may still run beside the ground: the middle of it decides,
        # and where it touches corners on its way, the middle of each piece.
        touches = free & (np.count_nonzero(side == 0, axis=1) > 2)
        plain = np.flatnonzero(free & ~touches)
        free[plain] = self._odd(x[a[plain]] + x[b[plain]], y[a[plain]] + y[b[plain]])
        for i in np.flatnonzero(touches).tolist():
            along = dx[i] * off_x[i] + dy[i] * off_y[i]
            on = np.flatnonzero((side[i] == 0) & (along >= 0) & (along <= dx[i] ** 2 + dy[i] ** 2))
            free[i] = self._pieces_stay(on[np.argsort(along[on], kind="stable")])
        return free

    def _pieces_stay(self, on: LongArray) -> bool:
        """The same for a line through several corners, given in its order."""
        k, m = on[:-1], on[1:]
        apart = (self.x[k] != self.x[m]) | (self.y[k] != self.y[m])
        k, m = k[apart], m[apart]
        is_side = (self.follows[k] == m) | (self.follows[m] == k)
        return bool((is_side | self._odd(self.x[k] + self.x[m], self.y[k] + self.y[m])).all())
