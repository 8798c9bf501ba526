"""Fronts: what is given up of one thing for another, each point with what no choice can pass.

curve   people against points: ``plan.curve``, in every plan
walk    people within the minutes against the worst walk that anybody has
cost    people within the minutes against what the points may cost together
"""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import numpy as np

from shanyrak.app.planning_models import Question, most_within, reachable, walk_table
from shanyrak.core.units import MILLI
from shanyrak.plan import maximal_covering, p_center

POINTS = 4
POINT_S = 3.0
"""Seconds for one point; a point is a bound too where they do not suffice."""


def walk_front(q: Question, first: dict[str, Any], bound: float, best: int | None = None) -> list[dict[str, Any]]:
    """People against the worst walk: from the shortest worst walk to that of the first choice.

    Parameters
    ----------
    first, bound : figures of the first choice, and what no choice of as many points can pass [persons]
    best : the shortest worst walk found [flat dm], where it is known already
    """
    if not q.number and not q.fixed:
        return []
    farthest, counted = reachable(q)
    demand = np.where(counted, q.demand, 0)
    if best is None:
        stops = {**q.stops, "time_limit_s": min(q.time_limit_s, 2 * POINT_S), "progress": lambda *_: None}
        table = walk_table(q, farthest, beyond=farthest + 1)
        best = int(p_center(table, demand, q.number, **q.sides, **stops).objective)
    per_minute = 60 * q.profile.speed_dm_per_s
    farthest_min = first["farthest_min"]
    last = best if farthest_min is None else round(farthest_min * per_minute)
    front: list[dict[str, Any]] = []
    steps = np.linspace(best, max(last, best), POINTS if last > best else 1)
    for at, walk_dm in enumerate(np.ceil(steps).astype(int).tolist()):
        q.progress("people against the worst walk", at, POINTS)
        found = most_within(q, walk_dm, demand, POINT_S)
        if found is not None:
            front.append(_point("farthest_min", round(walk_dm / per_minute, 2), found[1], found[2]))
    if front and not q.sided and farthest_min is not None and front[-1]["farthest_min"] >= farthest_min:
        front[-1]["covered_persons"] = max(front[-1]["covered_persons"], first["covered_persons"])
    for point in front:
        point["bound_persons"] = min(point["bound_persons"], bound)
    return _never_falling(front)


def cost_front(q: Question) -> list[dict[str, Any]]:
    """People against cost: a quarter of the budget up to twice it, with as many points as it pays."""
    if q.costs is None or q.budget is None:
        return []
    front = []
    budgets = sorted({max(q.budget * part // 4, 0) for part in (1, 2, 3, 4, 6, 8)})
    sides = {name: value for name, value in q.sides.items() if name != "budget"}
    for at, budget in enumerate(budgets):
        q.progress("people against cost", at, len(budgets))
        stops = {**q.stops, "time_limit_s": POINT_S, "progress": lambda *_: None}
        found = maximal_covering(q.cover, q.demand, q.k, budget=budget, **sides, **stops)
        front.append(_point("cost", budget, int(found.objective), int(found.bound)))
    return _never_falling(front)


def _point(name: str, value: float, reached: int, bound: int) -> dict[str, Any]:
    return {name: value, "covered_persons": reached / MILLI, "bound_persons": bound / MILLI}


def _never_falling(front: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """More room allows what less allows; a bound for more room holds for less."""
    for before, after in pairwise(front):
        after["covered_persons"] = max(after["covered_persons"], before["covered_persons"])
    for before, after in reversed(list(pairwise(front))):
        before["bound_persons"] = min(before["bound_persons"], after["bound_persons"])
    return front
