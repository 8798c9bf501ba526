"""From walked ways and areas to the lines that the graph is made of.

An area gives its outline as a line, and straight lines between its entrances (``squares``).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from shanyrak.area import squares
from shanyrak.area.blocks import Member
from shanyrak.area.graph_build import Lines
from shanyrak.area.refs import NodeTable, WayTable, member_lines
from shanyrak.area.rings import join_rings
from shanyrak.area.walking_rules import WayRule
from shanyrak.core.units import BoolArray, IntArray, LongArray


class Walked(NamedTuple):
    """Ways that are walked, as the reader met them (w,)."""

    rules: list[WayRule]
    """each rule once"""
    way: LongArray
    """(w,) index in the WayTable, ascending"""
    rule: LongArray
    """(w,) index in ``rules``"""
    name: IntArray
    """(w,) index in the names, -1 none"""


class AreaRelation(NamedTuple):
    """A multipolygon that may be crossed."""

    number: int
    rule: WayRule
    name: int
    members: list[Member]


class _Area(NamedTuple):
    """An area whose rings are whole, and the lines of its own outline."""

    rings: list[LongArray]
    own: list[LongArray]
    rule: WayRule
    name: int
    number: int


class Assembled(NamedTuple):
    """The lines, and what was found on the way."""

    lines: Lines
    squares: int = 0
    square_lines: int = 0
    incomplete_squares: int = 0


class _Rows:
    """Lines being put together beside those of the ways themselves."""

    def __init__(self) -> None:
        self.node: list[LongArray] = []
        self.of: list[tuple[WayRule, int, int]] = []

    def add(self, node: LongArray, rule: WayRule, name: int, number: int) -> None:
        self.node.append(node)
        self.of.append((rule, name, number))


def assemble(
    walked: Walked, relations: Sequence[AreaRelation], ways: WayTable, nodes: NodeTable, blocked: LongArray
) -> Assembled:
    """All lines: ways, outlines of areas, straight lines across them.

    ``blocked`` are positions of nodes that nobody passes: no entrance is there.
    """
    number, ptr = ways.nodes_of(walked.way)
    node = nodes.find(number)
    rule = walked.rule
    way_number = ways.number[walked.way]
    for one in np.flatnonzero(np.array([r.backwards for r in walked.rules], np.bool_)[rule]).tolist():
        node[ptr[one] : ptr[one + 1]] = node[ptr[one] : ptr[one + 1]][::-1].copy()

    size = np.diff(ptr)
    closed = np.zeros(len(rule), np.bool_)
    long_enough = size > 3
    closed[long_enough] = number[ptr[:-1][long_enough]] == number[ptr[1:][long_enough] - 1]
    is_area = np.array([r.area for r in walked.rules], np.bool_)[rule] & closed
    found: list[_Area] = []
    incomplete = 0
    for one in np.flatnonzero(is_area).tolist():
        ring = node[ptr[one] : ptr[one + 1]]
        if (ring < 0).any():
            incomplete += 1
        else:
            found.append(_Area([ring], [ring], walked.rules[rule[one]], int(walked.name[one]), int(way_number[one])))
    rows = _Rows()
    walked_numbers = set(way_number.tolist()) if relations else set()
    incomplete += _areas_of_relations(relations, ways, nodes, walked_numbers, found, rows)

    entrances = _entrances(found, len(nodes), node, ptr, closed, rows, blocked)
    crossed = [area for area, ends in zip(found, entrances) if len(ends) > 1]
    across = _across(crossed, nodes, [ends for ends in entrances if len(ends) > 1])
    lines = _join(walked, rule, way_number, node, ptr, rows, crossed, across)
    return Assembled(lines, len(found), len(across[0]), incomplete)


def _areas_of_relations(
    relations: Sequence[AreaRelation],
    ways: WayTable,
    nodes: NodeTable,
    walked_numbers: set[int],
    found: list[_Area],
    rows: _Rows,
) -> int:
    """Rings of multipolygons; members that are not walked by themselves become outlines. How many are not whole."""
    incomplete = 0
    line_of = member_lines(ways, [relation.members for relation in relations])
    outlined = set(walked_numbers)
    for relation in relations:
        members = [member.number for member in relation.members if member.kind == "w"]
        pieces = [nodes.find(line_of[member]) for member in members if member in line_of]
        rings = join_rings(pieces) if len(pieces) == len(members) else None
        if rings is None or any((ring < 0).any() for ring in rings):
            incomplete += 1
            continue
        found.append(_Area(rings, pieces, relation.rule, relation.name, -relation.number))
        for member, piece in zip(members, pieces):
            if member not in outlined:
                outlined.add(member)
                rows.add(piece, relation.rule, relation.name, -relation.number)
    return incomplete


def _across(
    areas: Sequence[_Area], nodes: NodeTable, entrances: Sequence[LongArray]
) -> tuple[LongArray, LongArray, LongArray]:
    """Straight lines across areas: index of the area, nodes of the two ends."""
    grounds = [
        squares.Ground(
            area.rings, [nodes.lon_e7[ring] for ring in area.rings], [nodes.lat_e7[ring] for ring in area.rings]
        )
        for area in areas
    ]
    return squares.all_crossing_lines(grounds, entrances)


def _entrances(
    areas: list[_Area],
    nodes: int,
    node: LongArray,
    ptr: LongArray,
    closed: BoolArray,
    rows: _Rows,
    blocked: LongArray,
) -> list[LongArray]:
    """By area: nodes of its outline that a line beside it uses, and that are not blocked."""
    if not areas:
        return []
    counted = np.ones(len(node), np.bool_)
    counted[ptr[1:][closed] - 1] = False  # a closed line's last node is its first
    own = [np.concatenate([_once(piece) for piece in area.own]) for area in areas]
    owner = np.repeat(np.arange(len(areas)), [len(line) for line in own])
    each, place = np.unique(np.concatenate(own), return_inverse=True)
    used = np.zeros(len(each), np.int64)
    slot = np.full(nodes + 1, -1, np.int32)  # the last for nodes that the file does not have
    slot[each] = np.arange(len(each), dtype=np.int32)
    for line in [node[counted], *(_once(row) for row in rows.node)]:
        at = slot[line]
        used += np.bincount(at[at >= 0], minlength=len(each))
    at = slot[blocked]
    used[at[at >= 0]] = 0
    # How often an area's own outline uses a node: once, or twice where two pieces of it meet.
    mine, by_itself = np.unique(owner * len(each) + place, return_counts=True)
    area, place = mine // len(each), mine % len(each)
    is_entrance = used[place] > by_itself
    entrances = each[place[is_entrance]]
    return np.split(entrances, np.searchsorted(area[is_entrance], np.arange(1, len(areas))))


def _once(line: LongArray) -> LongArray:
    return line[:-1] if len(line) > 1 and line[0] == line[-1] else line


def _join(
    walked: Walked,
    rule: LongArray,
    way_number: LongArray,
    node: LongArray,
    ptr: LongArray,
    rows: _Rows,
    crossed: Sequence[_Area],
    across: tuple[LongArray, LongArray, LongArray],
) -> Lines:
    area, a, b = across
    of = rows.of + [(one.rule, one.name, one.number) for one in crossed]
    further = np.concatenate([np.arange(len(rows.of), dtype=np.int64), len(rows.of) + area])
    rules = walked.rules + [one[0] for one in of]
    rule = np.concatenate([rule, len(walked.rules) + further])
    sizes = np.concatenate([np.array([len(line) for line in rows.node], np.int64), np.full(len(area), 2)])
    return Lines(
        ptr=np.concatenate([ptr, ptr[-1] + np.cumsum(sizes)]),
        node=np.concatenate([node, *rows.node, np.column_stack([a, b]).ravel()]),
        way_class=np.array([r.way_class for r in rules], np.uint8)[rule],
        flags=np.array([r.flags for r in rules], np.uint8)[rule],
        slope_pct=np.array([-r.slope_pct if r.backwards else r.slope_pct for r in rules], np.int8)[rule],
        steps=np.array([r.steps for r in rules], np.int32)[rule],
        name=np.concatenate([walked.name, np.array([one[1] for one in of], np.int32)[further]]),
        way_id=np.concatenate([way_number, np.array([one[2] for one in of], np.int64)[further]]),
    )
