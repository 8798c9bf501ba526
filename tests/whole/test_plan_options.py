"""What a planner can ask of ``shanyrak plan``, on the demo's town: options, files, what is refused."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from shanyrak import wiring
from shanyrak.app.planning import PlanRequest
from shanyrak.app.plans import KeptPlan
from shanyrak.core.errors import InvalidInput
from shanyrak.core.units import distance_m
from tests.conftest import Demo

pytestmark = pytest.mark.slow

Make = Callable[..., KeptPlan]


@pytest.fixture
def make(demo: Demo, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Make:
    """Plan the demo's town in this process."""
    monkeypatch.setenv("SHANYRAK_HOME", str(demo.home))

    def run(k: int = 3, **options: Any) -> KeptPlan:
        return wiring.make_plan(PlanRequest(area="made-up-town", k=k, **options), out=tmp_path / "plan")

    return run


def data_of(plan: KeptPlan) -> dict[str, Any]:
    content: dict[str, Any] = json.loads((plan.folder / "plan.json").read_text(encoding="utf-8"))
    return content


def write_points(path: Path, points: list[tuple[float, float, str]]) -> Path:
    rows = [f"{lon},{lat},{name}" for lon, lat, name in points]
    path.write_text("\n".join(["lon,lat,name", *rows]), encoding="utf-8")
    return path


def offered(n: int) -> list[tuple[float, float, str]]:
    """The first n candidates of the town, as somebody's own list."""
    table = wiring.open_area("made-up-town").candidate_table
    return [(table.lon[i], table.lat[i], f"Room {i}") for i in range(n)]


def test_longer_walks_reach_more(make: Make) -> None:
    reached = [make(minutes=m).summary["covered_persons"] for m in (5, 10, 15)]
    assert reached == sorted(reached) and reached[0] < reached[-1]


def test_who_walks_slower_reaches_less(make: Make) -> None:
    adult, slow, frost = (make(minutes=8, profile=p).summary["covered_persons"] for p in ("adult", "slow", "frost"))
    assert slow < adult and frost < adult


def test_nothing_opened_counts_what_stands(make: Make, tmp_path: Path) -> None:
    plan = make(k=0, existing=write_points(tmp_path / "existing.csv", offered(2)))
    assert plan.summary["sites"] == []
    assert plan.summary["covered_persons"] == plan.summary["existing_persons"] == plan.summary["bound_persons"]
    assert plan.summary["proven"] and plan.summary["gap"] == 0
    assert plan.sentence.startswith("Without a new place")


def test_existing_points_outside_are_named_and_left_out(make: Make, tmp_path: Path) -> None:
    points = [*offered(1), (10.0, 50.0, "Far away school")]
    plan = make(existing=write_points(tmp_path / "existing.csv", points))
    assert any("Far away school" in note for note in plan.notes)
    assert [p["name"] for p in data_of(plan)["existing"]] == ["Room 0"]


def test_a_list_of_permitted_rooms_replaces_what_the_map_offers(make: Make, tmp_path: Path) -> None:
    plan = make(candidates=write_points(tmp_path / "rooms.csv", offered(6)))
    assert plan.summary["candidates"] == 6
    assert {(s["kind"], s["asked"]) for s in plan.summary["sites"]} == {("list", "permitted")}


def test_a_candidate_and_an_existing_point_never_share_an_id(make: Make, tmp_path: Path) -> None:
    points = write_points(tmp_path / "points.csv", offered(4))
    data = data_of(make(k=2, candidates=points, existing=points))
    ids = [s["id"] for s in data["summary"]["sites"]] + [p["id"] for p in data["existing"]]
    assert len(set(ids)) == len(ids)


@pytest.mark.parametrize(
    ("kinds", "allowed"), [("rooms", {"room"}), ("ground", {"ground"}), ("rooms,ground", {"room", "ground"})]
)
def test_kinds_choose_from_what_the_map_offers(make: Make, kinds: str, allowed: set[str]) -> None:
    assert {s["kind"] for s in make(kinds=kinds).summary["sites"]} <= allowed


def test_near_and_away_are_straight_metres(make: Make, tmp_path: Path) -> None:
    lon, lat, _ = offered(1)[0]
    centre = write_points(tmp_path / "centre.csv", [(lon, lat, "centre")])
    for options, holds in (
        ({"near": centre, "within_m": 900.0}, lambda d: d <= 900.5),
        ({"away": centre, "at_least_m": 900.0}, lambda d: d >= 899.5),
    ):
        sites = make(**options).summary["sites"]
        assert all(holds(float(distance_m(lon, lat, s["lon"], s["lat"]))) for s in sites)


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"k": 10_000}, "candidates"),
        ({"k": -1}, "--open"),
        ({"minutes": 0}, "--minutes"),
        ({"minutes": float("nan")}, "--minutes"),
        ({"minutes": 100_000}, "--minutes"),
        ({"gap": -0.1}, "--gap"),
        ({"gap": float("nan")}, "--gap"),
        ({"time_limit_s": 0}, "--time-limit"),
        ({"profile": "bird"}, "--profile"),
        ({"kinds": "rooms,yurts"}, "yurts"),
        ({"existing": Path("nowhere.csv")}, "nowhere.csv"),
        ({"near": Path("nowhere.csv")}, "--within"),
        ({"within_m": 10.0}, "--near"),
        ({"at_least_m": 10.0}, "--away"),
    ],
    ids=str,
)
def test_what_cannot_be_is_refused_and_nothing_is_written(
    make: Make, tmp_path: Path, options: dict[str, Any], said: str
) -> None:
    with pytest.raises(InvalidInput, match=said):
        make(**options)
    assert not (tmp_path / "plan").exists()


def test_a_folder_with_other_things_is_never_replaced(make: Make, tmp_path: Path) -> None:
    (tmp_path / "plan").mkdir()
    (tmp_path / "plan" / "thesis.odt").write_text("years of work")
    with pytest.raises(InvalidInput, match="something other than a plan"):
        make()
    assert (tmp_path / "plan" / "thesis.odt").read_text() == "years of work"


def test_an_interrupted_plan_leaves_the_old_one(make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    first = make()
    before = (first.folder / "plan.json").read_bytes()

    def interrupted(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("shanyrak.app.plan_files._report", interrupted)
    with pytest.raises(KeyboardInterrupt):
        make(k=4)
    assert (first.folder / "plan.json").read_bytes() == before
    assert [p.name for p in first.folder.parent.iterdir()] == ["plan"]


def test_the_area_opens_as_geodataframes(demo: Demo, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SHANYRAK_HOME", str(demo.home))
    import shanyrak

    area = shanyrak.open_area("made-up-town")
    assert area.cells.crs is not None
    assert int(area.cells["persons_milli"].sum()) == 30_000_000
    assert len(area.edges) == area.graph.edges
    assert np.isfinite(area.junctions.geometry.x).all()
