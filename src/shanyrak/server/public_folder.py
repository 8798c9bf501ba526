"""A published folder as it is served: each answer is one whole file, and says nothing but what is in it.

A file is held in memory with its headers ready to go. Before each answer its name is looked up on the disk: where
another file stands there now, that one is read. Writers replace files by a rename, content before what names it
(``spec/bundle.md``), so whoever follows the manifest meets whole files that belong together. What headers say
follows from the path and the bytes: no time of the file, no number of a disk, nothing that a secret could move.
"""

from __future__ import annotations

import gzip
import hashlib
import os
import re
from collections import OrderedDict
from dataclasses import dataclass, field
from pathlib import Path

from shanyrak.server.answers import (
    COMPRESSIBLE,
    FOREVER,
    REVALIDATE,
    content_etag,
    media_type,
    worth_compressing,
)

RawHeaders = list[tuple[bytes, bytes]]

HELD_BYTES = 64 * 2**20
"""Files held in memory, all together; the one not asked for longest goes first."""
LARGE_BYTES = 4 * 2**20
"""From this size on a file stays on the disk and is sent in pieces."""
CONTENT_NAMED = re.compile(r"data/[\w-]+-[0-9a-f]{16}\.\w+|app/assets/[^/]+-[\w-]{8}\.\w+")
"""Names that hold a hash of their content: what stands there never changes."""
OPEN_DATA = "data/"
"""Any page anywhere may read it: it is public, signed, and the same for everybody."""

_SEGMENT = re.compile(r"[^\W_.][^/\\\0]*")
_PATH_MOST = 300


@dataclass(slots=True)
class Held:
    """A file as it was when it was read."""

    path: str
    seen: tuple[int, ...]
    """What the disk said of the file; when that differs, it is another file."""
    etag: str
    size: int
    media: str
    body: bytes | None
    """None where it is large: it is read from ``file`` while it is sent."""
    file: Path
    headers: RawHeaders
    """With the length of the plain body."""
    packed: bytes | None = None
    packed_headers: RawHeaders = field(default_factory=list)
    unchanged_headers: RawHeaders = field(default_factory=list)
    """Of a 304."""

    @property
    def ranges(self) -> bool:
        """Whether a part of it may be asked for: never of what goes out packed, where bytes have two numbers."""
        return COMPRESSIBLE.match(self.media) is None


class PublicFolder:
    """Finds files of a folder that may be replaced at any time.

    Parameters
    ----------
    root : the folder; need not be there yet
    policy : further headers of a file, by its path in the folder
    """

    def __init__(self, root: Path, policy: dict[str, RawHeaders], *, held_bytes: int = HELD_BYTES) -> None:
        self._root = root
        self._policy = policy
        self._most = held_bytes
        self._sum = 0
        self._held: OrderedDict[str, Held] = OrderedDict()

    def find(self, path: str) -> Held | None:
        """The file at a path of the folder as it is now; None where there is none that may be seen."""
        held = self._held.get(path)
        if held is None and not visible(path):
            return None
        try:
            facts = os.stat(self._root / path if held is None else held.file)  # noqa: PTH116 - many times a second
            seen = (facts.st_ino, facts.st_mtime_ns, facts.st_ctime_ns, facts.st_size)
            if held is not None and held.seen == seen:
                self._held.move_to_end(path)
                return held
            self._drop(path)
            return self._read(path)
        except (OSError, ValueError):
            self._drop(path)
            return None

    def is_folder(self, path: str) -> bool:
        """Whether a folder with a page of its own stands at a path."""
        return visible(path) and (self._root / path / "index.html").is_file()

    def _read(self, path: str) -> Held | None:
        file = self._root / path
        if not file.resolve().is_relative_to(self._root.resolve()) or not file.is_file():
            return None
        with file.open("rb") as opened:
            facts = os.fstat(opened.fileno())  # of what is read, not of what may stand there by now
            if facts.st_size >= LARGE_BYTES:
                body, digest = None, hashlib.file_digest(opened, "sha256").hexdigest()
            else:
                body = opened.read()
                digest = hashlib.sha256(body).hexdigest()
        seen = (facts.st_ino, facts.st_mtime_ns, facts.st_ctime_ns, facts.st_size)
        held = _prepared(path, file, seen, facts.st_size, body, digest, self._policy[kind_of(path)])
        weight = len(held.body or b"") + len(held.packed or b"")
        if weight <= self._most:
            self._held[path] = held
            self._sum += weight
        while self._sum > self._most:
            self._drop(next(iter(self._held)))
        return held

    def _drop(self, path: str) -> None:
        held = self._held.pop(path, None)
        if held is not None:
            self._sum -= len(held.body or b"") + len(held.packed or b"")


def visible(path: str) -> bool:
    """Whether a path can be one of a published file: no hidden name, no way out of the folder."""
    return len(path) <= _PATH_MOST and all(_SEGMENT.fullmatch(part) for part in path.split("/"))


def kind_of(path: str) -> str:
    """Which rules a file goes by: ``data``, ``app``, ``offline`` or ``page``."""
    if path.startswith(OPEN_DATA):
        return "data"
    if path == "offline.html":
        return "offline"
    return "app" if path.startswith("app/") else "page"


def _prepared(
    path: str, file: Path, seen: tuple[int, ...], size: int, body: bytes | None, digest: str, policy: RawHeaders
) -> Held:
    media = media_type(file)
    packs = COMPRESSIBLE.match(media) is not None
    packed = gzip.compress(body, 6, mtime=0) if body is not None and worth_compressing(media, body) else None
    etag = content_etag(body) if body is not None and packs else f'"{digest[:32]}"'
    cache = FOREVER if CONTENT_NAMED.fullmatch(path) else REVALIDATE
    common = raw({"cache-control": cache, "etag": etag, **({"vary": "accept-encoding"} if packs else {})}) + policy
    whole = [*common, *raw({"content-type": media, **({} if packs else {"accept-ranges": "bytes"})})]
    return Held(
        path=path,
        seen=seen,
        etag=etag,
        size=size,
        media=media,
        body=body,
        file=file,
        headers=[*whole, *raw({"content-length": str(size)})],
        packed=packed,
        packed_headers=[*whole, *raw({"content-encoding": "gzip", "content-length": str(len(packed or b""))})],
        unchanged_headers=common,
    )


def raw(headers: dict[str, str]) -> RawHeaders:
    """Headers as a server sends them."""
    return [(name.encode("latin-1"), value.encode("latin-1")) for name, value in headers.items()]
