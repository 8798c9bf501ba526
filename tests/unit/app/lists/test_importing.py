"""A list taken over into a record, again and again, and written back."""

from __future__ import annotations

import csv
import json
import os
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import openpyxl
import pytest

from shanyrak.app.lists.comparing import KnownPoint
from shanyrak.app.lists.exporting import export_points
from shanyrak.app.lists.importing import ImportReport, import_points
from shanyrak.core.errors import InvalidInput
from tests.unit.app.lists.drawn import Record, text_file, workbook

TITLE = ["Перелік пунктів станом на 20.11.2025"]
HEAD = ["№ з/п", "Назва", "Адреса", "Координати", "Місткість", "Тепло", "Режим роботи", "Стан", "Телефон", "Примітка"]
FIRST = [
    1, "Школа № 12", "вул. Шкільна, 4", "50.4501, 30.5234", 50, "так", "цілодобово", "працює", "044 123-45-67",
    "з двору",
]  # fmt: skip
SECOND = [2, None, "вул. Нова, 22", "50,4601; 30,5334", "30 осіб", "ні", "пн-пт 9-18", "готовий", None, None]


@pytest.fixture
def record() -> Record:
    return Record()


@pytest.fixture
def city(tmp_path: Path) -> Path:
    return workbook(tmp_path / "city.xlsx", TITLE, HEAD, FIRST, SECOND)


def rewritten(path: Path, change: Callable[[list[Any], list[Any]], None]) -> Path:
    first, second = list(FIRST), list(SECOND)
    change(first, second)
    return workbook(path, TITLE, HEAD, first, second)


def counts(report: ImportReport) -> dict[str, int]:
    return {what: n for what, n in report.counts.items() if n}


# Import ------------------------------------------------------------------------------------------------
def test_a_list_becomes_points_with_everything_it_says(record: Record, city: Path) -> None:
    report = import_points(record, city)
    assert counts(report) == {"new": 2} and not report.nothing_read
    school = record.point("Школа № 12")
    assert school.list_numbers == {"city": "1"} and (school.state, school.said) == ("open", "2025-11-20")
    assert school.fields == {
        "address": "вул. Шкільна, 4", "lat_e7": 504_501_000, "lon_e7": 305_234_000, "seats": 50, "heat": True,
        "opening_hours": "24/7",
    }  # fmt: skip
    assert school.sealed == {"note": "з двору"}
    assert record.point("вул. Нова, 22").state == "ready"
    assert report.ids == {3: school.id, 4: record.point("вул. Нова, 22").id}


def test_the_entry_in_the_list_follows_at_once_and_no_phone_reaches_the_record(record: Record, city: Path) -> None:
    report = import_points(record, city)
    assert record.kinds()[:5] == [
        "point.described", "list.entered", "services.declared", "hours.declared", "point.opened",
    ]  # fmt: skip
    assert "123-45" not in repr(record.said)
    assert any("kept out: 'Телефон'" in note for note in report.notes)
    assert all(body["via"] == "import" for _, body, _, _ in record.said)


def test_the_same_file_again_says_nothing(record: Record, city: Path) -> None:
    import_points(record, city)
    said = len(record.said)
    assert counts(import_points(record, city)) == {"same": 2} and len(record.said) == said


def test_without_numbers_name_and_address_find_the_point_again(record: Record, tmp_path: Path) -> None:
    path = text_file(tmp_path / "a.csv", "Назва;Адреса;Місткість\nШкола;вул. Нова, 1;50\n")
    import_points(record, path)
    text_file(path, "Назва;Адреса;Місткість\nШКОЛА;вул. Нова 1;60\n")
    [action] = import_points(record, path).actions
    assert {c.field for c in action.changes} == {"name (uk)", "address", "seats"} and len(record.points) == 1
    [number] = record.point("ШКОЛА").list_numbers.values()
    assert number.startswith("~")


def test_a_dry_run_reports_the_same_and_says_nothing(record: Record, city: Path) -> None:
    dry = import_points(record, city, dry_run=True)
    assert record.said == [] and dry.lines()[-1] == "list 'city', 2 rows: would be 2 new"
    wet = import_points(record, city)
    assert [a.what for a in dry.actions] == [a.what for a in wet.actions] and dry.counts == wet.counts


def test_only_what_changed_is_said_and_shown(record: Record, city: Path) -> None:
    import_points(record, city)

    def change(first: list[Any], second: list[Any]) -> None:
        first[4], second[7] = 60, "Працює"

    before = len(record.said)
    report = import_points(record, rewritten(city, change), happened="2025-11-25")
    assert [(kind, body) for kind, body, _, _ in record.said[before:]] == [
        ("point.described", {"seats": 60, "via": "import"}),
        ("point.opened", {"happened": "2025-11-25", "via": "import"}),
        ("point.opened", {"happened": "2025-11-25", "via": "import"}),
    ]
    assert report.lines()[:2] == [
        "row 3: changed: 1 Школа № 12: seats 50 -> 60; last word 2025-11-20 -> 2025-11-25",
        "row 4: changed: 2 вул. Нова, 22: state ready -> open",
    ]


def test_a_point_that_left_the_list_is_reported_and_not_closed(record: Record, city: Path) -> None:
    import_points(record, city)
    report = import_points(record, workbook(city, TITLE, HEAD, FIRST))
    assert [(number, point.name) for number, point in report.gone] == [("2", "вул. Нова, 22")]
    assert "not in this file any more: 1 (2 вул. Нова, 22); nothing was closed" in report.lines()
    assert record.point("вул. Нова, 22").state == "ready"


def test_a_twin_comes_in_as_its_own_point_and_is_marked(record: Record, city: Path, tmp_path: Path) -> None:
    import_points(record, city)
    rows = "1;Ліцей;Шкільна вул., буд. 4\n2;Клуб;вул. Б, 9\n3;Юрта;вул. Б, 9\n"
    path = text_file(tmp_path / "b.csv", "№;Назва;Адреса\n" + rows)
    report = import_points(record, path, list_name="Друга")
    assert counts(report) == {"new": 1, "twin": 2} and len(record.points) == 5
    marks = [(about, body["twin_of"]) for kind, body, about, _ in record.said if "twin_of" in body]
    assert marks == [
        (record.point("Ліцей").id, record.point("Школа № 12").id.hex()),
        (record.point("Юрта").id, record.point("Клуб").id.hex()),
    ]
    rows = report.as_dict()["rows"]
    assert [row["twin_of"] for row in rows] == [marks[0][1], None, marks[1][1]]
    assert "row 2: doubtful twin: 1 Ліцей: may be the same as Школа № 12: the same address" in report.lines()
    assert counts(import_points(record, path, list_name="Друга")) == {"same": 3}


def test_a_number_that_is_there_twice_is_told_for_both_and_the_rest_comes_in(record: Record, city: Path) -> None:
    report = import_points(record, workbook(city, HEAD, FIRST, SECOND, [2, "Юрта"], ["", "", "", "", 5]))
    assert [(a.row.row, a.what, a.why) for a in report.actions if a.what == "refused"] == [
        (3, "refused", "number 2 is also in row 4"),
        (4, "refused", "number 2 is also in row 3"),
        (5, "refused", "no name and no address"),
    ]
    assert counts(report) == {"new": 1, "refused": 3}


def test_where_not_one_row_can_be_used_the_report_says_so(record: Record, tmp_path: Path) -> None:
    report = import_points(record, text_file(tmp_path / "a.csv", "Назва,lat,lon\nA,99,999\n"))
    assert report.nothing_read and record.said == []


def test_an_import_that_was_cut_off_goes_on_where_it_stopped(record: Record, city: Path) -> None:
    class Breaks(Record):
        def say(self, kind: str, body: dict[str, Any], *, about: bytes, sealed: dict[str, Any]) -> bytes:
            if len(self.said) == 7:
                raise OSError("no space left")
            return super().say(kind, body, about=about, sealed=sealed)

    broken = Breaks()
    with pytest.raises(OSError, match="no space"):
        import_points(broken, city)
    record.points, record.said = broken.points, broken.said
    assert counts(import_points(record, city)) == {"changed": 1, "same": 1}
    whole = Record()
    import_points(whole, city)
    assert [replace(p, id=b"") for p in record.points.values()] == [replace(p, id=b"") for p in whole.points.values()]


def test_the_date_of_a_state_is_the_rows_then_the_titles_then_the_files(record: Record, tmp_path: Path) -> None:
    path = text_file(tmp_path / "a.csv", "Назва;Стан;Станом на\nA;працює;19.11.2025\nB;працює;\n")
    os.utime(path, (1_763_660_400, 1_763_660_400))  # 2025-11-20 17:40 UTC
    import_points(record, path)
    assert (record.point("A").said, record.point("B").said) == ("2025-11-19", "2025-11-20T17:40Z")
    with pytest.raises(InvalidInput, match="--happened"):
        import_points(record, path, happened="gestern")


def test_a_list_of_a_city_in_cp1251_with_its_own_headers(record: Record, tmp_path: Path) -> None:
    path = text_file(tmp_path / "list.csv", "№ з/п;Заклад;Район\r\n1;Ґанок;Оболонський\r\n", "cp1251")
    with pytest.raises(InvalidInput, match="no column for a name or an address"):
        import_points(record, path)
    own = text_file(tmp_path / "mine.toml", '[name]\nuk = "Заклад"\n')
    assert counts(import_points(record, path, own_columns=own)) == {"new": 1}


def test_the_report_is_plain_json(record: Record, city: Path) -> None:
    report = json.loads(json.dumps(import_points(record, city).as_dict()))
    assert report["counts"] == {"new": 2, "twin": 0, "changed": 0, "same": 0, "refused": 0}
    assert report["rows"][0]["id"] == record.point("Школа № 12").id.hex() and report["columns"]["seats"] == "Місткість"


# Export ------------------------------------------------------------------------------------------------
def rich() -> Record:
    """A record with every sort of value, and texts that a spreadsheet would take for formulas."""
    record = Record()
    services = {
        "heat": True, "pets": False, "internet": "own", "mobile_signal": "weak", "toilet": "outside",
        "air_alert": "goes_to", "lying_places": 0, "medical_power_h": 6, "medical_power": True,
        "languages": ["uk", "en"], "through_curfew": True,
    }  # fmt: skip
    fields = {
        "address": "вул. Шкільна, 4", "town": "Буча", "district": "Центр", "kind": "yurt", "operator": "-міськрада",
        "lon_e7": 305_234_567, "lat_e7": 504_501_234, "floor": -1, "seats": 50, "sockets": 12,
        "opening_hours": "Mo-Fr 09:00-18:00; Sa closed", **services,
    }  # fmt: skip
    points = [
        KnownPoint(
            b"\1" * 32, {"en": "Yurt", "uk": '=HYPERLINK("http://x")'}, {"Офіційний": "007"}, fields,
            {"entrance": "@двір", "find": "біля +парку", "note": "нотатка"}, "open", "2025-11-20T15:40Z",
        ),
        KnownPoint(b"\2" * 32, {"uk": "Школа № 12"}, {"Офіційний": "8"}, {}, {}, "ready", "2025-11-01"),
        KnownPoint(b"\3" * 32, {"uk": "Без списку"}, {}, {"seats": 5}, None, "lost", "2025"),
        KnownPoint(b"\4" * 32, {"uk": "Без номера"}, {"Офіційний": "~0123456789ab"}, {}, {}),
    ]  # fmt: skip
    record.points = {point.id: point for point in points}
    return record


@pytest.mark.parametrize("language", ["uk", "en", "de"])
@pytest.mark.parametrize("ending", [".xlsx", ".csv", ".geojson"])
def test_an_exported_file_that_is_imported_again_changes_nothing(tmp_path: Path, language: str, ending: str) -> None:
    record, kyiv = rich(), ZoneInfo("Europe/Kyiv")
    path = tmp_path / f"out{ending}"
    export_points(record.known_points(), path, language, zone=kyiv)
    report = import_points(record, path, zone=kyiv, happened="2025-11-21" if ending == ".csv" else "")
    changes = [(a.what, c.field) for a in report.actions for c in a.changes if c.field != "last word"]
    assert changes == [] and report.counts["refused"] == report.counts["new"] == 0
    if ending != ".csv":  # with a later date given, states that are known are confirmed
        assert record.said == [] and report.counts["same"] == 4
    assert not [note for note in report.notes if "not used" in note]


def test_a_workbook_has_real_numbers_and_dates_and_no_formula(tmp_path: Path) -> None:
    path = tmp_path / "out.xlsx"
    export_points(rich().known_points(), path, "uk", zone=ZoneInfo("Europe/Kyiv"))
    sheet = openpyxl.load_workbook(path).active
    assert sheet is not None and sheet.freeze_panes == "C2"
    head, first, second, third, fourth = ([cell.value for cell in row] for row in sheet.iter_rows())
    row, plain = dict(zip(head, first)), dict(zip(head, second))
    assert row["Назва (українською)"] == '=HYPERLINK("http://x")' and row["Назва (англійською)"] == "Yurt"
    assert {cell.data_type for line in sheet.iter_rows(min_row=2) for cell in line} <= {"s", "n", "d"}
    assert (row["Номер у списку"], plain["Номер у списку"]) == ("007", 8)  # a leading zero is kept
    assert row["Останнє повідомлення (Europe/Kyiv)"] == datetime(2025, 11, 20, 17, 40)
    assert (row["Стан"], plain["Стан"]) == ("Працює", "Готовий, ще не працює")
    assert (row["Широта"], row["Місць для сидіння"], row["Тепло"], row["З тваринами"]) == (50.4501234, 50, "так", "ні")
    assert plain["Тепло"] is None and dict(zip(head, fourth))["Номер у списку"] is None
    assert dict(zip(head, third))["Останнє повідомлення (Europe/Kyiv)"] == "2025"


def test_delimited_text_has_an_apostrophe_before_what_would_be_a_formula(tmp_path: Path) -> None:
    path = tmp_path / "out.csv"
    export_points(rich().known_points(), path, "en")
    assert path.read_bytes().startswith(b"\xef\xbb\xbf")
    with path.open(encoding="utf-8-sig", newline="") as file:
        row = next(csv.DictReader(file))
    assert row["Name (Ukrainian)"] == '\'=HYPERLINK("http://x")' and row["Operator"] == "'-міськрада"
    assert row["Last word (UTC)"] == "2025-11-20T15:40+00:00"


def test_a_geojson_has_points_and_the_names_of_columns(tmp_path: Path) -> None:
    path = tmp_path / "out.geojson"
    export_points(rich().known_points(), path, "de")
    first, second = json.loads(path.read_text(encoding="utf-8"))["features"][:2]
    assert first["geometry"] == {"type": "Point", "coordinates": [30.5234567, 50.4501234]}
    assert first["properties"]["state"] == "Geöffnet" and second["geometry"] is None


def test_only_the_numbers_of_the_list_that_was_asked_for_are_written(tmp_path: Path) -> None:
    point = KnownPoint(b"\1" * 32, {"uk": "A"}, {"one": "1", "two": "2"})
    export_points([point, KnownPoint(b"\2" * 32, {"uk": "B"}, {"one": "3"})], tmp_path / "o.csv", "en", list_name="two")
    with (tmp_path / "o.csv").open(encoding="utf-8-sig", newline="") as file:
        assert [(r["Number on the list"], r["List"]) for r in csv.DictReader(file)] == [("2", "two"), ("", "")]


def test_a_language_without_headers_has_english_ones(tmp_path: Path) -> None:
    export_points([], tmp_path / "a.csv", "kk")
    assert "Number on the list,Name (Kazakh),State" in (tmp_path / "a.csv").read_text(encoding="utf-8-sig")


def test_an_unknown_ending_and_a_folder_that_is_not_there_are_refused(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match=r"'?\.pdf is no form"):
        export_points([], tmp_path / "a.pdf")
    with pytest.raises(InvalidInput, match="cannot be written"):
        export_points([], tmp_path / "none" / "a.xlsx")
    assert list(tmp_path.iterdir()) == []
