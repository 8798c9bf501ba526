"""Photos of entrances as published: ``photos/<SHA-256>.jpg``, the bytes that a person released and no others."""

from __future__ import annotations

import hashlib
from pathlib import Path

PHOTOS = "photos"


def photo_path(photo: str) -> str:
    """Path of a photo from the top of the published folder, by the 64 hex digits of its hash."""
    return f"{PHOTOS}/{photo}.jpg"


class PhotoFiles:
    """The photos that are kept here.

    Parameters
    ----------
    folder : of files named by the SHA-256 of their bytes; need not be there; None keeps none
    """

    def __init__(self, folder: Path | None) -> None:
        self._folder = folder
        self._right: set[str] = set()

    def find(self, photo: str) -> Path | None:
        """The file of a photo; None where it is not here, or its bytes are not those that its name says."""
        path = self._folder / f"{photo}.jpg" if self._folder is not None and photo else None
        if path is None or not path.is_file():
            return None
        if photo not in self._right:
            with path.open("rb") as file:
                if hashlib.file_digest(file, "sha256").hexdigest() != photo:
                    return None
            self._right.add(photo)
        return path
