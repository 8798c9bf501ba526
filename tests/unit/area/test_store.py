"""A kept area is open files that others can read, and the graph comes back bit for bit."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path
from typing import Any

import geopandas
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import shapely

from shanyrak.area.area import Area
from shanyrak.area.geoparquet import write_geoparquet
from shanyrak.area.importing import import_area
from shanyrak.area.store import content_hash, load_area
from shanyrak.core.errors import Damaged
from shanyrak.core.folders import Versions
from shanyrak.walk.graph import WalkGraph
from tests.drawn_area import extract_of, features_of, graph_of, grid_town, poi

TOWN = grid_town(4, 3)
FEATURES = features_of(
    pois=[poi("n1", 100, 100, amenity="school", name="Школа 12")], addresses=[(20, 10, "Row 0 Street", "12")]
)
PARQUET = ("junctions", "edges", "cells", "candidates", "gazetteer")
ARROW = ("arcs", "arc_ptr", "shapes")


@pytest.fixture
def area(tmp_path: Path) -> Area:
    return keep(tmp_path)


def keep(home: Path, graph: WalkGraph = TOWN, **options: Any) -> Area:
    return import_area("drawn", home / "drawn.osm.pbf", versions=Versions(home / "drawn"), persons=100,
                       read=lambda path, progress: extract_of(graph, FEATURES), **options)  # fmt: skip


def assert_equal_graphs(a: WalkGraph, b: WalkGraph) -> None:
    for field in dataclasses.fields(WalkGraph):
        one, other = getattr(a, field.name), getattr(b, field.name)
        if field.name == "names":
            assert one == other
        else:
            assert one.dtype == other.dtype, field.name
            assert one.tobytes() == other.tobytes(), field.name


def test_the_graph_comes_back_bit_for_bit(area: Area) -> None:
    assert_equal_graphs(load_area(area.folder).graph, TOWN)


def test_a_graph_with_nothing_ordinary_about_it_comes_back_too(tmp_path: Path) -> None:
    odd = graph_of([(0, 0), (10, 10), (5000, 0)], [[(0, 0), (3, 7), (10, 10)], [(0, 0), (4, 4), (0, 0)]],
                   ends=[(0, 1), (0, 0)], names=["", "Ґ's \"Street\""], flags=1, island=[0, 0, 1])  # fmt: skip
    odd = dataclasses.replace(
        odd, names=("unused", *odd.names), edge_name=np.asarray([-1, 1], np.int32),
        edge_slope_pct=np.asarray([-12, 7], np.int8), edge_steps=np.asarray([65535, 0], np.uint16),
        osm_node_id=np.asarray([-3, 2**40, 7], np.int64),
    )  # fmt: skip
    assert_equal_graphs(keep(tmp_path, odd).graph, odd)


def test_mapped_arrays_can_be_written_to_without_touching_the_file(area: Area) -> None:
    before = (area.folder / "arcs.arrow").read_bytes()
    area.graph.arc_to[:] = 0
    assert (area.folder / "arcs.arrow").read_bytes() == before
    assert area.graph.arc_to.flags.c_contiguous and area.graph.arc_to.flags.aligned


@pytest.mark.parametrize("name", PARQUET)
def test_geopandas_opens_every_table_as_it_is(area: Area, name: str) -> None:
    frame = geopandas.read_parquet(area.folder / f"{name}.parquet")
    assert frame.crs.to_epsg() in (4326, None) and frame.crs.to_authority() in (("OGC", "CRS84"), ("EPSG", "4326"))
    assert frame.geometry.is_valid.all()
    assert len(frame) > 0


def test_points_and_lines_lie_where_the_integers_say(area: Area) -> None:
    junctions, edges = area.junctions, area.edges
    assert junctions.geometry.x.to_numpy() == pytest.approx(TOWN.lon_e7 / 1e7, abs=0)
    assert len(edges) == TOWN.edges
    first = shapely.get_coordinates(edges.geometry.iloc[0])
    assert first[:, 0].tolist() == (TOWN.shape_lon_e7[: TOWN.edge_shape_ptr[1]] / 1e7).tolist()
    assert edges["name"].iloc[0] == "Row 0 Street"


def test_frames_and_arrays_say_the_same(area: Area) -> None:
    assert area.cells["persons_milli"].tolist() == area.cell_persons_milli.tolist()
    assert area.cells.geometry.x.tolist() == area.cell_lon.tolist()
    assert area.candidates["id"].tolist() == list(area.candidate_table.id)
    assert area.candidates["edge"].tolist() == area.candidate_places.edge.tolist()
    assert area.places["name"].tolist() == list(area.gazetteer.name)
    assert area.cell_table.total_milli == 100_000
    assert area.cell_ids == area.cells["id"].tolist()


@pytest.mark.parametrize(
    "file", [*(f"{n}.parquet" for n in (*PARQUET, "street_names")), *(f"{n}.arrow" for n in ARROW)]
)
def test_every_file_carries_attribution_and_licence(area: Area, file: str) -> None:
    path = area.folder / file
    schema = pq.read_schema(path) if file.endswith("parquet") else pa.ipc.open_file(pa.memory_map(str(path))).schema
    assert schema.metadata[b"attribution"].decode() == "© OpenStreetMap contributors"
    assert schema.metadata[b"licence"] == b"ODbL-1.0"
    assert schema.metadata[b"made_up"] == b"false"


def test_a_made_up_town_says_so_in_every_file(tmp_path: Path) -> None:
    area = keep(tmp_path, made_up=True)
    assert area.manifest["made_up"] is True
    for name in PARQUET:
        metadata = pq.read_schema(area.folder / f"{name}.parquet").metadata
        assert metadata[b"made_up"] == b"true"
        assert b"OpenStreetMap" not in metadata[b"attribution"]


def test_the_geo_metadata_follow_the_standard(area: Area) -> None:
    geo = json.loads(pq.read_schema(area.folder / "edges.parquet").metadata[b"geo"])
    assert (geo["version"], geo["primary_column"]) == ("1.1.0", "geometry")
    column = geo["columns"]["geometry"]
    assert (column["encoding"], column["geometry_types"]) == ("WKB", ["LineString"])
    assert column["bbox"] == pytest.approx(area.manifest["box"])


def test_a_place_that_is_not_known_is_null_not_zero(tmp_path: Path) -> None:
    path = tmp_path / "points.parquet"
    write_geoparquet(path, {"id": pa.array(["a", "b"])}, np.asarray([1.0, np.nan]), np.asarray([2.0, np.nan]), {})
    frame = geopandas.read_parquet(path)
    assert frame.geometry.isna().tolist() == [False, True]
    write_geoparquet(path, {"id": pa.array([], pa.string())}, np.zeros(0), np.zeros(0), {})
    assert len(geopandas.read_parquet(path)) == 0


def parts_of(area: Area) -> tuple[Any, ...]:
    return (area.graph, area.cell_table, area.cell_places, area.candidate_table, area.candidate_places, area.gazetteer)


def test_the_hash_is_that_of_the_content_read_back(area: Area) -> None:
    assert content_hash(*parts_of(area)) == area.manifest["content_hash"]


def test_the_hash_changes_with_every_part(area: Area) -> None:
    graph, cells, cell_places, candidates, candidate_places, names = parts_of(area)
    longer = dataclasses.replace(graph, edge_length_dm=graph.edge_length_dm + np.int32(1))
    more = dataclasses.replace(cells, persons_milli=cells.persons_milli + 1)
    moved = dataclasses.replace(cell_places, offset_dm=cell_places.offset_dm + np.int32(1))
    renamed = dataclasses.replace(candidates, name=("X", *candidates.name[1:]))
    farther = dataclasses.replace(candidate_places, access_dm=candidate_places.access_dm + np.int32(1))
    other = dataclasses.replace(names, alternatives=("X", *names.alternatives[1:]))
    hashes = {
        content_hash(graph, cells, cell_places, candidates, candidate_places, names),
        content_hash(longer, cells, cell_places, candidates, candidate_places, names),
        content_hash(graph, more, cell_places, candidates, candidate_places, names),
        content_hash(graph, cells, moved, candidates, candidate_places, names),
        content_hash(graph, cells, cell_places, renamed, candidate_places, names),
        content_hash(graph, cells, cell_places, candidates, farther, names),
        content_hash(graph, cells, cell_places, candidates, candidate_places, other),
        content_hash(graph, cells, cell_places, candidates, candidate_places, names, made_up=True),
    }
    assert len(hashes) == 8


@pytest.mark.parametrize(
    "file", ["junctions.parquet", "edges.parquet", "arcs.arrow", "shapes.arrow", "street_names.parquet"]
)
def test_damage_is_said_plainly(area: Area, file: str) -> None:
    path = area.folder / file
    path.write_bytes(path.read_bytes()[:100])
    with pytest.raises(Damaged, match="Import the area again"):
        _ = load_area(area.folder).graph
    path.unlink()
    with pytest.raises(Damaged, match="missing"):
        _ = load_area(area.folder).graph


@pytest.mark.parametrize("content", ["", "{}", "[]", '{"format": "shanyrak-area/99"}'])
def test_a_folder_that_is_no_area_of_ours_is_refused(area: Area, content: str) -> None:
    (area.folder / "area.json").write_text(content)
    with pytest.raises(Damaged):
        load_area(area.folder)


def test_opening_for_planning_needs_no_geopandas(area: Area) -> None:
    import subprocess
    import sys

    code = (
        "import sys; from pathlib import Path; from shanyrak.area.store import load_area;"
        f"a = load_area(Path({str(area.folder)!r})); a.graph; a.cell_places; a.candidate_table; a.cell_persons_milli;"
        "print(sorted(m for m in ('geopandas', 'pandas', 'rasterio', 'osmium', 'shapely', 'h3') if m in sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def arrow_again(path: Path, **columns: pa.Array) -> None:
    """The file again, with these columns in place of its own."""
    with pa.OSFile(str(path), "rb") as file:
        batch = pa.ipc.open_file(file).get_batch(0)
        kept = {name: columns.get(name, batch.column(name)) for name in batch.schema.names}
        again = pa.record_batch(kept)
        with pa.OSFile(f"{path}.new", "wb") as sink, pa.ipc.new_file(sink, again.schema) as writer:
            writer.write_batch(again)
    Path(f"{path}.new").replace(path)


def test_arcs_written_in_another_type_are_refused_and_not_read_as_something_else(area: Area) -> None:
    wide = pa.array(area.graph.arc_to.astype(np.int64))
    arrow_again(area.folder / "arcs.arrow", arc_to=wide)
    with pytest.raises(Damaged, match="arc_to holds int64, int32 is due"):
        _ = load_area(area.folder).graph


@pytest.mark.parametrize(
    ("file", "column", "wrong"),
    [
        ("arcs", "arc_to", lambda v: np.where(np.arange(len(v)) == 3, TOWN.junctions, v)),
        ("arcs", "arc_to", lambda v: np.where(np.arange(len(v)) == 3, -1, v)),
        ("arcs", "arc_edge", lambda v: np.where(np.arange(len(v)) == 0, TOWN.edges, v)),
        ("arc_ptr", "arc_ptr", lambda v: v[:-1]),
        ("arc_ptr", "arc_ptr", lambda v: v[::-1]),
        ("arc_ptr", "arc_ptr", lambda v: v + 1),
    ],
)
def test_arcs_that_lead_out_of_the_graph_are_refused(area: Area, file: str, column: str, wrong: Any) -> None:
    changed = wrong(getattr(area.graph, column)).astype(np.int32)
    arrow_again(area.folder / f"{file}.arrow", **{column: pa.array(changed)})
    with pytest.raises(Damaged, match=column):
        _ = load_area(area.folder).graph
