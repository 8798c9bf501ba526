"""A share is refuted by cases of how many sites of a kind are open: they hold, and the plain checker sees forgeries."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

import pytest

from shanyrak.check.variants import Input, check_variant
from shanyrak.plan import Siting, fair_covering
from shanyrak.plan.variants import parted_run
from shanyrak.plan.variants import solve as engine
from shanyrak.plan.variants.parted import Counted
from shanyrak.plan.variants.parted_cases import PartedCase, Refuting
from tests.unit.plan.test_parted import given, town


@pytest.fixture(autouse=True)
def prices_are_given_up_twice(monkeypatch: pytest.MonkeyPatch) -> None:
    """In towns one can hold in the hand prices alone are good enough; here they count only in cases of cases."""
    dearer = Refuting._dearer

    def early(self: Refuting, *rest: Any) -> bool:
        if len(self.parted.counts) >= 2:
            return dearer(self, *rest)
        self.parted.round(lambda: 100.0)
        return False

    def split(self: Refuting, case: PartedCase) -> list[PartedCase]:
        """By the sites of the first quarter, then of the second: two of them, or more."""
        sites, asked = self.parted.touch[len(case.counts)], self.parted.best
        case.above = PartedCase((*case.counts, Counted(sites, True, 3)), asked)
        case.below = PartedCase((*case.counts, Counted(sites, False, 2)), asked)
        return [case.below, case.above]

    monkeypatch.setattr(Refuting, "_split", split)
    monkeypatch.setattr(engine, "SMALL", 0)
    monkeypatch.setattr(parted_run, "CASES", (30,))
    monkeypatch.setattr(Refuting, "_dearer", early)


def by_cases(seed: int) -> tuple[Siting, Input]:
    near, people, district = town(seed)
    siting = fair_covering(near, people, 7, district=district, gap=0.0, work_limit=80_000_000, seed=seed)
    return siting, given(near, people, district)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(2))
def test_cases_bound_the_share_and_the_plain_checker_agrees(seed: int) -> None:
    siting, everything = by_cases(seed)
    steps = siting.certificate["parted"]["cases"]
    assert sum("split" in step for step in steps) >= 2
    assert any(toll > 0 for step in steps for toll in step.get("tolls", []))
    assert check_variant(siting.certificate, everything) == []


def _one_less(steps: list[dict[str, Any]]) -> None:
    steps[0]["at"] += 1


def _no_toll(steps: list[dict[str, Any]]) -> None:
    for step in steps:
        if "tolls" in step:
            step["tolls"] = [0 for _ in step["tolls"]]


def _a_case_less(steps: list[dict[str, Any]]) -> None:
    steps.pop()


def _other_sites(steps: list[dict[str, Any]]) -> None:
    steps[0]["split"] = [j for j in range(40) if j not in steps[0]["split"]]


@pytest.mark.slow
@pytest.mark.parametrize("forge", [_one_less, _no_toll, _a_case_less, _other_sites])
def test_forged_cases_are_caught(forge: Callable[[list[dict[str, Any]]], None]) -> None:
    siting, everything = by_cases(0)
    certificate = copy.deepcopy(siting.certificate)
    forge(certificate["parted"]["cases"])
    assert [one.what for one in check_variant(certificate, everything)] == ["the proof has a hole"]
