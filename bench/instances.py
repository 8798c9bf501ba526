"""The graphs that benchmarks share; what takes long to make is kept in the system's temporary folder."""

from __future__ import annotations

import hashlib
import tempfile
from dataclasses import fields
from functools import cache
from pathlib import Path

import numpy as np

import shanyrak.area
import shanyrak.walk.graph
from bench.measure import data_folder
from shanyrak.walk.graph import WalkGraph


@cache
def heidelberg_graph() -> WalkGraph:
    """Heidelberg as OpenStreetMap has it (ways only)."""
    from shanyrak.area.osm import read_osm

    return read_osm(data_folder() / "heidelberg" / "heidelberg.osm.pbf", features=False).graph


def town_file(junctions: int = 600_000) -> Path:
    """The made-up town of about so many junctions as .osm.pbf, without buildings."""
    from shanyrak.area.made_up import write_town

    path = _folder() / f"town-{junctions}.osm.pbf"
    if not path.is_file():
        draft = path.with_name(f"draft-{path.name}")
        write_town(draft, junctions=junctions, buildings=False)
        draft.replace(path)
    return path


@cache
def town_graph(junctions: int = 600_000) -> WalkGraph:
    """The made-up town of about so many junctions, read by the same code as a real one."""
    from shanyrak.area.osm import read_osm

    path = _folder() / f"town-{junctions}.npz"
    if not path.is_file():
        graph = read_osm(town_file(junctions), features=False).graph
        draft = path.with_suffix(".draft.npz")
        np.savez(draft, **{f.name: getattr(graph, f.name) for f in fields(WalkGraph) if f.name != "names"})
        draft.replace(path)
    with np.load(path) as kept:
        return WalkGraph(**dict(kept.items()))


def _folder() -> Path:
    """One folder per state of the code that draws and reads towns."""
    digest = hashlib.sha256()
    area = Path(shanyrak.area.__file__).parent
    for source in [*sorted(area.rglob("*.py")), Path(shanyrak.walk.graph.__file__)]:
        digest.update(source.read_bytes())
    folder = Path(tempfile.gettempdir()) / "shanyrak-bench" / digest.hexdigest()[:16]
    folder.mkdir(parents=True, exist_ok=True)
    return folder
