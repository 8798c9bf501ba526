"""How a benchmark measures: whole processes with their peak memory, medians of several runs."""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

Row = dict[str, Any]
"""One figure: at least ``what`` and ``value``; further ``unit``, ``peer``, ``ratio``, ``target``, ``memory_mb``."""


@dataclass(frozen=True)
class Finished:
    """A process that ended well."""

    seconds: float
    memory_mb: float
    output: str


_LAUNCHER = """
import json, os, resource, subprocess, sys, time
begun = time.perf_counter()
done = subprocess.run(json.loads(sys.argv[1]), capture_output=True, text=True)
seconds = time.perf_counter() - begun
memory = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
print(json.dumps([done.returncode, seconds, memory, done.stdout, done.stderr]))
"""


def whole_process(command: Sequence[str], *, env: dict[str, str] | None = None) -> Finished:
    """Run a command; wall seconds and peak resident memory of it and its children.

    A small process of its own starts it: on Linux the peak of a new process begins at what its parent had,
    and a benchmark that holds graphs is larger than most programs it measures.
    """
    launcher = [sys.executable, "-S", "-c", _LAUNCHER, json.dumps(list(command))]
    answer = subprocess.run(launcher, env={**os.environ, **(env or {})}, capture_output=True, text=True, check=True)
    code, seconds, memory_mb, output, errors = json.loads(answer.stdout)
    if code:
        raise RuntimeError(f"{command[0]} ended with {code}: {errors[-2000:]}")
    return Finished(seconds, memory_mb, output)


def median_process(command: Sequence[str], runs: int, *, env: dict[str, str] | None = None) -> Finished:
    """The run with the median time."""
    finished = sorted((whole_process(command, env=env) for _ in range(runs)), key=lambda f: f.seconds)
    return finished[len(finished) // 2]


def median_seconds(work: Callable[[], object], runs: int) -> float:
    """Median wall seconds of calling ``work``."""
    taken = []
    for _ in range(runs):
        begun = time.perf_counter()
        work()
        taken.append(time.perf_counter() - begun)
    return statistics.median(taken)


def data_folder() -> Path:
    """Folder of real extracts: SHANYRAK_TEST_DATA, else ../shared/data beside the repository."""
    default = Path(__file__).resolve().parents[2] / "shared" / "data"
    folder = Path(os.environ.get("SHANYRAK_TEST_DATA", default))
    if not folder.is_dir():
        raise SystemExit("Real data is missing: set SHANYRAK_TEST_DATA")
    return folder
