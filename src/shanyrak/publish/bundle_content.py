"""The content of a bundle as bytes, and back: points, accounts, names (``spec/bundle.md``).

Records are written as objects whose empty members are left out; reading fills them in again by the type of the
field, so that both halves follow ``publish.model`` by themselves.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import fields
from functools import cache
from typing import Any, TypeVar, cast

import msgspec

from shanyrak.facts.canonical import canonical
from shanyrak.publish.bundle_signing import FORMAT, MOST_PLAIN_BYTES, BundleRefused, deflate, inflate
from shanyrak.publish.model import Account, PublicPoint, Source, Statement, Step
from shanyrak.publish.town import NamedPlace

R = TypeVar("R")
_UNITS_A_DEGREE = 100_000


def packed(value: dict[str, Any]) -> bytes:
    """A content file: raw deflate of the canonical form."""
    return deflate(canonical(value))


def unpacked(data: bytes, *, where: str = "") -> dict[str, Any]:
    """What a content file says; its hash was compared before."""
    try:
        value = msgspec.json.decode(inflate(data, MOST_PLAIN_BYTES, where=where))
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as fault:
        raise BundleRefused("damaged", "it is no JSON", where=where) from fault
    if not isinstance(value, dict) or type(value.get("f")) is not int:
        raise BundleRefused("damaged", "it says no format", where=where)
    if value["f"] != FORMAT:
        raise BundleRefused("too_new", f"its format {value['f']} is not known here", where=where)
    return value


# records ------------------------------------------------------------------------------------------------------
def _empty(value: Any) -> bool:
    return value is None or value is False or (isinstance(value, str | list | tuple | Mapping) and not value)


@cache
def _shape(record: Any) -> tuple[dict[str, Any], frozenset[str]]:
    """What a member that is left out is, by field (an id or a whole number never is), and all fields."""
    made: dict[str, Callable[[], Any]] = {
        "str": str, "bool": bool, "tuple": list, "Labels": dict, "Mapping": dict,
    }  # fmt: skip
    found: dict[str, Any] = {}
    for field in fields(record):
        kind = str(field.type)
        if field.name == "id":
            continue
        if "None" in kind:
            found[field.name] = None
        elif (first := kind.split("[")[0]) in made:
            found[field.name] = made[first]()
    return found, frozenset(field.name for field in fields(record))


def _lean(record: Any, **instead: Any) -> dict[str, Any]:
    """The members of a record that are not empty."""
    every = {field.name: getattr(record, field.name) for field in fields(record)} | instead
    return {name: msgspec.to_builtins(value) for name, value in every.items() if name == "id" or not _empty(value)}


def _full(said: Any, record: type[R], **instead: Any) -> R:
    """The record again; msgspec.ValidationError where a member is missing or of another type."""
    members = dict(said) if isinstance(said, dict) else {}
    defaults, names = _shape(cast("Hashable", record))
    known = {name: value for name, value in (members | instead).items() if name in names}
    return msgspec.convert(defaults | known, record)


def _read(data: bytes, member: str, read: Callable[[Any], R], where: str) -> tuple[R, ...]:
    """All records of a content file."""
    try:
        listed = unpacked(data, where=where)[member]
        return tuple(read(one) for one in listed)
    except (msgspec.ValidationError, KeyError, TypeError, AttributeError, ValueError, IndexError) as fault:
        raise BundleRefused("damaged", f"a member is missing or of another type ({fault})", where=where) from fault


# points -------------------------------------------------------------------------------------------------------
def write_points(points: Iterable[PublicPoint]) -> bytes:
    """The points file; in the order given, which is by id."""
    return packed({"f": FORMAT, "points": [_point(point) for point in points]})


def _point(point: PublicPoint) -> dict[str, Any]:
    if point.hours is None:
        return _lean(point)
    if point.hours.open_at_min is None:
        return _lean(point, hours={"text": point.hours.text})
    times = [at for span in point.hours.open_at_min for at in span]
    return _lean(point, hours={"text": point.hours.text, "open_min": differences(times)})


def read_points(data: bytes, *, where: str = "") -> tuple[PublicPoint, ...]:
    """The points again."""
    return _read(data, "points", _read_point, where)


def _read_point(said: dict[str, Any]) -> PublicPoint:
    hours = said.get("hours")
    if hours is None:
        return _full(said, PublicPoint)
    spans = None
    if "open_min" in hours:
        at = sums(hours["open_min"])
        spans = list(zip(at[::2], at[1::2], strict=True))
    return _full(said, PublicPoint, hours={"text": hours["text"], "open_at_min": spans})


def differences(values: Sequence[int]) -> list[int]:
    """The first value, then each one less the one before."""
    return [value - before for value, before in zip(values, [0, *values], strict=False)]


def sums(steps: Sequence[int]) -> list[int]:
    """The values whose ``differences`` these are."""
    values, at = [], 0
    for step in steps:
        at += step
        values.append(at)
    return values


# accounts -----------------------------------------------------------------------------------------------------
def write_accounts(accounts: Iterable[Account]) -> bytes:
    """The accounts file; in the order given, which is by type and id."""
    return packed({"f": FORMAT, "accounts": [_account(account) for account in accounts]})


def _account(account: Account) -> dict[str, Any]:
    steps = [_lean(step, sources=[_lean(source) for source in step.sources]) for step in account.steps]
    return _lean(account, steps=steps, statements=[_lean(one) for one in account.statements])


def read_accounts(data: bytes, *, where: str = "") -> tuple[Account, ...]:
    """The accounts again."""
    return _read(data, "accounts", _read_account, where)


def _read_account(said: dict[str, Any]) -> Account:
    steps = [
        _full(step, Step, sources=[_full(source, Source) for source in step.get("sources", [])])
        for step in said.get("steps", [])
    ]
    statements = [_full(one, Statement) for one in said.get("statements", [])]
    return _full(said, Account, steps=steps, statements=statements)


# names --------------------------------------------------------------------------------------------------------
def write_names(names: Sequence[NamedPlace]) -> bytes:
    """The file of names of streets, stops, landmarks and districts, in columns."""
    kinds, districts = sorted({one.kind for one in names}), sorted({one.district for one in names})
    return packed(
        {
            "f": FORMAT,
            "kinds": kinds,
            "districts": districts,
            "kind": [kinds.index(one.kind) for one in names],
            "name": [one.name for one in names],
            "others": [list(one.others) for one in names],
            "district": [districts.index(one.district) for one in names],
            "lon_e5": differences([round(one.lon * _UNITS_A_DEGREE) for one in names]),
            "lat_e5": differences([round(one.lat * _UNITS_A_DEGREE) for one in names]),
        }
    )


def read_names(data: bytes, *, where: str = "") -> tuple[NamedPlace, ...]:
    """The names again; positions to 1e-5 degree."""
    said = unpacked(data, where=where)
    try:
        columns = [said[name] for name in ("kind", "name", "others", "district")]
        places = [[at / _UNITS_A_DEGREE for at in sums(said[name])] for name in ("lon_e5", "lat_e5")]
        return tuple(
            msgspec.convert(
                {
                    "kind": said["kinds"][kind], "name": name, "others": others,
                    "district": said["districts"][district], "lon": lon, "lat": lat,
                },
                NamedPlace,
            )
            for kind, name, others, district, lon, lat in zip(*columns, *places, strict=True)
        )  # fmt: skip
    except (msgspec.ValidationError, KeyError, TypeError, ValueError, IndexError) as fault:
        raise BundleRefused("damaged", f"a member is missing or of another type ({fault})", where=where) from fault
