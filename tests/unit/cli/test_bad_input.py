"""Bad input gets one clear line and exit code 2; never a traceback, nothing half-written."""

from __future__ import annotations

import errno
import os
from importlib import import_module
from pathlib import Path

import pytest

from tests.conftest import run_program

main = import_module("shanyrak.cli.main")


def refused(home: Path, *arguments: str) -> str:
    """The one line of a refusal."""
    done = run_program(*arguments, home=home)
    assert done.returncode == 2, (done.returncode, done.stdout, done.stderr)
    assert done.stdout == ""
    (line,) = done.stderr.splitlines()
    assert "Traceback" not in line
    return line


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["plan", "bucha", "--open", "3"], "no area is called 'bucha'"),
        (["area", "show", "bucha"], "no area is called 'bucha'"),
        (["area", "find", "bucha", "вокзал"], "no area is called 'bucha'"),
        (["area", "import", "bucha", "--osm", "nowhere.osm.pbf"], "nowhere.osm.pbf"),
        (["area", "import", "check", "--osm", "nowhere.osm.pbf"], "'check' is the name of a command"),
        (["area", "import", "../x", "--osm", "nowhere.osm.pbf"], "cannot be a name"),
        (["area", "import", "bucha"], "--osm"),
        (["plan", "bucha"], "--open"),
        (["plan", "bucha", "--open", "many"], "--open"),
        (["plan", "bucha", "--open", "3", "--profile", "bird"], "--profile"),
        (["plan", "check", "nowhere"], "not the folder of a plan"),
        (["plan", "--opne", "3", "bucha"], "--opne"),
        (["demo", "--port", "0"], "--port"),
        (["plan", "bucha", "--open", "3", "--show", "--out", "plan"], "--show"),
        (["sing"], "sing"),
        (["ledger", "restore", "winter.age"], "Give --key KEY"),
        (["ledger", "restore", "winter.age", "--key-file", "nowhere"], "there is no such file"),
        (["ledger", "import", "nowhere.ledger"], "there is no such file"),
        (["ledger", "log", "--about", "x"], "shanyrak init"),
        (["point", "list", "--demo"], "shanyrak demo --once"),
        (["serve", "--db", "banana"], "postgresql://"),
        (["serve", "--exchange-only", "--area", "bucha"], "nothing is published"),
        (["giver", "follow", "x", "--at", "https://hq.example"], "Add --link"),
        (["init", "--db", "banana"], "postgresql://"),
    ],
    ids=" ".join,
)
def test_a_slip_is_answered_with_one_line(tmp_path: Path, arguments: list[str], said: str) -> None:
    home = tmp_path / "home"
    assert said in refused(home, *arguments)
    assert not home.exists() or not any(home.rglob("*"))


def test_help_is_help(tmp_path: Path) -> None:
    for command in ([], ["area"], ["plan"]):
        done = run_program(*command, "--help", home=tmp_path)
        assert done.returncode == 0
        assert "Usage" in done.stdout


def test_the_version_is_said(tmp_path: Path) -> None:
    assert run_program("--version", home=tmp_path).stdout.startswith("shanyrak ")


@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EROFS, errno.EACCES])
def test_a_disk_that_refuses_is_one_line(
    code: int, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def refuse(**_: object) -> None:
        raise OSError(code, os.strerror(code), "/stick/areas")

    monkeypatch.setattr(main, "app", refuse)
    assert main._run(["demo"]) == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert "/stick/areas" in line and os.strerror(code) in line


def test_any_other_fault_of_the_system_is_ours_and_shows_where(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(**_: object) -> None:
        raise OSError(errno.EBADF, "bad handle")

    monkeypatch.setattr(main, "app", fail)
    with pytest.raises(OSError, match="bad handle"):
        main._run(["demo"])
