"""What the checker found to be otherwise than it is said to be."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Difference:
    """One thing that does not hold."""

    what: str
    where: str
    expected: str
    """what the checker's own reckoning gives"""
    found: str
    """what is written"""

    def __str__(self) -> str:
        return f"{self.where}: {self.what}: {self.found} is written, {self.expected} is right"


class Differences(list[Difference]):
    """What was found so far in one place."""

    def __init__(self, where: str) -> None:
        super().__init__()
        self._where = where

    def compare(self, what: str, expected: object, written: object) -> None:
        """Note it where what is written is not what is right."""
        if expected != written:
            self.append(Difference(what, self._where, str(expected), str(written)))
