"""Two plans side by side as lines of text."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from shanyrak.app.report import words
from shanyrak.app.report.trading import share_down, walk_up
from shanyrak.core.texts import Texts

_GAP = "  "


def lines(t: Texts, told: Mapping[str, Any]) -> list[str]:
    """A table of three columns: what, this plan, the other; then what they share."""
    rows = [["", *(str(one["id"]) for one in told["plans"])], *figure_rows(t, told)]
    wide = [max(len(row[at]) for row in rows) for at in range(3)]
    out = [_GAP.join(cell.ljust(size) for cell, size in zip(row, wide, strict=True)).rstrip() for row in rows]
    out.append(t("plan.compare.shared", n=len(told["both"])))
    if not told["same_walk"]:
        out.append(t("plan.compare.other_walks"))
    return out


def figure_rows(t: Texts, told: Mapping[str, Any]) -> list[list[str]]:
    """Rows of the comparison: name, value of this plan, value of the other; unknown is said as such."""
    unknown = t("plan.figure.not_known")
    plans = told["plans"]

    def row(key: str, of: Any) -> list[str]:
        return [t(key), *(unknown if (value := of(one)) is None else value for one in plans)]

    def walk(name: str) -> Any:
        def of(one: Mapping[str, Any]) -> str | None:
            value = one["figures"].get(name)
            return None if value is None else t("plan.figure.walk_value", value=walk_up(t, value))

        return of

    def worst(one: Mapping[str, Any]) -> str | None:
        value = one["figures"].get("worst_district")
        if value is None:
            return None
        return t("plan.figure.worst_value", share=share_down(t, value["share"]), district=value["name"])

    def persons(name: str) -> Any:
        return lambda one: None if one["figures"].get(name) is None else t.number(int(one["figures"][name] + 1e-9))

    rows = [
        row("plan.compare.choice", lambda one: t(f"plan.choice.{one['aim']}")),
        row("plan.compare.places", lambda one: t.number(one["k"])),
        row("plan.compare.minutes", lambda one: t.number(one["minutes"])),
        row("plan.figure.covered", persons("covered_persons")),
        row("plan.figure.bound", lambda one: words.at_most(t, one["bound_persons"])),
        row("plan.figure.worst", worst),
        row("plan.figure.farthest", walk("farthest_min")),
        row("plan.figure.mean", walk("mean_min")),
        row("plan.figure.twice", persons("twice_persons")),
    ]
    if any(one["cost"] is not None for one in plans):
        rows.append(row("plan.figure.cost", lambda one: None if one["cost"] is None else t.number(one["cost"])))
    rows.append([t("plan.compare.only_places"), *(t.number(len(ids)) for ids in told["only"])])
    if told["persons"] is not None:
        rows.append([t("plan.compare.only_people"), *(t.number(round(n)) for n in told["persons"]["only"])])
    return rows
