"""A kept area, opened: arrays for planning, GeoDataFrames for people who look at it."""

from __future__ import annotations

import mmap
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.parquet as pq

from shanyrak.area.gazetteer import Gazetteer
from shanyrak.area.tables import Candidates, Cells
from shanyrak.core.errors import Damaged
from shanyrak.core.units import FloatArray, LongArray
from shanyrak.walk.graph import LAYOUT, Places, WalkGraph

if TYPE_CHECKING:
    import geopandas


_GRAPH_COLUMNS = (
    "edge_from", "edge_to", "edge_length_dm", "edge_class", "edge_steps", "edge_slope_pct", "edge_flags",
    "edge_osm_way_id", "edge_name",
)  # fmt: skip
_TYPES = {name: dtype for name, (dtype, _) in LAYOUT.items()}


class Area:
    """One version of an area. Everything is read when it is first asked for, and then kept.

    Attributes that are GeoDataFrames (WGS 84): ``junctions``, ``edges``, ``cells``, ``candidates``, ``places``.
    Attributes that are arrays: ``graph``, ``cell_ids``, ``cell_lon``, ``cell_lat``, ``cell_persons_milli``,
    ``cell_places``, ``candidate_places``; whole tables: ``cell_table``, ``candidate_table``, ``gazetteer``.
    """

    def __init__(self, folder: Path, manifest: dict[str, Any]) -> None:
        self.folder = folder
        self.manifest = manifest

    @property
    def name(self) -> str:
        """What the area is called here."""
        return str(self.manifest["name"])

    def __repr__(self) -> str:
        junctions, persons = self.manifest["counts"]["junctions"], self.manifest["persons"]
        return f"<Area {self.name!r}: {junctions:,} junctions, {persons:,.0f} people>"

    # ---- arrays

    @cached_property
    def graph(self) -> WalkGraph:
        """The walking graph, equal bit for bit to the one that was imported. Arcs and shapes are mapped from disk."""
        arrays: dict[str, npt.NDArray[Any]] = {}
        junctions = self._table("junctions.parquet", ["lon_e7", "lat_e7", "osm_node_id", "island"])
        edges = self._table("edges.parquet", [*_GRAPH_COLUMNS, "shape_points"])
        for table in (junctions, edges):
            for name in table.column_names:
                if name in _TYPES:
                    arrays[name] = _numbers(table, name)
        arrays["edge_shape_ptr"] = np.concatenate([[0], np.cumsum(_numbers(edges, "shape_points", np.int64))])
        arrays |= self._mapped("arcs.arrow", ("arc_to", "arc_edge", "arc_backward"))
        arrays |= self._mapped("arc_ptr.arrow", ("arc_ptr",))
        arrays |= self._mapped("shapes.arrow", ("shape_lon_e7", "shape_lat_e7"))
        names = tuple(self._table("street_names.parquet", ["name"]).column("name").to_pylist())
        graph = WalkGraph(**arrays, names=names)
        fault = graph.fault()
        if fault:  # searches trust their graph: an arc that leads nowhere would read strange memory
            raise Damaged(
                f"the walking graph is not whole: {fault}", where=str(self.folder), mend="Import the area again"
            )
        return graph

    @cached_property
    def cell_ids(self) -> list[str]:
        """(c,) names of the demand cells."""
        return list(self._cells.column("id").to_pylist())

    @cached_property
    def cell_lon(self) -> FloatArray:
        """(c,) longitude [degree]."""
        return _numbers(self._cells, "lon", np.float64)

    @cached_property
    def cell_lat(self) -> FloatArray:
        """(c,) latitude [degree]."""
        return _numbers(self._cells, "lat", np.float64)

    @cached_property
    def cell_persons_milli(self) -> LongArray:
        """(c,) people [thousandths]."""
        return _numbers(self._cells, "persons_milli", np.int64)

    @cached_property
    def cell_places(self) -> Places:
        """(c,) where the cells meet the streets; edge -1 cannot be reached."""
        return _places(self._cells)

    @cached_property
    def candidate_places(self) -> Places:
        """Where the candidate sites meet the streets."""
        return _places(self._candidates)

    @cached_property
    def cell_table(self) -> Cells:
        """Demand cells."""
        people = self.manifest["people"]
        return Cells(
            tuple(self.cell_ids), self.cell_lon, self.cell_lat, self.cell_persons_milli,
            people["how"], people["source"], tuple(people["notes"]),
        )  # fmt: skip

    @cached_property
    def candidate_table(self) -> Candidates:
        """Candidate sites."""
        table = self._candidates

        def text(name: str) -> tuple[str, ...]:
            return tuple(table.column(name).to_pylist())

        return Candidates(
            text("id"), _numbers(table, "lon", np.float64), _numbers(table, "lat", np.float64), text("kind"),
            text("name"), text("named_by"), text("detail"), text("asked"),
        )  # fmt: skip

    @cached_property
    def gazetteer(self) -> Gazetteer:
        """Names of streets, house numbers, stops, landmarks and districts."""
        table = self._table("gazetteer.parquet")
        columns = {name: table.column(name).to_pylist() for name in Gazetteer.TEXT}
        return Gazetteer(
            **{name: tuple(values) for name, values in columns.items()},
            lon=_numbers(table, "lon", np.float64),
            lat=_numbers(table, "lat", np.float64),
        )

    # ---- GeoDataFrames

    @cached_property
    def junctions(self) -> geopandas.GeoDataFrame:
        """Junctions as points."""
        return self._frame("junctions.parquet")

    @cached_property
    def edges(self) -> geopandas.GeoDataFrame:
        """Edges as lines, with the name of the street."""
        return self._frame("edges.parquet")

    @cached_property
    def cells(self) -> geopandas.GeoDataFrame:
        """Demand cells as points; ``persons_milli`` are thousandths of a person."""
        return self._frame("cells.parquet")

    @cached_property
    def candidates(self) -> geopandas.GeoDataFrame:
        """Candidate sites as points."""
        return self._frame("candidates.parquet")

    @cached_property
    def places(self) -> geopandas.GeoDataFrame:
        """The gazetteer as points."""
        return self._frame("gazetteer.parquet")

    # ---- files

    @cached_property
    def _cells(self) -> pa.Table:
        return self._table("cells.parquet", ["id", "lon", "lat", "persons_milli", "edge", "offset_dm", "access_dm"])

    @cached_property
    def _candidates(self) -> pa.Table:
        return self._table("candidates.parquet")

    def _frame(self, name: str) -> geopandas.GeoDataFrame:
        import geopandas

        return geopandas.read_parquet(self._there(name))

    def _table(self, name: str, columns: list[str] | None = None) -> pa.Table:
        path = self._there(name)
        try:
            if columns is None:
                columns = [column for column in pq.read_schema(path).names if column != "geometry"]
            # not pq.read_table: that imports pandas
            return pq.ParquetFile(path, memory_map=True).read(columns=columns)
        except (pa.ArrowException, OSError) as error:
            raise self._damaged(path, error) from error

    def _mapped(self, name: str, columns: tuple[str, ...]) -> dict[str, npt.NDArray[Any]]:
        """Columns of an Arrow file as arrays over the mapped file, without reading or copying it.

        The mapping is copy-on-write: arrays are writable, so that kernels are compiled once and not a second
        time for read-only input, and nothing ever gets back to the file.
        """
        path = self._there(name)
        try:
            with path.open("rb") as file:
                content = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_COPY)
            whole = np.frombuffer(content, np.uint8)
            batch = pa.ipc.open_file(pa.py_buffer(content)).get_batch(0)
            out: dict[str, npt.NDArray[Any]] = {}
            for column in columns:
                array = batch.column(column)
                wanted = np.dtype(_TYPES[column])
                if str(array.type) != wanted.name:  # read as another type, arcs would lead out of the graph
                    raise ValueError(f"{column} holds {array.type}, {wanted.name} is due")
                data = array.buffers()[1]
                begin = data.address - whole.ctypes.data + array.offset * wanted.itemsize if data is not None else 0
                out[column] = np.frombuffer(content, wanted, count=len(array), offset=begin)
        except (pa.ArrowException, OSError, ValueError, KeyError) as error:
            raise self._damaged(path, error) from error
        return out

    def _there(self, name: str) -> Path:
        path = self.folder / name
        if not path.is_file():
            raise Damaged("a file of the area is missing", where=str(path), mend="Import the area again")
        return path

    @staticmethod
    def _damaged(path: Path, error: Exception) -> Damaged:
        reason = str(error).splitlines()[0]
        return Damaged(f"a file of the area cannot be read ({reason})", where=str(path), mend="Import the area again")


def _numbers(table: pa.Table, name: str, dtype: Any = None) -> npt.NDArray[Any]:
    """A column without nulls as an array of its own (writable, contiguous)."""
    wanted = np.dtype(dtype or _TYPES[name])
    parts = [np.zeros(0, wanted)]
    for chunk in table.column(name).chunks:
        # by hand, because pyarrow's to_numpy imports pandas (0.3 s)
        stored = np.dtype({"double": "f8"}.get(str(chunk.type), str(chunk.type)))
        data = chunk.buffers()[1]
        if len(chunk) and data is not None:
            parts.append(np.frombuffer(data, stored, len(chunk), chunk.offset * stored.itemsize))
    return np.concatenate(parts).astype(wanted, copy=False)


def _places(table: pa.Table) -> Places:
    return Places(
        _numbers(table, "edge", np.int32),
        _numbers(table, "offset_dm", np.int32),
        _numbers(table, "access_dm", np.int32),
    )
