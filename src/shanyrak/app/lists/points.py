"""The rows of a list as points: every value read, or the row refused with the reason."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, tzinfo
from typing import Any

from shanyrak.app.lists import cells
from shanyrak.app.lists.cells import NotUnderstood, said
from shanyrak.app.lists.columns import NAMES, SERVICES, STATES, ColumnMap, key_of
from shanyrak.app.lists.hours import opening_hours
from shanyrak.app.lists.positions import Box, Position, Written, settle
from shanyrak.app.lists.table import Row, Table
from shanyrak.app.lists.values import degrees, moment, pair

MOST_LABEL, MOST_ADDRESS, MOST_COUNT, MOST_NOTE, MOST_HOURS = 120, 200, 100_000, 2000, 255
_MOST = {"medical_power_h": 1000}
_LABELS = {"operator": "operator", "settlement": "town", "district": "district"}
_COUNTS = ("seats", "sockets")
_LIMITS = {"entrance": 500, "find": 1000, "note": MOST_NOTE}
COMBINED = {
    "high_power_charging", "medical_power", "medicine_cooling", "drinking_water", "hot_drink", "hot_food", "heat",
    "internet", "mobile_signal", "toilet", "accessible_toilet", "step_free", "mother_and_child", "quiet_corner",
    "pets", "psychologist", "overnight", "through_curfew",
}  # fmt: skip
"""Services that a word alone in a column of several can say."""


@dataclass(frozen=True)
class PointRow:
    """One row of a list: what it says of a point, in the fields of the record."""

    row: int
    number: str = ""
    """as written; '' where the list gives none"""
    key: str = ""
    """by which the point is found again on its list"""
    list_name: str = ""
    """the row's own list; '' for that of the import"""
    id: str = ""
    """of the point in the record, or its beginning"""
    described: Mapping[str, Any] = field(default_factory=dict)
    """fields of ``point.described``"""
    services: Mapping[str, Any] = field(default_factory=dict)
    """fields of ``services.declared``"""
    hours: str = ""
    sealed: Mapping[str, str] = field(default_factory=dict)
    """entrance, find, note"""
    state: str = ""
    said: str = ""
    """when the state was so (EDTF), by the row"""
    refused: str = ""
    remarks: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """What to call it in a report."""
        return next(iter(self.described.get("names", {}).values()), "") or self.described.get("address", "")


def number_key(number: str) -> str:
    """A number without what people write differently: '№ 007', '7.' and '7' are one."""
    key = key_of(number.replace("№", " ").replace("#", " ")).replace(" ", "-")
    return (key.lstrip("0") or "0") if key.isdigit() else key


def own_key(names: Mapping[str, str], address: str) -> str:
    """The key of a row without a number, made of name and address: '~' and 12 hexadecimal digits."""
    name = next(iter(names.values()), "")
    return "~" + hashlib.sha256(f"{key_of(name)}\n{key_of(address)}".encode()).hexdigest()[:12]


def read_points(
    table: Table, mapping: ColumnMap, *, around: Box | None = None, language: str = "uk", zone: tzinfo = UTC
) -> list[PointRow]:
    """Every row of a table as a point.

    Parameters
    ----------
    table, mapping : what was read, and which header is which column
    around : Box
        west, south, east, north [degree] of this network; decides whether degrees are swapped.
    language : str
        Of names in Cyrillic letters that do not tell it themselves.
    zone : tzinfo
        Of times without one.
    """
    reader = _Reader(mapping, language, zone, _with_plus(table, mapping))
    rows = [reader.row(row) for row in table.rows]
    places = settle([written for _, written in rows], around)
    points = [_placed(point, place) for (point, _), place in zip(rows, places)]
    return _refuse_repeated(points)


def _placed(point: PointRow, place: Position | None) -> PointRow:
    if place is None or point.refused:
        return point
    if place.refused:
        return replace(point, refused=place.refused)
    described = {**point.described, "lon_e7": place.lon_e7, "lat_e7": place.lat_e7}
    remarks = (*point.remarks, place.remark) if place.remark else point.remarks
    return replace(point, described=described, remarks=remarks)


def _refuse_repeated(points: list[PointRow]) -> list[PointRow]:
    """Refuse rows that share a number of one list (each names the others) or the id of one point, and rows without
    a number that repeat name and address of an earlier one."""
    there: dict[tuple[str, str], list[int]] = {}
    for index, point in enumerate(points):
        if not point.refused:
            there.setdefault((key_of(point.list_name), point.key), []).append(index)
            if point.id:
                there.setdefault(("id", point.id), []).append(index)
    out = list(points)
    for (kind, key), where in there.items():
        # without numbers the first row stands, for the others say nothing new
        for index in where[key.startswith("~") :] if len(where) > 1 else ():
            others = ", ".join(str(points[i].row) for i in where if i != index)
            if kind == "id":
                why = f"the same id is in row {others}"
            elif key.startswith("~"):
                why = f"says the same name and address as row {points[where[0]].row}, and no number tells them apart"
            else:
                why = f"number {points[index].number} is also in row {others}"
            out[index] = replace(points[index], refused=why)
    return out


def _with_plus(table: Table, mapping: ColumnMap) -> frozenset[str]:
    """Columns where somebody wrote '+': there a dash says no; elsewhere it says nothing."""
    headers = {header: column for column, header in mapping.used.items() if column in SERVICES}
    return frozenset(headers[h] for row in table.rows for h in headers.keys() & row.cells.keys() if row.cells[h] == "+")


class _Reader:
    """Reads rows by one mapping."""

    def __init__(self, mapping: ColumnMap, language: str, zone: tzinfo, with_plus: frozenset[str]) -> None:
        self.mapping, self.columns = mapping, mapping.columns
        self.cyrillic, self.zone, self.with_plus = language, zone, with_plus
        self.latin = "de" if mapping.language == "de" else "en"

    def row(self, row: Row) -> tuple[PointRow, Written | None]:
        """The point of a row, and the degrees it gives."""
        return _RowReader(self, row).read()


class _RowReader:
    """Reads one row; gathers what is refused and what is only remarked."""

    def __init__(self, reader: _Reader, row: Row) -> None:
        self.by, self.r = reader, row
        self.remarks: list[str] = []
        self.refused: list[str] = []

    def read(self) -> tuple[PointRow, Written | None]:
        names, address = self._names(), self._label("address", MOST_ADDRESS, cells.shortened_address)
        number = self._label("number", MOST_LABEL)
        mapped = {h for c, h in self.by.mapping.used.items() if c not in ("number", "lat", "lon")}
        if not names and not address:
            self.refused.append("no name and no address")
        elif len(self.r.cells) == 1 and len(mapped) > 2:
            self.refused.append("only one cell is filled: a heading?")
        if not names and address:
            names = {
                cells.name_language(address, self.by.latin, self.by.cyrillic): cells.shortened(address, MOST_LABEL)
            }
        described: dict[str, Any] = {"names": names}
        if address:
            described["address"] = address
        for column, name in _LABELS.items():
            if text := self._label(column, MOST_LABEL):
                described[name] = text
        kind = self._understood("kind", lambda text: cells.kind_of(text, self.by.columns))
        if kind:
            described["kind"] = kind
        floor = self._understood("floor", cells.floor_of)
        if floor is not None:
            described["floor"] = floor
        for column in _COUNTS:
            if (value := self._count(column)) is not None:
                described[column] = value
        written = self._written()
        state, when = self._state()
        point = PointRow(
            self.r.number, number, number_key(number) if number else own_key(names, address),
            self._label("list", MOST_LABEL), self._text("id").lower(), described, self._services(kind or ""),
            self._understood("hours", opening_hours_or_not) or "", self._sealed(), state, when,
            "; ".join(self.refused), (),
        )  # fmt: skip
        return replace(point, remarks=tuple(dict.fromkeys(self.remarks))), written

    # One cell ------------------------------------------------------------------------------------------
    def _text(self, column: str) -> str:
        header = self.by.mapping.used.get(column)
        dash = column in self.by.with_plus
        return said(self.r.cells.get(header), self.by.columns, dash_says_no=dash) if header else ""

    def _label(self, column: str, most: int, cut: Callable[[str, int], str] = cells.shortened) -> str:
        text, phones = cells.without_phones(self._text(column)) if column != "number" else (self._text(column), False)
        header = self.by.mapping.used.get(column)
        if phones:
            self.remarks.append(f"{header}: a telephone number or e-mail address is kept out")
        if text == "…":
            return ""
        if len(text) > most:
            self.remarks.append(f"{header}: shortened from {len(text)} to at most {most} characters")
        return cut(text, most)

    def _understood(self, column: str, read: Callable[[str], Any]) -> Any:
        text = self._text(column)
        if not text:
            return None
        try:
            return read(text)
        except NotUnderstood:
            self.remarks.append(
                f"{self.by.mapping.used[column]}: {cells.shortened(text, 40)!r} is not understood and left out"
            )
            return None

    def _count(self, column: str) -> int | None:
        text = self._text(column)
        try:
            return cells.whole(text, _MOST.get(column, MOST_COUNT)) if text else None
        except NotUnderstood:
            shown = cells.shortened(text, 40)
            self.refused.append(f"{self.by.mapping.used[column]}: {shown!r} is not a whole number of 0 or more")
            return None

    # Several cells -------------------------------------------------------------------------------------
    def _names(self) -> dict[str, str]:
        names: dict[str, str] = {}
        for column in NAMES:
            if text := self._label(column, MOST_LABEL):
                names[column.removeprefix("name_")] = text
        if text := self._label("name", MOST_LABEL):
            names.setdefault(cells.name_language(text, self.by.latin, self.by.cyrillic), text)
        return names

    def _services(self, kind: str) -> dict[str, Any]:
        columns, out = self.by.columns, dict[str, Any]()
        if several := self._text("services"):
            out.update(self._combined(several, kind))
        for column in SERVICES:
            if column in cells.CHOICES:
                value = self._understood(column, lambda text, c=column: cells.choice(c, text, columns, kind))  # type: ignore[misc]
            elif column in ("lying_places", "medical_power_h"):
                value = self._count(column)
            elif column == "languages":
                value = self._understood(column, lambda text: cells.languages(text, columns))
            else:
                value = self._understood(column, lambda text: cells.yes_no(text, columns))
            if value is not None:
                out[column] = value
        return out

    def _combined(self, several: str, kind: str) -> dict[str, Any]:
        out: dict[str, Any] = {}
        for piece in filter(
            None, (part.strip(" .") for part in several.replace("\n", ",").replace(";", ",").split(","))
        ):
            found = self.by.columns.column(piece)
            if found is None or found[0] not in COMBINED:
                self.remarks.append(
                    f"{self.by.mapping.used['services']}: {cells.shortened(piece, 40)!r} is not understood and left out"
                )
            elif found[0] in cells.CHOICES:
                try:
                    out[found[0]] = cells.choice(found[0], piece, self.by.columns, kind)
                except NotUnderstood:
                    out[found[0]] = cells.choice(found[0], "+", self.by.columns, kind)
            else:
                out[found[0]] = True
        return out

    def _sealed(self) -> dict[str, str]:
        return {column: text for column, most in _LIMITS.items() if (text := self._label(column, most))}

    def _state(self) -> tuple[str, str]:
        def read(text: str) -> str:
            state = self.by.columns.word(text, STATES)
            if state is None:
                raise NotUnderstood
            return state

        def when(text: str) -> str:
            found = moment(text, self.by.zone)
            if found is None:
                raise NotUnderstood
            return found

        return self._understood("state", read) or "", self._understood("said", when) or ""

    def _written(self) -> Written | None:
        lat_text, lon_text = self._text("lat"), self._text("lon")
        both = self._text("coordinates")
        if lat_text and lon_text:
            lat, lon = degrees(lat_text), degrees(lon_text)
            if lat is None or lon is None:
                bad = lat_text if lat is None else lon_text
                self.refused.append(f"{cells.shortened(bad, 40)!r} is no latitude or longitude")
                return None
            if lat[1] in ("E", "W") and lon[1] in ("N", "S"):
                return Written(lon[0], lat[0], True)
            return Written(lat[0], lon[0], bool(lat[1] and lon[1]))
        one = lat_text or lon_text or both
        if not one:
            return None
        found = pair(one) or (pair(both) if both else None)
        if found is None:
            what = (
                "is no pair of latitude and longitude"
                if one is both
                else "stands alone: the other coordinate is missing"
            )
            self.refused.append(f"{cells.shortened(one, 40)!r} {what}")
            return None
        return Written(*found)


def opening_hours_or_not(text: str) -> str:
    """Opening hours, or NotUnderstood."""
    found = opening_hours(text)
    if found is None or len(found) > MOST_HOURS:
        raise NotUnderstood
    return found
