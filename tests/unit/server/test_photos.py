"""Photos: pixels only, for people of the network."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from PIL import Image

from shanyrak.app.album import Album
from shanyrak.app.photos import SIDE_PX, strip
from shanyrak.core.errors import InvalidInput
from shanyrak.server.photos import photos_in
from tests.ledgers import empty_ledger
from tests.unit.server.people import Town

PHOTOS = "/api/v1/photos"
ORIENTATION, GPS = 0x0112, 0x8825


def photo(size: tuple[int, int] = (40, 20), *, form: str = "JPEG", turned: int = 1) -> bytes:
    """Left half red, right half blue, with the place and the camera written into it."""
    image = Image.new("RGB", size, "blue")
    image.paste("red", (0, 0, size[0] // 2, size[1]))
    exif = Image.Exif()
    exif[ORIENTATION] = turned
    exif[0x010F] = "Camera of Petro"
    exif.get_ifd(GPS)[1] = "N"
    out = io.BytesIO()
    image.save(out, form, exif=exif, comment=b"at home", **({"quality": 95} if form != "PNG" else {}))
    return out.getvalue()


@pytest.fixture
def town(tmp_path: Path) -> Town:
    return Town(tmp_path, photos_in(tmp_path / "photos"))


@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP"])
def test_nothing_but_pixels_is_kept(form: str) -> None:
    made = strip(photo(form=form))
    with Image.open(io.BytesIO(made)) as image:
        assert image.format == "JPEG" and dict(image.getexif()) == {} and "comment" not in image.info
    assert b"Petro" not in made and b"home" not in made and b"Exif" not in made


def test_it_stands_the_way_the_phone_was_held() -> None:
    # 6: the camera was turned right, so the picture is turned by 90 degrees to the right: red comes to the top.
    with Image.open(io.BytesIO(strip(photo(turned=6)))) as image:
        assert image.size == (20, 40)
        red, _, blue = image.getpixel((10, 5))  # type: ignore[misc]
        assert red > 200 > 60 > blue


def test_a_large_one_becomes_small() -> None:
    with Image.open(io.BytesIO(strip(photo((4000, 2000))))) as image:
        assert image.size == (SIDE_PX, SIDE_PX // 2)


@pytest.mark.parametrize(
    "data",
    [b"", b"no picture", photo()[:200], b"GIF89a" + b"\0" * 40, b"<svg xmlns='http://www.w3.org/2000/svg'/>"],
    ids=["nothing", "text", "cut", "gif", "svg"],
)
def test_what_is_no_photo_is_refused_in_words(data: bytes) -> None:
    with pytest.raises(InvalidInput, match="cannot be read as a photo"):
        strip(data)


def test_a_small_file_with_endless_pixels_is_refused() -> None:
    out = io.BytesIO()
    Image.new("1", (10_000, 7_000)).save(out, "PNG")
    assert len(out.getvalue()) < 20_000
    with pytest.raises(InvalidInput, match="too many pixels"):
        strip(out.getvalue())


def test_a_host_sends_one_and_the_desk_sees_it(town: Town) -> None:
    host, desk = town.somebody("Petro", "host", town.school), town.somebody("Olena", "desk")
    host.sign_in()
    desk.sign_in()
    kept = host.browser.post(PHOTOS, content=photo())
    assert kept.status_code == 201
    again = host.browser.post(PHOTOS, content=photo())
    assert again.json() == kept.json(), "the same photo is one file"
    seen = desk.get(f"{PHOTOS}/{kept.json()['hash']}")
    assert seen.status_code == 200 and seen.headers["content-type"] == "image/jpeg"
    assert "private" in seen.headers["cache-control"]


def test_nobody_else_sends_or_sees_any(town: Town) -> None:
    host = town.somebody("Petro", "host", town.school)
    host.sign_in()
    name = host.browser.post(PHOTOS, content=photo()).json()["hash"]
    stranger = town.somebody("stranger")
    assert stranger.browser.post(PHOTOS, content=photo()).status_code == 401
    assert stranger.get(f"{PHOTOS}/{name}").status_code == 401
    assert host.get(f"{PHOTOS}/{'0' * 64}").status_code == 404
    assert host.get(f"{PHOTOS}/..%2Finvites").status_code == 404
    assert host.browser.post(PHOTOS, content=b"text").status_code == 400


# looked at, released, erased ------------------------------------------------------------------------------------
def said_of(town: Town, thing: bytes, hash: str) -> bytes:
    return town.ledger.say("point.described", {"photo": hash}, about=thing).id


def test_a_photo_waits_until_it_is_released_and_is_gone_when_taken_back(town: Town) -> None:
    album, say = Album(town.ledger), town.ledger.say

    def waits() -> list[str]:
        found = album.photos()
        assert [(one.row.id, one.released) for one in found] == [
            (one.row.id, one.released) for one in Album(town.ledger).photos()
        ], "followed is as good as read anew"
        return [one.hash for one in found if not one.released]

    door, hall = "a" * 64, "b" * 64
    assert waits() == []
    first = said_of(town, town.school, door)
    say("point.described", {"photo": hall, "seats": 4}, about=town.hall)
    assert waits() == [door, hall]
    assert [one.alone for one in album.photos()] == [True, False]
    say("release.decided", {"releases": ["photo"], "hash": hall}, about=town.hall)
    say("release.decided", {"releases": ["words"]}, about=town.school)
    assert waits() == [door]
    say("body.withheld", {"fact": first.hex(), "reason": "personal"}, about=town.school)
    assert waits() == []
    assert [one.hash for one in album.photos()] == [hall]


def test_what_a_revoked_phone_showed_does_not_wait(town: Town) -> None:
    host = town.somebody("Petro", "host", town.school)
    album = Album(town.ledger)
    phone = empty_ledger("Petro", now_ms=town.clock)
    phone.accept([row.fact for _, row in town.ledger.store.arrived()])
    phone.say("point.described", {"photo": "a" * 64}, about=town.school)
    assert phone.signer is not None and phone.signer.public == host.key
    town.ledger.say("device.revoked", {"key": host.key.hex(), "cause": "stolen"}, about=town.school, scope=town.school)
    town.ledger.accept([row.fact for _, row in phone.store.arrived()])
    assert album.photos() == []


def test_the_desk_erases_what_was_said_where_it_serves_and_nobody_else_does(town: Town, tmp_path: Path) -> None:
    host = town.somebody("Petro", "host", town.school)
    centre, harbour = town.somebody("Olena", "desk", town.centre), town.somebody("Ivan", "desk", town.harbour)
    for one in (host, centre, harbour):
        one.sign_in()
    name = host.browser.post(PHOTOS, content=photo()).json()["hash"]
    assert centre.browser.delete(f"{PHOTOS}/{name}").status_code == 404, "nobody said yet what it shows"
    said_of(town, town.school, name)
    assert host.browser.delete(f"{PHOTOS}/{name}").status_code == 403
    assert harbour.browser.delete(f"{PHOTOS}/{name}").status_code == 404
    said_of(town, town.pier, name)
    assert centre.browser.delete(f"{PHOTOS}/{name}").status_code == 404, "it shows what another desk serves as well"
    everywhere = town.somebody("Anna", "desk")
    everywhere.sign_in()
    assert everywhere.browser.delete(f"{PHOTOS}/{name}").status_code == 204
    assert everywhere.browser.delete(f"{PHOTOS}/{name}").status_code == 204, "once more does no harm"
    assert host.get(f"{PHOTOS}/{name}").status_code == 404
    assert list((tmp_path / "photos").iterdir()) == []
