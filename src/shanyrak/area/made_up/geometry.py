"""Drawing aids in metres: smooth curves, boxes, cutting ground into blocks. No chance in here but by argument."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import shapely
from shapely.ops import split

from shanyrak.core.units import FloatArray

Point = tuple[float, float]


def smooth(points: Sequence[Point], *, step_m: float = 18.0, keep_m: float = 0.15) -> shapely.LineString:
    """A curve through the points (centripetal form is not needed: ours are evenly spread).

    Catmull-Rom spline sampled every ``step_m``, then thinned to within ``keep_m`` of the curve [m].
    """
    p = np.asarray(points, dtype=np.float64)
    if len(p) < 3:
        return shapely.LineString(p)
    p = np.vstack([2 * p[0] - p[1], p, 2 * p[-1] - p[-2]])
    pieces = []
    for a, b, c, d in zip(p, p[1:], p[2:], p[3:]):
        count = max(int(np.hypot(*(c - b)) / step_m), 1)
        t = np.arange(count)[:, None] / count
        pieces.append(0.5 * (2 * b + (c - a) * t + (2 * a - 5 * b + 4 * c - d) * t**2 + (3 * b - a - 3 * c + d) * t**3))
    curve = shapely.LineString(np.vstack([*pieces, p[-2:-1]]))
    return shapely.simplify(curve, keep_m)


@dataclass(frozen=True)
class Frame:
    """A block's own axes: ``u`` along its longer side, ``v`` across, origin in the middle."""

    centre: FloatArray
    u: FloatArray
    v: FloatArray
    long_m: float
    short_m: float

    def at(self, u: float, v: float) -> Point:
        """The point at (u, v) metres from the middle."""
        x, y = self.centre + u * self.u + v * self.v
        return float(x), float(y)

    def line(self, *points: Point) -> shapely.LineString:
        return shapely.LineString([self.at(*point) for point in points])

    def box(self, u: float, v: float, width: float, depth: float) -> shapely.Polygon:
        """A rectangle around (u, v), ``width`` along u and ``depth`` along v."""
        a, b = width / 2, depth / 2
        return shapely.Polygon([self.at(u + i * a, v + j * b) for i, j in ((-1, -1), (1, -1), (1, 1), (-1, 1))])

    def polygon(self, *points: Point) -> shapely.Polygon:
        return shapely.Polygon([self.at(*point) for point in points])


def frame(polygon: shapely.Polygon) -> Frame:
    """The axes of the smallest turned box around the polygon."""
    corners = shapely.get_coordinates(shapely.oriented_envelope(polygon))[:4]
    one, two = corners[1] - corners[0], corners[2] - corners[1]
    long, short = (one, two) if np.hypot(*one) >= np.hypot(*two) else (two, one)
    u = long / np.hypot(*long)
    if (abs(u[0]), u[0]) < (abs(u[1]), u[1]) and u[1] < 0:
        u = -u
    if abs(u[0]) >= abs(u[1]) and u[0] < 0:
        u = -u
    v = np.array([-u[1], u[0]])
    return Frame(corners.mean(axis=0), u, v, float(np.hypot(*long)), float(np.hypot(*short)))


def cut(polygon: shapely.Polygon, line: shapely.LineString) -> list[shapely.Polygon]:
    """The pieces of a polygon along a line, slivers under 50 m² left out; the largest first."""
    pieces = [piece for piece in split(polygon, line).geoms if isinstance(piece, shapely.Polygon)]
    return sorted(
        (piece for piece in pieces if piece.area > 50),
        key=lambda piece: (-piece.area, piece.centroid.x, piece.centroid.y),
    )


@dataclass(frozen=True)
class Grain:
    """How fine a quarter is cut: the blocks' wanted depth and length [m], and how crooked the streets are."""

    depth_m: float
    length_m: float
    crooked: float = 0.03


def subdivide(
    ground: shapely.Polygon,
    grain: Grain,
    rng: np.random.Generator,
    anchors: list[Point],
    *,
    snap_m: float = 24.0,
) -> tuple[list[shapely.Polygon], list[shapely.LineString]]:
    """Cut ground into blocks; the cuts are its streets.

    Every cut goes from edge to edge of the piece it cuts. Its ends are drawn to an anchor (the end of
    a street that is there already) within ``snap_m``, so that streets go on across others.

    Parameters
    ----------
    anchors : points where streets end; the new ones are appended
    """
    blocks: list[shapely.Polygon] = []
    streets: list[shapely.LineString] = []
    todo = [ground]
    while todo:
        piece = todo.pop()
        axes = frame(piece)
        along, across = axes.long_m / grain.length_m, axes.short_m / grain.depth_m
        if max(along, across) < 1.45 or piece.area < 0.7 * grain.depth_m * grain.length_m:
            blocks.append(piece)
            continue
        found = _cut_once(piece, axes, along >= across, grain, rng, anchors, snap_m)
        if found is None:
            blocks.append(piece)
            continue
        line, parts = found
        coords = np.asarray(line.coords)[1:-1]  # the first and last point lie outside, to cut surely
        streets.append(shapely.LineString(coords))
        anchors += [(float(x), float(y)) for x, y in (coords[0], coords[-1])]
        todo += parts
    return blocks, streets


def _cut_once(
    piece: shapely.Polygon,
    axes: Frame,
    shorten_long_side: bool,
    grain: Grain,
    rng: np.random.Generator,
    anchors: list[Point],
    snap_m: float,
) -> tuple[shapely.LineString, list[shapely.Polygon]] | None:
    """A street that cuts the piece in two fair parts; tried across, along, and once more each."""
    for attempt in range(4):
        line = _street(piece, axes, shorten_long_side == (attempt % 2 == 0), grain, rng, anchors, snap_m)
        if line is None:
            continue
        parts = cut(piece, line)
        inside = shapely.intersection(line, shapely.buffer(piece, 0.01))
        if len(parts) == 2 and inside.geom_type == "LineString" and parts[1].area > 0.12 * piece.area:
            return line, parts
    return None


def _street(
    piece: shapely.Polygon,
    axes: Frame,
    shorten_long_side: bool,
    grain: Grain,
    rng: np.random.Generator,
    anchors: list[Point],
    snap_m: float,
) -> shapely.LineString | None:
    """A street through the piece: outer point, edge, bend, edge, outer point; None where it would be odd."""
    side, want = (axes.long_m, grain.length_m) if shorten_long_side else (axes.short_m, grain.depth_m)
    parts = max(round(side / want), 2)
    place = ((parts // 2) / parts - 0.5) * side + rng.uniform(-0.06, 0.06) * want
    turn = rng.normal(0, grain.crooked)
    reach = axes.long_m + axes.short_m
    along, across = (axes.u, axes.v) if shorten_long_side else (axes.v, axes.u)
    direction = across + turn * along
    middle = axes.centre + place * along
    probe = shapely.LineString([middle - reach * direction, middle + reach * direction])
    inside = shapely.intersection(probe, piece)
    if inside.geom_type != "LineString" or inside.is_empty:
        return None
    ends = [np.asarray(point) for point in (inside.coords[0], inside.coords[-1])]
    ends = [_drawn_to(end, anchors, piece, snap_m) for end in ends]
    span = ends[1] - ends[0]
    length = float(np.hypot(*span))
    if length < 25:
        return None
    bend = (ends[0] + ends[1]) / 2 + np.array([-span[1], span[0]]) * rng.normal(0, grain.crooked * 0.6)
    curve = smooth([tuple(ends[0]), tuple(bend), tuple(ends[1])], step_m=14.0)
    unit = span / length
    return shapely.LineString([tuple(ends[0] - 0.4 * unit), *curve.coords, tuple(ends[1] + 0.4 * unit)])


def _drawn_to(end: FloatArray, anchors: list[Point], piece: shapely.Polygon, snap_m: float) -> FloatArray:
    if not anchors:
        return end
    every = np.asarray(anchors)
    distance = np.hypot(*(every - end).T)
    for index in np.argsort(distance, kind="stable")[:4]:
        if distance[index] <= snap_m and piece.exterior.distance(shapely.Point(every[index])) < 0.3:
            return np.array(anchors[int(index)])
    return end
