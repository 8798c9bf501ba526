"""A story as lines that a person reads: what, when, on whose word, how it came. No verdict of ours."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from shanyrak.app.naming import name_of, short
from shanyrak.app.remembered import state_of
from shanyrak.app.speaking import said_by
from shanyrak.app.story import Entry
from shanyrak.app.wording import moment, plain_name
from shanyrak.facts.human import say_value
from shanyrak.facts.ledger import Ledger
from shanyrak.facts.schema import Field

_TOLD_APART = frozenset({"happened", "via", "in_reply_to", "url", "quoted_via", "source_known", "own_words", "about"})
"""Fields of a body that a line tells in its own way."""
STANDING: Mapping[str, str] = {"kept": "kept here", "headquarters": "at headquarters", "safe": "safe"}
"""The three words of what became of a record, everywhere the same."""
_VIA = {
    "phone": "by phone",
    "radio": "by radio",
    "paper": "on paper",
    "text": "by text",
    "observed": "seen or read",
    "import": "from a list",
}


def title_of(ledger: Ledger, thing: bytes) -> str:
    """Whose story it is."""
    found = ledger.thing(thing)
    if found is None:
        return short(thing)
    state = state_of(ledger, found)
    return f"{found.type} {name_of(found)} ({short(thing)}){f', {state}' if found.now else ''}"


def line_of(ledger: Ledger, entry: Entry) -> Iterator[str]:
    """An entry in two to five lines."""
    yield f"{moment(entry.happened)}  {_what(ledger, entry)}"
    yield f"    {entry.said_by}{_came(entry)}; {STANDING[ledger.standing(entry.row.id)]}"
    body, sealed = entry.body or {}, entry.sealed or {}
    if body.get("in_reply_to"):
        yield f"    In reply to: {_statement(ledger, body['in_reply_to'])}"
    if body.get("url") or body.get("quoted_via") or body.get("source_known") is False:
        carried = f", quoted via {body['quoted_via']}" if body.get("quoted_via") else ""
        yield f"    Source: {body.get('url') or 'link unknown'}{carried}"
    if sealed.get("note"):
        yield f"    Note: {sealed['note']}"
    if entry.mark is not None:
        yield f"    Does not count as it stands ({entry.mark.mark}): {entry.mark.reason}"


def values_of(ledger: Ledger, entry: Entry) -> str:
    """The values of an entry in words and human units."""
    kind = ledger.rules.kind(entry.row.kind, entry.row.v)
    if kind is None or entry.body is None:
        return ""
    said = []
    for name, value in entry.body.items():
        field = kind.body.get(name)
        if name in _TOLD_APART or field is None:
            continue
        said.append(f"{plain_name(name)} {value_of(ledger, field, value)}")
    return ", ".join(said)


def _what(ledger: Ledger, entry: Entry) -> str:
    kind = ledger.rules.kind(entry.row.kind, entry.row.v)
    about = f"{name_of(entry.thing)}: " if entry.thing is not None and entry.thing.type != "statement" else ""
    if kind is None:
        return f"{about}{entry.row.kind} (newer than this program)"
    if entry.body is None:
        return f"{about}{kind.help} The words were withheld."
    text = _words(entry.sealed or {})
    values = values_of(ledger, entry)
    parts = [part for part in (text, values) if part]
    lead = "" if kind.name == "statement.recorded" else re.split(r"[.;:](?: |$)", kind.help)[0]
    return about + ": ".join(part for part in (lead, "; ".join(parts)) if part)


def _words(sealed: Mapping[str, Any]) -> str:
    for field in ("words", "idea", "goods", "why", "how", "remarks"):
        value = sealed.get(field)
        if value:
            text = (
                value
                if isinstance(value, str)
                else str(value.get("en") or value.get("uk") or next(iter(value.values())))
            )
            return text
    return ""


def _came(entry: Entry) -> str:
    way = _VIA.get(entry.via)
    return f", {way}" if way else ""


def _statement(ledger: Ledger, statement: str) -> str:
    fact = bytes.fromhex(statement)
    row = ledger.store.get([fact]).get(fact)
    if row is None:
        return short(fact)
    when = (row.fact.body_value() or {}).get("happened", "")
    return f"{said_by(ledger, row)}, {moment(when)}"


def value_of(ledger: Ledger, field: Field, value: Any) -> str:
    """A value in human units; things by their names."""
    inner = field.item if field.type == "list" and field.item is not None else field
    if inner.type != "id" or inner.of == "fact":
        return say_value(field, value)
    return ", ".join(_name(ledger, one) for one in (value if isinstance(value, list) else [value]))


def _name(ledger: Ledger, thing: str) -> str:
    found = ledger.thing(bytes.fromhex(thing))
    return name_of(found) if found is not None else thing[:8]
