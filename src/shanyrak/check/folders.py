"""Reading plan and area folders: JSON and Parquet into plain lists, every fault named."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from shanyrak.core.errors import Damaged, NotFound

Columns = dict[str, list[Any]]


def read_json(path: Path) -> Any:
    """A JSON file; NotFound where it is missing, Damaged where it cannot be read."""
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError as fault:
        raise NotFound("a file is missing", where=str(path), mend="Make the plan again") from fault
    except (OSError, ValueError, RecursionError) as fault:
        raise Damaged(f"the file cannot be read ({fault})", where=str(path), mend="Make the plan again") from fault


def read_table(path: Path, names: tuple[str, ...]) -> Columns:
    """Columns of a Parquet file as lists; NotFound and Damaged as above."""
    try:
        table = pq.read_table(path, columns=list(names))
        return {name: table.column(name).to_pylist() for name in names}
    except FileNotFoundError as fault:
        raise NotFound("a file is missing", where=str(path), mend="Make the plan again") from fault
    except (OSError, pa.ArrowException, KeyError) as fault:
        raise Damaged(f"the file cannot be read ({fault})", where=str(path), mend="Make the plan again") from fault


def read_arrow(path: Path, names: tuple[str, ...]) -> Columns:
    """Columns of an Arrow file as lists."""
    try:
        with pa.OSFile(str(path), "rb") as source:
            table = pa.ipc.open_file(source).read_all()
        return {name: table.column(name).to_pylist() for name in names}
    except FileNotFoundError as fault:
        raise NotFound("a file is missing", where=str(path), mend="Import the area again") from fault
    except (OSError, pa.ArrowException, KeyError) as fault:
        raise Damaged(f"the file cannot be read ({fault})", where=str(path), mend="Import the area again") from fault
