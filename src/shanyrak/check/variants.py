"""The models beside maximal covering once more in plain code: their value, their program, their certificate.

``docs/reference/models`` has the formulas. Nothing here knows the room ``plan``: programs are written again from the
definitions, so that a fault there cannot hide here.
"""

from __future__ import annotations

import hashlib
import math
import zlib
from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt

from shanyrak.check.certificate import Ints, Unproven, unpacked
from shanyrak.check.compact import Compact, Writer, proven
from shanyrak.check.difference import Difference, Differences
from shanyrak.check.parted import refuted
from shanyrak.core.errors import Damaged

FORMAT = "shanyrak-compact-certificate/1"
MILLION = 1_000_000


class Input:
    """What the models work on: pairs by cell, then site; demand in whole units; and what a model needs beside.

    Parameters
    ----------
    pairs : (n, 2) cell and candidate, ordered
    demand : (cells,) whole units
    worth : (n,) what a candidate is worth to a cell (gradual, reliable and order models)
    groups : (n, 3) group, cell, people, ordered (fair and scenario models)
    capacity, failure : (candidates,) whole units; millionths
    """

    def __init__(
        self, pairs: npt.ArrayLike, demand: npt.ArrayLike, candidates: int, *, worth: npt.ArrayLike | None = None,
        groups: npt.ArrayLike | None = None, capacity: npt.ArrayLike | None = None,
        failure: npt.ArrayLike | None = None,
    ) -> None:  # fmt: skip
        table = np.asarray(pairs, np.int64).reshape(-1, 2)
        self.cell, self.site = table[:, 0], table[:, 1]
        self.demand, self.candidates = np.asarray(demand, np.int64), candidates
        self.worth = None if worth is None else np.asarray(worth, np.int64)
        self.groups = np.zeros((0, 3), np.int64) if groups is None else np.asarray(groups, np.int64).reshape(-1, 3)
        self.capacity = None if capacity is None else np.asarray(capacity, np.int64)
        self.failure = None if failure is None else np.asarray(failure, np.int64)

    def hashes(self) -> dict[str, str]:
        """What the certificate must say of this input."""
        out = {"demand_sha256": _hash(self.demand)}
        if self.worth is not None:
            return {**out, "pairs_sha256": _hash(np.stack([self.cell, self.site, self.worth]))}
        ptr = np.concatenate([[0], np.cumsum(np.bincount(self.cell, minlength=len(self.demand)))])
        pattern = hashlib.sha256(np.array([len(self.demand), self.candidates], "<i8").tobytes())
        pattern.update(ptr.astype("<i8").tobytes())
        pattern.update(self.site.astype("<i4").tobytes())
        return {**out, "pattern_sha256": pattern.hexdigest()}

    def times(self, sites: list[int]) -> Ints:
        """(cells,) how many of the sites cover each."""
        near = np.isin(self.site, sites)
        return np.bincount(self.cell[near], minlength=len(self.demand)).astype(np.int64)


def _hash(values: npt.ArrayLike) -> str:
    return hashlib.sha256(np.ascontiguousarray(values, dtype="<i8").tobytes()).hexdigest()


def _covered(writer: Writer, given: Input, cost: Ints) -> Ints:
    """Columns z with z_i - sum of y over the candidates of i <= 0."""
    count = len(given.demand)
    z = writer.columns(cost, count)
    _sums(writer, given, z, np.ones(count, np.int64))
    return z


def _sums(
    writer: Writer, given: Input, column: Ints, factor: Ints, amount: npt.ArrayLike = 1, more: Any = None
) -> None:
    """factor x_i (+ m_i) - sum of amount y over the candidates of i <= 0, for each cell."""
    own = np.arange(len(given.demand))
    value = -np.broadcast_to(np.asarray(amount, np.int64), given.cell.shape)
    row, col, val = [given.cell, own], [given.site, column], [value, factor]
    if more is not None:
        row, col, val = [*row, own], [*col, more], [*val, np.ones(len(own), np.int64)]
    writer.rows(np.concatenate(row), np.concatenate(col), np.concatenate(val), 0 * own)


def backup(given: Input, c: dict[str, Any]) -> tuple[Compact, Callable[[list[int]], int | None]]:
    """Covered by two, or by one for a part ``once`` (thousandths)."""
    once, full = int(c["once"]), 1000 if c["once"] else 1

    def value(sites: list[int]) -> int:
        times = given.times(sites)
        return once * int(given.demand[times == 1].sum()) + full * int(given.demand[times >= 2].sum())

    writer, count = Writer(c), len(given.demand)
    if once:
        _covered(writer, given, once * given.demand)
    b = writer.columns((full - once) * given.demand, count)
    _sums(writer, given, b, np.full(count, 2))
    if c["tight"]:
        m, pair = writer.columns(0, count), np.arange(len(given.cell))
        _sums(writer, given, b, np.ones(count, np.int64), more=m)
        one = np.ones(len(pair), np.int64)
        writer.rows(
            np.concatenate([pair, pair]), np.concatenate([given.site, m[given.cell]]),
            np.concatenate([one, -one]), 0 * pair,
        )  # fmt: skip
    return writer.done(), value


_POINTS = [0.0, 0.1, 0.25, 0.5, 0.75, 1.0, 1.3, 1.7, 2.1, 2.6, 3.1, 3.7, 4.4, 5.2, 6.2, 7.5, 9.0, 12.0, 16.0]
_SURE = 21_000_000


def expected(given: Input, c: dict[str, Any]) -> tuple[Compact, Callable[[list[int]], int | None]]:
    """Expected demand with an open site that does not fail, each with its own probability."""
    assert given.failure is not None
    failure = given.failure

    def value(sites: list[int]) -> int:
        missing = np.full(len(given.demand), 10**9, np.int64)
        for j in sorted(sites):
            near = given.cell[given.site == j]
            missing[near] = -(-missing[near] * failure[j] // MILLION)
        return sum(int(w) * (10**9 - int(q)) for w, q in zip(given.demand, missing, strict=True)) // MILLION

    writer, count = Writer(c), len(given.demand)
    own = np.arange(count)
    e = writer.columns(given.demand, count, high=MILLION)
    s = writer.columns(0, count, high=_SURE)
    reach = [_SURE if p == 0 else math.ceil(-math.log(p / MILLION) * MILLION) + 1 for p in failure.tolist()]
    one = np.ones(count, np.int64)
    _sums(writer, given, e, one, MILLION - failure[given.site])
    _sums(writer, given, s, one, np.array(reach, np.int64)[given.site])
    for point in _POINTS:  # tangents of 1 - exp(-s), rounded up
        slope = math.ceil(math.exp(-point) * MILLION)
        level = math.ceil((1.0 - math.exp(-point) * (1.0 + point)) * MILLION * MILLION) + 1
        writer.rows(
            np.concatenate([own, own]), np.concatenate([e, s]),
            np.concatenate([MILLION * one, -slope * one]), level * one,
        )  # fmt: skip
    return writer.done(1000), value


def capacitated(given: Input, c: dict[str, Any]) -> tuple[Compact, Callable[[list[int]], int | None]]:
    """Sites with room for so many; the value is that of the allocation shown, once it was checked."""
    assert given.capacity is not None
    capacity, split = given.capacity, bool(c["split"])

    def value(sites: list[int]) -> int:
        cell, site, people = (unpacked(part) for part in c["served"])
        pairs = set(zip(given.cell.tolist(), given.site.tolist(), strict=True))
        sent, taken = np.zeros(len(given.demand), np.int64), np.zeros(given.candidates, np.int64)
        np.add.at(sent, cell, people)
        np.add.at(taken, site, people)
        if (people < 0).any() or not set(site.tolist()) <= set(sites):
            raise Unproven("people are sent to a site that is not open")
        if not all(pair in pairs for pair in zip(cell.tolist(), site.tolist(), strict=True)):
            raise Unproven("people are sent to a site out of reach")
        if (sent > given.demand).any() or (taken > capacity).any():
            raise Unproven("more people are served than there are, or than there is room for")
        if not split and (len(np.unique(cell)) < len(cell) or (people != given.demand[cell]).any()):
            raise Unproven("a cell is split")
        return int(people.sum())

    writer, people = Writer(c), given.demand[given.cell]
    fits = split | (people <= capacity[given.site])
    x = writer.columns(people, len(people), high=fits.astype(np.int64), owner=given.site)
    writer.rows(given.cell, x, 1, np.ones(len(given.demand)))
    every = np.arange(given.candidates)
    writer.rows(
        np.concatenate([given.site, every]), np.concatenate([x, every]), np.concatenate([people, -capacity]), 0 * every
    )
    return writer.done(), value


def grouped(given: Input, c: dict[str, Any]) -> tuple[Compact, Callable[[list[int]], int | None]]:
    """Covering counted by districts or scenarios, or not at all (aim "total")."""
    aim, need, worth = c["aim"], np.array(c["need"], np.int64), np.array(c["worth"], np.int64)
    group, cell, people = given.groups.T
    groups = max(len(need), int(group.max(initial=-1)) + 1)
    everyone = np.zeros(groups, np.int64)
    np.add.at(everyone, group, people)

    def value(sites: list[int]) -> int | None:
        covered = given.times(sites) > 0
        reached = np.zeros(groups, np.int64)
        np.add.at(reached, group[covered[cell]], people[covered[cell]])
        if aim == "floors" and (reached < need).any():
            return None
        if aim == "level":
            return int(worth[reached >= need].sum())
        if aim == "least":
            shares = [MILLION * int(r) // int(a) for r, a in zip(reached, everyone, strict=True) if a]
            return min(shares, default=MILLION)
        return int(given.demand[covered].sum())

    writer, g = Writer(c), np.arange(groups)
    z = _covered(writer, given, given.demand if aim in ("total", "floors") else 0 * given.demand)
    if aim == "floors":
        writer.rows(group, z[cell], -people, -need)
    elif aim == "level":
        s = writer.columns(worth, groups)
        writer.rows(
            np.concatenate([group, g]), np.concatenate([z[cell], s]),
            np.concatenate([-np.minimum(people, need[group]), need]), 0 * g,
        )  # fmt: skip
    elif aim == "least":
        fine = 1000 * MILLION
        t = writer.columns(1, 1, high=fine)
        some = np.flatnonzero(everyone > 0)
        part = [-(-fine * int(w) // int(everyone[h])) for h, w in zip(group, people, strict=True)]
        place = np.searchsorted(some, group)
        writer.rows(
            np.concatenate([place, np.arange(len(some))]), np.concatenate([z[cell], np.full(len(some), t[0])]),
            np.concatenate([-np.array(part, np.int64), np.ones(len(some), np.int64)]), 0 * some,
        )  # fmt: skip
        return writer.done(1000), value
    return writer.done(), value


def saving(given: Input, c: dict[str, Any]) -> tuple[Compact, Callable[[list[int]], int | None]]:
    """Each cell takes its best site (gradual, order), or its best two (reliable, as savings against ``beyond``)."""
    assert given.worth is not None
    worth = given.worth
    q, far = int(c.get("failure", 0)), int(c.get("beyond", 0))
    reliable = c["model"] == "reliable_p_median"
    levels = [(1000 - 2 * q, 1), (q, 2)] if reliable else [(1, 1)]

    def value(sites: list[int]) -> int:
        best = np.zeros((2, len(given.demand)), np.int64)
        for j in sites:
            here = given.site == j
            cell, v = given.cell[here], worth[here]
            best[1, cell] = np.maximum(best[1, cell], np.minimum(v, best[0, cell]))
            best[0, cell] = np.maximum(best[0, cell], v)
        if reliable:
            total = 1000 * far * int(given.demand.sum())
            return int(given.demand @ ((1000 - q) * best[0] + q * best[1])) - total
        return int(given.demand @ best[0])

    writer = Writer(c)
    if reliable:
        writer.offset = -1000 * far * int(given.demand.sum())
    for factor, most in levels:
        if factor:
            x = writer.columns(factor * given.demand[given.cell] * worth, len(worth), owner=given.site)
            writer.rows(given.cell, x, 1, np.full(len(given.demand), most))
    return writer.done(), value


def cheapest(given: Input, c: dict[str, Any]) -> tuple[Compact, Callable[[list[int]], int | None]]:
    """A demand reached at least cost; the value is minus the cost of the new sites."""
    need, costs, fixed = int(c["need"]), np.array(c["costs"], np.int64), [int(j) for j in c["fixed"]]

    def value(sites: list[int]) -> int | None:
        reached = int(given.demand[given.times(sites) > 0].sum())
        return None if reached < need else -int(costs[sorted(set(sites) - set(fixed))].sum())

    writer = Writer(c, -costs)
    writer.offset = int(costs[fixed].sum())
    z = _covered(writer, given, 0 * given.demand)
    writer.rows(0 * z, z, -given.demand, np.array([-need]))
    return writer.done(), value


MODELS = {
    "backup_covering": backup,
    "partial_covering": cheapest,
    "expected_covering": expected,
    "capacitated_covering": capacitated,
    "fair_covering": grouped,
    "covering_with_floors": grouped,
    "scenario_covering": grouped,
    "moved_covering": grouped,
    "gradual_covering": saving,
    "reliable_p_median": saving,
    "opening_order": saving,
}


def allowed(c: dict[str, Any], sites: list[int]) -> bool:
    """Whether a set, the fixed sites among it, may be chosen."""
    opened, fixed = set(sites), set(c["fixed"])
    if len(opened) > int(c["k"]) + len(fixed) or not fixed <= opened or opened & set(c["forbidden"]):
        return False
    if any(a in opened and b in opened for a, b in c["conflicts"]):
        return False
    if c["places"] is not None:
        taken = [c["places"][j] for j in opened if c["places"][j] >= 0]
        if len(set(taken)) < len(taken):
            return False
    return c["budget"] is None or sum(c["costs"][j] for j in opened - fixed) <= c["budget"]


def check_variant(certificate: dict[str, Any], given: Input, *, where: str = "certificate") -> list[Difference]:
    """All in which a certificate of one of these models differs from what the input gives.

    Raises
    ------
    Damaged
        The certificate cannot be read at all.
    """
    found = Differences(where)
    compare = found.compare

    try:
        compare("format", FORMAT, certificate["format"])
        compare("number of cells", len(given.demand), certificate["cells"])
        compare("number of candidates", given.candidates, certificate["candidates"])
        if found or certificate["model"] not in MODELS:
            return found or [Difference("model", where, " or ".join(MODELS), str(certificate["model"]))]
        for key, digest in given.hashes().items():
            compare(f"hash of the input ({key})", digest, certificate["input"][key])
        for key, values in (("capacity", given.capacity), ("failure", given.failure)):
            if f"{key}_sha256" in certificate:
                compare(
                    f"hash of the input ({key})",
                    None if values is None else _hash(values),
                    certificate[f"{key}_sha256"],
                )
        if "groups_sha256" in certificate:
            compare("hash of the input (groups)", _hash(given.groups.T), certificate["groups_sha256"])
        sites = [int(j) for j in certificate["sites"]]
        compare(
            "whether the sites may be chosen together",
            True,
            len(set(sites)) == len(sites) and allowed(certificate, sites),
        )
        if found:
            return found  # the rest would make no sense
        try:
            program, value = MODELS[certificate["model"]](given, certificate)
            worth, bound = value(sites), int(certificate["bound"])
            compare("value", worth, certificate["value"])

            def of(opened: list[int]) -> int | None:
                return value(opened) if allowed(certificate, opened) else None

            least = proven(program, certificate, of)
            if "parted" in certificate and certificate.get("aim") == "least":
                out = refuted(certificate["parted"], certificate, given.cell, given.site, given.groups)
                least = out - 1 if least is None else min(least, out - 1)
            if least is not None and bound < least:
                compare("bound", f"at least {least}", bound)
            compare("proven", worth == bound, certificate["proven"])
            if worth is not None and bound < worth:
                compare("bound", f"at least {worth}", bound)
        except Unproven as fault:
            found.append(Difference("the proof has a hole", where, "a proof", str(fault)))
    except (KeyError, TypeError, ValueError, IndexError, AttributeError, OverflowError, zlib.error) as fault:
        raise Damaged(
            f"the certificate cannot be read ({type(fault).__name__}: {fault})", where=where, mend="Make the plan again"
        ) from fault
    return found
