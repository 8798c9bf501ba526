"""Photos from a phone at the door to the public page and the giver's: nobody sees one before somebody looked at it."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Browser, expect

from shanyrak import wiring_public
from tests.browser.desk import Desk, Town, copied, served_town
from tests.browser.duty import Phone
from tests.conftest import Demo

pytestmark = [pytest.mark.browser, pytest.mark.slow]
MAKER, DESCRIPTION, GPS = 0x010F, 0x010E, 0x8825


@pytest.fixture
def town(demo: Demo, tmp_path: Path) -> Iterator[Town]:
    with served_town(copied(demo.home, tmp_path / "photo-home")) as town:
        yield town


@pytest.fixture
def at_desk(chromium: Browser) -> Iterator[Callable[..., Desk]]:
    desks: list[Desk] = []

    def somebody(language: str = "uk") -> Desk:
        desks.append(Desk(chromium, language))
        return desks[-1]

    yield somebody
    for one in desks:
        one.context.close()
    assert [one.complaints for one in desks if one.complaints] == []


def camera(file: Path, colour: str = "orange") -> Path:
    """A photo as a phone writes it: 4,000 x 3,000, with the place and the camera beside the pixels."""
    image = Image.new("RGB", (4000, 3000), colour)
    image.paste("navy", (500, 500, 1500, 2500))  # a door
    exif = Image.Exif()
    exif[MAKER], exif[DESCRIPTION] = "Camera of Petro", "at home"
    exif.get_ifd(GPS)[1] = "N"
    image.save(file, "JPEG", quality=90, exif=exif, comment=b"at home")
    return file


def bare(data: bytes) -> Image.Image:
    """The picture, of which nothing is left but pixels."""
    for word in (b"Petro", b"at home", b"Exif", b"GPS"):
        assert word not in data
    image = Image.open(io.BytesIO(data))
    assert image.format == "JPEG" and dict(image.getexif()) == {} and "comment" not in image.info
    assert max(image.size) == 1600
    return image


def hashes(town: Town) -> list[str]:
    return [one["photo"] for one in town.said("point.described") if "photo" in one]


def keep(phone: Phone, file: Path) -> None:
    """On the phone: choose, look, tick, send."""
    phone.go("photo")
    phone.page.locator(".photo-take input[type=file]").set_input_files(file)
    expect(phone.page.locator("img.photo")).to_be_visible()
    assert phone.button("app.send").is_disabled(), "nobody sends what they did not look at"
    phone.page.get_by_label(phone.t("photo.sure")).check()
    phone.button("app.send").click()
    expect(phone.page.locator("[data-photo=phone]")).to_be_visible()
    phone.go("now")


def test_a_photo_waits_offline_goes_once_is_released_and_seen_by_everybody_and_the_giver(
    chromium: Browser, town: Town, at_desk: Callable[..., Desk], tmp_path: Path
) -> None:
    hall = town.points["Зал"]
    pledge = town.ledger.say("pledge.made", {"what": "yurt", "publish": "nothing"}).id
    kit = town.ledger.say("kit.assembled", {"names": {"uk": "Юрта Айгерім"}, "pledges": [pledge.hex()]}).id
    town.ledger.say("kit.erected", {"point": hall.hex()}, about=kit)
    phone = Phone(chromium).join(town.invite("host", hall))
    phone.page.wait_for_function("navigator.serviceWorker.controller !== null || navigator.serviceWorker.ready")
    phone.page.reload()
    phone.waits(0)
    sent: list[bytes] = []
    phone.page.on(
        "request",
        lambda r: sent.append(r.post_data_buffer or b"") if r.method == "POST" and r.url.endswith("/photos") else None,
    )
    phone.context.set_offline(True)
    keep(phone, camera(tmp_path / "door.jpg"))
    phone.page.reload()  # the phone went dark meanwhile
    phone.waits(1)
    phone.stands(phone=1)
    phone.context.set_offline(False)
    phone.waits(0)
    phone.stands(headquarters=1)
    expect(phone.page.locator("[data-photo]")).to_have_count(0)
    town.until(lambda: hashes(town) != [])
    (hash,) = hashes(town)
    carried = [one for one in sent if one]
    assert len(carried) == 1
    bare(carried[0])  # what the camera wrote is gone before it leaves the phone

    # Nobody outside has it, whatever they know.
    public = town.network.root / "public"
    stranger = chromium.new_context(viewport={"width": 360, "height": 740})
    page = stranger.new_page()
    for path in (f"photos/{hash}.jpg", f"api/v1/photos/{hash}"):
        assert page.request.get(town.address + path).status in (401, 404), path
    assert not (public / "photos").exists()
    giver = wiring_public.giver_link(pledge.hex(), at=town.address.rstrip("/"), demo=False)["link"]
    assert page.request.get(f"{giver}/{hash}.jpg").status == 404
    page.goto(giver)
    assert page.locator("img").count() == 0

    desk = at_desk().join(town.invite("desk", name="Оксана"))
    desk.todo("photo", "Зал").click()
    shown = desk.page.locator("[data-detail='photo'] img.photo")
    expect(shown).to_be_visible()
    assert shown.evaluate("one => one.naturalWidth") == 1600
    desk.button("photo.release").click()
    desk.button("photo.release_sure").click()
    desk.until_sent()
    town.until(lambda: (public / "photos" / f"{hash}.jpg").is_file())
    expect(desk.todo("photo")).to_have_count(0)

    # The plain page of the place, the file beside it, the giver's page.
    bare(page.request.get(f"{town.address}photos/{hash}.jpg").body())
    town.until(lambda: hash in page.request.get(f"{town.address}uk/p/{hall.hex()[:10]}.html").text())
    page.goto(f"{town.address}uk/p/{hall.hex()[:10]}.html")
    door = page.locator(f"img[src$='{hash}.jpg']")
    door.scroll_into_view_if_needed()
    page.wait_for_function("document.querySelector('img').naturalWidth === 1600")
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    page.goto(giver)
    page.wait_for_function("document.querySelector('figure img').naturalWidth === 1600")
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    stranger.close()
    phone.context.close()


def test_a_photo_on_which_somebody_can_be_recognised_is_erased_everywhere(
    chromium: Browser, town: Town, at_desk: Callable[..., Desk], tmp_path: Path
) -> None:
    """One is refused at once; another is released, recognised, and taken back."""
    hall = town.points["Зал"]
    phone = Phone(chromium).join(town.invite("host", hall))
    phone.waits(0)
    desk = at_desk("en").join(town.invite("desk", name="Оксана"))
    keep(phone, camera(tmp_path / "face.jpg"))
    desk.todo("photo", "Hall").click()
    desk.button("photo.refuse").click()
    desk.button("photo.refuse_sure").click()
    desk.until_sent()
    expect(desk.todo("photo")).to_have_count(0)
    town.until(lambda: hashes(town) == [])  # what was said of it is gone as well
    photos = town.network.root / "photos"
    assert list(photos.iterdir()) == []

    # The desk adds one itself: it waits like any other.
    desk.go("place", hall.hex())
    desk.page.locator("[data-photo-of]").set_input_files(camera(tmp_path / "door.jpg", "teal"))
    town.until(lambda: hashes(town) != [])
    (hash,) = hashes(town)
    bare((photos / f"{hash}.jpg").read_bytes())
    desk.go("todo")
    desk.todo("photo", "Hall").click()
    desk.button("photo.release").click()
    desk.button("photo.release_sure").click()
    file = town.network.root / "public" / "photos" / f"{hash}.jpg"
    town.until(file.is_file)
    desk.go("place", hall.hex())
    expect(desk.page.get_by_text(desk.t("photo.public"))).to_be_visible()
    desk.button("photo.refuse").click()
    desk.button("photo.refuse_sure").click()
    town.until(lambda: not (photos / f"{hash}.jpg").exists())
    town.until(lambda: not file.exists())
    assert desk.page.request.get(f"{town.address}photos/{hash}.jpg").status == 404
    phone.context.close()
