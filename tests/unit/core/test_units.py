"""Whole numbers for quantities: nobody is lost in rounding."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from shanyrak.core.errors import InvalidInput
from shanyrak.core.units import degrees_to_e7, distance_m, e7_to_degrees, persons_to_milli

people = st.lists(st.floats(min_value=0, max_value=1e6, allow_nan=False), max_size=200)


def test_thirds_are_rounded_so_that_the_total_stays() -> None:
    # 3 x 0.3333.. = 1.0 -> 1000 thousandths; 333 + 333 + 333 = 999, the missing one goes to the first
    assert persons_to_milli([1 / 3, 1 / 3, 1 / 3]).tolist() == [334, 333, 333]


def test_whole_people_stay_whole() -> None:
    assert persons_to_milli([0, 1, 25]).tolist() == [0, 1000, 25000]


@given(people)
def test_the_total_is_rounded_once(persons: list[float]) -> None:
    milli = persons_to_milli(persons)
    assert milli.sum() == round(float(np.sum(np.asarray(persons, float) * 1000)))
    assert (milli >= 0).all()


@given(people)
def test_no_value_moves_by_a_whole_thousandth(persons: list[float]) -> None:
    milli = persons_to_milli(persons)
    assert all(abs(m - p * 1000) <= 1 + 1e-6 for m, p in zip(milli.tolist(), persons, strict=True))


@pytest.mark.parametrize("wrong", [-1.0, float("nan"), float("inf")])
def test_what_cannot_be_people_is_refused_and_named(wrong: float) -> None:
    with pytest.raises(InvalidInput, match=r"persons\[1\]"):
        persons_to_milli([3.0, wrong])


def test_a_degree_of_latitude_is_111_km() -> None:
    # mean radius 6371008.8 m x pi / 180 = 111195.08 m
    assert distance_m(30, 50, 30, 51) == pytest.approx(111195.08, abs=0.01)


@given(st.floats(-180, 180))
def test_degrees_survive_the_way_there_and_back(degrees: float) -> None:
    assert abs(float(e7_to_degrees(degrees_to_e7(degrees))) - degrees) <= 0.5e-7 + 1e-12
