"""What a piece of way costs whom."""

from __future__ import annotations

import numpy as np
import pytest

from shanyrak.core.errors import InvalidInput
from shanyrak.walk import ADULT, FROST, PROFILES, SLOW, Profile, WayClass, limit_dm, minutes
from shanyrak.walk.graph import FORWARD_ONLY, RAMP, WHEELS_NO
from shanyrak.walk.profile import arc_impedance_dm, edge_impedance_dm
from tests.walk_towns import Edge, town


def cost(edge: Edge, profile: Profile) -> tuple[int, int]:
    """(forward, backward) of one edge."""
    forward, backward = edge_impedance_dm(town(2, [edge]), profile)
    return int(forward[0]), int(backward[0])


@pytest.mark.parametrize("profile", PROFILES.values(), ids=lambda p: p.name)
@pytest.mark.parametrize("length", [1, 7, 1000, 123_456_789])
def test_on_the_flat_a_way_costs_its_length(profile: Profile, length: int) -> None:
    assert cost(Edge(0, 1, length), profile) == (length, length)


@pytest.mark.parametrize(
    ("slope", "adult", "slow_and_frost"),
    [
        # Tobler: exp(3.5 * (|s + 0.05| - 0.05)), rounded to thousandths
        (5, (1191, 839), (1191, 1191)),  # up exp(0.175); down exp(-0.175), the quickest of all
        (10, (1419, 1000), (1419, 1419)),  # up exp(0.35); down 10 % as quick as the flat
        (20, (2014, 1419), (2014, 2014)),
        (-5, (839, 1191), (1191, 1191)),
        (40, (4055, 2858), (4055, 4055)),
        (90, (4055, 2858), (4055, 4055)),  # steeper counts as 40 %
        (-128, (2858, 4055), (4055, 4055)),
    ],
)
def test_a_slope_costs_as_tobler_says(slope: int, adult: tuple[int, int], slow_and_frost: tuple[int, int]) -> None:
    edge = Edge(0, 1, 1000, slope=slope)
    assert cost(edge, ADULT) == adult
    assert cost(edge, SLOW) == cost(edge, FROST) == slow_and_frost


@pytest.mark.parametrize(
    ("edge", "adult", "slow", "frost"),
    [
        # 10 steps on 30 dm: 30 + 10 * 4, on ice 30 + 10 * 8
        (Edge(0, 1, 30, WayClass.STEPS, steps=10), 70, -1, 110),
        (Edge(0, 1, 30, WayClass.STEPS, steps=10, flags=RAMP), 70, 30, 110),
        (Edge(0, 1, 30, WayClass.STEPS, steps=10, slope=30), 70, -1, 110),  # the climb is in the steps
        (Edge(0, 1, 30, WayClass.FOOTWAY, steps=1), 34, -1, 38),  # a single step is a step
        (Edge(0, 1, 30, WayClass.PATH, flags=WHEELS_NO), 30, -1, 30),
        (Edge(0, 1, 30, WayClass.LIFT), 405, 321, 330),  # 30 s: 375, 291, 300 dm
        (Edge(0, 1, 30, WayClass.LIFT, flags=WHEELS_NO), 405, -1, 330),
        (Edge(0, 1, 1, slope=-5), 1, 1, 1),  # never less than 1
    ],
)
def test_steps_ramps_wheels_and_lifts(edge: Edge, adult: int, slow: int, frost: int) -> None:
    assert [cost(edge, p)[0] for p in (ADULT, SLOW, FROST)] == [adult, slow, frost]


def test_a_one_way_edge_is_not_passable_backward() -> None:
    assert cost(Edge(0, 1, 30, flags=FORWARD_ONLY), ADULT) == (30, -1)


def test_arcs_cost_what_their_edge_costs_in_their_direction() -> None:
    graph = town(3, [Edge(0, 1, 1000, slope=5), Edge(2, 1, 30, WayClass.STEPS, steps=10)])
    found = {
        (int(i), int(j)): int(d)
        for i, j, d in zip(graph.arc_from, graph.arc_to, arc_impedance_dm(graph, SLOW), strict=True)
    }
    assert found == {(0, 1): 1191, (1, 0): 1191, (1, 2): -1, (2, 1): -1}
    assert arc_impedance_dm(graph, ADULT).tolist() == [1191, 839, 70, 70]


def test_an_impedance_that_does_not_fit_is_refused() -> None:
    with pytest.raises(InvalidInput, match=r"edge 0: an impedance of .* does not fit 32 bits"):
        edge_impedance_dm(town(2, [Edge(0, 1, 2**30, slope=40)]), ADULT)


@pytest.mark.parametrize(
    ("profile", "given", "limit"),
    [
        (ADULT, 15, 11250),
        (ADULT, 0, 0),
        (SLOW, 15, 8730),  # 900 * 9.7; in binary fractions 8729.999...
        (SLOW, 1 / 3, 193),  # 0.3333333333333333 * 60 * 9.7 = 193.99..., rounded down
        (FROST, 15, 9000),
        (ADULT, np.float32(0.1), 75),
    ],
)
def test_the_limit_of_so_many_minutes_is_rounded_down(profile: Profile, given: float, limit: int) -> None:
    assert limit_dm(profile, given) == limit


def test_minutes_of_an_impedance() -> None:
    assert minutes(ADULT, 11250) == 15.0
    assert minutes(SLOW, 582) == 1.0


def test_every_number_of_a_profile_names_its_source() -> None:
    for profile in PROFILES.values():
        numbers = profile.numbers()
        sources = numbers.pop("sources")
        unsourced = set(numbers) - set(sources) - {"name", "wheels"}
        assert unsourced == set()
