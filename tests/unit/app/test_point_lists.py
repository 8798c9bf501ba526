"""A list of points goes into the ledger and comes out again; doubtful twins wait for a person."""

from __future__ import annotations

from pathlib import Path

from shanyrak.app.lists.exporting import export_points
from shanyrak.app.lists.importing import import_points
from shanyrak.app.point_lists import LedgerPoints
from shanyrak.app.points import list_numbers, point_rows
from shanyrak.facts.ledger import Ledger
from tests.ledgers import founded_ledger

LIST = """number;name;address;lat;lon;seats
1;School 12;Main street 5;50.45;30.52;60
2;;Mill lane 7;50.46;30.53;40
3;School No 12;Main street 5;50.45001;30.52;
"""


def take_in(ledger: Ledger, path: Path, **options: object) -> list[str]:
    report = import_points(LedgerPoints(ledger), path, list_name="city", **options)  # type: ignore[arg-type]
    return [action.what for action in report.actions]


def test_a_list_comes_in_once_and_a_second_time_nothing_changes(tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    path.write_text(LIST, encoding="utf-8")
    ledger = founded_ledger()
    assert take_in(ledger, path) == ["new", "new", "twin"]
    held = ledger.store.count()
    assert take_in(ledger, path) == ["same", "same", "same"]
    assert ledger.store.count() == held


def test_a_dry_run_says_the_same_and_writes_nothing(tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    path.write_text(LIST, encoding="utf-8")
    ledger = founded_ledger()
    held = ledger.store.count()
    assert take_in(ledger, path, dry_run=True) == ["new", "new", "twin"]
    assert ledger.store.count() == held


def test_a_row_without_a_name_takes_its_address(tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    path.write_text(LIST, encoding="utf-8")
    ledger = founded_ledger()
    take_in(ledger, path)
    assert "Mill lane 7" in {row["name"] for row in point_rows(ledger)}


def test_a_doubtful_twin_is_a_point_of_its_own_until_a_person_settles_it(tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    path.write_text(LIST, encoding="utf-8")
    for word in ("same.as", "not.same.as"):
        ledger = founded_ledger()
        take_in(ledger, path)
        school = next(row for row in point_rows(ledger) if row["name"] == "School 12")
        twin = next(row for row in point_rows(ledger) if row["name"] == "School No 12")
        assert twin["twin_of"] == school["id"]
        ledger.say(word, {word.replace(".", "_"): school["id"]}, about=bytes.fromhex(twin["id"]))
        assert [row["twin_of"] for row in point_rows(ledger)] == [None, None, None]


def test_what_goes_out_comes_in_without_a_change(tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    path.write_text(LIST, encoding="utf-8")
    ledger = founded_ledger()
    take_in(ledger, path)
    for form in ("out.xlsx", "out.csv", "out.geojson"):
        export_points(LedgerPoints(ledger).known_points(), tmp_path / form, "uk", list_name="city")
        assert take_in(ledger, tmp_path / form) == ["same", "same", "same"], form


def test_leaving_a_list_takes_the_number_away(tmp_path: Path) -> None:
    ledger = founded_ledger()
    school = ledger.say("point.described", {"names": {"en": "School"}}).id
    ledger.say("list.entered", {"list": "city", "number": "7"}, about=school)
    assert list_numbers(ledger, school) == {"city": "7"}
    ledger.say("list.left", {"list": "city"}, about=school)
    assert list_numbers(ledger, school) == {}
