"""Points of which different people say different things: the desk calls there.

The last word on the state stands until those who may give one say another. What a visitor, the desk or an
inspector found since then does not change it; where it says the opposite, both are listed here.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from shanyrak.facts.ledger import Ledger, Thing
from shanyrak.facts.said import happened_of, via_of
from shanyrak.facts.store import Row
from shanyrak.watch.remembered import is_archive

VISITOR = "visitor"
VISITORS_AT_LEAST = 2
"""One visitor can stand before the wrong door."""
_SHUT = frozenset({"shut", "not_here", "gone"})
_OPEN = frozenset({"open", "full"})
OPPOSITE: Mapping[str, frozenset[str]] = {"open": _SHUT, "paused": _OPEN, "closed": _OPEN, "ready": _OPEN}
"""What somebody finds there that cannot be so together with a state."""
_ROLES = ("host", "inspector", "driver", "desk", "headquarters", "admin")


@dataclass(frozen=True, slots=True)
class Found:
    """What somebody said or found."""

    what: str
    happened: str
    """EDTF."""
    who: str
    """``visitor``, or the role of the device that said it; "" where it has none."""
    via: str
    fact: str


@dataclass(frozen=True, slots=True)
class Contradiction:
    """A point, the last word on its state, and what was said against it since, the oldest first."""

    point: bytes
    said: Found
    against: tuple[Found, ...]


def contradicted(ledger: Ledger) -> list[Contradiction]:
    """All points that contradict, the one with the newest word against it first."""
    points = [point for point in ledger.things("point") if point.now in OPPOSITE]
    rows = ledger.store.get(bytes.fromhex(fact) for point in points for fact in words_on(point))
    found = []
    for point in points:
        one = contradiction(ledger, point, rows)
        if one is not None and not is_archive(ledger, point):
            found.append((rows[bytes.fromhex(one.against[-1].fact)].order, one))
    return [one for _, one in sorted(found, key=lambda each: each[0], reverse=True)]


def contradiction(ledger: Ledger, point: Thing, rows: Mapping[bytes, Row]) -> Contradiction | None:
    """What contradicts at one point; None where nothing does.

    Parameters
    ----------
    rows : the entries that ``words_on`` names, by id; others may be among them
    """
    spoken = point.now in OPPOSITE and (_visitors(point) or _reports(point))
    against = _against(point, rows) if spoken else []
    if not against:
        return None
    said = rows[bytes.fromhex(point.state["state"][1])]
    return Contradiction(point.id, _found(ledger, said, point.now), _told(ledger, against))


def words_on(point: Thing) -> Iterable[str]:
    """The entries [hex] that say how it is at a point, by whomever; empty where nobody spoke of its state."""
    if "state" not in point.state:
        return
    yield point.state["state"][1]
    yield from (fact for _, fact in _visitors(point))
    yield from (fact for _, fact in _reports(point))


def _visitors(point: Thing) -> Sequence[tuple[str, str]]:
    return [(value, fact) for value, fact in point.state.get("recent", {}).get("state", ())]


def _reports(point: Thing) -> Sequence[tuple[str, str]]:
    """What each reporter found last."""
    return [(value, fact) for value, fact in point.state.get("sources", {}).get("found", {}).values()]


_Said = tuple[str, Row, bool]
"""What, its entry, whether a visitor's."""


def _against(point: Thing, rows: Mapping[bytes, Row]) -> list[_Said]:
    """What was said against the state since its last word, oldest first; empty where that is too little."""
    last = rows[bytes.fromhex(point.state["state"][1])].order
    opposite = OPPOSITE[point.now]

    def since(said: Iterable[tuple[str, str]]) -> list[tuple[str, Row]]:
        each = [(value, rows[bytes.fromhex(fact)]) for value, fact in said]
        return [(value, row) for value, row in each if row.order > last]

    visitors, reports = since(_visitors(point)), since(_reports(point))
    against = [one for one in visitors if one[0] in opposite]
    counts = len(against) >= VISITORS_AT_LEAST and 2 * len(against) > len(visitors)
    found: list[_Said] = [(value, row, False) for value, row in reports if value in opposite]
    if counts or found:
        found += [(value, row, True) for value, row in against]
    return sorted(found, key=lambda one: one[1].order)


def _told(ledger: Ledger, said: Iterable[_Said]) -> tuple[Found, ...]:
    return tuple(_found(ledger, row, what, is_visitor=is_visitor) for what, row, is_visitor in said)


def _found(ledger: Ledger, row: Row, what: str, *, is_visitor: bool = False) -> Found:
    roles = {one.role for one in ledger.trust.authority.roles_of(row.key.origin)}
    who = VISITOR if is_visitor else next((role for role in _ROLES if role in roles), "")
    return Found(what, happened_of(row), who, via_of(row), row.id.hex())
