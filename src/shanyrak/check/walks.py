"""Plain walking: Dijkstra's search with a heap over lists, the numbers of a profile, places on edges.

Nothing here is shared with ``shanyrak.walk``; the formulas are those its documents state:

An edge of length L [dm] with slope s [per cent, up is positive] costs, in flat decimetres,
    on stairs                     L + steps * step_extra_dm        (no extra with wheels)
    else                          max(1, (L * permille(s) + 500) // 1000)
    on a lift, besides            lift_extra_dm
    permille(s) = round(1000 exp(3.5 (|s/100 + 0.05| - 0.05))), s cut at steepest_pct either way,
                  and |s| for s where downhill does not help
    from its end to its beginning with -s, and not at all where it is one-way;
    with wheels neither on stairs without a ramp nor where it is marked as not for wheels.

A place lies on edge e at offset o, ``access`` away from it; people walk from a cell to a site:
    leaving towards edge_from     access + (B * o + L // 2) // L
    leaving towards edge_to       access + (F * (L - o) + L // 2) // L
    arriving from edge_from       (F * o + L // 2) // L + access
    arriving from edge_to         (B * (L - o) + L // 2) // L + access
    along one edge                both accesses, and the share of F (or of B, backwards) between the offsets
"""

from __future__ import annotations

import heapq
import math
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

STEPS, LIFT = 4, 7
"""Codes of ``edge_class``."""
FORWARD_ONLY, WHEELS_NO, RAMP = 1, 4, 8
"""Bits of ``edge_flags``."""


@dataclass(frozen=True)
class Streets:
    """Edges of a walking graph as plain lists."""

    junctions: int
    edge_from: list[int]
    edge_to: list[int]
    length_dm: list[int]
    forward: list[int]
    """impedance [flat dm] from ``edge_from`` to ``edge_to``; -1: not passable"""
    backward: list[int]


@dataclass(frozen=True)
class Spots:
    """Places as plain lists; edge -1: nowhere near a street."""

    edge: list[int]
    offset_dm: list[int]
    access_dm: list[int]


def limit_dm(speed_dm_per_s: float, minutes: float) -> int:
    """The longest walk of so many minutes [flat dm], rounded down; numbers as they are written in decimals."""
    return math.floor(Fraction(repr(float(minutes))) * 60 * Fraction(repr(float(speed_dm_per_s))))


def impedances(profile: dict[str, Any], columns: dict[str, list[int]]) -> tuple[list[int], list[int]]:
    """Cost of each edge either way (see above) from the columns of ``edges.parquet``."""
    wheels, steepest = bool(profile["wheels"]), int(profile["steepest_pct"])
    step_extra = 0 if wheels else int(profile["step_extra_dm"])
    lift_extra = int(profile["lift_extra_dm"])
    permille: dict[int, int] = {}
    for pct in range(-128, 129):
        slope = min(max(pct, -steepest), steepest) / 100
        slope = slope if profile["downhill_helps"] else abs(slope)
        permille[pct] = round(1000 * math.exp(3.5 * (abs(slope + 0.05) - 0.05))) if pct else 1000
    forward, backward = [], []
    for length, kind, steps, slope_pct, flags in zip(
        columns["edge_length_dm"],
        columns["edge_class"],
        columns["edge_steps"],
        columns["edge_slope_pct"],
        columns["edge_flags"],
        strict=True,
    ):
        stairs = kind == STEPS or steps > 0
        if wheels and (flags & WHEELS_NO or (stairs and not flags & RAMP)):
            forward.append(-1)
            backward.append(-1)
            continue
        extra = lift_extra if kind == LIFT else 0
        if stairs:
            up = down = length + steps * step_extra
        else:
            up = max(1, (length * permille[slope_pct] + 500) // 1000)
            down = max(1, (length * permille[max(-slope_pct, -128)] + 500) // 1000)
        forward.append(up + extra)
        backward.append(-1 if flags & FORWARD_ONLY else down + extra)
    return forward, backward


def _part(impedance: int, part_dm: int, length_dm: int) -> int:
    return (impedance * part_dm + length_dm // 2) // length_dm


class Walker:
    """Searches from sites over reversed streets, for the cells that reach them within a limit.

    A junction ``u`` at distance ``d`` is one number, ``d * stride + u``, and an arc to ``v`` that costs ``c`` is
    ``(v, c * stride)``: heaps of plain numbers are several times as quick as heaps of pairs.
    """

    def __init__(self, streets: Streets, cells: Spots, limit: int) -> None:
        self._streets, self._cells, self._limit = streets, cells, limit
        self._stride = stride = max(streets.junctions, 1)
        into: list[list[tuple[int, int]]] = [[] for _ in range(streets.junctions)]
        for begin, end, forward, backward in zip(
            streets.edge_from, streets.edge_to, streets.forward, streets.backward, strict=True
        ):
            if 0 <= forward <= limit:
                into[end].append((begin, forward * stride))
            if 0 <= backward <= limit:
                into[begin].append((end, backward * stride))
        self._into = into
        doors: list[list[tuple[int, int]]] = [[] for _ in range(streets.junctions)]
        on_edge: dict[int, list[int]] = {}
        for cell, (edge, offset, access) in enumerate(zip(cells.edge, cells.offset_dm, cells.access_dm, strict=True)):
            if edge < 0:
                continue
            on_edge.setdefault(edge, []).append(cell)
            length, forward, backward = streets.length_dm[edge], streets.forward[edge], streets.backward[edge]
            if backward >= 0:
                doors[streets.edge_from[edge]].append((access + _part(backward, offset, length), cell))
            if forward >= 0:
                doors[streets.edge_to[edge]].append((access + _part(forward, length - offset, length), cell))
        for door in doors:
            door.sort()
        self._doors, self._on_edge = doors, on_edge

    def reach(self, edge: int, offset: int, access: int) -> dict[int, int]:
        """Cells within the limit of a site, and how long the shortest walk from each is [flat dm]."""
        if edge < 0:
            return {}
        limit, stride, into, doors = self._limit, self._stride, self._into, self._doors
        streets = self._streets
        length, forward, backward = streets.length_dm[edge], streets.forward[edge], streets.backward[edge]
        found = dict(self._along(edge, offset, access))
        best: dict[int, int] = {}
        heap: list[int] = []
        starts: Sequence[tuple[int, int, int]] = (
            (streets.edge_from[edge], forward, offset),
            (streets.edge_to[edge], backward, length - offset),
        )
        most = (limit + 1) * stride
        for junction, impedance, part in starts:
            if impedance < 0:
                continue
            distance = access + _part(impedance, part, length)
            if distance <= limit and distance * stride < best.get(junction, most):
                best[junction] = distance * stride
                heap.append(distance * stride + junction)
        heapq.heapify(heap)
        pop, push = heapq.heappop, heapq.heappush
        while heap:
            key = pop(heap)
            junction = key % stride
            here = key - junction
            if here > best[junction]:
                continue
            distance = here // stride
            left = limit - distance
            for cost, cell in doors[junction]:
                if cost > left:
                    break
                walk = distance + cost
                if walk < found.get(cell, most):
                    found[cell] = walk
            for before, cost in into[junction]:
                there = here + cost
                if there < most and there < best.get(before, most):
                    best[before] = there
                    push(heap, there + before)
        return found

    def _along(self, edge: int, offset: int, access: int) -> list[tuple[int, int]]:
        """Cells on the same edge that reach the site along it."""
        streets, cells = self._streets, self._cells
        walks = []
        for cell in self._on_edge.get(edge, ()):
            ahead = offset - cells.offset_dm[cell]
            impedance = streets.forward[edge] if ahead >= 0 else streets.backward[edge]
            if impedance < 0:
                continue
            walk = cells.access_dm[cell] + _part(impedance, abs(ahead), streets.length_dm[edge]) + access
            if walk <= self._limit:
                walks.append((cell, walk))
        return walks
