"""Real faults: a process killed while it writes, a disk that is full, a database somebody else has locked."""

from __future__ import annotations

import os
import random
import resource
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from shanyrak.core.errors import Unavailable
from shanyrak.facts.stores.sql import open_store
from tests import store_writer
from tests.postgres import Server, database_of, running_server

ROOT = Path(__file__).resolve().parents[2]
pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def postgres() -> Iterator[Server]:
    with running_server() as server:
        yield server


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Address of a database with nothing in it."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'ledger.db'}"
    server: Server = request.getfixturevalue("postgres")
    return server.new_database()


def start(url: str, act: str, **options: object) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "tests.store_writer", url, act]
    pipe = subprocess.PIPE
    return subprocess.Popen(command, cwd=ROOT, stdout=pipe, stderr=pipe, text=True, **options)  # type: ignore[call-overload, no-any-return]


def kill(process: subprocess.Popen[str]) -> tuple[str, str]:
    """``kill -9``, and all it had printed since it was last asked."""
    process.send_signal(signal.SIGKILL)
    return what_it_said(process)


def what_it_said(process: subprocess.Popen[str]) -> tuple[str, str]:
    """All it printed until it ended; ``communicate`` would lose what ``readline`` has read ahead."""
    assert process.stdout is not None
    assert process.stderr is not None
    with process.stdout, process.stderr:
        said = process.stdout.read(), process.stderr.read()
    process.wait(timeout=60)
    return said


def test_a_process_killed_at_any_moment_loses_nothing_it_had_confirmed(url: str) -> None:
    """Again and again: let it write, kill it, look. A batch is printed only after its commit returned."""
    chance = random.Random(20_231_122)
    open_store(url).close()
    there = 0
    for _ in range(20 if url.startswith("sqlite") else 10):
        writer = start(url, "write")
        assert writer.stdout is not None
        first = writer.stdout.readline()
        time.sleep(chance.uniform(0, 0.2))
        rest, said = kill(writer)
        assert first, said
        confirmed = [int(line) for line in (first + rest).splitlines()]
        assert confirmed == list(range(there, there + len(confirmed)))
        store = open_store(url, patience_s=30)
        with store.transaction():  # on a server, the last commit may still be on its way: wait for its turn
            pass
        there = store_writer.check_whole(store)
        store.close()
        assert there >= confirmed[-1] + 1
    if url.startswith("sqlite"):
        with sqlite3.connect(url.removeprefix("sqlite:///")) as file:
            assert file.execute("PRAGMA integrity_check").fetchall() == [("ok",)]


def test_a_process_killed_while_it_begins_a_ledger_leaves_one_that_can_be_opened(url: str) -> None:
    """Killed before it had tables, in the middle of making them, or just after: the next one goes on from there."""
    chance = random.Random(5)
    for _ in range(6):
        writer = start(url, "write")
        time.sleep(chance.uniform(0.2, 1.2))
        printed, _ = kill(writer)
        if printed:
            break
    store = open_store(url, patience_s=30)
    assert store_writer.check_whole(store) >= len(printed.splitlines())
    store_writer.write_batch(store, store_writer.check_whole(store))
    store.close()


def test_a_server_killed_while_it_writes_loses_nothing_it_had_confirmed(postgres: Server) -> None:
    """The process of the server that holds the transaction is killed: all its connections break, it recovers."""
    url = postgres.new_database()
    open_store(url).close()
    chance = random.Random(7)
    for _ in range(5):
        writer = start(url, "write")
        assert writer.stdout is not None
        first = writer.stdout.readline()
        time.sleep(chance.uniform(0, 0.2))
        query = f"SELECT pid FROM pg_stat_activity WHERE datname = '{database_of(url)}'"
        for (pid,) in postgres.run("postgres", query):
            os.kill(pid, signal.SIGKILL)
        rest, said = what_it_said(writer)
        assert writer.returncode == 2
        assert said.count("\n") == 1, said
        assert "went away" in said or "cannot be reached" in said
        postgres.wait_until_up()
        confirmed = [int(line) for line in (first + rest).splitlines()]
        store = open_store(url, patience_s=30)
        assert store_writer.check_whole(store) >= confirmed[-1] + 1
        store.close()


def test_a_ledger_that_is_locked_says_so_and_works_once_released(url: str) -> None:
    store = open_store(url, patience_s=0.3)
    store_writer.write_batch(store, 0)
    holder = start(url, "hold")
    assert holder.stdout is not None
    try:
        assert holder.stdout.readline() == "holding\n"
        for _ in range(2):
            with pytest.raises(Unavailable, match="another program is writing") as raised:
                store_writer.write_batch(store, 1)
            assert str(raised.value).count("\n") == 0
        assert store_writer.check_whole(store) == 1
    finally:
        kill(holder)
    patient = open_store(url, patience_s=30)  # a server notices only after a moment that its client is gone
    store_writer.write_batch(patient, 1)
    assert store.get_value("held") is None
    assert store_writer.check_whole(store) == 2
    store.close()
    patient.close()


@contextmanager
def small_disk(folder: Path, size: str) -> Iterator[Path]:
    """A disk of its own in memory. Only root may mount; where that is not allowed, this is said loudly."""
    folder.mkdir()
    done = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", folder], capture_output=True, text=True, check=False
    )
    if done.returncode != 0:
        pytest.skip(f"NO SMALL DISK: mounting one needs root and the right to mount ({done.stderr.strip()})")
    try:
        yield folder
    finally:
        subprocess.run(["umount", "--lazy", folder], check=True)


def test_a_full_disk_keeps_what_was_there_and_goes_on_when_there_is_room(tmp_path: Path) -> None:
    with small_disk(tmp_path / "disk", "3m") as disk:
        ballast = disk / "ballast"
        ballast.write_bytes(bytes(1_000_000))
        store = open_store(f"sqlite:///{disk / 'ledger.db'}")
        written = 0
        with pytest.raises(Unavailable, match="disk is full") as raised:
            while True:
                store_writer.write_batch(store, written)
                written += 1
        assert str(raised.value).count("\n") == 0
        assert "ledger.db" in raised.value.where
        assert written > 3
        assert store_writer.check_whole(store) == written
        with pytest.raises(Unavailable):
            store_writer.write_batch(store, written)
        assert store_writer.check_whole(store) == written
        ballast.unlink()
        for _ in range(3):
            store_writer.write_batch(store, written)
            written += 1
        assert store_writer.check_whole(store) == written
        store.close()
        again = open_store(f"sqlite:///{disk / 'ledger.db'}")
        assert store_writer.check_whole(again) == written
        again.close()


def test_a_ledger_on_a_disk_that_is_full_from_the_start_is_one_clear_line(tmp_path: Path) -> None:
    with small_disk(tmp_path / "disk", "1m") as disk:
        with pytest.raises(OSError, match="No space"), (disk / "ballast").open("wb", buffering=0) as ballast:
            while True:
                ballast.write(bytes(4_096))
        with pytest.raises(Unavailable, match="disk is full"):
            open_store(f"sqlite:///{disk / 'ledger.db'}")
        (disk / "ballast").unlink()
        store = open_store(f"sqlite:///{disk / 'ledger.db'}")
        assert store_writer.check_whole(store) == 0
        store.close()


def test_a_file_that_may_not_grow_keeps_what_was_there(tmp_path: Path) -> None:
    """A limit on the size of files, as a shared machine sets it: needs no rights, so it is tried everywhere."""
    url = f"sqlite:///{tmp_path / 'ledger.db'}"
    open_store(url).close()

    def limit() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (1_500_000, 1_500_000))

    writer = start(url, "write", preexec_fn=limit)
    printed, said = what_it_said(writer)
    assert writer.returncode == 2
    assert said.count("\n") == 1, said
    assert "was not kept" in said
    confirmed = [int(line) for line in printed.splitlines()]
    store = open_store(url)
    assert store_writer.check_whole(store) == len(confirmed) > 3
    store_writer.write_batch(store, len(confirmed))
    assert store_writer.check_whole(store) == len(confirmed) + 1
    store.close()
