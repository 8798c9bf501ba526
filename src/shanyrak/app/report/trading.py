"""What a plan that is not the first choice promises, and what it gives up against it: sentences made of its figures.

Nothing is more certain than what was proved: what is reached is rounded down, what no choice can pass is rounded up,
and where the first choice is not proved to be the best, what is given up at most is said too.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from shanyrak.app.report import words
from shanyrak.core.texts import Texts

Data = Mapping[str, Any]
_PEOPLE = ("covered", "twice", "gradual", "expected")


def promise(t: Texts, plan: Data) -> str:
    """The sentence a plan of another choice begins with."""
    summary = plan["summary"]
    said = summary.get("objective")
    what = "own" if said is None else str(said["what"])
    value, bound = (summary["covered_persons"], summary["bound_persons"]) if said is None else (
        said["value"], said["bound"])  # fmt: skip
    asked = plan.get("asked", {})
    steps = max(int(asked.get("steps", 1)), 1)
    values: dict[str, Any] = {
        "head": _head(t, summary, len(plan["existing"])),
        "minutes": words.minutes(t, summary["minutes"]),
        "people": words.reached(t, summary["covered_persons"]),
    }
    if what in _PEOPLE:
        values["people"], limit = words.reached(t, value), words.at_most(t, bound)
    elif what == "over_order":
        values["people"], limit = words.reached(t, value / steps), words.at_most(t, bound / steps)
    elif what == "worst_share":
        worst = plan["figures"]["worst_district"]
        if worst is None:
            return t("plan.says.worst_share_none", **values)
        values |= {"share": share_down(t, worst["share"]), "district": worst["name"]}
        limit = share_up(t, bound)
    elif what in ("farthest_min", "mean_min"):
        cut = 4 * summary["minutes"]
        values |= {"walk": walk_up(t, value), "cut": t.number(cut)}
        limit = walk_down(t, bound)
    elif what in ("number", "cost"):
        values["cost"] = t.number(value)
        limit = t.number(math.ceil(bound - 1e-9))
    else:
        limit = words.at_most(t, bound)
    if what == "expected":
        values["share"] = t.percent(asked["shut_chance"])
    text = t(f"plan.says.{what}", **values)
    share = t.percent(asked["share_millionths"] / 1e6) if "share_millionths" in asked else ""
    text += " " + (t("plan.limit.proven") if summary["proven"] else t(f"plan.limit.{what}", limit=limit, share=share))
    lost = round(plan["unreachable_persons"] + summary.get("left_out_persons", 0))
    if what == "farthest_min" and lost:
        text += " " + t("plan.says.left_out", n=lost)
    return text


def _head(t: Texts, summary: Data, existing: int) -> str:
    places = t("plan.new_places", n=summary["k"])
    if not existing:
        return t("plan.says.head", places=places)
    return t("plan.says.head_existing", places=places, existing=t("plan.sentence.existing", n=existing))


def traded(t: Texts, plan: Data) -> list[str]:
    """What was given up and won against the first choice; nothing where the plan is the first choice."""
    first = plan.get("first")
    if first is None:
        return []
    summary, mine, theirs = plan["summary"], plan["figures"], first["figures"]
    span = words.minutes(t, summary["minutes"])
    lines = [_people(t, summary, mine, theirs, span)]
    given_up = max(0.0, first["bound_persons"] - mine["covered_persons"])
    if not first["proven"] and round(given_up):
        share = share_up(t, given_up / max(summary["demand_persons"], 1e-9), fine=True)
        lines.append(t("plan.trade.people_bound", most=words.at_most(t, given_up), share=share))
    lines += _worst(t, mine["worst_district"], theirs["worst_district"])
    for name, key in (("farthest_min", "walk"), ("mean_min", "mean")):
        before, after = theirs[name], mine[name]
        if before is not None and after is not None and walk_up(t, before) != walk_up(t, after):
            way = "down" if after < before else "up"
            lines.append(t(f"plan.trade.{key}_{way}", before=walk_up(t, before), after=walk_up(t, after)))
    before, after = (words.reached(t, one["twice_persons"]) for one in (theirs, mine))
    if before != after:
        lines.append(t("plan.trade.twice", before=before, after=after, minutes=span))
    if first.get("cost") is not None and first["cost"] != summary.get("cost"):
        lines.append(t("plan.trade.cost", before=t.number(first["cost"]), after=t.number(summary["cost"])))
    return lines


def _people(t: Texts, summary: Data, mine: Data, theirs: Data, span: str) -> str:
    less = math.floor(theirs["covered_persons"]) - math.floor(mine["covered_persons"])
    if less == 0:
        return t("plan.trade.people_same", minutes=span)
    share = t.percent(round(abs(less) / max(summary["demand_persons"], 1e-9), 3))
    if less > 0:
        return t("plan.trade.people_less", n=less, minutes=span, share=share)
    return t("plan.trade.people_more", n=-less, minutes=span)


def _worst(t: Texts, mine: Data | None, theirs: Data | None) -> list[str]:
    if mine is None or theirs is None:
        return []
    before, after = share_down(t, theirs["share"]), share_down(t, mine["share"])
    if before == after:
        return []
    way = "up" if mine["share"] > theirs["share"] else "down"
    same = "_same" if mine["name"] == theirs["name"] else ""
    other: dict[str, Any] = {} if same else {"other": theirs["name"]}
    return [t(f"plan.trade.worst_{way}{same}", before=before, after=after, district=mine["name"], **other)]


def share_down(t: Texts, share: float) -> str:
    """A share reached, rounded down to a whole per cent."""
    return t.percent(math.floor(share * 100 + 1e-9) / 100)


def share_up(t: Texts, share: float, *, fine: bool = False) -> str:
    """A share that cannot be passed, rounded up to a whole per cent, or to a tenth."""
    parts = 1000 if fine else 100
    return t.percent(math.ceil(share * parts - 1e-9) / parts)


def walk_up(t: Texts, minutes: float) -> str:
    """A walk that somebody has, rounded up to a tenth of a minute."""
    return t.number(math.ceil(minutes * 10 - 1e-9) / 10)


def walk_down(t: Texts, minutes: float) -> str:
    """A walk that cannot be undercut, rounded down to a tenth of a minute."""
    return t.number(math.floor(minutes * 10 + 1e-9) / 10)
