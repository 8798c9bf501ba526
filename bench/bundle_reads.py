"""Reads of a published folder: this program's server and nginx side by side on loopback, over the same files.

One client process asks over 16 connections that stay open, the next question when the answer is whole. It has
limits of its own, which nginx reaches: its figures are at least what nginx can. What a server itself spends stands
beside: processor time for one answer, of its own process, which no client and no neighbour distorts.
"""

from __future__ import annotations

import hashlib
import json
import os
import selectors
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import cast

from bench.measure import Row
from shanyrak.facts.signing import Signer
from shanyrak.publish.bundle import Signed, contents_of, encoded
from shanyrak.publish.model import Deployment, Hours, PointStatus, PublicPoint, PublicView, Service, Visitors

POINTS = 1_400
CONNECTIONS = 16
ROUNDS = 3
COUNT, SMOKE_COUNT = 4_000, 400
PAGE_BYTES = 40_000
NOW_MIN = 29_922_600
_PATIENCE_S = 20.0
_OURS = """
import sys
from pathlib import Path
from shanyrak.server.public import PublicSide
from shanyrak.server.serve import Service
from shanyrak.server.site import Site
public = PublicSide(Path(sys.argv[1]))
site = Site(public=public, everybody=public, plan=public)
Service(site, port=int(sys.argv[2])).run()
"""


@dataclass(frozen=True)
class Reading:
    """What one round found."""

    per_s: float
    p99_ms: float
    cpu_us: float
    """Processor time of the server for one answer."""


def run(*, smoke: bool = False) -> list[Row]:
    """Requests per second and p99 of each kind of read, and the ratio to nginx."""
    nginx = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin:/usr/local/sbin")
    rows: list[Row] = []
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="shanyrak-reads-")))
        paths = _write(folder / "public")
        servers = {"ours": stack.enter_context(_ours(folder / "public"))}
        if nginx:
            servers["nginx"] = stack.enter_context(_nginx(nginx, folder))
        else:
            note = "NGINX IS MISSING: apt-get install nginx-light. Nothing below has a peer."
            print(f"*** {note} ***")
            rows.append({"what": "bundle reads, peer", "value": "missing", "unit": "", "peer": "nginx", "note": note})
        for what, path in paths.items():
            rows += _compare(what, path, servers, COUNT if not smoke else SMOKE_COUNT, ROUNDS if not smoke else 1)
    return rows


def _compare(what: str, path: str, servers: dict[str, tuple[int, int]], count: int, rounds: int) -> list[Row]:
    """All servers in turn, several times; the medians."""
    found: dict[str, list[Reading]] = {name: [] for name in servers}
    sizes = {}
    for _ in range(rounds):
        for name, (port, process) in servers.items():
            reading, sizes[name] = _ask(port, process, path, count)
            found[name].append(reading)
    medians = {
        name: Reading(*(statistics.median(column) for column in zip(*((r.per_s, r.p99_ms, r.cpu_us) for r in all_))))
        for name, all_ in found.items()
    }
    ours, peer = medians["ours"], medians.get("nginx")
    size = f"{sizes['ours']:,} bytes with headers, {count} requests, {CONNECTIONS} connections"
    beside = {"peer": f"nginx {peer.per_s:,.0f}", "ratio": ours.per_s / peer.per_s} if peer else {}
    slow = {"peer": f"nginx {peer.p99_ms:.2f}", "ratio": ours.p99_ms / peer.p99_ms} if peer else {}
    cpu = (
        {"peer": f"nginx {peer.cpu_us:.0f}", "ratio": ours.cpu_us / peer.cpu_us if peer.cpu_us else ""} if peer else {}
    )
    return [
        {"what": f"{what}: reads", "value": ours.per_s, "unit": "1/s", "note": size, **beside},
        {"what": f"{what}: p99", "value": ours.p99_ms, "unit": "ms", **slow},
        {"what": f"{what}: processor time of the server", "value": ours.cpu_us, "unit": "us a read", **cpu},
    ]


# ---- the folder -------------------------------------------------------------------------------------------
def _write(folder: Path) -> dict[str, str]:
    """A folder of 1,400 points, five of which changed since the base; what is read of it, by name."""
    view = _view()
    signer = Signer(hashlib.sha256(b"headquarters").digest())
    contents = contents_of(view)

    def signed(of: PublicView, before: Signed | None) -> Signed:
        return encoded(of, contents, None, signer=signer, keys=[signer.public], before=before)

    first = signed(view, None)
    changed = {id: replace(one, state="closed") for id, one in list(view.status.items())[:5]}
    then = signed(replace(view, as_of_at_min=NOW_MIN + 7, status={**view.status, **changed}), first)
    (folder / "data").mkdir(parents=True)
    for path, data in then.files.items():
        (folder / path).write_bytes(data)
    for one in contents:
        assert isinstance(one.data, bytes)
        (folder / one.path).write_bytes(one.data)
    lines = (f"<li><a href='p/{id[:8]}.html'>School {k}</a>: open, 17:{k % 60:02}" for k, id in enumerate(view.status))
    (folder / "index.html").write_text(("<!doctype html><ul>" + "\n".join(lines))[:PAGE_BYTES], encoding="utf-8")
    points = next(one.path for one in contents if one.role == "points")
    return {
        "delta": "/data/delta.shy",
        "base of 1,400 points": "/data/base.shy",
        "points": f"/{points}",
        "a plain page, packed": "/",
    }


def _view() -> PublicView:
    ids = sorted(hashlib.sha256(str(k).encode()).hexdigest() for k in range(POINTS))
    points = tuple(
        PublicPoint(
            id, {"uk": f"Школа {k}"}, "school", k % 3 == 0, 305_000_000 + k * 1_000, 504_000_000 + k * 777, False,
            NOW_MIN - k, district=f"District {k % 20}", seats=k % 90,
            services={"hot_drink": Service(k % 2 == 0, NOW_MIN - k)}, hours=Hours("24/7", ((NOW_MIN, NOW_MIN + 1440),)),
        )
        for k, id in enumerate(ids)
    )  # fmt: skip
    states = ("open", "closed", "ready", "paused", "unknown")
    status = {
        id: PointStatus(states[k % 5], NOW_MIN - k % 300, "duty", None, "", Visitors()) for k, id in enumerate(ids)
    }
    return PublicView(
        net="0" * 64, network="Bench", area="", titles={}, made_up=True, mode="", as_of_at_min=NOW_MIN, points=points,
        status=status, notices=(), accounts=(), operator="Bench", deployment=Deployment(),
    )  # fmt: skip


# ---- the servers ------------------------------------------------------------------------------------------
@contextmanager
def _ours(folder: Path) -> Iterator[tuple[int, int]]:
    port = _free_port()
    with _running([sys.executable, "-c", _OURS, str(folder), str(port)], port) as process:
        yield port, process.pid


@contextmanager
def _nginx(program: str, folder: Path) -> Iterator[tuple[int, int]]:
    """nginx with a configuration of its own, one worker, in the foreground."""
    port, home = _free_port(), folder / "nginx"
    home.mkdir()
    user = "user root;" if os.geteuid() == 0 else ""
    config = f"""
{user} worker_processes 1; daemon off; master_process off; pid {home}/pid; error_log {home}/error.log;
events {{ worker_connections 256; }}
http {{
  types {{ text/html html; }} default_type application/octet-stream;
  access_log off; sendfile on; tcp_nopush on; keepalive_requests 1000000; etag on;
  gzip on; gzip_min_length 1024; gzip_comp_level 6;
  client_body_temp_path {home}/a; proxy_temp_path {home}/b; fastcgi_temp_path {home}/c; uwsgi_temp_path {home}/d;
  scgi_temp_path {home}/e;
  server {{ listen 127.0.0.1:{port}; root {folder}/public; }}
}}
"""
    (home / "nginx.conf").write_text(config, encoding="utf-8")
    command = [program, "-c", str(home / "nginx.conf"), "-p", str(home), "-e", str(home / "error.log")]
    with _running(command, port) as process:
        yield port, process.pid


@contextmanager
def _running(command: Sequence[str], port: int) -> Iterator[subprocess.Popen[bytes]]:
    process = subprocess.Popen(command)
    try:
        until = time.monotonic() + _PATIENCE_S
        while True:
            try:
                socket.create_connection(("127.0.0.1", port), 1).close()
                break
            except OSError:
                if process.poll() is not None or time.monotonic() > until:
                    raise RuntimeError(f"{command[0]} does not answer") from None
                time.sleep(0.05)
        yield process
    finally:
        process.terminate()
        process.wait(_PATIENCE_S)


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port: int = taken.getsockname()[1]
        return port


# ---- the client -------------------------------------------------------------------------------------------
def _ask(port: int, server: int, path: str, count: int) -> tuple[Reading, int]:
    """Ask from a process of its own; what it found, and the bytes of one answer with its headers."""
    command = [sys.executable, "-m", "bench.bundle_reads", str(port), path]
    root = Path(__file__).resolve().parent.parent
    # What is read first is warmed.
    subprocess.run([*command, str(CONNECTIONS)], check=True, capture_output=True, cwd=root)
    before = _cpu_s(server)
    done = subprocess.run([*command, str(count)], check=True, capture_output=True, text=True, cwd=root)
    cpu_s = _cpu_s(server) - before
    seconds, p99_s, size = json.loads(done.stdout)
    return Reading(count / seconds, p99_s * 1e3, cpu_s / count * 1e6), size


def _cpu_s(process: int) -> float:
    fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _client(port: int, path: str, count: int) -> tuple[float, float, int]:
    """Seconds for all, the slowest hundredth, bytes of an answer."""
    question = f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept-Encoding: gzip\r\n\r\n".encode()
    waiting = selectors.DefaultSelector()
    lines = [socket.create_connection(("127.0.0.1", port)) for _ in range(min(CONNECTIONS, count))]
    taken: list[float] = []
    begun = time.perf_counter()
    state: dict[socket.socket, list[float]] = {}  # asked at, bytes still to come (-1: not known yet)
    for line in lines:
        line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        waiting.register(line, selectors.EVENT_READ)
        state[line] = [time.perf_counter(), -1.0]
        line.sendall(question)
    asked, size = len(lines), 0
    while len(taken) < count:
        for key, _ in waiting.select():
            line = cast(socket.socket, key.fileobj)
            data, one = line.recv(1 << 18), state[line]
            if one[1] < 0:
                size = _whole(data)
                one[1] = size
            one[1] -= len(data)
            if one[1] > 0:
                continue
            now = time.perf_counter()
            taken.append(now - one[0])
            if asked < count:
                asked += 1
                state[line] = [now, -1.0]
                line.sendall(question)
            else:
                waiting.unregister(line)
    seconds = time.perf_counter() - begun
    return seconds, sorted(taken)[min(len(taken) - 1, int(len(taken) * 0.99))], size


def _whole(data: bytes) -> int:
    """How many bytes an answer has that begins so; its headers come in one piece, and it must be a good one."""
    head, end, body = data.partition(b"\r\n\r\n")
    if not head.startswith(b"HTTP/1.1 200") or not end:
        raise RuntimeError(f"not an answer: {data[:200]!r}")
    lowered = head.lower()
    if b"transfer-encoding: chunked" in lowered:
        # nginx packs while it sends and does not know the length: the end is the chunk of length 0.
        return len(data) if body.endswith(b"0\r\n\r\n") else len(data) + 1
    length = lowered.partition(b"content-length:")[2].partition(b"\r\n")[0]
    return len(head) + len(end) + int(length)


if __name__ == "__main__":
    print(json.dumps(_client(int(sys.argv[1]), sys.argv[2], int(sys.argv[3]))))
