"""Workbooks that open as they are meant: text stays text, a head that stands, columns wide enough."""

from __future__ import annotations

import io
import re
from collections.abc import Sequence
from typing import Any

Value = str | int | float | None
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")
_FORMULA = re.compile(r"^[=+\-@\t\r]")
_WIDEST = 50


def workbook(sheets: Sequence[tuple[str, Sequence[str], Sequence[Sequence[Value]]]]) -> bytes:
    """An .xlsx file.

    Parameters
    ----------
    sheets : (title, headers, rows) of each
    """
    from openpyxl import Workbook
    from openpyxl.styles import Alignment, Font, PatternFill
    from openpyxl.utils import get_column_letter

    book = Workbook()
    first: Any = book.active
    book.remove(first)
    for title, headers, rows in sheets:
        sheet = book.create_sheet(re.sub(r"[\\/*?:\[\]]", " ", title)[:31])
        widths = [len(header) for header in headers]
        for column, header in enumerate(headers, 1):
            head = sheet.cell(1, column, header)
            head.font, head.fill = Font(bold=True), PatternFill("solid", fgColor="E8E8E8")
            head.alignment = Alignment(wrap_text=True, vertical="top")
        for at, row in enumerate(rows, 2):
            for column, value in enumerate(row, 1):
                if value is None or value == "":
                    continue
                cell: Any = sheet.cell(at, column)
                if isinstance(value, str):
                    cell.value = _CONTROL.sub("", value)
                    cell.data_type = "s"  # text, whatever it begins with
                    cell.quotePrefix = bool(_FORMULA.match(value))
                else:
                    cell.value = value
                widths[column - 1] = max(widths[column - 1], len(str(value)))
        for column, width in enumerate(widths, 1):
            sheet.column_dimensions[get_column_letter(column)].width = min(max(width + 2, 8), _WIDEST)
        sheet.freeze_panes = "B2"
        if rows:
            sheet.auto_filter.ref = f"A1:{get_column_letter(len(headers))}{len(rows) + 1}"
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()
