"""``shanyrak serve`` where nothing was founded yet, and where the ledger is kept elsewhere."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from shanyrak.facts.messages import Compare, write_message
from shanyrak.server.serve import free_socket
from tests.conftest import run_program

pytestmark = pytest.mark.slow


@contextmanager
def serving(home: Path, *options: str) -> Iterator[tuple[str, list[str]]]:
    """Its address, and what it said until it answered."""
    with free_socket(24_500) as found:
        port = found.getsockname()[1]
    command = [sys.executable, "-m", "shanyrak", "serve", "--port", str(port), *options]
    env = {**os.environ, "SHANYRAK_HOME": str(home), "LC_ALL": "C.UTF-8", "PYTHONUNBUFFERED": "1"}
    with subprocess.Popen(command, env=env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as server:
        assert server.stdout is not None
        said: list[str] = []
        try:
            for line in server.stdout:
                said.append(line.strip())
                if line.startswith("Warm places: "):
                    break
            assert said and said[-1].startswith("Warm places: "), said
            yield said[-1].removeprefix("Warm places: "), said
        finally:
            server.terminate()
            server.wait(20)


def test_serve_founds_a_network_where_there_is_none_and_goes_on_with_it_the_next_time(tmp_path: Path) -> None:
    home = tmp_path / "home"
    with serving(home) as (address, said):
        assert said[0].startswith("Founded 'Warm points'")
        assert len(list((home / "network" / "sheets").iterdir())) == 2
        with httpx.Client(base_url=address, trust_env=False) as client:
            assert client.get("/").status_code == 200
            net = client.post("/api/v1/session/challenge", json={"key": "ab" * 32}).json()["net"]
            assert client.get("/report?lang=en").status_code == 200
            assert client.get("/host/").status_code == 200
    with serving(home) as (address, said):
        assert not any(line.startswith("Founded") for line in said)
        with httpx.Client(base_url=address, trust_env=False) as client:
            assert client.post("/api/v1/session/challenge", json={"key": "ab" * 32}).json()["net"] == net


def test_the_ledger_may_be_kept_elsewhere_and_is_not_mixed_up(tmp_path: Path) -> None:
    home, file = tmp_path / "home", tmp_path / "elsewhere.db"
    with serving(home, "--db", f"sqlite:///{file}"):
        assert file.is_file() and not (home / "network" / "ledger.sqlite").exists()
    other = run_program("serve", "--db", f"sqlite:///{tmp_path / 'other.db'}", home=home)
    assert other.returncode == 2 and "is kept at" in other.stderr and "Traceback" not in other.stderr
    strange = run_program("serve", "--db", "mysql://x/y", home=tmp_path / "fresh")
    assert strange.returncode == 2 and "no address of a ledger" in strange.stderr
    assert not (tmp_path / "fresh" / "network").exists(), "nothing half-founded is left"


def test_behind_a_proxy_nobody_exchanges_without_a_signature(tmp_path: Path) -> None:
    """Through a proxy everybody seems to ask from this machine, where a person may exchange with themselves."""
    asked = write_message(Compare(b"", None, ()))
    kind = {"content-type": "application/octet-stream"}
    for options, status in (((), 200), (("--behind-proxy",), 401)):
        with serving(tmp_path / "home", *options) as (address, _), httpx.Client(trust_env=False) as client:
            assert client.post(f"{address}api/v1/exchange", content=asked, headers=kind).status_code == status
