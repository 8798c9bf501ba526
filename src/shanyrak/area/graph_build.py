"""From lines of nodes to the walking graph: cut, split at junctions, number, measure.

All in arrays, no loop over nodes or ways. The steps, in the order of ``build_graph``:

1. cut lines where a node is missing, drop repeated nodes;
2. a blocked node becomes several points at one place, so that nobody passes;
3. a node used twice, or at the end of a line, is a junction; lines are split there into edges;
4. junctions are numbered along a Hilbert curve, edges by their junctions; islands are numbered.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from shanyrak.area.walking_rules import METRES_PER_STEP
from shanyrak.core.units import E7, EARTH_RADIUS_M, BoolArray, IntArray, LongArray
from shanyrak.walk.graph import WHEELS_NO, WalkGraph, arcs_from_edges

if TYPE_CHECKING:
    import numpy.typing as npt

HILBERT_BITS = 13
"""A cell of the curve is 1/8,192 of the longer side of the box: some metres in a city."""


class Lines(NamedTuple):
    """What may be walked, as lines of nodes. l lines, q node places in all of them."""

    ptr: LongArray
    """(l + 1,) where a line's nodes begin in ``node``"""
    node: LongArray
    """(q,) position of the node in ``Points``; -1 where the file does not have it"""
    way_class: npt.NDArray[np.uint8]
    flags: npt.NDArray[np.uint8]
    slope_pct: npt.NDArray[np.int8]
    steps: IntArray
    """(l,) steps of the whole line; 0 none, -1 uncounted"""
    name: IntArray
    """(l,) index into the names, -1 none"""
    way_id: LongArray


class Points(NamedTuple):
    """Nodes by position (p,)."""

    osm_id: LongArray
    lon_e7: IntArray
    lat_e7: IntArray
    blocked: LongArray
    """positions that nobody passes"""
    no_wheels: LongArray
    """positions that nobody passes with wheels"""


class Built(NamedTuple):
    """A graph and what had to be mended on the way."""

    graph: WalkGraph
    missing_nodes: int
    cut_lines: int
    blocked_nodes: int


def build_graph(lines: Lines, points: Points, names: tuple[str, ...]) -> Built:
    """The walking graph of lines (see the top of this file). Deterministic: same input, same arrays.

    With no line of two nodes the graph is empty.
    """
    line, node, begins, missing, cut = _cut(lines)
    is_used = np.zeros(len(points.osm_id), np.bool_)
    is_used[node] = True
    used = np.flatnonzero(is_used)
    node = (np.cumsum(is_used) - 1)[node]
    osm_id, lon, lat = points.osm_id[used], points.lon_e7[used], points.lat_e7[used]
    blocked, hinders = np.zeros((2, len(points.osm_id)), np.bool_)
    blocked[points.blocked] = True
    hinders[points.no_wheels] = True
    blocked, hinders = blocked[used], hinders[used]
    if blocked.any():
        line, node, begins, lies_on = _part(line, node, begins, blocked)
        osm_id = np.concatenate([osm_id, -1 - np.arange(len(lies_on) - len(used), dtype=np.int64)])
        lon, lat, hinders = lon[lies_on], lat[lies_on], hinders[lies_on]

    is_end = np.zeros(len(node), np.bool_)
    first = np.flatnonzero(begins)
    is_end[first] = True
    is_end[first[1:] - 1] = True
    is_end[-1:] = True
    at_junction = is_end | (np.bincount(node, minlength=len(lon))[node] > 1)

    place = np.flatnonzero(at_junction)
    ends_here = np.flatnonzero(~begins[place])
    start, stop = place[ends_here - 1], place[ends_here]
    edge_line = line[start]

    hop_m = _hops_m(lon, lat, node)
    hop_m[begins] = 0
    along_m = np.add.reduceat(hop_m, start + 1) if len(start) else np.zeros(0)
    # reduceat runs on to the next edge's first hop: where a line begins that hop is 0, and edges that
    # follow each other in a line meet exactly, so every hop is counted once.
    length_dm = np.maximum(np.rint(along_m * 10), 1).astype(np.int32)

    flags = lines.flags[edge_line].copy()
    if hinders.any():
        gates = np.concatenate([[0], np.cumsum(hinders[node])])
        flags[gates[stop + 1] - gates[start] > 0] |= WHEELS_NO

    is_junction = np.zeros(len(lon), np.bool_)
    is_junction[node[at_junction]] = True
    junction = np.flatnonzero(is_junction)
    junction = junction[_curve_order(lon[junction], lat[junction], osm_id[junction])]
    number = np.full(len(lon), -1, np.int32)
    number[junction] = np.arange(len(junction), dtype=np.int32)
    edge_from, edge_to = number[node[start]], number[node[stop]]

    low, high = np.minimum(edge_from, edge_to), np.maximum(edge_from, edge_to)
    order = _order_of_pairs(low, high, len(junction))
    steps = _share_steps(lines, edge_line, along_m)[order]
    edge_from, edge_to, flags, edge_line = edge_from[order], edge_to[order], flags[order], edge_line[order]
    shape_ptr, shape = _shapes(start[order], stop[order], node)
    n = len(junction)
    arc_ptr, arc_to, arc_edge, arc_backward = arcs_from_edges(n, edge_from, edge_to, flags)
    graph = WalkGraph(
        lon_e7=lon[junction],
        lat_e7=lat[junction],
        osm_node_id=osm_id[junction],
        island=islands(n, edge_from, edge_to),
        edge_from=edge_from,
        edge_to=edge_to,
        edge_length_dm=length_dm[order],
        edge_class=lines.way_class[edge_line],
        edge_steps=steps,
        edge_slope_pct=lines.slope_pct[edge_line],
        edge_flags=flags,
        edge_osm_way_id=lines.way_id[edge_line],
        edge_name=lines.name[edge_line],
        edge_shape_ptr=shape_ptr,
        shape_lon_e7=lon[shape],
        shape_lat_e7=lat[shape],
        arc_ptr=arc_ptr,
        arc_to=arc_to,
        arc_edge=arc_edge,
        arc_backward=arc_backward,
        names=names,
    )
    return Built(graph, missing, cut, int(blocked.sum()))


def _order_of_pairs(low: IntArray, high: IntArray, n: int) -> npt.NDArray[np.intp]:
    """Order by (low, high), both below n; of equal pairs the first comes first."""
    pair, count = low.astype(np.int64) * n + high, len(low)
    if n * n * max(count, 1) < 2**62:  # no two equal numbers: any sort is stable, and the quickest will do
        return np.argsort(pair * count + np.arange(count))
    return np.argsort(pair, kind="stable")


def _cut(lines: Lines) -> tuple[LongArray, LongArray, BoolArray, int, int]:
    """Line, node and "a piece begins here" of every place that is left; missing nodes; lines cut."""
    line = np.repeat(np.arange(len(lines.way_id), dtype=np.int64), np.diff(lines.ptr))
    node = lines.node
    gone = node < 0
    missing, cut = int(gone.sum()), int(np.count_nonzero(_changes(line[gone])))
    gap = np.cumsum(gone, dtype=np.int64)
    line, node, gap = line[~gone], node[~gone], gap[~gone]
    begins = _changes(line) | _changes(gap)
    keep = begins | _changes(node)  # a node repeated at once is one place
    line, node, begins = line[keep], node[keep], begins[keep]
    size = np.diff(np.append(np.flatnonzero(begins), len(node)))
    keep = np.repeat(size > 1, size)
    return line[keep], node[keep], begins[keep], missing, cut


def _changes(value: LongArray) -> BoolArray:
    """True where a value differs from the one before, and at the first."""
    changed = np.ones(len(value), np.bool_)
    changed[1:] = value[1:] != value[:-1]
    return changed


def _part(
    line: LongArray, node: LongArray, begins: BoolArray, blocked: BoolArray
) -> tuple[LongArray, LongArray, BoolArray, LongArray]:
    """Give every line its own point at a blocked node, two where the line leads through.

    Returns line, node, begins, and for each point (old ones first) the old point it lies on.
    """
    here = blocked[node]
    ends = np.append(begins[1:], True)
    twice = here & ~begins & ~ends
    index = np.repeat(np.arange(len(node)), 1 + twice)
    second = np.zeros(len(index), np.bool_)
    second[1:] = index[1:] == index[:-1]
    line, begins, old = line[index], begins[index] | second, node[index]
    own = np.flatnonzero(blocked[old])
    node = old.copy()
    node[own] = len(blocked) + np.arange(len(own))
    return line, node, begins, np.concatenate([np.arange(len(blocked)), old[own]])


def _hops_m(lon_e7: IntArray, lat_e7: IntArray, node: LongArray) -> npt.NDArray[np.float64]:
    """Great-circle distance [m] of every place from the one before (haversine); the first is 0."""
    scale = np.pi / 180 / E7
    lon, lat = lon_e7 * scale, lat_e7 * scale
    cosine = np.cos(lat)[node]
    lon, lat = lon[node], lat[node]
    half = np.sin((lat[1:] - lat[:-1]) / 2) ** 2 + cosine[:-1] * cosine[1:] * np.sin((lon[1:] - lon[:-1]) / 2) ** 2
    hop = np.zeros(len(node))
    hop[1:] = 2 * EARTH_RADIUS_M * np.arcsin(np.sqrt(half))
    return hop


def _share_steps(lines: Lines, edge_line: LongArray, along_m: npt.NDArray[np.float64]) -> npt.NDArray[np.uint16]:
    """Steps of each edge: a counted line's steps shared out by length (the sum stays), else by the tread."""
    steps = np.zeros(len(edge_line), np.int64)
    stairs = lines.steps[edge_line] != 0
    uncounted = lines.steps[edge_line] < 0
    steps[uncounted] = np.maximum(np.rint(along_m[uncounted] / METRES_PER_STEP), 1)
    counted = np.flatnonzero(stairs & ~uncounted)
    if len(counted):
        line, done = edge_line[counted], np.cumsum(along_m[counted])  # edges come line by line
        first = np.flatnonzero(_changes(line))
        size = np.diff(np.append(first, len(line)))
        done -= np.repeat(done[first] - along_m[counted][first], size)
        whole = np.repeat(done[first + size - 1], size)
        share = np.rint(lines.steps[line] * np.divide(done, whole, out=np.ones_like(done), where=whole > 0))
        share[1:] -= np.where(_changes(line)[1:], 0, share[:-1])
        steps[counted] = share
    return np.minimum(steps, 65_535).astype(np.uint16)


def _shapes(start: LongArray, stop: LongArray, node: LongArray) -> tuple[LongArray, LongArray]:
    """Where each edge's points begin, and the points: places start..stop of each, both included."""
    size = stop - start + 1
    ptr = np.zeros(len(size) + 1, np.int64)
    np.cumsum(size, out=ptr[1:])
    place = np.arange(ptr[-1]) + np.repeat(start - ptr[:-1], size)
    return ptr, node[place]


def _curve_order(lon: IntArray, lat: IntArray, osm_id: LongArray) -> npt.NDArray[np.intp]:
    """Order of points along a Hilbert curve; points of one cell by OSM number."""
    if not len(lon):
        return np.zeros(0, np.intp)
    east = lon.astype(np.int64) - int(lon.min())
    north = lat.astype(np.int64) - int(lat.min())
    side = max(int(east.max()), int(north.max())) + 1
    cells = 1 << HILBERT_BITS
    return np.lexsort((osm_id, hilbert(east * cells // side, north * cells // side, HILBERT_BITS)))


def hilbert(x: LongArray, y: LongArray, bits: int) -> IntArray:
    """Distance along the Hilbert curve of cells (x, y), 0 <= x, y < 2**bits.

    References
    ----------
    Hilbert (1891), Math. Ann. 38, 459-460; the loop follows Warren, Hacker's Delight, 16-2.
    """
    assert bits <= 15, "the distance is counted in 32 bits"
    x, y = x.astype(np.int32), y.astype(np.int32)
    distance = np.zeros(len(x), np.int32)
    for place in range(bits - 1, -1, -1):
        right, upper = x >> place & 1, y >> place & 1
        distance = distance << 2 | 3 * right ^ upper
        low = (1 << place) - 1
        x, y = x & low, y & low
        # Below, the curve is turned: mirrored if right, and x and y change places.
        turn = upper == 0
        flip = -(right & ~upper & 1) & low
        x, y = x ^ flip, y ^ flip
        x, y = np.where(turn, y, x), np.where(turn, x, y)
    return distance


def islands(n: int, edge_from: IntArray, edge_to: IntArray) -> IntArray:
    """Connected part of each junction, 0 the largest, then by size, then by lowest junction.

    Every junction takes the smallest number it touches and then the number of that number, until
    nothing changes: some ten rounds for a city, without scipy in the way of a quick start.
    """
    root = np.arange(n, dtype=np.int32)
    a, b = edge_from, edge_to
    while len(a):
        low, high = np.minimum(root[a], root[b]), np.maximum(root[a], root[b])
        apart = low < high
        if not apart.any():
            break
        a, b, low, high = a[apart], b[apart], low[apart], high[apart]
        np.minimum.at(root, high, low)
        while True:
            further = root[root]
            if np.array_equal(further, root):
                break
            root = further
    part, member, size = np.unique(root, return_inverse=True, return_counts=True)
    rank = np.empty(len(part), np.int32)
    rank[np.lexsort((part, -size))] = np.arange(len(part), dtype=np.int32)
    return rank[member]
