"""Nothing said is lost: many small worlds with dense faults, and one of 300 devices for 14 days.

A world that fails prints what did not hold and the one command that replays it.
"""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from tests.simulation.faults import MUST_OCCUR
from tests.simulation.run import Report, run_small_beside_large, run_world, total
from tests.simulation.world import LARGE, SMALL

WORLDS = 1_000


def nothing_broke(reports: Sequence[Report]) -> None:
    """No promise was broken; else the first three, with how to replay them."""
    broken = [one for one in reports if one.broken]
    told = "\n".join(f"{one.broken}\nreplay: {one.replay}\n{one.where}" for one in broken[:3])
    assert not broken, f"{len(broken)} of {len(reports)} worlds failed\n{told}"


def test_the_same_seed_is_the_same_world() -> None:
    first, second = run_world(7), run_world(7)
    assert first == second
    assert first.state
    assert run_world(8).state != first.state


def test_a_few_worlds() -> None:
    nothing_broke([run_world(seed) for seed in range(2)])


@pytest.fixture(scope="module")
def worlds() -> tuple[list[Report], Report]:
    """The small worlds and the large one, side by side."""
    return run_small_beside_large(range(WORLDS), large=1)


@pytest.mark.slow
def test_a_thousand_small_worlds(worlds: tuple[list[Report], Report]) -> None:
    reports, _ = worlds
    nothing_broke(reports)
    happened = total(reports)
    assert [fault for fault in MUST_OCCUR if not happened[fault]] == []
    # Dense: at least one world in two sees ten different faults or more; and every size occurs.
    several = [one for one in reports if len(one.faults) >= 10]
    assert len(several) >= len(reports) // 2
    assert min(one.facts for one in reports) >= SMALL.facts[0]
    assert max(one.facts for one in reports) > 150
    assert {3, 12} <= {one.devices for one in reports}


@pytest.mark.slow
def test_three_hundred_devices_for_fourteen_days(worlds: tuple[list[Report], Report]) -> None:
    _, report = worlds
    nothing_broke([report])
    assert report.devices >= 300
    assert report.days >= 14
    assert report.facts >= LARGE.facts[0]
