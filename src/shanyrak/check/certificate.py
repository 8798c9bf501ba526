"""Does a certificate prove its bound? Whole numbers and NumPy; no solver.

The task: w_i people in cell i count once where one of the fixed sites or of k further candidates covers it.
Take any *shares* v_i from 0 to ``scale``, one for each cell that no fixed site covers, and prices
S_j = sum of w_i v_i over the cells of candidate j. Then no choice of k candidates reaches more people than

    base + ( sum_i w_i (scale - v_i) + the k highest S_j ) // scale

since a cell reached c times brings w_i (scale - v_i) + c w_i v_i >= w_i scale on the right side. Among choices
that contain certain candidates and lack others, those that are in count always and those that are out never.
A proof is a list of steps over cases (in, out), beginning with the case of all choices:

    {"split": j}                       this case becomes two: with j (treated next), and without j
    {"out": [..], "in": [..], "by": d} choices with one of "out" or without one of "in" are bounded by shares d;
                                       go on with the others
    {"instead": [[j, other], ..]}      other covers all that j covers: go on without j
    {"leaf": d}                        shares d bound this case

The highest bound met, over all cases, is the bound. The format is described in ``shanyrak.plan.certificate``.
"""

from __future__ import annotations

import base64
import hashlib
import zlib
from typing import Any

import numpy as np
import numpy.typing as npt

from shanyrak.check.difference import Difference, Differences
from shanyrak.core.errors import Damaged

FORMAT = "shanyrak-certificate/1"
Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]


class Unproven(Exception):
    """A step that proves nothing."""


def unpacked(packed: dict[str, Any]) -> Ints:
    """A list of whole numbers as it is written in a certificate."""
    if packed["dtype"] not in ("<i4", "<i8"):
        raise ValueError("a list of numbers of another type")
    values = np.frombuffer(zlib.decompress(base64.b64decode(packed["zlib"])), packed["dtype"]).astype(np.int64)
    if len(values) != packed["size"]:
        raise ValueError("a list of another length than it says")
    return values


class Instance:
    """Who covers whom: ``cells_of[j]`` are the cells of candidate j, ascending; ``demand`` in whole units."""

    def __init__(self, cells_of: list[npt.NDArray[np.int32]], demand: Ints, fixed: list[int], k: int) -> None:
        self.cells_of, self.demand, self.k = cells_of, demand, k
        self.settled = np.zeros(len(demand), bool)
        for j in fixed:
            self.settled[cells_of[j]] = True
        self.base = int(demand[self.settled].sum())
        self.counts = (demand > 0) & ~self.settled
        self._ends = np.cumsum([0] + [len(cells) for cells in cells_of])
        self._cells = np.concatenate([*cells_of, np.zeros(0, np.int32)])

    def reached(self, sites: list[int]) -> int:
        """People whom the fixed sites and these reach."""
        near = self.settled.copy()
        for j in sites:
            near[self.cells_of[j]] = True
        return int(self.demand[near].sum())

    def sums(self, amount: Ints) -> Ints:
        """Sum of ``amount`` over the cells of each candidate (64-bit sums wrap, their differences do not)."""
        running = np.concatenate([[0], np.cumsum(amount[self._cells])])
        return np.asarray(running[self._ends[1:]] - running[self._ends[:-1]])

    def hashes(self) -> dict[str, str]:
        """What the certificate's input must hash to: cells' lists of candidates, and demand."""
        site = np.repeat(np.arange(len(self.cells_of)), np.diff(self._ends))
        order = np.lexsort((site, self._cells))
        ptr = np.concatenate([[0], np.cumsum(np.bincount(self._cells, minlength=len(self.demand)))])
        pattern = hashlib.sha256(np.array([len(self.demand), len(self.cells_of)], "<i8").tobytes())
        pattern.update(ptr.astype("<i8").tobytes())
        pattern.update(site[order].astype("<i4").tobytes())
        demand = hashlib.sha256(self.demand.astype("<i8").tobytes())
        return {"pattern_sha256": pattern.hexdigest(), "demand_sha256": demand.hexdigest()}


class Dual:
    """Shares of a certificate, and the bounds they prove."""

    def __init__(self, instance: Instance, shares: Ints, group: Ints, scale: int) -> None:
        if len(group) != len(instance.demand):
            raise Unproven("there are not as many groups as cells")
        if ((group < -1) | (group >= len(shares)))[instance.counts].any():
            raise Unproven("there is a cell without a share")
        if len(shares) and (shares.min() < 0 or shares.max() > scale):
            raise Unproven("a share is below 0 or above 1")
        share = np.where(group >= 0, np.append(shares, 0)[np.maximum(group, 0)], scale)
        weight = np.where(instance.counts, instance.demand, 0)
        if scale < 1 or int(weight.sum()) * scale >= 1 << 62:
            raise Unproven("the scale is too fine for exact sums")
        self.scale = scale
        self.rest = int((weight * (scale - share)).sum())
        self.price = instance.sums(weight * share)

    def bound(self, inside: Bools, free: Bools, picks: int) -> int:
        """People beyond the fixed sites' whom choices of ``inside`` and ``picks`` of ``free`` can reach."""
        dear = np.sort(self.price[free])[::-1][: max(picks, 0)]
        return int(self.rest + sum(self.price[inside].tolist()) + sum(dear.tolist())) // self.scale


def proven_bound(instance: Instance, certificate: dict[str, Any]) -> int:
    """The bound that the steps of a certificate prove, base included; Unproven where they prove none."""
    n, k, scale = len(instance.cells_of), instance.k, int(certificate["scale"])
    maps = [unpacked(group) for group in certificate["maps"]]
    duals: dict[int, Dual] = {}

    def dual(number: int) -> Dual:
        if number not in duals:
            written = certificate["duals"][number]
            duals[number] = Dual(instance, unpacked(written["share"]), maps[written["map"]], scale)
        return duals[number]

    never = np.zeros(n, bool)
    never[[*certificate["fixed"], *certificate["forbidden"]]] = True
    todo = [(np.zeros(n, bool), never)]
    highest = 0
    for step in certificate["proof"]:
        if not todo:
            raise Unproven("there are steps after the last case")
        inside, out = todo.pop()
        free, picks = ~inside & ~out, k - int(inside.sum())
        if "leaf" in step:
            highest = max(highest, dual(step["leaf"]).bound(inside, free, picks))
        elif "split" in step:
            j = step["split"]
            if not free[j]:
                raise Unproven(f"a case is split by candidate {j}, which is decided already")
            with_it, without_it = inside.copy(), out.copy()
            with_it[j], without_it[j] = True, True
            todo += [(inside, without_it), (with_it, out)]
        elif "instead" in step:
            for j, other in step["instead"]:
                cells = instance.cells_of[j]
                needed = cells[instance.counts[cells]]
                if inside[j] or j == other or out[other] or not np.isin(needed, instance.cells_of[other]).all():
                    raise Unproven(f"candidate {other} cannot stand for candidate {j}")
                out = out.copy()
                out[j] = True
            todo.append((inside, out))
        else:
            by = dual(step["by"])
            gone, must = np.zeros(n, bool), np.zeros(n, bool)
            gone[step["out"]], must[step["in"]] = True, True
            if not (free[gone].all() and free[must].all()):
                raise Unproven("a step decides what is decided already")
            if gone.any():  # the dearest of them stands for all: with it in, the others are dear at most
                dearest = int(np.flatnonzero(gone)[np.argmax(by.price[gone])])
                with_it, others = inside.copy(), free.copy()
                with_it[dearest], others[dearest] = True, False
                highest = max(highest, by.bound(with_it, others, picks - 1))
            if must.any():  # the cheapest of them, missing, costs least
                cheapest = int(np.flatnonzero(must)[np.argmin(by.price[must])])
                others = free.copy()
                others[cheapest] = False
                highest = max(highest, by.bound(inside, others, picks))
            todo.append((inside | must, out | gone))
    if todo:
        raise Unproven(f"{len(todo)} cases are without a bound")
    return instance.base + highest


def check_certificate(
    certificate: dict[str, Any], cells_of: list[npt.NDArray[np.int32]], demand: Ints, *, where: str = "certificate"
) -> list[Difference]:
    """All in which a certificate differs from what the input gives.

    Parameters
    ----------
    cells_of : for each candidate the cells it covers, ascending (int32)
    demand : (cells,) int64, in the certificate's unit

    Raises
    ------
    Damaged
        The certificate cannot be read at all.
    """
    found = Differences(where)
    compare = found.compare

    try:
        compare("format", FORMAT, certificate["format"])
        compare("model", "maximal_covering", certificate["model"])
        compare("number of cells", len(demand), certificate["cells"])
        compare("number of candidates", len(cells_of), certificate["candidates"])
        sites, fixed, forbidden = (list(map(int, certificate[key])) for key in ("sites", "fixed", "forbidden"))
        known = [j for j in (*sites, *fixed, *forbidden) if 0 <= j < len(cells_of)]
        compare("sites that are no candidates", 0, len(sites) + len(fixed) + len(forbidden) - len(known))
        if found:
            return found  # the rest would make no sense
        compare("number of new sites", int(certificate["k"]), len(set(sites)))
        compare("sites named twice", 0, len(sites) - len(set(sites)))
        compare("sites that were not to be chosen", [], sorted(set(sites) & {*fixed, *forbidden}))
        instance = Instance(cells_of, demand, fixed, int(certificate["k"]))
        for key, value in instance.hashes().items():
            compare(f"hash of the input ({key})", value, certificate["input"][key])
        objective, bound = instance.reached(sites), int(certificate["bound"])
        compare("demand reached by the fixed sites", instance.base, certificate["base"])
        compare("demand reached", objective, certificate["objective"])
        try:
            proven = max(proven_bound(instance, certificate), objective)
            if bound < proven:
                compare("bound", f"at least {proven}", bound)
        except Unproven as fault:
            found.append(Difference("the proof has a hole", where, "a proof", str(fault)))
        compare("proven", objective == bound, certificate["proven"])
    except (KeyError, TypeError, ValueError, IndexError, AttributeError, OverflowError, zlib.error) as fault:
        raise Damaged(
            f"the certificate cannot be read ({type(fault).__name__}: {fault})", where=where, mend="Make the plan again"
        ) from fault
    return found
