"""A big made-up city: quarters laid side by side, turned and mirrored, and the whole gently bent.

Twelve quarters are drawn once; a city of 600,000 junctions lays them some thousand times. Only one
quarter is in memory while it is written, nodes first, then ways, as a ``.osm.pbf`` wants them.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import osmium
from osmium.osm.mutable import Node, Way

from shanyrak.area.made_up import plan
from shanyrak.area.made_up.board import Tags
from shanyrak.area.made_up.facts import TownFacts
from shanyrak.area.made_up.names import TOWN_EN, TOWN_UK, both
from shanyrak.area.made_up.quarter import DOORS, KINDS, SIDE_M, Quarter, draw_quarter
from shanyrak.area.made_up.writer import FIRST_ID, open_writer, to_degrees
from shanyrak.core.errors import InvalidInput
from shanyrak.core.progress import Clock, Progress
from shanyrak.core.units import BoolArray, FloatArray

MOST_JUNCTIONS = 20_000_000
RIVER_EVERY = 9
"""Each ninth row of quarters is a river, crossed by a bridge at every third street."""
STEP_M = SIDE_M / (DOORS + 1)


@dataclass(frozen=True)
class Layout:
    """Which quarter lies where: (rows, columns), -1 is nothing, -2 is river."""

    stone: np.ndarray
    turn: np.ndarray
    """0 to 7: quarter turns, 4 and more mirrored first"""

    @property
    def rows(self) -> int:
        return int(self.stone.shape[0])

    @property
    def columns(self) -> int:
        return int(self.stone.shape[1])


def write_city(
    path: Path, *, persons: int, junctions: int | None, buildings: bool, seed: int, progress: Progress, clock: Clock
) -> TownFacts:
    """Write a city of about ``junctions`` junctions, or for ``persons`` people where ``junctions`` is None."""
    began = clock()
    if junctions is not None and not 500 <= junctions <= MOST_JUNCTIONS:
        raise InvalidInput(f"{junctions} junctions cannot be made", where="junctions",
                           mend=f"Take between 500 and {MOST_JUNCTIONS}")  # fmt: skip
    progress("made-up town: drawing quarters", 0, len(KINDS))
    stones = []
    for number, kind in enumerate(KINDS):
        stones.append(draw_quarter(kind, seed * 100 + number))
        progress("made-up town: drawing quarters", number + 1, len(KINDS))
    wanted = junctions if junctions is not None else persons * plan.M2_PER_PERSON
    layout = _laid_out(stones, float(wanted), seed, by_junctions=junctions is not None)
    doors = _DoorGrid(layout, stones)
    if junctions is not None:  # streets on the city's outer edge are shared by nobody: lay it once more, corrected
        there = _junctions(layout, stones, doors)
        layout = _laid_out(stones, float(wanted) * junctions / there, seed, by_junctions=True)
        doors = _DoorGrid(layout, stones)
    size = np.array([layout.columns, layout.rows]) * SIDE_M
    box = _box(size)
    laid = [(r, c) for r in range(layout.rows) for c in range(layout.columns) if layout.stone[r, c] >= 0]
    with open_writer(path, box) as out:
        writer = _Writer(out, layout, stones, size, doors, buildings=buildings)
        for number, cell in enumerate(laid):
            writer.nodes(*cell)
            if number % 200 == 0:
                progress("made-up town: writing nodes", number, len(laid))
        writer.streets_between()
        for number, cell in enumerate(laid):
            writer.ways(*cell)
            if number % 200 == 0:
                progress("made-up town: writing ways", number, len(laid))
    progress("made-up town: writing ways", len(laid), len(laid))
    area = sum(stones[layout.stone[cell]].floor_area_m2 for cell in laid) if buildings else 0.0
    return TownFacts(
        persons=round(area / plan.M2_PER_PERSON),
        floor_area_m2=area,
        nodes=writer.next_node,
        ways=writer.next_way,
        relations=0,
        buildings=writer.buildings_written,
        junctions=_junctions(layout, stones, doors),
        box=box,
        seed=seed,
        seconds=clock() - began,
    )


def _laid_out(stones: list[Quarter], wanted: float, seed: int, *, by_junctions: bool) -> Layout:
    """As many quarters as are wanted, row by row in a shape near a square."""
    # a street's crossing and the doors in use, shared between two quarters each
    size = [stone.junctions + stone.doors.sum() / 2 + 1 if by_junctions else stone.floor_area_m2 for stone in stones]
    weights = np.array(size)
    rng = np.random.default_rng([seed, 600])
    count = max(round(wanted / weights.mean()), 1)
    columns = math.ceil(math.sqrt(count))
    most = (count * 2 // columns + 2 * RIVER_EVERY) * columns
    order = np.concatenate([rng.permutation(len(stones)) for _ in range(most // len(stones) + 1)])[:most]
    enough = int(np.searchsorted(np.cumsum(weights[order]), wanted * 0.999)) + 1
    land_rows = math.ceil(enough / columns)
    rows = land_rows + (land_rows - 1) // (RIVER_EVERY - 1)
    stone = np.full((rows, columns), -1, dtype=np.int64)
    land = [row for row in range(rows) if row % RIVER_EVERY != RIVER_EVERY - 1]
    for number in range(enough):
        stone[land[number // columns], number % columns] = order[number]
    stone[RIVER_EVERY - 1 :: RIVER_EVERY] = -2
    return Layout(stone, rng.integers(0, 8, stone.shape))


def _junctions(layout: Layout, stones: list[Quarter], doors: _DoorGrid) -> int:
    laid: list[int] = layout.stone[layout.stone >= 0].tolist()
    return sum(stones[number].junctions for number in laid) + doors.junctions()


def _box(size: FloatArray) -> tuple[float, float, float, float]:
    corners = to_degrees(np.array([-size / 2 - 80, size / 2 + 80]))
    (west, south), (east, north) = corners.tolist()
    return west, south, east, north


def bent(places: FloatArray) -> FloatArray:
    """The city's gentle bend: metres to metres, the same for all quarters, so that they still meet."""
    x, y = places[:, 0], places[:, 1]
    turn = 2 * np.pi
    dx = 34 * np.sin(turn * y / 1730 + 0.7) + 21 * np.sin(turn * (x + y) / 2610)
    dy = 34 * np.sin(turn * x / 1910 + 1.9) + 21 * np.sin(turn * (x - y) / 2350)
    return np.asarray(places + np.column_stack([dx, dy]), dtype=np.float64)


def turned(places: FloatArray, turn: int) -> FloatArray:
    """Places of a quarter after ``turn`` (see Layout), still within its square."""
    x, y = places[:, 0], places[:, 1]
    if turn >= 4:
        x = SIDE_M - x
    for _ in range(turn % 4):
        x, y = SIDE_M - y, x
    return np.column_stack([x, y])


class _DoorGrid:
    """The nodes on the streets between quarters: corners, and doors on every side of every square."""

    def __init__(self, layout: Layout, stones: list[Quarter]) -> None:
        self.layout = layout
        rows, columns = layout.rows, layout.columns
        self.fine_columns = columns * (DOORS + 1) + 1
        fine_rows = rows * (DOORS + 1) + 1
        self.number = np.full((fine_rows, self.fine_columns), -1, dtype=np.int64)
        self.used: BoolArray = np.zeros((fine_rows, self.fine_columns), dtype=bool)
        self.along_row: BoolArray = np.zeros((rows + 1, columns), dtype=bool)
        self.along_column: BoolArray = np.zeros((rows, columns + 1), dtype=bool)
        for r, c in np.argwhere(layout.stone >= 0).tolist():
            self.along_row[r : r + 2, c] = True
            self.along_column[r, c : c + 2] = True
            stone = stones[layout.stone[r, c]]
            for side, door in np.argwhere(stone.doors).tolist():
                self.used[self.place(r, c, side, door)] = True
        river = np.argwhere(layout.stone == -2).tolist()
        for r, c in river:
            if c % 3 == 0 and r + 1 < rows and layout.stone[r + 1, c] >= 0:
                self.along_column[r, c] = True
        step = DOORS + 1
        for r, c in np.argwhere(self.along_row).tolist():
            self.number[r * step, c * step : (c + 1) * step + 1] = 0
        for r, c in np.argwhere(self.along_column).tolist():
            self.number[r * step : (r + 1) * step + 1, c * step] = 0
        there = self.number == 0
        self.number[there] = np.arange(int(there.sum()))
        self.places: FloatArray = np.argwhere(there)[:, ::-1].astype(np.float64) * STEP_M

    def place(self, r: int, c: int, side: int, door: int) -> tuple[int, int]:
        """Fine grid place (row, column) of a door of the quarter at (r, c), the layout's turn applied."""
        along = (door + 1) * STEP_M
        x, y = ((along, 0.0), (SIDE_M, along), (along, SIDE_M), (0.0, along))[side]
        point = turned(np.array([[x, y]]), int(self.layout.turn[r, c]))[0]
        step = DOORS + 1
        return r * step + round(point[1] / STEP_M), c * step + round(point[0] / STEP_M)

    def junctions(self) -> int:
        """Doors in use and street corners (a corner where only one street ends is one, too)."""
        return int((self.used | self._corners()).sum())

    def _corners(self) -> BoolArray:
        corners: BoolArray = np.zeros_like(self.used)
        corners[:: DOORS + 1, :: DOORS + 1] = True
        return corners & (self.number >= 0)


class _Writer:
    """Writes the city's objects in the order in which a ``.osm.pbf`` has them."""

    def __init__(
        self,
        out: osmium.SimpleWriter,
        layout: Layout,
        stones: list[Quarter],
        size: FloatArray,
        doors: _DoorGrid,
        *,
        buildings: bool,
    ) -> None:
        self.out, self.layout, self.stones, self.size, self.doors = out, layout, stones, size, doors
        self.buildings = buildings
        self.next_node = self.next_way = self.buildings_written = 0
        self.first_node = np.zeros(layout.stone.shape, dtype=np.int64)
        self._node, self._way = Node(id=1, version=1), Way(id=1, version=1)
        self._add_nodes(doors.places, _tags_of_centre(doors.places, size))

    def _add_nodes(self, places: FloatArray, tags: Callable[[int], Tags | None] = lambda _: None) -> None:
        node, add = self._node, self.out.add_node
        first = FIRST_ID + self.next_node
        for number, location in enumerate(to_degrees(bent(places) - self.size / 2).tolist()):
            node.id, node.location, node.tags = first + number, location, tags(number)
            add(node)
        self.next_node += len(places)

    def nodes(self, r: int, c: int) -> None:
        stone = self.stones[self.layout.stone[r, c]]
        places = stone.places if self.buildings else stone.places[stone.walked]
        self.first_node[r, c] = FIRST_ID + self.next_node
        self._add_nodes(turned(places, int(self.layout.turn[r, c])) + np.array([c, r]) * SIDE_M)

    def _add_way(self, refs: list[int], tags: Tags) -> None:
        self._way.id, self._way.nodes, self._way.tags = FIRST_ID + self.next_way, refs, tags
        self.out.add_way(self._way)
        self.next_way += 1

    def streets_between(self) -> None:
        """The streets of the grid, a way per side of a square; bridges over the river."""
        step, number = DOORS + 1, self.doors.number
        for r, c in np.argwhere(self.doors.along_row).tolist():
            name = both(f"{r + 1}-а Поперечна вулиця", f"Cross Street {r + 1}")
            self._add_way(
                (number[r * step, c * step : (c + 1) * step + 1] + FIRST_ID).tolist(), {"highway": "tertiary", **name}
            )
        for r, c in np.argwhere(self.doors.along_column).tolist():
            tags = {
                "highway": "secondary" if c % 3 == 0 else "tertiary",
                **both(f"{c + 1}-а Поздовжня вулиця", f"Long Street {c + 1}"),
            }
            if self.layout.stone[r, min(c, self.layout.columns - 1)] == -2:
                tags |= {"bridge": "yes", "layer": "1"}
            self._add_way((number[r * step : (r + 1) * step + 1, c * step] + FIRST_ID).tolist(), tags)

    def ways(self, r: int, c: int) -> None:
        stone = self.stones[self.layout.stone[r, c]]
        first = int(self.first_node[r, c])
        door_ids = (
            np.array([self.doors.number[self.doors.place(r, c, *divmod(k, DOORS))] for k in range(4 * DOORS)])
            + FIRST_ID
        )
        own = door_ids[::-1].tolist()  # node -1 - k is door k: index from the end

        def ids(refs: list[int]) -> list[int]:
            return [first + ref if ref >= 0 else own[ref] for ref in refs]

        for refs, tags in stone.ways:
            self._add_way(ids(refs), tags)
        if self.buildings:
            for refs, tags in stone.outlines:
                self._add_way(ids(refs), tags)
                self.buildings_written += "building" in tags


def _tags_of_centre(places: FloatArray, size: FloatArray) -> Callable[[int], Tags | None]:
    """The town's name on the street corner nearest to the middle."""
    middle = int(np.hypot(*(places - size / 2).T).argmin())
    return lambda number: {"place": "city", **both(TOWN_UK, TOWN_EN)} if number == middle else None
