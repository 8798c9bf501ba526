"""What commands show in a terminal: answers on stdout, everything else on stderr."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, Progress, SpinnerColumn, TaskID, TextColumn, TimeElapsedColumn

from shanyrak.core.progress import Progress as ProgressPort
from shanyrak.core.progress import silent

_PATIENCE_S = 0.7
"""Work that is done sooner shows no bar: it would only flicker."""

out = Console(highlight=False, soft_wrap=True)
err = Console(stderr=True, highlight=False, soft_wrap=True)


def print_json(answer: Any) -> None:
    """One JSON value on stdout, for programs."""
    out.print(json.dumps(answer, ensure_ascii=False, indent=2), markup=False)


def say(line: str) -> None:
    """One line on stdout, for people."""
    out.print(line, markup=False)


def note(line: str) -> None:
    """One line on stderr: what is worth knowing beside the answer."""
    err.print(line, markup=False)


@contextmanager
def progress_bar(enabled: bool = True) -> Iterator[ProgressPort]:
    """A bar on stderr for work over a second; nothing where stderr is no terminal."""
    if not enabled or not err.is_terminal:
        yield silent
        return
    bar = Progress(
        SpinnerColumn(), TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn(), console=err, transient=True
    )
    tasks: dict[str, TaskID] = {}
    begun = time.monotonic()
    running = False

    def show(label: str, done: int, total: int | None = None) -> None:
        nonlocal running
        if not running and time.monotonic() - begun > _PATIENCE_S:
            bar.start()
            running = True
        if label not in tasks:
            for other in tasks.values():
                bar.update(other, visible=False)
            tasks[label] = bar.add_task(label, total=total)
        bar.update(tasks[label], completed=done, total=total, visible=True)

    try:
        yield show
    finally:
        if running:
            bar.stop()
