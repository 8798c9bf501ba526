"""What a siting model says of itself, so that one engine solves them all."""

from __future__ import annotations

import hashlib
from abc import ABC, abstractmethod
from typing import Any

import numpy as np
import numpy.typing as npt

from shanyrak.core.units import FloatArray, IntArray
from shanyrak.plan.variants.choice import Choice
from shanyrak.plan.variants.program import Program


class Problem(ABC):
    """One model with its input. Values are whole numbers, and the engine makes them large."""

    name: str
    choice: Choice
    sign: int = 1
    """1: the objective is the value; -1: the model makes the objective small, and the value is its negative"""

    @property
    def decides(self) -> bool:
        """Whether ``value`` is all there is to say of a set (not so where it remains open who goes where)."""
        return True

    @abstractmethod
    def value(self, sites: IntArray) -> int | None:
        """What a set of sites (fixed ones included, ascending) is worth by the model's definition.

        None where the set does not do what is asked for, or where no good allocation of it was found.
        """

    @abstractmethod
    def program(self) -> Program:
        """The compact program; its bound is never below ``value`` of any set."""

    @abstractmethod
    def told(self, value: int) -> int | float:
        """The objective of a value, in the unit the input came in."""

    @abstractmethod
    def allocation(self, sites: IntArray) -> Any:
        """Which site serves each cell."""

    @abstractmethod
    def facts(self) -> dict[str, Any]:
        """What a certificate says of the input beside the choice: sizes, parameters, hashes."""

    def search(self, sites: IntArray, among: IntArray, rounds: int) -> tuple[IntArray, int]:
        """A set at least as good, by swapping with sites ``among``; and the sets that were asked for."""
        return swap_by_value(self, sites, among, rounds)

    def suggest(self, sites: IntArray, x: FloatArray) -> None:  # noqa: B027 - most have nothing to look at
        """Look at what a relaxation does with a set of sites, before it is valued."""


def array_hash(values: npt.ArrayLike) -> str:
    """Sha256 of whole numbers, int64 little-endian, row after row."""
    return hashlib.sha256(np.ascontiguousarray(values, dtype="<i8").tobytes()).hexdigest()


def swap_by_value(problem: Problem, sites: IntArray, among: IntArray, rounds: int) -> tuple[IntArray, int]:
    """Swap one site for another while that raises the value, each set reckoned afresh: plain, for small models."""
    best = problem.value(sites)
    fixed = set(problem.choice.fixed.tolist())
    asked = 0
    for _ in range(rounds):
        here = sites.tolist()
        better: IntArray | None = None
        for gone in [*(j for j in here if j not in fixed), -1]:
            for new in among.tolist():
                if new in here:
                    continue
                other = np.array(sorted([j for j in here if j != gone] + [new]), np.int32)
                if not problem.choice.allows(other):
                    continue
                asked += 1
                value = problem.value(other)
                if value is not None and (best is None or value > best):
                    best, better = value, other
        if better is None:
            break
        sites = better
    return sites, asked
