"""A point as the desk's table in memory holds it, and how its word ages."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal

from shanyrak.app.desk.model import Labels, PointRef, Shown, State, Who
from shanyrak.find.trust import Intervals, Table, age
from shanyrak.watch.answers import Reply
from shanyrak.watch.contradicted import Contradiction

AGING = ("open", "paused", "closed", "ready")
"""States that people looking for warmth are told; all others are unknown to them."""
NOT_EXPECTED = ("planned", "equipping", "lost")
"""States in which nobody expects a place to answer."""


@dataclass(slots=True)
class Need:
    """Something a point is short of."""

    id: str
    point: bytes
    short_of: str
    lasts_min: int | None
    urgent: bool
    raised_at_min: int

    def as_dict(self) -> dict[str, Any]:
        """As the desk is told it."""
        return {
            "id": self.id, "short_of": self.short_of, "lasts_min": self.lasts_min, "urgent": self.urgent,
            "raised_at_min": self.raised_at_min,
        }  # fmt: skip


@dataclass(slots=True)
class Card:
    """One point; everything that does not depend on who asks."""

    id: bytes
    scope: bytes
    """where it was created: its area, or the network"""
    around: tuple[bytes, ...]
    """itself and everything around it, the network last"""
    names: Labels = field(default_factory=dict)
    kind: str = ""
    address: str = ""
    district: str = ""
    area: str = ""
    operator: str = ""
    lon_e7: int | None = None
    lat_e7: int | None = None
    seats: int | None = None
    state: State = ""
    for_good: bool = False
    said: tuple[int, int] | None = None
    """effective time (ms, counter) of the last word on the state"""
    said_at_min: int | None = None
    until_at_min: int | None = None
    by: Who = ""
    contradiction: Contradiction | None = None
    hours: Intervals | None = None
    opens_within_min: int | None = None
    band: str = ""
    band_at_min: int = 0
    official: bool = False
    number: str = ""
    lists: dict[str, str] = field(default_factory=dict)
    phone_code: str = ""
    twin_of: str = ""
    place: Literal["public", "blurred", "hidden"] = "public"
    heard_at_min: int | None = None
    """when it was last heard of, as far as the window of ``Board`` reaches; else the last word on its state"""
    replies: dict[str, list[Reply]] = field(default_factory=dict)
    """by order"""
    needs: dict[str, Need] = field(default_factory=dict)
    shown: Shown = "unknown"
    unknown_from_at_min: int | None = None
    turns_at_min: int | None = None
    """when ``shown`` changes if nobody says more"""

    @property
    def is_expected(self) -> bool:
        """Whether an order can be meant for it."""
        return self.state not in NOT_EXPECTED and not (self.state == "closed" and self.for_good)

    def grow_old(self, now_at_min: int, table: Table) -> bool:
        """Age the last word to now; whether that changed what is shown."""
        before = (self.shown, self.unknown_from_at_min)
        state = self.state if self.state in AGING else "unknown"
        against = self.contradiction is not None
        aged = age(state, self.said_at_min, self.until_at_min, self.hours, against, now_at_min, table)
        self.shown = aged.shown  # type: ignore[assignment]  # one of these by the table's own words
        self.unknown_from_at_min = aged.unknown_from_at_min
        turns = [] if aged.unknown_from_at_min is None else [aged.unknown_from_at_min]
        if state == "open" and self.said_at_min is not None:
            turns += [self.said_at_min + table.fresh_min + 1, self.said_at_min - table.ahead_min]
        self.turns_at_min = min((at for at in turns if at > now_at_min), default=None)
        return before != (self.shown, self.unknown_from_at_min)

    def ref(self) -> PointRef:
        """The point as a row names it."""
        return PointRef(
            self.id.hex(), self.names, self.address, self.district, self.kind, self.state, self.shown,
            self.said_at_min, self.by,
        )  # fmt: skip
