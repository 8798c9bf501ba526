"""The status of all points: a base, and the delta that says what changed since (``spec/bundle.md``)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import msgspec

from shanyrak.publish.bundle_signing import BundleRefused
from shanyrak.publish.model import Notice, PointStatus, Visitors

STATE_LETTERS: Final = {"unknown": "u", "open": "o", "paused": "p", "closed": "c", "ready": "r"}
WHO_LETTERS: Final = {"": "-", "duty": "d", "desk": "h", "list": "l", "inspector": "i"}
BAND_LETTERS: Final = {"": "-", "free": "f", "some": "s", "crowded": "c", "full": "x"}
_STATES = {letter: state for state, letter in STATE_LETTERS.items()}
_WHO = {letter: who for who, letter in WHO_LETTERS.items()}
_BANDS = {letter: band for band, letter in BAND_LETTERS.items()}
_NOBODY = Visitors()


@dataclass(frozen=True, slots=True)
class Status:
    """The status of all points at one moment, in the order of the points file."""

    as_of_at_min: int
    points: tuple[PointStatus, ...]
    mode: str
    notices: tuple[Notice, ...]


def base_members(status: Status) -> dict[str, Any]:
    """The members of a base that tell the status."""
    as_of = status.as_of_at_min
    points = status.points
    return {
        "as_of_at_min": as_of,
        "mode": status.mode,
        "notices": _notices(status.notices),
        "state": "".join(STATE_LETTERS[one.state] for one in points),
        "by": "".join(WHO_LETTERS[one.by] for one in points),
        "band": "".join(BAND_LETTERS[one.band] for one in points),
        "said": [_back(one.said_at_min, as_of) for one in points],
        "until": [[k, one.until_at_min - as_of] for k, one in enumerate(points) if one.until_at_min is not None],
        "visitors": [[k, *_visitors(one.visitors, as_of)] for k, one in enumerate(points) if one.visitors != _NOBODY],
    }


def read_base(said: dict[str, Any], *, where: str = "") -> Status:
    """The status that a base tells; BundleRefused where it is not as ``spec/bundle.md`` says."""
    try:
        one = msgspec.convert(said, _Base)
        count = len(one.state)
        if not count == len(one.by) == len(one.band) == len(one.said):
            raise ValueError("its lists differ in length")
        until = dict(_ascending([(k, at) for k, at in one.until], count))
        visitors = dict(_ascending([(line[0], line[1:]) for line in one.visitors], count))
        as_of = one.as_of_at_min
        points = tuple(
            PointStatus(
                _STATES[one.state[k]],
                _at(one.said[k], as_of),
                _WHO[one.by[k]],
                as_of + until[k] if k in until else None,
                _BANDS[one.band[k]],
                _read_visitors(visitors[k], as_of) if k in visitors else _NOBODY,
            )
            for k in range(count)
        )
        return Status(as_of, points, one.mode, one.notices)
    except (msgspec.ValidationError, KeyError, ValueError) as fault:
        raise BundleRefused("damaged", f"its status cannot be read ({fault})", where=where) from fault


def delta_members(before: Status, status: Status) -> dict[str, Any]:
    """The members of a delta from ``before`` to ``status``; both of the same points."""
    as_of = status.as_of_at_min
    changed = [
        [k, *_line(new, as_of)]
        for k, (old, new) in enumerate(zip(before.points, status.points, strict=True))
        if old != new
    ]
    said: dict[str, Any] = {"as_of_at_min": as_of, "set": changed}
    if status.mode != before.mode:
        said["mode"] = status.mode
    if status.notices != before.notices:
        said["notices"] = _notices(status.notices)
    return said


def read_delta(before: Status, said: dict[str, Any], *, where: str = "") -> Status:
    """The status after a delta."""
    try:
        one = msgspec.convert(said, _Delta)
        points = list(before.points)
        for k, line in _ascending([(line[0], line[1:]) for line in one.set], len(points)):
            points[k] = _read_line(line, one.as_of_at_min)
        mode = before.mode if one.mode is None else one.mode
        return Status(one.as_of_at_min, tuple(points), mode, before.notices if one.notices is None else one.notices)
    except (msgspec.ValidationError, KeyError, ValueError) as fault:
        raise BundleRefused("damaged", f"its status cannot be read ({fault})", where=where) from fault


# shapes, and the parts both have ------------------------------------------------------------------------------
class _Base(msgspec.Struct):
    as_of_at_min: int
    mode: str
    notices: tuple[Notice, ...]
    state: str
    by: str
    band: str
    said: list[int | None]
    until: list[tuple[int, int]]
    visitors: list[tuple[int, int, int, int, int, int | None]]


class _Delta(msgspec.Struct):
    as_of_at_min: int
    set: list[list[Any]]
    mode: str | None = None
    notices: tuple[Notice, ...] | None = None


class _Line(msgspec.Struct, array_like=True):
    letters: str
    said: int | None = None
    until: int | None = None
    visitors: tuple[int, int, int, int, int | None] | None = None


def _line(one: PointStatus, as_of: int) -> list[Any]:
    line: list[Any] = [
        STATE_LETTERS[one.state] + WHO_LETTERS[one.by] + BAND_LETTERS[one.band],
        _back(one.said_at_min, as_of),
        None if one.until_at_min is None else one.until_at_min - as_of,
        None if one.visitors == _NOBODY else _visitors(one.visitors, as_of),
    ]
    while line[-1] is None:
        line.pop()
    return line


def _read_line(line: list[Any], as_of: int) -> PointStatus:
    one = msgspec.convert(line, _Line)
    if len(line) > 4 or len(one.letters) != 3:
        raise ValueError("a line has too many parts")
    state, by, band = tuple(one.letters)
    return PointStatus(
        _STATES[state],
        _at(one.said, as_of),
        _WHO[by],
        None if one.until is None else as_of + one.until,
        _BANDS[band],
        _NOBODY if one.visitors is None else _read_visitors(one.visitors, as_of),
    )


def _back(at_min: int | None, as_of: int) -> int | None:
    return None if at_min is None else as_of - at_min


_at = _back
"""Minutes back from ``as_of`` to a moment: the same step both ways."""


def _visitors(one: Visitors, as_of: int) -> list[int | None]:
    return [one.open, one.full, one.shut, one.not_here, _back(one.last_at_min, as_of)]


def _read_visitors(line: Sequence[int | None], as_of: int) -> Visitors:
    *counts, last = line
    opened, full, shut, not_here = (-1 if count is None else count for count in counts)
    if min(opened, full, shut, not_here) < 0:
        raise ValueError("a count of visitors is below 0")
    return Visitors(opened, full, shut, not_here, _at(last, as_of))


def _notices(notices: Sequence[Notice]) -> list[dict[str, Any]]:
    return [msgspec.to_builtins(one) for one in notices]


def _ascending(lines: list[tuple[int, Any]], count: int) -> list[tuple[int, Any]]:
    """Lines whose points ascend and are there."""
    before = -1
    for k, _ in lines:
        if type(k) is not int or not before < k < count:
            raise ValueError("a point is not there, or not in order")
        before = k
    return lines
