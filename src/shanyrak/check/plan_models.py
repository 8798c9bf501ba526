"""The proof of a plan that is not the first choice: its model is built from the walks again, and its own bound checked.

What the plan says its model was asked (``asked`` in ``plan.json``) is compared with what the certificate was made for:
number, existing points, budget, costs, spacing, floors. A conflict that is not in the plan would make a bound too
good, so every one is looked at; one that is missing makes it looser, and is looked for among the chosen sites only.
The first choice, which the plan is held against, is proved by its own certificate (``certificate-first.json``).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from shanyrak.check.certificate import Ints, check_certificate
from shanyrak.check.difference import Difference, Differences
from shanyrak.check.folders import read_json
from shanyrak.check.geometry import distance_dm
from shanyrak.check.partial import check_fewest
from shanyrak.check.points import check_points
from shanyrak.check.variants import Input, check_variant

MILLE = 1000
MILLION = 1_000_000
FIRST_FILE = "certificate-first.json"
_SLACK_DM = 10
CERTIFICATE = "certificate.json"

Walk = Callable[..., list[dict[int, int]]]
"""(limit [flat dm], only some sites) -> for each site, cell -> walk"""


@dataclass(frozen=True, eq=False)
class Ground:
    """What the plain checker recomputed of a plan."""

    plan: Any
    certificate: Any
    cells_of: list[npt.NDArray[np.int32]]
    demand: Ints
    chosen: list[int]
    existing: list[int]
    columns: dict[str, list[Any]]
    """of candidates.parquet: id, lon, lat, and cost where there is one"""
    district: list[int | None]
    counted: list[bool]
    walks: Walk

    @property
    def aim(self) -> str:
        """Which choice the plan is."""
        return str(self.plan["summary"].get("aim", "most"))

    @property
    def asked(self) -> dict[str, Any]:
        """What was asked beside the summary."""
        return dict(self.plan.get("asked", {}))

    def pairs(self) -> npt.NDArray[np.int64]:
        """(n, 2) cell and site, ordered by cell, then site."""
        site = np.repeat(np.arange(len(self.cells_of)), [len(cells) for cells in self.cells_of])
        cell = np.concatenate([np.zeros(0, np.int64), *self.cells_of]).astype(np.int64)
        order = np.lexsort((site, cell))
        return np.column_stack([cell[order], site[order]])

    def of_worst(self) -> Ints:
        """(cells,) district, -1 where it does not count for the worst one."""
        rows = self.plan["districts"]["rows"]
        return np.array([-1 if d is None or not rows[d]["counts"] else d for d in self.district], np.int64)


def check_model(ground: Ground, folder: Path) -> list[Difference]:
    """All in which a plan's own promise, or the first choice beside it, differs from what plain code makes of it."""
    found = _first_choice(ground, read_json(folder / FIRST_FILE))
    summary, c = ground.plan["summary"], ground.certificate
    if ground.aim == "own":
        covered, bound = summary["covered_persons"], summary["bound_persons"]
        gap = 0.0 if covered == bound else (bound - covered) / bound
        found.compare("whether the gap is right", True, abs(gap - float(summary["gap"])) < 1e-9)
        return found
    found.compare("model of the choice", _MODEL_OF.get(ground.aim), c["model"])
    found.compare("model", summary["model"], c["model"])
    if found:
        return found
    found.compare("sites of the certificate", sorted(ground.chosen), _sites(ground))
    found += _limits(ground)
    found += _proof(ground)
    _promise(ground, found)
    return found


def _first_choice(ground: Ground, certificate: Any) -> Differences:
    found = Differences(FIRST_FILE)
    first, summary = ground.plan["first"], ground.plan["summary"]
    found.compare("number of new sites", len(ground.chosen), certificate["k"])
    found.compare("existing points", ground.existing, sorted(certificate["fixed"]))
    found.compare("sites", first["sites"], [ground.columns["id"][int(j)] for j in certificate["sites"]])
    found.compare("bound", round(first["bound_persons"] * MILLE), int(certificate["bound"]))
    found.compare("bound_persons", first["bound_persons"], summary["bound_persons"])
    found.compare("people covered", round(first["figures"]["covered_persons"] * MILLE), int(certificate["objective"]))
    found += check_certificate(certificate, ground.cells_of, ground.demand, where=FIRST_FILE)
    return found


def _sites(ground: Ground) -> list[int]:
    """New sites of the certificate, in the plan's columns."""
    sites = [int(j) for j in ground.certificate["sites"]]
    if ground.aim == "order":
        sites = [j % len(ground.cells_of) for j in sites]
    return sorted(set(sites) - set(ground.existing))


def _limits(ground: Ground) -> Differences:
    """Number, existing points, budget, costs and spacing of the certificate are those of the plan."""
    found, c, asked = Differences(CERTIFICATE), ground.certificate, ground.asked
    many = len(ground.cells_of) - len(ground.existing) if asked["open"] is None else asked["open"]
    cost, budget = ground.columns.get("cost"), asked.get("budget")
    pairs: list[Any] = []
    if ground.aim == "fewest" and "below" in c:
        return found  # nothing but the number counts, and ``check_fewest`` sees to it
    if c["model"] in ("p_center", "p_median"):
        found.compare("new points at most", many, c["p"])
        found.compare("existing points", ground.existing, sorted(c["fixed"]))
        pairs, given, limit = c["sides"]["groups"], c["sides"]["cost"], c["sides"]["budget"]
        barred = {b for group in pairs for b in group if set(group) & set(ground.existing)}
        found.compare("forbidden sites", [], sorted(set(c["forbidden"]) - barred - _beside(ground)))
    elif ground.aim == "order":
        return found  # its columns are steps; ``_order`` builds them
    else:
        found.compare("new points at most", many, c["k"]) if ground.aim != "fewest" else None
        found.compare("existing points", ground.existing, sorted(c["fixed"]))
        found.compare("forbidden sites", [], sorted(set(c["forbidden"]) - _beside(ground)))
        found.compare("kinds at one place", None, c["places"])
        pairs, given, limit = c["conflicts"], c["costs"], c["budget"]
    if limit is not None or ground.aim == "fewest":
        found.compare("costs", cost, given)
    if ground.aim != "fewest":
        found.compare("budget", budget, limit)
    spacing = asked.get("spacing_m")
    for group in pairs:
        if spacing is None or any(_apart_dm(ground, group[0], b) > 10 * spacing + _SLACK_DM for b in group[1:]):
            found.compare("sites that exclude each other", "nearer than the spacing", group)
    if spacing is not None:
        near = [
            (a, b)
            for at, a in enumerate(ground.chosen)
            for b in (*ground.chosen[at + 1 :], *ground.existing)
            if _apart_dm(ground, a, b) < 10 * spacing - _SLACK_DM
        ]
        found.compare("chosen sites nearer than the spacing", [], near)
    return found


def _beside(ground: Ground) -> set[int]:
    """Candidates that an existing point excludes."""
    spacing = ground.asked.get("spacing_m")
    if spacing is None:
        return set()
    return {
        j
        for j in range(len(ground.cells_of))
        if any(_apart_dm(ground, j, e) <= 10 * spacing + _SLACK_DM for e in ground.existing)
    }


def _apart_dm(ground: Ground, a: int, b: int) -> float:
    lon, lat = ground.columns["lon"], ground.columns["lat"]
    return distance_dm(lon[a], lat[a], lon[b], lat[b])


def _proof(ground: Ground) -> list[Difference]:
    """The certificate holds for the model as it is built here."""
    c, demand, asked = ground.certificate, ground.demand, ground.asked
    sites = len(ground.cells_of)
    if c["model"] in ("p_center", "p_median"):
        return check_points(c, *_table(ground), where=CERTIFICATE)
    if ground.aim == "fewest" and "below" in c:
        return check_fewest(
            c, ground.cells_of, demand, int(asked["share_millionths"]), ground.existing, where=CERTIFICATE
        )
    if ground.aim == "gradual":
        cell, site, walk = _walked(ground, int(asked["none_dm"]))
        far, near = int(asked["none_dm"]), int(ground.plan["limit_dm"])
        worth = np.clip(MILLE * (far - walk) // (far - near), 0, MILLE)
        keep = worth > 0
        given = Input(np.column_stack([cell, site])[keep], demand, sites, worth=worth[keep])
    elif ground.aim == "order":
        given = _order(ground)
    else:
        extra: dict[str, Any] = {}
        if ground.aim in ("fair", "floor"):
            extra["groups"] = _groups(ground)
        if ground.aim == "chance":
            extra["failure"] = np.full(sites, round(asked["shut_chance"] * MILLION))
        given = Input(ground.pairs(), demand, sites, **extra)
    found = Differences(CERTIFICATE)
    if ground.aim == "floor":
        everyone = np.zeros(len(c["need"]), np.int64)
        np.add.at(everyone, given.groups[:, 0], given.groups[:, 2])
        millionths = round(asked["floor"] * MILLION)
        found.compare("floors", [-(-millionths * int(w) // MILLION) for w in everyone], c["need"])
    if ground.aim == "fewest":
        total = int(demand.sum())
        found.compare("people needed", -(-int(asked["share_millionths"]) * total // MILLION), int(c["need"]))
    return [*found, *check_variant(c, given, where=CERTIFICATE)]


def _groups(ground: Ground) -> npt.NDArray[np.int64]:
    """(n, 3) district, cell, people; ordered by district, then cell."""
    district = ground.of_worst()
    cell = np.flatnonzero((district >= 0) & (ground.demand > 0))
    order = np.lexsort((cell, district[cell]))
    return np.column_stack([district[cell], cell, ground.demand[cell]])[order]


def _walked(ground: Ground, limit: int) -> tuple[Ints, Ints, Ints]:
    """Cells, sites and walks within a limit, by cell, then site."""
    triples = [(cell, site, walk) for site, reached in enumerate(ground.walks(limit)) for cell, walk in reached.items()]
    table = np.array(sorted(triples), np.int64).reshape(-1, 3)
    return table[:, 0], table[:, 1], table[:, 2]


def _table(ground: Ground) -> tuple[npt.NDArray[np.int32], Ints]:
    """Walks from every cell to every site, cut off where the plan says, and the people who count."""
    near = ground.aim == "near"
    limit = int(ground.asked["table_dm" if near else "cut_off_dm"])
    table = np.full((len(ground.demand), len(ground.cells_of)), limit + 1 if near else limit, np.int32)
    for site, reached in enumerate(ground.walks(limit)):
        if reached:
            table[list(reached), site] = list(reached.values())
    counted = np.array(ground.counted, bool)
    return table, np.where(counted, ground.demand, 0) if near else ground.demand


def _order(ground: Ground) -> Input:
    """Columns are (step, site); a site opened at step t of K counts K - t + 1 times."""
    steps, many = int(ground.asked["steps"]), len(ground.cells_of)
    settled = np.zeros(len(ground.demand), bool)
    for j in ground.existing:
        settled[ground.cells_of[j]] = True
    pairs = ground.pairs()
    step = np.tile(np.arange(steps), len(pairs))
    cell, site = np.repeat(pairs[:, 0], steps), step * many + np.repeat(pairs[:, 1], steps)
    order = np.lexsort((site, cell))
    rows = np.column_stack([cell, site])[order]
    left = np.where(settled, 0, ground.demand)
    return Input(rows, left, many * steps, worth=(steps - step)[order])


def _promise(ground: Ground, found: Differences) -> None:
    """``objective`` says what the certificate proves."""
    c, said = ground.certificate, ground.plan["summary"]["objective"]
    value, bound = (int(c[name]) for name in (("objective" if "objective" in c else "value"), "bound"))
    per_minute = 60 * float(ground.plan["profile"]["speed_dm_per_s"])
    share = {
        "most": MILLE, "floor": MILLE, "backup": MILLE, "gradual": MILLION, "chance": MILLION, "fair": MILLION,
        "near": per_minute, "mean": per_minute * int(ground.demand.sum()), "order": MILLE, "fewest": 1,
    }[ground.aim]  # fmt: skip
    if ground.aim == "fewest" and "value" in c:
        value, bound = -value, -bound
    if ground.aim == "order":
        near = np.zeros(len(ground.demand), bool)
        for j in ground.existing:
            near[ground.cells_of[j]] = True
        base = int(ground.demand[near].sum()) * int(ground.asked["steps"])
        value, bound = value + base, bound + base
    for name, whole in (("value", value), ("bound", bound)):
        if abs(whole / share - float(said[name])) > 1e-6 * max(1.0, abs(float(said[name]))):
            found.compare(f"{name} of what was promised", whole / share, said[name])
    gap = 0.0 if value == bound else abs(bound - value) / max(bound, value)
    summary = ground.plan["summary"]
    if abs(gap - float(summary["gap"])) > 1e-9:
        found.compare("gap", gap, summary["gap"])
    found.compare("proven", value == bound, summary["proven"])


_MODEL_OF = {
    "most": "covering_with_floors", "floor": "covering_with_floors", "near": "p_center", "backup": "backup_covering",
    "fair": "fair_covering", "gradual": "gradual_covering", "mean": "p_median", "chance": "expected_covering",
    "order": "opening_order", "fewest": "partial_covering",
}  # fmt: skip
