"""How long work tells how far it is, without knowing of any screen."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol


class Progress(Protocol):
    """Called with a label, how much is done and of how much (None where that is not known)."""

    def __call__(self, label: str, done: int, total: int | None = None) -> None: ...


def silent(label: str, done: int, total: int | None = None) -> None:
    """Tells nobody."""


Clock = Callable[[], float]
"""Seconds that only grow, such as ``time.perf_counter``. Comes in by argument."""
