"""Pages that would come out the same are not made again; nobody can tell from the bytes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest

from shanyrak.publish.model import PointStatus, PublicView
from shanyrak.publish.pages import rendering, write_pages
from shanyrak.publish.pages.rendering import KeptPages, Maker
from tests.unit.publish.pages.drawn import SCHOOL, STATUS, STREETS, YURT, many, small, small_walks, town


@pytest.fixture
def made(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Paths of the pages that were made from their templates, in order."""
    paths: list[str] = []
    make = Maker._page

    def noting(maker: Maker, template: str, path: str, *others: Any) -> bytes:
        paths.append(path)
        return make(maker, template, path, *others)

    monkeypatch.setattr(rendering.Maker, "_page", noting)
    return paths


def pages_of(view: PublicView, kept: KeptPages | None) -> Mapping[str, bytes]:
    return write_pages(view, town(STREETS), small_walks(), served=True, kept=kept)


def shut(view: PublicView, point: str) -> PublicView:
    """The same a minute later, when one point says that it closes."""
    now = view.as_of_at_min + 1
    status = {**view.status, point: PointStatus("closed", now, "duty")}
    return replace(view, status=status, as_of_at_min=now)


def test_what_is_kept_equals_what_is_made_anew() -> None:
    kept, before = KeptPages(), small()
    for view in (before, shut(before, SCHOOL.id), shut(before, YURT.id), before):
        assert pages_of(view, kept) == pages_of(view, None)


def test_nothing_new_makes_no_page(made: list[str]) -> None:
    kept = KeptPages()
    pages_of(small(), kept)
    made.clear()
    pages_of(small(), kept)
    assert made == []


def test_a_word_about_one_point_leaves_the_pages_of_others(made: list[str]) -> None:
    kept, view = KeptPages(), many(70)
    write_pages(view, None, None, kept=kept)
    everything = len(made)
    made.clear()
    told = view.points[0].id
    write_pages(shut(view, told), None, None, kept=kept)
    places = [path for path in made if "/p/" in path]
    assert any(told[:10] in path for path in places)
    # Its own page, and those that lead to it if they are shut, in each language.
    assert 0 < len(places) <= 15 * len(view.deployment.languages) < everything


def test_what_was_kept_before_the_last_publication_is_forgotten(made: list[str]) -> None:
    kept, view = KeptPages(), small()
    pages_of(view, kept)
    pages_of(replace(view, network="Another", operator="Another"), kept)
    pages_of(replace(view, network="Another", operator="Another"), kept)
    made.clear()
    pages_of(view, kept)
    assert made != []


def test_the_drawn_town_has_states_to_change() -> None:
    assert {SCHOOL.id, YURT.id} <= set(STATUS)
