"""What people live in: old town, panel blocks, private houses. Each fills one block."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import shapely

from shanyrak.area.made_up.board import Board, Tags
from shanyrak.area.made_up.geometry import Frame, Point, frame

SERVICE: Tags = {"highway": "service"}
FOOTWAY: Tags = {"highway": "footway", "surface": "paving_stones"}
PARKING: Tags = {"amenity": "parking", "parking": "surface", "access": "yes"}
_PANEL_LENGTHS_M = (48.0, 62.0, 76.0, 92.0)


def edges(block: shapely.Polygon, *, least_m: float) -> list[Frame]:
    """The straight sides of a block as frames: origin at the side's middle, u along it, v into the block."""
    ring = np.asarray(shapely.orient_polygons(shapely.simplify(block, 3.0)).exterior.coords)
    sides = []
    for start, end in zip(ring, ring[1:]):
        length = float(np.hypot(*(end - start)))
        if length >= least_m:
            u = (end - start) / length
            sides.append(Frame((start + end) / 2, u, np.array([-u[1], u[0]]), length, 0.0))
    return sides


def spread(length_m: float, sizes: Iterator[tuple[float, float]]) -> Iterator[tuple[float, float]]:
    """Places along a length for things of (size, gap after it): yields (middle, size), 0 is the length's middle."""
    start = -length_m / 2
    for size, gap in sizes:
        if start + size > length_m / 2:
            return
        yield start + size / 2, size
        start += size + gap


def houses(board: Board, block: shapely.Polygon, rng: np.random.Generator) -> None:
    """Private houses along all sides, each with its plot, sheds behind."""
    inside = shapely.buffer(block, -5)
    for side in edges(block, least_m=34):
        sizes = ((rng.uniform(15.5, 21.0), 0.0) for _ in range(1000))
        for u, plot in spread(side.long_m - 16, sizes):
            if rng.random() < 0.06:
                continue  # an empty plot
            width, depth = rng.uniform(8.5, min(12.5, plot - 4)), rng.uniform(8.5, 12.0)
            house = side.box(u + rng.uniform(-1.5, 1.5), 9 + rng.uniform(0, 4) + depth / 2, width, depth)
            if inside.contains(house):
                levels = "2" if rng.random() < 0.28 else "1"
                kind = "house" if rng.random() < 0.75 else "detached"
                board.building(house, {"building": kind, "building:levels": levels})
            if rng.random() < 0.55:
                shed = side.box(u + (plot / 2 - 4) * rng.choice([-1, 1]), rng.uniform(26, 31), rng.uniform(4, 7), 4)
                if inside.contains(shed):
                    board.building(shed, {"building": "shed" if rng.random() < 0.6 else "garage"})


def old_town(board: Board, block: shapely.Polygon, rng: np.random.Generator) -> None:
    """Houses of two to four storeys close to the street, a yard inside with its way in."""
    inside = shapely.buffer(block, -5.5)
    sides = sorted(edges(block, least_m=30), key=lambda side: -side.long_m)
    axes = frame(block)
    if sides and axes.short_m > 62:
        way_in = sides[0].line((0, 0), (0, min(axes.short_m / 2, 48)))
        board.line(way_in, {**SERVICE, "service": "driveway"})
        if len(sides) > 2 and rng.random() < 0.6:
            board.line(sides[2].line((0, 0), (0, min(axes.long_m / 2, 48))), {**FOOTWAY, "surface": "asphalt"})
    for side in sides:
        sizes = ((rng.uniform(14, 28), 1.3 if rng.random() < 0.7 else rng.uniform(4, 9)) for _ in range(1000))
        for u, width in spread(side.long_m - 13, sizes):
            depth = rng.uniform(11, 14.5)
            house = side.box(u, 8.2 + depth / 2 + (rng.uniform(0, 1.2) if rng.random() < 0.3 else 0.0), width, depth)
            if inside.contains(house):
                board.building(house, _old_house(rng))
    for _ in range(int(block.area / 2500)):
        x, y = axes.at(rng.uniform(-0.25, 0.25) * axes.long_m, rng.uniform(-0.2, 0.2) * axes.short_m)
        yard = Frame(np.array([x, y]), axes.u, axes.v, 0, 0).box(0, 0, rng.uniform(8, 16), rng.uniform(5, 8))
        board.building(yard, {"building": "garages" if rng.random() < 0.5 else "shed"})


def _old_house(rng: np.random.Generator) -> Tags:
    levels = str(rng.choice([1, 2, 3, 4], p=[0.08, 0.42, 0.36, 0.14]))
    kind = str(rng.choice(["apartments", "residential", "house", "retail", "office"], p=[0.55, 0.14, 0.11, 0.13, 0.07]))
    return {"building": kind, "building:levels": levels, "roof:shape": "gabled"}


def mixed(board: Board, block: shapely.Polygon, rng: np.random.Generator) -> None:
    """Three to five storeys in short buildings along the sides, green between them."""
    inside = shapely.buffer(block, -8)
    for side in edges(block, least_m=45):
        sizes = ((rng.uniform(26, 44), rng.uniform(10, 20)) for _ in range(1000))
        for u, width in spread(side.long_m - 30, sizes):
            house = side.box(u, 20, width, 12)
            if inside.contains(house):
                levels = str(rng.choice([2, 3, 4, 5], p=[0.2, 0.35, 0.15, 0.3]))
                board.building(house, {"building": "apartments", "building:levels": levels})
    yard(board, block, rng)


def yard(board: Board, block: shapely.Polygon, rng: np.random.Generator) -> None:
    """A way into the yard, a path across, a playground in the middle."""
    axes = frame(block)
    if axes.short_m < 70:
        return
    u = rng.uniform(-0.15, 0.15) * axes.long_m
    board.line(to_the_street(axes.line((u, 0), (u, axes.short_m)), block), {**SERVICE, "service": "driveway"})
    board.line(to_the_street(axes.line((u, 0), (u + 10, -axes.short_m)), block), FOOTWAY)
    board.line(to_the_street(axes.line((u, 0), (axes.long_m, 6)), block), FOOTWAY)
    ground = axes.box(u - 22, rng.uniform(-6, 6) - 6, 22, 16)
    if shapely.buffer(block, -25).contains(ground):
        board.patch(ground, {"leisure": "playground"})


def to_the_street(line: shapely.LineString, block: shapely.Polygon) -> shapely.LineString:
    """The part of a line from its beginning, inside the block, to the middle of the street around it."""
    parts = shapely.get_parts(shapely.intersection(line, block))
    start = shapely.Point(line.coords[0])
    return min(parts, key=lambda part: part.distance(start))


def panel(board: Board, block: shapely.Polygon, rng: np.random.Generator, *, gated: bool = False) -> None:
    """Long buildings of five to nine storeys around a yard with a ring of service way, paths and playgrounds."""
    axes = frame(block)
    half_long, half_short = axes.long_m / 2, axes.short_m / 2
    if half_short < 58:
        mixed(board, block, rng)
        return
    levels = str(rng.choice([5, 9, 10], p=[0.62, 0.3, 0.08]))
    private = {"access": "private"} if gated else {}
    a, b = half_long - 46, half_short - 46
    corner = min(7.0, b / 2, a / 2)
    ring = [(-a + corner, -b), (a - corner, -b), (a, -b + corner), (a, b - corner), (a - corner, b), (-a + corner, b),
            (-a, b - corner), (-a, -b + corner), (-a + corner, -b)]  # fmt: skip
    board.line(axes.line(*ring), {**SERVICE, "surface": "asphalt", **private})
    _ways_to_the_street(board, block, axes, (a, b), rng, private)
    _rows_along_the_streets(board, block, axes, levels, rng)
    _inside_the_ring(board, axes, (a, b), levels, rng)


def _ways_to_the_street(
    board: Board, block: shapely.Polygon, axes: Frame, ring: Point, rng: np.random.Generator, private: Tags
) -> None:
    a, b = ring
    for sign, tags in ((1, {**SERVICE, **private}), (-1, {**SERVICE, **private} if rng.random() < 0.6 else FOOTWAY)):
        u = rng.uniform(-0.5, 0.5) * a
        link = to_the_street(axes.line((u, sign * b), (u, sign * (axes.short_m + b))), block)
        board.line(link, tags)
        if private:
            board.spot(_between(link, 0.45), {"barrier": "gate", **private})
    for sign in (1, -1):
        if private and sign < 0:
            continue
        v = rng.uniform(-0.4, 0.4) * b
        link = to_the_street(axes.line((sign * a, v), (sign * (axes.long_m + a), v)), block)
        board.line(link, {**FOOTWAY, **private})
        if private:
            board.spot(_between(link, 0.45), {"barrier": "gate", **private})


def _between(line: shapely.LineString, part: float) -> Point:
    point = line.interpolate(part, normalized=True)
    return point.x, point.y


def _rows_along_the_streets(
    board: Board, block: shapely.Polygon, axes: Frame, levels: str, rng: np.random.Generator
) -> None:
    """Buildings 18 m behind the middle of the street; a path in front of the doors, on the yard's side."""
    inside = shapely.buffer(block, -10)
    half_long, half_short = axes.long_m / 2, axes.short_m / 2
    tags = {"building": "apartments", "building:levels": levels}
    for sign in (1, -1):
        sizes = ((float(rng.choice(_PANEL_LENGTHS_M)), rng.uniform(15, 24)) for _ in range(1000))
        for u, length in spread(axes.long_m - 42, sizes):
            board_if(board, inside, axes.box(u, sign * (half_short - 24), length, 12.5), tags)
        path = [(-half_long + 46, sign * (half_short - 46)), (-half_long + 40, sign * (half_short - 36)),
                (half_long - 40, sign * (half_short - 36)), (half_long - 46, sign * (half_short - 46))]  # fmt: skip
        if half_long > 70:
            board.line(axes.line(*path), FOOTWAY)
    for sign in (1, -1):
        sizes = ((float(rng.choice(_PANEL_LENGTHS_M[:3])), rng.uniform(16, 22)) for _ in range(1000))
        for v, length in spread(axes.short_m - 86, sizes):
            board_if(board, inside, axes.box(sign * (half_long - 24), v, 12.5, length), tags)


def board_if(board: Board, inside: shapely.Polygon, shape: shapely.Polygon, tags: Tags) -> None:
    """Draw the building only where it stands wholly inside."""
    if inside.contains(shape):
        board.building(shape, tags)


def _inside_the_ring(board: Board, axes: Frame, ring: Point, levels: str, rng: np.random.Generator) -> None:
    a, b = ring
    if b < 16 or a < 24:
        return
    board.line(axes.line((-a, 0), (-a * 0.3, rng.uniform(-4, 4)), (a * 0.3, rng.uniform(-4, 4)), (a, 0)), FOOTWAY)
    board.line(axes.line((0, -b), (rng.uniform(-3, 3), 0), (rng.uniform(-6, 6), b)), FOOTWAY)
    board.patch(axes.box(-a * 0.45, b - 9, min(36.0, a * 0.8), 12), PARKING)
    if b > 40:  # room for one more row
        for u, length in spread(2 * a - 30, ((float(rng.choice(_PANEL_LENGTHS_M[:3])), 22.0) for _ in range(100))):
            board.building(
                axes.box(u, -b / 2, length, 12.5), {"building": "apartments", "building:levels": levels}
            )
        board.patch(axes.box(a * 0.45, b * 0.45, min(28.0, a * 0.6), 18), {"leisure": "playground"})
    elif b > 22 and rng.random() < 0.5:
        tower = {"building": "apartments", "building:levels": "9"}
        board.building(axes.box(-a * 0.5, -b * 0.5, 22, 17), tower)
        board.building(axes.box(a * 0.5, -b * 0.5, 22, 17), tower)
        board.patch(axes.box(a * 0.5, b * 0.5, 20, 12), {"leisure": "playground"})
    else:
        board.patch(axes.box(a * 0.45, b * 0.45, min(24.0, a * 0.6), min(15.0, b * 0.7)), {"leisure": "playground"})
        if a > 45:
            board.patch(axes.box(-a * 0.45, -b * 0.5, 30, min(16.0, b * 0.7)), {"leisure": "pitch", "sport": "soccer"})
