"""What a siting model says of itself, so that one engine solves them all."""

from __future__ import annotations

import hashlib
from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from shanyrak.core.units import FloatArray, IntArray
from shanyrak.plan.variants.choice import Choice
from shanyrak.plan.variants.program import Program

if TYPE_CHECKING:
    from shanyrak.plan.variants.wander import Wander


class Problem(ABC):
    """One model with its input. Values are whole numbers, and the engine makes them large."""

    name: str
    choice: Choice
    sign: int = 1
    """1: the objective is the value; -1: the model makes the objective small, and the value is its negative"""

    @property
    def kind(self) -> str:
        """The model, and its way where it has several: what kernels it needs goes by this."""
        return self.name

    @property
    def decides(self) -> bool:
        """Whether ``value`` is all there is to say of a set (not so where it remains open who goes where)."""
        return True

    @property
    def splits(self) -> bool:
        """Whether cells that the same sites cover can be merged though each pair has a column of its own."""
        return False

    @property
    def parted(self) -> bool:
        """Whether groups of cells that each need something bound the value by themselves (``parted``)."""
        return False

    @abstractmethod
    def value(self, sites: IntArray) -> int | None:
        """What a set of sites (fixed ones included, ascending) is worth by the model's definition.

        None where the set does not do what is asked for, or where no good allocation of it was found.
        """

    @abstractmethod
    def program(self) -> Program:
        """The compact program; its bound is never below ``value`` of any set."""

    def counts(self, best: int) -> list[list[int]]:
        """Sets of sites worth making cases by, from how many of them are open; ``best`` is the best value so far."""
        return []

    @abstractmethod
    def told(self, value: int) -> int | float:
        """The objective of a value, in the unit the input came in."""

    @abstractmethod
    def allocation(self, sites: IntArray) -> Any:
        """Which site serves each cell."""

    @abstractmethod
    def facts(self) -> dict[str, Any]:
        """What a certificate says of the input beside the choice: sizes, parameters, hashes."""

    def shown(self, sites: IntArray) -> dict[str, Any]:
        """What else a certificate must show so that the value of a set can be seen without a search."""
        return {}

    def swap_scores(self, sites: IntArray, closing: IntArray, opening: IntArray) -> FloatArray | None:
        """(closing, candidates) how good it is to close one (-1: none) and open one of ``opening``; None: not known.

        Scores lead the search; what counts in the end is ``value``.
        """
        return None

    surely = True
    """whether a better score is a better value, without asking for it"""

    def search(self, sites: IntArray, among: IntArray, rounds: int) -> tuple[IntArray, int]:
        """A set at least as good, by swapping with sites ``among``; and the sets that were looked at."""
        return swap_by_score(self, sites, among, rounds)

    def wander(self, random: np.random.Generator) -> Wander | None:
        """A search that goes on past the first peak; None where the model or the choice has none."""
        return None

    def complete(self, u: FloatArray) -> FloatArray:
        """Duals (rows,) with those made better that belong to one site each, and follow from the others."""
        return u

    def suggest(self, sites: IntArray, x: FloatArray) -> None:  # noqa: B027 - most have nothing to look at
        """Look at what a relaxation does with a set of sites, before it is valued."""


def array_hash(values: npt.ArrayLike) -> str:
    """Sha256 of whole numbers, int64 little-endian, row after row."""
    return hashlib.sha256(np.ascontiguousarray(values, dtype="<i8").tobytes()).hexdigest()


def swap_by_score(problem: Problem, sites: IntArray, among: IntArray, rounds: int) -> tuple[IntArray, int]:
    """Make the best swap by score, again and again while scores rise; where there are none, by value."""
    choice = problem.choice
    plain = choice.plain
    asked = 0
    for _ in range(rounds):
        closing = np.append(np.setdiff1d(sites, choice.fixed), -1).astype(np.int32)
        scores = problem.swap_scores(sites, closing, np.union1d(among, sites[:1]).astype(np.int32))
        if scores is None:
            return swap_by_value(problem, sites, among, rounds)
        asked += len(closing) * len(among)
        stay = float(scores[-1, sites[0]]) if len(sites) else -np.inf  # opening an open one changes nothing
        scores[:, sites] = -np.inf
        if len(sites) >= choice.most:
            scores[-1] = -np.inf
        better = _first_better(problem, sites, closing, scores, stay, plain)
        if better is None:
            break
        sites = better
    return sites, asked


_TRIED = 200
"""Swaps that are tried in a round where conflicts, places, a budget or a guess may forbid the best ones."""


def _first_better(
    problem: Problem, sites: IntArray, closing: IntArray, scores: FloatArray, stay: float, plain: bool
) -> IntArray | None:
    flat = scores.ravel()
    count = 1 if plain and problem.surely else min(_TRIED if problem.surely else 25, len(flat))
    ranked = np.argpartition(-flat, count - 1)[:count]
    known = None if problem.surely else problem.value(sites)
    for place in ranked[np.argsort(-flat[ranked], kind="stable")].tolist():
        if problem.surely and flat[place] <= stay + 1e-9 * abs(stay):
            break
        if flat[place] == -np.inf:
            break
        slot, new = divmod(place, scores.shape[1])
        other = np.sort(np.append(sites[sites != closing[slot]], new)).astype(np.int32)
        if not plain and not problem.choice.allows(other):
            continue
        if not problem.surely:
            value = problem.value(other)
            if value is None or (known is not None and value <= known):
                continue
        return other
    return None


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
