"""Two ledgers that are equal in public terms have the same public view, at every moment of a day.

The pairs (``tests/twin_ledgers.py``) differ in counts, stock, hidden places, routes, needs, incidents,
deliveries, crowding between two lines of the grid, strangers' words, late reports, and in how much of all that
lies between two public words.
"""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings

from shanyrak.publish.deployment import load_deployment
from shanyrak.publish.view import public_view
from tests.twin_ledgers import Pair, World, renamed, twins

DEPLOYMENT = load_deployment()
SLOWLY = [HealthCheck.too_slow, HealthCheck.data_too_large]


@settings(max_examples=12, deadline=None, suppress_health_check=SLOWLY)
@given(twins())
def test_the_view_is_equal_at_every_moment(pair: Pair) -> None:
    check_equal(pair, World(pair.public, pair.a), World(pair.public, pair.b))


@pytest.mark.slow
@settings(max_examples=150, deadline=None, suppress_health_check=SLOWLY)
@given(twins())
def test_the_view_is_equal_at_every_moment_of_many_days(pair: Pair) -> None:
    check_equal(pair, World(pair.public, pair.a), World(pair.public, pair.b))


def check_equal(pair: Pair, one: World, other: World) -> None:
    """Looks at both worlds through the day."""
    for now_ms in pair.moments:
        one.hear_until(now_ms)
        other.hear_until(now_ms)
        seen = public_view(one.ledger, now_ms=now_ms, deployment=DEPLOYMENT)
        assert seen == public_view(other.ledger, now_ms=now_ms, deployment=DEPLOYMENT)
    assert seen.points or not pair.a


@settings(max_examples=8, deadline=None, suppress_health_check=SLOWLY)
@given(twins())
def test_where_one_device_says_all_the_view_differs_in_ids_only(pair: Pair) -> None:
    # An entry names the one its device said before it, so its id tells that there was one; never what it said.
    one, other = World(pair.public, pair.a, one_device=True), World(pair.public, pair.b, one_device=True)
    for now_ms in pair.moments[::3]:
        one.hear_until(now_ms)
        other.hear_until(now_ms)
        views = [public_view(world.ledger, now_ms=now_ms, deployment=DEPLOYMENT) for world in (one, other)]
        assert renamed(views[0], one.names) == renamed(views[1], other.names)
