"""Photos of entrances: published are the bytes that were released, and nothing under their name."""

from __future__ import annotations

from hashlib import sha256
from pathlib import Path

from shanyrak.publish.photos import PhotoFiles, photo_path

JPEG = b"\xff\xd8\xff\xe0 the door \xff\xd9"
HASH = sha256(JPEG).hexdigest()


def test_a_photo_that_is_kept_is_found(tmp_path: Path) -> None:
    (tmp_path / f"{HASH}.jpg").write_bytes(JPEG)
    assert PhotoFiles(tmp_path).find(HASH) == tmp_path / f"{HASH}.jpg"
    assert photo_path(HASH) == f"photos/{HASH}.jpg"


def test_one_that_is_not_here_is_not_found(tmp_path: Path) -> None:
    assert PhotoFiles(tmp_path).find(HASH) is None
    assert PhotoFiles(tmp_path / "never made").find(HASH) is None
    assert PhotoFiles(None).find(HASH) is None
    assert PhotoFiles(tmp_path).find("") is None


def test_other_bytes_under_its_name_are_not_published(tmp_path: Path) -> None:
    (tmp_path / f"{HASH}.jpg").write_bytes(JPEG + b"more")
    assert PhotoFiles(tmp_path).find(HASH) is None
