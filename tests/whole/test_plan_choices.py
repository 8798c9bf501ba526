"""Every choice of ``shanyrak plan`` on the demo's town: its promise, what it gave up, and that all of it is checked."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from shanyrak import wiring
from shanyrak.app.planning import PlanRequest
from shanyrak.app.plans import KeptPlan
from shanyrak.core.errors import InvalidInput
from tests.conftest import Demo

pytestmark = pytest.mark.slow

Make = Callable[..., KeptPlan]
COSTS = "rooms=2,ground=5,junctions=9"


@pytest.fixture
def make(demo: Demo, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Make:
    monkeypatch.setenv("SHANYRAK_HOME", str(demo.home))

    def run(name: str = "plan", k: int | None = 3, **options: Any) -> KeptPlan:
        request = PlanRequest(area="made-up-town", k=k, **{"gap": 0.05, "time_limit_s": 6, **options})
        return wiring.make_plan(request, out=tmp_path / name)

    return run


@pytest.fixture(scope="module")
def backup(demo: Demo, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A plan for "still covered if one is shut" that holds, and is not proved to the end."""
    folder = tmp_path_factory.mktemp("backup") / "plan"
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SHANYRAK_HOME", str(demo.home))
        wiring.make_plan(PlanRequest(area="made-up-town", k=3, aim="backup", gap=0.05, time_limit_s=6), out=folder)
        assert wiring.check_plan(folder) == []
    return folder


def data_of(plan: KeptPlan) -> dict[str, Any]:
    content: dict[str, Any] = json.loads((plan.folder / "plan.json").read_text(encoding="utf-8"))
    return content


@pytest.mark.parametrize(
    ("aim", "options", "better"),
    [
        ("near", {}, lambda mine, first: mine["farthest_min"] <= first["farthest_min"]),
        ("backup", {}, lambda mine, first: mine["twice_persons"] >= first["twice_persons"]),
        ("mean", {}, lambda mine, first: mine["mean_min"] <= first["mean_min"] + 0.5),
        ("gradual", {"none_minutes": 25}, lambda mine, first: mine["covered_persons"] > 0),
        ("order", {}, lambda mine, first: mine["covered_persons"] > 0),
        ("fair", {}, lambda mine, first: mine["worst_district"]["share"] >= first["worst_district"]["share"]),
        ("floor", {"k": 8, "floor": 0.1, "time_limit_s": 90}, lambda mine, _: mine["worst_district"]["share"] >= 0.1),
        ("chance", {"shut_chance": 0.2}, lambda mine, first: mine["covered_persons"] > 0),
        ("fewest", {"k": None, "share": 0.6}, lambda mine, first: mine["covered_persons"] >= 0.6 * 30_000),
        ("most", {"spacing_m": 900}, lambda mine, first: mine["covered_persons"] > 0),
        ("most", {"k": None, "budget": 9, "costs": COSTS}, lambda mine, first: mine["covered_persons"] > 0),
    ],
)
def test_a_choice_keeps_its_promise_and_all_of_it_is_checked(
    make: Make, aim: str, options: dict[str, Any], better: Callable[[Any, Any], bool]
) -> None:
    plan = make(aim=aim, **options)
    data = data_of(plan)
    assert wiring.check_plan(plan.folder) == []
    assert better(data["figures"], data["first"]["figures"])
    assert data["summary"]["covered_persons"] <= data["summary"]["bound_persons"]
    # What would bring more people is no "next best" where people within the walk are not all that was asked for.
    assert not any(why["code"].startswith("next_best") for site in data["summary"]["sites"] for why in site["why"])
    assert plan.traded
    report = (plan.folder / "report.html").read_text(encoding="utf-8")
    assert all(line in report for line in plan.traded)


def test_the_first_choice_says_and_carries_nothing_else(make: Make) -> None:
    plan = make()
    assert "first" not in data_of(plan) and plan.traded == []
    assert not (plan.folder / "certificate-first.json").exists()


@pytest.mark.parametrize(
    "fault",
    [
        lambda d: d["summary"]["objective"].update(bound=d["summary"]["objective"]["value"]),
        lambda d: d["summary"]["objective"].update(value=d["summary"]["objective"]["value"] + 5),
        lambda d: d["figures"].update(twice_persons=d["figures"]["twice_persons"] + 1),
        lambda d: d["figures"].update(farthest_min=d["figures"]["farthest_min"] - 1),
        lambda d: d["first"]["figures"].update(covered_persons=d["first"]["figures"]["covered_persons"] + 1),
        lambda d: d["first"].update(bound_persons=d["first"]["bound_persons"] - 1),
        lambda d: d["districts"]["rows"][0].update(covered_persons=d["districts"]["rows"][0]["covered_persons"] + 1),
        lambda d: d["asked"].update(open=4),
    ],
    ids=["bound", "value", "twice", "walk", "first", "first bound", "district", "number"],
)
def test_a_plan_that_says_more_than_is_so_does_not_hold(
    backup: Path, demo: Demo, monkeypatch: pytest.MonkeyPatch, fault: Callable[[Any], Any]
) -> None:
    monkeypatch.setenv("SHANYRAK_HOME", str(demo.home))
    file = backup / "plan.json"
    whole = file.read_text(encoding="utf-8")
    data = json.loads(whole)
    fault(data)
    file.write_text(json.dumps(data), encoding="utf-8")
    try:
        assert wiring.check_plan(backup) != []
    finally:
        file.write_text(whole, encoding="utf-8")


def test_two_plans_are_compared_by_the_same_figures(make: Make) -> None:
    one, other = make("one"), make("other", aim="backup")
    told = wiring.compare_plans(str(one.folder), str(other.folder))
    assert [plan["figures"] for plan in told["plans"]] == [data_of(one)["figures"], data_of(other)["figures"]]
    assert len(told["both"]) + len(told["only"][0]) == 3
    people = told["persons"]
    assert people["both"] + people["only"][0] == pytest.approx(told["plans"][0]["covered_persons"])
    assert people["both"] + sum(people["only"]) + people["neither"] == pytest.approx(told["plans"][0]["persons"])


@pytest.mark.parametrize(
    ("options", "where"),
    [
        ({"k": None}, "--open"),
        ({"aim": "floor"}, "--floor"),
        ({"floor": 0.5}, "--floor"),
        ({"budget": 5}, "--budget"),
        ({"budget": 5, "costs": "rooms=two"}, "--costs"),
        ({"budget": 5, "costs": "rooms=2"}, "--costs"),
        ({"spacing_m": -1}, "--spacing"),
        ({"aim": "fewest", "k": None, "share": 1.5}, "--share"),
        ({"aim": "gradual", "none_minutes": 15}, "--none-from"),
    ],
)
def test_what_makes_no_sense_is_refused_and_named(make: Make, options: dict[str, Any], where: str) -> None:
    with pytest.raises(InvalidInput) as fault:
        make(**options)
    assert where in fault.value.where
