"""Tying ways together: where two ways on one level meet, they get a common point.

Ways are drawn on their own; a path that ends "at a street" has its end near the street's line. Here
each meeting place becomes one exact point of both lines, so that the map has junctions.
"""

from __future__ import annotations

import numpy as np
import shapely

from shanyrak.area.made_up.board import Board
from shanyrak.core.units import FloatArray

NEAR_M = 0.7
"""Ends and corners this near to a line or to each other are one point."""


def tie(board: Board) -> list[FloatArray]:
    """(points, 2) metres of every line of the board, in the board's order, with the common points in them.

    Squares (areas that are walked on) are rings among the lines here: they come after the board's lines,
    in the order of ``board.patches``.
    """
    squares = [patch for patch in board.patches if patch.tags.get("highway") == "pedestrian"]
    shapes = np.array([*(line.shape for line in board.lines), *(patch.shape.exterior for patch in squares)])
    levels = np.array([*((line.level, line.joins) for line in board.lines), *((0, True) for _ in squares)])
    meeting = _meeting_points(shapes, levels[:, 0], levels[:, 1] > 0)
    return [
        _with_points(np.asarray(shape.coords)[:, :2], meeting[index])
        if index in meeting
        else np.asarray(shape.coords)[:, :2]
        for index, shape in enumerate(shapes)
    ]


def _meeting_points(shapes: np.ndarray, level: np.ndarray, joins: np.ndarray) -> dict[int, FloatArray]:
    """For each line that meets another: the common points (unordered)."""
    tree = shapely.STRtree(shapes)
    one, other = tree.query(shapes, predicate="dwithin", distance=NEAR_M)
    keep = (one < other) & joins[one] & joins[other]
    one, other = one[keep], other[keep]
    same = level[one] == level[other]
    points: list[tuple[float, float, int, int]] = []
    crossing = shapely.intersection(shapes[one[same]], shapes[other[same]])
    for a, b, place in zip(one[same].tolist(), other[same].tolist(), crossing):
        points += [(x, y, a, b) for part in shapely.get_parts(place) for x, y in shapely.get_coordinates(part)]
    for a, b in zip(
        [*one, *other], [*other, *one]
    ):  # ends of the first line near the second, whatever the level of ends
        if level[a] != level[b]:
            ends_b = _ends(shapes[b])
            points += [
                (*end, int(a), int(b)) for end in _ends(shapes[a]) if min(_distance(end, e) for e in ends_b) < NEAR_M
            ]
        else:
            points += [
                (*end, int(a), int(b)) for end in _ends(shapes[a]) if shapes[b].distance(shapely.Point(end)) < NEAR_M
            ]
    if not points:
        return {}
    places = np.array([point[:2] for point in points])
    common = _merged(places)
    found: dict[int, dict[tuple[float, float], None]] = {}
    for place, (_, _, a, b) in zip(common.tolist(), points):
        for line in (a, b):
            found.setdefault(line, {})[place[0], place[1]] = None
    return {line: np.array(list(row)) for line, row in found.items()}


def _ends(line: shapely.LineString) -> list[tuple[float, float]]:
    coords = line.coords
    return [(coords[k][0], coords[k][1]) for k in (0, -1)]


def _distance(a: tuple[float, float], b: tuple[float, float]) -> float:
    return float(np.hypot(a[0] - b[0], a[1] - b[1]))


def _merged(places: FloatArray) -> FloatArray:
    """Each place, or the first place within NEAR_M of it."""
    order = np.lexsort((places[:, 1], places[:, 0]))
    cells: dict[tuple[int, int], list[tuple[float, float]]] = {}
    out = np.empty_like(places)
    for index in order.tolist():
        x, y = places[index].tolist()
        column, row = int(x // NEAR_M), int(y // NEAR_M)
        around = [cell for i in (-1, 0, 1) for j in (-1, 0, 1) for cell in cells.get((column + i, row + j), ())]
        near = [cell for cell in around if _distance(cell, (x, y)) < NEAR_M]
        if not near:
            near = [(x, y)]
            cells.setdefault((column, row), []).append((x, y))
        out[index] = near[0]
    return out


def _with_points(coords: FloatArray, points: FloatArray) -> FloatArray:
    """The line with the points in it: a vertex that is near one becomes it, else it is put in between."""
    closed = bool(np.all(coords[0] == coords[-1]))
    gap = np.hypot(coords[:, None, 0] - points[None, :, 0], coords[:, None, 1] - points[None, :, 1])
    coords = coords.copy()
    for vertex in range(len(coords)):
        nearest = int(gap[vertex].argmin())
        if gap[vertex, nearest] < NEAR_M:
            coords[vertex] = points[nearest]
    line = shapely.LineString(coords)
    measure = np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(coords, axis=0).T))])
    there = {tuple(vertex) for vertex in coords.tolist()}
    missing = [point for point in points.tolist() if tuple(point) not in there]
    along = [float(line.project(shapely.Point(point))) for point in missing]
    everything = sorted([*zip(measure.tolist(), coords.tolist()), *zip(along, missing)], key=lambda entry: entry[0])
    found: list[list[float]] = []
    for _, point in everything:
        if not found or point != found[-1]:
            found.append(point)
    if closed and found[0] != found[-1]:
        found.append(found[0])
    return np.array(found)
