"""A drawn town as publishing sees it: streets on a grid where the points of ``tests.twin_ledgers`` lie."""

from __future__ import annotations

import numpy as np

from shanyrak.area.metric import METRES_PER_DEGREE, true_metres
from shanyrak.area.snap import snap
from shanyrak.core.units import E7
from shanyrak.publish.town import NamedPlace, Town
from tests.drawn_area import LAT0, LON0, graph_of, lon_lat

STREETS = 6
BLOCK_M = 200.0


def drawn_town(corner_e7: tuple[int, int]) -> Town:
    """Six streets each way, 200 m apart, north and east of a corner; a cell of people at each crossing."""
    east_m = (corner_e7[0] / E7 - LON0) * METRES_PER_DEGREE * float(true_metres(LAT0))
    north_m = (corner_e7[1] / E7 - LAT0) * METRES_PER_DEGREE
    at = [(east_m + BLOCK_M * column, north_m + BLOCK_M * row) for row in range(STREETS) for column in range(STREETS)]
    along = [(k, k + 1) for k in range(STREETS**2) if (k + 1) % STREETS]
    across = [(k, k + STREETS) for k in range(STREETS * (STREETS - 1))]
    ends = along + across
    graph = graph_of(at, [[at[one], at[other]] for one, other in ends], ends=ends)
    lon, lat = (np.array(values) for values in zip(*(lon_lat(*each) for each in at), strict=True))
    names = [NamedPlace("street", f"Row {row} Street", (), "", *lon_lat(*at[row * STREETS])) for row in range(STREETS)]
    return Town(
        name="town",
        title="Town",
        content_hash="ab" * 32,
        box=(float(lon.min()), float(lat.min()), float(lon.max()), float(lat.max())),
        made_up=True,
        attribution="Drawn",
        graph=graph,
        cell_places=snap(graph, lon, lat),
        cell_lon=lon,
        cell_lat=lat,
        names=tuple(names),
        basemap=None,
        snap=lambda lon, lat: snap(graph, lon, lat),
    )
