"""What groups need by themselves: cheapest sets are those of all subsets, prices refute shares, forgeries are seen."""

from __future__ import annotations

import copy
from itertools import combinations
from typing import Any

import numpy as np
import pytest

from shanyrak.check.variants import Input, check_variant
from shanyrak.plan import Siting, fair_covering
from shanyrak.plan.certificate import packed
from shanyrak.plan.variants import solve as engine
from shanyrak.plan.variants.cells import read_cells
from shanyrak.plan.variants.choice import read_choice
from shanyrak.plan.variants.part import Part
from shanyrak.plan.variants.part_proof import PartProof

SITES = 11
UNIT = 1 << 20


def part(seed: int) -> tuple[Part, Any, Any, int]:
    """40 cells, 11 candidates of which 3 is open and 4 forbidden; who reaches whom, people, and a need."""
    random = np.random.default_rng(seed)
    near, people = random.random((40, SITES)) < 0.2, random.integers(1, 50, 40)
    one = Part(read_cells(near, people), read_choice(SITES, 3, {"fixed": [3], "forbidden": [4]}), np.arange(40), people)
    able = near[:, [j for j in range(SITES) if j != 4]].any(axis=1)
    need = int(people[able].sum() * random.uniform(0.3, 1.0))
    one.ask(need)
    return one, near, people, need


def cheapest_of_all(near: Any, people: Any, need: int, price: Any) -> Any:
    """By looking at every subset of the free candidates; ``price`` (candidates,)."""
    free = [j for j in range(SITES) if j not in (3, 4)]
    return min(
        sum(price[j] for j in some)
        for size in range(len(free) + 1)
        for some in combinations(free, size)
        if people[near[:, [3, *some]].any(axis=1)].sum() >= need
    )


@pytest.mark.parametrize("seed", range(30))
def test_the_cheapest_sites_are_those_of_all_subsets(seed: int) -> None:
    one, near, people, need = part(seed)
    price = np.random.default_rng(seed).random(SITES)
    if one.settled:
        assert cheapest_of_all(near, people, need, price) == 0
        return
    found = one.cheapest(price[one.site], 0.0, 5)
    assert found is not None
    assert found[0] == pytest.approx(cheapest_of_all(near, people, need, price), abs=1e-9)
    assert found[1].cost <= found[0] + 1e-9


@pytest.mark.parametrize(("nodes", "deep"), [(10**6, 10**6), (10**6, 1), (3, 10**6)])
@pytest.mark.parametrize("seed", range(12))
def test_it_is_proved_what_they_cost_and_not_one_part_more(
    seed: int, nodes: int, deep: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also where hardly a set may be looked at before a case is split."""
    monkeypatch.setattr("shanyrak.plan.variants.part_proof.MOST_NODES", nodes)
    monkeypatch.setattr("shanyrak.plan.variants.part_proof.MOST_DEEP", deep)
    one, near, people, need = part(seed)
    price = np.random.default_rng(seed).integers(0, UNIT, SITES)
    least = int(cheapest_of_all(near, people, need, price))
    proof = PartProof(one, price[one.site], UNIT)
    assert one.settled or proof.go(least, lambda: 100.0) is not None
    assert proof.go(least + 1, lambda: 100.0) is None


def town(seed: int) -> tuple[Any, Any, Any]:
    """300 cells and 40 candidates in a plane, four quarters whose borders sites reach across."""
    random = np.random.default_rng(seed)
    homes, sites = random.random((300, 2)), random.random((40, 2))
    near = np.sqrt(((homes[:, None] - sites[None]) ** 2).sum(axis=2)) < 0.18
    district = 2 * (homes[:, 0] > 0.5) + (homes[:, 1] > 0.5)
    return near, random.integers(1, 100, 300), district


def given(near: Any, people: Any, district: Any) -> Input:
    order = np.lexsort((np.arange(len(people)), district))
    return Input(
        np.argwhere(near), people, near.shape[1], groups=np.stack([district, np.arange(300), people], 1)[order]
    )


@pytest.fixture(autouse=True)
def all_are_large(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engine, "SMALL", 0)


def refuted(seed: int, **more: Any) -> tuple[Siting, Input]:
    near, people, district = town(seed)
    siting = fair_covering(near, people, 7, district=district, gap=0.0, work_limit=40_000_000, seed=seed, **more)
    return siting, given(near, people, district)


@pytest.mark.parametrize("more", [{}, {"fixed": [3, 9], "forbidden": [1]}, {"conflicts": [(0, 2), (5, 6)]}])
@pytest.mark.parametrize("seed", range(3))
def test_what_groups_need_bounds_the_worst_share_and_the_plain_checker_agrees(seed: int, more: Any) -> None:
    siting, everything = refuted(seed, **more)
    assert siting.certificate["parted"]["share"] > siting.certificate["value"]
    assert check_variant(siting.certificate, everything) == []


def test_the_same_work_gives_the_same_answer() -> None:
    first, second = refuted(1)[0].certificate, refuted(1)[0].certificate
    assert first == second


def _groups(certificate: dict[str, Any]) -> list[dict[str, Any]]:
    """Those of the first case that has prices."""
    return next(step["groups"] for step in certificate["parted"]["cases"] if "groups" in step)


def _dearer(certificate: dict[str, Any]) -> None:
    _groups(certificate)[0]["costs"] += UNIT


def _lower(certificate: dict[str, Any]) -> None:
    certificate["parted"]["share"] -= 20_000
    certificate["bound"] = max(certificate["parted"]["share"] - 1, certificate["value"])


def _twice(certificate: dict[str, Any]) -> None:
    _groups(certificate).append(_groups(certificate)[0])


def _paid_twice(certificate: dict[str, Any]) -> None:
    for group in _groups(certificate):
        group["price"] = packed(np.full(40, UNIT), "<i4")


def _replaced_by_less(certificate: dict[str, Any]) -> None:
    group = _groups(certificate)[0]
    a, b = group["instead"][0]
    group["instead"][0] = [b, a]


def _unfinished(certificate: dict[str, Any]) -> None:
    _groups(certificate)[0]["proof"] = []


@pytest.mark.parametrize("forge", [_dearer, _lower, _twice, _paid_twice, _replaced_by_less, _unfinished])
def test_a_forged_certificate_is_caught(forge: Any) -> None:
    siting, everything = refuted(0)
    certificate = copy.deepcopy(siting.certificate)
    assert _groups(certificate)[0]["instead"]
    forge(certificate)
    assert [one.what for one in check_variant(certificate, everything)] == ["the proof has a hole"]
