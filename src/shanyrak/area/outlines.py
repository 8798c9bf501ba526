"""Outlines of multipolygons and boundaries, from the ways that a relation names."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from shanyrak.area.blocks import Member
from shanyrak.area.features import Ring
from shanyrak.area.refs import NodeTable, WayTable, member_lines
from shanyrak.area.rings import doubled_area, join_rings
from shanyrak.core.units import LongArray


@dataclass(frozen=True, slots=True)
class Outline:
    """Closed rings of one thing, in degrees 1e-7: outer ones (largest first) and holes."""

    outer: list[Ring]
    holes: list[Ring]


def ring_resolver(
    nodes: NodeTable, ways: WayTable, relations: Sequence[Sequence[Member]]
) -> Callable[[Sequence[Member]], Outline | None]:
    """A function from a relation's members to its outline; None where the file does not hold it whole."""
    lines = member_lines(ways, relations)

    def ring(piece: LongArray) -> Ring | None:
        at = nodes.find(piece)
        return None if (at < 0).any() else Ring(nodes.lon_e7[at], nodes.lat_e7[at])

    def resolve(members: Sequence[Member]) -> Outline | None:
        found: dict[bool, list[Ring]] = {False: [], True: []}
        for inner in (False, True):
            chosen = [m for m in members if m.kind == "w" and (m.role == "inner") == inner and m.role in _RING_ROLES]
            if not chosen:
                continue
            if any(member.number not in lines for member in chosen):
                return None
            joined = join_rings([lines[member.number] for member in chosen])
            if joined is None:
                return None
            for piece in joined:
                one = ring(piece)
                if one is None:
                    return None
                found[inner].append(one)
        if not found[False]:
            return None
        found[False].sort(key=lambda one: -abs(doubled_area(one.lon_e7, one.lat_e7)))
        return Outline(found[False], found[True])

    return resolve


_RING_ROLES = frozenset({"outer", "inner", "", "outline"})
