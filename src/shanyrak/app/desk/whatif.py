"""What if: a plan with sites moved, added or taken away, in the time that somebody drags a finger.

The area and its walking graph stay in memory, and so does what each place reaches: only a place that was not asked of
before is searched from. People are counted as the plan counts them, in thousandths.
"""

from __future__ import annotations

import functools
import json
import threading
from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from shanyrak.app.desk.model import WhatIf
from shanyrak.app.home import Home
from shanyrak.app.planning import persons
from shanyrak.area.area import Area
from shanyrak.area.snap import snap
from shanyrak.area.store import load_area
from shanyrak.core.errors import InvalidInput, NotFound, ShanyrakError
from shanyrak.core.units import IntArray
from shanyrak.walk.coverage import walks
from shanyrak.walk.graph import Places
from shanyrak.walk.profile import PROFILES

MOST_SITES = 200
KEPT_PLANS = 3
KEPT_PLACES = 4_000
_FAR = np.iinfo(np.int32).max


@dataclass(frozen=True)
class Wanted:
    """A site to try: one of the plan's candidates by its number, or any place."""

    candidate: int | None = None
    lon_e7: int | None = None
    lat_e7: int | None = None


@dataclass(frozen=True, eq=False)
class Opened:
    """A plan with all it takes to reckon again."""

    data: dict[str, Any]
    area: Area
    places: Places
    """candidates, then existing points"""
    lon: np.ndarray[Any, Any]
    lat: np.ndarray[Any, Any]
    candidates: int
    ids: dict[str, int]


class Plans:
    """Plans held ready for questions.

    Parameters
    ----------
    clock : seconds, for what an answer took
    """

    def __init__(self, home: Home, clock: Callable[[], float]) -> None:
        self._home = home
        self._clock = clock
        self._lock = threading.Lock()
        self._open: OrderedDict[tuple[Path, int], Opened] = OrderedDict()
        self._reached: OrderedDict[tuple[str, int, str, int, int, int], tuple[IntArray, IntArray]] = OrderedDict()

    def figures(self, folder: Path, wanted: Sequence[Wanted]) -> WhatIf:
        """Figures of a plan with these new sites; its existing points stand as they are.

        Raises
        ------
        InvalidInput
            Too many sites, a candidate that does not exist, or a place more than 500 m from every street.
        NotFound
            The area the plan was made on is not kept here any more.
        """
        begun = self._clock()
        if len(wanted) > MOST_SITES:
            raise InvalidInput(f"{len(wanted)} sites at once", where="sites", mend=f"At most {MOST_SITES}")
        with self._lock:
            plan = self._opened(folder)
            places, lon, lat = self._places(plan, wanted)
            existing = np.arange(plan.candidates, len(plan.places), dtype=np.int32)
            reached = self._reaches(plan, places) + self._reaches(plan, plan.places.take(existing))
        return self._answer(plan, wanted, reached, lon, lat, begun)

    def prepare(self, folder: Path) -> None:
        """Load a plan and search from its sites, so that the first question is answered as quickly as the next."""
        try:
            data = json.loads((folder / "plan.json").read_text(encoding="utf-8"))
            sites = data["summary"]["sites"]
            self.figures(folder, [Wanted(None, round(one["lon"] * 1e7), round(one["lat"] * 1e7)) for one in sites])
        except (ShanyrakError, OSError, ValueError, KeyError):
            return  # whoever asks is told what is wrong

    def _opened(self, folder: Path) -> Opened:
        path = folder / "plan.json"
        key = (folder, path.stat().st_mtime_ns)
        if key not in self._open:
            self._open[key] = _open_plan(self._home, folder)
        self._open.move_to_end(key)
        while len(self._open) > KEPT_PLANS:
            self._open.popitem(last=False)
        return self._open[key]

    def _places(self, plan: Opened, wanted: Sequence[Wanted]) -> tuple[Places, list[float], list[float]]:
        free = [at for at, one in enumerate(wanted) if one.candidate is None]
        lon = [0.0] * len(wanted)
        lat = [0.0] * len(wanted)
        edge, offset, access = (np.zeros(len(wanted), np.int32) for _ in range(3))
        for at, one in enumerate(wanted):
            if one.candidate is None:
                if one.lon_e7 is None or one.lat_e7 is None:
                    raise InvalidInput("a site needs a place or a candidate", where=f"sites.{at}")
                lon[at], lat[at] = one.lon_e7 / 1e7, one.lat_e7 / 1e7
            elif not 0 <= one.candidate < plan.candidates:
                raise InvalidInput(
                    f"there is no candidate {one.candidate}", where=f"sites.{at}", mend=f"0 to {plan.candidates - 1}"
                )
            else:
                place = plan.places.take(np.array([one.candidate]))
                edge[at], offset[at], access[at] = place.edge[0], place.offset_dm[0], place.access_dm[0]
                lon[at], lat[at] = float(plan.lon[one.candidate]), float(plan.lat[one.candidate])
        if free:
            found = snap(plan.area.graph, np.array([lon[at] for at in free]), np.array([lat[at] for at in free]))
            for at, tied, along, away in zip(
                free, found.edge.tolist(), found.offset_dm.tolist(), found.access_dm.tolist(), strict=True
            ):
                if tied < 0:
                    raise InvalidInput("a site is more than 500 m from every street", where=f"sites.{at}")
                edge[at], offset[at], access[at] = tied, along, away
        return Places(edge, offset, access), lon, lat

    def _reaches(self, plan: Opened, places: Places) -> list[tuple[IntArray, IntArray]]:
        """Cells within the limit of each place, with the walks; searched once for each place."""
        profile, limit = PROFILES[plan.data["profile"]["name"]], int(plan.data["limit_dm"])
        version = str(plan.data["area"]["content_hash"])
        keys = [
            (version, limit, profile.name, edge, offset, access)
            for edge, offset, access in zip(
                places.edge.tolist(), places.offset_dm.tolist(), places.access_dm.tolist(), strict=True
            )
        ]
        new = [at for at, key in enumerate(keys) if key not in self._reached]
        if new:
            area = plan.area
            found = walks(area.graph, places.take(np.array(new)), limit, cells=area.cell_places, profile=profile)
            for row, at in enumerate(new):
                cell, impedance = found.of(row)
                self._reached[keys[at]] = (cell.copy(), impedance.copy())
        told = [self._reached[key] for key in keys]
        while len(self._reached) > KEPT_PLACES:
            self._reached.popitem(last=False)
        return told

    def _answer(
        self,
        plan: Opened,
        wanted: Sequence[Wanted],
        reached: list[tuple[IntArray, IntArray]],
        lon: list[float],
        lat: list[float],
        begun: float,
    ) -> WhatIf:
        demand = plan.area.cell_persons_milli
        times = np.zeros(len(demand), np.int32)
        nearest = np.full(len(demand), _FAR, np.int32)
        for cell, impedance in reached:
            times[cell] += 1
            np.minimum.at(nearest, cell, impedance)
        covered = int(demand[times > 0].sum())
        total = int(demand.sum())
        summary = plan.data["summary"]
        served = (times > 0) & (demand > 0)
        speed = float(plan.data["profile"]["speed_dm_per_s"])
        farthest = round(float(nearest[served].max()) / (60 * speed), 2) if served.any() else None
        sites = []
        for at in range(len(wanted)):
            cell, _ = reached[at]
            alone = cell[times[cell] == 1]
            sites.append(
                {
                    "lon_e7": round(lon[at] * 1e7), "lat_e7": round(lat[at] * 1e7),
                    "candidate": wanted[at].candidate,
                    "reached_persons": persons(int(demand[cell].sum())),
                    "only_persons": persons(int(demand[alone].sum())),
                }
            )  # fmt: skip
        return WhatIf(
            covered_persons=persons(covered),
            persons=persons(total),
            share=covered / total if total else 0.0,
            change_persons=round(persons(covered) - float(summary["covered_persons"]), 3),
            at_most_persons=_at_most(plan, wanted),
            farthest_min=farthest,
            sites=sites,
            seconds=round(self._clock() - begun, 4),
        )


def _at_most(plan: Opened, wanted: Sequence[Wanted]) -> float:
    """The plan's bound for as many of its own candidates; 0 where it says nothing of what was asked."""
    if any(one.candidate is None for one in wanted):
        return 0.0  # a place of one's own was never among what the bound is over
    if len(wanted) == int(plan.data["summary"]["k"]):
        return float(plan.data["summary"]["bound_persons"])
    return next((float(one["bound_persons"]) for one in plan.data["curve"] if one["k"] == len(wanted)), 0.0)


def _open_plan(home: Home, folder: Path) -> Opened:
    import pyarrow.parquet as pq

    data = json.loads((folder / "plan.json").read_text(encoding="utf-8"))
    said = data["area"]
    kept = home.area(str(said["name"])).folder(str(said["version"]))
    if not kept.is_dir():
        raise NotFound(
            f"the area {said['name']} is not kept here as the plan knew it",
            where=folder.name,
            mend="Make the plan again",
        )
    table = pq.read_table(folder / "candidates.parquet")
    column = {
        name: table[name].to_numpy(zero_copy_only=False) for name in ("edge", "offset_dm", "access_dm", "lon", "lat")
    }
    places = Places(*(np.asarray(column[name], np.int32) for name in ("edge", "offset_dm", "access_dm")))
    roles = table["role"].to_pylist()
    ids = {id: at for at, id in enumerate(table["id"].to_pylist())}
    area = _area(kept)
    return Opened(data, area, places, column["lon"], column["lat"], roles.count("candidate"), ids)


@functools.lru_cache(maxsize=3)
def _area(folder: Path) -> Area:
    return load_area(folder)


def candidates(folder: Path) -> dict[str, list[Any]]:
    """The candidates of a plan in columns; their number is their place in them."""
    import pyarrow.parquet as pq

    table = pq.read_table(folder / "candidates.parquet", columns=["id", "role", "lon", "lat", "name", "kind"])
    rows = [at for at, role in enumerate(table["role"].to_pylist()) if role == "candidate"]
    taken = table.take(rows)
    return {
        "id": taken["id"].to_pylist(),
        "lon_e7": [round(lon * 1e7) for lon in taken["lon"].to_pylist()],
        "lat_e7": [round(lat * 1e7) for lat in taken["lat"].to_pylist()],
        "name": taken["name"].to_pylist(),
        "kind": taken["kind"].to_pylist(),
    }
