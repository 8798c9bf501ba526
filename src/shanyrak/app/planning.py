"""Make a plan: choose candidates, cover, solve, explain, and say what it rests on.

Numbers in, numbers out: nothing here writes a file (``plan_files``) or a sentence (``report``). Which models there
are, by what they mean: ``planning_models``.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_array

from shanyrak.app.planning_asked import PlanRequest, checked
from shanyrak.app.planning_districts import districts_of
from shanyrak.app.planning_figures import Counted, figures, nearest_walks
from shanyrak.app.planning_fronts import cost_front, walk_front
from shanyrak.app.planning_limits import costs_of, too_near
from shanyrak.app.planning_models import FIRST, Answer, Question, answer
from shanyrak.app.sites import choose_sites
from shanyrak.app.siteset import SiteSet
from shanyrak.area.area import Area
from shanyrak.core.errors import InvalidInput
from shanyrak.core.progress import Clock, Progress, silent
from shanyrak.core.units import MILLI, IntArray, LongArray
from shanyrak.plan import Reasons, Siting, curve, explain, maximal_covering, stability
from shanyrak.plan.result import gap_between
from shanyrak.walk.coverage import coverage
from shanyrak.walk.profile import Profile

__all__ = ["Plan", "PlanRequest", "make_plan", "persons"]

SLOWER = 1.1
"""Walks 10 % slower: the same limit is used up by 1/1.1 of the way."""
CURVE_FACTOR = 3
THREADS = 2
FIRST_S = 20.0
"""Seconds for the first choice, which every other plan is held against."""


@dataclass(frozen=True, eq=False)
class Plan:
    """A plan and all that was used to make it. ``sites`` are the candidates, then the existing points."""

    request: PlanRequest
    profile: Profile
    limit_dm: int
    sites: SiteSet
    candidates: int
    """how many of ``sites`` are candidates; the rest exist already"""
    cover: csr_array
    """(cells, sites) bool"""
    demand: LongArray
    """(cells,) thousandths of a person"""
    answer: Answer
    first: Siting | None
    """the first choice with as many points, where this plan is another one"""
    curve: list[tuple[int, int, int]]
    """(k, covered, bound) in thousandths of a person"""
    fronts: dict[str, list[dict[str, Any]]]
    reasons: Reasons
    stability: dict[str, Any] | None
    counted: Counted
    costs: LongArray | None
    seconds: dict[str, float]
    figures: dict[str, Any]
    first_figures: dict[str, Any] | None
    notes: list[str] = field(default_factory=list)

    @property
    def siting(self) -> Siting:
        """What the model answered."""
        return self.answer.siting

    @property
    def chosen(self) -> IntArray:
        """Columns of the new sites, in opening order."""
        return np.asarray(self.answer.sites, np.int32)

    @property
    def existing(self) -> IntArray:
        """Columns of the points that stand already."""
        return np.arange(self.candidates, len(self.sites), dtype=np.int32)

    @property
    def times(self) -> IntArray:
        """(cells,) how many open points cover each."""
        return times_of(self.cover, [*self.chosen.tolist(), *self.existing.tolist()])

    @property
    def covered(self) -> int:
        """People within the minutes [thousandths]."""
        return int(self.demand[self.times > 0].sum())

    @property
    def bound(self) -> int:
        """What no choice of as many points can pass [thousandths]."""
        return int((self.first or self.siting).bound)

    @property
    def spent(self) -> int | None:
        """What the new sites cost together; None where nothing is said of cost."""
        return None if self.costs is None else int(self.costs[self.chosen].sum())


def times_of(cover: csr_array, columns: list[int]) -> IntArray:
    """(cells,) how many of some sites cover each."""
    marked = np.zeros(cover.shape[1], np.int32)
    marked[columns] = 1
    return np.asarray(cover.astype(np.int32) @ marked, np.int32)


def make_plan(
    area: Area,
    request: PlanRequest,
    *,
    clock: Clock,
    progress: Progress = silent,
    sites: tuple[SiteSet, SiteSet] | None = None,
    own: list[int] | None = None,
) -> Plan:
    """Choose sites, as the request's aim says: most people within the minutes, or another of ``planning_models``.

    Parameters
    ----------
    sites : candidates and existing points of a plan that is there already, instead of what the request says
    own : columns of candidates that somebody chose by hand (aim "own")

    Raises
    ------
    InvalidInput
        A number out of range, a file that cannot be used, more points wanted than candidates there are.
    """
    profile, limit = checked(request)
    notes: list[str] = []
    candidates, existing = sites or choose_sites(area, request, notes)
    if request.k is not None and request.k > len(candidates):
        raise InvalidInput(
            f"{request.k} points are wanted, but there are only {len(candidates)} candidates",
            where="--open",
            mend="Ask for fewer, give more --candidates, or allow more --kinds",
        )
    both = candidates.followed_by(existing)
    begun = clock()
    cover = coverage(
        area.graph, both.places, limit, cells=area.cell_places, profile=profile, threads=THREADS, progress=progress
    )
    seconds = {"coverage": round(clock() - begun, 3)}
    demand = area.cell_persons_milli
    districts = districts_of(area, request.districts)
    reachable = np.diff(cover.indptr) > 0
    costs = costs_of(both, len(candidates), request.costs, request.candidates)
    if request.budget is not None and costs is None:
        raise InvalidInput("a budget, and nothing says what a point costs", where="--budget",
                           mend="Give --costs, or a column 'cost' in --candidates")  # fmt: skip
    question = Question(
        area=area, profile=profile, minutes=request.minutes, limit_dm=limit, sites=both, candidates=len(candidates),
        cover=cover, demand=demand, k=request.k, districts=districts, counts=districts.counting(demand, reachable),
        costs=costs, budget=request.budget, conflicts=too_near(both, len(candidates), request.spacing_m),
        floor=request.floor or 0.0, share=request.share, shut_chance=request.shut_chance,
        none_minutes=request.none_minutes or 2 * request.minutes, gap=request.gap,
        time_limit_s=request.time_limit_s, seed=request.seed, clock=clock, progress=progress, threads=THREADS,
    )  # fmt: skip
    return _made(question, request, own, seconds, notes)


def _made(
    q: Question, request: PlanRequest, own: list[int] | None, seconds: dict[str, float], notes: list[str]
) -> Plan:
    """The answer, the first choice beside it, and what is said of both."""
    area, clock = q.area, q.clock
    begun = clock()
    plain = request.aim == FIRST and not q.sided
    found = _by_hand(q, own) if own is not None else answer(q, request.aim)
    first = None if plain else _first_choice(q, len(found.sites))
    if own is not None:
        assert first is not None
        found = _held_against(q, found, first)
    seconds["solve"] = round(clock() - begun, 3)

    begun = clock()
    q.progress("what more points would bring", 0, None)
    base = found.siting if first is None else first
    most = min(CURVE_FACTOR * max(len(found.sites), 1), q.candidates)
    points = curve(q.cover, q.demand, most, fixed=q.fixed, start=base, seed=q.seed, clock=clock)
    seconds["curve"] = round(clock() - begun, 3)
    begun = clock()
    steady = _steady(q, found.siting) if plain else None
    seconds["stability"] = round(clock() - begun, 3)

    counted = Counted(q.demand, q.districts, q.counts, q.profile.speed_dm_per_s)

    def told(columns: list[int]) -> dict[str, Any]:
        open_now = [*columns, *q.fixed]
        walk = nearest_walks(area, q.sites.places.take(np.array(open_now, np.int64)), q.profile)
        return figures(counted, times_of(q.cover, open_now), walk)

    mine = told(found.sites)
    theirs = None if first is None else told([int(j) for j in first.sites])
    begun = clock()
    fronts = _fronts(q, request, found, theirs or mine, base)
    if fronts:
        seconds["fronts"] = round(clock() - begun, 3)
    as_chosen = replace(found.siting, sites=np.array(found.sites, np.int64))
    return Plan(
        request=request, profile=q.profile, limit_dm=q.limit_dm, sites=q.sites, candidates=q.candidates,
        cover=q.cover, demand=q.demand, answer=found, first=first,
        curve=[(k, int(reached), int(bound)) for k, reached, bound in points], fronts=fronts,
        reasons=explain(q.cover, q.demand, as_chosen, fixed=q.fixed), stability=steady, counted=counted,
        costs=q.costs, seconds=seconds, figures=mine, first_figures=theirs, notes=notes,
    )  # fmt: skip


def _first_choice(q: Question, number: int) -> Siting:
    """Most people with as many points, free of everything else: what the plan is held against."""
    return maximal_covering(
        q.cover, q.demand, number, fixed=q.fixed, gap=min(q.gap, 1e-3), time_limit_s=min(q.time_limit_s, FIRST_S),
        seed=q.seed, clock=q.clock, progress=q.progress,
    )  # fmt: skip


def _by_hand(q: Question, own: list[int]) -> Answer:
    certificate = {"format": "shanyrak-certificate/1", "model": "own", "sites": own, "fixed": q.fixed}
    siting = Siting(np.array(own, np.int64), 0, 0, 0.0, False, "gap", 0.0, certificate, [])
    return Answer(siting, [int(j) for j in own])


def _held_against(q: Question, found: Answer, first: Siting) -> Answer:
    """Sites set by hand have no promise of their own, only the distance to what no choice can pass."""
    covered = int(q.demand[times_of(q.cover, [*found.sites, *q.fixed]) > 0].sum())
    bound = int(first.bound)
    return replace(
        found,
        siting=replace(
            found.siting, objective=covered, bound=bound, gap=gap_between(covered, bound), proven=covered == bound,
            stopped_by="proven" if covered == bound else "gap",
        ),
    )  # fmt: skip


def _steady(q: Question, siting: Siting) -> dict[str, Any]:
    q.progress("how stable it is", 0, None)
    area = q.area
    slower = coverage(
        area.graph, q.sites.places, math.floor(q.limit_dm / SLOWER), cells=area.cell_places, profile=q.profile,
        threads=THREADS,
    )  # fmt: skip
    return stability(
        q.cover, q.demand, siting, fixed=np.array(q.fixed, np.int64), groups=_neighbourhoods(area), slower=slower,
        seed=q.seed, clock=q.clock,
    )  # fmt: skip


def _fronts(
    q: Question, request: PlanRequest, found: Answer, first: dict[str, Any], base: Siting
) -> dict[str, list[dict[str, Any]]]:
    """Those asked for, and those without which the plan could not be judged."""
    fronts = {}
    if request.fronts or request.aim == "near":
        best = int(found.siting.objective) if request.aim == "near" else None
        fronts["walk"] = walk_front(q, first, int(base.bound) / MILLI, best)
    if q.budget is not None:
        fronts["cost"] = cost_front(q)
    return {name: front for name, front in fronts.items() if len(front) > 1}


def persons(milli: float) -> float:
    """Thousandths as persons, for files and screens."""
    return int(milli) / MILLI


def _neighbourhoods(area: Area) -> npt.NDArray[np.int32]:
    """(cells,) a number for each square of about 1 km: people err together, not house by house."""
    lon, lat = area.cell_lon, area.cell_lat
    column = np.floor(lon / 0.014).astype(np.int64)
    row = np.floor(lat / 0.009).astype(np.int64)
    _, group = np.unique(np.stack([column, row], axis=1), axis=0, return_inverse=True)
    return group.reshape(-1).astype(np.int32)
