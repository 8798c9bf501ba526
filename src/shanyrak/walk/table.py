"""Walk tables: from each cell of a town the half-minutes to its nearest points, in files a phone can carry.

    cells = cells_for_table(places, lon, lat, area=content_hash)     # at most 5,000, in the order of the file
    cells.to_bytes()                                                 # the role ``cells``

    maker = TableMaker(graph, cells, ADULT)                          # one per profile; keep it: it remembers
    packs = maker.packs(points, ids, base)                           # [base pack, pack of one, pack of one, ...]
    packs[0].to_bytes()                                              # the role ``walk-adult`` and so on

``points`` (Places, of ``Town.snap``) and ``ids`` (64 hex digits each) lie in the order of publishing; the first
``base`` of them make one pack, each later one is a pack of its own. The bytes are a pure function of
(graph, cells, profile, points, ids, base) and of the machine's zlib: what a maker remembers only saves time.
A sequence that continues the one before (same beginning, same ``base``) computes what is new alone.

    table = Table(read_cells(data), [read_pack(data), ...])          # ``walk.table_answers``: as the phone does
    table.nearest_cell(lon, lat) -> (cell, metres) | None            # degrees
    table.walks_from(cell)       -> [(point, half_minutes), ...]     # sorted by half-minutes, then point
    table.between(point)         -> [(point, half_minutes), ...]     # walking from the point to others, likewise

A *point* here is its index in the order of all packs; ``table.ids`` names them.

**What is in a table.** People walk from the cell *to* the point. A walk is counted in flat decimetres like
everywhere in this room, must be at most 60 minutes for every profile, and is written in half-minutes rounded
*up*: nobody is promised a shorter walk. A point's block has the cells from which it is one of the 12 nearest of
the points up to its own pack (nearest by flat decimetres, the earlier point where two are equal), the half-minutes
from there, its own walks to its 12 nearest of these points, and, of points in earlier packs, from which of them
it is one of the 12 nearest.

**How.** One search from all points together over reversed arcs, in which each junction keeps the best 13 labels
(impedance, point): a label that is not among a junction's best 13 cannot be among the best 13 of anything that
walks through it. A cell takes the best 12 from the ends of its edge; a point does so without itself, hence 13.
A point added later enters its labels into what stands, and travels only as far as it is among the best.
The form of the files: ``spec/walk.md``.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from shanyrak.core.errors import InvalidInput
from shanyrak.core.units import E7, FloatArray, IntArray, LongArray, degrees_to_e7
from shanyrak.walk.graph import Places, WalkGraph
from shanyrak.walk.net import checked_places, checked_profile, question
from shanyrak.walk.places import direct_walks, links
from shanyrak.walk.profile import ADULT, Profile, edge_impedance_dm, limit_dm
from shanyrak.walk.table_bytes import BETWEEN, NEAREST, UNIT_E7, Block, CellsFile, Pack, cells_tie, points_tie

LIMIT_MIN = 60
"""Longest walk of a table [min], for every profile: beyond it nobody goes in the cold, and a line says enough."""
LIMIT_HALF_MIN = 2 * LIMIT_MIN
MOST_CELLS = 5_000
"""More are thinned: cells and one profile of 150 points are then about 60 kB, ten seconds at 50 kbit/s."""
_FIRST_SIDE_M = 20
_METRE_E7 = E7 / 111_195
"""A metre to the north [1e-7 degree]."""
_SHIFT = 32
_LABELS = NEAREST + 1
_NOTHING = 2**62
_FAR = 2**28
"""Beyond every limit of a table, and far from where sums would leave 64 bits."""


@dataclass(frozen=True, eq=False)
class TableCells:
    """The cells of a town's tables, in the order of their file."""

    places: Places
    """(c,) where people start."""
    index: LongArray
    """(c,) which of the cells given each one is"""
    file: CellsFile
    apart_m: float
    """Every reachable cell that was given has one of these this near [m], as the crow flies; 0 if all stayed."""

    def __len__(self) -> int:
        return len(self.places)

    def to_bytes(self) -> bytes:
        """The file ``cells``."""
        return self.file.to_bytes()


def cells_for_table(
    places: Places, lon: FloatArray, lat: FloatArray, *, area: str, most: int = MOST_CELLS
) -> TableCells:
    """Cells of a table: at most ``most``, in the order of the streets' junctions (a space-filling curve).

    Cells that meet no street are left out. Where too many are left, a grid of squares is laid over them, the
    finest of a fixed row of sizes (20 m, then an eighth more each time) that has at most ``most`` squares with a
    cell in them; the cell nearest to a square's middle stays. So each cell left out has one that stayed within the
    diagonal of a square (``apart_m``).

    Parameters
    ----------
    places : Places of c cells
    lon, lat : (c,) degrees
    area : 64 hex digits
        Content hash of the area: a table of another area is refused.

    Raises
    ------
    InvalidInput
        Lengths differ, positions are not on earth, the hash is none, or ``most`` is below 1.
    """
    if not len(places) == len(lon) == len(lat):
        raise InvalidInput(
            f"{len(places)} places, {len(lon)} longitudes, {len(lat)} latitudes", where="cells_for_table"
        )
    if most < 1:
        raise InvalidInput(f"{most} is not a number above 0", where="most")
    on_earth = (np.abs(np.asarray(lon)) <= 180) & (np.abs(np.asarray(lat)) <= 90)
    if not on_earth.all():
        first = int(np.flatnonzero(~on_earth)[0])
        raise InvalidInput(f"({lon[first]}, {lat[first]}) is no place on earth", where=f"cells[{first}]")
    lon_e7, lat_e7 = degrees_to_e7(lon), degrees_to_e7(lat)
    tied = np.flatnonzero(places.edge >= 0)
    kept, side_m = _thinned(lon_e7[tied], lat_e7[tied], most)
    index = tied[kept]
    index = index[np.lexsort((index, places.offset_dm[index], places.edge[index]))]
    unit = [np.rint(v[index].astype(np.int64) / UNIT_E7).astype(np.int32) for v in (lon_e7, lat_e7)]
    return TableCells(places.take(index), index, CellsFile(_checked_hex(area, "area"), *unit), side_m * 2**0.5)


def _thinned(lon_e7: IntArray, lat_e7: IntArray, most: int) -> tuple[LongArray, int]:
    """Which cells stay, ascending, and the side of the squares [m] (0 where all stay)."""
    every = np.arange(len(lon_e7), dtype=np.int64)
    if len(every) <= most:
        return every, 0
    east, north = (v.astype(np.int64) - int(v.min()) for v in (lon_e7, lat_e7))
    narrow = float(np.cos(np.radians((int(lat_e7.min()) + int(lat_e7.max())) / 2 / E7)))
    side_m = _FIRST_SIDE_M
    while True:
        wide, high = max(1, round(side_m * _METRE_E7 / max(narrow, 0.01))), max(1, round(side_m * _METRE_E7))
        column, row = east // wide, north // high
        square = row * (int(column.max()) + 1) + column
        if len(np.unique(square)) <= most:
            break
        side_m += max(1, side_m // 8)
    off = np.hypot((east - column * wide - wide / 2) / wide, (north - row * high - high / 2) / high)
    order = np.lexsort((every, np.rint(off * 1e6), square))
    first = np.flatnonzero(np.diff(square[order], prepend=-1))
    return np.sort(order[first]), side_m


def half_minutes(impedance_dm: LongArray, profile: Profile) -> LongArray:
    """How long walks take, in half-minutes rounded up: 375 dm of an adult are 1, 376 are 2."""
    step = 30 * Fraction(repr(float(profile.speed_dm_per_s)))
    return np.asarray(-(-impedance_dm.astype(np.int64) * step.denominator // step.numerator))


class TableMaker:
    """Makes the packs of one profile. What it remembers of the points so far only saves time.

    Parameters
    ----------
    graph : WalkGraph
    cells : TableCells
    profile : Profile

    Raises
    ------
    InvalidInput
        The cells do not lie on the graph.
    """

    def __init__(self, graph: WalkGraph, cells: TableCells, profile: Profile = ADULT) -> None:
        self._graph = graph
        self._profile = checked_profile(graph, profile)
        self._cells = _on_edges(graph, cells.places, "cells")
        self._tie = cells_tie(cells.file)
        self._cost = edge_impedance_dm(graph, profile)
        self._limit = limit_dm(profile, LIMIT_MIN)
        self._net = question(graph, np.empty(0, np.int32), self._limit, None, profile).net
        # beyond the limit is beyond: so no sum of a label and an arc leaves 64 bits
        self._net = self._net._replace(impedance=np.minimum(self._net.impedance, self._limit + 1))
        self._leaving = _Leaving.of(graph, self._cells, self._cost)
        self._forget(0)

    def _forget(self, base: int) -> None:
        self._base = base
        self._points = Places(*(np.empty(0, np.int32) for _ in range(3)))
        self._ids: tuple[str, ...] = ()
        self._packs: list[Pack] = []
        self._label = np.full((self._graph.junctions, _LABELS), _NOTHING, np.int64)

    def packs(self, points: Places, ids: Sequence[str], base: int) -> list[Pack]:
        """One pack of the first ``base`` points, then one for each later point.

        Parameters
        ----------
        points : Places of k points
            In the order of publishing; a point without an edge is in no cell's list.
        ids : k times 64 hex digits, no two equal
        base : int, 0 .. k

        Raises
        ------
        InvalidInput
            A place is not on the graph, an id is not one or comes twice, numbers differ.
        """
        names, places = _checked_ids(ids), _on_edges(self._graph, points, "points")
        if len(places) != len(names):
            raise InvalidInput(f"{len(places)} places and {len(names)} ids", where="points")
        if not 0 <= base <= len(names):
            raise InvalidInput(f"{base} is not within 0 and {len(names)}", where="base")
        if not self._continues(places, names, base):
            self._forget(base)
        begin = len(self._ids)
        ends = ([base] if not self._packs else []) + list(range(max(begin, base) + 1, len(names) + 1))
        try:
            for end in ends:
                self._enter(places.take(np.arange(len(self._ids), end)), names[len(self._ids) : end])
        except BaseException:  # labels may have been entered of points that are not among the known ones
            self._forget(base)
            raise
        return list(self._packs)

    def _continues(self, places: Places, names: tuple[str, ...], base: int) -> bool:
        known = len(self._ids)
        return (
            base == self._base
            and len(self._packs) > 0
            and names[:known] == self._ids
            and all(
                np.array_equal(getattr(places, f)[:known], getattr(self._points, f))
                for f in ("edge", "offset_dm", "access_dm")
            )
        )

    def _enter(self, new: Places, names: tuple[str, ...]) -> None:
        """Search from the new points, and make their pack."""
        from shanyrak.walk.table_kernel import spread

        first = len(self._ids)
        points = self._points.followed_by(new)
        arrive = links(self._graph, new, self._cost, leaving=False)
        within = arrive.impedance_dm <= self._limit
        key = arrive.impedance_dm[within] << _SHIFT | arrive.place[within] + first
        net = self._net
        spread(net.ptr, net.source, net.impedance, self._label, arrive.junction[within], key, self._limit)
        nobody = np.full(len(self._cells), -1, np.int64)
        to_cells = self._gathered(self._leaving, self._cells, points, nobody)
        from_points = _Leaving.of(self._graph, points, self._cost)
        themselves = np.arange(len(points), dtype=np.int64)
        to_points = self._gathered(from_points, points, points, themselves)[:, :BETWEEN]
        pack = Pack(
            cells_tie=self._tie,
            before_tie=points_tie(self._ids),
            profile=self._profile.name,
            half_minute_mm=round(self._profile.speed_dm_per_s * 3000),
            limit_half_min=LIMIT_HALF_MIN,
            first=first,
            ids=names,
            blocks=self._blocks(to_cells, to_points, first),
        )
        self._points, self._ids = points, self._ids + names
        self._packs.append(pack)

    def _gathered(self, leaving: _Leaving, starts: Places, points: Places, without: LongArray) -> LongArray:
        """(o, 12) best labels of each start, ``_NOTHING`` where there are fewer."""
        from shanyrak.walk.table_kernel import gather

        direct = direct_walks(self._graph, starts, points, self._cost)
        by_start = np.argsort(direct.cell, kind="stable")
        ptr = np.searchsorted(direct.cell[by_start], np.arange(len(starts) + 1))
        key = np.minimum(direct.impedance_dm[by_start], _FAR) << _SHIFT | direct.candidate[by_start]
        out = np.full((len(starts), NEAREST), _NOTHING, np.int64)
        gather(self._label, leaving.junction, leaving.impedance_dm, ptr, key, without, self._limit, out)
        return out

    def _blocks(self, to_cells: LongArray, to_points: LongArray, first: int) -> tuple[Block, ...]:
        """Blocks of the points from ``first`` on."""
        count = len(to_points) - first
        point, cell, cell_half = self._turned(to_cells, first)
        cut = np.searchsorted(point, np.arange(first, first + count + 1))
        toward, origin, origin_half = self._turned(to_points[:first], first)
        cut_from = np.searchsorted(toward, np.arange(first, first + count + 1))
        blocks = []
        for i in range(count):
            here, there = slice(cut[i], cut[i + 1]), slice(cut_from[i], cut_from[i + 1])
            own = to_points[first + i]
            own = own[own < _NOTHING]
            blocks.append(
                Block(
                    cell=cell[here],
                    cell_half_min=cell_half[here],
                    to_point=(own & (2**_SHIFT - 1)).astype(np.int32),
                    to_half_min=self._half(own),
                    from_point=origin[there],
                    from_half_min=origin_half[there],
                )
            )
        return tuple(blocks)

    def _turned(self, label: LongArray, first: int) -> tuple[LongArray, IntArray, IntArray]:
        """(point, start, half-minutes) of labels of points from ``first`` on, by point, then start."""
        start, at = np.nonzero((label < _NOTHING) & ((label & (2**_SHIFT - 1)) >= first))
        key = label[start, at]
        point = key & (2**_SHIFT - 1)
        order = np.lexsort((start, point))
        return point[order], start[order].astype(np.int32), self._half(key[order])

    def _half(self, key: LongArray) -> IntArray:
        return half_minutes(key >> _SHIFT, self._profile).astype(np.int32)


@dataclass(frozen=True, eq=False)
class _Leaving:
    """How places leave for the two ends of their edge: (o, 2) each; junction -1 where there is no way."""

    junction: IntArray
    impedance_dm: LongArray

    @staticmethod
    def of(graph: WalkGraph, places: Places, cost: tuple[IntArray, IntArray]) -> _Leaving:
        found = links(graph, places, cost, leaving=True)
        junction, impedance = np.full((len(places), 2), -1, np.int32), np.zeros((len(places), 2), np.int64)
        # of a place's two ways the second in the list goes into the second column
        side = np.zeros(len(found.place), np.int64)
        order = np.argsort(found.place, kind="stable")
        side[order[1:]] = found.place[order][1:] == found.place[order][:-1]
        junction[found.place, side] = found.junction
        impedance[found.place, side] = np.minimum(found.impedance_dm, _FAR)
        return _Leaving(junction, impedance)


def _on_edges(graph: WalkGraph, places: Places, where: str) -> Places:
    if not isinstance(places, Places):
        raise InvalidInput(f"{type(places).__name__} are not places", where=where, mend="Give Places on edges")
    found = checked_places(graph, graph.junctions, places, where)
    assert isinstance(found, Places)
    return found


def _checked_hex(text: str, where: str) -> str:
    if len(text) != 64 or set(text) - set("0123456789abcdef"):
        raise InvalidInput(f"{text[:80]!r} is not 64 hex digits", where=where)
    return text


def _checked_ids(ids: Sequence[str]) -> tuple[str, ...]:
    names = tuple(_checked_hex(name, f"ids[{i}]") for i, name in enumerate(ids))
    seen: dict[str, int] = {}
    for i, name in enumerate(names):
        if seen.setdefault(name, i) != i:
            raise InvalidInput(f"the same id as ids[{seen[name]}]", where=f"ids[{i}]")
    return names
