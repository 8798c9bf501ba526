"""Numbers of people on duty, from the file beside the ledger: read again only when it was written."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path


class Phones:
    """Numbers by the word that a point gives as its duty phone.

    Parameters
    ----------
    read : reads the file; an empty mapping where there is none
    """

    def __init__(self, path: Path, read: Callable[[Path], Mapping[str, str]]) -> None:
        self._path = path
        self._read = read
        self._seen: tuple[int, int] | None = None
        self._numbers: Mapping[str, str] = {}

    def __call__(self, code: str) -> str:
        """A number; "" where there is none."""
        return self._numbers.get(code, "") if code else ""

    def refresh(self) -> None:
        """Look whether the file was written since."""
        try:
            facts = self._path.stat()
            seen = (facts.st_mtime_ns, facts.st_size)
        except OSError:
            seen = (0, 0)
        if seen != self._seen:
            self._numbers = self._read(self._path)
            self._seen = seen
