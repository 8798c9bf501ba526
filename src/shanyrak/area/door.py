"""The door for tables people give: every fault is found in one pass, five are quoted, the rest counted."""

from __future__ import annotations

import codecs
import csv
import io
import math
import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from shanyrak.core.errors import InvalidInput

QUOTED = 5
"""How many faults are quoted before the rest is counted."""
_NUMBER = re.compile(r"[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?")
_DECIMAL_COMMA = re.compile(r"[+-]?\d+,\d+(?:[eE][+-]?\d+)?")

LON = ("lon", "longitude", "lng", "long", "x", "lon_wgs84", "довгота", "долгота", "längengrad")
LAT = ("lat", "latitude", "y", "lat_wgs84", "широта", "breitengrad")


@dataclass
class Faults:
    """What is wrong with a file, gathered before anything is refused."""

    where: str
    mend: str
    found: list[str] = field(default_factory=list)

    def add(self, fault: str) -> None:
        """Remember one fault, such as ``row 7, column 'persons': 'x' is not a number``."""
        self.found.append(fault)

    def refuse_if_any(self) -> None:
        """Raise InvalidInput that quotes the first five faults and counts the rest."""
        if not self.found:
            return
        text = "; ".join(self.found[:QUOTED])
        if len(self.found) > QUOTED:
            text += f"; and {len(self.found) - QUOTED:,} more"
        raise InvalidInput(text, where=self.where, mend=self.mend)


@dataclass(frozen=True)
class Table:
    """A delimited text file as columns of stripped text."""

    path: Path
    columns: dict[str, list[str]]
    """header in lower case -> one value per row; of two equal headers the first counts"""
    rows: list[int]
    """line in the file of each row, the header being line 1"""
    delimiter: str

    def find(self, names: Iterable[str]) -> str | None:
        """The first of these names that is a column, or None."""
        return next((name for name in names if name in self.columns), None)

    def numbers(self, column: str, faults: Faults, *, least: float = -math.inf, most: float = math.inf) -> list[float]:
        """A column as finite numbers within least..most; a fault for every value that is none (NaN stands there)."""
        comma = self.delimiter != ","
        out: list[float] = []
        for row, text in zip(self.rows, self.columns[column], strict=True):
            value = as_number(text, decimal_comma=comma)
            if value is None:
                faults.add(f"row {row}, column {column!r}: {shown(text)} is not a number")
            elif not least <= value <= most:
                side = f"below {least:g}" if value < least else f"above {most:g}"
                faults.add(f"row {row}, column {column!r}: {text} is {side}")
            out.append(math.nan if value is None else value)
        return out


def shown(text: str) -> str:
    """A value as a message quotes it: never longer than a line."""
    if not text:
        return "an empty field"
    return repr(text if len(text) <= 40 else text[:37] + "...")


def as_number(text: str, *, decimal_comma: bool = False) -> float | None:
    """A finite number, or None. 'nan', 'inf', '1_000' and '1 000' are no numbers here."""
    if decimal_comma and _DECIMAL_COMMA.fullmatch(text):
        text = text.replace(",", ".")
    if not _NUMBER.fullmatch(text):
        return None
    value = float(text)
    return value if math.isfinite(value) else None


def must_be_there(path: Path) -> None:
    """InvalidInput where a file somebody named cannot be read or is empty. Cheap: asked before long work begins."""
    if not _read(path, 1):
        raise _empty(path)


def read_bytes(path: Path) -> bytes:
    """The content of a file somebody named; InvalidInput where it cannot be had or is empty."""
    content = _read(path, -1)
    if not content.strip(b"\x00 \t\r\n\xef\xbb\xbf"):
        raise _empty(path)
    return content


def _empty(path: Path) -> InvalidInput:
    return InvalidInput("the file is empty", where=str(path), mend="Write it again from where it came")


def _read(path: Path, size: int) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(size)
    except FileNotFoundError as error:
        raise InvalidInput("there is no such file", where=str(path), mend="Check the path") from error
    except IsADirectoryError as error:
        raise InvalidInput("this is a folder, not a file", where=str(path), mend="Name the file in it") from error
    except OSError as error:
        raise InvalidInput(f"the file cannot be read ({error.strerror})", where=str(path)) from error


def read_text(path: Path) -> str:
    """The text of a file in UTF-8, or in UTF-16 with a byte order mark (as spreadsheets write it)."""
    content = read_bytes(path)
    wide = content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    try:
        text = content.decode("utf-16" if wide else "utf-8-sig")
    except UnicodeDecodeError as error:
        raise InvalidInput("the text is not in UTF-8", where=f"{path}, byte {error.start}",
                           mend="Save it as 'CSV UTF-8'") from error  # fmt: skip
    if "\x00" in text:
        raise InvalidInput("this is not a text file", where=str(path), mend="Save the table as CSV")
    return text


def read_table(path: Path) -> Table:
    """A table with a header, delimited by ``,`` ``;`` or a tab.

    Raises
    ------
    InvalidInput
        No such file, not text, no header, no rows, or a row that is shorter than the header.
    """
    text = read_text(path)
    header_line = next((line for line in text.splitlines() if line.strip()), "")
    delimiter = max((";", "\t", ","), key=header_line.count) if any(d in header_line for d in ";\t,") else ","
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    faults = Faults(str(path), "Mend these rows, or drop them")
    header: list[str] = []
    rows: list[list[str]] = []
    numbers: list[int] = []
    begins = 1
    try:
        for record in reader:
            line, begins = begins, reader.line_num + 1
            if not any(value.strip() for value in record):
                continue
            if not header:
                header = [unicodedata.normalize("NFC", value).strip().lower() for value in record]
            elif len(record) < len(header) or any(value.strip() for value in record[len(header) :]):
                faults.add(f"row {line}: {len(record)} columns under a header of {len(header)}")
            else:
                rows.append([value.strip() for value in record])
                numbers.append(line)
    except csv.Error as error:
        raise InvalidInput(
            f"the table breaks off or is quoted wrongly ({error})",
            where=f"{path}, row {reader.line_num}",
            mend="Check the quotation marks",
        ) from error
    faults.refuse_if_any()
    if not rows:
        raise InvalidInput("there is a header and no row", where=str(path), mend="Write one row per place")
    columns: dict[str, list[str]] = {}
    for index, name in enumerate(header):
        columns.setdefault(name, [row[index] for row in rows])
    return Table(path, columns, numbers, delimiter)


def missing_columns(table: Table, wanted: Sequence[str], example: str) -> InvalidInput:
    """The refusal of a table without the needed columns."""
    there = ", ".join(repr(name) for name in list(table.columns)[:8])
    return InvalidInput(
        f"no column for {' and '.join(wanted)}; there is {there}",
        where=str(table.path),
        mend=f"Begin the file with a line such as {example}",
    )
