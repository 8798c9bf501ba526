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
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np

from shanyrak.app.desk.model import WhatIf
from shanyrak.app.home import Home
from shanyrak.app.planning import persons
from shanyrak.app.planning_districts import Districts
from shanyrak.app.planning_figures import FAR_MINUTES, Counted, figures
from shanyrak.app.planning_variants import Spot, make_variant, variant_id
from shanyrak.area.area import Area
from shanyrak.area.snap import Snapper
from shanyrak.area.store import load_area
from shanyrak.core.errors import InvalidInput, NotFound, ShanyrakError
from shanyrak.core.units import MILLI, IntArray, distance_m
from shanyrak.walk.coverage import walks
from shanyrak.walk.graph import Places
from shanyrak.walk.profile import PROFILES, limit_dm

MOST_SITES = 200
KEPT_PLANS = 3
KEPT_PLACES = 1_000
_FAR = np.iinfo(np.int32).max
MOST_NEARBY = 60
NEARBY_M = 1_500
TOLD_NEARBY = 5


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
    names: list[str]
    counted: Counted
    snapper: Snapper


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
        self._making = threading.Lock()
        self._begun: set[str] = set()
        self._failed: dict[str, ShanyrakError] = {}
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
            far = limit_dm(PROFILES[plan.data["profile"]["name"]], FAR_MINUTES)
            reached = self._reaches(plan, places, far) + self._reaches(plan, plan.places.take(existing), far)
        return self._answer(plan, wanted, reached, lon, lat, begun)

    def nearby(self, folder: Path, wanted: Sequence[Wanted], at: int) -> list[dict[str, Any]]:
        """Candidates near one of the sites that would bring most people in its stead, the best first.

        Raises
        ------
        InvalidInput
            There is no such site, or as ``figures``.
        """
        if not 0 <= at < len(wanted) <= MOST_SITES:
            raise InvalidInput(f"there is no site {at}", where="at", mend=f"0 to {len(wanted) - 1}")
        with self._lock:
            plan = self._opened(folder)
            places, lon, lat = self._places(plan, wanted)
            away = distance_m(lon[at], lat[at], plan.lon[: plan.candidates], plan.lat[: plan.candidates])
            order = np.argsort(away, kind="stable")
            near = [int(j) for j in order[:MOST_NEARBY] if away[j] <= NEARBY_M]
            existing = np.arange(plan.candidates, len(plan.places), dtype=np.int32)
            others = [k for k in range(len(wanted)) if k != at]
            limit = int(plan.data["limit_dm"])
            kept = self._reaches(plan, places.take(np.array(others, np.int64)), limit)
            kept += self._reaches(plan, plan.places.take(existing), limit)
            tried = self._reaches(plan, plan.places.take(np.array(near, np.int64)), limit)
            now = self._reaches(plan, places.take(np.array([at], np.int64)), limit)[0]
        demand = plan.area.cell_persons_milli
        free = demand.copy()
        for cell, _ in kept:
            free[cell] = 0
        brings_now = int(free[now[0]].sum())
        taken = {one.candidate for one in wanted}
        here = {(round(x * 1e7), round(y * 1e7)) for x, y in zip(lon, lat, strict=True)}
        rows: list[dict[str, Any]] = []
        for j, (cell, _) in zip(near, tried, strict=True):
            spot = (round(float(plan.lon[j]) * 1e7), round(float(plan.lat[j]) * 1e7))
            if j not in taken and spot not in here:
                change = (int(free[cell].sum()) - brings_now) / MILLI
                rows.append({"candidate": j, "lon_e7": spot[0], "lat_e7": spot[1], "name": plan.names[j],
                             "away_m": round(float(away[j])), "change_persons": change})  # fmt: skip
        rows.sort(key=lambda row: (-float(row["change_persons"]), int(row["away_m"])))
        return rows[:TOLD_NEARBY]

    def variant(self, folder: Path, aim: str, spots: Sequence[Spot], language: str) -> tuple[str, bool]:
        """Another plan like this one: its name, and whether it is there already.

        Where it is not, it is begun in the background; whoever asks again hears of it. Those begun wait for each
        other.

        Raises
        ------
        ShanyrakError
            It could not be made; asked once more, it is begun anew.
        """
        data = json.loads((folder / "plan.json").read_text(encoding="utf-8"))
        own = list(spots) if aim == "own" else None
        plan_id = variant_id(folder, data, aim, own, language)
        with self._lock:
            fault = self._failed.pop(plan_id, None)
            if fault is not None:
                raise fault
            there = (self._home.plans / plan_id / "plan.json").is_file()
            if not there and plan_id not in self._begun:
                self._begun.add(plan_id)
                asked = (plan_id, folder, aim, own, language)
                threading.Thread(target=self._make, args=asked, name="variant", daemon=True).start()
        return plan_id, there

    def _make(self, plan_id: str, folder: Path, aim: str, own: list[Spot] | None, language: str) -> None:
        try:
            with self._making:
                make_variant(self._home, folder, aim, own, language=language, clock=self._clock, now=datetime.now(UTC))
        except ShanyrakError as fault:
            self._failed[plan_id] = fault
        finally:
            self._begun.discard(plan_id)

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
            found = plan.snapper.snap(np.array([lon[at] for at in free]), np.array([lat[at] for at in free]))
            for at, tied, along, away in zip(
                free, found.edge.tolist(), found.offset_dm.tolist(), found.access_dm.tolist(), strict=True
            ):
                if tied < 0:
                    raise InvalidInput("a site is more than 500 m from every street", where=f"sites.{at}")
                edge[at], offset[at], access[at] = tied, along, away
        return Places(edge, offset, access), lon, lat

    def _reaches(self, plan: Opened, places: Places, limit: int) -> list[tuple[IntArray, IntArray]]:
        """Cells within the limit of each place, with the walks; searched once for each place."""
        profile = PROFILES[plan.data["profile"]["name"]]
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
        limit = int(plan.data["limit_dm"])
        walk = np.full(len(demand), _FAR, np.int32)
        covers = []
        for cell, impedance in reached:  # a place's cells are each named once
            walk[cell] = np.minimum(walk[cell], impedance)
            covers.append(cell[impedance <= limit])
            times[covers[-1]] += 1
        covered = int(demand[times > 0].sum())
        total = int(demand.sum())
        summary = plan.data["summary"]
        told = figures(plan.counted, times, np.where(walk < _FAR, walk, -1))
        sites = []
        for at in range(len(wanted)):
            cell = covers[at]
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
            farthest_min=told["farthest_min"],
            mean_min=told["mean_min"],
            twice_persons=told["twice_persons"],
            worst_district=told["worst_district"],
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
    return Opened(
        data, area, places, column["lon"], column["lat"], roles.count("candidate"), ids, table["name"].to_pylist(),
        _counted(folder, data, area), _snapper(kept),
    )  # fmt: skip


def _counted(folder: Path, data: dict[str, Any], area: Area) -> Counted:
    """People and districts as the plan counted them; a plan of before there were districts has none."""
    import pyarrow.parquet as pq

    rows = data.get("districts", {}).get("rows", [])
    of_cell = np.full(len(area.cell_persons_milli), -1, np.int32)
    if rows:
        written = pq.read_table(folder / "cells.parquet", columns=["district"])["district"].fill_null(-1)
        of_cell = written.to_numpy().astype(np.int32)
    districts = Districts([str(row["name"]) for row in rows], of_cell, "")
    counts = np.array([bool(row["counts"]) for row in rows], bool)
    return Counted(area.cell_persons_milli, districts, counts, float(data["profile"]["speed_dm_per_s"]))


@functools.lru_cache(maxsize=3)
def _snapper(folder: Path) -> Snapper:
    return Snapper(_area(folder).graph)


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
