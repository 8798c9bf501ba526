"""Do the duals of a compact certificate prove its bound? Whole numbers and NumPy; no solver.

A model is a program:  most  offset + c.x  with  A x <= b,  low <= x <= high,  and x_p <= high_p x_j for a column p
that belongs to site j. For any u >= 0 no allowed x has more than

    u.b + what each column can make of r = c - A'u between its bounds

where a column that belongs to a site counts with it: max(0, r_p high_p) is added to the site's r. Duals are written
in whole parts of ``scale``. A proof is a list of steps over cases, beginning with all choices:

    {"split": p, "at": a}   this case becomes two: with x_p > a (treated next), and with x_p <= a; where a column
                            that belongs to a site is in, the site is; where a site is shut, what belongs to it is out
    {"leaf": d}             duals d bound this case
    {"decided": true}       all sites are open or shut: the value is what the definition says

"counts" are sets of sites; each adds a column at the end that says how many of them are open (never more than
may be), with a row for each of both directions: they change nothing, and cases are made by them.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from shanyrak.check.certificate import Ints, Unproven, unpacked

EXACT = 2.0**61


@dataclass(frozen=True, eq=False)
class Compact:
    """A program; entries of A are (row, column, value)."""

    sites: int
    cost: Ints
    low: Ints
    high: Ints
    owner: Ints
    row: Ints
    column: Ints
    value: Ints
    rhs: Ints
    parts: int
    offset: int


class Writer:
    """Writes a program block after block; rows over sites come first."""

    def __init__(self, certificate: dict[str, Any], site_value: Ints | None = None) -> None:
        n = int(certificate["candidates"])
        worth = np.zeros(n, np.int64) if site_value is None else site_value
        low, high = np.zeros(n, np.int64), np.ones(n, np.int64)
        fixed = [int(j) for j in certificate["fixed"]]
        low[fixed] = 1
        high[[int(j) for j in certificate["forbidden"]]] = 0
        self.sites, self.count, self.lines, self.offset = n, n, 0, 0
        self._sets = [[int(j) for j in members] for members in certificate.get("counts", [])]
        if any(len(set(members)) < len(members) or not 0 <= min(members) <= max(members) < n for members in self._sets):
            raise Unproven("a set of sites that are counted is none")
        self._most = int(certificate["k"]) + len(fixed)
        self._counts: list[tuple[Ints, Ints]] = []
        self._columns = [(worth, low, high, np.full(n, -1, np.int64))]
        self._entries: list[tuple[Ints, Ints, Ints]] = []
        self._rhs: list[Ints] = []
        every = np.arange(n)
        self.rows(every * 0, every, 1, [int(certificate["k"]) + len(fixed)])
        if certificate["budget"] is not None:
            costs = np.array(certificate["costs"], np.int64)
            self.rows(every * 0, every, costs, [int(certificate["budget"]) + int(costs[fixed].sum())])
        pairs = np.array(certificate["conflicts"], np.int64).reshape(-1, 2)
        if len(pairs):
            self.rows(np.repeat(np.arange(len(pairs)), 2), pairs.ravel(), 1, np.ones(len(pairs)))
        if certificate["places"] is not None:
            places = np.array(certificate["places"], np.int64)
            there = np.flatnonzero(places >= 0)
            names, which = np.unique(places[there], return_inverse=True)
            self.rows(which, there, 1, np.ones(len(names)))

    def columns(self, cost: npt.ArrayLike, count: int, *, high: npt.ArrayLike = 1, owner: npt.ArrayLike = -1) -> Ints:
        """Add columns; their numbers."""
        each = [np.broadcast_to(np.asarray(value, np.int64), (count,)) for value in (cost, 0, high, owner)]
        self._columns.append((each[0], each[1], each[2], each[3]))
        self.count += count
        return np.arange(self.count - count, self.count)

    def rows(self, row: npt.ArrayLike, column: npt.ArrayLike, value: npt.ArrayLike, rhs: npt.ArrayLike) -> None:
        """Add rows, numbered from 0 within the block."""
        row, column, right = np.asarray(row, np.int64), np.asarray(column, np.int64), np.asarray(rhs, np.int64)
        self._entries.append((row + self.lines, column, np.broadcast_to(np.asarray(value, np.int64), row.shape)))
        self._rhs.append(right)
        self.lines += len(right)

    def done(self, parts: int = 1) -> Compact:
        for members in self._sets:  # a column that counts the open sites of a set: both rows together make it so
            n, sites = self.columns(0, 1, high=min(len(members), self._most)), np.array(members, np.int64)
            both, one = np.append(sites, n), np.ones(len(sites), np.int64)
            self._counts.append((both, np.append(one, -1)))
        for sign in (1, -1):
            for both, value in self._counts:
                self.rows(0 * both, both, sign * value, [0])
        cost, low, high, owner = (np.concatenate(block) for block in zip(*self._columns, strict=True))
        row, column, value = (np.concatenate(block) for block in zip(*self._entries, strict=True))
        rhs = np.concatenate(self._rhs)
        return Compact(self.sites, cost, low, high, owner, row, column, value, rhs, parts, self.offset)


def bounded(program: Compact, u: Ints, scale: int, low: Ints, high: Ints) -> int:
    """What duals prove of a case; Unproven where they are none, or sums would not be exact."""
    if len(u) != len(program.rhs) or (len(u) and u.min() < 0) or scale < 1:
        raise Unproven("there is not one dual, 0 or more, for each row")
    size = np.abs(u).astype(np.float64)
    most = np.abs(program.cost).astype(np.float64) * scale
    most += np.bincount(program.column, weights=size[program.row] * np.abs(program.value), minlength=len(program.cost))
    widest = np.maximum(np.abs(low), np.abs(high))
    if float(most @ widest) + float(size @ np.abs(program.rhs).astype(np.float64)) >= EXACT:
        raise Unproven("sums of this size would not be exact")
    r = program.cost * scale
    np.subtract.at(r, program.column, program.value * u[program.row])
    n = program.sites
    belongs = program.owner >= 0
    part = np.where(low > 0, r * high, np.maximum(r, 0) * high)
    price = r[:n].copy()
    np.add.at(price, program.owner[belongs], part[belongs])
    total = int(u @ program.rhs) + int(np.maximum(price * low[:n], price * high[:n]).sum())
    alone = np.flatnonzero(~belongs[n:]) + n
    total += int(np.maximum(r[alone] * low[alone], r[alone] * high[alone]).sum())
    return (program.offset + total // scale) // program.parts


def proven(program: Compact, certificate: dict[str, Any], value: Callable[[list[int]], int | None]) -> int | None:
    """The bound that the steps of a certificate prove (None: nothing is allowed); Unproven where they prove none."""
    scale = int(certificate["scale"])
    duals = [unpacked(u) for u in certificate["duals"]]
    n = program.sites
    todo = [(program.low, program.high)]
    highest: int | None = None
    for step in certificate["proof"]:
        if not todo:
            raise Unproven("there are steps after the last case")
        low, high = todo.pop()
        here: int | None = None
        if "split" in step:
            p, at = int(step["split"]), int(step["at"])
            if not (0 <= p < len(low) and low[p] <= at < high[p]):
                raise Unproven(f"a case is split by column {p}, which is decided already")
            above, below = low.copy(), high.copy()
            above[p], below[p] = at + 1, at
            if program.owner[p] >= 0:
                above[program.owner[p]] = 1
            elif p < n:
                below[program.owner == p] = 0
            todo += [(low, below), (above, high)]
            continue
        if "leaf" in step:
            here = bounded(program, duals[int(step["leaf"])], scale, low, high)
        elif step.get("decided") is True:
            if (low[:n] != high[:n]).any():
                raise Unproven("a case is said to be decided, and is not")
            here = value(np.flatnonzero(low[:n]).tolist())
        else:
            raise Unproven("a step is of no kind")
        if here is not None:
            highest = here if highest is None else max(highest, here)
    if todo:
        raise Unproven(f"{len(todo)} cases are without a bound")
    return highest
