"""What people live in: old town, panel blocks, private houses. Each fills one block."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

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
    for start, end in pairwise(ring):
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
    axes = frame(block)
    if axes.long_m > 140 and rng.random() < 0.45:  # a trodden path between the gardens
        u = rng.uniform(-0.2, 0.2) * axes.long_m
        across = shapely.intersection(axes.line((u, -axes.long_m), (u + 4, 0), (u, axes.long_m)), block)
        board.line(across, {"highway": "path", "surface": "ground"})
    sides = edges(block, least_m=34)
    for side in sides:
        if side.long_m > 70 and rng.random() < 0.4:  # a way in to houses in the second row
            u = rng.uniform(-0.3, 0.3) * side.long_m
            drive = to_the_street(side.line((u, rng.uniform(20, 30)), (u, -20)), block)
            board.line(drive, {**SERVICE, "service": "driveway"})
    for side in sides:
        sizes = ((rng.uniform(23.0, 33.0), 0.0) for _ in range(1000))
        for u, plot in spread(side.long_m - 16, sizes):
            if rng.random() < 0.06:
                continue  # an empty plot
            width, depth = rng.uniform(7.0, 10.5), rng.uniform(7.5, 10.5)
            house = side.box(u + rng.uniform(-1.5, 1.5), 9 + rng.uniform(0, 4) + depth / 2, width, depth)
            if inside.contains(house):
                levels = "2" if rng.random() < 0.12 else "1"
                kind = "house" if rng.random() < 0.75 else "detached"
                board.building(house, {"building": kind, "building:levels": levels})
            if rng.random() < 0.4:
                shed = side.box(u + (plot / 2 - 4) * rng.choice([-1, 1]), rng.uniform(26, 31), rng.uniform(4, 7), 4)
                if inside.contains(shed):
                    board.building(shed, {"building": "shed" if rng.random() < 0.6 else "garage"})


def old_town(board: Board, block: shapely.Polygon, rng: np.random.Generator) -> None:
    """Houses of two to four storeys close to the street, a yard inside with its way in."""
    inside = shapely.buffer(block, -5.5)
    sides = sorted(edges(block, least_m=30), key=lambda side: -side.long_m)
    axes = frame(block)
    if sides and axes.short_m > 62:
        board.line(_way_in(sides[0], min(axes.short_m / 2, 48), block), {**SERVICE, "service": "driveway"})
        if len(sides) > 2 and rng.random() < 0.6:
            board.line(_way_in(sides[2], min(axes.long_m / 2, 48), block), {**FOOTWAY, "surface": "asphalt"})
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


def _way_in(side: Frame, depth_m: float, block: shapely.Polygon) -> shapely.LineString:
    """From the middle of a side straight into the yard."""
    return to_the_street(side.line((0, depth_m), (0, -30)), block)


def _old_house(rng: np.random.Generator) -> Tags:
    levels = str(rng.choice([1, 2, 3, 4], p=[0.15, 0.5, 0.28, 0.07]))
    kind = str(rng.choice(["apartments", "residential", "house", "retail", "office"], p=[0.38, 0.1, 0.17, 0.22, 0.13]))
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
    """The part of a line from its beginning, inside the block, to the middle of the street around it.

    Empty where the beginning is not inside: nothing is drawn then.
    """
    start = shapely.Point(line.coords[0])
    if not block.contains(start):
        return shapely.LineString()
    parts: list[shapely.LineString] = shapely.get_parts(shapely.intersection(line, block)).tolist()
    return min(parts, key=lambda part: part.distance(start))


def panel(board: Board, block: shapely.Polygon, rng: np.random.Generator, *, gated: bool = False) -> None:
    """Long buildings of five to nine storeys around a yard with a ring of service way, paths and playgrounds."""
    ring = shapely.simplify(shapely.buffer(block, -46, join_style="mitre"), 6.0)
    if ring.geom_type != "Polygon" or ring.area < 1200 or frame(ring).short_m < 24:
        mixed(board, block, rng)
        return
    axes = frame(ring)
    levels = str(rng.choice([5, 9, 10], p=[0.62, 0.3, 0.08]))
    private = {"access": "private"} if gated else {}
    board.line(
        shapely.buffer(shapely.buffer(ring, -5), 5, quad_segs=2).exterior, {**SERVICE, "surface": "asphalt", **private}
    )
    links = _ways_to_the_street(board, block, ring, axes, rng, private)
    _rows_along_the_streets(board, block, links, levels, rng)
    _inside_the_ring(board, ring, axes, levels, rng)


def _ways_to_the_street(
    board: Board, block: shapely.Polygon, ring: shapely.Polygon, axes: Frame, rng: np.random.Generator, private: Tags
) -> list[shapely.LineString]:
    """From the ring to the street: by car on one or two sides, on foot on the others (gated: one)."""
    u, v = rng.uniform(-0.25, 0.25) * axes.long_m, rng.uniform(-0.2, 0.2) * axes.short_m
    second = {**SERVICE, **private} if rng.random() < 0.6 else {**FOOTWAY, **private}
    far = 2 * axes.long_m + 200
    ways: list[tuple[Point, Point, Tags]] = [((u, 0), (u, far), {**SERVICE, **private}), ((u, 0), (u, -far), second),
                                             ((0, v), (far, v), {**FOOTWAY, **private})]  # fmt: skip
    if not private:
        ways.append(((0, v), (-far, v), FOOTWAY))
    links = []
    for start, end, tags in ways:
        outside = shapely.difference(to_the_street(axes.line(start, end), block), ring)
        link = max(shapely.get_parts(outside), key=lambda part: part.length, default=shapely.LineString())
        if link.is_empty:
            continue
        if private:
            gate = _between(link, 0.5)
            link = shapely.LineString([link.coords[0], gate, link.coords[-1]])
            board.spot(gate, {"barrier": "gate", **private})
        board.line(link, tags)
        links.append(link)
    return links


def _between(line: shapely.LineString, part: float) -> Point:
    point = line.interpolate(part, normalized=True)
    return point.x, point.y


def _rows_along_the_streets(
    board: Board, block: shapely.Polygon, links: list[shapely.LineString], levels: str, rng: np.random.Generator
) -> None:
    """Buildings 18 m behind the middle of the street with gaps for the links; a path in front of the doors, inside."""
    inside = shapely.difference(shapely.buffer(block, -10), shapely.buffer(block, -34.9))
    doorstep = shapely.simplify(shapely.buffer(block, -36.5, join_style="mitre"), 3.0)
    tags = {"building": "apartments", "building:levels": levels}
    sides = sorted(edges(block, least_m=70), key=lambda side: -side.long_m)
    for rank, side in enumerate(sides):
        room = side.long_m - (44 if rank < 2 else 86)  # the long sides take the corners
        for u, length in _row(room, _crossings(side, links), rng):
            house = side.box(u, 24.5, length, 12.5)
            if not inside.contains(house):
                continue
            board.building(house, tags)
            for door in np.arange(-length / 2 + 12, length / 2, 36):
                ahead = side.line((u + float(door), 32.4), (u + float(door), 46))
                step = shapely.get_parts(shapely.difference(ahead, doorstep))
                if len(step) and step[0].length < 12 and shapely.intersects(ahead, doorstep):
                    board.line(step[0], FOOTWAY)
    if doorstep.geom_type == "Polygon":
        board.line(doorstep.exterior, FOOTWAY)


def _crossings(side: Frame, links: list[shapely.LineString]) -> list[float]:
    """Where along the side the links pass through the row of buildings [m from its middle]."""
    strip = side.box(0, 24.5, side.long_m + 40, 16)
    places = []
    for link in links:
        part = shapely.intersection(link, strip)
        if not part.is_empty:
            places.append(float((np.asarray(part.centroid.coords[0]) - side.centre) @ side.u))
    return sorted(places)


def _row(room_m: float, crossings: list[float], rng: np.random.Generator) -> Iterator[tuple[float, float]]:
    """(middle, length) of the buildings of a row of ``room_m`` that keeps 6 m free around each crossing."""
    stops = [-room_m / 2 - 6, *(place for place in crossings if abs(place) < room_m / 2), room_m / 2 + 6]
    for left, right in pairwise(stops):
        room = right - left - 12
        lengths = _lengths_that_fit(room, rng)
        gap = (room - sum(lengths)) / max(len(lengths) - 1, 1) if len(lengths) > 1 else 0.0
        for u, length in spread(room + 0.01, iter([(length, gap) for length in lengths])):
            yield (left + right) / 2 + u, length


def _lengths_that_fit(room_m: float, rng: np.random.Generator) -> list[float]:
    """Lengths of buildings that stand in a row of ``room_m`` with at least 15 m between them."""
    lengths: list[float] = []
    while (left := room_m - sum(lengths) - 15 * len(lengths)) > min(_PANEL_LENGTHS_M):
        fitting = [length for length in _PANEL_LENGTHS_M if length < left]
        lengths.append(float(rng.choice(fitting)))
    return lengths


def board_if(board: Board, inside: shapely.Polygon, shape: shapely.Polygon, tags: Tags) -> None:
    """Draw the building only where it stands wholly inside."""
    if inside.contains(shape):
        board.building(shape, tags)


def _inside_the_ring(board: Board, ring: shapely.Polygon, axes: Frame, levels: str, rng: np.random.Generator) -> None:
    """Paths across the yard, cars, a playground or pitch, and where there is room one more row or two towers."""
    a, b = axes.long_m / 2, axes.short_m / 2
    across = axes.line((-3 * a, 0), (-a * 0.3, rng.uniform(-4, 4)), (a * 0.3, rng.uniform(-4, 4)), (3 * a, 0))
    if b > 40:
        across = axes.line((-3 * a, -b + 56), (3 * a, -b + 56))  # between two rows
    board.line(shapely.intersection(across, ring), FOOTWAY)
    along = axes.line((0, -3 * b), (rng.uniform(-3, 3), 0), (rng.uniform(-6, 6), 3 * b))
    board.line(shapely.intersection(along, ring), FOOTWAY)
    inside = shapely.buffer(ring, -7)

    def ground(u: float, v: float, width: float, depth: float, tags: Tags) -> None:
        shape = axes.box(u, v, width, depth)
        if shapely.buffer(ring, -2.5).contains(shape):
            board.patch(shape, tags)

    ground(-a * 0.45, b - 10, min(36.0, a * 0.8), 12, PARKING)
    playground = {"leisure": "playground"}
    if b > 40:  # room for more rows, and a playground between two of them
        for v in np.arange(-b + 30, b - 26, 52):
            for u, length in _row(2 * a - 34, [0.0], rng):
                house = axes.box(u, float(v), length, 12.5)
                board_if(board, inside, house, {"building": "apartments", "building:levels": levels})
        ground(a * 0.45, b - 16, min(28.0, a * 0.6), 16, playground)
    elif b > 26 and a > 45 and rng.random() < 0.5:
        for sign in (1, -1):
            tower = {"building": "apartments", "building:levels": "9"}
            board_if(board, inside, axes.box(sign * a * 0.5, -b * 0.5, 22, 17), tower)
        ground(a * 0.5, b * 0.5, 20, 12, playground)
    else:
        ground(a * 0.45, b * 0.4, min(24.0, a * 0.6), min(15.0, b * 0.6), playground)
        if a > 45:
            ground(-a * 0.45, -b * 0.45, 30, min(16.0, b * 0.7), {"leisure": "pitch", "sport": "soccer"})
