"""Reading fields of kinds from their data, strictly: what is unknown is a fault that names file and place."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import msgspec

from shanyrak.core.errors import InvalidInput
from shanyrak.facts.schema import LABEL_MAX, MERGES, SEALED_ONLY, SUMMED, TYPES, Field, integer_bounds

_NAME = re.compile(r"[a-z][a-z0-9_]{0,39}")

# Which members each type has beside type, required, merge and help: needed ones, then possible ones.
_OWN: dict[str, tuple[set[str], set[str]]] = {
    "int": ({"min", "max"}, {"unit"}),
    "enum": ({"values"}, set()),
    "label": (set(), {"max"}),
    "labels": (set(), {"max"}),
    "text": ({"max"}, set()),
    "texts": ({"max"}, set()),
    "id": ({"of"}, set()),
    "list": ({"item", "most"}, set()),
    "object": ({"fields"}, set()),
}


@dataclass(frozen=True, slots=True)
class Asked:
    """Where a field stands, which decides what it may be."""

    things: frozenset[str]
    default_merge: str
    public: bool
    sealed: bool = False
    inner: bool = False
    """Within a list or an object: never merged or held back alone."""


def read_fields(data: Any, where: str, asked: Asked) -> dict[str, Field]:
    fields = {}
    for name, one in object_of(data, where).items():
        if not _NAME.fullmatch(name) or name == "help":
            raise InvalidInput(f"{name!r} cannot be the name of a field", where=where)
        fields[name] = _field(name, one, f"{where} > {name}", asked)
    return fields


def _field(name: str, data: Any, where: str, asked: Asked) -> Field:
    kind = object_of(data, where).get("type")
    if kind not in TYPES:
        raise InvalidInput(f"{kind!r} is no type", where=where, mend=f"Types are {', '.join(TYPES)}")
    if kind in SEALED_ONLY and not asked.sealed:
        raise InvalidInput("free text belongs in the sealed part", where=where)
    needed, possible = _OWN.get(kind, (set(), set()))
    common = {"required", "help"} | (set() if asked.inner else {"public"} if asked.sealed else {"public", "merge"})
    check_members(data, where, {"type", *needed}, possible | common)
    merge = data.get("merge", asked.default_merge)
    if merge not in MERGES or (merge in SUMMED and kind != "int"):
        raise InvalidInput(f"{merge!r} cannot merge a field of type {kind}", where=where)
    unit = data.get("unit", "")
    if unit and not name.endswith(f"_{unit}"):
        raise InvalidInput(f"its unit {unit} is not the last part of its name", where=where)
    if kind == "id" and data["of"] not in asked.things | {"any", "fact"}:
        raise InvalidInput(f"{data['of']!r} is no type of thing", where=where)
    public = data.get("public", asked.public and not asked.sealed)
    if public and not asked.public:
        raise InvalidInput("a field of a kind that is not public cannot be public", where=where)
    low, high = integer_bounds(data.get("min"), data.get("max"))
    within = replace(asked, inner=True, default_merge="none", public=public)
    return Field(
        name=name,
        type=kind,
        required=data.get("required", False),
        merge=merge,
        unit=unit,
        min=low if kind == "int" else 0,
        max=high if kind == "int" else data.get("max", LABEL_MAX),
        values=words_of(data.get("values", []), where),
        of=data.get("of", ""),
        item=_field(name, data["item"], f"{where} > item", within) if kind == "list" else None,
        most=data.get("most", 0),
        fields=read_fields(data["fields"], f"{where} > fields", within) if kind == "object" else {},
        public=public,
        help=data.get("help", ""),
    )


def read_file(path: Path) -> dict[str, Any]:
    try:
        value = msgspec.json.decode(path.read_bytes())
    except FileNotFoundError as fault:
        raise InvalidInput(
            "the file is missing", where=str(path), mend="It belongs to the program: install it again"
        ) from fault
    except (msgspec.DecodeError, UnicodeDecodeError) as fault:
        raise InvalidInput(f"it is no JSON ({fault})", where=str(path)) from fault
    return object_of(value, path.name)


def object_of(value: Any, where: str) -> dict[str, Any]:
    if type(value) is not dict:
        raise InvalidInput("an object is needed", where=where)
    return value


def check_members(data: dict[str, Any], where: str, needed: set[str], allowed: Iterable[str] = ()) -> None:
    unknown = sorted(data.keys() - needed - set(allowed))
    missing = sorted(needed - data.keys())
    if unknown:
        raise InvalidInput(f"unknown member {', '.join(unknown)}", where=where)
    if missing:
        raise InvalidInput(f"{', '.join(missing)} is missing", where=where)


def words_of(value: Any, where: str) -> tuple[str, ...]:
    if type(value) is not list or not all(type(item) is str for item in value) or len(set(value)) != len(value):
        raise InvalidInput("a list of different words is needed", where=where)
    return tuple(value)
