"""What must not be used is refused and said so, in words; the copy on the phone stays in use."""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import expect

from shanyrak.facts.signing import Signer
from shanyrak.publish.bundle import BASE, DELTA, MANIFEST
from shanyrak.publish.bundle_signing import opened, sealed
from tests.browser.conftest import Site
from tests.browser.finder import Person, Static, static

pytestmark = pytest.mark.browser
Somebody = Callable[..., Person]


def own_signer(site: Site) -> Signer:
    """The key of the headquarters whose folder it is."""
    return Signer(bytes.fromhex((site.home / "demo-network" / "device.key").read_text().split()[0]))


def forged(site: Site, folder: Path) -> None:
    """A stranger signs a list of their own under the same net."""
    stranger = Signer(bytes(32))
    for path, what in ((MANIFEST, "manifest"), (BASE, "base"), (DELTA, "delta")):
        payload = opened((folder / path).read_bytes(), what)[0]
        newer = {**payload, "version": payload["version"] + 1000}
        if what == "manifest":
            newer["keys"] = [stranger.public.hex()]
        (folder / path).write_bytes(sealed(newer, stranger))


def damaged(site: Site, folder: Path) -> None:
    data = bytearray((folder / MANIFEST).read_bytes())
    data[20] ^= 1  # one bit of the signature
    (folder / MANIFEST).write_bytes(data)


def changed(site: Site, folder: Path, **members: int) -> None:
    """Headquarters' own key signs the manifest with other members."""
    signer = own_signer(site)
    for path, what in ((MANIFEST, "manifest"), (BASE, "base"), (DELTA, "delta")):
        payload = opened((folder / path).read_bytes(), what)[0]
        more = {name: value + payload[name] if name == "version" else value for name, value in members.items()}
        if what == "delta" and "version" in more:
            more["base"] = payload["base"] + members["version"]
        (folder / path).write_bytes(sealed({**payload, **more}, signer))


def rolled_back(site: Site, folder: Path) -> None:
    changed(site, folder, version=-1000)


def expired(site: Site, folder: Path) -> None:
    changed(site, folder, expires_s=int(time.time()) - 60)


@pytest.mark.parametrize(
    ("tamper", "told"), [(forged, "refused.forged"), (rolled_back, "refused.rolled_back"), (expired, "refused.expired")]
)
def test_a_bad_copy_is_refused_and_the_saved_one_stays_in_use(
    site: Site, tmp_path: Path, person: Somebody, tamper: Callable[[Site, Path], None], told: str
) -> None:
    folder = tmp_path / "public"
    shutil.copytree(site.folder, folder)
    with static(folder) as server:
        one = person().open(server.address)
        one.search()
        first = one.heading.inner_text()
        one.kept_offline()
        tamper(site, folder)
        # What asks first is the small delta; a day later everything is asked for: here at once, without the delta.
        one.page.reload()
        expect(one.heading).to_have_text(first)
        one.at("#/saved")
        expect(one.page.get_by_role("alert").get_by_role("heading", name=one.t(told))).to_be_visible()
        kept = one.t("refused.kept", time="").split(":")[0]
        expect(one.page.get_by_role("alert").get_by_text(kept)).to_be_visible()
        one.at("#/")
        expect(one.page.get_by_role("alert").get_by_role("heading", name=one.t(told))).to_be_visible()
        one.search()
        assert one.heading.inner_text() == first


@pytest.mark.parametrize(("tamper", "told"), [(damaged, "refused.forged"), (expired, "refused.expired")])
def test_on_a_first_visit_nothing_of_a_bad_copy_is_shown(
    site: Site, tmp_path: Path, person: Somebody, tamper: Callable[[Site, Path], None], told: str
) -> None:
    folder = tmp_path / "public"
    shutil.copytree(site.folder, folder)
    tamper(site, folder)
    with static(folder) as server:
        one = person()
        one.page.goto(f"{server.address}app/index.html")
        expect(one.page.get_by_role("alert").get_by_role("heading", name=one.t(told))).to_be_visible()
        one.page.get_by_role("searchbox").fill("Паркова")
        expect(one.page.get_by_role("search").get_by_role("status")).not_to_be_empty()
        assert one.page.get_by_role("search").get_by_role("listitem").count() == 0


def test_a_code_of_another_key_at_the_door_refuses_what_headquarters_did_not_sign(
    site: Site, elsewhere: Static, person: Somebody
) -> None:
    net = opened((site.folder / MANIFEST).read_bytes(), "manifest")[0]["net"]
    one = person()
    one.page.goto(f"{elsewhere.address}app/index.html#net={net}&key={Signer(bytes(32)).public.hex()}")
    expect(one.page.get_by_role("alert").get_by_role("heading", name=one.t("refused.forged"))).to_be_visible()
    other = person()
    other.page.goto(f"{elsewhere.address}app/index.html#net={'0' * 64}&key={own_signer(site).public.hex()}")
    expect(other.page.get_by_role("alert").get_by_role("heading", name=one.t("refused.other_network"))).to_be_visible()
