"""The figures by which plans are compared, counted again: covered, covered twice, the worst district, walks."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from shanyrak.check.difference import Difference, Differences
from shanyrak.check.walks import limit_dm

if TYPE_CHECKING:
    from shanyrak.check.plan_models import Ground

FAR_MINUTES = 240
_NEAR = 0.0051
_FAR = 2**31


def check_figures(ground: Ground) -> list[Difference]:
    """All in which ``figures``, ``districts`` and ``fronts`` of a plan differ from what plain code counts."""
    found = Differences("plan.json figures")
    said = ground.plan["figures"]
    _figures(ground, [*ground.chosen, *ground.existing], said, found)
    _districts(ground, found)
    if "first" in ground.plan:
        place = {site: j for j, site in enumerate(ground.columns["id"])}
        columns = [place[site] for site in ground.plan["first"]["sites"]]
        found_first = Differences("plan.json first")
        _figures(ground, [*columns, *ground.existing], ground.plan["first"]["figures"], found_first)
        found += found_first
    bound = ground.plan["summary"]["bound_persons"]
    for name, front in ground.plan.get("fronts", {}).items():
        for row in front:
            over = row["covered_persons"] > row["bound_persons"] + 1e-6
            found.compare(f"more reached than the bound in the front {name}", False, over)
            if name == "walk":
                found.compare("a bound of the front beyond the first choice's", False, row["bound_persons"] > bound)
    return found


def _figures(ground: Ground, columns: list[int], said: dict[str, Any], found: Differences) -> None:
    demand = ground.demand
    times = np.zeros(len(demand), np.int64)
    for j in columns:
        times[ground.cells_of[j]] += 1
    _close(found, "covered_persons", int(demand[times > 0].sum()) / 1000, said["covered_persons"], 1e-6)
    _close(found, "twice_persons", int(demand[times > 1].sum()) / 1000, said["twice_persons"], 1e-6)
    shares = _shares(ground, times)
    worst = min(shares) if shares else None
    if worst is None or said["worst_district"] is None:
        found.compare("worst_district", worst, said["worst_district"])
    else:
        _close(found, "share of the worst district", worst[0], said["worst_district"]["share"], 1e-6)
        found.compare("worst district", worst[1], said["worst_district"]["name"])
    walk = np.full(len(demand), _FAR, np.int64)
    speed = float(ground.plan["profile"]["speed_dm_per_s"])
    for reached in ground.walks(limit_dm(speed, FAR_MINUTES), columns):
        cells = np.array(list(reached), np.int64)
        walk[cells] = np.minimum(walk[cells], np.array(list(reached.values()), np.int64))
    there = (walk < _FAR) & (demand > 0)
    farthest = float(walk[there].max()) / 60 / speed if there.any() else None
    mean = float(walk[there] @ demand[there]) / int(demand[there].sum()) / 60 / speed if there.any() else None
    _close(found, "farthest_min", farthest, said["farthest_min"], _NEAR)
    _close(found, "mean_min", mean, said["mean_min"], _NEAR)


def _shares(ground: Ground, times: npt.NDArray[np.int64]) -> list[tuple[float, str]]:
    rows = ground.plan["districts"]["rows"]
    district = np.array([-1 if d is None else d for d in ground.district], np.int64)
    out = []
    for at, row in enumerate(rows):
        inside = district == at
        everyone = int(ground.demand[inside].sum())
        if row["counts"] and everyone:
            out.append((int(ground.demand[inside & (times > 0)].sum()) / everyone, str(row["name"])))
    return out


def _districts(ground: Ground, found: Differences) -> None:
    times = np.zeros(len(ground.demand), np.int64)
    for j in (*ground.chosen, *ground.existing):
        times[ground.cells_of[j]] += 1
    district = np.array([-1 if d is None else d for d in ground.district], np.int64)
    for at, row in enumerate(ground.plan["districts"]["rows"]):
        inside = district == at
        _close(found, "people of a district", int(ground.demand[inside].sum()) / 1000, row["persons"], 1e-6)
        covered = int(ground.demand[inside & (times > 0)].sum()) / 1000
        _close(found, "people covered of a district", covered, row["covered_persons"], 1e-6)


def _close(found: Differences, what: str, expected: float | None, said: Any, near: float) -> None:
    if expected is None or said is None or abs(expected - float(said)) > near:
        found.compare(what, expected, said)
