"""``shanyrak solve`` with what only some models ask for: districts, scenarios, room, failures, points that stand."""

from __future__ import annotations

import json
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np
import pytest

main = import_module("shanyrak.cli.main")

# a street of six houses, two districts, two blackouts: a leaves the west end in the dark, b the east end
STREET = """x,y,demand,cost,district,capacity,failure,existing,demand_a,demand_b
0,0,5,2,west,6,0.1,1,5,0
1,0,1,1,west,4,0.2,0,1,1
2,0,1,1,west,4,0.1,0,1,1
3,0,1,1,east,4,0.1,1,1,1
4,0,1,1,east,4,0.2,0,1,1
5,0,5,2,east,6,0.1,0,0,5
"""


@pytest.fixture
def street(tmp_path: Path) -> Path:
    path = tmp_path / "street.csv"
    path.write_text(STREET)
    return path


def run(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    code = main._run(["solve", *arguments])
    said = capsys.readouterr()
    return code, said.out, said.err


ASKED: list[tuple[list[str], list[int], float]] = [
    # houses 1 and 4 have all of their districts near them
    (["fair_covering", "-p", "2", "--radius", "1"], [1, 4], 1.0),
    # one site: 1 has all the west, which leaves nothing of the east; half of the east needs the end
    (["covering_with_floors", "-p", "2", "--radius", "1", "--least", "0.5"], [1, 4], 14),
    # 9 people in each blackout, and all are near
    (["scenario_covering", "-p", "2", "--radius", "1"], [1, 4], 9),
    (["scenario_covering", "-p", "2", "--radius", "1", "--aim", "worst"], [1, 4], 1.0),
    # one end holds more than half of one blackout's people (6 or 7 of 9), never of both
    (["scenario_covering", "-p", "1", "--radius", "1", "--aim", "likely", "--share", "0.5"], [], 0.5),
    # 0 and 3 stand: 5 + 1, and 1 + 1 + 1; 3 moves to 4 and has the east: 6 + 7
    (["moved_covering", "--radius", "1", "--moves", "1"], [0, 4], 13),
    # nobody moves, one more: 0 has two houses, 3 three, and the third point the east end: all are near
    (["moved_covering", "-p", "3", "--radius", "1", "--moves", "0"], [], 14),
    # the ends have room for six each: their five and a neighbour
    (["capacitated_covering", "-p", "2", "--radius", "1", "--unsplit"], [0, 5], 12),
    # five do not go in, whoever opens: the four between the ends
    (["capacitated_covering", "-p", "2", "--radius", "1", "--capacity", "4", "--unsplit"], [], 4),
    # 7 x 0.8 at 1 and at 4; the ends have 6 x 0.9 each, which is less
    (["expected_covering", "-p", "2", "--radius", "1"], [1, 4], 11.2),
    # house 1 has five, one and one wholly, house 3 by half
    (["gradual_covering", "-p", "1", "--radius", "1", "--none", "3"], [], 7.5),
    (["partial_covering", "--radius", "1", "--share", "0.6"], [], 2),
    (["partial_covering", "--radius", "1", "--share", "0.6", "--cheapest"], [], 2),
    # seven after the first, fourteen after the second
    (["opening_order", "-p", "2", "--radius", "1"], [1, 4], 21),
]


@pytest.mark.parametrize(("arguments", "sites", "objective"), ASKED)
def test_answers_are_proven_and_their_certificates_hold_for_this_street_only(
    street: Path, tmp_path: Path, arguments: list[str], sites: list[int], objective: float,
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    model, *options = arguments
    proof = str(tmp_path / "proof.json")
    code, out, err = run(capsys, model, str(street), *options, "--certificate", proof, "--json")
    assert code == 0, err
    answer: dict[str, Any] = json.loads(out)
    assert answer["objective"] == answer["bound"] == pytest.approx(objective)
    assert not sites or answer["sites"] == sites
    check = (model, str(street), *options, "--check", proof)
    assert run(capsys, *check)[0] == 0
    street.write_text(STREET.replace("1,0,1,1,west,4,0.2,0,1,1", "1,0,2,1,west,4,0.2,0,2,2"))
    assert run(capsys, *check)[0] == 1  # one more lives there


@pytest.mark.parametrize(
    ("arguments", "other"),
    [
        (["covering_with_floors", "-p", "2", "--radius", "1", "--least", "0.5"], ["--least", "0.6"]),
        (["scenario_covering", "-p", "1", "--radius", "1", "--aim", "likely", "--share", "0.5"], ["--share", "0.9"]),
        (["moved_covering", "--radius", "1", "--moves", "1"], ["--moves", "2"]),
        (["gradual_covering", "-p", "1", "--radius", "1", "--none", "3"], ["--none", "4"]),
        (["partial_covering", "--radius", "1", "--share", "0.6"], ["--share", "0.7"]),
        (["partial_covering", "--radius", "1", "--share", "0.6", "--cheapest"], ["--share", "0.7"]),
    ],
)
def test_a_certificate_of_another_question_does_not_hold(
    street: Path, tmp_path: Path, arguments: list[str], other: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    model, *options = arguments
    proof = str(tmp_path / "proof.json")
    assert run(capsys, model, str(street), *options, "--certificate", proof)[0] == 0
    assert run(capsys, model, str(street), *options, *other, "--check", proof)[0] == 1  # of one option the last counts


def test_candidates_by_row_keep_what_is_said_of_them(
    street: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = tmp_path / "rows.txt"
    rows.write_text("5\n1\n")  # room for six at the end, for four at house 1
    answer = run(capsys, "capacitated_covering", str(street), "-p", "2", "--radius", "1", "--candidates", str(rows),
                 "--json")  # fmt: skip
    assert json.loads(answer[1])["objective"] == 10


def test_tables_carry_them_too(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Three cells and three candidates; by hand in the page of the model: A and B reach everybody, B and C do not."""
    cover = np.array([[1, 0, 1], [1, 0, 0], [0, 1, 0]], bool)
    path = tmp_path / "table.npz"
    np.savez(path, cover=cover, demand=[6, 4, 5], district=[0, 0, 1], scenarios=[[6, 0, 5], [0, 4, 5]])
    assert json.loads(run(capsys, "fair_covering", str(path), "-p", "2", "--json")[1])["objective"] == 1.0
    assert json.loads(run(capsys, "scenario_covering", str(path), "-p", "2", "--json")[1])["objective"] == 10


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["covering_with_floors", "-p", "2", "--radius", "1"], "--least: this model needs it"),
        (["covering_with_floors", "-p", "2", "--radius", "1", "--least", "1.2"], "--least"),
        (["fair_covering", "-p", "2", "--radius", "1", "--least", "0.1"], "fair_covering knows no --least"),
        (["scenario_covering", "-p", "2", "--radius", "1", "--aim", "best"], "'best' is no aim"),
        (["scenario_covering", "-p", "2", "--radius", "1", "--aim", "likely"], "--share"),
        (["moved_covering", "--radius", "1"], "--moves: this model needs it"),
        (["moved_covering", "-p", "1", "--radius", "1", "--moves", "1"], "2 points stand now"),
        (["backup_covering", "-p", "1", "--radius", "1", "--unsplit"], "backup_covering knows no --unsplit"),
    ],
)
def test_slips_are_answered_with_one_line(
    street: Path, arguments: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    code, out, err = run(capsys, arguments[0], str(street), *arguments[1:])
    assert (code, out, err.count("\n")) == (2, "", 1)
    assert said in err


@pytest.mark.parametrize(
    ("arguments", "column", "said"),
    [
        (["fair_covering", "-p", "2", "--radius", "1"], "district", "column `district`"),
        (["scenario_covering", "-p", "2", "--radius", "1"], "demand_", "columns `demand_...`"),
        (["moved_covering", "--radius", "1", "--moves", "1"], "existing", "column `existing`"),
        (["capacitated_covering", "-p", "2", "--radius", "1"], "capacity", "column `capacity`"),
    ],
)
def test_a_column_that_is_missing_is_named(
    street: Path, arguments: list[str], column: str, said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    street.write_text(STREET.replace(column, "other_"))
    code, _, err = run(capsys, arguments[0], str(street), *arguments[1:])
    assert (code, err.count("\n")) == (2, 1)
    assert said in err


def test_a_value_that_is_no_number_is_named_with_its_row(street: Path, capsys: pytest.CaptureFixture[str]) -> None:
    street.write_text(STREET.replace("2,0,1,1,west,4,0.1", "2,0,1,1,west,4,often"))
    code, _, err = run(capsys, "expected_covering", str(street), "-p", "2", "--radius", "1")
    assert code == 2
    assert "'often'" in err and "row 2" in err and "'failure'" in err
    # whoever does not ask for it is not kept from his answer
    assert run(capsys, "maximal_covering", str(street), "-p", "2", "--radius", "1")[0] == 0
