"""Gradual covering: full cover up to one distance, none from another, falling in between.

Church and Roberts 1983 (Papers of the Regional Science Association 53, 117-135, doi:10.1007/BF01939922), Berman,
Krass and Drezner 2003 (European Journal of Operational Research 151(3), 474-480, doi:10.1016/S0377-2217(02)00604-5).
A cell counts with the degree of the best open site in its reach.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Unpack

import numpy as np
import scipy.sparse as sp

from shanyrak.core.errors import InvalidInput
from shanyrak.core.units import FloatArray, IntArray, LongArray
from shanyrak.plan.result import Siting
from shanyrak.plan.task import read_demand
from shanyrak.plan.variants.choice import Choice, Options, read_choice
from shanyrak.plan.variants.problem import Problem, array_hash
from shanyrak.plan.variants.program import Program
from shanyrak.plan.variants.savings import Pairs, savings_program
from shanyrak.plan.variants.solve import solve

MILLE = 1000


@dataclass(eq=False)
class Gradual(Problem):
    """See ``gradual_covering``; values count in thousandths of a whole unit."""

    pairs: Pairs
    demand: LongArray
    unit: int
    choice: Choice
    name: str = "gradual_covering"

    def value(self, sites: IntArray) -> int | None:
        return int(self.demand @ self.pairs.best(sites, 1)[0][0])

    def swap_scores(self, sites: IntArray, closing: IntArray, opening: IntArray) -> FloatArray | None:
        return self.pairs.scores(sites, closing, opening, self.demand, 1.0, 0.0)

    def told(self, value: int) -> int | float:
        return value / (MILLE * self.unit)

    def allocation(self, sites: IntArray) -> Any:
        """(cells,) the open site that covers each best, -1 where none does."""
        return self.pairs.best(sites, 1)[1][0]

    def facts(self) -> dict[str, Any]:
        return pair_facts(self.pairs, self.demand, self.unit)

    def program(self) -> Program:
        return savings_program(self.choice, self.pairs, self.demand, [(1, 1)])


def pair_facts(pairs: Pairs, demand: LongArray, unit: int) -> dict[str, Any]:
    """The fields of a certificate that name an input of pairs."""
    return {
        "cells": pairs.cells,
        "unit": unit,
        "input": {
            "pairs_sha256": array_hash(np.stack([pairs.cell, pairs.site.astype(np.int64), pairs.worth])),
            "demand_sha256": array_hash(demand),
        },
    }


def read_pairs(matrix: Any, where: str) -> tuple[sp.csr_array, int, int]:
    """A sparse or dense matrix (cells, candidates) as CSR with ascending columns; explicit zeros stay."""
    given: Any = matrix if sp.issparse(matrix) else np.asarray(matrix)
    if given.ndim != 2 or given.dtype.kind not in "biuf":
        raise InvalidInput("a table of cells x candidates has two dimensions and numbers", where=where)
    if not sp.issparse(given):
        rows, cols = (size for size in given.shape)
        ptr = np.arange(rows + 1) * cols
        return sp.csr_array((given.ravel(), np.tile(np.arange(cols), rows), ptr), shape=given.shape), rows, cols
    table: Any = given
    csr = sp.csr_array(table.tocsr(copy=True))
    csr.sort_indices()
    if len(csr.indices) and not csr.has_canonical_format:
        raise InvalidInput("a pair is named twice", where=where, mend="Name each pair once")
    return csr, int(csr.shape[0]), int(csr.shape[1])


def gradual_covering(
    distance: Any, demand: Any, k: int, *, full: float, none: float, **options: Unpack[Options]
) -> Siting:
    """Choose k sites so that most demand is covered, by degrees.

    Parameters
    ----------
    distance : (cells, candidates) sparse or dense, not negative
        Walk from cell to candidate. In a sparse matrix a pair that is not stored is out of reach.
    demand, k : as in ``maximal_covering``
    full, none : in the unit of ``distance``
        Covered wholly up to ``full`` (the boundary included), not at all from ``none`` on, and in between by
        (none - distance) / (none - full), in whole thousandths rounded down.
    **options : see ``Options``

    Returns
    -------
    Siting
        ``objective`` counts each cell's demand with its degree; ``allocation``: (cells,) the site that covers each
        best, -1 where none does.
    """
    csr, cells, candidates = read_pairs(distance, "distance")
    if not 0 <= full < none:
        raise InvalidInput(f"full cover to {full} and none from {none}", where="none", mend="Give 0 <= full < none")
    if (csr.data < 0).any() or not np.isfinite(csr.data.astype(np.float64)).all():
        raise InvalidInput("a distance is negative or not a number", where="distance")
    if csr.data.dtype.kind != "f" and float(full).is_integer() and float(none).is_integer():
        far, near = int(none), int(full)
        degree = MILLE * (far - csr.data.astype(np.int64)) // (far - near)
    else:
        degree = np.floor(MILLE * (none - csr.data.astype(np.float64)) / (none - full)).astype(np.int64)
    degree = np.clip(degree, 0, MILLE)
    keep = degree > 0
    cell = np.repeat(np.arange(cells), np.diff(csr.indptr))[keep]
    ptr = np.concatenate([[0], np.cumsum(np.bincount(cell, minlength=cells))]).astype(np.int64)
    pairs = Pairs(ptr, csr.indices[keep].astype(np.int32), degree[keep], candidates)
    whole, unit = read_demand(demand, cells)
    return solve(Gradual(pairs, whole, unit, read_choice(candidates, k, options)), options)
