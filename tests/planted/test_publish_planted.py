"""The test that secrets do not reach the public view must itself catch leaks: seventeen are planted here."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, Phase, given, seed, settings

from shanyrak.publish import view
from shanyrak.publish.deployment import load_deployment
from tests.planted.publish_variants import LEAKS, Variant
from tests.twin_ledgers import Pair, World, twins

WORLDS = 40
DEPLOYMENT = load_deployment()


class Leak(Exception):
    """Two worlds equal in public terms were told apart."""


@pytest.mark.slow
@pytest.mark.parametrize("variant", LEAKS, ids=lambda variant: variant.__name__)
def test_a_leak_is_caught(variant: Variant) -> None:
    with variant(), pytest.raises(Leak):
        _look_at_pairs()


def test_nothing_is_caught_where_nothing_is_broken() -> None:
    with pytest.raises(AssertionError, match="looked"):
        _look_at_pairs(worlds=5)


def _look_at_pairs(worlds: int = WORLDS) -> None:
    """The check of ``test_publish_noninterference`` over a few worlds."""
    looked = 0

    @seed(8)
    @settings(
        max_examples=worlds,
        deadline=None,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(twins())
    def look(pair: Pair) -> None:
        nonlocal looked
        looked += 1
        one, other = World(pair.public, pair.a), World(pair.public, pair.b)
        for now_ms in pair.moments:
            one.hear_until(now_ms)
            other.hear_until(now_ms)
            if view.public_view(one.ledger, now_ms=now_ms, deployment=DEPLOYMENT) != view.public_view(
                other.ledger, now_ms=now_ms, deployment=DEPLOYMENT
            ):
                raise Leak

    look()
    raise AssertionError(f"looked at {looked} pairs and saw no leak")
