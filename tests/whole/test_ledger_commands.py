"""The commands of the ledger, run as their user runs them: a process each, everything under one home."""

from __future__ import annotations

import json
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import Demo, run_program

pytestmark = pytest.mark.slow


class Home:
    """One machine: a home, and the program on it."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __call__(self, *arguments: str, code: int = 0) -> str:
        done = run_program(*arguments, home=self.path)
        assert done.returncode == code, f"{arguments}\n{done.stdout}{done.stderr}"
        return done.stdout if code == 0 else done.stderr

    def json(self, *arguments: str) -> Any:
        return json.loads(self(*arguments, "--json"))

    @contextmanager
    def serving(self) -> Iterator[str]:
        """``serve --exchange-only``; its address."""
        env = {**os.environ, "SHANYRAK_HOME": str(self.path), "PYTHONUNBUFFERED": "1"}
        command = [sys.executable, "-m", "shanyrak", "serve", "--exchange-only", "--port", "8931"]
        server = subprocess.Popen(command, env=env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        try:
            assert server.stdout is not None
            line = server.stdout.readline()
            assert "http://127.0.0.1:" in line, line
            yield line.split()[-1]
        finally:
            server.send_signal(signal.SIGINT)
            server.wait(timeout=20)


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path / "home")


@pytest.fixture
def founded(home: Home) -> Home:
    home("init", "--name", "Winter")
    return home


def test_init_asks_nothing_and_writes_two_sheets_and_a_second_time_refuses(home: Home) -> None:
    made = home.json("init", "--name", "Winter")
    assert len(made["sheets"]) == 2 and all(Path(sheet).is_file() for sheet in made["sheets"])
    assert "already" in home("init", code=2)
    assert len(made["net"]) == 64


def test_without_a_network_every_command_says_how_to_get_one(home: Home) -> None:
    for arguments in (["point", "list"], ["say", "pledge.made", "what=wood"], ["ledger", "verify"]):
        said = home(*arguments, code=2)
        assert "shanyrak init" in said
        assert len(said.strip().splitlines()) == 1


def test_a_point_is_described_opened_counted_and_told_of(founded: Home) -> None:
    point = founded.json("say", "point.described", "name=School 12", "seats=60")["id"]
    founded("say", "point.opened", "--about", "School 12", "--happened", "2026-11-22T08:00Z", "--via", "phone")
    founded("say", "stock.counted", "--about", "School 12", "fuel=40 l")
    founded("say", "stock.used", "--about", point[:8], "fuel=5 l")
    (row,) = founded.json("point", "list")
    assert (row["id"], row["name"], row["state"]) == (point, "School 12", "open")
    shown = founded.json("point", "show", "School 12")
    # 40 l counted, 5 l used since: 35 l
    assert shown["stock"]["fuel_ml"] == 35_000
    told = founded.json("ledger", "log", "--about", "School 12")
    assert {"id", "kind", "happened", "said_by", "via"} <= told[0].keys()
    opened = next(entry for entry in told if entry["kind"] == "point.opened")
    assert (opened["happened"], opened["via"]) == ("2026-11-22T08:00Z", "phone")


def test_what_cannot_be_said_is_one_line_that_helps_and_nothing_is_kept(founded: Home) -> None:
    founded("say", "point.described", "name=School 12")
    before = founded.json("ledger", "device")["records"]
    for arguments, hint in (
        (["say", "point.opend", "--about", "School 12"], "point.opened"),
        (["say", "stock.counted", "--about", "School 12", "fule=3"], "fuel"),
        (["say", "stock.counted", "--about", "School 12", "fuel=much"], "fuel"),
        (["say", "point.opened"], "--about"),
        (["say", "point.opened", "--about", "School 13"], "School 13"),
        (["say", "place.decided", "plan=xyz"], "plan"),
        (["say", "point.opened", "--about", "School 12", "--happened", "tomorrow"], "still to come"),
    ):
        said = founded(*arguments, code=2)
        assert hint in said and len(said.strip().splitlines()) == 1, said
    assert founded.json("ledger", "device")["records"] == before


def test_a_replica_joins_by_file_is_admitted_and_both_hold_the_same(founded: Home, tmp_path: Path) -> None:
    founded("say", "point.described", "name=School 12")
    file = tmp_path / "winter.ledger"
    founded("ledger", "export", str(file))
    replica = Home(tmp_path / "replica")
    joined = replica.json("ledger", "import", str(file))
    assert joined["joined"] and joined["refused"] == []
    said = replica.json("say", "point.opened", "--about", "School 12")
    assert (said["standing"], said["mark"]) == ("kept", "waits")
    founded("say", "device.admitted", f"key={joined['device']}", "role=host")
    with founded.serving() as address:
        report = replica.json("ledger", "sync", address)
        assert report["refused"] == []
        # A program that serves does not keep others out: the same file is read beside it.
        assert [row["state"] for row in founded.json("point", "list")] == ["open"]
    assert [row["state"] for row in replica.json("point", "list")] == ["open"]
    assert replica.json("ledger", "device")["state"] == founded.json("ledger", "device")["state"]
    entry = next(e for e in replica.json("ledger", "log", "--about", "School 12") if e["id"] == said["id"])
    assert entry["standing"] == "headquarters"


def test_a_damaged_file_is_refused_whole_and_can_be_salvaged(founded: Home, tmp_path: Path) -> None:
    early, file = tmp_path / "early.ledger", tmp_path / "winter.ledger"
    founded("ledger", "export", str(early))
    for number in range(5):
        founded("say", "point.described", f"name=School {number}")
    founded("ledger", "export", str(file))
    whole = file.read_bytes()
    file.write_bytes(whole[: len(whole) * 3 // 4])
    empty = Home(tmp_path / "empty")
    said = empty("ledger", "import", str(file), code=2)
    assert str(file) in said and "--salvage" in said
    assert not (empty.path / "network").exists(), "nothing was written"
    # The founding record may lie in what is lost: who has joined before needs it no more.
    replica = Home(tmp_path / "replica")
    replica("ledger", "import", str(early))
    saved = replica.json("ledger", "import", str(file), "--salvage")
    assert saved["new"] >= 1 and saved["unreadable"]


def test_a_backup_is_safe_and_comes_back_on_an_empty_machine_with_the_paper_key(tmp_path: Path) -> None:
    first = Home(tmp_path / "first")
    sheet = first.json("init")["sheets"][0]
    point = first.json("say", "point.described", "name=School 12")["id"]
    done = first.json("ledger", "backup", str(tmp_path / "winter.age"))
    assert done["safe"] and done["records"] == 2
    entry = first.json("ledger", "log", "--about", point)[0]
    assert entry["standing"] == "safe"
    assert b"School 12" not in (tmp_path / "winter.age").read_bytes()

    second = Home(tmp_path / "second")
    assert "group" in second("ledger", "restore", str(tmp_path / "winter.age"), "--key", "12345", code=2)
    back = second.json("ledger", "restore", str(tmp_path / "winter.age"), "--key-file", sheet)
    assert back["net"] == first.json("ledger", "device")["net"]
    assert [row["name"] for row in second.json("point", "list")] == ["School 12"]
    assert second.json("ledger", "device")["roles"] == ["admin", "headquarters"]
    assert second.json("ledger", "verify")["faults"] == []
    assert "already" in second("ledger", "restore", str(tmp_path / "winter.age"), "--key-file", sheet, code=2)


def test_verify_says_what_is_wrong_where(founded: Home) -> None:
    point = founded.json("say", "point.described", "name=School 12")["id"]
    assert founded.json("ledger", "verify")["faults"] == []

    with sqlite3.connect(founded.path / "network" / "ledger.sqlite") as database:
        database.execute("update facts set body = cast(replace(body, 'School 12', 'School 13') as blob)")
    done = run_program("ledger", "verify", home=founded.path)
    assert done.returncode == 1, "a check ran and found something"
    assert point[:8] in done.stdout


def test_the_drill_counts_what_the_devices_bring_back(demo: Demo) -> None:
    played = Home(demo.home).json("ledger", "drill")
    assert played["equal"] and played["minutes"] >= 0 and played["lines"]


def test_nobody_at_the_other_end_is_one_line(founded: Home) -> None:
    assert "nobody answers" in founded("ledger", "sync", "http://127.0.0.1:9", code=2)


def test_the_demo_is_a_network_of_its_own(demo: Demo) -> None:
    machine = Home(demo.home)
    rows = machine.json("point", "list")
    assert len(rows) == 10 and {"open", "ready", "planned"} <= {row["state"] for row in rows}
    assert all("yurt-" not in row["name"] for row in rows)
    told = machine("ledger", "log", "--about", "yurt-bucha")
    for words in ("Bucha City Council", "spokesman of the foreign ministry of Kazakhstan", "In reply to"):
        assert words in told
    followed = machine.json("giver", "follow", "bakery-yurt")
    assert followed["points"][0]["state"] == "open" and followed["points"][0]["last_count"] is not None
    assert machine("ledger", "verify").startswith(tuple("123456789"))


def test_beside_a_real_network_the_demo_is_meant_only_where_asked_for(demo: Demo, tmp_path: Path) -> None:
    copy = tmp_path / "home"
    shutil.copytree(demo.home / "demo-network", copy / "demo-network")
    machine = Home(copy)
    assert len(machine.json("point", "list")) == 10
    machine("init")
    assert machine.json("point", "list") == []
    assert len(machine.json("point", "list", "--demo")) == 10
    assert machine.json("ledger", "device")["net"] != machine.json("ledger", "device", "--demo")["net"]
