"""Make a plan: choose candidates, cover, solve, explain, and say what it rests on.

Numbers in, numbers out: nothing here writes a file (``plan_files``) or a sentence (``report``).
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from scipy.sparse import csr_array

from shanyrak.app.sites import choose_sites
from shanyrak.app.siteset import SiteSet
from shanyrak.area.area import Area
from shanyrak.core.errors import InvalidInput
from shanyrak.core.progress import Clock, Progress, silent
from shanyrak.core.units import MILLI, IntArray, LongArray
from shanyrak.plan import Reasons, Siting, curve, explain, maximal_covering, stability
from shanyrak.walk.coverage import coverage
from shanyrak.walk.profile import PROFILES, Profile, limit_dm

MOST_MINUTES = 240
"""Four hours: beyond that nobody walks to get warm, and a typing error is more likely."""
SLOWER = 1.1
"""Walks 10 % slower: the same limit is used up by 1/1.1 of the way."""
CURVE_FACTOR = 3
THREADS = 2


@dataclass(frozen=True)
class PlanRequest:
    """What a planner asks for; the names are those of the command's options."""

    area: str
    k: int
    minutes: float = 15
    profile: str = "adult"
    existing: Path | None = None
    candidates: Path | None = None
    kinds: str | None = None
    near: Path | None = None
    within_m: float | None = None
    away: Path | None = None
    at_least_m: float | None = None
    gap: float = 1e-3
    time_limit_s: float = 60
    language: str = "en"
    seed: int = 0


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
    siting: Siting
    curve: list[tuple[int, int, int]]
    """(k, covered, bound) in thousandths of a person"""
    reasons: Reasons
    stability: dict[str, Any]
    seconds: dict[str, float]
    notes: list[str] = field(default_factory=list)

    @property
    def chosen(self) -> IntArray:
        """Columns of the new sites, in opening order."""
        return np.asarray(self.siting.sites, np.int32)

    @property
    def existing(self) -> IntArray:
        """Columns of the points that stand already."""
        return np.arange(self.candidates, len(self.sites), dtype=np.int32)


def make_plan(area: Area, request: PlanRequest, *, clock: Clock, progress: Progress = silent) -> Plan:
    """Choose sites so that most people have one within the minutes.

    Raises
    ------
    InvalidInput
        A number out of range, a file that cannot be used, more points wanted than candidates there are.
    """
    profile, limit = _checked(request)
    notes: list[str] = []
    candidates, existing = choose_sites(area, request, notes)
    if request.k > len(candidates):
        raise InvalidInput(
            f"{request.k} points are wanted, but there are only {len(candidates)} candidates",
            where="--open",
            mend="Ask for fewer, give more --candidates, or allow more --kinds",
        )
    sites = candidates.followed_by(existing)
    fixed = np.arange(len(candidates), len(sites))
    demand = area.cell_persons_milli

    begun = clock()
    cover = coverage(
        area.graph, sites.places, limit, cells=area.cell_places, profile=profile, threads=THREADS, progress=progress
    )
    seconds = {"coverage": round(clock() - begun, 3)}
    begun = clock()
    siting = maximal_covering(
        cover,
        demand,
        request.k,
        fixed=fixed,
        gap=request.gap,
        time_limit_s=request.time_limit_s,
        seed=request.seed,
        clock=clock,
        progress=progress,
    )
    seconds["solve"] = round(clock() - begun, 3)

    begun = clock()
    progress("what more points would bring", 0, None)
    most = min(CURVE_FACTOR * max(request.k, 1), len(candidates))
    points = curve(cover, demand, most, fixed=fixed, start=siting, seed=request.seed, clock=clock)
    seconds["curve"] = round(clock() - begun, 3)
    begun = clock()
    progress("how stable it is", 0, None)
    slower_limit = math.floor(limit / SLOWER)
    slower = coverage(area.graph, sites.places, slower_limit, cells=area.cell_places, profile=profile, threads=THREADS)
    steady = stability(
        cover, demand, siting, fixed=fixed, groups=_neighbourhoods(area), slower=slower, seed=request.seed, clock=clock
    )
    seconds["stability"] = round(clock() - begun, 3)
    return Plan(
        request=request,
        profile=profile,
        limit_dm=limit,
        sites=sites,
        candidates=len(candidates),
        cover=cover,
        demand=demand,
        siting=siting,
        curve=[(k, int(reached), int(bound)) for k, reached, bound in points],
        reasons=explain(cover, demand, siting, fixed=fixed),
        stability=steady,
        seconds=seconds,
        notes=notes,
    )


def persons(milli: float) -> float:
    """Thousandths as persons, for files and screens."""
    return int(milli) / MILLI


def _neighbourhoods(area: Area) -> IntArray:
    """(cells,) a number for each square of about 1 km: people err together, not house by house."""
    lon, lat = area.cell_lon, area.cell_lat
    column = np.floor(lon / 0.014).astype(np.int64)
    row = np.floor(lat / 0.009).astype(np.int64)
    _, group = np.unique(np.stack([column, row], axis=1), axis=0, return_inverse=True)
    return group.reshape(-1).astype(np.int32)


def _checked(request: PlanRequest) -> tuple[Profile, int]:
    if request.profile not in PROFILES:
        raise InvalidInput(
            f"no profile is called {request.profile!r}", where="--profile", mend=f"Use one of {', '.join(PROFILES)}"
        )
    if not math.isfinite(request.minutes) or not 0 < request.minutes <= MOST_MINUTES:
        raise InvalidInput(
            f"{request.minutes:g} minutes cannot be walked to a warm place",
            where="--minutes",
            mend=f"Give 1 to {MOST_MINUTES}",
        )
    if request.k < 0:
        raise InvalidInput(f"{request.k} points cannot be opened", where="--open", mend="Give 0 or more")
    if not math.isfinite(request.gap) or not 0 <= request.gap < 1:
        raise InvalidInput(
            f"a gap of {request.gap:g} means nothing", where="--gap", mend="Give a share from 0 up to below 1"
        )
    if not math.isfinite(request.time_limit_s) or request.time_limit_s <= 0:
        raise InvalidInput(
            f"{request.time_limit_s:g} seconds are no time", where="--time-limit", mend="Give more than 0"
        )
    profile = PROFILES[request.profile]
    return profile, limit_dm(profile, request.minutes)
