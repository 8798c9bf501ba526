"""A proof by cases as it grows: which choices are excluded, by which shares.

A case is a set of columns that are in and a set that are out. It ends as a leaf, whose shares bound every
choice in it; or it is narrowed (choices that shares exclude, or that another choice replaces, go away);
or it is split into two by one column. Columns are those of the input.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from shanyrak.core.units import IntArray, LongArray


@dataclass(frozen=True, eq=False)
class Dual:
    """Shares of a model: with them, a bound can be computed again from the input alone."""

    row: IntArray
    """(demand cells,) row of the model, or UNREACHABLE, or SETTLED"""
    share: LongArray
    """(m,) whole parts of the scale"""


@dataclass(eq=False)
class Case:
    """One case of the proof."""

    narrowed: list[dict[str, Any]] = field(default_factory=list)
    """steps, each {"out": [...], "in": [...], "by": Dual} or {"instead": [[column, other], ...]}"""
    by: Dual | None = None
    """what bounds this case, where it is not split"""
    column: int = -1
    """what it is split by"""
    with_it: Case | None = None
    without_it: Case | None = None

    def narrow(self, out: LongArray | IntArray, inside: LongArray | IntArray, by: Dual) -> None:
        """Leave away choices that contain one of ``out`` or lack one of ``inside``: ``by`` excludes them."""
        self.narrowed.append({"out": out.tolist(), "in": inside.tolist(), "by": by})

    def split(self, column: int) -> tuple[Case, Case]:
        """Two cases instead of one: with the column, and without it."""
        self.column, self.by = column, None
        self.with_it, self.without_it = Case(by=None), Case(by=None)
        return self.with_it, self.without_it


def written(root: Case) -> tuple[list[dict[str, Any]], list[Dual]]:
    """The proof as a list, each case before its halves (first with the column, then without); the duals used."""
    steps: list[dict[str, Any]] = []
    duals: list[Dual] = []
    number: dict[int, int] = {}

    def index(dual: Dual) -> int:
        if id(dual) not in number:
            number[id(dual)] = len(duals)
            duals.append(dual)
        return number[id(dual)]

    todo = [root]
    while todo:
        case = todo.pop()
        for step in case.narrowed:
            steps.append({**step, "by": index(step["by"])} if "by" in step else dict(step))
        if case.with_it is not None and case.without_it is not None:
            steps.append({"split": case.column})
            todo += [case.without_it, case.with_it]
        else:
            assert case.by is not None, "a case ends with shares that bound it"
            steps.append({"leaf": index(case.by)})
    return steps, duals
