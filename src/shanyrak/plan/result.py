"""The answer of every siting model: sites, what they bring, what no other choice can bring, and the proof."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal

from shanyrak.core.units import LongArray

StoppedBy = Literal["proven", "gap", "time", "work", "interrupted"]


@dataclass(frozen=True, eq=False)
class Siting:
    """An answer: sites, what they reach, and what no other choice can exceed."""

    sites: LongArray
    """(k,) candidates to open, in opening order where the model has one, else ascending"""
    objective: int | float
    """what the model makes large or small, the fixed sites' part included, in the unit the input came in"""
    bound: int | float
    """no other choice has more (or less, where the model makes it small)"""
    gap: float
    """see ``gap_between``"""
    proven: bool
    """whether the bound equals the objective, in whole numbers"""
    stopped_by: StoppedBy
    seconds: float
    certificate: dict[str, Any] = field(repr=False)
    """see ``plan.certificate``"""
    history: list[tuple[float, int | float, int | float]] = field(repr=False)
    """(seconds, objective, bound) whenever one of them changed"""
    work: int = 0
    """pairs (cell, candidate) visited"""
    allocation: Any = field(default=None, repr=False)
    """which site serves each cell, in the form the model's function says; None where the model serves nobody"""


def gap_between(objective: int | float, bound: int | float) -> float:
    """How far the bound is away, as a share; 0 where both are equal.

    (bound - objective) / bound where the bound is higher (the model makes the objective large),
    (objective - bound) / objective where it is lower.
    """
    if bound == objective:
        return 0.0
    return float(abs(bound - objective) / max(bound, objective))
