"""The README and the tutorial run: their commands, in order, as they stand."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import Demo

ROOT = Path(__file__).resolve().parents[2]


def blocks(page: str, language: str) -> list[str]:
    """Code blocks of a page, in order."""
    return re.findall(rf"^```{language}\n(.*?)^```", (ROOT / page).read_text(encoding="utf-8"), re.S | re.M)


def run_lines(lines: list[str], home: Path, cwd: Path, **extra: str) -> None:
    """Run shell lines with ``shanyrak`` being this program."""
    tools = cwd / "bin"
    tools.mkdir()
    (tools / "shanyrak").write_text(f'#!/bin/sh\nexec "{sys.executable}" -m shanyrak "$@"\n')
    (tools / "shanyrak").chmod(0o755)
    env = {
        **os.environ,
        "SHANYRAK_HOME": str(home),
        "PATH": f"{tools}:{os.environ['PATH']}",
        "LC_ALL": "C.UTF-8",
        **extra,
    }
    for line in lines:
        done = subprocess.run(
            ["sh", "-ec", line], env=env, cwd=cwd, capture_output=True, text=True, timeout=600, check=False
        )
        assert done.returncode == 0, f"{line}\n{done.stdout}{done.stderr}"


def test_the_two_commands_are_those_that_ci_runs() -> None:
    script = (ROOT / ".ci" / "run").read_text(encoding="utf-8").replace("pip install -q ", "pip install ")
    first, second = (b.strip() for b in blocks("README.md", "sh") if "pip install" in b)
    assert first + " --once" in script
    assert second in script


@pytest.mark.slow
def test_the_commands_of_the_readme_run(demo: Demo, tmp_path: Path) -> None:
    lines = [line for b in blocks("README.md", "sh") if "pip install" not in b for line in b.splitlines()]
    assert len(lines) >= 4
    home = tmp_path / "home"
    shutil.copytree(demo.home, home)  # the README says things: the demo that other tests look at stays as it is
    run_lines([line.replace(".venv/bin/", "") for line in lines], home, tmp_path)
    assert (tmp_path / "plan-5" / "report.html").is_file()


def test_the_python_of_the_readme_runs() -> None:
    for block in blocks("README.md", "python"):
        exec(compile(block, "README.md", "exec"), {})


@pytest.mark.slow
@pytest.mark.data
def test_the_tutorial_runs(data_dir: Path, tmp_path: Path) -> None:
    lines = [line for b in blocks("docs/tutorial/porto-alegre.md", "sh") for line in b.splitlines()]
    run_lines(lines, tmp_path / "home", tmp_path, POA=str(data_dir / "porto-alegre"))
    assert (tmp_path / "poa-8-and-2" / "certificate.json").is_file()


@pytest.mark.slow
def test_the_how_to_of_the_record_runs(tmp_path: Path) -> None:
    page = blocks("docs/how-to/run-a-ledger.md", "sh")
    home, *parts = page
    assert home.startswith("export SHANYRAK_HOME=$PWD/") and len(parts) >= 8
    # As its reader does it: one terminal from the first line to the last.
    run_lines(["\n".join(page)], tmp_path / "unused", tmp_path)
    assert (tmp_path / "points-today.xlsx").is_file()
    assert not (tmp_path / "unused").exists(), "everything lies where the page says"
    assert list((tmp_path / "new-machine" / "network").iterdir())


@pytest.mark.slow
def test_the_how_to_of_publishing_runs(tmp_path: Path) -> None:
    run_lines(["\n".join(blocks("docs/how-to/publish.md", "sh"))], tmp_path / "unused", tmp_path)
    assert (tmp_path / "public" / "offline.html").is_file()


@pytest.mark.slow
def test_the_how_to_of_sheets_runs(tmp_path: Path) -> None:
    run_lines(["\n".join(blocks("docs/how-to/print-sheets.md", "sh"))], tmp_path / "unused", tmp_path)
    assert list(tmp_path.glob("**/*.pdf"))


@pytest.mark.slow
def test_the_how_to_of_a_winter_runs(tmp_path: Path) -> None:
    run_lines(["\n".join(blocks("docs/how-to/run-a-winter.md", "sh"))], tmp_path / "unused", tmp_path)
    assert (tmp_path / "winter" / "demo-network" / "invites.json").is_file()


def test_links_between_pages_lead_somewhere() -> None:
    for page in [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"), *(ROOT / "web").glob("*.md")]:
        for target in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", page.read_text(encoding="utf-8")):
            assert (page.parent / target).exists(), f"{page.relative_to(ROOT)} -> {target}"
