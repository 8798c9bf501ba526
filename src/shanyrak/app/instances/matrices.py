"""Tables in npz and parquet: distances (or costs) of every cell to every candidate, or who covers whom.

    npz       a sparse matrix as scipy writes it, or one array of two dimensions; with it ``demand`` and ``cost``,
              and what ``more`` reads
    parquet   one column a candidate and one row a cell, with a column ``demand`` where known; or three columns
              ``row``, ``column`` and ``value`` (two for who covers whom)

Booleans say who covers whom, and so does a sparse matrix of ones; other numbers are distances. A pair that a
sparse table leaves out has no way.
"""

from __future__ import annotations

import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import scipy.sparse as sp

from shanyrak.app.instances.instance import Instance, whole_where_whole
from shanyrak.app.instances.more import is_more
from shanyrak.core.errors import InvalidInput
from shanyrak.core.units import FloatArray


def read_npz(path: Path) -> Instance:
    """A table from an npz file."""
    where = str(path)
    try:
        with np.load(path, allow_pickle=False) as kept:
            arrays = {name: kept[name] for name in kept.files}
    except (OSError, ValueError, zipfile.BadZipFile, EOFError, KeyError) as fault:
        raise InvalidInput(f"this cannot be read as npz ({fault})", where=where) from fault
    demand, cost = arrays.pop("demand", None), arrays.pop("cost", None)
    for name in ("district", "capacity", "failure", "existing", "scenarios"):  # read where a model asks for them
        arrays.pop(name, None)
    table: Any
    if {"format", "shape"} <= set(arrays):
        try:
            table = sp.load_npz(path)
        except (OSError, ValueError, KeyError) as fault:
            raise InvalidInput(f"this is no sparse matrix ({fault})", where=where) from fault
    else:
        grids = {name: array for name, array in arrays.items() if array.ndim == 2}
        if len(grids) != 1:
            raise InvalidInput(f"there are {len(grids)} tables of two dimensions", where=where,
                               mend="Keep one, and `demand` and `cost` beside it")  # fmt: skip
        (table,) = grids.values()
    return _instance(where, table, demand, cost)


def read_parquet(path: Path) -> Instance:
    """A table from a parquet file."""
    import pyarrow as pa
    from pyarrow import parquet

    where = str(path)
    try:
        table = parquet.read_table(path)
    except (pa.ArrowInvalid, OSError) as fault:
        raise InvalidInput(f"this cannot be read as parquet ({str(fault).splitlines()[0]})", where=where) from fault
    columns: dict[str, Any] = {}
    for name in table.column_names:
        if is_more(name):
            continue
        column = table.column(name)
        if not (
            pa.types.is_integer(column.type) or pa.types.is_floating(column.type) or pa.types.is_boolean(column.type)
        ):
            continue
        if column.null_count:
            raise InvalidInput(f"{column.null_count} numbers are missing", where=f"{where}, column {name!r}",
                               mend="Leave pairs without a way out of a table of three columns")  # fmt: skip
        columns[name] = np.asarray(column)
    if {"row", "column"} <= set(columns):
        row, col = columns["row"], columns["column"]
        if len(row) == 0 or row.min() < 0 or col.min() < 0 or row.dtype.kind not in "iu" or col.dtype.kind not in "iu":
            raise InvalidInput("rows and columns are whole numbers from 0", where=where)
        shape = int(row.max()) + 1, int(col.max()) + 1
        value = columns.get("value", np.ones(len(row), bool))
        twice = len(np.unique(row.astype(np.int64) * shape[1] + col)) < len(row)
        if twice:
            raise InvalidInput("a pair is there twice", where=where, mend="Keep one of them")
        return _instance(where, sp.coo_array((value, (row, col)), shape=shape), None, None)
    demand = columns.pop("demand", None)
    if not columns:
        raise InvalidInput("there is no column of numbers", where=where)
    return _instance(where, np.column_stack(list(columns.values())), demand, None)


def _instance(where: str, table: Any, demand: Any, cost: Any) -> Instance:
    m, n = (int(size) for size in table.shape)
    if m == 0 or n == 0:
        raise InvalidInput("the table is empty", where=where)
    weights = _numbers(demand, m, f"{where}, demand")
    people = np.ones(m, np.int64) if weights is None else whole_where_whole(weights)
    prices = _numbers(cost, n, f"{where}, cost")
    if sp.issparse(table):
        sparse: Any = table
        csr = sparse.tocsr()
        if csr.data.dtype == np.bool_ or bool((csr.data == 1).all()):
            return Instance(kind="cover", demand=people, cost=prices, table=sp.csr_array(csr, dtype=bool))
        if m * n > 1 << 28:
            raise InvalidInput("a table of distances as large as this is not read", where=where,
                               mend="Compare first, and give who covers whom")  # fmt: skip
        dense = np.full((m, n), np.inf)
        coo = csr.tocoo()
        dense[coo.row, coo.col] = coo.data
        table = dense
    elif table.dtype == np.bool_:
        return Instance(kind="cover", demand=people, cost=prices, table=sp.csr_array(table))
    if table.dtype.kind not in "iuf":
        raise InvalidInput(f"numbers of type {table.dtype} are no distances", where=where)
    odd = ~(table >= 0)
    if odd.any():
        row, column = (int(i) for i in np.argwhere(odd)[0])
        raise InvalidInput(f"a distance of {table[row, column]} is none", where=f"{where}, row {row}, column {column}",
                           mend="Write inf where there is no way")  # fmt: skip
    return Instance(kind="distances", demand=people, cost=prices, table=table)


def _numbers(values: Any, size: int, where: str) -> FloatArray | None:
    if values is None:
        return None
    array = np.asarray(values)
    if array.shape != (size,) or array.dtype.kind not in "iufb":
        raise InvalidInput(f"there are {array.shape} numbers, not {size}", where=where, mend="Give one for each")
    floats = array.astype(np.float64)
    wrong = np.flatnonzero(~np.isfinite(floats) | (floats < 0))
    if len(wrong):
        raise InvalidInput(f"{floats[wrong[0]]} is not 0 or more", where=f"{where}[{wrong[0]}]")
    return floats
