"""The sea as areas, made from coastlines within a box.

A coastline has the land on its left and the sea on its right (OpenStreetMap: natural=coastline).
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import shapely

from shanyrak.core.units import FloatArray

Box = tuple[float, float, float, float]
_ASIDE_DEGREES = 2e-6
"""How far beside a coastline we look which side it is: 0.2 m, more than two coordinates are apart."""


_ON_EDGE_DEGREES = 1e-9


def sea(coastlines: Sequence[shapely.LineString], box: Box) -> list[shapely.Polygon]:
    """The parts of the box that are sea; empty where no coastline runs through the box.

    Where a coastline ends inside the box (the extract was cut there), it is carried straight on to the edge.

    Parameters
    ----------
    coastlines : lines in degrees, in the direction in which they were mapped
    box : (west, south, east, north) [degrees]
    """
    frame = shapely.box(*box)
    merged = shapely.line_merge(shapely.MultiLineString(list(coastlines)), directed=True)
    inside = list(shapely.intersection(shapely.get_parts(merged), frame))
    lines = [line for part in inside for line in shapely.get_parts(part) if line.geom_type == "LineString"]
    lines = [line for line in lines if line.length > 0]
    if not lines:
        return []
    lines += [stub for line in lines for stub in _to_the_edge(line, box)]
    faces = list(shapely.get_parts(shapely.polygonize(_noded(lines, frame))))
    votes = _votes_for_sea(lines, faces)
    return [face for face, vote in zip(faces, votes) if vote > 0]


def _noded(lines: list[shapely.LineString], frame: shapely.Polygon) -> Sequence[shapely.LineString]:
    everything = shapely.union_all([*lines, frame.exterior])
    parts: Sequence[shapely.LineString] = shapely.get_parts(everything).tolist()
    return parts


def _to_the_edge(line: shapely.LineString, box: Box) -> list[shapely.LineString]:
    """Straight lines, in the coastline's direction, from ends that hang inside the box to its edge.

    They go on the way the coast runs as a whole (from its one end to its other); a coast that comes back
    to where it began has no such way, and is led to the nearest edge.
    """
    if line.is_closed:
        return []
    start, end = (np.asarray(line.coords[k][:2], dtype=np.float64) for k in (0, -1))
    trend = end - start
    roundabout = float(np.hypot(*trend)) < 0.1 * line.length
    stubs = []
    for point, way, first in ((start, -trend, True), (end, trend, False)):
        foot = _nearest_on_edge(point, box) if roundabout else _ahead_on_edge(point, way, box)
        if np.hypot(*(foot - point)) > _ON_EDGE_DEGREES:
            stubs.append(shapely.LineString([foot, point] if first else [point, foot]))
    return stubs


def _nearest_on_edge(point: FloatArray, box: Box) -> FloatArray:
    x, y = point.tolist()
    west, south, east, north = box
    feet = ((x - west, (west, y)), (east - x, (east, y)), (y - south, (x, south)), (north - y, (x, north)))
    return np.array(min(feet)[1])


def _ahead_on_edge(point: FloatArray, way: FloatArray, box: Box) -> FloatArray:
    """Where the ray from ``point`` in direction ``way`` leaves the box."""
    low, high = np.array(box[:2]), np.array(box[2:])
    with np.errstate(divide="ignore", invalid="ignore"):
        steps = np.where(way > 0, (high - point) / way, np.where(way < 0, (low - point) / way, np.inf))
    foot = point + max(float(steps.min()), 0.0) * way
    return np.clip(foot, low, high)


def _votes_for_sea(lines: list[shapely.LineString], faces: list[shapely.Polygon]) -> FloatArray:
    """(faces,) metres-like weight of coast that has the face on its right, less that which has it on its left."""
    votes = np.zeros(len(faces))
    tree = shapely.STRtree(faces)
    for line in lines:
        points = np.asarray(line.coords)[:, :2]
        step = np.diff(points, axis=0)
        length = np.hypot(step[:, 0], step[:, 1])
        keep = length > 0
        step, length, middle = step[keep], length[keep], (points[:-1] + points[1:])[keep] / 2
        right = np.column_stack([step[:, 1], -step[:, 0]]) / length[:, None] * _ASIDE_DEGREES
        for side, sign in ((right, 1), (-right, -1)):
            segment, face = tree.query(shapely.points(middle + side), predicate="within")
            np.add.at(votes, face, sign * length[segment])
    return votes
