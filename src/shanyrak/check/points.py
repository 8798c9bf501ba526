"""Does a certificate of a p-median or p-center prove its bound? Whole numbers and NumPy; no solver.

The task: w_i people at point i walk d_ij to the nearest open site j; sites open are the fixed ones and p more at
most, of each group one at most, for the budget at most. A case says which sites are in and which are out.

**p-median.** Take any prices v_i >= 0 (whole parts: ``scale`` make one distance) and multipliers >= 0. With
R_j = sum over i of w_i min(0, scale d_ij - v_i), plus the multipliers of the groups of j, plus the budget's times
its cost, whoever is served costs w_i d_ij >= w_i v_i / scale + what R_j counts, so no choice of the case costs less
than

    ( sum_i w_i v_i - multipliers of all groups - the budget's times the budget
      + R_j over sites that are in + the smallest p - (how many are in) negative R_j of free ones ) / scale

**p-center.** Take any u_i >= 0 and multipliers. With S_j = sum of u_i over points within the radius of j, less the
multipliers as above, sites that reach everybody would have sum_i u_i <= sum of their S_j + the constants. Where even
the largest S_j do not suffice, no choice of the case reaches everybody within the radius.

Steps of a proof are those of ``shanyrak.check.certificate``, and {"broken": g}: the sites that are in exclude each
other (group g) or cost too much (-1); the leaf that follows needs no bound.
"""

from __future__ import annotations

import hashlib
import zlib
from typing import Any

import numpy as np
import numpy.typing as npt

from shanyrak.check.certificate import FORMAT, Unproven, unpacked
from shanyrak.check.difference import Difference, Differences
from shanyrak.core.errors import Damaged

Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]
_BLOCK = 1 << 21
_MOST = 1 << 62


class PointInstance:
    """Distances in whole units (m, n), demand (m,), and what the certificate says of the choice."""

    def __init__(self, distances: npt.NDArray[np.integer], demand: Ints, certificate: dict[str, Any]) -> None:
        self.distances, self.demand = distances, demand
        self.clients = np.flatnonzero(demand > 0)
        self.weight = demand[self.clients]
        n = distances.shape[1]
        self.n = n
        self.fixed = np.zeros(n, bool)
        self.fixed[certificate["fixed"]] = True
        self.out = np.zeros(n, bool)
        self.out[certificate["forbidden"]] = True
        self.out &= ~self.fixed
        self.picks = int(certificate["p"]) + int(self.fixed.sum())
        sides = certificate["sides"]
        self.groups = [np.array(group, np.int64) for group in sides["groups"]]
        self.budget = None if sides["budget"] is None else int(sides["budget"])
        self.cost = np.zeros(n, np.int64) if self.budget is None else np.array(sides["cost"], np.int64)

    def far(self, sites: list[int]) -> Ints:
        """(clients,) distance to the nearest open site."""
        open_now = self.fixed.copy()
        open_now[sites] = True
        far: Ints = self.distances[self.clients][:, open_now].min(axis=1).astype(np.int64)
        return far

    def hashes(self) -> dict[str, str]:
        """What the certificate's input must hash to."""
        digest = hashlib.sha256(np.array(self.distances.shape, "<i8").tobytes())
        digest.update(np.ascontiguousarray(self.distances, dtype="<i4").tobytes())
        demand = hashlib.sha256(self.demand.astype("<i8").tobytes()).hexdigest()
        return {"demand_sha256": demand, "distances_sha256": digest.hexdigest()}

    def broken(self, sites: list[int]) -> str:
        """What a choice breaks, or nothing."""
        chosen = set(sites)
        for group in self.groups:
            if len(chosen & set(group.tolist())) > 1:
                return f"sites {sorted(chosen & set(group.tolist()))} exclude each other"
        if self.budget is not None and int(self.cost[sites].sum()) > self.budget:
            return f"sites cost {int(self.cost[sites].sum())} of {self.budget}"
        return ""


class PointDual:
    """What one list of whole numbers proves in any case."""

    def __init__(self, instance: PointInstance, values: Ints, median: bool, scale: int, radius: int) -> None:
        count = len(instance.clients)
        if len(values) != count + len(instance.groups) + 1 or (len(values) and values.min() < 0):
            raise Unproven("a dual has another length, or a number below 0")
        v, multiplier = values[:count], values[count:]
        heaviest = sum((v.astype(object) * instance.weight).tolist()) if median else sum(v.tolist())
        dear = int(instance.cost.max(initial=0)) + int(instance.budget or 0)
        extra = sum(multiplier[:-1].tolist()) + int(multiplier[-1]) * dear
        if (
            scale < 1
            or heaviest >= _MOST
            or extra >= _MOST
            or scale * (int(instance.distances.max(initial=0)) + 1) >= _MOST
        ):
            raise Unproven("numbers are too large for exact sums")
        price = np.zeros(instance.n, np.int64)
        some = np.flatnonzero(v)
        step = max(1, _BLOCK // max(instance.n, 1))
        for begin in range(0, len(some), step):
            rows = some[begin : begin + step]
            far = instance.distances[instance.clients[rows]].astype(np.int64)
            if median:
                gain = np.minimum(far * scale - v[rows, None], 0)
                price += (gain * instance.weight[rows, None]).sum(axis=0)
            else:
                price -= (v[rows, None] * (far <= radius)).sum(axis=0)
        for group, amount in zip(instance.groups, multiplier[:-1].tolist(), strict=True):
            price[group] += amount
        constant = sum(multiplier[:-1].tolist())
        if instance.budget is not None:
            price += int(multiplier[-1]) * instance.cost
            constant += int(multiplier[-1]) * instance.budget
        self.price = price
        self.total = int(heaviest) - constant

    def least(self, inside: Bools, free: Bools, picks: int) -> int:
        """p-median: the least cost of a case, times scale. p-center: above 0 where nobody can reach all."""
        small = np.minimum(np.sort(self.price[free])[: max(picks, 0)], 0)
        return int(self.total + sum(self.price[inside].tolist()) + sum(small.tolist()))


def proven_least(instance: PointInstance, certificate: dict[str, Any]) -> int:
    """The least value (times scale) over all cases of the proof; Unproven where a step proves nothing."""
    median = certificate["model"] == "p_median"
    scale, radius = int(certificate["scale"]), int(certificate.get("radius", 0))
    duals: dict[int, PointDual] = {}

    def dual(number: int) -> PointDual:
        if number not in duals:
            if len(duals) > 64:
                duals.clear()
            duals[number] = PointDual(instance, unpacked(certificate["duals"][number]), median, scale, radius)
        return duals[number]

    needed = _points_used_after(instance, certificate)
    n = instance.n
    todo: list[tuple[Bools, Bools] | None] = [(instance.fixed.copy(), instance.out.copy())]
    lowest: int | None = None

    def met(value: int) -> None:
        nonlocal lowest
        lowest = value if lowest is None else min(lowest, value)

    for number, step in enumerate(certificate["proof"]):
        if not todo:
            raise Unproven("there are steps after the last case")
        here = todo.pop()
        if here is None:  # no choice of this case is allowed
            if "leaf" not in step:
                raise Unproven("a case without a choice goes on")
            continue
        inside, out = here
        free, picks = ~inside & ~out, instance.picks - int(inside.sum())
        if "leaf" in step:
            met(dual(step["leaf"]).least(inside, free, picks))
        elif "broken" in step:
            if not instance.broken(np.flatnonzero(inside & ~instance.fixed).tolist()):
                raise Unproven("the sites that are in break no limit")
            todo.append(None)
        elif "split" in step:
            j = step["split"]
            if not free[j]:
                raise Unproven(f"a case is split by candidate {j}, which is decided already")
            with_it, without_it = inside.copy(), out.copy()
            with_it[j], without_it[j] = True, True
            todo += [(inside, without_it), (with_it, out)]
        elif "instead" in step:
            if median or instance.groups or instance.budget is not None:
                raise Unproven("one site may stand for another only where reaching is all that counts")
            reach = instance.distances[instance.clients[needed[number]]] <= radius
            out = out.copy()
            for j, other in step["instead"]:
                if inside[j] or j == other or out[other] or (reach[:, j] & ~reach[:, other]).any():
                    raise Unproven(f"candidate {other} cannot stand for candidate {j}")
                out[j] = True
            todo.append((inside, out))
        else:
            by = dual(step["by"])
            gone, must = np.zeros(n, bool), np.zeros(n, bool)
            gone[step["out"]], must[step["in"]] = True, True
            if not (free[gone].all() and free[must].all()):
                raise Unproven("a step decides what is decided already")
            if gone.any():  # the cheapest of them stands for all
                cheapest = int(np.flatnonzero(gone)[np.argmin(by.price[gone])])
                if picks > 0:
                    with_it, others = inside.copy(), free.copy()
                    with_it[cheapest], others[cheapest] = True, False
                    met(by.least(with_it, others, picks - 1))
            if must.any():  # the dearest of them, missing, costs least
                dearest = int(np.flatnonzero(must)[np.argmax(by.price[must])])
                others = free.copy()
                others[dearest] = False
                met(by.least(inside, others, picks))
            todo.append((inside | must, out | gone))
    if todo:
        raise Unproven(f"{len(todo)} cases are without a bound")
    return _MOST if lowest is None else lowest  # no allowed choice at all


def _points_used_after(instance: PointInstance, certificate: dict[str, Any]) -> dict[int, Bools]:
    """(clients,) for each step where sites stand for others: points that a dual further on in its case counts.

    Nothing hangs on the other points any more: what follows shows that no choice of the case reaches these.
    """
    after: dict[int, Bools] = {}
    ends: list[Bools] = []  # of the cases that follow, the next one last
    for number in range(len(certificate["proof"]) - 1, -1, -1):
        step = certificate["proof"][number]
        if "leaf" in step:
            ends.append(np.zeros(len(instance.clients), bool))
        elif len(ends) < (2 if "split" in step else 1):
            raise Unproven("the proof ends within a case")
        if "split" in step:
            with_it = ends.pop()
            ends[-1] = ends[-1] | with_it
        elif "instead" in step:
            after[number] = ends[-1].copy()
        named = step.get("leaf", step.get("by"))
        if named is not None:
            ends[-1] |= unpacked(certificate["duals"][named])[: len(instance.clients)] > 0
    return after


def check_points(
    certificate: dict[str, Any], distances: npt.NDArray[np.integer], demand: Ints, *, where: str = "certificate"
) -> list[Difference]:
    """All in which a certificate differs from what the input gives.

    Parameters
    ----------
    distances : (m, n) whole distances, ``distance_unit`` to one of the caller's
    demand : (m,) int64, ``demand_unit`` to one of the caller's

    Raises
    ------
    Damaged
        The certificate cannot be read at all.
    """
    found = Differences(where)
    compare = found.compare

    try:
        compare("format", FORMAT, certificate["format"])
        model = certificate["model"]
        if model not in ("p_median", "p_center"):
            compare("model", "p_median or p_center", model)
        compare("number of demand points", distances.shape[0], certificate["demand_points"])
        compare("number of candidates", distances.shape[1], certificate["candidates"])
        if found:
            return found  # the rest would make no sense
        instance = PointInstance(distances, demand, certificate)
        for key, value in instance.hashes().items():
            compare(f"hash of the input ({key})", value, certificate["input"][key])
        sites = [int(j) for j in certificate["sites"]]
        compare("sites named twice", 0, len(sites) - len(set(sites)))
        compare("sites that are no candidates", 0, sum(not 0 <= j < instance.n for j in sites))
        if found:
            return found
        if len(sites) > int(certificate["p"]):
            compare("number of new sites", f"at most {certificate['p']}", len(sites))
        compare("sites that were not to be chosen", [], [j for j in sites if instance.fixed[j] or instance.out[j]])
        compare("limits that the sites break", "", instance.broken(sites))
        objective, bound = int(certificate["objective"]), int(certificate["bound"])
        compare("proven", objective == bound, certificate["proven"])
        if len(instance.clients) == 0:
            compare("objective", 0, objective)
            return found
        far = instance.far(sites)
        compare("objective", int(far.max()) if model == "p_center" else int((far * instance.weight).sum()), objective)
        try:
            _compare_bound(instance, certificate, objective, bound, compare)
        except Unproven as fault:
            found.append(Difference("the proof has a hole", where, "a proof", str(fault)))
    except (KeyError, TypeError, ValueError, IndexError, AttributeError, OverflowError, zlib.error) as fault:
        raise Damaged(
            f"the certificate cannot be read ({type(fault).__name__}: {fault})", where=where, mend="Solve again"
        ) from fault
    return found


def _compare_bound(
    instance: PointInstance, certificate: dict[str, Any], objective: int, bound: int, compare: Any
) -> None:
    least = proven_least(instance, certificate)
    if certificate["model"] == "p_median":
        proven = min(-(-least // int(certificate["scale"])), objective)
        if bound > proven:
            compare("bound", f"at most {proven}", bound)
        return
    if least <= 0:
        raise Unproven("a case may reach everybody")
    allowed = instance.distances[np.ix_(instance.clients, np.flatnonzero(~instance.out))]
    radius = int(certificate["radius"])
    beyond = allowed[allowed > radius]
    proven = min(int(beyond.min()) if beyond.size else objective, objective)
    if bound > proven:
        compare("bound", f"at most {proven}", bound)
