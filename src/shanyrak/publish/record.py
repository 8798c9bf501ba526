"""The record as everybody may read it: what counts, whose word it is, what was released.

A fact that waits, conflicts, does not fit or lost its body is not here. A field is read only from facts whose
kind makes it public: where the last word on a field is a secret one, the last public word stands.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Any

from shanyrak.facts.happened import Bounds, bounds_ms
from shanyrak.facts.ledger import Ledger, Thing
from shanyrak.facts.said import via_of
from shanyrak.facts.store import Row
from shanyrak.publish.grid import MINUTE_MS

RELEASE = "release.decided"
_CLOCK = "clock"
"""The one mark under which a fact counts as it stands: its time is that of its arrival."""
_ASKED_ONE_BY_ONE = 500
"""Of so many facts marks are looked up; of more, all marks are read at once."""
_WHO = {"host": "duty", "desk": "desk", "headquarters": "desk", "admin": "desk", "inspector": "inspector"}
_FIRST_WHO = ("duty", "inspector", "desk")
_BY_STRANGERS = "words"
"""What is released where somebody without a role said it."""
_WRITTEN_FOR = "text"


class Record:
    """Reads the ledger for the public view; rows are read once."""

    def __init__(self, ledger: Ledger) -> None:
        self.ledger = ledger
        self._authority = ledger.trust.authority
        self._rows: dict[bytes, Row] = {}
        self._who: dict[tuple[bytes, bytes], str] = {}
        self._things: dict[str, Thing | None] = {}
        self._releases: dict[bytes, list[dict[str, Any]]] = {}
        for row in self._counting([RELEASE]):
            if self._has_role(row):
                self._releases.setdefault(row.about, []).append(row.fact.body_value() or {})

    # facts ---------------------------------------------------------------------------------------------
    def public(self, *kinds: str) -> list[Row]:
        """Facts of public kinds that count and that everybody may read, in their order."""
        return [row for row in self._counting(kinds) if self._is_public(row)]

    def secret(self, *kinds: str, since_ms: int | None = None) -> list[Row]:
        """Facts that count, of kinds that are not public: for what is shown of them late, rounded or by the month."""
        return [row for row in self._counting(kinds, since_ms) if self._has_role(row)]

    def history(self, thing: bytes) -> list[Row]:
        """All facts about a thing that count, in their order."""
        return self._without_marked(self.ledger.store.of_thing(thing))

    def read(self, facts: Iterable[str]) -> None:
        """Read facts by their ids [hex], because each will be asked for."""
        missing = {key for fact in facts if (key := bytes.fromhex(fact)) not in self._rows}
        self._rows |= self.ledger.store.get(missing)

    def row(self, fact: str) -> Row:
        """A fact that the state of a thing stands on."""
        key = bytes.fromhex(fact)
        if key not in self._rows:
            self.read([fact])
        return self._rows[key]

    def _counting(self, kinds: Iterable[str], since_ms: int | None = None) -> list[Row]:
        return self._without_marked(self.ledger.store.of_kinds(kinds, since_ms))

    def _without_marked(self, rows: list[Row]) -> list[Row]:
        store = self.ledger.store
        many = len(rows) > _ASKED_ONE_BY_ONE
        marks = {one.fact: one for one in store.marks()} if many else store.marks_of([row.id for row in rows])
        return [
            row for row in rows if row.fact.body is not None and (row.id not in marks or marks[row.id].mark == _CLOCK)
        ]

    def _is_public(self, row: Row) -> bool:
        return self._has_role(row) or any(
            _BY_STRANGERS in one.get("releases", ()) and one.get("released", row.id.hex()) == row.id.hex()
            for one in self._releases.get(row.about, ())
        )

    def _has_role(self, row: Row) -> bool:
        return bool(self._authority.roles_of(row.key.origin))

    # things --------------------------------------------------------------------------------------------
    def thing(self, thing: str) -> Thing | None:
        """A thing by its id [hex]."""
        if thing not in self._things:
            self._things[thing] = self.ledger.thing(bytes.fromhex(thing)) if thing else None
        return self._things[thing]

    def field(self, thing: Thing, name: str) -> tuple[Any, str] | None:
        """The last public word on a field of a thing whose kinds need a role, with the fact it stands on."""
        found = thing.state.get("fields", {}).get(name)
        if found is None or self._shows(self.row(found[1]), name):
            return (found[0], found[1]) if found is not None else None
        for row in reversed(self.history(thing.id)):
            body = row.fact.body_value() or {}
            if name in body and self._shows(row, name):
                return body[name], row.id.hex()
        return None

    def value(self, thing: Thing, name: str, default: Any = None) -> Any:
        """The last public value of a field."""
        found = self.field(thing, name)
        return default if found is None else found[0]

    def _shows(self, row: Row, name: str) -> bool:
        kind = self.ledger.rules.kind(row.kind, row.v)
        return kind is not None and kind.public and name in kind.body and kind.body[name].public

    def releases(self, thing: bytes, what: str) -> list[dict[str, Any]]:
        """Decisions that release something of a thing."""
        return [one for one in self._releases.get(thing, ()) if what in one.get("releases", ())]

    def is_released(self, row: Row, what: str) -> bool:
        """Whether something of an entry is public because a person decided so."""
        fact = row.id.hex()
        return any(one.get("released", fact) == fact for one in self.releases(row.about, what))

    def is_read(self, row: Row) -> bool:
        """Whether everybody may read it, though headquarters wrote it down for somebody without a key."""
        return via_of(row) != _WRITTEN_FOR or self.is_released(row, _BY_STRANGERS)

    # whose word ----------------------------------------------------------------------------------------
    def who(self, row: Row) -> str:
        """Whose word a fact is, as ``model.WHO`` has it."""
        if via_of(row) == "import":
            return "list"
        asked = (row.key.origin, row.key.scope)
        if asked not in self._who:
            roles = {_WHO.get(one.role, "") for one in self._authority.roles_of(row.key.origin)}
            self._who[asked] = next((who for who in _FIRST_WHO if who in roles), "")
        return self._who[asked]


def said_at_min(row: Row) -> int:
    """When it was so, at the earliest; when it was written down, where nobody said or that was earlier still."""
    earliest, latest = happened_ms(row)
    happened = earliest if earliest is not None else latest
    return min(row.eff_ms, row.eff_ms if happened is None else happened) // MINUTE_MS


def happened_ms(row: Row) -> Bounds:
    """First and last millisecond in which it can have been so; when it was written down, where nobody said."""
    body = row.fact.body
    # A canonical body has its names as they are: one without this one need not be read.
    said = (row.fact.body_value() or {}).get("happened") if body and b'"happened"' in body else None
    return _bounds_ms(said) if isinstance(said, str) else (row.eff_ms, row.eff_ms)


_bounds_ms = lru_cache(maxsize=4096)(bounds_ms)


def until_min(text: Any) -> int | None:
    """The minute at which an EDTF date or time ends: a time is itself, a day goes to its last minute in UTC."""
    latest = bounds_ms(text)[1] if isinstance(text, str) else None
    if latest is None:
        return None
    return latest // MINUTE_MS if "T" in text else (latest + 1) // MINUTE_MS


def last_words(rows: Iterable[Row]) -> dict[bytes, dict[str, Any]]:
    """The last value of each field of each thing, by public facts in their order."""
    found: dict[bytes, dict[str, Any]] = {}
    for row in rows:
        found.setdefault(row.about, {}).update(row.fact.body_value() or {})
    return found


def labels(value: Any) -> Mapping[str, str]:
    """A field of labels as it is shown; empty where nobody said."""
    return dict(sorted(value.items())) if isinstance(value, dict) else {}
