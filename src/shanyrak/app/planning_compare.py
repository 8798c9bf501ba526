"""Two plans of one area side by side: figures, sites, and who is reached by one of them only."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from shanyrak.app.planning import persons
from shanyrak.core.errors import Damaged, InvalidInput


def compare(one: Path, other: Path) -> dict[str, Any]:
    """Figures and sites of two plan folders.

    Returns
    -------
    dict
        plans [{id, aim, k, minutes, profile, covered_persons, bound_persons, persons, proven, cost, figures}],
        both (ids of sites in both), only (ids of each alone), sites {id: where and what}, same_walk, and persons
        {both, only, neither}, None where the plans are of other versions of the area.

    Raises
    ------
    InvalidInput
        The plans are of two areas.
    """
    import pyarrow.parquet as pq

    read = [_read(folder) for folder in (one, other)]
    names = [data["area"]["name"] for data in read]
    if names[0] != names[1]:
        raise InvalidInput(f"one plan is of {names[0]}, the other of {names[1]}", where="plans",
                           mend="Compare two plans of one area")  # fmt: skip
    ids = [{site["id"]: site for site in data["summary"]["sites"]} for data in read]
    told: dict[str, Any] = {
        "plans": [_plan(folder, data) for folder, data in zip((one, other), read, strict=True)],
        "both": [id for id in ids[0] if id in ids[1]],
        "only": [[id for id in ids[0] if id not in ids[1]], [id for id in ids[1] if id not in ids[0]]],
        "sites": {id: _site(site) for known in reversed(ids) for id, site in known.items()},
        "same_walk": len({(data["limit_dm"], data["profile"]["name"]) for data in read}) == 1,
        "persons": None,
    }
    if read[0]["area"]["content_hash"] == read[1]["area"]["content_hash"]:
        tables = [
            pq.read_table(folder / "cells.parquet", columns=["persons_milli", "covered"]) for folder in (one, other)
        ]
        milli = tables[0]["persons_milli"].to_numpy()
        first, second = (table["covered"].to_numpy(zero_copy_only=False).astype(bool) for table in tables)
        told["persons"] = {
            "both": persons(int(milli[first & second].sum())),
            "only": [persons(int(milli[first & ~second].sum())), persons(int(milli[second & ~first].sum()))],
            "neither": persons(int(milli[~first & ~second].sum())),
        }
    return told


def _read(folder: Path) -> dict[str, Any]:
    try:
        data: dict[str, Any] = json.loads((folder / "plan.json").read_text(encoding="utf-8"))
        data["summary"]["sites"], data["area"]["content_hash"], data["limit_dm"]
        return data
    except (OSError, ValueError, KeyError, TypeError) as fault:
        raise Damaged("plan.json cannot be read", where=folder.name, mend="Make the plan again") from fault


def _plan(folder: Path, data: dict[str, Any]) -> dict[str, Any]:
    summary = data["summary"]
    figures = data.get("figures") or {"covered_persons": summary["covered_persons"]}
    return {
        "id": folder.name,
        "aim": summary.get("aim", "most"),
        "k": summary["k"],
        "minutes": summary["minutes"],
        "profile": summary["profile"],
        "covered_persons": summary["covered_persons"],
        "bound_persons": summary["bound_persons"],
        "persons": summary["demand_persons"],
        "proven": summary["proven"],
        "cost": summary.get("cost"),
        "figures": figures,
    }


def _site(site: dict[str, Any]) -> dict[str, Any]:
    return {name: site.get(name) for name in ("rank", "lon", "lat", "name", "named_by", "kind", "detail")}
