"""Cells that the same candidates cover become one row, exactly."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pytest

from shanyrak.plan import model as model_file
from shanyrak.plan.model import SETTLED, UNREACHABLE, Model, build_model, restrict, row_lists


def built(cover: npt.NDArray[np.bool_], demand: list[int], settled: list[int] = [], banned: list[int] = []) -> Model:  # noqa: B006
    m, n = cover.shape
    row, col = np.nonzero(cover)
    ptr = np.concatenate([[0], np.cumsum(np.bincount(row, minlength=m))])
    done, allowed = np.zeros(m, bool), np.ones(n, bool)
    done[settled], allowed[banned] = True, False
    return build_model(ptr, col.astype(np.int32), np.array(demand, np.int64), n, done, allowed)


def dense(model: Model) -> npt.NDArray[np.bool_]:
    out = np.zeros((model.rows, model.columns), bool)
    for j in range(model.columns):
        out[model.rows_of(j), j] = True
    return out


def test_equal_rows_are_added_up_and_each_cell_knows_its_row() -> None:
    #  cells 0 and 2: candidates a b; cell 1: b; cell 3: nobody; cell 4: b c, where no one lives
    cover = np.array([[1, 1, 0], [0, 1, 0], [1, 1, 0], [0, 0, 0], [0, 1, 1]], bool)
    model = built(cover, [5, 7, 11, 13, 0])
    assert model.weight.tolist() == [16, 7]
    assert model.row.tolist() == [0, 1, 0, UNREACHABLE, SETTLED]
    assert dense(model).tolist() == [[True, True, False], [False, True, False]]


def test_rows_that_differ_only_in_a_banned_candidate_become_one() -> None:
    cover = np.array([[1, 1, 0], [1, 0, 0], [0, 1, 0]], bool)
    model = built(cover, [1, 2, 4], banned=[1])
    assert model.weight.tolist() == [3]
    assert model.column.tolist() == [0, 2]
    assert model.row.tolist() == [0, 0, UNREACHABLE]


def test_a_shared_hash_does_not_make_rows_equal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(model_file, "_keys", lambda n: np.zeros(n, np.uint64))  # every row has the same hash
    random = np.random.default_rng(5)
    cover = random.random((200, 6)) < 0.5
    model = built(cover, [1] * 200)
    patterns = {tuple(row) for row in cover.tolist() if any(row)}
    assert model.rows == len(patterns)
    assert {tuple(row) for row in dense(model).tolist()} == patterns


@pytest.mark.parametrize("seed", range(10))
def test_restricting_and_building_anew_agree(seed: int) -> None:
    random = np.random.default_rng(seed)
    cover = random.random((60, 9)) < 0.3
    demand = random.integers(0, 9, 60).tolist()
    keep = np.sort(random.choice(9, 4, replace=False))
    small, group = restrict(built(cover, demand), keep)
    anew = built(cover, demand, banned=np.setdiff1d(np.arange(9), keep).tolist())
    twin = {tuple(r): w for r, w in zip(dense(anew).tolist(), anew.weight.tolist(), strict=True)}
    assert {tuple(r): w for r, w in zip(dense(small).tolist(), small.weight.tolist(), strict=True)} == twin
    assert (small.row == np.where(small.row >= 0, small.row, anew.row)).all()
    assert set(group.tolist()) <= set(range(-1, small.rows))


def test_lists_by_row_and_by_column_are_the_same_pairs() -> None:
    random = np.random.default_rng(1)
    model = built(random.random((50, 8)) < 0.4, [1] * 50)
    ptr, col = row_lists(model)
    pairs = {(i, int(col[t])) for i in range(model.rows) for t in range(ptr[i], ptr[i + 1])}
    assert pairs == set(zip(*(x.tolist() for x in np.nonzero(dense(model))), strict=True))
