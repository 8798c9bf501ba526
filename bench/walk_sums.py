"""People within 15 minutes of *every* junction: sums over all junctions reached, no list kept.

Ours begins with nothing prepared. pandana's contraction of the graph is not counted.
"""

from __future__ import annotations

import statistics
import sys
import time

import numpy as np

from bench.instances import heidelberg_graph, town_graph
from bench.measure import Row
from bench.pandana_peer import pandana_network
from shanyrak.walk import ADULT, limit_dm, reach
from shanyrak.walk.graph import WalkGraph

LIMIT_DM = limit_dm(ADULT, 15)


def run(smoke: bool = False) -> list[Row]:
    """Rows for heidelberg and the made-up town, beside pandana's aggregate."""
    rows = _town("heidelberg", heidelberg_graph(), smoke)
    return rows + _town("made-up town", town_graph(20_000 if smoke else 600_000), smoke)


def _town(name: str, graph: WalkGraph, smoke: bool) -> list[Row]:
    import pandas as pd

    persons_milli = np.random.default_rng(4).integers(0, 20_000, graph.junctions)
    network = pandana_network(graph)
    every = pd.Series(np.arange(graph.junctions))
    network.set(every, variable=pd.Series(persons_milli.astype(np.float64)), name="persons_milli")
    reach(graph, persons_milli, 100)
    ours: list[float] = []
    theirs: list[float] = []
    runs = 1 if smoke or graph.junctions > 100_000 else 5  # pandana takes more than a minute for the town
    for _ in range(runs):  # by turns, so that a noisy minute hits both
        begun = time.perf_counter()
        sums = reach(graph, persons_milli, LIMIT_DM)
        ours.append(time.perf_counter() - begun)
        begun = time.perf_counter()
        plain = network.aggregate(LIMIT_DM, type="sum", decay="flat", name="persons_milli").to_numpy()
        theirs.append(time.perf_counter() - begun)
    here, there = statistics.median(ours), statistics.median(theirs)
    equal = int((np.abs(plain - sums) < 0.5).sum())
    return [
        {
            "what": f"{name}: people within 15 minutes of each of {graph.junctions:,} junctions",
            "value": here,
            "unit": "s",
            "note": "one thread, nothing prepared",
        },
        {
            "what": f"{name}: pandana aggregate",
            "value": there,
            "unit": "s",
            "peer": "pandana",
            "ratio": there / here,
            "target": ">= 2x",
            "note": f"one thread, contraction not counted; equal at {equal:,} of {graph.junctions:,} junctions",
        },
    ]


if __name__ == "__main__":
    from bench.__main__ import show

    show("walk_sums", run(smoke="--smoke" in sys.argv))
