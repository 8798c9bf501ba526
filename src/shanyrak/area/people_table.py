"""People from a table: a list ``lon,lat,persons``, or an H3 grid ``id,...,population``."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from h3.api import basic_int as h3

from shanyrak.area.door import LAT, LON, Faults, Table, missing_columns, read_table, shown
from shanyrak.area.metric import in_box
from shanyrak.area.people import People, h3_cells
from shanyrak.core.errors import InvalidInput
from shanyrak.core.units import FloatArray, LongArray

PERSONS = (
    "persons", "person", "population", "people", "pop", "pop_total", "total_population", "inhabitants", "residents",
    "population_total", "voters", "населення", "людей", "жителі", "население", "einwohner",
)  # fmt: skip
H3_ID = (
    "h3",
    "h3_id",
    "h3id",
    "h3_index",
    "h3index",
    "h3_cell",
    "h3_address",
    "hex",
    "hex_id",
    "hexid",
    "cell",
    "cell_id",
    "id",
)
_HEX = re.compile(r"(?:0x)?[0-9a-f]{15,16}", re.IGNORECASE)
_DECIMAL = re.compile(r"\d{17,19}")
_EXAMPLE = "lon,lat,persons (or id,population for an H3 grid)"

Box = tuple[float, float, float, float]


def read_people_table(path: Path, box: Box) -> People:
    """People of a list or of an H3 grid; which of the two, the columns say.

    Parameters
    ----------
    path : Path
        CSV with ``,`` ``;`` or tabs; decimal commas where the delimiter is another. Columns may stand in
        any order and have further ones beside them.
    box : (west, south, east, north) [degree]
        Only rows inside count.

    Raises
    ------
    InvalidInput
        Needed columns are missing, values cannot be used (five quoted, the rest counted), lon and lat are
        swapped, or no row lies in the box.
    """
    table = read_table(path)
    grid_column = _h3_column(table)
    lon, lat, persons = table.find(LON), table.find(LAT), table.find(PERSONS)
    if persons is None or (grid_column is None and (lon is None or lat is None)):
        wanted = [name for name, found in (("lon", lon), ("lat", lat), ("persons", persons)) if found is None]
        raise missing_columns(table, ["persons"] if grid_column else wanted, _EXAMPLE)
    if grid_column is not None:
        return _grid(table, grid_column, persons, box)
    assert lon is not None and lat is not None
    return _list(table, lon, lat, persons, box)


def _h3_column(table: Table) -> str | None:
    """The column that holds H3 ids: by its name and by what most of its values look like.

    A list whose ``id`` column is ``1, 2, 3`` is a list; a grid with one spoilt id is a grid with a fault.
    """
    for name in H3_ID:
        values = table.columns.get(name)
        if values and 2 * sum(bool(_HEX.fullmatch(v) or _DECIMAL.fullmatch(v)) for v in values) > len(values):
            return name
    return None


def _list(table: Table, lon_column: str, lat_column: str, persons_column: str, box: Box) -> People:
    faults = Faults(str(table.path), "Mend these rows, or drop them; write 0 where nobody lives")
    lon = np.asarray(table.numbers(lon_column, faults, least=-180, most=180))
    lat = np.asarray(table.numbers(lat_column, faults, least=-180, most=180))
    refuse_if_elsewhere(lon, lat, box, table.path)
    persons = np.asarray(table.numbers(persons_column, faults, least=0))
    for row, value in zip(table.rows, lat.tolist(), strict=True):
        if abs(value) > 90:
            faults.add(f"row {row}, column {lat_column!r}: {value:g} is no latitude")
    faults.refuse_if_any()
    keep = in_box(lon, lat, box)
    return People(
        lon[keep], lat[keep], persons[keep], "list", table.path.name, notes=_left_out(persons, ~keep, table.path)
    )


def _grid(table: Table, id_column: str, persons_column: str, box: Box) -> People:
    faults = Faults(str(table.path), "Mend these rows, or drop them; write 0 where nobody lives")
    persons = np.asarray(table.numbers(persons_column, faults, least=0))
    cells = _h3_ids(table, id_column, faults)
    faults.refuse_if_any()
    centres = [h3.cell_to_latlng(cell) for cell in cells.tolist()]
    lat, lon = np.asarray(centres).reshape(-1, 2).T
    refuse_if_elsewhere(lon, lat, box, table.path)
    resolution = np.asarray([h3.get_resolution(cell) for cell in cells.tolist()])
    keep = in_box(lon, lat, box)
    notes = list(_left_out(persons, ~keep, table.path))
    if len(np.unique(resolution)) > 1:
        notes.append("the grid mixes H3 resolutions " + ", ".join(map(str, np.unique(resolution).tolist())))
    kept = cells[keep]
    return People(
        lon[keep],
        lat[keep],
        persons[keep],
        "grid",
        table.path.name,
        id=tuple(format(cell, "x") for cell in kept.tolist()),
        notes=tuple(notes),
        wide_m=_width_m(int(resolution[keep].min())),
        locate=lambda at_lon, at_lat: _cell_of(kept, resolution[keep], at_lon, at_lat),
    )


def _h3_ids(table: Table, column: str, faults: Faults) -> LongArray:
    cells = np.zeros(len(table.rows), np.int64)
    first: dict[int, int] = {}
    for index, (row, text) in enumerate(zip(table.rows, table.columns[column], strict=True)):
        cell = int(text, 16) if _HEX.fullmatch(text) else int(text) if _DECIMAL.fullmatch(text) else -1
        if not 0 < cell < 2**63 or not h3.is_valid_cell(cell):
            faults.add(f"row {row}, column {column!r}: {shown(text)} is no H3 cell")
        elif cell in first:
            faults.add(f"row {row}, column {column!r}: {text} stands in row {first[cell]} already")
        else:
            first[cell] = row
            cells[index] = cell
    return cells


def _cell_of(cells: LongArray, resolution: LongArray, lon: FloatArray, lat: FloatArray) -> LongArray:
    """Index of the cell in which each point lies, -1 in none."""
    out = np.full(len(lon), -1, np.int64)
    for level in np.unique(resolution).tolist():
        members = np.flatnonzero(resolution == level)
        order = members[np.argsort(cells[members])]
        wanted = h3_cells(lon, lat, level)
        at = np.minimum(np.searchsorted(cells[order], wanted), len(order) - 1)
        hit = cells[order][at] == wanted
        out[hit] = order[at[hit]]
    return out


def _width_m(resolution: int) -> float:
    """Across the flats of an average hexagon [m]."""
    return float(h3.average_hexagon_edge_length(resolution, unit="m")) * 3**0.5


def refuse_if_elsewhere(lon: FloatArray, lat: FloatArray, box: Box, path: Path, *, allow_none: bool = False) -> None:
    """Refuse places that lie in the area only when lon and lat are read the other way round, or not at all.

    ``allow_none``: that nothing lies in the area is no fault.
    """
    inside, swapped = int(in_box(lon, lat, box).sum()), int(in_box(lat, lon, box).sum())
    if swapped > inside:
        raise InvalidInput(
            f"lon and lat are swapped: {swapped:,} of {len(lon):,} rows lie in the area only the other way round",
            where=str(path),
            mend="Name the columns the other way round: lon is east, lat is north",
        )
    if not inside and not allow_none:
        west, south, east, north = box
        raise InvalidInput(
            f"no row lies in the area (lon {west:.3f} to {east:.3f}, lat {south:.3f} to {north:.3f})",
            where=str(path),
            mend="Give a file of this town, in degrees (WGS 84)",
        )


def _left_out(persons: FloatArray, outside: Sequence[bool] | np.ndarray, path: Path) -> tuple[str, ...]:
    rows = int(np.sum(outside))
    if not rows:
        return ()
    return (
        f"{rows:,} rows of {path.name} with {float(persons[outside].sum()):,.0f} people lie outside the area "
        "and are left out",
    )
