"""What a row says, cell by cell, and why a row is refused."""

from __future__ import annotations

from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from shanyrak.app.lists import cells
from shanyrak.app.lists.columns import map_columns, read_columns
from shanyrak.app.lists.hours import opening_hours
from shanyrak.app.lists.points import PointRow, number_key, read_points
from shanyrak.app.lists.positions import Written, settle
from shanyrak.app.lists.table import Row, Table
from shanyrak.app.lists.values import count, moment, number, pair

COLUMNS = read_columns()


def points(*rows: dict[str, object], around: tuple[float, float, float, float] | None = None) -> list[PointRow]:
    """Rows 2, 3 ... of a table whose headers are the keys."""
    headers = tuple(dict.fromkeys(header for row in rows for header in row))
    made = tuple(Row(n, {k: v for k, v in row.items() if v is not None}) for n, row in enumerate(rows, 2))  # type: ignore[misc]
    table = Table(Path("list.xlsx"), headers, made)
    return read_points(table, map_columns(headers, COLUMNS), around=around)


def point(**cells: object) -> PointRow:
    [found] = points({"name": "Школа", **cells})
    return found


# Numbers, degrees, dates -------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("text", "value"),
    [("1 234", 1234), ("1\u00a0234", 1234), ("1'234", 1234), ("50,45", 50.45), ("50.45", 50.45), (7, 7), ("x", None),
     ("", None)],
)  # fmt: skip
def test_numbers_in_any_common_style(text: str, value: float | None) -> None:
    assert number(text) == value


@pytest.mark.parametrize(
    ("text", "value"),
    [(50, 50), ("50 осіб", 50), ("до 50", 50), ("1 200 чол.", 1200), ("0", 0), ("багато", None), ("40-50", None),
     ("-5", None), ("12,5", None), (12.5, None), (float("nan"), None)],
)  # fmt: skip
def test_counts(text: str, value: int | None) -> None:
    assert count(text) == value


@pytest.mark.parametrize(
    "text",
    ["50.45, 30.5", "50,45; 30,5", "50,45, 30,5", "50.45 30.5", "(50.45, 30.5)", "50.45N 30.5E", "30.5E, 50.45N",
     "50°27′00″N 30°30′00″E", "https://www.google.com/maps/@50.450,30.500,17z"],
)  # fmt: skip
def test_both_coordinates_in_one_cell(text: str) -> None:
    found = pair(text)
    assert found is not None and found[:2] == pytest.approx((50.45, 30.5))


@pytest.mark.parametrize("text", ["50.45", "Київ", "50,45,30,5", "50.45, 30.5, 120", 50.45])
def test_what_is_no_pair_of_coordinates(text: str) -> None:
    assert pair(text) is None


def test_dates_as_people_write_them() -> None:
    assert moment("20.11.2025") == moment("2025-11-20") == moment("20.11.2025 р.") == "2025-11-20"
    # in winter Kyiv is two hours ahead of UTC
    assert moment("20.11.2025 17:40", ZoneInfo("Europe/Kyiv")) == "2025-11-20T15:40Z"
    assert moment("2025-11-20T17:40+02:00") == "2025-11-20T15:40Z"
    assert moment("31.02.2025") is None and moment("вчора") is None


# Opening hours -----------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("text", "osm"),
    [
        ("цілодобово", "24/7"), ("Цілодобово, без вихідних", "24/7"), ("24/7", "24/7"), ("пн-нд 00:00-24:00", "24/7"),
        ("09:00-18:00", "09:00-18:00"), ("з 9:00 до 18:00", "09:00-18:00"), ("09-00 до 18-00", "09:00-18:00"),
        ("9–18", "09:00-18:00"), ("von 9 bis 18 Uhr", "09:00-18:00"), ("20:00-08:00", "20:00-08:00"),
        ("пн-пт 8:00-17:00, сб, нд вихідний", "Mo-Fr 08:00-17:00; Sa,Su closed"),
        ("Пн.-Пт.: 08.00–20.00; Сб: 10.00-16.00", "Mo-Fr 08:00-20:00; Sa 10:00-16:00"),
        ("Montag bis Freitag 8-20 Uhr", "Mo-Fr 08:00-20:00"), ("Щоденно з 09.00 до 21.00", "Mo-Su 09:00-21:00"),
        ("Mo-Fr 8:00-17:00; PH off", "Mo-Fr 08:00-17:00; PH closed"),
    ],
)  # fmt: skip
def test_hours_become_those_of_openstreetmap(text: str, osm: str) -> None:
    assert opening_hours(text) == osm


@pytest.mark.parametrize(
    "text",
    ["за потреби", "пн-пт 9-18, обід 13-14", "25:00-30:00", "вихідний: нд", "8:00", "під час відключень", "щодня"],
)
def test_hours_of_which_a_part_is_not_understood_are_none(text: str) -> None:
    assert opening_hours(text) is None


# Services and words ------------------------------------------------------------------------------------
def test_yes_and_no_in_many_words_and_silence_is_neither() -> None:
    row = point(
        heat="так", drinking_water="Немає", pets="є, 2 шт.", toilet="ні", internet="✓", quiet_corner="-", hot_food="?"
    )
    assert row.services == {"heat": True, "drinking_water": False, "pets": True, "toilet": "none", "internet": "grid"}
    assert row.remarks == ()


def test_a_dash_says_no_only_in_a_column_where_a_plus_says_yes() -> None:
    rows = points({"name": "A", "heat": "+", "pets": "так"}, {"name": "B", "heat": "-", "pets": "-"})
    assert [row.services for row in rows] == [{"heat": True, "pets": True}, {"heat": False}]


def test_a_plain_yes_is_the_weaker_of_what_it_may_mean() -> None:
    assert point(internet="так", mobile_signal="так", toilet="так").services == {
        "internet": "grid", "mobile_signal": "weak", "toilet": "inside",
    }  # fmt: skip
    assert point(kind="юрта", toilet="так").services == {"toilet": "outside"}
    assert point(internet="Starlink", toilet="біотуалет", air_alert="зачиняється").services == {
        "internet": "own", "toilet": "outside", "air_alert": "closes",
    }  # fmt: skip


def test_several_services_in_one_cell() -> None:
    row = point(services="тепло, питна вода; Starlink, караоке")
    assert row.services == {"heat": True, "drinking_water": True, "internet": "own"}
    assert row.remarks == ("services: 'караоке' is not understood and left out",)


def test_counts_of_services_hours_and_languages() -> None:
    row = point(lying_places="10 ліжок", medical_power_h=6, languages="укр., en та німецька")
    assert row.services == {"lying_places": 10, "medical_power_h": 6, "languages": ["uk", "en", "de"]}


@pytest.mark.parametrize(
    ("text", "kind"),
    [("Школа", "school"), ("загальноосвітня школа І-ІІІ ст.", "school"), ("Дитячий садок", "kindergarten"),
     ("станція метро", "underground"), ("Пожежна частина № 3", "fire_station"), ("АЗС", "petrol_station"),
     ("yurt", "yurt")],
)  # fmt: skip
def test_kinds_are_known_by_a_word_in_the_text(text: str, kind: str) -> None:
    assert point(kind=text).described["kind"] == kind


@pytest.mark.parametrize(
    ("text", "floor"), [("1", 1), (2, 2), ("2 поверх", 2), ("1-й поверх", 1), ("підвал", -1), ("EG", 0), ("3. OG", 3)]
)
def test_floors(text: str, floor: int) -> None:
    assert point(floor=text).described["floor"] == floor


def test_a_word_that_is_not_understood_is_left_out_and_told() -> None:
    row = point(state="майже", hours="за потреби", kind="щось", floor="дах", heat="іноді", said="вчора")
    assert not row.refused and row.state == row.hours == row.said == "" and row.services == {}
    assert len(row.remarks) == 6 and "hours: 'за потреби' is not understood and left out" in row.remarks


def test_states() -> None:
    words = {"Працює": "open", "не працює": "closed", "Готовий": "ready", "тимчасово не працює": "paused"}
    assert {word: point(state=word).state for word in words} == words


# Names, addresses, phones ------------------------------------------------------------------------------
def test_the_letters_of_a_name_tell_its_language() -> None:
    names = ("Їдальня", "Столовый зал", "Қазақ үйі", "Школа", "School")
    assert [cells.name_language(name, "en") for name in names] == ["uk", "ru", "kk", "uk", "en"]
    assert point(name_en="School 12").described["names"] == {"en": "School 12", "uk": "Школа"}


def test_a_row_without_a_name_takes_its_address() -> None:
    [row] = points({"address": "вул. Шкільна, 4", "seats": 3})
    assert row.described["names"] == {"uk": "вул. Шкільна, 4"} and row.name == "вул. Шкільна, 4"


def test_a_phone_in_a_text_is_kept_out() -> None:
    row = point(note="питати Олену +38 (044) 123-45-67", operator="міськрада, info@rada.ua", address="вул. Нова, 22")
    assert row.sealed == {"note": "питати Олену …"} and row.described["operator"] == "міськрада, …"
    assert row.described["address"] == "вул. Нова, 22"
    assert len(row.remarks) == 2 and all("kept out" in remark for remark in row.remarks)


def test_what_is_too_long_is_cut_where_it_says_least() -> None:
    row = point(name="Ш" * 130, address="Україна, " + "дуже довга область " * 12 + ", вул. Шкільна, 4")
    assert len(row.name) == 120 and row.name.endswith("…")
    assert row.described["address"] == "вул. Шкільна, 4" and len(row.remarks) == 2


# Refused -----------------------------------------------------------------------------------------------
def test_rows_are_refused_with_the_reason() -> None:
    base = {"number": None, "kind": "школа", "district": "Оболонь"}
    refused = [
        row.refused
        for row in points(
            {**base, "seats": 50},
            {**base, "name": "A", "seats": "багато"},
            {**base, "name": "B", "lat": 95, "lon": 190},
            {**base, "name": "C", "lat": 50.4},
            {**base, "name": "D", "lat": "північ", "lon": 30},
            {**base, "name": "E", "lat": 0, "lon": 0},
            {"name": "Оболонський район"},
        )
    ]
    assert refused == [
        "no name and no address",
        "seats: 'багато' is not a whole number of 0 or more",
        "latitude 95, longitude 190 is no place on earth",
        "'50.4' stands alone: the other coordinate is missing",
        "'північ' is no latitude or longitude",
        "0, 0 is no position but a missing one",
        "only one cell is filled: a heading?",
    ]


def test_a_number_that_is_twice_in_the_file_refuses_both_rows_and_names_both() -> None:
    rows = points({"number": 7, "name": "A"}, {"number": "№ 007", "name": "B"}, {"number": 8, "name": "C"})
    assert [row.refused for row in rows] == ["number 7 is also in row 3", "number № 007 is also in row 2", ""]


def test_without_numbers_a_row_that_repeats_name_and_address_is_refused_and_the_first_stands() -> None:
    rows = points({"name": "A", "address": "вул. Нова, 1"}, {"name": "a", "address": "ВУЛ. НОВА 1"})
    assert rows[0].refused == "" and "as row 2" in rows[1].refused
    assert rows[0].key == rows[1].key and rows[0].key.startswith("~")


def test_numbers_are_one_however_they_are_written() -> None:
    assert {number_key(text) for text in ("7", "007", "№ 7", "7.", "№7")} == {"7"}
    assert number_key("А-12/3") == number_key("а 12 3") != number_key("а 123")


# Positions ---------------------------------------------------------------------------------------------
KYIV = (30.2, 50.2, 30.8, 50.6)


def test_swapped_degrees_are_turned_only_where_nothing_else_can_be_meant() -> None:
    swapped = Written(30.5, 50.4)
    [turned] = settle([swapped], KYIV)
    assert turned is not None and (turned.lon_e7, turned.lat_e7) == (305_000_000, 504_000_000)
    assert "swapped" in turned.remark
    # Without a box, 30.5 N 50.4 E is a place like any other (in Iran).
    [left] = settle([swapped])
    assert left is not None and (left.lon_e7, left.lat_e7, left.remark) == (504_000_000, 305_000_000, "")
    # Sides that are named are believed, and 100 cannot be a latitude.
    [named] = settle([Written(30.5, 50.4, sure=True)], KYIV)
    assert named is not None and named.lat_e7 == 305_000_000 and "far from the area" in named.remark
    [impossible] = settle([Written(100.5, 13.7)])
    assert impossible is not None and impossible.lat_e7 == 137_000_000 and "swapped" in impossible.remark


def test_where_most_rows_lie_together_they_show_which_row_is_swapped() -> None:
    rows = [Written(50.4 + i / 100, 30.5) for i in range(8)] + [Written(30.5, 50.4), Written(46.0, 8.0)]
    found = settle(rows)
    assert [bool(place and place.remark) for place in found] == [False] * 8 + [True, True]
    assert found[8] is not None and found[8].lat_e7 == 504_000_000
    assert found[9] is not None and "far from the others" in found[9].remark
