"""Ground that may be crossed in any direction: straight lines between its entrances.

A square, a platform or a wide footway mapped as an area has an outline and no ways inside, but
nobody walks around it. So each pair of its entrances (nodes of the outline that another walkable
way uses) is joined by a straight line where that line stays on the ground: within the outline,
outside every hole. In a bent square the corners that stick in count as entrances too, for a walk
around a corner touches it. The outline itself is walked as well, so a square is never less
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
    x = np.concatenate([lon[:-1] for lon in ground.lon_e7]).astype(np.int64)
    y = np.concatenate([lat[:-1] for lat in ground.lat_e7]).astype(np.int64)
    x, y = x - x.min(), y - y.min()  # so that products of two stay far from the end of 64 bits
    follows = _next_on_ring([len(ring) - 1 for ring in ground.rings])
    # The holes and the outer ring decide alike whether a corner sticks into the ground: with the ground
    # on the left of every side, a corner that turns right does.
    corner = _turns_into(x, y, follows)
    entrance = np.isin(node, entrances)
    if entrance.sum() < 2:
        return np.zeros(0, np.int64), np.zeros(0, np.int64)
    points = _even_choice(np.flatnonzero(entrance), MOST_POINTS)
    rest = np.flatnonzero(corner & ~entrance)
    points = np.sort(np.concatenate([points, _even_choice(rest, MOST_POINTS - len(points))]))
    a, b = np.triu_indices(len(points), 1)
    a, b = points[a], points[b]
    apart = (node[a] != node[b]) & (follows[a] != b) & (follows[b] != a)
    a, b = a[apart], b[apart]
    seen = np.array([_stays_on(x, y, follows, i, j) for i, j in zip(a.tolist(), b.tolist())], np.bool_)
    return node[a[seen]], node[b[seen]]


def _next_on_ring(sizes: list[int]) -> LongArray:
    follows = np.arange(sum(sizes), dtype=np.int64) + 1
    end = np.cumsum(sizes)
    follows[end - 1] = end - sizes
    return follows


def _even_choice(candidates: LongArray, most: int) -> LongArray:
    if len(candidates) <= most:
        return candidates
    return candidates[np.linspace(0, len(candidates), max(most, 0), endpoint=False).astype(np.int64)]


def _turns_into(x: LongArray, y: LongArray, follows: LongArray) -> BoolArray:
    """True where a corner sticks into the ground, so that the shortest way may bend there."""
    before = np.empty_like(follows)
    before[follows] = np.arange(len(follows))
    turn = (x - x[before]) * (y[follows] - y) - (y - y[before]) * (x[follows] - x)
    # Is the ground on the left of this corner's sides? A point just beside the middle of the side decides.
    left = _ground_on_left(x, y, follows)
    return np.where(left, turn < 0, turn > 0)


def _ground_on_left(x: LongArray, y: LongArray, follows: LongArray) -> BoolArray:
    """By corner: whether the ground lies left of the side that begins there (one answer per ring)."""
    answer = np.zeros(len(x), np.bool_)
    ring = np.cumsum(np.append(0, follows[:-1] != np.arange(1, len(follows))))
    for one in range(int(ring[-1]) + 1):
        corners = np.flatnonzero(ring == one)
        nxt = follows[corners]
        twice_area = int((x[corners] * y[nxt] - x[nxt] * y[corners]).sum())
        # A ring within an odd number of other rings is a hole: the ground is outside it.
        others = ring != one
        depth_odd = _inside(
            2 * x[corners[0]], 2 * y[corners[0]], x[others], y[others], x[follows][others], y[follows][others]
        )
        answer[corners] = (twice_area > 0) != depth_odd
    return answer


def _inside(px2: int, py2: int, x: LongArray, y: LongArray, x_next: LongArray, y_next: LongArray) -> bool:
    """Even-odd rule for a point given in half units."""
    above, above_next = 2 * y > py2, 2 * y_next > py2
    crosses = above != above_next
    rise = y_next[crosses] - y[crosses]
    side = (px2 - 2 * x[crosses]) * rise - (py2 - 2 * y[crosses]) * (x_next[crosses] - x[crosses])
    return bool(np.count_nonzero(np.where(rise > 0, side < 0, side > 0)) % 2)


def _stays_on(x: LongArray, y: LongArray, follows: LongArray, i: int, j: int) -> bool:
    """Whether the straight line between two corners stays on the ground (touching its edge is staying)."""
    dx, dy = x[j] - x[i], y[j] - y[i]
    side = np.sign(dx * (y - y[i]) - dy * (x - x[i]))  # which side of the line each corner is on
    x_next, y_next, side_next = x[follows], y[follows], side[follows]
    crossed = side * side_next < 0
    if crossed.any():
        sx, sy = x_next[crossed] - x[crossed], y_next[crossed] - y[crossed]
        at_i = np.sign(sx * (y[i] - y[crossed]) - sy * (x[i] - x[crossed]))
        at_j = np.sign(sx * (y[j] - y[crossed]) - sy * (x[j] - x[crossed]))
        if (at_i * at_j < 0).any():
            return False
    # No side is crossed outright. Between corners that lie on the line, the middle of each piece decides.
    along = dx * (x - x[i]) + dy * (y - y[i])
    length2 = dx * dx + dy * dy
    touched = np.flatnonzero((side == 0) & (along >= 0) & (along <= length2))
    touched = touched[np.argsort(along[touched], kind="stable")]
    sides = {frozenset((int(k), int(follows[k]))) for k in touched}
    for k, m in zip(touched[:-1].tolist(), touched[1:].tolist()):
        if (x[k] == x[m] and y[k] == y[m]) or frozenset((k, m)) in sides:
            continue
        if not _inside(int(x[k] + x[m]), int(y[k] + y[m]), x, y, x_next, y_next):
            return False
    return True
