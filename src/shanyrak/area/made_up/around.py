"""Around the blocks: banks, island and station, bus stops and shops, fields and woods, the town's own limits."""

from __future__ import annotations

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from shanyrak.area.made_up import plan
from shanyrak.area.made_up.board import Board, Tags
from shanyrak.area.made_up.dwellings import FOOTWAY, PARKING, SERVICE
from shanyrak.area.made_up.geometry import Frame, Grain, Point, smooth, subdivide
from shanyrak.area.made_up.names import TOWN_EN, TOWN_UK, both
from shanyrak.area.made_up.skeleton import Skeleton

PATH: Tags = {"highway": "path", "surface": "ground"}


def draw_landscape(board: Board, bones: Skeleton, rng: np.random.Generator) -> None:
    """Ground under the quarters, and fields, meadows and woods outside."""
    wet = shapely.union(bones.water, bones.island)
    for face, kind in bones.faces:
        landuse = {"industrial": "industrial", "meadow": "meadow", "green": "grass"}.get(kind, "residential")
        board.patch(face, {"landuse": landuse})
    bank = shapely.intersection(shapely.difference(shapely.buffer(wet, plan.BANK_M - 6), wet), bones.edge)
    board.patch(bank, {"landuse": "grass"})
    streets = shapely.buffer(shapely.union_all([face for face, _ in bones.faces]), 6)
    tracks = shapely.union(
        shapely.intersection(shapely.buffer(bones.rail, 30), bones.edge), shapely.buffer(bones.rail, 9)
    )
    board.patch(shapely.intersection(tracks, bones.edge), {"landuse": "railway"})
    reach = 3300 * bones.scale + 500
    outside = shapely.difference(shapely.box(-reach, -reach, reach, reach), shapely.union_all(
        [streets, shapely.buffer(wet, 3), bank, tracks, *_rows_of_trees(board),
         _around_hamlet(bones)]))  # fmt: skip
    kinds = ("farmland", "farmland", "farmland", "meadow", "meadow", "forest", "orchard")
    centre = bones.edge.centroid
    for part in shapely.get_parts(outside):
        for wedge in _wedges(part, centre):
            fields, _ = subdivide(wedge, FIELDS, rng, [])
            for field in fields:
                kind = str(rng.choice(kinds))
                board.patch(shapely.buffer(shapely.simplify(field, 2.0), -2), {"landuse": kind}, least_m2=1500)


FIELDS = Grain(330, 520, 0.22)


def _rows_of_trees(board: Board) -> list[BaseGeometry]:
    """The strips along the roads out of town, kept free of fields."""
    return [
        shapely.buffer(line.shape, 12)
        for line in board.lines
        if line.tags.get("highway") in {"primary", "secondary", "tertiary"}
    ]


def _wedges(ground: shapely.Polygon, centre: shapely.Point) -> list[shapely.Polygon]:
    """The ground in eight pieces around the town, so that no piece runs round it."""
    pieces = []
    for turn in np.linspace(0, 2 * np.pi, 9)[:-1] + 0.2:
        far = [
            (centre.x + 20_000 * np.cos(turn + d), centre.y + 20_000 * np.sin(turn + d))
            for d in (0, np.pi / 8, np.pi / 4)
        ]
        cut = shapely.intersection(ground, shapely.Polygon([(centre.x, centre.y), *far]))
        pieces += [part for part in shapely.get_parts(cut) if part.geom_type == "Polygon" and part.area > 2000]
    return pieces


def draw_banks(board: Board, bones: Skeleton) -> None:
    """The promenade by the water with steps down from the street, and the island with its footbridge and beach."""
    wet = shapely.union(bones.water, bones.island)
    inside = shapely.buffer(bones.edge, -40)
    walks = [
        part
        for part in shapely.get_parts(
            shapely.line_merge(shapely.intersection(shapely.simplify(shapely.buffer(wet, 11), 1.0).exterior, inside))
        )
        if part.length > 600 * bones.scale
    ]
    streets = shapely.union_all(
        [line.shape for line in board.lines if line.tags.get("name:en") in {"Naberezhna Street", "Berehova Street"}]
    )
    for walk in walks:
        middle = walk.interpolate(0.5, normalized=True)
        north = bones.river.interpolate(bones.river.project(middle)).y < middle.y
        promenade = {"highway": "footway" if north else "path", "surface": "paving_stones" if north else "gravel"}
        board.line(walk, promenade | (both("Набережна алея", "Embankment Walk") if north else {}))
        every = np.arange(60, walk.length - 30, 210 if north else 330)
        for number, along in enumerate(every):
            _steps_down(board, streets, walk.interpolate(float(along)), number)
    _draw_island(board, bones)


def _steps_down(board: Board, streets: BaseGeometry, low: shapely.Point, number: int) -> None:
    """From the street to the promenade: a path, then steps; every third time a ramp instead."""
    top, bottom = shapely.get_coordinates(shapely.shortest_line(streets, low))
    length = float(np.hypot(*(bottom - top)))
    if not 25 < length < 110:
        return
    head, foot = top + (bottom - top) * 0.45, top + (bottom - top) * 0.72
    board.line(shapely.LineString([top, head]), FOOTWAY)
    steps: Tags = {
        "highway": "steps",
        "step_count": str(round(float(np.hypot(*(foot - head))) / 0.35)),
        "handrail": "yes",
    }
    ramp: Tags = {**FOOTWAY, "incline": "8%", "wheelchair": "yes"}
    board.line(shapely.LineString([head, foot]), ramp if number % 3 == 2 else steps)
    board.line(shapely.LineString([foot, bottom]), FOOTWAY)


def _draw_island(board: Board, bones: Skeleton) -> None:
    island = bones.island
    name = both("Зелений острів", "Green Island")
    board.patch(island, {"place": "island", **name})
    board.patch(shapely.buffer(island, -4), {"leisure": "park"})
    west, south, east, north = island.bounds
    middle = island.centroid
    # the beach is the island's eastern tip
    tip = shapely.intersection(island, shapely.box(east - (east - west) * 0.2, south, east, north))
    board.patch(shapely.buffer(tip, -1), {"natural": "beach", "surface": "sand"})
    walk = shapely.simplify(shapely.buffer(island, -14), 1.0)
    if walk.geom_type != "Polygon" or walk.is_empty:
        return
    board.line(walk.exterior, PATH)
    # a footbridge to the promenade on the north bank: over the arm, on its own level, joined at both ends
    wet = shapely.union(bones.water, island)
    promenade = shapely.buffer(wet, 11).exterior
    up = shapely.LineString([(middle.x, middle.y), (middle.x, middle.y + 400)])
    start = _highest(shapely.intersection(up, walk.exterior))
    end = _highest(shapely.intersection(up, promenade))
    bridge = {**FOOTWAY, "bridge": "yes", "layer": "1", **both("Місток закоханих", "Lovers' Footbridge")}
    (x, low), (_, high) = start, end
    board.line(shapely.LineString([(x, low), (x, low + 3)]), FOOTWAY)
    board.line(shapely.LineString([(x, low + 3), (x, high - 3)]), bridge, level=1)
    board.line(shapely.LineString([(x, high - 3), (x, high)]), FOOTWAY)


def _highest(points: BaseGeometry) -> Point:
    every = [(point.coords[0][0], point.coords[0][1]) for point in shapely.get_parts(points)]
    return max(every, key=lambda point: point[1])


def draw_station(board: Board, bones: Skeleton) -> None:
    """Station, platforms, a footbridge over the tracks with steps and a lift, an underpass further west."""
    where = bones.rail.project(shapely.Point(plan.STATION[0] * bones.scale, plan.STATION[1] * bones.scale))
    origin = np.asarray(bones.rail.interpolate(where).coords[0])
    ahead = np.asarray(bones.rail.interpolate(where + 20).coords[0])
    u = (ahead - origin) / np.hypot(*(ahead - origin))
    v = np.array([-u[1], u[0]])

    def at(along: float, across: float) -> Point:
        x, y = origin + along * u + across * v
        return float(x), float(y)

    def line(*points: Point) -> shapely.LineString:
        return shapely.LineString([at(*point) for point in points])

    def box(along: float, across: float, width: float, depth: float) -> shapely.Polygon:
        a, b = width / 2, depth / 2
        return shapely.Polygon([at(along + i * a, across + j * b) for i, j in ((-1, -1), (1, -1), (1, 1), (-1, 1))])

    street_v = -plan.RAIL_STREET_M
    name = both("Вигадана", "Vyhadana")
    station: Tags = {
        "building": "train_station",
        "building:levels": "2",
        "railway": "station",
        "public_transport": "station",
    }
    board.building(box(0, -29, 58, 14), {**station, **name})
    platform: Tags = {"railway": "platform", "public_transport": "platform"}
    board.line(line((-110, -8), (110, -8)), {**platform, "ref": "1"})
    board.line(line((-110, 12.5), (110, 12.5)), {**platform, "ref": "2"})
    for along in (-40, 40):  # around the building to the first platform
        board.line(line((along, street_v), (along, -8)), FOOTWAY)
    board.line(line((-40, -42), (40, -42)), {"highway": "pedestrian", **both("Вокзальна площа", "Station Square")})
    board.patch(box(-75, -43, 44, 22), {**PARKING, **both("Парковка біля вокзалу", "Station Car Park")})
    board.line(line((-75, street_v), (-75, -54)), {**SERVICE, "service": "parking_aisle"})
    deck: Tags = {**FOOTWAY, "bridge": "yes", "layer": "1"}
    steps: Tags = {"highway": "steps", "step_count": "38", "handrail": "yes"}
    board.line(line((64, -8), (64, -4)), FOOTWAY)
    board.line(line((76, -8), (64, -6), (52, -5)), steps, level=0)
    board.line(line((52, -5), (52, 24)), deck, level=1)
    board.line(line((52, 24), (52, 40)), {**steps, "step_count": "36"})
    board.line(line((52, 40), (52, plan.RAIL_STREET_M)), FOOTWAY)
    board.line(line((52, 12.5), (58, 12.5), (58, 20)), {**FOOTWAY, "surface": "asphalt"})
    board.line(line((58, 20), (52, 24)), {**steps, "step_count": "20"})
    board.spot(
        at(46, -5), {"highway": "elevator", "wheelchair": "yes", **both("Ліфт на міст", "Lift to the footbridge")}
    )
    board.line(line((52, -5), (46, -5)), deck, level=1)
    board.line(line((46, -5), (46, -8)), FOOTWAY)
    board.line(line((-330, street_v), (-330, -24)), FOOTWAY)
    board.line(line((-330, -24), (-330, 26)), {**FOOTWAY, "tunnel": "yes", "layer": "-1"}, level=-1)
    board.line(line((-330, 26), (-330, plan.RAIL_STREET_M)), FOOTWAY)
    bus = {"amenity": "bus_station", "public_transport": "station", **both("Автостанція", "Bus Station")}
    board.patch(box(130, -40, 60, 30), bus)


def _around_hamlet(bones: Skeleton) -> shapely.Polygon:
    x, y = plan.HAMLET
    return shapely.buffer(shapely.Point(x * bones.scale, y * bones.scale), 230)


def draw_hamlet(board: Board, bones: Skeleton, rng: np.random.Generator) -> None:
    """A few farms on the far bank, upstream, that only a ferry reaches: a part of the map that no walk leads to."""
    x, y = plan.HAMLET[0] * bones.scale, plan.HAMLET[1] * bones.scale
    lane = smooth([(x - 150, y + 40), (x - 60, y - 5), (x + 40, y - 20), (x + 150, y - 70)])
    name = {"name": "Хутірська вулиця", "name:uk": "Хутірська вулиця", "name:en": "Khutirska Street"}
    board.line(lane, {"highway": "residential", "surface": "unpaved", **name})
    for along in np.arange(15, lane.length, 27):
        here, there = (np.asarray(lane.interpolate(float(along) + d).coords[0]) for d in (0, 2))
        u = (there - here) / np.hypot(*(there - here))
        for sign in (1, -1):
            plot = Frame(here, u, sign * np.array([-u[1], u[0]]), 0.0, 0.0)
            house = plot.box(rng.uniform(-4, 4), rng.uniform(14, 18), rng.uniform(8, 11), rng.uniform(7, 9))
            board.building(house, {"building": "house", "building:levels": "1"})
    farms = shapely.buffer(lane, 45)
    wet = shapely.buffer(shapely.union(bones.water, bones.island), 3)
    board.patch(farms, {"landuse": "residential"})
    board.patch(shapely.difference(_around_hamlet(bones), shapely.union(farms, wet)), {"landuse": "meadow"})
    board.spot((x, y + 14), {"place": "hamlet", **both("Хутір", "Khutir")})
    pier = lane.interpolate(lane.length)
    far = bones.river.interpolate(bones.river.project(pier) + 260)
    ferry = {"route": "ferry", "foot": "yes", **both("Човен на хутір", "Boat to Khutir")}
    board.line(shapely.LineString([pier, far]), ferry, joins=False)


def draw_stops(board: Board, bones: Skeleton) -> None:
    """Bus stops on both sides of the larger streets, named after the street they stand in."""
    rows = [line for line in board.lines if line.tags.get("highway") in {"primary", "secondary", "tertiary"}]
    for line in rows:
        if line.level or line.shape.length < 150:
            continue
        for number, along in enumerate(np.arange(120, line.shape.length - 60, 390)):
            here, there = (np.asarray(line.shape.interpolate(float(along) + d).coords[0]) for d in (0, 4))
            side = np.array([-(there - here)[1], (there - here)[0]]) / 4
            if not bones.edge.contains(shapely.Point(here)):
                continue
            for sign in (1, -1):
                x, y = here + sign * 6.5 * side + sign * 8 * (there - here) / 4
                street = (line.tags["name"].removesuffix(" вулиця"), line.tags["name:en"].removesuffix(" Street"))
                name = both(f"{street[0]}, {number + 1}", f"{street[1]}, {number + 1}")
                board.spot(
                    (float(x), float(y)), {"highway": "bus_stop", "public_transport": "platform", "bus": "yes", **name}
                )


SHOPS: tuple[Tags, ...] = (
    {"shop": "supermarket", **both("Кошик", "Koshyk")}, {"amenity": "cafe", **both("Кава", "Kava")},
    {"amenity": "pharmacy", **both("Аптека № 1", "Pharmacy No. 1")},
    {"amenity": "bank", **both("Міський банк", "City Bank")},
    {"amenity": "post_office", **both("Пошта", "Post Office")},
    {"shop": "bakery", **both("Паляниця", "Palianytsia")},
    {"amenity": "police", **both("Поліція", "Police")},
    {"tourism": "museum", **both("Краєзнавчий музей", "Local Museum")},
    {"amenity": "theatre", **both("Театр", "Theatre")}, {"amenity": "pharmacy", **both("Аптека № 2", "Pharmacy No. 2")},
    {"shop": "supermarket", **both("Крамниця", "Kramnytsia")}, {"amenity": "cafe", **both("Чайна", "Chaina")},
)  # fmt: skip


def draw_shops(board: Board, rng: np.random.Generator) -> None:
    """Shops and offices as points in houses of the old town and of the panel blocks."""
    hosts = [patch for patch in board.buildings if patch.tags.get("building") in {"apartments", "retail"}]
    for number in range(min(60, len(hosts) // 4)):
        host = hosts[int(rng.integers(len(hosts)))]
        place = host.shape.representative_point()
        board.spot((place.x + 1.0, place.y), SHOPS[number % len(SHOPS)])


def draw_limits(board: Board, bones: Skeleton) -> None:
    """The town's name and boundary, and its districts' names."""
    board.line(bones.edge.exterior, {"boundary": "administrative", "admin_level": "8"}, joins=False)
    board.spot((-4.0, 12.0), {"place": "town", "population": str(round(plan.NOMINAL_PERSONS * bones.scale**2, -2)),
                              **both(TOWN_UK, TOWN_EN)})  # fmt: skip
    for uk, en, (x, y) in plan.DISTRICTS.values():
        board.spot((x * bones.scale, y * bones.scale), {"place": "suburb", **both(uk, en)})
