"""The few figures by which plans are compared: the same ones wherever two plans stand beside each other."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from shanyrak.app.planning_districts import Districts
from shanyrak.area.area import Area
from shanyrak.core.units import MILLI, IntArray, LongArray
from shanyrak.walk.graph import Places
from shanyrak.walk.nearest import distances_from
from shanyrak.walk.profile import Profile, limit_dm

FAR_MINUTES = 240
"""Nobody walks longer to get warm: beyond this there is no walk."""


@dataclass(frozen=True, eq=False)
class Counted:
    """Who is counted how; all that figures need beside the sites."""

    demand: LongArray
    """(cells,) thousandths of a person"""
    districts: Districts
    counts: npt.NDArray[np.bool_]
    """(districts,) which may be the worst"""
    speed_dm_per_s: float


def figures(counted: Counted, times: IntArray, nearest_dm: IntArray) -> dict[str, Any]:
    """Figures of a set of open points.

    Parameters
    ----------
    times : (cells,) how many of them are within the limit
    nearest_dm : (cells,) the walk to the nearest [flat dm], -1 where there is none within four hours

    Returns
    -------
    dict
        covered_persons, twice_persons (two or more within the limit), worst_district {name, share} or None,
        farthest_min (the longest walk of anybody who can walk to one) and mean_min, None where nobody can.
    """
    demand = counted.demand
    there = (nearest_dm >= 0) & (demand > 0)
    per_minute = 60 * counted.speed_dm_per_s
    walk = nearest_dm[there].astype(np.float64)
    living = int(demand[there].sum())
    mean = float(walk @ demand[there]) / living / per_minute if living else None
    return {
        "covered_persons": int(demand[times > 0].sum()) / MILLI,
        "twice_persons": int(demand[times > 1].sum()) / MILLI,
        "worst_district": _worst(counted, times),
        "farthest_min": round(float(walk.max()) / per_minute, 2) if there.any() else None,
        "mean_min": None if mean is None else round(mean, 2),
    }


def shares(counted: Counted, times: IntArray) -> list[dict[str, Any]]:
    """Of each district: people, people covered, and whether it counts for the worst."""
    everyone = counted.districts.persons(counted.demand)
    reached = counted.districts.persons(np.where(times > 0, counted.demand, 0))
    return [
        {"name": name, "persons": int(all_) / MILLI, "covered_persons": int(some) / MILLI, "counts": bool(counts)}
        for name, all_, some, counts in zip(counted.districts.names, everyone, reached, counted.counts, strict=True)
    ]


def _worst(counted: Counted, times: IntArray) -> dict[str, Any] | None:
    everyone = counted.districts.persons(counted.demand)
    reached = counted.districts.persons(np.where(times > 0, counted.demand, 0))
    known = [
        (int(reached[at]) / int(everyone[at]), name)
        for at, name in enumerate(counted.districts.names)
        if counted.counts[at] and everyone[at]
    ]
    if not known:
        return None
    share, name = min(known)
    return {"name": name, "share": round(share, 6)}


def nearest_walks(area: Area, places: Places, profile: Profile) -> IntArray:
    """(cells,) the walk to the nearest of a few places [flat dm]; -1 where none is within four hours."""
    if not len(places.edge):
        return np.full(len(area.cell_persons_milli), -1, np.int32)
    found = distances_from(area.graph, places, limit_dm(profile, FAR_MINUTES), profile, cells=area.cell_places)
    return found.impedance_dm
