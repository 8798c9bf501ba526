"""People where nobody counted them: from the floor area of homes, else along residential streets.

Every number here is an assumption and travels as a note with the cells. Two of them carry most of the weight:

- **Floor area per person, 24 m2** (dwelling area). Ukraine's housing statistics as the press reports them:
  23.3 m2 at the end of 2010 (UNIAN), 24.3 m2 for 2020 (typical.if.ua, April 2021). In Germany or France it is
  about 45 m2, so give ``--persons`` there.
- **Dwelling area is 0.8 of the gross floor area** (outer walls, stairs, lifts, common corridors are the rest).

With a known total both drop out: only the *shares* of the buildings count then.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from shanyrak.area.boundary import Boundary
from shanyrak.area.features import Buildings, Features, Tags
from shanyrak.area.metric import mercator_e7, ring_areas, true_metres, unmercator
from shanyrak.area.people import People, StreetPoints, checked_persons
from shanyrak.core.errors import InvalidInput
from shanyrak.core.units import BoolArray, FloatArray, e7_to_degrees
from shanyrak.walk.graph import RESIDENTIAL, WalkGraph, WayClass

FLOOR_M2_PER_PERSON = 24.0
DWELLING_SHARE = 0.8
STREET_M_PER_BUILDING = 200.0
"""Buildings are trusted where there is at least one home per so many metres of residential street."""
STREET_POINT_M = 20.0
"""People along a street stand at most this far apart."""

HOME_LEVELS = {
    "apartments": 5.0, "block": 5.0, "dormitory": 4.0, "residential": 3.0, "terrace": 2.0, "semidetached_house": 2.0,
    "house": 1.5, "detached": 1.5, "villa": 2.0, "bungalow": 1.0, "farm": 1.5, "cabin": 1.0, "static_caravan": 1.0,
    "houseboat": 1.0, "ger": 1.0, "hut": 1.0,
}  # fmt: skip
"""Kinds of building (building=*) that are homes -> levels where building:levels is not mapped."""
PLAIN_KINDS = ("yes", "mixed", "mixed_use", "residential;retail", "apartments;retail", "tower", "1", "true")
"""Kinds that may be homes: they count where size and tags do not speak against it."""
PLAIN_LEVELS = 2.0
PLAIN_SMALLEST_M2, PLAIN_LARGEST_M2 = 30.0, 3000.0
"""A plain building (building=yes) outside this footprint is taken for a shed or a hall."""
MOST_LEVELS = 60.0
NOT_A_HOME = (
    "amenity", "shop", "office", "tourism", "leisure", "healthcare", "industrial", "man_made", "power", "railway",
    "public_transport", "military", "craft", "emergency", "historic", "aeroway", "telecom",
)  # fmt: skip
"""A key of these on a plain building says what it is for. On a dwelling it takes the ground floor."""


@dataclass(frozen=True, eq=False)
class Homes:
    """Buildings in which people may live."""

    lon: FloatArray
    lat: FloatArray
    floor_m2: FloatArray
    """footprint times levels, of the part that is lived in"""
    levels_known: BoolArray
    """has building:levels"""
    plain: BoolArray
    """is building=yes or the like"""

    def __len__(self) -> int:
        return len(self.lon)

    def take(self, keep: BoolArray) -> Homes:
        """Some of them."""
        return Homes(self.lon[keep], self.lat[keep], self.floor_m2[keep], self.levels_known[keep], self.plain[keep])


def homes_of(buildings: Buildings) -> Homes:
    """Residential buildings with their floor area [m2]; everything else is left out."""
    area_m2, lon, lat = ring_areas(buildings.ring_ptr, buildings.lon_e7, buildings.lat_e7)
    levels = np.array(buildings.levels, np.float64)
    known = np.isfinite(levels) & (levels > 0) & (levels <= MOST_LEVELS)
    keep = np.zeros(len(buildings), bool)
    plain = np.zeros(len(buildings), bool)
    for index, kind in enumerate(buildings.kind):
        tags = buildings.tags.get(index)
        if kind in HOME_LEVELS:
            keep[index] = True
            if not known[index]:
                levels[index] = HOME_LEVELS[kind]
        elif kind in PLAIN_KINDS and _may_be_home(tags, area_m2[index]):
            keep[index] = True
            plain[index] = True
            if not known[index]:
                levels[index] = PLAIN_LEVELS
        if keep[index] and tags and levels[index] >= 2 and any(key in tags for key in NOT_A_HOME):
            levels[index] -= 1
    keep &= area_m2 > 0
    return Homes(lon[keep], lat[keep], (area_m2 * np.maximum(levels, 0))[keep], known[keep], plain[keep])


def _may_be_home(tags: Tags | None, area_m2: float) -> bool:
    if not PLAIN_SMALLEST_M2 <= area_m2 <= PLAIN_LARGEST_M2:
        return False
    return not tags or not any(key in tags for key in NOT_A_HOME)


def residential_edges(graph: WalkGraph) -> BoolArray:
    """Edges of streets along which people live; not the lines across a square, of which there are many."""
    street = np.isin(graph.edge_class, (WayClass.STREET, WayClass.ROAD, WayClass.FOOTWAY))
    return np.asarray(((graph.edge_flags & RESIDENTIAL) != 0) & street)


def street_points(graph: WalkGraph) -> StreetPoints:
    """Points every ``STREET_POINT_M`` along residential streets.

    Without any residential street: along all streets, else along all ways, so that people of a hamlet on a
    road are not lost.
    """
    chosen = residential_edges(graph)
    if not chosen.any():
        chosen = np.isin(graph.edge_class, (WayClass.STREET, WayClass.ROAD))
    if not chosen.any():
        chosen = np.ones(graph.edges, bool)
    edge = np.flatnonzero(chosen)
    length_m = graph.edge_length_dm[edge] / 10.0
    pieces = np.maximum(1, np.ceil(length_m / STREET_POINT_M)).astype(np.int64)
    owner = np.repeat(np.arange(len(edge)), pieces)
    nth = np.arange(len(owner)) - np.repeat(np.cumsum(pieces) - pieces, pieces)
    share = (nth + 0.5) / pieces[owner]
    lon, lat = points_along(graph, edge[owner], share)
    return StreetPoints(lon, lat, (length_m / pieces)[owner])


def points_along(graph: WalkGraph, edge: np.ndarray, share: FloatArray) -> tuple[FloatArray, FloatArray]:
    """lon, lat at a share (0..1) of each edge's length."""
    x, y = mercator_e7(graph.shape_lon_e7, graph.shape_lat_e7)
    step = np.hypot(np.diff(x), np.diff(y)) * true_metres(e7_to_degrees(graph.shape_lat_e7[:-1]))
    along = np.concatenate([[0.0], np.cumsum(step)])  # runs through all edges; only differences within one are used
    begin, end = graph.edge_shape_ptr[edge], graph.edge_shape_ptr[edge + 1] - 1
    wanted = along[begin] + share * (along[end] - along[begin])
    before = np.clip(np.searchsorted(along, wanted, side="right") - 1, begin, end - 1)
    gap = along[before + 1] - along[before]
    part = np.clip(np.where(gap > 0, (wanted - along[before]) / np.where(gap > 0, gap, 1), 0), 0, 1)
    return unmercator(x[before] + part * (x[before + 1] - x[before]), y[before] + part * (y[before + 1] - y[before]))


def guess_people(
    graph: WalkGraph, features: Features, *, persons: float | None = None, boundary: Boundary | None = None
) -> People:
    """People from homes if enough are mapped, else along residential streets.

    Raises
    ------
    InvalidInput
        Too few homes are mapped and no total is given.
    """
    persons = checked_persons(persons)
    homes = homes_of(features.buildings)
    streets = street_points(graph)
    if boundary is not None:
        homes = homes.take(boundary.contains(homes.lon, homes.lat))
        inside = boundary.contains(streets.lon, streets.lat)
        streets = StreetPoints(streets.lon[inside], streets.lat[inside], streets.weight_m[inside])
    count, street_m = len(homes), float(streets.weight_m.sum()) if residential_edges(graph).any() else 0.0
    if count and count * STREET_M_PER_BUILDING >= street_m:
        return _from_homes(homes, persons)
    found = f"{count:,} homes are mapped along {street_m / 1000:,.1f} km of residential street"
    if persons is None:
        raise InvalidInput(
            f"nothing says how many people live here ({found}: too few to estimate from)",
            where="people",
            mend="Give --population FILE (raster, CSV or H3 grid) or --persons N" + _hint(features),
        )
    notes = (
        f"where people live is assumed: {persons:,.0f} people spread evenly along residential streets, "
        f"because only {found}",
    )
    return People(streets.lon, streets.lat, streets.weight_m * (persons / max(float(streets.weight_m.sum()), 1e-9)),
                  "assumed from streets", "residential streets (OpenStreetMap)", notes=notes)  # fmt: skip


def _from_homes(homes: Homes, persons: float | None) -> People:
    people = homes.floor_m2 * (DWELLING_SHARE / FLOOR_M2_PER_PERSON)
    if persons is None:
        how_many = (
            f"their number is assumed: {FLOOR_M2_PER_PERSON:g} m2 of dwelling per person (about Ukraine's average; "
            f"elsewhere it can be twice that), dwelling being {DWELLING_SHARE:g} of the floor area"
        )
    else:
        how_many = f"scaled to the {persons:,.0f} people given with --persons"
    notes = (
        f"people are estimated from {len(homes):,} residential buildings (footprint times levels); {how_many}",
        f"levels are mapped for {homes.levels_known.sum():,} of {len(homes):,} homes, the others are assumed by kind; "
        f"{homes.plain.sum():,} plain buildings (building=yes) count as homes of {PLAIN_LEVELS:g} levels; "
        "courtyards are not cut out",
    )
    return People(homes.lon, homes.lat, people, "estimated from buildings", "buildings (OpenStreetMap)", notes=notes)


def _hint(features: Features) -> str:
    """What OpenStreetMap itself says about the number, as a hint, never as a value."""
    known = [place for place in features.settlements if place.population]
    if not known:
        return ""
    largest = max(known, key=lambda place: place.population or 0)
    return f"; OpenStreetMap names {largest.population:,} people for {largest.names.get('name', 'the largest place')}"
