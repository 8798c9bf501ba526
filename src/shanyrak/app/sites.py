"""Which places a plan may choose from: what the map offers or a list, narrowed; and what stands already."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Literal

import numpy as np

from shanyrak.app.siteset import SiteSet
from shanyrak.area.area import Area
from shanyrak.area.sites import read_shapes, read_sites
from shanyrak.core.errors import InvalidInput

if TYPE_CHECKING:
    from shanyrak.app.planning import PlanRequest

KINDS = {"rooms": "room", "ground": "ground", "junctions": "junction"}
"""Word of ``--kinds`` -> kind of a candidate."""
_NAMED = 5
"""How many left-out places are named before the rest is counted."""


def choose_sites(area: Area, request: PlanRequest, notes: list[str]) -> tuple[SiteSet, SiteSet]:
    """Candidates and existing points of a plan; what was left out is added to ``notes``.

    Raises
    ------
    InvalidInput
        A file that cannot be used, an unknown kind, ``--near`` without ``--within`` and the like.
    """
    existing = SiteSet.none()
    if request.existing is not None:
        existing = _listed(area, request.existing, "existing", "--existing", notes)
    if request.candidates is not None:
        if request.kinds is not None:
            raise InvalidInput(
                "--kinds chooses from what the map offers, --candidates replaces it", where="--kinds", mend="Give one"
            )
        candidates = _listed(area, request.candidates, "list", "--candidates", notes)
    else:
        candidates = _offered(area, request.kinds)
    near = ("--near", request.near, "--within", request.within_m)
    away = ("--away", request.away, "--at-least", request.at_least_m)
    candidates = _narrowed(candidates, near, True, notes)
    return _narrowed(candidates, away, False, notes), existing


def _offered(area: Area, kinds: str | None) -> SiteSet:
    offered = SiteSet(area.candidate_table, area.candidate_places)
    if kinds is None:
        return offered
    wanted = set()
    for word in (w.strip() for w in kinds.split(",")):
        if word not in KINDS:
            raise InvalidInput(f"no kind is called {word!r}", where="--kinds", mend=f"Use some of {','.join(KINDS)}")
        wanted.add(KINDS[word])
    return offered.take(np.flatnonzero([kind in wanted for kind in offered.table.kind]))


def _listed(area: Area, path: Path, kind: Literal["list", "existing"], option: str, notes: list[str]) -> SiteSet:
    """Sites of a list that lie in the area; those outside are named and left out."""
    sites = read_sites(path, area.graph, kind=kind)
    notes += [f"{option}: {note}" for note in sites.notes[:_NAMED]]
    if len(sites.notes) > _NAMED:
        notes.append(f"{option}: {len(sites.notes) - _NAMED} more places are left out")
    return SiteSet(sites.candidates, sites.places)


def _narrowed(
    sites: SiteSet, narrowing: tuple[str, Path | None, str, float | None], is_near: bool, notes: list[str]
) -> SiteSet:
    """Candidates near to, or away from, what a file shows; as the crow flies."""
    option, file, distance_option, metres = narrowing
    if (file is None) != (metres is None):
        missing = distance_option if metres is None else option
        raise InvalidInput(f"{option} and {distance_option} go together", where=missing, mend=f"Give {missing} too")
    if file is None or metres is None:
        return sites
    if not np.isfinite(metres) or metres < 0:
        raise InvalidInput(f"{metres:g} m is no distance", where=distance_option, mend="Give 0 or more")
    straight_m = read_shapes(file).distance_m(sites.table.lon, sites.table.lat)
    kept = np.flatnonzero(straight_m <= metres if is_near else straight_m >= metres)
    notes.append(f"{option} {file.name}: {len(kept)} of {len(sites)} candidates are left")
    return sites.take(kept)
