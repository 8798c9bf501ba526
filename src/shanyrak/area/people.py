"""Where people live, as demand cells. Nobody is lost on the way, and what is assumed is said.

A source (raster, grid, list, buildings, streets) gives ``People``; ``cells_of`` makes ``Cells`` of them:
inside a boundary, scaled to a known total, in whole thousandths, gathered in H3 cells where the source has
no cells of its own.

**Where in a cell do its people stand?** At the centre of a raster pixel or hexagon, as long as that is
narrower than ``WIDE_M``: then the centre is at most three minutes' walk wrong, in either direction. A wider
cell (WorldPop's 1 km product, H3 resolution 8) has a centre that may lie in a lake, and one point for
thousands of people in quite different reach. Its people are spread along the residential streets inside it
(``spread_wide_cells``), and a note says so.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
from h3.api import basic_int as h3

from shanyrak.area.boundary import Boundary
from shanyrak.area.tables import Cells, How
from shanyrak.core.errors import InvalidInput
from shanyrak.core.units import MILLI, FloatArray, LongArray, persons_to_milli

CELL_RESOLUTION = 11
"""H3 resolution of gathered cells: about 50 m across, 2,150 m2."""
WIDE_M = 400.0
"""Cells at least this wide [m] are spread along their streets."""
MOST_PERSONS = 1e10
"""More people than live on earth are a slip of the pen."""

Locate = Callable[[FloatArray, FloatArray], LongArray]


@dataclass(frozen=True, eq=False)
class People:
    """What a source says about p places."""

    lon: FloatArray
    lat: FloatArray
    persons: FloatArray
    """(p,) finite, not negative"""
    how: How
    source: str
    """file name, or what was assumed"""
    id: tuple[str, ...] | None = None
    """(p,) names of the source's own cells; None where the places are to be gathered in H3 cells"""
    notes: tuple[str, ...] = ()
    wide_m: float = 0.0
    """how wide the source's cells are; 0 for points"""
    locate: Locate | None = None
    """(lon, lat) -> in which of the p cells a point lies, -1 in none"""


@dataclass(frozen=True, eq=False)
class StreetPoints:
    """Points along streets, each standing for some metres of them."""

    lon: FloatArray
    lat: FloatArray
    weight_m: FloatArray


def checked_persons(persons: float | None) -> float | None:
    """The total somebody gave, if it can be a number of people."""
    if persons is not None and not 0 < persons <= MOST_PERSONS:
        raise InvalidInput(f"{persons} cannot be a number of people", where="--persons", mend="Give a number above 0")
    return persons


def cells_of(people: People, *, persons: float | None = None, boundary: Boundary | None = None) -> Cells:
    """Demand cells of people.

    Parameters
    ----------
    people : People
    persons : float, optional
        Known total, inside the boundary if there is one; everybody is scaled to it.
    boundary : Boundary, optional
        Only people inside count; its line belongs to the inside.

    Returns
    -------
    Cells
        The sum is exactly the imported total in thousandths. Cells where nobody lives are left out
        and counted in a note.

    Raises
    ------
    InvalidInput
        Nobody lives inside.
    """
    persons = checked_persons(persons)
    notes = list(people.notes)
    if boundary is not None:
        people, left_out = _inside(people, boundary)
        if left_out > 0:
            notes.append(f"{left_out:,.0f} people outside the boundary are left out")
    total = float(people.persons.sum())
    if total <= 0:
        where = "inside the boundary" if boundary is not None else "in the area"
        raise InvalidInput(f"nobody lives {where}, says the source", where=people.source,
                           mend="Check that the file is of this town")  # fmt: skip
    values = people.persons
    if persons is not None:
        values = values * (persons / total)
        if people.how in ("raster", "grid", "list"):
            notes.append(f"scaled from {total:,.0f} to the {persons:,.0f} people given with --persons")
        total = persons
    milli = persons_to_milli(values)
    imported = int(milli.sum())
    assert abs(imported - total * MILLI) <= 1 + 1e-9 * imported, "people were lost or made in rounding"
    if people.id is None:
        cells = _gathered(people, milli)
    else:
        cells = Cells(people.id, people.lon, people.lat, milli, people.how, people.source)
    inhabited = np.flatnonzero(cells.persons_milli > 0)
    empty = len(cells) - len(inhabited)
    if empty:
        notes.append(f"{empty:,} cells where nobody lives are left out")
    kept = Cells(
        tuple(cells.id[i] for i in inhabited.tolist()) if empty else cells.id,
        cells.lon[inhabited],
        cells.lat[inhabited],
        cells.persons_milli[inhabited],
        cells.how,
        cells.source,
        tuple(notes),
    )
    assert kept.total_milli == imported, "people were lost in gathering"
    return kept


def h3_cells(lon: FloatArray, lat: FloatArray, resolution: int) -> LongArray:
    """(p,) H3 cell of each point (int64; H3 never uses the sign bit)."""
    of = h3.latlng_to_cell
    pairs = zip(lat.tolist(), lon.tolist(), strict=True)
    return np.fromiter((of(a, b, resolution) for a, b in pairs), np.int64, len(lon))


def _gathered(people: People, milli: LongArray) -> Cells:
    """One cell per H3 cell, standing at the middle of its people."""
    cell, member = np.unique(h3_cells(people.lon, people.lat, CELL_RESOLUTION), return_inverse=True)
    persons = np.zeros(len(cell), np.int64)
    np.add.at(persons, member, milli)
    # a hair of weight for places where nobody lives keeps the middle of an empty cell defined
    weight = milli + 1e-6
    whole = np.bincount(member, weight, len(cell))
    lon = np.bincount(member, weight * people.lon, len(cell)) / whole
    lat = np.bincount(member, weight * people.lat, len(cell)) / whole
    ids = tuple(format(value, "x") for value in cell.tolist())
    return Cells(ids, lon, lat, persons, people.how, people.source)


def _inside(people: People, boundary: Boundary) -> tuple[People, float]:
    inside = boundary.contains(people.lon, people.lat)
    return _taken(people, inside), float(people.persons[~inside].sum())


def _taken(people: People, keep: npt.NDArray[np.bool_]) -> People:
    ids = None if people.id is None else tuple(people.id[i] for i in np.flatnonzero(keep).tolist())
    return replace(
        people, lon=people.lon[keep], lat=people.lat[keep], persons=people.persons[keep], id=ids, locate=None
    )


def spread_wide_cells(people: People, streets: StreetPoints) -> People:
    """People of cells too wide for one point, spread along the streets inside each cell.

    Cells narrower than ``WIDE_M`` are returned as they are. A wide cell without a street keeps its centre.
    The total stays.
    """
    if people.wide_m < WIDE_M or people.locate is None:
        return people
    cell = people.locate(streets.lon, streets.lat)
    found = cell >= 0
    street_m = np.bincount(cell[found], streets.weight_m[found], len(people.persons))
    found[found] = street_m[cell[found]] > 0
    share = streets.weight_m[found] / street_m[cell[found]]
    bare = street_m == 0
    note = (
        f"the source's cells are about {people.wide_m:,.0f} m wide: their people are spread evenly along the "
        "residential streets inside each (assumed); a finer source gives a better plan"
    )
    return replace(
        people,
        lon=np.concatenate([streets.lon[found], people.lon[bare]]),
        lat=np.concatenate([streets.lat[found], people.lat[bare]]),
        persons=np.concatenate([people.persons[cell[found]] * share, people.persons[bare]]),
        id=None,
        notes=(*people.notes, note),
        wide_m=0.0,
        locate=None,
    )
