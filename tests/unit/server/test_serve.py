"""Listening: the port asked for or the next free one, ready means it answers, stopped means it is gone."""

from __future__ import annotations

import socket
import threading

import httpx
import pytest
from fastapi.testclient import TestClient

from shanyrak.core.errors import Unavailable
from shanyrak.server import serve as serving
from shanyrak.server.serve import HOST, Service, free_socket, serve


@pytest.fixture
def taken() -> int:
    """A port somebody else listens on."""
    with socket.socket() as other:
        other.bind((HOST, 0))
        other.listen()
        yield other.getsockname()[1]


def test_the_next_free_port_is_taken(taken: int) -> None:
    ours = free_socket(taken)
    try:
        assert ours.getsockname()[0] == "127.0.0.1"
        assert ours.getsockname()[1] > taken
    finally:
        ours.close()


def test_two_services_never_share_a_port(client: TestClient, taken: int) -> None:
    first = Service(client.app, port=taken)
    second = Service(client.app, port=taken)
    try:
        assert taken < first.port < second.port
    finally:
        first._socket.close()
        second._socket.close()


def test_no_free_port_is_said(taken: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(serving, "PORTS_TO_TRY", 1)
    with pytest.raises(Unavailable, match=f"no free port from {taken} on"):
        free_socket(taken)


def test_ready_means_it_answers_and_stop_ends_it(client: TestClient) -> None:
    service = Service(client.app, port=20000)
    ready = threading.Event()
    addresses: list[str] = []

    def on_ready(address: str) -> None:
        addresses.append(address)
        ready.set()

    thread = threading.Thread(target=service.run, args=(on_ready,), daemon=True)
    thread.start()
    assert ready.wait(30)
    assert addresses == [f"http://127.0.0.1:{service.port}/"]
    answer = httpx.get(f"{addresses[0]}api/v1/plans", trust_env=False)
    assert answer.status_code == 200
    assert "server" not in answer.headers
    service.stop()
    thread.join(30)
    assert not thread.is_alive()
    with pytest.raises(httpx.ConnectError):
        httpx.get(addresses[0], trust_env=False)


def test_without_stay_it_ends_when_it_was_ready(client: TestClient) -> None:
    addresses: list[str] = []
    # In a thread of its own: other tests of this process may have an event loop running.
    how = {"port": 20000, "ready": addresses.append, "stay": False}
    worker = threading.Thread(target=serve, args=(client.app,), kwargs=how)
    worker.start()
    worker.join(timeout=60)
    assert not worker.is_alive()
    assert len(addresses) == 1
