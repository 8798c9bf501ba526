"""CSV: ``x,y`` or ``lon,lat``, then ``demand`` and ``cost`` where known; other columns are left alone."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np

from shanyrak.app.instances.instance import Instance, whole_where_whole
from shanyrak.core.errors import InvalidInput
from shanyrak.core.units import FloatArray, IntArray

_PAIRS = {"plane": ("x", "y"), "sphere": ("lon", "lat")}
_NUMBERS = ("x", "y", "lon", "lat", "demand", "cost")


def columns_of(line: str) -> tuple[list[str], str]:
    """Names of the columns of a first line, in small letters, and what divides them."""
    divider = max(",;\t", key=line.count)
    return [name.strip().strip('"').strip().lower() for name in line.strip().split(divider)], divider


def is_table(head: str) -> bool:
    """Whether a text begins like CSV with a header, or like CSV that lacks one."""
    names, divider = columns_of(head.split("\n", 1)[0])
    return any(name in _NUMBERS for name in names) or divider in head.split("\n", 1)[0]


def read_csv_points(path: Path) -> Instance:
    """Places with demand (1 unless stated) and cost.

    Raises
    ------
    InvalidInput
        A column is missing or doubled, or a cell is no number: the message names row and column.
    """
    with path.open(encoding="utf-8-sig", errors="replace", newline="") as file:
        names, divider = columns_of(file.readline())
    doubled = [name for name in _NUMBERS if names.count(name) > 1]
    if doubled:
        raise InvalidInput(f"the column {doubled[0]!r} is there twice", where=str(path), mend="Keep one of them")
    kinds = [kind for kind, pair in _PAIRS.items() if any(name in names for name in pair)]
    if len(kinds) != 1 or any(name not in names for name in _PAIRS[kinds[0]]):
        said = "both x,y and lon,lat are there" if len(kinds) > 1 else "the columns x,y or lon,lat are missing"
        raise InvalidInput(said, where=f"{path}, first line", mend="Name the columns x,y or lon,lat in the first line")
    kind = kinds[0]
    wanted = [name for name in _NUMBERS if name in names]
    columns = _fast(path, names, divider, wanted)
    if columns is None:
        columns = _slow(path, names, divider, wanted)
    first, second = _PAIRS[kind]
    places = np.column_stack([columns[first], columns[second]])
    if len(places) == 0:
        raise InvalidInput("there is no row below the first line", where=str(path))
    _check(path, columns)
    demand = columns.get("demand", np.ones(len(places)))
    return Instance(
        kind="sphere" if kind == "sphere" else "plane",
        demand=whole_where_whole(demand),
        cost=columns.get("cost"),
        places=places,
        sites=places,
    )


def _fast(path: Path, names: list[str], divider: str, wanted: list[str]) -> dict[str, FloatArray] | None:
    """All columns at once; None where anything is odd, which the slow way then names."""
    import pyarrow as pa
    from pyarrow import csv as arrow

    called = [f"{number}:{name}" for number, name in enumerate(names)]
    keep = [called[names.index(name)] for name in wanted]
    try:
        table = arrow.read_csv(
            path,
            read_options=arrow.ReadOptions(column_names=called, skip_rows=1),
            parse_options=arrow.ParseOptions(delimiter=divider),
            convert_options=arrow.ConvertOptions(include_columns=keep, column_types=dict.fromkeys(keep, pa.float64())),
        )
    except (pa.ArrowInvalid, pa.ArrowKeyError):
        return None
    if any(table.column(name).null_count for name in keep):
        return None
    columns = {name: np.asarray(table.column(called), np.float64) for name, called in zip(wanted, keep, strict=True)}
    return columns if all(np.isfinite(values).all() for values in columns.values()) else None


def _slow(path: Path, names: list[str], divider: str, wanted: list[str]) -> dict[str, FloatArray]:
    """Row by row; the first cell that is no number is named."""
    out: dict[str, list[float]] = {name: [] for name in wanted}
    with path.open(encoding="utf-8-sig", errors="replace", newline="") as file:
        reader = csv.reader(file, delimiter=divider)
        next(reader)
        for number, row in enumerate(reader, start=2):
            if not row or not any(cell.strip() for cell in row):
                continue
            for name in wanted:
                at = names.index(name)
                cell = row[at].strip() if at < len(row) else ""
                out[name].append(_number(cell, f"{path}, line {number}, column {name!r}"))
    return {name: np.array(values, np.float64) for name, values in out.items()}


def _number(cell: str, where: str) -> float:
    try:
        value = float(cell)
    except ValueError:
        said = "there is no number" if not cell else f"{cell!r} is no number"
        raise InvalidInput(said, where=where, mend="Write a number with a decimal point, or drop the row") from None
    if not np.isfinite(value):
        raise InvalidInput(f"{cell!r} is no number to reckon with", where=where, mend="Drop the row")
    return value


def _check(path: Path, columns: dict[str, FloatArray]) -> None:
    limits: dict[str, tuple[float, float]] = {
        "lon": (-180, 180), "lat": (-90, 90), "demand": (0, np.inf), "cost": (0, np.inf),
    }  # fmt: skip
    for name, (low, high) in limits.items():
        values = columns.get(name)
        if values is None:
            continue
        wrong = np.flatnonzero((values < low) | (values > high))
        if len(wrong):
            between = f"between {low:g} and {high:g}" if np.isfinite(high) else "0 or more"
            raise InvalidInput(
                f"{values[wrong[0]]:g} is not {between}", where=f"{path}, row {wrong[0]} (from 0), column {name!r}",
                mend="Longitude is `lon`, latitude `lat`" if name in ("lon", "lat") else "Write 0 where there is none",
            )  # fmt: skip


def read_row_numbers(path: Path) -> IntArray:
    """Row numbers, one a line (a first line may be their name)."""
    numbers: list[int] = []
    with path.open(encoding="utf-8-sig", errors="replace") as file:
        for line_number, line in enumerate(file, start=1):
            for cell in line.replace(",", " ").split():
                if cell.isdecimal() and int(cell) < 1 << 31:
                    numbers.append(int(cell))
                elif not (line_number == 1 and cell.isalpha()):
                    raise InvalidInput(
                        f"{cell!r} is no row number", where=f"{path}, line {line_number}", mend="Rows count from 0"
                    )
    if not numbers:
        raise InvalidInput("this names no candidate", where=str(path))
    return np.array(numbers, np.int32)
