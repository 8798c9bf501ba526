"""p-center where each site serves hundreds: few rows, each met at a radius that no choice beats."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings

from shanyrak.check.points import check_points
from shanyrak.core.progress import silent
from shanyrak.plan import center_run
from shanyrak.plan.center import p_center
from shanyrak.plan.center_few import in_the_middle
from shanyrak.plan.center_run import CenterRun
from shanyrak.plan.distances import MatrixDistances, PlaneDistances
from shanyrak.plan.median_task import read_points
from tests.point_cases import drawn, equals_the_best_of_all_choices


@pytest.fixture(scope="module")
def always_few() -> Iterator[None]:
    """Small towns are solved as large ones are."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(center_run, "_ALL_ROWS", 0)
        patch.setattr(center_run, "_LONG_LISTS", 0)
        yield


@pytest.mark.usefixtures("always_few")
@given(case=drawn())
@settings(max_examples=150)
def test_small_instances_equal_the_best_of_all_choices(case: dict[str, Any]) -> None:
    equals_the_best_of_all_choices("p_center", case)


@pytest.mark.usefixtures("always_few")
@pytest.mark.parametrize("seed", range(8))
def test_few_rows_and_all_rows_come_to_the_same(seed: int) -> None:
    random = np.random.default_rng(seed)
    points = random.integers(0, 2_000, (250, 2))
    distances = PlaneDistances.of(points, points, floor=True)
    given_ = {"fixed": [3], "forbidden": [7, 8]} if seed % 2 else {}
    few = p_center(distances, None, 5, gap=0, **given_)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(center_run, "_ALL_ROWS", 1 << 40)
        everyone = p_center(distances, None, 5, gap=0, **given_)
    assert few.proven and few.objective == everyone.objective
    assert not check_points(few.certificate, distances.rows(0, 250), np.ones(250, np.int64))


def test_a_large_town_with_few_sites_is_proven_over_few_of_its_people() -> None:
    # 2,500 x 2,500 is beyond what is ever held at once
    random = np.random.default_rng(12)
    points = np.floor(random.random((2_500, 2)) * 10_000)
    distances = PlaneDistances.of(points, points, floor=True)
    siting = p_center(distances, None, 4, gap=0)
    assert siting.proven
    table = distances.rows(0, 2_500)
    assert int(table[:, siting.sites].min(axis=1).max()) == siting.objective
    assert not check_points(siting.certificate, table, np.ones(2_500, np.int64))


def test_the_same_work_gives_the_same_answer_and_a_bound_that_holds() -> None:
    random = np.random.default_rng(9)
    points = np.floor(random.random((2_100, 2)) * 10_000)
    distances = PlaneDistances.of(points, points, floor=True)
    first, second = (p_center(distances, None, 10, gap=0, work_limit=3_000_000) for _ in range(2))
    assert first.stopped_by == "work" and 0 < first.bound < first.objective
    assert (first.sites.tolist(), first.bound, first.work) == (second.sites.tolist(), second.bound, second.work)
    assert not check_points(first.certificate, distances.rows(0, 2_100), np.ones(2_100, np.int64))


#   0 --- 1 --- 2 --- ... --- 20: houses one apart
STREET = np.abs(np.arange(21)[:, None] - np.arange(21)[None, :])


def run_of(table: Any, p: int, **limits: Any) -> CenterRun:
    task = read_points(MatrixDistances.of(table), None, p, **limits)
    return CenterRun(task, 0.0, np.inf, None, 0, lambda: 0.0, silent)


def test_each_site_moves_to_the_middle_of_those_it_serves() -> None:
    assert in_the_middle(run_of(STREET, 1), np.array([0])).tolist() == [10]
    # 0 serves 0 to 4 and 9 the others, 11 away from it: they move, and move again with whom they serve then
    far = STREET[:, in_the_middle(run_of(STREET, 2), np.array([0, 9]))].min(axis=1)
    assert 5 <= far.max() <= 6


def test_fixed_sites_stay_and_nobody_moves_where_nothing_may_be_opened() -> None:
    moved = in_the_middle(run_of(STREET, 1, fixed=[0], forbidden=[13, 14]), np.array([0, 20]))
    # 0 stays and serves up to 6 or so; the best place for the rest, 14, is shut, and so is 13
    assert moved[0] == 0 and moved[1] not in (13, 14)
    assert STREET[:, moved].min(axis=1).max() <= 8
