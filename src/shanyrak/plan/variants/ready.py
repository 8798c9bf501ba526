"""Kernels of a variant ready before its clock starts: compiled, or read from the cache, on a town of a few streets.

Only what the model asked for needs is made ready, by taking each step of it once, as where programs are large.
"""

from __future__ import annotations

from collections.abc import Callable
from contextvars import ContextVar
from typing import Any

import numpy as np

from shanyrak.core.units import LongArray

practising: ContextVar[bool] = ContextVar("practising", default=False)
"""Whether each step is taken once only, to make kernels ready, as where programs are large."""
_ready: set[str] = set()


def variant_ready(kind: str) -> None:
    """Run the kernels of a kind of problem (``Problem.kind``) once in this process."""
    if kind in _ready or practising.get():
        return
    before = practising.set(True)
    try:
        _SOLVES[kind]()
    finally:
        practising.reset(before)
    _ready.add(kind)


def _town() -> tuple[Any, LongArray, LongArray]:
    """(cells, candidates) metres in a plane, people, and a district of each cell."""
    random = np.random.default_rng(7)
    homes, sites = random.random((120, 2)) * 1000, random.random((30, 2)) * 1000
    walk = np.rint(np.hypot(*(homes[:, None] - sites[None]).T).T).astype(np.int64)
    return walk, random.integers(1, 100, 120), 2 * (homes[:, 0] > 500).astype(np.int64) + (homes[:, 1] > 500)


def _solve(model: str, *more: Any, walk: bool = False, k: int | None = 5, **named: Any) -> Callable[[], None]:
    """A call of a model; texts among ``named`` that begin with @ are looked up in the town."""

    def call() -> None:
        from shanyrak import plan

        far, people, district = _town()
        town = {"@district": district, "@twice": np.stack([people, people[::-1]])}
        given = {name: town.get(value, value) if isinstance(value, str) else value for name, value in named.items()}
        demand = given.pop("people", people)
        sizes = [k] if k is not None else []
        where = far if walk else far < 220
        getattr(plan, model)(where, demand, *more, *sizes, **given)

    return call


_SOLVES: dict[str, Callable[[], None]] = {
    "backup_covering": _solve("backup_covering"),
    "expected_covering": _solve("expected_covering", failure=0.1),
    "capacitated_covering, split": _solve("capacitated_covering", capacity=600),
    "capacitated_covering, single": _solve("capacitated_covering", capacity=600, split=False),
    "fair_covering, least": _solve("fair_covering", district="@district"),
    "covering_with_floors, floors": _solve("covering_with_floors", district="@district", floor=0.5),
    "scenario_covering, total": _solve("scenario_covering", people="@twice"),
    "scenario_covering, least": _solve("scenario_covering", people="@twice", aim="worst"),
    "scenario_covering, level": _solve("scenario_covering", people="@twice", aim="likely", share=0.4),
    "gradual_covering": _solve("gradual_covering", walk=True, full=100, none=300),
    "reliable_p_median": _solve("reliable_p_median", walk=True, failure=0.1),
    "opening_order": _solve("opening_order"),
    "partial_covering": _solve("partial_covering", k=None, share=0.5, costs=np.arange(30) % 7 + 1),
    "moved_covering, total": _solve("moved_covering", [0, 1], k=None, spend=4),
}
