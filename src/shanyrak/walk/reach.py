"""How much lies within a walk: people within the limit of every junction."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from shanyrak.core.errors import InvalidInput
from shanyrak.core.progress import Progress, silent
from shanyrak.core.units import LongArray
from shanyrak.walk.net import Graph, PlaceLike, checked_threads, junctions_of, question
from shanyrak.walk.profile import ADULT, Profile

_LARGEST_SUM = 2**63 - 1


def reach(
    graph: Graph,
    weight: npt.ArrayLike,
    limit: int,
    *,
    candidates: PlaceLike | None = None,
    cells: PlaceLike | None = None,
    profile: Profile = ADULT,
    threads: int = 1,
    progress: Progress = silent,
) -> LongArray:
    """Sum of the weights of all cells within the limit of each candidate; no pair is ever written.

    Parameters
    ----------
    weight : (c,) integers, 0 or more
        Weight of each cell, such as ``persons_milli``; of each junction where no cells are given.
    candidates : Places, or (k,) integers, optional
        Without them every junction is a candidate.

    Others as in ``coverage``. Each cell counts once per candidate, however many ways lead there.

    Returns
    -------
    (k,) int64
        Sums in the unit of ``weight``.

    Raises
    ------
    InvalidInput
        As ``coverage``; or weights are not integers, negative, of the wrong number, or too large.
    """
    from shanyrak.walk.search import sums

    how = {"threads": checked_threads(threads), "progress": progress, "label": "reach"}
    if candidates is None:
        candidates = np.arange(junctions_of(graph), dtype=np.int32)
    asked = question(graph, candidates, limit, cells, profile)
    values = _checked_weight(weight, asked.net.targets)
    out = np.zeros(asked.candidates, np.int64)
    sums(asked, values, out, **how)
    return out


def _checked_weight(weight: npt.ArrayLike, targets: int) -> LongArray:
    values = np.asarray(weight)
    if values.shape != (targets,):
        raise InvalidInput(f"an array of shape {values.shape}, ({targets},) is needed", where="weight")
    if values.dtype.kind not in "iu" and values.size:
        raise InvalidInput(
            f"weights are whole numbers, these are {values.dtype}",
            where="weight",
            mend="Give whole thousandths (persons_to_milli)",
        )
    if len(values) and values.min() < 0:
        raise InvalidInput("a weight is negative", where=f"weight[{int(values.argmin())}]")
    if len(values) and sum(int(v) for v in (values.max(),)) * len(values) > _LARGEST_SUM:
        raise InvalidInput("the sum of the weights could leave 64 bits", where="weight", mend="Use a larger unit")
    return values.astype(np.int64)
