"""Tables out of a workbook (.xlsx), read as it stands: no formula is computed, no link is followed."""

from __future__ import annotations

import io
import re
import warnings
import zipfile
from collections.abc import Iterable
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

from shanyrak.app.lists.columns import Columns
from shanyrak.app.lists.table import MOST_COLUMNS, MOST_ROWS, Cell, Grid, Table, clean, find_header, is_list, table_of
from shanyrak.app.lists.table import known_columns as known
from shanyrak.core.errors import InvalidInput

MOST_UNPACKED = 40_000_000
"""Bytes of all tables of a workbook; 13,000 points with 40 columns are some 25 million."""
_NO_RESULT = re.compile(rb"<f[^>]*(?:/>|>[^<]*</f>)\s*(?:<v\s*/>|<v></v>|</c>)")
_AGAIN = "Open it in a spreadsheet program and save it as .xlsx"


def read(path: Path, content: bytes, columns: Columns, sheet: str) -> Table:
    """The table of a workbook; see ``table.read_table``."""
    _refuse_unusable(path, content)
    from openpyxl import load_workbook

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of styles and extensions that we do not read
            book = load_workbook(io.BytesIO(content), read_only=True, data_only=True, keep_links=False)
            names = [s.title for s in book.worksheets]
            if sheet and sheet not in names:
                raise InvalidInput(f"there is no sheet {sheet!r}", where=str(path), mend=f"There is {_quoted(names)}")
            grids = [_grid(s) for s in book.worksheets if not sheet or s.title == sheet]
            changed = book.properties.modified
    except InvalidInput:
        raise
    except Exception as error:  # openpyxl lets through whatever a broken part of the file leads to
        raise InvalidInput(
            f"the workbook cannot be read ({type(error).__name__})", where=str(path), mend=_AGAIN
        ) from error
    filled = [grid for grid in grids if grid.rows]
    if not filled:
        raise InvalidInput("there is nothing in it", where=str(path), mend="Write a header and one row per point")
    headers = {grid.name: find_header(grid, columns)[2] for grid in filled}
    chosen = max(filled, key=lambda g: (not g.hidden, len(known(headers[g.name], columns)), len(g.rows)))
    notes = [
        f"sheet {grid.name!r} looks like a list too and was not read; import it with --sheet {grid.name!r}"
        for grid in filled
        if grid is not chosen and is_list(headers[grid.name], columns)
    ]
    blank = _without_result(content)
    if blank:
        notes.append(f"{blank} formulas have no result in the file and read as empty: {_AGAIN.lower()}")
    table = table_of(path, chosen, columns)
    made = f"{changed:%Y-%m-%dT%H:%M}Z" if isinstance(changed, datetime) else ""
    return replace(table, made=made, notes=tuple(notes))


def _refuse_unusable(path: Path, content: bytes) -> None:
    if content.startswith(b"\xd0\xcf\x11\xe0"):
        if "EncryptedPackage".encode("utf-16-le") in content:
            raise InvalidInput("the workbook is protected by a password", where=str(path),
                               mend="Save it without a password")  # fmt: skip
        raise InvalidInput("this is a workbook of the old form (.xls)", where=str(path), mend=_AGAIN)
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            parts = archive.infolist()
    except zipfile.BadZipFile as error:
        raise InvalidInput("the workbook is cut off or damaged", where=str(path), mend="Get the file again") from error
    names = {part.filename for part in parts}
    if "xl/workbook.xml" not in names:
        other = "a document of LibreOffice (.ods)" if "content.xml" in names else "an archive"
        raise InvalidInput(f"this is {other}, not a workbook", where=str(path), mend=_AGAIN)
    # Python reads no more of a part than its entry says, so what the entries say is a bound
    unpacked = sum(part.file_size for part in parts if not part.filename.startswith("xl/media/"))
    if unpacked > MOST_UNPACKED or len(parts) > 2000:
        raise InvalidInput(
            f"unpacked it has {unpacked:,} bytes in {len(parts):,} parts; at most {MOST_UNPACKED:,} are read",
            where=str(path), mend="Copy the list alone into a new workbook",
        )  # fmt: skip


def _grid(sheet: Any) -> Grid:
    sheet.reset_dimensions()  # what the file says of its own size is often wrong
    rows: list[tuple[int, tuple[Cell, ...]]] = []
    cells: Iterable[Any]
    for number, cells in enumerate(sheet.iter_rows(max_col=MOST_COLUMNS), 1):
        values = [_value(cell) for cell in cells]
        while values and values[-1] is None:
            values.pop()
        if values:
            rows.append((number, tuple(values)))
        if len(rows) > MOST_ROWS + 40:
            raise InvalidInput(f"sheet {sheet.title!r} has more than {MOST_ROWS:,} rows")
    return Grid(tuple(rows), sheet.title, sheet.sheet_state != "visible")


def _value(cell: Any) -> Cell:
    value = cell.value
    if value is None or cell.data_type == "e":  # #REF!, #N/A: nothing is known
        return None
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return value
    if isinstance(value, float):
        return int(value) if value.is_integer() and abs(value) < 2**53 else value
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%d}" if value.time() == time() else f"{value:%Y-%m-%dT%H:%M}"
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, time):
        return f"{value:%H:%M}"
    if isinstance(value, timedelta):
        minutes = round(value.total_seconds() / 60)
        return f"{minutes // 60:02d}:{minutes % 60:02d}"
    text = str(value)
    return text if clean(text) else None


def _without_result(content: bytes) -> int:
    """How many formulas were saved without what they amount to."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        sheets = [part for part in archive.namelist() if re.fullmatch(r"xl/worksheets/[^/]+\.xml", part)]
        return sum(len(_NO_RESULT.findall(archive.read(part))) for part in sheets)


def _quoted(names: list[str]) -> str:
    return ", ".join(repr(name) for name in names)
