"""Open ground on which a yurt can stand, with its generator six metres from everything.

The yurt is a circle of 8 m (a six-wall yurt is 6 to 8 m across). The generator, about 1 m, stands 6 m from the
yurt. Both fit, whichever way they are turned, into a circle of 8 + 6 + 1 = 15 m across, 7.5 m around its middle;
and no building may be within 6 m of that circle, so that exhaust reaches no window. So a middle is good where the
edge of the open ground is at least 7.5 m away and every building at least 13.5 m.
"""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt
import shapely
from scipy.spatial import cKDTree
from shapely.geometry.base import BaseGeometry

from shanyrak.area.candidates_rooms import Found
from shanyrak.area.features import Buildings, Features, Ground, Ring
from shanyrak.area.metric import mercator, mercator_e7, true_metres, unmercator
from shanyrak.core.units import BoolArray, FloatArray, e7_to_degrees

YURT_DIAMETER_M = 8.0
GENERATOR_M = 1.0
GENERATOR_GAP_M = 6.0
"""Between generator and yurt, and between generator and any building."""
CIRCLE_RADIUS_M = (YURT_DIAMETER_M + GENERATOR_GAP_M + GENERATOR_M) / 2
SPOT_SPACING_M = 120.0
"""Between two spots on one large ground ..."""
MOST_SPOTS = 12
"""... and no more than so many on one, however large."""
THINNED_M = 60.0
"""Spots of different grounds nearer than this are one choice: squares first, car parks, parks, pitches."""
_RANK = {"square": 0, "car_park": 1, "park": 2, "pitch": 3}
_SHUT = ("private", "no", "military")
_ROOFED = ("underground", "multi-storey", "multi_storey", "rooftop", "sheds", "carports", "garage_boxes")


def open_ground(features: Features) -> Found:
    """Spots where the circle fits, in the order of the file; several on large grounds."""
    grounds = [ground for ground in features.grounds if _open(ground)]
    shapes = [_polygon(ground.ring, ground.holes) for ground in grounds]
    sound = [i for i, shape in enumerate(shapes) if shape is not None and not shape.is_empty]
    grounds = [grounds[i] for i in sound]
    if not grounds:
        return Found((), np.zeros(0), np.zeros(0), (), ())
    shape = np.asarray([shapes[i] for i in sound], object)
    # map metres per true metre, where each ground lies
    stretch = 1 / true_metres(e7_to_degrees([ground.ring.lat_e7[0] for ground in grounds]))
    free = _minus_buildings(shape, stretch, features.buildings)
    usable = shapely.buffer(free, -CIRCLE_RADIUS_M * stretch, quad_segs=4)
    ids: list[str] = []
    owner: list[int] = []
    spots: list[tuple[float, float]] = []
    for i in np.flatnonzero(~shapely.is_empty(usable)).tolist():
        for number, spot in enumerate(_spots(usable[i], float(stretch[i])), 1):
            ids.append(grounds[i].osm_id if number == 1 else f"{grounds[i].osm_id}-{number}")
            owner.append(i)
            spots.append(spot)
    kept = _thinned(ids, owner, spots, grounds, stretch)
    lon, lat = unmercator(*np.asarray([spots[k] for k in kept], np.float64).reshape(-1, 2).T)
    return Found(
        tuple(ids[k] for k in kept),
        lon,
        lat,
        tuple(grounds[owner[k]].name for k in kept),
        tuple(grounds[owner[k]].kind for k in kept),
    )


def inside_excluded(features: Features, lon: FloatArray, lat: FloatArray) -> BoolArray:
    """Which points lie on military or prison ground."""
    shapes = [_polygon(ground.ring, ground.holes) for ground in features.excluded]
    sound = [shape for shape in shapes if shape is not None]
    out = np.zeros(len(lon), bool)
    if sound and len(lon):
        x, y = mercator(lon, lat)
        point, _ = shapely.STRtree(sound).query(shapely.points(x, y), predicate="intersects")
        out[point] = True
    return out


def _open(ground: Ground) -> bool:
    if ground.kind not in _RANK or ground.tags.get("access") in _SHUT:
        return False
    return ground.tags.get("parking") not in _ROOFED and ground.tags.get("covered") != "yes"


def _polygon(ring: Ring, holes: tuple[Ring, ...] = ()) -> BaseGeometry | None:
    """A ring with holes on the map, made valid; None where it encloses nothing."""
    if len(ring) < 4:
        return None
    shell = np.column_stack(mercator_e7(ring.lon_e7, ring.lat_e7))
    cut = [np.column_stack(mercator_e7(hole.lon_e7, hole.lat_e7)) for hole in holes if len(hole) >= 4]
    shape = shapely.Polygon(shell, cut)
    return shape if shape.is_valid else shapely.buffer(shapely.make_valid(shape), 0)


def _minus_buildings(
    shape: npt.NDArray[np.object_], stretch: FloatArray, buildings: Buildings
) -> npt.NDArray[np.object_]:
    """Grounds without the strip around each building in which the generator may not stand."""
    sizes = np.diff(buildings.ring_ptr)
    rings = np.flatnonzero(sizes >= 4)
    if not len(rings):
        return shape
    at = np.flatnonzero(np.repeat(sizes >= 4, sizes))
    x, y = mercator_e7(buildings.lon_e7[at], buildings.lat_e7[at])
    which = np.repeat(np.arange(len(rings)), sizes[rings])
    walls = np.asarray(shapely.polygons(shapely.linearrings(np.column_stack([x, y]), indices=which)), object)
    gap = GENERATOR_GAP_M * stretch
    ground, building = shapely.STRtree(walls).query(shape, predicate="dwithin", distance=gap)
    out = shape.copy()
    order = np.argsort(ground, kind="stable")
    ground, building = ground[order], building[order]
    strips = np.asarray(shapely.buffer(shapely.make_valid(walls[building]), gap[ground], quad_segs=4), object)
    for i in np.unique(ground).tolist():
        begin, end = np.searchsorted(ground, [i, i + 1])
        out[i] = shapely.difference(shape[i], shapely.union_all(strips[begin:end]))
    return out


def _spots(usable: BaseGeometry, stretch: float) -> list[tuple[float, float]]:
    """Middles of circles: the heart of the ground, then a lattice over what else is large enough."""
    parts = shapely.get_parts(usable)
    largest = parts[int(np.argmax(shapely.area(parts)))]
    heart = shapely.centroid(largest)
    if not shapely.intersects(largest, heart):
        heart = shapely.point_on_surface(largest)
    spots = [(float(shapely.get_x(heart)), float(shapely.get_y(heart)))]
    step = max(SPOT_SPACING_M * stretch, math.sqrt(float(shapely.area(usable)) / (MOST_SPOTS - 1)))
    west, south, east, north = shapely.bounds(usable)
    if max(east - west, north - south) < step:
        return spots
    # a lattice through the heart, so that the same ground gives the same spots
    columns = np.arange(math.ceil((west - spots[0][0]) / step), math.floor((east - spots[0][0]) / step) + 1)
    rows = np.arange(math.ceil((south - spots[0][1]) / step), math.floor((north - spots[0][1]) / step) + 1)
    x, y = (v.ravel() for v in np.meshgrid(spots[0][0] + columns * step, spots[0][1] + rows * step))
    inside = shapely.intersects_xy(usable, x, y)
    others = [(float(a), float(b)) for a, b in zip(x[inside], y[inside], strict=True)]
    others = [spot for spot in others if math.dist(spot, spots[0]) > step / 2]
    others.sort(key=lambda spot: (round(math.dist(spot, spots[0]), 3), spot))
    return spots + others[: MOST_SPOTS - 1]


def _thinned(
    ids: list[str], owner: list[int], spots: list[tuple[float, float]], grounds: list[Ground], stretch: FloatArray
) -> list[int]:
    """Indices of the spots that stay when near ones are taken for one choice."""
    if not spots:
        return []
    at = np.asarray(spots)
    reach = THINNED_M * stretch[owner]
    beside: dict[int, list[int]] = {}
    for a, b in cKDTree(at).query_pairs(float(reach.max())):
        if math.dist(at[a], at[b]) < reach[a]:
            beside.setdefault(a, []).append(b)
            beside.setdefault(b, []).append(a)
    order = sorted(range(len(spots)), key=lambda k: (_RANK[grounds[owner[k]].kind], "-" in ids[k], k))
    kept: set[int] = set()
    for k in order:
        if not any(j in kept for j in beside.get(k, ())):
            kept.add(k)
    return sorted(kept)
