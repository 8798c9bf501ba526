"""The demo as its user gets it: one command, a town, a plan, files that say what they are."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import geopandas
import pyarrow.parquet as pq
import pytest
from pmtiles.reader import MmapSource, Reader

from tests.conftest import Demo, run_program

pytestmark = pytest.mark.slow

SUMMARY_KEYS = {
    "area", "model", "k", "minutes", "profile", "candidates", "demand_cells", "demand_persons", "existing_persons",
    "covered_persons", "bound_persons", "gap", "proven", "within_gap", "stopped_by", "seconds", "sites",
}  # fmt: skip
SITE_KEYS = {"rank", "id", "lon", "lat", "name", "kind", "adds_persons", "backup_persons"}


@pytest.fixture(scope="module")
def plan(demo: Demo) -> dict[str, Any]:
    content: dict[str, Any] = json.loads((demo.plan / "plan.json").read_text(encoding="utf-8"))
    return content


def test_it_says_the_sentence_and_where_the_report_is(demo: Demo) -> None:
    first, *rest = demo.said.splitlines()
    assert "8 places" in first and "within 15 minutes" in first
    assert any(line.endswith("report.html") for line in rest)
    assert any("http://127.0.0.1:" in line for line in rest)


def test_eight_new_points_beside_two(plan: dict[str, Any]) -> None:
    summary = plan["summary"]
    assert summary.keys() >= SUMMARY_KEYS
    assert [s["rank"] for s in summary["sites"]] == list(range(1, 9))
    assert all(site.keys() >= SITE_KEYS for site in summary["sites"])
    assert len(plan["existing"]) == 2
    assert summary["demand_persons"] == 30_000


def test_people_add_up(plan: dict[str, Any]) -> None:
    summary = plan["summary"]
    added = sum(site["adds_persons"] for site in summary["sites"])
    assert summary["existing_persons"] + added == pytest.approx(summary["covered_persons"], abs=1e-6)
    served_and_not = summary["covered_persons"] + plan["unserved_persons"] + plan["unreachable_persons"]
    assert served_and_not == pytest.approx(summary["demand_persons"], abs=1e-6)


def test_the_bound_is_a_bound_and_the_gap_is_its_distance(plan: dict[str, Any]) -> None:
    summary = plan["summary"]
    assert summary["covered_persons"] <= summary["bound_persons"] <= summary["demand_persons"]
    assert summary["gap"] == pytest.approx(1 - summary["covered_persons"] / summary["bound_persons"], abs=1e-9)
    assert summary["within_gap"] and summary["gap"] <= 1e-3


def test_the_curve_goes_to_three_times_k_and_never_falls(plan: dict[str, Any]) -> None:
    curve = plan["curve"]
    assert curve[-1]["k"] == 24
    reached = [row["covered_persons"] for row in curve]
    assert reached == sorted(reached)
    assert all(row["covered_persons"] <= row["bound_persons"] + 1e-9 for row in curve)
    (here,) = (row for row in curve if row["k"] == 8)
    assert here["covered_persons"] == plan["summary"]["covered_persons"]


def test_the_plain_checker_agrees(demo: Demo) -> None:
    done = demo.run("plan", "check", str(demo.plan))
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize(
    "change",
    [
        lambda plan: plan["summary"].update(covered_persons=plan["summary"]["covered_persons"] + 1),
        lambda plan: plan["summary"].update(bound_persons=plan["summary"]["covered_persons"], gap=0, proven=True),
        lambda plan: plan["summary"]["sites"][0].update(adds_persons=1.0),
        lambda plan: plan["summary"]["sites"].pop(),
        lambda plan: plan.update(limit_dm=plan["limit_dm"] + 1),
        lambda plan: plan["area"].update(content_hash="0" * 64),
    ],
    ids=[
        "one person more",
        "a bound that is the incumbent",
        "another gain",
        "a site less",
        "a longer limit",
        "another area",
    ],
)
def test_the_plain_checker_finds_what_was_changed(demo: Demo, tmp_path: Path, change: Any) -> None:
    changed = shutil.copytree(demo.plan, tmp_path / "plan")
    content = json.loads((changed / "plan.json").read_text(encoding="utf-8"))
    change(content)
    (changed / "plan.json").write_text(json.dumps(content), encoding="utf-8")
    done = demo.run("plan", "check", str(changed), "--json")
    assert done.returncode == 1, done.stdout + done.stderr
    assert json.loads(done.stdout)["differences"]


def test_every_file_of_the_plan_opens_and_says_made_up(demo: Demo) -> None:
    for name in ("sites", "catchments"):
        content = json.loads((demo.plan / f"{name}.geojson").read_text(encoding="utf-8"))
        assert content["made_up"] is True and "ade-up" in content["attribution"]
        assert len(geopandas.read_file(demo.plan / f"{name}.geojson")) == 10
    for name in ("cells", "candidates"):
        metadata = pq.read_schema(demo.plan / f"{name}.parquet").metadata
        assert b"ade-up" in metadata[b"attribution"]
        assert geopandas.read_parquet(demo.plan / f"{name}.parquet").crs.to_epsg() in (4326, None)
    assert "Made-up town" in (demo.plan / "report.html").read_text(encoding="utf-8")


def test_every_file_of_the_area_says_made_up(demo: Demo) -> None:
    folder = demo.home / "areas" / "made-up-town"
    version = folder / "versions" / (folder / "current").read_text().strip()
    for path in version.glob("*.parquet"):
        assert b"ade-up" in pq.read_schema(path).metadata[b"attribution"], path.name
    with (version / "basemap.pmtiles").open("rb") as file:
        assert "ade-up" in json.dumps(Reader(MmapSource(file)).metadata())


def test_the_report_needs_nothing_from_outside(demo: Demo) -> None:
    page = (demo.plan / "report.html").read_text(encoding="utf-8")
    assert "<script" not in page
    for address in ("http://", "https://"):
        outside = [
            part[:60]
            for part in page.split(address)[1:]
            if not part.startswith(("www.w3.org/2000/svg", "www.openstreetmap.org/"))
        ]
        assert outside == []


def test_a_second_time_gives_the_same_plan(demo: Demo) -> None:
    before = (demo.plan / "sites.geojson").read_bytes()
    assert demo.run("demo", "--once").returncode == 0
    assert (demo.plan / "sites.geojson").read_bytes() == before


def test_the_report_speaks_ukrainian(tmp_path: Path) -> None:
    done = run_program("demo", "--once", "--language", "uk", home=tmp_path)
    assert done.returncode == 0, done.stderr
    (folder,) = (tmp_path / "plans").iterdir()
    page = (folder / "report.html").read_text(encoding="utf-8")
    assert '<html lang="uk">' in page and "Вигадане місто" in page
    assert "не далі ніж за 15 хвилин" in done.stdout
