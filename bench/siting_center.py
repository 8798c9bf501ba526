"""p-center: seconds to a proof on OR-Library graphs, fresh random graphs of the same kind, and TSPLIB points.

Random graphs have n^2 / 50 edges with lengths 1 to 100 and are drawn from a seed that is printed. The clock runs
from distances in memory (or coordinates) to the proven answer with its certificate; kernels are compiled before.
HiGHS is the peer on the smallest ones: the compact model (a longest distance, assignment variables) with the same
seconds and two threads.
"""

from __future__ import annotations

import csv
import time
from typing import Any

import numpy as np
import scipy.sparse as sp
from scipy.sparse.csgraph import dijkstra

from bench.measure import Row, data_folder
from bench.siting_median import read_points
from shanyrak.plan import MatrixDistances, PlaneDistances, p_center
from shanyrak.plan.highs import quiet_highs


def run(smoke: bool = False) -> list[Row]:
    """Rows for each instance; the smoke run solves two graphs."""
    seed = int(time.time()) % 100_000
    random = np.random.default_rng(seed)
    p_center(MatrixDistances.of(random_graph(60, random)), None, 6, gap=0, time_limit_s=1e9)
    rows: list[Row] = []
    sizes = (
        [(50, 5), (50, 12)]
        if smoke
        else [(50, 5), (300, 5), (300, 30), (500, 100), (600, 10), (900, 5), (900, 60), (900, 200)]
    )
    for n, p in sizes:
        distances = MatrixDistances.of(random_graph(n, random))
        rows += _instance(f"graph {n}, p {p}, seed {seed}", distances, p, 30.0, "<= 1")
        if n <= 50:
            rows[-1] |= _highs(distances.table, p, rows[-1]["value"])
    if smoke:
        return rows
    from shanyrak.app.instances import read_instance

    with (data_folder() / "location" / "orlib_optima.csv").open() as file:
        for row in csv.DictReader(file):
            table = read_instance(data_folder() / "location" / f"{row['instance']}.txt").table
            rows += _instance(row["instance"], MatrixDistances.of(table), int(row["p"]), 30.0, "<= 1")
            rows[-1]["note"] += f"; published {row['pcenter_opt']}"
    for name, counts, limit in (("rl1304", (10, 50, 100), 30.0), ("pcb3038", (10, 50, 100), 60.0)):
        points = read_points(name)
        for p in counts:
            plane = PlaneDistances.of(points, points, floor=True)
            rows += _instance(f"{name}, p {p}", plane, p, limit, "<= 5" if name == "rl1304" else "<= 60")
    return rows


def random_graph(n: int, random: np.random.Generator) -> Any:
    """Shortest paths of a connected random graph."""
    first, second = np.triu_indices(n, 1)
    some = random.choice(len(first), min(len(first), n * n // 50), replace=False)
    path = random.permutation(n)
    a = np.concatenate([first[some], path[:-1]])
    b = np.concatenate([second[some], path[1:]])
    ends, at = np.unique(np.sort(np.stack([a, b]), axis=0), axis=1, return_index=True)
    length = random.integers(1, 101, len(a))[at]
    return dijkstra(sp.csr_array((length.astype(float), tuple(ends)), shape=(n, n)), directed=False)


def _instance(name: str, distances: Any, p: int, limit_s: float, target: str) -> list[Row]:
    answer = p_center(distances, None, p, gap=0, time_limit_s=limit_s)
    return [{"what": f"{name}: to a proof", "value": answer.seconds, "unit": "s", "target": target,
             "note": f"{answer.objective} (bound {answer.bound}), {answer.stopped_by}"}]  # fmt: skip


def _highs(table: Any, p: int, seconds: float) -> Row:
    m, n = table.shape
    model = quiet_highs(time_limit=10.0)
    y = [model.addBinary() for _ in range(n)]
    x = [[model.addVariable(0, 1) for _ in range(n)] for _ in range(m)]
    longest = model.addVariable(0, float(table.max()), 1.0)
    model.addConstr(sum(y) <= p)
    for i in range(m):
        model.addConstr(sum(x[i]) == 1)
        model.addConstr(sum(float(table[i, j]) * x[i][j] for j in range(n)) <= longest)
        for j in range(n):
            model.addConstr(x[i][j] <= y[j])
    begun = time.perf_counter()
    model.minimize()
    taken = time.perf_counter() - begun
    return {"peer": "HiGHS, compact", "ratio": taken / seconds}
