"""Compile the kernels that a plan needs, beside other work.

A machine that never planned compiles for some ten seconds. ``warming`` lets a second process do so, into the
same cache, while this one still reads a town; ``python -m shanyrak.app.warm`` is that process.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np

from shanyrak.core.compiled import kernel_folder
from shanyrak.walk.graph import Places, WalkGraph, arcs_from_edges
from shanyrak.walk.profile import ADULT

_SIDE = 12
"""Junctions along a side of the drawn town."""
_STREET_DM = 1_000


@contextmanager
def warming() -> Iterator[Callable[[], object]]:
    """Compile in a process of its own while the block runs; what it yields waits until that is done.

    Nothing is started where it was done before. Leaving the block ends the process.
    """
    if _done().exists():
        yield lambda: None
        return
    quiet = subprocess.DEVNULL
    process = subprocess.Popen([sys.executable, "-m", __name__], stdin=quiet, stdout=quiet, stderr=quiet)
    try:
        yield process.wait
    finally:
        process.terminate()
        process.wait()


def _done() -> Path:
    """A file beside the machine code: these sources were compiled wholly."""
    return kernel_folder() / "complete"


def _grid() -> WalkGraph:
    """A square of streets, 100 m apart."""
    n = _SIDE * _SIDE
    number = np.arange(n, dtype=np.int32).reshape(_SIDE, _SIDE)
    begin = np.concatenate([number[:, :-1].ravel(), number[:-1].ravel()])
    end = np.concatenate([number[:, 1:].ravel(), number[1:].ravel()])
    edges = len(begin)
    flags = np.zeros(edges, np.uint8)
    ptr, to, edge, backward = arcs_from_edges(n, begin, end, flags)
    lon, lat = (
        (np.tile(np.arange(_SIDE), _SIDE) * 14_000).astype(np.int32),
        (np.arange(n) // _SIDE * 9_000).astype(np.int32),
    )
    ends = np.stack([begin, end], axis=1).ravel()
    return WalkGraph(
        lon_e7=lon, lat_e7=lat, osm_node_id=np.arange(1, n + 1), island=np.zeros(n, np.int32),
        edge_from=begin, edge_to=end, edge_length_dm=np.full(edges, _STREET_DM, np.int32),
        edge_class=np.zeros(edges, np.uint8), edge_steps=np.zeros(edges, np.uint16),
        edge_slope_pct=np.zeros(edges, np.int8), edge_flags=flags, edge_osm_way_id=np.arange(edges, dtype=np.int64),
        edge_name=np.full(edges, -1, np.int32), edge_shape_ptr=np.arange(0, 2 * edges + 1, 2, dtype=np.int64),
        shape_lon_e7=lon[ends], shape_lat_e7=lat[ends],
        arc_ptr=ptr, arc_to=to, arc_edge=edge, arc_backward=backward,
    )  # fmt: skip


def warm() -> None:
    """Plan the drawn town the way ``app.planning`` plans a real one, so that the same kernels are compiled."""
    from shanyrak.plan import curve, explain, maximal_covering, stability
    from shanyrak.walk.coverage import coverage, walks
    from shanyrak.walk.nearest import distances_from

    graph = _grid()
    random = np.random.default_rng(0)

    def places(count: int) -> Places:
        offset = random.integers(0, _STREET_DM, count).astype(np.int32)
        return Places(random.integers(0, graph.edges, count).astype(np.int32), offset, np.full(count, 50, np.int32))

    cells, sites = places(600), places(80)
    demand = random.integers(1, 50_000, len(cells))
    fixed = np.arange(78, 80)
    cover = coverage(graph, sites, 2_500, cells=cells, threads=2)
    siting = maximal_covering(cover, demand, 6, fixed=fixed, gap=0.0)
    curve(cover, demand, 18, fixed=fixed, start=siting)
    explain(cover, demand, siting, fixed=fixed)
    stability(cover, demand, siting, fixed=fixed, slower=coverage(graph, sites, 2_200, cells=cells, threads=2), draws=2)
    few = sites.take(siting.sites)
    for at, limit in ((cells, 2_500), (None, 2_500), (few, 10_000)):
        walks(graph, few, limit, cells=at)
    distances_from(graph, few, 10_000, ADULT, cells=cells)


if __name__ == "__main__":
    warm()
    _done().parent.mkdir(parents=True, exist_ok=True)
    _done().touch()
