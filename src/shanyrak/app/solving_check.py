"""Certificates of ``shanyrak solve``: written, and checked against the instance by plain code without a solver."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np

from shanyrak.app.covers import cover_of
from shanyrak.app.instances import Instance, read_candidates, read_instance
from shanyrak.app.solving import Solved, SolveRequest, distances_of, with_nobody_near
from shanyrak.app.solving_own import BY_CELL, own_of, said, scenarios_of
from shanyrak.check.certificate import check_certificate
from shanyrak.check.difference import Difference, Differences
from shanyrak.check.partial import check_fewest
from shanyrak.check.points import check_points
from shanyrak.check.variants import FORMAT as COMPACT
from shanyrak.check.variants import Input, check_variant
from shanyrak.core.errors import InvalidInput, NotFound
from shanyrak.core.folders import write_text_atomically
from shanyrak.core.units import MILLI
from shanyrak.plan.task import read_cover, read_demand
from shanyrak.plan.variants.scenarios import likelihoods


def write_proof(solved: Solved, path: Path) -> None:
    """Write the certificate of an answer as JSON, whole or not at all."""
    write_text_atomically(path, json.dumps(solved.siting.certificate))


def read_proof(path: Path) -> dict[str, Any]:
    """A certificate from a file."""
    if not path.is_file():
        raise NotFound("there is no such file", where=str(path))
    try:
        certificate = json.loads(path.read_bytes())
    except ValueError as fault:
        raise InvalidInput(f"this is no JSON ({fault})", where=str(path), mend="Solve again") from fault
    if not isinstance(certificate, dict):
        raise InvalidInput("this is no certificate", where=str(path), mend="Solve again")
    return certificate


def check_proof(request: SolveRequest, path: Path) -> list[Difference]:
    """All in which a certificate differs from what the instance gives; radius and the like as they were asked."""
    certificate = read_proof(path)
    kind, model = certificate.get("format"), certificate.get("model")
    # a budget or a spacing makes maximal covering a case of the model with floors
    limited = request.model == "maximal_covering" and (model, kind) == ("covering_with_floors", COMPACT)
    if model != request.model and not limited:
        raise InvalidInput(
            f"the certificate is of {model!r}, not of {request.model!r}", where=str(path),
            mend="Name the model that was solved",
        )  # fmt: skip
    instance = read_instance(request.file)
    if request.candidates is not None:
        instance = read_candidates(request.candidates, instance)
    if request.model in ("p_median", "p_center"):
        distances, _ = distances_of(request, instance)
        demand, _ = read_demand(instance.demand, len(instance.demand))
        return check_points(certificate, distances.rows(0, distances.shape[0]), demand, where=str(path))
    if kind == COMPACT and request.model in ("reliable_p_median", "gradual_covering"):
        pairs = _savings if request.model == "reliable_p_median" else _degrees
        return check_variant(certificate, pairs(request, instance, certificate), where=str(path))
    own = own_of(request, instance)
    cover, people, uncovered = cover_of(
        instance, request.radius, strict=request.strict, floor=request.floor, earth_radius_m=request.earth_radius_m,
        merge=request.model not in BY_CELL,
    )  # fmt: skip
    if request.model == "partial_covering" and uncovered:
        cover, people = with_nobody_near(cover, people, uncovered)
    row_ptr, row_col, cells, candidates = read_cover(cover)
    cell = np.repeat(np.arange(cells, dtype=np.int32), np.diff(row_ptr))
    if kind == COMPACT:
        pairs_of = np.column_stack([cell, row_col])
        if request.model == "opening_order":
            return check_variant(certificate, _steps(pairs_of, people, candidates, certificate), where=str(path))
        asked, groups, demand = asked_of(request, own, people, candidates)
        given = Input(
            pairs_of, demand, candidates, groups=groups, failure=_each(own.get("failure"), candidates, 1_000_000),
            capacity=_room(own.get("capacity"), people, demand, candidates),
        )  # fmt: skip
        found = Differences(str(path))
        for name, value in asked.items():
            found.compare(f"what was asked for ({name})", value, certificate.get(name))
        return [*found, *check_variant(certificate, given, where=str(path))]
    demand, _ = read_demand(people, cells)
    order = np.argsort(row_col, kind="stable")
    cuts = np.cumsum(np.bincount(row_col, minlength=candidates))[:-1]
    lists = np.split(cell[order], cuts)
    if request.model == "partial_covering":
        share = round(float(said(request.share, "--share")) * 1_000_000)
        return check_fewest(certificate, lists, demand, share, [], where=str(path))
    return check_certificate(certificate, lists, demand, where=str(path))


def asked_of(
    request: SolveRequest, own: dict[str, Any], people: Any, candidates: int
) -> tuple[dict[str, Any], Any, Any]:
    """What the certificate must say was asked for; (n, 3) group, cell, people; demand of cells in whole units."""
    if request.model == "scenario_covering":
        table = np.asarray(scenarios_of(request))
        flat, _ = read_demand(table.ravel(), table.size)
        whole, weights = flat.reshape(table.shape), likelihoods(len(table))
        group, cell = np.nonzero(whole)
        mean = own["aim"] == "mean"
        asked = {"aim": {"mean": "total", "worst": "least", "likely": "level"}[own["aim"]], "worth": weights.tolist()}
        if own["aim"] == "likely":
            asked["need"] = _needs(whole.sum(axis=1), own["share"])
        demand = whole.T @ weights if mean else np.zeros(table.shape[1], np.int64)
        return asked, np.column_stack([group, cell, whole[group, cell]]), demand
    demand, _ = read_demand(people, len(people))
    if request.model in ("fair_covering", "covering_with_floors"):
        cell = np.flatnonzero((own["district"] >= 0) & (demand > 0))
        cell = cell[np.argsort(own["district"][cell], kind="stable")]
        group = own["district"][cell]
        asked = {"aim": "least" if request.model == "fair_covering" else "floors"}
        if request.model == "covering_with_floors":
            everyone = np.bincount(group, weights=demand[cell], minlength=int(own["district"].max()) + 1)
            asked["need"] = _needs(everyone.astype(np.int64), own["floor"])
        return asked, np.column_stack([group, cell, demand[cell]]), demand
    if request.model == "moved_covering":
        now = own["existing"]
        price = np.zeros(candidates, np.int64)
        price[now] = -1
        places = {"k": len(now) + own["new"], "costs": price.tolist(), "budget": own["spend"] - len(now)}
        return {"aim": "total", **places}, None, demand
    if request.model == "partial_covering":
        share = round(float(said(request.share, "--share")) * 1_000_000)
        return {"need": -(-share * int(demand.sum()) // 1_000_000)}, None, demand
    return ({"split": own["split"]} if "split" in own else {}), None, demand


def _needs(everyone: Any, share: float) -> list[int]:
    """The people that make up a share, in whole millionths, of each group: rounded up."""
    return [-(-round(float(share) * 1_000_000) * int(people) // 1_000_000) for people in everyone]


def _each(value: Any, candidates: int, unit: int) -> Any:
    """(candidates,) in whole parts; None where nothing was said."""
    if value is None:
        return None
    return np.rint(np.broadcast_to(np.asarray(value, np.float64), (candidates,)) * unit).astype(np.int64)


def _room(capacity: Any, people: Any, demand: Any, candidates: int) -> Any:
    """What each candidate has room for, in whole units of demand."""
    if capacity is None:
        return None
    unit = MILLI if np.asarray(people).dtype.kind == "f" else 1
    room = np.floor(np.broadcast_to(np.asarray(capacity), (candidates,)) * unit)
    return np.minimum(room, int(demand.sum())).astype(np.int64)


def _savings(request: SolveRequest, instance: Instance, certificate: dict[str, Any]) -> Input:
    """Pairs that save something beside the walk that counts where nobody is near."""
    distances, _ = distances_of(request, instance)
    saved = int(certificate.get("beyond", 0)) - distances.rows(0, distances.shape[0]).astype(np.int64)
    demand, _ = read_demand(instance.demand, len(instance.demand))
    return Input(np.argwhere(saved > 0), demand, distances.shape[1], worth=saved[saved > 0])


def _degrees(request: SolveRequest, instance: Instance, certificate: dict[str, Any]) -> Input:
    """Pairs with the degree, in thousandths, to which a candidate covers a cell."""
    full, none = said(request.radius, "--radius"), said(request.none, "--none")
    distances, _ = distances_of(request, instance)
    table = distances.rows(0, distances.shape[0])
    if distances.unit == 1 and isinstance(full, int) and isinstance(none, int):
        degree = 1000 * (none - table.astype(np.int64)) // (none - full)
    else:
        degree = np.floor(1000 * (none - table / distances.unit) / (none - full)).astype(np.int64)
    degree = np.clip(degree, 0, 1000)
    demand, _ = read_demand(instance.demand, len(instance.demand))
    return Input(np.argwhere(degree > 0), demand, distances.shape[1], worth=degree[degree > 0])


def _steps(pairs: Any, people: Any, candidates: int, certificate: dict[str, Any]) -> Input:
    """Pairs of cell and (step, candidate): who opens at a step counts at this and all that follow."""
    steps = int(certificate["candidates"]) // max(candidates, 1)
    demand, _ = read_demand(people, len(people))
    step = np.tile(np.arange(steps), len(pairs))
    cell, site = np.repeat(pairs, steps, axis=0).T
    place = step * candidates + site
    order = np.lexsort((place, cell))
    table = np.column_stack([cell, place])[order]
    return Input(table, demand, candidates * steps, worth=(steps - step)[order])
