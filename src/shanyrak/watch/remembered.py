"""What is only remembered: archive initiatives are told from sources, and nobody is led to their places."""

from __future__ import annotations

from shanyrak.facts.ledger import Ledger, Thing

UNKNOWN = "unknown"
ENDED = ("closed", "lost")


def is_archive(ledger: Ledger, point: Thing) -> bool:
    """It belongs to an initiative that is only remembered."""
    initiative = point.get("initiative")
    found = ledger.thing(bytes.fromhex(initiative)) if initiative else None
    return bool(found is not None and found.get("archive"))


def state_of(ledger: Ledger, thing: Thing) -> str:
    """The state of a thing as people are told it; ``unknown`` where nobody said.

    A remembered place that no source says the end of is unknown since its last word, never open.
    """
    if thing.now not in ENDED and is_archive(ledger, thing):
        return UNKNOWN
    return thing.now or UNKNOWN
