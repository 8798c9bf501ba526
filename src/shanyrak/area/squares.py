"""Ground that may be crossed in any direction: straight lines between its entrances.

A square, a platform or a wide footway mapped as an area has an outline and no ways inside, but
nobody walks around it. So each pair of its entrances (nodes of the outline that another walkable
way uses) is joined by a straight line where that line stays on the ground: within the outline,
outside every hole. Where some entrances do not see each other, the corners that stick in count as
entrances too, for a walk around a corner touches it. The outline itself is walked as well, so a square is never less
connected than its edge.

Everything is exact: coordinates are whole numbers, and a line that only touches a corner is a line
on the ground. How many entrances are joined is bounded, and so is the work for one area.

A town has hundreds of such areas with a few corners each, so all of them are looked at together: the
corners of all areas lie in one row, and a question about pairs of corners and the sides of their area
is asked once for all, over a ragged table of (pair, side).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import NamedTuple

import numpy as np

from shanyrak.core.units import BoolArray, IntArray, LongArray

MOST_POINTS = 40
"""Points of one area that are joined with each other: at most 780 lines. Of more, an even choice
along the outline; the others are reached along it."""


class Ground(NamedTuple):
    """An area: rings of nodes, the outer ones and the holes alike. Closed, first node repeated."""

    rings: Sequence[LongArray]
    """positions of nodes"""
    lon_e7: Sequence[IntArray]
    lat_e7: Sequence[IntArray]


def crossing_lines(ground: Ground, entrances: LongArray) -> tuple[LongArray, LongArray]:
    """Straight lines across one area: the same as ``all_crossing_lines``, without the area."""
    return all_crossing_lines([ground], [entrances])[1:]


def all_crossing_lines(
    grounds: Sequence[Ground], entrances: Sequence[LongArray]
) -> tuple[LongArray, LongArray, LongArray]:
    """Straight lines across areas, as pairs of nodes.

    Parameters
    ----------
    grounds : g areas
        Their rings; even-odd rule: a ring within a ring is a hole.
    entrances : g arrays of int64
        By area: positions of nodes of its rings that a walkable way beside this area uses.

    Returns
    -------
    area : (k,) int64
        Index of the area that a line crosses, ascending.
    a, b : (k,) int64
        Positions of the nodes at its two ends. None joins neighbours on the outline, for the
        outline does so itself.
    """
    if not grounds:
        nothing = np.zeros(0, np.int64)
        return nothing, nothing, nothing
    sides = _Sides(grounds)
    entrance = _is_entrance(sides, entrances)
    points = _even_choice(np.flatnonzero(entrance), sides, np.full(len(grounds), MOST_POINTS))
    a, b = _pairs(points, sides)
    seen = sides.all_stay(a, b)
    bends = np.zeros(len(grounds), np.bool_)
    bends[sides.area[a[~seen]]] = True
    if bends.any():  # somewhere the walk bends: there the corners that stick in are points too
        used = np.bincount(sides.area[points], minlength=len(grounds))
        corners = np.flatnonzero(sides.sticks_in(bends) & ~entrance)
        corners = _even_choice(corners, sides, MOST_POINTS - used)
        more_a, more_b = _pairs(np.sort(np.concatenate([points[bends[sides.area[points]]], corners])), sides)
        useful = (entrance[more_a] | sides.bends_at(more_a, more_b)) & (
            entrance[more_b] | sides.bends_at(more_b, more_a)
        )
        more_a, more_b = more_a[useful], more_b[useful]
        straight = ~bends[sides.area[a]]
        seen = np.concatenate([seen[straight], sides.all_stay(more_a, more_b)])
        a, b = np.concatenate([a[straight], more_a]), np.concatenate([b[straight], more_b])
    a, b = a[seen], b[seen]
    by_area = np.argsort(sides.area[a], kind="stable")
    a, b = a[by_area], b[by_area]
    return sides.area[a], sides.node[a], sides.node[b]


def _is_entrance(sides: _Sides, entrances: Sequence[LongArray]) -> BoolArray:
    """By corner: its node is an entrance of its area."""
    owner = np.repeat(np.arange(len(entrances)), [len(nodes) for nodes in entrances])
    if not len(owner):
        return np.zeros(len(sides.node), np.bool_)
    nodes = np.concatenate(entrances)
    span = max(int(nodes.max()), int(sides.node.max())) + 1
    named = np.sort(owner * span + nodes)
    asked = sides.area * span + sides.node
    return np.asarray(named[np.minimum(np.searchsorted(named, asked), len(named) - 1)] == asked)


def _pairs(points: LongArray, sides: _Sides) -> tuple[LongArray, LongArray]:
    """Each two of some ascending corners that belong to one area, but neighbours on the outline."""
    end = np.searchsorted(points, sides.area_end[sides.area[points]])
    following = end - np.arange(len(points)) - 1
    first, partner = ragged(np.arange(1, len(points) + 1), following)
    a, b = points[first], points[partner]
    apart = (sides.node[a] != sides.node[b]) & (sides.follows[a] != b) & (sides.follows[b] != a)
    return a[apart], b[apart]


def ragged(begin: LongArray, size: LongArray) -> tuple[LongArray, LongArray]:
    """Rows of following numbers one after another: which row, and the number (begin, begin + 1 ... of each)."""
    row = np.repeat(np.arange(len(size)), size)
    before = np.cumsum(size) - size
    return row, np.arange(len(row)) + (begin - before)[row]


_MOST_CELLS = 1 << 16
"""Pairs times sides looked at together, which bounds the memory and keeps it in cache."""


def _even_choice(candidates: LongArray, sides: _Sides, most: LongArray) -> LongArray:
    """Of ascending corners at most so many of each area, evenly along its outline."""
    count = np.bincount(sides.area[candidates], minlength=len(most))
    too_many = np.flatnonzero(count > most)
    if not len(too_many):
        return candidates
    begin = np.cumsum(count) - count
    chosen = np.ones(len(candidates), np.bool_)
    for area in too_many.tolist():
        here, size, wanted = int(begin[area]), int(count[area]), max(int(most[area]), 0)
        chosen[here : here + size] = False
        chosen[here + np.linspace(0, size, wanted, endpoint=False).astype(np.int64)] = True
    return candidates[chosen]


class _Sides:
    """The sides of all areas: side i runs from corner i to corner ``follows[i]``."""

    def __init__(self, grounds: Sequence[Ground]) -> None:
        rings = [ring for ground in grounds for ring in ground.rings]
        size = np.array([len(ring) - 1 for ring in rings], np.int64)
        self.ring_begin = np.cumsum(size) - size
        end = self.ring_begin + size
        self.ring = np.repeat(np.arange(len(rings)), size)
        ring_area = np.repeat(np.arange(len(grounds)), [len(ground.rings) for ground in grounds])
        self.ring_area = ring_area
        self.area = ring_area[self.ring]
        """area of each corner"""
        self.area_size = np.bincount(self.area, minlength=len(grounds))
        self.area_end = np.cumsum(self.area_size)
        self.area_begin = self.area_end - self.area_size
        self.node = np.concatenate([ring[:-1] for ring in rings])
        self.x = self._from_lowest([lon[:-1] for ground in grounds for lon in ground.lon_e7])
        self.y = self._from_lowest([lat[:-1] for ground in grounds for lat in ground.lat_e7])
        self.follows = np.arange(len(self.node)) + 1
        self.follows[end - 1] = self.ring_begin
        self.precedes = np.empty_like(self.follows)
        self.precedes[self.follows] = np.arange(len(self.node))
        self.x_next, self.y_next = self.x[self.follows], self.y[self.follows]

    def _from_lowest(self, parts: list[IntArray]) -> LongArray:
        """Small numbers, so that products stay within 64 bits."""
        value = np.concatenate(parts).astype(np.int64)
        return np.asarray(value - np.minimum.reduceat(value, self.area_begin)[self.area])

    def sticks_in(self, areas: BoolArray) -> BoolArray:
        """By corner: its area is one of these, and it sticks into the ground: a shortest walk may bend there."""
        x, y, x_next, y_next = self.x, self.y, self.x_next, self.y_next
        before_x, before_y = x[self.precedes], y[self.precedes]
        turn = (x - before_x) * (y_next - y) - (y - before_y) * (x_next - x)
        twice_area = np.add.reduceat(x * y_next - x_next * y, self.ring_begin)
        # A ring within an odd number of others is a hole: the ground is outside it.
        ring = np.flatnonzero(areas[self.ring_area])
        corner = self.ring_begin[ring]
        is_hole = np.zeros(len(twice_area), np.bool_)
        is_hole[ring] = self._odd(2 * x[corner], 2 * y[corner], self.ring_area[ring], ring)
        ground_on_left = ((twice_area > 0) != is_hole)[self.ring]
        return areas[self.area] & np.where(ground_on_left, turn < 0, turn > 0)

    def _odd(self, x2: LongArray, y2: LongArray, area: LongArray, but: LongArray | None = None) -> BoolArray:
        """Even-odd rule for points (k,) given in half units, against the sides of an area (but those of a ring)."""
        odd = np.zeros(len(x2), np.bool_)
        for part, point, side in self._cells(area):
            x, y, x_next, y_next = self.x[side], self.y[side], self.x_next[side], self.y_next[side]
            high = y2[part][point]
            crosses = (2 * y > high) != (2 * y_next > high)
            if but is not None:
                crosses &= self.ring[side] != but[part][point]
            at = np.flatnonzero(crosses)
            point, x, y, x_next, y_next = point[at], x[at], y[at], x_next[at], y_next[at]
            rise = y_next - y
            left_of = (x2[part][point] - 2 * x) * rise - (y2[part][point] - 2 * y) * (x_next - x)
            right = np.where(rise > 0, left_of < 0, left_of > 0)
            size = part.stop - part.start
            odd[part] = np.bincount(point[right], minlength=size) % 2 == 1
        return odd

    def _cells(self, area: LongArray) -> Iterator[tuple[slice, LongArray, LongArray]]:
        """For things in areas, some at a time: which things, and the table of (thing among them, side of its area)."""
        size, begin = self.area_size[area], self.area_begin[area]
        block = (np.cumsum(size) - 1) // _MOST_CELLS if len(size) else size
        cut = [0, *(np.flatnonzero(np.diff(block)) + 1).tolist(), len(size)]
        for first, last in pairwise(cut):
            if first < last:
                part = slice(first, last)
                yield (part, *ragged(begin[part], size[part]))

    def bends_at(self, corner: LongArray, other: LongArray) -> BoolArray:
        """Whether a walk along the line from ``other`` may bend at ``corner``: both its sides lie on one hand."""
        dx, dy = self.x[corner] - self.x[other], self.y[corner] - self.y[other]
        before, after = self.precedes[corner], self.follows[corner]
        hand_before = dx * (self.y[before] - self.y[corner]) - dy * (self.x[before] - self.x[corner])
        hand_after = dx * (self.y[after] - self.y[corner]) - dy * (self.x[after] - self.x[corner])
        return np.asarray(np.sign(hand_before) * np.sign(hand_after) >= 0)

    def all_stay(self, a: LongArray, b: LongArray) -> BoolArray:
        """By pair of corners of one area: the straight line between them stays on the ground (its edge is ground)."""
        x, y = self.x, self.y
        free = np.ones(len(a), np.bool_)
        touches = np.zeros(len(a), np.bool_)
        for part, pair, side in self._cells(self.area[a]):
            from_x, from_y, to_x, to_y = (v[part][pair] for v in (x[a], y[a], x[b], y[b]))
            dx, dy = to_x - from_x, to_y - from_y
            at_x, at_y, next_x, next_y = x[side], y[side], self.x_next[side], self.y_next[side]
            # on which hand of the line a side's ends lie, and on which hand of the side the line's
            hand = dx * (at_y - from_y) - dy * (at_x - from_x)
            hand_next = dx * (next_y - from_y) - dy * (next_x - from_x)
            apart = np.flatnonzero(((hand < 0) & (hand_next > 0)) | ((hand > 0) & (hand_next < 0)))
            sx, sy = (next_x - at_x)[apart], (next_y - at_y)[apart]
            hand_a = sx * (from_y - at_y)[apart] - sy * (from_x - at_x)[apart]
            hand_b = sx * (to_y - at_y)[apart] - sy * (to_x - at_x)[apart]
            crossed = ((hand_a < 0) & (hand_b > 0)) | ((hand_a > 0) & (hand_b < 0))
            size = part.stop - part.start
            free[part] = np.bincount(pair[apart[crossed]], minlength=size) == 0
            touches[part] = np.bincount(pair[hand == 0], minlength=size) > 2
        # Not crossed outright, it may still run beside the ground: the middle of it decides,
        # and where it touches corners on its way, the middle of each piece.
        plain = np.flatnonzero(free & ~touches)
        free[plain] = self._odd(x[a[plain]] + x[b[plain]], y[a[plain]] + y[b[plain]], self.area[a[plain]])
        for i in np.flatnonzero(free & touches).tolist():
            free[i] = self._pieces_stay(int(a[i]), int(b[i]))
        return free

    def _pieces_stay(self, a: int, b: int) -> bool:
        """The same for a line through several corners."""
        here = slice(self.area_begin[self.area[a]], self.area_end[self.area[a]])
        off_x, off_y = self.x[here] - self.x[a], self.y[here] - self.y[a]
        dx, dy = self.x[b] - self.x[a], self.y[b] - self.y[a]
        along = dx * off_x + dy * off_y
        on = np.flatnonzero((dx * off_y == dy * off_x) & (along >= 0) & (along <= dx**2 + dy**2))
        on = here.start + on[np.argsort(along[on], kind="stable")]
        k, m = on[:-1], on[1:]
        apart = (self.x[k] != self.x[m]) | (self.y[k] != self.y[m])
        k, m = k[apart], m[apart]
        is_side = (self.follows[k] == m) | (self.follows[m] == k)
        inside = self._odd(self.x[k] + self.x[m], self.y[k] + self.y[m], self.area[k])
        return bool((is_side | inside).all())
