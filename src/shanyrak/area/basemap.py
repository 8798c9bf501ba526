"""A basemap of our own: one OpenStreetMap extract in, one PMTiles archive out.

    OSM objects --rules (basemap_layers)--> GeoJSON lines --tippecanoe (basemap_archive)--> PMTiles

The objects are read in one streaming pass and written out in batches, so memory stays bounded by
osmium's index of node positions. Layers, fields and zooms: docs/reference/basemap.md.
"""

from __future__ import annotations

import json
import math
import tempfile
import time
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

import numpy as np
import osmium
import shapely

from shanyrak.area import basemap_layers as layers
from shanyrak.area.basemap_archive import MAX_ZOOM, MIN_ZOOM, tile, write_metadata
from shanyrak.area.basemap_coast import Box, sea
from shanyrak.area.basemap_layers import Drawn
from shanyrak.core.attribution import (
    MADE_UP_ATTRIBUTION,
    MADE_UP_LICENCE,
    OSM_ATTRIBUTION,
    OSM_COPYRIGHT_PAGE,
    OSM_LICENCE,
)
from shanyrak.core.errors import InvalidInput
from shanyrak.core.progress import Clock, Progress, silent

MARGIN_M = 400.0
"""How far the map goes beyond the box [m]: nobody should have to stand at the edge of the world."""
_BATCH = 20_000
_METRES_PER_DEGREE = 111_195.0
_SEEN_PX2 = 10.0
"""An area is drawn from the zoom at which it covers this many pixels (tiles of 512 px)."""


@dataclass(frozen=True)
class BasemapFacts:
    """What was written."""

    bytes: int
    seconds: float
    layers: dict[str, int]
    """features per layer"""
    box: Box
    """west, south, east, north of the tiles [degrees], margin included"""
    left_out: int
    """areas and lines whose geometry is broken or incomplete"""


def write_basemap(
    osm_file: Path | str,
    target: Path | str,
    *,
    box: Box | None = None,
    made_up: bool = False,
    name: str = "",
    margin_m: float = MARGIN_M,
    progress: Progress = silent,
    clock: Clock = time.perf_counter,
) -> BasemapFacts:
    """Write a PMTiles archive of an OpenStreetMap extract.

    Parameters
    ----------
    osm_file : path of an ``.osm.pbf``
    target : path of the archive; it is replaced as one step
    box : (west, south, east, north) [degrees]
        The part of the world to draw, ``margin_m`` [m] is added. Without it: the box of all roads.
    made_up : the town does not exist; the archive says so and does not name OpenStreetMap
    name : the town's name, for the archive's metadata

    Raises
    ------
    InvalidInput
        The file cannot be read as OpenStreetMap data, or holds no road and no box was given.
    Unavailable
        tippecanoe is missing or fails.
    """
    began = clock()
    source, target = Path(osm_file), Path(target)
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=target.parent, prefix=f".{target.name}.") as scratch:
        folder = Path(scratch)
        lines = folder / "features.geojsonl"
        with lines.open("w", encoding="utf-8") as file:
            writer = _Writer(file, _widened(box, margin_m) if box else None)
            try:
                _read(source, writer, progress)
            except (RuntimeError, OSError) as error:
                raise InvalidInput(f"this cannot be read as OpenStreetMap data ({error})", where=str(source),
                                   mend="Give a whole .osm.pbf file") from error  # fmt: skip
            writer.flush()
            drawn_box = writer.box or _widened(writer.box_of_roads(str(source)), margin_m)
            for water in sea(writer.coast, drawn_box):
                writer.put(shapely.to_wkb(water), Drawn("water", {"kind": "sea"}, MIN_ZOOM))
            writer.flush()
        progress("basemap: tiles", 0, 1)
        tile(lines, folder / "tiles.pmtiles", box=drawn_box)
        write_metadata(folder / "tiles.pmtiles", folder / "named.pmtiles", about(name, made_up=made_up), drawn_box)
        size = (folder / "named.pmtiles").stat().st_size
        (folder / "named.pmtiles").replace(target)
    progress("basemap: tiles", 1, 1)
    return BasemapFacts(size, clock() - began, writer.counts, drawn_box, writer.left_out)


def about(name: str, *, made_up: bool) -> dict[str, Any]:
    """What the archive's metadata says of its content and source."""
    if made_up:
        return {
            "name": name or "Вигадане місто / Made-up town",
            "description": "Map of a made-up town: no such place exists. Мапа вигаданого міста: такого місця немає.",
            "attribution": MADE_UP_ATTRIBUTION,
            "licence": MADE_UP_LICENCE,
            "made_up": True,
        }
    return {
        "name": name or "Basemap",
        "description": f"Basemap from OpenStreetMap data. {OSM_ATTRIBUTION}, {OSM_LICENCE}, {OSM_COPYRIGHT_PAGE}",
        "attribution": f'<a href="{OSM_COPYRIGHT_PAGE}">{OSM_ATTRIBUTION}</a>',
        "licence": OSM_LICENCE,
    }


class _Writer:
    """Collects features and writes them as GeoJSON lines, a batch at a time (vectorised by shapely)."""

    def __init__(self, file: IO[str], box: Box | None) -> None:
        self.file = file
        self.box = box
        self.counts = dict.fromkeys(layers.LAYERS, 0)
        self.left_out = 0
        self.coast: list[shapely.LineString] = []
        self._wkb: list[str | bytes] = []
        self._drawn: list[Drawn] = []
        self._roads = np.array([np.inf, np.inf, -np.inf, -np.inf])

    def put(self, wkb: str | bytes, drawn: Drawn) -> None:
        self._wkb.append(wkb)
        self._drawn.append(drawn)
        if len(self._wkb) >= _BATCH:
            self.flush()

    def flush(self) -> None:
        if not self._wkb:
            return
        geometries, drawn = shapely.from_wkb(self._wkb), self._drawn
        self._wkb, self._drawn = [], []
        bounds = shapely.bounds(geometries)
        road = np.array([one.layer == "roads" for one in drawn])
        if road.any():
            self._roads[:2] = np.minimum(self._roads[:2], bounds[road, :2].min(axis=0))
            self._roads[2:] = np.maximum(self._roads[2:], bounds[road, 2:].max(axis=0))
        if self.box:
            west, south, east, north = self.box
            keep = (bounds[:, 0] <= east) & (bounds[:, 2] >= west) & (bounds[:, 1] <= north) & (bounds[:, 3] >= south)
            geometries, bounds, drawn = geometries[keep], bounds[keep], [drawn[i] for i in np.flatnonzero(keep)]
        label = np.array([one.shape == "label" for one in drawn], dtype=bool)
        not_point = label & (shapely.get_type_id(geometries) != 0)
        geometries[not_point] = shapely.point_on_surface(geometries[not_point])
        zooms = _zooms(drawn, shapely.area(geometries), bounds)
        for text, one, zoom in zip(shapely.to_geojson(geometries), drawn, zooms):
            extra = f'{{"layer":"{one.layer}","minzoom":{zoom}}}'
            fields = json.dumps(one.fields, ensure_ascii=False, separators=(",", ":"))
            self.file.write(f'{{"type":"Feature","tippecanoe":{extra},"properties":{fields},"geometry":{text}}}\n')
            self.counts[one.layer] += 1

    def box_of_roads(self, where: str) -> Box:
        west, south, east, north = (float(value) for value in self._roads)
        if not math.isfinite(west):
            raise InvalidInput("there is no road in it to draw a map around", where=where,
                               mend="Give the box, or an extract of a town")  # fmt: skip
        return west, south, east, north


def _zooms(drawn: Iterable[Drawn], area_deg2: np.ndarray, bounds: np.ndarray) -> list[int]:
    """Lowest zoom of each feature: areas wait until they can be seen."""
    latitude = np.radians((bounds[:, 1] + bounds[:, 3]) / 2)
    area_m2 = area_deg2 * _METRES_PER_DEGREE**2 * np.cos(latitude)
    metres_per_pixel_at_0 = 40_075_017 * np.cos(latitude) / 512
    with np.errstate(divide="ignore"):
        seen = np.ceil(np.log2(metres_per_pixel_at_0 * math.sqrt(_SEEN_PX2) / np.sqrt(area_m2)))
    last = {"buildings": 14, "landuse": MAX_ZOOM, "water": 14}
    return [
        max(one.from_zoom, int(min(zoom, last[one.layer]))) if one.sized else one.from_zoom
        for one, zoom in zip(drawn, seen)
    ]


def _widened(box: Box, margin_m: float) -> Box:
    west, south, east, north = box
    dy = margin_m / _METRES_PER_DEGREE
    dx = dy / max(math.cos(math.radians((south + north) / 2)), 0.01)
    return max(west - dx, -180.0), max(south - dy, -85.0), min(east + dx, 180.0), min(north + dy, 85.0)


def _read(source: Path, writer: _Writer, progress: Progress) -> None:
    """One pass over the file; what has a broken geometry is counted and left out."""
    wkb = osmium.geom.WKBFactory()
    levels = _boundary_levels(source)
    wanted = osmium.filter.KeyFilter(*layers.KEYS)
    # relations are assembled into areas only where something of them is drawn
    areas = osmium.filter.KeyFilter(*(key for key in layers.KEYS if key not in {"boundary", "barrier"}))
    objects = osmium.FileProcessor(str(source)).with_locations().with_areas(areas)
    # a way may be drawn as a boundary without a tag of its own, so ways without tags must get through
    kinds = osmium.osm.NODE | osmium.osm.AREA | (osmium.osm.NOTHING if levels else osmium.osm.WAY)
    wanted.enable_for(kinds)
    objects = objects.with_filter(wanted)
    thing: Any
    for count, thing in enumerate(objects):
        if count % 20_000 == 0:
            progress("basemap: reading", count)
        level = levels.get(thing.id) if thing.is_way() else None
        if level is None and not len(thing.tags):
            continue
        tags = {tag.k: tag.v for tag in thing.tags}
        try:
            if thing.is_node():
                for drawn in layers.node(tags):
                    writer.put(wkb.create_point(thing), drawn)
            elif thing.is_way():
                features = list(layers.way_line(tags, closed=thing.is_closed(), boundary_level=level))
                coast = tags.get("natural") == "coastline"
                if features or coast:
                    _put_line(thing, features, wkb, writer, coast=coast)
            elif thing.is_area():
                features = list(layers.area(tags))
                if features:
                    geometry = wkb.create_multipolygon(thing)
                    for drawn in features:
                        writer.put(geometry, drawn)
        except (osmium.InvalidLocationError, RuntimeError):
            writer.left_out += 1


def _put_line(way: Any, features: list[Drawn], wkb: Any, writer: _Writer, *, coast: bool) -> None:
    """A way as a line; of a way with missing nodes, the stretches that are there."""
    try:
        pieces = [wkb.create_linestring(way)]
    except osmium.InvalidLocationError:
        pieces = [shapely.to_wkb(piece) for piece in _stretches(way)]
        writer.left_out += not pieces
    for piece in pieces:
        if coast:
            writer.coast.append(shapely.from_wkb(piece))
        for drawn in features:
            writer.put(piece, drawn)


def _stretches(way: Any) -> Iterator[shapely.LineString]:
    run: list[tuple[float, float]] = []
    for node in [*way.nodes, None]:
        if node is not None and node.location.valid():
            run.append((node.lon, node.lat))
            continue
        if len(run) >= 2:
            yield shapely.LineString(run)
        run = []


def _boundary_levels(source: Path) -> Mapping[int, int]:
    """Lowest admin_level of the boundaries that each way is a part of: way id -> level."""
    levels: dict[int, int] = {}
    relations = osmium.FileProcessor(str(source), osmium.osm.RELATION)
    relation: Any
    for relation in relations.with_filter(osmium.filter.TagFilter(("boundary", "administrative"))):
        text = relation.tags.get("admin_level", "")
        if text.isascii() and text.isdigit() and 2 <= int(text) <= 10:
            for member in relation.members:
                if member.type == "w":
                    levels[member.ref] = min(int(text), levels.get(member.ref, 99))
    return levels
