"""Instances in files: what they say, and everything that users do wrong, each with its one clear line."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
import scipy.sparse as sp
from pyarrow import parquet

from shanyrak.app.instances import read_candidates, read_instance
from shanyrak.core.errors import InvalidInput, NotFound, ShanyrakError


def written(tmp_path: Path, text: str, name: str = "instance.txt") -> Path:
    path = tmp_path / name
    path.write_bytes(text.encode())
    return path


def test_csv_in_a_plane(tmp_path: Path) -> None:
    instance = read_instance(written(tmp_path, "x,y,demand,cost\n0,0,2,1.5\n3,4,1,2\n"))
    assert instance.kind == "plane"
    assert instance.places is not None and instance.places.tolist() == [[0, 0], [3, 4]]
    assert instance.demand.tolist() == [2, 1] and instance.demand.dtype.kind == "i"
    assert instance.cost is not None and instance.cost.tolist() == [1.5, 2]


@pytest.mark.parametrize(
    "text",
    [
        "lon,lat\n30.5,50.4\n30.6,50.5\n",
        "\ufeffLon;Lat;name\r\n30.5;50.4;a\r\n30.6;50.5;b\r\n",  # a spreadsheet's way
        '"lat","lon"\n50.4,30.5\n50.5,30.6\n',
        "name\tlon\tlat\na\t30.5\t50.4\nb\t30.6\t50.5\n\n",
    ],
    ids=["plain", "spreadsheet", "quoted", "tabs"],
)
def test_csv_on_the_earth(tmp_path: Path, text: str) -> None:
    instance = read_instance(written(tmp_path, text, "towns.csv"))
    assert instance.kind == "sphere"
    assert instance.places is not None and instance.places.tolist() == [[30.5, 50.4], [30.6, 50.5]]
    assert instance.demand.tolist() == [1, 1]


def test_orlib_graphs_have_shortest_paths_and_the_last_of_repeated_edges(tmp_path: Path) -> None:
    # 1 --2-- 2 --3-- 3, and the edge 1-3 said twice: 9, then 4
    instance = read_instance(written(tmp_path, " 3 4 1 \n1 2 2\n2 3 3\n1 3 9\n3 1 4\n"))
    assert instance.table.tolist() == [[0, 2, 4], [2, 0, 3], [4, 3, 0]]
    assert instance.p == 1


def test_an_edge_of_length_nothing_is_an_edge(tmp_path: Path) -> None:
    instance = read_instance(written(tmp_path, "3 2 1\n1 2 0\n2 3 5\n"))
    assert instance.table.tolist() == [[0, 0, 5], [0, 0, 5], [5, 5, 0]]


def test_nodes_without_a_way_are_infinitely_far(tmp_path: Path) -> None:
    assert read_instance(written(tmp_path, "3 1 1\n1 2 7\n")).table[0].tolist() == [0, 7, np.inf]


TSP = """NAME : three
TYPE : TSP
DIMENSION : 3
EDGE_WEIGHT_TYPE : EUC_2D
NODE_COORD_SECTION
1 0.0 0
2 3e0 4
3 -6 8
EOF
"""


def test_tsplib(tmp_path: Path) -> None:
    instance = read_instance(written(tmp_path, TSP))
    assert instance.places is not None and instance.places.tolist() == [[0, 0], [3, 4], [-6, 8]]


def test_npz_tables(tmp_path: Path) -> None:
    np.savez(tmp_path / "far.npz", far=np.array([[0, 5], [5, 0]]), demand=np.array([1, 2.5]))
    far = read_instance(tmp_path / "far.npz")
    assert (far.kind, far.table.tolist(), far.demand.tolist()) == ("distances", [[0, 5], [5, 0]], [1, 2.5])
    np.savez(tmp_path / "who.npz", cover=np.array([[True, False], [True, True]]))
    assert read_instance(tmp_path / "who.npz").kind == "cover"
    sp.save_npz(tmp_path / "sparse.npz", sp.csr_array(np.array([[1, 0], [1, 1]])))
    assert read_instance(tmp_path / "sparse.npz").table.toarray().tolist() == [[True, False], [True, True]]
    sp.save_npz(tmp_path / "ways.npz", sp.csr_array(np.array([[2.0, 0.0], [7.0, 3.0]])))
    assert read_instance(tmp_path / "ways.npz").table.tolist() == [[2, np.inf], [7, 3]]


def test_parquet_tables(tmp_path: Path) -> None:
    wide = pa.table({"demand": [1, 2], "a": [0.0, 5.0], "b": [5.0, 0.0], "name": ["x", "y"]})
    parquet.write_table(wide, tmp_path / "wide.parquet")
    instance = read_instance(tmp_path / "wide.parquet")
    assert (instance.kind, instance.table.tolist()) == ("distances", [[0, 5], [5, 0]])
    assert instance.demand.tolist() == [1, 2]
    parquet.write_table(pa.table({"row": [0, 1, 1], "column": [0, 0, 1]}), tmp_path / "pairs.parquet")
    assert read_instance(tmp_path / "pairs.parquet").table.toarray().tolist() == [[True, False], [True, True]]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("x,y\n1,2\n3,four\n", "line 3, column 'y': 'four' is no number"),
        ("x,y\n1,2\n3,\n", "line 3, column 'y': there is no number"),
        ("x,y\n1,2\n3\n", "line 3, column 'y': there is no number"),
        ("x,y\n1,nan\n", "line 2, column 'y'"),
        ("x,y,demand\n1,2,-3\n", "column 'demand': -3 is not 0 or more"),
        ("x,y,cost\n1,2,-3\n", "column 'cost'"),
        ("x,y\n", "no row"),
        ("x,z\n1,2\n", "columns x,y or lon,lat are missing"),
        ("1,2\n3,4\n", "columns x,y or lon,lat are missing"),
        ("x,y,lon,lat\n1,2,3,4\n", "both x,y and lon,lat"),
        ("x,y,x\n1,2,3\n", "'x' is there twice"),
        ("lon,lat\n30,95\n", "95 is not between -90 and 90"),
        ("lon,lat\n200,5\n", "200 is not between -180 and 180"),
        ("x,y\n1;5,2\n", "line 2"),
        ("3 2 1\n1 2 7\n", "2 edges"),
        ("3 1 1\n1 4 7\n", "node that is not there"),
        ("3 1 1\n1 2 -7\n", "length of -7"),
        ("3 1 1\n1 2 far\n", "'far' is no number"),
        ("0 0 0\n", "0 nodes"),
        (TSP.replace("3 -6 8\n", ""), "DIMENSION is 3, and there are 2"),
        (TSP.replace("EUC_2D", "GEO"), "type GEO"),
        (TSP.replace("3 -6 8", "3 -6"), "'3 -6' is no node"),
        (TSP.replace("3 -6 8", "2 -6 8"), "node 2 is there twice"),
        (TSP.replace("-6", "nan"), "no number"),
        ("", "empty"),
        ("hello\n", "no form of instance"),
        ("\x00\x01", "no text"),
    ],
)
def test_what_cannot_be_used_is_said_in_one_line(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        read_instance(written(tmp_path, text))
    assert said in str(refused.value)
    assert "\n" not in str(refused.value)


def test_tables_that_cannot_be_used(tmp_path: Path) -> None:
    def refused(said: str, **arrays: object) -> None:
        np.savez(tmp_path / "t.npz", **arrays)
        with pytest.raises(InvalidInput, match=said):
            read_instance(tmp_path / "t.npz")

    refused("2 tables", a=np.ones((2, 2)), b=np.ones((2, 2)))
    refused("0 tables", demand=np.ones(2))
    refused("row 0, column 1", a=np.array([[1.0, -2.0]]))
    refused("row 0, column 0", a=np.array([[np.nan, 2.0]]))
    refused("numbers, not 2", a=np.ones((2, 3)), demand=np.ones(3))
    refused("not 0 or more", a=np.ones((2, 3)), demand=np.array([1, -1]))
    refused("empty", a=np.ones((0, 3)))
    (tmp_path / "broken.npz").write_bytes(b"PK\x03\x04 and no more")
    (tmp_path / "broken.parquet").write_bytes(b"PAR1")
    for name in ("broken.npz", "broken.parquet"):
        with pytest.raises(InvalidInput, match="cannot be read"):
            read_instance(tmp_path / name)
    parquet.write_table(pa.table({"row": [0, 0], "column": [1, 1]}), tmp_path / "twice.parquet")
    with pytest.raises(InvalidInput, match="twice"):
        read_instance(tmp_path / "twice.parquet")
    parquet.write_table(pa.table({"a": [1.0, None]}), tmp_path / "hole.parquet")
    with pytest.raises(InvalidInput, match="missing"):
        read_instance(tmp_path / "hole.parquet")


def test_files_that_are_none(tmp_path: Path) -> None:
    with pytest.raises(NotFound):
        read_instance(tmp_path / "nowhere.csv")
    with pytest.raises(ShanyrakError, match="folder"):
        read_instance(tmp_path)


def test_candidates_by_row_and_by_place(tmp_path: Path) -> None:
    instance = read_instance(written(tmp_path, "x,y\n0,0\n5,0\n9,0\n"))
    some = read_candidates(written(tmp_path, "row\n2\n0\n", "rows.txt"), instance)
    assert some.sites is not None and some.sites.tolist() == [[9, 0], [0, 0]]
    assert some.rows is not None and some.rows.tolist() == [2, 0]
    own = read_candidates(written(tmp_path, "x,y,cost\n1,1,7\n", "own.csv"), instance)
    assert own.sites is not None and own.sites.tolist() == [[1, 1]]
    assert own.rows is None and len(own.demand) == 3


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("7\n", "no row 7"),
        ("1\n1\n", "named twice"),
        ("1\nx\n", "'x' is no row number"),
        ("row\n", "names no candidate"),
        ("lon,lat\n1,1\n", "same coordinates"),
        ("hello world\n", "names no candidates"),
    ],
)
def test_candidates_that_cannot_be_used(tmp_path: Path, text: str, said: str) -> None:
    instance = read_instance(written(tmp_path, "x,y\n0,0\n5,0\n9,0\n"))
    with pytest.raises(InvalidInput) as refused:
        read_candidates(written(tmp_path, text, "candidates.txt"), instance)
    assert said in str(refused.value)
