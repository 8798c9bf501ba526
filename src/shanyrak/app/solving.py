"""Solve a siting instance from a file with any model of the engine.

An answer's ``sites`` are rows of the file (or of the file of candidates where that has places of its own), from 0.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import scipy.sparse as sp

from shanyrak.app.covers import cover_of
from shanyrak.app.instances import Instance, read_candidates, read_instance
from shanyrak.app.solving_limits import limits_of
from shanyrak.app.solving_own import BY_CELL, own_of, said, scenarios_of
from shanyrak.core.errors import InvalidInput
from shanyrak.core.progress import Clock, Progress, silent
from shanyrak.core.units import EARTH_RADIUS_M
from shanyrak.plan.distances import Distances, MatrixDistances, PlaneDistances, SphereDistances
from shanyrak.plan.result import Siting


@dataclass(frozen=True)
class SolveRequest:
    """What ``shanyrak solve`` was asked for."""

    model: str
    file: Path
    p: int | None = None
    radius: float | None = None
    strict: bool = False
    floor: bool = False
    earth_radius_m: float = EARTH_RADIUS_M
    share: float | None = None
    budget: float | None = None
    cheapest: bool = False
    spacing: float | None = None
    failure: float | None = None
    capacity: float | None = None
    none: float | None = None
    unsplit: bool = False
    least: float | None = None
    aim: str | None = None
    moves: int | None = None
    candidates: Path | None = None
    time_limit_s: float = 60.0
    work_limit: int | None = None
    seed: int = 0
    gap: float = 0.0


@dataclass(frozen=True, eq=False)
class Solved:
    """An answer in the rows of the files."""

    siting: Siting
    sites: list[int]
    instance: Instance

    @property
    def summary(self) -> dict[str, Any]:
        """For programs: exactly these keys."""
        s = self.siting
        return {
            "sites": self.sites,
            "objective": _plain(s.objective),
            "bound": _plain(s.bound),
            "gap": s.gap,
            "proven": s.proven,
            "stopped_by": s.stopped_by,
            "seconds": round(s.seconds, 6),
        }


def solve(request: SolveRequest, *, clock: Clock = time.perf_counter, progress: Progress = silent) -> Solved:
    """Read an instance and solve it; the time limit counts from the read input and ready kernels.

    Raises
    ------
    InvalidInput
        A model that is not known, an option it needs or does not know, a file that cannot be used.
    """
    if request.model not in MODELS:
        raise InvalidInput(
            f"no model is called {request.model!r}", where="MODEL", mend=f"There are {', '.join(MODELS)}"
        )
    _options(request)
    instance = read_instance(request.file)
    if request.candidates is not None:
        instance = read_candidates(request.candidates, instance)
    rows = np.arange(instance.candidates, dtype=np.int32) if instance.rows is None else instance.rows
    siting = MODELS[request.model].solve(request, instance, clock, progress)
    return Solved(siting, sorted(int(rows[site]) for site in siting.sites), instance)


def stops(request: SolveRequest, clock: Clock, progress: Progress) -> dict[str, Any]:
    """When to stop, as every model takes it."""
    return {
        "gap": request.gap,
        "time_limit_s": request.time_limit_s,
        "work_limit": request.work_limit,
        "seed": request.seed,
        "clock": clock,
        "progress": progress,
    }


def _options(request: SolveRequest) -> None:
    model = MODELS[request.model]
    given = (
        ("-p", request.p), ("--radius", request.radius), ("--share", request.share), ("--budget", request.budget),
        ("--cheapest", request.cheapest or None), ("--failure", request.failure), ("--capacity", request.capacity),
        ("--none", request.none), ("--unsplit", request.unsplit or None), ("--least", request.least),
        ("--aim", request.aim), ("--moves", request.moves),
    )  # fmt: skip
    for name, value in given:
        if value is not None and name not in model.options:
            raise InvalidInput(f"{request.model} knows no {name}", where=name, mend="Leave it out")
    if request.p is not None and request.p < 0:
        raise InvalidInput(f"{request.p} sites cannot be opened", where="-p", mend="Give 0 or more")
    if request.radius is not None and not 0 <= request.radius < np.inf:
        raise InvalidInput(f"a radius of {request.radius} is none", where="--radius", mend="Give 0 or more")
    if request.share is not None and not 0 <= request.share <= 1:
        raise InvalidInput(f"a share of {request.share} is none", where="--share", mend="Give a number from 0 to 1")
    if request.least is not None and not 0 <= request.least <= 1:
        raise InvalidInput(f"a share of {request.least} is none", where="--least", mend="Give a number from 0 to 1")
    if request.aim is not None and request.aim not in AIMS:
        raise InvalidInput(f"{request.aim!r} is no aim", where="--aim", mend=f"Say {', '.join(AIMS)}")
    if request.moves is not None and request.moves < 0:
        raise InvalidInput("fewer than no points cannot move", where="--moves", mend="Give 0 or more")
    for name, value in (
        ("--budget", request.budget),
        ("--spacing", request.spacing),
        ("--capacity", request.capacity),
        ("--none", request.none),
    ):
        if value is not None and not 0 <= value < np.inf:
            raise InvalidInput(f"{value} is less than nothing or no number", where=name, mend="Give 0 or more")
    if request.failure is not None and not 0 <= request.failure <= 1:
        raise InvalidInput(f"{request.failure} is no probability", where="--failure", mend="Give a number from 0 to 1")
    if not 0 < request.earth_radius_m < 1e8:
        raise InvalidInput(f"no earth has a radius of {request.earth_radius_m} m", where="--earth-radius")
    if not request.gap >= 0:
        raise InvalidInput(f"a gap of {request.gap} cannot be reached", where="--gap", mend="Give 0 or more")
    if not request.time_limit_s >= 0:
        raise InvalidInput(f"{request.time_limit_s} s is no time", where="--time-limit", mend="Give 0 or more")
    if request.work_limit is not None and request.work_limit < 0:
        raise InvalidInput("work cannot be negative", where="--work-limit", mend="Give 0 or more")
    if request.seed < 0:
        raise InvalidInput("a seed cannot be negative", where="--seed", mend="Give 0 or more")


def wanted_sites(request: SolveRequest, instance: Instance) -> int | None:
    """How many sites: as asked, else as the file says; None where only a budget limits them."""
    p = request.p if request.p is not None else instance.p
    if p is None and request.budget is not None and request.model in _BY_BUDGET:
        return None
    if p is None:
        raise InvalidInput("nothing says how many sites are to be opened", where="-p", mend="Give -p N")
    if p > instance.candidates:
        raise InvalidInput(f"{p} sites are to be opened, and there are {instance.candidates} candidates", where="-p")
    return p


def distances_of(request: SolveRequest, instance: Instance) -> tuple[Distances, int | None]:
    """Distances of an instance; and, where some pairs have no way, the whole distance that stands for that."""
    if instance.kind == "cover":
        raise InvalidInput(
            f"{request.model} needs distances, and this table says who covers whom", where=str(request.file),
            mend="Give distances, or solve maximal_covering",
        )  # fmt: skip
    if instance.kind == "plane":
        return PlaneDistances.of(instance.places, instance.sites, floor=request.floor), None
    if instance.kind == "sphere":
        return SphereDistances.of(
            instance.places, instance.sites, floor=request.floor, radius_m=request.earth_radius_m
        ), None  # fmt: skip
    far = np.asarray(np.floor(instance.table) if request.floor else instance.table)
    none = ~np.isfinite(far) if far.dtype.kind == "f" else np.zeros(far.shape, bool)
    if not none.any():
        return MatrixDistances.of(far), None
    lost = np.flatnonzero(none.all(axis=1) & (instance.demand > 0))
    if len(lost):
        raise InvalidInput(f"no candidate can be reached from row {lost[0]}", where=str(request.file),
                           mend="Leave it out, or write demand 0")  # fmt: skip
    # so far that one such pair costs more than everybody's longest way together
    weight = np.maximum(instance.demand, 0).astype(np.float64)
    positive = weight[weight > 0]
    longest = np.where(none, 0, far).max(axis=1)
    beyond = np.ceil(float((longest * weight).sum()) / float(positive.min(initial=1.0))) + 1
    if request.model == "p_center":
        beyond = np.ceil(float(longest.max())) + 1
    if beyond >= 1 << 29:
        raise InvalidInput("distances are too long beside pairs without a way", where=str(request.file),
                           mend="Use a larger unit, or solve each part by itself")  # fmt: skip
    made = MatrixDistances.of(np.where(none, beyond, far))
    return made, int(beyond) * made.unit


def _plain(value: Any) -> int | float:
    return int(value) if isinstance(value, int | np.integer) else float(value)


@dataclass(frozen=True)
class Model:
    """A model of the engine as the command knows it."""

    solve: Callable[[SolveRequest, Instance, Clock, Progress], Siting]
    options: frozenset[str]


def _covering(function: str) -> Callable[[SolveRequest, Instance, Clock, Progress], Siting]:
    """A model that wants to know who covers whom."""

    def solve_it(request: SolveRequest, instance: Instance, clock: Clock, progress: Progress) -> Siting:
        import shanyrak.plan as plan

        by_share, moving = function == "partial_covering", function == "moved_covering"
        own = own_of(request, instance)
        wanted = request.share if by_share else own.pop("existing") if moving else wanted_sites(request, instance)
        if by_share and wanted is None:
            raise InvalidInput("nothing says what share is to be covered", where="--share", mend="Give --share X")
        ready(function)
        started = clock()
        cover, demand, uncovered = cover_of(
            instance, request.radius, strict=request.strict, floor=request.floor,
            earth_radius_m=request.earth_radius_m, merge=function not in BY_CELL,
        )  # fmt: skip
        if function == "scenario_covering":
            demand = scenarios_of(request)
        if by_share and uncovered:  # whom nobody covers counts in the whole of which a share is wanted
            cover, demand = with_nobody_near(cover, demand, uncovered)
        taken = clock() - started
        limits = stops(request, clock, progress) | limits_of(request, instance) | own
        limits["time_limit_s"] = max(request.time_limit_s - taken, 0.0)
        return _later(getattr(plan, function)(cover, demand, wanted, **limits), taken)

    return solve_it


def with_nobody_near(cover: Any, demand: Any, uncovered: float) -> tuple[Any, Any]:
    """Cover and demand with a row for those whom no candidate covers."""
    more = sp.csr_array((1, cover.shape[1]), dtype=bool)
    return sp.csr_array(sp.vstack([cover, more])), np.append(demand, uncovered)


def _by_distance(function: str) -> Callable[[SolveRequest, Instance, Clock, Progress], Siting]:
    """A model that wants distances."""

    def solve_it(request: SolveRequest, instance: Instance, clock: Clock, progress: Progress) -> Siting:
        import shanyrak.plan as plan

        p = wanted_sites(request, instance)
        distances, beyond = distances_of(request, instance)
        ready_points(function)
        siting: Siting = getattr(plan, function)(
            distances, instance.demand, p, **stops(request, clock, progress), **limits_of(request, instance)
        )
        _must_reach(siting, distances, instance, beyond)
        return siting

    return solve_it


def _by_table(function: str) -> Callable[[SolveRequest, Instance, Clock, Progress], Siting]:
    """A model that wants the whole table of distances and something beside."""

    def solve_it(request: SolveRequest, instance: Instance, clock: Clock, progress: Progress) -> Siting:
        import shanyrak.plan as plan

        p = wanted_sites(request, instance)
        own: dict[str, Any] = {}
        if function == "reliable_p_median":
            own["failure"] = said(request.failure, "--failure")
        else:
            own |= {"full": said(request.radius, "--radius"), "none": said(request.none, "--none")}
        distances, _ = distances_of(request, instance)
        if distances.unit != 1 and function == "reliable_p_median":
            raise InvalidInput(f"{function} counts whole distances", where=str(request.file), mend="Give --floor")
        ready_table(function)
        started = clock()
        table = distances.rows(0, distances.shape[0])
        far = sp.csr_array(np.ones(table.shape, np.int8))
        far = sp.csr_array((table.ravel() if distances.unit == 1 else table.ravel() / distances.unit,
                            far.indices, far.indptr), shape=table.shape)  # fmt: skip
        taken = clock() - started
        limits = stops(request, clock, progress) | limits_of(request, instance) | own
        limits["time_limit_s"] = max(request.time_limit_s - taken, 0.0)
        return _later(getattr(plan, function)(far, instance.demand, p, **limits), taken)

    return solve_it


def _must_reach(siting: Siting, distances: Distances, instance: Instance, beyond: int | None) -> None:
    """Refuse an answer in which somebody has no way."""
    if beyond is None:
        return
    from shanyrak.plan.distances import nearest

    _, far = nearest(distances, siting.sites)
    lost = np.flatnonzero((far >= beyond) & (instance.demand > 0))
    if len(lost):
        raise InvalidInput(f"no choice of {len(siting.sites)} sites was found that row {lost[0]} can reach", where="-p",
                           mend="Open more sites: at least one in each part")  # fmt: skip


def _later(siting: Siting, seconds: float) -> Siting:
    """An answer whose clock began earlier."""
    from dataclasses import replace

    history = [(at + seconds, objective, bound) for at, objective, bound in siting.history]
    return replace(siting, seconds=siting.seconds + seconds, history=history)


_NO_LIMIT_S = 1e9


def ready(function: str) -> None:
    """Compile or load the kernels of a covering model, so that no time limit pays for it."""
    import shanyrak.plan as plan

    random = np.random.default_rng(0)
    points = random.random((60, 2))
    for decimals in (points, np.floor(points * 100).astype(np.int64)):
        merged = plan.covering_from_points(decimals, decimals[:20], 0.2 if decimals is points else 20)
        demand: Any = merged.demand
        if function == "scenario_covering":
            demand = np.stack([demand, demand])
        getattr(plan, function)(
            merged.cover, demand, _TRIAL.get(function, 4), gap=0.0, time_limit_s=_NO_LIMIT_S,
            **_trial(function, len(merged.demand)),
        )  # fmt: skip


_TRIAL: dict[str, Any] = {"partial_covering": 0.8, "moved_covering": [0, 1]}


def _trial(function: str, cells: int) -> dict[str, Any]:
    """What a model needs beside, for a run whose answer nobody looks at."""
    halves = np.arange(cells) % 2
    own: dict[str, dict[str, Any]] = {
        "expected_covering": {"failure": 0.1},
        "capacitated_covering": {"capacity": 9},
        "fair_covering": {"district": halves},
        "covering_with_floors": {"district": halves, "floor": 0.1},
        "moved_covering": {"spend": 1},
    }
    return own.get(function, {})


def ready_table(function: str) -> None:
    """Compile or load the kernels of a model that wants a table of distances."""
    import shanyrak.plan as plan

    table = np.random.default_rng(4).integers(1, 100, (40, 12))
    own: dict[str, Any] = {"failure": 0.1} if function == "reliable_p_median" else {"full": 20, "none": 60}
    getattr(plan, function)(table, np.ones(40, np.int64), 3, gap=0.0, time_limit_s=_NO_LIMIT_S, **own)


def ready_points(function: str) -> None:
    """Compile or load the kernels of p-median or p-center."""
    import shanyrak.plan as plan

    places = np.random.default_rng(3).random((60, 2)) * 1000
    distances = PlaneDistances.of(places, places, floor=True)
    for p in (6, 30):  # few sites are searched over the whole table, many along lists
        getattr(plan, function)(distances, None, p, gap=0.0, time_limit_s=_NO_LIMIT_S)


_BY_BUDGET = {"maximal_covering", "p_median", "p_center"}

AIMS = ("mean", "worst", "likely")
_COVERING = frozenset({"-p", "--radius", "--budget"})
MODELS: dict[str, Model] = {
    "maximal_covering": Model(_covering("maximal_covering"), _COVERING),
    "partial_covering": Model(_covering("partial_covering"), frozenset({"--share", "--radius", "--cheapest"})),
    "backup_covering": Model(_covering("backup_covering"), _COVERING),
    "expected_covering": Model(_covering("expected_covering"), _COVERING | {"--failure"}),
    "capacitated_covering": Model(_covering("capacitated_covering"), _COVERING | {"--capacity", "--unsplit"}),
    "gradual_covering": Model(_by_table("gradual_covering"), _COVERING | {"--none"}),
    "fair_covering": Model(_covering("fair_covering"), _COVERING),
    "covering_with_floors": Model(_covering("covering_with_floors"), _COVERING | {"--least"}),
    "scenario_covering": Model(_covering("scenario_covering"), _COVERING | {"--aim", "--share"}),
    "moved_covering": Model(_covering("moved_covering"), frozenset({"-p", "--radius", "--moves"})),
    "opening_order": Model(_covering("opening_order"), _COVERING),
    "p_median": Model(_by_distance("p_median"), frozenset({"-p", "--budget"})),
    "reliable_p_median": Model(_by_table("reliable_p_median"), frozenset({"-p", "--budget", "--failure"})),
    "p_center": Model(_by_distance("p_center"), frozenset({"-p", "--budget"})),
}
