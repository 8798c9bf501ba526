"""A published folder over HTTP: for everybody, under every name of this machine, without a trace of who reads.

This is the way that ten thousand phones take at once, so nothing stands before it: no routing, no middleware, and
no answer that was not ready beforehand.
"""

from __future__ import annotations

from pathlib import Path
from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.types import Receive, Scope, Send

from shanyrak.server.answers import CHUNK, RangeNotSatisfiable, matches, parse_range, takes_gzip
from shanyrak.server.door import EVERYWHERE, PAGE_POLICY, fault
from shanyrak.server.plain import nothing_here
from shanyrak.server.public_folder import Held, PublicFolder, RawHeaders, raw

_METHODS = ("GET", "HEAD")


def plain_policy(form_to: str = "") -> str:
    """Content security policy of plain pages: words, pictures and one form; no script at all."""
    return (
        "default-src 'none'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; font-src 'self'; "
        f"manifest-src 'self'; base-uri 'none'; form-action 'self'{form_to}; frame-ancestors 'none'"
    )


def policies(report_url: str = "") -> dict[str, RawHeaders]:
    """Headers of each kind of public file (``public_folder.kind_of``).

    Parameters
    ----------
    report_url : where pages send a visitor's word; another server is let in by its origin
    """
    parts = urlsplit(report_url)
    elsewhere = f" {parts.scheme}://{parts.netloc}" if parts.scheme in ("http", "https") and parts.netloc else ""
    common = EVERYWHERE | {"permissions-policy": "camera=(), geolocation=(), microphone=()"}
    app = PAGE_POLICY.replace("connect-src 'self'", f"connect-src 'self'{elsewhere}").replace(
        "form-action 'none'", f"form-action 'self'{elsewhere}"
    )
    offline = (
        "default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; img-src data: blob:; "
        f"font-src data:; connect-src 'self'{elsewhere}; base-uri 'none'; form-action 'self'{elsewhere}; "
        "frame-ancestors 'none'"
    )
    # The position is asked for by the finder only, and never leaves the phone.
    finder = {"permissions-policy": "camera=(), geolocation=(self), microphone=()"}
    data = {"access-control-allow-origin": "*", "cross-origin-resource-policy": "cross-origin"}
    return {
        "page": raw(common | {"content-security-policy": plain_policy(elsewhere)}),
        "app": raw(common | finder | {"content-security-policy": app}),
        "offline": raw(common | finder | {"content-security-policy": offline}),
        "data": raw(common | data | {"content-security-policy": "default-src 'none'; frame-ancestors 'none'"}),
    }


class PublicSide:
    """ASGI application: the files of a published folder.

    Parameters
    ----------
    root : the folder; while there is none, everything is answered 404
    report_url : where its pages send a visitor's word
    """

    def __init__(self, root: Path, *, report_url: str = "") -> None:
        self._folder = PublicFolder(root, policies(report_url))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request; ``root_path`` is the mount that was taken off its path."""
        headers = Headers(scope=scope)
        if scope["method"] not in _METHODS:
            refusal = fault(405, "this can only be read", where="method", headers={"allow": "GET, HEAD", **EVERYWHERE})
            await refusal(scope, receive, send)
            return
        path: str = scope["path"][len(scope.get("root_path", "").rstrip("/")) :].removeprefix("/")
        held = self._folder.find(f"{path}index.html" if path == "" or path.endswith("/") else path)
        if held is None:
            if path and self._folder.is_folder(path):
                # Links in a page are relative: without its slash they would lead elsewhere.
                location = raw({"location": path.rsplit("/", 1)[-1] + "/", "content-length": "0", **EVERYWHERE})
                await _send(send, 308, location, b"")
                return
            await nothing_here(headers)(scope, receive, send)
            return
        if matches(headers.get("if-none-match"), held.etag):
            await _send(send, 304, held.unchanged_headers, b"")
            return
        whole = scope["method"] == "GET"
        if held.packed is not None and takes_gzip(headers.get("accept-encoding", "")):
            await _send(send, 200, held.packed_headers, held.packed if whole else b"")
        elif held.ranges and "range" in headers:
            await _part(send, held, headers, whole)
        elif held.body is not None:
            await _send(send, 200, held.headers, held.body if whole else b"")
        else:
            await _pieces(send, 200, held, held.headers, 0, held.size if whole else 0)


async def _send(send: Send, status: int, headers: RawHeaders, body: bytes) -> None:
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})


async def _part(send: Send, held: Held, headers: Headers, whole: bool) -> None:
    """The range asked for, where it is still of this file."""
    condition = headers.get("if-range")
    try:
        wanted = parse_range(headers.get("range"), held.size) if condition in (None, held.etag) else None
    except RangeNotSatisfiable:
        more = raw({"content-range": f"bytes */{held.size}", "content-length": "0"})
        await _send(send, 416, [*held.unchanged_headers, *more], b"")
        return
    start, stop = wanted or (0, held.size)
    answer = [pair for pair in held.headers if pair[0] != b"content-length"]
    answer += raw({"content-length": str(stop - start)})
    if wanted is not None:
        answer += raw({"content-range": f"bytes {start}-{stop - 1}/{held.size}"})
    status = 200 if wanted is None else 206
    if held.body is not None:
        await _send(send, status, answer, held.body[start:stop] if whole else b"")
    else:
        await _pieces(send, status, held, answer, start, stop if whole else start)


async def _pieces(send: Send, status: int, held: Held, headers: RawHeaders, start: int, stop: int) -> None:
    """From the disk, a piece at a time: no file is read whole into memory.

    A piece is read between two sends without waiting for other work: it is small, and mostly in the system's cache.
    """
    with held.file.open("rb") as file:
        file.seek(start)
        await send({"type": "http.response.start", "status": status, "headers": headers})
        while start < stop and (piece := file.read(min(CHUNK, stop - start))):
            start += len(piece)
            await send({"type": "http.response.body", "body": piece, "more_body": True})
        await send({"type": "http.response.body", "body": b""})
