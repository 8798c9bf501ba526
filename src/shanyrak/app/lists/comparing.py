"""What a list says that the record does not know yet: one action per row."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, Literal

from shanyrak.app.lists.columns import key_of
from shanyrak.app.lists.points import PointRow, number_key
from shanyrak.app.lists.twins import Neighbourhood, metres_between, place_of
from shanyrak.app.lists.values import begins
from shanyrak.facts.rules import load_rules

What = Literal["new", "changed", "same", "twin", "refused"]
SAME_SPOT_M = 1.0
"""A position that differs less is the same one, written with fewer digits [m]."""
WITHIN_SIGHT_M = 300.0
"""A point that moves farther is another point [m]."""
SAID_BY = {
    "planned": "point.planned", "equipping": "point.equipping", "ready": "point.ready", "open": "point.opened",
    "paused": "point.paused", "closed": "point.closed",
}  # fmt: skip
"""State -> the kind that says it. That a point is lost, no list says."""


@dataclass(frozen=True)
class KnownPoint:
    """A point as the record has it."""

    id: bytes
    names: Mapping[str, str] = field(default_factory=dict)
    """language -> name"""
    list_numbers: Mapping[str, str] = field(default_factory=dict)
    """list -> number on it ('' where it has none)"""
    fields: Mapping[str, Any] = field(default_factory=dict)
    """other fields of ``point.described`` and ``services.declared``, and ``opening_hours``, by their names"""
    sealed: Mapping[str, str] | None = None
    """entrance, find, note; None where they are not known here or were withdrawn: a list does not bring them back"""
    state: str = ""
    said: str = ""
    """when the state was so (EDTF: a date, or a time in UTC)"""

    @property
    def name(self) -> str:
        """What to call it in a report."""
        return next(iter(self.names.values()), "") or str(self.fields.get("address", "")) or self.id.hex()[:12]


@dataclass(frozen=True)
class Change:
    """One field of the record that a row changes."""

    field: str
    old: Any
    new: Any


@dataclass(frozen=True)
class Action:
    """What becomes of a row."""

    what: What
    row: PointRow
    why: str = ""
    known: KnownPoint | None = None
    changes: tuple[Change, ...] = ()
    list_name: str = ""
    enters: bool = False
    """whether the point has to be entered in the list"""
    says_state: bool = False
    when: str = ""
    """from when the state is (EDTF)"""
    twin_of: bytes | int | None = None
    """the point, or the row, that this may be another entry of"""
    remarks: tuple[str, ...] = ()
    other_than: bytes = b""
    """a point that a person said this is not"""


def compare(
    rows: Iterable[PointRow], existing: Sequence[KnownPoint], list_name: str, *, when: str = "", confirms: bool = False
) -> list[Action]:
    """Compare the rows of a list with the points of the record.

    A point is found by its id, else by list and number, else by list and name with address (``points.own_key``).

    Parameters
    ----------
    rows, existing : the list, and every point of the record
    list_name : str
        Of rows that name no list themselves.
    when : str
        EDTF; from when the states are, where a row does not say.
    confirms : bool
        ``when`` was given, not guessed: a state that is already known is said again if the list is newer.
    """
    by_id = {point.id.hex(): point for point in existing}
    by_number: dict[tuple[str, str], KnownPoint] = {}
    near = Neighbourhood()
    for point in existing:
        for name, number in point.list_numbers.items():
            by_number[key_of(name), _known_key(number)] = point
        near.add(place_of(point.id, point.fields, point.names))
    actions: list[Action] = []
    for row in rows:
        if row.refused:
            actions.append(Action("refused", row, row.refused, remarks=row.remarks))
            continue
        name = row.list_name or list_name
        known = _by_id(row.id, by_id)
        if row.id and known is None:
            why = "no point has the id that stands in it; empty that cell to bring the row in as a new point"
            actions.append(Action("refused", row, why, remarks=row.remarks))
            continue
        # an exported file names points by their id; only a list of its own puts them on one
        enters = not row.id or bool(row.list_name)
        on_list = by_number.get((key_of(name), row.key))
        if known is not None and on_list is not None and on_list.id != known.id and enters and row.number:
            why = f"number {row.number} of the list is that of {on_list.name}"
            actions.append(Action("refused", row, why, remarks=row.remarks))
            continue
        known = known or on_list
        if known is not None:
            actions.append(of_known(row, known, name, enters and _entered_newly(row, known, name), when, confirms))
            continue
        place = place_of(row.row, row.described, row.described.get("names", {}))
        twin = near.twin_of(place)
        near.add(place)
        label = twin.label if twin and isinstance(twin.label, bytes | int) else None
        says, remark = _new_state(row)
        actions.append(
            Action(
                "twin" if twin else "new", row, _of_whom(twin.label, twin.why, by_id) if twin else "", None, (), name,
                True, says, row.said or when, label, row.remarks + ((remark,) if remark else ()),
            )
        )  # fmt: skip
    return actions


def gone_from(
    actions: Iterable[Action], existing: Iterable[KnownPoint], list_name: str
) -> list[tuple[str, KnownPoint]]:
    """Points that are on a list this file speaks of, and are not in the file any more: (number, point)."""
    actions = list(actions)
    lists = {key_of(a.row.list_name or list_name) for a in actions} or {key_of(list_name)}
    there = {(key_of(a.row.list_name or list_name), a.row.key) for a in actions}
    ids = {a.known.id for a in actions if a.known is not None}
    return [
        (number, point)
        for point in existing
        for name, number in point.list_numbers.items()
        if key_of(name) in lists and (key_of(name), _known_key(number)) not in there and point.id not in ids
    ]


def _known_key(number: str) -> str:
    return number if number.startswith("~") else number_key(number)


def _entered_newly(row: PointRow, known: KnownPoint, list_name: str) -> bool:
    """Whether a known point comes onto a list, or gets another number on it."""
    numbers = [number for name, number in known.list_numbers.items() if key_of(name) == key_of(list_name)]
    return not numbers or (bool(row.number) and all(_known_key(number) != row.key for number in numbers))


def _by_id(text: str, by_id: Mapping[str, KnownPoint]) -> KnownPoint | None:
    if text in by_id or len(text) < 12:
        return by_id.get(text)
    found = [point for key, point in by_id.items() if key.startswith(text)]
    return found[0] if len(found) == 1 else None


def _of_whom(label: object, why: str, by_id: Mapping[str, KnownPoint]) -> str:
    whom = f"row {label}" if isinstance(label, int) else by_id[bytes(label).hex()].name  # type: ignore[call-overload]
    return f"may be the same as {whom}: {why}"


def of_known(row: PointRow, known: KnownPoint, name: str, enters: bool, when: str, confirms: bool) -> Action:
    """The action of a row that is about a known point (``enters``: it has to be entered in the list)."""
    changes: list[Change] = []
    remarks = list(row.remarks)
    names = dict(row.described.get("names", {}))
    called_by_address = known.fields.get("address") in known.names.values()
    if row.described.get("address") in names.values() and known.names and not called_by_address:
        names = {}  # the row has no name of its own, the point has
    changes += [Change(f"name ({k})", known.names.get(k), v) for k, v in names.items() if known.names.get(k) != v]
    fields = {**row.described, **row.services}
    if row.hours:
        fields["opening_hours"] = row.hours
    for skipped in ("names", "lon_e7", "lat_e7"):
        fields.pop(skipped, None)
    changes += [Change(k, known.fields.get(k), v) for k, v in fields.items() if known.fields.get(k) != v]
    changes += _moved(row, known, remarks)
    if known.sealed is not None:
        there = known.sealed
        changes += [Change(k, there.get(k), v) for k, v in row.sealed.items() if there.get(k) != v]
    date = row.said or when
    says, remark = _says_state(row, known, date, bool(row.said) or confirms)
    if remark:
        remarks.append(remark)
    if says and row.state != known.state:
        changes.append(Change("state", known.state or None, row.state))
    elif says:
        changes.append(Change("last word", known.said or None, date))
    if enters:
        changes.append(Change("list", None, f"{name} {row.number}".strip()))
    what: What = "changed" if changes else "same"
    return Action(what, row, "", known, tuple(changes), name, enters, says, date, None, tuple(remarks))


def _moved(row: PointRow, known: KnownPoint, remarks: list[str]) -> list[Change]:
    lon, lat = row.described.get("lon_e7"), row.described.get("lat_e7")
    if lon is None or lat is None:
        return []
    old_lon, old_lat = known.fields.get("lon_e7"), known.fields.get("lat_e7")
    if old_lon is None or old_lat is None:
        return [Change("position", None, _shown(lon, lat))]
    metres = metres_between(old_lon, old_lat, lon, lat)
    if metres < SAME_SPOT_M:
        return []
    if metres > WITHIN_SIGHT_M:
        remarks.append(f"its position changed by {metres:,.0f} m: is it still the same place?")
    return [Change("position", _shown(old_lon, old_lat), _shown(lon, lat))]


def _shown(lon_e7: int, lat_e7: int) -> str:
    return f"{lat_e7 / 1e7:.5f}, {lon_e7 / 1e7:.5f}"


@lru_cache(maxsize=256)
def _may_follow(state: str, before: str) -> bool:
    """Whether a list can say this state of a point that is in that one, by the rules of the record."""
    kind = SAID_BY.get(state)
    return kind is not None and before in load_rules().things["point"].moves[kind][0]


def _new_state(row: PointRow) -> tuple[bool, str]:
    if not row.state:
        return False, ""
    if not _may_follow(row.state, ""):
        return False, f"the state {row.state!r} is left out: a list cannot say it of a new point"
    return True, ""


def _says_state(row: PointRow, known: KnownPoint, date: str, sure: bool) -> tuple[bool, str]:
    """Whether a row's state is news. A list never overrules a word that is newer than the list."""
    if not row.state:
        return False, ""
    newer = not known.said or "" < begins(known.said) < begins(date)
    if row.state == known.state:
        return newer and sure and bool(date), ""
    if not _may_follow(row.state, known.state):
        return (
            False,
            f"the state {row.state!r} is left out: a list cannot say it of a point that is {known.state or 'new'}",
        )
    if not newer:
        return False, (
            f"the state {row.state!r} ({date or 'no date'}) is left out: the record has {known.state!r} ({known.said})"
        )
    return True, ""
