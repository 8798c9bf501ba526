"""Which warm place first: expected half-minutes to a warm seat, falling back to the next place (``spec/ranking.md``).

Whole numbers only and no rounding on the way: a sum is carried in half-minutes times 1000 to the power of the places
tried, at most three, so it is exact here and in a browser alike.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from shanyrak.core.errors import InvalidInput
from shanyrak.find.trust import Table

_POWER = (1, 1_000, 1_000_000, 1_000_000_000)
"""What sums are carried in, by the number of places that may still be tried."""

Value = bool | int | str | Sequence[str]


@dataclass(frozen=True, slots=True)
class Leg:
    """A walk to another place: half-minutes where the walk table has them, else metres in a straight line."""

    to: int
    walk_hmin: int | None = None
    line_m: int | None = None


@dataclass(frozen=True, slots=True)
class Place:
    """A place as the ranking sees it."""

    index: int
    """Its number for the caller; legs name places by it."""
    id: str
    """Decides between equals."""
    shown: str
    """``trust.Aged.shown``."""
    chance_permille: int
    """``trust.Aged.chance_permille``."""
    walk_hmin: int | None = None
    """Half-minutes on foot from here; None where the walk table does not have it."""
    line_m: int | None = None
    """Metres in a straight line from here; needed where there is no walk."""
    band: str = ""
    opens_at_min: int | None = None
    chance_then_permille: int = 0
    closes_at_min: int | None = None
    """The three of ``trust.Outlook``."""
    said_at_min: int | None = None
    """Only handed through."""
    legs: tuple[Leg, ...] = ()
    """To its nearest places; one named twice counts with the shorter, itself or a place not given is passed over."""
    services: Mapping[str, Value] = field(default_factory=dict)
    """What it has or has not; absent is not known."""


@dataclass(frozen=True, slots=True)
class Next:
    """Where to go from a place that is shut; exactly one of the two lengths is given."""

    index: int
    minutes: int | None
    """From that place, rounded up."""
    line_m: int | None


@dataclass(frozen=True, slots=True)
class Ranked:
    """One row of the answer."""

    index: int
    minutes: int | None
    """On foot from here, rounded up; None where only ``line_m`` is known."""
    line_m: int | None
    shown: str
    said_at_min: int | None
    chance_permille: int
    """Of a seat on arrival, as counted; never shown."""
    on_arrival: str
    """``shuts_before`` or ``opens_before`` where arriving changes what it counts as, else ""."""
    behind: str
    """Why it stands behind the others: "" (it does not), ``full`` or ``shut``."""
    if_shut: tuple[Next, ...]
    """Up to two, best first."""


@dataclass(frozen=True, slots=True)
class Ranking:
    """Places best first, and how many are left out for what is needed."""

    places: tuple[Ranked, ...]
    not_shown_unknown: int
    """Nobody knows whether they have all that is needed; none of it is known to be missing."""
    not_shown_no: int
    """They said that something needed is not there."""


def rank(
    places: Iterable[Place],
    now_at_min: int,
    table: Table,
    *,
    needs: Sequence[str] = (),
    profile: str = "adult",
) -> Ranking:
    """Places in the order in which a person should try them.

    Parameters
    ----------
    needs : what must be there: a field of ``services.declared``, or ``field:value`` for one of a list
        (``languages:uk``)
    profile : whose walk the half-minutes are; turns straight lines into time, for sorting only

    Raises
    ------
    InvalidInput
        A place without walk and line, two places of one index, or a profile the table does not know.
    """
    kept: list[Place] = []
    unknown = no = 0
    for place in places:
        answers = [has(place.services, need, table) for need in needs]
        if False in answers:
            no += 1
        elif None in answers:
            unknown += 1
        else:
            kept.append(place)
    town = _Town(kept, now_at_min, table, profile)
    order = sorted(range(len(kept)), key=town.key)
    return Ranking(tuple(town.row(at) for at in order), unknown, no)


def has(services: Mapping[str, Value], need: str, table: Table) -> bool | None:
    """Whether what is needed is there: yes, no, or nobody knows."""
    name, _, wanted = need.partition(":")
    value = services.get(name)
    if value is None:
        return None
    if wanted:
        return value == wanted if isinstance(value, str) else not isinstance(value, (bool, int)) and wanted in value
    if isinstance(value, str):
        return value not in table.needs_no.get(name, ())
    if isinstance(value, (bool, int)):
        return value > 0
    return len(value) > 0


def line_hmin(line_m: int, table: Table, profile: str) -> int:
    """Half-minutes that a straight line counts as when sorting, rounded up."""
    return -(-line_m * table.detour_permille * 120 // (1000 * table.speed_m_per_h[profile]))


_Way = tuple[int, int, int, Leg]
"""(half-minutes, place by number in the id order, place, leg)"""


class _Town:
    """The places kept, with their walks as numbers that count."""

    def __init__(self, places: Sequence[Place], now_at_min: int, table: Table, profile: str) -> None:
        if profile not in table.speed_m_per_h:
            raise InvalidInput(
                f"no walking speed for {profile!r}", where="rank(profile)", mend=f"One of {sorted(table.speed_m_per_h)}"
            )
        self._places, self._table, self._now = places, table, now_at_min
        self._profile = profile
        at_of = {place.index: at for at, place in enumerate(places)}
        if len(at_of) < len(places):
            raise InvalidInput("two places have one index", where="rank(places)")
        self._walk = [self._length(place.walk_hmin, place.line_m, place.id) for place in places]
        by_id = sorted(range(len(places)), key=lambda at: (places[at].id, places[at].index))
        self._rank_of_id = {at: rank for rank, at in enumerate(by_id)}
        self._ways = [self._ways_from(at, at_of) for at in range(len(places))]
        self._seat = [
            table.seat_permille.get(place.band if place.shown == "open" else "", table.seat_permille[""])
            for place in places
        ]

    def key(self, at: int) -> tuple[int, int, int, int]:
        """What is sorted by: class, expected time, walk, id."""
        walk = self._walk[at]
        return (self._class(at), self._expected(at), walk, self._rank_of_id[at])

    def row(self, at: int) -> Ranked:
        place, walk = self._places[at], self._walk[at]
        change, chance = self._on_arrival(at, walk)
        beyond = sorted(
            (self._onward((at,), way, walk, self._table.places_most - 1), way[0], way[1], index)
            for index, way in enumerate(self._ways[at])
            if self._leads((at,), way, walk)
        )
        return Ranked(
            place.index,
            *_shown_length(place.walk_hmin, place.line_m),
            place.shown,
            place.said_at_min,
            chance,
            change,
            ("", "full", "shut")[self._class(at)],
            tuple(self._next(self._ways[at][index]) for *_, index in beyond[:2]),
        )

    def _next(self, way: _Way) -> Next:
        leg = way[3]
        return Next(self._places[way[2]].index, *_shown_length(leg.walk_hmin, leg.line_m))

    def _expected(self, at: int) -> int:
        walk, most = self._walk[at], self._table.places_most
        return walk * _POWER[most] + self._rest((at,), walk, most)

    def _rest(self, tried: tuple[int, ...], time_hmin: int, left: int) -> int:
        """Expected time from the door of the last of ``tried``, times 1000 to the power of ``left`` (it included)."""
        at = tried[-1]
        missed = 1000 - self._on_arrival(at, time_hmin)[1]
        best = 2 * self._table.nothing_found_min * _POWER[left - 1]
        if left > 1 and missed:
            for way in self._ways[at]:
                if way[0] * _POWER[left - 1] >= best:
                    break  # they are sorted: none after it is better
                if self._leads(tried, way, time_hmin):
                    best = min(best, self._onward(tried, way, time_hmin, left - 1))
        return missed * best

    def _onward(self, tried: tuple[int, ...], way: _Way, time_hmin: int, left: int) -> int:
        walk, to = way[0], way[2]
        return walk * _POWER[left] + (self._rest((*tried, to), time_hmin + walk, left) if left else 0)

    def _leads(self, tried: tuple[int, ...], way: _Way, time_hmin: int) -> bool:
        """Nobody is sent on to a place tried before, a full one, or one that counts as shut on arrival."""
        to = way[2]
        return to not in tried and not self._is_full(to) and not self._counts_as_shut(to, time_hmin + way[0])

    def _class(self, at: int) -> int:
        if self._counts_as_shut(at, self._walk[at]):
            return 2
        return 1 if self._is_full(at) else 0

    def _is_full(self, at: int) -> bool:
        return self._places[at].shown == "open" and self._places[at].band == "full"

    def _counts_as_shut(self, at: int, time_hmin: int) -> bool:
        return self._open_on_arrival(at, time_hmin)[1] <= self._table.not_led_to_permille

    def _on_arrival(self, at: int, time_hmin: int) -> tuple[str, int]:
        """What arriving then changes, and the chance of a seat."""
        change, chance = self._open_on_arrival(at, time_hmin)
        return change, chance * self._seat[at] // 1000

    def _open_on_arrival(self, at: int, time_hmin: int) -> tuple[str, int]:
        """What arriving then changes, and the chance that the door is open."""
        place, table = self._places[at], self._table
        opens, closes = place.opens_at_min, place.closes_at_min
        change, chance = "", place.chance_permille
        if opens is not None and time_hmin >= 2 * (opens - self._now) and place.chance_then_permille > chance:
            change, chance = "opens_before", place.chance_then_permille
        late = closes is not None and time_hmin + 2 * table.closing_margin_min > 2 * (closes - self._now)
        if late and (change or opens is None) and chance > table.shut:
            return "shuts_before", table.shut
        return change, chance

    def _ways_from(self, at: int, at_of: Mapping[int, int]) -> list[_Way]:
        """Walks to other places, shortest first; a place named twice with its shortest."""
        shortest: dict[int, _Way] = {}
        for leg in self._places[at].legs:
            to = at_of.get(leg.to)
            if to is None or to == at:
                continue
            length = self._length(leg.walk_hmin, leg.line_m, self._places[at].id)
            if to not in shortest or length < shortest[to][0]:
                shortest[to] = (length, self._rank_of_id[to], to, leg)
        return sorted(shortest.values(), key=lambda way: way[:2])

    def _length(self, walk_hmin: int | None, line_m: int | None, name: str) -> int:
        if walk_hmin is not None:
            return walk_hmin
        if line_m is None:
            raise InvalidInput(
                f"place {name} has neither walk nor line",
                where="rank(places)",
                mend="Give line_m where no walk is known",
            )
        return line_hmin(line_m, self._table, self._profile)


def _shown_length(walk_hmin: int | None, line_m: int | None) -> tuple[int | None, int | None]:
    """Minutes rounded up, else metres: never both."""
    return (None, line_m) if walk_hmin is None else ((walk_hmin + 1) // 2, None)
