"""Variants come back when the clock or somebody says so, with their best and a bound that holds.

The clock here goes on by a step at every look, so that a limit is reached in the middle of whatever goes on.
"""

from __future__ import annotations

import itertools
from typing import Any

import pytest

from shanyrak.check.variants import check_variant
from shanyrak.plan import fair_covering
from shanyrak.plan.variants import parted_run
from shanyrak.plan.variants import solve as engine
from shanyrak.plan.variants.parted import Parted
from tests.unit.plan.test_parted import given
from tests.unit.plan.test_parted import town as quarters
from tests.unit.plan.test_variants import large_cases

STEP = 0.05
NAMES = ["backup", "capacitated", "single", "fair", "reliable"]


@pytest.mark.parametrize("limit", [0.5, 2.0, 5.0])
@pytest.mark.parametrize("name", NAMES)
def test_the_clock_stops_it_at_once_with_a_bound_that_holds(
    name: str, limit: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engine, "SMALL", 0)
    call, everything = large_cases(5)[name]
    looks = itertools.count()
    siting = call(gap=0.0, time_limit_s=limit, clock=lambda: STEP * next(looks))
    assert siting.stopped_by in ("time", "proven")
    assert siting.seconds <= limit + 20 * STEP  # hardly anything is begun once time is over
    assert check_variant(siting.certificate, everything) == []


@pytest.mark.parametrize("name", ["round", "proof", "__init__"])
@pytest.mark.parametrize("after", [0, 1])
def test_a_stop_by_hand_while_districts_are_asked(name: str, after: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Also while that is set up, or in the middle of a proof: what was known before is what counts."""
    stopped, calls, method = False, itertools.count(), getattr(Parted, name)

    def impatient(self: Parted, *rest: Any) -> Any:
        nonlocal stopped
        if next(calls) >= after:
            stopped = True
            raise KeyboardInterrupt
        return method(self, *rest)

    monkeypatch.setattr(engine, "SMALL", 0)
    near, people, district = quarters(0)
    fair_covering(near, people, 7, district=district, time_limit_s=0.0)  # ready before there is impatience
    monkeypatch.setattr(Parted, name, impatient)
    siting = fair_covering(near, people, 7, district=district, gap=0.0, work_limit=60_000_000)
    assert next(calls) > 0
    assert (siting.stopped_by == "interrupted") == stopped
    assert siting.objective <= siting.bound
    assert check_variant(siting.certificate, given(near, people, district)) == []


def test_time_that_is_over_before_districts_are_asked_is_not_spent_on_them(monkeypatch: pytest.MonkeyPatch) -> None:
    """They take up to as long to be set up as all before took."""
    monkeypatch.setattr(engine, "SMALL", 0)
    near, people, district = quarters(0)
    refute, waited = parted_run.refute, []

    def late(large: Any) -> None:
        waited.append(large.run.seconds_left())
        clock.jump = 6.0
        refute(large)

    class Clock:
        now, jump = 0.0, 0.0

        def __call__(self) -> float:
            self.now, self.jump = self.now + 1e-4 + self.jump, 0.0
            return self.now

    fair_covering(near, people, 7, district=district, time_limit_s=0.0)
    clock = Clock()
    monkeypatch.setattr(parted_run, "refute", late)
    monkeypatch.setattr(Parted, "__init__", lambda *_: pytest.fail("districts are set up with too little time left"))
    siting = fair_covering(near, people, 7, district=district, gap=0.0, time_limit_s=8.0, clock=clock)
    assert waited
    assert siting.stopped_by in ("time", "proven")
    assert "parted" not in siting.certificate
