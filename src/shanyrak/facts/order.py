"""The one order of facts: (effective time, origin, hash), sorted as numbers and bytes.

Effective time is ``at``, unless that is later than the earliest witnessed receipt + 10 minutes: then it is
that receipt, and the fact is flagged. So a clock that runs ahead cannot have the last word for ever.
"""

from __future__ import annotations

from typing import NamedTuple

LATEST_AHEAD_MS = 600_000
"""How far ``at`` may lie after the earliest witnessed receipt."""


class Order(NamedTuple):
    """Sorts facts; compare with ``<``."""

    ms: int
    counter: int
    origin: bytes
    id: bytes


def effective(at: tuple[int, int], receipt_ms: int | None) -> tuple[int, int, bool]:
    """Effective (ms, counter) and whether ``at`` was overruled by the earliest witnessed receipt."""
    if receipt_ms is not None and at[0] > receipt_ms + LATEST_AHEAD_MS:
        return receipt_ms, 0, True
    return at[0], at[1], False
