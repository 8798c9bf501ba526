"""p-median: value and bound in 10 s and proofs in 60 s, beside FasterPAM (kmedoids) with the same seconds.

Instances are the published tables (``location/pmedian_published.csv``; distances rounded down) and squares with
points thrown at random from a fresh seed, which is printed. The clock runs from coordinates in memory to the answer
with its certificate; kernels are compiled before. FasterPAM starts anew with fresh random medoids until its seconds
are over, on the table of distances, which it gets for nothing; its best is taken.
"""

from __future__ import annotations

import csv
import time
from typing import Any

import numpy as np

from bench.measure import Row, data_folder
from shanyrak.plan import PlaneDistances, p_median

SECONDS = 10.0
PROOF_SECONDS = 60.0


def run(smoke: bool = False) -> list[Row]:
    """Rows for each instance; the smoke run solves one small square."""
    seed = int(time.time()) % 100_000
    random = np.random.default_rng(seed)
    warm_up()
    rows: list[Row] = []
    n, p = (300, 20) if smoke else (2000, 60)
    square = np.floor(random.random((n, 2)) * 10_000)
    rows += _instance(f"square {n}, p {p}, seed {seed}", square, p, None, 2.0 if smoke else SECONDS)
    if smoke:
        return rows
    proven, total = 0, 0
    with (data_folder() / "location" / "pmedian_published.csv").open() as file:
        published = list(csv.DictReader(file))
    for row in published:
        points = read_points(row["instance"])
        name = f"{row['instance']}, p {row['p']}"
        rows += _instance(name, points, int(row["p"]), (int(row["opt_or_bkn"]), int(row["LB1"])), SECONDS)
        answer = p_median(
            PlaneDistances.of(points, points, floor=True), None, int(row["p"]), gap=0, time_limit_s=PROOF_SECONDS
        )
        proven, total = proven + answer.proven, total + 1
        rows.append({"what": f"{name}: to a proof, at most 60 s", "value": answer.seconds, "unit": "s",
                     "note": f"{answer.stopped_by}, gap {answer.gap:.2e}"})  # fmt: skip
    rows.append(
        {"what": "proven within 60 s", "value": proven / total, "target": ">= 0.67", "note": f"{proven}/{total}"}
    )
    return rows


def warm_up() -> None:
    """Compile the kernels on a small square."""
    points = np.random.default_rng(0).random((60, 2)) * 1000
    for p in (6, 30):  # few sites are searched over the whole table, many along lists
        p_median(PlaneDistances.of(points, points, floor=True), None, p, gap=0, time_limit_s=1e9)


def read_points(name: str) -> Any:
    """Nodes of a TSPLIB file."""
    from shanyrak.app.instances import read_instance

    return read_instance(data_folder() / "location" / f"{name}.tsp").places


def _instance(name: str, points: Any, p: int, known: tuple[int, int] | None, seconds: float) -> list[Row]:
    distances = PlaneDistances.of(points, points, floor=True)
    answer = p_median(distances, None, p, gap=0, time_limit_s=seconds)
    best, bound = known if known else (int(answer.objective), int(answer.bound))
    value, below = answer.objective / best - 1, max(0.0, 1 - answer.bound / best)
    allowed = max(5e-4, 1 - bound / best)
    rows: list[Row] = [
        {"what": f"{name}: value above the best known", "value": value, "target": "<= 1e-4",
         "note": f"{answer.objective:,} in {answer.seconds:.1f} s, {answer.stopped_by}"},
        {"what": f"{name}: bound below the best known", "value": below, "target": f"<= {allowed:.1e}"},
    ]  # fmt: skip
    peer = fasterpam(distances.rows(0, len(points)), p, seconds)
    if peer is not None:
        gap = peer / best - 1
        rows.append({"what": f"{name}: FasterPAM, same seconds", "value": gap, "peer": "FasterPAM",
                     "ratio": gap / max(value, 1e-6), "target": ">= 20"})  # fmt: skip
    return rows


def fasterpam(table: Any, p: int, seconds: float) -> float | None:
    """The best loss of FasterPAM from fresh random starts in so many seconds; None where it is not installed."""
    try:
        import kmedoids
    except ImportError:
        return None
    best, begun, start = None, time.perf_counter(), 0
    while best is None or time.perf_counter() - begun < seconds:
        loss = float(kmedoids.fasterpam(table, p, init="random", random_state=start, n_cpu=1).loss)
        best, start = loss if best is None else min(best, loss), start + 1
    return best
