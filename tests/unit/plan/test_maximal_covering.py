"""What an answer promises, on tasks a reader can hold in the head."""

from __future__ import annotations

import itertools
import json
from collections.abc import Callable

import numpy as np
import numpy.typing as npt
import pytest
import scipy.sparse as sp

from shanyrak.plan import branch, covering_run, maximal_covering, relax
from shanyrak.plan.seekers import Seekers

#  A covers 1 2    B covers 2 3    C covers 3 4        people at 1..4: 2 3 3 2
#
#      1 --- 2 --- 3 --- 4
#      \__A__/\_B_/\__C__/
ROW = sp.csr_array(np.array([[1, 0, 0], [1, 1, 0], [0, 1, 1], [0, 0, 1]], bool))
PEOPLE = np.array([2, 3, 3, 2])
A, B, C = 0, 1, 2

# The Fano plane: 7 places, 7 candidates, each covers 3, any two of them together 5. Opening 2/7 of each candidate
# "covers" 6/7 of everybody: 6. So the relaxation alone proves nothing better than 6; only cases prove 5.
FANO = np.zeros((7, 7), bool)
for _j in range(7):
    FANO[[_j, (_j + 1) % 7, (_j + 3) % 7], _j] = True


@pytest.mark.parametrize(("k", "opened", "persons"), [(0, [], 0), (1, [B], 6), (2, [A, C], 10), (3, [A, B, C], 10)])
def test_it_serves_the_most_people(k: int, opened: list[int], persons: int) -> None:
    siting = maximal_covering(ROW, PEOPLE, k, gap=0)
    assert (sorted(siting.sites.tolist()), siting.objective) == (opened, persons)  # greedy opens B first, stops at 8
    assert (siting.bound, siting.gap, siting.proven, siting.stopped_by) == (persons, 0.0, True, "proven")


def test_a_fixed_site_counts_in_the_people_and_not_in_k() -> None:
    siting = maximal_covering(ROW, PEOPLE, 1, fixed=[B], gap=0)
    assert siting.objective == 6 + 2  # B has 2 and 3; A adds the 2 people at 1, C those at 4
    assert siting.sites.tolist() in ([A], [C])


def test_a_forbidden_candidate_is_not_chosen() -> None:
    siting = maximal_covering(ROW, PEOPLE, 1, forbidden=[B], gap=0)
    assert siting.objective == 5
    assert siting.sites.tolist() in ([A], [C])


def test_sites_come_in_opening_order() -> None:
    #  X covers 1 2 3 (30 people), Y covers 3 4 5 (11 more without 3), Z covers 6 (5)
    cover = np.zeros((6, 3), bool)
    cover[[0, 1, 2], 1] = cover[[2, 3, 4], 2] = cover[5, 0] = True
    siting = maximal_covering(sp.csr_array(cover), [10, 10, 10, 5, 6, 5], 3)
    assert siting.sites.tolist() == [1, 2, 0]


def test_cases_prove_what_the_relaxation_cannot() -> None:
    siting = maximal_covering(sp.csr_array(FANO), np.ones(7, np.int64), 2, gap=0)
    assert (siting.objective, siting.bound, siting.proven) == (5, 5, True)
    assert any("split" in step for step in siting.certificate["proof"])


def test_cases_prove_it_without_a_linear_solver_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(branch, "LINEAR_ROWS", -1)
    siting = maximal_covering(sp.csr_array(FANO), np.full(7, 1000), 2, gap=0)
    assert (siting.objective, siting.bound, siting.proven) == (5000, 5000, True)
    assert any("split" in step for step in siting.certificate["proof"])


def test_a_bound_that_is_good_enough_ends_it() -> None:
    siting = maximal_covering(sp.csr_array(FANO), np.ones(7, np.int64), 2, gap=0.2)
    assert (siting.objective, siting.bound, siting.stopped_by, siting.proven) == (5, 6, "gap", False)
    assert siting.gap == pytest.approx(1 / 6)


def test_floats_are_persons_and_answered_in_persons() -> None:
    siting = maximal_covering(ROW, [2.5, 3.25, 3.0, 2.0004], 2, gap=0)
    assert siting.objective == siting.bound == pytest.approx(10.75)  # the last is 2.000: whole thousandths
    assert siting.certificate["objective"] == 10_750
    assert siting.certificate["unit"] == 1000


@pytest.mark.parametrize(
    ("cover", "demand", "k"),
    [
        (np.zeros((0, 3), bool), [], 2),
        (np.zeros((4, 3), bool), [1, 2, 3, 4], 2),
        (np.ones((4, 3), bool), [0, 0, 0, 0], 3),
        (np.zeros((4, 0), bool), [1, 2, 3, 4], 0),
        (np.zeros((0, 0), bool), [], 0),
    ],
    ids=["no cells", "nothing in reach", "nobody lives there", "no candidates", "nothing at all"],
)
def test_where_nobody_can_be_reached_zero_is_proven(cover: npt.NDArray[np.bool_], demand: list[int], k: int) -> None:
    siting = maximal_covering(sp.csr_array(cover), np.array(demand, np.int64), k, gap=0)
    assert (siting.objective, siting.bound, siting.gap, siting.proven) == (0, 0, 0.0, True)
    assert len(set(siting.sites.tolist())) == k


def test_more_sites_than_are_of_use_are_still_k_sites_and_those_of_most_backup_come_first() -> None:
    cover = np.array([[1, 1, 0, 1], [1, 0, 0, 1]], bool)  # 0 and 3 cover all, 1 half, 2 nobody
    siting = maximal_covering(sp.csr_array(cover), [5, 5], 3, gap=0)
    assert siting.sites.tolist() in ([0, 3, 1], [3, 0, 1])


def test_ties_are_broken_the_same_way_every_time() -> None:
    cover = sp.csr_array(np.ones((3, 50), bool))
    first, second = (maximal_covering(cover, [1, 1, 1], 2, gap=0, seed=7) for _ in range(2))
    assert first.sites.tolist() == second.sites.tolist()


def town(
    seed: int, cells: int = 400, candidates: int = 60, reach: float = 0.13
) -> tuple[sp.csr_array, npt.NDArray[np.int64]]:
    random = np.random.default_rng(seed)
    homes, sites = random.random((cells, 2)), random.random((candidates, 2))
    near = ((homes[:, None] - sites[None]) ** 2).sum(axis=2) <= reach**2
    return sp.csr_array(near), random.integers(1, 20_000, cells)


def test_the_same_seed_and_work_give_the_same_answer() -> None:
    cover, people = town(1)
    answers = [maximal_covering(cover, people, 8, gap=0, work_limit=200_000, seed=3) for _ in range(2)]
    first, second = answers
    assert first.sites.tolist() == second.sites.tolist()
    assert (first.objective, first.bound, first.work) == (second.objective, second.bound, second.work)
    assert json.dumps(first.certificate) == json.dumps(second.certificate)


def test_a_root_that_takes_long_shares_its_work_with_the_search(monkeypatch: pytest.MonkeyPatch) -> None:
    cover, people = town(2, cells=4000, candidates=500)
    plain = maximal_covering(cover, people, 9, gap=0)
    asked: list[int] = []
    search = Seekers.search

    def counted(seekers: Seekers, wanted: int, is_over: Callable[[], bool]) -> int:
        asked.append(wanted)
        return search(seekers, wanted, is_over)

    monkeypatch.setattr(Seekers, "search", counted)
    monkeypatch.setattr(covering_run, "LONG_ROOT_WORK", -1)
    monkeypatch.setattr(covering_run, "SLOW_ROUNDS", 0)
    monkeypatch.setattr(relax, "STRIDE_PAIRS", 1)  # a few steps a round, as where there are millions of pairs
    first, second = (maximal_covering(cover, people, 9, gap=0) for _ in range(2))
    assert asked and min(asked) > 0
    assert first.bound >= plain.objective and plain.bound >= first.objective  # neither proof excludes the other choice
    assert json.dumps(first.certificate) == json.dumps(second.certificate)


def test_when_the_clock_stops_it_the_best_so_far_has_a_bound() -> None:
    cover, people = town(2)
    ticks = itertools.count()
    siting = maximal_covering(cover, people, 8, gap=0, time_limit_s=2, clock=lambda: float(next(ticks)))
    assert siting.stopped_by == "time"
    optimum = maximal_covering(cover, people, 8, gap=0).objective
    assert 0 < siting.objective <= optimum <= siting.bound


def test_an_interruption_gives_the_best_so_far_with_a_bound() -> None:
    cover, people = town(3)
    calls = itertools.count()

    def interrupt(label: str, done: int, total: int | None = None) -> None:
        if next(calls) == 2:
            raise KeyboardInterrupt

    siting = maximal_covering(cover, people, 8, gap=0, progress=interrupt)
    assert siting.stopped_by == "interrupted"
    assert 0 < siting.objective < siting.bound


def test_progress_closes_in() -> None:
    cover, people = town(4)
    seen: list[tuple[int, int | None]] = []
    siting = maximal_covering(
        cover, people, 8, gap=0, progress=lambda label, done, total=None: seen.append((done, total))
    )
    reached, most = zip(*seen, strict=True)
    assert list(reached) == sorted(reached)
    assert list(most) == sorted(most, reverse=True)
    assert seen[-1] == (siting.objective, siting.bound)


def test_importing_the_room_is_light() -> None:
    import subprocess
    import sys

    code = (
        "import sys, shanyrak.plan; print([m for m in ('numba', 'highspy', 'pandas', 'shapely') if m in sys.modules])"
    )
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert told.stdout.strip() == "[]"
