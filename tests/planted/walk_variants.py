"""The walking room broken on purpose, one line at a time: copies of its sources with one change."""

from __future__ import annotations

import importlib
import sys
from pathlib import Path
from types import ModuleType

import numpy as np
from scipy import sparse
from scipy.sparse.csgraph import dijkstra

import shanyrak.walk
from shanyrak.walk.graph import WalkGraph

Change = tuple[str, str, str]
"""file, what stands there once, what stands there instead"""

IN_KERNELS: dict[str, list[Change]] = {
    "d < S": [
        ("lanes.py", '"<=", here, _spread(builder, values[2])', '"<", here, _spread(builder, values[2])'),
        ("lanes.py", '"<=", here, _spread(builder, values[3])', '"<", here, _spread(builder, values[3])'),
    ],
    "people of a cell count once for each end of its edge": [
        (
            "kernels.py",
            "x = n + net.cell[a]\n                y = row_of[x]",
            "x = n + net.cell[a]\n                y = -1",
        ),
        ("kernels.py", "rows = n + c\n", "rows = n + 3 * c\n"),
    ],
    "a row that changes later is not looked at again": [
        ("kernels.py", "pending = pending or first < word - 1", "pending = False")
    ],
}
"""Changes that need compiling."""

IN_PLACES: dict[str, Change] = {
    "the walk along one's own edge is forgotten": (
        "places.py",
        "passable = cost >= 0\n    total",
        "passable = cost > 10**9\n    total",
    ),
    "parts of an edge are rounded down": ("places.py", "+ length_dm // 2) // length_dm", ") // length_dm"),
}
"""Changes of what leaving and arriving costs."""

_ROOM = Path(shanyrak.walk.__file__).parent


def _changed(source: Path, changes: list[Change]) -> str:
    text = source.read_text(encoding="utf-8")
    for file, old, new in changes:
        if source.name == file:
            assert text.count(old) == 1, f"{old!r} must stand in {file} once"
            text = text.replace(old, new)
    return text


def with_other_kernels(name: str, folder: Path) -> ModuleType:
    """A copy of ``shanyrak.walk`` with one change, as a package of its own."""
    package = f"broken_walk_{list(IN_KERNELS).index(name)}"
    target = folder / package
    target.mkdir()
    for source in _ROOM.glob("*.py"):
        text = _changed(source, IN_KERNELS[name]).replace("shanyrak.walk.", f"{package}.")
        # graph and profile stay the true ones: towns are made of them
        for true in ("graph", "profile"):
            text = text.replace(f"{package}.{true}", f"shanyrak.walk.{true}")
        (target / source.name).write_text(text, encoding="utf-8")
    sys.path.insert(0, str(folder))
    try:
        return importlib.import_module(package)
    finally:
        sys.path.remove(str(folder))


def other_places(name: str) -> ModuleType:
    """A copy of ``shanyrak.walk.places`` with one change."""
    module = ModuleType("broken_places")
    sys.modules[module.__name__] = module
    exec(compile(_changed(_ROOM / "places.py", [IN_PLACES[name]]), "broken_places", "exec"), module.__dict__)
    return module


def coverage_in_float_metres(graph: WalkGraph, candidates: list[int], limit_dm: int) -> sparse.csr_array:
    """Coverage with lengths and limit as metres in floating point."""
    metres = graph.edge_length_dm[graph.arc_edge] / 10
    arcs = sparse.csr_array((metres, graph.arc_to, graph.arc_ptr), shape=(graph.junctions, graph.junctions))
    walk_m = np.asarray(dijkstra(arcs.T.tocsr(), indices=candidates)).T
    return sparse.csr_array(walk_m <= limit_dm / 10)
