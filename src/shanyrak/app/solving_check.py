"""Certificates of ``shanyrak solve``: written, and checked against the instance by plain code without a solver."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np

from shanyrak.app.covers import cover_of
from shanyrak.app.instances import read_candidates, read_instance
from shanyrak.app.solving import Solved, SolveRequest, distances_of
from shanyrak.check.certificate import check_certificate
from shanyrak.check.difference import Difference
from shanyrak.check.points import check_points
from shanyrak.core.errors import InvalidInput, NotFound
from shanyrak.core.folders import write_text_atomically
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
    if certificate.get("model") != request.model:
        raise InvalidInput(
            f"the certificate is of {certificate.get('model')!r}, not of {request.model!r}", where=str(path),
            mend="Name the model that was solved",
        )  # fmt: skip
    instance = read_instance(request.file)
    if request.candidates is not None:
        instance = read_candidates(request.candidates, instance)
    if request.model in ("p_median", "p_center"):
        distances, _ = distances_of(request, instance)
        demand, _ = read_demand(instance.demand, len(instance.demand))
        return check_points(certificate, distances.rows(0, distances.shape[0]), demand, where=str(path))
    if request.model != "maximal_covering":
        raise InvalidInput(f"certificates of {request.model} are not checked here", where="--check")
    cover, people, _ = cover_of(
        instance, request.radius, strict=request.strict, floor=request.floor, earth_radius_m=request.earth_radius_m
    )
    row_ptr, row_col, cells, candidates = read_cover(cover)
    demand, _ = read_demand(people, cells)
    cell = np.repeat(np.arange(cells, dtype=np.int32), np.diff(row_ptr))
    order = np.argsort(row_col, kind="stable")
    cuts = np.cumsum(np.bincount(row_col, minlength=candidates))[:-1]
    return check_certificate(certificate, np.split(cell[order], cuts), demand, where=str(path))
