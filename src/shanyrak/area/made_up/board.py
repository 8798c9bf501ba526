"""The drawing board: lines, patches and spots of a town in metres, before they become OpenStreetMap objects."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from shanyrak.area.made_up.geometry import Point

Tags = dict[str, str]


@dataclass
class Line:
    """A way: road, path, rail, river."""

    shape: shapely.LineString
    tags: Tags
    level: int = 0
    """Lines meet only others on the same level; above and below they meet at their ends."""
    joins: bool = True
    """Meets other lines at crossings (a river or a boundary does not)."""


@dataclass
class Patch:
    """An area: a building, a park. With holes it becomes a multipolygon."""

    shape: shapely.Polygon
    tags: Tags


@dataclass
class Spot:
    """A point: a stop, a label, a gate; with the same place as a line's point it becomes that point."""

    place: Point
    tags: Tags


@dataclass
class Board:
    """Everything that is drawn."""

    lines: list[Line] = field(default_factory=list)
    patches: list[Patch] = field(default_factory=list)
    buildings: list[Patch] = field(default_factory=list)
    spots: list[Spot] = field(default_factory=list)

    def line(self, shape: BaseGeometry, tags: Tags, *, level: int = 0, joins: bool = True) -> None:
        for part in shapely.get_parts(shape):
            if part.geom_type in {"LineString", "LinearRing"} and part.length > 0.5:
                self.lines.append(Line(shapely.LineString(part.coords), tags, level, joins))

    def patch(self, shape: BaseGeometry, tags: Tags, *, least_m2: float = 20.0) -> None:
        for part in shapely.get_parts(shape):
            if part.geom_type == "Polygon" and part.area >= least_m2:
                self.patches.append(Patch(part, tags))

    def building(self, shape: BaseGeometry, tags: Tags) -> None:
        """A building; of one in several parts (on too small a ground) the largest is drawn, slivers are not."""
        largest = max(shapely.get_parts(shape), key=lambda part: part.area, default=None)
        if largest is not None and largest.geom_type == "Polygon" and largest.area >= 12:
            self.buildings.append(Patch(largest, tags))

    def spot(self, place: Point, tags: Tags) -> None:
        self.spots.append(Spot(place, tags))


def drop_loose_ends(board: Board, *, near_m: float = 0.7) -> None:
    """Take away small ways that meet no other way, such as a drive towards a street that was not built."""
    shapes = np.array([line.shape for line in board.lines])
    one, other = shapely.STRtree(shapes).query(shapes, predicate="dwithin", distance=near_m)
    joins = np.array([line.joins for line in board.lines])
    meets = np.zeros(len(shapes), dtype=bool)
    meets[one[(one != other) & joins[one] & joins[other]]] = True
    small = {"service", "footway", "path"}
    board.lines = [line for line, met in zip(board.lines, meets) if met or line.tags.get("highway") not in small]


WIDTH_M = {"primary": 8.0, "secondary": 7.0, "tertiary": 6.0, "residential": 4.5, "living_street": 4.0, "service": 3.5}
"""Half of what a street keeps free of buildings [m]; everything else that is walked on: 1.5."""


def clear_the_ways(board: Board) -> None:
    """Take away buildings that stand on a way, in the water or in another building (the earlier one stays)."""
    shapes = np.array([patch.shape for patch in board.buildings])
    if not len(shapes):
        return
    keep = np.ones(len(shapes), dtype=bool)
    tree = shapely.STRtree(shapes)
    for line in board.lines:
        half = WIDTH_M.get(line.tags.get("highway", ""), 9.0 if "railway" in line.tags else 1.5)
        if line.level >= 0 and (line.joins or "railway" in line.tags):
            keep[tree.query(line.shape, predicate="dwithin", distance=half)] = False
    for patch in board.patches:
        if patch.tags.get("natural") == "water" or patch.tags.get("highway") == "pedestrian":
            keep[tree.query(patch.shape, predicate="intersects")] = False
    first, second = tree.query(shapes, predicate="dwithin", distance=1.0)
    for a, b in sorted(zip(first.tolist(), second.tolist())):
        if a < b and keep[a] and keep[b]:
            keep[b] = False
    board.buildings = [patch for patch, stays in zip(board.buildings, keep) if stays]
