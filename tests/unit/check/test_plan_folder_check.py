"""The checker recomputes a hand-written plan (see ``tests/tiny_plan.py``) and says where folders are no plans."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from shanyrak.check.plan_folder import check_plan
from shanyrak.core.errors import Damaged, NotFound, ShanyrakError
from tests.tiny_plan import write_area, write_plan


@pytest.fixture
def folders(tmp_path: Path) -> tuple[Path, Path]:
    write_plan(tmp_path / "plan", write_area(tmp_path / "area"))
    return tmp_path / "plan", tmp_path / "area"


def test_a_right_plan_holds(folders: tuple[Path, Path]) -> None:
    assert [str(d) for d in check_plan(*folders)] == []


def test_the_hand_written_numbers_are_those_at_the_top(folders: tuple[Path, Path]) -> None:
    summary = json.loads((folders[0] / "plan.json").read_text())["summary"]
    assert (summary["existing_persons"], summary["covered_persons"], summary["proven"]) == (4.0, 12.5, True)
    site = summary["sites"][0]
    assert (site["id"], site["adds_persons"], site["farthest_walk_min"]) == ("w1", 8.5, 2.0)


def test_progress_ends_with_all_candidates_walked(folders: tuple[Path, Path]) -> None:
    seen: list[tuple[str, int, int | None]] = []
    check_plan(*folders, progress=lambda label, done, total=None: seen.append((label, done, total)))
    assert seen[-1] == ("checking walks", 3, 3)


@pytest.mark.parametrize(
    "name", ["plan.json", "certificate.json", "sites.geojson", "cells.parquet", "candidates.parquet"]
)
@pytest.mark.parametrize("damage", ["missing", "empty", "cut", "noise"])
def test_a_folder_that_cannot_be_read_is_named(folders: tuple[Path, Path], name: str, damage: str) -> None:
    path = folders[0] / name
    whole = path.read_bytes()
    if damage == "missing":
        path.unlink()
    else:
        path.write_bytes({"empty": b"", "cut": whole[: len(whole) // 2], "noise": b"\x00\xff" * 50}[damage])
    with pytest.raises(NotFound if damage == "missing" else Damaged) as fault:
        check_plan(*folders)
    assert name in fault.value.where


@pytest.mark.parametrize("name", ["edges.parquet", "cells.parquet", "shapes.arrow", "area.json", "gazetteer.parquet"])
def test_an_area_with_a_missing_file_is_named(folders: tuple[Path, Path], name: str) -> None:
    (folders[1] / name).unlink()
    with pytest.raises(NotFound) as fault:
        check_plan(*folders)
    assert name in fault.value.where


@pytest.mark.parametrize("path", [("summary",), ("summary", "sites"), ("profile", "wheels"), ("area", "content_hash")])
@pytest.mark.parametrize("value", [None, 7, [], {}, "text"])
def test_a_plan_of_another_shape_is_never_a_crash(
    folders: tuple[Path, Path], path: tuple[str, ...], value: Any
) -> None:
    file = folders[0] / "plan.json"
    plan = json.loads(file.read_text())
    part = plan
    for key in path[:-1]:
        part = part[key]
    if part[path[-1]] == value or path == ("profile", "wheels"):
        del part[path[-1]]
    else:
        part[path[-1]] = value
    file.write_text(json.dumps(plan))
    try:
        found = check_plan(*folders)
    except ShanyrakError as fault:
        assert fault.where
    else:
        assert found
