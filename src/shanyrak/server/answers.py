"""How a file or a piece of JSON goes out: whole or a range of it, cached rightly, small where that helps."""

from __future__ import annotations

import functools
import gzip
import hashlib
import mimetypes
import re
from collections.abc import Iterator
from pathlib import Path

from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

REVALIDATE = "no-cache"
"""May be kept, must be asked for each time (304 where nothing changed)."""
FOREVER = "public, max-age=31536000, immutable"
"""For files whose name holds a hash of their content."""

COMPRESSIBLE = re.compile(r"^(text/|application/(json|geo\+json|javascript|manifest\+json)|image/svg)")
WORTH_COMPRESSING = 1024
CHUNK = 1 << 16
TYPES = {
    ".js": "text/javascript; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".html": "text/html; charset=utf-8",
    ".json": "application/json",
    ".geojson": "application/geo+json",
    ".svg": "image/svg+xml",
    ".woff2": "font/woff2",
    ".pmtiles": "application/vnd.pmtiles",
    ".shy": "application/octet-stream",
    ".txt": "text/plain; charset=utf-8",
    ".webmanifest": "application/manifest+json",
    ".z": "application/octet-stream",
}
"""Not left to the machine: on some, the registry calls JavaScript text/plain, which ``nosniff`` forbids to run."""


class RangeNotSatisfiable(Exception):
    """The range asked for begins behind the end."""

    def __init__(self, size: int) -> None:
        self.size = size
        super().__init__(f"the range begins behind the end ({size} bytes)")


def media_type(path: Path) -> str:
    """Content type by the ending of the name."""
    return TYPES.get(path.suffix) or mimetypes.guess_type(path.name)[0] or "application/octet-stream"


def parse_range(header: str | None, size: int) -> tuple[int, int] | None:
    """First and one-past-last byte of a Range header; None where the whole is to be sent.

    RFC 9110, section 14: a unit other than bytes, a malformed value or more than one range may be ignored
    (and is); a range that holds no byte of the content is answered 416.

    Raises
    ------
    RangeNotSatisfiable
        The range begins behind the end, or is an empty suffix.
    """
    if header is None:
        return None
    match = re.fullmatch(r"bytes=[ \t]*(\d{0,18})-(\d{0,18})[ \t]*", header.strip(), re.IGNORECASE | re.ASCII)
    if match is None or match.group(0).strip().endswith("=-"):
        return None
    first, last = match.groups()
    if first == "":
        length = min(int(last), size)
        if length == 0:
            raise RangeNotSatisfiable(size)
        return size - length, size
    start = int(first)
    if last != "" and int(last) < start:
        return None
    if start >= size:
        raise RangeNotSatisfiable(size)
    return start, size if last == "" else min(int(last) + 1, size)


def answer_range(request: Request, path: Path) -> Response:
    """A large file, whole or the range asked for; never compressed, never read whole into memory."""
    facts = path.stat()
    size, etag = facts.st_size, f'"{facts.st_mtime_ns:x}-{facts.st_size:x}"'
    headers = {"accept-ranges": "bytes", "cache-control": REVALIDATE, "etag": etag}
    if matches(request.headers.get("if-none-match"), etag):
        return Response(status_code=304, headers=headers)
    condition = request.headers.get("if-range")
    wanted = parse_range(request.headers.get("range"), size) if condition in (None, etag) else None
    start, stop = wanted or (0, size)
    headers["content-length"] = str(stop - start)
    if wanted is not None:
        headers["content-range"] = f"bytes {start}-{stop - 1}/{size}"
    status = 200 if wanted is None else 206
    if request.method == "HEAD":
        return Response(status_code=status, headers=headers, media_type=media_type(path))
    return StreamingResponse(_slice(path, start, stop), status, headers, media_type(path))


def answer_file(
    request: Request, path: Path, *, cache: str = REVALIDATE, headers: dict[str, str] | None = None
) -> Response:
    """A small file, compressed where the reader takes it."""
    facts = path.stat()
    body, etag, packed = _packed(path, facts.st_mtime_ns, facts.st_size)
    return _answer(request, body, etag, packed, media_type(path), cache, headers)


def answer_bytes(request: Request, body: bytes, content_type: str, headers: dict[str, str] | None = None) -> Response:
    """Content that was made just now."""
    packed = gzip.compress(body, 5, mtime=0) if worth_compressing(content_type, body) else None
    return _answer(request, body, content_etag(body), packed, content_type, REVALIDATE, headers)


def _answer(
    request: Request,
    body: bytes,
    etag: str,
    packed: bytes | None,
    content_type: str,
    cache: str,
    further: dict[str, str] | None,
) -> Response:
    headers = {"cache-control": cache, "etag": etag, "vary": "Accept-Encoding", **(further or {})}
    if matches(request.headers.get("if-none-match"), etag):
        return Response(status_code=304, headers=headers)
    if packed is not None and takes_gzip(request.headers.get("accept-encoding", "")):
        body, headers["content-encoding"] = packed, "gzip"
    headers["content-length"] = str(len(body))
    return Response(b"" if request.method == "HEAD" else body, headers=headers, media_type=content_type)


@functools.lru_cache(maxsize=64)
def _packed(path: Path, mtime_ns: int, size: int) -> tuple[bytes, str, bytes | None]:
    # Time and size are part of the key: a file that was replaced is read again.
    body = path.read_bytes()
    packs = worth_compressing(media_type(path), body)
    return body, content_etag(body), gzip.compress(body, 6, mtime=0) if packs else None


def worth_compressing(content_type: str, body: bytes) -> bool:
    """Whether packing makes it smaller by more than it costs."""
    return len(body) >= WORTH_COMPRESSING and COMPRESSIBLE.match(content_type) is not None


def content_etag(body: bytes) -> str:
    """A mark of the content and of nothing else; weak, since packed and plain bytes share it."""
    return f'W/"{hashlib.sha256(body).hexdigest()[:24]}"'


def matches(header: str | None, etag: str) -> bool:
    """If-None-Match, compared weakly (RFC 9110, section 13.1.2)."""
    if header is None:
        return False
    given = {part.strip().removeprefix("W/") for part in header.split(",")}
    return "*" in given or etag.removeprefix("W/") in given


def takes_gzip(header: str) -> bool:
    """Whether Accept-Encoding lets gzip in."""
    for part in header.lower().split(","):
        name, *parameters = (piece.strip() for piece in part.split(";"))
        if name in ("gzip", "*"):
            return not any(re.fullmatch(r"q=0(\.0*)?", parameter) for parameter in parameters)
    return False


def _slice(path: Path, start: int, stop: int) -> Iterator[bytes]:
    with path.open("rb") as file:
        file.seek(start)
        left = stop - start
        while left > 0:
            piece = file.read(min(CHUNK, left))
            if not piece:
                return
            left -= len(piece)
            yield piece
