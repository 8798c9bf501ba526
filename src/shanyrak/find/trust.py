"""How a word ages, and the chance that a door is open (``spec/ranking.md``, numbers in ``spec/trust.json``).

Moments are whole minutes since 1970, UTC. Nothing reads a clock. ``now`` should be the later of the device's clock
and the moment that the data was made, because a phone's clock may be years behind.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from shanyrak.core.errors import InvalidInput
from shanyrak.core.spec import spec_folder

Intervals = Sequence[tuple[int, int]]
"""Declared hours as [from, to), ascending."""


@dataclass(frozen=True, slots=True)
class Table:
    """The numbers of ``spec/trust.json``; chances per thousand, times in minutes."""

    ahead_min: int
    fresh_min: int
    open_unknown_after_min: int
    said: tuple[tuple[int, int], ...]
    """(age at most, chance), ascending."""
    paused_unknown_after_min: int
    within_hours: int
    outside_hours: int
    unknown: int
    shut: int
    contradicted: int
    seat_permille: Mapping[str, int]
    places_most: int
    nothing_found_min: int
    closing_margin_min: int
    not_led_to_permille: int
    detour_permille: int
    speed_m_per_h: Mapping[str, int]
    needs_no: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


def table_of(data: Mapping[str, Any]) -> Table:
    """The table in what a trust file holds.

    Raises
    ------
    InvalidInput
        Where it is not format 1, or ``places_most`` is not 1 to 3: more would not stay exact in a browser's numbers.
    """
    where = "spec/trust.json"
    if data.get("f") != 1:
        raise InvalidInput("no trust table of format 1", where=where, mend="Take the file of this version")
    ranking, chance = data["ranking"], data["chance_permille"]
    if ranking["places_most"] not in (1, 2, 3):
        raise InvalidInput(
            f"places_most is {ranking['places_most']!r}", where=where, mend="1, 2 or 3 keep all sums exact"
        )
    return Table(
        ahead_min=data["open"]["ahead_min"],
        fresh_min=data["open"]["fresh_min"],
        open_unknown_after_min=data["open"]["unknown_after_min"],
        said=tuple((step["at_most_min"], step["chance_permille"]) for step in data["open"]["said"]),
        paused_unknown_after_min=data["paused"]["unknown_after_min"],
        within_hours=chance["within_hours"],
        outside_hours=chance["outside_hours"],
        unknown=chance["unknown"],
        shut=chance["shut"],
        contradicted=chance["contradicted"],
        seat_permille=data["seat_permille"],
        places_most=ranking["places_most"],
        nothing_found_min=ranking["nothing_found_min"],
        closing_margin_min=ranking["closing_margin_min"],
        not_led_to_permille=ranking["not_led_to_permille"],
        detour_permille=ranking["detour_permille"],
        speed_m_per_h=ranking["speed_m_per_h"],
        needs_no={key: tuple(values) for key, values in data["needs_no"].items()},
    )


def load_table(path: Path) -> Table:
    """The table of a file."""
    return table_of(json.loads(path.read_text(encoding="utf-8")))


@cache
def default_table() -> Table:
    """The table of ``spec/trust.json``, read once."""
    return load_table(spec_folder() / "trust.json")


@dataclass(frozen=True, slots=True)
class Aged:
    """What a state is worth now."""

    shown: str
    """``open not_confirmed paused closed ready unknown``, one of these."""
    chance_permille: int
    """Chance that the door is open now."""
    unknown_from_at_min: int | None
    """From when on the word is unknown if nobody says more; None where it has no such end."""


@dataclass(frozen=True, slots=True)
class Outlook:
    """What the next hours change by what was declared; the ranking asks for the moment of arrival."""

    opens_at_min: int | None
    """When it opens, where it does not count as open now."""
    chance_then_permille: int
    """Chance that it is open from ``opens_at_min`` on; 0 where that is None."""
    closes_at_min: int | None
    """When it shuts: today, or after it has opened."""


def age(
    state: str,
    said_at_min: int | None,
    until_at_min: int | None,
    open_at_min: Intervals | None,
    contradicted: bool,
    now_at_min: int,
    table: Table,
) -> Aged:
    """A state as it was said, as it is to be shown now.

    Parameters
    ----------
    state : one of ``publish.model.STATES``, as said last
    until_at_min : open until, or back at, as said
    open_at_min : declared hours; None where nobody declared any, empty where it is shut on all the days given
    contradicted : visitors since then say otherwise (``Visitors.contradict``)
    """
    silent = _without_word(open_at_min, now_at_min, table)
    end = _word_ends(state, said_at_min, until_at_min, open_at_min, table)
    if state == "ready":
        aged = Aged("ready", table.shut, None)
    elif state in ("closed", "paused"):
        over = end is not None and now_at_min >= end
        aged = Aged("unknown", silent, end) if over else Aged(state, table.shut, end)
    elif state == "open" and said_at_min is not None and end is not None:
        age_min = now_at_min - said_at_min
        if now_at_min >= end or age_min < -table.ahead_min:
            aged = Aged("unknown", silent, end)
        else:
            chance = next((chance for most, chance in table.said if age_min <= most), table.unknown)
            fresh = age_min <= table.fresh_min and not contradicted
            aged = Aged("open" if fresh else "not_confirmed", chance, end)
    else:
        aged = Aged("unknown", silent, None)
    if contradicted and aged.chance_permille > table.contradicted:
        return Aged(aged.shown, table.contradicted, aged.unknown_from_at_min)
    return aged


def outlook(
    state: str,
    said_at_min: int | None,
    until_at_min: int | None,
    open_at_min: Intervals | None,
    contradicted: bool,
    now_at_min: int,
    table: Table,
) -> Outlook:
    """When a place will open or shut by its own account; parameters as of ``age``."""
    now = age(state, said_at_min, until_at_min, open_at_min, contradicted, now_at_min, table)
    if now.shown in ("open", "not_confirmed"):
        return Outlook(None, 0, _closing(said_at_min, until_at_min, open_at_min))
    if now.shown == "ready":
        return Outlook(None, 0, None)
    if now.shown == "unknown":
        inside = _interval_at(open_at_min, now_at_min)
        if inside is not None:
            return Outlook(None, 0, inside[1])
        opens = _next_opening(open_at_min, now_at_min)
    else:
        opens = now.unknown_from_at_min
    if opens is None or contradicted:
        return Outlook(None, 0, None)
    later = age(state, said_at_min, until_at_min, open_at_min, False, opens, table)
    inside = _interval_at(open_at_min, opens)
    return Outlook(opens, later.chance_permille, inside[1] if inside else None)


def _word_ends(
    state: str, said_at_min: int | None, until_at_min: int | None, open_at_min: Intervals | None, table: Table
) -> int | None:
    """When the last word stops to hold; None where nothing ends it."""
    if said_at_min is None:
        return until_at_min if state in ("closed", "paused") else None
    if state == "open":
        latest = said_at_min + table.open_unknown_after_min
        closing = _closing(said_at_min, until_at_min, open_at_min)
        return latest if closing is None else min(latest, closing)
    if state in ("closed", "paused"):
        if until_at_min is not None:
            return until_at_min
        opening = _next_opening(open_at_min, said_at_min)
        if state == "closed":
            return opening
        latest = said_at_min + table.paused_unknown_after_min
        return latest if opening is None else min(latest, opening)
    return None


def _closing(said_at_min: int | None, until_at_min: int | None, open_at_min: Intervals | None) -> int | None:
    """As said, else the end of the first declared interval that ends after the word."""
    if until_at_min is not None or said_at_min is None:
        return until_at_min
    return next((end for _, end in open_at_min or () if end > said_at_min), None)


def _next_opening(open_at_min: Intervals | None, after_min: int) -> int | None:
    return next((begin for begin, _ in open_at_min or () if begin > after_min), None)


def _interval_at(open_at_min: Intervals | None, at_min: int) -> tuple[int, int] | None:
    return next(((begin, end) for begin, end in open_at_min or () if begin <= at_min < end), None)


def _without_word(open_at_min: Intervals | None, now_at_min: int, table: Table) -> int:
    """Chance where no word holds: by the declared hours, as far as the days given reach."""
    if open_at_min is None or (len(open_at_min) > 0 and now_at_min >= open_at_min[-1][1]):
        return table.unknown
    return table.within_hours if _interval_at(open_at_min, now_at_min) else table.outside_hours
