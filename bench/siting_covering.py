"""Maximal and partial covering from coordinates to proof, beside the sketch, HiGHS and whoever else is installed.

Instances follow the recipe of ``bench.bds`` with a seed drawn at run time (it is printed); the clock runs from
coordinates in memory to the answer with its bound and certificate, kernels compiled before. Seconds depend on the
machine and on what else it does: read the ratios, which are of runs one after the other.
"""

from __future__ import annotations

import gc
import importlib
import statistics
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np

from bench.bds import PAIRS, SIDE, instance, streamed
from bench.covering_rivals import highs, highs_relaxation, installed, model_of, spopt
from bench.measure import Row, data_folder
from shanyrak.plan import covering_from_points, maximal_covering, partial_covering
from shanyrak.plan.ready import ready
from shanyrak.plan.saddle import Walk


def run(smoke: bool = False) -> list[Row]:
    """Rows for each of the targets."""
    seed = int(time.time()) % 100_000
    ready()
    sites, homes, people = instance(20, 2000, seed)
    covering_from_points(homes, sites, 4.0, demand=people)
    covering_from_points(np.round(homes), np.repeat(np.round(sites), 9, axis=0), 4.0, demand=people)
    rows = many_customers(20_000 if smoke else 1_000_000, seed, PAIRS[::7] if smoke else PAIRS, 2.0 if smoke else 60.0)
    rows += beside_spopt(500 if smoke else 10_000, seed)
    rows += relaxations([(60, 3.0)] if smoke else [(460, 3.0), (1200, 2.9)], 20_000 if smoke else 1_000_000, seed)
    rows += hard(100 if smoke else 1000, 10_000 if smoke else 1_000_000, seed, [1.0] if smoke else [5.0, 60.0])
    if not smoke:
        rows += very_many(40_000_000, seed)
        rows += every_node(10.0, 60.0)
        rows += streaming(1_000_000_000, seed)
    return rows


def _solved(
    sites: Any, homes: Any, people: Any, radius: float, k: int, limit_s: float = 60.0
) -> tuple[float, Any, Any]:
    begun = time.perf_counter()
    covering = covering_from_points(homes, sites, radius, demand=people, strict=True)
    answer = maximal_covering(covering.cover, covering.demand, k, gap=0, time_limit_s=limit_s)
    return time.perf_counter() - begun, covering, answer


def many_customers(customers: int, seed: int, pairs: list[tuple[int, float]], limit_s: float) -> list[Row]:
    """100 locations: all (budget, radius), each proved; the sketch and HiGHS on the same."""
    sites, homes, people = instance(100, customers, seed)
    ours, merged, sketches, rivals, partial = [], [], [], [], []
    proved = 0
    sketch = _sketch() if customers >= 1_000_000 else None  # it takes a minute to compile
    for k, radius in pairs:
        seconds, covering, answer = _solved(sites, homes, people, radius, k)
        ours.append(seconds)
        merged.append(answer.seconds)
        proved += answer.proven
        if sketch is not None:
            sketches.append(_sketched(sketch, sites, homes, people, radius, k))
        begun = time.perf_counter()
        part = partial_covering(covering.cover, covering.demand, 0.6 * people.sum() / covering.demand.sum())
        partial.append(time.perf_counter() - begun)
        assert part.proven
        taken, value, _ = highs(model_of(covering.cover, covering.demand), k, limit_s)
        rivals.append(taken)
        assert value <= answer.bound + 1
    name = f"{customers:,} x 100, {len(pairs)} (B, R), seed {seed}"
    rows: list[Row] = [
        {"what": f"{name}: median", "value": statistics.median(ours), "unit": "s", "target": "<= 0.25",
         "note": f"worst {max(ours):.2f} s, {proved} of {len(pairs)} proved"},
        {"what": f"{name}: HiGHS on the merged rows, at most {limit_s:.0f} s", "value": statistics.median(rivals),
         "unit": "s", "peer": "HiGHS", "ratio": _ratio(rivals, merged), "target": ">= 8"},
        {"what": f"{name}: fewest sites for 60 % of demand, median", "value": statistics.median(partial), "unit": "s"},
    ]  # fmt: skip
    if sketches:
        rows.append({"what": f"{name}: sketch, median", "value": statistics.median(sketches), "unit": "s",
                     "peer": "sketch", "ratio": _ratio(sketches, ours), "target": ">= 2"})  # fmt: skip
    return rows


def _ratio(theirs: list[float], ours: list[float]) -> float:
    return statistics.geometric_mean(a / b for a, b in zip(theirs, ours, strict=True))


def beside_spopt(customers: int, seed: int) -> list[Row]:
    """Coordinates to optimum with spopt and HiGHS."""
    sites, homes, people = instance(100, customers, seed)
    seconds, _, answer = _solved(sites, homes, people, 4.5, 15)
    told = spopt(homes, sites, people, 4.5, 15)
    what = f"{customers:,} x 100, B = 15, R = 4.5"
    rows: list[Row] = [{"what": what, "value": seconds, "unit": "s", "note": f"proven: {answer.proven}"}]
    if told is None:
        return [*rows, {"what": f"{what}: spopt", "value": "", "note": "not installed"}]
    assert abs(told[1] - answer.objective) < 1
    return [*rows, {"what": f"{what}: spopt", "value": told[0], "unit": "s", "peer": "spopt",
                    "ratio": told[0] / seconds, "target": ">= 200"}]  # fmt: skip


def relaxations(sizes: list[tuple[int, float]], customers: int, seed: int) -> list[Row]:
    """The bound of the relaxation to 1e-4, beside HiGHS's methods."""
    rows: list[Row] = []
    for n, radius in sizes:
        sites, homes, people = instance(n, customers, seed)
        covering = covering_from_points(homes, sites, radius, demand=people, strict=True)
        model, k = model_of(covering.cover, covering.demand), max(2, int(0.5 * SIDE**2 / radius**2 / np.pi))
        begun = time.perf_counter()
        walk = Walk(model, k, np.zeros(n, np.int8), np.full(n, k / n), np.full(model.rows, 0.5), 1.0)
        for _ in range(200):
            walk.go(25, 0.0, 1e-4)
            if walk.is_over:
                break
        seconds, gap = time.perf_counter() - begun, walk.best_bound - walk.best_value
        name = f"relaxation, {model.rows:,} x {n}, {model.nonzeros:,} pairs, k = {k}"
        rows.append({"what": name, "value": seconds, "unit": "s", "note": f"bound within {gap:.1e} of the least"})
        for method in ("simplex", "ipm", "pdlp"):
            taken, value, status = highs_relaxation(model, k, method, 600.0 if method == "ipm" else 120.0)
            note = f"{status}, {value / model.weight.sum():.6f}, ours {walk.best_bound:.6f}"
            rows.append({"what": f"{name}: {method}", "value": taken, "unit": "s", "peer": f"HiGHS {method}",
                         "ratio": taken / seconds, "target": ">= 10 at 270,000 pairs, 30 at 3 million",
                         "note": note})  # fmt: skip
    return rows


def hard(n: int, customers: int, seed: int, limits_s: list[float]) -> list[Row]:
    """Many locations: sparse, clustered, saturated covers; what gap is left when the time is over."""
    rows: list[Row] = []
    targets = {"sparse": "<= 1e-4", "clustered": "<= 3.5e-3", "saturated": "<= 2e-2"}
    for kind, k, radius in (("sparse", n // 20, 1.0), ("clustered", n // 20, 1.0), ("saturated", n * 3 // 25, 1.5)):
        sites, homes, people = clustered(n, customers, seed) if kind == "clustered" else instance(n, customers, seed)
        for limit in limits_s:
            covering = covering_from_points(homes, sites, radius, demand=people, strict=True)
            seconds, _, answer = _solved(sites, homes, people, radius, k, limit)
            name = f"{kind}, {customers:,} x {n}, k = {k}, {limit:.0f} s"
            target = targets[kind] if limit == 5 else ""
            rows.append({"what": name, "value": answer.gap, "unit": "gap", "target": target,
                         "note": f"{answer.stopped_by} after {seconds:.2f} s"})  # fmt: skip
            if limit > 5:
                rows += _rivals(name, covering, answer, k, limit)
    return rows


def _rivals(name: str, covering: Any, answer: Any, k: int, limit_s: float) -> list[Row]:
    model = model_of(covering.cover, covering.demand)
    rows: list[Row] = []
    for rival, solve in installed().items():
        taken, value, bound = solve(model, k, limit_s)
        gap = 1.0 if bound is None or not 0 < value <= bound else (bound - value) / bound
        rows.append({"what": f"{name}: {rival}", "value": gap, "unit": "gap", "peer": rival,
                     "ratio": gap / max(answer.gap, 1e-9),
                     "note": f"{taken:.1f} s, covers {value / answer.objective - 1:+.4%} against ours"})  # fmt: skip
    return rows


def clustered(n: int, customers: int, seed: int) -> tuple[Any, Any, Any]:
    """Locations and customers around 40 centres."""
    random = np.random.default_rng(seed)
    centres, spread = random.random((40, 2)) * SIDE, random.uniform(0.5, 2.0, 40)

    def places(count: int) -> Any:
        which = random.integers(0, 40, count)
        return np.round(centres[which] + random.normal(size=(count, 2)) * spread[which][:, None], 6)

    return places(n), places(customers), random.integers(1, 101, customers)


def very_many(customers: int, seed: int) -> list[Row]:
    """Coordinates to proof, and the memory beyond the input."""
    sites, homes, people = instance(100, customers, seed)
    gc.collect()
    before = _memory_mb(peak=False)
    taken, proved, sketches = [], 0, []
    pairs = PAIRS[::5]
    for k, radius in pairs:
        seconds, _, answer = _solved(sites, homes, people, radius, k)
        taken.append(seconds)
        proved += answer.proven
    beyond = _memory_mb(peak=True) - before
    sketch = _sketch()
    if sketch is not None:
        sketches = [_sketched(sketch, sites, homes, people, radius, k) for k, radius in pairs]
    rows: list[Row] = [{"what": f"{customers:,} x 100: worst of {len(pairs)}", "value": max(taken), "unit": "s",
                        "target": "<= 2.5", "memory_mb": beyond,
                        "note": f"{proved} proved; memory beyond the input"}]  # fmt: skip
    if sketches:
        rows.append({"what": f"{customers:,} x 100: sketch, worst", "value": max(sketches), "unit": "s",
                     "peer": "sketch", "ratio": _ratio(sketches, taken), "target": ">= 1.5"})  # fmt: skip
    return rows


def _memory_mb(*, peak: bool) -> float:
    if not peak:
        Path("/proc/self/clear_refs").write_text("5")  # the peak begins anew
    line = "VmHWM" if peak else "VmRSS"
    status = Path("/proc/self/status").read_text().splitlines()
    return int(next(s for s in status if s.startswith(line)).split()[1]) / 1024


def streaming(customers: int, seed: int) -> list[Row]:
    """Customers made block after block and forgotten."""
    begun = time.perf_counter()
    sites, blocks = streamed(100, customers, seed)
    skipped = time.perf_counter() - begun
    begun = time.perf_counter()
    covering = covering_from_points(blocks, sites, 4.5, strict=True)
    answer = maximal_covering(covering.cover, covering.demand, 15, gap=0)
    seconds = time.perf_counter() - begun
    return [{"what": f"{customers:,} customers streamed", "value": seconds, "unit": "s", "target": "<= 75",
             "memory_mb": _memory_mb(peak=True),
             "note": f"making them included; {skipped:.0f} s before to find where demands begin; "
                     f"proven: {answer.proven}"}]  # fmt: skip


def every_node(limit_s: float, rival_s: float) -> list[Row]:
    """TSPLIB nodes, each a customer and a candidate."""
    rows: list[Row] = []
    for name, k, radius in (("rl1304", 20, 1500), ("rl1304", 60, 900), ("fl1400", 10, 250), ("fl1400", 5, 300),
                            ("pcb3038", 30, 300), ("pcb3038", 100, 150)):  # fmt: skip
        text = (data_folder() / "location" / f"{name}.tsp").read_text().split("NODE_COORD_SECTION")[1]
        nodes = np.array([line.split()[1:3] for line in text.split("EOF")[0].strip().splitlines()], np.float64)
        covering = covering_from_points(nodes, nodes, radius)
        answer = maximal_covering(covering.cover, covering.demand, k, gap=0, time_limit_s=limit_s)
        what = f"{name}, k = {k}, R = {radius}, {limit_s:.0f} s"
        share = answer.objective / len(nodes)
        rows.append({"what": what, "value": answer.gap, "unit": "gap", "target": "within 1e-4 of the best known",
                     "note": f"covers {share:.1%}; {answer.stopped_by} after {answer.seconds:.2f} s"})  # fmt: skip
        rows += _rivals(f"{what} (rival {rival_s:.0f} s)", covering, answer, k, rival_s)
    return rows


def _sketch() -> Any:
    """The prototype in the shared folder, where it is there; without the loop at its end."""
    folder = data_folder().parent / "sketches" / "siting"
    if not (folder / "stream.py").is_file():
        return None
    if "sketched_stream" not in sys.modules:
        copy = Path(tempfile.mkdtemp())
        for file in folder.glob("*.py"):
            text = file.read_text()
            name = "sketched_stream.py" if file.name == "stream.py" else file.name
            (copy / name).write_text(text.split("\nrun(100,1000")[0] + "\n")
        sys.path.insert(0, str(copy))
        sketch = importlib.import_module("sketched_stream")
        sys.path.remove(str(copy))
        sites, homes, people = instance(100, 1000, 1)
        _sketched(sketch, sites, homes, people, 5.5, 10)
    return sys.modules["sketched_stream"]


def _sketched(s: Any, sites: Any, homes: Any, people: Any, radius: float, k: int) -> float:
    """Seconds of the prototype from coordinates to the end of its branch and bound (as its own ``run`` does)."""
    begun = time.perf_counter()
    n, cell, across = len(sites), float(radius), int(SIDE / radius) + 1
    g = (sites[:, 0] / cell).astype(np.int64) * across + (sites[:, 1] / cell).astype(np.int64)
    gp = np.argsort(g, kind="stable").astype(np.int64)
    gs = np.searchsorted(g[gp], np.arange(across * across + 1)).astype(np.int64)
    h = np.random.default_rng(1).integers(1, 2**63, n, dtype=np.uint64) * np.uint64(2) + np.uint64(1)
    rep, w, _ = s.stream(sites, homes, people, float(radius), gs, gp, cell, across, h, 1 << 20)
    ptr, idx = s.cover(sites, homes[rep], radius)
    fp, fj = s.transpose(ptr, idx, n)
    y, _, _ = s.greedy(ptr, idx, w, fp, fj, n, k)
    bound, v, _, _, lean, _ = s.pdhg(ptr, idx, w, fp, fj, n, k, y, 1e-4, 20, 50)
    best, chosen, _, _ = s.ils(ptr, idx, w, fp, fj, n, k, [s.lp_round(lean, k), y], lean, 0.1, bound)
    s.bnb(ptr, idx, w, fp, fj, n, k, best, chosen, v, lean, 60)
    return time.perf_counter() - begun
