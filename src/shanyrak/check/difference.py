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
