"""The variants: instances by hand (those of the pages), misuse, large programs, broken certificates."""

from __future__ import annotations

import copy
import itertools
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
import scipy.sparse as sp

from shanyrak import plan
from shanyrak.check.variants import Input, check_variant
from shanyrak.core.errors import InvalidInput
from shanyrak.plan.variants import solve as engine
from shanyrak.plan.variants.cases import Cases

PAGES = sorted((Path(__file__).parents[3] / "docs" / "reference" / "models").glob("*.md"))
EXAMPLE = re.compile(r"^    (\w+\(.*\)\.\w+) +# (.+)$", re.MULTILINE)


@pytest.mark.parametrize("page", [page for page in PAGES if page.stem != "README"], ids=lambda page: page.stem)
def test_every_page_has_an_instance_by_hand_that_comes_out_as_it_says(page: Path) -> None:
    examples = EXAMPLE.findall(page.read_text())
    assert examples
    for call, told in examples:
        names: dict[str, Any] = {name: getattr(plan, name) for name in plan.__all__}
        answer = eval(call, names)
        assert np.asarray(answer).tolist() == pytest.approx(eval(told)), call


# A covers 1 2   B covers 2 3   C covers 3 4   people at 1..4: 2 3 3 2
CHAIN = np.array([[1, 0, 0], [1, 1, 0], [0, 1, 1], [0, 0, 1]], bool)
PEOPLE = np.array([2, 3, 3, 2])


def test_fixed_sites_count_in_the_objective_and_not_in_k() -> None:
    siting = plan.backup_covering(CHAIN, PEOPLE, 1, fixed=[1], gap=0)
    assert siting.sites.tolist() in ([0], [2])  # with B there, either gives three people a second point
    assert siting.objective == 3
    assert siting.proven


def test_people_given_as_floats_are_answered_in_persons() -> None:
    siting = plan.capacitated_covering(CHAIN, PEOPLE / 10, 2, capacity=0.4, gap=0)
    assert siting.objective == pytest.approx(0.8)  # two points, each with room for 0.4 of a person


def test_split_allocation_serves_whole_people_within_reach_and_room() -> None:
    siting = plan.capacitated_covering(CHAIN, PEOPLE, 2, capacity=4, gap=0)
    cell, site, people = siting.allocation
    assert people.sum() == siting.objective == 8
    assert CHAIN[cell, site].all()
    assert (np.bincount(site, weights=people) <= 4).all()
    assert (np.bincount(cell, weights=people, minlength=4) <= PEOPLE).all()


def test_a_certain_failure_counts_nothing_and_a_sure_site_everything() -> None:
    assert plan.expected_covering(CHAIN, PEOPLE, 3, failure=1.0, gap=0).objective == 0
    assert plan.expected_covering(CHAIN, PEOPLE, 3, failure=0.0, gap=0).objective == 10


def test_one_site_alone_leaves_the_second_walk_at_beyond() -> None:
    siting = plan.reliable_p_median([[100, 300]], [1], 1, failure=0.5, beyond=1000, gap=0)
    assert siting.objective == pytest.approx(0.5 * 100 + 0.5 * 1000)
    assert siting.allocation.tolist() == [[0, -1]]
    assert siting.bound <= siting.objective  # the walk is made short: the bound is below


def test_nobody_moves_without_means() -> None:
    siting = plan.moved_covering(CHAIN, PEOPLE, [1], spend=0, gap=0)
    assert siting.allocation["stay"].tolist() == [1]
    assert siting.objective == 6


def test_an_order_is_priced_against_the_best_of_each_size() -> None:
    siting = plan.opening_order(CHAIN, PEOPLE, 2, gap=0)
    best = [plan.maximal_covering(sp.csr_array(CHAIN), PEOPLE, size, gap=0).objective for size in (1, 2)]
    assert best == [6, 10]
    assert siting.allocation.tolist() == [5, 10]  # the price of the order: one person fewer at first
    assert siting.sites.tolist() in ([0, 2], [2, 0])


@pytest.mark.parametrize(
    ("call", "says"),
    [
        (lambda: plan.backup_covering(CHAIN, PEOPLE, 4), "only 3 candidates"),
        (lambda: plan.backup_covering(CHAIN, PEOPLE, 1, once=1.5), "no share"),
        (lambda: plan.backup_covering(CHAIN, PEOPLE, 1, conflicts=[(0, 9)]), "no pair of candidates"),
        (lambda: plan.backup_covering(CHAIN, PEOPLE, 1, conflicts=[(1, 1)]), "conflict with itself"),
        (lambda: plan.backup_covering(CHAIN, PEOPLE, 1, fixed=[0, 1], conflicts=[(1, 0)]), "fixed sites 1 and 0"),
        (lambda: plan.backup_covering(CHAIN, PEOPLE, 1, costs=[1, 1, 1]), "belong together"),
        (lambda: plan.backup_covering(CHAIN, PEOPLE, 1, costs=[1, -1, 1], budget=2), "0 or more"),
        (lambda: plan.backup_covering(CHAIN, PEOPLE, 1, fixed=[0], forbidden=[0]), "fixed and forbidden"),
        (lambda: plan.expected_covering(CHAIN, PEOPLE, 1, failure=2), "from 0 to 1"),
        (lambda: plan.reliable_p_median(CHAIN * 1.5, PEOPLE, 1, failure=0.1), "whole numbers"),
        (lambda: plan.reliable_p_median(CHAIN * 5, PEOPLE, 1, failure=0.7), "no share"),
        (lambda: plan.capacitated_covering(CHAIN, PEOPLE, 1, capacity=-1), "0 or more"),
        (lambda: plan.fair_covering(CHAIN, PEOPLE, 1, district=[0, 1]), "districts are 4"),
        (lambda: plan.covering_with_floors(CHAIN, PEOPLE, 1, district=[0, 0, 1, 1], floor=0.9), "no choice of sites"),
        (lambda: plan.scenario_covering(CHAIN, PEOPLE, 1), "a row for each scenario"),
        (lambda: plan.scenario_covering(CHAIN, [PEOPLE], 1, share=0.5), "belongs to the aim"),
        (lambda: plan.scenario_covering(CHAIN, [PEOPLE], 1, likelihood=[0.3]), "together 1"),
        (lambda: plan.gradual_covering(CHAIN * 5, PEOPLE, 1, full=5, none=5), "0 <= full < none"),
        (lambda: plan.moved_covering(CHAIN, PEOPLE, [1], spend=1, fixed=[0]), "given as such"),
        (lambda: plan.opening_order(CHAIN, PEOPLE, 1, conflicts=[(0, 1)]), "neither conflicts"),
        (lambda: plan.backup_covering(CHAIN, PEOPLE, 1, gap=-1), "cannot be reached"),
    ],
)
def test_what_cannot_be_used_is_said(call: Callable[[], object], says: str) -> None:
    with pytest.raises(InvalidInput, match=says):
        call()


def town(seed: int) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """Walks [m] of 120 cells to 30 candidates in a square of 1 km, and people."""
    random = np.random.default_rng(seed)
    homes, sites = random.random((120, 2)) * 1000, random.random((30, 2)) * 1000
    walk = np.rint(np.sqrt(((homes[:, None] - sites[None]) ** 2).sum(axis=2))).astype(np.int64)
    return walk, random.integers(1, 50, 120)


def pairs_input(near: npt.NDArray[np.bool_], people: npt.NDArray[np.int64], **more: Any) -> Input:
    return Input(np.argwhere(near), people, near.shape[1], **more)


def large_cases(seed: int) -> dict[str, tuple[Callable[..., plan.Siting], Input]]:
    walk, people = town(seed)
    near, district = walk <= 250, np.arange(120) % 3
    room, saved = np.full(30, 200), 600 - walk
    by_district = np.stack([district, np.arange(120), people], axis=1)
    by_district = by_district[np.lexsort((by_district[:, 1], by_district[:, 0]))]
    return {
        "backup": (lambda **o: plan.backup_covering(near, people, 5, **o), pairs_input(near, people)),
        "capacitated": (
            lambda **o: plan.capacitated_covering(near, people, 5, capacity=200, **o),
            pairs_input(near, people, capacity=room),
        ),
        "single": (
            lambda **o: plan.capacitated_covering(near, people, 5, capacity=200, split=False, **o),
            pairs_input(near, people, capacity=room),
        ),
        "fair": (
            lambda **o: plan.fair_covering(near, people, 5, district=district, **o),
            pairs_input(near, people, groups=by_district),
        ),
        "reliable": (
            lambda **o: plan.reliable_p_median(walk, people, 5, failure=0.1, beyond=600, **o),
            Input(np.argwhere(saved > 0), people, 30, worth=saved[saved > 0]),
        ),
    }


@pytest.mark.slow
@pytest.mark.parametrize("name", ["backup", "capacitated", "single", "fair", "reliable"])
def test_steps_and_swaps_alone_come_close_and_prove_what_they_say(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    call, given = large_cases(3)[name]
    best = call(gap=0.0, time_limit_s=60, work_limit=3_000_000)
    monkeypatch.setattr(engine, "SMALL", 0)  # as if the program were too large for HiGHS
    siting = call(gap=1e-3, work_limit=3_000_000)
    again = call(gap=1e-3, work_limit=3_000_000)
    assert siting.sites.tolist() == again.sites.tolist()
    assert siting.bound == again.bound
    sign = -1 if name == "reliable" else 1
    assert sign * siting.objective <= sign * best.bound
    assert sign * best.objective <= sign * siting.bound
    assert abs(siting.objective - best.objective) <= 0.02 * abs(best.objective)
    assert check_variant(siting.certificate, given) == []


def test_a_stop_by_hand_gives_the_best_so_far_with_its_bound(monkeypatch: pytest.MonkeyPatch) -> None:
    calls = itertools.count()

    def impatient(label: str, done: int, total: int | None = None) -> None:
        if next(calls) == 2:
            raise KeyboardInterrupt

    monkeypatch.setattr(engine, "SMALL", 0)
    walk, people = town(1)
    siting = plan.backup_covering(walk <= 250, people, 5, gap=0, progress=impatient)
    assert siting.stopped_by == "interrupted"
    assert 0 < siting.objective <= siting.bound
    assert check_variant(siting.certificate, pairs_input(walk <= 250, people)) == []


def test_a_stop_by_hand_among_the_cases_keeps_what_they_proved(monkeypatch: pytest.MonkeyPatch) -> None:
    calls, step = itertools.count(), Cases.step

    def impatient(self: Cases, *rest: Any) -> bool:
        if next(calls) == 4:
            raise KeyboardInterrupt
        return step(self, *rest)

    monkeypatch.setattr(engine, "SMALL", 0)
    monkeypatch.setattr(Cases, "step", impatient)
    call, given = large_cases(3)["fair"]
    siting = call(gap=0.0, time_limit_s=1e9)
    assert siting.stopped_by == "interrupted"
    assert 0 < siting.objective < siting.bound
    assert siting.certificate["counts"]
    assert any("split" in one for one in siting.certificate["proof"])
    assert check_variant(siting.certificate, given) == []


# What a broken certificate looks like -----------------------------------------------------------------------------


def broken(change: Callable[[dict[str, Any]], object]) -> list[str]:
    siting = plan.backup_covering(CHAIN, PEOPLE, 2, gap=0)
    certificate = copy.deepcopy(siting.certificate)
    change(certificate)
    return [found.what for found in check_variant(certificate, pairs_input(CHAIN, PEOPLE))]


def test_an_honest_certificate_holds() -> None:
    assert broken(lambda c: None) == []


@pytest.mark.parametrize(
    ("change", "what"),
    [
        (lambda c: c.update(value=c["value"] + 1, bound=c["bound"] + 1), "value"),
        (lambda c: c.update(bound=c["bound"] - 1), "bound"),
        (lambda c: c.update(proven=False), "proven"),
        (lambda c: c.update(sites=[0, 1, 2]), "whether the sites may be chosen together"),
        (lambda c: c.update(forbidden=[c["sites"][0]]), "whether the sites may be chosen together"),
        (lambda c: c["proof"].pop(), "the proof has a hole"),
        (lambda c: c["proof"].append({"decided": True}), "the proof has a hole"),
        (lambda c: c.update(proof=[{"decided": True}]), "the proof has a hole"),
        (lambda c: c["input"].update(demand_sha256="0"), "hash of the input (demand_sha256)"),
    ],
)
def test_a_changed_certificate_is_caught(change: Callable[[dict[str, Any]], object], what: str) -> None:
    assert what in broken(change)


def test_served_people_are_counted_once_and_where_there_is_room() -> None:
    siting = plan.capacitated_covering(CHAIN, PEOPLE, 2, capacity=4, gap=0)
    too_small = pairs_input(CHAIN, PEOPLE, capacity=np.full(3, 3))
    assert "hash of the input (capacity)" in [d.what for d in check_variant(siting.certificate, too_small)]
    lying = {**siting.certificate, "served": siting.certificate["served"][::-1]}
    fits = pairs_input(CHAIN, PEOPLE, capacity=np.full(3, 4))
    assert [d.what for d in check_variant(siting.certificate, fits)] == []
    assert check_variant(lying, fits) != []
