"""Tables out of delimited text, in the encodings and with the delimiters that spreadsheets write."""

from __future__ import annotations

import codecs
import csv
import io
import re
from pathlib import Path

from shanyrak.app.lists.columns import Columns
from shanyrak.app.lists.table import Cell, Grid, Table, clean, find_header, known_columns, table_of
from shanyrak.core.errors import InvalidInput

DELIMITERS = (",", ";", "\t", "|")
_CYRILLIC = re.compile(r"[А-Яа-яЁёІіЇїЄєҐґ]")
_LATIN = re.compile(r"[A-Za-z]")
_WORD = re.compile(r"[^\W\d_]{2,}")
_SAVE = "Save it as 'CSV UTF-8' or as .xlsx"


def read(path: Path, content: bytes, columns: Columns) -> Table:
    """The table of a text; see ``table.read_table``."""
    text, encoding = decode(content, path)
    told = re.match(r"\s*sep=(.)\r?\n", text, re.IGNORECASE)  # a line that Excel reads for itself
    begin = text[: told.end()].count("\n") if told else 0
    text = text[told.end() :] if told else text
    fault: csv.Error | None = None
    best: tuple[tuple[int, int], Grid] | None = None
    for delimiter in (told.group(1),) if told else DELIMITERS:
        try:
            grid = _grid(text, delimiter, begin)
        except csv.Error as error:
            fault = fault or error
            continue
        if not grid.rows:
            continue
        headers = find_header(grid, columns)[2]
        score = (len(known_columns(headers, columns)), len(headers))
        if best is None or score > best[0]:
            best = score, grid
    if best is None:
        reason = f"the table breaks off or is quoted wrongly ({fault})" if fault else "there is nothing in it"
        raise InvalidInput(reason, where=str(path), mend="Check the quotation marks" if fault else "") from fault
    return table_of(path, best[1], columns, encoding=encoding)


def decode(content: bytes, path: Path) -> tuple[str, str]:
    """Text and the name of its encoding: UTF-8 or UTF-16, else the one-byte code page of Windows it looks like."""
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        encodings = ["utf-16"]
    elif content.startswith(codecs.BOM_UTF8):
        encodings = ["utf-8-sig"]
    elif b"\x00" in content[:2000]:  # two bytes a letter: those of commas and digits have their zero on one side
        even, odd = content[:2000:2].count(0), content[1:2000:2].count(0)
        encodings = ["utf-16-be" if even > odd else "utf-16-le"]
    else:
        encodings = ["utf-8", _one_byte(content)]
    for encoding in encodings:
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\x00" not in text:
            return text, encoding
    raise InvalidInput("this is no text in a known encoding", where=str(path), mend=_SAVE)


def _one_byte(content: bytes) -> str:
    """cp1251 (Cyrillic) or cp1252 (western): read as Cyrillic, 'Straße' has letters of both alphabets in one word."""
    words = _WORD.findall(content.decode("cp1251", errors="replace"))
    cyrillic = [word for word in words if _CYRILLIC.search(word)]
    mixed = sum(bool(_LATIN.search(word)) for word in cyrillic)
    return "cp1252" if mixed * 2 > len(cyrillic) else "cp1251"


def _grid(text: str, delimiter: str, begin: int) -> Grid:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    rows: list[tuple[int, tuple[Cell, ...]]] = []
    line = begin + 1
    for record in reader:
        cells: list[Cell] = [_value(value) for value in record]
        while cells and cells[-1] is None:
            cells.pop()
        if cells:
            rows.append((line, tuple(cells)))
        line = begin + reader.line_num + 1
    return Grid(tuple(rows))


def _value(text: str) -> Cell:
    if not clean(text):
        return None
    # an apostrophe before a sign that a spreadsheet would take for a formula (see exporting.py)
    return text[1:] if re.match(r"'+[=+\-@\t\r]", text) else text
