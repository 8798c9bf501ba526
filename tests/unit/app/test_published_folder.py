"""A published folder on disk: whole at every moment, and without a trace of anything but what is public."""

from __future__ import annotations

import errno
import os
from dataclasses import replace
from pathlib import Path

import pytest

from shanyrak.app.published_folder import KEPT_S, PublishedFolder, list_of_pages
from shanyrak.core.errors import InvalidInput, Unavailable
from shanyrak.publish.bundle import BASE, DELTA, MANIFEST, Signed, content, contents_of, encoded
from shanyrak.publish.bundle_reading import read_bundle
from shanyrak.publish.model import PointStatus, PublicView
from tests.bundles_drawn import EVENING, NET, SIGNER, little_town, point, saying

PAGES = {"index.html": b"<p>here", "uk/p/a.html": b"<p>a"}


def put(root: Path, view: PublicView, pages: dict[str, bytes] = PAGES) -> tuple[Signed, list[str]]:
    folder = PublishedFolder(root, NET)
    folder.refuse_foreign()
    before = folder.signed()
    contents = [*contents_of(view), content("pages", "z", list_of_pages(pages))]
    signed = encoded(view, contents, None, signer=SIGNER, keys=[SIGNER.public], before=before)
    return signed, folder.write(contents, signed, pages, before)


def files(root: Path) -> dict[str, tuple[bytes, float]]:
    return {
        path.relative_to(root).as_posix(): (path.read_bytes(), path.stat().st_mtime)
        for path in sorted(root.rglob("*"))
        if path.is_file()
    }


def read(root: Path) -> PublicView:
    return read_bundle(lambda path: (root / path).read_bytes(), net=NET, keys=[SIGNER.public.hex()]).view


def with_a_fourth(view: PublicView, at_min: int) -> PublicView:
    more = {**view.status, "d" * 64: PointStatus()}
    return replace(view, points=(*view.points, point("d")), status=more, as_of_at_min=at_min)


def test_a_folder_can_be_read_again(tmp_path: Path) -> None:
    put(tmp_path / "new" / "folder", little_town())
    assert read(tmp_path / "new" / "folder") == little_town()


def test_equal_views_make_equal_folders_down_to_the_times_of_files(tmp_path: Path) -> None:
    for name in ("one", "other"):
        put(tmp_path / name, little_town())
        put(tmp_path / name, saying(little_town(), EVENING + 1, c=PointStatus("open", EVENING + 1, "duty")))
    assert files(tmp_path / "one") == files(tmp_path / "other")
    assert {at for _, at in files(tmp_path / "one").values()} == {EVENING * 60, EVENING * 60 + 60}


def test_nothing_is_touched_where_nothing_changed(tmp_path: Path) -> None:
    put(tmp_path, little_town())
    before = {path: (tmp_path / path).stat().st_ino for path in files(tmp_path)}
    _, written = put(tmp_path, little_town())
    assert written == []
    assert {path: (tmp_path / path).stat().st_ino for path in files(tmp_path)} == before


def test_what_nothing_names_any_more_goes_after_an_hour(tmp_path: Path) -> None:
    first, _ = put(tmp_path, little_town())
    old = first.manifest["files"]["points"]["path"]
    put(tmp_path, with_a_fourth(little_town(), EVENING + 15))
    put(tmp_path, with_a_fourth(little_town(), EVENING + 15 + KEPT_S // 60 - 1))
    assert (tmp_path / old).is_file()
    put(tmp_path, with_a_fourth(little_town(), EVENING + 15 + KEPT_S // 60))
    assert not (tmp_path / old).exists()
    assert read(tmp_path).points == with_a_fourth(little_town(), 0).points


def test_pages_that_are_gone_are_removed_with_their_folder_and_other_files_are_left(tmp_path: Path) -> None:
    put(tmp_path, little_town())
    (tmp_path / "robots.txt").write_text("of whoever serves it")
    put(tmp_path, replace(little_town(), as_of_at_min=EVENING + 15), {"index.html": b"<p>here"})
    assert not (tmp_path / "uk").exists()
    assert (tmp_path / "robots.txt").is_file()


@pytest.mark.parametrize("name", ["holiday.jpg", "index.html", "data/points.z"])
def test_a_folder_of_somebody_else_is_refused_and_left_alone(tmp_path: Path, name: str) -> None:
    (tmp_path / name).parent.mkdir(exist_ok=True)
    (tmp_path / name).write_text("mine")
    with pytest.raises(InvalidInput, match="other files"):
        put(tmp_path, little_town())
    assert list(files(tmp_path)) == [name]


def test_a_file_in_place_of_a_folder_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("mine")
    with pytest.raises(InvalidInput, match="it is a file"):
        put(tmp_path / "file", little_town())


def test_the_folder_of_another_network_is_refused(tmp_path: Path) -> None:
    put(tmp_path, little_town())
    with pytest.raises(InvalidInput, match="another network"):
        PublishedFolder(tmp_path, "00" * 32).refuse_foreign()


def test_a_damaged_signed_file_is_written_anew(tmp_path: Path) -> None:
    put(tmp_path, little_town())
    (tmp_path / BASE).write_bytes(b"torn")
    put(tmp_path, little_town())
    assert read(tmp_path) == little_town()


# full disk, cut of power --------------------------------------------------------------------------------------------
def test_a_full_disk_leaves_the_old_copy_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    put(tmp_path, little_town())
    before = files(tmp_path)
    sound = os.fsync
    for room in range(4):  # files that still fit
        left = [room]

        def fsync(handle: int, left: list[int] = left) -> None:
            left[0] -= 1
            if left[0] < 0:
                raise OSError(errno.ENOSPC, "No space left on device")
            sound(handle)

        with monkeypatch.context() as patched:
            patched.setattr(os, "fsync", fsync)
            with pytest.raises(Unavailable, match="stays as it is"):
                put(tmp_path, with_a_fourth(little_town(), EVENING + 15))
        assert files(tmp_path) == before
        assert read(tmp_path) == little_town()
    put(tmp_path, with_a_fourth(little_town(), EVENING + 15))
    assert len(read(tmp_path).points) == 4


def test_a_stop_between_any_two_renames_leaves_what_a_phone_can_open(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class PowerCutError(BaseException):
        pass

    rename = os.replace
    later = with_a_fourth(little_town(), EVENING + 15)
    for renames in range(7):  # points, pages, base, delta, manifest, two pages
        root = tmp_path / str(renames)
        put(root, little_town())
        left = [renames]

        def replaced(draft: Path, target: Path, left: list[int] = left) -> None:
            left[0] -= 1
            if left[0] < 0:
                raise PowerCutError
            rename(draft, target)

        with monkeypatch.context() as patched:
            patched.setattr(os, "replace", replaced)
            with pytest.raises(PowerCutError):
                put(root, later, {**PAGES, "index.html": b"<p>four", "uk/p/d.html": b"<p>d"})
        assert read(root).points in (little_town().points, later.points)
        put(root, later, PAGES)
        assert read(root) == later
        assert {path for path in files(root) if not path.startswith("data/")} == set(PAGES)


def test_an_interrupted_first_publication_is_gone_on_with(tmp_path: Path) -> None:
    put(tmp_path / "whole", little_town())
    for path in files(tmp_path / "whole"):
        if path.startswith("data/") and path not in (MANIFEST, DELTA):
            (tmp_path / "part" / path).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / "part" / path).write_bytes((tmp_path / "whole" / path).read_bytes())
    put(tmp_path / "part", little_town())
    assert read(tmp_path / "part") == little_town()
