"""Towns small enough for HiGHS to prove its optimum of a siting model, and what an answer must then say."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import highspy
import numpy as np
import numpy.typing as npt
import pytest

from shanyrak.check.variants import Input, check_variant
from shanyrak.plan import Siting

Ints = npt.NDArray[np.int64]


@dataclass
class Town:
    near: npt.NDArray[np.bool_]
    people: Ints
    walk: Ints
    k: int
    random: np.random.Generator

    @property
    def cells(self) -> range:
        return range(self.near.shape[0])

    @property
    def sites(self) -> range:
        return range(self.near.shape[1])

    def sites_of(self, i: int) -> list[int]:
        return [j for j in self.sites if self.near[i, j]]

    @property
    def pairs(self) -> Ints:
        return np.argwhere(self.near).astype(np.int64)


def town(seed: int) -> Town:
    random = np.random.default_rng(seed)
    cells, sites = int(random.integers(5, 30)), int(random.integers(4, 12))
    near = random.random((cells, sites)) < random.uniform(0.1, 0.5)
    walk = random.integers(0, 60, (cells, sites))
    return Town(near, random.integers(0, 40, cells), walk, int(random.integers(1, min(5, sites))), random)


class Mip:
    """HiGHS, asked for a proven optimum of a model of at most k sites."""

    def __init__(self, sites: Iterable[int], k: int) -> None:
        self.highs: Any = highspy.Highs()  # type: ignore[no-untyped-call]
        for option, value in (("output_flag", False), ("mip_rel_gap", 0.0), ("mip_abs_gap", 1e-9)):
            self.highs.setOptionValue(option, value)
        self.y = [self.binary() for _ in sites]
        self.add(sum(self.y) <= k)

    def binary(self, worth: float = 0.0) -> Any:
        return self.highs.addBinary(obj=-float(worth))

    def part(self, worth: float = 0.0, most: float = 1.0) -> Any:
        return self.highs.addVariable(0, most, -float(worth))

    def add(self, row: Any) -> None:
        if not isinstance(row, bool | np.bool_):  # a sum over nobody says nothing
            self.highs.addConstr(row)

    def covered(self, at: Town, i: int, worth: float) -> Any:
        """z <= the open sites of a cell."""
        z = self.part(worth)
        self.add(z - sum(self.y[j] for j in at.sites_of(i)) <= 0)
        return z

    def best(self) -> float | None:
        self.highs.run()
        if self.highs.getModelStatus() == highspy.HighsModelStatus.kInfeasible:
            return None
        assert self.highs.getModelStatus() == highspy.HighsModelStatus.kOptimal
        return -float(self.highs.getInfo().objective_function_value)


def agrees(siting: Siting, best: float | None, given: Input, *, finest: float = 1e-6) -> None:
    """The optimum is that of HiGHS, it is proven, and the plain checker finds nothing wrong."""
    assert best is not None
    assert siting.proven
    assert siting.gap == 0
    assert siting.objective == pytest.approx(best, abs=finest, rel=1e-7)
    assert check_variant(siting.certificate, given) == []


def by(district: Ints, people: Ints) -> Ints:
    """Rows (district, cell, people), ordered, without empty cells."""
    some = np.flatnonzero(people > 0)
    table = np.stack([district[some], some, people[some]], axis=1)
    return table[np.lexsort((table[:, 1], table[:, 0]))]
