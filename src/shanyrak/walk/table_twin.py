"""The plain twin of ``table``: every walk by scipy's dijkstra, then sorted. For tests that demand equal answers."""

from __future__ import annotations

import math
from fractions import Fraction
from typing import NamedTuple

from shanyrak.walk.graph import Places, WalkGraph
from shanyrak.walk.profile import Profile, limit_dm
from shanyrak.walk.twin import impedances


class PlainBlock(NamedTuple):
    """As ``table_bytes.Block``: lists of (cell or point, half-minutes)."""

    cells: list[tuple[int, int]]
    to: list[tuple[int, int]]
    since: list[tuple[int, int]]


def plain_blocks(
    graph: WalkGraph, cells: Places, points: Places, base: int, profile: Profile, *, minutes: int = 60, most: int = 12
) -> list[PlainBlock]:
    """The block of each point: the first ``base`` are told of each other, each later one of all before it too."""
    from_cells = _walks(graph, cells, points, profile, minutes)
    from_points = _walks(graph, points, points, profile, minutes)
    blocks = []
    for point in range(len(points)):
        first, known = (0, base) if point < base else (point, point + 1)
        cell_list = [
            (cell, half)
            for cell, row in enumerate(from_cells)
            for _, other, half in sorted(row[:known])[:most]
            if other == point and half >= 0
        ]
        since = [
            (origin, half)
            for origin in range(first)
            for _, other, half in _others(from_points[origin], known, origin)[:most]
            if other == point and half >= 0
        ]
        to = [(other, half) for _, other, half in _others(from_points[point], known, point)[:most] if half >= 0]
        blocks.append(PlainBlock(cell_list, to, since))
    return blocks


_Walk = tuple[float, int, int]
"""(flat dm, point, half-minutes); inf and -1 where it is too far."""


def _others(row: list[_Walk], known: int, origin: int) -> list[_Walk]:
    return sorted(walk for walk in row[:known] if walk[1] != origin)


def _walks(graph: WalkGraph, starts: Places, points: Places, profile: Profile, minutes: int) -> list[list[_Walk]]:
    speed = Fraction(str(profile.speed_dm_per_s))
    found = impedances(graph, points, limit_dm(profile, minutes), cells=starts, profile=profile)
    return [
        [(d, point, -1 if math.isinf(d) else math.ceil(Fraction(int(d)) / speed / 30)) for point, d in enumerate(row)]
        for row in found.tolist()
    ]
