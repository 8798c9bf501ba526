"""What callers do wrong, and what is read rightly though it looks odd."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import scipy.sparse as sp

from shanyrak.core.errors import InvalidInput
from shanyrak.plan import maximal_covering
from shanyrak.plan.task import read_task

COVER = sp.csr_array(np.array([[1, 0], [1, 1], [0, 1]], bool))
PEOPLE = np.array([5, 1, 4])


@pytest.mark.parametrize(
    ("changes", "where"),
    [
        ({"cover": np.ones(3, bool)}, "cover"),
        ({"cover": [["yes", "no"]]}, "cover"),
        ({"cover": sp.csr_array(np.array([[0.5, 0], [1, 1], [0, 1]]))}, "cover"),
        ({"cover": sp.csr_array(np.array([[1120, 0], [30, 800], [0, 1]]))}, "cover"),  # distances, not yes and no
        ({"demand": [1, 2]}, "demand"),
        ({"demand": [[5, 1, 4]]}, "demand"),
        ({"demand": [5, -1, 4]}, "demand[1]"),
        ({"demand": [5.0, float("nan"), 4.0]}, "persons[1]"),
        ({"demand": [5.0, float("inf"), 4.0]}, "persons[1]"),
        ({"demand": [5.0, -0.5, 4.0]}, "persons[1]"),
        ({"demand": ["5", "1", "4"]}, "demand"),
        ({"demand": [2**61, 1, 4]}, "demand"),
        ({"k": -1}, "k"),
        ({"k": 1.5}, "k"),
        ({"k": True}, "k"),
        ({"k": 3}, "k"),
        ({"k": 2, "fixed": [0]}, "k"),
        ({"k": 1, "fixed": [0], "forbidden": [1]}, "k"),
        ({"fixed": [2]}, "fixed"),
        ({"fixed": [-1]}, "fixed"),
        ({"fixed": [0, 0]}, "fixed"),
        ({"fixed": [0.5]}, "fixed"),
        ({"forbidden": [7]}, "forbidden"),
        ({"gap": -0.1}, "gap"),
        ({"gap": float("nan")}, "gap"),
        ({"time_limit_s": -1}, "time_limit_s"),
        ({"time_limit_s": float("nan")}, "time_limit_s"),
    ],
)
def test_what_does_not_fit_is_refused_and_named(changes: dict[str, Any], where: str) -> None:
    given: dict[str, Any] = {"cover": COVER, "demand": PEOPLE, "k": 1, **changes}
    with pytest.raises(InvalidInput) as refusal:
        maximal_covering(given.pop("cover"), given.pop("demand"), given.pop("k"), **given)
    assert refusal.value.where == where
    assert refusal.value.what


@pytest.mark.parametrize("form", [sp.csr_array, sp.csr_matrix, sp.csc_array, sp.coo_array, sp.lil_matrix, np.asarray])
def test_any_matrix_of_yes_and_no_is_read(form: Any) -> None:
    assert maximal_covering(form(COVER.toarray()), PEOPLE, 1).objective == 6


@pytest.mark.parametrize("kind", [bool, np.int8, np.int64, np.float32])
def test_one_and_zero_are_yes_and_no_in_any_type(kind: type) -> None:
    assert maximal_covering(COVER.astype(kind), PEOPLE, 1).objective == 6


def test_a_stored_zero_is_no() -> None:
    #  row 0 lists candidates 0 and 1, but says no to 1
    cover = sp.csr_array((np.array([1, 0, 1, 1]), np.array([0, 1, 0, 1]), np.array([0, 2, 3, 4])), shape=(3, 2))
    assert maximal_covering(cover, PEOPLE, 1, forbidden=[0]).objective == 4


def test_a_pair_listed_twice_counts_once_and_order_does_not_matter() -> None:
    cover = sp.csr_array((np.ones(5, bool), np.array([1, 0, 1, 1, 1]), np.array([0, 2, 3, 5])), shape=(3, 2))
    task = read_task(cover, PEOPLE, 1)
    assert task.row_col.tolist() == [0, 1, 1, 1]
    assert task.row_ptr.tolist() == [0, 2, 3, 4]


def test_the_callers_matrix_stays_as_it_was() -> None:
    cover = sp.csr_array((np.array([1, 0, 1, 1]), np.array([1, 0, 0, 1]), np.array([0, 2, 3, 4])), shape=(3, 2))
    before = (cover.indices.copy(), cover.data.copy())
    maximal_covering(cover, PEOPLE, 1)
    assert (cover.indices == before[0]).all()
    assert (cover.data == before[1]).all()
