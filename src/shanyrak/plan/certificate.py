"""The certificate: all that a plain program needs, beside the input, to see that the bound holds.

    format       "shanyrak-certificate/1"
    model        "maximal_covering"
    cells, candidates, k, fixed, forbidden
    input        sha256 of the cover pattern and of the demand (see ``pattern_hash``)
    unit         demand of one person in whole units (1000: thousandths), 1 where demand came as whole numbers
    scale        shares are whole parts of it
    base         demand covered by the fixed sites, in whole units
    sites        the new sites
    objective, bound, proven      in whole units, the fixed sites' demand included
    maps         lists (cells,): group of each cell; -1: no candidate left covers it (share 1); -2: it counts
                 nowhere, since nobody lives there or a fixed site covers it
    duals        [{"map": which, "share": list (groups,)}]
    proof        list of steps; see ``plan.proof``: {"out", "in", "by"} | {"instead"} | {"split"} | {"leaf"}

Lists of numbers are written as {"dtype": "<i4" | "<i8", "size": n, "zlib": base64 of the deflated bytes}.
With the shares v of a dual, a case with columns I in and O out is bounded by

    ( sum_i w_i (scale - v_i)  +  sum_(j in I) S_j  +  the largest k - |I| of S_j outside I and O ) // scale
    S_j = sum over cells i that j covers of w_i v_i

The bound is the highest over all leaves and all choices that are left away with "out" and "in".
``shanyrak.check.certificate`` reads and checks all this without a line of this room.
"""

from __future__ import annotations

import base64
import hashlib
import zlib
from typing import Any

import numpy as np
import numpy.typing as npt

from shanyrak.core.units import IntArray, LongArray
from shanyrak.plan.proof import Case, written

FORMAT = "shanyrak-certificate/1"


def packed(values: npt.ArrayLike, dtype: str) -> dict[str, Any]:
    """Whole numbers as a JSON-able value: little-endian, deflated, base64."""
    array = np.ascontiguousarray(values, dtype=np.dtype(dtype))
    deflated = zlib.compress(array.tobytes(), 1)
    return {"dtype": dtype, "size": int(array.size), "zlib": base64.b64encode(deflated).decode()}


def pattern_hash(row_ptr: LongArray, row_col: IntArray, candidates: int) -> str:
    """Sha256 of who covers whom.

    Over the numbers of cells and candidates, the row pointers (all int64) and the columns (int32, ascending in
    each row), little-endian.
    """
    digest = hashlib.sha256()
    digest.update(np.array([len(row_ptr) - 1, candidates], dtype="<i8").tobytes())
    digest.update(np.ascontiguousarray(row_ptr, dtype="<i8").data)
    digest.update(np.ascontiguousarray(row_col, dtype="<i4").data)
    return digest.hexdigest()


def demand_hash(demand: LongArray) -> str:
    """Sha256 of the demand in whole units (int64, little-endian)."""
    return hashlib.sha256(np.ascontiguousarray(demand, dtype="<i8").data).hexdigest()


def write_certificate(root: Case, facts: dict[str, Any]) -> dict[str, Any]:
    """The JSON-able certificate of a proof; ``facts`` are the fields from "cells" to "proven"."""
    steps, duals = written(root)
    maps: list[IntArray] = []
    which: dict[int, int] = {}
    out: list[dict[str, Any]] = []
    for dual in duals:
        if id(dual.row) not in which:
            which[id(dual.row)] = len(maps)
            maps.append(dual.row)
        out.append({"map": which[id(dual.row)], "share": packed(dual.share, "<i8")})
    return {
        "format": FORMAT,
        "model": "maximal_covering",
        **facts,
        "maps": [packed(row, "<i4") for row in maps],
        "duals": out,
        "proof": steps,
    }
