"""The kernels beside plain twins: prices, bounds, greedy choice, swaps."""

from __future__ import annotations

import itertools
from dataclasses import replace

import numpy as np
import numpy.typing as npt
import pytest

from shanyrak.plan.bound import certify, column_sums, scale_for
from shanyrak.plan.branch import excluded, replaceable
from shanyrak.plan.greedy import greedy
from shanyrak.plan.model import Model, build_model
from shanyrak.plan.relax import Relaxation
from shanyrak.plan.swap import improve, lists_of, polish, replacements

Dense = npt.NDArray[np.bool_]


def random_model(seed: int, cells: int = 40, candidates: int = 9, density: float = 0.25) -> tuple[Model, Dense]:
    random = np.random.default_rng(seed)
    cover = random.random((cells, candidates)) < density
    row, col = np.nonzero(cover)
    ptr = np.concatenate([[0], np.cumsum(np.bincount(row, minlength=cells))])
    demand = random.integers(1, 1000, cells)
    everyone = np.ones(candidates, bool)
    model = build_model(ptr, col.astype(np.int32), demand, candidates, np.zeros(cells, bool), everyone)
    table = np.zeros((model.rows, model.columns), bool)
    for j in range(model.columns):
        table[model.rows_of(j), j] = True
    return model, table


def twin_covered(model: Model, table: Dense, chosen: tuple[int, ...] | list[int]) -> int:
    return int(model.weight[table[:, list(chosen)].any(axis=1)].sum())


def twin_greedy(model: Model, table: Dense, k: int) -> list[int]:
    """Slow and plain: look at every column every time."""
    chosen: list[int] = []
    left = model.weight.copy()
    for _ in range(k):
        gain = table.T.astype(np.int64) @ left
        best = int(np.argmax(gain))
        if gain[best] == 0:
            break
        chosen.append(best)
        left[table[:, best]] = 0
    return chosen


@pytest.mark.parametrize("seed", range(20))
def test_greedy_equals_its_plain_twin(seed: int) -> None:
    model, table = random_model(seed)
    picked, added = greedy(model, model.weight, 5, np.ones(model.columns, bool))
    assert picked.tolist() == twin_greedy(model, table, 5)
    assert sum(added) == twin_covered(model, table, picked.tolist())


@pytest.mark.parametrize("seed", range(20))
def test_any_shares_bound_every_choice(seed: int) -> None:
    model, table = random_model(seed)
    random = np.random.default_rng(seed)
    scale = 1000
    share = random.integers(0, scale + 1, model.rows)
    state = random.choice([1, -1, 0, 0, 0, 0], model.columns)
    forced, banned, k = state > 0, state < 0, 3 + int((state > 0).sum())
    bound = certify(model, k, forced, banned, share, scale, np.zeros(model.columns))
    free = np.flatnonzero(state == 0).tolist()
    choices = (
        [*np.flatnonzero(forced).tolist(), *c]
        for size in range(min(3, len(free)) + 1)
        for c in itertools.combinations(free, size)
    )
    assert bound.value >= max(twin_covered(model, table, c) for c in choices)
    assert bound.price.tolist() == (table.T.astype(np.int64) @ (model.weight * share)).tolist()


@pytest.mark.parametrize("seed", range(20))
def test_what_shares_exclude_is_in_no_better_choice(seed: int) -> None:
    model, table = random_model(seed)
    k = 3
    none = np.zeros(model.columns, bool)
    start, added = greedy(model, model.weight, model.columns, ~none)
    relaxation = Relaxation(model, k, np.arange(model.columns), np.full(model.rows, 0.5), scale_for(10**6))
    relaxation.start(start[:k])
    for _ in range(10):
        relaxation.round()
    assert relaxation.best is not None
    target = int(sum(added[:k]))
    out, inside = excluded(relaxation.best, k, none, none, target)
    for choice in itertools.combinations(range(model.columns), k):
        if twin_covered(model, table, choice) > target:
            assert not out[list(choice)].any()
            assert set(np.flatnonzero(inside).tolist()) <= set(choice)


@pytest.mark.parametrize("seed", range(10))
def test_a_replaceable_column_is_covered_by_its_other(seed: int) -> None:
    model, table = random_model(seed, cells=6, candidates=12, density=0.4)
    gone: set[int] = set()
    pairs = replaceable(model, np.zeros(model.columns, bool))
    for column, other in pairs:
        assert not (table[:, column] & ~table[:, other]).any()
        assert other not in gone
        gone.add(column)


@pytest.mark.parametrize("seed", range(20))
def test_swap_figures_equal_counting_anew(seed: int) -> None:
    model, table = random_model(seed)
    chosen = np.random.default_rng(seed).choice(model.columns, 3, replace=False)
    adds = replacements(model, chosen)
    for slot, column in itertools.product(range(3), range(model.columns)):
        others = [int(c) for c in np.delete(chosen, slot)]
        if column not in others:
            expected = twin_covered(model, table, [*others, column]) - twin_covered(model, table, others)
            assert adds[slot, column] == expected


@pytest.mark.parametrize("seed", range(20))
def test_swaps_count_right_and_end_where_no_swap_helps(seed: int) -> None:
    model, table = random_model(seed, cells=60, candidates=14)
    start = np.array([0, 1, 2, 3], np.int32)
    covered, chosen, _ = improve(model, start, seed=seed)
    assert covered == twin_covered(model, table, chosen.tolist()) >= twin_covered(model, table, start.tolist())
    assert len(set(chosen.tolist())) == 4
    smooth = polish(model, start, 50)
    best = twin_covered(model, table, smooth.tolist())
    for slot, column in itertools.product(range(4), range(model.columns)):
        assert twin_covered(model, table, [*np.delete(smooth, slot).tolist(), column]) <= best


@pytest.mark.parametrize("seed", range(6))
def test_looking_only_at_columns_that_share_rows_finds_the_same_swaps(seed: int) -> None:
    # 40 houses in a street, each within reach of the points at most two doors away: a column shares rows with
    # eight others, which is few enough of 40
    street = np.abs(np.arange(40)[:, None] - np.arange(40)[None, :]) <= 2
    people = np.random.default_rng(seed).integers(1, 1000, 40)
    ptr, col = np.append(0, np.cumsum(street.sum(1))), np.nonzero(street)[1].astype(np.int32)
    model = build_model(ptr, col, people, 40, np.zeros(40, bool), np.ones(40, bool))
    near = lists_of(model)
    assert near.near_col[near.near_ptr[10] : near.near_ptr[11]].tolist() == [6, 7, 8, 9, 11, 12, 13, 14]
    everyone = replace(near, near_ptr=near.near_ptr[:0], near_col=near.near_col[:0])
    start = np.arange(0, 12, 2, dtype=np.int32)
    covered, _, work = improve(model, start, seed=seed, lists=near)
    by_all, _, more_work = improve(model, start, seed=seed, lists=everyone)
    assert covered == by_all > model.covered(start)
    assert work < more_work


def test_prices_are_exact_beyond_53_bits() -> None:
    model, _ = random_model(0)
    amount = np.full(model.rows, (1 << 55) + 1)
    sizes = np.diff(model.col_ptr)
    assert column_sums(model, amount).tolist() == [int(s) * ((1 << 55) + 1) for s in sizes]


@pytest.mark.parametrize("total", [0, 1, 10**6, 1 << 40, 1 << 59, 1 << 60])
def test_the_scale_leaves_room_for_sums(total: int) -> None:
    scale = scale_for(total)
    assert scale >= 1
    assert total * scale < 1 << 62
