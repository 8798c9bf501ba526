"""Two thousand people on duty report within a minute: ``shanyrak serve`` as it is, publishing beside, and the plain
server one would write in an afternoon (``peers/plain_reports.py``).

    ours    a phone opens a line; gives a signed status, count of visits and count of stock in one request; compares;
            fetches the receipt that says "at headquarters". Each request is signed, each record is verified and folded.
    plain   a phone opens a line; posts three rows, one a request, with a token.

*Within a minute*: moments drawn evenly over it; a wait is counted from the moment at which a phone wanted to report,
so a server that falls behind is not excused. *All at once*: 64 phones at a time, as fast as they are answered.
The phones run on the same two cores.
"""

from __future__ import annotations

import asyncio
import json
import os
import random as drawn
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple

from bench.ledger_network import Chain
from bench.measure import Row
from shanyrak.app.network import NetworkFolder, Networks
from shanyrak.facts.fact import ChainKey, Fact
from shanyrak.facts.framing import decode, encode
from shanyrak.facts.message_shapes import Held
from shanyrak.facts.messages import Compare, Compared, Facts, Give, Taken, Want, read_message, write_message
from shanyrak.facts.signing import Signer
from shanyrak.facts.signing_in import sign_in

HOSTS, SMOKE_HOSTS = 2_000, 60
MINUTE_S, SMOKE_S = 60.0, 3.0
AREAS = 20
AT_ONCE = 64
_HOUR_MS = 3_600_000
_PATIENCE_S = 300.0


class Phone(NamedTuple):
    """A person on duty, and the chain they write."""

    signer: Signer
    net: bytes
    area: bytes
    point: bytes
    chain: Chain


class Waits(NamedTuple):
    """What one round found [s]."""

    seconds: float
    given: list[float]
    """until the report was answered, for each phone"""
    whole: list[float]
    """until all was done"""
    refused: int
    cpu_s: float
    """processor time of the server"""


class Server(NamedTuple):
    """A server in a process of its own."""

    port: int
    process: int


def run(*, smoke: bool = False) -> list[Row]:
    """Median, p99 and what was lost, beside the peer."""
    count, spread_s = (SMOKE_HOSTS, SMOKE_S) if smoke else (HOSTS, MINUTE_S)
    with tempfile.TemporaryDirectory(prefix="shanyrak-hosts-") as scratch:
        folder = Path(scratch)
        real = Networks(folder, _now_ms).real
        phones = _network(real, 2 * count)
        minute, burst = phones[:count], phones[count:]
        with _ours(folder) as server:
            ours = [_all(minute, server, spread_s, _phone), _all(burst, server, None, _phone)]
        lost = _lost(real, phones)
        tokens = folder / "tokens"
        tokens.write_text("".join(f"{phone.signer.public.hex()} {phone.point.hex()}\n" for phone in phones))
        with _plain(folder, tokens) as server:
            plain = [_all(minute, server, spread_s, _plain_phone), _all(burst, server, None, _plain_phone)]
            plain_lost = 3 * len(phones) - asyncio.run(_count(server.port))
    within, at_once = f"{count} hosts within {spread_s:.0f} s", f"{count} hosts all at once"
    return [
        *_compare(within, ours[0], plain[0], target="< 1000"),
        _row("both rounds: records lost", lost, "records", plain_lost, target="0"),
        {
            "what": f"{at_once}: hosts",
            "value": count / ours[1].seconds,
            "unit": "1/s",
            "peer": f"plain {count / plain[1].seconds:,.0f}",
            "ratio": plain[1].seconds / ours[1].seconds,
        },
        *_compare(at_once, ours[1], plain[1]),
    ]


def _compare(what: str, ours: Waits, plain: Waits, *, target: str = "") -> list[Row]:
    cpu = [1_000 * one.cpu_s / max(1, len(one.given)) for one in (ours, plain)]
    return [
        _row(
            f"{what}: report answered, median",
            1_000 * statistics.median(ours.given),
            "ms",
            1_000 * statistics.median(plain.given),
        ),
        _row(f"{what}: report answered, p99", 1_000 * _p99(ours.given), "ms", 1_000 * _p99(plain.given), target=target),
        _row(f"{what}: receipt on the phone, p99", 1_000 * _p99(ours.whole), "ms", 1_000 * _p99(plain.whole)),
        _row(f"{what}: processor time of the server", cpu[0], "ms a host", cpu[1]),
        _row(f"{what}: not answered", ours.refused, "hosts", plain.refused, target="0"),
    ]


def _row(what: str, value: float, unit: str, peer: float, *, target: str = "") -> Row:
    ratio = {"ratio": value / peer} if peer else {}
    return {"what": what, "value": value, "unit": unit, "peer": f"plain {peer:,.3g}", "target": target, **ratio}


def _p99(seconds: Sequence[float]) -> float:
    return sorted(seconds)[min(len(seconds) - 1, int(len(seconds) * 0.99))]


def _now_ms() -> int:
    return time.time_ns() // 1_000_000


# the network ---------------------------------------------------------------------------------------------------
def _network(folder: NetworkFolder, count: int) -> list[Phone]:
    """A network of areas and points with one person on duty each, an hour old."""
    dice = drawn.Random(7)
    begun_ms = _now_ms() - _HOUR_MS
    facts: list[Fact] = []
    phones: list[Phone] = []
    with folder.beginning() as ledger:
        own = ledger.signer
        assert own is not None
        ledger.found("Winter network", recovery=Signer(dice.randbytes(32)).public)
        net = ledger.net
        desk = Chain(own, dice.randbytes(16), net, net)
        for number in range(AREAS):
            named = desk.say("area.described", {"name": f"town-{number}"}, (begun_ms, number), dice.randbytes(16))
            facts.append(named)
            office = Chain(own, dice.randbytes(16), net, named.id)
            for k in range(number, count, AREAS):
                body = {
                    "name": f"Punkt nezlamnosti {k}",
                    "kind": "school",
                    "lon_e7": 305_000_000 + dice.randrange(10_000_000),
                    "lat_e7": 504_000_000 + dice.randrange(5_000_000),
                }
                point = office.say("point.described", body, (begun_ms + 1_000, k), dice.randbytes(16))
                signer = Signer(dice.randbytes(32))
                door = Chain(own, dice.randbytes(16), net, point.id)
                admitted = {"key": signer.public.hex(), "role": "host", "scope": point.id.hex()}
                facts.append(point)
                facts.append(door.say("device.admitted", admitted, (begun_ms + 2_000, k), dice.randbytes(16), point.id))
                phones.append(Phone(signer, net, named.id, point.id, Chain(signer, dice.randbytes(16), net, point.id)))
        assert all(one.what == "new" for one in ledger.accept(facts))
    dice.shuffle(phones)
    return phones


def _lost(folder: NetworkFolder, phones: Sequence[Phone]) -> int:
    """Records that were said and are not here, or not under a receipt."""
    lost = 0
    with folder.open() as ledger:
        for phone in phones:
            key = ChainKey(phone.signer.public, phone.chain.chain, phone.point)
            receipts = ledger.store.receipts(key)
            rows = ledger.store.of_chain(key)
            lost += phone.chain.seq - sum(any(r.first <= row.seq <= r.last for r in receipts) for row in rows)
    return lost


# a phone -------------------------------------------------------------------------------------------------------
class Line:
    """A connection of HTTP/1.1 that stays open; as little work as can be, for the phones share the cores."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader, self._writer = reader, writer

    async def ask(self, head: str, body: bytes = b"") -> bytes:
        """The body of an answer with status 200."""
        self._writer.write(f"{head}\r\nhost: localhost\r\ncontent-length: {len(body)}\r\n\r\n".encode() + body)
        told = (await self._reader.readuntil(b"\r\n\r\n")).decode("latin-1").lower()
        size = int(told.split("content-length:")[1].split("\r\n")[0])
        answer = await self._reader.readexactly(size)
        if not told.startswith("http/1.1 200"):
            raise ConnectionError(f"{told.splitlines()[0]}: {answer[:200]!r}")
        return answer

    def close(self) -> None:
        """Hang up."""
        self._writer.close()


async def _line(port: int) -> Line:
    return Line(*await asyncio.open_connection("127.0.0.1", port))


def _words(phone: Phone) -> list[Fact]:
    """What a person says in three taps."""
    dice = drawn.Random(phone.point)
    happened = {"happened": datetime.now(UTC).strftime("%Y-%m-%dT%H:%MZ"), "via": "self"}
    said: tuple[tuple[str, dict[str, Any]], ...] = (
        ("status.reported", {"band": dice.choice(("free", "some", "crowded", "full"))}),
        ("visit.counted", {"visits": dice.randrange(60)}),
        ("stock.counted", {"fuel_ml": dice.randrange(200_000), "wood_g": dice.randrange(500_000)}),
    )
    now_ms = _now_ms()
    return [
        phone.chain.say(kind, body | happened, (now_ms, k), dice.randbytes(16), phone.point)
        for k, (kind, body) in enumerate(said)
    ]


async def _exchange(line: Line, phone: Phone, message: Any) -> Any:
    body = write_message(message)
    headers = sign_in(phone.signer, phone.net, body, _now_ms())
    head = "POST /api/v1/exchange HTTP/1.1\r\ncontent-type: application/octet-stream"
    return read_message(await line.ask("\r\n".join([head, *(f"{k}: {v}" for k, v in headers.items())]), body))


async def _phone(phone: Phone, port: int, words: list[Fact]) -> Callable[[], Awaitable[None]]:
    """Give a report; what is returned fetches the receipt."""
    line = await _line(port)
    taken = await _exchange(line, phone, Give(phone.net, encode(words, phone.net)))
    if not isinstance(taken, Taken) or taken.new != len(words):
        raise ConnectionError(f"not taken: {taken}")

    async def fetch() -> None:
        scopes = tuple(sorted((phone.net, phone.area, phone.point)))
        compared = await _exchange(line, phone, Compare(phone.net, scopes, ("",)))
        assert isinstance(compared, Compared)
        chains = [one.key for one in compared.buckets[0] if not isinstance(one, bytes)]
        told = sorted(key for key in chains if key.scope == phone.point and key.origin != phone.signer.public)
        held = tuple(Held(key, (), ()) for key in told)
        facts = await _exchange(line, phone, Want(phone.net, False, 32_768, held, ()))
        assert isinstance(facts, Facts)
        line.close()
        if not any(b'"kind":"receipt.noted"' in fact.raw for fact in decode(facts.stream, phone.net)):
            raise ConnectionError("no receipt")

    return fetch


async def _plain_phone(phone: Phone, port: int, words: list[Fact]) -> Callable[[], Awaitable[None]]:
    """Post a row for each word."""
    line = await _line(port)
    head = f"POST /reports HTTP/1.1\r\ncontent-type: application/json\r\nauthorization: {phone.signer.public.hex()}"
    for word in words:
        said = json.loads(word.body or b"{}")
        body = {"kind": json.loads(word.raw)["kind"], "happened": said.pop("happened"), "body": said}
        await line.ask(head, json.dumps(body).encode())

    async def done() -> None:
        line.close()

    return done


Reporter = Callable[[Phone, int, list[Fact]], Awaitable[Callable[[], Awaitable[None]]]]


def _all(phones: Sequence[Phone], server: Server, spread_s: float | None, reporter: Reporter) -> Waits:
    """All phones: at moments drawn over ``spread_s``, or ``AT_ONCE`` at a time."""
    words = [_words(phone) for phone in phones]
    before = _cpu_s(server.process)
    begun = time.perf_counter()
    given, whole, refused = asyncio.run(_crowd(phones, words, server.port, spread_s, reporter))
    return Waits(time.perf_counter() - begun, given, whole, refused, _cpu_s(server.process) - before)


async def _crowd(
    phones: Sequence[Phone], words: list[list[Fact]], port: int, spread_s: float | None, reporter: Reporter
) -> tuple[list[float], list[float], int]:
    dice = drawn.Random(11)
    gate = asyncio.Semaphore(AT_ONCE if spread_s is None else len(phones))
    given: list[float] = []
    whole: list[float] = []
    refused = 0
    begun = time.perf_counter()

    async def one(phone: Phone, said: list[Fact], after_s: float) -> None:
        nonlocal refused
        await asyncio.sleep(max(0.0, begun + after_s - time.perf_counter()))
        async with gate:
            wanted = begun + after_s if spread_s is not None else time.perf_counter()
            try:
                finish = await reporter(phone, port, said)
                given.append(time.perf_counter() - wanted)
                await finish()
                whole.append(time.perf_counter() - wanted)
            except (OSError, EOFError) as fault:
                if not refused:
                    print(f"*** {fault} ***")
                refused += 1

    moments = [dice.random() * (spread_s or 0.0) for _ in phones]
    await asyncio.gather(*(one(*each) for each in zip(phones, words, moments)))
    return given, whole, refused


async def _count(port: int) -> int:
    line = await _line(port)
    answer = await line.ask("GET /count HTTP/1.1")
    line.close()
    return int(answer)


# the servers -----------------------------------------------------------------------------------------------------
@contextmanager
def _process(command: list[str], port: int, env: dict[str, str] | None = None) -> Iterator[Server]:
    """A server as a process of its own, from its first answer on until it has ended well."""
    process = subprocess.Popen(command, env={**os.environ, **(env or {})}, stdout=subprocess.DEVNULL)
    try:
        until = time.monotonic() + _PATIENCE_S
        while True:
            try:
                socket.create_connection(("127.0.0.1", port), timeout=1).close()
                break
            except OSError:
                if process.poll() is not None or time.monotonic() > until:
                    raise RuntimeError(f"{command[2]} did not begin to answer") from None
                time.sleep(0.1)
        yield Server(port, process.pid)
    finally:
        process.send_signal(signal.SIGINT)
        try:
            process.wait(60)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


@contextmanager
def _ours(home: Path) -> Iterator[Server]:
    port = _free_port()
    command = [sys.executable, "-m", "shanyrak", "serve", "--port", str(port)]
    with _process(command, port, {"SHANYRAK_HOME": str(home)}) as server:
        yield server


@contextmanager
def _plain(folder: Path, tokens: Path) -> Iterator[Server]:
    port = _free_port()
    command = [sys.executable, "-m", "bench.peers.plain_reports", str(folder / "plain.sqlite"), str(port), str(tokens)]
    with _process(command, port) as server:
        yield server


def _cpu_s(process: int) -> float:
    """Processor time of a process so far."""
    fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _free_port() -> int:
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        port: int = held.getsockname()[1]
        return port
