"""The town's bones: water, railway, main streets, and the blocks between them."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry
from shapely.ops import substring

from shanyrak.area.made_up import plan
from shanyrak.area.made_up.board import Board, Tags
from shanyrak.area.made_up.geometry import Frame, Point, cut, smooth, subdivide
from shanyrak.area.made_up.names import StreetName, StreetNames, both


@dataclass
class Block:
    """Ground between streets (to their middle lines)."""

    shape: shapely.Polygon
    kind: str
    district: str
    special: plan.Special | None = None


@dataclass
class Skeleton:
    """What everything else is placed by."""

    scale: float
    river: shapely.LineString
    water: BaseGeometry
    island: shapely.Polygon
    rail: shapely.LineString
    edge: shapely.Polygon
    blocks: list[Block] = field(default_factory=list)
    faces: list[tuple[shapely.Polygon, str]] = field(default_factory=list)
    """(ground between main streets, kind)"""


def draw_skeleton(board: Board, scale: float, rng: np.random.Generator) -> Skeleton:
    """Water, railway and all streets on the board; the blocks are what is left between them."""

    def at(points: tuple[Point, ...]) -> list[Point]:
        return [(x * scale, y * scale) for x, y in points]

    river, rail = smooth(at(plan.RIVER)), smooth(at(plan.RAIL))
    island = shapely.Polygon(smooth([*at(plan.ISLAND), at(plan.ISLAND)[0]]).coords)
    water = shapely.union(shapely.buffer(river, plan.RIVER_HALF_M), shapely.buffer(island, plan.ARM_M))
    water = shapely.simplify(shapely.buffer(shapely.buffer(water, 150), -150), 0.8)  # no sharp corners in the banks
    edge = shapely.Polygon(smooth([*at(plan.TOWN_EDGE), at(plan.TOWN_EDGE)[0]]).coords)
    bones = Skeleton(scale, river, shapely.difference(water, island), island, rail, edge)

    names = StreetNames()
    roads: list[tuple[shapely.LineString, str, StreetName, str]] = []
    for street in plan.MAIN_STREETS:
        roads.append(
            (smooth(at(street.points)), street.kind, names.named(street.name, old=street.old), street.over_rail)
        )
    roads += [(line, kind, names.named(name), "") for line, kind, name in _along_water_and_rail(bones, water)]

    shapes = trimmed([road[0] for road in roads])
    roads = [(shape, *road[1:]) for shape, road in zip(shapes, roads)]
    faces = shapely.get_parts(
        shapely.polygonize(shapely.get_parts(shapely.union_all([*shapes, edge.exterior])).tolist())
    )
    _draw_main_streets(board, bones, roads)
    _draw_water(board, bones)
    _draw_blocks(board, bones, list(faces), names, rng)
    return bones


def _along_water_and_rail(bones: Skeleton, water: BaseGeometry) -> list[tuple[shapely.LineString, str, str]]:
    """The two streets on the embankments and the two along the tracks."""
    inside = shapely.buffer(bones.edge, 1.0)
    found = []
    banks = shapely.simplify(shapely.buffer(water, plan.BANK_M), 1.0).exterior
    for part in _longest(shapely.intersection(banks, inside), 2):
        middle = part.interpolate(0.5, normalized=True)
        above = bones.river.interpolate(bones.river.project(middle)).y < middle.y
        found.append((part, "tertiary" if above else "residential", "Набережна" if above else "Берегова"))
    for offset, kind, name in (
        (-plan.RAIL_STREET_M, "tertiary", "Вокзальна"),
        (plan.RAIL_STREET_M, "residential", "Залізнична"),
    ):
        line = shapely.simplify(shapely.offset_curve(bones.rail, offset), 0.5)
        found += [(part, kind, name) for part in _longest(shapely.intersection(line, inside), 1)]
    return found


def _longest(geometry: BaseGeometry, count: int) -> list[shapely.LineString]:
    merged = shapely.line_merge(geometry)
    return sorted(shapely.get_parts(merged), key=lambda part: -part.length)[:count]


def trimmed(lines: list[shapely.LineString], *, most_m: float = 130.0) -> list[shapely.LineString]:
    """The lines without the ends that overhang the last crossing by at most ``most_m``."""
    found = []
    for line in lines:
        others = shapely.union_all([other for other in lines if other is not line])
        crossings = shapely.get_parts(shapely.intersection(line, others))
        places = [line.project(shapely.Point(point.coords[0])) for point in crossings]
        first, last = min(places, default=0.0), max(places, default=line.length)
        first = first if first <= most_m else 0.0
        last = last if line.length - last <= most_m else line.length
        # 0.3 m beyond the crossing, so that it stays one; the ends are joined when ways are tied together
        found.append(shapely.LineString(substring(line, max(first - 0.3, 0.0), min(last + 0.3, line.length)).coords))
    return found


def _draw_main_streets(
    board: Board, bones: Skeleton, roads: list[tuple[shapely.LineString, str, StreetName, str]]
) -> None:
    over_water = shapely.buffer(shapely.union(bones.water, bones.island), 15)
    under_rail = shapely.buffer(bones.rail, 17)
    rail = bones.rail
    for street, kind, name, over_rail in roads:
        line: Any = street
        tags = {"highway": kind, **name.tags(), "surface": "asphalt", "lit": "yes", "sidewalk": "both"}
        if over_rail == "level":
            crossing: Any = shapely.intersection(line, rail)
            line, rail = with_point(line, crossing), with_point(rail, crossing)
            board.spot((crossing.x, crossing.y), {"railway": "level_crossing", "crossing:barrier": "full"})
        if over_rail == "tunnel":
            board.line(shapely.intersection(line, under_rail), {**tags, "tunnel": "yes", "layer": "-1"}, level=-1)
            line = shapely.difference(line, under_rail)
        if shapely.intersects(line, over_water):
            board.line(shapely.intersection(line, over_water), {**tags, "bridge": "yes", "layer": "1"}, level=1)
            line = shapely.difference(line, over_water)
        board.line(line, tags)
    board.line(rail, {"railway": "rail", "usage": "main", "gauge": "1520", "electrified": "contact_line"}, joins=False)
    second = shapely.intersection(shapely.offset_curve(rail, 4.6), shapely.buffer(rail, 6))
    board.line(second, {"railway": "rail", "usage": "main", "gauge": "1520"}, joins=False)
    bones.rail = rail


def with_point(line: shapely.LineString, point: shapely.Point) -> shapely.LineString:
    """The line with one more vertex at ``point``, which lies on it."""
    where = line.project(point)
    coords = [*line.coords]
    index = sum(line.project(shapely.Point(corner)) < where for corner in coords)
    return shapely.LineString([*coords[:index], (point.x, point.y), *coords[index:]])


def _draw_water(board: Board, bones: Skeleton) -> None:
    name = {"name": "Тиха річка", "name:uk": "Тиха річка", "name:en": "Quiet River"}
    board.patch(bones.water, {"natural": "water", "water": "river", **name})
    board.line(bones.river, {"waterway": "river", **name}, joins=False)


def _draw_blocks(
    board: Board, bones: Skeleton, faces: list[shapely.Polygon], names: StreetNames, rng: np.random.Generator
) -> None:
    anchors: list[Point] = []
    cuts: list[tuple[shapely.LineString, str]] = []
    for quarter in plan.QUARTERS:
        seed = shapely.Point(quarter.seed[0] * bones.scale, quarter.seed[1] * bones.scale)
        face = next((face for face in faces if face.contains(seed)), None)
        if face is None or any(face is taken for taken, _ in bones.faces):  # stretched out of the plan's shape
            continue
        bones.faces.append((face, quarter.kind))
        if quarter.kind == "meadow":
            continue
        blocks, streets = subdivide(face, plan.GRAINS[quarter.kind], rng, anchors)
        bones.blocks += [Block(block, quarter.kind, quarter.district) for block in blocks]
        cuts += [(_off_the_edge(street, bones.edge), quarter.kind) for street in streets]
    cuts += _draw_villages(board, bones, rng, anchors)
    for special in plan.SPECIALS:
        seed = shapely.Point(special.seed[0] * bones.scale, special.seed[1] * bones.scale)
        free = [block for block in bones.blocks if block.special is None]
        nearest = min(free, key=lambda block: block.shape.distance(seed), default=None)
        if nearest is not None and nearest.shape.distance(seed) < 300:
            nearest.special = special
    for line, tags in named_streets(cuts, names):
        board.line(line, tags)


def _draw_villages(
    board: Board, bones: Skeleton, rng: np.random.Generator, anchors: list[Point]
) -> list[tuple[shapely.LineString, str]]:
    """Blocks of houses along the roads out of town; returns their streets."""
    roads = [line.shape for line in board.lines if "name" in line.tags and not line.level and line.joins]
    cuts = []
    for village in plan.VILLAGES:
        seed = shapely.Point(village.seed[0] * bones.scale, village.seed[1] * bones.scale)
        road = min(roads, key=lambda line: line.distance(seed))
        along = road.project(seed)
        middle, ahead = (shapely.get_coordinates(road.interpolate(along + d))[0] for d in (0, 5))
        u = (ahead - middle) / np.hypot(*(ahead - middle))
        axes = Frame(middle, u, np.array([-u[1], u[0]]), village.long_m, village.deep_m)
        corners = axes.box(0, 0, village.long_m, village.deep_m)
        ground = shapely.Polygon(shapely.get_coordinates(shapely.buffer(shapely.buffer(corners, -60), 60, quad_segs=3)))
        for face in cut(ground, road):
            bones.faces.append((face, "houses"))
            blocks, streets = subdivide(face, plan.GRAINS["houses"], rng, anchors)
            bones.blocks += [Block(block, "houses", "village") for block in blocks]
            cuts += [(_off_the_edge(street, ground), "houses") for street in streets]
        club = plan.Special(village.seed, "culture", f"Клуб, {village.uk}", f"Village Hall, {village.en}")
        min(bones.blocks, key=lambda block: block.shape.distance(seed)).special = club
        board.spot(axes.at(0, 12), {"place": "village", **both(village.uk, village.en)})
    return cuts


def _off_the_edge(street: shapely.LineString, edge: shapely.Polygon) -> shapely.LineString:
    """A street that runs out at the edge of the town stops a house's width before the fields."""
    fields = shapely.buffer(edge.exterior, 10)
    return street if street.length < 60 else max(shapely.get_parts(street.difference(fields)), key=lambda p: p.length)


def named_streets(
    cuts: list[tuple[shapely.LineString, str]], names: StreetNames
) -> list[tuple[shapely.LineString, Tags]]:
    """Streets with tags; pieces that go on straight across another street share a name."""
    group = list(range(len(cuts)))

    def root(index: int) -> int:
        while group[index] != index:
            index = group[index]
        return index

    ends: dict[tuple[int, int], list[tuple[int, np.ndarray]]] = defaultdict(list)
    for index, (line, _) in enumerate(cuts):
        coords = np.asarray(line.coords)
        for end, inner in ((coords[0], coords[1]), (coords[-1], coords[-2])):
            away = (inner - end) / np.hypot(*(inner - end))
            for other, direction in ends[round(end[0] * 10), round(end[1] * 10)]:
                if away @ direction < -0.8 and root(other) != root(index):
                    group[root(index)] = root(other)
            ends[round(end[0] * 10), round(end[1] * 10)].append((index, away))
    length: dict[int, float] = defaultdict(float)
    for index, (line, _) in enumerate(cuts):
        length[root(index)] += line.length
    given: dict[int, StreetName] = {}
    drawn = []
    for index, (line, kind) in enumerate(cuts):
        street = root(index)
        if street not in given:
            given[street] = names.next(lane=length[street] < 130 and kind in {"houses", "old"})
        if kind == "green":
            drawn.append((line, {"highway": "footway", "surface": "paving_stones", "lit": "yes"}))
            continue
        highway = "unclassified" if kind == "industrial" else "residential"
        surface = "unpaved" if kind == "houses" and index % 3 == 0 else "asphalt"
        tags = {"highway": highway, **given[street].tags(), "surface": surface}
        drawn.append((line, tags if surface == "unpaved" else {**tags, "sidewalk": "both"}))
    return drawn
