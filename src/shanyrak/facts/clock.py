"""The clock of a store: hybrid logical time, moved by nothing but its own words."""

from __future__ import annotations

from collections.abc import Callable

from shanyrak.facts.fact import MAX_COUNTER

WRONG_AHEAD_MS = 600_000
"""A last time further ahead of now than this came from a clock that was wrong and was mended."""


class HybridClock:
    """(ms, counter) that never goes back within what this store wrote; facts of others do not move it."""

    def __init__(self, now_ms: Callable[[], int], last: tuple[int, int] = (0, 0)) -> None:
        self._now_ms = now_ms
        self.last = last

    def tick(self) -> tuple[int, int]:
        """The time of the next fact."""
        now = max(self._now_ms(), 0)
        ms, counter = self.last
        if now > ms or ms - now > WRONG_AHEAD_MS:
            self.last = (now, 0)
        elif counter < MAX_COUNTER:
            self.last = (ms, counter + 1)
        else:
            self.last = (ms + 1, 0)
        return self.last
