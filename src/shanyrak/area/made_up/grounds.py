"""What a town has besides dwellings: square, market, schools, parks, hospital ... Each fills one block."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import shapely

from shanyrak.area.made_up.board import Board, Tags
from shanyrak.area.made_up.dwellings import (
    FOOTWAY,
    PARKING,
    SERVICE,
    edges,
    houses,
    mixed,
    old_town,
    panel,
    spread,
    to_the_street,
)
from shanyrak.area.made_up.geometry import Frame, cut, frame
from shanyrak.area.made_up.names import both
from shanyrak.area.made_up.plan import Special

Fill = Callable[[Board, shapely.Polygon, np.random.Generator], None]


@dataclass(frozen=True)
class Site:
    """A block (or the part of it that is needed) with what stands on it."""

    board: Board
    block: shapely.Polygon
    axes: Frame
    names: Tags
    rng: np.random.Generator

    def ground(self, inset_m: float, tags: Tags) -> shapely.Polygon:
        shape = shapely.buffer(self.block, -inset_m, join_style="mitre")
        self.board.patch(shape, tags)
        return shape

    def building(self, u: float, v: float, width: float, depth: float, tags: Tags) -> None:
        self.board.building(self.axes.box(u, v, width, depth), tags)

    def way_in(self, u: float, v: float, tags: Tags = FOOTWAY) -> None:
        """A straight way from (u, v) to the street on the side towards which ``v`` lies."""
        out = self.axes.line((u, v), (u, v + (1 if v >= 0 else -1) * 3 * self.axes.long_m))
        self.board.line(to_the_street(out, self.block), tags)


LARGEST_M2 = {"school": 19_000.0, "kindergarten": 9_000.0, "clinic": 9_000.0, "mall": 22_000.0, "college": 17_000.0,
              "hospital": 42_000.0, "stadium": 44_000.0, "fire": 7_000.0, "park": 60_000.0}  # fmt: skip
"""What a site needs; the rest of a larger block is built like its neighbours."""


def fill(board: Board, block: shapely.Polygon, kind: str, special: Special | None, rng: np.random.Generator) -> None:
    """Build on a block as its kind, or as the special thing it holds, says."""
    if special is None:
        DWELLINGS[kind](board, block, rng)
        return
    needed = LARGEST_M2.get(special.kind, 1e9)
    axes = frame(block)
    if block.area > 1.6 * needed:
        share = needed / block.area
        u = (share - 0.5) * axes.long_m
        middle = axes.line((u, -axes.long_m), (u, axes.long_m))
        parts = cut(block, middle)
        parts.sort(
            key=lambda part: (
                (part.centroid.x - axes.centre[0]) * axes.u[0] + (part.centroid.y - axes.centre[1]) * axes.u[1]
            )
        )
        if len(parts) == 2:
            board.line(shapely.intersection(middle, block), FOOTWAY)
            DWELLINGS[kind](board, parts[1], rng)
            block, axes = parts[0], frame(parts[0])
    SITES[special.kind](Site(board, block, axes, both(special.uk, special.en), rng))


def industrial(board: Board, block: shapely.Polygon, rng: np.random.Generator) -> None:
    """Halls in rows on either side of a lane, behind a gate."""
    axes = frame(block)
    board.patch(shapely.buffer(block, -8), {"landuse": "industrial"})
    yard = shapely.buffer(block, -13)
    private = {**SERVICE, "access": "private"}
    rows = max(round((axes.short_m - 34) / 62), 1)
    pitch = (axes.short_m - 34) / rows
    for row in range(rows):
        v = (row + 0.5) * pitch - (axes.short_m - 34) / 2
        lane = shapely.intersection(
            axes.line((-axes.long_m, v - pitch / 2 + 4), (axes.long_m, v - pitch / 2 + 4)), yard
        )
        board.line(lane, private)
        for side in (1, -1):
            room = axes.long_m / 2 - 24
            for u, width in spread(room, ((rng.uniform(24, 64), rng.uniform(12, 22)) for _ in range(1000))):
                depth = rng.uniform(0.45, 0.72) * min(pitch, 60.0)
                hall = axes.box(side * (room / 2 + 10) + u, v + 5, width, depth)
                if yard.contains(hall) and rng.random() < 0.9:
                    kind = str(rng.choice(["industrial", "warehouse", "office"], p=[0.55, 0.35, 0.1]))
                    board.building(hall, {"building": kind, "building:levels": "1" if kind != "office" else "3"})
    spine: Any = shapely.intersection(axes.line((0, -axes.short_m), (0, axes.short_m)), yard)
    if spine.geom_type != "LineString" or spine.is_empty:
        return
    board.line(spine, private)
    inner = spine.interpolate(0.5)
    way_in = to_the_street(shapely.LineString([(inner.x, inner.y), axes.at(0, -axes.short_m)]), block)
    gate = shapely.difference(way_in, yard)
    if gate.geom_type == "LineString" and not gate.is_empty:
        board.line(gate, private)
        board.spot((gate.coords[0][0], gate.coords[0][1]), {"barrier": "gate", "access": "private"})


def green(board: Board, block: shapely.Polygon, rng: np.random.Generator) -> None:
    """A part of a large park, without a name of its own."""
    park(Site(board, block, frame(block), {}, rng))


DWELLINGS: dict[str, Fill] = {
    "green": green,
    "old": old_town, "panel": panel, "houses": houses, "mixed": mixed, "industrial": industrial,
}  # fmt: skip


def square(site: Site) -> None:
    """The market square, to be crossed in every direction, and the town hall at its northern side."""
    axes, board = site.axes, site.board
    whole = shapely.buffer(site.block, -9, join_style="mitre")
    hall_v = axes.short_m / 2 - 21
    open_ground = shapely.intersection(
        whole, axes.box(0, -axes.short_m / 2 + (axes.short_m - 36) / 2, 500, axes.short_m - 36)
    )
    paving = {"highway": "pedestrian", "area": "yes", "place": "square", "surface": "paving_stones", "lit": "yes"}
    board.patch(open_ground, {**paving, **site.names})
    hall = {"building": "civic", "building:levels": "3", "amenity": "townhall", **both("Міська рада", "Town Hall")}
    site.building(0, hall_v, min(58.0, axes.long_m * 0.6), 16, hall)
    far, u = (
        axes.long_m,
        axes.long_m * 0.36,
    )  # ways in: two past either side of the hall, two opposite, one on each side
    for start, end in (((-u, 0), (-u, far)), ((u, 0), (u, far)), ((-u, 0), (-u, -far)), ((u, 0), (u, -far)),
                       ((0, -6), (far, -6)), ((0, -6), (-far, -6))):  # fmt: skip
        link = shapely.difference(to_the_street(axes.line(start, end), site.block), open_ground)
        if link.geom_type == "LineString" and not link.is_empty:
            board.line(link, {"highway": "pedestrian", "surface": "paving_stones"})
    board.patch(
        shapely.buffer(shapely.Point(axes.at(0, -8)), 5.5, quad_segs=4), {"amenity": "fountain", "natural": "water"}
    )


def market(site: Site) -> None:
    ground = site.ground(8, {"amenity": "marketplace", **site.names})
    for v in np.arange(-site.axes.short_m / 2 + 20, site.axes.short_m / 2 - 16, 17):
        hall = site.axes.box(0, float(v), site.axes.long_m - 44, 9)
        if ground.contains(hall):
            site.board.building(hall, {"building": "retail", "building:levels": "1"})
        lane = site.axes.line((-site.axes.long_m / 2 + 13, float(v) + 8.5), (site.axes.long_m / 2 - 13, float(v) + 8.5))
        site.board.line(lane, FOOTWAY)
    for sign in (1, -1):
        side = sign * (site.axes.long_m / 2 - 13)
        site.board.line(to_the_street(site.axes.line((side, 0), (side, 200)), site.block), FOOTWAY)
        site.board.line(to_the_street(site.axes.line((side, 0), (side, -200)), site.block), FOOTWAY)


def worship(site: Site) -> None:
    """A church where the block is widest, paths on both sides."""
    ground = site.ground(8, {"leisure": "garden", "landuse": "grass"})
    radius_line = shapely.maximum_inscribed_circle(ground)
    centre = shapely.get_coordinates(radius_line)[0]
    size = min(1.0, radius_line.length / 24)
    a = replace(site.axes, centre=centre)
    cross = shapely.union(a.box(0, 0, 34 * size, 13 * size), a.box(4 * size, 0, 13 * size, 24 * size))
    tags = {"building": "church", "amenity": "place_of_worship", "religion": "christian", "building:levels": "2"}
    site.board.building(cross, {**tags, **site.names})
    for u in (-21 * size, 23 * size):
        through = shapely.intersection(a.line((u, -3 * a.long_m), (u, 3 * a.long_m)), site.block)
        site.board.line(through, FOOTWAY)
    if a.long_m > 130:
        rest: Any = shapely.difference(site.block, a.box(0, 0, 84, 400))
        for part in shapely.get_parts(rest):
            houses(site.board, part, site.rng)


def _hall(building: str, amenity: Tags, levels: str, width: float, depth: float) -> Callable[[Site], None]:
    """One public building in a small garden with a forecourt."""

    def build(site: Site) -> None:
        site.ground(8, {"leisure": "garden"})
        width_m, depth_m = min(width, site.axes.long_m - 34), min(depth, site.axes.short_m - 34)
        site.building(
            0, 3, width_m, depth_m, {"building": building, "building:levels": levels, **amenity, **site.names}
        )
        front = 3 - depth_m / 2 - 5
        site.board.line(site.axes.line((-width_m / 2 - 5, front), (width_m / 2 + 5, front)), FOOTWAY)
        site.way_in(0, front)
        for sign in (1, -1):
            u = sign * (width_m / 2 + 5)
            back = to_the_street(site.axes.line((u, front), (u, site.axes.long_m)), site.block)
            site.board.line(back, {**SERVICE, "service": "driveway"} if sign > 0 else FOOTWAY)
        if site.axes.short_m > depth_m + 44:
            site.board.patch(site.axes.box(width_m / 4, 3 + depth_m / 2 + 10, min(30.0, width_m), 11), PARKING)

    return build


def school(site: Site) -> None:
    _campus(site, "school", "3", site.names)


def kindergarten(site: Site) -> None:
    _campus(site, "kindergarten", "2", site.names)


def college(site: Site) -> None:
    _campus(site, "college", "4", site.names)


def _campus(site: Site, kind: str, levels: str, names: Tags) -> None:
    """A building with two wings, its yard, a pitch or playgrounds, on a ground of its own."""
    a = site.axes
    ground = site.ground(9, {"amenity": kind, **names})
    wide = min(62.0, a.long_m - 60)
    tall = min(34.0, a.short_m - 44)
    u = -a.long_m / 2 + wide / 2 + 24
    bar = a.box(u, -tall / 2 + 8, wide, 14)
    wings = [a.box(u + sign * (wide / 2 - 7), 1, 14, tall) for sign in (1, -1)]
    site.board.building(shapely.union_all([bar, *wings]), {"building": kind, "building:levels": levels})
    door = -tall / 2 - 4
    site.board.line(a.line((u - wide / 2 - 6, door), (u + wide / 2 + 6, door)), FOOTWAY)
    site.way_in(u, door, {**SERVICE, "service": "driveway"} if kind == "college" else FOOTWAY)
    side = to_the_street(a.line((u - wide / 2 - 6, door), (u - wide / 2 - 6, a.long_m)), site.block)
    site.board.line(side, FOOTWAY)
    free = a.long_m / 2 - (u + wide / 2) - 18
    if kind == "kindergarten":
        for n in range(2):
            play = a.box(u + wide / 2 + 14, (n - 0.5) * min(26.0, a.short_m / 3), 16, 13)
            if ground.contains(play):
                site.board.patch(play, {"leisure": "playground"})
    elif free > 30:
        pitch = a.box(u + wide / 2 + 8 + free / 2, 0, min(free, 72.0), min(46.0, a.short_m - 36))
        site.board.patch(shapely.intersection(pitch, ground), {"leisure": "pitch", "sport": "soccer"})
        site.board.line(a.line((u + wide / 2 + 6, door), (u + wide / 2 + 6, a.short_m * 0.2)), FOOTWAY)


def park(site: Site) -> None:
    a = site.axes
    ground = site.ground(7, {"leisure": "park", **site.names})
    radius = min(14.0, a.short_m / 7)
    circle = shapely.Polygon([a.at(radius * np.cos(t), radius * np.sin(t)) for t in np.linspace(0, 2 * np.pi, 13)[:-1]])
    site.board.line(circle.exterior, FOOTWAY)
    site.board.patch(a.box(0, 0, radius * 0.8, radius * 0.8), {"amenity": "fountain", "natural": "water"})
    for k, t in enumerate(np.linspace(0, 2 * np.pi, 9)[:-1]):
        start = (radius * np.cos(t), radius * np.sin(t))
        bend = (start[0] + a.long_m * 0.22 * np.cos(t + 0.25), start[1] + a.short_m * 0.22 * np.sin(t + 0.25))
        out = (start[0] + a.long_m * np.cos(t), start[1] + a.long_m * np.sin(t))
        path = to_the_street(a.line(start, bend, out), site.block)
        site.board.line(path, {"highway": "footway", "surface": "gravel"} if k % 2 else FOOTWAY)
    inset = min(16.0, a.short_m / 5)
    walk = shapely.simplify(shapely.buffer(shapely.buffer(ground, -inset - 18), 18), 0.8)
    if walk.geom_type == "Polygon" and walk.area > 2000:
        site.board.line(walk.exterior, {"highway": "path", "surface": "ground"})
    if a.short_m > 90:
        site.board.patch(a.box(a.long_m * 0.25, a.short_m * 0.25, 22, 16), {"leisure": "playground"})


def hospital(site: Site) -> None:
    a = site.axes
    site.ground(9, {"amenity": "hospital", **site.names})
    tags = {"building": "hospital", "building:levels": "5"}
    bars = max(int((a.long_m - 60) / 75), 1)
    for n in range(bars):
        u = (n - (bars - 1) / 2) * 75
        site.building(u, a.short_m * 0.16, 56, 15, tags if n else {**tags, "name": "Поліклініка лікарні"})
        site.building(u + 12, -a.short_m * 0.2, 15, min(38.0, a.short_m * 0.3), {**tags, "building:levels": "3"})
        site.board.line(a.line((u - 14, -a.short_m * 0.36), (u - 14, a.short_m * 0.16 - 12)), FOOTWAY)
    v = a.short_m * 0.16 - 12
    road = a.line((-a.long_m / 2 + 26, v), (a.long_m / 2 - 26, v))
    site.board.line(road, SERVICE)
    site.board.line(to_the_street(a.line((a.long_m / 2 - 26, v), (a.long_m, v)), site.block), SERVICE)
    low = -a.short_m * 0.36
    site.board.line(
        a.line((-a.long_m / 2 + 26, v), (-a.long_m / 2 + 26, low), (a.long_m / 2 - 26, low), (a.long_m / 2 - 26, v)),
        SERVICE,
    )
    site.way_in(0, low, SERVICE)
    site.board.patch(a.box(a.long_m / 2 - 50, low + 11, 34, 14), PARKING)


def stadium(site: Site) -> None:
    a = site.axes
    ground = site.ground(9, {"leisure": "stadium", **site.names})
    for size in np.arange(1.0, 0.3, -0.05):  # a full track is 176 m long; on less ground it is smaller
        long, short = 88.0 * float(size), 44.0 * float(size)
        bend = [(long - short + short * np.cos(t), short * np.sin(t)) for t in np.linspace(-np.pi / 2, np.pi / 2, 13)]
        oval = a.polygon(*bend, *[(-u, -v) for u, v in bend])
        if ground.contains(shapely.buffer(oval, 18)):
            break
    site.board.patch(shapely.difference(oval, shapely.buffer(oval, -8)), {"leisure": "track", "sport": "athletics"})
    site.board.patch(
        a.box(0, 0, (long - short) * 2 + short * 0.5, short * 1.45), {"leisure": "pitch", "sport": "soccer"}
    )
    for sign in (1, -1):
        site.building(0, sign * (short + 9), (long - short) * 2, 9, {"building": "grandstand"})
    walk = shapely.simplify(shapely.buffer(oval, 17), 1.0)
    site.board.line(walk.exterior, {**FOOTWAY, "surface": "asphalt"})
    for sign in (1, -1):
        site.way_in(sign * long * 0.6, sign * (short + 12), {**SERVICE} if sign > 0 else FOOTWAY)
    site.board.patch(a.box(-a.long_m / 2 + 34, a.short_m / 2 - 26, 40, 18), PARKING)


def sports(site: Site) -> None:
    a = site.axes
    site.ground(8, {"leisure": "recreation_ground", "landuse": "recreation_ground", **site.names})
    for n, sport in enumerate(("soccer", "basketball", "tennis")):
        u = (n - 1) * a.long_m * 0.28
        site.board.patch(a.box(u, 0, a.long_m * 0.2, min(30.0, a.short_m - 34)), {"leisure": "pitch", "sport": sport})
    v = -min(30.0, a.short_m - 34) / 2 - 4
    site.board.line(a.line((-a.long_m * 0.4, v), (a.long_m * 0.4, v)), FOOTWAY)
    for sign in (1, -1):
        site.way_in(sign * a.long_m * 0.14, v)


def cemetery(site: Site) -> None:
    a = site.axes
    ground = site.ground(7, {"landuse": "cemetery", **site.names})
    for u in np.arange(-a.long_m / 2 + 25, a.long_m / 2 - 20, 32):
        path = shapely.intersection(a.line((float(u), -a.short_m), (float(u), a.short_m)), shapely.buffer(ground, -4))
        site.board.line(path, {"highway": "path", "surface": "ground"})
    spine = to_the_street(a.line((-a.long_m / 2 + 20, 0), (a.long_m, 0)), site.block)
    site.board.line(spine, {**FOOTWAY, "surface": "gravel"})


def allotments(site: Site) -> None:
    a = site.axes
    site.ground(7, {"landuse": "allotments", **site.names})
    site.board.line(a.line((-a.long_m / 2 + 14, 0), (a.long_m / 2 - 14, 0)), {"highway": "track", "surface": "ground"})
    site.board.line(to_the_street(a.line((a.long_m / 2 - 14, 0), (a.long_m, 0)), site.block), {"highway": "track"})
    for u in np.arange(-a.long_m / 2 + 24, a.long_m / 2 - 20, 15):
        for sign in (1, -1):
            shed = a.box(float(u) + site.rng.uniform(-3, 3), sign * site.rng.uniform(12, 18), 5, 5)
            if shapely.buffer(site.block, -9).contains(shed):
                site.board.building(shed, {"building": "shed"})


def mall(site: Site) -> None:
    a = site.axes
    width, depth = min(92.0, a.long_m - 50), min(62.0, a.short_m * 0.5)
    v = a.short_m / 2 - depth / 2 - 20
    site.building(0, v, width, depth, {"building": "retail", "building:levels": "2", "shop": "mall", **site.names})
    low = v - depth / 2
    for n in range(max(int((low + a.short_m / 2 - 22) / 20), 1)):
        lane = low - 13 - n * 20
        site.board.patch(a.box(0, lane - 8, width, 11), PARKING)
        site.board.line(a.line((-width / 2 - 8, lane), (width / 2 + 8, lane)), {**SERVICE, "service": "parking_aisle"})
    for sign in (1, -1):
        u = sign * (width / 2 + 8)
        site.board.line(to_the_street(a.line((u, low - 10), (u, -a.long_m)), site.block), SERVICE)
    site.board.line(a.line((width / 2 + 8, low - 10), (0, low - 5), (-width / 2 - 8, low - 10)), FOOTWAY)


def gated(site: Site) -> None:
    """A private yard: its ways may not be walked by others."""
    panel(site.board, site.block, site.rng, gated=True)
    site.ground(9, {"landuse": "residential", "access": "private", **site.names})
    for side in edges(site.block, least_m=40):
        fence = side.line((-side.long_m / 2 + 12, 9), (side.long_m / 2 - 12, 9))
        site.board.line(fence, {"barrier": "fence"}, joins=False)


SITES: dict[str, Callable[[Site], None]] = {
    "square": square, "market": market, "church": worship, "chapel": worship, "school": school,
    "kindergarten": kindergarten, "college": college, "park": park, "hospital": hospital, "stadium": stadium,
    "sports": sports, "cemetery": cemetery, "allotments": allotments, "mall": mall, "gated": gated,
    "culture": _hall("civic", {"amenity": "community_centre"}, "2", 52, 26),
    "library": _hall("public", {"amenity": "library"}, "2", 44, 20),
    "fire": _hall("fire_station", {"amenity": "fire_station"}, "2", 40, 18),
    "clinic": _hall("hospital", {"amenity": "clinic", "healthcare": "centre"}, "3", 50, 16),
}  # fmt: skip
