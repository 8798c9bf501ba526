"""A private PostgreSQL server for tests: on a free loopback port, with a data folder of its own.

It needs nothing set up: only the server's programs (package ``postgresql``). PostgreSQL refuses to run as
root, so under root it runs as the user ``postgres`` or, where there is none, ``nobody``.
"""

from __future__ import annotations

import ctypes
import os
import pwd
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
import pytest
import sqlalchemy as sa

USER = "shanyrak"
PASSWORD = "a-word-for-tests"  # guards nothing: the server hears loopback only, and lives as long as the tests


def programs() -> Path | None:
    """Folder of ``initdb`` and ``postgres``, the newest there is; None where there is none."""
    folders = sorted(
        Path("/usr/lib/postgresql").glob("*/bin/initdb"),
        key=lambda path: float(path.parts[-3]) if path.parts[-3].replace(".", "").isdigit() else 0.0,
    )
    found = str(folders[-1]) if folders else shutil.which("initdb")
    return Path(found).resolve().parent if found else None


class Server:
    """A running server; ``new_database`` gives the address of an empty database."""

    def __init__(self, port: int, process: subprocess.Popen[bytes], log: Path) -> None:
        self.port = port
        self.process = process
        self._log = log
        self._made = 0

    def url(self, database: str, *, user: str = USER, password: str = PASSWORD) -> str:
        return f"postgresql://{user}:{password}@127.0.0.1:{self.port}/{database}"

    def new_database(self) -> str:
        """Address of a database with nothing in it."""
        self._made += 1
        name = f"ledger_{self._made}"
        self.run("postgres", f"CREATE DATABASE {name}")
        return self.url(name)

    def run(self, database: str, statement: str) -> list[tuple[Any, ...]]:
        """Run one statement as the server's own user."""
        with psycopg.connect(self.url(database), autocommit=True, connect_timeout=10) as connection:
            found = connection.execute(statement.encode())
            return found.fetchall() if found.description else []

    def wait_until_up(self) -> None:
        """Return once it answers: after its start, or after it had to recover."""
        for _ in range(300):
            assert self.process.poll() is None, f"PostgreSQL does not run:\n{self._log.read_text()}"
            try:
                self.run("postgres", "SELECT 1")
            except psycopg.OperationalError:
                time.sleep(0.1)
            else:
                return
        raise AssertionError(f"PostgreSQL does not answer:\n{self._log.read_text()}")


def database_of(url: str) -> str:
    """Name of the database in an address."""
    name = sa.make_url(url).database
    assert name is not None
    return name


@contextmanager
def running_server() -> Iterator[Server]:
    """Start a server, and stop it and clear its folder away at the end.

    Where PostgreSQL is not installed this is said loudly: a skip on a developer's machine, a failure in CI.
    """
    folder = programs()
    if folder is None:
        message = "POSTGRESQL IS MISSING: install the package postgresql (only its programs are needed)"
        if os.environ.get("CI") == "true":
            pytest.fail(message)
        pytest.skip(message)
    home = Path(tempfile.mkdtemp(prefix="shanyrak-postgres-"))
    try:
        as_user = _as_user(home)
        password = home / "password"
        password.write_text(PASSWORD)
        password.chmod(0o644)
        data = home / "data"
        _initialise(folder, data, password, as_user)
        port = _free_port()
        # Processes are killed in these tests, not machines: without fsync the server is just as whole afterwards.
        settings = {"listen_addresses": "127.0.0.1", "unix_socket_directories": "", "fsync": "off"}
        command = [folder / "postgres", "-D", data, "-p", str(port)]
        for name, value in settings.items():
            command += ["-c", f"{name}={value}"]
        with (home / "log").open("wb") as log:
            process = subprocess.Popen(
                command, stdout=log, stderr=log, cwd=home, preexec_fn=_end_with_parent, **as_user
            )
        try:
            server = Server(port, process, home / "log")
            server.wait_until_up()
            yield server
        finally:
            process.send_signal(signal.SIGINT)  # "fast shutdown": open connections are closed
            try:
                process.wait(timeout=30)
            except subprocess.TimeoutExpired:
                process.send_signal(signal.SIGQUIT)
                process.wait(timeout=30)
    finally:
        shutil.rmtree(home, ignore_errors=True)


def _end_with_parent() -> None:
    """Tests that were killed leave no server behind: Linux then tells it to shut down."""
    if sys.platform == "linux":
        set_signal_at_parents_death = 1  # PR_SET_PDEATHSIG in sys/prctl.h
        ctypes.CDLL(None).prctl(set_signal_at_parents_death, int(signal.SIGINT))


def _as_user(home: Path) -> dict[str, Any]:
    """Arguments for ``subprocess`` that make the server a user who may run it; the folder becomes theirs."""
    if os.geteuid() != 0:
        return {}
    for name in ("postgres", "nobody"):
        try:
            user = pwd.getpwnam(name)
        except KeyError:
            continue
        os.chown(home, user.pw_uid, user.pw_gid)
        return {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}
    raise AssertionError("PostgreSQL does not run as root, and there is neither a user postgres nor nobody")


def _initialise(folder: Path, data: Path, password: Path, as_user: dict[str, Any]) -> None:
    command = [folder / "initdb", "-D", data, "-U", USER, f"--pwfile={password}", "--auth=scram-sha-256"]
    command += ["--encoding=UTF8", "--no-locale", "--no-sync"]
    done = subprocess.run(command, capture_output=True, text=True, cwd=data.parent, check=False, **as_user)
    assert done.returncode == 0, done.stderr


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
