"""A table is found in the file, however people made it; what cannot be read says so in one sentence."""

from __future__ import annotations

import datetime
import json
import zipfile
from pathlib import Path

import openpyxl
import pytest

from shanyrak.app.lists.columns import map_columns, read_columns
from shanyrak.app.lists.table import Table, read_table
from shanyrak.core.errors import InvalidInput
from tests.unit.app.lists.drawn import text_file, workbook

HEAD = ("№ з/п", "Назва", "Адреса", "Кількість місць")
SCHOOL = (1, "Школа № 12", "вул. Шкільна, 4", 50)


def only(table: Table) -> dict[str, object]:
    [row] = table.rows
    return dict(row.cells)


def refusal(path: Path) -> str:
    with pytest.raises(InvalidInput) as caught:
        read_table(path)
    return str(caught.value)


# Workbooks ---------------------------------------------------------------------------------------------
def test_a_plain_sheet_has_its_header_in_the_first_row(tmp_path: Path) -> None:
    table = read_table(workbook(tmp_path / "a.xlsx", HEAD, SCHOOL))
    assert only(table) == {"№ з/п": 1, "Назва": "Школа № 12", "Адреса": "вул. Шкільна, 4", "Кількість місць": 50}
    assert (table.rows[0].number, table.sheet) == (2, "Пункти")


def test_the_header_may_stand_in_row_4_under_a_merged_title_and_over_numbers_of_columns(tmp_path: Path) -> None:
    path = workbook(
        tmp_path / "a.xlsx", ["ПЕРЕЛІК пунктів незламності"], ["станом на 20.11.2025"], [], HEAD, (1, 2, 3, 4), SCHOOL
    )
    book = openpyxl.load_workbook(path)
    book.active.merge_cells("A1:D1")
    book.save(path)
    table = read_table(path)
    assert table.headers == HEAD and table.as_of == "2025-11-20"
    assert [row.number for row in table.rows] == [6]


def test_a_header_over_two_rows_is_read_as_one(tmp_path: Path) -> None:
    #  Назва | Координати         merged over two columns
    #        | широта | довгота
    path = workbook(tmp_path / "a.xlsx", ["Назва", "Координати", None], [None, "широта", "довгота"], ["A", 50.45, 30.5])
    assert only(read_table(path)) == {"Назва": "A", "широта": 50.45, "довгота": 30.5}


def test_of_several_sheets_the_one_with_most_known_headers_is_read_and_the_others_are_named(tmp_path: Path) -> None:
    path = workbook(
        tmp_path / "a.xlsx", ["Інструкція"], ["заповнюйте так"], title="Про", Список=[HEAD, SCHOOL],
        Інший=[HEAD[:3], SCHOOL[:3]],
    )  # fmt: skip
    table = read_table(path)
    assert table.sheet == "Список"
    assert [note for note in table.notes if "'Інший'" in note] and "'Про'" not in "".join(table.notes)
    assert read_table(path, sheet="Інший").sheet == "Інший"
    with pytest.raises(InvalidInput, match=r"no sheet 'Four'.*'Про', 'Список', 'Інший'"):
        read_table(path, sheet="Four")


def test_cells_are_what_they_show_dates_times_and_answers(tmp_path: Path) -> None:
    day = datetime.datetime(2025, 11, 20)
    path = workbook(
        tmp_path / "a.xlsx", ["Назва", "Дата", "Оновлено", "Тепло", "Місткість"],
        ["A", day, day.replace(hour=17, minute=40), True, 50.0],
    )  # fmt: skip
    assert list(only(read_table(path)).values()) == ["A", "2025-11-20", "2025-11-20T17:40", "true", 50]


def test_a_formula_is_its_stored_result_and_one_without_is_told(tmp_path: Path) -> None:
    path = workbook(tmp_path / "a.xlsx", HEAD, (1, "Школа", "=B2", "=40+10"))
    table = read_table(path)
    assert "Адреса" not in only(table)
    assert "2 formulas have no result" in " ".join(table.notes)


def test_trailing_empty_rows_by_the_thousand_are_no_rows(tmp_path: Path) -> None:
    path = workbook(tmp_path / "a.xlsx", HEAD, SCHOOL)
    book = openpyxl.load_workbook(path)
    for number in range(3, 5000):
        book.active.cell(number, 1).number_format = "0.00"  # formatted, never filled
    book.active.cell(9000, 2, " \u00a0 ")
    book.save(path)
    assert len(read_table(path).rows) == 1


def test_an_empty_sheet_and_one_with_headers_only_are_refused(tmp_path: Path) -> None:
    assert "there is nothing in it" in refusal(workbook(tmp_path / "a.xlsx"))
    assert "a header and no row under it" in refusal(workbook(tmp_path / "b.xlsx", HEAD))
    assert "the file is empty" in refusal(text_file(tmp_path / "c.csv", " \n"))


def test_a_protected_workbook_an_old_one_and_a_damaged_one_say_what_to_do(tmp_path: Path) -> None:
    ole = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(500)
    (tmp_path / "a.xlsx").write_bytes(ole + "EncryptedPackage".encode("utf-16-le"))
    assert "protected by a password" in refusal(tmp_path / "a.xlsx")
    (tmp_path / "b.xlsx").write_bytes(ole)
    assert "(.xls). Open it in a spreadsheet program and save it as .xlsx" in refusal(tmp_path / "b.xlsx")
    whole = workbook(tmp_path / "c.xlsx", HEAD, SCHOOL).read_bytes()
    (tmp_path / "c.xlsx").write_bytes(whole[: len(whole) // 2])
    assert "cut off or damaged" in refusal(tmp_path / "c.xlsx")
    with zipfile.ZipFile(tmp_path / "d.xlsx", "w") as archive:
        archive.writestr("content.xml", "<x/>")
    assert "(.ods)" in refusal(tmp_path / "d.xlsx")
    text_file(tmp_path / "e.xlsx", "<html><table></table></html>")
    assert "this is no table" in refusal(tmp_path / "e.xlsx")


def test_a_broken_part_of_a_workbook_is_one_sentence(tmp_path: Path) -> None:
    source = workbook(tmp_path / "a.xlsx", HEAD, SCHOOL)
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(tmp_path / "b.xlsx", "w") as new:
        for part in old.infolist():
            broken = part.filename.startswith("xl/worksheets/")
            new.writestr(part, b"<worksheet><sheetData><row" if broken else old.read(part))
    assert "the workbook cannot be read" in refusal(tmp_path / "b.xlsx")


def test_a_workbook_that_unpacks_to_50_megabytes_is_refused_before_it_is_unpacked(tmp_path: Path) -> None:
    path = workbook(tmp_path / "a.xlsx", HEAD, SCHOOL)
    with zipfile.ZipFile(path, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet9.xml", bytes(50_000_000))
    assert path.stat().st_size < 100_000
    assert "unpacked it has 50," in refusal(path)


# Text --------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1251", "utf-16", "utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_text_is_read_in_every_encoding_and_with_every_delimiter(tmp_path: Path, encoding: str, delimiter: str) -> None:
    rows = ["№", "Назва", "Адреса"]
    quoted = ["7", '"Ґанок, їдальня"', '"вул. Шкільна, 4"']
    path = text_file(tmp_path / "a.csv", delimiter.join(rows) + "\r\n" + delimiter.join(quoted) + "\r\n", encoding)
    table = read_table(path)
    assert only(table) == {"№": "7", "Назва": "Ґанок, їдальня", "Адреса": "вул. Шкільна, 4"}
    assert table.encoding == encoding


def test_a_western_code_page_is_not_taken_for_cyrillic(tmp_path: Path) -> None:
    path = text_file(tmp_path / "a.csv", "Name;Straße\nGrundschule Süd;Hauptstraße 5\n", "cp1252")
    table = read_table(path)
    assert only(table) == {"Name": "Grundschule Süd", "Straße": "Hauptstraße 5"} and table.encoding == "cp1252"


def test_a_line_for_excel_a_title_and_breaks_within_cells_do_not_shift_the_numbers_of_rows(tmp_path: Path) -> None:
    path = text_file(tmp_path / "a.csv", 'sep=;\nПерелік\nНазва;Примітка\nA;"два\nрядки"\nB;\n')
    assert [row.number for row in read_table(path).rows] == [4, 6]


def test_a_quotation_mark_that_never_ends_is_refused(tmp_path: Path) -> None:
    assert "quoted wrongly" in refusal(text_file(tmp_path / "a.csv", 'Назва;Адреса\n"A;b\nC;d\n'))


# GeoJSON -----------------------------------------------------------------------------------------------
def features(*features: tuple[object, dict[str, object]]) -> str:
    made = [{"type": "Feature", "geometry": g, "properties": p} for g, p in features]
    return json.dumps({"type": "FeatureCollection", "features": made})


def test_features_are_rows_and_a_shape_gives_a_point_inside_it(tmp_path: Path) -> None:
    square = {"type": "Polygon", "coordinates": [[[30, 50], [30.2, 50], [30.2, 50.2], [30, 50.2], [30, 50]]]}
    path = text_file(
        tmp_path / "a.geojson",
        features(
            ({"type": "Point", "coordinates": [30.5, 50.4, 110]}, {"title": "A", "actual": True, "tel": None}),
            (square, {"title": "B"}),
            (None, {"title": "C"}),
            ({"type": "Point", "coordinates": ["x"]}, {"title": "D"}),
        ),
    )
    a, b, c, d = read_table(path).rows
    assert a.cells == {"title": "A", "actual": "true", "lon": 30.5, "lat": 50.4}
    assert 30 < float(b.cells["lon"]) < 30.2 and 50 < float(b.cells["lat"]) < 50.2
    assert c.cells == {"title": "C"} and c.number == 3
    assert d.cells["lon"] == "unreadable geometry"


def test_a_geojson_in_another_coordinate_system_is_refused(tmp_path: Path) -> None:
    content = {**json.loads(features((None, {"title": "A"}))), "crs": {"properties": {"name": "EPSG:3857"}}}
    assert "in EPSG:3857" in refusal(text_file(tmp_path / "a.geojson", json.dumps(content)))
    assert "not GeoJSON" in refusal(text_file(tmp_path / "b.geojson", "{"))


# Columns -----------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("header", "column"),
    [
        ("№ з/п", "number"), ("№\nз/п", "number"), ("Lfd. Nr.", "number"), ("НАЗВА\u00a0ПУНКТУ:", "name"),
        ("Кількість місць (осіб)", "seats"), ("Кіль-\nкість місць", "seats"), ("Об’єкт", "name"), ("об'єкт", "name"),
        ("Öffnungszeiten", "hours"), ("working_time", "hours"), ("lng", "lon"), ("Breitengrad", "lat"),
        ("name:en", "name_en"),
        ("medical_power_h", "medical_power_h"), ("Стан", "state"), ("Stand", "state"), ("Stand vom", "said"),
    ],
)  # fmt: skip
def test_headers_are_known_however_they_are_written(header: str, column: str) -> None:
    found = read_columns().column(header)
    assert found is not None and found[0] == column


def test_what_is_not_used_is_told_and_phones_are_kept_out() -> None:
    mapping = map_columns(["Назва", "Телефон", "Колір стін", "Контактна особа", "Найменування"], read_columns())
    assert mapping.used == {"name": "Назва"}
    assert mapping.kept_out == ("Телефон", "Контактна особа")
    assert mapping.not_used == ("Колір стін", "Найменування")  # the second header for a name
    assert mapping.language == "uk"


def test_a_table_without_name_and_address_says_what_would_have_been_recognised() -> None:
    with pytest.raises(InvalidInput, match=r"there is 'uik', 'lat'.*'Назва', 'Адреса', 'Name', 'Adresse'"):
        map_columns(["uik", "lat"], read_columns())


def test_headers_and_words_of_ones_own_count_before_those_that_come_along(tmp_path: Path) -> None:
    own = text_file(
        tmp_path / "mine.toml",
        '[name]\nuk = "Заклад"\n[seats]\nx = ["Стан"]\n[ignore]\nuk = ["Місткість"]\n[words.open]\nuk = ["готовий"]\n',
    )
    columns = read_columns(own)
    mapping = map_columns(["Заклад", "Стан", "Місткість"], columns)
    assert mapping.used == {"name": "Заклад", "seats": "Стан"} and mapping.not_used == ("Місткість",)
    assert columns.word("Готовий", ("ready", "open")) == "open"


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("name = ", "not TOML"),
        ('[nom]\nfr = ["Nom"]', "there is no column 'nom'"),
        ("[name]\nuk = [1]", "uk needs a text"),
        ('[name]\nuk = "A"\n[address]\nuk = "a."', "a header of name and of address"),
        ('name = "A"', "a section is needed"),
    ],
)
def test_a_file_of_columns_with_a_fault_is_refused(tmp_path: Path, text: str, fault: str) -> None:
    with pytest.raises(InvalidInput, match=fault):
        read_columns(text_file(tmp_path / "mine.toml", text))
