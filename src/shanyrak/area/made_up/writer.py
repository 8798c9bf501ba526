"""From metres to OpenStreetMap objects in a ``.osm.pbf``: same town, same bytes.

Ids come from one range far above those of OpenStreetMap's own objects, so that a made-up object is
never taken for a real one.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import numpy as np
import osmium
from osmium.osm.mutable import Node, Relation, Way

from shanyrak.area.made_up.board import Board, Tags
from shanyrak.area.made_up.plan import ORIGIN_LAT, ORIGIN_LON
from shanyrak.area.made_up.tie import tie
from shanyrak.core.errors import InvalidInput
from shanyrak.core.progress import Progress
from shanyrak.core.units import EARTH_RADIUS_M, FloatArray

FIRST_ID = 900_000_000_000
"""The first id of every kind. OpenStreetMap has used about 13,000,000,000 node ids by 2026."""
GENERATOR = "shanyrak made-up town"


def to_degrees(places: FloatArray) -> FloatArray:
    """(n, 2) metres east and north of the market square -> (n, 2) lon, lat [degrees]."""
    metres_per_degree = np.pi * EARTH_RADIUS_M / 180
    lat = ORIGIN_LAT + places[:, 1] / metres_per_degree
    lon = ORIGIN_LON + places[:, 0] / (metres_per_degree * np.cos(np.radians(ORIGIN_LAT)))
    return np.column_stack([lon, lat])


def open_writer(path: Path, box: tuple[float, float, float, float]) -> osmium.SimpleWriter:
    """A writer with our name in the header; InvalidInput where the file cannot be written."""
    header = osmium.io.Header()
    header.set("generator", GENERATOR)
    header.set("sorting", "Type_then_ID")
    west, south, east, north = box
    header.add_box(osmium.osm.Box(west, south, east, north))
    if not path.name.endswith(".osm.pbf"):
        raise InvalidInput("this is no name for OpenStreetMap data", where=str(path), mend="End it with .osm.pbf")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        return osmium.SimpleWriter(str(path), header=header, overwrite=True)
    except (RuntimeError, OSError) as error:
        raise InvalidInput(
            f"the file cannot be written ({error})", where=str(path), mend="Choose another place"
        ) from error


class _Nodes:
    """One node per place (to the centimetre); tags given for one place add up."""

    def __init__(self) -> None:
        self.index: dict[tuple[int, int], int] = {}
        self.tags: dict[int, dict[str, str]] = {}

    def ids(self, places: Iterable[tuple[float, float]]) -> list[int]:
        found = []
        for x, y in places:
            key = (round(x * 100), round(y * 100))
            found.append(FIRST_ID + self.index.setdefault(key, len(self.index)))
        return found

    def coordinates(self) -> FloatArray:
        return to_degrees(np.array(list(self.index), dtype=np.float64).reshape(-1, 2) / 100)


def write_board(path: Path, board: Board, *, buildings: bool, progress: Progress) -> dict[str, int]:
    """Write everything on the board; returns how many nodes, ways, relations and junctions there are.

    A junction is a node that is the end of a way, or a point of two, among the ways that are walked or driven on.
    """
    progress("made-up town: joining ways", 0, None)
    nodes = _Nodes()
    ways: list[tuple[list[int], Tags]] = []
    relations: list[tuple[list[tuple[int, str]], Tags]] = []
    squares = [patch for patch in board.patches if patch.tags.get("highway") == "pedestrian"]
    tied = tie(board)
    for coords, tags in zip(tied, [*(line.tags for line in board.lines), *(patch.tags for patch in squares)]):
        refs = _without_repeats(nodes.ids(coords.tolist()))
        if len(refs) >= 2:
            ways.append((refs, tags))
    roads = [refs for refs, tags in ways if "highway" in tags or tags.get("railway") == "platform"]
    junctions = _junctions(roads)
    _mark_crossings(ways, nodes)
    patches = [patch for patch in board.patches if patch not in squares] if squares else board.patches
    for patch in [*patches, *(board.buildings if buildings else ())]:
        rings = [patch.shape.exterior, *patch.shape.interiors]
        refs_of = [_ring(nodes, np.asarray(ring.coords)[:, :2].tolist()) for ring in rings]
        if len(refs_of[0]) < 4:
            continue
        if len(rings) == 1:
            ways.append((refs_of[0], patch.tags))
            continue
        members = []
        for number, refs in enumerate(refs_of):
            if len(refs) >= 4:
                members.append((FIRST_ID + len(ways), "inner" if number else "outer"))
                ways.append((refs, {}))
        relations.append((members, {"type": "multipolygon", **patch.tags}))
    _boundary(board, ways, relations)
    for spot in board.spots:
        (ref,) = nodes.ids([spot.place])
        nodes.tags[ref] = {**nodes.tags.get(ref, {}), **spot.tags}
    _write(path, nodes, ways, relations, progress)
    return {"nodes": len(nodes.index), "ways": len(ways), "relations": len(relations), "junctions": junctions}


def _write(
    path: Path,
    nodes: _Nodes,
    ways: list[tuple[list[int], Tags]],
    relations: list[tuple[list[tuple[int, str]], Tags]],
    progress: Progress,
) -> None:
    places = nodes.coordinates()
    (west, south), (east, north) = places.min(axis=0), places.max(axis=0)
    total = len(places) + len(ways)
    with open_writer(path, (float(west), float(south), float(east), float(north))) as out:
        for index, (lon, lat) in enumerate(places.tolist()):
            out.add_node(
                Node(id=FIRST_ID + index, location=(lon, lat), tags=nodes.tags.get(FIRST_ID + index, {}), version=1)
            )
        progress("made-up town: writing", len(places), total)
        for index, (refs, tags) in enumerate(ways):
            out.add_way(Way(id=FIRST_ID + index, nodes=refs, tags=tags, version=1))
        for index, (members, tags) in enumerate(relations):
            rows = [("w", ref, role) for ref, role in members]
            out.add_relation(Relation(id=FIRST_ID + index, members=rows, tags=tags, version=1))
    progress("made-up town: writing", total, total)


def _without_repeats(refs: list[int]) -> list[int]:
    return [ref for index, ref in enumerate(refs) if index == 0 or ref != refs[index - 1]]


def _ring(nodes: _Nodes, coords: list[tuple[float, float]]) -> list[int]:
    refs = _without_repeats(nodes.ids(coords))
    return refs if refs[0] == refs[-1] else [*refs, refs[0]]


def _junctions(roads: list[list[int]]) -> int:
    seen: set[int] = set()
    junctions: set[int] = set()
    for refs in roads:
        junctions.update((refs[0], refs[-1]))
        inner = set(refs)
        junctions |= seen & inner
        seen |= inner
    return len(junctions)


def _mark_crossings(ways: list[tuple[list[int], Tags]], nodes: _Nodes) -> None:
    """Where a path meets a larger street there is a crossing."""
    large = {ref for refs, tags in ways if tags.get("highway") in {"primary", "secondary", "tertiary"} for ref in refs}
    for refs, tags in ways:
        if tags.get("highway") == "footway":
            for ref in (refs[0], refs[-1]):
                if ref in large:
                    nodes.tags[ref] = {**nodes.tags.get(ref, {}), "highway": "crossing", "crossing": "marked"}


def _boundary(
    board: Board, ways: list[tuple[list[int], Tags]], relations: list[tuple[list[tuple[int, str]], Tags]]
) -> None:
    """The town's boundary as a relation around its way."""
    names = next((spot.tags for spot in board.spots if spot.tags.get("place") == "town"), {})
    for index, (_, tags) in enumerate(ways):
        if tags.get("boundary") == "administrative":
            limits = {key: value for key, value in names.items() if key.startswith("name")}
            relations.append(([(FIRST_ID + index, "outer")], {"type": "boundary", **tags, **limits}))
