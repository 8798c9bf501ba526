"""Quarters that fit beside each other in any order: the stones a big city is laid from.

A quarter fills a square. Its streets and paths leave the square only at fixed doors, the same on every side,
so two quarters meet at common points however they are turned or mirrored.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import shapely

from shanyrak.area.made_up.board import Board, Tags, clear_the_ways, drop_loose_ends
from shanyrak.area.made_up.geometry import Point, frame, subdivide
from shanyrak.area.made_up.grounds import DWELLINGS, Site, park
from shanyrak.area.made_up.names import StreetNames
from shanyrak.area.made_up.plan import GRAINS
from shanyrak.area.made_up.skeleton import named_streets
from shanyrak.area.made_up.tie import tie
from shanyrak.area.made_up.town import DWELLINGS as HOMES
from shanyrak.core.units import BoolArray, FloatArray

SIDE_M = 600.0
DOORS = 9
"""Doors per side, evenly spread, corners not counted."""
KINDS = ("houses", "panel", "mixed", "houses", "old", "panel", "houses", "mixed", "houses", "panel", "green", "old")


@dataclass(frozen=True)
class Quarter:
    """One stone, in metres within its square [0, SIDE_M]²."""

    places: FloatArray
    """(k, 2) nodes that are the quarter's own"""
    walked: BoolArray
    """(k,) the node belongs to a way (else to an outline)"""
    junctions: int
    """junctions among its own nodes"""
    doors: BoolArray
    """(4, DOORS) doors that are used; sides: south, east, north, west; counted from west or south"""
    ways: list[tuple[list[int], Tags]]
    """Node numbers: 0 .. k-1 its own, -1 - (side * DOORS + door) a door"""
    outlines: list[tuple[list[int], Tags]]
    """Rings of buildings and grounds, of its own nodes"""
    floor_area_m2: float


def draw_quarter(kind: str, seed: int) -> Quarter:
    """Draw one quarter with the same hands as the town."""
    rng = np.random.default_rng(seed)
    board = Board()
    ground = shapely.box(0, 0, SIDE_M, SIDE_M)
    doors = door_places()
    anchors: list[Point] = [(float(x), float(y)) for x, y in doors]
    spacing = SIDE_M / (DOORS + 1)
    blocks, streets = subdivide(ground, GRAINS[kind], rng, anchors, snap_m=spacing / 2 + 1)
    names = StreetNames()
    for line, tags in named_streets([(street, kind) for street in streets], names):
        board.line(line, tags)
    for number, block in enumerate(blocks):
        if number % 23 == 7 and kind != "industrial":
            park(Site(board, block, frame(block), {}, rng))
        else:
            DWELLINGS[kind](board, block, rng)
    board.patch(ground, {"landuse": "grass" if kind == "green" else "residential"})
    _leave_by_doors(board, doors)
    drop_loose_ends(board)
    clear_the_ways(board)
    return _numbered(board, doors)


def door_places() -> FloatArray:
    """(4 * DOORS, 2) metres: sides south, east, north, west."""
    along = np.arange(1, DOORS + 1) * SIDE_M / (DOORS + 1)
    low, high = np.zeros(DOORS), np.full(DOORS, SIDE_M)
    sides = ((along, low), (high, along), (along, high), (low, along))
    return np.vstack([np.column_stack(side) for side in sides])


def _leave_by_doors(board: Board, doors: FloatArray) -> None:
    """Ends of ways on the square's edge move to the nearest door."""
    for line in board.lines:
        coords = np.asarray(line.shape.coords)[:, :2].copy()
        for end in (0, -1):
            x, y = coords[end]
            if min(x, y, SIDE_M - x, SIDE_M - y) < 1.0:
                coords[end] = doors[int(np.hypot(*(doors - coords[end]).T).argmin())]
        line.shape = shapely.LineString(np.clip(coords, 0, SIDE_M))


def _numbered(board: Board, doors: FloatArray) -> Quarter:
    index: dict[tuple[int, int], int] = {
        (round(x * 100), round(y * 100)): -1 - n for n, (x, y) in enumerate(doors.tolist())
    }
    places: list[tuple[float, float]] = []

    def refs(coords: npt.NDArray[np.float64]) -> list[int]:
        found: list[int] = []
        for x, y in coords.tolist():
            key = (round(x * 100), round(y * 100))
            if key not in index:
                index[key] = len(places)
                places.append((x, y))
            if not found or found[-1] != index[key]:
                found.append(index[key])
        return found

    ways = [(refs(coords), line.tags) for coords, line in zip(tie(board), board.lines)]
    ways = [(way, tags) for way, tags in ways if len(way) >= 2 and "highway" in tags]
    seen: set[int] = set()
    meeting: set[int] = set()
    for way, _ in ways:
        inner = set(way)
        meeting |= (seen & inner) | {way[0], way[-1]}
        seen |= inner
    used = np.zeros(4 * DOORS, dtype=bool)
    used[[-1 - node for node in seen if node < 0]] = True
    count = len(places)
    rings = [patch for patch in [*board.patches, *board.buildings] if not patch.shape.interiors]
    outlines = [(refs(np.asarray(patch.shape.exterior.coords)[:, :2]), patch.tags) for patch in rings]
    walked = np.arange(len(places)) < count
    homes = [patch for patch in board.buildings if patch.tags["building"] in HOMES]
    return Quarter(
        places=np.array(places).reshape(-1, 2),
        walked=walked,
        junctions=sum(node >= 0 for node in meeting),
        doors=used.reshape(4, DOORS),
        ways=ways,
        outlines=[(ring, tags) for ring, tags in outlines if len(ring) >= 4 and min(ring) >= 0],
        floor_area_m2=float(sum(patch.shape.area * float(patch.tags["building:levels"]) for patch in homes)),
    )
