"""Two ledgers that are equal in public terms have the same public view, at every moment of a day.

The pairs (``tests/twin_ledgers.py``) differ in counts, stock, hidden places, routes, needs, incidents,
deliveries, crowding between two lines of the grid, strangers' words, late reports, and in how much of all that
lies between two public words.
"""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import HealthCheck, given, settings

from shanyrak.app.publishing import Publisher
from shanyrak.publish.deployment import load_deployment
from shanyrak.publish.view import public_view
from tests.drawn_publishing import drawn_town
from tests.twin_ledgers import KYIV, Pair, World, renamed, twins

DEPLOYMENT = load_deployment()
TOWN = drawn_town(KYIV)
SLOWLY = [HealthCheck.too_slow, HealthCheck.data_too_large]


@settings(max_examples=6, deadline=None, suppress_health_check=SLOWLY)
@given(twins())
def test_the_view_is_equal_at_every_moment(pair: Pair) -> None:
    check_equal(pair, World(pair.public, pair.a), World(pair.public, pair.b))


@pytest.mark.slow
@settings(max_examples=80, deadline=None, suppress_health_check=SLOWLY)
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


@settings(max_examples=4, deadline=None, suppress_health_check=SLOWLY)
@given(twins())
def test_where_one_device_says_all_the_view_differs_in_ids_only(pair: Pair) -> None:
    # An entry names the one its device said before it, so its id tells that there was one; never what it said.
    one, other = World(pair.public, pair.a, one_device=True), World(pair.public, pair.b, one_device=True)
    for now_ms in pair.moments[::3]:
        one.hear_until(now_ms)
        other.hear_until(now_ms)
        views = [public_view(world.ledger, now_ms=now_ms, deployment=DEPLOYMENT) for world in (one, other)]
        assert renamed(views[0], one.names) == renamed(views[1], other.names)


def published(world: World, folder: Path) -> Publisher:
    """What keeps a folder up to date with a world's headquarters."""
    assert world.ledger.signer is not None
    return Publisher(
        world.ledger,
        TOWN,
        folder,
        signer=world.ledger.signer,
        deployment=DEPLOYMENT,
        now_ms=world.now_ms,
        seconds=lambda: 0.0,
    )


def files_of(folder: Path) -> list[tuple[str, bytes, int]]:
    """Everything in a folder: paths, bytes, and when each was written."""
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    return [(path.relative_to(folder).as_posix(), path.read_bytes(), path.stat().st_mtime_ns) for path in files]


def check_folders(pair: Pair, root: Path, step: int) -> None:
    """Publishes both worlds at the same moments."""
    worlds = [World(pair.public, pair.a), World(pair.public, pair.b)]
    folders = [root / name for name in ("one", "other")]
    publishers = [published(world, folder) for world, folder in zip(worlds, folders, strict=True)]
    for now_ms in pair.moments[::step]:
        for world in worlds:
            world.hear_until(now_ms)
        done = [publisher.publish() for publisher in publishers]
        assert (done[0].changed, done[0].version, done[0].files) == (done[1].changed, done[1].version, done[1].files)
        one, other = (files_of(folder) for folder in folders)
        assert [each[:2] for each in one] == [each[:2] for each in other]
        assert not publishers[0].publish().changed
        assert files_of(folders[0]) == one  # nothing was written anew


@settings(max_examples=1, deadline=None, suppress_health_check=SLOWLY)
@given(twins())
def test_the_published_folder_is_equal_byte_for_byte(pair: Pair) -> None:
    with TemporaryDirectory() as root:
        check_folders(pair, Path(root), 6)


@pytest.mark.slow
@settings(max_examples=6, deadline=None, suppress_health_check=SLOWLY)
@given(twins())
def test_the_published_folder_is_equal_byte_for_byte_at_every_moment(pair: Pair) -> None:
    with TemporaryDirectory() as root:
        check_folders(pair, Path(root), 1)
