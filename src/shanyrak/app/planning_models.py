"""The models of a plan by what they mean: each asks one question of the siting engine, and says what it promises.

    most      most people within the minutes                          maximal covering
    near      nobody farther than so many minutes                     p-center, then most people among the best
    backup    still covered when any one point is shut                backup covering
    fair      the worst district as well served as can be             fair covering
    floor     most people, and a share of every district              covering with floors
    gradual   people count in full within the minutes, then less      gradual covering
    mean      the shortest mean walk                                  p-median, walks cut off at four times the minutes
    chance    most people, each point shut with a probability         expected covering
    order     an order whose every beginning is good                  opening order
    fewest    fewest (or cheapest) points for a share of people       partial covering
    own       sites set by hand                                       none: only what the first model proves

``most`` is the first choice. Every other plan carries its certificate too, so that what it gives up is known within
proven limits.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_array, vstack

from shanyrak import plan as models
from shanyrak.app.planning_districts import Districts
from shanyrak.app.planning_figures import FAR_MINUTES
from shanyrak.app.siteset import SiteSet
from shanyrak.area.area import Area
from shanyrak.core.errors import InvalidInput
from shanyrak.core.progress import Clock, Progress
from shanyrak.core.units import MILLI, IntArray, LongArray
from shanyrak.plan.result import Siting, gap_between
from shanyrak.walk.coverage import coverage, walks
from shanyrak.walk.nearest import distances_from
from shanyrak.walk.profile import Profile, limit_dm

AIMS = ("most", "near", "backup", "fair", "floor", "gradual", "mean", "chance", "order", "fewest", "own")
FIRST = "most"
CUT_OFF = 4
"""``mean``: a walk longer than this many times the minutes counts as that long, so that no hamlet decides."""
NONE_FACTOR = 2.0
"""``gradual``: nobody counts from this many times the minutes on, where nothing else is said."""
SHUT_CHANCE = 0.1
SHARE = 0.95
MOST_PAIRS = 200_000_000
"""Walks between all cells and all candidates that are held at once, 4 bytes each."""
AMONG_BEST_S = 15.0
MILLION = 1_000_000


@dataclass(frozen=True, eq=False)
class Question:
    """What every model is asked about."""

    area: Area
    profile: Profile
    minutes: float
    limit_dm: int
    sites: SiteSet
    candidates: int
    cover: csr_array
    demand: LongArray
    k: int | None
    districts: Districts
    counts: npt.NDArray[np.bool_]
    """(districts,) which count for the worst one"""
    costs: LongArray | None
    budget: int | None
    conflicts: list[tuple[int, int]]
    floor: float
    share: float
    shut_chance: float
    none_minutes: float
    gap: float
    time_limit_s: float
    seed: int
    clock: Clock
    progress: Progress
    threads: int = 1

    @property
    def fixed(self) -> list[int]:
        """Columns of the existing points."""
        return list(range(self.candidates, len(self.sites)))

    @property
    def sided(self) -> bool:
        """Whether more than a number limits the choice."""
        return bool(self.conflicts) or self.budget is not None

    @property
    def stops(self) -> dict[str, Any]:
        """When a model stops looking, in its own words."""
        return {
            "fixed": self.fixed, "gap": self.gap, "time_limit_s": self.time_limit_s, "seed": self.seed,
            "clock": self.clock, "progress": self.progress,
        }  # fmt: skip

    @property
    def sides(self) -> dict[str, Any]:
        """What limits a choice, in the models' words."""
        out: dict[str, Any] = {"conflicts": self.conflicts} if self.conflicts else {}
        if self.budget is not None:
            out |= {"costs": self.costs, "budget": self.budget}
        return out

    @property
    def number(self) -> int:
        """New points at most: as asked, or as many as there are candidates."""
        return self.candidates if self.k is None else self.k

    @property
    def of_worst(self) -> IntArray:
        """(cells,) district, -1 where it does not count."""
        known = self.districts.of_cell
        return np.where((known >= 0) & self.counts[np.maximum(known, 0)], known, -1).astype(np.int64)


@dataclass(frozen=True, eq=False)
class Answer:
    """Sites in opening order, and what the model promises of them."""

    siting: Siting
    sites: list[int]
    objective: dict[str, Any] | None = None
    """{what, value, bound, most (whether it is made large)} of the model's own; None for the first"""
    parameters: dict[str, Any] | None = None
    """what a checker needs beside the plan to build the model again"""
    uncounted: npt.NDArray[np.bool_] | None = None
    """(cells,) people whom this model leaves out, since so few points cannot all be walked to"""


def answer(question: Question, aim: str) -> Answer:
    """Sites for one of ``AIMS`` except "own"."""
    return _MODELS[aim](question)


def _promise(siting: Siting, what: str, value: float, bound: float, *, most: bool = True) -> dict[str, Any]:
    return {"what": what, "value": value, "bound": bound, "most": most, "gap": siting.gap}


def _persons(siting: Siting, what: str) -> dict[str, Any]:
    return _promise(siting, what, float(siting.objective) / MILLI, float(siting.bound) / MILLI)


def _first(q: Question) -> Answer:
    siting = models.maximal_covering(q.cover, q.demand, q.k, **q.sides, **q.stops)
    promise = _persons(siting, "covered") if q.sided else None
    sites = in_order(q, siting.sites) if q.sided else [int(j) for j in siting.sites]
    return Answer(siting, sites, promise)


def _floor(q: Question) -> Answer:
    siting = models.covering_with_floors(
        q.cover, q.demand, q.number, district=q.of_worst, floor=q.floor, **q.sides, **q.stops
    )
    return Answer(siting, in_order(q, siting.sites), _persons(siting, "covered"), {"floor": q.floor})


def _backup(q: Question) -> Answer:
    siting = models.backup_covering(q.cover, q.demand, q.number, **q.sides, **q.stops)
    return Answer(siting, in_order(q, siting.sites), _persons(siting, "twice"))


def _fair(q: Question) -> Answer:
    siting = models.fair_covering(q.cover, q.demand, q.number, district=q.of_worst, **q.sides, **q.stops)
    promise = _promise(siting, "worst_share", float(siting.objective), float(siting.bound))
    return Answer(siting, in_order(q, siting.sites), promise)


def _gradual(q: Question) -> Answer:
    beyond = limit_dm(q.profile, q.none_minutes)
    if beyond <= q.limit_dm:
        raise InvalidInput(
            f"nobody counts from {q.none_minutes:g} minutes on, and everybody up to {q.minutes:g}",
            where="--none-from", mend="Give more minutes than --minutes",
        )  # fmt: skip
    siting = models.gradual_covering(
        sparse_walks(q, beyond), q.demand, q.number, full=q.limit_dm, none=beyond, **q.sides, **q.stops
    )
    return Answer(siting, in_order(q, siting.sites), _persons(siting, "gradual"), {"none_dm": beyond})


def _chance(q: Question) -> Answer:
    siting = models.expected_covering(q.cover, q.demand, q.number, failure=q.shut_chance, **q.sides, **q.stops)
    return Answer(siting, in_order(q, siting.sites), _persons(siting, "expected"), {"shut_chance": q.shut_chance})


def _order(q: Question) -> Answer:
    if q.sided:
        raise InvalidInput("an opening order knows neither spacing nor budget", where="--model", mend="Leave them out")
    siting = models.opening_order(q.cover, q.demand, q.number, **q.stops)
    return Answer(siting, [int(j) for j in siting.sites], _persons(siting, "over_order"), {"steps": q.number})


def _fewest(q: Question) -> Answer:
    siting = models.partial_covering(q.cover, q.demand, q.share, costs=q.costs, conflicts=q.conflicts, **q.stops)
    what = "number" if q.costs is None else "cost"
    promise = _promise(siting, what, float(siting.objective), float(siting.bound), most=False)
    return Answer(siting, in_order(q, siting.sites), promise, {"share_millionths": round(q.share * MILLION)})


def _mean(q: Question) -> Answer:
    cut = CUT_OFF * q.limit_dm
    table = walk_table(q, cut, beyond=cut)
    siting = models.p_median(table, q.demand, q.number, **q.sides, **q.stops)
    everyone = max(int(q.demand.sum()), 1)
    per_minute = 60 * q.profile.speed_dm_per_s * everyone
    promise = _promise(siting, "mean_min", siting.objective / per_minute, siting.bound / per_minute, most=False)
    return Answer(siting, in_order(q, siting.sites), promise, {"cut_off_dm": cut})


def _near(q: Question) -> Answer:
    if not q.number and not q.fixed:
        raise InvalidInput("without a single point every walk is without end", where="--open", mend="Give 1 or more")
    farthest, counted = reachable(q)
    demand = np.where(counted, q.demand, 0)
    siting = models.p_center(walk_table(q, farthest, beyond=farthest + 1), demand, q.number, **q.sides, **q.stops)
    siting = most_among_best(q, siting, demand)
    per_minute = 60 * q.profile.speed_dm_per_s
    promise = _promise(siting, "farthest_min", siting.objective / per_minute, siting.bound / per_minute, most=False)
    return Answer(siting, in_order(q, siting.sites), promise, {"table_dm": farthest}, ~counted & (q.demand > 0))


_MODELS: dict[str, Callable[[Question], Answer]] = {
    "most": _first, "near": _near, "backup": _backup, "fair": _fair, "floor": _floor, "gradual": _gradual,
    "mean": _mean, "chance": _chance, "order": _order, "fewest": _fewest,
}  # fmt: skip


def in_order(q: Question, sites: Any) -> list[int]:
    """New sites so that each adds most to those before it; the lower column where two add as much."""
    left = [int(j) for j in sites if int(j) < q.candidates]
    columns = csr_array(q.cover.T)
    near = np.zeros(len(q.demand), bool)
    for j in q.fixed:
        near[columns.indices[columns.indptr[j] : columns.indptr[j + 1]]] = True
    order: list[int] = []
    while left:
        cells = {j: columns.indices[columns.indptr[j] : columns.indptr[j + 1]] for j in left}
        adds = {j: int(q.demand[at[~near[at]]].sum()) for j, at in cells.items()}
        best = max(left, key=lambda j: (adds[j], -j))
        near[cells[best]] = True
        left.remove(best)
        order.append(best)
    return order


def sparse_walks(q: Question, limit: int) -> csr_array:
    """(cells, sites) walks up to a limit; a walk of 0 is stored."""
    found = walks(q.area.graph, q.sites.places, limit, cells=q.area.cell_places, profile=q.profile, threads=q.threads)
    site = np.repeat(np.arange(len(q.sites)), found.size)
    lists = [found.of(j) for j in range(len(q.sites))]
    cell = np.concatenate([np.zeros(0, np.int32), *(cells for cells, _ in lists)])
    dm = np.concatenate([np.zeros(0, np.int32), *(walk for _, walk in lists)])
    order = np.lexsort((site, cell))
    ptr = np.concatenate([[0], np.cumsum(np.bincount(cell, minlength=len(q.demand)))])
    return csr_array((dm[order], site[order], ptr), shape=(len(q.demand), len(q.sites)))


def walk_table(q: Question, limit: int, *, beyond: int) -> IntArray:
    """(cells, sites) walks [flat dm], ``beyond`` where one is longer than the limit."""
    pairs = len(q.demand) * len(q.sites)
    if pairs > MOST_PAIRS:
        raise InvalidInput(
            f"{len(q.sites):,} sites and {len(q.demand):,} cells make {pairs:,} walks, more than are held at once",
            where="--aim", mend="Offer fewer candidates: --kinds, --near, or a list of your own",
        )  # fmt: skip
    table = np.full((len(q.demand), len(q.sites)), beyond, np.int32)
    found = walks(q.area.graph, q.sites.places, limit, cells=q.area.cell_places, profile=q.profile, threads=q.threads)
    for site in range(len(q.sites)):
        cell, dm = found.of(site)
        table[cell, site] = dm
    return table


def reachable(q: Question) -> tuple[int, npt.NDArray[np.bool_]]:
    """A walk within which so many points can have everybody, and who "everybody" is.

    Points are set one after the other where the farthest people are (Gonzalez 1985, Theoretical Computer Science
    38, 293-306, doi:10.1016/0304-3975(85)90224-5), first of all where people cannot walk to any yet. People that
    none of them can be walked to from, an island without a point, do not count.
    """
    far = limit_dm(q.profile, FAR_MINUTES)
    graph, cells, places = q.area.graph, q.area.cell_places, q.sites.places
    offered = distances_from(graph, places, far, q.profile, cells=cells)
    living = (q.demand > 0) & offered.reached
    chosen, budget = list(q.fixed), q.budget
    walk = np.full(len(q.demand), -1, np.int32)
    for picked in range(q.number + 1):
        if chosen:
            walk = distances_from(graph, places.take(np.array(chosen)), far, q.profile, cells=cells).impedance_dm
        lost = living & (walk < 0)
        if picked == q.number or (not lost.any() and picked > 0 and not walk[living].any()):
            break
        site = _next_site(q, lost, living, walk, offered.place, chosen, budget)
        if site is None:
            break
        chosen.append(site)
        if budget is not None and q.costs is not None:
            budget -= int(q.costs[site])
    counted = living & (walk >= 0)
    return int(walk[counted].max(initial=0)), counted


def _next_site(
    q: Question, lost: Any, living: Any, walk: IntArray, nearest: IntArray, chosen: list[int], budget: int | None
) -> int | None:
    barred = {b for a, b in q.conflicts if a in chosen} | {a for a, b in q.conflicts if b in chosen} | set(chosen)
    free = np.array([j for j in range(q.candidates) if j not in barred], np.int64)
    if budget is not None and q.costs is not None:
        free = free[q.costs[free] <= budget]
    if not len(free):
        return None
    if lost.any():
        brings = np.asarray(q.cover.T @ np.where(lost, q.demand, 0)).ravel()[free]
        return int(free[np.argmax(brings)]) if brings.any() else None
    cell = int(np.argmax(np.where(living, walk, -1)))
    site = int(nearest[cell])
    return site if site in set(free.tolist()) else None


def most_among_best(q: Question, siting: Siting, demand: LongArray) -> Siting:
    """Of all choices with a longest walk as short, the one that brings most people within the minutes.

    Rows of "everybody within the longest walk" stand below those of the minutes, with a floor of everything: a
    question of covering with floors. What the p-center proved holds as before; its certificate names the new sites.
    """
    seconds = min(AMONG_BEST_S, q.time_limit_s)
    found = most_within(q, int(siting.objective), demand, seconds)
    if found is None:
        return siting
    sites = np.array(sorted(int(j) for j in found[0].sites if int(j) < q.candidates), np.int64)
    walk = distances_from(
        q.area.graph, q.sites.places.take(np.array([*sites.tolist(), *q.fixed])), int(siting.objective), q.profile,
        cells=q.area.cell_places,
    ).impedance_dm[demand > 0]  # fmt: skip
    if not len(walk) or walk.min() < 0:
        return siting
    objective, bound = int(walk.max()), int(siting.bound)
    proven = objective == bound
    certificate = {**siting.certificate, "sites": sites.tolist(), "objective": objective, "proven": proven}
    return replace(
        siting, sites=sites, objective=objective, gap=gap_between(objective, bound), proven=proven,
        stopped_by="proven" if proven else siting.stopped_by, certificate=certificate,
    )  # fmt: skip


def most_within(q: Question, walk_dm: int, demand: LongArray, seconds: float) -> tuple[Siting, int, int] | None:
    """Most people within the minutes while nobody of ``demand`` walks farther than ``walk_dm``.

    Returns
    -------
    The answer, the people reached and the bound [thousandths]; None where no choice was found.
    """
    wide = coverage(
        q.area.graph, q.sites.places, walk_dm, cells=q.area.cell_places, profile=q.profile, threads=q.threads
    )
    must = np.flatnonzero(demand > 0)
    rows = csr_array(vstack([q.cover, wide[must]], format="csr"))
    weight = np.concatenate([q.demand, np.ones(len(must), np.int64)])
    group = np.concatenate([np.full(len(q.demand), -1, np.int64), np.zeros(len(must), np.int64)])
    stops = {**q.stops, "time_limit_s": seconds, "progress": lambda *_: None}
    try:
        found = models.covering_with_floors(rows, weight, q.number, district=group, floor=1.0, **q.sides, **stops)
    except InvalidInput:
        return None  # no choice was found, or there is none
    return found, int(found.objective) - len(must), int(found.bound) - len(must)
