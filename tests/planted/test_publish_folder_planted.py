"""The test that published folders are equal must itself catch leaks beside the view: three are planted here."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from unittest import mock

import pytest
from hypothesis import HealthCheck, Phase, given, seed, settings

from shanyrak.app import publishing, towns
from shanyrak.app.publishing import Publisher
from shanyrak.app.towns import TownFiles
from shanyrak.publish import view_points
from shanyrak.publish.bundle import Content
from shanyrak.publish.model import PublicPoint, PublicView
from shanyrak.server import public_folder
from shanyrak.server.public_folder import PublicFolder, RawHeaders
from tests.property.test_publish_noninterference import files_of, published
from tests.twin_ledgers import Pair, World, twins

WORLDS = 6
POLICY: dict[str, RawHeaders] = {kind: [] for kind in ("data", "app", "offline", "page")}

Variant = Callable[[], AbstractContextManager[None]]


class Leak(Exception):
    """Two worlds equal in public terms were told apart."""


@contextmanager
def hidden_point_in_walk_table() -> Iterator[None]:
    """Walk tables are made of all points, also of those nobody may know."""
    real_contents = TownFiles.contents
    with _everything_seen() as seen:

        def contents(self: TownFiles, points: Sequence[PublicPoint], as_of_min: int) -> list[Content]:
            shown = real_contents(self, points, as_of_min)
            all_files = TownFiles(self.town)
            everything = real_contents(all_files, seen[-1].points, as_of_min)
            self._packs, self._asked = all_files._packs, ()
            return [one for one in shown if not one.role.startswith("walk-")] + [
                one for one in everything if one.role.startswith("walk-")
            ]

        with mock.patch.object(towns.TownFiles, "contents", contents):
            yield


@contextmanager
def hidden_name_in_street_page() -> Iterator[None]:
    """Pages by street are written from a list of points that nobody asked what may be shown of it."""
    real_pages = publishing.write_pages
    with _everything_seen() as seen:

        def pages(view: PublicView, town: Any, walks: Any, **more: Any) -> dict[str, bytes]:
            shown = {one.id for one in view.points}
            names = [one.names.get("en", "") for one in seen[-1].points if one.id not in shown]
            return {
                path: page + " ".join(names).encode() if b"Row 0 Street" in page else page
                for path, page in real_pages(view, town, walks, **more).items()
            }

        with mock.patch.object(publishing, "write_pages", pages):
            yield


@contextmanager
def etag_by_count() -> Iterator[None]:
    """The mark of a file counts the entries of the record, so that it surely changes."""
    count = 0
    real_publish, real_etag = Publisher.publish, public_folder.content_etag

    def publish(self: Publisher) -> publishing.Published:
        nonlocal count
        count = self._ledger.store.count()
        return real_publish(self)

    with (
        mock.patch.object(Publisher, "publish", publish),
        mock.patch.object(public_folder, "content_etag", lambda body: f"{real_etag(body)[:-1]}-{count}"),
    ):
        yield


@contextmanager
def _everything_seen() -> Iterator[list[PublicView]]:
    """Views with hidden points in them, made beside the real ones."""
    seen: list[PublicView] = []
    real = publishing.public_view

    def view(ledger: Any, **more: Any) -> PublicView:
        with mock.patch.object(view_points, "place_decided", lambda record, point, deployment: "public"):
            seen.append(real(ledger, **more))
        return real(ledger, **more)

    with mock.patch.object(publishing, "public_view", view):
        yield seen


@pytest.mark.slow
@pytest.mark.parametrize("variant", [hidden_point_in_walk_table, hidden_name_in_street_page, etag_by_count])
def test_a_leak_is_caught(variant: Variant) -> None:
    with variant(), pytest.raises(Leak):
        _look_at_pairs(WORLDS)


@pytest.mark.slow
def test_nothing_is_caught_where_nothing_is_broken() -> None:
    with pytest.raises(AssertionError, match="looked"):
        _look_at_pairs(1)


def _look_at_pairs(worlds: int) -> None:
    """Folders at three moments of each pair's day, and what a server says of each file."""
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
        with TemporaryDirectory() as scratch:
            worlds = [World(pair.public, secret) for secret in (pair.a, pair.b)]
            folders = [Path(scratch) / name for name in ("one", "other")]
            publishers = [published(world, folder) for world, folder in zip(worlds, folders, strict=True)]
            for now_ms in pair.moments[:: max(1, len(pair.moments) // 2)]:
                seen = []
                for world, publisher, folder in zip(worlds, publishers, folders, strict=True):
                    world.hear_until(now_ms)
                    publisher.publish()
                    seen.append(_served(folder))
                if seen[0] != seen[1]:
                    raise Leak

    look()
    raise AssertionError(f"looked at {looked} pairs and saw no leak")


def _served(folder: Path) -> list[object]:
    """Every file of a folder: path, bytes, headers plain and packed."""
    public = PublicFolder(folder, POLICY)
    found: list[object] = []
    for path, data, _ in files_of(folder):
        held = public.find(path)
        found.append((path, data, held and (held.headers, held.packed_headers, held.unchanged_headers)))
    return found
