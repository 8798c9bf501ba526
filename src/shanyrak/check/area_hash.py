"""The content hash of an area, computed again from the files of its folder (see ``shanyrak.area.store``)."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np

from shanyrak.check.folders import read_arrow, read_table
from shanyrak.core.errors import Damaged

_JUNCTIONS = {"lon_e7": "<i4", "lat_e7": "<i4", "osm_node_id": "<i8", "island": "<i4"}
_EDGES = {
    "edge_from": "<i4", "edge_to": "<i4", "edge_length_dm": "<i4", "edge_class": "|u1", "edge_steps": "<u2",
    "edge_slope_pct": "|i1", "edge_flags": "|u1", "edge_osm_way_id": "<i8", "edge_name": "<i4",
}  # fmt: skip
_SHAPES = {"shape_lon_e7": "<i4", "shape_lat_e7": "<i4"}
_ARCS = {"arc_to": "<i4", "arc_edge": "<i4", "arc_backward": "|u1"}
_PLACE = ("edge", "offset_dm", "access_dm")
_CANDIDATE = ("id", "kind", "name", "named_by", "detail", "asked")
_GAZETTEER = ("name", "kind", "street", "housenumber", "alternatives")


def content_hash(folder: Path, manifest: dict[str, Any]) -> str:
    """SHA-256 (hex) over the graph, people, candidates and names that lie in an area folder."""
    digest = hashlib.sha256()

    def array(name: str, values: Any, dtype: str) -> None:
        numbers = np.asarray(values, dtype)
        digest.update(f"{name}:{numbers.dtype.str}:{len(numbers)}\n".encode())
        digest.update(numbers.tobytes())

    def text(name: str, values: Iterable[str]) -> None:
        content = json.dumps(list(values), ensure_ascii=False, separators=(",", ":")).encode()
        digest.update(f"{name}:text:{len(content)}\n".encode())
        digest.update(content)

    try:
        text("format", [manifest["format"], "made up" if manifest["made_up"] else "real"])
        junctions = read_table(folder / "junctions.parquet", tuple(_JUNCTIONS))
        for name, dtype in _JUNCTIONS.items():
            array(name, junctions[name], dtype)
        edges = read_table(folder / "edges.parquet", (*_EDGES, "shape_points"))
        for name, dtype in _EDGES.items():
            array(name, edges[name], dtype)
        array("edge_shape_ptr", np.concatenate([[0], np.cumsum(np.array(edges["shape_points"], np.int64))]), "<i8")
        for file, columns in (("shapes", _SHAPES), ("arc_ptr", {"arc_ptr": "<i4"}), ("arcs", _ARCS)):
            table = read_arrow(folder / f"{file}.arrow", tuple(columns))
            for name, dtype in columns.items():
                array(name, table[name], dtype)
        text("names", read_table(folder / "street_names.parquet", ("name",))["name"])
        people = manifest["people"]
        text("people", [people["how"], people["source"], *people["notes"]])
        cells = read_table(folder / "cells.parquet", ("id", "lon", "lat", "persons_milli", *_PLACE))
        text("cell", cells["id"])
        for name, dtype in (("lon", "<f8"), ("lat", "<f8"), ("persons_milli", "<i8")):
            array(f"cell_{name}", cells[name], dtype)
        candidates = read_table(folder / "candidates.parquet", (*_CANDIDATE, "lon", "lat", *_PLACE))
        for name in _CANDIDATE:
            text(f"candidate_{name}", candidates[name])
        for name in ("lon", "lat"):
            array(f"candidate_{name}", candidates[name], "<f8")
        for owner, table in (("cell", cells), ("candidate", candidates)):
            for name in _PLACE:
                array(f"{owner}_{name}", table[name], "<i4")
        gazetteer = read_table(folder / "gazetteer.parquet", (*_GAZETTEER, "lon", "lat"))
        for name in _GAZETTEER:
            text(f"gazetteer_{name}", gazetteer[name])
        for name in ("lon", "lat"):
            array(f"gazetteer_{name}", gazetteer[name], "<f8")
    except (KeyError, TypeError, ValueError, OverflowError) as fault:
        raise Damaged(f"the area cannot be read ({fault})", where=str(folder), mend="Import the area again") from fault
    return digest.hexdigest()
