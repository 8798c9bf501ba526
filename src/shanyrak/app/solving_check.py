"""Certificates of ``shanyrak solve``: written, and checked against the instance by plain code without a solver."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np

from shanyrak.app.covers import cover_of
from shanyrak.app.instances import Instance, read_candidates, read_instance
from shanyrak.app.solving import Solved, SolveRequest, distances_of
from shanyrak.check.certificate import check_certificate
from shanyrak.check.difference import Difference
from shanyrak.check.points import check_points
from shanyrak.check.variants import FORMAT as COMPACT
from shanyrak.check.variants import Input, check_variant
from shanyrak.core.errors import InvalidInput, NotFound
from shanyrak.core.folders import write_text_atomically
from shanyrak.core.units import MILLI
from shanyrak.plan.task import read_cover, read_demand


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
    if request.model == "reliable_p_median" and kind == COMPACT:
        return check_variant(certificate, _savings(request, instance, certificate), where=str(path))
    if request.model in ("partial_covering", "gradual_covering"):
        raise InvalidInput(f"certificates of {request.model} are not checked here", where="--check")
    cover, people, _ = cover_of(
        instance, request.radius, strict=request.strict, floor=request.floor, earth_radius_m=request.earth_radius_m
    )
    row_ptr, row_col, cells, candidates = read_cover(cover)
    demand, _ = read_demand(people, cells)
    cell = np.repeat(np.arange(cells, dtype=np.int32), np.diff(row_ptr))
    if kind == COMPACT:
        given = Input(
            np.column_stack([cell, row_col]), demand, candidates, failure=_each(request.failure, candidates, 1_000_000),
            capacity=_room(request, people, demand, candidates),
        )  # fmt: skip
        return check_variant(certificate, given, where=str(path))
    order = np.argsort(row_col, kind="stable")
    cuts = np.cumsum(np.bincount(row_col, minlength=candidates))[:-1]
    return check_certificate(certificate, np.split(cell[order], cuts), demand, where=str(path))


def _each(value: float | None, candidates: int, unit: int) -> Any:
    """The same whole number for each candidate; None where nothing was said."""
    return None if value is None else np.full(candidates, round(value * unit), np.int64)


def _room(request: SolveRequest, people: Any, demand: Any, candidates: int) -> Any:
    """What each candidate has room for, in whole units of demand."""
    if request.capacity is None:
        return None
    unit = MILLI if np.asarray(people).dtype.kind == "f" else 1
    return np.full(candidates, min(int(np.floor(request.capacity * unit)), int(demand.sum())), np.int64)


def _savings(request: SolveRequest, instance: Instance, certificate: dict[str, Any]) -> Input:
    """Pairs that save something beside the walk that counts where nobody is near."""
    distances, _ = distances_of(request, instance)
    saved = int(certificate.get("beyond", 0)) - distances.rows(0, distances.shape[0]).astype(np.int64)
    demand, _ = read_demand(instance.demand, len(instance.demand))
    return Input(np.argwhere(saved > 0), demand, distances.shape[1], worth=saved[saved > 0])
