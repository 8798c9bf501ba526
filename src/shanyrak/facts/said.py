"""When a fact was so and how its word came, in the form that people and programs are told it."""

from __future__ import annotations

from datetime import UTC, datetime

from shanyrak.facts.happened import fault
from shanyrak.facts.store import Row


def happened_of(row: Row) -> str:
    """When it was so: as it was said, else when it was written down. What does not fit can have any shape."""
    happened = (row.fact.body_value() or {}).get("happened")
    return happened if isinstance(happened, str) and not fault(happened) else iso(row.eff_ms)


def via_of(row: Row) -> str:
    """How the word came."""
    body = row.fact.body
    # A canonical body has its names as they are: one without this one need not be read.
    via = (row.fact.body_value() or {}).get("via") if body and b'"via"' in body else None
    return via if isinstance(via, str) else "self"


def iso(ms: int) -> str:
    """A moment in UTC, to the second."""
    try:
        return datetime.fromtimestamp(ms / 1000, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    except (ValueError, OverflowError, OSError):
        return "unknown"
