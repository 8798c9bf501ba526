"""What a planner asks for, and whether it makes sense."""

from __future__ import annotations

import math
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

from shanyrak.app.planning_models import AIMS, SHARE, SHUT_CHANCE
from shanyrak.core.errors import InvalidInput
from shanyrak.walk.profile import PROFILES, Profile, limit_dm

MOST_MINUTES = 240
"""Four hours: beyond that nobody walks to get warm, and a typing error is more likely."""
_ALWAYS = (
    "area", "k", "minutes", "profile", "existing", "candidates", "kinds", "near", "within_m", "away", "at_least_m",
    "gap", "time_limit_s", "language", "seed",
)  # fmt: skip


@dataclass(frozen=True)
class PlanRequest:
    """What a planner asks for; the names are those of the command's options."""

    area: str
    k: int | None
    """new points; None where a budget or a share decides"""
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
    aim: str = "most"
    """one of ``planning_models.AIMS``"""
    budget: int | None = None
    costs: str | None = None
    spacing_m: float | None = None
    districts: Path | None = None
    floor: float | None = None
    share: float = SHARE
    shut_chance: float = SHUT_CHANCE
    none_minutes: float | None = None
    fronts: bool = False

    def named(self) -> dict[str, Any]:
        """What makes one request another: fields from the beginning, and later ones where they say something."""
        plain = {one.name: one.default for one in fields(self)}
        return {name: value for name, value in vars(self).items() if name in _ALWAYS or value != plain[name]}


def checked(request: PlanRequest) -> tuple[Profile, int]:
    """The walker and the limit [flat dm]; InvalidInput where a number makes no sense."""
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
    if request.aim not in AIMS:
        raise InvalidInput(f"no choice is called {request.aim!r}", where="--aim", mend=f"Use one of {', '.join(AIMS)}")
    if request.k is None and request.budget is None and request.aim not in ("fewest", "own"):
        raise InvalidInput("nothing says how many points", where="--open", mend="Give --open K, or a --budget")
    if request.k is not None and request.k < 0:
        raise InvalidInput(f"{request.k} points cannot be opened", where="--open", mend="Give 0 or more")
    if not math.isfinite(request.gap) or not 0 <= request.gap < 1:
        raise InvalidInput(
            f"a gap of {request.gap:g} means nothing", where="--gap", mend="Give a share from 0 up to below 1"
        )
    if not math.isfinite(request.time_limit_s) or request.time_limit_s <= 0:
        raise InvalidInput(
            f"{request.time_limit_s:g} seconds are no time", where="--time-limit", mend="Give more than 0"
        )
    for where, value in (
        ("--floor", request.floor or 0.0),
        ("--share", request.share),
        ("--shut", request.shut_chance),
    ):
        if not math.isfinite(value) or not 0 <= value <= 1:
            raise InvalidInput(f"{value:g} is no share", where=where, mend="Give a number from 0 to 1")
    if (request.aim == "floor") != (request.floor is not None):
        raise InvalidInput("--floor S and --model floor go together", where="--floor", mend="Give both, or neither")
    if request.budget is not None and request.budget < 0:
        raise InvalidInput(f"{request.budget} pays nothing", where="--budget", mend="Give 0 or more")
    profile = PROFILES[request.profile]
    return profile, limit_dm(profile, request.minutes)
