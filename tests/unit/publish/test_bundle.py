"""What is written anew when something public changes, and how long it is (town: ``tests/bundles_drawn.py``)."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import replace

import pytest

from shanyrak.core.errors import InvalidInput
from shanyrak.facts.signing import Signer
from shanyrak.publish.bundle import BASE, DELTA, LIFE_S, MANIFEST, MOST_DELTA_BYTES, Signed, contents_of, encoded
from shanyrak.publish.bundle_reading import judged
from shanyrak.publish.bundle_signing import BundleRefused, deflate, inflate, opened, sealed
from shanyrak.publish.model import PointStatus, PublicView, Visitors
from tests.bundles_drawn import EVENING, OTHER, SIGNER, large_town, little_town, point, saying

OPEN = PointStatus("open", EVENING + 1, "duty")


def published(
    view: PublicView, before: Signed | None = None, signer: Signer = SIGNER, keys: Collection[bytes] | None = None
) -> Signed:
    return encoded(view, contents_of(view), None, signer=signer, keys=keys or [signer.public], before=before)


def renewed(before: Signed, after: Signed) -> set[str]:
    return {path for path in (MANIFEST, BASE, DELTA) if before.files[path] != after.files[path]}


# versions and what carries them --------------------------------------------------------------------------------------
def test_the_first_publication_has_a_base_with_an_empty_delta() -> None:
    first = published(little_town())
    assert first.version == first.status_version == EVENING * 60
    assert first.delta["set"] == [] and first.delta["base"] == first.base["version"]
    assert first.manifest["expires_s"] == EVENING * 60 + LIFE_S


def test_equal_views_give_equal_bytes() -> None:
    first = published(little_town())
    assert published(little_town()).files == first.files
    later = saying(little_town(), EVENING + 1, c=OPEN)
    assert published(later, first).files == published(later, published(little_town())).files


def test_what_is_published_already_is_not_written_again() -> None:
    first = published(little_town())
    assert published(little_town(), first) is first


def test_a_word_about_a_point_writes_the_delta_alone() -> None:
    first = published(little_town())
    second = published(saying(little_town(), EVENING + 1, c=OPEN), first)
    assert renewed(first, second) == {DELTA}
    assert second.delta["set"] == [[2, "od-", 0]]  # said in this very minute
    assert second.status_version == first.version + 60


def test_two_words_in_one_minute_have_two_versions() -> None:
    first = published(little_town())
    second = published(saying(little_town(), EVENING, c=OPEN), first)
    third = published(saying(little_town(), EVENING, c=replace(OPEN, state="closed")), second)
    assert (second.version, third.version) == (first.version + 1, first.version + 2)


def test_the_quarter_of_an_hour_is_told_though_nothing_was_said() -> None:
    first = published(little_town())
    second = published(replace(little_town(), as_of_at_min=EVENING + 15), first)
    assert renewed(first, second) == {DELTA}
    assert second.delta["set"] == []
    assert second.status().points == first.status().points


def test_a_word_taken_back_leaves_nothing_in_the_delta() -> None:
    first = published(little_town())
    second = published(saying(little_town(), EVENING + 1, c=OPEN), first)
    third = published(replace(little_town(), as_of_at_min=EVENING + 2), second)
    assert third.delta["set"] == [] and third.version > second.version


def test_a_new_point_writes_points_base_and_manifest() -> None:
    first = published(little_town())
    more = little_town()
    more = replace(more, points=(*more.points, point("d")), status={**more.status, "d" * 64: PointStatus()})
    second = published(more, first)
    assert renewed(first, second) == {MANIFEST, BASE, DELTA}
    assert second.base["points"] != first.base["points"]
    assert second.manifest["points"] == 4


def test_once_a_day_all_is_signed_anew_so_that_nothing_expires() -> None:
    first = published(little_town())
    # EVENING is 21:20: 2 h 40 min later it is midnight
    assert renewed(first, published(replace(little_town(), as_of_at_min=EVENING + 159), first)) == {DELTA}
    midnight = published(replace(little_town(), as_of_at_min=EVENING + 160), first)
    assert renewed(first, midnight) == {MANIFEST, BASE, DELTA}
    assert midnight.manifest["expires_s"] == (EVENING + 160) * 60 + LIFE_S


def test_when_the_keys_change_nothing_stays_that_an_old_key_signed() -> None:
    first = published(little_town())
    second = published(little_town(), first, signer=OTHER)
    assert renewed(first, second) == {MANIFEST, BASE, DELTA}
    for kind, path in (("manifest", MANIFEST), ("base", BASE), ("delta", DELTA)):
        judged(second.files[path], kind, keys=[OTHER.public.hex()])
        with pytest.raises(BundleRefused, match="not signed"):
            judged(second.files[path], kind, keys=[SIGNER.public.hex()])


def test_a_clock_set_back_does_not_turn_versions_back() -> None:
    first = published(little_town())
    second = published(saying(little_town(), EVENING - 600, c=OPEN), first)
    assert second.version == first.version + 1
    assert second.delta["as_of_at_min"] == EVENING


def test_the_choice_between_base_and_delta_knows_the_public_past_only() -> None:
    first = published(little_town())
    by_way = published(saying(little_town(), EVENING + 1, a=PointStatus()), first)
    there = saying(little_town(), EVENING + 5, c=OPEN)
    one, other = published(there, first), published(there, by_way)
    assert one.base == other.base and one.delta["set"] == other.delta["set"]


# budgets ------------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("seed", range(5))
def test_a_base_of_1400_points_has_at_most_8_kilobytes(seed: int) -> None:
    assert len(published(large_town(1_400, seed)).files[BASE]) <= 8_000


@pytest.mark.parametrize("count", [1, 5, 20, 60, 300])
def test_a_delta_has_at_most_500_bytes_however_many_words_there_are(count: int) -> None:
    view = large_town(1_400, 7)
    first = published(view)
    words = {one.id: replace(OPEN, visitors=Visitors(open=k)) for k, one in enumerate(view.points[::4][:count])}
    second = published(replace(view, as_of_at_min=EVENING + 3, status={**view.status, **words}), first)
    assert len(second.files[DELTA]) <= MOST_DELTA_BYTES
    assert second.status().points == tuple((view.status | words)[one.id] for one in view.points)
    if count == 5:
        assert renewed(first, second) == {DELTA}
    if count == 300:
        assert renewed(first, second) == {BASE, DELTA}


# bytes that nobody should trust --------------------------------------------------------------------------------------
def test_a_small_file_cannot_fill_the_memory() -> None:
    bomb = deflate(bytes(300_000_000))
    assert len(bomb) < 400_000
    with pytest.raises(BundleRefused, match="more than"):
        inflate(bomb, 1_000_000)


def test_exactly_as_much_as_is_allowed_is_inflated() -> None:
    assert inflate(deflate(b"x" * 1000), 1000) == b"x" * 1000
    with pytest.raises(BundleRefused):
        inflate(deflate(b"x" * 1001), 1000)


@pytest.mark.parametrize("change", [lambda d: d[:-1], lambda d: d + b"\0", lambda d: b"", lambda d: d + bytes(262_144)])
def test_a_file_that_is_cut_or_goes_on_is_damaged(change: Callable[[bytes], bytes]) -> None:
    good = sealed({"f": 1, "t": "base", "net": "aa"}, SIGNER)
    assert opened(good, "base")[0]["net"] == "aa"
    with pytest.raises(BundleRefused) as refused:
        opened(change(good), "base")
    assert refused.value.code == "damaged"


def test_text_that_has_no_canonical_form_is_not_published() -> None:
    with pytest.raises(InvalidInput, match="NFC"):
        published(replace(little_town(), operator="и\u0306"))
