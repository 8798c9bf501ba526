"""Cover lists: every junction within 15 minutes of each of many candidates, answers written out.

A *pair* is (reached junction, candidate). Peers run on the same integers, one core each (two where
said), on a sample of the candidates where all would take minutes: their time is scaled up.
"""

from __future__ import annotations

import statistics
import sys
import time
from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np
from scipy import sparse
from scipy.sparse.csgraph import dijkstra

from bench.instances import heidelberg_graph, town_graph
from bench.measure import Row, whole_process
from bench.pandana_peer import pandana_network
from shanyrak.core.units import distance_m
from shanyrak.walk import ADULT, coverage, limit_dm, walks
from shanyrak.walk.graph import WalkGraph
from shanyrak.walk.profile import arc_impedance_dm

LIMIT_DM = limit_dm(ADULT, 15)


def run(smoke: bool = False) -> list[Row]:
    """Rows for heidelberg and the made-up town, beside scipy and pandana."""
    rows = _town("heidelberg", heidelberg_graph(), 10_000, smoke, scipy_target=4, pandana_target=40)
    rows += _exactness(heidelberg_graph(), 300 if smoke else 2000)
    town = town_graph(20_000 if smoke else 600_000)
    rows += _town("made-up town", town, 10_000, smoke, scipy_target=150)
    if not smoke:
        rows += [_first_calls(10_000), _first_calls(100_000)]
    rows += _threads("made-up town", town, 3_000 if smoke else 200_000, smoke)
    if not smoke:
        rows += _memory()
    return rows


def _matrix(graph: WalkGraph) -> Any:
    # in double precision from the start: astype would add parallel arcs up, while dijkstra takes the shorter
    lengths = arc_impedance_dm(graph, ADULT).astype(np.float64)
    return sparse.csr_array((lengths, graph.arc_to, graph.arc_ptr), shape=(graph.junctions, graph.junctions))


def _seconds(work: Callable[[], Any], runs: int) -> tuple[float, Any]:
    """Median wall seconds, and the last answer."""
    taken = []
    answer = None
    for _ in range(runs):
        answer = None  # freed before the clock starts, as in a program that runs once
        begun = time.perf_counter()
        answer = work()
        taken.append(time.perf_counter() - begun)
    return statistics.median(taken), answer


def _town(
    name: str, graph: WalkGraph, count: int, smoke: bool, *, scipy_target: int, pandana_target: int | None = None
) -> list[Row]:
    rng = np.random.default_rng(1)
    candidates = rng.choice(graph.junctions, count, replace=False).astype(np.int32)
    runs = 1 if smoke else 5
    for warm_up in (walks, coverage):
        warm_up(graph, candidates[:300], LIMIT_DM)
    wanted, lists = _seconds(lambda: walks(graph, candidates, LIMIT_DM), runs)
    cover_s, cover = _seconds(lambda: coverage(graph, candidates, LIMIT_DM), runs)
    assert lists.pairs == cover.nnz
    what = f"{name}: {graph.junctions:,} junctions, {graph.arcs:,} arcs, {count:,} candidates"
    rows: list[Row] = [
        {
            "what": f"{what}: walks (junction, impedance)",
            "value": lists.pairs / wanted / 1e6,
            "unit": "million pairs/s",
            "target": ">= 20" if pandana_target else "",
            "note": f"{lists.pairs:,} pairs in {wanted:.3f} s",
        },
        {
            "what": f"{name}: coverage matrix, rows sorted",
            "value": cover.nnz / cover_s / 1e6,
            "unit": "million pairs/s",
            "note": f"{cover_s:.3f} s",
        },
    ]
    sample = candidates[: 20 if smoke else (500 if graph.junctions < 100_000 else 60)]
    backwards = _matrix(graph).T.tocsr()
    scipy_s, found = _seconds(lambda: dijkstra(backwards, indices=sample, limit=LIMIT_DM), 1 if smoke else 3)
    for j in range(len(sample)):
        junction, impedance = lists.of(j)
        reached = np.flatnonzero(np.isfinite(found[j]))
        assert np.array_equal(junction, reached), "pairs differ from scipy's"
        assert np.array_equal(impedance, found[j][reached]), "impedances differ from scipy's"
    rows.append(_peer(f"{name}: scipy dijkstra(limit=)", scipy_s, len(sample), count, wanted, scipy_target))
    if pandana_target:
        network = pandana_network(graph)
        few = sample[: 20 if smoke else 200].tolist()
        network.nodes_in_range(few[:2], 100)
        pandana_s, _ = _seconds(lambda: network.nodes_in_range(few, LIMIT_DM), 1 if smoke else 3)
        rows.append(_peer(f"{name}: pandana nodes_in_range", pandana_s, len(few), count, wanted, pandana_target))
    return rows


def _peer(what: str, seconds: float, sample: int, count: int, ours: float, target: int) -> Row:
    scaled = seconds * count / sample
    return {
        "what": what,
        "value": scaled,
        "unit": "s",
        "peer": what.split(": ")[1].split(" ")[0],
        "ratio": scaled / ours,
        "target": f">= {target}x",
        "note": f"{sample} candidates in {seconds:.3f} s, called again and again"
        + ("; pairs equal" if "scipy" in what else ""),
    }


def _threads(name: str, graph: WalkGraph, count: int, smoke: bool) -> list[Row]:
    candidates = np.random.default_rng(2).choice(graph.junctions, count, replace=False).astype(np.int32)
    taken: dict[int, list[float]] = {1: [], 2: []}
    busy = []
    for _ in range(1 if smoke else 3):  # by turns, so that a noisy minute hits both
        for threads in (1, 2):
            cpu = time.process_time()
            seconds, _ = _seconds(partial(coverage, graph, candidates, LIMIT_DM, threads=threads), 1)
            taken[threads].append(seconds)
            if threads == 2:
                busy.append((time.process_time() - cpu) / seconds)
    one, two = (statistics.median(taken[t]) for t in (1, 2))
    return [
        {
            "what": f"{name}: coverage of {count:,} candidates, two threads beside one",
            "value": two,
            "unit": "s",
            "ratio": one / two,
            "target": ">= 1.6x",
            "note": f"one thread {one:.3f} s; with two, {statistics.median(busy):.2f} cores were busy",
        }
    ]


def _exactness(graph: WalkGraph, count: int) -> list[Row]:
    """What whole decimetres cost: pairs that differ when lengths are not rounded."""
    lengths = _exact_length_dm(graph)
    exact = sparse.csr_array((lengths[graph.arc_edge], graph.arc_to, graph.arc_ptr), shape=(graph.junctions,) * 2)
    flat = sparse.csr_array((graph.edge_length_dm[graph.arc_edge], graph.arc_to, graph.arc_ptr), shape=exact.shape)
    candidates = np.random.default_rng(3).choice(graph.junctions, count, replace=False).astype(np.int32)
    differ, pairs, largest = 0, 0, 0.0
    backwards = exact.T.tocsr()
    for first in range(0, count, 200):
        part = candidates[first : first + 200]
        found = dijkstra(backwards, indices=part, limit=LIMIT_DM * 1.01)
        lists = walks(flat, part, LIMIT_DM)
        for j in range(len(part)):
            junction, impedance = lists.of(j)
            ours = np.zeros(graph.junctions, np.bool_)
            ours[junction] = True
            differ += int((ours != (found[j] <= LIMIT_DM)).sum())
            pairs += len(junction)
            largest = max(largest, float(np.abs(found[j][junction] - impedance).max()))
    return [
        {
            "what": "heidelberg: pairs that differ with exact lengths",
            "value": 1e6 * differ / pairs,
            "unit": "per million",
            "note": f"{differ} of {pairs:,}; walks differ by at most {largest / 10:.2f} m",
        }
    ]


def _exact_length_dm(graph: WalkGraph) -> np.ndarray:
    lon, lat = graph.shape_lon_e7 / 1e7, graph.shape_lat_e7 / 1e7
    piece = np.append(10 * distance_m(lon[:-1], lat[:-1], lon[1:], lat[1:]), 0)
    piece[graph.edge_shape_ptr[1:] - 1] = 0
    ends: np.ndarray = np.cumsum(np.append(0, piece))
    return np.asarray(ends[graph.edge_shape_ptr[1:]] - ends[graph.edge_shape_ptr[:-1]])


_FIRST = """
import time, numpy as np
from scipy.sparse.csgraph import dijkstra
from bench.instances import town_graph
from bench.walk_lists import LIMIT_DM, _matrix
from shanyrak.walk import walks
graph = town_graph()
candidates = np.random.default_rng(1).choice(graph.junctions, {count}, replace=False).astype(np.int32)
backwards = _matrix(graph).T.tocsr()
walks(graph, candidates[:300], 100)
dijkstra(backwards, indices=candidates[:1], limit=100)
begun = time.perf_counter()
found = {call}
print((time.perf_counter() - begun) / {asked})
"""


def _first_calls(count: int) -> Row:
    """Each in a process of its own, called once: what a person waits for who plans once.

    Where memory that was never touched before is dear (virtual machines), scipy's matrix of all
    junctions is most of its time; called again in the same process, both are quicker.
    """
    calls = (
        ("walks(graph, candidates, LIMIT_DM)", count),
        ("dijkstra(backwards, indices=candidates[:60], limit=LIMIT_DM)", 60),
    )
    ours, theirs = (
        statistics.median(
            float(whole_process([sys.executable, "-c", _FIRST.format(count=count, call=call, asked=asked)]).output)
            for _ in range(3)
        )
        for call, asked in calls
    )
    return {
        "what": f"made-up town: {count:,} candidates, scipy, first call in a process",
        "value": theirs * count,
        "unit": "s",
        "peer": "scipy",
        "ratio": theirs / ours,
        "target": ">= 150x",
        "note": f"a candidate: {1e6 * ours:.0f} us, scipy {1e6 * theirs:.0f} us (60 candidates)",
    }


_MEMORY = """
import resource, sys, threading, numpy as np
from bench.instances import heidelberg_graph
from shanyrak.walk import coverage, walks
graph = heidelberg_graph()
ask = {{"coverage": coverage, "walks": walks}}["{ask}"]
candidates = np.random.default_rng(1).integers(0, graph.junctions, {count}).astype(np.int32)
ask(graph, candidates[:300], 11250)
peak = 0.0
done = threading.Event()
def held():
    return int(open("/proc/self/statm").read().split()[1]) * resource.getpagesize()
def watch():
    global peak
    while not done.wait(0.001):
        peak = max(peak, held())
before = held()
thread = threading.Thread(target=watch)
thread.start()
found = ask(graph, candidates, 11250)
done.set()
thread.join()
peak = max(peak, held())
parts = (found.indices, found.indptr, found.data) if "{ask}" == "coverage" else (found.cell, found.impedance_dm)
print(peak - before, sum(p.nbytes for p in parts))
"""


def _memory() -> list[Row]:
    """Most memory held at once, as a multiple of the answer itself."""
    rows: list[Row] = []
    for ask in ("coverage", "walks"):
        held, size = map(
            float, whole_process([sys.executable, "-c", _MEMORY.format(ask=ask, count=100_000)]).output.split()
        )
        rows.append(
            {
                "what": f"heidelberg: memory of {ask}, 100,000 candidates, as a multiple of the answer",
                "value": held / size,
                "unit": "x",
                "memory_mb": held / 2**20,
                "target": "about 1.3",
                "note": f"answer {size / 2**20:.0f} MB",
            }
        )
    return rows


if __name__ == "__main__":
    from bench.__main__ import show

    show("walk_lists", run(smoke="--smoke" in sys.argv))
