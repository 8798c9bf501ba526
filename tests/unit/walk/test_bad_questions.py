"""What cannot be answered is refused at the door: what, where, and how to mend it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from scipy import sparse

from shanyrak.core.errors import InvalidInput
from shanyrak.walk import FROST, Places, coverage, distances_from, limit_dm, reach, walks
from shanyrak.walk.profile import ADULT, Profile
from tests.walk_towns import places, town

GRAPH = town(3, [(0, 1, 100), (1, 2, 50)])
MATRIX = sparse.csr_array(([5, 7], ([0, 1], [1, 2])), shape=(3, 3))


@pytest.mark.parametrize("ask", [coverage, walks, distances_from], ids=lambda f: f.__name__)
@pytest.mark.parametrize(
    ("graph", "candidates", "limit", "more", "says"),
    [
        (GRAPH, [0], 11250.0, {}, "limit: 11250.0 is not a whole number"),
        (GRAPH, [0], "15", {}, "limit: '15' is not a whole number"),
        (GRAPH, [0], True, {}, "limit: a truth value"),
        (GRAPH, [0], -1, {}, "limit: -1 is not within 0"),
        (GRAPH, [0], 10**9 + 1, {}, "limit: 1000000001 is not within 0"),
        (GRAPH, [0.0, 1.0], 10, {}, "numbers of junctions are whole numbers, these are float64"),
        (GRAPH, [True, False, True], 10, {}, "these are bool"),
        (GRAPH, ["0"], 10, {}, "whole numbers"),
        (GRAPH, [[0, 1]], 10, {}, r"an array of shape \(1, 2\)"),
        (GRAPH, 1, 10, {}, r"an array of shape \(\)"),
        (GRAPH, [0, 7, 3], 10, {}, r"\[1\]: 2 of 3 are not junctions 0 to 2; the first is 7"),
        (GRAPH, [-1], 10, {}, "the first is -1"),
        (GRAPH, [0], 10, {"cells": [0.5]}, "cells: numbers of junctions are whole numbers"),
        (GRAPH, [0], 10, {"cells": [3]}, r"cells\[0\]: 1 of 1 are not junctions"),
        (GRAPH, places((2, 0, 0)), 10, {}, r"edge\[0\]: 1 of 1 are wrong: an edge is -1 \(unreachable\) to 1"),
        (GRAPH, places((-2, 0, 0)), 10, {}, "an edge is -1"),
        (GRAPH, places((1, 51, 0)), 10, {}, "an offset lies within its edge's length; the first is 51"),
        (GRAPH, places((1, -1, 0)), 10, {}, "an offset lies within"),
        (GRAPH, places((1, 0, -1)), 10, {}, "an access is not negative"),
        (GRAPH, Places(np.zeros(2, np.int32), np.zeros(1, np.int32), np.zeros(2, np.int32)), 10, {}, "one number per"),
        (GRAPH, Places(np.zeros(1), np.zeros(1, np.int32), np.zeros(1, np.int32)), 10, {}, "these are float64"),
        (GRAPH, [0], 10, {"profile": "adult"}, "'adult' is not a profile"),
        (MATRIX, places((0, 0, 0)), 10, {}, "places on edges need a WalkGraph"),
        (MATRIX, [0], 10, {"profile": FROST}, "a matrix holds impedances already"),
        (MATRIX.astype(np.float64), [0], 10, {}, "graph: impedances are whole numbers, these are float64"),
        (MATRIX.astype(np.bool_), [0], 10, {}, "these are bool"),
        (-MATRIX, [0], 10, {}, r"graph.data\[0\]: an impedance is negative: -5"),
        (MATRIX[:2], [0], 10, {}, r"a matrix of shape \(2, 3\) is not square"),
        (MATRIX.toarray(), [0], 10, {}, "ndarray is not a graph"),
        (None, [0], 10, {}, "NoneType is not a graph"),
    ],
)
def test_refused(
    ask: Callable[..., Any], graph: Any, candidates: Any, limit: Any, more: dict[str, Any], says: str
) -> None:
    with pytest.raises(InvalidInput, match=says):
        ask(graph, candidates, limit, **more)


@pytest.mark.parametrize("threads", [0, -1, 1.5, "2", True])
def test_threads_are_a_whole_number_above_0(threads: Any) -> None:
    with pytest.raises(InvalidInput, match="threads"):
        coverage(GRAPH, [0], 10, threads=threads)


@pytest.mark.parametrize(
    ("weight", "says"),
    [
        ([1.5, 2.0, 3.0], "weights are whole numbers, these are float64"),
        ([1, 2], r"an array of shape \(2,\), \(3,\) is needed"),
        ([1, -2, 3], r"weight\[1\]: a weight is negative"),
        ([2**62, 2**62, 2**62], "could leave 64 bits"),
    ],
)
def test_weights_are_whole_and_fit(weight: Any, says: str) -> None:
    with pytest.raises(InvalidInput, match=says):
        reach(GRAPH, weight, 10)


@pytest.mark.parametrize("minutes", [-1, float("nan"), float("inf"), "15", None, True])
def test_minutes_are_a_number_of_0_or_more(minutes: Any) -> None:
    with pytest.raises(InvalidInput, match="minutes"):
        limit_dm(ADULT, minutes)


@pytest.mark.parametrize(
    ("numbers", "says"),
    [
        ({"name": "", "speed_dm_per_s": 10.0}, "needs a name"),
        ({"name": "x", "speed_dm_per_s": 0.0}, "is not a number above 0"),
        ({"name": "x", "speed_dm_per_s": float("nan")}, "is not a number above 0"),
        ({"name": "x", "speed_dm_per_s": 10.0, "step_extra_dm": -1}, "step_extra_dm: -1 is negative"),
    ],
)
def test_a_profile_checks_its_own_numbers(numbers: dict[str, Any], says: str) -> None:
    with pytest.raises(InvalidInput, match=says):
        Profile(**numbers)


def test_a_whole_number_of_numpy_is_a_limit_too() -> None:
    assert coverage(GRAPH, np.array([2], np.uint16), np.int64(50)).nnz == 2
