"""The kinds of facts, the lives of things and the roles, read from ``spec/kinds/*.json`` and ``spec/roles.json``.

They are data, so that every language folds by the same rules. Reading is strict: an unknown member, a type
that does not exist, a move of a kind nobody knows is a fault that names file and place, never a default.
``spec/kinds.md`` says in plain words what the data mean.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import Any

from shanyrak.core.errors import InvalidInput
from shanyrak.core.spec import spec_folder
from shanyrak.facts.canonical import canonical
from shanyrak.facts.schema import Field, checker
from shanyrak.facts.schema_reading import Asked, check_members, object_of, read_fields, read_file, words_of

SCOPES = ("thing", "around", "network")
ANYONE = "anyone"
COMMON = "common.json"
"""Beside the families: the fields that every kind has."""
_KIND = re.compile(r"[a-z][a-z0-9]*(\.[a-z][a-z0-9]*)+")


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of fact.

    about : thing types it may be said of, or ("any",)
    creates : the type of thing that comes into being where ``about`` is empty; "" where it must not be
    by : roles that may say it, or ("anyone",)
    scope : "thing" (the place it is about), "around" (the scope of the thing's creating fact), "network"
    public : whether everybody may read it at once (a field of it may be held back)
    silent : it leaves no trace in the state of the thing it is about
    wordless : it has no sealed part: nothing but counts and choices
    within : where it creates a thing: the field that names the place around it, whose id is the scope
    links : (field, type of thing) for every field of the body that names one thing or a list of them
    """

    name: str
    v: int
    family: str
    about: tuple[str, ...]
    creates: str
    by: tuple[str, ...]
    scope: str
    public: bool
    silent: bool
    wordless: bool
    within: str
    body: Mapping[str, Field]
    sealed: Mapping[str, Field]
    links: tuple[tuple[str, str], ...]
    help: str
    fault: Callable[[Any], str]
    """Why a body does not fit; "" where it does. A microsecond or two."""
    sealed_fault: Callable[[Any], str]
    """The same of the sealed part."""


@dataclass(frozen=True, slots=True)
class ThingType:
    """A type of thing: its states, and which kind leads from which of them where ("" = no state yet)."""

    name: str
    states: tuple[str, ...]
    moves: Mapping[str, tuple[frozenset[str], str]]
    help: str


@dataclass(frozen=True, slots=True)
class Role:
    """What a device is trusted with; ``admits`` are the roles it may admit others to."""

    name: str
    admits: tuple[str, ...]
    help: str


@dataclass(frozen=True, slots=True)
class Rules:
    """All rules of the fold. ``version`` is a hash of them: states are compared at equal version only."""

    version: bytes
    kinds: Mapping[str, Kind]
    """The newest version of each kind."""
    things: Mapping[str, ThingType]
    roles: Mapping[str, Role]
    versions: Mapping[tuple[str, int], Kind]
    common: frozenset[str]
    """Names of the fields that every kind has."""

    def kind(self, name: str, v: int) -> Kind | None:
        """A kind at a version; None where it is newer than this program."""
        return self.versions.get((name, v))


def load_rules(folder: Path | None = None) -> Rules:
    """The rules in ``folder/kinds/*.json`` and ``folder/roles.json``, read once.

    Parameters
    ----------
    folder : what is read instead of the ``spec`` folder that comes with the program

    Raises
    ------
    InvalidInput
        The data are no rules; the message names the file and the place in it.
    """
    return _load(folder or spec_folder())


@lru_cache(maxsize=8)
def _load(folder: Path) -> Rules:
    common = read_file(folder / "kinds" / COMMON)
    roles_file = folder / "roles.json"
    roles = read_file(roles_file)
    files = sorted(path for path in (folder / "kinds").glob("*.json") if path.name != COMMON)
    families = {path: read_file(path) for path in files}
    raw: dict[str, Any] = {"common": common, "kinds": {}, "things": {}, "roles": roles.get("roles", {})}
    for path, family in families.items():
        check_members(family, path.name, {"family", "things", "kinds"})
        for part in ("kinds", "things"):
            for name in family[part]:
                if name in raw[part]:
                    raise InvalidInput(f"{name} is described a second time", where=f"{path.name}: {part}")
            raw[part].update(family[part])
    shared = _read_common(common)
    things = {
        name: _thing(name, data, f"{path.name}: things > {name}")
        for path, family in families.items()
        for name, data in family["things"].items()
    }
    found_roles = _roles(roles, roles_file.name)
    known = _Known(frozenset(things), frozenset(found_roles), shared)
    versions: dict[tuple[str, int], Kind] = {}
    for path, family in families.items():
        for name, data in family["kinds"].items():
            kind = _kind(name, data, family["family"], known, f"{path.name}: kinds > {name}")
            versions[kind.name, kind.v] = kind
    kinds = {
        kind.name: versions[kind.name, max(v for name, v in versions if name == kind.name)]
        for kind in versions.values()
    }
    _check_moves(things, kinds)
    version = hashlib.sha256(canonical(_without_help(raw))).digest()
    return Rules(version, kinds, things, found_roles, versions, frozenset({**shared[0], **shared[1]}))


# Reading, strictly -------------------------------------------------------------------------------------
@dataclass(frozen=True, slots=True)
class _Known:
    """What the fields of a kind may refer to."""

    things: frozenset[str]
    roles: frozenset[str]
    common: tuple[dict[str, Field], dict[str, Field]]


def _read_common(data: dict[str, Any]) -> tuple[dict[str, Field], dict[str, Field]]:
    check_members(data, COMMON, {"body", "sealed"}, {"help"})
    known = _Known(frozenset(), frozenset(), ({}, {}))
    asked = Asked(known.things, default_merge="none", public=False)
    body = read_fields(data["body"], f"{COMMON}: body", asked)
    return body, read_fields(data["sealed"], f"{COMMON}: sealed", replace(asked, sealed=True))


def _roles(data: dict[str, Any], where: str) -> dict[str, Role]:
    check_members(data, where, {"roles"}, {"help"})
    roles = {}
    for name, role in object_of(data["roles"], where).items():
        check_members(object_of(role, f"{where}: {name}"), f"{where}: {name}", {"admits", "help"})
        roles[name] = Role(name, words_of(role["admits"], f"{where}: {name} > admits"), role["help"])
    for role in roles.values():
        if not set(role.admits) <= roles.keys():
            raise InvalidInput("it admits to a role that does not exist", where=f"{where}: {role.name}")
    return roles


def _thing(name: str, data: Any, where: str) -> ThingType:
    check_members(object_of(data, where), where, {"help", "states", "moves"})
    states = words_of(data["states"], f"{where} > states")
    moves = {}
    for kind, move in object_of(data["moves"], where).items():
        place = f"{where} > moves > {kind}"
        check_members(object_of(move, place), place, {"from", "to"})
        before = words_of(move["from"], place)
        odd = [state for state in (*before, move["to"]) if state not in states and state != ""]
        if odd or not move["to"]:
            raise InvalidInput(f"{', '.join(odd) or 'nothing'} is no state of a {name}", where=place)
        moves[kind] = (frozenset(before), move["to"])
    return ThingType(name, states, moves, data["help"])


def _kind(key: str, data: Any, family: str, known: _Known, where: str) -> Kind:
    needed = {"v", "help", "about", "creates", "by", "scope", "public", "body", "sealed"}
    check_members(object_of(data, where), where, needed, {"silent", "wordless", "within"})
    name, _, version = key.partition(":")
    if not _KIND.fullmatch(name) or str(data["v"]) != (version or "1"):
        raise InvalidInput("a kind is called like point.opened, its second version point.opened:2", where=where)
    about, by = words_of(data["about"], f"{where} > about"), words_of(data["by"], f"{where} > by")
    if about != ("any",) and not set(about) <= known.things:
        raise InvalidInput("it is about a thing that does not exist", where=f"{where} > about")
    if data["creates"] and data["creates"] not in known.things:
        raise InvalidInput("it creates a thing that does not exist", where=f"{where} > creates")
    if by != (ANYONE,) and (not by or not set(by) <= known.roles):
        raise InvalidInput("it is said by a role that does not exist", where=f"{where} > by")
    silent, wordless, within = data.get("silent", False), data.get("wordless", False), data.get("within", "")
    if data["scope"] not in SCOPES or not {type(data["public"]), type(silent), type(wordless)} == {bool}:
        raise InvalidInput(
            f"scope is one of {', '.join(SCOPES)}; public, silent, wordless are true or false", where=where
        )
    asked = Asked(known.things, default_merge="none" if silent else "last", public=data["public"])
    body = read_fields(data["body"], f"{where} > body", asked)
    sealed = read_fields(data["sealed"], f"{where} > sealed", replace(asked, sealed=True, default_merge="none"))
    if silent and any(one.merge != "none" for one in body.values()):
        raise InvalidInput("a silent kind merges nothing", where=where)
    if wordless and sealed:
        raise InvalidInput("a wordless kind has no sealed part", where=where)
    common = (known.common[0], {} if wordless else known.common[1])
    twice = sorted(
        name for name in (*body, *sealed) if name in common[0] or name in common[1] or (name in body and name in sealed)
    )
    if twice:
        raise InvalidInput(f"{', '.join(twice)} is there twice", where=where)
    if within and not (data["creates"] and within in body and body[within].type == "id"):
        raise InvalidInput(f"{within} is no id by which what it creates lies within a place", where=f"{where} > within")
    body, sealed = {**body, **common[0]}, {**sealed, **common[1]}
    return Kind(
        name=name,
        v=data["v"],
        family=family,
        about=about,
        creates=data["creates"],
        by=by,
        scope=data["scope"],
        public=data["public"],
        silent=silent,
        wordless=wordless,
        within=within,
        body=body,
        sealed=sealed,
        links=tuple((one.name, _named(one)) for one in body.values() if _named(one) not in ("", "fact")),
        help=data["help"],
        fault=checker(name, body),
        sealed_fault=checker(name + ".sealed", sealed),
    )


def _named(one: Field) -> str:
    """The type of thing a field names; "" where it names none."""
    return one.of or (one.item.of if one.item is not None else "")


def _check_moves(things: Mapping[str, ThingType], kinds: Mapping[str, Kind]) -> None:
    for thing in things.values():
        for name in thing.moves:
            kind = kinds.get(name)
            if kind is None:
                raise InvalidInput(f"{name} is no kind", where=f"things > {thing.name} > moves")
            if kind.about != ("any",) and thing.name not in (*kind.about, kind.creates):
                raise InvalidInput(f"{name} is not said of it", where=f"things > {thing.name} > moves")


def _without_help(value: Any) -> Any:
    if type(value) is dict:
        return {key: _without_help(item) for key, item in value.items() if key != "help"}
    return [_without_help(item) for item in value] if type(value) is list else value
