"""Write points as a list that a spreadsheet opens and ``importing`` reads back without a change.

What a person writes in the record is text in the file, never a formula: a cell that begins with = + - or @ is stored as
text in a workbook, and has an apostrophe before it in delimited text (OWASP, "CSV injection").
"""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Sequence
from datetime import UTC, date, datetime, tzinfo
from pathlib import Path
from typing import Any

from shanyrak.app.lists.cells import CHOICES
from shanyrak.app.lists.columns import SERVICES, Columns, read_columns
from shanyrak.app.lists.comparing import KnownPoint
from shanyrak.app.lists.values import moment
from shanyrak.core.errors import InvalidInput
from shanyrak.core.folders import whole_file
from shanyrak.core.units import E7

Value = str | int | float | date | datetime | None
FORMS = (".xlsx", ".csv", ".geojson")
_FORMULA = re.compile(r"[=+\-@\t\r]")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")
_FIELDS = {
    "kind": "kind", "operator": "operator", "address": "address", "settlement": "town", "district": "district",
    "floor": "floor", "seats": "seats", "sockets": "sockets", "hours": "opening_hours",
}  # fmt: skip
_ALWAYS = ("number", "list", "state", "said", "kind", "address", "district", "lat", "lon", "seats", "sockets", "hours")
"""Columns that are there even where no point has a value."""


def export_points(
    points: Sequence[KnownPoint], path: Path, language: str = "uk", *, list_name: str = "", zone: tzinfo = UTC
) -> None:
    """Write a list of points.

    Parameters
    ----------
    points : one per row, in their order
    path : Path
        Its ending says the form: .xlsx, .csv or .geojson. Replaced as a whole, or left as it was.
    language : 'uk', 'en' or 'de'
        Of headers and words; English in every other language. A GeoJSON has the names of the columns as headers.
    list_name : str
        The list whose numbers are written; else of each point its first list.
    zone : tzinfo
        In which times are written; its name stands in the header.

    Raises
    ------
    InvalidInput
        Another ending, or the file cannot be written.
    """
    if path.suffix.lower() not in FORMS:
        raise InvalidInput(f"{path.suffix or 'no ending'} is no form a list is written in", where=str(path),
                           mend=f"End the name with {', '.join(FORMS)}")  # fmt: skip
    columns = read_columns()
    rows = [_row(point, list_name, columns, language, zone) for point in points]
    order = _order(rows, language)
    if path.suffix.lower() == ".geojson":
        content = _geojson(rows, order)
    else:
        headers = {column: columns.header(column, language) for column in order}
        headers["said"] += f" ({_zone_name(zone)})"
        content = (_xlsx if path.suffix.lower() == ".xlsx" else _csv)(rows, order, headers)
    _write(path, content)


def _row(point: KnownPoint, list_name: str, columns: Columns, language: str, zone: tzinfo) -> dict[str, Value]:
    fields = point.fields
    row: dict[str, Value] = {"id": point.id.hex()}
    on = list_name if list_name in point.list_numbers else next(iter(point.list_numbers), "") if not list_name else ""
    if on:
        number = point.list_numbers[on]
        row["list"], row["number"] = on, _number(number)
    for code, name in point.names.items():
        row[f"name_{code}"] = name
    for column, name in _FIELDS.items():
        row[column] = fields.get(name)
    if fields.get("kind"):
        row["kind"] = columns.text(f"kind_{fields['kind']}", language)
    if fields.get("lon_e7") is not None and fields.get("lat_e7") is not None:
        row["lat"], row["lon"] = fields["lat_e7"] / E7, fields["lon_e7"] / E7
    for column in SERVICES:
        row[column] = _service(column, fields.get(column), columns, language)
    row.update(point.sealed or {})
    if point.state:
        row["state"] = columns.text(point.state, language)
        row["said"] = _time(point.said, zone)
    return {column: value for column, value in row.items() if value is not None and value != ""}


def _number(number: str) -> Value:
    """A number of the list: real where it is one and no leading zero would be lost; none where it was made here."""
    if number.startswith("~"):
        return None
    return int(number) if re.fullmatch(r"[1-9]\d{0,8}", number) else number


def _service(column: str, value: Any, columns: Columns, language: str) -> Value:
    if isinstance(value, bool):
        return columns.text("yes" if value else "no", language)
    if isinstance(value, list):
        return ", ".join(value)
    groups = CHOICES.get(column, {})
    group = next((group for group, meant in groups.items() if meant == value and value is not None), None)
    return columns.text(group, language) if group else value


def _time(said: str, zone: tzinfo) -> Value:
    """A date or a time as a spreadsheet has them; another form of EDTF as it is written."""
    exact = moment(said) if said else None
    if exact is None:
        return said
    if len(exact) == 10:
        return date.fromisoformat(exact)
    return datetime.fromisoformat(exact).astimezone(zone)


def _zone_name(zone: tzinfo) -> str:
    return getattr(zone, "key", None) or str(zone)


def _order(rows: Sequence[dict[str, Value]], language: str) -> list[str]:
    there = {column for row in rows for column in row} | set(_ALWAYS)
    names = sorted((c for c in there if c.startswith("name_")), key=lambda c: (c != f"name_{language}", c))
    wanted = [
        "number", *(names or [f"name_{language}"]), "state", "said", "kind", "address", "settlement", "district",
        "floor", "entrance", "find", "lat", "lon", "seats", "sockets", "hours", *SERVICES, "operator", "note",
        "list", "id",
    ]  # fmt: skip
    return [column for column in wanted if column in there or column in names or column == f"name_{language}"]


def _xlsx(rows: Sequence[dict[str, Value]], order: Sequence[str], headers: dict[str, str]) -> bytes:
    from openpyxl import Workbook
    from openpyxl.styles import Alignment, Font, PatternFill
    from openpyxl.utils import get_column_letter

    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = headers["list"][:31]
    widths = [len(headers[column]) // 2 for column in order]
    for index, column in enumerate(order, 1):
        head = sheet.cell(1, index, headers[column])
        head.font, head.fill = Font(bold=True), PatternFill("solid", fgColor="E8E8E8")
        head.alignment = Alignment(wrap_text=True, vertical="top")
    for number, row in enumerate(rows, 2):
        for index, column in enumerate(order, 1):
            value = row.get(column)
            if value is None:
                continue
            target: Any = sheet.cell(number, index)
            if isinstance(value, str):
                target.value = _CONTROL.sub("", value)
                target.data_type = "s"  # text, whatever it begins with
                target.quotePrefix = bool(_FORMULA.match(value))
            elif isinstance(value, datetime):
                target.value = value.replace(tzinfo=None, second=0, microsecond=0)
                target.number_format = "yyyy-mm-dd hh:mm"
            else:
                target.value = value
                target.number_format = {"lat": "0.000000", "lon": "0.000000", "said": "yyyy-mm-dd"}.get(
                    column, "General"
                )
            widths[index - 1] = max(widths[index - 1], len(str(target.value)))
    for index, width in enumerate(widths, 1):
        sheet.column_dimensions[get_column_letter(index)].width = min(
            max(width + 2, 8), 20 if order[index - 1] == "id" else 50
        )
    sheet.freeze_panes = "C2"
    sheet.auto_filter.ref = f"A1:{get_column_letter(len(order))}{len(rows) + 1}"
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _csv(rows: Sequence[dict[str, Value]], order: Sequence[str], headers: dict[str, str]) -> bytes:
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow([headers[column] for column in order])
    for row in rows:
        writer.writerow([_plain(row.get(column)) for column in order])
    return out.getvalue().encode("utf-8-sig")  # without the mark, Excel takes UTF-8 for the code page of the machine


def _plain(value: Value) -> str | int | float:
    if isinstance(value, str):
        text = _CONTROL.sub("", value)
        # one more before what has apostrophes of its own, so that reading takes off the right one
        return "'" + text if _FORMULA.match(text.lstrip("'")) else text
    return _iso(value)


def _iso(value: Value) -> str | int | float:
    if isinstance(value, datetime):
        return value.isoformat(timespec="minutes")
    if isinstance(value, date):
        return value.isoformat()
    return "" if value is None else value


def _geojson(rows: Sequence[dict[str, Value]], order: Sequence[str]) -> bytes:
    features = [
        {
            "type": "Feature",
            "geometry": {"type": "Point", "coordinates": [row["lon"], row["lat"]]} if "lon" in row else None,
            "properties": {c: _iso(row[c]) for c in order if c in row and c not in ("lon", "lat")},
        }
        for row in rows
    ]
    text = json.dumps({"type": "FeatureCollection", "features": features}, ensure_ascii=False, indent=1)
    return text.encode() + b"\n"


def _write(path: Path, content: bytes) -> None:
    try:
        with whole_file(path) as file:
            file.write(content)
    except OSError as error:
        raise InvalidInput(f"the file cannot be written ({error.strerror})", where=str(path)) from error
