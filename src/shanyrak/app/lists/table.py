"""A table out of a file, whatever the file is: .xlsx, delimited text or GeoJSON. What it is, its first bytes say."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from shanyrak.app.lists.columns import PLACE, Columns, read_columns
from shanyrak.area.door import read_bytes
from shanyrak.core.errors import InvalidInput

Cell = str | int | float | None
"""A date is a text: YYYY-MM-DD or YYYY-MM-DDThh:mm. Yes and no of a spreadsheet are 'true' and 'false'."""

MOST_BYTES = 64_000_000
MOST_ROWS = 100_000
MOST_COLUMNS = 200
_HEADER_WITHIN = 40
"""The header stands within so many filled rows."""
_AS_OF = re.compile(
    r"(?:станом\s+на|за\s+станом|as\s+of|stand(?:\s+vom)?:?)\s*(\d{1,2})[./](\d{1,2})[./](\d{4})", re.IGNORECASE
)
# control characters, halves of letters, soft hyphens, and signs that turn the direction of what follows
_UNSEEN = re.compile(r"[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\u00ad\ud800-\udfff\u202a-\u202e\u2066-\u2069\ufffe\uffff]")
_BLANK = re.compile(r"[\s\u200b\u200e\u200f\u2060\ufeff]+")


@dataclass(frozen=True)
class Row:
    """One row: its number as the person sees it, and header -> cell (empty cells are left out)."""

    number: int
    cells: dict[str, str | int | float]


@dataclass(frozen=True)
class Table:
    """A table with one header."""

    path: Path
    headers: tuple[str, ...]
    rows: tuple[Row, ...]
    sheet: str = ""
    encoding: str = ""
    as_of: str = ""
    """the date a title above the header gives ('станом на 20.11.2025'), as YYYY-MM-DD"""
    made: str = ""
    """when the document says it was last changed (EDTF)"""
    notes: tuple[str, ...] = ()
    """what a person should know of the reading"""


@dataclass(frozen=True)
class Grid:
    """Cells as they stand, before it is known which row is the header."""

    rows: tuple[tuple[int, tuple[Cell, ...]], ...]
    """number of the row, its cells; rows without content are left out"""
    name: str = ""
    hidden: bool = False


def read_table(path: Path, columns: Columns | None = None, *, sheet: str = "") -> Table:
    """Read a table.

    Parameters
    ----------
    path : Path
    columns : Columns
        By them the header is found (it need not be the first row), the sheet, and what separates the columns.
    sheet : str
        Of a spreadsheet; else the visible one in which most headers are known.

    Raises
    ------
    InvalidInput
        The file cannot be read, is no table, is too large, or has no row under its header.
    """
    # here, because each of them needs what stands above
    from shanyrak.app.lists import table_csv, table_geojson, table_xlsx

    columns = columns or read_columns()
    content = read_bytes(path)
    if len(content) > MOST_BYTES:
        raise InvalidInput(f"{len(content):,} bytes are too much for a list; at most {MOST_BYTES:,}", where=str(path))
    begins = content[:512].lstrip(b"\xef\xbb\xbf \t\r\n")
    if content.startswith((b"PK\x03\x04", b"PK\x05\x06", b"\xd0\xcf\x11\xe0")):
        table = table_xlsx.read(path, content, columns, sheet)
    elif begins.startswith((b"{", b"[")):
        table = table_geojson.read(path)
    elif begins[:5].lower() in (b"%pdf-", b"<html", b"<!doc", b"<tabl", b"<?xml"):
        raise InvalidInput("this is no table", where=str(path), mend="Save the list as .xlsx or 'CSV UTF-8'")
    else:
        table = table_csv.read(path, content, columns)
    if not table.rows:
        raise InvalidInput("there is a header and no row under it", where=_where(path, table.sheet),
                           mend="Write one row per point")  # fmt: skip
    return table


def clean(text: str) -> str:
    """A text in one line: composed letters, single spaces, no invisible signs."""
    return _BLANK.sub(" ", _UNSEEN.sub("", unicodedata.normalize("NFC", text))).strip()


def table_of(path: Path, grid: Grid, columns: Columns, *, encoding: str = "") -> Table:
    """The table in a grid: header found, rows under it keyed by header."""
    if not grid.rows:
        raise InvalidInput("there is nothing in it", where=_where(path, grid.name))
    begin, end, headers = find_header(grid, columns)
    titles = " ".join(str(cell) for _, cells in grid.rows[:begin] for cell in cells if cell is not None)
    rows: list[Row] = []
    for number, cells in grid.rows[end:]:
        if not rows and _numbers_the_columns(cells):
            continue
        filled = {header: cell for header, cell in zip(headers, cells) if header and cell is not None}
        if filled:
            rows.append(Row(number, filled))
    if len(rows) > MOST_ROWS:
        raise InvalidInput(f"{len(rows):,} rows are too many for a list of points", where=_where(path, grid.name))
    used = {header for row in rows for header in row.cells}
    named = tuple(header for header in headers if header and (header in used or not header.startswith("column ")))
    return Table(path, named, tuple(rows), grid.name, encoding, _as_of(titles))


def find_header(grid: Grid, columns: Columns) -> tuple[int, int, list[str]]:
    """Where the header begins and the rows begin (indices into the grid), and the headers ('' for an empty column).

    The row, or the two rows (cells merged over both), in which most columns are known; of equal ones the fuller,
    then the one row, then the earlier.
    """
    best: tuple[int, int, int, int] = (-1, 0, 0, 0)
    found = (0, 1, grid.rows[0][1])
    for index, (number, cells) in enumerate(grid.rows[:_HEADER_WITHIN]):
        options: list[tuple[int, tuple[Cell, ...]]] = [(1, cells)]
        if index + 1 < len(grid.rows) and grid.rows[index + 1][0] == number + 1:
            below = grid.rows[index + 1][1]
            if all(_known(cell, columns) for cell in below if cell is not None):
                width = max(len(cells), len(below))
                upper, lower = (row + (None,) * (width - len(row)) for row in (cells, below))
                options.append((2, tuple(b if b is not None else a for a, b in zip(upper, lower))))
        for height, row in options:
            known = {_known(cell, columns) for cell in row} - {""}
            score = (len(known), sum(cell is not None for cell in row), -height, -index)
            if score > best:
                best, found = score, (index, index + height, row)
    begin, end, row = found
    width = max(len(cells) for _, cells in grid.rows[begin:])
    return begin, end, _unique([clean(str(cell)) if cell is not None else "" for cell in row], min(width, MOST_COLUMNS))


def known_columns(headers: Sequence[str], columns: Columns) -> set[str]:
    """Which columns these headers mean."""
    return {found[0] for header in headers if (found := columns.column(header))}


def is_list(headers: Sequence[str], columns: Columns) -> bool:
    """Whether a table with these headers could be a list of points."""
    known = known_columns(headers, columns)
    return len(known) > 1 and any(column in known for column in PLACE)


def _known(cell: Cell, columns: Columns) -> str:
    if not isinstance(cell, str):
        return ""
    found = columns.column(clean(cell))
    return found[0] if found else ""


def _unique(headers: list[str], width: int) -> list[str]:
    """Headers of their own: a repeated one is numbered, an empty one is named by its letter."""
    out: list[str] = []
    for index in range(width):
        header = headers[index] if index < len(headers) else ""
        header = header or f"column {_letter(index)}"
        name, count = header, 1
        while name in out:
            count += 1
            name = f"{header} ({count})"
        out.append(name)
    return out


def _letter(index: int) -> str:
    text = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        text = chr(65 + rest) + text
    return text


def _numbers_the_columns(cells: Sequence[Cell]) -> bool:
    """A row '1 2 3 4 ...' under the header, as official tables have it."""
    filled = [str(cell).strip() for cell in cells if cell is not None]
    return len(filled) > 2 and filled == [str(n) for n in range(1, len(filled) + 1)]


def _as_of(titles: str) -> str:
    found = _AS_OF.search(clean(titles))
    if not found:
        return ""
    day, month, year = (int(part) for part in found.groups())
    return f"{year:04d}-{month:02d}-{day:02d}" if 1 <= month <= 12 and 1 <= day <= 31 else ""


def _where(path: Path, sheet: str) -> str:
    return f"{path}, sheet {sheet!r}" if sheet else str(path)
