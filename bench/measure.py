"""How a benchmark measures: whole processes with their peak memory, medians of several runs."""

from __future__ import annotations

import os
import statistics
import subprocess
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


def whole_process(command: Sequence[str], *, env: dict[str, str] | None = None) -> Finished:
    """Run a command; wall seconds and peak resident memory of it and its children."""
    begun = time.perf_counter()
    process = subprocess.Popen(
        list(command), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env={**os.environ, **(env or {})}
    )
    assert process.stdout is not None and process.stderr is not None
    output, errors = process.stdout.read(), process.stderr.read()
    _, status, usage = os.wait4(process.pid, 0)
    seconds = time.perf_counter() - begun
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise RuntimeError(f"{command[0]} ended with {process.returncode}: {errors[-2000:]}")
    return Finished(seconds, usage.ru_maxrss / 1024, output)


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
