"""Ledgers broken on purpose: the simulator catches every one, and says after how many worlds."""

from __future__ import annotations

import sys
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from random import Random

import pytest

from tests.ledgers_drawn import History
from tests.planted import facts_variants as planted
from tests.simulation.run import Report, run_world
from tests.simulation.world import SMALL, Variant

WORLDS = 60
"""Worlds within which each must be caught."""
FIRST = 5_000
"""Seeds of their own, so that nothing is tuned to the worlds of the simulation's own tests."""


def worlds_until_caught(
    variant: Variant, broken: Callable[[], AbstractContextManager[None]] = nullcontext, worlds: int = WORLDS
) -> tuple[int, Report]:
    """How many worlds it took, and the report of the one that failed."""
    with broken():
        for number in range(worlds):
            report = run_world(FIRST + number, SMALL, variant)
            if report.broken:
                return number + 1, report
    pytest.fail(f"{variant.name}: not caught in {worlds} worlds")


@pytest.mark.slow
@pytest.mark.parametrize(
    ("variant", "broken", "said"),
    [
        (planted.HIGH_WATER, nullcontext, ("never reached", "is at no headquarters", "is not at both")),
        (Variant("order of receipt"), planted.order_by_receipt, ("effective time", "not the same thing", "state hash")),
        (planted.ACKNOWLEDGED, nullcontext, ("no headquarters ever had it", "shown as at headquarters")),
        (Variant("quarantine by arrival"), planted.quarantine_by_arrival, ("not the same thing", "marks", "effective")),
        (planted.NAMED_VISITOR, nullcontext, ("can be told apart",)),
        (planted.TOKEN_VISITOR, nullcontext, ("can be told apart",)),
        (planted.CHAIN_PER_VISITOR, nullcontext, ("a chain of their own",)),
    ],
    ids=lambda value: value.name if isinstance(value, Variant) else "",
)
def test_it_is_caught(
    variant: Variant,
    broken: Callable[[], AbstractContextManager[None]],
    said: tuple[str, ...],
    record_property: Callable[[str, object], None],
    capsys: pytest.CaptureFixture[str],
) -> None:
    count, report = worlds_until_caught(variant, broken)
    assert any(words in report.broken for words in said), report.where
    record_property("worlds", count)
    with capsys.disabled():
        sys.stdout.write(f"\n{variant.name}: caught in world {count}: {report.broken.splitlines()[0][:120]}\n")


def histories_until_caught(worlds: int = WORLDS) -> int:
    """How many drawn histories it takes until two orders of the same facts give two states; 0: none of them."""
    for number in range(worlds):
        history = History(FIRST + number, words=60, kinds=("visit.counted",))
        if history.merged(Random(1), (1,))[0] != history.merged(Random(2), (1,))[0]:
            return number + 1
    return 0


@pytest.mark.slow
def test_float_sums_are_caught(
    record_property: Callable[[str, object], None], capsys: pytest.CaptureFixture[str]
) -> None:
    # 0.1 + 0.2 + 0.3 is not 0.3 + 0.2 + 0.1. The same shortcut with whole numbers is right, and passes.
    with planted.sums_when_they_come(0.1):
        count = histories_until_caught()
    assert count
    with planted.sums_when_they_come(1):
        assert histories_until_caught(10) == 0
    record_property("histories", count)
    with capsys.disabled():
        sys.stdout.write(f"\nfloat sums: caught in history {count}\n")


@pytest.mark.slow
def test_the_plain_exchange_is_not_caught() -> None:
    # What the high-water mark is made from, without the mark: the simulator does not cry wolf.
    reports = [run_world(FIRST + number, SMALL, planted.PLAIN) for number in range(12)]
    assert [report.broken for report in reports if report.broken] == []
