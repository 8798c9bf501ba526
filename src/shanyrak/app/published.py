"""The published folder read back: what is answered as JSON is what everybody can read in the files, and no more."""

from __future__ import annotations

import logging
import os
import threading
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from shanyrak.publish.bundle import BASE, DELTA, MANIFEST
from shanyrak.publish.bundle_reading import ReadBundle, read_bundle
from shanyrak.publish.bundle_signing import BundleRefused
from shanyrak.publish.model import Deployment, PublicView

_SIGNED = (MANIFEST, BASE, DELTA)
_log = logging.getLogger(__name__)


class Published:
    """What a folder has at the moment. A folder that cannot be read leaves what was read before in force.

    Parameters
    ----------
    folder : need not be there yet
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._turn = threading.Lock()
        self._seen: tuple[tuple[int, ...], ...] = ()
        self._bundle: ReadBundle | None = None
        self._ids: frozenset[str] = frozenset()

    def view(self) -> PublicView | None:
        """The public view that the folder was made of last; None before the first time."""
        bundle = self._current()
        return bundle.view if bundle is not None else None

    def manifest(self) -> Mapping[str, Any] | None:
        """The payload of the manifest."""
        bundle = self._current()
        return bundle.signed.manifest if bundle is not None else None

    def deployment(self) -> Deployment:
        """Languages and zone; the defaults before the first time."""
        view = self.view()
        return view.deployment if view is not None else Deployment()

    def is_point(self, id: str) -> bool:
        """Whether people are led to a point with this id."""
        self._current()
        return id in self._ids

    def _current(self) -> ReadBundle | None:
        with self._turn:
            seen = self._look()
            if seen == self._seen or not seen:
                return self._bundle
            try:
                bundle = read_bundle(lambda path: (self.folder / path).read_bytes())
            except BundleRefused as refused:
                # A writer is between two renames: the next request looks again.
                _log.warning("the published folder could not be read: %s", refused.what)
                return self._bundle
            self._bundle = bundle
            self._ids = frozenset(point.id for point in bundle.view.points)
            self._seen = seen
            return bundle

    def _look(self) -> tuple[tuple[int, ...], ...]:
        """Which files stand there now; nothing where one of them does not."""
        try:
            facts = [os.stat(self.folder / path) for path in _SIGNED]  # noqa: PTH116
        except OSError:
            return ()
        return tuple((one.st_ino, one.st_mtime_ns, one.st_ctime_ns, one.st_size) for one in facts)
