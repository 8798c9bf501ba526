"""An area appears whole or not at all, and nobody is lost on the way."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from shanyrak.area import importing
from shanyrak.area.area import Area
from shanyrak.area.importing import import_area
from shanyrak.core.errors import InvalidInput, NotFound
from shanyrak.core.folders import Versions
from tests.drawn_area import extract_of, features_of, graph_of, grid_town, lon_lat, poi

TOWN = grid_town(5, 5)
FEATURES = features_of(pois=[poi("n1", 100, 100, amenity="school", name="School 12")])


def run(home: Path, **options: Any) -> Area:
    settings: dict[str, Any] = {
        "versions": Versions(home / "areas" / "drawn"),
        "persons": 1000,
        "read": lambda path, progress: extract_of(TOWN, FEATURES),
        **options,
    }
    return import_area("drawn", home / "drawn.osm.pbf", **settings)


def draw(osm_file: Path, target: Path, **_: Any) -> None:
    """Stands in for the tiler."""
    target.write_bytes(b"PMTiles")


def left(home: Path) -> list[str]:
    return sorted(p.relative_to(home).as_posix() for p in home.rglob("*") if p.is_file())


def people_file(home: Path, *rows: tuple[float, float, float]) -> Path:
    path = home / "people.csv"
    lines = [f"{lon_lat(x, y)[0]:.7f},{lon_lat(x, y)[1]:.7f},{p}" for x, y, p in rows]
    path.write_text("lon,lat,persons\n" + "\n".join(lines) + "\n")
    return path


def test_an_area_is_one_folder_with_everything_in_it(tmp_path: Path) -> None:
    area = run(tmp_path, basemap=draw)
    assert sorted(p.name for p in area.folder.iterdir()) == [
        "arc_ptr.arrow", "arcs.arrow", "area.json", "basemap.pmtiles", "candidates.parquet", "cells.parquet",
        "edges.parquet", "gazetteer.parquet", "junctions.parquet", "shapes.arrow", "street_names.parquet",
    ]  # fmt: skip
    assert area.folder.name == area.manifest["content_hash"][:16] == area.manifest["version"]


def test_the_manifest_says_what_it_is_and_how_it_was_had(tmp_path: Path) -> None:
    manifest = run(tmp_path, basemap=draw).manifest
    assert (manifest["name"], manifest["made_up"], manifest["persons"]) == ("drawn", False, 1000)
    assert manifest["how"] == "assumed from streets"
    counts = manifest["counts"]
    assert (counts["junctions"], counts["edges"], counts["arcs"], counts["islands"]) == (25, 40, 80, 1)
    assert sum(counts["candidates_by_kind"].values()) == counts["candidates"]
    assert manifest["islands"] == [{"island": 0, "junctions": 25, "persons_milli": 1_000_000}]
    assert manifest["source"]["file"] == "drawn.osm.pbf"
    assert manifest["source"]["sha256"] == "00" * 32
    assert set(manifest["seconds"]) == {"read", "people", "candidates", "gazetteer", "write", "basemap", "total"}
    assert manifest["peak_memory_mb"] > 0
    assert "assumed" in " ".join(manifest["notes"])
    json.dumps(manifest)


def test_served_and_unreachable_people_are_all_people(tmp_path: Path) -> None:
    # the town is 400 m x 400 m, the margin 500 m. 7 people live 880 m north of it: left out. 5 live 490 m east and
    # 490 m north of its corner: inside the margin, but 693 m from the corner, so unreachable
    path = people_file(tmp_path, (50, 10, 30), (890, 890, 5), (400, 1280, 7))
    manifest = run(tmp_path, population=path, persons=None).manifest
    assert manifest["people"]["persons_milli"] == 35_000
    assert manifest["people"]["reachable_persons_milli"] == 30_000
    assert manifest["people"]["unreachable_persons_milli"] == 5_000
    assert manifest["counts"]["unreachable_cells"] == 1
    assert any("7 people lie outside the area" in note for note in manifest["notes"])
    assert any("5 people live farther than 500 m from any street" in note for note in manifest["notes"])


def test_unreachable_people_stay_in_the_table(tmp_path: Path) -> None:
    area = run(tmp_path, population=people_file(tmp_path, (50, 10, 30), (890, 890, 5)), persons=None)
    assert sorted(area.cell_persons_milli[area.cell_places.edge < 0].tolist()) == [5000]
    assert int(area.cells["persons_milli"].sum()) == 35_000
    assert area.cells["island"].min() == -1


def test_people_on_other_islands_are_counted_there(tmp_path: Path) -> None:
    two = graph_of([(0, 0), (100, 0), (3000, 0), (3100, 0)], [[(0, 0), (100, 0)], [(3000, 0), (3100, 0)]],
                   ends=[(0, 1), (2, 3)], island=[0, 0, 1, 1])  # fmt: skip
    area = run(tmp_path, read=lambda path, progress: extract_of(two, FEATURES), persons=None,
               population=people_file(tmp_path, (50, 10, 30), (3050, 10, 5)))  # fmt: skip
    assert [island["persons_milli"] for island in area.manifest["islands"]] == [30_000, 5_000]


def test_the_same_content_again_is_the_same_version(tmp_path: Path) -> None:
    first, second = run(tmp_path), run(tmp_path)
    assert first.folder == second.folder
    assert len(list(first.folder.parent.iterdir())) == 1


def test_the_content_and_not_the_name_makes_the_hash(tmp_path: Path) -> None:
    one = run(tmp_path)
    other = import_area("other", Path("elsewhere.osm.pbf"), versions=Versions(tmp_path / "other"), persons=1000,
                        read=lambda path, progress: extract_of(TOWN, FEATURES))  # fmt: skip
    assert one.manifest["content_hash"] == other.manifest["content_hash"]
    assert run(tmp_path, persons=1001).manifest["content_hash"] != one.manifest["content_hash"]


STAGES = [
    "read_boundary", "read_people", "guess_people", "cells_of", "snap", "candidates_of", "gazetteer_of", "content_hash",
    "write_graph", "write_cells", "write_candidates", "write_gazetteer", "write_manifest", "_manifest",
]  # fmt: skip


def options_for(stage: str, home: Path) -> dict[str, Any]:
    if stage == "read_people":
        return {"population": people_file(home, (50, 10, 30))}
    if stage == "read_boundary":
        (home / "b.geojson").write_text("{}")
        return {"boundary": home / "b.geojson"}
    return {}


@pytest.mark.parametrize(
    "fault", [InvalidInput("no"), OSError("disk full"), KeyboardInterrupt()], ids=["input", "disk", "ctrl-c"]
)
@pytest.mark.parametrize("stage", STAGES)
def test_whatever_fails_nothing_is_left_behind(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, stage: str, fault: BaseException
) -> None:
    def fail(*_: Any, **__: Any) -> Any:
        raise fault

    options = options_for(stage, tmp_path)
    before = left(tmp_path)
    monkeypatch.setattr(importing, stage, fail)
    with pytest.raises(type(fault)):
        run(tmp_path, basemap=draw, **options)
    assert left(tmp_path) == before
    assert not (tmp_path / "areas" / "drawn").exists()


def test_a_map_that_cannot_be_drawn_leaves_nothing_behind(tmp_path: Path) -> None:
    def fail(osm_file: Path, target: Path, **_: Any) -> None:
        target.write_bytes(b"half a ma")
        raise OSError("the tiler stopped")

    with pytest.raises(OSError, match="the tiler stopped"):
        run(tmp_path, basemap=fail)
    assert left(tmp_path) == []


def test_an_extract_that_cannot_be_read_leaves_nothing_behind(tmp_path: Path) -> None:
    def fail(path: Path, progress: Any) -> Any:
        raise InvalidInput("not a PBF", where=str(path))

    with pytest.raises(InvalidInput):
        run(tmp_path, read=fail)
    assert left(tmp_path) == []


def test_a_failed_import_leaves_the_old_version_in_force(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    old = run(tmp_path)

    def full(*_: Any, **__: Any) -> None:
        raise OSError("disk full")

    monkeypatch.setattr(importing, "write_manifest", full)
    with pytest.raises(OSError, match="disk full"):
        run(tmp_path, persons=2000)
    versions = Versions(tmp_path / "areas" / "drawn")
    assert versions.current() == old.folder
    assert [p.name for p in old.folder.parent.iterdir()] == [old.folder.name]


@pytest.mark.parametrize("name", ["check", "../x", "a b", ""])
def test_names_that_cannot_be_are_refused_before_anything_is_read(tmp_path: Path, name: str) -> None:
    def never(path: Path, progress: Any) -> Any:
        raise AssertionError("read")

    with pytest.raises(InvalidInput):
        import_area(name, Path("x.osm.pbf"), versions=Versions(tmp_path / "x"), read=never)


@pytest.mark.parametrize("persons", [0, -1, float("nan")])
def test_totals_that_cannot_be_are_refused_before_anything_is_read(tmp_path: Path, persons: float) -> None:
    def never(path: Path, progress: Any) -> Any:
        raise AssertionError("read")

    with pytest.raises(InvalidInput, match="--persons"):
        run(tmp_path, persons=persons, read=never)


@pytest.mark.parametrize("option", ["population", "boundary"])
def test_files_that_are_not_there_are_refused_before_anything_is_read(tmp_path: Path, option: str) -> None:
    def never(path: Path, progress: Any) -> Any:
        raise AssertionError("read")

    (tmp_path / "empty").touch()
    with pytest.raises(InvalidInput, match="no such file"):
        run(tmp_path, read=never, **{option: tmp_path / "none"})
    with pytest.raises(InvalidInput, match="the file is empty"):
        run(tmp_path, read=never, **{option: tmp_path / "empty"})


def test_files_that_cannot_be_used_are_refused_before_the_map_is_drawn(tmp_path: Path) -> None:
    def never(osm_file: Path, target: Path, **_: Any) -> None:
        raise AssertionError("drawn")

    path = tmp_path / "people.csv"
    path.write_text("lon,lat,persons\n30.001,50.001,-4\n")
    with pytest.raises(InvalidInput, match="-4 is below 0"):
        run(tmp_path, population=path, persons=None, basemap=never)
    assert left(tmp_path) == ["people.csv"]


def test_without_people_it_says_what_to_give_and_leaves_nothing(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match=r"--population FILE .* or --persons N"):
        run(tmp_path, persons=None)
    assert left(tmp_path) == []
    with pytest.raises(NotFound):
        Versions(tmp_path / "areas" / "drawn").current()


def test_progress_is_told_of_every_stage(tmp_path: Path) -> None:
    told: list[str] = []
    run(tmp_path, progress=lambda label, done, total=None: told.append(label))
    assert list(dict.fromkeys(told)) == [
        "Reading the extract", "Placing people", "Finding places for warm points", "Gathering names",
        "Writing the area",
    ]  # fmt: skip


def test_streets_outside_the_boundary_can_still_be_walked(tmp_path: Path) -> None:
    path = tmp_path / "b.geojson"
    west, south = lon_lat(-10, -10)
    east, north = lon_lat(150, 150)
    ring = [[west, south], [east, south], [east, north], [west, north], [west, south]]
    path.write_text(json.dumps({"type": "Polygon", "coordinates": [ring]}))
    area = run(tmp_path, boundary=path)
    assert area.graph.junctions == TOWN.junctions
    assert area.manifest["boundary"] == "b.geojson"
    assert (area.cell_lon <= east).all() and (area.cell_lat <= north).all()
    assert (area.candidate_table.lon <= east).all()
    assert area.cell_persons_milli.sum() == 1_000_000


@pytest.mark.data
@pytest.mark.parametrize("town", ["monaco/monaco", "helsinki-centre/helsinki"])
def test_a_real_town_becomes_an_area(tmp_path: Path, data_dir: Path, town: str) -> None:
    osm = data_dir / f"{town}.osm.pbf"
    area = import_area("real", osm, versions=Versions(tmp_path / "real"), persons=5000)
    assert area.manifest["how"] == "estimated from buildings"
    assert area.cell_persons_milli.sum() == 5_000_000
    assert (area.candidate_places.edge >= 0).all()
    assert len(area.candidate_table) >= 50
    offset, edge = area.cell_places.offset_dm, area.cell_places.edge
    assert (offset[edge >= 0] <= area.graph.edge_length_dm[edge[edge >= 0]]).all()
    assert np.isfinite(area.cell_lon).all()
    assert [p.name for p in (tmp_path / "real" / "versions").iterdir()] == [area.manifest["version"]]
