"""The exchange over HTTP: a real server on this machine, a real client, and a line between them that breaks."""

from __future__ import annotations

import contextlib
import random
import socket
import threading
from collections.abc import Callable, Iterator

import httpx
import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from shanyrak.app.syncing import exchange_address, sync_over_http
from shanyrak.core.errors import InvalidInput, Unavailable
from shanyrak.facts.exchange import SyncReport
from shanyrak.facts.fact import Fact
from shanyrak.facts.ledger import Ledger
from shanyrak.facts.messages import Compare, Compared, Refusing, read_message, write_message
from shanyrak.facts.signing import Signer
from shanyrak.facts.signing_in import KEY, SIGNATURE, TIME, sign_in
from shanyrak.server.exchange import MAX_REQUEST_BYTES, PATH, create_exchange_app
from shanyrak.server.serve import Service
from tests.unit.facts.exchange_drawn import START_MS, Device, drawn, founding, held, ledger

NET, FOUNDING, FOUNDER = founding()
POINT = drawn("point")
HELLO = write_message(Compare(NET, None, ()))


def now_ms() -> int:
    return START_MS


def reports(name: str, count: int) -> list[Fact]:
    device = Device(name, NET)
    return [device.say(about=POINT, scope=POINT, body={"seats_free": k}) for k in range(count)]


def asker(of: Ledger, *, require_admitted: bool = False, **named: Callable[[bytes], bool]) -> TestClient:
    app = create_exchange_app(of, require_admitted=require_admitted, now_ms=now_ms, **named)
    return TestClient(app, base_url="http://127.0.0.1:8765", raise_server_exceptions=False)


def serve(app: FastAPI, port: int) -> tuple[Service, threading.Thread]:
    """Serve in a thread; it answers when this returns."""
    service, ready = Service(app, port=port), threading.Event()
    thread = threading.Thread(target=service.run, args=(lambda _: ready.set(),), daemon=True)
    thread.start()
    assert ready.wait(20)
    return service, thread


@pytest.fixture
def theirs() -> Ledger:
    return ledger("theirs", [FOUNDING, *reports("host", 40)], signer=FOUNDER.signer)


@pytest.fixture
def server(theirs: Ledger) -> Iterator[Service]:
    """A headquarters that serves on this machine."""
    service, thread = serve(create_exchange_app(theirs, require_admitted=False, now_ms=now_ms), 21000)
    yield service
    service.stop()
    thread.join(20)


def sync_with(of: Ledger, url: str, **more: int) -> SyncReport:
    return sync_over_http(of, url, now_ms=now_ms, wait_s=0.01, **more)


# ---- a real server ----------------------------------------------------------------------------------------
def test_two_ledgers_become_equal_over_a_real_connection(server: Service, theirs: Ledger) -> None:
    driver = Device("driver", NET)
    facts = [driver.say(about=POINT, scope=POINT) for _ in range(10)]
    ours = ledger("ours", [FOUNDING, *facts], signer=driver.signer)
    report = sync_with(ours, server.address)
    assert report.sent == 10
    assert report.received >= 41 - 1
    assert held(ours) == held(theirs)
    assert ours.state_hash() == theirs.state_hash()
    assert ours.standing(facts[-1].id) == "headquarters"  # its receipt came back in the same exchange


class CuttingProxy:
    """Passes bytes on to a port and cuts both sides after a random number of them (seeded)."""

    def __init__(self, port: int, seed: int, most: int) -> None:
        self._to, self._most = port, most
        self._random = random.Random(seed)
        self._door = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._door.getsockname()[1]
        self.cuts = self.connections = 0
        self.whole = False
        threading.Thread(target=self._open, daemon=True).start()

    def close(self) -> None:
        self._door.close()

    def _open(self) -> None:
        while True:
            try:
                near, _ = self._door.accept()
            except OSError:
                return
            self.connections += 1
            far = socket.create_connection(("127.0.0.1", self._to))
            left = [10**9 if self.whole else self._random.randrange(self._most)]
            turn = threading.Lock()
            for source, target in ((near, far), (far, near)):
                threading.Thread(target=self._pass, args=(source, target, left, turn), daemon=True).start()

    def _pass(self, source: socket.socket, target: socket.socket, left: list[int], turn: threading.Lock) -> None:
        try:
            while data := source.recv(4096):
                with turn:
                    piece = data[: left[0]]
                    left[0] -= len(piece)
                target.sendall(piece)
                if len(piece) < len(data):
                    self.cuts += 1
                    break
        except OSError:
            pass
        for end in (source, target):
            with contextlib.suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)


@pytest.mark.parametrize("seed", range(3))
def test_a_line_that_is_cut_at_random_bytes_loses_and_doubles_nothing(
    server: Service, theirs: Ledger, seed: int
) -> None:
    proxy = CuttingProxy(server.port, seed, most=20_000)
    ours = ledger(f"ours {seed}", [FOUNDING, *reports("driver", 40)])
    there_before, here_before = set(held(theirs)), set(held(ours))
    url = f"http://127.0.0.1:{proxy.port}"
    failed = 0
    for _ in range(200):
        proxy.whole = failed >= 100
        before = len(held(ours)), len(held(theirs))
        try:
            sync_with(ours, url, attempts=1, batch_bytes=1_000)
            break
        except Unavailable:
            failed += 1
        assert len(held(ours)) >= before[0]
        assert len(held(theirs)) >= before[1]
    proxy.close()
    assert proxy.cuts >= 3
    assert held(ours) == held(theirs)
    assert there_before | here_before <= set(held(ours))
    assert [number for number, _ in ours.store.arrived()] == list(range(1, len(held(ours)) + 1))


def test_each_message_is_tried_again_before_anybody_hears_of_a_cut(server: Service, theirs: Ledger) -> None:
    proxy = CuttingProxy(server.port, seed=3, most=15_000)
    ours = ledger("patient", [FOUNDING])
    report = sync_with(ours, f"http://127.0.0.1:{proxy.port}", attempts=40, batch_bytes=2_000)
    proxy.close()
    assert proxy.connections > 1
    assert report.received >= 40
    assert held(ours) == held(theirs)


# ---- who may ask ------------------------------------------------------------------------------------------
STRANGER = Signer(drawn("stranger"))


def test_beyond_this_machine_only_an_admitted_key_is_answered(theirs: Ledger) -> None:
    client = asker(theirs, require_admitted=True)
    good = client.post(PATH, content=HELLO, headers=sign_in(FOUNDER.signer, NET, HELLO, START_MS))
    assert good.status_code == 200
    assert read_message(good.content) == Compared(NET, ())
    other = client.post(PATH, content=HELLO, headers=sign_in(STRANGER, NET, HELLO, START_MS))
    assert other.status_code == 403
    assert "not admitted" in other.json()["error"]["what"]
    assert other.json()["error"]["where"] == STRANGER.public.hex()
    assert client.post(PATH, content=HELLO).status_code == 401


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (lambda one: one | {SIGNATURE: "00" * 64}, "does not verify"),
        (lambda one: one | {TIME: str(START_MS + 1)}, "does not verify"),
        (lambda one: one | sign_in(FOUNDER.signer, NET, HELLO, START_MS - 600_001), "10 minutes apart"),
        (lambda one: one | sign_in(FOUNDER.signer, NET, HELLO, START_MS + 86_400_000), "1440 minutes apart"),
        (lambda one: one | sign_in(FOUNDER.signer, drawn("elsewhere"), HELLO, START_MS), "does not verify"),
        (lambda one: one | sign_in(FOUNDER.signer, NET, HELLO + b" ", START_MS), "does not verify"),
        (lambda one: one | {KEY: "AB" * 32}, "does not say who asks"),
        (lambda one: one | {TIME: "soon"}, "does not say when"),
    ],
)
def test_a_request_whose_signature_is_not_right_is_refused(
    theirs: Ledger, change: Callable[[dict[str, str]], dict[str, str]], says: str
) -> None:
    headers = change(sign_in(FOUNDER.signer, NET, HELLO, START_MS))
    answer = asker(theirs, require_admitted=True).post(PATH, content=HELLO, headers=headers)
    assert answer.status_code == 401
    assert says in answer.json()["error"]["what"]


def test_the_limit_of_ten_minutes_belongs_to_the_inside(theirs: Ledger) -> None:
    client = asker(theirs, require_admitted=True)
    for time_ms in (START_MS - 600_000, START_MS + 600_000):
        headers = sign_in(FOUNDER.signer, NET, HELLO, time_ms)
        assert client.post(PATH, content=HELLO, headers=headers).status_code == 200


def test_who_is_admitted_can_be_decided_elsewhere(theirs: Ledger) -> None:
    client = asker(theirs, require_admitted=True, admitted=lambda key: key == STRANGER.public)
    assert client.post(PATH, content=HELLO, headers=sign_in(STRANGER, NET, HELLO, START_MS)).status_code == 200


def test_an_empty_ledger_joins_nobody_who_asks_from_elsewhere() -> None:
    empty = ledger("empty")
    client = asker(empty, require_admitted=True, admitted=lambda key: True)

    def post(request: httpx.Request) -> httpx.Response:
        answer = client.post(PATH, content=request.content, headers=dict(request.headers))
        return httpx.Response(answer.status_code, content=answer.content)

    ours = ledger("ours", [FOUNDING], signer=FOUNDER.signer)
    with pytest.raises(InvalidInput, match="no network yet"):
        sync_over_http(ours, "http://there", now_ms=now_ms, transport=httpx.MockTransport(post))
    assert empty.net == b""


# ---- limits and faults ------------------------------------------------------------------------------------
def test_only_the_exchange_and_its_description_are_served(theirs: Ledger) -> None:
    client = asker(theirs)
    description = client.get("/api/v1/openapi.json").json()
    assert list(description["paths"]) == [PATH]
    assert "application/octet-stream" in description["paths"][PATH]["post"]["requestBody"]["content"]
    for path in ("/", "/api/v1/plans", "/docs"):
        answer = client.get(path)
        assert answer.status_code == 404
        assert set(answer.json()["error"]) == {"what", "where", "mend"}
    assert client.get(PATH).status_code == 405


def test_a_message_that_is_too_large_is_refused_before_it_is_read(theirs: Ledger) -> None:
    answer = asker(theirs).post(PATH, content=bytes(MAX_REQUEST_BYTES + 1))
    assert answer.status_code == 413
    pieces = (bytes(2**20) for _ in range(6))  # says no length beforehand
    assert asker(theirs).post(PATH, content=pieces).status_code == 413


def test_on_this_machine_another_name_is_not_answered(theirs: Ledger) -> None:
    assert asker(theirs).post(PATH, content=HELLO, headers={"host": "evil.example"}).status_code == 421


def test_where_requests_are_signed_any_name_of_the_server_will_do(theirs: Ledger) -> None:
    headers = {"host": "hq.example:8765", **sign_in(FOUNDER.signer, NET, HELLO, START_MS)}
    assert asker(theirs, require_admitted=True).post(PATH, content=HELLO, headers=headers).status_code == 200


def test_what_the_other_side_refused_is_written_to_the_log(theirs: Ledger, caplog: pytest.LogCaptureFixture) -> None:
    refusing = write_message(Refusing(NET, ((drawn("fact"), "the signature does not verify"),)))
    assert asker(theirs).post(PATH, content=refusing).status_code == 200
    assert drawn("fact").hex() in caplog.text
    assert "does not verify" in caplog.text


# ---- the client -------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("url", "address"),
    [
        ("http://192.168.0.5:8765", "http://192.168.0.5:8765/api/v1/exchange"),
        ("https://hq.example/", "https://hq.example/api/v1/exchange"),
        ("https://hq.example/shanyrak", "https://hq.example/shanyrak/api/v1/exchange"),
        ("http://127.0.0.1:8765/api/v1/exchange", "http://127.0.0.1:8765/api/v1/exchange"),
        ("http://[::1]:8765", "http://[::1]:8765/api/v1/exchange"),
    ],
)
def test_the_address_of_a_server_is_enough(url: str, address: str) -> None:
    assert exchange_address(url) == address


@pytest.mark.parametrize(
    "url",
    [
        "",
        "hq.example",
        "ftp://hq.example",
        "file:///etc/passwd",
        "http://",
        "http://a:b@hq",
        "http://hq:99999",
        "http://[::1",
    ],
)
def test_what_is_no_address_is_refused_clearly(url: str) -> None:
    with pytest.raises(InvalidInput, match=r"is no address of a server.*Write it as http"):
        sync_over_http(ledger("ours", [FOUNDING]), url, now_ms=now_ms)


def test_nobody_answers_is_one_clear_sentence() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    with pytest.raises(Unavailable, match="nobody answers at this address") as away:
        sync_with(ledger("ours", [FOUNDING]), f"http://127.0.0.1:{port}", attempts=2)
    assert str(port) in away.value.where


def through(answer: Callable[[httpx.Request], httpx.Response]) -> SyncReport:
    ours = ledger("ours", [FOUNDING])
    return sync_over_http(
        ours, "http://there", now_ms=now_ms, wait_s=0.0, attempts=3, transport=httpx.MockTransport(answer)
    )


def test_a_server_that_is_something_else_is_told_from_one_that_refuses() -> None:
    with pytest.raises(InvalidInput, match=r"no exchange at this address \(HTTP 404\)"):
        through(lambda request: httpx.Response(404, text="<h1>nginx</h1>"))
    said = {"error": {"what": "not admitted", "where": "", "mend": "Ask an admin"}}
    with pytest.raises(InvalidInput, match=r"the server refuses: not admitted\. Ask an admin"):
        through(lambda request: httpx.Response(403, json=said))
    with pytest.raises(Unavailable, match="the server has a fault: not admitted"):
        through(lambda request: httpx.Response(500, json=said))
    with pytest.raises(Unavailable, match="the answer is not whole"):
        through(lambda request: httpx.Response(200, content=b"welcome"))
    with pytest.raises(InvalidInput, match=r"http://there.*something else than an exchange answers"):
        through(lambda request: httpx.Response(200, html="<h1>Sign in to the hotel's network</h1>"))


def test_what_a_server_writes_steers_no_terminal() -> None:
    said = {"error": {"what": "\x1b[2Jgone\nsecond line", "where": "", "mend": "x"}}
    with pytest.raises(InvalidInput) as caught:
        through(lambda request: httpx.Response(403, json=said))
    assert "\x1b" not in str(caught.value) and "\n" not in str(caught.value)


def test_a_busy_server_is_asked_again_a_few_times_and_no_more() -> None:
    asked: list[httpx.Request] = []

    def busy(request: httpx.Request) -> httpx.Response:
        asked.append(request)
        return httpx.Response(503)

    with pytest.raises(Unavailable, match=r"busy or away \(HTTP 503\)"):
        through(busy)
    assert len(asked) == 3
