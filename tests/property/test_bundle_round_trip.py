"""Whatever is public comes out of a bundle as it went in, by base and by delta."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from shanyrak.publish.bundle import contents_of, encoded
from shanyrak.publish.bundle_content import read_accounts, read_points, write_accounts, write_points
from shanyrak.publish.bundle_reading import read_bundle
from shanyrak.publish.bundle_status import Status, base_members, delta_members, read_base, read_delta
from shanyrak.publish.model import Account, PublicPoint, PublicView
from tests.bundles_drawn import SIGNER, accounts, notices, points, statuses, views


@given(st.lists(points, max_size=5))
def test_points(drawn: list[PublicPoint]) -> None:
    assert read_points(write_points(drawn)) == tuple(drawn)


@given(st.lists(accounts, max_size=3))
def test_accounts(drawn: list[Account]) -> None:
    assert read_accounts(write_accounts(drawn)) == tuple(drawn)


_moments = st.builds(
    Status,
    st.integers(0, 40_000_000),
    st.lists(statuses, min_size=6, max_size=6).map(tuple),
    st.sampled_from(("", "everyday", "outage", "blackout")),
    st.lists(notices, max_size=2).map(tuple),
)


@given(_moments)
def test_a_base(status: Status) -> None:
    assert read_base(base_members(status)) == status


@given(_moments, _moments)
def test_a_delta_leads_from_any_status_to_any_other(before: Status, after: Status) -> None:
    assert read_delta(before, delta_members(before, after)) == after


@given(views())
def test_a_whole_view(view: PublicView) -> None:
    contents = contents_of(view)
    signed = encoded(view, contents, None, signer=SIGNER, keys=[SIGNER.public], before=None)
    files = {one.path: one.data for one in contents} | signed.files
    found = read_bundle(lambda path: bytes(files[path]), net=view.net, keys=[SIGNER.public.hex()])  # type: ignore[arg-type]
    assert found.view == view
    assert found.signed == signed


@given(views(), st.data())
def test_a_whole_view_after_any_next_one(view: PublicView, data: st.DataObject) -> None:
    first = encoded(view, contents_of(view), None, signer=SIGNER, keys=[SIGNER.public], before=None)
    later = replace(
        view,
        as_of_at_min=view.as_of_at_min + data.draw(st.integers(0, 3_000)),
        status={one.id: data.draw(statuses) for one in view.points},
    )
    contents = contents_of(later)
    second = encoded(later, contents, None, signer=SIGNER, keys=[SIGNER.public], before=first)
    files = {one.path: one.data for one in contents} | second.files
    found = read_bundle(lambda path: bytes(files[path]), keys=[SIGNER.public.hex()])  # type: ignore[arg-type]
    assert found.view == later
    assert (second.version > first.version) == (later != view)
