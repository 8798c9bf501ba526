"""Which reader a file needs."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

from shanyrak.app.instances.csv_points import is_table, read_csv_points, read_row_numbers
from shanyrak.app.instances.instance import Instance
from shanyrak.app.instances.matrices import read_npz, read_parquet
from shanyrak.app.instances.orlib import is_graph, read_graph
from shanyrak.app.instances.tsplib import is_tsplib, read_tsplib
from shanyrak.core.errors import InvalidInput, NotFound

_HEAD = 4096


def read_instance(path: Path) -> Instance:
    """An instance from a file.

    Raises
    ------
    NotFound
        There is no such file.
    InvalidInput
        What is in it cannot be used; the message names the line, the row or the column.
    """
    suffix = path.suffix.lower()
    _must_be_file(path)
    if suffix == ".npz":
        return read_npz(path)
    if suffix in (".parquet", ".pq"):
        return read_parquet(path)
    text = _head(path)
    if is_tsplib(text):
        return read_tsplib(path)
    if is_graph(text):
        return read_graph(path)
    if is_table(text):
        return read_csv_points(path)
    raise InvalidInput(
        "this is no form of instance that is known",
        where=str(path),
        mend="Give CSV with the columns x,y or lon,lat, an OR-Library graph, TSPLIB, or a table (.npz, .parquet)",
    )


def read_candidates(path: Path, instance: Instance) -> Instance:
    """The instance with the candidates that a file names: places of their own (CSV), or rows of the instance."""
    _must_be_file(path)
    text = _head(path)
    if _is_rows(text):
        return instance.only(read_row_numbers(path), str(path))
    if not is_table(text):
        raise InvalidInput("this names no candidates", where=str(path),
                           mend="Give row numbers, one a line, or CSV with the columns of the instance")  # fmt: skip
    if instance.sites is None:
        raise InvalidInput("the instance has no places", where=str(path), mend="Name candidates by row, one a line")
    given = read_csv_points(path)
    if given.kind != instance.kind:
        raise InvalidInput(
            "candidates and demand do not lie in the same coordinates", where=str(path),
            mend="Give both as x,y or both as lon,lat",
        )  # fmt: skip
    return replace(instance, sites=given.sites, cost=given.cost)


def is_csv(path: Path) -> bool:
    """Whether a file of candidates holds places of its own, and not rows of the instance."""
    return not _is_rows(_head(path))


def _is_rows(text: str) -> bool:
    first = text.split("\n", 1)[0].strip().lower()
    return re.fullmatch(r"[\d\s]*|row|rows|node|index|site", first) is not None


def _must_be_file(path: Path) -> None:
    if path.is_dir():
        raise InvalidInput("this is a folder", where=str(path), mend="Name a file")
    if not path.is_file():
        raise NotFound("there is no such file", where=str(path))
    if path.stat().st_size == 0:
        raise InvalidInput("this file is empty", where=str(path))


def _head(path: Path) -> str:
    with path.open("rb") as file:
        head = file.read(_HEAD)
    if b"\x00" in head:
        raise InvalidInput("this is no text", where=str(path), mend="Tables are known by .npz and .parquet")
    return head.decode("utf-8-sig", errors="replace").replace("\r\n", "\n").replace("\r", "\n")
