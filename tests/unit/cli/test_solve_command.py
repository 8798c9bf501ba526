"""``shanyrak solve``: what it prints, what it refuses, and that its certificates are checked against the instance."""

from __future__ import annotations

import csv
import json
import re
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from shanyrak.core.units import distance_m

main = import_module("shanyrak.cli.main")

# a village of five houses:   0-1-2 . . . . . . . 3-4     (5 people at 3, 2 at 1, 1 elsewhere)
VILLAGE = "x,y,demand\n0,0,1\n1,0,2\n2,0,1\n10,0,5\n11,0,1\n"


@pytest.fixture
def village(tmp_path: Path) -> str:
    path = tmp_path / "village.csv"
    path.write_text(VILLAGE)
    return str(path)


def answered(capsys: pytest.CaptureFixture[str], *arguments: str) -> dict[str, Any]:
    """The JSON of an answer."""
    code = main._run(["solve", *arguments, "--json"])
    said = capsys.readouterr()
    assert code == 0, said.err
    answer: dict[str, Any] = json.loads(said.out)
    return answer


def refused(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    """The one line of a refusal."""
    code = main._run(["solve", *arguments])
    said = capsys.readouterr()
    assert (code, said.out) == (2, "")
    assert said.err.count("\n") == 1
    return said.err


def test_the_keys_are_these_and_no_others(village: str, capsys: pytest.CaptureFixture[str]) -> None:
    answer = answered(capsys, "p_median", village, "-p", "2")
    assert list(answer) == ["sites", "objective", "bound", "gap", "proven", "stopped_by", "seconds"]
    # sites 1 and 3: 1 + 1 walk to house 1, 1 to house 3
    assert answer["sites"] == [1, 3]
    assert answer["objective"] == answer["bound"] == 3
    assert (answer["gap"], answer["proven"], answer["stopped_by"]) == (0, True, "proven")


@pytest.mark.parametrize(
    ("arguments", "sites", "objective"),
    [
        (["maximal_covering", "-p", "1", "--radius", "1"], [3], 6),
        (["maximal_covering", "-p", "1", "--radius", "1", "--strict"], [3], 5),
        (["maximal_covering", "-p", "2", "--radius", "1"], [1, 3], 10),
        (["p_center", "-p", "2"], [1, 3], 1),
        (["p_center", "-p", "1"], [2], 9),
        (["p_median", "-p", "1", "--floor"], [3], 37),  # 10 + 2 x 9 + 8 + 0 + 1 from 3; from 2 it is 53
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) and value and isinstance(value[0], str) else "",
)
def test_answers(
    village: str, arguments: list[str], sites: list[int], objective: int, capsys: pytest.CaptureFixture[str]
) -> None:
    answer = answered(capsys, arguments[0], village, *arguments[1:])
    assert answer["objective"] == answer["bound"] == objective
    if arguments[0] != "p_center":
        assert answer["sites"] == sites


def test_floor_rounds_distances_down(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    diagonal = tmp_path / "diagonal.csv"
    diagonal.write_text("x,y\n0,0\n1,1\n")  # 1.414...
    assert answered(capsys, "p_median", str(diagonal), "-p", "1")["objective"] == pytest.approx(2**0.5, rel=1e-8)
    assert answered(capsys, "p_median", str(diagonal), "-p", "1", "--floor")["objective"] == 1
    cover = ["maximal_covering", str(diagonal), "-p", "1", "--radius", "1"]
    assert answered(capsys, *cover)["objective"] == 1
    assert answered(capsys, *cover, "--floor")["objective"] == 2
    assert answered(capsys, *cover, "--floor", "--strict")["objective"] == 1


def test_lon_lat_are_metres_on_an_earth(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    towns = tmp_path / "towns.csv"
    towns.write_text("lon,lat\n30,50\n30.1,50\n")
    far = float(distance_m(30, 50, 30.1, 50))
    assert answered(capsys, "p_center", str(towns), "-p", "1")["objective"] == pytest.approx(far, rel=1e-8)
    other = answered(capsys, "p_center", str(towns), "-p", "1", "--earth-radius", "6378137")["objective"]
    assert other == pytest.approx(far * 6378137 / 6371008.8, rel=1e-8)
    for radius, covered in ((far + 0.001, 2), (far - 0.001, 1)):
        assert (
            answered(capsys, "maximal_covering", str(towns), "-p", "1", "--radius", str(radius))["objective"] == covered
        )


def test_candidates_may_be_other_places_or_some_rows(
    village: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    other = tmp_path / "sites.csv"
    other.write_text("x,y\n5,0\n100,0\n")
    assert answered(capsys, "p_center", village, "-p", "1", "--candidates", str(other))["sites"] == [0]
    rows = tmp_path / "rows.txt"
    rows.write_text("4\n0\n")
    answer = answered(capsys, "p_center", village, "-p", "1", "--candidates", str(rows))
    assert (answer["sites"], answer["objective"]) in (([0], 11), ([4], 11))


def test_a_share_by_the_fewest_sites(village: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert answered(capsys, "partial_covering", village, "--radius", "1", "--share", "0.6")["sites"] == [3]
    assert len(answered(capsys, "partial_covering", village, "--radius", "1", "--share", "1")["sites"]) == 2


def test_an_answer_for_people(village: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main._run(["solve", "p_median", village, "-p", "2"]) == 0
    out = capsys.readouterr().out
    assert re.search(r"^sites +1 3$", out, re.M) and re.search(r"^proven +yes$", out, re.M)


@pytest.mark.parametrize(
    "arguments",
    [["p_median", "-p", "2"], ["p_center", "-p", "2"], ["maximal_covering", "-p", "1", "--radius", "1"]],
    ids=lambda arguments: arguments[0],
)
def test_certificates_are_written_and_checked(
    village: str, tmp_path: Path, arguments: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    proof = tmp_path / "proof.json"
    model, *options = arguments
    answered(capsys, model, village, *options, "--certificate", str(proof))
    assert main._run(["solve", model, village, *options, "--check", str(proof)]) == 0
    assert "holds" in capsys.readouterr().out
    told = json.loads(proof.read_text())
    worse = -1 if model == "maximal_covering" else 1
    proof.write_text(json.dumps({**told, "objective": told["objective"] - worse, "bound": told["bound"] + worse}))
    assert main._run(["solve", model, village, *options, "--check", str(proof)]) == 1
    assert "is right" in capsys.readouterr().out
    Path(village).write_text(VILLAGE.replace("10,0,5", "10,0,6"))
    proof.write_text(json.dumps(told))
    assert main._run(["solve", model, village, *options, "--check", str(proof), "--json"]) == 1
    assert json.loads(capsys.readouterr().out)["holds"] is False


def test_the_same_work_gives_the_same_answer(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    many = tmp_path / "many.csv"
    points = np.random.default_rng(1).integers(0, 1000, (300, 2))
    many.write_text("x,y\n" + "\n".join(f"{x},{y}" for x, y in points))
    limits = ["-p", "20", "--work-limit", "400000", "--seed", "3"]
    first, second = (answered(capsys, "p_median", str(many), *limits) for _ in range(2))
    assert first["stopped_by"] in ("work", "proven")
    assert {**first, "seconds": 0} == {**second, "seconds": 0}


def test_no_time_at_all_still_gives_an_answer(village: str, capsys: pytest.CaptureFixture[str]) -> None:
    answer = answered(capsys, "p_median", village, "-p", "2", "--time-limit", "0")
    assert len(answer["sites"]) == 2 and answer["bound"] <= answer["objective"]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["p_mean", "FILE", "-p", "2"], "no model is called 'p_mean'. There are maximal_covering"),
        (["p_median", "nowhere.csv", "-p", "2"], "nowhere.csv: there is no such file"),
        (["p_median", "FILE"], "Give -p N"),
        (["p_median", "FILE", "-p", "6"], "6 sites are to be opened, and there are 5 candidates"),
        (["p_median", "FILE", "-p", "-1"], "-1 sites cannot be opened"),
        (["p_median", "FILE", "-p", "0"], "nobody has a distance"),
        (["p_median", "FILE", "-p", "two"], "-p"),
        (["p_median", "FILE", "-p", "2", "--radius", "3"], "p_median knows no --radius"),
        (["maximal_covering", "FILE", "-p", "2"], "Give --radius R"),
        (["maximal_covering", "FILE", "-p", "2", "--radius", "-1"], "radius of -1"),
        (["maximal_covering", "FILE", "-p", "2", "--radius", "nan"], "radius of nan"),
        (["partial_covering", "FILE", "--radius", "1"], "Give --share X"),
        (["partial_covering", "FILE", "--radius", "1", "--share", "70"], "share of 70"),
        (["p_median", "FILE", "-p", "2", "--gap", "-1"], "gap of -1"),
        (["p_median", "FILE", "-p", "2", "--time-limit", "-1"], "-1.0 s is no time"),
        (["p_median", "FILE", "-p", "2", "--earth-radius", "0"], "--earth-radius"),
        (["p_median", "FILE", "-p", "2", "--seed", "-1"], "--seed"),
        (["p_median", "FILE", "-p", "2", "--work-limit", "-1"], "--work-limit"),
        (["p_median", "FILE", "-p", "2", "--candidates", "nowhere"], "nowhere: there is no such file"),
        (["p_median", "FILE", "-p", "2", "--check", "nowhere"], "nowhere: there is no such file"),
        (["p_median", "FILE", "-p", "2", "--certificate", "/"], "this is a folder"),
        (["p_median"], "FILE"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_a_slip_is_answered_with_one_line(
    village: str, arguments: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert said in refused(capsys, *(village if a == "FILE" else a for a in arguments))


def test_a_graph_in_parts_needs_a_site_in_each(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    parts = tmp_path / "parts.txt"
    parts.write_text("4 2 1\n1 2 7\n3 4 5\n")
    for model in ("p_median", "p_center"):
        assert "Open more sites" in refused(capsys, model, str(parts), "-p", "1")
        answer = answered(capsys, model, str(parts), "-p", "2")
        assert answer["objective"] == (12 if model == "p_median" else 7)
    # the file itself asks for one site
    assert answered(capsys, "maximal_covering", str(parts), "--radius", "6")["objective"] == 2


@pytest.mark.data
@pytest.mark.parametrize("number", range(1, 11))
def test_orlib_optima_are_found_and_proven(number: int, data_dir: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with (data_dir / "location" / "orlib_optima.csv").open() as file:
        row = next(row for row in csv.DictReader(file) if row["instance"] == f"pmed{number}")
    file_name = str(data_dir / "location" / f"pmed{number}.txt")
    for model in ("p_median", "p_center"):
        answer = answered(capsys, model, file_name, "-p", row["p"])
        expected = int(row[f"{model.replace('_', '')}_opt"])
        assert (answer["objective"], answer["bound"], answer["proven"]) == (expected, expected, True)


COSTLY = "x,y,demand,cost\n0,0,5,3\n1,0,1,1\n2,0,1,1\n3,0,1,1\n4,0,1,1\n5,0,5,3\n"
# a street of six houses; five people and a dear site at each end


@pytest.fixture
def street(tmp_path: Path) -> str:
    path = tmp_path / "street.csv"
    path.write_text(COSTLY)
    return str(path)


LIMITED = [
    # a dear end and its cheap opposite: 1 x 5 + 1 + 2 + 1 from house 1; house 5 walks nowhere
    (["p_median", "--budget", "4"], [1, 5], 9),
    # the ends are five apart, and any other pair of ends and middles is dearer: 1 + 2 + 2 + 1
    (["p_median", "-p", "2", "--spacing", "4"], [0, 5], 6),
    (["p_center", "-p", "2", "--spacing", "3"], [1, 4], 1),
    (["maximal_covering", "--radius", "1", "--budget", "2"], [1, 4], 14),
    # seven at each: 14 x 0.9, nobody by two
    (["expected_covering", "-p", "2", "--radius", "1", "--failure", "0.1"], [1, 4], 12.6),
    # both nearest walks: 6 x 0.9, and 0.1 x (5 x 5 + 4 + 3 + 3 + 4 + 5 x 5) to the other end
    (["reliable_p_median", "-p", "2", "--failure", "0.1", "--floor"], [0, 5], 11.8),
]


@pytest.mark.parametrize(("arguments", "sites", "objective"), LIMITED)
def test_limits_and_models_beside(
    street: str, tmp_path: Path, arguments: list[str], sites: list[int], objective: float,
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    proof = str(tmp_path / "proof.json")
    answer = answered(capsys, arguments[0], street, *arguments[1:], "--certificate", proof)
    assert answer["sites"] == sites
    assert answer["objective"] == answer["bound"] == pytest.approx(objective)
    assert main._run(["solve", arguments[0], street, *arguments[1:], "--check", proof]) == 0
    Path(street).write_text(COSTLY.replace("0,0,5", "0,0,6"))
    assert main._run(["solve", arguments[0], street, *arguments[1:], "--check", proof]) == 1  # one more lives there


def test_room_for_six_at_each_site(street: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Seven live around houses 1 and 4, six around the ends: twelve find room whatever opens there."""
    answer = answered(capsys, "capacitated_covering", street, "-p", "2", "--radius", "1", "--capacity", "6")
    assert (answer["objective"], answer["bound"]) == (12, 12)


def test_cover_by_degrees(street: str, capsys: pytest.CaptureFixture[str]) -> None:
    """House 1 has five, one and one wholly, house 3 by half."""
    answer = answered(capsys, "gradual_covering", street, "-p", "1", "--radius", "1", "--none", "3")
    assert (answer["objective"], answer["bound"]) == (7.5, 7.5)


def test_the_cheapest_sites_for_everybody(street: str, capsys: pytest.CaptureFixture[str]) -> None:
    answer = answered(capsys, "partial_covering", street, "--share", "1", "--radius", "1", "--cheapest")
    assert (answer["sites"], answer["objective"]) == ([1, 4], 2)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["p_median", "--budget", "-1"], "--budget"),
        (["p_median", "-p", "1", "--spacing", "nan"], "--spacing"),
        (["p_median", "-p", "1", "--failure", "0.1"], "--failure: p_median knows no --failure"),
        (["expected_covering", "-p", "1", "--radius", "1"], "--failure: this model needs it"),
        (["expected_covering", "-p", "1", "--radius", "1", "--failure", "2"], "failure"),
        (["capacitated_covering", "-p", "1", "--radius", "1"], "--capacity: this model needs it"),
        (["capacitated_covering", "-p", "1", "--radius", "1", "--capacity", "inf"], "--capacity"),
        (["gradual_covering", "-p", "1", "--radius", "3", "--none", "1"], "none"),
        (["reliable_p_median", "-p", "1", "--failure", "nan", "--floor"], "failure"),
    ],
)
def test_slips_with_limits_are_answered_with_one_line(
    street: str, arguments: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert said in refused(capsys, arguments[0], street, *arguments[1:])


def test_a_budget_needs_costs(village: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert "column `cost`" in refused(capsys, "p_median", village, "--budget", "4")
