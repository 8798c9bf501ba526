"""Small p-median and p-center instances with whatever limits, and the best of all choices, counted one by one."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import note
from hypothesis import strategies as st

from shanyrak.check.points import check_points
from shanyrak.core.errors import InvalidInput
from shanyrak.plan.center import p_center
from shanyrak.plan.median import p_median
from shanyrak.plan.result import Siting

Ints = npt.NDArray[np.int64]
SOLVERS: dict[str, Callable[..., Siting]] = {"p_median": p_median, "p_center": p_center}


def cost_of(model: str, table: Ints, demand: Ints, open_sites: list[int]) -> int:
    """Slow and plain."""
    far = table[:, open_sites].min(axis=1)
    return int((far * demand).sum()) if model == "p_median" else int(far[demand > 0].max(initial=0))


def best_of(
    model: str, table: Ints, demand: Ints, p: int, fixed: list[int], may: Any = lambda sites: True
) -> int | None:
    """The least cost over all allowed choices of at most p sites beside the fixed ones."""
    others = [j for j in range(table.shape[1]) if j not in fixed]
    costs = [
        cost_of(model, table, demand, [*fixed, *sites])
        for size in range(p + 1)
        for sites in itertools.combinations(others, size)
        if may(sites) and (fixed or sites)
    ]
    return min(costs) if costs else None


def holds(siting: Siting, table: Ints, demand: Ints) -> bool:
    return check_points(siting.certificate, table.astype(np.int32), np.asarray(demand, np.int64)) == []


@st.composite
def drawn(draw: st.DrawFn) -> dict[str, Any]:
    """A small instance with whatever limits."""
    m, n = draw(st.integers(1, 9)), draw(st.integers(2, 8))
    random = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    if draw(st.booleans()):  # a plane, so that bounds are nearly tight; or anything at all
        homes, sites = random.integers(0, 30, (m, 2)), random.integers(0, 30, (n, 2))
        table = np.floor(np.hypot(*(homes[:, None] - sites[None]).transpose(2, 0, 1))).astype(np.int64)
    else:
        table = random.integers(0, draw(st.sampled_from([2, 10, 1000])), (m, n))
    fixed = sorted(draw(st.sets(st.integers(0, n - 1), max_size=1)))
    forbidden = sorted(draw(st.sets(st.integers(0, n - 1), max_size=2)) - set(fixed))
    free = n - len(fixed) - len(forbidden)
    options: dict[str, Any] = {"fixed": fixed, "forbidden": forbidden}
    if draw(st.booleans()):
        pair = st.sets(st.integers(0, n - 1), min_size=2, max_size=3)
        options["conflicts"] = [sorted(group) for group in draw(st.lists(pair, max_size=4))]
        excluded = {j for group in options["conflicts"] if set(group) & set(fixed) for j in group} - set(fixed)
        free = n - len(set(fixed) | set(forbidden) | excluded)
    if draw(st.booleans()):
        options["costs"] = random.integers(0, 6, n)
        options["budget"] = draw(st.integers(5, 12))
    p = draw(st.integers(0 if fixed else 1, max(free, 1)))
    return {"table": table, "demand": random.integers(0, 5, m), "p": p, "free": free, "options": options}


def equals_the_best_of_all_choices(model: str, case: dict[str, Any]) -> None:
    """Solve a drawn instance: proven, allowed, equal to the best counted, and its certificate holds."""
    table, demand, p, options = case["table"], case["demand"], case["p"], case["options"]
    fixed = options["fixed"]

    def may(sites: tuple[int, ...]) -> bool:
        groups = options.get("conflicts", [])
        return (
            not set(sites) & set(options["forbidden"])
            and all(len(set(group) & {*sites, *fixed}) <= 1 or not set(group) & set(sites) for group in groups)
            and ("costs" not in options or int(options["costs"][list(sites)].sum()) <= options["budget"])
        )

    if p > case["free"]:
        with pytest.raises(InvalidInput):
            SOLVERS[model](table, demand, p, gap=0, **options)
        return
    note(repr(case))
    expected = best_of(model, table, demand, p, fixed, may)
    siting = SOLVERS[model](table, demand, p, gap=0, **options)
    assert siting.proven
    assert siting.objective == siting.bound == (0 if demand.sum() == 0 else expected)
    assert demand.sum() == 0 or cost_of(model, table, demand, [*fixed, *siting.sites.tolist()]) == siting.objective
    assert may(tuple(siting.sites.tolist()))
    assert holds(siting, table, demand)
