"""What people call a place: its own name, the thing it is near, the street it is in."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from scipy.spatial import cKDTree

from shanyrak.area.features import Features, Tags
from shanyrak.area.metric import mercator, mercator_e7, true_metres
from shanyrak.area.people_guess import points_along
from shanyrak.core.units import FloatArray, IntArray
from shanyrak.walk.graph import WalkGraph

BESIDE_M = 120.0
"""A landmark this near names a place better than its street."""
STREET_M = 250.0
WALK_M = 1000.0
_STEP_M = 25.0
_LANDMARK = {
    "amenity": (
        "school", "college", "university", "library", "community_centre", "townhall", "theatre", "cinema", "hospital",
        "clinic", "fire_station", "police", "place_of_worship", "bus_station", "marketplace", "courthouse",
        "post_office", "kindergarten", "arts_centre",
    ),
    "shop": ("mall", "supermarket", "department_store"),
    "railway": ("station", "halt", "tram_stop"),
    "tourism": ("museum", "attraction", "hotel"),
    "historic": ("monument", "memorial", "castle"),
    "leisure": ("park", "stadium", "sports_centre"),
    "place": ("square",),
}  # fmt: skip


def is_landmark(tags: Tags) -> bool:
    """Something people give directions by."""
    return any(tags.get(key) in values for key, values in _LANDMARK.items())


class Namer:
    """Names for places that have none of their own."""

    def __init__(self, graph: WalkGraph, features: Features) -> None:
        self._graph = graph
        named = [poi for poi in features.pois if poi.tags.get("name") and is_landmark(poi.tags)]
        self._landmarks = _Index(
            *mercator_e7([poi.lon_e7 for poi in named], [poi.lat_e7 for poi in named]),
            [poi.tags["name"] for poi in named],
        )
        self._streets = self._index_streets(graph)
        settled = [place for place in features.settlements if place.names.get("name")]
        self._settlements = _Index(
            *mercator_e7([place.lon_e7 for place in settled], [place.lat_e7 for place in settled]),
            [place.names["name"] for place in settled],
        )

    @staticmethod
    def _index_streets(graph: WalkGraph) -> _Index:
        edge = np.flatnonzero(graph.edge_name >= 0)
        pieces = np.maximum(1, np.ceil(graph.edge_length_dm[edge] / 10 / _STEP_M)).astype(np.int64)
        owner = np.repeat(np.arange(len(edge)), pieces)
        nth = np.arange(len(owner)) - np.repeat(np.cumsum(pieces) - pieces, pieces)
        lon, lat = points_along(graph, edge[owner], (nth + 0.5) / pieces[owner])
        return _Index(*mercator(lon, lat), graph.names, graph.edge_name[edge[owner]])

    def names(self, lon: FloatArray, lat: FloatArray, own: tuple[str, ...]) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """A name for each place and how it got it ('own', 'near', 'street', 'settlement', 'nothing').

        'near' is the bare name of the thing beside; screens say "near" in the reader's language.
        ``own``: (p,) names they have, '' for none.
        """
        x, y = mercator(lon, lat)
        scale = true_metres(lat)
        beside, beside_m = self._landmarks.nearest(x, y, scale)
        street, street_m = self._streets.nearest(x, y, scale)
        town, _ = self._settlements.nearest(x, y, scale)
        names: list[str] = []
        named_by: list[str] = []
        for i, mine in enumerate(own):
            if mine:
                name, by = mine, "own"
            elif beside_m[i] <= BESIDE_M:
                name, by = beside[i], "near"
            elif street_m[i] <= STREET_M:
                name, by = street[i], "street"
            elif beside_m[i] <= WALK_M:
                name, by = beside[i], "near"
            elif town[i]:
                name, by = town[i], "settlement"
            else:
                name, by = "", "nothing"
            names.append(name)
            named_by.append(by)
        return tuple(names), tuple(named_by)

    def crossings(self, junction: IntArray) -> tuple[str, ...]:
        """'Bridge Street / Market Street' where named streets meet; one name, or '', where fewer do."""
        graph = self._graph
        wanted = {int(j): set[str]() for j in junction}
        ends = np.isin(graph.edge_from, junction) | np.isin(graph.edge_to, junction)
        for edge in np.flatnonzero(ends & (graph.edge_name >= 0)).tolist():
            for end in (int(graph.edge_from[edge]), int(graph.edge_to[edge])):
                if end in wanted:
                    wanted[end].add(graph.names[graph.edge_name[edge]])
        return tuple(" / ".join(sorted(wanted[int(j)])[:2]) for j in junction)


class _Index:
    """Named points on the map."""

    def __init__(
        self,
        x: FloatArray,
        y: FloatArray,
        names: list[str] | tuple[str, ...],
        which: npt.NDArray[np.int32] | None = None,
    ) -> None:
        self._tree = cKDTree(np.column_stack([x, y])) if len(x) else None
        self._names = names
        self._which = np.arange(len(x)) if which is None else which

    def nearest(self, x: FloatArray, y: FloatArray, scale: FloatArray) -> tuple[list[str], FloatArray]:
        """Name of the nearest and how far it is [m]; '' and infinity where there is none."""
        if self._tree is None:
            return [""] * len(x), np.full(len(x), np.inf)
        gap, at = self._tree.query(np.column_stack([x, y]))
        return [self._names[k] for k in self._which[at].tolist()], np.asarray(gap * scale)
