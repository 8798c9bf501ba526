"""The folder of one area version: open formats, attribution in every file, a hash over the content.

area.json               what it is, how it was had (the manifest)
junctions.parquet       GeoParquet points: the junctions of the walking graph
edges.parquet           GeoParquet lines: the edges, with street names
street_names.parquet    street names in the order the edges refer to
arcs.arrow              Arrow, uncompressed, to be mapped: arc_to, arc_edge, arc_backward
arc_ptr.arrow           likewise: arc_ptr
shapes.arrow            likewise: shape_lon_e7, shape_lat_e7 (the exact integers of the lines)
cells.parquet           GeoParquet points: people
candidates.parquet      GeoParquet points: where a warm point could stand
gazetteer.parquet       GeoParquet points: names
basemap.pmtiles         the map
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from shanyrak.area.area import Area
from shanyrak.area.gazetteer import Gazetteer
from shanyrak.area.geoparquet import column, text_column, write_geoparquet, write_geoparquet_lines
from shanyrak.area.tables import Candidates, Cells
from shanyrak.core.attribution import MADE_UP_ATTRIBUTION, MADE_UP_LICENCE, OSM_ATTRIBUTION, OSM_LICENCE
from shanyrak.core.errors import Damaged
from shanyrak.core.units import e7_to_degrees
from shanyrak.walk.graph import Places, WalkGraph

FORMAT = "shanyrak-area/1"

_GRAPH_ARRAYS = (
    "lon_e7", "lat_e7", "osm_node_id", "island", "edge_from", "edge_to", "edge_length_dm", "edge_class", "edge_steps",
    "edge_slope_pct", "edge_flags", "edge_osm_way_id", "edge_name", "edge_shape_ptr", "shape_lon_e7", "shape_lat_e7",
    "arc_ptr", "arc_to", "arc_edge", "arc_backward",
)  # fmt: skip


def file_metadata(name: str, made_up: bool) -> dict[str, str]:
    """What every file of an area says of itself."""
    return {
        "attribution": MADE_UP_ATTRIBUTION if made_up else OSM_ATTRIBUTION,
        "licence": MADE_UP_LICENCE if made_up else OSM_LICENCE,
        "made_up": "true" if made_up else "false",
        "area": name,
        "format": FORMAT,
    }


def content_hash(
    graph: WalkGraph,
    cells: Cells,
    cell_places: Places,
    candidates: Candidates,
    candidate_places: Places,
    gazetteer: Gazetteer,
    *,
    made_up: bool = False,
) -> str:
    """SHA-256 over what an area says, whatever it is called and however long the import took (hex)."""
    digest = hashlib.sha256()

    def array(name: str, values: Any) -> None:
        values = np.ascontiguousarray(values)
        little = values.astype(values.dtype.newbyteorder("<"), copy=False)
        digest.update(f"{name}:{little.dtype.str}:{len(little)}\n".encode())
        digest.update(little.tobytes())

    def text(name: str, values: Iterable[str]) -> None:
        content = json.dumps(list(values), ensure_ascii=False, separators=(",", ":")).encode()
        digest.update(f"{name}:text:{len(content)}\n".encode())
        digest.update(content)

    text("format", [FORMAT, "made up" if made_up else "real"])
    for name in _GRAPH_ARRAYS:
        array(name, getattr(graph, name))
    text("names", graph.names)
    text("people", [cells.how, cells.source, *cells.notes])
    text("cell", cells.id)
    array("cell_lon", cells.lon)
    array("cell_lat", cells.lat)
    array("cell_persons_milli", cells.persons_milli)
    for name in ("id", "kind", "name", "named_by", "detail", "asked"):
        text(f"candidate_{name}", getattr(candidates, name))
    array("candidate_lon", candidates.lon)
    array("candidate_lat", candidates.lat)
    for owner, places in (("cell", cell_places), ("candidate", candidate_places)):
        for name in ("edge", "offset_dm", "access_dm"):
            array(f"{owner}_{name}", getattr(places, name))
    for name in Gazetteer.TEXT:
        text(f"gazetteer_{name}", getattr(gazetteer, name))
    array("gazetteer_lon", gazetteer.lon)
    array("gazetteer_lat", gazetteer.lat)
    return digest.hexdigest()


def write_graph(folder: Path, graph: WalkGraph, metadata: dict[str, str]) -> None:
    """The walking graph: what ``load_area`` makes again, bit for bit."""
    columns = {name: column(getattr(graph, name)) for name in ("lon_e7", "lat_e7", "osm_node_id", "island")}
    write_geoparquet(
        folder / "junctions.parquet", columns, e7_to_degrees(graph.lon_e7), e7_to_degrees(graph.lat_e7), metadata
    )
    columns = {name: column(getattr(graph, name)) for name in _GRAPH_ARRAYS if name in _EDGE_ARRAYS}
    columns["name"] = _names_of(graph)
    columns["shape_points"] = column(np.diff(graph.edge_shape_ptr).astype(np.int32))
    write_geoparquet_lines(
        folder / "edges.parquet", columns, graph.edge_shape_ptr, graph.shape_lon_e7, graph.shape_lat_e7, metadata
    )
    names = pa.table({"name": text_column(graph.names)}).replace_schema_metadata(metadata)
    pq.write_table(names, folder / "street_names.parquet", compression="zstd")
    for file, arrays in (
        ("arcs.arrow", ("arc_to", "arc_edge", "arc_backward")),
        ("arc_ptr.arrow", ("arc_ptr",)),
        ("shapes.arrow", ("shape_lon_e7", "shape_lat_e7")),
    ):
        batch = pa.record_batch({name: column(getattr(graph, name)) for name in arrays})
        batch = batch.replace_schema_metadata(metadata)
        with pa.OSFile(str(folder / file), "wb") as sink, pa.ipc.new_file(sink, batch.schema) as writer:
            writer.write_batch(batch)


_EDGE_ARRAYS = frozenset(name for name in _GRAPH_ARRAYS if name.startswith("edge_")) - {"edge_shape_ptr"}


def _names_of(graph: WalkGraph) -> pa.Array:
    """Street name of each edge, null where it has none."""
    named = text_column([*graph.names, None])
    return named.take(column(np.where(graph.edge_name < 0, len(graph.names), graph.edge_name)))


def write_cells(folder: Path, cells: Cells, places: Places, graph: WalkGraph, metadata: dict[str, str]) -> None:
    """People and where they meet the streets."""
    columns = {
        "id": text_column(cells.id),
        "persons_milli": column(cells.persons_milli),
        "lon": column(cells.lon),
        "lat": column(cells.lat),
        **_place_columns(places, graph),
    }
    write_geoparquet(folder / "cells.parquet", columns, cells.lon, cells.lat, {**metadata, "people": cells.how})


def write_candidates(
    folder: Path, candidates: Candidates, places: Places, graph: WalkGraph, metadata: dict[str, str]
) -> None:
    """Candidate sites and where they meet the streets."""
    names = ("id", "kind", "name", "named_by", "detail", "asked")
    columns = {
        **{name: text_column(getattr(candidates, name)) for name in names},
        "lon": column(candidates.lon),
        "lat": column(candidates.lat),
        **_place_columns(places, graph),
    }
    write_geoparquet(folder / "candidates.parquet", columns, candidates.lon, candidates.lat, metadata)


def _place_columns(places: Places, graph: WalkGraph) -> dict[str, pa.Array]:
    """Edge -1 (not reachable) has island -1."""
    island = np.where(places.edge >= 0, graph.island[graph.edge_from[places.edge]], -1).astype(np.int32)
    return {
        "edge": column(places.edge),
        "offset_dm": column(places.offset_dm),
        "access_dm": column(places.access_dm),
        "island": column(island),
    }


def write_gazetteer(folder: Path, gazetteer: Gazetteer, metadata: dict[str, str]) -> None:
    """Names."""
    columns = {name: text_column(getattr(gazetteer, name)) for name in Gazetteer.TEXT}
    columns |= {"lon": column(gazetteer.lon), "lat": column(gazetteer.lat)}
    write_geoparquet(folder / "gazetteer.parquet", columns, gazetteer.lon, gazetteer.lat, metadata)


def write_manifest(folder: Path, manifest: dict[str, Any]) -> None:
    """area.json, written last: a folder without it is no area."""
    (folder / "area.json").write_text(json.dumps(manifest, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


def load_area(folder: Path) -> Area:
    """Open the folder of an area version; tables are read when they are asked for.

    Raises
    ------
    Damaged
        The manifest is missing, is not ours, or is of a newer format.
    """
    path = folder / "area.json"
    try:
        manifest = json.loads(path.read_text(encoding="utf-8"))
        form = manifest["format"]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise Damaged("the area's manifest cannot be read", where=str(path), mend="Import the area again") from error
    if form != FORMAT:
        raise Damaged(f"the area has the format {form!r}, this program reads {FORMAT!r}", where=str(path),
                      mend="Import the area again")  # fmt: skip
    return Area(folder, manifest)
