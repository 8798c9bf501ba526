"""Shared by all tests: where the real extracts lie."""

from __future__ import annotations

import itertools
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest
from hypothesis import settings

settings.register_profile("shanyrak", deadline=None)  # a loaded machine is no counterexample
settings.load_profile("shanyrak")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Files with slow tests first, one with a browser beside one without.

    A long file that is handed out last keeps one core waiting for the other; two browsers at once slow each other.
    """
    place: dict[Path, tuple[bool, int, bool]] = {}
    for path, of_file in itertools.groupby(items, lambda item: item.path):
        marks = {mark.name for item in of_file for mark in item.iter_markers()}
        browser, slow = "browser" in marks, bool(marks & {"slow", "browser"})
        alike = sum(before[::2] == (not slow, browser) for before in place.values())
        place[path] = (not slow, alike, browser)
    items.sort(key=lambda item: place[item.path])


@pytest.fixture(scope="session")
def data_dir() -> Path:
    """Folder of real extracts: SHANYRAK_TEST_DATA, else ../shared/data beside the repository.

    Missing data is said loudly: a skip on a developer's machine, a failure in CI.
    """
    default = Path(__file__).resolve().parents[2] / "shared" / "data"
    folder = Path(os.environ.get("SHANYRAK_TEST_DATA", default))
    if not (folder / "monaco" / "monaco.osm.pbf").is_file():
        message = "REAL DATA IS MISSING: set SHANYRAK_TEST_DATA to the folder with monaco/, heidelberg/ ..."
        if os.environ.get("CI") == "true":
            pytest.fail(message)
        pytest.skip(message)
    return folder


@dataclass(frozen=True)
class Demo:
    """A home with the demo's town and plan in it, and how to run the program on it."""

    home: Path
    said: str

    @property
    def plan(self) -> Path:
        """Folder of the demo's plan."""
        (folder,) = (self.home / "plans").iterdir()
        return folder

    def run(self, *arguments: str, cwd: Path | None = None) -> subprocess.CompletedProcess[str]:
        """Run the program as its user would."""
        return run_program(*arguments, home=self.home, cwd=cwd)


def run_program(*arguments: str, home: Path, cwd: Path | None = None) -> subprocess.CompletedProcess[str]:
    """``shanyrak ARGUMENTS`` in a process of its own, everything kept under ``home``."""
    env = {**os.environ, "SHANYRAK_HOME": str(home), "LC_ALL": "C.UTF-8"}
    command = [sys.executable, "-m", "shanyrak", *arguments]
    return subprocess.run(command, env=env, cwd=cwd, capture_output=True, text=True, timeout=600, check=False)


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Demo:
    """``shanyrak demo --once``, run once for all tests that look at what it made."""
    home = tmp_path_factory.mktemp("home")
    done = run_program("demo", "--once", home=home)
    assert done.returncode == 0, done.stderr
    return Demo(home, done.stdout)
