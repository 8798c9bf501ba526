"""A story as lines that a person reads: what, when, on whose word, how it came. No verdict of ours."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from shanyrak.app.naming import name_of, short
from shanyrak.app.phrases import LEADS, TYPES, phrase
from shanyrak.app.speaking import said_by
from shanyrak.app.story import Entry
from shanyrak.app.wording import moment, one_line, some
from shanyrak.facts.human import say_value
from shanyrak.facts.ledger import Ledger, Thing
from shanyrak.facts.schema import Field
from shanyrak.facts.trust import RECEIPT
from shanyrak.watch.remembered import state_of

_TOLD_APART = frozenset(
    {"happened", "via", "in_reply_to", "url", "quoted_via", "source_known", "own_words", "about"}
) | {
    "lang",
    "channel",
}
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
    name = f"{name_of(found)} ({short(thing)})" if name_of(found) != short(thing) else short(thing)
    return f"{TYPES.get(found.type, found.type)} {name}{f', {state}' if found.now else ''}"


def lines_of(ledger: Ledger, entries: Sequence[Entry], whose: bytes = b"") -> list[str]:
    """A story in lines. Receipts are not told: what they make true stands at the end of every entry.

    Parameters
    ----------
    whose : the thing it is about, which need not be named again in each line
    """
    told = [entry for entry in entries if entry.row.kind != RECEIPT]
    lines = [line for entry in told for line in line_of(ledger, entry, whose)]
    left_out = len(entries) - len(told)
    return lines + ([f"Besides: {some(left_out, 'receipt')} of headquarters (--json lists all)"] if left_out else [])


def line_of(ledger: Ledger, entry: Entry, whose: bytes = b"") -> Iterator[str]:
    """An entry in two to five lines."""
    yield f"{moment(entry.happened)}  {_what(ledger, entry, whose)}"
    yield f"    {entry.said_by}{_came(entry)}; {STANDING[ledger.standing(entry.row.id)]}"
    body, sealed = entry.body or {}, entry.sealed or {}
    if body.get("in_reply_to"):
        yield f"    In reply to: {_statement(ledger, body['in_reply_to'])}"
    if body.get("url") or body.get("quoted_via") or body.get("source_known") is False:
        about = [f"in {body['lang']}"] if body.get("lang") else []
        about += [str(body["channel"])] if body.get("channel") else []
        about += [f"quoted via {body['quoted_via']}"] if body.get("quoted_via") else []
        yield f"    Source: {', '.join([str(body.get('url') or 'link unknown'), *about])}"
    if sealed.get("note"):
        yield f"    Note: {one_line(sealed['note'])}"
    if entry.mark is not None:
        yield f"    Does not count as it stands ({entry.mark.mark}): {entry.mark.reason}"


def values_of(ledger: Ledger, entry: Entry) -> str:
    """The values of an entry in words and human units."""
    kind = ledger.rules.kind(entry.row.kind, entry.row.v)
    if kind is None or entry.body is None or (entry.mark is not None and entry.mark.mark == "unfit"):
        return ""
    body = {name: value for name, value in entry.body.items() if name not in _TOLD_APART}
    return phrase(kind.body, body, lambda field, value: value_of(ledger, field, value))


def _what(ledger: Ledger, entry: Entry, whose: bytes) -> str:
    kind = ledger.rules.kind(entry.row.kind, entry.row.v)
    named = entry.thing is not None and entry.thing.type != "statement" and entry.thing.id != whose
    about = f"{_called(entry.thing)}: " if entry.thing is not None and named else ""
    if kind is None:
        return f"{about}{entry.row.kind} (newer than this program)"
    lead = "" if kind.name == "statement.recorded" else LEADS.get(kind.name, kind.help.rstrip("."))
    if entry.body is None:
        return about + ". ".join(part for part in (lead, "The words were withheld.") if part)
    text = _words(entry.sealed or {})
    values = values_of(ledger, entry)
    return about + ": ".join(part for part in (lead, ". ".join(part for part in (values, text) if part)) if part)


def _called(thing: Thing) -> str:
    """A thing by its name; one without a name by what it is and its id."""
    name = name_of(thing)
    return name if name != short(thing.id) else f"{TYPES.get(thing.type, thing.type)} {name}"


def _words(sealed: Mapping[str, Any]) -> str:
    for field in ("words", "idea", "goods", "why", "how", "remarks"):
        value = sealed.get(field)
        if value:
            if isinstance(value, dict):
                value = value.get("en") or value.get("uk") or next(iter(value.values()))
            return one_line(str(value))
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
    return _called(found) if found is not None else thing[:8]
