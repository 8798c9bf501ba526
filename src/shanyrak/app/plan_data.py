"""What is said about a plan: the content of ``plan.json``, made of numbers only (no sentences)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any

import numpy as np

from shanyrak.app.planning import Plan, persons
from shanyrak.app.planning_figures import shares
from shanyrak.area.area import Area
from shanyrak.core.units import FloatArray, IntArray
from shanyrak.plan import Reasons
from shanyrak.walk.coverage import Walks, walks

FORMAT = "shanyrak-plan/1"
_FAR_FACTOR = 4
"""How far from a site its neighbours are looked for, in limits."""
_NONE = -1


@dataclass(frozen=True, eq=False)
class SiteWalks:
    """Walks to the sites of a plan: the new ones in opening order, then the existing ones."""

    columns: IntArray
    """(s,) columns of the plan's cover matrix"""
    to_cells: Walks
    to_junctions: Walks
    between: Walks
    cells: int
    junctions: int

    @classmethod
    def of(cls, area: Area, plan: Plan) -> SiteWalks:
        """Search again from the few sites of the plan, now keeping how far it is."""
        columns = np.concatenate([plan.chosen, plan.existing])
        places = plan.sites.places.take(columns)
        graph, profile, limit = area.graph, plan.profile, plan.limit_dm
        return cls(
            columns=columns,
            to_cells=walks(graph, places, limit, cells=area.cell_places, profile=profile),
            to_junctions=walks(graph, places, limit, profile=profile),
            between=walks(graph, places, _FAR_FACTOR * limit, cells=places, profile=profile),
            cells=len(plan.demand),
            junctions=graph.junctions,
        )

    def junction_dm(self, site: int) -> IntArray:
        """(n,) impedance from each junction to a site; -1 where it is farther than the limit."""
        out = np.full(self.junctions, _NONE, np.int32)
        junction, impedance = self.to_junctions.of(site)
        out[junction] = impedance
        return out

    @cached_property
    def times_covered(self) -> IntArray:
        """(cells,) how many open points are within the limit."""
        count = np.zeros(self.cells, np.int32)
        for site in range(len(self.columns)):
            count[self.to_cells.of(site)[0]] += 1
        return count

    @cached_property
    def _nearest(self) -> tuple[IntArray, IntArray]:
        best = np.full(self.cells, np.iinfo(np.int32).max, np.int32)
        which = np.full(self.cells, _NONE, np.int32)
        for site in range(len(self.columns)):
            cell, impedance = self.to_cells.of(site)
            nearer = impedance < best[cell]
            best[cell[nearer]] = impedance[nearer]
            which[cell[nearer]] = site
        return which, best

    @property
    def nearest(self) -> IntArray:
        """(cells,) the open point with the shortest walk (the earlier one where two are equal); -1 for none."""
        return self._nearest[0]

    def nearest_minutes(self, plan: Plan) -> FloatArray:
        """(cells,) minutes to it; NaN where none is within the limit."""
        which, best = self._nearest
        return np.where(which >= 0, _minutes(plan, best), np.nan)

    def farthest_minutes(self, plan: Plan, site: int) -> float | None:
        """The longest walk among the people whose nearest open point it is; None where there are none."""
        which, best = self._nearest
        served = (which == site) & (plan.demand > 0)
        return float(_minutes(plan, best[served]).max()) if served.any() else None

    def nearest_other(self, plan: Plan, site: int) -> tuple[int, float] | None:
        """The open point that is the shortest walk away from a site, and its minutes."""
        other, impedance = self.between.of(site)
        keep = other != site
        if not keep.any():
            return None
        at = int(np.argmin(impedance[keep]))
        return int(other[keep][at]), float(_minutes(plan, impedance[keep][at]))


def _minutes(plan: Plan, impedance_dm: Any) -> FloatArray:
    return np.round(np.asarray(impedance_dm, np.float64) / (60 * plan.profile.speed_dm_per_s), 2)


def plan_data(plan_id: str, created: datetime, area: Area, plan: Plan, walks_to: SiteWalks) -> dict[str, Any]:
    """The content of ``plan.json``; its form is in docs/reference/plan-folder.md."""
    siting, reasons = plan.siting, plan.reasons
    unreachable = int(plan.demand[area.cell_places.edge < 0].sum())
    total, covered = int(plan.demand.sum()), plan.covered
    return {
        "format": FORMAT,
        "id": plan_id,
        "created": created.isoformat(timespec="seconds").replace("+00:00", "Z"),
        "area": _area(area),
        "summary": {
            "area": area.name,
            "model": siting.certificate["model"],
            "aim": plan.request.aim,
            "k": len(plan.chosen),
            "minutes": plan.request.minutes,
            "profile": plan.profile.name,
            "candidates": plan.candidates,
            "demand_cells": len(plan.demand),
            "demand_persons": persons(total),
            "existing_persons": persons(int(reasons.existing)),
            "covered_persons": persons(covered),
            "bound_persons": persons(plan.bound),
            "gap": siting.gap,
            "proven": siting.proven,
            "within_gap": bool(siting.gap <= plan.request.gap),
            "stopped_by": siting.stopped_by,
            "seconds": plan.seconds,
            **_promised(plan),
            "sites": [_site(plan, walks_to, reasons, row) for row in range(len(plan.chosen))],
        },
        "asked": _asked(plan),
        "figures": plan.figures,
        "districts": {"how": plan.counted.districts.how, "rows": shares(plan.counted, plan.times)},
        **_against(plan),
        **({"fronts": plan.fronts} if plan.fronts else {}),
        "existing": [_existing(plan, reasons, row) for row in range(len(plan.existing))],
        "unserved_persons": persons(total - covered - unreachable),
        "unreachable_persons": persons(unreachable),
        "profile": {**plan.profile.numbers(), "speed_m_per_s": plan.profile.speed_dm_per_s / 10},
        "limit_dm": plan.limit_dm,
        "curve": [
            {"k": k, "covered_persons": persons(reached), "bound_persons": persons(bound)}
            for k, reached, bound in plan.curve
        ],
        "stability": plan.stability,
        "assumptions": _assumptions(plan),
        "notes": [*plan.notes],
    }


def _promised(plan: Plan) -> dict[str, Any]:
    """What the model's own objective is, where it is not the people within the minutes alone."""
    out: dict[str, Any] = {}
    if plan.answer.objective is not None:
        out["objective"] = plan.answer.objective
    if plan.spent is not None:
        out["cost"] = plan.spent
    left_out = plan.answer.uncounted
    if left_out is not None and left_out.any():
        out["left_out_persons"] = persons(int(plan.demand[left_out].sum()))
    return out


def _asked(plan: Plan) -> dict[str, Any]:
    """What was asked beside the summary; a checker builds the model from it again."""
    asked: dict[str, Any] = {"open": plan.request.k, "gap": plan.request.gap, **(plan.answer.parameters or {})}
    for name in ("budget", "spacing_m"):
        if getattr(plan.request, name) is not None:
            asked[name] = getattr(plan.request, name)
    return asked


def _against(plan: Plan) -> dict[str, Any]:
    """The first choice with as many points, which this plan is held against."""
    first = plan.first
    if first is None:
        return {}
    table = plan.sites.table
    return {
        "first": {
            "k": len(first.sites),
            "sites": [table.id[int(j)] for j in first.sites],
            "bound_persons": persons(int(first.bound)),
            "proven": first.proven,
            "figures": plan.first_figures,
            "cost": None if plan.costs is None else int(plan.costs[first.sites].sum()),
        }
    }


def _assumptions(plan: Plan) -> list[str]:
    """What the figures rest on, as codes (texts ``plan.assume.*``)."""
    asked = {plan.sites.table.asked[int(column)] for column in plan.chosen}
    return ["shortest_walk", "at_home", "no_capacity", *(["not_asked"] if asked - {"permitted"} else [])]


def _area(area: Area) -> dict[str, Any]:
    manifest = area.manifest
    return {
        "name": area.name,
        "title": manifest.get("title", area.name),
        "content_hash": manifest["content_hash"],
        "version": area.folder.name,
        "made_up": manifest["made_up"],
        "box": manifest["box"],
        "people_how": manifest["how"],
        "people_source": manifest["people"]["source"],
        "attribution": manifest["attribution"],
        "licence": manifest["licence"],
        "notes": manifest["notes"],
    }


def _place(plan: Plan, column: int) -> dict[str, Any]:
    table = plan.sites.table
    return {
        "id": table.id[column],
        "lon": round(float(table.lon[column]), 7),
        "lat": round(float(table.lat[column]), 7),
        "name": table.name[column],
        "named_by": table.named_by[column],
        "kind": table.kind[column],
        "detail": table.detail[column],
        "asked": table.asked[column],
    }


def _site(plan: Plan, walks_to: SiteWalks, reasons: Reasons, row: int) -> dict[str, Any]:
    adds, backup = int(reasons.adds[row]), int(reasons.backup[row])
    return {
        "rank": row + 1,
        **_place(plan, int(plan.chosen[row])),
        "adds_persons": persons(adds),
        "backup_persons": persons(backup),
        "covers_persons": persons(int(reasons.covers[row])),
        "farthest_walk_min": walks_to.farthest_minutes(plan, row),
        "why": _why(plan, walks_to, reasons, row),
    }


def _why(plan: Plan, walks_to: SiteWalks, reasons: Reasons, row: int) -> list[dict[str, Any]]:
    """Reasons as codes and numbers; ``spec/texts`` turns them into sentences."""
    why: list[dict[str, Any]] = [
        {"code": "adds", "persons": persons(int(reasons.adds[row]))},
        {"code": "alone", "persons": persons(int(reasons.alone[row]))},
    ]
    best = int(reasons.next_best[row])
    if plan.first is not None:
        pass  # chosen for something else as well: a place that would bring more people may well be there
    elif best >= 0:
        why.append({"code": "next_best", **_called(plan, best), "persons": persons(int(reasons.next_best_adds[row]))})
    else:
        why.append({"code": "next_best_none"})
    near = walks_to.nearest_other(plan, row)
    if near is None:
        why.append({"code": "no_other"})
    elif near[0] < len(plan.chosen):
        why.append({"code": "nearest_other", "rank": near[0] + 1, "minutes": near[1]})
    else:
        called = _called(plan, int(walks_to.columns[near[0]]))
        why.append({"code": "nearest_existing", **called, "minutes": near[1]})
    return why


def _called(plan: Plan, column: int) -> dict[str, str]:
    table = plan.sites.table
    columns = ("name", "named_by", "kind", "detail")
    return {name: getattr(table, name)[column] for name in columns}


def _existing(plan: Plan, reasons: Reasons, row: int) -> dict[str, Any]:
    column = int(plan.existing[row])
    return {**_place(plan, column), "covers_persons": persons(int(reasons.existing_covers[row]))}
