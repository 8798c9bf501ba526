"""Which candidate covers which cell, and how long each walk is (bounded searches, exact integers)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from shanyrak.core.progress import Progress, silent
from shanyrak.core.units import IntArray, LongArray
from shanyrak.walk.net import Graph, PlaceLike, checked_threads, question
from shanyrak.walk.profile import ADULT, Profile


def coverage(
    graph: Graph,
    candidates: PlaceLike,
    limit: int,
    *,
    cells: PlaceLike | None = None,
    profile: Profile = ADULT,
    threads: int = 1,
    progress: Progress = silent,
) -> Any:
    """Which candidate covers which cell: the walk from the cell to it takes at most the limit.

    Parameters
    ----------
    graph : WalkGraph, or (n, n) scipy sparse matrix of integers
        In a matrix, row is from, column is to, values are impedances >= 0 [any whole unit]; a stored
        zero is an arc that costs nothing, two entries for one pair are parallel arcs.
    candidates : Places, or (k,) integers
        Candidate sites, on edges or at junctions. May repeat.
    limit : int
        Longest acceptable walk [flat dm], 0 or more: ``d <= limit`` is covered. See ``limit_dm``.
    cells : Places, or (c,) integers, optional
        Where people start. Without them every junction is a cell.
    profile : Profile
        Who walks. Not with a matrix, which holds impedances already.
    threads : int
        Searches at once; the answer does not depend on it.

    Returns
    -------
    (c, k) scipy.sparse.csr_array of bool
        True where the candidate covers the cell; column numbers ascend within a row. A place without
        an edge covers nothing and is covered by nothing.

    Raises
    ------
    InvalidInput
        A wrong shape or type (floats are refused), a number out of range, a negative limit.

    References
    ----------
    Toregas et al. (1971), Operations Research 19(6), 1363-1373, doi:10.1287/opre.19.6.1363.
    """
    from scipy import sparse  # here: reading a town needs this room's graph, and not scipy

    from shanyrak.walk.answers import count_masks
    from shanyrak.walk.search import masks, turned_round

    threads = checked_threads(threads)
    how = {"threads": threads, "progress": progress, "label": "coverage"}
    asked = question(graph, candidates, limit, cells, profile)
    found = masks(asked, **how)
    targets = asked.net.targets
    count = np.zeros(targets + 1, np.int64)
    count_masks(found.target, found.mask, count[1:])
    row_ptr = np.cumsum(count)
    pairs = int(row_ptr[-1])
    column, true = turned_round(found, asked.order, row_ptr, threads)
    del found
    index_type = np.int32 if pairs <= np.iinfo(np.int32).max else np.int64
    cover = sparse.csr_array((true, column, row_ptr.astype(index_type)), shape=(targets, asked.candidates))
    cover.has_sorted_indices = True
    cover.has_canonical_format = True
    return cover


@dataclass(frozen=True, eq=False)
class Walks:
    """For each of k candidates a list of the cells within the limit, with their walks.

    Lists lie one after another, but not in the order of candidates (neighbours in town are
    neighbours here): candidate j's is ``begin[j] : begin[j] + size[j]``. Arrow calls this a list view.
    """

    begin: LongArray
    """(k,) where each candidate's list begins"""
    size: LongArray
    """(k,) how long it is"""
    cell: IntArray
    """(pairs,) cell (or junction), ascending within a list"""
    impedance_dm: IntArray
    """(pairs,) walk from the cell to the candidate [flat dm], 0 .. limit"""

    def of(self, candidate: int) -> tuple[IntArray, IntArray]:
        """Cells and impedances of one candidate."""
        here = slice(int(self.begin[candidate]), int(self.begin[candidate] + self.size[candidate]))
        return self.cell[here], self.impedance_dm[here]

    @property
    def pairs(self) -> int:
        """How many pairs of a cell and a candidate there are."""
        return len(self.cell)


def walks(
    graph: Graph,
    candidates: PlaceLike,
    limit: int,
    *,
    cells: PlaceLike | None = None,
    profile: Profile = ADULT,
    threads: int = 1,
    progress: Progress = silent,
) -> Walks:
    """All walks of at most the limit, by candidate. Parameters and errors as ``coverage``."""
    from shanyrak.walk.search import lists

    how = {"threads": checked_threads(threads), "progress": progress, "label": "walks"}
    return Walks(*lists(question(graph, candidates, limit, cells, profile), **how))
