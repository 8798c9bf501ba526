"""The map of a report: streets, catchments, sites and uncovered people as one inline SVG.

No tiles and no script: it opens from a stick, prints on paper, and says what it shows without colour
alone (numbers on new sites, squares for existing points, dots for uncovered people).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

import numpy as np
import numpy.typing as npt
import shapely
from shapely.geometry.base import BaseGeometry

from shanyrak.app.plane import LocalPlane
from shanyrak.core.units import E7, FloatArray
from shanyrak.walk.graph import WalkGraph, WayClass

WIDTH = 1000
_MARGIN_M = 250.0
_STREET_LIMIT = 60_000
"""With more street pieces than this, footways and paths are left out of the drawing."""


@dataclass(frozen=True)
class Marker:
    """A site on the map: a numbered disc for a new one, a square for an existing one."""

    label: str
    title: str
    lon: float
    lat: float
    new: bool


@dataclass(frozen=True)
class Canvas:
    """Degrees to whole pixels, north up, the same scale both ways."""

    plane: LocalPlane
    left_m: float
    top_m: float
    scale: float
    height: int

    @classmethod
    def over(cls, lon: FloatArray, lat: FloatArray) -> Canvas:
        """A canvas that shows all given points with a margin."""
        plane = LocalPlane.around(lat)
        x, y = plane.to_m(lon, lat)
        left, right = float(x.min()) - _MARGIN_M, float(x.max()) + _MARGIN_M
        bottom, top = float(y.min()) - _MARGIN_M, float(y.max()) + _MARGIN_M
        if top - bottom > 1.2 * (right - left):
            spare = ((top - bottom) / 1.2 - (right - left)) / 2
            left, right = left - spare, right + spare
        scale = WIDTH / (right - left)
        return cls(plane, left, top, scale, max(1, round((top - bottom) * scale)))

    def pixels(self, lon: FloatArray, lat: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Pixels from the left and from the top, one decimal."""
        x, y = self.plane.to_m(lon, lat)
        return ((x - self.left_m) * self.scale).round(1), ((self.top_m - y) * self.scale).round(1)


def draw_map(
    canvas: Canvas,
    graph: WalkGraph,
    catchments: Sequence[tuple[bool, BaseGeometry]],
    markers: Sequence[Marker],
    uncovered_lon: FloatArray,
    uncovered_lat: FloatArray,
    uncovered_persons: FloatArray,
    *,
    title: str,
    credit: str,
) -> str:
    """The SVG as text. ``catchments`` are (new, polygon in degrees)."""
    parts = [
        f'<svg class="map" viewBox="0 0 {WIDTH} {canvas.height}" role="img" aria-label="{escape(title, quote=True)}" '
        'xmlns="http://www.w3.org/2000/svg">',
        f'<rect class="land" width="{WIDTH}" height="{canvas.height}"/>',
    ]
    parts += [
        f'<path class="reach {"new" if new else "old"}" d="{_outline(canvas, area)}"/>' for new, area in catchments
    ]
    parts += _streets(canvas, graph)
    parts.append(_dots(canvas, uncovered_lon, uncovered_lat, uncovered_persons))
    for marker in markers:
        parts.append(_marker(canvas, marker))
    parts.append(_scale_bar(canvas))
    parts.append(
        f'<text class="credit" x="{WIDTH - 8}" y="{canvas.height - 10}" text-anchor="end">{escape(credit)}</text>'
    )
    parts.append("</svg>")
    return "".join(parts)


def _outline(canvas: Canvas, area: BaseGeometry) -> str:
    out = []
    for polygon in shapely.get_parts(area):
        for ring in (polygon.exterior, *polygon.interiors):
            xy = shapely.get_coordinates(ring)
            px, py = canvas.pixels(xy[:, 0], xy[:, 1])
            out.append("M" + "L".join(f"{a:g} {b:g}" for a, b in zip(px, py, strict=True)) + "Z")
    return "".join(out)


def _streets(canvas: Canvas, graph: WalkGraph) -> list[str]:
    """Two paths: streets with names on them wide, everything else narrow."""
    wide = np.isin(graph.edge_class, (WayClass.STREET, WayClass.ROAD))
    layers = [("street", wide)]
    if graph.edges <= _STREET_LIMIT:
        layers.insert(0, ("lane", ~wide))
    px, py = canvas.pixels(graph.shape_lon_e7 / E7, graph.shape_lat_e7 / E7)
    shown = (px > -5) & (px < WIDTH + 5) & (py > -5) & (py < canvas.height + 5)
    owner = np.repeat(np.arange(graph.edges), np.diff(graph.edge_shape_ptr))
    lines = np.asarray(shapely.simplify(shapely.linestrings(np.column_stack([px, py]), indices=owner), 0.6))
    visible = np.bincount(owner, weights=shown, minlength=graph.edges) > 0
    return [f'<path class="{name}" d="{_lines(lines[chosen & visible])}"/>' for name, chosen in layers]


def _lines(lines: npt.NDArray[np.object_]) -> str:
    """Path data of many lines: each begins with M, its further points follow."""
    xy, owner = shapely.get_coordinates(lines, return_index=True)
    first = np.ones(len(owner), bool)
    first[1:] = owner[1:] != owner[:-1]
    return "".join(
        f"{'M' if begins else 'L'}{x:g} {y:g}" for begins, (x, y) in zip(first.tolist(), xy.tolist(), strict=True)
    )


def _dots(canvas: Canvas, lon: FloatArray, lat: FloatArray, persons: FloatArray) -> str:
    """One dot a cell; its area stands for the people there."""
    if not len(lon):
        return ""
    px, py = canvas.pixels(lon, lat)
    radius = np.clip(np.sqrt(persons) * 0.45, 0.7, 9).round(1)
    circles = "".join(f'<circle cx="{x:g}" cy="{y:g}" r="{r:g}"/>' for x, y, r in zip(px, py, radius, strict=True))
    return f'<g class="uncovered">{circles}</g>'


def _marker(canvas: Canvas, marker: Marker) -> str:
    px, py = canvas.pixels(np.array([marker.lon]), np.array([marker.lat]))
    x, y = f"{px[0]:g}", f"{py[0]:g}"
    shape = (
        '<circle class="site" r="17"/>'
        if marker.new
        else '<rect class="point" x="-15" y="-15" width="30" height="30" rx="5"/>'
    )
    return (
        f'<g class="marker" transform="translate({x} {y})"><title>{escape(marker.title)}</title>{shape}'
        f'<text text-anchor="middle" dy="7">{escape(marker.label)}</text></g>'
    )


def _scale_bar(canvas: Canvas) -> str:
    metres = next((m for m in (5000, 2000, 1000, 500, 200, 100) if m * canvas.scale <= 220), 100)
    length = metres * canvas.scale
    label = f"{metres // 1000} km" if metres >= 1000 else f"{metres} m"
    y = canvas.height - 16
    return (
        f'<g class="scale"><path d="M12 {y - 6}V{y}H{12 + length:g}V{y - 6}"/>'
        f'<text x="{18 + length:g}" y="{y}">{label}</text></g>'
    )
