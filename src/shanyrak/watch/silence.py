"""Who has not been heard of for longer than is good: the list of places that somebody must ring up.

An open place is silent when nobody there has said anything for as long as the word *open* is fresh; a place that
stands ready is silent, while the power is out, after a day; one that was ordered, when its time to open has passed.
Whatever the people on duty say breaks the silence, a count as well as a state; what visitors say does not.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

OWN_WORDS: Final = frozenset(
    {
        "point.planned", "point.equipping", "point.ready", "point.opened", "point.paused", "point.closed",
        "point.moved", "point.lost", "services.declared", "hours.declared", "activation.acknowledged",
        "activation.refused", "status.reported", "stock.counted", "stock.received", "stock.used", "visit.counted",
        "incident.reported", "need.raised", "need.met",
    }
)  # fmt: skip
"""Kinds by which a place is heard of, whoever wrote them down."""
IN_NEED: Final = frozenset({"outage", "blackout"})
"""Modes in which a place that stands ready is expected to say that it still does."""


@dataclass(frozen=True, slots=True)
class Limits:
    """After how many minutes without a word a place is silent."""

    open_min: int = 180
    ready_min: int = 24 * 60
    answer_min: int = 120
    """to an order that names no time, of a place that names none"""


def silence_limit(state: str, mode: str, limits: Limits) -> int | None:
    """Minutes without a word after which a place in this state is silent; None where it may be.

    Parameters
    ----------
    state : last word by the state table
    mode : of its area; "" where nobody said
    """
    if state == "open":
        return limits.open_min
    return limits.ready_min if state == "ready" and mode in IN_NEED else None


def is_silent(state: str, mode: str, last_at_min: int | None, now_at_min: int, limits: Limits) -> bool:
    """Whether a place has been silent for too long.

    Parameters
    ----------
    last_at_min : when it was last heard of; None where nobody knows, which is silence
    """
    limit = silence_limit(state, mode, limits)
    return limit is not None and (last_at_min is None or now_at_min - last_at_min > limit)
