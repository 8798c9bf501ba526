"""What only some models want to know of a row: its district, its room, how likely it is shut, whether a point stands.

These columns are read when a model asks for them, so that a file may hold anything in them for the others.
"""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

import numpy as np

from shanyrak.app.instances.csv_points import columns_of
from shanyrak.core.errors import InvalidInput
from shanyrak.core.units import FloatArray, LongArray

SCENARIO = "demand_"
"""Columns that begin so are the demand of one scenario each."""


def column(path: Path, name: str) -> list[Any] | None:
    """The values of a column, as text or numbers, row by row; None where there is none."""
    return _table(path).get(name)


def numbers(path: Path, name: str, most: float = np.inf) -> FloatArray | None:
    """A column of numbers from 0 to ``most``; None where there is none.

    Raises
    ------
    InvalidInput
        A value is no such number: the message names row and column.
    """
    given = column(path, name)
    return None if given is None else _read(path, name, given, most)


def _read(path: Path, name: str, given: list[Any], most: float) -> FloatArray:
    out = np.empty(len(given))
    for row, value in enumerate(given):
        try:
            out[row] = float(value)
        except (TypeError, ValueError):
            out[row] = np.nan
        if not 0 <= out[row] <= most or not np.isfinite(out[row]):
            between = "0 or more" if most == np.inf else f"from 0 to {most:g}"
            raise InvalidInput(
                f"{value!r} is no number {between}", where=f"{path}, row {row} (from 0), column {name!r}"
            )
    return out


def districts(path: Path) -> tuple[LongArray, list[str]] | None:
    """(rows,) which district each belongs to, numbered in the order of their names, and the names; empty: none (-1)."""
    given = column(path, "district")
    if given is None:
        return None
    said = ["" if value is None else str(value).strip() for value in given]
    names = sorted(set(said) - {""})
    number = {name: at for at, name in enumerate(names)}
    return np.array([number.get(name, -1) for name in said], np.int64), names


def scenarios(path: Path) -> FloatArray | None:
    """(scenarios, rows) demand in each, in the order of the columns; None where there are none."""
    table = _table(path)
    if "scenarios" in table:
        return np.array([_read(path, "scenarios", one, np.inf) for one in table["scenarios"]])
    named = [name for name in table if name.startswith(SCENARIO)]
    return np.array([_read(path, name, table[name], np.inf) for name in named]) if named else None


def _table(path: Path) -> dict[str, list[Any]]:
    """All columns beside coordinates; only CSV, npz and parquet have any."""
    suffix = path.suffix.lower()
    if suffix == ".npz":
        with np.load(path, allow_pickle=False) as kept:
            known = ("district", "capacity", "failure", "existing", "scenarios")
            return {name: kept[name].tolist() for name in known if name in kept.files}
    if suffix in (".parquet", ".pq"):
        from pyarrow import parquet

        table = parquet.read_table(path)
        wanted = [name for name in table.column_names if is_more(name)]
        return {name: table.column(name).to_pylist() for name in wanted}
    with path.open(encoding="utf-8-sig", errors="replace", newline="") as file:
        names, divider = columns_of(file.readline())
        rows = [row for row in csv.reader(file, delimiter=divider) if any(cell.strip() for cell in row)]
    return {name: [row[at] if at < len(row) else "" for row in rows] for at, name in enumerate(names)}


def is_more(name: str) -> bool:
    """Whether a column of a table says something of cells, and is no candidate."""
    return name == "district" or name.startswith(SCENARIO)
